package diagnose

import (
	"cmp"
	"math"
	"slices"

	"whybill/anomaly"
)

// Explanation is what speaks for and against one cause.
type Explanation struct {
	Cause       anomaly.Cause
	Prior       float64
	Probability float64
	For         []anomaly.Reason // strongest first
	Against     []anomaly.Reason // strongest first
}

// telling is the least ratio that is worth a word: a factor of 1.25.
var telling = math.Log(1.25)

// Explain returns, in the order of Diagnose, what speaks for and against each cause.
func Explain(in *Input) []Explanation {
	var w weighing
	var steps []step
	w.weigh(in, func(s step) { steps = append(steps, s) })
	prior := w.m.before(in)
	out := make([]Explanation, causes)
	for c := range out {
		x := &out[c]
		x.Cause, x.Probability, x.Prior = anomaly.Causes[c], w.p[c], math.Exp(prior[c])
		for i := range steps {
			s := &steps[i]
			r := anomaly.Reason{Evidence: s.id, Message: s.message, LogRatio: s.ratio[c] - others(&w.p, &s.ratio, c)}
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
		strongestFirst := func(a, b anomaly.Reason) int { return cmp.Compare(math.Abs(b.LogRatio), math.Abs(a.LogRatio)) }
		slices.SortStableFunc(x.For, strongestFirst)
		slices.SortStableFunc(x.Against, strongestFirst)
	}
	slices.SortStableFunc(out, func(a, b Explanation) int { return cmp.Compare(b.Probability, a.Probability) })
	return out
}

// others is the log of the mean likelihood ratio of the causes other than c, weighted by
// how probable they would be without this piece of evidence.
func others(p, ratio *[causes]float64, c int) float64 {
	with, without := 0.0, 0.0
	for i := range p {
		if i != c {
			with += p[i]
			without += p[i] * math.Exp(-ratio[i])
		}
	}
	return math.Log(with / without)
}

// Reasons returns the strongest reasons, at most so many on either side, for and against
// each cause that is at least so probable, most probable first.
func Reasons(in *Input, least float64, most int) []anomaly.CauseReasons {
	var out []anomaly.CauseReasons
	for _, e := range Explain(in) {
		if e.Probability < least {
			break
		}
		out = append(out, anomaly.CauseReasons{
			Cause: e.Cause, For: e.For[:min(most, len(e.For))], Against: e.Against[:min(most, len(e.Against))],
		})
	}
	return out
}
