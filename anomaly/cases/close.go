package cases

import (
	"slices"

	"whybill/anomaly"
)

// Refusal is why an entry may not be added; it is for users.
type Refusal struct{ message, hint anomaly.Message }

// UserMessage returns what is refused and what to do instead.
func (r *Refusal) UserMessage() (message, hint anomaly.Message) { return r.message, r.hint }

// Error is for logs: users are shown UserMessage.
func (r *Refusal) Error() string { return "cases: " + r.message.Key }

func refuse(key string, args ...anomaly.Arg) *Refusal {
	return &Refusal{message: anomaly.Msg(key, args...), hint: anomaly.Msg(key + ".hint")}
}

// Check reports why an entry may not be added to a case; c is nil where there is no such
// case yet. A state that waits has to have a day on which something is due.
func Check(c *Case, e *anomaly.CaseEntry) error {
	id := anomaly.TextArg("case", e.Case)
	switch {
	case c == nil && !e.Kind.Begins():
		return refuse("case.unknown", id)
	case c == nil:
		return nil
	case e.Kind.Begins():
		return refuse("case.exists", id)
	case e.On < c.Opened:
		return refuse("case.before_opening", id, anomaly.DateArg("opened", c.Opened))
	case c.State == Closed && e.Kind != anomaly.CaseReopen && e.Kind != anomaly.CaseNote:
		return refuse("case.closed", id, anomaly.DateArg("on", c.Closed))
	case c.State != Closed && e.Kind == anomaly.CaseReopen:
		return refuse("case.not_closed", id)
	case e.Kind == anomaly.CasePromise && e.Due < e.On:
		return refuse("case.promise_in_past", id)
	}
	if c.Application == "" && (e.Has("applied") || e.Has("rejected")) {
		return refuse("case.no_application", id)
	}
	waits, ok := e.Field("waits")
	switch {
	case ok && c.State == Closed:
		return refuse("case.closed", id, anomaly.DateArg("on", c.Closed))
	case ok && (e.Due.IsZero() || e.Due < e.On):
		return refuse("case.no_due_day", anomaly.TermArg("state", "state.waiting_"+waits))
	}
	return nil
}

// Another reports why another complaint may not be put on record: a dispute of the same
// account is open on its day.
func Another(all []Case, e *anomaly.CaseEntry) error {
	for i := range all {
		if c := &all[i]; c.ID != e.Case && c.Disputes() && c.State != Closed && c.Opened <= e.On {
			return refuse("case.another", anomaly.TextArg("case", c.ID), anomaly.TextArg("account", c.AccountID), anomaly.DateArg("opened", c.Opened))
		}
	}
	return nil
}

// ActionTable is what actions can see; package decide's model is one.
type ActionTable interface {
	// Sees returns the probability that an action turns something up if the cause is true.
	Sees(a anomaly.Action, c anomaly.Cause) float64
	// Live returns the causes of a posterior that are still in play.
	Live(causes []anomaly.CauseProbability) []anomaly.Cause
	// SettledBy returns the action that puts a cause right.
	SettledBy(c anomaly.Cause) anomaly.Action
}

// Looks lists what a visit may have looked at, in order.
func Looks() []string {
	return anomaly.VisitParts()
}

// lookedAt returns what a visit looked at.
func lookedAt(e *anomaly.CaseEntry) []string {
	looked, _ := e.Field("looked_at")
	parts, _ := anomaly.LookedAt(looked)
	return parts
}

// seenBy returns the probability that an entry would have turned a cause up.
func seenBy(e *anomaly.CaseEntry, c anomaly.Cause, table ActionTable) float64 {
	switch e.Kind {
	case anomaly.CaseSelftest:
		return table.Sees(anomaly.ActionSelftest, c)
	case anomaly.CaseVisit:
		for _, part := range lookedAt(e) {
			if finds, _ := anomaly.PartFinds(part, c); finds {
				return table.Sees(anomaly.ActionInspect, c)
			}
		}
	}
	return 0
}

// enough is the probability from which on what was done could have found a cause.
const enough = 0.5

// Unseen returns the causes that are still in play, need somebody to look at the meter or
// the premise, and that nothing done in the case since it was last opened could have
// found with a probability of at least a half.
func Unseen(c *Case, causes []anomaly.CauseProbability, table ActionTable) []anomaly.Cause {
	var out []anomaly.Cause
	for _, cause := range table.Live(causes) {
		if by := table.SettledBy(cause); by != anomaly.ActionInspect && by != anomaly.ActionReread {
			continue
		}
		missed := 1.0
		for i := range c.Entries {
			e := &c.Entries[i]
			if e.Kind == anomaly.CaseReopen {
				missed = 1
			}
			missed *= 1 - seenBy(e, cause, table)
		}
		if 1-missed < enough {
			out = append(out, cause)
		}
	}
	return out
}

// found returns the last visit since the case was last opened that found a cause, nil
// where the last one that says what it found found nothing.
func (c *Case) found() *anomaly.CaseEntry {
	for i := len(c.Entries) - 1; i >= 0 && c.Entries[i].Kind != anomaly.CaseReopen; i-- {
		e := &c.Entries[i]
		if e.Kind != anomaly.CaseVisit || e.Outcome == "" {
			continue
		}
		if e.Outcome != anomaly.NothingFound {
			return e
		}
		if !anomaly.FaceOnly(lookedAt(e)) {
			return nil
		}
	}
	return nil
}

// Close reports why a case may not be closed with an outcome: a cause that was found, or
// anomaly.NothingFound. causes is what is possible now. An entry that says forced=yes with
// a reason in its text closes it all the same, and that stays on record.
func Close(c *Case, e *anomaly.CaseEntry, causes []anomaly.CauseProbability, table ActionTable) error {
	if e.Outcome != anomaly.NothingFound && !slices.Contains(anomaly.Causes, anomaly.Cause(e.Outcome)) {
		return refuse("case.close_no_cause", anomaly.TextArg("cause", e.Outcome))
	}
	if evidence, _ := e.Field("evidence"); evidence == "" {
		return refuse("case.close_no_evidence")
	}
	if told, _ := e.Field("told"); told == "" {
		return refuse("case.close_not_told")
	}
	if e.Has("forced") {
		return nil
	}
	for i := range c.Promises {
		if p := &c.Promises[i]; p.Open() {
			key := "case.close_promise"
			if p.Answer {
				key = "case.close_answer"
			}
			return refuse(key, anomaly.DateArg("due", p.Due), anomaly.TermArg("day", "weekday."+p.Due.Weekday().String()))
		}
	}
	if e.Outcome != anomaly.NothingFound {
		return nil
	}
	if v := c.found(); v != nil {
		return refuse("case.close_found", anomaly.DateArg("on", v.On), anomaly.TermArg("cause", v.Outcome))
	}
	unseen := Unseen(c, causes, table)
	if len(unseen) == 0 {
		return nil
	}
	// The three most probable say enough.
	args := []anomaly.Arg{anomaly.TermArg("first", string(unseen[0])), anomaly.CountArg("count", len(unseen))}
	key := "case.close_unseen_untried"
	for i := range c.Entries {
		if c.Entries[i].Kind == anomaly.CaseVisit || c.Entries[i].Kind == anomaly.CaseSelftest {
			key = "case.close_unseen"
		}
	}
	return &Refusal{message: anomaly.Msg(key, args...), hint: anomaly.Msg("case.close_unseen.hint")}
}

// Repeat reports why another visit may not be promised: the last visit that could find
// something found nothing, and the new one goes with no new idea. hypothesis is the cause
// that it is to look for; "" where none is named.
func Repeat(c *Case, hypothesis string) error {
	for i := len(c.Entries) - 1; i >= 0; i-- {
		e := &c.Entries[i]
		if e.Kind != anomaly.CaseVisit {
			continue
		}
		parts := lookedAt(e)
		if e.Outcome != anomaly.NothingFound || anomaly.FaceOnly(parts) {
			return nil // it could find nothing, or it found something
		}
		for _, part := range parts {
			if finds, _ := anomaly.PartFinds(part, anomaly.Cause(hypothesis)); finds {
				return refuse("case.repeat_same", anomaly.DateArg("on", e.On), anomaly.TermArg("cause", hypothesis))
			}
		}
		if hypothesis == "" {
			return refuse("case.repeat", anomaly.DateArg("on", e.On))
		}
		return nil
	}
	return nil
}
