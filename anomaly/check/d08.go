package check

import "whybill/anomaly"

// D08: days between the bill before and this one that nobody billed.
var d08 = Check{
	ID: "D08", Severity: anomaly.Medium, Action: anomaly.ActionExplain, Source: "EnergyCAP bill flags",
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.CountArg("days", cfg.Checks.GapDays)}
	},
	Run: func(in *Input, out *Result) {
		p := in.endingBefore()
		if p == nil {
			return
		}
		gap := in.bill.Period.Start.Sub(p.Period.End)
		if p.EndAssumed {
			gap-- // its period may be a day longer
		}
		if gap < in.Config.Checks.GapDays {
			return
		}
		f := in.finding("D08", anomaly.Medium, anomaly.ActionExplain, p.Period.End.String(), anomaly.Msg("D08.gap",
			anomaly.CountArg("days", gap), anomaly.PeriodArg("period", anomaly.Period{Start: p.Period.End, End: in.bill.Period.Start})))
		f.Evidence = []anomaly.Source{p.Source, in.bill.Source}
		out.add(f)
	},
}

// endingBefore returns, of the bills that began before this one on the same meter, the
// one that ends last; nil where there is none.
func (in *Input) endingBefore() *anomaly.Bill {
	var last *anomaly.Bill
	for i := range in.History.Bills {
		b := &in.History.Bills[i]
		if b.Period.Start >= in.bill.Period.Start {
			break
		}
		if !b.Cancelled && sameMeter(b.MeterID, in.bill.MeterID) && (last == nil || b.Period.End > last.Period.End) {
			last = b
		}
	}
	return last
}
