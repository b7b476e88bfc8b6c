package estimate

import (
	"math"

	"whybill/anomaly"
	"whybill/anomaly/pll"
)

// The methods that an estimate is compared with.
const (
	MethodLastBill = "last_bill"
	MethodLastYear = "same_period_last_year"
	MethodOwnMean  = "own_mean"
	MethodMixed    = "last_bill_and_last_year"
)

// sameSeasonDays is how far the middle of a bill may lie from the same day a year ago.
const sameSeasonDays = 20

// lastYear returns the observation of the same period a year before, own premise
// first; nil where there is none. Its length may differ by a quarter.
func (k *Kernel) lastYear(p anomaly.Period, otherToo bool) *pll.Observation {
	var best *pll.Observation
	distance := sameSeasonDays + 1
	want := 2*int(p.Start) + p.Days() - 2*365
	obs := k.series.Obs
	for i := len(obs) - 1; i >= 0; i-- {
		o := &obs[i]
		if !o.Learnt() || (o.Other && (!otherToo || (best != nil && !best.Other))) {
			continue
		}
		if n, m := o.Period.Days(), p.Days(); 5*n < 4*m || 5*m < 4*n {
			continue
		}
		off := 2*int(o.Period.Start) + o.Period.Days() - want
		if off = max(off, -off) / 2; off < distance {
			best, distance = o, off
		}
	}
	return best
}

// reference sets the bill that the difference is explained against and what of the
// declared loads came after it. It returns the observation, nil for the typical bill.
func (k *Kernel) reference(est *anomaly.Estimate, h *anomaly.History, b *anomaly.Bill, main *run, offset float64) *pll.Observation {
	o := k.lastYear(b.Period, true)
	since := k.loads.since
	if o == nil {
		usage := (math.Exp(main.state.Coefficient(0)) - offset) * float64(b.Period.Days())
		est.Reference = anomaly.Reference{Period: b.Period, Usage: max(0, usage)}
	} else {
		from := h
		if o.Other {
			from = h.Previous
		}
		rb := &from.Bills[o.Bill]
		est.Reference = anomaly.Reference{BillKey: rb.Key(), Period: o.Period, Usage: o.Usage, OtherPremise: o.Other, Source: rb.Source}
		if o.Bills == 1 && rb.Currency == b.Currency {
			est.Reference.Amount = rb.Amount
		}
		since = o.Period.Start
	}
	if k.loads.none {
		return o
	}
	n := float64(b.Period.Days())
	was := k.loads.since
	k.loads.since = since
	d, _ := k.loads.added(b.Period)
	k.loads.since = was
	a := &est.Appliances
	a.Added = d.Mid > 0 && (o != nil || len(k.series.Obs) > 0)
	if a.Added {
		a.AddedLow, a.AddedMiddle, a.AddedHigh = d.Low*n, d.Mid*n, d.High*n
	}
	return o
}

// decompose splits the log difference between the reference and the expected usage.
// Differences of y are brought to differences of log usage by one common factor,
// which is near 1 because the offset is small.
func (k *Kernel) decompose(est *anomaly.Estimate, g *group, main *run, ref *pll.Observation, target, period anomaly.Period, offset, mu, peers float64, hasPeers bool) {
	days := float64(period.Days())
	own := max((math.Exp(mu)-offset)*days, offset*days) // for the bill's own period, without settling
	r := &est.Reference
	reference := max(r.Usage, offset*float64(r.Period.Days()))
	daysEffect := math.Log(days / float64(r.Period.Days()))
	yRef := math.Log(reference/float64(r.Period.Days()) + offset)
	var row pll.Row
	row[0] = 1
	load := main.load
	common := 0.0
	if ref != nil {
		k.fill(main, &row, ref.Period)
		common, _ = g.peers(ref.Period, main.weatherEffect(&row))
	}
	total := mu - yRef
	toLog := 1 + offset/(own/days)
	if math.Abs(total) > 1e-9 {
		toLog = (math.Log(own/reference) - daysEffect) / total
	}
	parts := make([]anomaly.Contribution, 0, 8)
	rest := total
	add := func(what string, y float64) {
		rest -= y
		parts = append(parts, anomaly.Contribution{What: what, Log: y * toLog})
	}
	parts = append(parts, anomaly.Contribution{What: anomaly.PartDays, Log: daysEffect})
	f := &main.state
	add(anomaly.PartSeason, f.Season(&main.row)-f.Season(&row))
	if main.weather.climate != nil {
		add(anomaly.PartWeather, main.weatherEffect(&main.row)-main.weatherEffect(&row))
	}
	if hasPeers {
		add(anomaly.PartPeers, peers-common)
	}
	if load >= 0 {
		add(anomaly.PartAppliances, k.loadEffect(est, f, load, main.row[load], row[load], target))
	}
	if settled := math.Log(max(est.Usage, offset*days) / own); k.series.PendingBills > 0 {
		parts = append(parts, anomaly.Contribution{What: anomaly.PartTrueUp, Log: settled})
	}
	add(anomaly.PartDrift, rest)
	est.Parts = parts
}

// loadEffect is what the changing loads explain between reference and target: no more
// than the high end of the list, and only as far as the claim is believed.
func (k *Kernel) loadEffect(est *anomaly.Estimate, f *pll.Filter, load int, now, then float64, target anomaly.Period) float64 {
	d, _ := k.loads.added(target)
	most := math.Log1p(d.High/k.loads.base) - then
	effect := f.Coefficient(load) * (now - then)
	return est.Appliances.AddedWeight * min(effect, max(most, 0))
}

// methods returns what simpler methods expect of the period.
func (k *Kernel) methods(p anomaly.Period) []anomaly.MethodEstimate {
	obs := k.series.Obs
	days := float64(p.Days())
	last := -1
	for i := len(obs) - 1; i >= 0 && last < 0; i-- {
		if obs[i].Learnt() && !obs[i].Other {
			last = i
		}
	}
	if last < 0 {
		return nil
	}
	list := make([]anomaly.MethodEstimate, 0, 4)
	list = append(list, anomaly.MethodEstimate{Method: MethodLastBill, Usage: obs[last].ADU() * days})
	var usage, covered float64
	for i := last; i >= 0 && covered < 365 && !obs[i].Other; i-- {
		if obs[i].Disputed {
			continue
		}
		usage += obs[i].Usage
		covered += float64(obs[i].Period.Days())
	}
	list = append(list, anomaly.MethodEstimate{Method: MethodOwnMean, Usage: usage / covered * days})
	if year := k.lastYear(p, false); year != nil {
		list = append(list,
			anomaly.MethodEstimate{Method: MethodLastYear, Usage: year.ADU() * days},
			anomaly.MethodEstimate{Method: MethodMixed, Usage: (year.ADU() + obs[last].ADU()) / 2 * days})
	}
	return list
}
