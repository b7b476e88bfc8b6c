package pll

import (
	"math"

	"whybill/anomaly"
)

// MaxArchetypes is the most seasonal shapes that a group may have.
const MaxArchetypes = anomaly.MaxArchetypes

// OffsetShare is the share of the median daily usage that makes the offset c, which
// keeps the logarithm of a very small bill within reason.
const OffsetShare = 0.02

// Filter is the state of one account's model: what is believed of its level, its
// season and its own regressors. The covariance is relative to the error variance and
// common to all archetypes: they differ in the prior mean of the season only, so one
// update of the covariance serves all of them. The zero Filter is not ready: see Prior.
//
// With x the bill's row, R = ErrorVariance and w a weight that is below 1 for outliers:
//
//	e = y - x'm    F = x'Px + R    Fw = F + R(1/w - 1)
//	m += Px e/Fw   P -= Pxx'P/Fw   s2 = (dof*s2 + w*e^2/F)/(dof + w)   dof += w
//
// which is the Kalman filter with a normal-inverse-gamma prior; the prediction of y is
// Student's t with location x'm, scale sqrt(s2*F) and DOF degrees of freedom.
type Filter struct {
	dim, shapes int
	p           [Dim][Dim]float64 // lower triangle
	m           [MaxArchetypes]Row
	s2          [MaxArchetypes]float64
	weight      [MaxArchetypes]float64
	dof         float64
	drift       float64 // relative variance a day
	passingVar  float64
	keeps       *[256]float64 // what is left of a passing deviation after so many half-days
	robust      float64
	at          float64 // middle of the last bill, in days
	seen        int

	// Scratch of Predict, used by Learn.
	px      Row
	f, r    float64
	errorOf [MaxArchetypes]float64
}

// Prior returns the state before any bill.
func Prior(g *anomaly.GroupModel) Filter {
	f := Filter{
		dim: Core, shapes: min(len(g.Archetypes), MaxArchetypes),
		dof: g.SigmaWeight, drift: g.LevelDrift / 30, robust: g.RobustDOF,
		passingVar: g.PassingVariance, keeps: new([256]float64),
	}
	for i := range f.keeps {
		f.keeps[i] = math.Pow(g.PassingMemory, float64(i)/60)
	}
	s2 := g.Sigma * g.Sigma
	f.p[0][0] = g.LevelSD * g.LevelSD / s2
	variance := g.SeasonVariance
	for k := range Harmonics {
		f.p[1+2*k][1+2*k], f.p[2+2*k][2+2*k] = variance, variance
		variance *= g.SeasonDecay
	}
	f.p[passing][passing] = g.PassingVariance
	for a := range f.shapes {
		f.m[a][0] = g.Level
		copy(f.m[a][1:passing], g.Archetypes[a].Season[:])
		f.s2[a] = s2
		f.weight[a] = g.Archetypes[a].Share
	}
	return f
}

// Set makes f what from is, but for what Predict has left to Learn: the parts of a state
// that are in use, which are a third of it.
func (f *Filter) Set(from *Filter) {
	f.dim, f.shapes = from.dim, from.shapes
	for i := range from.dim {
		f.p[i] = from.p[i]
	}
	for a := range from.shapes {
		f.m[a] = from.m[a]
	}
	f.s2, f.weight = from.s2, from.weight
	f.dof, f.drift, f.passingVar, f.keeps, f.robust = from.dof, from.drift, from.passingVar, from.keeps, from.robust
	f.at, f.seen = from.at, from.seen
}

// SetLevel replaces the prior of the level: its mean and standard deviation in log usage.
func (f *Filter) SetLevel(mean, sd float64) {
	for a := range f.shapes {
		f.m[a][0] = mean
	}
	f.p[0][0] = sd * sd / f.s2[0]
}

// AddRegressor adds a regressor with a prior mean and standard deviation of its
// coefficient and returns its place in the row.
func (f *Filter) AddRegressor(mean, sd float64) int {
	i := f.dim
	f.dim++
	for j := range i {
		f.p[i][j] = 0
	}
	f.p[i][i] = sd * sd / f.s2[0]
	for a := range f.shapes {
		f.m[a][i] = mean
	}
	return i
}

// ShiftLevel says that the level may have changed by about mean, give or take sd, for a
// reason of which only the day is known: a move, more people.
func (f *Filter) ShiftLevel(mean, sd float64) {
	for a := range f.shapes {
		f.m[a][0] += mean
	}
	f.p[0][0] += sd * sd / f.Sigma2()
}

// Sigma2 returns the error variance of a 30-day bill.
func (f *Filter) Sigma2() float64 {
	var s2 float64
	for a := range f.shapes {
		s2 += f.weight[a] * f.s2[a]
	}
	return s2
}

// Seen returns the number of bills learnt from.
func (f *Filter) Seen() int { return f.seen }

// DOF returns the degrees of freedom of the prediction: fewer than what is known of the
// error's size would give, because single errors are heavy-tailed themselves.
func (f *Filter) DOF() float64 { return max(minDOF, f.dof*f.robust/(f.dof+f.robust)) }

// minDOF: with fewer the quantiles of the tails are of no use to anybody.
const minDOF = 2

// Coefficient returns the posterior mean of coefficient i (0 is the level).
func (f *Filter) Coefficient(i int) float64 {
	var m float64
	for a := range f.shapes {
		m += f.weight[a] * f.m[a][i]
	}
	return m
}

// Season returns the posterior mean of the season's effect in a row.
func (f *Filter) Season(row *Row) float64 {
	var sum float64
	for i := 1; i < passing; i++ {
		sum += f.Coefficient(i) * row[i]
	}
	return sum
}

// Predict moves the state to the middle of the period and predicts the log usage a day
// of a bill with this row: location and scale of a Student t with DOF degrees of
// freedom that has the mean and the spread of the archetypes' mixture.
func (f *Filter) Predict(p anomaly.Period, row *Row) (mu, scale float64) {
	at := float64(p.Start) + float64(p.Days())/2
	if f.seen > 0 && at > f.at {
		f.wait(at - f.at)
	}
	f.at = at
	f.r = ErrorVariance(p.Days())
	n := f.dim
	x, px := row[:n], f.px[:n]
	for i, xi := range x { // P x from the lower triangle: each entry serves its mirror image too
		sum := f.p[i][i] * xi
		left := px[:i]
		p, before := f.p[i][:len(left)], x[:len(left)]
		for j := range left {
			sum += p[j] * before[j]
			left[j] += p[j] * xi
		}
		px[i] = sum
	}
	total := f.r
	for i := range x {
		total += px[i] * x[i]
	}
	f.f = total
	var location [MaxArchetypes]float64
	for a := range f.shapes {
		var sum float64
		for i, v := range f.m[a][:n] {
			sum += v * x[i]
		}
		location[a] = sum
		mu += f.weight[a] * sum
	}
	var variance float64
	for a := range f.shapes {
		d := location[a] - mu
		variance += f.weight[a] * (f.s2[a]*f.f + d*d)
		f.errorOf[a] = -location[a]
	}
	return mu, math.Sqrt(variance)
}

// wait lets days pass: the level drifts, the passing deviation dies away and is renewed.
func (f *Filter) wait(days float64) {
	f.p[0][0] += f.drift * days
	keep := f.keeps[min(int(2*days), len(f.keeps)-1)]
	row := f.p[passing][:passing]
	for i := range row {
		row[i] *= keep
	}
	for i := passing + 1; i < f.dim; i++ {
		f.p[i][passing] *= keep
	}
	f.p[passing][passing] = keep*keep*f.p[passing][passing] + (1-keep*keep)*f.passingVar
	for a := range f.shapes {
		f.m[a][passing] *= keep
	}
}

// Learn takes in the log usage y of the bill that Predict was last asked about and
// returns the log of the density that the prediction gave it.
func (f *Filter) Learn(y float64) (logDensity float64) {
	e, s2 := f.miss(y)
	logDensity = f.reweigh()
	f.update(e, s2)
	return logDensity
}

// Follow is Learn for whoever does not ask for the density.
func (f *Filter) Follow(y float64) {
	e, s2 := f.miss(y)
	if f.shapes > 1 {
		f.reweigh()
	}
	f.update(e, s2)
}

// LearnFactors is Learn for a filter with one archetype left. The log of the density is
// rest - log(variance)/2: of a run of bills, the variances can be multiplied first.
func (f *Filter) LearnFactors(y float64) (rest, variance float64) {
	e, s2 := f.miss(y)
	dof := f.DOF()
	variance = f.s2[0] * f.f
	rest = logStudentConstant(dof) - (dof+1)/2*math.Log(1+e*e/(dof*variance))
	f.update(e, s2)
	return rest, variance
}

// miss works out by how much the prediction missed y: for each archetype, and the
// weighted mean with that of the error variances.
func (f *Filter) miss(y float64) (e, s2 float64) {
	for a := range f.shapes {
		f.errorOf[a] += y
		e += f.weight[a] * f.errorOf[a]
		s2 += f.weight[a] * f.s2[a]
	}
	return e, s2
}

// update moves the state by the errors of the prediction.
func (f *Filter) update(e, s2 float64) {
	w := outlying(e, f.f*s2, f.robust)
	gain := 1 / (f.f + f.r*(1/w-1))
	n := f.dim
	px := f.px[:n]
	for a := range f.shapes {
		g := f.errorOf[a] * gain
		m := f.m[a][:len(px)]
		for i, v := range px {
			m[i] += v * g
		}
	}
	for i := range px {
		g := px[i] * gain
		row := f.p[i][:i+1]
		left := px[:len(row)]
		for j := range row {
			row[j] -= g * left[j]
		}
	}
	// The first bill only finds the level, whose prior is not in units of the error.
	if f.seen > 0 {
		for a := range f.shapes {
			f.s2[a] = (f.dof*f.s2[a] + w*f.errorOf[a]*f.errorOf[a]/f.f) / (f.dof + w)
		}
		f.dof += w
	}
	f.seen++
}

// outlying is the weight of a bill that misses its prediction by e: below 1 for outliers.
func outlying(e, variance, robust float64) float64 {
	return min(1, (robust+1)/(robust+e*e/variance))
}

// negligible is the weight below which an archetype is given up: its share of the
// prediction is far below what the interval can show.
const negligible = 1e-4

// reweigh multiplies the archetypes' weights by their densities of the errors.
func (f *Filter) reweigh() (logDensity float64) {
	dof := f.DOF()
	var logs [MaxArchetypes]float64
	best := math.Inf(-1)
	for a := range f.shapes {
		logs[a] = logStudent(f.errorOf[a], f.s2[a]*f.f, dof)
		best = max(best, logs[a])
	}
	if f.shapes == 1 {
		return logs[0] + logStudentConstant(dof)
	}
	var sum float64
	for a := range f.shapes {
		f.weight[a] *= math.Exp(logs[a] - best)
		sum += f.weight[a]
	}
	for a := range f.shapes {
		f.weight[a] /= sum
	}
	for a := f.shapes - 1; a >= 0 && f.shapes > 1; a-- {
		if f.weight[a] < negligible {
			f.shapes--
			f.m[a], f.s2[a], f.weight[a], f.errorOf[a] = f.m[f.shapes], f.s2[f.shapes], f.weight[f.shapes], f.errorOf[f.shapes]
		}
	}
	return best + math.Log(sum) + logStudentConstant(dof)
}

// logStudent is the log density of an error, but for what depends on the degrees of freedom
// alone.
func logStudent(e, variance, dof float64) float64 {
	return -0.5*math.Log(variance) - (dof+1)/2*math.Log(1+e*e/(dof*variance))
}

// Settle gives up all archetypes but the most probable one.
func (f *Filter) Settle() {
	best := 0
	for a := range f.shapes {
		if f.weight[a] > f.weight[best] {
			best = a
		}
	}
	f.m[0], f.s2[0], f.weight[0], f.shapes = f.m[best], f.s2[best], 1, 1
}
