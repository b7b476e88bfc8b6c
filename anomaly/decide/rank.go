package decide

import (
	"cmp"
	"hash/fnv"
	"maps"
	"math"
	"slices"
	"strings"

	"whybill/anomaly"
)

// Candidate is one assessed bill as the ranking of a batch sees it: a few numbers, so
// that a million of them fit into memory.
type Candidate struct {
	Account string
	Bill    string
	Route   string
	Action  anomaly.Action
	Then    anomaly.Action
	// Found is the probability that a visit now finds something, and Value what it is
	// worth: the priority times the visit's hours, its cost taken off. Unit is what Value is
	// counted in: only values of one unit can be compared.
	Found float64
	Value float64
	Unit  string
	Hours float64

	CoolingDown bool // an earlier list has the account: see CoolDown
	Suppressed  bool // its findings have been accepted
	Shocked     bool // its whole route is out: see RouteShocks
}

// NewCandidate takes from an assessment what the ranking needs.
func NewCandidate(a *anomaly.Assessment, stakes *anomaly.Stakes) Candidate {
	hours := math.Max(stakes.VisitHours, 0.1)
	return Candidate{
		Account: a.AccountID, Bill: a.BillKey, Route: a.Route, Action: a.Verdict.Action, Then: a.Verdict.Then,
		Found: a.Verdict.InspectionProbability, Value: a.Verdict.Priority * hours, Unit: a.PriorityUnit(), Hours: hours,
		CoolingDown: a.CoolDown != nil,
	}
}

// RankOptions says how many visits there can be and how they are chosen.
type RankOptions struct {
	Visits   int     // at most so many; 0: as many as are worth it
	Hours    float64 // at most so many hours; 0: no limit
	PerRoute int     // at most so many chosen ones on one route; 0: no limit
	// Explore is the share of the visits that is drawn at random from all other
	// accounts: only these show how often nothing is found, and what is overlooked.
	Explore float64
	Seed    uint64
	// MaxFDR is the most of the chosen visits that may be expected to be in vain; 0: no limit.
	MaxFDR float64
	// Then also takes accounts on which a visit is only the second step: after a self-test,
	// an answer or the next bill.
	Then bool
	// ByRoute brings the visits of a route together, the route of the best visit first.
	ByRoute bool
}

// Visit is one visit of a ranking.
type Visit struct {
	Index  int  // into the candidates
	Random bool // drawn at random
	// Propensity is the probability with which the visit was drawn; 1 where it was chosen.
	Propensity float64
}

// Ranking is the list of visits, chosen ones first, best first, unless asked for by route.
type Ranking struct {
	Visits []Visit
	Random int // how many of them were drawn at random
	// HitRate is how many of the visits are expected to find something, as a share; FDR is the
	// rest, the Bayesian false-discovery rate mean(1 - p). ChosenRate is the hit rate of the
	// chosen ones alone.
	HitRate, FDR, ChosenRate float64
	Hours                    float64
	// ShadowPrice is the value an hour of the last visit that was chosen: what an hour more
	// would be worth.
	ShadowPrice float64
	// Units are what the values are counted in, the one of most candidates first. The visits
	// of the first come first: nothing says what the others' are worth in it.
	Units []string
	// Left counts the bills on which a visit is worth its cost and that are not on the
	// list, by the reason.
	Left map[LeftOut]int
}

// LeftOut is why a bill on which a visit is worth its cost is not on the list.
type LeftOut string

// The reasons.
const (
	LeftCapacity   LeftOut = "capacity"
	LeftRoute      LeftOut = "route"
	LeftCoolDown   LeftOut = "cool_down"
	LeftSuppressed LeftOut = "suppressed"
	LeftShock      LeftOut = "shock"
	LeftFDR        LeftOut = "fdr"
	// LeftFirst: something that costs less comes first, and a visit only if that settles nothing.
	LeftFirst LeftOut = "first"
	// LeftOther: no visit is recommended. It is too unlikely to find anything, or
	// something else settles the matter.
	LeftOther LeftOut = "other"
)

// LeftOuts are the reasons in the order in which they are told.
var LeftOuts = []LeftOut{LeftCapacity, LeftRoute, LeftFDR, LeftCoolDown, LeftSuppressed, LeftShock, LeftFirst, LeftOther}

// Rank chooses the visits of a batch: by expected net value an hour until the capacity
// is used up, after a share has been set aside for visits at random. The order of the
// candidates does not matter.
func Rank(candidates []Candidate, opt RankOptions) Ranking {
	r := Ranking{Left: map[LeftOut]int{}}
	order := make([]int, 0, len(candidates))
	hours := 0.0 // of the longest visit: what one drawn at random may take
	for i := range candidates {
		c := &candidates[i]
		hours = math.Max(hours, c.Hours)
		if c.Value <= 0 {
			continue
		}
		switch {
		case c.Action != anomaly.ActionInspect && c.Then != anomaly.ActionInspect:
			r.Left[LeftOther]++
		case c.Action != anomaly.ActionInspect && !opt.Then:
			r.Left[LeftFirst]++
		case c.Suppressed:
			r.Left[LeftSuppressed]++
		case c.Shocked:
			r.Left[LeftShock]++
		case c.CoolingDown:
			r.Left[LeftCoolDown]++
		default:
			order = append(order, i)
		}
	}
	place := r.units(candidates, order)
	slices.SortFunc(order, func(a, b int) int {
		x, y := &candidates[a], &candidates[b]
		return cmp.Or(
			cmp.Compare(place[x.Unit], place[y.Unit]), cmp.Compare(y.Value/y.Hours, x.Value/x.Hours),
			strings.Compare(x.Account, y.Account), strings.Compare(x.Bill, y.Bill),
		)
	})
	fit, limited := opt.fit(len(candidates), hours)
	random := 0
	if limited {
		random = min(fit, int(math.Ceil(opt.Explore*float64(fit)-1e-9)))
	}
	r.choose(candidates, order, &opt, random, hours)
	if !limited && opt.Explore < 1 {
		random = int(math.Ceil(opt.Explore/(1-opt.Explore)*float64(len(r.Visits)) - 1e-9))
	}
	r.explore(candidates, opt.Seed, random)
	r.expect(candidates)
	if opt.ByRoute {
		r.byRoute(candidates)
	}
	return r
}

// units orders what values are counted in, by how many candidates are counted so.
func (r *Ranking) units(candidates []Candidate, order []int) (place map[string]int) {
	counts := map[string]int{}
	for _, i := range order {
		counts[candidates[i].Unit]++
	}
	r.Units = UnitOrder(counts)
	place = make(map[string]int, len(r.Units))
	for i, unit := range r.Units {
		place[unit] = i
	}
	return place
}

// UnitOrder lists units, the one that is counted most often first.
func UnitOrder(counts map[string]int) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b))
	})
}

// fit is how many visits there can be if each takes so many hours; limited is false where
// nothing says so.
func (opt *RankOptions) fit(candidates int, hours float64) (n int, limited bool) {
	n = candidates
	if opt.Visits > 0 {
		n, limited = min(n, opt.Visits), true
	}
	if opt.Hours > 0 && hours > 0 {
		n, limited = min(n, int(opt.Hours/hours+1e-9)), true
	}
	return n, limited
}

// choose takes the best visits while there is room beside the random ones.
func (r *Ranking) choose(candidates []Candidate, order []int, opt *RankOptions, random int, hours float64) {
	// More visits than accounts are no request for a draw from all of them.
	visits := min(opt.Visits, len(candidates)) - random
	routes := map[string]int{}
	vain := 0.0
	for _, i := range order {
		c := &candidates[i]
		n := len(r.Visits)
		switch {
		case opt.Visits > 0 && n >= visits, opt.Hours > 0 && r.Hours+c.Hours > opt.Hours-float64(random)*hours+1e-9:
			r.Left[LeftCapacity]++
			continue
		case opt.PerRoute > 0 && c.Route != "" && routes[c.Route] >= opt.PerRoute:
			r.Left[LeftRoute]++
			continue
		case opt.MaxFDR > 0 && (vain+1-c.Found)/float64(n+1) > opt.MaxFDR:
			r.Left[LeftFDR]++
			continue
		}
		routes[c.Route]++
		vain += 1 - c.Found
		r.Hours += c.Hours
		r.ShadowPrice = c.Value / c.Hours
		r.Visits = append(r.Visits, Visit{Index: i, Propensity: 1})
	}
}

// expect works out what may be expected of the list, of all of it.
func (r *Ranking) expect(candidates []Candidate) {
	found, chosen := 0.0, 0.0
	for _, v := range r.Visits {
		found += candidates[v.Index].Found
		if v.Random {
			r.Random++
		} else {
			chosen += candidates[v.Index].Found
		}
	}
	n := len(r.Visits)
	if n == 0 {
		return
	}
	r.HitRate = found / float64(n)
	r.FDR = 1 - r.HitRate
	if n > r.Random {
		r.ChosenRate = chosen / float64(n-r.Random)
	}
}

// byRoute brings the visits of a route together; those without one come last.
func (r *Ranking) byRoute(candidates []Candidate) {
	place := map[string]int{}
	for _, v := range r.Visits {
		if route := candidates[v.Index].Route; route != "" && place[route] == 0 {
			place[route] = len(place) + 1
		}
	}
	place[""] = len(place) + 1
	slices.SortStableFunc(r.Visits, func(a, b Visit) int {
		return cmp.Compare(place[candidates[a.Index].Route], place[candidates[b.Index].Route])
	})
}

// strata is into how many groups of like probability the rest is divided for the draw, at
// most: with fewer draws there are fewer groups, so that every account can be drawn.
const strata = 10

// explore draws visits at random: as many from each group of the other accounts by the
// probability of finding something, so that the sure misses are not all that is seen.
// Who is drawn goes by a hash of the account and the seed.
func (r *Ranking) explore(candidates []Candidate, seed uint64, random int) {
	if random == 0 {
		return
	}
	chosen := make([]bool, len(candidates))
	for _, v := range r.Visits {
		chosen[v.Index] = true
	}
	rest := make([]int, 0, len(candidates))
	for i := range candidates {
		if !chosen[i] && !candidates[i].Suppressed && !candidates[i].CoolingDown {
			rest = append(rest, i)
		}
	}
	byProbability := func(a, b int) int {
		x, y := &candidates[a], &candidates[b]
		return cmp.Or(cmp.Compare(y.Found, x.Found), strings.Compare(x.Account, y.Account), strings.Compare(x.Bill, y.Bill))
	}
	slices.SortFunc(rest, byProbability)
	random = min(random, len(rest))
	groups := min(strata, random)
	for s := range groups {
		first, last := random*s/groups, random*(s+1)/groups
		draw, group := last-first, rest[first*len(rest)/random:last*len(rest)/random]
		lots := slices.Clone(group)
		slices.SortFunc(lots, func(a, b int) int {
			return cmp.Or(cmp.Compare(lot(&candidates[a], seed), lot(&candidates[b], seed)), byProbability(a, b))
		})
		for _, i := range lots[:draw] {
			r.Hours += candidates[i].Hours
			r.Visits = append(r.Visits, Visit{Index: i, Random: true, Propensity: float64(draw) / float64(len(group))})
		}
	}
}

func lot(c *Candidate, seed uint64) uint64 {
	h := fnv.New64a()
	var b [8]byte
	for i := range b {
		b[i] = byte(seed >> (8 * i))
	}
	_, _ = h.Write(b[:])
	_, _ = h.Write([]byte(c.Account))
	x := h.Sum64()
	// Neighbouring ids differ in few bits of an FNV sum; mix them (Stafford's variant 13).
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
