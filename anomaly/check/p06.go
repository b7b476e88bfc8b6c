package check

import "whybill/anomaly"

// P06: two plans' fees for the same days.
var p06 = Check{
	ID: "P06", Severity: anomaly.Critical, Action: anomaly.ActionRebill,
	Run: func(in *Input, out *Result) {
		lines := in.bill.Lines
		for i := range lines {
			for j := range i {
				a, b := &lines[j], &lines[i]
				if a.Code != "plan_fee" || b.Code != "plan_fee" || !a.Amount.IsPos() || !b.Amount.IsPos() {
					continue
				}
				pa, pb := in.linePeriod(a), in.linePeriod(b)
				days := pa.Overlap(pb)
				if days == 0 {
					continue
				}
				smaller := a.Amount.Min(b.Amount)
				f := in.finding("P06", anomaly.Critical, anomaly.ActionRebill, detail(i), anomaly.Msg("P06.both",
					in.moneyArg("one", a.Amount), in.moneyArg("other", b.Amount), anomaly.CountArg("days", days)))
				f.Amount = anomaly.Known(smaller)
				f.Evidence = []anomaly.Source{a.Source, b.Source}
				out.add(f)
			}
		}
	},
}

// linePeriod is the days that a line is for: the bill's where it names none.
func (in *Input) linePeriod(l *anomaly.Line) anomaly.Period {
	if l.Period.Valid() {
		return l.Period
	}
	return in.bill.Period
}
