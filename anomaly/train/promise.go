package train

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"whybill/anomaly"
)

// Promised is one past bill on which the next one was promised to change the decision
// with some probability, and whether it did.
type Promised struct {
	On      anomaly.Date   // the end of the bill
	Asked   bool           // somebody had asked about the bill
	Best    anomaly.Action // best without waiting
	Changes float64        // the promise
	Changed bool           // another action was the best one bill later
}

// Promise learns how promises have been kept: for each action a logistic regression of
// what happened on the log odds that were promised (Platt scaling), drawn to the
// regression of all actions together as far as few bills tell little, and that one to
// what is believed before anything was seen; one more for the bills that somebody had asked
// about. It is nil where nothing was promised; the order changes nothing.
func Promise(past []Promised, before *anomaly.LearntPromise) *anomaly.LearntPromise {
	if len(past) == 0 {
		return nil
	}
	past = slices.Clone(past)
	slices.SortFunc(past, func(a, b Promised) int {
		return cmp.Or(cmp.Compare(number(a.Asked), number(b.Asked)), strings.Compare(string(a.Best), string(b.Best)),
			cmp.Compare(a.Changes, b.Changes), cmp.Compare(number(a.Changed), number(b.Changed)))
	})
	p := &anomaly.LearntPromise{}
	for i := range past {
		p.Until = max(p.Until, past[i].On)
	}
	unasked := 0
	for unasked < len(past) && !past[unasked].Asked {
		unasked++
	}
	past, p.Asked = past[:unasked], pastPromise(past[unasked:], before.Asked.KeptPromise)
	p.KeptPromise = logistic(past, before.KeptPromise)
	for len(past) > 0 {
		n := 1
		for n < len(past) && past[n].Best == past[0].Best {
			n++
		}
		p.Actions = append(p.Actions, anomaly.ActionPromise{Action: past[0].Best, PastPromise: pastPromise(past[:n], p.KeptPromise)})
		past = past[n:]
	}
	return p
}

// pastPromise is what bills say of promises, drawn to what is believed before.
func pastPromise(past []Promised, before anomaly.KeptPromise) anomaly.PastPromise {
	p := anomaly.PastPromise{Bills: len(past), KeptPromise: logistic(past, before)}
	for i := range past {
		p.Promised += past[i].Changes
		p.Changed += int(number(past[i].Changed))
	}
	return p
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// logistic is the most probable line: intercept and slope are normal about those of the
// line before anything was seen, with drawn as precision, and the slope lies between flat
// and steep. Newton's method, on the edge where the slope would leave these bounds; the
// function is convex.
func logistic(past []Promised, before anomaly.KeptPromise) anomaly.KeptPromise {
	const (
		drawn       = 4.0 // a standard deviation of 0.5 in log odds
		flat, steep = 0.05, anomaly.MaxPromiseSlope
		steps       = 100
		near        = 1e-10
	)
	l := before
	for range steps {
		g0, g1 := drawn*(l.Intercept-before.Intercept), drawn*(l.Slope-before.Slope)
		h00, h01, h11 := drawn, 0.0, drawn
		for i := range past {
			x := anomaly.PromiseOdds(past[i].Changes)
			q := 1 / (1 + math.Exp(-l.Intercept-l.Slope*x))
			off, w := q-number(past[i].Changed), q*(1-q)
			g0 += off
			g1 += off * x
			h00 += w
			h01 += w * x
			h11 += w * x * x
		}
		det := h00*h11 - h01*h01
		d0, d1 := (h11*g0-h01*g1)/det, (h00*g1-h01*g0)/det
		if l.Slope <= flat && d1 > 0 || l.Slope >= steep && d1 < 0 {
			d0, d1 = g0/h00, 0
		}
		// A full step may go too far where the data are separable.
		short := math.Min(1, 2/math.Max(math.Abs(d0), math.Abs(d1)))
		l.Intercept -= short * d0
		l.Slope = math.Max(flat, math.Min(steep, l.Slope-short*d1))
		if math.Abs(d0)+math.Abs(d1) < near {
			break
		}
	}
	return l
}
