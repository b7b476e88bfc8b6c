package diagnose

import (
	"cmp"
	"math"
	"slices"

	"whybill/anomaly"
)

// Reason is one piece of evidence for or against a cause.
type Reason struct {
	Evidence string // a check's or a message's id, fact.*, or size
	Ref      string // the finding's, where it is one
	Message  anomaly.Message
	// LogRatio is the natural log of the likelihood ratio of the cause against all
	// others, as probable as they are in the end: how much it moved the cause.
	LogRatio float64
}

// Explanation is what speaks for and against one cause.
type Explanation struct {
	Cause       anomaly.Cause
	Prior       float64
	Probability float64
	For         []Reason // strongest first
	Against     []Reason // strongest first
}

// telling is the least ratio that is worth a word: a factor of 1.25.
var telling = math.Log(1.25)

// Explain returns, in the order of Diagnose, what speaks for and against each cause.
func Explain(in *Input) []Explanation {
	var w weighing
	var steps []step
	w.weigh(in, func(s step) { steps = append(steps, s) })
	prior := w.m.prior
	if in.complaint() {
		prior = w.m.complaint
	}
	out := make([]Explanation, causes)
	for c := range out {
		x := &out[c]
		x.Cause, x.Probability, x.Prior = anomaly.Causes[c], w.p[c], math.Exp(prior[c])
		for i := range steps {
			s := &steps[i]
			r := Reason{Evidence: s.id, Message: s.message, LogRatio: s.ratio[c] - others(&w.p, &s.ratio, c)}
			if s.finding != nil {
				r.Ref = s.finding.Ref
			}
			switch {
			case r.LogRatio > telling:
				x.For = append(x.For, r)
			case r.LogRatio < -telling:
				x.Against = append(x.Against, r)
			}
		}
		strongestFirst := func(a, b Reason) int { return cmp.Compare(math.Abs(b.LogRatio), math.Abs(a.LogRatio)) }
		slices.SortStableFunc(x.For, strongestFirst)
		slices.SortStableFunc(x.Against, strongestFirst)
	}
	slices.SortStableFunc(out, func(a, b Explanation) int { return cmp.Compare(b.Probability, a.Probability) })
	return out
}

// others is the log of the mean likelihood ratio of the causes other than c.
func others(p, ratio *[causes]float64, c int) float64 {
	sum, weight := 0.0, 0.0
	for i := range p {
		if i != c {
			sum += p[i] * math.Exp(ratio[i])
			weight += p[i]
		}
	}
	return math.Log(sum / weight)
}
