package check

import (
	"whybill/anomaly"
)

// The checks C05 to C13 and E01 to E05 look at how a dispute is handled. They read events,
// which come from files or from the case ledger. Beside what stands in the design for
// each kind, notes hold these pairs:
//
//	complaint       about_crew=T7 (that crew is not sent again), order=16000 margin=0.3
//	                prior=0 (goodwill before), leave=0.3-0.9 currency=TWD (C11)
//	visit_promised  joint=yes hypothesis=tapped_by_others crew=T7 backlog=120 per_day=1
//	visit_done      present=yes looked_at=no_load,wiring,serial found=nothing_found crew=T7
//	notice_sent     final=no (not a dunning letter), survey=yes
//	answer          final=no (something was said, the dispute goes on)
//	plan_change_requested  name=... id=... meter=... as the application has them (C13)
//	evidence        coverage=warranty from=2024-10-01 until=2026-10-01 source=system
//	                document=mail supports=claim | contradicts=claim; record=inspection
//	claim           coverage=warranty until=2027-04-01 promised_by=sales authority=no left=yes
//	                repair=4500 contract=1200 currency=CNY
//
// Names stay in the events: no finding carries one.

// deskChecks are those that need no bill.
var deskChecks = []*Check{&c04, &c05, &c06, &c07, &c08, &c09, &c10, &c11, &c12, &c13, &e01, &e02, &e03, &e04, &e05}

// RunDesk runs the checks that look at how disputes of an account are handled, over all
// its events up to in.AsOf: it needs no bill.
func RunDesk(in *Input, out *Result) {
	if in.Config == nil {
		in.Config = &defaults
	}
	in.bill, in.prev, in.next = nil, -1, -1
	for _, c := range deskChecks {
		c.Run(in, out)
	}
}

// each yields the events of a kind that concern what is looked at, in order of time.
func (in *Input) each(kind string) func(yield func(*anomaly.Event) bool) {
	return func(yield func(*anomaly.Event) bool) {
		for i := range in.History.Events {
			e := &in.History.Events[i]
			if e.Kind == kind && in.concerns(e) && !yield(e) {
				return
			}
		}
	}
}

// followed returns the first event of a kind from e on that belongs to e's case, up to asOf.
func (in *Input) followed(e *anomaly.Event, kinds ...string) *anomaly.Event {
	for i := range in.History.Events {
		n := &in.History.Events[i]
		if n == e || n.At < e.At || n.At > in.AsOf || n.Ref != "" && e.Ref != "" && n.Ref != e.Ref {
			continue
		}
		for _, kind := range kinds {
			if n.Kind == kind {
				return n
			}
		}
	}
	return nil
}

// lookedAt returns what a visit looked at.
func lookedAt(visit *anomaly.Event) []string {
	looked, _ := visit.Field("looked_at")
	parts, _ := anomaly.LookedAt(looked)
	return parts
}

// sawNothingNew reports whether a visit could find no more than a misread.
func sawNothingNew(visit *anomaly.Event) bool {
	return anomaly.FaceOnly(lookedAt(visit))
}

// dateField reads a date of a note's field.
func dateField(e *anomaly.Event, key string) (anomaly.Date, bool) {
	text, _ := e.Field(key)
	d, err := anomaly.ParseDate(text)
	return d, err == nil
}

// amountField reads an amount of a note's field.
func amountField(e *anomaly.Event, key string) (anomaly.Decimal, bool) {
	text, ok := e.Field(key)
	if !ok {
		return anomaly.Decimal{}, false
	}
	d, err := anomaly.ParseDecimal(text)
	return d, err == nil && !d.IsNeg()
}

// eventCurrency is the currency of an event's amounts: as it says, or the bill's.
func (in *Input) eventCurrency(e *anomaly.Event) string {
	if c, ok := e.Field("currency"); ok {
		return c
	}
	if in.bill != nil {
		return in.currency()
	}
	for i := len(in.History.Bills) - 1; i >= 0; i-- {
		if c := in.History.Bills[i].Currency; c != "" {
			return c
		}
	}
	return ""
}
