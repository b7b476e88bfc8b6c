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
	ctx    *anomaly.Context
	cfg    *anomaly.Config
	groups map[groupID]*group
	places map[placeID]*pll.Climate

	series pll.Series
	loads  loads
	run    run
	doubt  run // the same, as if the declared loads were not there
}

type groupID struct {
	service anomaly.Service
	class   string
}

// group is what the kernel keeps ready of a group of accounts.
type group struct {
	model  *anomaly.GroupModel
	learnt bool // from data; false: cold start
	prior  pll.Filter
	common *anomaly.CommonFactor
}

// NewKernel returns a kernel for one goroutine.
func NewKernel(ctx *anomaly.Context, cfg *anomaly.Config) *Kernel {
	return &Kernel{ctx: ctx, cfg: cfg, groups: map[groupID]*group{}, places: map[placeID]*pll.Climate{}}
}

func (k *Kernel) group(a *anomaly.Account) *group {
	id := groupID{a.Service, a.GroupClass()}
	if g, ok := k.groups[id]; ok {
		return g
	}
	g := &group{model: k.ctx.Model.Group(a.Service, id.class)}
	if g.learnt = g.model != nil; !g.learnt {
		cold := anomaly.ColdStart(a.Service)
		g.model = &cold
	}
	g.prior = pll.Prior(g.model)
	if n := k.ctx.Neighbourhood; n != nil {
		g.common = n.Common[anomaly.GroupKey(a.Service, id.class)]
		if g.common == nil {
			g.common = n.Common[anomaly.GroupKey(a.Service, "")]
		}
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
	s.Load(h, bill)
	est.SetAside = setAside(h, s)
	if !b.Period.Valid() {
		est.Missing = anomaly.Msg("estimate.needs_period")
		return est
	}
	g := k.group(&h.Account)
	k.loads.load(h, b.Period, s)
	est.Appliances = k.loads.total
	usable := 0
	for i := range s.Obs {
		if !s.Obs[i].Zero {
			usable++
		}
	}
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
	est.Comparable = s.Tenure >= k.cfg.Checks.ComparableDays && s.Own > 0

	target := b.Period
	if s.PendingBills > 0 {
		target.Start = s.Pending.Start
	}
	offset := k.offset(g)
	k.loads.claim(s, target)
	k.pass(&k.run, h, g, target, offset, true)
	mu, scale, dof := k.run.mu, k.run.scale, k.run.dof
	main := &k.run
	if k.loads.claimed {
		mu, scale, dof, main = k.weighClaim(h, g, target, offset, &est)
	}
	peers, hasPeers := g.common.At(target)
	peers = max(-maxPeers, min(maxPeers, peers))
	mu += peers
	k.finish(&est, h, g, target, b.Period, offset, mu, scale, dof, hasPeers)
	ref := k.reference(&est, h, b, main, offset)
	k.decompose(&est, g, main, ref, target, b.Period, offset, mu, peers, hasPeers)
	est.Methods = k.methods(b.Period)
	k.change(&est, g, main, b, bill, target, offset)
	return est
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
		if !obs[i].Zero {
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
		if o.Zero {
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
		if o := &k.series.Obs[i]; !o.Zero {
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

// finish turns the prediction into usage and intervals. Where the bill also settles
// estimates before it (target starts earlier than period), what was billed on those is
// taken off: with N and n the days of both and E the usage billed before,
//
//	usage/n + offset' = exp(y + ln(N/n)),  offset' = (N*offset + E)/n
//
// so that the prediction stays Student's t on the same kind of scale.
func (k *Kernel) finish(est *anomaly.Estimate, h *anomaly.History, g *group, target, period anomaly.Period, offset, mu, scale, dof float64, peers bool) {
	n, longer := float64(period.Days()), float64(target.Days())
	if s := &k.series; s.PendingBills > 0 {
		mu += math.Log(longer / n)
		offset = (longer*offset + s.PendingUsage) / n
	}
	scale = min(scale, maxScale)
	widened := !est.Comparable && (est.OtherPremise || !g.learnt)
	if widened {
		scale *= widen
	}
	tails := tailsFor(g.model, k.series.Own, peers)
	est.Mu, est.DOF, est.Offset = mu, dof, offset
	est.Vacant = k.vacant(h, period)
	quantile := func(tail float64, sign float64) float64 {
		return max(0, (math.Exp(mu+sign*scale*pll.StudentQuantile(tail, dof))-offset)*n)
	}
	est.Usage = max(0, (math.Exp(mu)-offset)*n)
	est.Low90, est.High90 = quantile(tails.low[0], -1), quantile(tails.high[0], 1)
	est.Low95, est.High95 = quantile(tails.low[1], -1), quantile(tails.high[1], 1)
	est.Low99, est.High99 = quantile(tails.low[2], -1), quantile(tails.high[2], 1)
	est.Scale = scale * tails.stretch(dof)
	if est.Vacant > 0 {
		emptyOut(est, quantile)
	}
}

// emptyOut mixes the prediction with a premise that stands empty and uses nothing.
func emptyOut(est *anomaly.Estimate, quantile func(tail, sign float64) float64) {
	at := func(p float64) float64 {
		if p <= est.Vacant {
			return 0
		}
		switch q := (p - est.Vacant) / (1 - est.Vacant); {
		case q < 0.5:
			return quantile(q, -1)
		default:
			return quantile(1-q, 1)
		}
	}
	est.Usage = at(0.5)
	est.Low90, est.Low95, est.Low99 = at(0.05), at(0.025), at(0.005)
	est.High90, est.High95, est.High99 = at(0.95), at(0.975), at(0.995)
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
