package anomaly

// Concerns reports whether an event is about a bill, as far as is known on a day. An
// event that names a bill, by its Ref or as bill= in its note, is about that one. Any
// other is about the bill that was the latest when it happened; one without a day, about
// every bill.
func (h *History) Concerns(e *Event, bill int, asOf Date) bool {
	if !asOf.IsZero() && e.At > asOf {
		return false
	}
	inNote, _ := e.Field("bill")
	for _, key := range [...]string{inNote, e.Ref} {
		if key == "" {
			continue
		}
		if named := h.BillIndex(key); named >= 0 {
			return named == bill
		}
	}
	if e.At.IsZero() {
		return true
	}
	from, until := h.Window(bill)
	return from <= e.At && e.At < until
}

// Window returns the days in which what happens is about a bill unless it says
// otherwise: from the bill's closing day to the day before the next bill's.
func (h *History) Window(bill int) (from, until Date) {
	from, until = h.Bills[bill].Period.End, MaxDate
	if next := h.after(bill); next >= 0 {
		until = h.Bills[next].Period.End
	}
	return from, until
}

// StillConcerns is Concerns for what a dispute consists of, which goes on until it is
// answered: an open dispute about the bill before is also about the bill that came since.
func (h *History) StillConcerns(e *Event, bill int, asOf Date) bool {
	if h.Concerns(e, bill, asOf) {
		return true
	}
	before := h.before(bill)
	if before < 0 || e.At.IsZero() || !h.Concerns(e, before, asOf) {
		return false
	}
	until := asOf
	if until.IsZero() {
		until = MaxDate
	}
	return h.SettledBy(e, until) == nil
}

// SettledBy returns the answer that ended a dispute by a day; nil while it is open. An
// answer that says final=no goes on with it.
func (h *History) SettledBy(dispute *Event, day Date) *Event {
	for i := range h.Events {
		n := &h.Events[i]
		if n.Kind != EventAnswer || n.At < dispute.At || n.At > day || n.Ref != "" && dispute.Ref != "" && n.Ref != dispute.Ref {
			continue
		}
		if final, _ := n.Field("final"); final != "no" {
			return n
		}
	}
	return nil
}

// Asked reports whether somebody has asked about a bill, or still waits for an answer
// about the one before: a complaint, a claim of the customer's, a self-test, a promised visit.
func (h *History) Asked(bill int, asOf Date) bool {
	for i := range h.Events {
		e := &h.Events[i]
		switch e.Kind {
		case EventClaim:
			if e.ByCustomer() && h.StillConcerns(e, bill, asOf) {
				return true
			}
		case EventComplaint, EventSelftest, EventVisitPromised:
			if h.StillConcerns(e, bill, asOf) {
				return true
			}
		}
	}
	return false
}

// ByCustomer reports whether it was the customer who said it: what an agent says of a
// bill is no evidence about it.
func (e *Event) ByCustomer() bool {
	by, ok := e.Field("by")
	if !ok {
		by = e.By
	}
	return by == "customer"
}

// after returns the next bill that counts and closes after this one, or -1.
func (h *History) after(bill int) int {
	for i := bill + 1; i < len(h.Bills); i++ {
		if b := &h.Bills[i]; !b.Cancelled && b.Period.End > h.Bills[bill].Period.End {
			return i
		}
	}
	return -1
}

// before returns the last bill that counts and closed before this one, or -1.
func (h *History) before(bill int) int {
	for i := bill - 1; i >= 0; i-- {
		if b := &h.Bills[i]; !b.Cancelled && b.Period.End < h.Bills[bill].Period.End {
			return i
		}
	}
	return -1
}
