package train

import (
	"math"

	"whybill/anomaly"
	"whybill/anomaly/pll"
)

const (
	// minLists is how many accounts with a list of appliances say what lists are worth.
	minLists = 100
	// minListSD: no utility's customers declare better than this, in log usage.
	minListSD = 0.2
)

// declaredOf returns what the appliances that were there all along come to in kWh a day
// by the customer's list; 0 without one.
func declaredOf(h *anomaly.History, first anomaly.Date) float64 {
	sum := 0.0
	for i := range h.Appliances {
		if a := &h.Appliances[i]; a.From <= first && a.Until.IsZero() {
			sum += pll.LoadOf(a).Mean() * pll.MonthsShare(a)
		}
	}
	return sum
}

// fitLists learns log(actual) = Intercept + Slope*log(declared), give or take SD, by the
// median of the slopes between all pairs (Theil-Sen), which a third of wild lists does not
// bend. Expect a slope below 1: who uses little declares too much and who uses much too little.
func fitLists(accounts []*account, g *anomaly.GroupModel) {
	var x, y []float64
	for _, a := range accounts {
		if a.declared > 0 && len(x) < searched {
			x, y = append(x, math.Log(a.declared)), append(y, a.level)
		}
	}
	if len(x) < minLists {
		return
	}
	var slopes []float64
	for i := range x {
		for j := range i {
			if d := x[i] - x[j]; math.Abs(d) > 1e-6 {
				slopes = append(slopes, (y[i]-y[j])/d)
			}
		}
	}
	slope := max(0, min(1.5, median(slopes)))
	rest := make([]float64, len(x))
	for i := range x {
		rest[i] = y[i] - slope*x[i]
	}
	intercept := median(rest)
	for i := range rest {
		rest[i] = math.Abs(rest[i] - intercept)
	}
	m := &g.Appliances
	m.Intercept, m.Slope, m.SD = intercept, slope, max(minListSD, 1.4826*median(rest))
}
