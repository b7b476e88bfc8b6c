package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// week is a report of n flagged accounts made of the test assessments.
func week(lang locale.Lang, n int) *Week {
	w := &Week{
		Name: "2026-W47", Since: date("2026-11-16"), AsOf: date("2026-11-23"), Program: "whybill test",
		Accounts: 50 * n, Bills: 50 * n, Config: anomaly.DefaultConfig(),
		Problems: []Problem{{
			Source: anomaly.Source{File: "bills.csv", Row: 12}, Column: "usage", Value: "=1+1",
			Reason: anomaly.Msg("not a number"),
		}},
		Previous: &WeekSummary{Name: "2026-W46", AsOf: "2026-11-16", Flags: []Flag{
			{AccountID: "A-00001", BillID: "b", Action: "inspect", Since: "2026-W45"}, {AccountID: "gone", BillID: "b9", Action: "reread"},
		}},
		Visits: Visits{Done: 20, Hits: 9, Expected: 8.4},
	}
	for i := range n {
		a := story(lang)
		a.AccountID = fmt.Sprintf("A-%05d", i+1)
		a.Verdict.Priority -= float64(i)
		switch i % 4 {
		case 1:
			a.Verdict.Action, a.Verdict.Then = anomaly.ActionInspect, ""
		case 2:
			a.Verdict.Action, a.Verdict.Then = anomaly.ActionRebill, ""
			a.Rebill.Amount = money("3990")
		case 3:
			a.Verdict.Action, a.Verdict.Then = anomaly.ActionFixData, ""
			a.Findings = append(a.Findings, anomaly.Finding{
				Check: "D08", Ref: "D08-123456", Severity: anomaly.Medium, Action: anomaly.ActionFixData,
				Message: anomaly.Msg("a gap of 12 days before this bill"), Evidence: []anomaly.Source{{File: "bills.csv", Row: 9}},
			})
		}
		w.Flagged = append(w.Flagged, a)
	}
	return w
}

func writeWeek(t testing.TB, dir string, w *Week, lang locale.Lang) *WeekSummary {
	t.Helper()
	s, err := WriteWeek(dir, w, locale.New(lang))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAWeekWrittenTwiceIsTheSame(t *testing.T) {
	for _, lang := range locale.Langs {
		a, b := t.TempDir(), t.TempDir()
		s := writeWeek(t, a, week(lang, 9), lang)
		writeWeek(t, b, week(lang, 9), lang)
		writeWeek(t, b, week(lang, 9), lang)
		for _, name := range s.Files {
			one, err := os.ReadFile(filepath.Join(a, name))
			if err != nil {
				t.Fatal(err)
			}
			two, err := os.ReadFile(filepath.Join(b, name))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(one, two) {
				t.Errorf("%s: %s differs between two runs", lang, name)
			}
		}
		left, _ := filepath.Glob(filepath.Join(b, ".whybill-*.tmp"))
		if len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

func TestNewContinuingAndResolved(t *testing.T) {
	dir := t.TempDir()
	s := writeWeek(t, dir, week(locale.English, 9), locale.English)
	if s.New != 8 || s.Continuing != 1 || s.Resolved != 1 {
		t.Errorf("new %d, continuing %d, resolved %d; want 8, 1, 1", s.New, s.Continuing, s.Resolved)
	}
	if s.Flags[0].Since != "2026-W45" || s.Flags[1].Since != "2026-W47" {
		t.Errorf("flagged since %s and %s", s.Flags[0].Since, s.Flags[1].Since)
	}
	// Of nine: inspections are 2 and 6; their probability is 0.31 each. Rebills 3 and 7.
	// Data: one row and accounts 4 and 8.
	if s.Inspections != 2 || s.ExpectedHits != 0.62 || s.Rebills != 2 || s.DataProblems != 3 {
		t.Errorf("inspections %d, expected hits %g, rebills %d, data %d", s.Inspections, s.ExpectedHits, s.Rebills, s.DataProblems)
	}
	before, err := PreviousSummary(dir, date("2026-11-30"))
	if err != nil || before == nil || before.Name != "2026-W47" || !reflect.DeepEqual(before, s) {
		t.Errorf("the next report finds %+v, %v", before, err)
	}
	if before, err := PreviousSummary(dir, date("2026-11-23")); before != nil || err != nil {
		t.Errorf("a report is its own predecessor: %+v, %v", before, err)
	}
}

func TestWhatIsKilledHalfWayLeavesTheOldReport(t *testing.T) {
	dir := t.TempDir()
	s := writeWeek(t, dir, week(locale.English, 2), locale.English)
	old, err := os.ReadFile(filepath.Join(dir, s.Files[0]))
	if err != nil {
		t.Fatal(err)
	}
	o := output{dir: dir}
	failed := errors.New("disk full")
	err = o.write(s.Files[0], func(w io.Writer) error {
		if _, err := w.Write([]byte("half")); err != nil {
			return err
		}
		return failed
	})
	o.discard()
	if !errors.Is(err, failed) {
		t.Errorf("error %v", err)
	}
	if now, _ := os.ReadFile(filepath.Join(dir, s.Files[0])); !bytes.Equal(old, now) {
		t.Error("the old report is gone")
	}
}

func TestTwoRunsDoNotCollide(t *testing.T) {
	dir := t.TempDir()
	unlock, err := lockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := WriteWeek(dir, week(locale.English, 1), locale.New(locale.English)); !errors.Is(err, ErrLocked) {
		t.Errorf("error %v", err)
	}
	unlock()
	writeWeek(t, dir, week(locale.English, 1), locale.English)
}

func TestTheWorkbook(t *testing.T) {
	dir := t.TempDir()
	s := writeWeek(t, dir, week(locale.English, 9), locale.English)
	f, err := excelize.OpenFile(filepath.Join(dir, s.Files[0]))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := len(f.GetSheetList()); got != len(weekSheets) {
		t.Errorf("%d sheets", got)
	}
	check := func(sheet, at, want string) {
		t.Helper()
		if got, err := f.GetCellValue(sheet, at, excelize.Options{RawCellValue: true}); err != nil || got != want {
			t.Errorf("%s!%s is %q (%v), want %q", sheet, at, got, err, want)
		}
	}
	check("Inspections", "B2", "A-00002")
	check("Inspections", "G2", "0.31")
	check("Rebills", "F2", "4137")
	check("Rebills", "G2", "3990")
	check("Rebills", "H2", "-147")
	check("Data problems", "E2", "=1+1")
	check("Resolved", "A2", "gone")
	check("Past usage", "B2", "45047") // 2023-05-01 in the 1900 date system
	if formula, _ := f.GetCellFormula("Data problems", "E2"); formula != "" {
		t.Errorf("text became the formula %s", formula)
	}
	for _, link := range []struct{ sheet, at, target string }{
		{"Flagged accounts", "B2", "'Past usage'!A2"}, {"Inspections", "B2", "'Flagged accounts'!B3"}, {"Summary", "A6", "'Flagged accounts'!A1"},
	} {
		if ok, target, err := f.GetCellHyperLink(link.sheet, link.at); !ok || target != link.target || err != nil {
			t.Errorf("%s!%s points to %q (%v)", link.sheet, link.at, target, err)
		}
	}
	rows, err := f.GetRows("Method and parameters")
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprint(rows)
	for _, want := range []string{"checks.high_low.water.usage", "stakes.visit_cost.TWD", "checks.lengths.1.0"} {
		if !strings.Contains(text, want) {
			t.Errorf("the parameters lack %s", want)
		}
	}
}

func TestEveryNumberOfTheConfigurationIsAParameter(t *testing.T) {
	cfg := anomaly.DefaultConfig()
	names := map[string]string{}
	for _, p := range Parameters(&cfg) {
		if _, twice := names[p.Name]; twice {
			t.Errorf("%s is listed twice", p.Name)
		}
		names[p.Name] = p.Value
	}
	for name, want := range map[string]string{
		"checks.high_low.electricity.usage": "50", "checks.gap_days": "2", "stakes.recovery_share": "0.6", "stakes.unit_price": "-", "stakes.visit_cost.TND": "40",
	} {
		if names[name] != want {
			t.Errorf("%s is %q, want %q", name, names[name], want)
		}
	}
}

func TestThePageStandsAlone(t *testing.T) {
	var b bytes.Buffer
	w := week(locale.Traditional, 3)
	w.Flagged[0].AccountID = `<img src=x onerror="alert(1)">`
	w.Flagged[0].Findings[0].Message = anomaly.Msg(`</script><script>alert(2)</script>`)
	if err := weekHTML(&b, newWeekView(w, locale.New(locale.Traditional))); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, pattern := range []string{`<img`, `<[^>]*\son[a-z]+=`, `alert\(2\)</script`, `\sstyle="`, `(src|href)="?(https?:|//)`, `@import`, `url\(`, `\{\{`} {
		if found := regexp.MustCompile(pattern).FindString(text); found != "" {
			t.Errorf("the page has %q", found)
		}
	}
	for _, want := range []string{`<html lang="zh-TW">`, "default-src &#39;none&#39;", `id="a1"`, "現場檢查"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestAnEmptyWeek(t *testing.T) {
	w := &Week{Name: "2026-W01/..", AsOf: date("2026-01-05"), Config: anomaly.DefaultConfig()}
	s := writeWeek(t, t.TempDir(), w, locale.English)
	if s.Files[0] != "whybill-2026-W01-...xlsx" || s.FlaggedCount != 0 {
		t.Errorf("summary %+v", s)
	}
}

func BenchmarkWeek(b *testing.B) {
	w := week(locale.English, 2000)
	dir := b.TempDir()
	b.ReportAllocs()
	for b.Loop() {
		writeWeek(b, dir, w, locale.English)
	}
}
