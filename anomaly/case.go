package anomaly

import "strings"

// LedgerFile is the name under which the case ledger stands as a source: the row is the
// entry's number.
const LedgerFile = "case ledger"

// CaseKind is what an entry of the case ledger records.
type CaseKind string

// The kinds of entries.
const (
	CaseOpen        CaseKind = "open"
	CaseNote        CaseKind = "note"
	CasePromise     CaseKind = "promise"
	CaseVisit       CaseKind = "visit"
	CaseEvidence    CaseKind = "evidence"
	CaseClaim       CaseKind = "claim"
	CaseClose       CaseKind = "close"
	CaseReopen      CaseKind = "reopen"
	CaseFeedback    CaseKind = "feedback"
	CaseApplication CaseKind = "application"
	CaseSelftest    CaseKind = "selftest"
)

// CaseEntry is one entry of the case ledger: what was done about a dispute, by whom and
// when. Entries are added and never changed; a correction is another entry.
type CaseEntry struct {
	Seq       int64  // its number in the ledger, from 1; 0 for what an imported event says
	Case      string // the case it belongs to
	AccountID string
	Bill      string // the key of the bill in dispute; "" where none is named
	On        Date   // civil, in the desk's zone, as is Time ("15:04" or "")
	Time      string
	By        string // who wrote it
	Kind      CaseKind
	Due       Date // what was promised or asked for is due
	DueTime   string
	Amount    NullDecimal
	Outcome   string // of a visit or on closing: a cause, or NothingFound
	// Note holds facts as key=value pairs, as in an Event. The only name in it is the one
	// on an application's form, which is held against the master data.
	Note string
	// Text is what was said, in anybody's words. It stays in the ledger: no event, no
	// finding, no export and no work sheet carries it.
	Text   string
	Source Source
}

// Field returns the value of key in the note's key=value pairs.
func (e *CaseEntry) Field(key string) (value string, ok bool) {
	event := Event{Note: e.Note}
	return event.Field(key)
}

// Has reports whether the note says key=yes.
func (e *CaseEntry) Has(key string) bool { v, _ := e.Field(key); return v == "yes" }

// eventKinds are the events as which entries are seen by the checks.
var eventKinds = map[CaseKind]string{
	CaseOpen: EventComplaint, CaseReopen: EventComplaint, CasePromise: EventVisitPromised, CaseVisit: EventVisitDone,
	CaseEvidence: EventEvidence, CaseClaim: EventClaim, CaseClose: EventAnswer, CaseFeedback: EventFeedback,
}

// Begins reports whether an entry of this kind begins a case.
func (k CaseKind) Begins() bool {
	return k == CaseOpen || k == CaseFeedback || k == CaseApplication
}

// What an application asks for, in the field "application".
const (
	ApplicationPlan    = "plan"
	ApplicationAccount = "payment_account"
)

// What a note says was sent, in the field "sent".
const (
	SentReminder = "reminder"
	SentSurvey   = "survey"
)

// Event returns the entry as the checks see it: what happened, without anybody's words
// or name. ok is false for entries that are nobody's business but the desk's.
func (e *CaseEntry) Event() (event Event, ok bool) {
	kind, ok := eventKinds[e.Kind]
	note := e.Note
	sent, _ := e.Field("sent")
	about, _ := e.Field("application")
	switch {
	case sent != "":
		kind, ok = EventNoticeSent, true
		if sent == SentSurvey {
			note = "survey=yes " + note
		}
	case e.Kind == CaseNote && e.Has("applied"):
		kind, ok = EventPlanEffective, true
		if about == ApplicationAccount {
			kind = EventAccountChanged
		}
	case e.Kind == CaseApplication:
		kind, ok = EventPlanRequested, true
		if about == ApplicationAccount {
			kind = EventAccountChange
		}
	case e.Kind == CaseNote && e.Has("told"):
		kind, ok = EventAnswer, true
	case e.Kind == CaseClose:
		note = strings.TrimSpace("final=yes " + note)
	}
	if !ok {
		return Event{}, false
	}
	if e.Outcome != "" {
		note = strings.TrimSpace("found=" + e.Outcome + " " + note)
	}
	if e.Bill != "" {
		note = strings.TrimSpace("bill=" + e.Bill + " " + note)
	}
	by := map[CaseKind]string{CaseOpen: "customer", CaseReopen: "customer", CaseFeedback: "customer", CaseApplication: "customer", CaseVisit: "technician"}[e.Kind]
	if by == "" {
		by = "agent"
	}
	return Event{
		AccountID: e.AccountID, At: e.On, Time: e.Time, Kind: kind, Due: e.Due, DueTime: e.DueTime,
		Ref: e.Case, Amount: e.Amount, Note: note, By: by, Source: Source{File: LedgerFile, Row: int32(e.Seq)},
	}, true
}

// More kinds of events that the engine acts on.
const (
	EventAnswer         = "answer"
	EventEvidence       = "evidence"
	EventFeedback       = "feedback"
	EventNoticeSent     = "notice_sent"
	EventPlanRequested  = "plan_change_requested"
	EventPlanEffective  = "plan_change_effective"
	EventAccountChange  = "payment_account_change_requested"
	EventAccountChanged = "payment_account_change_applied"
)
