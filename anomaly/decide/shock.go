package decide

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"whybill/anomaly"
)

// RouteBill is one bill as the search for route-wide shocks sees it: on which side of
// its 95 % interval it is.
type RouteBill struct {
	Route  string
	Period anomaly.Period
	Side   int // -1 below, 0 within, +1 above
}

// SideOf says on which side of its interval an assessed bill is; ok is false where
// nothing was expected of it.
func SideOf(a *anomaly.Assessment) (side int, ok bool) {
	if !a.Estimate.Known {
		return 0, false
	}
	switch u := anomaly.Float(a.Usage); {
	case u > a.Estimate.High95:
		return 1, true
	case u < a.Estimate.Low95:
		return -1, true
	}
	return 0, true
}

const (
	shockFactor   = 3   // times the usual share
	shockAccounts = 10  // on the route, to speak of a share
	shockLeast    = 0.2 // of the route's accounts
)

// RouteShocks finds routes on which, in one billing cycle, far more bills than usual
// are out on the same side: more than three times the share of all routes, more than a
// fifth of at least ten accounts, and more than chance makes (four standard deviations).
// That is one matter - a route misread, the weather, a tariff - and not as many as there
// are accounts. Bills of a route are of one cycle when their periods begin in the same month.
func RouteShocks(bills []RouteBill) []anomaly.RouteShock {
	type key struct {
		route       string
		year, month int
	}
	type tally struct {
		n, up, down int
		period      anomaly.Period
	}
	groups := map[key]*tally{}
	all := tally{}
	for i := range bills {
		b := &bills[i]
		if b.Route == "" {
			continue
		}
		y, m, _ := b.Period.Start.Civil()
		g := groups[key{b.Route, y, m}]
		if g == nil {
			g = &tally{period: b.Period}
			groups[key{b.Route, y, m}] = g
		}
		g.period.Start, g.period.End = min(g.period.Start, b.Period.Start), max(g.period.End, b.Period.End)
		for _, t := range []*tally{g, &all} {
			t.n++
			switch b.Side {
			case 1:
				t.up++
			case -1:
				t.down++
			}
		}
	}
	var shocks []anomaly.RouteShock
	for k, g := range groups {
		for _, up := range []bool{true, false} {
			out, outAll := g.down, all.down
			if up {
				out, outAll = g.up, all.up
			}
			// The other routes' share, and never less than what an interval leaves out.
			usual := math.Max(0.025, float64(outAll-out)/math.Max(1, float64(all.n-g.n)))
			share := float64(out) / float64(g.n)
			chance := 4 * math.Sqrt(usual*(1-usual)/float64(g.n))
			if g.n >= shockAccounts && share >= shockLeast && share > shockFactor*usual && share > usual+chance {
				shocks = append(shocks, anomaly.RouteShock{Route: k.route, Period: g.period, Up: up, Accounts: g.n, Share: share, Usual: usual})
			}
		}
	}
	slices.SortFunc(shocks, func(a, b anomaly.RouteShock) int {
		return cmp.Or(strings.Compare(a.Route, b.Route), cmp.Compare(a.Period.Start, b.Period.Start), cmp.Compare(boolInt(a.Up), boolInt(b.Up)))
	})
	return shocks
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Shocked reports whether a bill on a side of its interval belongs to a route's shock.
func Shocked(shocks []anomaly.RouteShock, b *RouteBill) bool {
	for i := range shocks {
		s := &shocks[i]
		if s.Route == b.Route && s.Up == (b.Side > 0) && b.Side != 0 && s.Period.Overlap(b.Period) > 0 {
			return true
		}
	}
	return false
}
