package check

import "whybill/anomaly"

// P03: what the bill would have been under the new plan, from the first day and from
// the day it was asked for.
var p03 = Check{
	ID: "P03", Severity: anomaly.High, Action: anomaly.ActionGoodwill,
	Run: func(in *Input, out *Result) {
		c, ok := in.planChange()
		if !ok || c.asked.IsZero() || !c.effective.IsZero() && c.effective <= c.asked {
			return
		}
		if in.Pricer == nil {
			out.skip("P03", noTariff)
			return
		}
		old := in.request()
		asBilled, err := in.Pricer.Price(old)
		if err != nil {
			out.notPriced("P03", err)
			return
		}
		first := in.request()
		first.Tariff = c.plan
		throughout, err := in.Pricer.Price(first)
		if err != nil {
			out.notPriced("P03", err)
			return
		}
		money := func(name string, amount anomaly.Decimal) anomaly.Arg {
			return anomaly.MoneyArg(name, amount, asBilled.Currency)
		}
		args := []anomaly.Arg{anomaly.TextArg("plan", c.plan), money("old", asBilled.Amount), money("first", throughout.Amount)}
		avoidable, ok := anomaly.Sub(asBilled.Energy, throughout.Energy)
		if !ok {
			return
		}
		key := "P03.first"
		if full, byDays, ok := in.fromAsked(&c); ok {
			key = "P03.paid"
			avoidable, _ = anomaly.Sub(asBilled.Energy, full.Energy)
			args = append(args, money("paid", full.Amount), money("days", byDays.Amount), money("avoidable", avoidable), anomaly.DateArg("asked", c.asked))
		}
		if !avoidable.IsPos() {
			return
		}
		f := in.finding("P03", anomaly.High, anomaly.ActionGoodwill, c.asked.String(), anomaly.Message{Key: key, Args: args})
		f.Amount = anomaly.Known(avoidable)
		f.Evidence = append(c.sources, in.bill.Source)
		out.add(f)
	},
}

// fromAsked prices the bill with the new plan from the day it was asked for, its fee
// and quota in full and by days.
func (in *Input) fromAsked(c *planChange) (full, byDays *anomaly.Priced, ok bool) {
	runs, ok := in.sessions(c, c.asked)
	if !ok {
		return nil, nil, false
	}
	req := in.request()
	req.Sessions = runs
	req.Changes = []anomaly.TariffChange{{On: c.asked, Tariff: c.plan}}
	full, err := in.Pricer.Price(req)
	if err != nil {
		return nil, nil, false
	}
	req.Changes[0].ProratePrice, req.Changes[0].ProrateQuota = true, true
	byDays, err = in.Pricer.Price(req)
	return full, byDays, err == nil
}
