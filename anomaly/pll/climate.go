package pll

import (
	"math"

	"whybill/anomaly"
)

// Climate holds, for a weather station and balance points, by how many heating and
// cooling degree-days each day differed from what is usual at that time of the year.
// The usual is a yearly curve of the same harmonics as the season's, so that weather and
// season do not compete for the same effect.
type Climate struct {
	first      anomaly.Date
	heat, cool []float64 // running sums; entry i is the sum of the days before day i
	missing    []int32
}

// NewClimate works the series out; nil where it has no day.
func NewClimate(w *anomaly.WeatherSeries, m *anomaly.WeatherModel) *Climate {
	n := len(w.Mean)
	if n == 0 {
		return nil
	}
	c := &Climate{first: w.First, heat: make([]float64, n+1), cool: make([]float64, n+1), missing: make([]int32, n+1)}
	heat := usual(w, func(t float64) float64 { return max(0, m.HeatBelow-t) })
	cool := usual(w, func(t float64) float64 { return max(0, t-m.CoolAbove) })
	for i, t := range w.Mean {
		c.heat[i+1], c.cool[i+1], c.missing[i+1] = c.heat[i], c.cool[i], c.missing[i]
		if math.IsNaN(t) {
			c.missing[i+1]++
			continue
		}
		x := dayTerms(w.First.AddDays(i))
		c.heat[i+1] += max(0, m.HeatBelow-t) - dot(&heat, &x)
		c.cool[i+1] += max(0, t-m.CoolAbove) - dot(&cool, &x)
	}
	return c
}

// Anomaly returns the heating and cooling degree-days a day more than usual over the
// period; ok is false where more than a tenth of its days have no temperature.
func (c *Climate) Anomaly(p anomaly.Period) (heat, cool float64, ok bool) {
	if c == nil {
		return 0, 0, false
	}
	n := len(c.heat) - 1
	a, b := min(max(int(p.Start-c.first), 0), n), min(max(int(p.End-c.first), 0), n)
	known := b - a - int(c.missing[b]-c.missing[a])
	if a >= b || 10*known < 9*p.Days() {
		return 0, 0, false
	}
	return (c.heat[b] - c.heat[a]) / float64(known), (c.cool[b] - c.cool[a]) / float64(known), true
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

// usual fits the yearly curve of a degree-day series by least squares, with a little
// ridge so that a series shorter than a year still has an answer.
func usual(w *anomaly.WeatherSeries, degrees func(t float64) float64) [Core]float64 {
	var a [Core][Core + 1]float64
	for i, t := range w.Mean {
		if math.IsNaN(t) {
			continue
		}
		x, y := dayTerms(w.First.AddDays(i)), degrees(t)
		for r := range Core {
			for c := range Core {
				a[r][c] += x[r] * x[c]
			}
			a[r][Core] += x[r] * y
		}
	}
	for r := range Core {
		a[r][r] += 1
	}
	return Solve(a)
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
