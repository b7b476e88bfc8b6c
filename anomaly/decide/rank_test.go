package decide

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"whybill/anomaly"
)

func TestWhatIsLeftOffTheList(t *testing.T) {
	cs := batch(60)
	cs[0].Suppressed = true
	cs[1].Shocked = true
	cs[2].CoolingDown = true
	cs[3].Action, cs[3].Then = anomaly.ActionSelftest, anomaly.ActionInspect
	cs[4].Action = anomaly.ActionNone
	cs[5].Value = -1
	r := Rank(cs, RankOptions{PerRoute: 3, MaxFDR: 0.5})
	on := map[string]int{}
	for _, v := range r.Visits {
		on[cs[v.Index].Route]++
		if v.Index <= 5 {
			t.Errorf("%d is on the list", v.Index)
		}
	}
	for route, n := range on {
		if n > 3 {
			t.Errorf("%d visits on route %s", n, route)
		}
	}
	if r.FDR > 0.5 {
		t.Errorf("%.2f of the list are expected to be in vain", r.FDR)
	}
	for _, reason := range []LeftOut{LeftSuppressed, LeftShock, LeftCoolDown, LeftFirst, LeftOther} {
		if r.Left[reason] != 1 {
			t.Errorf("left out because of %s: %d, want 1", reason, r.Left[reason])
		}
	}
	all := len(r.Visits)
	for reason, n := range r.Left {
		if !slices.Contains(LeftOuts, reason) {
			t.Errorf("nobody is told of %s", reason)
		}
		all += n
	}
	if all != 59 {
		t.Errorf("%d of the 59 bills that are worth a visit are accounted for", all)
	}
	then := Rank(cs, RankOptions{Then: true})
	if then.Left[LeftFirst] != 0 || !slices.ContainsFunc(then.Visits, func(v Visit) bool { return v.Index == 3 }) {
		t.Error("a visit that is the second step is not on the list that asks for these")
	}
}

func TestHoursHoldForAllVisits(t *testing.T) {
	for name, c := range map[string]struct {
		opt            RankOptions
		chosen, random int
	}{
		"hours alone":                 {RankOptions{Hours: 12}, 12, 0},
		"hours and a share at random": {RankOptions{Hours: 20, Explore: 0.1}, 18, 2},
		"a share of little is one":    {RankOptions{Hours: 12, Explore: 0.05}, 11, 1},
		"hours are less than visits":  {RankOptions{Hours: 10, Visits: 40, Explore: 0.1}, 9, 1},
		"visits are less than hours":  {RankOptions{Hours: 40, Visits: 10, Explore: 0.1}, 9, 1},
		"not even one visit":          {RankOptions{Hours: 0.5, Explore: 0.1}, 0, 0},
		"no limit but the worth":      {RankOptions{Explore: 0.25}, 60, 20},
	} {
		cs := batch(100)
		for i := 60; i < 100; i++ {
			cs[i].Value = -1
		}
		t.Run(name, func(t *testing.T) {
			r := Rank(cs, c.opt)
			if len(r.Visits)-r.Random != c.chosen || r.Random != c.random {
				t.Errorf("%d chosen and %d at random, want %d and %d", len(r.Visits)-r.Random, r.Random, c.chosen, c.random)
			}
			if r.Hours != float64(len(r.Visits)) || c.opt.Hours > 0 && r.Hours > c.opt.Hours {
				t.Errorf("%g hours for %d visits of one", r.Hours, len(r.Visits))
			}
		})
	}
	long := batch(20)
	for i := range long {
		long[i].Hours = 1 + float64(i%3)/2
	}
	if r := Rank(long, RankOptions{Hours: 10, Explore: 0.2}); r.Hours > 10 || r.Random == 0 {
		t.Errorf("visits of up to two hours take %g of 10, %d at random", r.Hours, r.Random)
	}
}

// What is printed beside a list is of that list: of its chosen and of its random visits.
func TestExpectationsAreOfTheListItself(t *testing.T) {
	cs := batch(500)
	r := Rank(cs, RankOptions{Visits: 40, Explore: 0.25, Seed: 3})
	all, chosen := 0.0, 0.0
	for _, v := range r.Visits {
		all += cs[v.Index].Found
		if !v.Random {
			chosen += cs[v.Index].Found
		}
	}
	if math.Abs(r.HitRate-all/40) > 1e-12 || math.Abs(r.FDR-(1-all/40)) > 1e-12 || math.Abs(r.ChosenRate-chosen/30) > 1e-12 {
		t.Errorf("hit rate %.4f, in vain %.4f, of the chosen %.4f; want %.4f, %.4f, %.4f", r.HitRate, r.FDR, r.ChosenRate, all/40, 1-all/40, chosen/30)
	}
}

// Each account's propensity is how often it is drawn, counted over seeds; and none is out
// of the draw, however few are drawn.
func TestPropensityIsHowOftenAnAccountIsDrawn(t *testing.T) {
	cs := batch(60)
	const seeds = 4000
	for _, explore := range []float64{0.05, 0.1, 0.5} {
		drawn := map[int]int{}
		var expected [60]float64
		random := 0
		for seed := range uint64(seeds) {
			r := Rank(cs, RankOptions{Visits: 20, Explore: explore, Seed: seed})
			random = r.Random
			for _, v := range r.Visits {
				if v.Random {
					drawn[v.Index]++
					expected[v.Index] = v.Propensity
				}
			}
		}
		if len(drawn) != 40+random {
			t.Errorf("%d accounts were ever drawn, want the %d that are not chosen", len(drawn), 40+random)
		}
		for _, i := range slices.Sorted(maps.Keys(drawn)) {
			// Four standard deviations of a share of that many draws.
			off := 4 * math.Sqrt(expected[i]*(1-expected[i])/seeds)
			if share := float64(drawn[i]) / seeds; math.Abs(share-expected[i]) > off {
				t.Errorf("%s is drawn %.3f of the time, with a propensity of %.3f", cs[i].Account, share, expected[i])
			}
		}
	}
}

func TestOnlyLikeIsComparedWithLike(t *testing.T) {
	cs := batch(30)
	for i := range cs {
		cs[i].Unit = "TWD"
		if i%10 == 0 {
			cs[i].Unit, cs[i].Value = "m3", 1e6+float64(i) // many cubic metres, of which nobody says what they are worth
		}
		if i%10 == 1 {
			cs[i].Unit = "CNY"
		}
	}
	cs[0].Action = anomaly.ActionNone // leaves two in m3 and three in CNY
	r := Rank(cs, RankOptions{})
	if !slices.Equal(r.Units, []string{"TWD", "CNY", "m3"}) {
		t.Errorf("values are counted in %q", r.Units)
	}
	at, last := 0, math.Inf(1)
	for _, v := range r.Visits {
		c := cs[v.Index]
		if c.Unit != r.Units[at] {
			if at++; c.Unit != r.Units[at] {
				t.Fatalf("a visit in %s stands among those in %s", c.Unit, r.Units[at-1])
			}
			last = math.Inf(1)
		}
		if c.Value > last {
			t.Errorf("%s stands below one that is worth less", c.Account)
		}
		last = c.Value
	}
	if at != 2 || len(r.Visits) != 29 {
		t.Errorf("%d visits in %d units", len(r.Visits), at+1)
	}
}

func TestVisitsOfARouteStandTogether(t *testing.T) {
	cs := batch(40)
	cs[7].Route = ""
	plain := Rank(cs, RankOptions{Visits: 20, Explore: 0.2})
	r := Rank(cs, RankOptions{Visits: 20, Explore: 0.2, ByRoute: true})
	seen, last := map[string]bool{}, "none"
	for _, v := range r.Visits {
		if route := cs[v.Index].Route; route != last {
			if seen[route] {
				t.Errorf("route %s comes twice", route)
			}
			seen[route], last = true, route
		}
	}
	if cs[r.Visits[0].Index].Route != cs[plain.Visits[0].Index].Route {
		t.Error("the best visit's route does not come first")
	}
	byIndex := func(a, b Visit) int { return a.Index - b.Index }
	if !slices.Equal(slices.SortedFunc(slices.Values(r.Visits), byIndex), slices.SortedFunc(slices.Values(plain.Visits), byIndex)) {
		t.Error("by route, other accounts are visited")
	}
}

func TestAnAccountThatCrewsHaveCoolsDown(t *testing.T) {
	listed := anomaly.MustDate("2026-01-15")
	a := &anomaly.Assessment{
		Period:   anomaly.Period{Start: anomaly.MustDate("2025-12-01"), End: anomaly.MustDate("2026-01-01")},
		Estimate: anomaly.Estimate{Change: anomaly.ChangeTest{LogBFDown: 5, LogBFUp: -2}},
	}
	after := func(months int) *anomaly.Assessment {
		b := *a
		b.History = []anomaly.HistoryPoint{{Period: a.Period}}
		for range months {
			b.Period = anomaly.Period{Start: b.Period.End, End: b.Period.End.AddMonths(1)}
			b.History = append(b.History, anomaly.HistoryPoint{Period: b.Period})
		}
		return &b
	}
	doubled := after(1)
	doubled.Estimate.Change.LogBFUp = 5.7 // ln 2 is 0.693
	for name, c := range map[string]struct {
		a      *anomaly.Assessment
		weight float64
		bills  int
		want   *anomaly.CoolDown
	}{
		"the same bill":             {after(0), 5, 3, &anomaly.CoolDown{Since: listed, Bills: 3, Until: anomaly.MustDate("2026-04-04")}},
		"a bill later":              {after(1), 5, 3, &anomaly.CoolDown{Since: listed, Bills: 2, Until: anomaly.MustDate("2026-04-04")}},
		"two bills later":           {after(2), 5, 3, &anomaly.CoolDown{Since: listed, Bills: 1, Until: anomaly.MustDate("2026-03-29")}},
		"three bills later":         {after(3), 5, 3, nil},
		"the evidence has doubled":  {doubled, 5, 3, nil},
		"it has grown a little":     {after(1), 4.5, 3, &anomaly.CoolDown{Since: listed, Bills: 2, Until: anomaly.MustDate("2026-04-04")}},
		"nobody knows what it was":  {doubled, math.Inf(1), 3, &anomaly.CoolDown{Since: listed, Bills: 2, Until: anomaly.MustDate("2026-04-04")}},
		"no cool-down is asked for": {after(0), 5, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := CoolDown(&anomaly.ListedVisit{On: listed, Weight: c.weight}, c.a, c.bills)
			if c.want != nil {
				c.want.Weight = c.weight
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}
