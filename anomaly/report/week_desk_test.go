package report

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// deskWeek is a week with two open cases: one of a flagged account, one of another.
func deskWeek(lang locale.Lang) *Week {
	w := week(lang, 9)
	d := NewDesk()
	d.States = []DeskState{{State: "open", Cases: 1, Ages: [5]int{0, 0, 0, 0, 1}}, {State: "visited", Cases: 1, Ages: [5]int{0, 1}}}
	d.Overdue, d.Oldest, d.Broken, d.Holds, d.Feedback = 1, 137, 1, 1, 1
	d.Cases = []DeskCase{
		{Case: "D-2", AccountID: "elsewhere", State: "open", Opened: date("2026-07-09"), Age: 137, Due: date("2026-07-16"), Overdue: true},
		{Case: "D-1", AccountID: "A-00003", State: "visited", Opened: date("2026-11-10"), Age: 13, Due: date("2026-11-26")},
	}
	d.Promises = []DeskPromise{{Case: "D-1", AccountID: "A-00003", What: "joint_visit", Given: date("2026-11-16"), Due: date("2026-11-20"), Done: date("2026-11-19"), State: "broken"}}
	d.OnHold = []DeskHold{{AccountID: "A-00003", Check: "C08", Ref: "C08-1", Reason: "C08.hold_dispute", Message: anomaly.Msg("C08.hold_dispute", anomaly.DateArg("since", date("2026-11-10")))}}
	d.Untold = []DeskFeedback{{Case: "F-1", On: date("2026-11-01"), Age: 22}}
	d.UntoldAge = [5]int{0, 0, 1}
	d.Checks = []DeskCheck{{Check: "C04", Visits: 4, Hits: 1, Low: 0.0456, High: 0.6994}} // Wilson, 1 of 4
	w.Desk = d
	return w
}

var deskSheets = []string{"cases_age", "cases", "promises", "holds", "feedback", "outcomes"}

func TestTheDeskInTheWorkbook(t *testing.T) {
	for _, lang := range locale.Langs {
		dir, p := t.TempDir(), locale.New(lang)
		s := writeWeek(t, dir, deskWeek(lang), lang)
		f, err := excelize.OpenFile(filepath.Join(dir, s.Files[0]))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		name := func(id string) string { return p.Text("week.sheet." + id) }
		sheets := f.GetSheetList()
		for i, id := range deskSheets {
			if at := slices.Index(sheets, name(id)); at != slices.Index(sheets, name("resolved"))+1+i {
				t.Errorf("%s: %s is sheet %d of %v", lang, id, at, sheets)
			}
		}
		for _, c := range []struct{ sheet, at, want string }{
			{"cases_age", "F2", "1"}, {"cases_age", "C4", "1"}, {"cases_age", "G4", "2"}, {"cases_age", "D5", "1"}, // open, all, feedback
			{"cases", "A2", "D-2"}, {"cases", "G3", "13"}, {"cases", "E3", "46352"}, // 2026-11-26 in the 1900 date system
			{"promises", "D2", p.Term("promise.broken")}, {"holds", "B2", "C08"}, {"feedback", "A2", "F-1"}, {"outcomes", "E2", "0.25"},
		} {
			if got, err := f.GetCellValue(name(c.sheet), c.at, excelize.Options{RawCellValue: true}); err != nil || got != c.want {
				t.Errorf("%s: %s!%s is %q (%v), want %q", lang, c.sheet, c.at, got, err, c.want)
			}
		}
		// A-00003 is the third of the flagged; the other account is not among them.
		for _, c := range []struct{ sheet, at string }{{"cases", "B3"}, {"promises", "B2"}, {"holds", "A2"}} {
			if ok, target, err := f.GetCellHyperLink(name(c.sheet), c.at); !ok || err != nil || target != quoted(name("flagged"))+"!B4" {
				t.Errorf("%s: %s!%s leads to %q (%v)", lang, c.sheet, c.at, target, err)
			}
		}
		if ok, target, _ := f.GetCellHyperLink(name("cases"), "B2"); ok {
			t.Errorf("%s: an account that is not flagged leads to %s", lang, target)
		}
	}
}

func TestTheDeskOnThePage(t *testing.T) {
	for _, lang := range locale.Langs {
		var with, without bytes.Buffer
		if err := weekHTML(&with, newWeekView(deskWeek(lang), locale.New(lang))); err != nil {
			t.Fatal(err)
		}
		if err := weekHTML(&without, newWeekView(week(lang, 9), locale.New(lang))); err != nil {
			t.Fatal(err)
		}
		for _, id := range deskSheets {
			for _, part := range []string{`<section id="` + id + `"`, `<a href="#` + id + `">`} {
				if !strings.Contains(with.String(), part) {
					t.Errorf("%s: the page lacks %s", lang, part)
				}
				if strings.Contains(without.String(), part) {
					t.Errorf("%s: a page without a ledger has %s", lang, part)
				}
			}
		}
		if n := strings.Count(with.String(), `<a href="#a3">A-00003</a>`); n < 3 {
			t.Errorf("%s: %d cells lead to the account's row, want those of cases, promises and holds", lang, n)
		}
	}
}

// What others write into a case's name or an account stays text.
func TestTheDeskTakesNoMarkup(t *testing.T) {
	w := deskWeek(locale.English)
	w.Desk.Cases[0].Case, w.Desk.Cases[0].AccountID = "=1+1", `<img src=x onerror="alert(1)">`
	var page bytes.Buffer
	if err := weekHTML(&page, newWeekView(w, locale.New(locale.English))); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page.String(), "<img") {
		t.Error("an account became markup")
	}
	dir := t.TempDir()
	s := writeWeek(t, dir, w, locale.English)
	f, err := excelize.OpenFile(filepath.Join(dir, s.Files[0]))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if formula, _ := f.GetCellFormula("Open cases", "A2"); formula != "" {
		t.Errorf("a case's name became the formula %s", formula)
	}
	if text, _ := f.GetCellValue("Open cases", "A2"); !strings.Contains(text, "1+1") {
		t.Errorf("the case's name is %q", text)
	}
}

func TestBandsOfAge(t *testing.T) {
	d := NewDesk()
	for _, c := range []struct{ days, band int }{{0, 0}, {7, 0}, {8, 1}, {14, 1}, {15, 2}, {30, 2}, {31, 3}, {90, 3}, {91, 4}, {4000, 4}} {
		if got := d.Band(c.days); got != c.band {
			t.Errorf("%d days are in band %d, want %d", c.days, got, c.band)
		}
	}
}

func TestTheDeskInTheSummary(t *testing.T) {
	dir := t.TempDir()
	s := writeWeek(t, dir, deskWeek(locale.English), locale.English)
	read, err := ReadWeekSummary(filepath.Join(dir, s.Files[2]))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := read.Desk.Cases, s.Desk.Cases; !slices.Equal(got, want) {
		t.Errorf("the summary reads back as %+v, want %+v", got, want)
	}
	if got, want := read.Desk.Promises, s.Desk.Promises; !slices.Equal(got, want) {
		t.Errorf("the summary reads back as %+v, want %+v", got, want)
	}
	brief := s.Desk.Brief()
	if brief.Cases != nil || brief.Overdue != 1 || len(s.Desk.Cases) != 2 {
		t.Errorf("the brief is %+v", brief)
	}
}
