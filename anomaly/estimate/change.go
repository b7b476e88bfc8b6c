package estimate

import (
	"math"

	"whybill/anomaly"
	"whybill/anomaly/pll"
)

// changeBills is how far back a shift is looked for, the assessed bill included.
const changeBills = 6

// The shifts that are looked for: mean and standard deviation in log usage. A slow
// meter, theft or a vacancy take away a third to a half; a leak or a new heater add half.
const (
	downMean, downSD = -0.7, 0.5
	upMean, upSD     = 0.45, 0.3872983346207417 // variance 0.15
)

// recent holds the last bills, the states before them, and what came of each shift until
// the last bill, of which only the usage may be another one then: see Kernel.Again.
type recent struct {
	before  [changeBills]pll.Filter // from the second on, as withoutShift leaves them
	seen    [changeBills]int        // bills learnt from before each
	y       [changeBills]float64
	rows    [changeBills]pll.Row
	periods [changeBills]anomaly.Period
	bills   [changeBills]int32
	zero    [changeBills]bool
	n       int
	shifted pll.Filter // the state under the shift that is looked at

	density [changeBills]float64 // of each bill but the last, if nothing changed
	last    pll.Forecast         // of the last bill, if nothing changed
	common  float64              // what all peers did alike in the last bill
	trials  [changeBills][len(sides)]trial
	tried   int // how many of the last bills a shift is looked for before
}

// sides are the two kinds of shifts.
var sides = [...]struct{ mean, sd float64 }{{downMean, downSD}, {upMean, upSD}}

// trial is a shift before one of the last bills, as it stands when the last one comes.
type trial struct {
	level           float64 // before the shift
	rest, variances float64 // of the bills since, but the last: see pll.Filter.LearnFactors
	last            pll.Forecast
}

func (r *recent) keep(f *pll.Filter, y float64, row *pll.Row, p anomaly.Period, bill int32, zero bool) {
	i := r.n
	if i == 0 {
		r.before[0].Set(f)
	}
	r.seen[i], r.y[i], r.rows[i], r.periods[i], r.bills[i], r.zero[i] = f.Seen(), y, *row, p, bill, zero
	r.n++
}

// measured returns the usage that a bill shows, with the estimates before it that it
// settles; ok is false where nobody read the meter or it went backwards.
func (k *Kernel) measured(b *anomaly.Bill) (usage float64, ok bool) {
	usage = anomaly.Float(b.Usage) + k.series.PendingUsage
	return usage, !b.Quality.Guessed() && usage >= 0
}

// lookBack prepares the change test: all that does not depend on the usage of the
// assessed bill, which counts among the last ones where somebody read the meter.
func (k *Kernel) lookBack(g *group, main *run, b *anomaly.Bill, bill int, target anomaly.Period, offset float64) {
	r := &main.recent
	r.tried = 0
	_, counted := k.measured(b)
	k.last = question{main, target, offset, counted}
	if counted {
		r.keep(&main.state, 0, &main.row, target, int32(bill), false)
	}
	if r.n == 0 || r.seen[r.n-1] == 0 {
		return
	}
	k.withoutShift(main, g)
	last := r.n - 1
	for first := last; first >= 0 && r.before[first].Seen() > 0; first-- {
		for s, side := range sides {
			f, t := &r.shifted, &r.trials[first][s]
			f.Set(&r.before[first])
			t.level, t.rest, t.variances = f.Coefficient(0), 0, 1
			f.ShiftLevel(side.mean, side.sd)
			for i := first; i < last; i++ {
				f.Predict(r.periods[i], &r.rows[i])
				rest, variance := f.LearnFactors(r.y[i])
				t.rest += rest
				t.variances *= variance
			}
			f.Predict(r.periods[last], &r.rows[last])
			t.last = f.Forecast()
		}
		r.tried++
	}
}

// change compares, for each number of last bills up to six, "the level shifted before
// them" with "nothing changed". A single bill's surprise fades as the level follows;
// this does not, because each shift starts from the state before it. What happened to
// all peers alike is taken out first.
func (k *Kernel) change(b *anomaly.Bill) (c anomaly.ChangeTest) {
	q := &k.last
	r := &q.main.recent
	if r.n == 0 || r.seen[r.n-1] == 0 {
		return c
	}
	last := r.n - 1
	if usage, ok := k.measured(b); ok {
		r.y[last], r.zero[last] = math.Log(usage/float64(q.target.Days())+q.offset)-r.common, usage == 0
	}
	y := r.y[last]
	c.LogBFDown, c.LogBFUp = math.Inf(-1), math.Inf(-1)
	best := [len(sides)]*float64{&c.LogBFDown, &c.LogBFUp}
	unshifted := r.last.Density(y)
	for n := 1; n <= r.tried; n++ {
		first := r.n - n
		if r.zero[first] && !r.zero[last] {
			break // used again: whatever it was, it has ended
		}
		if n > 1 {
			unshifted += r.density[first]
		}
		for s := range sides {
			t := &r.trials[first][s]
			rest, variance := t.last.Factors(y)
			bf := t.rest + rest - 0.5*math.Log(t.variances*variance) - unshifted
			if bf <= *best[s] || n > 1 && r.ended(first, rest-0.5*math.Log(variance)) {
				continue
			}
			if bf > max(c.LogBFDown, c.LogBFUp) {
				c.Bills, c.Onset, c.OnsetIndex = n, r.periods[first].Start, int(r.bills[first])
				c.Shift = t.last.Level(y) - t.level
			}
			*best[s] = bf
		}
	}
	return c
}

// endedBy is the log of how much better the level before a shift has to foretell the last
// bill than the level after it, for the shift to be over.
var endedBy = math.Log(10)

// ended reports whether the last bill is back on the level from before a shift, whose log
// density of that bill is given. It leaves shifted as it is not to be used again.
func (r *recent) ended(first int, shifted float64) bool {
	f, last := &r.shifted, r.n-1
	f.Set(&r.before[first])
	f.Predict(r.periods[last], &r.rows[last])
	before := f.Forecast()
	return before.Density(r.y[last]) > shifted+endedBy
}

// withoutShift takes the peers' factor out of the last bills and runs the filter over
// them, keeping the states and the density that each bill got, but for the last one.
func (k *Kernel) withoutShift(main *run, g *group) {
	r := &main.recent
	f, last := &r.shifted, r.n-1
	f.Set(&r.before[0])
	f.Settle() // a shift of the level looks alike in every shape of the year
	for i := range r.n {
		common, _ := g.peers(r.periods[i], main.weatherEffect(&r.rows[i]))
		r.y[i] -= common
		f.Predict(r.periods[i], &r.rows[i])
		r.before[i].Set(f)
		switch {
		case i == last:
			r.last, r.common = f.Forecast(), common
		case r.zero[i]:
			before := f.Forecast()
			r.density[i] = before.Density(r.y[i])
		default:
			r.density[i] = f.Learn(r.y[i])
		}
	}
}
