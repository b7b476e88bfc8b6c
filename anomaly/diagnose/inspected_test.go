package diagnose

import (
	"testing"

	"whybill/anomaly"
)

func (in *Input) inspected(outcome, lookedAt string) *Input {
	on := anomaly.MustDate("2026-02-06")
	in.History.Inspections = append(in.History.Inspections, anomaly.Inspection{AccountID: "a", On: on, Outcome: outcome})
	if lookedAt != "" {
		in.History.Events = append(in.History.Events, anomaly.Event{AccountID: "a", At: on, Kind: anomaly.EventVisitDone, Note: "looked_at=" + lookedAt})
	}
	return in
}

// What a visit found is the cause, whether or not anybody had thought of it, and however
// rare it is; on a bill of which nothing is expected as well.
func TestWhatAVisitFoundIsTheCause(t *testing.T) {
	for _, c := range anomaly.Causes {
		t.Run(string(c), func(t *testing.T) {
			in := bill("450").inspected(string(c), "")
			if p := probability(t, in, c); p < 0.9 {
				t.Errorf("found, and believed to %.3f", p)
			}
			in.Estimate = nil
			if p := probability(t, in, c); p < 0.5 {
				t.Errorf("found, nothing being expected, and believed to %.3f", p)
			}
		})
	}
}

func TestAVisitSpeaksOnlyOfWhatItLookedAt(t *testing.T) {
	before := probability(t, bill("450"), anomaly.CauseTappedByOthers)
	for _, c := range []struct {
		name, lookedAt string
		lower          bool
	}{
		{"a whole visit", "", true},
		{"the wiring", "serial,wiring", true},
		{"the seal", "seal", false},
	} {
		then := probability(t, bill("450").inspected(anomaly.NothingFound, c.lookedAt), anomaly.CauseTappedByOthers)
		if lower := then < 0.5*before; lower != c.lower {
			t.Errorf("%s found nothing: a tap went from %.5f to %.5f", c.name, before, then)
		}
	}
	// Against the tap, the face of the meter says nothing: it stays what it was beside a leak.
	odds := func(in *Input) float64 {
		return probability(t, in, anomaly.CauseTappedByOthers) / probability(t, in, anomaly.CauseLeakBehindMeter)
	}
	if a, b := odds(bill("450")), odds(bill("450").inspected(anomaly.NothingFound, "meter_face")); b < a*0.999 || b > a*1.001 {
		t.Errorf("the meter's face moved a tap against a leak from %.5f to %.5f", a, b)
	}
}

// What two people write down who were there on one day is one visit's: that one of them
// found nothing takes nothing from what the other found.
func TestAFindAndNothingOnOneDay(t *testing.T) {
	alone := probability(t, bill("450").inspected("tapped_by_others", ""), anomaly.CauseTappedByOthers)
	for _, other := range []string{anomaly.NothingFound, "more_appliances"} {
		if p := probability(t, bill("450").inspected("tapped_by_others", "").inspected(other, ""), anomaly.CauseTappedByOthers); p < 0.999*alone {
			t.Errorf("a tap was found (%.4f), and %s beside it: %.4f", alone, other, p)
		}
	}
}

func TestABillIssuedAnewAfterTheFind(t *testing.T) {
	in := bill("330").with("M04.draw").event(anomaly.EventComplaint, "").inspected("tapped_by_others", "wiring")
	if p := probability(t, in, anomaly.CauseTappedByOthers); p < 0.95 {
		t.Fatalf("before the correction: %.3f", p)
	}
	b := &in.History.Bills[0]
	b.Cancels, b.IssuedOn = "OLD", anomaly.MustDate("2026-02-08")
	if p := probability(t, in, anomaly.CauseTappedByOthers); p > 0.1 {
		t.Errorf("what the bill was corrected for is still its cause: %.3f", p)
	}
}
