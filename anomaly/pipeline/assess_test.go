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

// BenchmarkAssess takes one decision: on a bill with which nothing is wrong; on one that
// somebody has asked about, where what the next bill may show follows from the causes
// (Bayes); and on one that is out unasked, where next bills are imagined and decided on.
func BenchmarkAssess(b *testing.B) {
	asOf := anomaly.MustDate("2026-06-01")
	for _, c := range []struct {
		name    string
		usage   int64
		asked   bool
		imagine bool
	}{
		{"quiet", 123, false, false},
		{"flagged and asked about", 480, true, false},
		{"flagged, next bills imagined", 480, false, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			var all anomaly.Rows
			for _, rows := range monthlyRows(1, 24) {
				all.Bills = append(all.Bills, rows.Bills...)
			}
			last := &all.Bills[23]
			last.Usage = anomaly.DecimalFromInt(c.usage)
			reading := int64(21000)
			for i := range all.Bills {
				bill := &all.Bills[i]
				bill.From = anomaly.Known(anomaly.DecimalFromInt(reading))
				reading += int64(anomaly.Float(bill.Usage))
				bill.To = anomaly.Known(anomaly.DecimalFromInt(reading))
			}
			if c.asked {
				all.Events = []anomaly.Event{{AccountID: last.AccountID, At: last.Period.End, Kind: anomaly.EventComplaint}}
			}
			h := anomaly.TakeHistory(last.AccountID, &all)
			a := NewAssessor(nil, nil)
			x := a.Assess(h, asOf)
			if quiet := x.Verdict.Action == anomaly.ActionNone; quiet != (c.usage < 200) || a.ahead.ready != c.imagine {
				b.Fatalf("%s, imagined: %v", x.Verdict.Action, a.ahead.ready)
			}
			b.ReportAllocs()
			for b.Loop() {
				a.Assess(h, asOf)
			}
		})
	}
}
