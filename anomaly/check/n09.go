package check

import (
	"math"

	"whybill/anomaly"
)

// N09 speaks about all inspections at once: how often a check that sent somebody was
// right. See HitRate.
var n09 = Check{
	ID: "N09", Severity: anomaly.Info, Action: anomaly.ActionInspect,
	Source: "beta-binomial with a prior of 1 hit in 12; Wilson, JASA 22 (1927)",
}

// HitRate is the record of a check or a cause: of Tried visits, Hits found a fault.
type HitRate struct{ Tried, Hits int }

// The prior is worth twelve visits, one of which found something (8 %).
const priorHits, priorMisses = 1, 11

// Mean is the expected share of hits after what was seen: a beta prior and a binomial.
func (h HitRate) Mean() float64 {
	return float64(priorHits+h.Hits) / float64(priorHits+priorMisses+h.Tried)
}

// Wilson is the 95 % score interval of the share of hits; it holds for few visits too.
// Without any it is 0 to 1.
func (h HitRate) Wilson() (low, high float64) {
	if h.Tried == 0 {
		return 0, 1
	}
	const z = 1.959963984540054 // the normal's 97.5 % quantile
	n, p := float64(h.Tried), float64(h.Hits)/float64(h.Tried)
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(0, middle-half), min(1, middle+half)
}
