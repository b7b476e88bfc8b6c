package pipeline

import (
	"context"
	"testing"

	"whybill/anomaly"
)

type few []*anomaly.History

func (f few) Each(_ context.Context, fn func(int, *anomaly.History) error) error {
	for _, h := range f {
		if err := fn(0, h); err != nil {
			return err
		}
	}
	return nil
}

// visited is a home whose usage of 10 a day is seen to double, with a self-test that saw
// the meter move, and a visit after it.
func visited(outcome string) *anomaly.History {
	rows := anomaly.Rows{}
	from := anomaly.MustDate("2024-01-01")
	for i := range 12 {
		until := from.AddMonths(2)
		usage := int64(10 * until.Sub(from))
		if i == 11 {
			usage *= 2
		}
		rows.Bills = append(rows.Bills, anomaly.Bill{AccountID: outcome, ID: from.String(), Period: anomaly.Period{Start: from, End: until}, Usage: anomaly.DecimalFromInt(usage), Source: anomaly.Source{File: "b", Row: int32(i)}})
		from = until
	}
	rows.Events = []anomaly.Event{{
		AccountID: outcome, At: anomaly.MustDate("2026-01-20"), Kind: anomaly.EventSelftest, Source: anomaly.Source{File: "e", Row: 1},
		Note: "watch=led constant=1600 minutes=20 counts=200 main=off",
	}}
	rows.Inspections = []anomaly.Inspection{
		{AccountID: outcome, On: anomaly.MustDate("2026-02-10"), Outcome: outcome},
		{AccountID: outcome, Outcome: outcome}, // undated
	}
	return anomaly.BuildHistory(outcome, &rows)
}

func TestOutcomesAreHeldAgainstWhatWasSaidBefore(t *testing.T) {
	src := few{visited("tapped_by_others"), visited(anomaly.NothingFound), visited("crossed_meter")}
	got, err := LearnOutcomes(t.Context(), src, nil, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got.All.Tried != 3 || got.All.Hits != 2 || got.Undated != 3 {
		t.Errorf("all visits: %+v, %d undated; want 2 of 3, and 3", got.All, got.Undated)
	}
	var m04, tapped bool
	for _, o := range got.Checks {
		if o.ID == "M04" {
			m04 = o.Tried == 3 && o.Hits == 2
		}
	}
	for _, o := range got.Causes {
		if o.ID == string(anomaly.CauseTappedByOthers) {
			tapped = o.Tried == 3 && o.Hits == 1
		}
	}
	if !m04 || !tapped {
		t.Errorf("checks %+v, causes %+v; want M04 right in 2 of 3, the tap in 1 of 3", got.Checks, got.Causes)
	}
	before, err := LearnOutcomes(t.Context(), src, nil, nil, anomaly.MustDate("2026-02-09"))
	if err != nil || before.All.Tried != 0 || len(before.Checks) != 0 {
		t.Errorf("on the day before the visits: %+v, %v", before, err)
	}
}

func TestKnownBeforeAVisit(t *testing.T) {
	h := visited("tapped_by_others")
	h.Bills[11].Cancelled = true
	h.Bills = append(h.Bills, anomaly.Bill{ID: "R", Cancels: h.Bills[11].ID, Period: h.Bills[11].Period, IssuedOn: anomaly.MustDate("2026-03-01")})
	k := asKnown(h, anomaly.MustDate("2026-02-10"))
	if len(k.Inspections) != 0 || len(k.Bills) != 12 || k.Bills[11].Cancelled {
		t.Errorf("%d inspections, %d bills, the last cancelled: %t", len(k.Inspections), len(k.Bills), k.Bills[11].Cancelled)
	}
	if !h.Bills[11].Cancelled {
		t.Error("the history itself was changed")
	}
}
