package decide

import (
	"cmp"
	"hash/fnv"
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
	// Found is the probability that a visit now finds something, and Value what it is
	// worth: the priority times the visit's hours, its cost taken off.
	Found float64
	Value float64
	Hours float64
	// Alerted is for how many bills the account has been on a list already; 0: never, or
	// longer ago than the cool-down. Weight and LastWeight are the natural-log Bayes
	// factors of its change now and when it was last alerted.
	Alerted            int
	Weight, LastWeight float64
	Suppressed         bool // its findings have been accepted
	Shocked            bool // its whole route is out: see RouteShocks
}

// NewCandidate takes from an assessment what the ranking needs.
func NewCandidate(a *anomaly.Assessment, route string, stakes *anomaly.Stakes) Candidate {
	hours := math.Max(stakes.VisitHours, 0.1)
	return Candidate{
		Account: a.AccountID, Bill: a.BillKey, Route: route, Action: a.Verdict.Action,
		Found: a.Verdict.InspectionProbability, Value: a.Verdict.Priority * hours, Hours: hours,
		Weight: math.Max(a.Estimate.Change.LogBFDown, a.Estimate.Change.LogBFUp),
	}
}

// RankOptions says how many visits there can be and how they are chosen.
type RankOptions struct {
	Visits   int     // at most so many; 0: as many as are worth it
	Hours    float64 // at most so many hours; 0: no limit
	PerRoute int     // at most so many on one route; 0: no limit
	// Explore is the share of the visits that is drawn at random from all other
	// accounts: only these show how often nothing is found, and what is overlooked.
	Explore float64
	Seed    uint64
	// MaxFDR is the most of the list that may be expected to be in vain; 0: no limit.
	MaxFDR float64
	// CoolDown is for how many bills an account is not put on a list again unless
	// the evidence has doubled; 0: three.
	CoolDown int
}

// Visit is one visit of a ranking.
type Visit struct {
	Index  int  // into the candidates
	Random bool // drawn at random
	// Propensity is the probability with which the visit was drawn; 1 where it was chosen.
	Propensity float64
}

// Ranking is the list of visits, chosen ones first, best first.
type Ranking struct {
	Visits []Visit
	// HitRate is how many of the chosen visits are expected to find something, as a share;
	// FDR is the rest, the Bayesian false-discovery rate mean(1 - p).
	HitRate, FDR float64
	Hours        float64
	// ShadowPrice is the value an hour of the last visit that was chosen: what an hour more
	// would be worth.
	ShadowPrice float64
	// Left counts what could have been on the list and why it is not.
	Left map[LeftOut]int
}

// LeftOut is why a bill with a visit to recommend is not on the list.
type LeftOut string

// The reasons.
const (
	LeftCapacity   LeftOut = "capacity"
	LeftRoute      LeftOut = "route"
	LeftCoolDown   LeftOut = "cool_down"
	LeftSuppressed LeftOut = "suppressed"
	LeftShock      LeftOut = "shock"
	LeftFDR        LeftOut = "fdr"
)

// Rank chooses the visits of a batch: by expected net value an hour until the capacity
// is used up, after a share has been set aside for visits at random. The order of the
// candidates does not matter.
func Rank(candidates []Candidate, opt RankOptions) Ranking {
	r := Ranking{Left: map[LeftOut]int{}}
	order := make([]int, 0, len(candidates))
	for i := range candidates {
		c := &candidates[i]
		if c.Action != anomaly.ActionInspect || c.Value <= 0 {
			continue
		}
		switch {
		case c.Suppressed:
			r.Left[LeftSuppressed]++
		case c.Shocked:
			r.Left[LeftShock]++
		case CoolingDown(c, opt.CoolDown):
			r.Left[LeftCoolDown]++
		default:
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := &candidates[a], &candidates[b]
		return cmp.Or(cmp.Compare(y.Value/y.Hours, x.Value/x.Hours), strings.Compare(x.Account, y.Account), strings.Compare(x.Bill, y.Bill))
	})
	random := 0
	if opt.Explore > 0 && opt.Visits > 0 {
		random = min(opt.Visits, int(math.Ceil(opt.Explore*float64(opt.Visits))))
	}
	r.choose(candidates, order, opt, random)
	r.explore(candidates, opt, random)
	return r
}

// CoolingDown reports whether an account has been alerted so recently that it is not
// alerted again: for cooldown bills (0: three), unless the Bayes factor has doubled.
func CoolingDown(c *Candidate, cooldown int) bool {
	if cooldown == 0 {
		cooldown = 3
	}
	return c.Alerted > 0 && c.Alerted <= cooldown && c.Weight < c.LastWeight+math.Ln2
}

func (r *Ranking) choose(candidates []Candidate, order []int, opt RankOptions, random int) {
	routes := map[string]int{}
	vain := 0.0
	for _, i := range order {
		c := &candidates[i]
		n := len(r.Visits)
		switch {
		case opt.Visits > 0 && n >= opt.Visits-random, opt.Hours > 0 && r.Hours+c.Hours > opt.Hours*(1-opt.Explore):
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
	if n := float64(len(r.Visits)); n > 0 {
		r.FDR = vain / n
		r.HitRate = 1 - r.FDR
	}
}

// strata is into how many groups of like probability the rest is divided for the draw.
const strata = 10

// explore draws visits at random: as many from each tenth of the other accounts by the
// probability of finding something, so that the sure misses are not all that is seen.
// Who is drawn goes by a hash of the account and the seed.
func (r *Ranking) explore(candidates []Candidate, opt RankOptions, random int) {
	if random == 0 {
		return
	}
	chosen := make([]bool, len(candidates))
	for _, v := range r.Visits {
		chosen[v.Index] = true
	}
	rest := make([]int, 0, len(candidates))
	for i := range candidates {
		if !chosen[i] && !candidates[i].Suppressed {
			rest = append(rest, i)
		}
	}
	byProbability := func(a, b int) int {
		x, y := &candidates[a], &candidates[b]
		return cmp.Or(cmp.Compare(y.Found, x.Found), strings.Compare(x.Account, y.Account), strings.Compare(x.Bill, y.Bill))
	}
	slices.SortFunc(rest, byProbability)
	random = min(random, len(rest))
	for s := range strata {
		group := rest[s*len(rest)/strata : (s+1)*len(rest)/strata]
		draw := min(random*(s+1)/strata-random*s/strata, len(group))
		lots := slices.Clone(group)
		slices.SortFunc(lots, func(a, b int) int {
			return cmp.Or(cmp.Compare(lot(&candidates[a], opt.Seed), lot(&candidates[b], opt.Seed)), byProbability(a, b))
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
