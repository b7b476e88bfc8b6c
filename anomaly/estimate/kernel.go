package estimate

import (
	"math"
	"slices"

	"whybill/anomaly"
	"whybill/anomaly/pll"
)

const (
	// maxPeers bounds what the peers may explain: a whole street that steals must not
	// make a small bill normal.
	maxPeers = 0.35
	// moveSD is how much the usage of the same people differs between two homes, in log.
	moveSD = 0.2
	// occupancySD is how much the level may move where people moved in or out.
	occupancySD = 0.25
	// maxScale bounds the interval of an account that jumps wildly: a factor of about 17
	// up and down is as much as accounts of a group differ among each other.
	maxScale = 1.5
	// widen is the factor on the interval where the history is no comparison (check U07).
	widen = 2
)

// Kernel estimates bills, one at a time, and keeps its memory between them. It is for
// one goroutine; several may share one Context.
type Kernel struct {
	// AsOf is the day as of which bills are assessed: a complaint up to then says that a bill
	// is in dispute, and the weather up to then is known. Zero: complaints up to the closing
	// day of the bill that is estimated, and all of the weather.
	AsOf anomaly.Date

	ctx    *anomaly.Context
	cfg    *anomaly.Config
	groups map[groupID]*group
	places map[placeID]*place

	series pll.Series
	loads  loads
	run    run
	doubt  run // the same, as if the declared loads were not there
	last   question
}

// question is what the change test was last asked about.
type question struct {
	main    *run
	target  anomaly.Period
	offset  float64
	counted bool // the assessed bill is among the last ones
}

type groupID struct {
	service       anomaly.Service
	class, region string
}

// group is what the kernel keeps ready of a group of accounts.
type group struct {
	id     groupID
	model  *anomaly.GroupModel
	learnt bool // from data; false: cold start
	prior  pll.Filter
	alike  alike
}

// alike is what the accounts that one is compared with did alike: the nearest first, nil
// where there are too few of them.
type alike [2]*anomaly.CommonFactor

// at returns the factor of the nearest accounts of which there are enough in the period.
func (a *alike) at(p anomaly.Period) (log float64, ok bool) {
	for _, c := range a {
		if log, ok = c.At(p); ok {
			return log, true
		}
	}
	return 0, false
}

// NewKernel returns a kernel for one goroutine.
func NewKernel(ctx *anomaly.Context, cfg *anomaly.Config) *Kernel {
	return &Kernel{ctx: ctx, cfg: cfg, groups: map[groupID]*group{}, places: map[placeID]*place{}}
}

func (k *Kernel) group(a *anomaly.Account) *group {
	id := groupID{a.Service, a.GroupClass(), a.Region}
	if g, ok := k.groups[id]; ok {
		return g
	}
	g := &group{id: id, model: k.ctx.Model.Group(a.Service, id.class)}
	if g.learnt = g.model != nil; !g.learnt {
		cold := anomaly.ColdStart(a.Service)
		g.model = &cold
	}
	g.prior = pll.Prior(g.model)
	if n := k.ctx.Neighbourhood; n != nil {
		g.alike = alikeOf(n.Common, id)
	}
	k.groups[id] = g
	return g
}

// run is one pass of the filter over an account under one assumption, ready to predict.
type run struct {
	state         pll.Filter // after Predict of the target
	logLikelihood float64
	mu, scale     float64
	dof           float64
	row           pll.Row
	recent        recent
	weather       weatherTerms
	load          int // place of the changing loads in the row; -1: none
}

// Estimate says what the bill should have been. Only bills before it are learnt from,
// and of those none that is estimated, disputed or cancelled.
func (k *Kernel) Estimate(h *anomaly.History, bill int) anomaly.Estimate {
	var est anomaly.Estimate
	b := &h.Bills[bill]
	s := &k.series
	s.Known = k.AsOf
	s.Load(h, bill)
	est.AsOf = k.AsOf
	est.SetAside = setAside(h, s)
	if !b.Period.Valid() {
		est.Missing = anomaly.Msg("estimate.needs_period")
		return est
	}
	g := k.group(&h.Account)
	k.loads.load(h, b.Period, s)
	est.Appliances = k.loads.total
	usable := k.usable()
	if usable == 0 && !k.loads.whole {
		est.Missing = anomaly.Msg("estimate.needs_history")
		if s.Zeros > 0 {
			est.Missing = anomaly.Msg("estimate.needs_usage", anomaly.CountArg("zeros", s.Zeros))
		}
		return est
	}
	est.Known = true
	est.PeriodsUsed = usable
	est.ColdStart = !g.learnt
	est.OtherPremise = s.Own < len(s.Obs)
	est.Comparable = k.comparable()

	target, offset := k.target(b), k.offset(g)
	mu, scale, dof, main := k.predict(h, g, target, offset, &est)
	peers, hasPeers := g.peers(target, main.weatherEffect(&main.row))
	mu += peers
	k.finish(&est, target, b.Period, offset, mu, k.spread(h, g, b.Period, scale, dof, hasPeers))
	ref := k.reference(&est, h, b, main, offset)
	k.decompose(&est, g, main, ref, target, b.Period, offset, mu, peers, hasPeers)
	est.Methods = k.methods(b.Period)
	k.lookBack(g, main, b, bill, target, offset)
	k.compare(&est, h, bill)
	return est
}

// Again sets right what Estimate last said where nothing is different but the usage of the
// bill itself: nothing but the change test looks at that.
func (k *Kernel) Again(est *anomaly.Estimate, h *anomaly.History, bill int) {
	if !est.Known {
		return
	}
	if _, ok := k.measured(&h.Bills[bill]); ok != k.last.counted {
		*est = k.Estimate(h, bill)
		return
	}
	k.compare(est, h, bill)
}

// compare tells whether usage has changed, by the bill as it stands.
func (k *Kernel) compare(est *anomaly.Estimate, h *anomaly.History, bill int) {
	est.Change = k.change(&h.Bills[bill])
	if !h.ParallelMeters() {
		k.measure(&est.Change, h, bill)
	}
}

// usable is how many of the bills before show any usage.
func (k *Kernel) usable() (n int) {
	for i := range k.series.Obs {
		if k.series.Obs[i].Learnt() {
			n++
		}
	}
	return n
}

// comparable reports whether the account's own past is long enough to call a bill normal.
func (k *Kernel) comparable() bool {
	return k.series.Tenure >= k.cfg.Checks.ComparableDays && k.series.Own > 0
}

// target is the period to predict: the bill's, with the estimates before it that it settles.
func (k *Kernel) target(b *anomaly.Bill) anomaly.Period {
	p := b.Period
	if k.series.PendingBills > 0 {
		p.Start = k.series.Pending.Start
	}
	return p
}

// predict runs the filter over what is known and predicts the target, before what all
// peers did alike. The run is the one to decompose.
func (k *Kernel) predict(h *anomaly.History, g *group, target anomaly.Period, offset float64, est *anomaly.Estimate) (mu, scale, dof float64, main *run) {
	k.loads.claim(&k.series, target)
	k.pass(&k.run, h, g, target, offset, true)
	if k.loads.claimed {
		return k.weighClaim(h, g, target, offset, est)
	}
	return k.run.mu, k.run.scale, k.run.dof, &k.run
}

// peers is by how much, in log usage, the accounts of the group were above or below what
// each one's past foretold, beside what the weather accounts for already; ok is false where
// that is not known.
func (g *group) peers(p anomaly.Period, weather float64) (log float64, ok bool) {
	log, ok = g.alike.at(p)
	return limited(beside(log, weather)), ok
}

// beside is what is left of what all did alike once the weather has accounted for its part
// of it: what all do alike is mostly the weather, and that does not count twice.
func beside(alike, weather float64) float64 {
	rest := alike - weather
	return max(min(0, alike), min(rest, max(0, alike)))
}

func limited(peers float64) float64 { return max(-maxPeers, min(maxPeers, peers)) }

// alikeOf returns what the accounts of a class did alike, in the region before all others,
// or those of its service.
func alikeOf(common map[string]*anomaly.CommonFactor, id groupID) alike {
	class := id.class
	if common[anomaly.GroupKey(id.service, class)] == nil {
		class = ""
	}
	return alike{common[anomaly.RegionKey(id.service, class, id.region)], common[anomaly.GroupKey(id.service, class)]}
}

// offset returns c: a share of the median daily usage of the bills learnt from, or of
// the group's or of the declared loads where there are none.
func (k *Kernel) offset(g *group) float64 {
	if m := medianADU(k.series.Obs); m > 0 {
		return pll.OffsetShare * m
	}
	if g.model.MedianUsage > 0 {
		return pll.OffsetShare * g.model.MedianUsage
	}
	return pll.OffsetShare * k.loads.standing
}

// medianADU returns the median daily usage of the bills that show any; 0 where there are none.
// The last 64 are taken: more do not move a median that matters.
func medianADU(obs []pll.Observation) float64 {
	var values [64]float64
	n := 0
	for i := len(obs) - 1; i >= 0 && n < len(values); i-- {
		if obs[i].Learnt() {
			values[n] = obs[i].ADU()
			n++
		}
	}
	if n == 0 {
		return 0
	}
	slices.Sort(values[:n])
	return (values[(n-1)/2] + values[n/2]) / 2
}

// pass runs the filter over what the account has and predicts the target. With claim,
// declared loads are believed.
func (k *Kernel) pass(r *run, h *anomaly.History, g *group, target anomaly.Period, offset float64, claim bool) {
	f := &r.state
	f.Set(&g.prior)
	r.recent.n, r.logLikelihood = 0, 0
	k.setLevel(f, g, offset)
	r.load = -1
	if claim && k.loads.claimed {
		r.load = f.AddRegressor(1, k.loads.claimSD)
	}
	r.weather = k.addWeather(f, h, g)
	var row pll.Row
	obs := k.series.Obs
	for i := range obs {
		o := &obs[i]
		if i > 0 {
			k.breaks(f, h, &obs[i-1], o)
		}
		k.fill(r, &row, o.Period)
		f.Predict(o.Period, &row)
		y := math.Log(o.ADU() + offset)
		if i > len(obs)-changeBills {
			r.recent.keep(f, y, &row, o.Period, o.Bill, o.Zero)
		}
		if !o.Learnt() {
			continue
		}
		if !k.loads.claimed {
			f.Follow(y)
			continue
		}
		r.logLikelihood += f.Learn(y)
	}
	if n := len(obs); n > 0 {
		// At a home without a bill the interval is doubled instead of the level set free.
		k.breaks(f, h, &obs[n-1], &pll.Observation{Period: target, Other: obs[n-1].Other})
	}
	k.fill(r, &r.row, target)
	r.mu, r.scale = f.Predict(target, &r.row)
	r.dof = f.DOF()
}

// setLevel gives the level its prior: the declared appliances where there is a list of
// all of them, the group's spread where it was learnt, the first bill otherwise.
func (k *Kernel) setLevel(f *pll.Filter, g *group, offset float64) {
	if k.loads.whole {
		f.SetLevel(k.loads.level(g.model, offset))
		return
	}
	if g.learnt {
		return
	}
	for i := range k.series.Obs {
		if o := &k.series.Obs[i]; o.Learnt() {
			f.SetLevel(math.Log(o.ADU()+offset), g.model.LevelSD)
			return
		}
	}
}

// breaks lets the level move where something happened between two bills: a move to
// another home, people who came or went.
func (k *Kernel) breaks(f *pll.Filter, h *anomaly.History, last, next *pll.Observation) {
	if last.Other && !next.Other {
		f.ShiftLevel(0, moveSD)
	}
	for i := range h.Events {
		if e := &h.Events[i]; e.Kind == anomaly.EventOccupancy && last.Period.Start < e.At && e.At <= next.Period.Start {
			f.ShiftLevel(0, occupancySD)
		}
	}
}

func (k *Kernel) fill(r *run, row *pll.Row, p anomaly.Period) {
	pll.SeasonRow(p, row)
	if r.load >= 0 {
		row[r.load] = k.loads.share(p)
	}
	r.weather.fill(row, p)
}

// spread is how usage scatters about what is expected, on the scale of the model: the
// intervals, as log deviations from the middle.
type spread struct {
	scale, dof float64
	tails      tails
	vacant     float64 // the probability that nobody is there and nothing is used
}

// spread says how far the bill may be from what is expected of it.
func (k *Kernel) spread(h *anomaly.History, g *group, p anomaly.Period, scale, dof float64, peers bool) spread {
	scale = min(scale, maxScale)
	if otherPremise := k.series.Own < len(k.series.Obs); !k.comparable() && (otherPremise || !g.learnt) {
		scale *= widen
	}
	return spread{scale, dof, tailsFor(g.model, k.series.Own, peers), k.vacant(h, p)}
}

// emptyTails are the tail probabilities of the 90, 95 and 99 % intervals where the premise
// may stand empty.
var emptyTails = [3]float64{0.05, 0.025, 0.005}

// low and high are the ends of the 90, 95 and 99 % interval; minus infinity stands for no
// usage at all.
func (s *spread) low(i int) float64 {
	if s.vacant > 0 {
		return s.mixed(emptyTails[i])
	}
	return -s.scale * pll.StudentQuantile(s.tails.low[i], s.dof)
}

func (s *spread) high(i int) float64 {
	if s.vacant > 0 {
		return s.mixed(1 - emptyTails[i])
	}
	return s.scale * pll.StudentQuantile(s.tails.high[i], s.dof)
}

// mixed is the quantile of the prediction mixed with a premise that stands empty and uses
// nothing.
func (s *spread) mixed(p float64) float64 {
	if p <= s.vacant {
		return math.Inf(-1)
	}
	q := (p - s.vacant) / (1 - s.vacant)
	if q < 0.5 {
		return -s.scale * pll.StudentQuantile(q, s.dof)
	}
	return s.scale * pll.StudentQuantile(1-q, s.dof)
}

// finish turns the prediction into usage and intervals. Where the bill also settles
// estimates before it (target starts earlier than period), what was billed on those is
// taken off: with N and n the days of both and E the usage billed before,
//
//	usage/n + offset' = exp(y + ln(N/n)),  offset' = (N*offset + E)/n
//
// so that the prediction stays Student's t on the same kind of scale.
func (k *Kernel) finish(est *anomaly.Estimate, target, period anomaly.Period, offset, mu float64, s spread) {
	n, longer := float64(period.Days()), float64(target.Days())
	if p := &k.series; p.PendingBills > 0 {
		mu += math.Log(longer / n)
		offset = (longer*offset + p.PendingUsage) / n
	}
	est.Mu, est.DOF, est.Offset = mu, s.dof, offset
	est.Scale, est.Vacant = s.scale*s.tails.stretch(s.dof), s.vacant
	usage := func(deviation float64) float64 { return max(0, (math.Exp(mu+deviation)-offset)*n) }
	est.Usage = usage(0)
	if s.vacant > 0 {
		est.Usage = usage(s.mixed(0.5))
	}
	est.Low90, est.High90 = usage(s.low(0)), usage(s.high(0))
	est.Low95, est.High95 = usage(s.low(1)), usage(s.high(1))
	est.Low99, est.High99 = usage(s.low(2)), usage(s.high(2))
}

// vacant returns the probability that the premise stands empty: by the events, or by
// two or more bills without usage. A vacancy lasts for another bill with probability
// Beta(1.1, 0.9), updated by each bill for which it did.
func (k *Kernel) vacant(h *anomaly.History, p anomaly.Period) float64 {
	if 2*pll.VacantDays(h, p) >= p.Days() {
		return 0.9
	}
	zeros := k.series.Zeros
	if zeros < 2 || exchangedSince(h, p) {
		return 0
	}
	lasted := float64(zeros - 1)
	return (1.1 + lasted) / (2 + lasted)
}

// exchangedSince reports whether the meter was exchanged by the period's end and after the
// bill before it began: what the old one did not show says nothing of the new one.
func exchangedSince(h *anomaly.History, p anomaly.Period) bool {
	since := p.Start.AddDays(-p.Days())
	for i := range h.Meters {
		if m := &h.Meters[i]; since < m.RemovedOn && m.RemovedOn < p.End {
			return true
		}
	}
	return false
}
