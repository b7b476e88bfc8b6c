package decide

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"whybill/anomaly"
)

// RouteBill is one bill as the search for route-wide shocks sees it.
type RouteBill struct {
	Route  string
	Period anomaly.Period
	Side   int8 // see anomaly.Estimate.Side
}

const (
	shockFactor   = 3   // times the usual share
	shockAccounts = 10  // on the route, to speak of a share
	shockLeast    = 0.2 // of the route's accounts
)

// RouteShocks finds routes on which, in one billing cycle, far more bills than usual
// are out on the same side: more than three times the share of all routes, more than a
// fifth of at least ten accounts, and more than chance makes (four standard deviations),
// each without counting any one of them.
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
			// Whichever of these bills is asked about, the others have to show it.
			others := float64(out-1) / float64(g.n-1)
			chance := 4 * math.Sqrt(usual*(1-usual)/float64(g.n-1))
			if g.n >= shockAccounts && others >= shockLeast && others > shockFactor*usual && others > usual+chance {
				shocks = append(shocks, anomaly.RouteShock{
					Route: k.route, Period: g.period, Up: up, Accounts: g.n, Share: float64(out) / float64(g.n), Usual: usual,
				})
			}
		}
	}
	slices.SortFunc(shocks, func(a, b anomaly.RouteShock) int {
		return cmp.Or(strings.Compare(a.Route, b.Route), cmp.Compare(a.Period.Start, b.Period.Start), cmp.Compare(side(a.Up), side(b.Up)))
	})
	return shocks
}

func side(up bool) int {
	if up {
		return 1
	}
	return -1
}
