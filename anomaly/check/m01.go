package check

import (
	"strings"

	"whybill/anomaly"
)

// M01: the self-test's protocol lacks what it needs to count.
var m01 = Check{
	ID: "M01", Severity: anomaly.Low, Action: anomaly.ActionEvidence,
	Source: "糾紛度量衡器鑑定辦法 (2019)",
	Run: func(in *Input, out *Result) {
		judged := false // what a legal test asks for is said once, of the last test that can be judged
		for i := len(in.History.Events) - 1; i >= 0; i-- {
			e := &in.History.Events[i]
			if e.Kind != anomaly.EventSelftest || !in.History.StillConcerns(e, in.Bill, in.AsOf) {
				continue
			}
			key := "M01.unusable"
			_, missing := ParseSelftest(e, in.service(), in.register.meterOr(in))
			if len(missing) == 0 {
				if judged {
					continue
				}
				judged = true
				key, missing = "M01.missing", MissingFields(e)
			}
			if len(missing) == 0 {
				continue
			}
			f := in.finding("M01", anomaly.Low, anomaly.ActionEvidence, e.At.String()+e.Note, anomaly.Msg(key,
				anomaly.TermArg("fields", "field."+strings.Join(missing, ",field.")), anomaly.DateArg("on", e.At)))
			f.Evidence = []anomaly.Source{e.Source}
			out.add(f)
		}
	},
}
