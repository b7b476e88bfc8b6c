package check

import (
	"math"

	"whybill/anomaly"
)

// R04: two periods in a row are out on opposite sides, and right together: the reading
// between them was wrong. The bill in hand may be the second of the two, or the first,
// where the register has been read since.
var r04 = Check{
	ID: "R04", Severity: anomaly.High, Action: anomaly.ActionRebill,
	Run: func(in *Input, out *Result) {
		if !in.estimateKnown() {
			out.skip("R04", noEstimate)
			return
		}
		if in.bill.Quality.Guessed() {
			return
		}
		if in.stoodEmpty(in.bill.Period) { // what is expected is what is used when somebody is there
			out.skip("R04", standsEmpty)
			return
		}
		in.pairBefore(out)
		in.pairAfter(out)
	},
}

// stretch is the time between two readings: its days, what was recorded on it and what was
// to be expected.
type stretch struct{ days, usage, expected float64 }

// pairBefore looks for the wrong reading at the bill's beginning.
func (in *Input) pairBefore(out *Result) {
	if in.prev < 0 {
		return
	}
	p := &in.History.Bills[in.prev]
	if p.Period.End != in.bill.Period.Start || p.Quality.Guessed() {
		return
	}
	if in.stoodEmpty(p.Period) {
		out.skip("R04", standsEmpty)
		return
	}
	was, is, sd, lasted, ok := in.expectedPair(p)
	if !ok {
		out.skip("R04", fewBills)
		return
	}
	if lasted {
		return
	}
	within := 1.39 // as five sums in six are: that two bills are out is no proof by itself
	if in.usage() < 0 {
		within = 1.96 // no register goes back: one of the readings is wrong
	}
	q := pair{in: in, sd: sd, sum: sd / math.Sqrt2, within: within, first: stretch{float64(p.Period.Days()), anomaly.Float(p.Usage), was}, second: stretch{in.days(), in.usage(), is}}
	if q.first.usage <= 0 || q.second.usage == 0 || !q.wrong() { // a slip all but never hits the very next reading
		return
	}
	severity, key := q.said("R04.pair")
	f := in.finding("R04", severity, anomaly.ActionRebill, p.Key(), anomaly.Msg(key,
		in.exactArg("before", p.Usage), in.usageArg("expected_before", was),
		in.exactArg("now", in.bill.Usage), in.usageArg("expected_now", is)))
	f.Evidence = evidence(p.Source, in.bill.Source)
	in.size(&f, in.usage()-is)
	f.Weight = q.weight()
	out.add(f)
}

// pairAfter looks for the wrong reading at the bill's end: the register has been read
// again, and by that reading it moved as it should from the bill's first day on.
func (in *Input) pairAfter(out *Result) {
	r := &in.register
	if !r.known || !r.actual || !r.after.Valid || r.swap || r.afterDays <= 0 || in.usage() <= 0 {
		return
	}
	moved, ok := r.since()
	if !ok {
		return
	}
	now := stretch{in.days(), in.usage(), in.Estimate.Occupied(in.days())}
	then := stretch{float64(r.afterDays), anomaly.Float(moved), in.Estimate.Occupied(float64(r.afterDays))}
	q := pair{in: in, sd: in.Estimate.Scale, sum: in.Estimate.Scale, within: 1.96, first: now, second: then}
	if !q.wrong() {
		return
	}
	severity, key := q.said("R04.after")
	f := in.finding("R04", severity, anomaly.ActionRebill, "after", anomaly.Msg(key,
		in.exactArg("now", in.bill.Usage), in.usageArg("expected_now", now.expected),
		in.exactArg("after", moved), in.usageArg("expected_after", then.expected), anomaly.DateArg("read", in.bill.Period.End.AddDays(r.afterDays))))
	f.Evidence = evidence(in.bill.Source, r.afterAt)
	in.size(&f, now.usage-now.expected)
	f.Weight = q.weight()
	out.add(f)
}

// since is how far the register has moved since the closing reading, in units of usage:
// back, where that is less than a roll-over would make of it.
func (r *register) since() (anomaly.Decimal, bool) {
	moved, wrapped, ok := r.between(r.close, r.after.Decimal)
	if ok && !wrapped {
		return moved, true
	}
	back, fits := anomaly.Sub(r.after.Decimal, r.close)
	back, err := back.Mul(r.multiplier)
	if ok && (!fits || err != nil || moved.Cmp(back.Abs()) < 0) {
		return moved, true
	}
	return back, fits && err == nil
}

// pair is two stretches with a reading between them. The log of a usage over the days of
// the bill scatters by sd around what is expected, that over few days by more, and that of
// both together by sum: what is expected of a year before is off by itself each time, the
// estimate's level is off by the same twice.
type pair struct {
	in            *Input
	first, second stretch
	sd, sum       float64
	within        float64 // how many times sum the two together may be off
}

func (q *pair) scale(days float64) float64 {
	return q.sd * math.Max(1, math.Sqrt(q.in.days()/days))
}

// logs is how far the two stretches, and both together, are off in log usage.
func (q *pair) logs() (first, second, together float64) {
	off := func(usage, expected float64) float64 { return math.Log(math.Max(usage, 0.01*expected) / expected) }
	return off(q.first.usage, q.first.expected), off(q.second.usage, q.second.expected),
		off(q.first.usage+q.second.usage, q.first.expected+q.second.expected)
}

// wrong reports whether the two are out on opposite sides and right together.
func (q *pair) wrong() bool {
	if q.first.expected <= 0 || q.second.expected <= 0 {
		return false
	}
	first, second, together := q.logs()
	a, b := math.Abs(first)/q.scale(q.first.days), math.Abs(second)/q.scale(q.second.days)
	// One of the two may be inside its 95 % interval, though not its 80 % one, where the
	// other is out by so much the more.
	return first*second < 0 && math.Min(a, b) >= 1.28 && a*a+b*b >= 2*1.96*1.96 && math.Abs(together) <= q.within*q.sum &&
		q.in.practical(q.first.usage-q.first.expected, q.first.expected) && q.in.practical(q.second.usage-q.second.expected, q.second.expected)
}

// weight is the log of how much likelier the two are with a wrong reading between them
// than with none: then only their sum is a usage, and the division of it is any that a
// misread comes to be looked at for.
func (q *pair) weight() float64 {
	dof := q.in.Estimate.DOF
	if dof <= 0 {
		dof = 30
	}
	density := func(log, scale float64) float64 {
		z := log / scale
		return -0.5*(dof+1)*math.Log1p(z*z/dof) - math.Log(scale)
	}
	division := func(log float64) float64 {
		z := (math.Abs(log) - noticedShift) / noticedSD
		return -0.5*z*z - math.Log(2*noticedSD)
	}
	first, second, together := q.logs()
	log := density(together, q.sum) - density(first, q.scale(q.first.days))
	if q.second.usage <= 0 { // no usage: without a wrong reading it cannot be
		return log + division(first) - impossible
	}
	return log + division(second) - density(second, q.scale(q.second.days)) + math.Log(math.Max(q.first.usage, 1)/(q.first.usage+q.second.usage))
}

// said is how gravely the pair is spoken of: as a fact only where a wrong reading makes it
// ten times as likely as none.
func (q *pair) said(key string) (anomaly.Severity, string) {
	if q.weight() < math.Log(10) {
		return anomaly.Medium, key + ".perhaps"
	}
	return anomaly.High, key
}

// expectedPair is what the bill before and this one would be by the year before them,
// as the account stood to its year before until then; where there is no year before, by
// the median usage a day of its other bills. The estimate does not serve here: the
// level, and its scale, have already followed the first of the two. sd is by how much
// the log of a bill scatters around this. lasted is set where the bill before the first was
// out on its side already: a wrong reading puts out the two bills that it divides, no more.
func (in *Input) expectedPair(p *anomaly.Bill) (was, is, sd float64, lasted, ok bool) {
	then, now := in.yearBefore(p.Period), in.yearBefore(in.bill.Period)
	var memory [pairBills]float64
	if then != nil && now != nil && then != now && then.ADU() > 0 && now.ADU() > 0 {
		growth := memory[:0]
		for _, b := range in.earlier {
			if b == p || b.ADU() <= 0 {
				continue
			}
			if y := in.yearBefore(b.Period); y != nil && y.ADU() > 0 {
				growth = insert(growth, b.ADU()/y.ADU())
			}
			if len(growth) == cap(growth) {
				break
			}
		}
		g := 1.0
		if len(growth) > 0 {
			g = growth[len(growth)/2]
		}
		sd, lasted = in.pairScale(growth), false
		if first := in.billBefore(p); first != nil {
			if y := in.yearBefore(first.Period); y != nil && y.ADU() > 0 {
				lasted = outBefore(first.ADU()/(y.ADU()*g), p.ADU()/(then.ADU()*g), sd)
			}
		}
		return then.ADU() * g * float64(p.Period.Days()), now.ADU() * g * in.days(), sd, lasted, true
	}
	levels := memory[:0]
	for _, b := range in.earlier {
		if b == p || b.ADU() <= 0 {
			continue
		}
		if levels = insert(levels, b.ADU()); len(levels) == cap(levels) {
			break
		}
	}
	if len(levels) < 3 || levels[len(levels)/2] <= 0 {
		return 0, 0, 0, false, false
	}
	level := levels[len(levels)/2]
	sd = in.pairScale(levels)
	if first := in.billBefore(p); first != nil {
		lasted = outBefore(first.ADU()/level, p.ADU()/level, sd)
	}
	return level * float64(p.Period.Days()), level * in.days(), sd, lasted, true
}

// billBefore is the last bill before another that was read; nil where there is none.
func (in *Input) billBefore(p *anomaly.Bill) *anomaly.Bill {
	for _, b := range in.earlier {
		if b.Period.End <= p.Period.Start {
			return b
		}
	}
	return nil
}

// outBefore reports whether a bill was out, as the ratio to what was expected of it says,
// on the same side as the one after it and about as far: outside its own 95 % interval, and
// four fifths of the way, since what is expected of either is off by some.
func outBefore(before, first, sd float64) bool {
	b, f := math.Log(math.Max(before, 0.01)), math.Log(math.Max(first, 0.01))
	return b*f > 0 && math.Abs(b) >= 1.96*sd && math.Abs(b) >= 0.8*math.Abs(f)
}

// pairBills is how many bills before the two they are held against, and pairPrior how
// many of them the estimate's scale counts for.
const (
	pairBills = 9
	pairPrior = 3
)

// pairScale is how much the logs of sorted ratios, or levels, scatter around their median:
// at most what the estimate allows for, which the first bill of a pair has widened.
func (in *Input) pairScale(sorted []float64) float64 {
	widest := 1.3 * in.Estimate.Scale // compared with the year before, not predicted
	sum := pairPrior * widest * widest
	for _, x := range sorted {
		d := math.Log(x / sorted[len(sorted)/2])
		sum += d * d
	}
	return math.Min(widest, math.Sqrt(sum/(pairPrior+float64(len(sorted)))))
}
