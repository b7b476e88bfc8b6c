package check

import "whybill/anomaly"

// C06: another visit with no new idea, or by the crew that the customer complained about.
var c06 = Check{
	ID: "C06", Severity: anomaly.Medium, Action: anomaly.ActionNone,
	Run: func(in *Input, out *Result) {
		for p := range in.each(anomaly.EventVisitPromised) {
			if in.visitMade(p) {
				continue // too late to hold it back
			}
			if last := in.lastVisit(p); last != nil {
				in.repeat(p, last, out)
			}
			in.sameCrew(p, out)
		}
	},
}

// visitMade reports whether a promise was followed by a visit.
func (in *Input) visitMade(p *anomaly.Event) bool {
	v := in.followed(p, anomaly.EventVisitDone)
	return v != nil && (v.At > p.At || v.Ref == p.Ref && v.Source != p.Source && v.At >= p.Due)
}

// lastVisit is the last visit before a promise was given.
func (in *Input) lastVisit(p *anomaly.Event) *anomaly.Event {
	var last *anomaly.Event
	for v := range in.each(anomaly.EventVisitDone) {
		if v.At <= p.At && (p.Ref == "" || v.Ref == "" || v.Ref == p.Ref) {
			last = v
		}
	}
	return last
}

func (in *Input) repeat(p, last *anomaly.Event, out *Result) {
	found, _ := last.Field("found")
	if found != anomaly.NothingFound || sawNothingNew(last) {
		return
	}
	now, named := p.Field("hypothesis")
	before, _ := last.Field("hypothesis")
	if named && now != before {
		return
	}
	f := in.finding("C06", anomaly.Medium, anomaly.ActionNone, p.At.String(), anomaly.Msg("C06.no_new_idea",
		anomaly.DateArg("due", p.Due), anomaly.DateArg("last", last.At)))
	f.Evidence = evidence(p.Source, last.Source)
	out.add(f)
}

// sameCrew keeps a customer from meeting whom he complained about. The finding says that
// another crew is to go, and nothing of who complained about whom.
func (in *Input) sameCrew(p *anomaly.Event, out *Result) {
	crew, ok := p.Field("crew")
	if !ok {
		return
	}
	for i := range in.History.Events {
		c := &in.History.Events[i]
		if c.Kind != anomaly.EventComplaint && c.Kind != anomaly.EventFeedback || c.At > p.At {
			continue
		}
		if about, _ := c.Field("about_crew"); about == crew {
			f := in.finding("C06", anomaly.Medium, anomaly.ActionNone, "crew"+p.At.String(), anomaly.Msg("C06.other_crew", anomaly.DateArg("due", p.Due)))
			f.Evidence = []anomaly.Source{p.Source}
			out.add(f)
			return
		}
	}
}
