package check

import (
	"cmp"
	"strings"

	"whybill/anomaly"
)

// C04: a visit that was promised and made otherwise, or not at all.
var c04 = Check{
	ID: "C04", Severity: anomaly.High, Action: anomaly.ActionInspect,
	Run: func(in *Input, out *Result) {
		events := in.History.Events
		for i := range events {
			p := &events[i]
			if p.Kind != anomaly.EventVisitPromised || p.Due.IsZero() || !in.concerns(p) || in.moved(p) {
				continue
			}
			in.promise(p, in.visitFor(p), out)
		}
	},
}

// visitFor returns the visit that was made on a promise: the one that refers to
// it, else the first one after it was given; nil where there is none.
func (in *Input) visitFor(p *anomaly.Event) *anomaly.Event {
	var first *anomaly.Event
	for i := range in.History.Events {
		v := &in.History.Events[i]
		if v.Kind != anomaly.EventVisitDone || v.At < p.At || v.At > in.AsOf {
			continue
		}
		if p.Ref != "" && v.Ref == p.Ref {
			return v
		}
		if first == nil && (p.Ref == "" || v.Ref == "") {
			first = v
		}
	}
	return first
}

// moved reports whether another day was promised in the same case before a promise was due:
// then that day counts.
func (in *Input) moved(p *anomaly.Event) bool {
	for i := range in.History.Events {
		q := &in.History.Events[i]
		if q.Kind == anomaly.EventVisitPromised && q.Ref == p.Ref && q.At <= in.AsOf && q.At < p.Due && givenAfter(q, p) {
			return true
		}
	}
	return false
}

// givenAfter reports whether an event is later than another; of one moment, by its row.
func givenAfter(q, p *anomaly.Event) bool {
	row := 0
	if q.Source.File == p.Source.File {
		row = cmp.Compare(q.Source.Row, p.Source.Row)
	}
	return cmp.Or(cmp.Compare(q.At, p.At), strings.Compare(q.Time, p.Time), row) > 0
}

// calledOff reports whether the case was closed over a promise before its day, for a reason
// that is on record.
func (in *Input) calledOff(p *anomaly.Event) bool {
	end := in.History.SettledBy(p, p.Due)
	return end != nil && end.Ref == p.Ref && yes(end, "forced")
}

// inspectedFor returns the first inspection after a promise was given; nil where there is none.
func (in *Input) inspectedFor(p *anomaly.Event) *anomaly.Inspection {
	for i := range in.History.Inspections {
		if x := &in.History.Inspections[i]; !x.On.IsZero() && x.On >= p.At && x.On <= in.AsOf {
			return x
		}
	}
	return nil
}

func (in *Input) promise(p, visit *anomaly.Event, out *Result) {
	joint := yes(p, "joint")
	var inspection *anomaly.Inspection
	if visit == nil {
		inspection = in.inspectedFor(p)
	}
	if visit == nil && inspection == nil {
		if in.AsOf <= p.Due || in.calledOff(p) {
			return
		}
		f := in.finding("C04", anomaly.High, anomaly.ActionInspect, p.Due.String(), anomaly.Msg("C04.overdue", promised(p)...))
		f.Evidence = []anomaly.Source{p.Source}
		out.add(f)
		return
	}
	if visit == nil {
		// Of an inspection only the day is known: not who was there, nor what was looked at.
		visit = &anomaly.Event{At: inspection.On, Source: inspection.Source}
	}
	present, said := visit.Field("present")
	alone := joint && said && present == "no"
	otherDay := visit.At != p.Due
	if !alone && !otherDay {
		return
	}
	key := "C04.other_day"
	switch {
	case alone && otherDay:
		key = "C04.other_day_alone"
	case alone:
		key = "C04.alone"
	}
	args := append(promised(p), anomaly.DateArg("done", visit.At), weekday("done_day", visit.At))
	if meterFaceOnly(visit) {
		key += ".face_only"
	}
	f := in.finding("C04", anomaly.High, anomaly.ActionInspect, p.Due.String(), anomaly.Message{Key: key, Args: args})
	f.Evidence = evidence(p.Source, visit.Source)
	out.add(f)
}

func promised(p *anomaly.Event) []anomaly.Arg {
	return []anomaly.Arg{anomaly.DateArg("due", p.Due), weekday("due_day", p.Due)}
}

func weekday(name string, d anomaly.Date) anomaly.Arg {
	return anomaly.TermArg(name, "weekday."+d.Weekday().String())
}

func yes(e *anomaly.Event, key string) bool {
	v, _ := e.Field(key)
	return v == "yes" || v == "true" || v == "1"
}
