package check

import (
	"math"
	"slices"
	"strings"
	"testing"

	"whybill/anomaly"
)

// desk is a set of rules with round numbers: five working days, nine to five, one holiday.
var desk = &anomaly.CaseRules{
	Calendar: anomaly.Calendar{
		Years: []int{2026}, Holidays: []anomaly.Holiday{{On: anomaly.MustDate("2026-10-09")}, {On: anomaly.MustDate("2026-10-17"), Worked: true}},
	},
	Clocks:       []anomaly.Clock{{ID: "five", Days: 5, Working: true, Stops: []string{"answer", "visit_promised", "visit_done"}}, {ID: "ten", Days: 10, Stops: []string{"visit_done"}, Off: true}},
	RecordMonths: 2, FeedbackDays: 14, SurveyDays: 7, DecisionDays: 7,
	HandlingCost: map[string]anomaly.Decimal{"TWD": anomaly.MustDecimal("600")},
	Leave:        [2]float64{0.1, 0.5}, Margin: 0.3,
}

// told is one event of a situation: "2026-03-09 complaint key=value ..."; due after "->".
type told struct{ on, kind, note, due, ref, amount string }

func TestHowADisputeIsHandled(t *testing.T) {
	complaint := told{on: "2026-03-09", kind: "complaint"}
	for _, c := range []struct {
		situation string
		asOf      string
		events    []told
		want      []string // keys of the messages, C05 and later
	}{
		{"the fifth working day", "2026-03-16", []told{complaint}, []string{"C07.running", "C08.hold_dispute"}},
		{"the day after", "2026-03-17", []told{complaint}, []string{"C07.run_out", "C08.hold_dispute"}},
		{"a visit offered in time", "2026-03-17", []told{complaint, {on: "2026-03-16", kind: "visit_promised", due: "2026-03-20"}}, []string{"C08.hold_dispute"}},
		{"answered late", "2026-04-17", []told{complaint, {on: "2026-03-18", kind: "answer"}}, []string{"C07.late"}},
		{"an answer to somebody else's case", "2026-03-17", []told{{on: "2026-03-09", kind: "complaint", ref: "A"}, {on: "2026-03-10", kind: "answer", ref: "B"}}, []string{"C07.run_out", "C08.hold_dispute"}},
		{"a record that is two months old", "2026-05-09", []told{{on: "2026-03-09", kind: "evidence", note: "record=inspection dated=2026-03-09"}}, nil},
		{"a record that is older", "2026-05-10", []told{{on: "2026-03-09", kind: "evidence", note: "record=inspection dated=2026-03-09"}}, []string{"C07.record_old"}},

		{"a visit of which nothing is said", "2026-03-12", []told{{on: "2026-03-12", kind: "visit_done"}}, []string{"C05.not_said"}},
		{"a visit to the meter's face", "2026-03-12", []told{{on: "2026-03-12", kind: "visit_done", note: "looked_at=meter_face"}}, []string{"C05.face_only"}},
		{"and a proper one after it", "2026-03-20", []told{{on: "2026-03-12", kind: "visit_done", note: "looked_at=meter_face"}, {on: "2026-03-20", kind: "visit_done", note: "looked_at=serial,no_load"}}, nil},
		{"a visit to which meter?", "2026-03-12", []told{{on: "2026-03-12", kind: "visit_done", note: "looked_at=no_load"}}, []string{"C05.no_serial"}},

		{"sent again with nothing new", "2026-03-18", []told{{on: "2026-03-05", kind: "visit_done", note: "looked_at=serial,wiring found=nothing_found"}, {on: "2026-03-18", kind: "visit_promised", due: "2026-03-20"}}, []string{"C06.no_new_idea"}},
		{"sent again with a new idea", "2026-03-18", []told{{on: "2026-03-05", kind: "visit_done", note: "looked_at=serial,wiring found=nothing_found"}, {on: "2026-03-18", kind: "visit_promised", due: "2026-03-20", note: "hypothesis=meter_fast_or_creep"}}, nil},
		{"sent again with the same idea", "2026-03-18", []told{{on: "2026-03-05", kind: "visit_done", note: "looked_at=serial,wiring found=nothing_found hypothesis=tapped_by_others"}, {on: "2026-03-18", kind: "visit_promised", due: "2026-03-20", note: "hypothesis=tapped_by_others"}}, []string{"C06.no_new_idea"}},
		{"the visit before found it", "2026-03-18", []told{{on: "2026-03-05", kind: "visit_done", note: "looked_at=serial,wiring found=misread"}, {on: "2026-03-18", kind: "visit_promised", due: "2026-03-20"}}, nil},
		{"the crew that was complained about", "2026-03-10", []told{{on: "2026-03-09", kind: "complaint", note: "about_crew=T7"}, {on: "2026-03-10", kind: "visit_promised", due: "2026-03-20", note: "crew=T7"}}, []string{"C06.other_crew", "C08.hold_dispute"}},
		{"another crew", "2026-03-10", []told{{on: "2026-03-09", kind: "complaint", note: "about_crew=T7"}, {on: "2026-03-10", kind: "visit_promised", due: "2026-03-20", note: "crew=T9"}}, []string{"C08.hold_dispute"}},

		{"a reminder during a dispute", "2026-03-10", []told{complaint, {on: "2026-03-10", kind: "notice_sent"}}, []string{"C07.running", "C08.disputed"}},
		{"a reminder after its end", "2026-03-12", []told{complaint, {on: "2026-03-10", kind: "answer"}, {on: "2026-03-11", kind: "notice_sent"}}, nil},
		{"a reminder after an answer that did not end it", "2026-03-12", []told{complaint, {on: "2026-03-10", kind: "answer", note: "final=no"}, {on: "2026-03-11", kind: "notice_sent"}}, []string{"C08.disputed"}},
		{"a survey during a dispute is no reminder", "2026-03-10", []told{complaint, {on: "2026-03-10", kind: "notice_sent", note: "survey=yes"}}, []string{"C07.running", "C08.hold_dispute"}},
		{"a change that is pending", "2026-03-10", []told{{on: "2026-03-09", kind: "payment_account_change_requested"}}, []string{"C08.hold_change"}},
		{"a reminder while it is", "2026-03-10", []told{{on: "2026-03-09", kind: "payment_account_change_requested"}, {on: "2026-03-10", kind: "notice_sent"}}, []string{"C08.change_pending"}},
		{"a reminder before it was applied", "2026-03-20", []told{{on: "2026-03-09", kind: "payment_account_change_requested"}, {on: "2026-03-10", kind: "notice_sent"}, {on: "2026-03-12", kind: "payment_account_change_applied"}}, []string{"C08.change_pending"}},
		{"an application that was refused", "2026-03-20", []told{{on: "2026-03-09", kind: "payment_account_change_requested", ref: "S-1"}, {on: "2026-03-12", kind: "answer", ref: "S-1"}}, nil},
		{"an answer to something else", "2026-03-20", []told{{on: "2026-03-09", kind: "payment_account_change_requested"}, {on: "2026-03-12", kind: "answer"}}, []string{"C08.hold_change"}},
		{"a reminder after it was", "2026-03-20", []told{{on: "2026-03-09", kind: "payment_account_change_requested"}, {on: "2026-03-10", kind: "payment_account_change_applied"}, {on: "2026-03-12", kind: "notice_sent"}}, nil},

		{"a notice on a Saturday", "2026-10-26", []told{{on: "2026-10-24", kind: "notice_sent"}}, []string{"C09.unreachable"}},
		{"on a Friday that is a holiday", "2026-10-20", []told{{on: "2026-10-09", kind: "notice_sent"}}, []string{"C09.unreachable"}},
		{"on a Friday that is none", "2026-10-20", []told{{on: "2026-10-16", kind: "notice_sent"}}, nil},
		{"on a Saturday that is worked", "2026-10-20", []told{{on: "2026-10-17", kind: "notice_sent"}}, nil},
		{"sent on Friday, there on Saturday", "2026-10-26", []told{{on: "2026-10-23", kind: "notice_sent", due: "2026-10-24"}}, []string{"C09.unreachable"}},

		{"feedback of a fortnight", "2026-03-23", []told{{on: "2026-03-09", kind: "feedback"}}, nil},
		{"and a day", "2026-03-24", []told{{on: "2026-03-09", kind: "feedback"}}, []string{"C10.unanswered"}},
		{"answered", "2026-03-24", []told{{on: "2026-03-09", kind: "feedback"}, {on: "2026-03-23", kind: "answer"}}, nil},
		{"asked a week after the visit", "2026-03-24", []told{{on: "2026-03-09", kind: "visit_done", note: "looked_at=serial,no_load"}, {on: "2026-03-16", kind: "notice_sent", note: "survey=yes"}}, nil},
		{"asked later", "2026-03-24", []told{{on: "2026-03-09", kind: "visit_done", note: "looked_at=serial,no_load"}, {on: "2026-03-17", kind: "notice_sent", note: "survey=yes"}}, []string{"C10.survey_late"}},

		// (800 - 600) / (0.3 * 8000) = 8.3 %.
		{"800 and an order of 8,000", "2026-03-10", []told{{on: "2026-03-09", kind: "complaint", amount: "800", note: "currency=TWD order=8000"}}, []string{"C07.running", "C08.hold_dispute", "C11.grant"}},
		// (3,000 - 600) / 2,400 = 100 %: 50 % at most leave.
		{"3,000 and the same order", "2026-03-10", []told{{on: "2026-03-09", kind: "complaint", amount: "3000", note: "currency=TWD order=8000"}}, []string{"C07.running", "C08.hold_dispute", "C11.explain"}},
		// (1,200 - 600) / 2,400 = 25 %, between 10 and 50.
		{"1,200 and the same order", "2026-03-10", []told{{on: "2026-03-09", kind: "complaint", amount: "1200", note: "currency=TWD order=8000"}}, []string{"C07.running", "C08.hold_dispute", "C11.open"}},
		{"9,000 and the same order", "2026-03-10", []told{{on: "2026-03-09", kind: "complaint", amount: "9000", note: "currency=TWD order=8000"}}, []string{"C07.running", "C08.hold_dispute", "C11.never"}},
		{"600 and no order", "2026-03-10", []told{{on: "2026-03-09", kind: "complaint", amount: "600", note: "currency=TWD"}}, []string{"C07.running", "C08.hold_dispute", "C11.below_cost"}},
		{"601 and no order", "2026-03-10", []told{{on: "2026-03-09", kind: "complaint", amount: "601", note: "currency=TWD"}}, []string{"C07.running", "C08.hold_dispute", "C11.unknown_value"}},

		// (30 + 2/3) / 5 = 6.1: the seventh working day after Monday 2026-03-09 is the 18th.
		{"a queue of 30, five a day, promised too soon", "2026-03-09", []told{{on: "2026-03-09", kind: "visit_promised", due: "2026-03-17", note: "backlog=30 per_day=5"}}, []string{"C12.too_soon"}},
		{"a visit promised for a Sunday", "2026-03-09", []told{{on: "2026-03-09", kind: "visit_promised", due: "2026-03-15"}}, []string{"C12.day_off"}},
		{"for a Friday that is a holiday by decree", "2026-10-05", []told{{on: "2026-10-05", kind: "visit_promised", due: "2026-10-09"}}, []string{"C12.day_off"}},
		{"for a Saturday that is worked in its place", "2026-10-05", []told{{on: "2026-10-05", kind: "visit_promised", due: "2026-10-17T10:00"}}, nil},
		{"for the evening", "2026-03-09", []told{{on: "2026-03-09", kind: "visit_promised", due: "2026-03-16T18:00"}}, []string{"C12.out_of_hours"}},
		{"before anybody is there", "2026-03-09", []told{{on: "2026-03-09", kind: "visit_promised", due: "2026-03-16T08:59"}}, []string{"C12.out_of_hours"}},
		{"for the first minute", "2026-03-09", []told{{on: "2026-03-09", kind: "visit_promised", due: "2026-03-16T09:00"}}, nil},
		{"for a Sunday, and made on it", "2026-03-16", []told{{on: "2026-03-09", kind: "visit_promised", due: "2026-03-15"}, {on: "2026-03-15", kind: "visit_done", note: "looked_at=serial,no_load"}}, nil},
		{"an application that is to be decided on a Sunday is no visit", "2026-03-09", []told{{on: "2026-03-09", kind: "plan_change_requested", due: "2026-03-15"}}, nil},
		{"promised for the day", "2026-03-09", []told{{on: "2026-03-09", kind: "visit_promised", due: "2026-03-18", note: "backlog=30 per_day=5"}}, nil},

		{"another name", "2026-03-09", []told{{on: "2026-03-09", kind: "plan_change_requested", note: `name="Chen Mei-Lin"`}}, []string{"C13.differs"}},
		{"the same name written otherwise", "2026-03-09", []told{{on: "2026-03-09", kind: "plan_change_requested", note: `name="CHEN mei ling" id=A-1 meter=M-1`}}, nil},
		{"another number and another meter", "2026-03-09", []told{{on: "2026-03-09", kind: "plan_change_requested", note: "id=A-2 meter=M-2"}}, []string{"C13.differs", "C13.differs"}},

		{"a warranty in force", "2026-10-20", []told{{on: "2026-10-20", kind: "evidence", note: "coverage=warranty until=2026-11-01 source=system"}, {on: "2026-10-20", kind: "claim", note: "coverage=warranty"}}, []string{"E01.in_force", "E02.confirmed"}},
		{"its last day", "2026-10-31", []told{{on: "2026-10-20", kind: "evidence", note: "coverage=warranty until=2026-11-01 source=system"}, {on: "2026-10-31", kind: "claim", note: "coverage=warranty"}}, []string{"E01.in_force", "E02.confirmed"}},
		{"the day after", "2026-11-01", []told{{on: "2026-10-20", kind: "evidence", note: "coverage=warranty until=2026-11-01 source=system"}, {on: "2026-11-01", kind: "claim", note: "coverage=warranty"}}, []string{"E01.ended", "E02.unverifiable"}},
		{"not begun", "2026-10-20", []told{{on: "2026-10-20", kind: "evidence", note: "coverage=warranty from=2026-11-01 source=system"}, {on: "2026-10-20", kind: "claim", note: "coverage=warranty"}}, []string{"E01.not_begun", "E02.unverifiable"}},
		{"promised by somebody without authority", "2026-10-20", []told{{on: "2026-10-20", kind: "evidence", note: "coverage=warranty until=2026-10-01 source=system"}, {on: "2026-10-20", kind: "claim", note: "coverage=warranty until=2027-04-01 authority=no repair=4500"}}, []string{"E01.ended", "E02.unverifiable", "E04.no_authority", "E05.branches"}},
		{"a paper that says so", "2026-10-22", []told{{on: "2026-10-20", kind: "evidence", note: "coverage=warranty until=2026-10-01 source=system"}, {on: "2026-10-20", kind: "claim", note: "coverage=warranty until=2027-04-01 left=yes repair=4500"}, {on: "2026-10-22", kind: "evidence", note: "coverage=warranty until=2027-04-01 source=paper"}}, []string{"E01.ended", "E02.confirmed", "E03.differ"}},
		{"a paper that says less than is claimed", "2026-10-22", []told{{on: "2026-10-20", kind: "evidence", note: "coverage=warranty until=2026-10-01 source=system"}, {on: "2026-10-20", kind: "claim", note: "coverage=warranty until=2027-04-01"}, {on: "2026-10-22", kind: "evidence", note: "coverage=warranty until=2027-01-01 source=paper"}}, []string{"E01.ended", "E02.unverifiable", "E03.differ"}},
		{"the decision is late", "2026-10-28", []told{{on: "2026-10-20", kind: "evidence", note: "coverage=warranty until=2026-10-01 source=system"}, {on: "2026-10-20", kind: "claim", note: "coverage=warranty until=2027-04-01 repair=4500 contract=1200"}}, []string{"E01.ended", "E02.unverifiable", "E05.branches_contract", "E05.overdue"}},
	} {
		got := runDesk(c.asOf, c.events, desk)
		var keys []string
		for _, f := range got.Findings {
			if f.Check != "C04" {
				keys = append(keys, f.Message.Key)
			}
			if len(f.Evidence) == 0 {
				t.Errorf("%s: %s has no evidence", c.situation, f.Check)
			}
		}
		if !slices.Equal(keys, c.want) {
			t.Errorf("%s: %v, want %v", c.situation, keys, c.want)
		}
	}
}

func runDesk(asOf string, events []told, rules *anomaly.CaseRules) Result {
	var out Result
	RunDesk(&Input{History: history(events), AsOf: anomaly.MustDate(asOf), Rules: rules}, &out)
	return out
}

func history(events []told) *anomaly.History {
	rows := anomaly.Rows{
		Accounts: []anomaly.Account{{ID: "A-1", Name: "Chen Mei-Ling"}},
		Meters:   []anomaly.Meter{{AccountID: "A-1", ID: "M-1", InstalledOn: anomaly.MustDate("2020-01-01")}},
	}
	for i, x := range events {
		e := anomaly.Event{AccountID: "A-1", At: anomaly.MustDate(x.on), Kind: x.kind, Note: x.note, Ref: x.ref, Source: anomaly.Source{File: "events.csv", Row: int32(i + 2)}}
		if x.due != "" {
			due, clock, _ := strings.Cut(x.due, "T")
			e.Due, e.DueTime = anomaly.MustDate(due), clock
		}
		if x.amount != "" {
			e.Amount = anomaly.Known(anomaly.MustDecimal(x.amount))
		}
		rows.Events = append(rows.Events, e)
	}
	return anomaly.BuildHistory("A-1", &rows)
}

// A promise that was called off is not broken; one that was due already is.
func TestPromisesAndClosingByForce(t *testing.T) {
	for _, c := range []struct {
		situation, closed, note string
		broken                  bool
	}{
		{"called off the day before", "2026-03-12", "final=yes forced=yes", false},
		{"the day after", "2026-03-16", "final=yes forced=yes", true},
		{"answered, and nobody came", "2026-03-12", "final=yes", true},
	} {
		out := runDesk("2026-03-20", []told{
			{on: "2026-03-09", kind: "visit_promised", due: "2026-03-13", ref: "D-1"}, {on: c.closed, kind: "answer", note: c.note, ref: "D-1"},
		}, desk)
		broken := slices.ContainsFunc(out.Findings, func(f anomaly.Finding) bool { return f.Check == "C04" })
		if broken != c.broken {
			t.Errorf("%s: broken %t, want %t", c.situation, broken, c.broken)
		}
	}
}

// Another day that is promised before the first is due moves the visit; after it, nobody came.
func TestMovedVisits(t *testing.T) {
	for _, c := range []struct {
		situation, given, ref string
		broken                bool
	}{
		{"moved the day before", "2026-03-12", "D-1", false},
		{"another day named when the first was over", "2026-03-14", "D-1", true},
		{"a visit of another case", "2026-03-12", "D-2", true},
	} {
		out := runDesk("2026-03-18", []told{
			{on: "2026-03-09", kind: "visit_promised", due: "2026-03-13", ref: "D-1"}, {on: c.given, kind: "visit_promised", due: "2026-03-19", ref: c.ref},
		}, desk)
		broken := slices.ContainsFunc(out.Findings, func(f anomaly.Finding) bool { return f.Check == "C04" })
		if broken != c.broken {
			t.Errorf("%s: broken %t, want %t", c.situation, broken, c.broken)
		}
	}
}

// A file of inspections says that a promise was kept as well as an event does.
func TestPromisesAndInspections(t *testing.T) {
	promise := told{on: "2026-03-09", kind: "visit_promised", due: "2026-03-13", note: "joint=yes"}
	for _, c := range []struct {
		situation string
		inspected string
		want      string
	}{
		{"nobody went", "", "C04.overdue"},
		{"on the day", "2026-03-13", ""},
		{"a day early", "2026-03-12", "C04.other_day"},
		{"before it was promised", "2026-03-06", "C04.overdue"},
		{"later than anybody knows of yet", "2026-03-21", "C04.overdue"},
	} {
		h := history([]told{promise})
		if c.inspected != "" {
			h.Inspections = []anomaly.Inspection{{On: anomaly.MustDate(c.inspected), Outcome: "misread", Source: anomaly.Source{File: "inspections.csv", Row: 2}}}
		}
		var out Result
		RunDesk(&Input{History: h, AsOf: anomaly.MustDate("2026-03-20"), Rules: desk}, &out)
		got := ""
		for _, f := range out.Findings {
			if f.Check == "C04" {
				got = f.Message.Key
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.situation, got, c.want)
		}
	}
}

// What rests on the days off of a year says how well they are known; who would be blamed
// by a count of days that nobody knows is not.
func TestDaysOffThatNobodyKnows(t *testing.T) {
	list := *desk
	list.Calendar.Unverified = true
	for _, c := range []struct {
		situation string
		asOf      string
		events    []told
		daysOff   string // what the finding's argument says; "" where there is no finding
		skipped   bool
	}{
		{"an unverified holiday is among the days", "2026-10-20", []told{{on: "2026-10-05", kind: "complaint"}}, "days_off.unverified", false},
		{"none is", "2026-03-20", []told{{on: "2026-03-09", kind: "complaint"}}, "days_off.known", false},
		{"the year is not listed: the day is named", "2027-02-08", []told{{on: "2027-02-05", kind: "complaint"}}, "days_off.unknown", false},
		{"and nobody is blamed after it", "2027-02-20", []told{{on: "2027-02-05", kind: "complaint"}}, "", true},
		{"nor for an answer after it", "2027-02-20", []told{{on: "2027-02-05", kind: "complaint"}, {on: "2027-02-19", kind: "answer"}}, "", true},
		{"the days reach into a year that is not listed", "2027-01-20", []told{{on: "2026-12-28", kind: "complaint"}}, "", true},
		{"an answer in time by any calendar", "2027-02-20", []told{{on: "2027-02-05", kind: "complaint"}, {on: "2027-02-08", kind: "answer"}}, "", false},
		{"a notice on a weekday of that year", "2027-02-20", []told{{on: "2027-02-08", kind: "notice_sent"}}, "", true},
		{"on its weekend", "2027-02-20", []told{{on: "2027-02-06", kind: "notice_sent"}}, "days_off.unknown", false},
		{"a visit promised for a weekday of it", "2026-12-28", []told{{on: "2026-12-28", kind: "visit_promised", due: "2027-01-04"}}, "", true},
		{"a queue that is too long with weekends alone", "2026-12-28", []told{{on: "2026-12-28", kind: "plan_change_requested", due: "2026-12-30", note: "backlog=30 per_day=5"}}, "days_off.unknown", false},
	} {
		out := runDesk(c.asOf, c.events, &list)
		got := ""
		for _, f := range out.Findings {
			for _, arg := range f.Message.Args {
				if arg.Name == "days_off" {
					got = arg.Text
				}
			}
		}
		skipped := slices.ContainsFunc(out.NotChecked, func(n anomaly.NotChecked) bool { return n.Reason.Key == noDaysOff })
		if got != c.daysOff || skipped != c.skipped {
			t.Errorf("%s: %q, not checked %t; want %q, %t", c.situation, got, skipped, c.daysOff, c.skipped)
		}
	}
}

func TestWithoutRulesNothingPasses(t *testing.T) {
	out := runDesk("2026-10-28", []told{
		{on: "2026-03-09", kind: "complaint", amount: "800"}, {on: "2026-03-09", kind: "feedback"}, {on: "2026-03-10", kind: "notice_sent"},
		{on: "2026-03-10", kind: "visit_promised", due: "2026-03-11", note: "backlog=30 per_day=5"}, {on: "2026-03-10", kind: "claim", note: "coverage=warranty repair=10"},
	}, nil)
	var skipped []string
	for _, n := range out.NotChecked {
		skipped = append(skipped, n.Check+" "+n.Reason.Key)
	}
	for _, id := range []string{"C07", "C09", "C10", "C11", "C12", "E02", "E05"} {
		if !slices.Contains(skipped, id+" "+noRules) {
			t.Errorf("%s did not say that it lacks the rules: %v", id, skipped)
		}
	}
}

// The score interval of 15 in 20 by hand: with z = 1.96, z*z = 3.8415, the middle is
// (0.75 + 3.8415/40) / (1 + 3.8415/20) = 0.7097, the half width 0.1784.
func TestHitRate(t *testing.T) {
	low, high := HitRate{20, 15}.Wilson()
	if math.Abs(low-0.5313) > 5e-4 || math.Abs(high-0.8881) > 5e-4 {
		t.Errorf("15 of 20: %.4f to %.4f", low, high)
	}
	if low, high = (HitRate{}).Wilson(); low != 0 || high != 1 {
		t.Errorf("nothing tried: %g to %g", low, high)
	}
	if low, _ = (HitRate{10, 0}).Wilson(); low != 0 {
		t.Errorf("0 of 10 begins at %g", low)
	}
	if got := (HitRate{}).Mean(); math.Abs(got-1.0/12) > 1e-12 {
		t.Errorf("before anything was tried %g, want 1/12", got)
	}
	if got := (HitRate{8, 4}).Mean(); got != 0.25 { // (1 + 4) / (12 + 8)
		t.Errorf("4 of 8 gives %g, want 0.25", got)
	}
}
