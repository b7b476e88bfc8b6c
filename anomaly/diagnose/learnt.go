package diagnose

import (
	"math"

	"whybill/anomaly"
)

// Worth is how many expected finds the file's priors count for against what visits find.
func (m *Model) Worth() float64 { return m.worth }

// Learnt returns the model with the priors that visits have taught: the odds of each
// fault against what no visit finds multiplied by its factor, and what no visit finds
// divided anew among itself. Without anything learnt it is the model itself.
func (m *Model) Learnt(p *anomaly.LearntPriors) *Model {
	if p == nil || len(p.Unasked.Causes)+len(p.Asked.Causes) == 0 {
		return m
	}
	learnt := *m
	learnt.given = m
	for service := range learnt.prior {
		learnt.prior[service] = multiplied(m.prior[service], &p.Unasked)
		learnt.complaint[service] = multiplied(m.complaint[service], &p.Asked)
	}
	return &learnt
}

// multiplied applies a stratum's factors to log shares.
func multiplied(prior [causes]float64, s *anomaly.PriorStratum) [causes]float64 {
	var share [causes]float64
	for i, l := range prior {
		share[i] = math.Exp(l)
	}
	before, after := 0.0, 0.0 // the causes other than faults that visits have named or could have
	moved := share
	for _, c := range s.Causes {
		i := indexOf(c.Cause)
		if i < 0 {
			continue
		}
		moved[i] *= c.Factor
		if !c.Fault {
			before += share[i]
			after += moved[i]
		}
	}
	for _, c := range s.Causes {
		if i := indexOf(c.Cause); i >= 0 && !c.Fault && after > 0 {
			moved[i] *= before / after
		}
	}
	return logShares(moved)
}

// Prior returns the probability of a cause before a bill is looked at, of bills that
// somebody has asked about and of those that nobody has: as given by the file where it
// says nothing of the service, and as learnt.
func (m *Model) Prior(c anomaly.Cause, asked bool) (given, learnt float64) {
	i := indexOf(c)
	if i < 0 {
		return 0, 0
	}
	from := m
	if m.given != nil {
		from = m.given
	}
	if asked {
		return math.Exp(from.complaint[0][i]), math.Exp(m.complaint[0][i])
	}
	return math.Exp(from.prior[0][i]), math.Exp(m.prior[0][i])
}

// Asked reports whether somebody has asked about the bill: then its priors are those of
// complaints.
func Asked(in *Input) bool { return in.History.Asked(in.Bill, in.AsOf) }
