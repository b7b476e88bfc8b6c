package anomaly

import "slices"

// PriorsVersion is the version of the learnt priors' JSON form and of what they mean.
const PriorsVersion = 1

// LearntPriors is what visits taught about how often each cause is the true one: by how
// much the odds that are believed before a bill is looked at are to be multiplied. It is
// a value: learnt by package train, used by package diagnose, kept with the model.
type LearntPriors struct {
	Version int `json:"version"`
	// Until is the day of the last visit that was learnt from.
	Until Date `json:"until"`
	// Worth is how many expected finds the belief from before any visit counts for, and
	// Sensitivity the probability that a visit finds a fault that is there and that it looked for.
	Worth       float64 `json:"worth"`
	Sensitivity float64 `json:"sensitivity"`
	// Unasked is learnt from visits that nobody had asked for, Asked from those after a
	// complaint: the two have priors of their own.
	Unasked PriorStratum `json:"unasked"`
	Asked   PriorStratum `json:"asked"`
}

// Visits is how many visits were learnt from.
func (p *LearntPriors) Visits() int { return p.Unasked.Visits + p.Asked.Visits }

// PriorStratum is what the visits of one kind taught.
type PriorStratum struct {
	Visits int `json:"visits"`
	Found  int `json:"found"` // of them found a fault
	// Causes are in the order of Causes; those that no visit bore upon are left out.
	Causes []LearntPrior `json:"causes"`
}

// LearntPrior is what the visits taught of one cause.
type LearntPrior struct {
	Cause Cause `json:"cause"`
	// Found is how many visits named it, and Expected how many were expected to, by what
	// was said on the day before each.
	Found    int     `json:"found"`
	Expected float64 `json:"expected"`
	// Factor multiplies its prior odds against the causes that no visit can find. Where it
	// is one of those itself (Fault false) it multiplies its share among them.
	Factor float64 `json:"factor"`
	Fault  bool    `json:"fault"`
}

// MaxFactor bounds, on either side, how far visits may move prior odds. Where they would
// go further it is not the prior that is wrong.
const MaxFactor = 20

// Validate reports what makes learnt priors, as read from a file, impossible to use:
// another version, an unknown cause or one named twice, a factor out of range.
func (p *LearntPriors) Validate() error {
	if p == nil {
		return nil
	}
	if p.Version != PriorsVersion {
		return NewFault("model.version", CountArg("version", p.Version), CountArg("known", PriorsVersion))
	}
	for _, s := range []*PriorStratum{&p.Unasked, &p.Asked} {
		last := -1
		for _, c := range s.Causes {
			at := slices.Index(Causes, c.Cause)
			switch {
			case at < 0:
				return NewFault("model.priors.cause", TextArg("cause", string(c.Cause)))
			case at <= last:
				return NewFault("model.priors.order", TextArg("cause", string(c.Cause)))
			case !(c.Factor >= 1.0/MaxFactor && c.Factor <= MaxFactor): // not a number is outside too
				return NewFault("model.priors.factor", TextArg("cause", string(c.Cause)), NumberArg("factor", c.Factor, 4))
			}
			last = at
		}
	}
	return nil
}
