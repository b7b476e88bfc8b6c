package cases

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"whybill/anomaly"
)

func day(s string) anomaly.Date { return anomaly.MustDate(s) }

func TestWorkingDays(t *testing.T) {
	cal := &Default().Calendar
	for _, c := range []struct {
		situation string
		from      string
		days      int
		want      string
	}{
		{"a week without holidays", "2026-03-09", 5, "2026-03-16"},
		{"from a Saturday: Monday is the first", "2026-03-14", 1, "2026-03-16"},
		{"over Lunar New Year: 16 to 20 February are off", "2026-02-13", 1, "2026-02-23"},
		{"10 October 2026 is a Saturday, so the Friday before is off", "2026-10-08", 1, "2026-10-12"},
		{"8 February 2025 is a Saturday that is worked", "2025-02-07", 1, "2025-02-08"},
		{"and the Monday that it stands for is off", "2025-01-24", 1, "2025-01-28"},
		{"no days", "2026-10-10", 0, "2026-10-10"},
	} {
		if got := cal.AddWorkingDays(day(c.from), c.days); got != day(c.want) {
			t.Errorf("%s: %d working days after %s is %s, want %s", c.situation, c.days, c.from, got, c.want)
		}
		if got := cal.WorkingDays(day(c.from), day(c.want)); got != c.days {
			t.Errorf("%s: %d working days counted back, want %d", c.situation, got, c.days)
		}
	}
}

func TestDaysOff(t *testing.T) {
	verified := Default().Calendar
	verified.Unverified = false
	for _, c := range []struct {
		situation   string
		cal         *anomaly.Calendar
		from, until string
		want        anomaly.DaysOff
	}{
		{"no day off among them", &Default().Calendar, "2026-03-09", "2026-03-16", anomaly.DaysOffKnown},
		{"one that nobody has held against the decree", &Default().Calendar, "2026-10-08", "2026-10-12", anomaly.DaysOffUnverified},
		{"somebody has", &verified, "2026-10-08", "2026-10-12", anomaly.DaysOffKnown},
		{"the first day does not count", &Default().Calendar, "2026-10-09", "2026-10-12", anomaly.DaysOffKnown},
		{"a year of which two days are listed as an example", &Default().Calendar, "2025-02-07", "2025-02-08", anomaly.DaysOffUnknown},
		{"a year that is not listed", &verified, "2027-03-08", "2027-03-15", anomaly.DaysOffUnknown},
		{"from the last day of the year before", &verified, "2025-12-31", "2026-01-05", anomaly.DaysOffKnown},
		{"into a year that is not listed", &verified, "2026-12-30", "2027-01-05", anomaly.DaysOffUnknown},
		{"a calendar that says nothing", &anomaly.Calendar{}, "2026-03-09", "2026-03-16", anomaly.DaysOffUnknown},
	} {
		if got := c.cal.DaysOff(day(c.from), day(c.until)); got != c.want {
			t.Errorf("%s: %s, want %s", c.situation, got, c.want)
		}
	}
}

func TestOpeningHours(t *testing.T) {
	cal := &Default().Calendar
	for _, c := range []struct {
		on, clock string
		open      bool
		next      string
	}{
		{"2026-10-17", "", false, "2026-10-19"},      // Saturday
		{"2026-10-19", "08:29", false, "2026-10-19"}, // before opening
		{"2026-10-19", "08:30", true, "2026-10-19"},
		{"2026-10-19", "17:30", false, "2026-10-20"}, // the end is not included
		{"2026-10-09", "10:00", false, "2026-10-12"}, // moved by decree
		{"2025-02-08", "10:00", true, "2025-02-08"},  // a Saturday that is worked
	} {
		if got := cal.OpenAt(day(c.on), c.clock); got != c.open {
			t.Errorf("%s %s: open %t, want %t", c.on, c.clock, got, c.open)
		}
		if got := cal.NextOpen(day(c.on), c.clock); got != day(c.next) {
			t.Errorf("%s %s: the next day is %s, want %s", c.on, c.clock, got, c.next)
		}
	}
	var plain anomaly.Calendar
	if !plain.Works(day("2026-10-19")) || plain.Works(day("2026-10-18")) {
		t.Error("a calendar that says nothing works from Monday to Friday")
	}
}

func TestWhen(t *testing.T) {
	cal := &Default().Calendar
	for _, c := range []struct{ text, on, clock string }{
		{"2026-03-09", "2026-03-09", ""},
		{"2026-03-09T14:30", "2026-03-09", "14:30"},
		{"2026-03-09 14:30", "2026-03-09", "14:30"},
		{"2026-10-16T17:30:00Z", "2026-10-17", "01:30"}, // Taipei is eight hours ahead: the next day
		{"2026-10-17T01:30:00+08:00", "2026-10-17", "01:30"},
	} {
		on, clock, err := When(c.text, cal)
		if err != nil || on != day(c.on) || clock != c.clock {
			t.Errorf("%s is %s %s (%v), want %s %s", c.text, on, clock, err, c.on, c.clock)
		}
	}
	for _, text := range []string{"", "yesterday", "2026-02-30", "2026-03-09T25:00"} {
		if _, _, err := When(text, cal); err == nil {
			t.Errorf("%q was taken for a time", text)
		}
	}
}

func TestRulesFile(t *testing.T) {
	text := string(DefaultFile())
	for _, c := range []struct{ situation, from, to, want string }{
		{"another version", "version = 1", "version = 2", "version 2"},
		{"a word that nothing knows", "[record]", "[record]\nweeks = 3", "record.weeks"},
		{"a zone that is not there", "Asia/Taipei", "Asia/Nowhere", "Asia/Nowhere"},
		{"hours that run backwards", `monday    = ["08:30", "17:30"]`, `monday    = ["17:30", "08:30"]`, "calendar.monday"},
		{"a clock without a source", `source = "historic rule`, `source = ""  # "historic rule`, "clock 2"},
		{"a day twice", "2026-01-01", "2026-02-16", "twice"},
		{"an amount that is none", `TWD = "600"`, `TWD = "much"`, "TWD"},
		{"probabilities the wrong way round", "[0.10, 0.50]", "[0.50, 0.10]", "goodwill.leave"},
	} {
		changed := strings.Replace(text, c.from, c.to, 1)
		if changed == text {
			t.Fatalf("%s: %q does not stand in the file", c.situation, c.from)
		}
		_, err := Load(strings.NewReader(changed))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v; it does not name %s", c.situation, err, c.want)
		}
	}
	var historic *anomaly.Clock
	for i, c := range Default().Clocks {
		if c.ID == "test_within_10_days" {
			historic = &Default().Clocks[i]
		}
	}
	if historic == nil || historic.InForce(day("1994-01-01")) || !strings.Contains(historic.Source, "historic") {
		t.Errorf("the historic rule is %+v: it is on record, off and labelled", historic)
	}
}

// table is an action table of round numbers.
type table struct{}

func (table) Sees(a anomaly.Action, c anomaly.Cause) float64 {
	switch {
	case a == anomaly.ActionInspect:
		return 0.8
	case a == anomaly.ActionSelftest && c == anomaly.CauseTappedByOthers:
		return 0.55
	}
	return 0
}

func (table) SettledBy(c anomaly.Cause) anomaly.Action {
	if c == anomaly.CauseMoreAppliances {
		return anomaly.ActionExplain
	}
	return anomaly.ActionInspect
}

func (table) Live(causes []anomaly.CauseProbability) []anomaly.Cause {
	var all []anomaly.Cause
	for _, c := range causes {
		all = append(all, c.Cause)
	}
	return all
}

func entry(on string, kind anomaly.CaseKind, note string) anomaly.CaseEntry {
	return anomaly.CaseEntry{Case: "D-1", AccountID: "A", On: day(on), Kind: kind, Note: note}
}

func due(e anomaly.CaseEntry, on string) anomaly.CaseEntry { e.Due = day(on); return e }

func found(e anomaly.CaseEntry, outcome string) anomaly.CaseEntry { e.Outcome = outcome; return e }

func one(t *testing.T, entries ...anomaly.CaseEntry) *Case {
	t.Helper()
	all := Fold(entries, Default())
	if len(all) != 1 {
		t.Fatalf("%d cases, want one", len(all))
	}
	return &all[0]
}

var tapOrLeak = []anomaly.CauseProbability{
	{Cause: anomaly.CauseMoreAppliances, Probability: 0.6}, {Cause: anomaly.CauseTappedByOthers, Probability: 0.2}, {Cause: anomaly.CauseLeakBehindMeter, Probability: 0.2},
}

func TestClosingOnNothingFound(t *testing.T) {
	open := entry("2026-03-09", anomaly.CaseOpen, "")
	visit := func(looked string) anomaly.CaseEntry {
		return found(entry("2026-03-12", anomaly.CaseVisit, "present=no looked_at="+looked), anomaly.NothingFound)
	}
	for _, c := range []struct {
		situation string
		entries   []anomaly.CaseEntry
		unseen    []anomaly.Cause
	}{
		{"nobody went", []anomaly.CaseEntry{open}, []anomaly.Cause{anomaly.CauseTappedByOthers, anomaly.CauseLeakBehindMeter}},
		{"the Thursday visit: the meter's face", []anomaly.CaseEntry{open, visit("meter_face")}, []anomaly.Cause{anomaly.CauseTappedByOthers, anomaly.CauseLeakBehindMeter}},
		{"a visit that does not say what it looked at", []anomaly.CaseEntry{open, entry("2026-03-12", anomaly.CaseVisit, "")}, []anomaly.Cause{anomaly.CauseTappedByOthers, anomaly.CauseLeakBehindMeter}},
		{"a test without load sees both", []anomaly.CaseEntry{open, visit("no_load")}, nil},
		{"a look at the wiring sees the tap", []anomaly.CaseEntry{open, visit("wiring")}, []anomaly.Cause{anomaly.CauseLeakBehindMeter}},
		{"a self-test may see the tap", []anomaly.CaseEntry{open, entry("2026-03-18", anomaly.CaseSelftest, "")}, []anomaly.Cause{anomaly.CauseLeakBehindMeter}},
		{"what was seen before it was opened again is old", []anomaly.CaseEntry{
			open, visit("no_load"), found(entry("2026-03-20", anomaly.CaseClose, "evidence=yes told=yes"), anomaly.NothingFound), entry("2026-05-11", anomaly.CaseReopen, ""),
		}, []anomaly.Cause{anomaly.CauseTappedByOthers, anomaly.CauseLeakBehindMeter}},
	} {
		k := one(t, c.entries...)
		if got := Unseen(k, tapOrLeak, table{}); !slices.Equal(got, c.unseen) {
			t.Errorf("%s: not seen are %v, want %v", c.situation, got, c.unseen)
		}
		end := found(entry("2026-05-20", anomaly.CaseClose, "evidence=yes told=yes"), anomaly.NothingFound)
		if err := Close(k, &end, tapOrLeak, table{}); (err != nil) != (len(c.unseen) > 0) {
			t.Errorf("%s: closing gives %v", c.situation, err)
		}
		end.Note += " forced=yes"
		if err := Close(k, &end, tapOrLeak, table{}); err != nil {
			t.Errorf("%s: closing by force gives %v", c.situation, err)
		}
	}
}

func TestClosingWithSomethingStillOpen(t *testing.T) {
	open := entry("2026-03-09", anomaly.CaseOpen, "")
	joint := due(entry("2026-03-10", anomaly.CasePromise, "joint=yes"), "2026-03-13")
	owed := due(entry("2026-03-10", anomaly.CaseNote, "waits=us"), "2026-03-13")
	visit := func(on, outcome string) anomaly.CaseEntry {
		return found(entry(on, anomaly.CaseVisit, "present=yes looked_at=no_load"), outcome)
	}
	for _, c := range []struct {
		situation string
		entries   []anomaly.CaseEntry
		outcome   string
		refused   string // the key; "" where it is closed
	}{
		{"a promised visit that is still to come", []anomaly.CaseEntry{open, joint}, "misread", "case.close_promise"},
		{"made", []anomaly.CaseEntry{open, joint, visit("2026-03-13", "misread")}, "misread", ""},
		{"made on another day: broken, but over", []anomaly.CaseEntry{open, joint, visit("2026-03-12", "misread")}, "misread", ""},
		{"a visit that was put off: one visit settles both", []anomaly.CaseEntry{open, joint, due(entry("2026-03-11", anomaly.CasePromise, ""), "2026-03-18"), visit("2026-03-18", "misread")}, "misread", ""},
		{"a promise after the visit", []anomaly.CaseEntry{open, visit("2026-03-10", ""), due(entry("2026-03-11", anomaly.CasePromise, ""), "2026-03-18")}, "misread", "case.close_promise"},
		{"a promised answer", []anomaly.CaseEntry{open, owed}, "misread", "case.close_answer"},
		{"which was given", []anomaly.CaseEntry{open, owed, entry("2026-03-12", anomaly.CaseNote, "told=yes final=no")}, "misread", ""},
		{"a visit found a cause", []anomaly.CaseEntry{open, visit("2026-03-13", "tapped_by_others")}, anomaly.NothingFound, "case.close_found"},
		{"and it is closed with it", []anomaly.CaseEntry{open, visit("2026-03-13", "tapped_by_others")}, "tapped_by_others", ""},
		{"a look at the meter's face after it finds nothing", []anomaly.CaseEntry{open, visit("2026-03-13", "tapped_by_others"), found(entry("2026-03-16", anomaly.CaseVisit, "looked_at=meter_face"), anomaly.NothingFound)}, anomaly.NothingFound, "case.close_found"},
		{"another proper visit does not find it again", []anomaly.CaseEntry{open, visit("2026-03-13", "tapped_by_others"), visit("2026-03-16", anomaly.NothingFound)}, anomaly.NothingFound, ""},
	} {
		end := found(entry("2026-03-20", anomaly.CaseClose, "evidence=yes told=yes"), c.outcome)
		err := Close(one(t, c.entries...), &end, nil, table{})
		var refusal *Refusal
		key := ""
		if errors.As(err, &refusal) {
			message, _ := refusal.UserMessage()
			key = message.Key
		}
		if key != c.refused {
			t.Errorf("%s: closing gives %q, want %q", c.situation, key, c.refused)
		}
		end.Note += " forced=yes"
		if err := Close(one(t, c.entries...), &end, nil, table{}); err != nil {
			t.Errorf("%s: closing by force gives %v", c.situation, err)
		}
	}
}

// An inspection that a file tells of belongs to the dispute that was open on its day.
func TestInspectionsAreVisitsOfTheOpenDispute(t *testing.T) {
	complaint := anomaly.Event{At: day("2026-03-09"), Kind: anomaly.EventComplaint, Ref: "C-1", Source: anomaly.Source{File: "events.csv", Row: 2}}
	visit := anomaly.Event{At: day("2026-03-13"), Kind: anomaly.EventVisitDone, Ref: "C-1", Note: "looked_at=no_load", Source: anomaly.Source{File: "events.csv", Row: 3}}
	final := anomaly.Event{At: day("2026-03-11"), Kind: anomaly.EventAnswer, Ref: "C-1", Note: "final=yes", Source: anomaly.Source{File: "events.csv", Row: 4}}
	told := anomaly.Event{At: day("2026-03-09"), Kind: anomaly.EventFeedback, Ref: "F-1", Source: anomaly.Source{File: "events.csv", Row: 5}}
	tapped := anomaly.Inspection{On: day("2026-03-13"), Outcome: "tapped_by_others", Source: anomaly.Source{File: "inspections.csv", Row: 2}}
	own := tapped
	own.Source.File = anomaly.LedgerFile
	undated := tapped
	undated.On = 0
	for _, c := range []struct {
		situation   string
		events      []anomaly.Event
		inspections []anomaly.Inspection
		asOf        string
		entries     int // of the first case
		state       State
		outcome     string // of its last visit
	}{
		{"no visit is on record but the inspection", []anomaly.Event{complaint}, []anomaly.Inspection{tapped}, "2026-03-20", 2, Visited, "tapped_by_others"},
		{"the visit is, without what it found", []anomaly.Event{complaint, visit}, []anomaly.Inspection{tapped}, "2026-03-20", 2, Visited, "tapped_by_others"},
		{"before it", []anomaly.Event{complaint}, []anomaly.Inspection{tapped}, "2026-03-12", 1, Open, ""},
		{"after the case was closed", []anomaly.Event{complaint, final}, []anomaly.Inspection{tapped}, "2026-03-20", 2, Closed, ""},
		{"no day is known", []anomaly.Event{complaint}, []anomaly.Inspection{undated}, "2026-03-20", 1, Open, ""},
		{"the ledger's own", []anomaly.Event{complaint}, []anomaly.Inspection{own}, "2026-03-20", 1, Open, ""},
		{"feedback is no dispute", []anomaly.Event{told}, []anomaly.Inspection{tapped}, "2026-03-20", 1, Open, ""},
	} {
		h := anomaly.History{Account: anomaly.Account{ID: "A"}, Events: c.events, Inspections: c.inspections}
		all := Of(&h, nil, Default(), day(c.asOf))
		if len(all) != 1 {
			t.Errorf("%s: %d cases", c.situation, len(all))
			continue
		}
		k, outcome := &all[0], ""
		for i := range k.Entries {
			if k.Entries[i].Kind == anomaly.CaseVisit {
				outcome = k.Entries[i].Outcome
			}
		}
		if len(k.Entries) != c.entries || k.State != c.state || outcome != c.outcome {
			t.Errorf("%s: %d entries, %s, found %q; want %d, %s, %q", c.situation, len(k.Entries), k.State, outcome, c.entries, c.state, c.outcome)
		}
	}
}

func TestApplicationsAndFeedback(t *testing.T) {
	plan := due(entry("2026-09-02", anomaly.CaseApplication, "application=plan"), "2026-10-01")
	bank := entry("2026-09-02", anomaly.CaseApplication, "application=payment_account")
	for _, c := range []struct {
		situation string
		entries   []anomaly.CaseEntry
		state     State
		due       string
	}{
		{"what was promised is due", []anomaly.CaseEntry{plan}, Open, "2026-10-01"},
		{"nothing was: an answer is", []anomaly.CaseEntry{bank}, Open, "2026-09-09"},
		{"applied", []anomaly.CaseEntry{bank, entry("2026-09-07", anomaly.CaseNote, "applied=yes")}, Closed, ""},
		{"refused", []anomaly.CaseEntry{bank, entry("2026-09-07", anomaly.CaseNote, "rejected=yes told=yes")}, Closed, ""},
		{"told how it stands", []anomaly.CaseEntry{bank, entry("2026-09-07", anomaly.CaseNote, "told=yes final=no")}, Open, "2026-09-09"},
		{"feedback", []anomaly.CaseEntry{entry("2026-09-02", anomaly.CaseFeedback, "")}, Open, "2026-09-09"},
		{"answered", []anomaly.CaseEntry{entry("2026-09-02", anomaly.CaseFeedback, ""), entry("2026-09-03", anomaly.CaseNote, "told=yes")}, Closed, ""},
	} {
		k := one(t, c.entries...)
		if k.State != c.state || k.Due.String() != c.due || k.Disputes() {
			t.Errorf("%s: %s until %s, a dispute: %t; want %s until %s", c.situation, k.State, k.Due, k.Disputes(), c.state, c.due)
		}
	}
	if err := Check(one(t, entry("2026-09-02", anomaly.CaseOpen, "")), &anomaly.CaseEntry{On: day("2026-09-03"), Kind: anomaly.CaseNote, Note: "applied=yes"}); err == nil {
		t.Error("a dispute was applied")
	}
}

// What a case's entries are for the checks.
func TestEntriesAsEvents(t *testing.T) {
	for _, c := range []struct {
		kind             anomaly.CaseKind
		note, event, has string
	}{
		{anomaly.CaseNote, "sent=reminder", anomaly.EventNoticeSent, "sent=reminder"},
		{anomaly.CaseNote, "sent=survey", anomaly.EventNoticeSent, "survey=yes"},
		{anomaly.CaseNote, "told=yes", anomaly.EventAnswer, "told=yes"},
		{anomaly.CaseNote, "applied=yes application=payment_account", anomaly.EventAccountChanged, ""},
		{anomaly.CaseNote, "applied=yes application=plan", anomaly.EventPlanEffective, ""},
		{anomaly.CaseNote, "told=yes rejected=yes", anomaly.EventAnswer, ""},
		{anomaly.CaseNote, "", "", ""},
		{anomaly.CaseApplication, "application=payment_account", anomaly.EventAccountChange, ""},
		{anomaly.CaseApplication, "application=plan name=x", anomaly.EventPlanRequested, "name=x"},
		{anomaly.CaseFeedback, "", anomaly.EventFeedback, ""},
	} {
		e := entry("2026-09-02", c.kind, c.note)
		event, ok := e.Event()
		if ok != (c.event != "") || event.Kind != c.event || !strings.Contains(event.Note, c.has) {
			t.Errorf("%s %s: %s %q, want %s %q", c.kind, c.note, event.Kind, event.Note, c.event, c.has)
		}
	}
}

func TestStatesOfACase(t *testing.T) {
	open := entry("2026-03-09", anomaly.CaseOpen, "topic=high_bill")
	promise := due(entry("2026-03-10", anomaly.CasePromise, "joint=yes"), "2026-03-13")
	for _, c := range []struct {
		situation string
		entries   []anomaly.CaseEntry
		state     State
		due       string
		promise   PromiseState // of the last promise; "" where there is none
	}{
		{"opened", []anomaly.CaseEntry{open}, Open, "2026-03-16", ""},
		{"a visit is promised", []anomaly.CaseEntry{open, promise}, VisitPromised, "2026-03-13", PromiseOverdue},
		{"kept", []anomaly.CaseEntry{open, promise, entry("2026-03-13", anomaly.CaseVisit, "present=yes looked_at=no_load")}, Visited, "2026-03-20", PromiseKept},
		{"a day early", []anomaly.CaseEntry{open, promise, entry("2026-03-12", anomaly.CaseVisit, "present=yes")}, Visited, "2026-03-19", PromiseBroken},
		{"on the day, without the customer", []anomaly.CaseEntry{open, promise, entry("2026-03-13", anomaly.CaseVisit, "present=no")}, Visited, "2026-03-20", PromiseBroken},
		{"moved before its day, and kept on the new one", []anomaly.CaseEntry{open, promise, due(entry("2026-03-12", anomaly.CasePromise, ""), "2026-03-16"), entry("2026-03-16", anomaly.CaseVisit, "present=yes")}, Visited, "2026-03-23", PromiseKept},
		{"closed over it in time, by force", []anomaly.CaseEntry{open, promise, found(entry("2026-03-12", anomaly.CaseClose, "forced=yes"), "misread")}, Closed, "", PromiseDropped},
		{"closed over it by force when its day was over", []anomaly.CaseEntry{open, promise, found(entry("2026-03-16", anomaly.CaseClose, "forced=yes"), "misread")}, Closed, "", PromiseOverdue},
		{"the customer's turn", []anomaly.CaseEntry{open, due(entry("2026-03-10", anomaly.CaseNote, "waits=customer"), "2026-03-18")}, WaitingCustomer, "2026-03-18", ""},
		{"the customer has sent it", []anomaly.CaseEntry{open, due(entry("2026-03-10", anomaly.CaseNote, "waits=customer"), "2026-03-18"), entry("2026-03-17", anomaly.CaseEvidence, "document=mail")}, WaitingUs, "2026-03-24", ""},
		{"an answer is promised", []anomaly.CaseEntry{open, due(entry("2026-03-10", anomaly.CaseNote, "waits=us"), "2026-03-18")}, WaitingUs, "2026-03-18", PromiseOverdue},
		{"given in time: what follows is still ours", []anomaly.CaseEntry{open, due(entry("2026-03-10", anomaly.CaseNote, "waits=us"), "2026-03-18"), entry("2026-03-17", anomaly.CaseNote, "told=yes final=no")}, WaitingUs, "2026-03-24", PromiseKept},
		{"given too late", []anomaly.CaseEntry{open, due(entry("2026-03-10", anomaly.CaseNote, "waits=us"), "2026-03-18"), entry("2026-03-19", anomaly.CaseNote, "told=yes final=no")}, WaitingUs, "2026-03-26", PromiseBroken},
		{"put right", []anomaly.CaseEntry{open, entry("2026-03-11", anomaly.CaseNote, "resolved=yes")}, Resolved, "2026-03-18", ""},
		{"closed", []anomaly.CaseEntry{open, found(entry("2026-03-12", anomaly.CaseClose, ""), "misread")}, Closed, "", ""},
		{"and opened again", []anomaly.CaseEntry{open, found(entry("2026-03-12", anomaly.CaseClose, ""), "misread"), entry("2026-05-11", anomaly.CaseReopen, "")}, Open, "2026-05-18", ""},
		{"a note changes nothing", []anomaly.CaseEntry{open, promise, entry("2026-03-11", anomaly.CaseNote, "")}, VisitPromised, "2026-03-13", PromiseOverdue},
	} {
		k := one(t, c.entries...)
		if k.State != c.state || k.Due.String() != c.due {
			t.Errorf("%s: %s until %s, want %s until %s", c.situation, k.State, k.Due, c.state, c.due)
		}
		if n := len(k.Promises); c.promise != "" && (n == 0 || k.PromiseState(&k.Promises[n-1], day("2026-04-01")) != c.promise) {
			t.Errorf("%s: promises %+v, want %s", c.situation, k.Promises, c.promise)
		}
	}
}

// Whatever is entered, every state that waits has a day on which something is due, and a
// closed case takes nothing but a note or a reopening.
func TestAnyOrderOfEntries(t *testing.T) {
	kinds := []anomaly.CaseKind{anomaly.CaseNote, anomaly.CasePromise, anomaly.CaseVisit, anomaly.CaseEvidence, anomaly.CaseClaim, anomaly.CaseClose, anomaly.CaseReopen, anomaly.CaseOpen}
	notes := []string{"", "told=yes", "waits=us", "waits=customer", "resolved=yes", "joint=yes", "looked_at=meter_face"}
	random := rand.New(rand.NewPCG(8, 2026))
	for range 2000 {
		entries := []anomaly.CaseEntry{entry("2026-03-02", anomaly.CaseOpen, "")}
		on := day("2026-03-02")
		for range random.IntN(12) {
			on = on.AddDays(random.IntN(4))
			e := entry(on.String(), kinds[random.IntN(len(kinds))], notes[random.IntN(len(notes))])
			if e.Due = 0; random.IntN(2) == 0 || e.Kind == anomaly.CasePromise {
				e.Due = on.AddDays(random.IntN(9))
			}
			before := one(t, entries...)
			err := Check(before, &e)
			if before.State == Closed && e.Kind != anomaly.CaseNote && e.Kind != anomaly.CaseReopen && err == nil {
				t.Fatalf("%s was taken into a closed case", e.Kind)
			}
			if err != nil {
				var refusal *Refusal
				if !errors.As(err, &refusal) {
					t.Fatalf("refused with %v, which no user can read", err)
				}
				continue
			}
			entries = append(entries, e)
			after := one(t, entries...)
			if after.State.Waits() == after.Due.IsZero() {
				t.Fatalf("%s until %q after %v", after.State, after.Due, entries)
			}
			if len(after.Entries) != len(entries) {
				t.Fatalf("%d entries in the case, %d were taken", len(after.Entries), len(entries))
			}
		}
	}
}

func TestRepeatVisits(t *testing.T) {
	open := entry("2026-03-03", anomaly.CaseOpen, "")
	seen := found(entry("2026-03-05", anomaly.CaseVisit, "looked_at=serial,wiring"), anomaly.NothingFound)
	face := found(entry("2026-03-05", anomaly.CaseVisit, "looked_at=meter_face"), anomaly.NothingFound)
	for _, c := range []struct {
		situation  string
		visit      anomaly.CaseEntry
		hypothesis string
		refused    bool
	}{
		{"no new idea", seen, "", true},
		{"the same idea", seen, "tapped_by_others", true},
		{"a new idea", seen, "leak_or_fault_behind_meter", false},
		{"the visit before could find nothing", face, "", false},
		{"the visit before found something", found(seen, "misread"), "", false},
	} {
		if err := Repeat(one(t, open, c.visit), c.hypothesis); (err != nil) != c.refused {
			t.Errorf("%s: %v, want refused %t", c.situation, err, c.refused)
		}
	}
}

func TestImportedEventsAreOneLedgerWithTheEntries(t *testing.T) {
	events := []anomaly.Event{
		{At: day("2026-03-09"), Kind: anomaly.EventComplaint, Ref: "C-1", By: "customer", Source: anomaly.Source{File: "events.csv", Row: 2}},
		{At: day("2026-03-10"), Kind: anomaly.EventVisitPromised, Ref: "C-1", Due: day("2026-03-13"), Source: anomaly.Source{File: "events.csv", Row: 3}},
		{At: day("2026-03-13"), Kind: anomaly.EventVisitDone, Ref: "C-1", Source: anomaly.Source{File: anomaly.LedgerFile, Row: 1}}, // the ledger's own shadow
		{At: day("2026-03-18"), Kind: anomaly.EventSelftest, Source: anomaly.Source{File: "selftest", Row: 1}},
		{At: day("2026-03-19"), Kind: "payment", Source: anomaly.Source{File: "events.csv", Row: 4}},
	}
	visit := anomaly.CaseEntry{Seq: 1, Case: "C-1", AccountID: "A", On: day("2026-03-13"), Kind: anomaly.CaseVisit, Note: "present=yes"}
	k := one(t, append(FromEvents("A", events), visit)...)
	if len(k.Entries) != 4 || k.State != Visited || k.PromiseState(&k.Promises[0], day("2026-04-01")) != PromiseKept {
		t.Errorf("%d entries, %s, promise %s", len(k.Entries), k.State, k.PromiseState(&k.Promises[0], day("2026-04-01")))
	}
}

func TestWhatFilesSayOfTheEndOfADispute(t *testing.T) {
	event := func(on, kind, note string) anomaly.Event {
		return anomaly.Event{At: day(on), Kind: kind, Ref: "C-1", Note: note, Source: anomaly.Source{File: "events.csv", Row: 2}}
	}
	complaint := event("2026-03-09", anomaly.EventComplaint, "")
	for _, c := range []struct {
		situation string
		events    []anomaly.Event
		state     State
		opened    string
	}{
		{"an answer", []anomaly.Event{complaint, event("2026-03-11", anomaly.EventAnswer, "granted=yes")}, Closed, "2026-03-09"},
		{"an answer that goes on with it", []anomaly.Event{complaint, event("2026-03-11", anomaly.EventAnswer, "final=no")}, Open, "2026-03-09"},
		{"another complaint after the answer", []anomaly.Event{complaint, event("2026-03-11", anomaly.EventAnswer, ""), event("2026-05-11", anomaly.EventComplaint, "")}, Open, "2026-03-09"},
		{"a visit after the answer", []anomaly.Event{complaint, event("2026-03-11", anomaly.EventAnswer, ""), event("2026-03-12", anomaly.EventVisitDone, "")}, Visited, "2026-03-09"},
		{"a document after the answer changes nothing", []anomaly.Event{complaint, event("2026-03-11", anomaly.EventAnswer, ""), event("2026-03-12", anomaly.EventEvidence, "")}, Closed, "2026-03-09"},
		{"a claim that the file lists before the feedback it came with", []anomaly.Event{event("2026-03-09", anomaly.EventClaim, ""), event("2026-03-09", anomaly.EventFeedback, ""), event("2026-03-11", anomaly.EventAnswer, "")}, Closed, "2026-03-09"},
	} {
		k := one(t, FromEvents("A", c.events)...)
		if k.State != c.state || k.Closed.IsZero() != (c.state != Closed) || k.Opened != day(c.opened) {
			t.Errorf("%s: %s, closed %s, opened %s", c.situation, k.State, k.Closed, k.Opened)
		}
		if begins := k.Entries[0].Kind; !begins.Begins() {
			t.Errorf("%s: the case begins with %s", c.situation, begins)
		}
	}
}

func TestNotices(t *testing.T) {
	rules := Default()
	saturday := day("2026-10-17")
	for _, c := range []struct {
		situation string
		n         Notice
		want      []string
	}{
		{"nothing is asked", Notice{Text: "Your account 1234: thank you for your payment of NT$800 ."}, nil},
		{"a call, and no hours", Notice{Text: "Bill 2026-07: please call 02-1234567."}, []string{"notice.no_hours"}},
		{"a call, and no number", Notice{Text: "Bill 2026-07: please call us, 08:30-17:30."}, []string{"notice.no_contact"}},
		{"a Saturday", Notice{Text: "Bill 2026-07: please call 02-1234567, 08:30-17:30.", Arrives: saturday}, []string{"notice.arrives_closed"}},
		{"at once, on a Saturday", Notice{Text: "Bill 2026-07: please call 02-1234567 at once, 08:30-17:30.", Arrives: saturday}, []string{"notice.unreachable"}},
		{"no amount", Notice{Text: "Bill 2026-07: please pay."}, []string{"notice.no_amount"}},
		{"the right amount among others", Notice{Text: "Bill 2026-07: please pay NT$1,893 (of which tax NT$90).", Owed: anomaly.Known(anomaly.MustDecimal("1893.00")), Currency: "TWD"}, nil},
		{"a wrong amount", Notice{Text: "Bill 2026-07: please pay NT$1,983.", Owed: anomaly.Known(anomaly.MustDecimal("1893")), Currency: "TWD"}, []string{"notice.amount"}},
		{"a day that is over", Notice{Text: "Bill 2026-07: please pay NT$90 by 12 October.", Arrives: saturday}, []string{"notice.past_date"}},
		{"a day that was due, and nothing to be done by it", Notice{Text: "Bill 2026-07, due on 12 October: please pay NT$90.", Arrives: saturday}, nil},
		{"a day that is to come", Notice{Text: "Bill 2026-07: please pay NT$90 by 2026-10-30.", Arrives: saturday}, nil},
		{"in Chinese, counted from 1912", Notice{Text: "帳單 11507：請於民國115年10月12日前繳納 90 元。", Arrives: saturday}, []string{"notice.past_date"}},
		{"no subject", Notice{Text: "Please pay NT$90."}, []string{"notice.no_subject"}},
		{"another account than that of the customer", Notice{Text: "Account 999: please pay NT$90.", AccountID: "A-1"}, []string{"notice.no_subject"}},
		{"the closed account, with other dashes", Notice{Text: "Bill 2026-07: pay NT$90 to 0081 554 7719.", ClosedAccount: "0081-554-7719"}, []string{"notice.closed_account"}},
		{"a change is pending and is spoken of", Notice{Text: "Bill 2026-07: please pay NT$90; your change of account is being worked on.", ChangeFiled: day("2026-09-21")}, nil},
		{"a dispute is open", Notice{Text: "Bill 2026-07: please pay NT$90.", Disputed: day("2026-10-01")}, []string{"notice.disputed"}},
	} {
		var got []string
		for _, x := range LintNotice(&c.n, rules) {
			got = append(got, x.Message.Key)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.situation, got, c.want)
		}
	}
}
