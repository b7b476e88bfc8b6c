package decide

import (
	"math"
	"math/rand/v2"

	"whybill/anomaly"
)

// believed is the world as the causes describe it: the next bill is drawn from what they
// predict, and changes their probabilities by nothing but its size.
type believed struct {
	s    situation
	look outlook
	r    float64
}

// Believed gives an input the look ahead that needs no estimate of its own.
func Believed(in *Input) *Input {
	w := &believed{s: newSituation(in)}
	w.s.weighStakes()
	w.s.bar()
	w.look = w.s.outlook()
	w.r, _, _ = w.s.position()
	in.Ahead = w
	return in
}

func (w *believed) Next(factor float64) Foreseen {
	change := math.Log(math.Max(factor, math.Exp(nothing-w.r)))
	var q [causes]float64
	w.s.posterior(&w.look, w.r+change, &q)
	f := Foreseen{Usage: w.s.in.Estimate.Usage * math.Exp(w.r+change), Action: anomaly.ActionNone}
	for i, p := range q {
		f.Causes = append(f.Causes, anomaly.CauseProbability{Cause: anomaly.Causes[i], Probability: p})
	}
	if w.s.asked || q[normalVariation] < w.s.m.rules.Quiet {
		f.Action = w.s.weigh(&q, now).option.action()
	}
	return f
}

// draw is one next bill, as a change of log usage from this one.
func (w *believed) draw(rng *rand.Rand) float64 {
	n := w.look.next[draw(rng, w.s.p[:])]
	k := draw(rng, []float64{n.Same, n.Back, n.Reverse})
	return w.look.mean[k] + w.look.sd[k]*rng.NormFloat64() - w.r
}

func draw(rng *rand.Rand, p []float64) int {
	u := rng.Float64()
	for i, x := range p {
		if u -= x; u < 0 {
			return i
		}
	}
	return len(p) - 1
}
