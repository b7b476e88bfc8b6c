package check

import (
	"slices"

	"whybill/anomaly"
)

// C05: a visit that looked at too little to mean anything.
var c05 = Check{
	ID: "C05", Severity: anomaly.Medium, Action: anomaly.ActionInspect,
	Run: func(in *Input, out *Result) {
		for visit := range in.each(anomaly.EventVisitDone) {
			if later := in.visitedProperly(visit); later {
				continue
			}
			key := "C05.not_said"
			switch parts := lookedAt(visit); {
			case len(parts) == 0:
			case sawNothingNew(visit):
				key = "C05.face_only"
			case !slices.Contains(parts, "serial"):
				key = "C05.no_serial"
			default:
				continue
			}
			severity := anomaly.Medium
			if key == "C05.no_serial" {
				severity = anomaly.Low // what was looked at may do, but for which meter?
			}
			if key == "C05.face_only" && out.names("C04", visit.Source) {
				continue // the broken promise says it already
			}
			f := in.finding("C05", severity, anomaly.ActionInspect, visit.At.String()+visit.Time, anomaly.Msg(key, anomaly.DateArg("on", visit.At)))
			f.Evidence = []anomaly.Source{visit.Source}
			out.add(f)
		}
	},
}

// names reports whether a finding of a check rests on a row.
func (out *Result) names(check string, source anomaly.Source) bool {
	for i := range out.Findings {
		if f := &out.Findings[i]; f.Check == check && slices.Contains(f.Evidence, source) {
			return true
		}
	}
	return false
}

// visitedProperly reports whether a later visit made good what this one missed.
func (in *Input) visitedProperly(visit *anomaly.Event) bool {
	for later := range in.each(anomaly.EventVisitDone) {
		if later.At > visit.At && !sawNothingNew(later) {
			return true
		}
	}
	return false
}
