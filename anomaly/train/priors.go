package train

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"whybill/anomaly"
)

// Visit is one visit to learn from: what was believed before it, and what it found.
// Slices are indexed like anomaly.Causes.
type Visit struct {
	Account string
	On      anomaly.Date
	Asked   bool      // somebody had asked about the bill
	Before  []float64 // the posterior of the day before
	Sees    []float64 // the probability that this visit finds the cause if it is true
	Found   []anomaly.Cause
}

// PriorOptions say how visits are learnt from.
type PriorOptions struct {
	// Worth is how many expected finds the belief from before any visit counts for.
	Worth float64
	// Sensitivity is recorded with the result: visits carry what they could see themselves.
	Sensitivity float64
	// Fault says which causes are found by going there, indexed like anomaly.Causes. The
	// others are what is left where a visit finds nothing.
	Fault []bool
}

// Priors learns from visits how often each cause is the true one, against what was
// believed of the very accounts that were visited. The order of the visits changes nothing.
//
// The share of visits that found a cause is no prior: somebody was sent because the bill
// looked like it. But what the list or an agent went by is what the posterior knew as
// well, and so, given the posterior q of the day before, who was sent says nothing more
// about what is true (selection on what was seen is ignorable: Rubin, Biometrika 63,
// 1976). If the prior odds of cause c are really θ(c) times those that were believed, and
// the likelihoods are right, cause c was true at visit i with probability
//
//	θ(c) q(i,c) / D(i),   D(i) = sum over the causes of θ q(i)
//
// which is recalibration by one intercept a cause. A find says which cause it was; having
// found nothing leaves each cause its share times the probability 1-s that the visit missed it.
// θ has a gamma prior of mean 1 worth a expected finds; the mode of log θ is at
//
//	θ(c) = (a + found(c)) / (a + sum over the visits of q(i,c)/D(i))
//
// found over expected, shrunk towards 1 as in disease mapping (Clayton and Kaldor,
// Biometrics 43, 1987), with D(i) keeping a cause that was believed to nine tenths from
// counting as nine tenths for ever. The equations are iterated from θ = 1; each step
// raises the posterior density (EM, with the logarithm of D bounded by its tangent), within
// anomaly.MaxFactor: where visits go beyond that, the likelihoods are wrong, and no prior
// can make up for them.
//
// Faults are learnt against all that no visit can find, which keeps its weight; how that
// divides is learnt from visits that named one of those causes, among those that can be
// named. Visits drawn at random count as the others do: weighting by one over their
// probability would be needed for a share, and is not for a ratio to what was expected.
// What random visits are for is to visit where q is small.
func Priors(visits []Visit, opt PriorOptions) *anomaly.LearntPriors {
	visits = slices.Clone(visits)
	slices.SortFunc(visits, func(a, b Visit) int {
		return cmp.Or(cmp.Compare(a.On, b.On), strings.Compare(a.Account, b.Account))
	})
	p := &anomaly.LearntPriors{Version: anomaly.PriorsVersion, Worth: opt.Worth, Sensitivity: opt.Sensitivity}
	for _, asked := range []bool{false, true} {
		var of []*Visit
		for i := range visits {
			v := &visits[i]
			if v.Asked == asked {
				of = append(of, v)
				p.Until = max(p.Until, v.On)
			}
		}
		stratum := &p.Unasked
		if asked {
			stratum = &p.Asked
		}
		*stratum = learnStratum(of, &opt)
	}
	return p
}

func learnStratum(visits []*Visit, opt *PriorOptions) anomaly.PriorStratum {
	n := len(anomaly.Causes)
	found, expected, bearing := make([]int, n), make([]float64, n), make([]bool, n)
	var faults, rest []choice
	out := anomaly.PriorStratum{Visits: len(visits), Causes: []anomaly.LearntPrior{}}
	for _, v := range visits {
		hits := 0
		for _, c := range v.Found {
			if i := slices.Index(anomaly.Causes, c); i >= 0 {
				found[i]++
				bearing[i] = true
				if opt.Fault[i] {
					hits++
				}
			}
		}
		if hits > 0 {
			out.Found++
		}
		for i := range n {
			if opt.Fault[i] && v.Sees[i] > 0 {
				expected[i] += v.Before[i] * v.Sees[i]
				bearing[i] = true
			}
		}
		faults = append(faults, faultChoice(v, hits, opt.Fault))
		if c, ok := restChoice(v, hits, opt.Fault); ok {
			rest = append(rest, c)
			for i, q := range c.whole {
				expected[i] += q
				bearing[i] = bearing[i] || q > 0
			}
		}
	}
	factor := fit(faults, opt.Worth)
	among := fit(rest, opt.Worth)
	for i, c := range anomaly.Causes {
		if !opt.Fault[i] {
			factor[i] = among[i]
		}
		if bearing[i] {
			out.Causes = append(out.Causes, anomaly.LearntPrior{Cause: c, Found: found[i], Expected: expected[i], Factor: factor[i], Fault: opt.Fault[i]})
		}
	}
	return out
}

// choice is one visit in the terms of the fit: the weights of all that could have been
// true, and of what remains after the visit. The fixed parts belong to what is not learnt.
type choice struct {
	whole, part         []float64
	fixed, fixedInParts float64
}

// faultChoice is a fault, named or missed, against all that no visit can find.
func faultChoice(v *Visit, hits int, fault []bool) choice {
	c := choice{whole: make([]float64, len(fault)), part: make([]float64, len(fault))}
	for i, q := range v.Before {
		if !fault[i] {
			c.fixed += q
			continue
		}
		c.whole[i] = q
		switch {
		case hits == 0:
			c.part[i] = q * (1 - v.Sees[i])
		case slices.Contains(v.Found, anomaly.Causes[i]):
			c.part[i] = q
		}
	}
	if hits == 0 {
		c.fixedInParts = c.fixed
	}
	return c
}

// restChoice is a named cause among those that no visit finds by itself and that people
// name; ok is false where the visit named none, or a fault.
func restChoice(v *Visit, hits int, fault []bool) (c choice, ok bool) {
	c = choice{whole: make([]float64, len(fault)), part: make([]float64, len(fault))}
	sum := 0.0
	for i, cause := range anomaly.Causes {
		// Nobody writes down that everything is as usual, or that too little is known.
		if fault[i] || cause == anomaly.CauseNormalVariation || cause == anomaly.CauseInsufficientData {
			continue
		}
		c.whole[i] = v.Before[i]
		sum += v.Before[i]
		if slices.Contains(v.Found, cause) {
			c.part[i] = v.Before[i]
			ok = true
		}
	}
	if hits > 0 || !ok || sum <= 0 {
		return c, false
	}
	for i := range c.whole {
		c.whole[i] /= sum
		c.part[i] /= sum
	}
	return c, true
}

// The fit ends when no factor moves by more than fitted, or after fitSteps steps.
const (
	fitted   = 1e-9
	fitSteps = 2000
)

func fit(choices []choice, worth float64) []float64 {
	n := len(anomaly.Causes)
	factor := make([]float64, n)
	for i := range factor {
		factor[i] = 1
	}
	for range fitSteps {
		found, expected := make([]float64, n), make([]float64, n)
		for k := range choices {
			c := &choices[k]
			whole, part := c.fixed, c.fixedInParts
			for i, f := range factor {
				whole += f * c.whole[i]
				part += f * c.part[i]
			}
			for i, f := range factor {
				if c.part[i] > 0 {
					found[i] += f * c.part[i] / part
				}
				if c.whole[i] > 0 {
					expected[i] += c.whole[i] / whole
				}
			}
		}
		moved := 0.0
		for i, f := range factor {
			factor[i] = kept((worth + found[i]) / (worth + expected[i]))
			moved = math.Max(moved, math.Abs(factor[i]/f-1))
		}
		if moved < fitted {
			break
		}
	}
	return factor
}

func kept(factor float64) float64 {
	return math.Max(1.0/anomaly.MaxFactor, math.Min(anomaly.MaxFactor, factor))
}
