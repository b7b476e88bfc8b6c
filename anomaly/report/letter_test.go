package report

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

var contact = Contact{Company: "Light & Power", Phone: "1911", Email: "help@example.com", Hours: "Mon-Fri 8:00-17:00"}

func letterOf(t *testing.T, a *anomaly.Assessment, lang locale.Lang, format string) string {
	t.Helper()
	var b bytes.Buffer
	if err := Letter(&b, a, locale.New(lang), LetterOptions{Format: format, Contact: contact, By: date("2026-03-20")}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func sheetOf(t *testing.T, a *anomaly.Assessment, lang locale.Lang, opt WorksheetOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := Worksheet(&b, a, locale.New(lang), opt); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestLettersAndWorksheets(t *testing.T) {
	h := &anomaly.History{Events: []anomaly.Event{
		{Kind: anomaly.EventComplaint, At: date("2026-03-05"), Note: "THE TECHNICIAN WAS RUDE", By: "MRS LIN"},
		{Kind: anomaly.EventVisitDone, At: date("2026-03-12"), Note: `present=no looked_at=meter_face "MRS LIN SHOUTED"`, By: "MR WU"},
		{Kind: anomaly.EventVisitDone, At: date("2026-03-24"), Note: `present=yes looked_at=leak`}, // after the sheet
	}}
	meter := &anomaly.Meter{ID: "M-77", InstalledOn: date("2019-05-01"), Multiplier: money("1"), Constant: money("1600")}
	reading := &anomaly.Reading{Value: anomaly.MustDecimal("25217"), On: date("2026-03-01")}
	for _, lang := range locale.Langs {
		for _, format := range DocumentFormats {
			golden(t, "letter_"+string(lang)+"."+format, []byte(letterOf(t, story(lang), lang, format)))
			golden(t, "worksheet_"+string(lang)+"."+format, []byte(sheetOf(t, story(lang), lang, WorksheetOptions{
				Format: format, Meter: meter, Reading: reading, Visits: EarlierVisits(h, date("2026-03-20")),
			})))
		}
	}
	text := sheetOf(t, story(locale.English), locale.English, WorksheetOptions{Visits: EarlierVisits(h, date("2026-03-20"))})
	for _, private := range []string{"RUDE", "LIN", "WU", "SHOUTED"} {
		if strings.Contains(text, private) {
			t.Errorf("the work sheet has %q:\n%s", private, text)
		}
	}
	if strings.Contains(text, "2026-03-24") {
		t.Errorf("the work sheet has a visit that is still to come:\n%s", text)
	}
	if !strings.Contains(text, "2026-03-12: looked at the meter's face; the customer was not there") {
		t.Errorf("the work sheet does not say what the last visit did:\n%s", text)
	}
}

func TestALetterSaysNothingThatIsNotBorneOut(t *testing.T) {
	for _, lang := range locale.Langs {
		p := locale.New(lang)
		for _, action := range anomaly.Actions {
			a := story(lang)
			a.Verdict.Action = action
			a.Causes = []anomaly.CauseProbability{{Cause: anomaly.CauseTappedByOthers, Probability: 0.95}}
			a.Rebill = anomaly.Rebill{NotChecked: anomaly.Msg("no tariff")}
			text := strings.ReplaceAll(letterOf(t, a, lang, "text"), "\n", "")
			for _, f := range a.Findings {
				if strings.Contains(text, strings.ReplaceAll(p.Say(f.Message), "\n", "")) {
					t.Errorf("%s %s: the letter has the agent's finding %s", lang, action, f.Check)
				}
			}
			for _, cause := range []anomaly.Cause{anomaly.CauseTappedByOthers, anomaly.CauseBypassOrTheft} {
				if strings.Contains(text, p.Term(string(cause))) {
					t.Errorf("%s %s: the letter accuses somebody", lang, action)
				}
			}
			if !strings.Contains(text, strings.ReplaceAll(p.Text("letter.price.unchecked"), "\n", "")) {
				t.Errorf("%s %s: the letter does not say that the price was not checked", lang, action)
			}
			if !strings.Contains(text, "2026-03-20") || !strings.Contains(text, contact.Hours) || !strings.Contains(text, contact.Phone) {
				t.Errorf("%s %s: by when, or how and when to reach somebody, is missing:\n%s", lang, action, text)
			}
			if strings.Contains(text, "{") || strings.Contains(text, "letter.") {
				t.Errorf("%s %s: a sentence is missing:\n%s", lang, action, text)
			}
		}
	}
}

// Who has been dunned reads that this stops, and then what he is asked to do, with its steps.
func TestALetterThatStopsTheReminderAsksForTheTestAsWell(t *testing.T) {
	for _, lang := range locale.Langs {
		p, a := locale.New(lang), story(lang)
		a.Verdict.Action, a.Verdict.Then = anomaly.ActionHoldCollection, anomaly.ActionSelftest
		text := strings.Join(strings.Fields(letterOf(t, a, lang, "text")), "")
		by := anomaly.DateArg("by", date("2026-03-20"))
		for _, want := range []string{p.Say(anomaly.Msg("letter.next.hold_collection", by)), p.Say(anomaly.Msg("letter.next.selftest", by)), p.Text("letter.selftest.electricity.1")} {
			if !strings.Contains(text, strings.Join(strings.Fields(want), "")) {
				t.Errorf("%s: the letter does not say %q:\n%s", lang, want, text)
			}
		}
	}
}

func TestALetterNeedsHoursAndADate(t *testing.T) {
	p := locale.New(locale.English)
	for _, c := range []struct {
		name string
		opt  LetterOptions
		want error
	}{
		{"no hours", LetterOptions{Contact: Contact{Phone: "1911"}, By: date("2026-03-20")}, ErrNoContact},
		{"no way to reach", LetterOptions{Contact: Contact{Hours: "always"}, By: date("2026-03-20")}, ErrNoContact},
		{"no date", LetterOptions{Contact: contact}, ErrNoDate},
		{"no such format", LetterOptions{Contact: contact, By: date("2026-03-20"), Format: "pdf"}, errFormat},
	} {
		var b bytes.Buffer
		if err := Letter(&b, normal(), p, c.opt); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		if b.Len() > 0 {
			t.Errorf("%s: something was written", c.name)
		}
	}
}

// The range, what is not explained and the customer's own figure contradict each other to
// whoever is not told what each is counted from.
func TestALetterSaysWhyItsFiguresDiffer(t *testing.T) {
	usage := func(name string, v float64) anomaly.Arg { return anomaly.UsageArg(name, v, "kWh", 0) }
	own := anomaly.Finding{Check: "U06", Severity: anomaly.Medium, Message: anomaly.Msg("U06.own", usage("gap", 293))}
	monthly := anomaly.Finding{Check: "U13", Severity: anomaly.Low, Message: anomaly.Msg("U13.rest", usage("allowed", 300), usage("claimed", 400))}
	parts := func(rest string) []anomaly.ExplainedRow {
		return []anomaly.ExplainedRow{
			{What: anomaly.PartReference, Usage: anomaly.MustDecimal("807")}, {What: anomaly.PartSeason, Usage: anomaly.MustDecimal("-1")},
			{What: anomaly.PartAppliances, Usage: anomaly.MustDecimal("402")}, {What: anomaly.PartDrift, Usage: anomaly.MustDecimal("-82")},
			{What: anomaly.PartUnexplained, Usage: anomaly.MustDecimal(rest)},
		}
	}
	// 1400 = 807 - 1 + 402 - 82 + 274 = 807 + 300 + 293: what the customer adds is 102 less, what the list adds besides is -83.
	for _, c := range []struct {
		situation string
		left      anomaly.UnexplainedRange
		rest      string
		findings  []anomaly.Finding
		want      []string // in English, in any language these numbers
		not       string
	}{
		{"inside a wide range, by the customer's own figures another rest", anomaly.UnexplainedRange{Known: true, Low: -1953, Middle: 274, High: 1028}, "274",
			[]anomaly.Finding{own, monthly}, []string{"274", "1,126", "1,028", "400", "293", "300", "402", "-83"}, ""},
		{"the customer only says what is left over", anomaly.UnexplainedRange{Known: true, Low: -1953, Middle: 274, High: 1028}, "274",
			[]anomaly.Finding{own}, []string{"293", "274"}, "402 kWh,"},
		{"above the range", anomaly.UnexplainedRange{Known: true, Low: 100, Middle: 274, High: 1028}, "274", nil, []string{"274", "1,126", "100"}, "293"},
		{"below the range", anomaly.UnexplainedRange{Known: true, Low: -900, Middle: -527, High: -334}, "-527", nil, []string{"527", "1,927", "334"}, "293"},
		{"nothing to speak of", anomaly.UnexplainedRange{Known: true, Low: -1953, Middle: 6, High: 1028}, "6", nil, nil, "1,394"},
		{"the list counts from something else", anomaly.UnexplainedRange{Known: true, Low: -1953, Middle: 600, High: 1028}, "6", nil, nil, "800"},
	} {
		for _, lang := range locale.Langs {
			a := story(lang)
			a.Unexplained, a.Explained, a.Findings = c.left, parts(c.rest), c.findings
			text := letterOf(t, a, lang, "markdown")
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("%s, %s: the letter lacks %s:\n%s", lang, c.situation, want, text)
				}
			}
			if c.not != "" && strings.Contains(text, c.not) {
				t.Errorf("%s, %s: the letter has %s:\n%s", lang, c.situation, c.not, text)
			}
		}
	}
}

func TestALetterSaysWhatWasFoundInTheBill(t *testing.T) {
	for check, want := range map[string]string{
		"R01": "contradict each other", "R03": "may have been taken down wrongly", "R08": "does not agree with the readings", "B19": "far in the past", "N07": "",
	} {
		a := story(locale.English)
		a.Findings = []anomaly.Finding{{Check: check, Severity: anomaly.High, Message: anomaly.Msg("for the agent only")}}
		a.Causes = []anomaly.CauseProbability{{Cause: anomaly.CauseInsufficientData, Probability: 0.9}}
		text := strings.ReplaceAll(letterOf(t, a, locale.English, "markdown"), "\n", " ")
		if !strings.Contains(text, want) || strings.Contains(text, "most likely reason") {
			t.Errorf("%s: the letter reads\n%s", check, text)
		}
	}
	a := story(locale.English)
	a.Findings, a.Causes = nil, []anomaly.CauseProbability{{Cause: anomaly.CauseEstimatedCatchUp, Probability: 0.9}}
	if text := letterOf(t, a, locale.English, "markdown"); !strings.Contains(text, "earlier bills were estimated") {
		t.Errorf("the letter does not say that estimates were caught up:\n%s", text)
	}
}

// A letter speaks of a test only where one is asked for or has been made.
func TestALetterPromisesAVisitAfterWhatComesFirst(t *testing.T) {
	moved := anomaly.Finding{Check: "M04", Severity: anomaly.Critical, Action: anomaly.ActionInspect, Message: plain(map[locale.Lang]string{locale.English: "it moved"}, locale.English)}
	for _, c := range []struct {
		first    anomaly.Action
		findings []anomaly.Finding
		want     string
	}{
		{anomaly.ActionSelftest, nil, "If the test shows that the meter still moves, we will come"},
		{anomaly.ActionRebill, nil, "After that we will come"},
		{anomaly.ActionRebill, []anomaly.Finding{moved}, "The test has shown that the meter moves: we will come"},
	} {
		a := story(locale.English)
		a.Verdict.Action, a.Verdict.Then, a.Findings = c.first, anomaly.ActionInspect, c.findings
		if text := strings.ReplaceAll(letterOf(t, a, locale.English, "markdown"), "\n", " "); !strings.Contains(text, c.want) {
			t.Errorf("first %s: the letter lacks %q:\n%s", c.first, c.want, text)
		}
	}
}
