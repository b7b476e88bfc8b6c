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
				anomaly.DateArg("start", p.Start), anomaly.DateArg("oldest", oldest), anomaly.CountArg("months", in.Config.Stakes.BackBillMonths)))
			f.Amount = amount
			f.Evidence = []anomaly.Source{at}
			out.add(f)
		}
		for i := range in.bill.Lines {
			l := &in.bill.Lines[i]
			if !l.Period.Valid() || !l.Amount.IsPos() {
				continue
			}
			if l.Period.Start < oldest {
				key := "B19.old"
				if in.unrecorded(l.Period) {
					key = "B19.line"
				}
				add(key, detail(i), l.Period, anomaly.Known(l.Amount), l.Source)
			} else if l.Code == "adjustment" && in.unrecorded(l.Period) {
				f := in.finding("B19", anomaly.Low, anomaly.ActionExplain, detail(i), anomaly.Msg("B19.within",
					in.moneyArg("amount", l.Amount), anomaly.DateArg("start", l.Period.Start), anomaly.DateArg("end", l.Period.End),
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

// unrecorded reports whether a period before the bill has bills on which nothing was recorded.
func (in *Input) unrecorded(p anomaly.Period) bool {
	for _, b := range in.earlier {
		if b.Usage.IsZero() && b.Period.Overlap(p) > 0 {
			return p.End <= in.bill.Period.Start
		}
	}
	return false
}
