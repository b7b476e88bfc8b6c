package check

import "whybill/anomaly"

// M04: the meter moves with the main switch off: something draws before it.
var m04 = Check{
	ID: "M04", Severity: anomaly.Critical, Action: anomaly.ActionInspect,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.PercentArg("share", cfg.Checks.DrawShare, 0)}
	},
	Run: func(in *Input, out *Result) {
		for e, r := range in.selftests {
			key, severity := "M04.draw", anomaly.Critical
			switch r.Verdict {
			case TestDraw:
			case TestPartial:
				key, severity = "M04.partial", anomaly.High
			default:
				continue
			}
			f := in.finding("M04", severity, anomaly.ActionInspect, e.At.String()+e.Note, anomaly.Msg(key,
				in.rateArg("low", r.Low), in.rateArg("rate", r.Rate), in.rateArg("high", r.High),
				in.usageArg("usage", r.Rate*24*in.days()), anomaly.CountArg("days", in.bill.Period.Days())))
			f.Evidence = []anomaly.Source{e.Source}
			in.size(&f, r.Rate*24*in.days())
			out.add(f)
		}
	},
}
