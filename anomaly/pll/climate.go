package pll

import (
	"math"

	"whybill/anomaly"
)

// Climate holds, for a weather station and balance points, by how many heating and
// cooling degree-days each day differed from what is usual at that time of the year.
// The usual is a yearly curve of the same harmonics as the season's, so that weather and
// season do not compete for the same effect. What is known of it on a day (see Known) is
// a view of the same sums, so that a station needs only one, however many days are asked for.
type Climate struct {
	series *anomaly.WeatherSeries
	model  anomaly.WeatherModel
	sums   []degreeDays   // entry i is of the days before day i
	fits   []leastSquares // entry i is of the days before day i*fitEvery
	heat   [Core]float64  // the usual curves, fitted to the days of sums
	cool   [Core]float64
}

// degreeDays are sums over days with a temperature, and how many others there were.
type degreeDays struct {
	heat, cool float64
	terms      [Core]float64 // of the yearly curve
	missing    int
}

// fitEvery is from how many days to how many the equations of the usual curves are kept:
// those of a day between are summed on from there.
const fitEvery = 64

// NewClimate works the series out; nil where it has no day.
func NewClimate(w *anomaly.WeatherSeries, m *anomaly.WeatherModel) *Climate {
	n := len(w.Mean)
	if n == 0 {
		return nil
	}
	c := &Climate{series: w, model: *m, sums: make([]degreeDays, n+1), fits: make([]leastSquares, 0, n/fitEvery+1)}
	var fit leastSquares
	for i := range n {
		if i%fitEvery == 0 {
			c.fits = append(c.fits, fit)
		}
		sum := c.sums[i]
		if x, heat, cool, ok := c.day(i); ok {
			sum.heat += heat
			sum.cool += cool
			for r := range Core {
				sum.terms[r] += x[r]
			}
			fit.add(&x, heat, cool)
		} else {
			sum.missing++
		}
		c.sums[i+1] = sum
	}
	c.heat, c.cool = fit.solve()
	return c
}

// day returns the yearly terms and the degree-days of a day; ok is false where it has no
// temperature.
func (c *Climate) day(i int) (x [Core]float64, heat, cool float64, ok bool) {
	t := c.series.Mean[i]
	if math.IsNaN(t) {
		return x, 0, 0, false
	}
	return dayTerms(c.series.First.AddDays(i)), max(0, c.model.HeatBelow-t), max(0, t-c.model.CoolAbove), true
}

// Known returns the climate as it is known on a day, from the temperatures up to it, that
// day included; the zero Date knows everything. ok is false where no day is known.
func (c *Climate) Known(on anomaly.Date) (known Climate, ok bool) {
	n := len(c.sums) - 1
	days := on.Sub(c.series.First) + 1
	if on.IsZero() || days >= n {
		return *c, true
	}
	if days <= 0 {
		return known, false
	}
	known = *c
	known.sums = c.sums[:days+1]
	fit := c.fits[days/fitEvery]
	for i := days - days%fitEvery; i < days; i++ {
		if x, heat, cool, ok := c.day(i); ok {
			fit.add(&x, heat, cool)
		}
	}
	known.heat, known.cool = fit.solve()
	return known, true
}

// Anomaly returns the heating and cooling degree-days a day more than usual over the
// period; ok is false where more than a tenth of its days have no temperature.
func (c *Climate) Anomaly(p anomaly.Period) (heat, cool float64, ok bool) {
	if c == nil {
		return 0, 0, false
	}
	n := len(c.sums) - 1
	a, b := min(max(p.Start.Sub(c.series.First), 0), n), min(max(p.End.Sub(c.series.First), 0), n)
	from, to := &c.sums[a], &c.sums[b]
	known := b - a - (to.missing - from.missing)
	if a >= b || 10*known < 9*p.Days() {
		return 0, 0, false
	}
	var x [Core]float64
	for r := range Core {
		x[r] = to.terms[r] - from.terms[r]
	}
	heat, cool = to.heat-from.heat-dot(&c.heat, &x), to.cool-from.cool-dot(&c.cool, &x)
	return heat / float64(known), cool / float64(known), true
}

// dayTerms are the yearly terms of a single day.
func dayTerms(d anomaly.Date) (x [Core]float64) {
	x[0] = 1
	t := int(d) % tableDays
	for k := range Harmonics {
		x[1+2*k], x[2+2*k] = cosines[t][k], sines[t][k]
	}
	return x
}

func dot(a, b *[Core]float64) float64 {
	var sum float64
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// leastSquares are the equations of the yearly curves of the degree-days.
type leastSquares struct {
	terms      [Core][Core]float64
	heat, cool [Core]float64
}

func (l *leastSquares) add(x *[Core]float64, heat, cool float64) {
	for r := range Core {
		for c := range Core {
			l.terms[r][c] += x[r] * x[c]
		}
		l.heat[r] += x[r] * heat
		l.cool[r] += x[r] * cool
	}
}

// solve returns the curves, with a little ridge so that a series shorter than a year still
// has an answer.
func (l *leastSquares) solve() (heat, cool [Core]float64) {
	var a, b [Core][Core + 1]float64
	for r := range Core {
		copy(a[r][:], l.terms[r][:])
		a[r][r] += 1
		b[r] = a[r]
		a[r][Core], b[r][Core] = l.heat[r], l.cool[r]
	}
	return Solve(a), Solve(b)
}

// Solve solves a symmetric positive definite system given with its right side in the
// last column, by Gauss-Jordan elimination.
func Solve(a [Core][Core + 1]float64) (x [Core]float64) {
	for i := range Core {
		for r := range Core {
			if r == i {
				continue
			}
			f := a[r][i] / a[i][i]
			for c := i; c <= Core; c++ {
				a[r][c] -= f * a[i][c]
			}
		}
	}
	for i := range Core {
		x[i] = a[i][Core] / a[i][i]
	}
	return x
}
