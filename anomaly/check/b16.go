package check

import "whybill/anomaly"

// B16: the bill carries a balance that had been paid.
var b16 = Check{
	ID: "B16", Severity: anomaly.High, Action: anomaly.ActionHoldCollection,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.CountArg("days", cfg.Checks.PostingDays)}
	},
	Run: func(in *Input, out *Result) {
		if in.prev < 0 || !hasLine(in.bill.Lines, "previous_balance") {
			return
		}
		prev := &in.History.Bills[in.prev]
		var balance anomaly.Decimal
		var at anomaly.Source
		for i := range in.bill.Lines {
			switch l := &in.bill.Lines[i]; l.Code {
			case "previous_balance", "payment":
				balance, _ = anomaly.Add(balance, l.Amount)
				if l.Code == "previous_balance" {
					at = l.Source
				}
			}
		}
		if !balance.IsPos() {
			return
		}
		posted := in.issued().AddDays(-in.Config.Checks.PostingDays)
		for i := range in.History.Events {
			e := &in.History.Events[i]
			if e.Kind != eventPayment || !in.pays(e, prev) || e.At >= posted || !e.Amount.Valid || !e.Amount.Decimal.IsPos() {
				continue
			}
			// What is still owed would have to be less by the payment.
			if still, ok := anomaly.Sub(prev.Amount.Decimal, e.Amount.Decimal); !prev.Amount.Valid || !ok || balance.Cmp(still) <= 0 {
				continue
			}
			f := in.finding("B16", anomaly.High, anomaly.ActionHoldCollection, "", anomaly.Msg("B16.unposted",
				in.moneyArg("paid", e.Amount.Decimal), anomaly.DateArg("date", e.At), in.moneyArg("balance", balance)))
			f.Amount = anomaly.Known(e.Amount.Decimal.Min(balance))
			f.Evidence = []anomaly.Source{at, e.Source}
			out.add(f)
			return
		}
	},
}
