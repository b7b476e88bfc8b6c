package estimate

import (
	"math"
	"testing"

	"whybill/anomaly"
)

// home is an account whose bimonthly bills, from 2024 on, are a level a day by a season of
// its street and some unrest of its own; then a number of bills at another level.
func home(id string, level float64, unrest []float64, last ...float64) *anomaly.History {
	season := [6]float64{1.1, 0.9, 0.9, 1.3, 1.4, 0.9}
	h := &anomaly.History{Account: anomaly.Account{ID: id, Service: anomaly.Electricity}}
	day := anomaly.MustDate("2024-01-01")
	for i := range 12 {
		adu := level
		if k := i - (12 - len(last)); k >= 0 {
			adu = last[k]
		}
		p := anomaly.Period{Start: day, End: day.AddMonths(2)}
		usage, _ := anomaly.DecimalFromFloat(adu*season[i%6]*(1+unrest[i%len(unrest)])*float64(p.Days()), 0)
		h.Bills = append(h.Bills, anomaly.Bill{AccountID: id, Period: p, Usage: usage, Source: anomaly.Source{File: "bills.csv", Row: int32(i)}})
		day = p.End
	}
	return h
}

var (
	quiet   = []float64{0.05, -0.04, 0.02, -0.06, 0.03}
	quieter = []float64{-0.03, 0.04, -0.05, 0.01}
	wild    = []float64{0.5, -0.3, 0.2, -0.4, 0.45, -0.2, 0.3}
)

func TestNeighboursWhoChangedLevels(t *testing.T) {
	estimated := home("b", 20, quieter, 8, 8)
	estimated.Bills[11].Quality = anomaly.Estimated
	water := home("b", 20, quieter, 8, 8)
	water.Account.Service = anomaly.Water
	later := home("b", 20, quieter, 8, 8)
	for i := range later.Bills {
		p := &later.Bills[i].Period
		p.Start, p.End = p.Start.AddDays(20), p.End.AddDays(20)
	}
	for _, c := range []struct {
		name   string
		a, b   *anomaly.History
		places int
		bills  int // since they changed; 0: they did not
	}{
		{"two bills ago", home("a", 8, quiet, 20, 20), home("b", 20, quieter, 8, 8), 1, 2},
		{"on this bill", home("a", 8, quiet, 20), home("b", 20, quieter, 8), 1, 1},
		{"five bills ago, two doors on", home("a", 8, quiet, 20, 20, 20, 20, 20), home("b", 20, quieter, 8, 8, 8, 8, 8), 2, 5},
		{"three doors on", home("a", 8, quiet, 20, 20), home("b", 20, quieter, 8, 8), 3, 0},
		{"only one has changed", home("a", 8, quiet, 20, 20), home("b", 20, quieter), 1, 0},
		{"both have changed, not into each other", home("a", 8, quiet, 20, 20), home("b", 20, quieter, 13, 13), 1, 0},
		{"both have risen", home("a", 8, quiet, 20, 20), home("b", 20, quieter, 30, 30), 1, 0},
		{"one bill after the other", home("a", 8, quiet, 20, 20), home("b", 20, quieter, 8), 1, 0},
		{"one wild bill each, then as usual", home("a", 8, quiet, 50, 8), home("b", 20, quieter, 3.2, 20), 1, 0},
		{"one ten per cent above the other", home("a", 18, quiet, 20, 20), home("b", 20, quieter, 18, 18), 1, 0},
		{"homes so restless that nobody can tell", home("a", 10, wild, 15), home("b", 15, wild, 10), 1, 0},
		{"the other one is estimated", home("a", 8, quiet, 20, 20), estimated, 1, 0},
		{"the next account is water", home("a", 8, quiet, 20, 20), water, 1, 0},
		{"read three weeks later", home("a", 8, quiet, 20, 20), later, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := LevelsOf(c.a, 11, 0.25), LevelsOf(c.b, 11, 0.25)
			s, odds := Swapped(a, b, c.places, 0.25)
			back, same := Swapped(b, a, c.places, 0.25)
			if s.Bills != c.bills || (odds > 0) != (c.bills > 0) || math.Abs(same-odds) > 1e-9 || back.Bills != s.Bills {
				t.Fatalf("%.1f %+v, as the other sees it %.1f %+v; want %d bills", odds, s, same, back, c.bills)
			}
			if odds == 0 {
				return
			}
			// From 8 to 20 a day and back: the logarithm of 2.5, or less than two standard errors off.
			if want := math.Log(2.5); math.Abs(s.Shift-want) > 2*s.SE || math.Abs(back.Shift+want) > 2*back.SE || s.SE > 0.3 {
				t.Errorf("shifts %.3f ± %.3f and %.3f, want %.3f", s.Shift, s.SE, back.Shift, want)
			}
			if onset := c.a.Bills[12-c.bills].Period.Start; s.Onset != onset || s.Source.Row != 11 {
				t.Errorf("since %s by row %d, want %s", s.Onset, s.Source.Row, onset)
			}
		})
	}
}

func TestLevelsAreKeptOfWhatHasChanged(t *testing.T) {
	if LevelsOf(home("a", 8, quiet), 11, 0.25) != nil {
		t.Error("nothing has changed")
	}
	if LevelsOf(home("a", 8, quiet, 20, 20), 3, 0.25) != nil {
		t.Error("there is no year before")
	}
	gap := home("a", 8, quiet, 20, 20)
	gap.Bills = append(gap.Bills[:3:3], gap.Bills[4:]...)
	if LevelsOf(gap, 10, 0.25) == nil {
		t.Error("a bill that is missing hides the others")
	}
}
