package diagnose

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"whybill/anomaly"
)

// Input is what the causes are weighed by.
type Input struct {
	History    *anomaly.History
	Bill       int
	Estimate   *anomaly.Estimate
	Findings   []anomaly.Finding
	NotChecked []anomaly.NotChecked
	// Neighbourhood is what only the other accounts know; nil where there is nothing.
	Neighbourhood *anomaly.Neighbourhood
	Config        *anomaly.Config // nil: the defaults
	AsOf          anomaly.Date
	Model         *Model // nil: the built-in one
}

// Diagnose returns all causes with their probabilities, most probable first. They sum
// to 1, and none is ever 0.
func Diagnose(in *Input) []anomaly.CauseProbability {
	var w weighing
	w.weigh(in, nil)
	out := make([]anomaly.CauseProbability, causes)
	for i := range out {
		out[i] = anomaly.CauseProbability{Cause: anomaly.Causes[i], Probability: w.p[i]}
	}
	slices.SortStableFunc(out, func(a, b anomaly.CauseProbability) int { return cmp.Compare(b.Probability, a.Probability) })
	return out
}

// weighing is the posterior of one bill in the making.
type weighing struct {
	m      *Model
	p      [causes]float64
	sized  bool            // the size of the bill has been weighed
	bySize [causes]float64 // log likelihood ratios by it
}

// step is one piece of evidence as it was weighed: log likelihood ratios by cause.
type step struct {
	id      string
	finding *anomaly.Finding
	message anomaly.Message
	ratio   [causes]float64
}

// floor is the least probability that a cause keeps.
const floor = 1e-6

// weigh computes the posterior; trace, where it is not nil, receives every step.
func (w *weighing) weigh(in *Input, trace func(step)) {
	w.m = in.Model
	if w.m == nil {
		w.m = Default()
	}
	w.p = *w.m.before(in)
	w.size(in, trace)
	w.findings(in, trace)
	w.facts(in, trace)
	w.normalise()
	w.explained(in, trace)
}

// before is the log priors of a bill: those of its service, and of complaints where
// somebody has asked about it.
func (m *Model) before(in *Input) *[causes]float64 {
	service := in.History.Account.Service
	if Asked(in) {
		return &m.complaint[service]
	}
	return &m.prior[service]
}

func (w *weighing) add(ratio *[causes]float64) {
	for i := range w.p {
		w.p[i] += ratio[i]
	}
}

// normalise turns log weights into probabilities, each at least floor.
func (w *weighing) normalise() {
	top := w.p[0]
	for _, x := range w.p[1:] {
		top = math.Max(top, x)
	}
	sum := 0.0
	for i := range w.p {
		w.p[i] = math.Exp(w.p[i] - top)
		sum += w.p[i]
	}
	kept := 1 - causes*floor
	for i := range w.p {
		w.p[i] = floor + kept*w.p[i]/sum
	}
}

// findings weighs what the checks found and, where silence counts, what they did not.
func (w *weighing) findings(in *Input, trace func(step)) {
	var strongest [maxGroups][causes]float64
	var grouped [maxGroups]bool
	for i := range in.Findings {
		f := &in.Findings[i]
		e := w.m.find(f, in.History.Account.Service)
		if e == nil || e.size && w.sized && !e.least {
			continue
		}
		ratio := e.ratio
		if e.least && w.sized {
			// The size has said it already, or a level that drifts has hidden it.
			for c, r := range ratio {
				ratio[c] = math.Max(0, r-math.Max(0, w.bySize[c]))
			}
		}
		if e.weight >= 0 && f.Weight != 0 {
			ratio[e.weight] = w.brought(f.Weight, e.weight)
		}
		if trace != nil {
			trace(step{id: e.id, finding: f, message: f.Message, ratio: ratio})
		}
		if e.group == 0 {
			w.add(&ratio)
			continue
		}
		grouped[e.group] = true
		for c, r := range ratio {
			if math.Abs(r) > math.Abs(strongest[e.group][c]) {
				strongest[e.group][c] = r
			}
		}
	}
	for g := range strongest {
		if grouped[g] {
			w.add(&strongest[g])
		}
	}
	for _, e := range w.m.absent {
		if in.ran(e.id) && !in.found(e.id) {
			w.add(&e.silent)
			if trace != nil {
				trace(step{id: e.id, message: anomaly.Msg("diagnose.silent", anomaly.TextArg("check", e.id)), ratio: e.silent})
			}
		}
	}
}

// listed is the share of misreads that are among those that the check enumerates: the
// rest are the wrong meter, the wrong day, two slips at once.
const listed = 0.8

// brought is what a finding adds that brings the strength of its evidence for a cause
// itself. The size of the bill is in that strength already, so it takes the place of
// what the size alone said, if anything, but for the ways that the check does not know.
func (w *weighing) brought(weight float64, cause int) float64 {
	a, b := math.Log(listed)+weight, math.Log(1-listed)+w.bySize[cause]
	top := math.Max(a, b)
	return top + math.Log(math.Exp(a-top)+math.Exp(b-top)) - w.bySize[cause]
}

// ran reports whether a check did run on this bill.
func (in *Input) ran(check string) bool {
	for i := range in.NotChecked {
		if in.NotChecked[i].Check == check {
			return false
		}
	}
	return true
}

func (in *Input) found(check string) bool {
	for i := range in.Findings {
		if in.Findings[i].Check == check {
			return true
		}
	}
	return false
}

// explained shares out the probability that the usage is as expected among what
// explains its difference from the reference bill: the days, the weather, the
// appliances. A bill that is as it should be and much higher than last year's has its
// cause in these.
func (w *weighing) explained(in *Input, trace func(step)) {
	if in.Estimate == nil || !in.Estimate.Known {
		return
	}
	reference, usage := in.Estimate.Reference.Usage, anomaly.Float(in.History.Bills[in.Bill].Usage)
	if len(in.Estimate.Parts) == 0 || reference <= 0 || usage <= 0 {
		return
	}
	total := math.Log(usage / reference)
	ramp := math.Min(1, (math.Abs(total)-w.m.from)/(w.m.full-w.m.from))
	if ramp <= 0 {
		return
	}
	possible := w.m.before(in)
	var share [causes]float64
	sum := 0.0
	for i := range in.Estimate.Parts {
		part := &in.Estimate.Parts[i]
		cause, ok := w.m.explains[part.What]
		if s := part.Log / total; ok && s > 0 && !math.IsInf(possible[cause], -1) {
			share[cause] += s
			sum += s
		}
	}
	if sum == 0 {
		return
	}
	before := w.p
	scale := ramp / math.Max(1, sum)
	normal := w.p[normalVariation]
	for c := range share {
		moved := normal * share[c] * scale
		w.p[c] += moved
		w.p[normalVariation] -= moved
	}
	// The floor that normalise gave is kept.
	if short := floor - w.p[normalVariation]; short > 0 {
		w.p[normalVariation] += short
		w.p[largest(&w.p)] -= short
	}
	if trace != nil {
		var ratio [causes]float64
		for c := range ratio {
			ratio[c] = math.Log(w.p[c] / before[c])
		}
		trace(step{id: "explained", message: anomaly.Msg("diagnose.explained", anomaly.PercentArg("change", usage/reference-1, 0)), ratio: ratio})
	}
}

func largest(p *[causes]float64) int {
	top := 0
	for i := range p {
		if p[i] > p[top] {
			top = i
		}
	}
	return top
}

// normalVariation is the place of that cause in anomaly.Causes.
const normalVariation = 0

// crossedMeter is the place of that one.
var crossedMeter = slices.Index(anomaly.Causes, anomaly.CauseCrossedMeter)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
