package estimate

import (
	"math"

	"whybill/anomaly"
	"whybill/anomaly/pll"
)

const (
	// sharedError is the correlation of the errors that one person makes on all loads of a list.
	sharedError = 0.3
	// minListSpread: no list is known better than this, in log.
	minListSpread = 0.25
	// minStanding is what a list has to come to a day before it says anything, in kWh.
	minStanding = 0.01
)

// loads is what the customer declared, worked out for one bill.
type loads struct {
	total anomaly.ApplianceLoad // over the bill's period
	// whole: the list names what was always there too, so that it says something of the level.
	whole    bool
	standing float64 // what those use a day, over the year
	// claimed: some loads came or went within the history; they are a regressor.
	claimed bool
	claimSD float64 // spread of the claimed effect, as a share of it

	appliances []anomaly.Appliance
	since      anomaly.Date // what came after this day counts as added
	base       float64      // usage a day without the added loads
	none       bool
}

func (l *loads) load(h *anomaly.History, p anomaly.Period, s *pll.Series) {
	*l = loads{appliances: h.Appliances}
	if len(h.Appliances) == 0 || h.Account.Service > anomaly.Electricity {
		l.none = true
		return
	}
	l.since = p.Start
	if len(s.Obs) > 0 {
		l.since = s.Obs[0].Period.Start
	}
	l.total.Declared = true
	for i := range l.appliances {
		a := &l.appliances[i]
		d, days := pll.LoadOf(a), float64(pll.DaysInUse(a, p))
		l.total.Low += d.Low * days
		l.total.Middle += d.Mid * days
		l.total.High += d.High * days
		l.total.Sources = append(l.total.Sources, a.Source)
		if !l.changes(a) && (a.From.IsZero() || len(s.Obs) == 0) {
			l.standing += d.Mid * pll.MonthsShare(a)
		}
	}
	l.whole = l.standing >= minStanding
}

// changes reports whether the load came or went within the history.
func (l *loads) changes(a *anomaly.Appliance) bool {
	return a.From > l.since || (!a.Until.IsZero() && a.Until >= l.since)
}

// level returns the prior of the level that the list of standing loads gives.
func (l *loads) level(g *anomaly.GroupModel, offset float64) (mean, sd float64) {
	var sum, variance, spread float64
	for i := range l.appliances {
		a := &l.appliances[i]
		if l.changes(a) {
			continue
		}
		d, share := pll.LoadOf(a), pll.MonthsShare(a)
		v := d.Variance() * share * share
		sum += d.Mean() * share
		variance += v
		spread += math.Sqrt(v)
	}
	if sum <= 0 {
		return g.Level, max(g.LevelSD, 1)
	}
	variance = (1-sharedError)*variance + sharedError*spread*spread
	tau2 := max(math.Log1p(variance/(sum*sum)), minListSpread*minListSpread)
	m := &g.Appliances
	mean = m.Intercept + m.Slope*(math.Log(sum)-tau2/2)
	return math.Log(math.Exp(mean) + offset), math.Sqrt(m.Slope*m.Slope*tau2 + m.SD*m.SD)
}

// added returns the loads that changed within the history, per day of the period.
func (l *loads) added(p anomaly.Period) (d pll.Load, variance float64) {
	var spread float64
	for i := range l.appliances {
		a := &l.appliances[i]
		if !l.changes(a) {
			continue
		}
		share := float64(pll.DaysInUse(a, p)) / float64(p.Days())
		if share == 0 {
			continue
		}
		one := pll.LoadOf(a)
		d.Low += one.Low * share
		d.Mid += one.Mid * share
		d.High += one.High * share
		v := one.Variance() * share * share
		variance += v
		spread += math.Sqrt(v)
	}
	return d, (1-sharedError)*variance + sharedError*spread*spread
}

// claim works out the regressor of the loads that changed within the history: log of
// (base + load)/base, with a coefficient of 1, give or take what the list's ranges say.
func (l *loads) claim(s *pll.Series, target anomaly.Period) {
	if l.none || len(s.Obs) == 0 {
		return
	}
	median := medianADU(s.Obs)
	if median == 0 {
		return
	}
	largest, at := 0.0, target
	for i := -1; i < len(s.Obs); i++ {
		p := target
		if i >= 0 {
			p = s.Obs[i].Period
		}
		if d, _ := l.added(p); d.Mid > largest {
			largest, at = d.Mid, p
		}
	}
	if largest == 0 {
		return
	}
	l.base = l.without(s, median)
	d, variance := l.added(at)
	effect := math.Log1p(d.Mid / l.base)
	l.claimSD = max(math.Sqrt(variance)/(l.base+d.Mid)/effect, minListSpread)
	l.claimed = true
}

// without returns the median daily usage less what the changing loads should have used.
func (l *loads) without(s *pll.Series, median float64) float64 {
	var sum, days float64
	for i := range s.Obs {
		if o := &s.Obs[i]; o.Learnt() {
			d, _ := l.added(o.Period)
			n := float64(o.Period.Days())
			sum += d.Mid * n
			days += n
		}
	}
	return max(median-sum/days, 0.2*median)
}

// share is the row's entry for the changing loads.
func (l *loads) share(p anomaly.Period) float64 {
	d, _ := l.added(p)
	return math.Log1p(d.Mid / l.base)
}

// weighClaim runs the filter a second time as if the declared change were not there and
// weighs both by how well they foretold the bills.
func (k *Kernel) weighClaim(h *anomaly.History, g *group, target anomaly.Period, offset float64, est *anomaly.Estimate) (mu, scale, dof float64, main *run) {
	k.pass(&k.doubt, h, g, target, offset, false)
	a, b := &k.run, &k.doubt
	odds := g.model.Appliances.Reliability / (1 - g.model.Appliances.Reliability) * math.Exp(a.logLikelihood-b.logLikelihood)
	w := 1.0
	if !math.IsInf(odds, 1) {
		w = odds / (1 + odds)
	}
	est.Appliances.AddedWeight = w
	mu = w*a.mu + (1-w)*b.mu
	spread := w * (1 - w) * (a.mu - b.mu) * (a.mu - b.mu)
	scale = math.Sqrt(w*a.scale*a.scale + (1-w)*b.scale*b.scale + spread)
	if w < 0.5 {
		return mu, scale, b.dof, b
	}
	return mu, scale, a.dof, a
}
