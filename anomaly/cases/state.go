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
	State     State
	Due       anomaly.Date // what the state waits for is due; zero where it waits for nothing
	DueTime   string
	Opened    anomaly.Date
	Closed    anomaly.Date // zero while it is not
	Answered  anomaly.Date // when the customer was last told something
	Outcome   string       // as closed: a cause or anomaly.NothingFound
	Forced    bool         // closed in spite of what was still possible
	Promises  []Promise
	Entries   []anomaly.CaseEntry // in order; Entries of the ledger have a number
}

// PromiseState says what became of a promised visit.
type PromiseState string

// What becomes of promises.
const (
	PromiseOpen    PromiseState = "open"
	PromiseKept    PromiseState = "kept"
	PromiseBroken  PromiseState = "broken" // made on another day, or alone where it was to be joint
	PromiseOverdue PromiseState = "overdue"
)

// Promise is a visit that was promised.
type Promise struct {
	Given, Due anomaly.Date
	DueTime    string
	Joint      bool
	Visit      int // index into the case's Entries of the visit made on it; -1 where none was
}

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
			if entry.Has("final") {
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

// Fold makes the cases of entries, in the order in which they were opened. Entries of
// one case are taken in order of time; of one moment, in the order in which they stand.
// What was imported is taken as it is: nothing in the past is refused.
func Fold(entries []anomaly.CaseEntry, rules *anomaly.CaseRules) []Case {
	sorted := slices.Clone(entries)
	slices.SortStableFunc(sorted, func(a, b anomaly.CaseEntry) int {
		return cmp.Or(cmp.Compare(a.On, b.On), strings.Compare(a.Time, b.Time))
	})
	var all []Case
	for i := range sorted {
		e := &sorted[i]
		at := slices.IndexFunc(all, func(c Case) bool { return c.ID == e.Case })
		if at < 0 {
			all = append(all, Case{ID: e.Case, AccountID: e.AccountID, State: Open, Opened: e.On, Feedback: e.Kind == anomaly.CaseFeedback})
			at = len(all) - 1
			all[at].wait(Open, replyDue(e.On, rules), "")
		}
		all[at].apply(e, rules)
	}
	return all
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
	switch e.Kind {
	case anomaly.CaseReopen:
		c.Closed, c.Outcome, c.Forced = 0, "", false
		c.wait(Open, replyDue(e.On, rules), "")
	case anomaly.CaseNote:
		c.note(e, rules)
	case anomaly.CasePromise:
		c.Promises = append(c.Promises, Promise{Given: e.On, Due: e.Due, DueTime: e.DueTime, Joint: e.Has("joint"), Visit: -1})
		c.wait(VisitPromised, e.Due, e.DueTime)
	case anomaly.CaseVisit:
		for i := len(c.Promises) - 1; i >= 0; i-- {
			if c.Promises[i].Visit < 0 {
				c.Promises[i].Visit = len(c.Entries) - 1
				break
			}
		}
		c.wait(Visited, replyDue(e.On, rules), "")
	case anomaly.CaseEvidence, anomaly.CaseSelftest:
		if c.State == WaitingCustomer {
			c.wait(WaitingUs, replyDue(e.On, rules), "")
		}
	case anomaly.CaseClose:
		c.Answered, c.Closed, c.Outcome, c.Forced = e.On, e.On, e.Outcome, e.Has("forced")
		c.wait(Closed, 0, "")
	}
}

func (c *Case) note(e *anomaly.CaseEntry, rules *anomaly.CaseRules) {
	if e.Has("told") {
		c.Answered = e.On
		if c.Feedback {
			c.Closed = e.On
			c.wait(Closed, 0, "")
			return
		}
	}
	switch waits, _ := e.Field("waits"); {
	case waits == "customer":
		c.wait(WaitingCustomer, e.Due, e.DueTime)
	case waits == "us":
		c.wait(WaitingUs, e.Due, e.DueTime)
	case e.Has("resolved"):
		c.wait(Resolved, replyDue(e.On, rules), "")
	}
}

func (c *Case) wait(s State, due anomaly.Date, clock string) {
	c.State, c.Due, c.DueTime = s, due, clock
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

// PromiseState says what became of a promise as of a day.
func (c *Case) PromiseState(p *Promise, asOf anomaly.Date) PromiseState {
	switch {
	case p.Visit < 0 && asOf > p.Due:
		return PromiseOverdue
	case p.Visit < 0:
		return PromiseOpen
	}
	visit := &c.Entries[p.Visit]
	present, said := visit.Field("present")
	if visit.On != p.Due || p.Joint && said && present != "yes" {
		return PromiseBroken
	}
	return PromiseKept
}

// Disputes reports whether the case is a dispute: somebody complained, in so many words.
func (c *Case) Disputes() bool {
	return slices.ContainsFunc(c.Entries, func(e anomaly.CaseEntry) bool { return e.Kind == anomaly.CaseOpen })
}
