// Package caltrack fits the CalTRACK 2.0 billing model: the second opinion that
// efficiency programmes know and ask for. It is an audit mode and not the engine: it needs a year of
// bills, chooses among 2,014 models on a dozen points, and its intervals do not allow
// for that (measured coverage 51 to 79 % at a promised 90 %).
//
// Usage a day is regressed on average heating and cooling degree-days a day, weighted by
// days, over all pairs of balance points from 30 to 90 degrees Fahrenheit in steps of one, with
// the cooling one not below the heating one; of the models whose parameters are all
// non-negative the one with the largest adjusted R² is taken (CalTRACK methods, sections
// 3.1 to 3.4). The numbers agree with the reference implementation's.
package caltrack

import "math"

// The candidates' balance points, in degrees Fahrenheit.
const (
	lowestBalance  = 30
	highestBalance = 90
	balances       = highestBalance - lowestBalance + 1
)

// minTotalDegreeDays is how many degree-days the baseline has to have in all for a
// balance point to be tried.
const minTotalDegreeDays = 20

// tie: of models that fit alike but for rounding the first is taken.
const tie = 1e-12

// Period is one billing period of the baseline.
type Period struct {
	Days        float64
	UsagePerDay float64
	// Temperatures are the daily means of the period's days that have one, in degrees
	// Fahrenheit; their number is the period's weight.
	Temperatures []float64
}

// Model is the selected model: usage a day is Intercept + Heating times heating
// degree-days a day + Cooling times cooling degree-days a day (degrees Fahrenheit).
// HasHeating and HasCooling say which terms it has.
type Model struct {
	HasHeating, HasCooling bool
	Intercept              float64
	Heating, Cooling       float64
	HeatingBalance         int
	CoolingBalance         int
	AdjustedR2             float64
	// RMSE is the adjusted root mean squared error of a period's usage, CVRMSE the same by
	// its mean; the degrees of freedom are periods less slopes.
	RMSE, CVRMSE float64
	Candidates   int // models that were tried
	Qualified    int // of those, the ones without a negative parameter
	Periods      int
}

// Kind names the model as the reference implementation does.
func (m *Model) Kind() string {
	switch {
	case m.HasHeating && m.HasCooling:
		return "cdd_hdd"
	case m.HasHeating:
		return "hdd_only"
	case m.HasCooling:
		return "cdd_only"
	}
	return "intercept_only"
}

// Predict returns the usage of a period of so many days with these daily mean
// temperatures in degrees Fahrenheit; days without one are taken for average ones.
func (m *Model) Predict(temperatures []float64, days float64) float64 {
	usage := 0.0
	for _, t := range temperatures {
		usage += m.Intercept + m.Heating*max(0, float64(m.HeatingBalance)-t) + m.Cooling*max(0, t-float64(m.CoolingBalance))
	}
	return usage / float64(len(temperatures)) * days
}

// Fit selects the model for the baseline; ok is false with fewer than three periods.
// Gas is fitted without cooling.
func Fit(periods []Period, withCooling bool) (m Model, ok bool) {
	if len(periods) < 3 {
		return m, false
	}
	d := newDesign(periods)
	best := d.fit(nil, nil)
	m = Model{Intercept: best.intercept, Candidates: 1, Qualified: 1, Periods: len(periods)}
	take := func(c candidate, heatAt, coolAt int) {
		m.Candidates++
		if !c.qualified() {
			return
		}
		m.Qualified++
		if c.adjustedR2 > best.adjustedR2+tie {
			best = c
			m.HasHeating, m.HasCooling = heatAt > 0, coolAt > 0
			m.Intercept, m.Heating, m.Cooling = c.intercept, c.heating, c.cooling
			m.HeatingBalance, m.CoolingBalance = heatAt, coolAt
		}
	}
	for b := range balances {
		take(d.fit(&d.heating[b], nil), lowestBalance+b, 0)
	}
	if withCooling {
		for b := range balances {
			take(d.fit(nil, &d.cooling[b]), 0, lowestBalance+b)
		}
		for h := range balances {
			for c := h; c < balances; c++ {
				take(d.fit(&d.heating[h], &d.cooling[c]), lowestBalance+h, lowestBalance+c)
			}
		}
	}
	m.AdjustedR2 = best.adjustedR2
	m.RMSE, m.CVRMSE = m.errors(periods)
	return m, true
}

func (m *Model) errors(periods []Period) (rmse, cvrmse float64) {
	slopes := 0
	if m.HasHeating {
		slopes++
	}
	if m.HasCooling {
		slopes++
	}
	var squares, sum float64
	for _, p := range periods {
		usage := p.UsagePerDay * p.Days
		e := usage - m.Predict(p.Temperatures, p.Days)
		squares += e * e
		sum += usage
	}
	n := float64(len(periods))
	rmse = math.Sqrt(squares / (n - float64(slopes)))
	return rmse, rmse / (sum / n)
}

// column is a regressor, centred at its weighted mean.
type column struct {
	values []float64
	mean   float64
	square float64 // weighted sum of squares
	withY  float64 // weighted sum of products with the centred usage
	total  float64 // degree-days in all
}

type design struct {
	weights []float64
	usage   column
	heating [balances]column
	cooling [balances]column
}

func newDesign(periods []Period) *design {
	d := &design{weights: make([]float64, len(periods))}
	usage := make([]float64, len(periods))
	for i, p := range periods {
		d.weights[i], usage[i] = float64(len(p.Temperatures)), p.UsagePerDay
	}
	d.usage = d.center(usage)
	for b := range balances {
		at := float64(lowestBalance + b)
		d.heating[b] = d.degrees(periods, func(t float64) float64 { return at - t })
		d.cooling[b] = d.degrees(periods, func(t float64) float64 { return t - at })
	}
	return d
}

func (d *design) degrees(periods []Period, over func(t float64) float64) column {
	values := make([]float64, len(periods))
	total := 0.0
	for i, p := range periods {
		sum := 0.0
		for _, t := range p.Temperatures {
			sum += max(0, over(t))
		}
		values[i] = sum / float64(len(p.Temperatures))
		total += sum
	}
	c := d.center(values)
	c.total = total
	return c
}

func (d *design) center(values []float64) column {
	c := column{values: values}
	weight := 0.0
	for i, v := range values {
		c.mean += d.weights[i] * v
		weight += d.weights[i]
	}
	c.mean /= weight
	for i := range values {
		values[i] -= c.mean
	}
	c.square = d.product(&c, &c)
	if d.usage.values != nil {
		c.withY = d.product(&c, &d.usage)
	}
	return c
}

func (d *design) product(a, b *column) (sum float64) {
	for i, w := range d.weights {
		sum += w * a.values[i] * b.values[i]
	}
	return sum
}

type candidate struct {
	intercept, heating, cooling float64
	adjustedR2                  float64
	tried                       bool
}

func (c *candidate) qualified() bool {
	return c.tried && c.intercept >= 0 && c.heating >= 0 && c.cooling >= 0
}

// fit solves the weighted least squares of usage on the given columns; nil: without.
func (d *design) fit(heating, cooling *column) candidate {
	c := candidate{intercept: d.usage.mean, tried: true}
	explained, slopes := 0.0, 0
	switch {
	case heating != nil && cooling != nil:
		c.tried = heating.total >= minTotalDegreeDays && cooling.total >= minTotalDegreeDays
		cross := d.product(heating, cooling)
		det := heating.square*cooling.square - cross*cross
		if !c.tried || det <= 1e-12*heating.square*cooling.square {
			c.tried = false
			return c
		}
		c.heating = (cooling.square*heating.withY - cross*cooling.withY) / det
		c.cooling = (heating.square*cooling.withY - cross*heating.withY) / det
		c.intercept -= c.heating*heating.mean + c.cooling*cooling.mean
		explained, slopes = c.heating*heating.withY+c.cooling*cooling.withY, 2
	case heating != nil:
		if c.tried = heating.total >= minTotalDegreeDays && heating.square > 0; !c.tried {
			return c
		}
		c.heating = heating.withY / heating.square
		c.intercept -= c.heating * heating.mean
		explained, slopes = c.heating*heating.withY, 1
	case cooling != nil:
		if c.tried = cooling.total >= minTotalDegreeDays && cooling.square > 0; !c.tried {
			return c
		}
		c.cooling = cooling.withY / cooling.square
		c.intercept -= c.cooling * cooling.mean
		explained, slopes = c.cooling*cooling.withY, 1
	}
	if slopes > 0 && d.usage.square > 0 {
		n := float64(len(d.weights))
		left := 1 - explained/d.usage.square
		c.adjustedR2 = 1 - left*(n-1)/(n-1-float64(slopes))
	}
	return c
}
