package check

import "whybill/anomaly"

// P07: in the month of a change the price was taken by days and the allowance was not,
// or the other way round.
var p07 = Check{
	ID: "P07", Severity: anomaly.High, Action: anomaly.ActionRebill,
	Run: func(in *Input, out *Result) {
		c, ok := in.planChange()
		if !ok || c.effective.IsZero() || c.effective <= in.bill.Period.Start || c.effective >= in.bill.Period.End {
			return
		}
		if in.Pricer == nil {
			out.skip("P07", noTariff)
			return
		}
		if !in.bill.Amount.Valid {
			out.skip("P07", noAmount)
			return
		}
		runs, ok := in.sessions(&c, c.effective)
		if !ok {
			out.skip("P07", noUsedBefore)
			return
		}
		passed, ok := in.bill.PassedThrough()
		if !ok {
			return
		}
		var amounts [4]anomaly.Decimal // by price by days, quota by days
		req := in.request()
		req.Sessions = runs
		for i := range amounts {
			req.Changes = []anomaly.TariffChange{{On: c.effective, Tariff: c.plan, ProratePrice: i&1 != 0, ProrateQuota: i&2 != 0}}
			p, err := in.Pricer.Price(req)
			if err != nil {
				out.notPriced("P07", err)
				return
			}
			if amounts[i], ok = p.Payable(passed); !ok {
				return
			}
		}
		billed := in.bill.Amount.Decimal
		whole, byDays := amounts[0], amounts[3]
		if billed.Cmp(whole) == 0 || billed.Cmp(byDays) == 0 {
			return // both in full, or both by days
		}
		var key string
		var right anomaly.Decimal
		switch {
		case billed.Cmp(amounts[1]) == 0:
			key, right = "P07.price_only", byDays
		case billed.Cmp(amounts[2]) == 0:
			key, right = "P07.quota_only", whole
		default:
			return
		}
		off, ok := anomaly.Sub(billed, right)
		if !ok {
			return
		}
		f := in.finding("P07", anomaly.High, anomaly.ActionRebill, c.effective.String(), anomaly.Msg(key,
			anomaly.TextArg("plan", c.plan), anomaly.DateArg("effective", c.effective), in.moneyArg("billed", billed), in.moneyArg("right", right)))
		f.Amount = anomaly.Known(off)
		f.Evidence = append(c.sources, in.bill.Source)
		out.add(f)
	},
}
