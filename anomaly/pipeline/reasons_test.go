package pipeline

import (
	"testing"

	"whybill/anomaly"
)

// What speaks for and against a cause is worked out where something is to be done, or
// where it is asked for.
func TestReasonsAreGivenWhereTheyAreWanted(t *testing.T) {
	asOf := anomaly.MustDate("2026-01-15")
	quiet, flagged := visited("quiet"), visited("flagged")
	quiet.Bills[11].Usage = quiet.Bills[10].Usage
	a := NewAssessor(nil, nil)
	if x := a.Assess(quiet, asOf); x.Verdict.Action != anomaly.ActionNone || x.Reasons != nil {
		t.Errorf("%s with %d reasons on a bill with which nothing is wrong", x.Verdict.Action, len(x.Reasons))
	}
	x := a.Assess(flagged, asOf)
	if x.Verdict.Action == anomaly.ActionNone || len(x.Reasons) == 0 {
		t.Fatalf("%s with %d reasons on a bill that has doubled", x.Verdict.Action, len(x.Reasons))
	}
	for i, r := range x.Reasons {
		if r.Cause != x.Causes[i].Cause || x.Causes[i].Probability < reasonsFrom || len(r.For) > reasonsMost || len(r.Against) > reasonsMost {
			t.Errorf("%s (%.3f): %d for, %d against", r.Cause, x.Causes[i].Probability, len(r.For), len(r.Against))
		}
		for _, f := range r.For {
			if f.LogRatio <= 0 {
				t.Errorf("%s speaks for %s by %g", f.Evidence, r.Cause, f.LogRatio)
			}
		}
	}
	a.Reasons = true
	if x := a.Assess(quiet, asOf); len(x.Reasons) == 0 || x.Reasons[0].Cause != anomaly.CauseNormalVariation {
		t.Errorf("asked for, and given %+v", x.Reasons)
	}
}

// An assessor that has learnt nothing says what it always said.
func TestWithoutVisitsNothingChanges(t *testing.T) {
	asOf := anomaly.MustDate("2026-02-09")
	h := visited("tapped_by_others")
	before := Keep(NewAssessor(nil, nil).Assess(h, asOf))
	for name, p := range map[string]*anomaly.LearntPriors{
		"nothing learnt": nil,
		"no visits":      {Version: anomaly.PriorsVersion, Worth: 2, Sensitivity: 0.85},
	} {
		after := NewAssessor(&anomaly.Context{Model: &anomaly.Model{Version: anomaly.ModelVersion, Priors: p}}, nil).Assess(h, asOf)
		if a, b := string(before.AppendJSON(nil, key)), string(after.AppendJSON(nil, key)); a != b {
			t.Errorf("%s:\n%s\nit was\n%s", name, b, a)
		}
	}
}

func key(m anomaly.Message) string { return m.Key }
