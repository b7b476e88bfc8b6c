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
		add := func(key, detail string, p anomaly.Period, amount anomaly.NullDecimal, at anomaly.Source) {
			f := in.finding("B19", anomaly.High, anomaly.ActionHoldCollection, detail, anomaly.Msg(key,
				anomaly.DateArg("start", p.Start), anomaly.DateArg("oldest", oldest),
				anomaly.CountArg("months", in.Config.Stakes.BackBillMonths), in.moneyArg("amount", amount.Decimal)))
			f.Amount = amount
			f.Evidence = []anomaly.Source{at}
			out.add(f)
		}
		for i := range in.bill.Lines {
			l := &in.bill.Lines[i]
			p, unrecorded := in.History.BackBilling(in.Bill, l)
			if !unrecorded {
				p = l.Period
			}
			switch {
			case !p.Valid() || !l.Amount.IsPos():
			case p.Start < oldest && unrecorded:
				add("B19.line", detail(i), p, anomaly.Known(l.Amount), l.Source)
			case p.Start < oldest:
				add("B19.old", detail(i), p, anomaly.Known(l.Amount), l.Source)
			case unrecorded:
				f := in.finding("B19", anomaly.Low, anomaly.ActionExplain, detail(i), anomaly.Msg("B19.within",
					in.moneyArg("amount", l.Amount), anomaly.PeriodArg("period", p),
					anomaly.CountArg("months", in.Config.Stakes.BackBillMonths)))
				f.Amount, f.Evidence = anomaly.Known(l.Amount), []anomaly.Source{l.Source}
				out.add(f)
			}
		}
		// A bill that is as long as its account's bills may be issued late, but not that late.
		if p := in.bill.Period; p.Valid() && p.Start < oldest && in.bill.Amount.Valid && in.bill.Amount.Decimal.IsPos() {
			add("B19.old", "bill", p, in.bill.Amount, in.bill.Source)
		}
	},
}
