package check

import "whybill/anomaly"

// M05: switching circuits off one by one has found where the usage is.
var m05 = Check{
	ID: "M05", Severity: anomaly.Medium, Action: anomaly.ActionExplain,
	Run: func(in *Input, out *Result) {
		for e, r := range in.selftests {
			var f anomaly.Finding
			panel := "M05.panel"
			if in.service() > anomaly.Electricity {
				panel += "." + in.service().String()
			}
			switch r.Verdict {
			case TestPanel:
				f = in.finding("M05", anomaly.Medium, anomaly.ActionInspect, e.At.String()+e.Note, anomaly.Msg(panel, anomaly.DateArg("on", e.At), in.rateArg("rate", r.Rate)))
			case TestBranch:
				f = in.finding("M05", anomaly.Medium, anomaly.ActionExplain, e.At.String()+e.Note, anomaly.Msg("M05.branch", anomaly.DateArg("on", e.At),
					anomaly.TextArg("branch", r.Test.Branch), in.rateArg("rate", r.Rate)))
			default:
				continue
			}
			f.Evidence = []anomaly.Source{e.Source}
			in.size(&f, r.Rate*24*in.days())
			out.add(f)
		}
	},
}
