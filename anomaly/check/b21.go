package check

import "whybill/anomaly"

// B21: what a mistake in pricing comes to over the bills within the back-billing window.
var b21 = Check{
	ID: "B21", Severity: anomaly.Info, Action: anomaly.ActionRebill,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.CountArg("months", cfg.Stakes.BackBillMonths)}
	},
	Run: func(in *Input, out *Result) {
		c := in.compared() // where there is nothing to compare B01 says why
		if !c.known || in.tolerated(c.off, in.Rebill.Amount.Decimal) {
			return
		}
		total, bills := c.off, 1
		first := in.bill.Period.Start
		oldest := in.bill.Period.End.AddMonths(-in.Config.Stakes.BackBillMonths)
		sources := []anomaly.Source{in.bill.Source}
		for i := in.Bill - 1; i >= 0 && in.History.Bills[i].Period.End > oldest; i-- {
			b := &in.History.Bills[i]
			off, ok := in.offOf(i)
			if b.Cancelled || !ok || off.Sign() != c.off.Sign() {
				continue
			}
			if sum, ok := anomaly.Add(total, off); ok {
				total = sum
				bills++
				first = min(first, b.Period.Start)
				sources = append(sources, b.Source)
			}
		}
		key := "B21.refund"
		if total.IsNeg() {
			key = "B21.under"
		}
		f := in.finding("B21", anomaly.Info, anomaly.ActionRebill, "", anomaly.Msg(key,
			in.moneyArg("least", c.off.Abs()), in.moneyArg("total", total.Abs()), anomaly.CountArg("bills", bills), anomaly.DateArg("from", first)))
		f.Amount = anomaly.Known(total)
		f.Evidence = sources
		out.add(f)
	},
}

// offOf returns how far another bill is from what it should have cost, where that can
// be worked out and matters.
func (in *Input) offOf(bill int) (anomaly.Decimal, bool) {
	b := &in.History.Bills[bill]
	if !b.Amount.Valid || in.Pricer == nil {
		return anomaly.Decimal{}, false
	}
	req := anomaly.BillRequest(in.History, bill)
	priced, err := in.Pricer.Price(req)
	if err != nil {
		return anomaly.Decimal{}, false
	}
	passed, ok1 := b.PassedThrough()
	right, ok2 := priced.Payable(passed)
	off, ok3 := anomaly.Sub(b.Amount.Decimal, right)
	return off, ok1 && ok2 && ok3 && off.Abs().Cmp(priced.Tolerance) > 0
}
