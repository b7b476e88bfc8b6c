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

// recent holds the last bills and the states before them.
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
}

func (r *recent) keep(f *pll.Filter, y float64, row *pll.Row, p anomaly.Period, bill int32, zero bool) {
	i := r.n
	if i == 0 {
		r.before[0].Set(f)
	}
	r.seen[i], r.y[i], r.rows[i], r.periods[i], r.bills[i], r.zero[i] = f.Seen(), y, *row, p, bill, zero
	r.n++
}

// change compares, for each number of last bills up to six, "the level shifted before
// them" with "nothing changed". A single bill's surprise fades as the level follows;
// this does not, because each shift starts from the state before it. What happened to
// all peers alike is taken out first. The assessed bill counts among the last ones
// where somebody read the meter.
func (k *Kernel) change(est *anomaly.Estimate, g *group, main *run, b *anomaly.Bill, bill int, target anomaly.Period, offset float64) {
	r := &main.recent
	if usage := anomaly.Float(b.Usage) + k.series.PendingUsage; !b.Quality.Guessed() && usage >= 0 {
		y := math.Log(usage/float64(target.Days()) + offset)
		r.keep(&main.state, y, &main.row, target, int32(bill), usage == 0)
	}
	if r.n == 0 || r.seen[r.n-1] == 0 {
		return
	}
	var plain [changeBills]float64
	k.withoutShift(main, g, &plain)
	c := &est.Change
	c.LogBFDown, c.LogBFUp = math.Inf(-1), math.Inf(-1)
	unshifted := 0.0
	for n := 1; n <= r.n; n++ {
		first := r.n - n
		if r.before[first].Seen() == 0 {
			break
		}
		if r.zero[first] && !r.zero[r.n-1] {
			break // used again: whatever it was, it has ended
		}
		unshifted += plain[first]
		for _, side := range [...]struct {
			mean, sd float64
			best     *float64
		}{{downMean, downSD, &c.LogBFDown}, {upMean, upSD, &c.LogBFUp}} {
			f := &r.shifted
			f.Set(&r.before[first])
			before := f.Coefficient(0)
			f.ShiftLevel(side.mean, side.sd)
			shifted, variances, last := 0.0, 1.0, 0.0
			for i := first; i < r.n; i++ {
				f.Predict(r.periods[i], &r.rows[i])
				rest, variance := f.LearnFactors(r.y[i])
				shifted += rest
				variances *= variance
				last = rest - 0.5*math.Log(variance)
			}
			bf := shifted - 0.5*math.Log(variances) - unshifted
			shift := f.Coefficient(0) - before
			if bf <= *side.best || n > 1 && r.ended(first, last) {
				continue
			}
			if bf > max(c.LogBFDown, c.LogBFUp) {
				c.Bills, c.Onset, c.OnsetIndex = n, r.periods[first].Start, int(r.bills[first])
				c.Shift = shift
			}
			*side.best = bf
		}
	}
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
	return f.Density(r.y[last]) > shifted+endedBy
}

// withoutShift takes the peers' factor out of the last bills and runs the filter over
// them, keeping the states and the density that each bill got.
func (k *Kernel) withoutShift(main *run, g *group, density *[changeBills]float64) {
	r := &main.recent
	f := &r.shifted
	f.Set(&r.before[0])
	f.Settle() // a shift of the level looks alike in every shape of the year
	for i := range r.n {
		common, _ := g.peers(r.periods[i], main.weatherEffect(&r.rows[i]))
		r.y[i] -= common
		f.Predict(r.periods[i], &r.rows[i])
		r.before[i].Set(f)
		if r.zero[i] {
			density[i] = f.Density(r.y[i])
			continue
		}
		density[i] = f.Learn(r.y[i])
	}
}
