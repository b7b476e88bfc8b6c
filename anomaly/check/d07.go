package check

import "whybill/anomaly"

// D07: dates that cannot be.
var d07 = Check{
	ID: "D07", Severity: anomaly.High, Action: anomaly.ActionFixData,
	Run: func(in *Input, out *Result) {
		b := in.bill
		report := func(key string, args ...anomaly.Arg) {
			f := in.finding("D07", anomaly.High, anomaly.ActionFixData, key, anomaly.Msg(key, args...))
			f.Evidence = []anomaly.Source{b.Source}
			out.add(f)
		}
		switch {
		case !b.Period.Valid():
			report("D07.order", anomaly.DateArg("start", b.Period.Start), anomaly.DateArg("end", b.Period.End))
		case b.Period.Start < anomaly.MinDate || b.Period.End > anomaly.MaxDate:
			report("D07.range", anomaly.PeriodArg("period", b.Period))
		case b.Period.End > in.AsOf:
			report("D07.future", anomaly.DateArg("end", b.Period.End), anomaly.DateArg("today", in.AsOf))
		}
		if !b.DueOn.IsZero() && !b.IssuedOn.IsZero() && b.DueOn < b.IssuedOn {
			report("D07.due", anomaly.DateArg("due", b.DueOn), anomaly.DateArg("issued", b.IssuedOn))
		}
	},
}
