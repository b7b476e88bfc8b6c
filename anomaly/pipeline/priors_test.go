package pipeline

import (
	"slices"
	"strings"
	"testing"

	"whybill/anomaly"
	"whybill/anomaly/decide"
	"whybill/anomaly/diagnose"
)

func priorOf(s *anomaly.PriorStratum, c anomaly.Cause) *anomaly.LearntPrior {
	i := slices.IndexFunc(s.Causes, func(p anomaly.LearntPrior) bool { return p.Cause == c })
	if i < 0 {
		return &anomaly.LearntPrior{Factor: 1}
	}
	return &s.Causes[i]
}

func learnt(t *testing.T, src few, actx *anomaly.Context) *anomaly.LearntPriors {
	t.Helper()
	out, err := LearnOutcomes(t.Context(), src, actx, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return out.Priors
}

// The visits of these accounts follow a self-test, so somebody had asked: the priors of
// complaints move, towards what was found, and those of other bills stay.
func TestPriorsMoveWithWhatVisitsFound(t *testing.T) {
	tap, vain := visited("tapped_by_others"), visited(anomaly.NothingFound)
	found, inVain := learnt(t, few{tap}, nil), learnt(t, few{vain}, nil)
	if found.Unasked.Visits != 0 || found.Asked.Visits != 1 || found.Asked.Found != 1 || found.Until != anomaly.MustDate("2026-02-10") {
		t.Fatalf("%+v", found)
	}
	if f := priorOf(&found.Asked, anomaly.CauseTappedByOthers); f.Found != 1 || f.Expected <= 0 || f.Expected >= 1 || f.Factor <= 1 {
		t.Errorf("found once: %+v", f)
	}
	if f := priorOf(&inVain.Asked, anomaly.CauseTappedByOthers); f.Found != 0 || f.Factor >= 1 {
		t.Errorf("not found: %+v", f)
	}
	if f := priorOf(&found.Asked, anomaly.CauseMeterFast); f.Factor >= 1 {
		t.Errorf("something else was found: %+v", f)
	}

	// The next account of the kind is believed accordingly, and what is learnt is no part
	// of what it is learnt from.
	asOf := anomaly.MustDate("2026-02-09")
	p := func(priors *anomaly.LearntPriors) float64 {
		x := NewAssessor(&anomaly.Context{Model: &anomaly.Model{Version: anomaly.ModelVersion, Priors: priors}}, nil).Assess(vain, asOf)
		for _, c := range x.Causes {
			if c.Cause == anomaly.CauseTappedByOthers {
				return c.Probability
			}
		}
		return 0
	}
	if a, b, c := p(inVain), p(nil), p(found); !(a < b && b < c) {
		t.Errorf("a tap after a visit in vain %.4f, before any %.4f, after a find %.4f", a, b, c)
	}
	again := learnt(t, few{tap}, &anomaly.Context{Model: &anomaly.Model{Version: anomaly.ModelVersion, Priors: found}})
	if *priorOf(&again.Asked, anomaly.CauseTappedByOthers) != *priorOf(&found.Asked, anomaly.CauseTappedByOthers) {
		t.Errorf("learnt again from the same visit: %+v", again.Asked)
	}
}

func TestVisitsThatTeachNothing(t *testing.T) {
	face := visited(anomaly.NothingFound)
	face.Events = append(face.Events, anomaly.Event{At: face.Inspections[1].On, Kind: anomaly.EventVisitDone, Note: "looked_at=meter_face"})
	strange := visited("seal_missing")
	empty := visited("tapped_by_others")
	empty.Bills = nil
	for name, h := range map[string]*anomaly.History{"the meter's face": face, "an outcome that is no cause": strange, "no bill before it": empty} {
		priors := learnt(t, few{h}, nil)
		if f := priorOf(&priors.Asked, anomaly.CauseTappedByOthers); f.Factor != 1 {
			t.Errorf("%s: a tap %+v", name, f)
		}
	}
}

// Files of one's own are what an assessment goes by, and what is learnt is learnt from.
func TestFilesOfOnesOwnAreUsed(t *testing.T) {
	swap := func(text []byte, old, with string) *strings.Reader {
		if !strings.Contains(string(text), old) {
			t.Fatalf("the file does not have %q", old)
		}
		return strings.NewReader(strings.Replace(string(text), old, with, 1))
	}
	causes, err := diagnose.Load(swap(diagnose.DefaultFile(), "worth = 2.0", "worth = 50.0"))
	if err != nil {
		t.Fatal(err)
	}
	actions, err := decide.Load(swap(decide.DefaultFile(), `tapped_by_others           = {settled_by = "inspect", visit = true`, `tapped_by_others           = {settled_by = "inspect", visit = false`))
	if err != nil {
		t.Fatal(err)
	}
	h := visited("tapped_by_others")
	own := &anomaly.Context{Causes: causes, Actions: actions}
	if a, b := priorOf(&learnt(t, few{h}, nil).Asked, anomaly.CauseTappedByOthers), priorOf(&learnt(t, few{h}, own).Asked, anomaly.CauseTappedByOthers); b.Factor >= a.Factor || b.Factor <= 1 {
		t.Errorf("a prior that is worth fifty finds moves by %.3f, one worth two by %.3f", b.Factor, a.Factor)
	}
	asOf := anomaly.MustDate("2026-02-09")
	a, b := Assess(h, nil, nil, asOf).Verdict, Assess(h, own, nil, asOf).Verdict
	if b.InspectionProbability >= a.InspectionProbability {
		t.Errorf("with nobody to be sent for a tap a visit finds something with %.3f, otherwise with %.3f", b.InspectionProbability, a.InspectionProbability)
	}
}
