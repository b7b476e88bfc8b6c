package cases

import (
	"cmp"
	"slices"
	"strings"

	"whybill/anomaly"
)

// State is where a case stands.
type State string

// The states. Waiting, VisitPromised, Visited, Resolved and Open have a day by which
// something is due.
const (
	Open            State = "open"             // nobody has answered yet
	WaitingCustomer State = "waiting_customer" // the customer owes us something
	WaitingUs       State = "waiting_us"       // we owe the customer something
	VisitPromised   State = "visit_promised"
	Visited         State = "visited"  // what the visit means is still to be said
	Resolved        State = "resolved" // put right; the customer is still to be told
	Closed          State = "closed"
)

// States lists the states in the order of a case's life.
var States = []State{Open, WaitingCustomer, WaitingUs, VisitPromised, Visited, Resolved, Closed}

// Case is what the entries of one case come to.
type Case struct {
	ID        string
	AccountID string
	Bill      string // the bill in dispute; "" where none was named
	Topic     string // high_bill, feedback, ...
	Feedback  bool   // somebody told us something, and disputes nothing
	// Application is what is applied for, where the case is an application and no dispute.
	Application string
	State       State
	Due         anomaly.Date // what the state waits for is due; zero where it waits for nothing
	DueTime     string
	// DueFrom is the day from which working days were counted up to Due; zero where
	// somebody named the day.
	DueFrom  anomaly.Date
	Opened   anomaly.Date
	Closed   anomaly.Date // zero while it is not
	Answered anomaly.Date // when the customer was last told something
	Outcome  string       // as closed: a cause or anomaly.NothingFound
	Forced   bool         // closed in spite of what was still possible
	Promises []Promise
	Entries  []anomaly.CaseEntry // in order; Entries of the ledger have a number
}

// PromiseState says what became of a promise.
type PromiseState string

// What becomes of promises.
const (
	PromiseOpen    PromiseState = "open"
	PromiseKept    PromiseState = "kept"
	PromiseBroken  PromiseState = "broken" // a visit on another day, or alone where it was to be joint; an answer too late
	PromiseOverdue PromiseState = "overdue"
	PromiseDropped PromiseState = "dropped" // the case was closed over it, for a reason that is on record
	PromiseMoved   PromiseState = "moved"   // before its day another one was promised instead
)

// Promise is a visit or an answer that was promised for a day.
type Promise struct {
	Given, Due anomaly.Date
	DueTime    string
	Answer     bool
	Joint      bool
	Done       int // index into the case's Entries of the visit, answer or other day that came of it; -1 while there is none
}

// Open reports whether nothing has come of the promise yet.
func (p *Promise) Open() bool { return p.Done < 0 }

// Waits reports whether the state waits for something and so has to have a due day.
func (s State) Waits() bool { return s != Closed }

// FromEvents takes from imported events what belongs into the ledger: the rows that the
// ledger itself left among the events are passed over. Events that name no case belong
// to the case that is open, or to one of the account's own, named after it.
func FromEvents(account string, events []anomaly.Event) []anomaly.CaseEntry {
	kinds := map[string]anomaly.CaseKind{
		anomaly.EventComplaint: anomaly.CaseOpen, anomaly.EventFeedback: anomaly.CaseFeedback,
		anomaly.EventVisitPromised: anomaly.CasePromise, anomaly.EventVisitDone: anomaly.CaseVisit,
		anomaly.EventClaim: anomaly.CaseClaim, anomaly.EventEvidence: anomaly.CaseEvidence,
		anomaly.EventAnswer: anomaly.CaseNote, anomaly.EventSelftest: anomaly.CaseSelftest,
	}
	var out []anomaly.CaseEntry
	last := ""
	for i := range events {
		e := &events[i]
		kind, ok := kinds[e.Kind]
		if !ok {
			continue
		}
		if e.Source.File == anomaly.LedgerFile {
			last = e.Ref // a self-test, say, belongs to the case it came after
			continue
		}
		id := cmp.Or(e.Ref, last, account)
		last = id
		entry := anomaly.CaseEntry{
			Case: id, AccountID: account, On: e.At, Time: e.Time, By: e.By, Kind: kind, Due: e.Due, DueTime: e.DueTime,
			Amount: e.Amount, Note: e.Note, Source: e.Source,
		}
		if kind == anomaly.CaseNote {
			entry.Note = strings.TrimSpace("told=yes " + entry.Note)
			if final, _ := entry.Field("final"); final != "no" {
				entry.Kind = anomaly.CaseClose
			}
		}
		if bill, ok := e.Field("bill"); ok {
			entry.Bill = bill
		}
		entry.Outcome, _ = e.Field("found")
		out = append(out, entry)
	}
	return out
}

// Of makes the cases of an account as of a day, of its events, its inspections and its
// ledger; with the zero day, of all that they record.
func Of(h *anomaly.History, ledger []anomaly.CaseEntry, rules *anomaly.CaseRules, asOf anomaly.Date) []Case {
	entries := append(FromEvents(h.Account.ID, h.Events), ledger...)
	toCome := func(on anomaly.Date) bool { return !asOf.IsZero() && on > asOf }
	entries = slices.DeleteFunc(entries, func(e anomaly.CaseEntry) bool { return toCome(e.On) })
	all := Fold(entries, rules)
	var more []anomaly.CaseEntry
	for i := range h.Inspections {
		x := &h.Inspections[i]
		if x.Source.File == anomaly.LedgerFile || x.On.IsZero() || toCome(x.On) {
			continue
		}
		if c := openOn(all, x.On); c != nil && !c.tells(entries, x) {
			more = append(more, anomaly.CaseEntry{
				Case: c.ID, AccountID: h.Account.ID, On: x.On, By: "technician", Kind: anomaly.CaseVisit, Outcome: x.Outcome, Source: x.Source,
			})
		}
	}
	if len(more) == 0 && len(h.Inspections) == 0 {
		return all
	}
	return Fold(append(entries, more...), rules)
}

// openOn returns the dispute to which an inspection of a day belongs: the last one opened
// by then that was open.
func openOn(all []Case, on anomaly.Date) *Case {
	var c *Case
	for i := range all {
		if x := &all[i]; x.Disputes() && x.Opened <= on && (x.Closed.IsZero() || on <= x.Closed) {
			c = x
		}
	}
	return c
}

// tells reports whether an entry of the case records the same visit as an inspection. A
// visit that does not say what it found has it from the inspection.
func (c *Case) tells(entries []anomaly.CaseEntry, x *anomaly.Inspection) bool {
	for i := range entries {
		e := &entries[i]
		if e.Case == c.ID && e.Kind == anomaly.CaseVisit && e.On == x.On {
			e.Outcome = cmp.Or(e.Outcome, x.Outcome)
			return true
		}
	}
	return false
}

// Fold makes the cases of entries, in the order in which they were opened. Entries of
// one case are taken in order of time; of one moment, what opens a case first and then in
// the order in which they stand. What was imported is taken as it is: nothing in the past
// is refused.
func Fold(entries []anomaly.CaseEntry, rules *anomaly.CaseRules) []Case {
	sorted := slices.Clone(entries)
	slices.SortStableFunc(sorted, func(a, b anomaly.CaseEntry) int {
		return cmp.Or(cmp.Compare(a.On, b.On), strings.Compare(a.Time, b.Time), later(a.Kind)-later(b.Kind))
	})
	var all []Case
	for i := range sorted {
		e := &sorted[i]
		at := slices.IndexFunc(all, func(c Case) bool { return c.ID == e.Case })
		if at < 0 {
			all = append(all, Case{ID: e.Case, AccountID: e.AccountID, State: Open, Opened: e.On, Feedback: e.Kind == anomaly.CaseFeedback})
			at = len(all) - 1
			all[at].reply(Open, e.On, rules)
			if e.Kind == anomaly.CaseApplication {
				all[at].Application, _ = e.Field("application")
				if !e.Due.IsZero() {
					all[at].wait(Open, e.Due, e.DueTime)
				}
			}
		}
		all[at].apply(e, rules)
	}
	return all
}

// later sorts what begins a case before what else happened in the same moment.
func later(k anomaly.CaseKind) int {
	if k.Begins() {
		return 0
	}
	return 1
}

// Find returns the case with this id.
func Find(all []Case, id string) (*Case, bool) {
	for i := range all {
		if all[i].ID == id {
			return &all[i], true
		}
	}
	return nil, false
}

// apply takes one entry over.
func (c *Case) apply(e *anomaly.CaseEntry, rules *anomaly.CaseRules) {
	c.Entries = append(c.Entries, *e)
	c.Bill = cmp.Or(e.Bill, c.Bill)
	if topic, ok := e.Field("topic"); ok {
		c.Topic = topic
	}
	if c.State == Closed && (e.Kind.Begins() || e.Kind == anomaly.CaseReopen || e.Kind == anomaly.CasePromise || e.Kind == anomaly.CaseVisit) {
		// Files do not say that a case was opened again; what is done in it does.
		c.Closed, c.Outcome, c.Forced = 0, "", false
		c.reply(Open, e.On, rules)
	}
	switch e.Kind {
	case anomaly.CaseNote:
		c.note(e, rules)
	case anomaly.CasePromise:
		for i := range c.Promises {
			if p := &c.Promises[i]; p.Open() && !p.Answer && e.On < p.Due {
				p.Done = len(c.Entries) - 1
			}
		}
		c.Promises = append(c.Promises, Promise{Given: e.On, Due: e.Due, DueTime: e.DueTime, Joint: e.Has("joint"), Done: -1})
		c.wait(VisitPromised, e.Due, e.DueTime)
	case anomaly.CaseVisit:
		c.settle(false)
		c.reply(Visited, e.On, rules)
	case anomaly.CaseEvidence, anomaly.CaseSelftest:
		if c.State == WaitingCustomer {
			c.reply(WaitingUs, e.On, rules)
		}
	case anomaly.CaseClose:
		c.settle(true)
		if e.Has("forced") {
			c.settle(false)
		}
		c.Answered, c.Closed, c.Outcome, c.Forced = e.On, e.On, e.Outcome, e.Has("forced")
		c.wait(Closed, 0, "")
	}
}

// settle puts the last entry down as what came of the promises that were open: a visit of
// promised visits, an answer of promised answers. Each is held to its own day. Closing by
// force drops promised visits.
func (c *Case) settle(answer bool) {
	for i := range c.Promises {
		if p := &c.Promises[i]; p.Open() && p.Answer == answer {
			p.Done = len(c.Entries) - 1
		}
	}
}

func (c *Case) note(e *anomaly.CaseEntry, rules *anomaly.CaseRules) {
	if e.Has("told") {
		c.Answered = e.On
		c.settle(true)
	}
	if c.Feedback && e.Has("told") || c.Application != "" && (e.Has("applied") || e.Has("rejected")) {
		c.Closed = e.On
		c.wait(Closed, 0, "")
		return
	}
	switch waits, _ := e.Field("waits"); {
	case waits == "customer":
		c.wait(WaitingCustomer, e.Due, e.DueTime)
	case waits == "us":
		c.Promises = append(c.Promises, Promise{Given: e.On, Due: e.Due, DueTime: e.DueTime, Answer: true, Done: -1})
		c.wait(WaitingUs, e.Due, e.DueTime)
	case e.Has("resolved"):
		c.reply(Resolved, e.On, rules)
	case e.Has("told") && c.State == WaitingUs:
		c.reply(WaitingUs, e.On, rules) // what was promised is given; what follows is still ours
	}
}

// reply waits in a state until the day by which somebody has to be answered.
func (c *Case) reply(s State, began anomaly.Date, rules *anomaly.CaseRules) {
	c.wait(s, replyDue(began, rules), "")
	c.DueFrom = began
}

func (c *Case) wait(s State, due anomaly.Date, clock string) {
	c.State, c.Due, c.DueTime, c.DueFrom = s, due, clock, 0
}

// replyDue is the day by which somebody has to be answered: the shortest clock in force.
func replyDue(began anomaly.Date, rules *anomaly.CaseRules) anomaly.Date {
	var due anomaly.Date
	for i := range rules.Clocks {
		c := &rules.Clocks[i]
		if !c.InForce(began) {
			continue
		}
		if d := c.Due(began, &rules.Calendar); due == 0 || d < due {
			due = d
		}
	}
	if due == 0 {
		due = rules.Calendar.AddWorkingDays(began, 5)
	}
	return due
}

// Overdue reports whether what the case waits for should have happened before a day.
func (c *Case) Overdue(asOf anomaly.Date) bool {
	return c.State.Waits() && !c.Due.IsZero() && c.Due < asOf
}

// Age returns the days since the case was opened, until it was closed or asOf.
func (c *Case) Age(asOf anomaly.Date) int {
	if !c.Closed.IsZero() && c.Closed < asOf {
		asOf = c.Closed
	}
	return max(0, asOf.Sub(c.Opened))
}

// Reference is the case's id, or "" where it is known by nothing but its account: what
// may be shown to the people that feedback is about.
func (c *Case) Reference() string {
	if c.ID == c.AccountID {
		return ""
	}
	return c.ID
}

// PromiseState says what became of a promise as of a day.
func (c *Case) PromiseState(p *Promise, asOf anomaly.Date) PromiseState {
	switch {
	case p.Open() && asOf > p.Due:
		return PromiseOverdue
	case p.Open():
		return PromiseOpen
	}
	done := &c.Entries[p.Done]
	if done.Kind == anomaly.CasePromise {
		return PromiseMoved
	}
	late := done.On > p.Due
	switch {
	case p.Answer && late:
		return PromiseBroken
	case p.Answer:
		return PromiseKept
	case done.Kind == anomaly.CaseClose && late:
		return PromiseOverdue
	case done.Kind == anomaly.CaseClose:
		return PromiseDropped
	}
	present, said := done.Field("present")
	if done.On != p.Due || p.Joint && said && present != "yes" {
		return PromiseBroken
	}
	return PromiseKept
}

// Disputes reports whether the case is a dispute: somebody complained, in so many words.
func (c *Case) Disputes() bool {
	return slices.ContainsFunc(c.Entries, func(e anomaly.CaseEntry) bool { return e.Kind == anomaly.CaseOpen })
}
