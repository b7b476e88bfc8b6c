package check

import "whybill/anomaly"

// M06: the meter stops with another home's supply: it measures that home.
var m06 = Check{
	ID: "M06", Severity: anomaly.Critical, Action: anomaly.ActionInspect,
	Run: func(in *Input, out *Result) {
		for e, r := range in.selftests {
			if r.Verdict != TestNeighbour {
				continue
			}
			f := in.finding("M06", anomaly.Critical, anomaly.ActionInspect, e.At.String()+e.Note, anomaly.Msg("M06.crossed", anomaly.DateArg("on", e.At)))
			f.Evidence = []anomaly.Source{e.Source}
			out.add(f)
		}
	},
}
