package check

import "whybill/anomaly"

// B14: a late fee although the bill before was paid in time, or is disputed.
var b14 = Check{
	ID: "B14", Severity: anomaly.High, Action: anomaly.ActionHoldCollection,
	Run: func(in *Input, out *Result) {
		fee := -1
		for i := range in.bill.Lines {
			if l := &in.bill.Lines[i]; l.Code == "late_fee" && l.Amount.IsPos() {
				fee = i
			}
		}
		if fee < 0 {
			return
		}
		l := &in.bill.Lines[fee]
		if in.prev < 0 {
			out.skip("B14", fewBills)
			return
		}
		prev := &in.History.Bills[in.prev]
		add := func(key string, args []anomaly.Arg, at anomaly.Source) {
			f := in.finding("B14", anomaly.High, anomaly.ActionHoldCollection, key, anomaly.Message{Key: key,
				Args: append(args, in.moneyArg("fee", l.Amount))})
			f.Amount = anomaly.Known(l.Amount)
			f.Evidence = []anomaly.Source{l.Source, at}
			out.add(f)
		}
		if e := in.disputeOf(prev); e != nil {
			add("B14.disputed", []anomaly.Arg{anomaly.DateArg("date", e.At)}, e.Source)
			return
		}
		if prev.DueOn.IsZero() {
			out.skip("B14", noDueDate)
			return
		}
		var paid anomaly.Decimal
		var last *anomaly.Event
		for i := range in.History.Events {
			e := &in.History.Events[i]
			if e.Kind == eventPayment && in.pays(e, prev) && e.At <= prev.DueOn && e.Amount.Valid {
				paid, _ = anomaly.Add(paid, e.Amount.Decimal)
				last = e
			}
		}
		if last != nil && prev.Amount.Valid && paid.Cmp(prev.Amount.Decimal) >= 0 {
			add("B14.paid", []anomaly.Arg{anomaly.DateArg("date", last.At), anomaly.DateArg("due", prev.DueOn)}, last.Source)
		}
	},
}

const eventPayment = "payment"

// pays reports whether a payment is for a bill: it names it, or names none and was
// made between its issue and the next bill.
func (in *Input) pays(e *anomaly.Event, b *anomaly.Bill) bool {
	if e.Ref != "" {
		return e.Ref == b.ID
	}
	return e.At >= b.Period.End && e.At < in.bill.Period.End
}

// disputeOf returns the complaint about a bill that was open when the next was issued.
func (in *Input) disputeOf(b *anomaly.Bill) *anomaly.Event {
	for i := range in.History.Events {
		e := &in.History.Events[i]
		if e.Kind == anomaly.EventComplaint && e.At <= in.issued() && (e.Ref != "" && e.Ref == b.ID || e.Ref == "" && e.At >= b.Period.End && e.At < in.bill.Period.End) &&
			!in.answered(e) {
			return e
		}
	}
	return nil
}

// answered reports whether an answer followed before the bill was issued.
func (in *Input) answered(complaint *anomaly.Event) bool {
	for i := range in.History.Events {
		e := &in.History.Events[i]
		if e.Kind == "answer" && e.At >= complaint.At && e.At <= in.issued() && (e.Ref == "" || e.Ref == complaint.Ref) {
			return true
		}
	}
	return false
}

// issued is the day the bill was issued, or else the day after its period.
func (in *Input) issued() anomaly.Date {
	if !in.bill.IssuedOn.IsZero() {
		return in.bill.IssuedOn
	}
	return in.bill.Period.End
}
