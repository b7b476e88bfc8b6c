package pipeline

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"whybill/anomaly"
)

// Assessing is a pure function: what an assessor has seen before, and how often it is
// asked, does not show in what it says.
func TestAssessIsPure(t *testing.T) {
	asOf := anomaly.MustDate("2026-06-01")
	histories := map[string]*anomaly.History{}
	s := NewSpool(0)
	for _, rows := range monthlyRows(20, 24) {
		if err := s.Add(&rows); err != nil {
			t.Fatal(err)
		}
	}
	for id, h := range collect(t, s) {
		histories[id] = h
	}
	used := NewAssessor(nil, nil)
	for id, h := range histories {
		alone := Assess(h, nil, nil, asOf)
		for range 2 {
			if diff := cmp.Diff(alone, Keep(used.Assess(h, asOf)), cmpDecimal); diff != "" {
				t.Fatalf("%s: %s", id, diff)
			}
		}
		if alone.BillKey == "" || len(alone.Causes) == 0 {
			t.Fatalf("%s: nothing was assessed", id)
		}
	}
}
