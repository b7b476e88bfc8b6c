package anomaly

import "math"

// CauseReasons is what speaks most for and against one cause of a bill, strongest first.
type CauseReasons struct {
	Cause        Cause
	For, Against []Reason
}

// Reason is one piece of evidence for or against a cause.
type Reason struct {
	Evidence string // the id of what was weighed: a check's or its message's, fact.*, or size
	Ref      string // the finding's, where it is one
	Message  Message
	// LogRatio is the natural log of what the cause's odds were multiplied by: its
	// likelihood ratio against all others, as probable as they would be without this.
	LogRatio float64
}

// mostFactor bounds the factors that are written: beyond it only the order of magnitude
// of the doubt changes.
const mostFactor = 10000

// Factor is what the evidence multiplied the cause's odds by: above 1 for what speaks for
// it. It is bounded to 1/10,000 and 10,000.
func (r *Reason) Factor() float64 {
	return math.Min(mostFactor, math.Max(1.0/mostFactor, math.Exp(r.LogRatio)))
}

// reasons appends the fields "for" and "against" of a cause, where anything is known.
func (w *jsonWriter) reasons(all []CauseReasons, c Cause) {
	for i := range all {
		if all[i].Cause != c {
			continue
		}
		w.raw(`,"for":`)
		w.reasonList(all[i].For)
		w.raw(`,"against":`)
		w.reasonList(all[i].Against)
	}
}

func (w *jsonWriter) reasonList(reasons []Reason) {
	w.raw(`[`)
	for i := range reasons {
		r := &reasons[i]
		w.comma(i)
		w.raw(`{"id":`)
		w.text(r.Evidence)
		if r.Ref != "" {
			w.raw(`,"ref":`)
			w.text(r.Ref)
		}
		w.raw(`,"factor":`)
		w.number(r.Factor(), 4)
		w.raw(`,"message":`)
		w.message(r.Message)
		w.raw(`}`)
	}
	w.raw(`]`)
}
