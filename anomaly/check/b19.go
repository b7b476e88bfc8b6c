package check

import "whybill/anomaly"

// B19: the bill reaches further back than may be corrected.
var b19 = Check{
	ID: "B19", Severity: anomaly.High, Action: anomaly.ActionHoldCollection,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.CountArg("months", cfg.Stakes.BackBillMonths)}
	},
	Run: func(in *Input, out *Result) {
		oldest := in.issued().AddMonths(-in.Config.Stakes.BackBillMonths)
		add := func(detail string, p anomaly.Period, amount anomaly.NullDecimal, at anomaly.Source) {
			f := in.finding("B19", anomaly.High, anomaly.ActionHoldCollection, detail, anomaly.Msg("B19.old",
				anomaly.DateArg("start", p.Start), anomaly.DateArg("oldest", oldest), anomaly.CountArg("months", in.Config.Stakes.BackBillMonths)))
			f.Amount = amount
			f.Evidence = []anomaly.Source{at}
			out.add(f)
		}
		for i := range in.bill.Lines {
			l := &in.bill.Lines[i]
			if l.Period.Valid() && l.Period.Start < oldest && l.Amount.IsPos() {
				add(detail(i), l.Period, anomaly.Known(l.Amount), l.Source)
			}
		}
		// A bill that is as long as its account's bills may be issued late, but not that late.
		if p := in.bill.Period; p.Valid() && p.Start < oldest && in.bill.Amount.Valid && in.bill.Amount.Decimal.IsPos() {
			add("bill", p, in.bill.Amount, in.bill.Source)
		}
	},
}
