package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"whybill/anomaly"
)

func aNeighbourhood() *anomaly.Neighbourhood {
	near := func(account, value string, row int32) anomaly.Reading {
		return anomaly.Reading{
			AccountID: account, On: anomaly.MustDate("2024-03-01"), Value: anomaly.MustDecimal(value),
			Source: anomaly.Source{File: "readings.csv", Row: row},
		}
	}
	return &anomaly.Neighbourhood{
		From: anomaly.MustDate("2024-03-01"), Until: anomaly.MustDate("2024-04-01"),
		Common:  map[string]*anomaly.CommonFactor{"electricity": {First: anomaly.MustDate("2024-01-01"), BinDays: 10, Log: []float64{0.125, 0}, Count: []int{40, 0}}},
		Readers: map[string]*anomaly.ReaderRecord{"R7": {LastDigit: [10]int{3, 0, 1}}},
		Peers:   map[string]*anomaly.PeerLevels{"electricity/residential/north": {Count: 41, P05: 1.5, P50: 8, P95: 30.25}},
		Shocks: []anomaly.RouteShock{{
			Route: "R-2", Period: anomaly.Period{Start: anomaly.MustDate("2024-02-01"), End: anomaly.MustDate("2024-03-01")}, Up: true, Accounts: 12, Share: 0.75, Usual: 0.025,
		}},
		RouteReadings: map[string][]anomaly.Reading{
			"A": {near("B", "12320", 7), near("C", "00871.50", 9)},
			"B": {near("A", "4711", 5)},
		},
	}
}

// kept reads the neighbourhood back, with all readings.
func kept(t *testing.T, s *Store, account string) (n *anomaly.Neighbourhood, after int) {
	t.Helper()
	n, after, err := s.Neighbourhood(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n != nil {
		if n.RouteReadings, err = s.NearReadings(t.Context(), account); err != nil {
			t.Fatal(err)
		}
	}
	return n, after
}

func TestTheNeighbourhoodIsKeptAsItWas(t *testing.T) {
	s := open(t)
	load(t, s, "bills.csv", month(3, 0, "bills.csv"))
	if n, _ := kept(t, s, ""); n != nil {
		t.Fatalf("before any was kept there is %+v", n)
	}
	want := aNeighbourhood()
	for range 2 { // the second takes the place of the first
		if err := s.KeepNeighbourhood(t.Context(), 1, want); err != nil {
			t.Fatal(err)
		}
	}
	exact := cmp.Comparer(func(a, b anomaly.Decimal) bool { return a.String() == b.String() })
	n, after := kept(t, s, "")
	if diff := cmp.Diff(want, n, exact); diff != "" || after != 1 {
		t.Errorf("after file %d: %s", after, diff)
	}
	want.RouteReadings = map[string][]anomaly.Reading{"B": want.RouteReadings["B"]}
	if n, _ = kept(t, s, "B"); cmp.Diff(want, n, exact) != "" {
		t.Errorf("for one account: %s", cmp.Diff(want, n, exact))
	}
}

// What training of the first versions left is of another layout and counts for nothing.
func TestANeighbourhoodOfAnotherLayoutIsNone(t *testing.T) {
	s := open(t)
	if err := s.SaveModel(t.Context(), neighbourhoodName, 1, []byte(`{"Common":{},"RouteReadings":{}}`)); err != nil {
		t.Fatal(err)
	}
	if n, _ := kept(t, s, ""); n != nil {
		t.Errorf("read as %+v", n)
	}
}

func TestWhichImportsChangeTheNeighbourhood(t *testing.T) {
	source := anomaly.Source{File: "f.csv", Row: 2}
	event := func(kind string) anomaly.Rows {
		return anomaly.Rows{Events: []anomaly.Event{{AccountID: "ACC000000001", At: anomaly.MustDate("2024-03-04"), Kind: kind, Source: source}}}
	}
	for _, c := range []struct {
		name    string
		rows    anomaly.Rows
		changes bool
	}{
		{"bills", *month(1, 1, "f.csv"), true},
		{"a reading", anomaly.Rows{Readings: []anomaly.Reading{{AccountID: "ACC000000001", On: anomaly.MustDate("2024-03-04"), Source: source}}}, true},
		{"a self-test, as the desk enters it", event(anomaly.EventSelftest), false},
		{"people who came", event(anomaly.EventOccupancy), true},
		{"an inspection", anomaly.Rows{Inspections: []anomaly.Inspection{{AccountID: "ACC000000001", Outcome: anomaly.NothingFound, Source: source}}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			load(t, s, "bills.csv", month(3, 0, "bills.csv"))
			if err := s.KeepNeighbourhood(t.Context(), 1, aNeighbourhood()); err != nil {
				t.Fatal(err)
			}
			load(t, s, "f.csv", &c.rows)
			last, err := s.LastFile(t.Context())
			if err != nil || last != 2 {
				t.Fatalf("the last file is %d, %v", last, err)
			}
			if _, after := kept(t, s, ""); (after != last) != c.changes {
				t.Errorf("it is of file %d, the last is %d", after, last)
			}
			// What was behind already stays behind.
			if err := s.KeepNeighbourhood(t.Context(), 0, aNeighbourhood()); err != nil {
				t.Fatal(err)
			}
			rows := event(anomaly.EventSelftest)
			load(t, s, "g.csv", &rows)
			if _, after := kept(t, s, ""); after != 0 {
				t.Errorf("a self-test brought up to date what was not, to file %d", after)
			}
		})
	}
}

// An outline is a history without what the first pass does not look at.
func TestOutlinesLeaveOutLinesAndInspections(t *testing.T) {
	s := open(t)
	rows := month(3, 0, "bills.csv")
	for i := range rows.Bills {
		b := &rows.Bills[i]
		rows.Lines = append(rows.Lines, anomaly.Line{AccountID: b.AccountID, BillID: b.ID, Code: "energy", Amount: b.Amount.Decimal, Source: b.Source})
		rows.Inspections = append(rows.Inspections, anomaly.Inspection{AccountID: b.AccountID, Outcome: anomaly.NothingFound, Source: b.Source})
	}
	load(t, s, "bills.csv", rows)
	for _, whole := range []bool{true, false, true} { // the same readers are used again
		each, want := s.EachOutline, 0
		if whole {
			each, want = s.Each, 1
		}
		accounts := 0
		err := each(t.Context(), func(_ int, h *anomaly.History) error {
			if accounts++; len(h.Bills) != 1 || len(h.Bills[0].Lines) != want || len(h.Inspections) != want {
				t.Errorf("%s: %d bills, %d inspections, want %d; lines %v", h.Account.ID, len(h.Bills), len(h.Inspections), want, h.Bills)
			}
			return nil
		})
		if err != nil || accounts != 3 {
			t.Fatalf("%d accounts, %v", accounts, err)
		}
	}
}
