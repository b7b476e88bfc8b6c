package anomaly

import (
	"math"
	"slices"
)

// LearntPromise is what past bills taught about the promise that the next bill changes
// the decision: how often it did, held against what had been promised. It is a value:
// learnt by package train from decisions taken again on past bills, used by package
// decide, kept with the model.
type LearntPromise struct {
	// Until is the end of the last bill that was learnt from; zero: none was.
	Until Date `json:"until"`
	// KeptPromise is how it is kept where nobody has asked about the bill, whatever the
	// action is.
	KeptPromise
	// Actions are ordered by their names; those of which no bill was seen are left out.
	Actions []ActionPromise `json:"actions"`
	// Asked is how it is kept where somebody has asked.
	Asked PastPromise `json:"asked"`
}

// KeptPromise is how promises are kept: the log odds of a change are Intercept + Slope
// times those promised. Slope is positive: what is promised to be likelier is likelier.
type KeptPromise struct {
	Intercept float64 `json:"intercept"`
	Slope     float64 `json:"slope"`
}

// MaxPromiseSlope bounds the slope: beyond it a promise is a yes or a no.
const MaxPromiseSlope = 10

// AsPromised is a promise that is kept as it is made.
var AsPromised = KeptPromise{Slope: 1}

// KeptAsPromised returns what is learnt where all promises are kept as they are made.
func KeptAsPromised() *LearntPromise {
	return &LearntPromise{KeptPromise: AsPromised, Asked: PastPromise{KeptPromise: AsPromised}}
}

// PastPromise is what past bills say of promises.
type PastPromise struct {
	Bills    int     `json:"bills"`
	Promised float64 `json:"promised"` // expected changes among these bills
	Changed  int     `json:"changed"`
	KeptPromise
}

// ActionPromise is what past bills say of promises made where one action was the best
// without waiting.
type ActionPromise struct {
	Action Action `json:"action"`
	PastPromise
}

// Bills is how many past bills were learnt from, Changed the number of them on which the
// next one changed the decision, and Promised how many were promised to.
func (p *LearntPromise) Bills() (bills, changed int, promised float64) {
	bills, changed, promised = p.Asked.Bills, p.Asked.Changed, p.Asked.Promised
	for _, a := range p.Actions {
		bills += a.Bills
		changed += a.Changed
		promised += a.Promised
	}
	return bills, changed, promised
}

// Kept returns how often a promise is kept that was made where this action was the best
// without waiting: by what was learnt of that action, else of all; or of bills that
// somebody has asked about.
func (p *LearntPromise) Kept(best Action, asked bool, promised float64) float64 {
	if asked {
		return p.Asked.kept(promised)
	}
	k := p.KeptPromise
	for i := range p.Actions {
		if a := &p.Actions[i]; a.Action == best {
			k = a.KeptPromise
		}
	}
	return k.kept(promised)
}

func (k KeptPromise) kept(promised float64) float64 {
	if k == AsPromised {
		return promised
	}
	return 1 / (1 + math.Exp(-k.Intercept-k.Slope*PromiseOdds(promised)))
}

// PromiseOdds is the logarithm of a promise's odds, within what past bills can tell
// apart: what the causes hold for certain is not, and of what they hold for all but
// impossible one bill in 250 comes true.
func PromiseOdds(p float64) float64 {
	const least, most = 0.004, 0.96
	p = math.Max(least, math.Min(most, p))
	return math.Log(p / (1 - p))
}

// Validate reports what makes a learnt promise, as read from a file, impossible to use:
// an unknown action or one named twice, a slope or an intercept out of range.
func (p *LearntPromise) Validate() error {
	if p == nil {
		return nil
	}
	for _, k := range [...]KeptPromise{p.KeptPromise, p.Asked.KeptPromise} {
		if err := k.fault(); err != nil {
			return err
		}
	}
	for i, a := range p.Actions {
		switch {
		case !slices.Contains(Actions, a.Action):
			return NewFault("model.promise.action", TextArg("action", string(a.Action)))
		case i > 0 && p.Actions[i-1].Action >= a.Action:
			return NewFault("model.promise.order", TextArg("action", string(a.Action)))
		}
		if err := a.fault(); err != nil {
			return err
		}
	}
	return nil
}

func (k KeptPromise) fault() error {
	switch {
	case !(k.Slope > 0 && k.Slope <= MaxPromiseSlope): // not a number is outside too
		return outside("slope", k.Slope, 0, MaxPromiseSlope)
	case !(math.Abs(k.Intercept) <= 50):
		return outside("intercept", k.Intercept, -50, 50)
	}
	return nil
}
