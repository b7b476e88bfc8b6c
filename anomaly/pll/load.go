package pll

import (
	"math"
	"math/bits"

	"whybill/anomaly"
)

// hoursSpread is the standard deviation of log hours where the customer gave one
// figure and no range.
const hoursSpread = 0.5

// Load is an appliance's energy in kWh a day while it is in use: low, as declared, high.
type Load struct{ Low, Mid, High float64 }

// LoadOf works an appliance's load out. Hours without a range of their own may be off by
// a factor of about 1.9, which is the 10 and 90 % point of hoursSpread.
func LoadOf(a *anomaly.Appliance) Load {
	count := a.Count
	if count == 0 {
		count = 1
	}
	k := count / 1000
	wattsLow, wattsHigh := a.WattsLow, a.WattsHigh
	if wattsHigh == 0 {
		wattsLow, wattsHigh = a.Watts, a.Watts
	}
	hoursLow, hoursHigh := a.HoursLow, a.HoursHigh
	if hoursHigh == 0 {
		spread := math.Exp(1.2816 * hoursSpread)
		hoursLow, hoursHigh = a.HoursPerDay/spread, min(24, a.HoursPerDay*spread)
	}
	return Load{k * wattsLow * hoursLow, k * a.Watts * a.HoursPerDay, k * wattsHigh * hoursHigh}
}

// Mean is that of a triangle between Low and High with its top at Mid.
func (l Load) Mean() float64 { return (l.Low + l.Mid + l.High) / 3 }

// Variance is that of the same triangle.
func (l Load) Variance() float64 {
	a, b, c := l.Low, l.Mid, l.High
	return max(0, (a*a+b*b+c*c-a*b-a*c-b*c)/18)
}

// DaysInUse returns on how many days of the period the load is there.
func DaysInUse(a *anomaly.Appliance, p anomaly.Period) int {
	from, to := max(p.Start, a.From), p.End
	if !a.Until.IsZero() {
		to = min(to, a.Until+1)
	}
	if from >= to {
		return 0
	}
	if a.Months == 0 {
		return int(to - from)
	}
	n := 0
	for d := from; d < to; d++ {
		if a.Months&(1<<(d.Month()-1)) != 0 {
			n++
		}
	}
	return n
}

// MonthsShare is the share of the year in which the load is used.
func MonthsShare(a *anomaly.Appliance) float64 {
	if a.Months == 0 {
		return 1
	}
	return float64(bits.OnesCount16(a.Months)) / 12
}
