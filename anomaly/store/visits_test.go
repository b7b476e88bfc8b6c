package store

import (
	"path/filepath"
	"slices"
	"testing"

	"whybill/anomaly"
)

// listed is a line of a kept list for tests.
func listed(account, on, list string, propensity float64) anomaly.ListedVisit {
	return anomaly.ListedVisit{
		AccountID: account, BillKey: "b", On: anomaly.MustDate(on), List: list,
		Random: propensity < 1, Propensity: propensity, Probability: 0.25, Weight: 1.5,
	}
}

func TestKeptListsAreOnlyAddedTo(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "w.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	first := []anomaly.ListedVisit{listed("A", "2026-03-01", "batch", 1), listed("B", "2026-03-01", "batch", 0.02)}
	if n, err := s.KeepVisits(t.Context(), first); n != 2 || err != nil {
		t.Fatalf("%d lines kept, %v", n, err)
	}
	again := []anomaly.ListedVisit{listed("B", "2026-03-01", "batch", 0.5), listed("C", "2026-03-01", "batch", 1)}
	if n, err := s.KeepVisits(t.Context(), again); n != 1 || err != nil {
		t.Fatalf("%d lines added, %v; want only C's", n, err)
	}
	all, err := s.KeptVisits(t.Context(), 0, anomaly.MustDate("2026-03-02"))
	if err != nil || !slices.Equal(all, []anomaly.ListedVisit{first[0], first[1], again[1]}) {
		t.Errorf("kept %+v, %v", all, err)
	}
	if earlier, err := s.KeptVisits(t.Context(), 0, anomaly.MustDate("2026-03-01")); err != nil || len(earlier) != 0 {
		t.Errorf("before the day of the list there are %+v, %v", earlier, err)
	}
	c, err := s.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.put(c)
	for _, sql := range []string{"UPDATE listed_visits SET propensity = 1", "DELETE FROM listed_visits"} {
		if err := execute(c, sql); err == nil {
			t.Errorf("%s was carried out", sql)
		}
	}
}

func TestWhatAVisitGoesBackTo(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "w.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	im, err := s.Begin(t.Context(), File{Name: "inspections.csv", Hash: "h"})
	if err != nil {
		t.Fatal(err)
	}
	var rows anomaly.Rows
	for i, x := range []struct{ account, on, outcome string }{
		{"chosen", "2026-03-10", "bypass_or_theft"},
		{"drawn", "2026-03-10", anomaly.NothingFound},
		{"drawn then chosen", "2026-03-20", anomaly.NothingFound},
		{"long ago", "2026-12-01", anomaly.NothingFound},
		{"of a complaint", "2026-03-10", anomaly.NothingFound},
		{"visited first", "2026-02-27", anomaly.NothingFound},
	} {
		rows.Inspections = append(rows.Inspections, anomaly.Inspection{
			AccountID: x.account, On: anomaly.MustDate(x.on), Outcome: x.outcome,
			Source: anomaly.Source{File: "inspections.csv", Row: int32(i + 2)},
		})
	}
	if err := im.Add(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	if _, err := im.Commit(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.KeepVisits(t.Context(), []anomaly.ListedVisit{
		listed("chosen", "2026-03-01", "batch", 1),
		listed("drawn", "2026-03-01", "batch", 0.02),
		listed("drawn then chosen", "2026-03-01", "batch", 0.02), listed("drawn then chosen", "2026-03-08", "2026-W10", 1),
		listed("drawn then chosen", "2026-03-08", "batch", 0.02), listed("drawn then chosen", "2026-03-22", "batch", 0.02),
		listed("long ago", "2026-03-01", "batch", 1),
		listed("visited first", "2026-03-01", "batch", 1),
	}); err != nil {
		t.Fatal(err)
	}
	visits, err := s.InspectedVisits(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{"chosen": 1, "drawn": 0.02, "drawn then chosen": 1, "long ago": 0, "of a complaint": 0, "visited first": 0}
	if len(visits) != len(want) {
		t.Errorf("%d visits, want %d", len(visits), len(want))
	}
	for _, v := range visits {
		if v.OK != (want[v.AccountID] > 0) || v.Listed.Propensity != want[v.AccountID] {
			t.Errorf("%s: %+v", v.AccountID, v)
		}
	}
}
