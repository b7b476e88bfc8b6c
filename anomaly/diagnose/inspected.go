package diagnose

import "whybill/anomaly"

// inspections weighs what visits found on this account.
//
// A find names its cause: how likely a visit is to find it, against how rarely one names
// what is not there, as the file says. Having found nothing speaks against what the visit
// could have found, and only that: one that read the meter's face speaks of a misread.
func (w *weighing) inspections(in *Input, weigh func(*evidence, ...anomaly.Arg)) {
	h := in.History
	if v := h.PutRight(in.Bill, in.AsOf); v != nil {
		weigh(w.m.evidence["fact.put_right"], anomaly.DateArg("on", v.On), anomaly.TermArg("cause", v.Outcome))
		return // what was found, or not, was about the bill that this one replaces
	}
	since := h.Bills[in.Bill].Period.Start
	if in.Estimate != nil {
		since = in.onset()
	}
	found := h.FoundFor(in.Bill, since, in.AsOf)
	_, until := h.Window(in.Bill)
	for i := range h.Inspections {
		v := &h.Inspections[i]
		if v.On.IsZero() || v.On >= until || !in.AsOf.IsZero() && v.On > in.AsOf {
			continue
		}
		cause := indexOf(anomaly.Cause(v.Outcome))
		switch {
		case v == found:
			weigh(w.m.only("fact.found", cause), anomaly.DateArg("on", v.On), anomaly.TermArg("cause", v.Outcome))
		case cause >= 0 && (found == nil || v.On != found.On): // not what one visit found beside it
			weigh(w.m.evidence["fact.found_before"], anomaly.DateArg("on", v.On), anomaly.TermArg("cause", v.Outcome))
		case h.FoundNothing(v) && v.On >= since:
			weigh(w.m.couldFind("fact.nothing_found", h, v), anomaly.DateArg("on", v.On))
		}
	}
}

// only is the evidence for one cause of those that it names; nil where there is none.
func (m *Model) only(id string, cause int) *evidence {
	e := m.evidence[id]
	if e == nil {
		return nil
	}
	one := *e
	one.ratio = [causes]float64{}
	one.ratio[cause] = e.ratio[cause]
	return &one
}

// couldFind is the evidence for the causes that an inspection could have found.
func (m *Model) couldFind(id string, h *anomaly.History, v *anomaly.Inspection) *evidence {
	e := m.evidence[id]
	if e == nil {
		return nil
	}
	seen := *e
	for i := range seen.ratio {
		if !h.CouldFind(v, anomaly.Causes[i]) {
			seen.ratio[i] = 0
		}
	}
	return &seen
}
