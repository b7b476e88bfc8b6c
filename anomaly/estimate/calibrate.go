package estimate

import (
	"whybill/anomaly"
	"whybill/anomaly/pll"
)

// tails are the tail probabilities to ask the distribution for so that the 90, 95 and
// 99 % intervals hold what they promise.
type tails struct{ low, high [3]float64 }

var plainTails = tails{[3]float64{0.05, 0.025, 0.005}, [3]float64{0.05, 0.025, 0.005}}

// tailsFor returns what calibration learnt for a history of this many bills: of its own
// cell, of the same cell without peers, or nothing.
func tailsFor(g *anomaly.GroupModel, bills int, peers bool) tails {
	for _, withPeers := range [...]bool{peers, false} {
		for i := range g.Calibration {
			c := &g.Calibration[i]
			if c.Peers == withPeers && c.MinBills <= bills && (c.MaxBills == 0 || bills <= c.MaxBills) {
				return tails{c.Low, c.High}
			}
		}
	}
	return plainTails
}

// stretch is the factor that calibration puts on the 90 % interval's width.
func (t *tails) stretch(dof float64) float64 {
	if *t == plainTails {
		return 1
	}
	return (pll.StudentQuantile(t.low[0], dof) + pll.StudentQuantile(t.high[0], dof)) / (2 * pll.StudentQuantile(0.05, dof))
}
