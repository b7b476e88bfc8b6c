package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

func written(t interface {
	Helper()
	Fatal(...any)
}, format string, lang locale.Lang, opt WriterOptions, all ...*anomaly.Assessment) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(format, &b, locale.New(lang), opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if err := w.Write(a); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFormats(t *testing.T) {
	for _, lang := range locale.Langs {
		all := []*anomaly.Assessment{story(lang), normal(), bare()}
		for _, c := range []struct {
			name, format string
			opt          WriterOptions
		}{
			{"table_80.txt", "table", WriterOptions{Width: 80}},
			{"table_140.txt", "table", WriterOptions{Width: 140}},
			{"table_tabs.txt", "table", WriterOptions{}},
			{"batch.csv", "csv", WriterOptions{}},
			{"batch.md", "markdown", WriterOptions{}},
			{"batch.ndjson", "ndjson", WriterOptions{}},
		} {
			t.Run(c.name+" "+string(lang), func(t *testing.T) {
				golden(t, string(lang)+"_"+c.name, written(t, c.format, lang, c.opt, all...))
			})
		}
	}
}

func TestAnUnknownFormatNamesTheOthers(t *testing.T) {
	_, err := NewWriter("pdf", nil, locale.New(locale.English), WriterOptions{})
	if err == nil || !strings.Contains(err.Error(), "ndjson") {
		t.Errorf("error %v", err)
	}
}

func TestAllFormatsCanBeWrittenTwiceAlikeAndEmpty(t *testing.T) {
	for _, format := range Formats {
		a := written(t, format, locale.English, WriterOptions{Width: 100}, story(locale.English), normal(), crowded(), &anomaly.Assessment{})
		b := written(t, format, locale.English, WriterOptions{Width: 100}, story(locale.English), normal(), crowded(), &anomaly.Assessment{})
		if !bytes.Equal(a, b) {
			t.Errorf("%s: two runs differ", format)
		}
		empty := written(t, format, locale.English, WriterOptions{Width: 100})
		if format == "json" && string(empty) != "[]\n" {
			t.Errorf("an empty array is %q", empty)
		}
	}
}

func TestJSONArrayAndLinesHoldTheSame(t *testing.T) {
	var array []json.RawMessage
	if err := json.Unmarshal(written(t, "json", locale.English, WriterOptions{}, story(locale.English), normal()), &array); err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(written(t, "ndjson", locale.English, WriterOptions{}, story(locale.English), normal())), []byte("\n"))
	if len(array) != 2 || len(lines) != 2 || !bytes.Equal(array[0], lines[0]) || !bytes.Equal(array[1], lines[1]) {
		t.Errorf("array of %d, %d lines", len(array), len(lines))
	}
}

func TestNoTableLineIsWiderThanTheTerminal(t *testing.T) {
	for _, lang := range locale.Langs {
		for columns := 60; columns <= 200; columns += 7 {
			text := written(t, "table", lang, WriterOptions{Width: columns}, story(lang), normal(), bare(), crowded(), &anomaly.Assessment{})
			for line := range strings.Lines(string(text)) {
				if w := width(strings.TrimSuffix(line, "\n")); w > columns {
					t.Errorf("%s at %d columns: a line of %d: %s", lang, columns, w, line)
				}
			}
		}
	}
}

func TestALongTableStreamsWithTheSameColumns(t *testing.T) {
	var b bytes.Buffer
	w, _ := NewWriter("table", &b, locale.New(locale.English), WriterOptions{Width: 100})
	for range tableSample + 50 {
		if err := w.Write(normal()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != tableSample+51 {
		t.Fatalf("%d lines", len(lines))
	}
	if at := strings.Index(lines[1], "w-100"); strings.Index(lines[len(lines)-1], "w-100") != at {
		t.Error("the columns move after the first rows")
	}
}

func TestCSVHoldsNoFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := rapid.SampledFrom([]string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", ""}).Draw(t, "start")
		text := start + rapid.StringN(0, 10, -1).Draw(t, "rest")
		a := normal()
		a.AccountID, a.BillKey, a.Currency = text, text, text
		a.Findings = []anomaly.Finding{{Check: text, Message: anomaly.Msg(text)}}
		rows, err := csv.NewReader(bytes.NewReader(written(t, "csv", locale.English, WriterOptions{}, a))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for i, field := range rows[1] {
			if field == "" || strings.HasPrefix(field, "'") {
				continue
			}
			if strings.ContainsRune("=+@\t\r\n＝＋－＠", []rune(field)[0]) || field[0] == '-' && rows[0][i] != "priority" {
				t.Fatalf("%s is %q", rows[0][i], field)
			}
		}
	})
}

func TestCSVNumbersStayNumbers(t *testing.T) {
	a := normal() // its priority is -180
	rows, err := csv.NewReader(bytes.NewReader(written(t, "csv", locale.English, WriterOptions{}, a))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for i, name := range rows[0] {
		got[name] = rows[1][i]
	}
	for name, want := range map[string]string{
		"rank": "1", "usage": "31.5", "priority": "-180", "priority_unit": "m3/h", "amount": "", "period_start": "2026-01-01",
		"expected": "30.2", "inspection_probability": "0", "wait_allowed": "no",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}

func TestXLSXHoldsNumbersDatesAndText(t *testing.T) {
	a := story(locale.English)
	a.AccountID = "=1+1"
	f, err := excelize.OpenReader(bytes.NewReader(written(t, "xlsx", locale.English, WriterOptions{}, a)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet := f.GetSheetName(0)
	for i, c := range columns {
		at, _ := excelize.CoordinatesToCellName(i+2, 2)
		kind, err := f.GetCellType(sheet, at)
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := f.GetCellValue(sheet, at, excelize.Options{RawCellValue: true})
		switch c.id {
		case "usage", "amount", "expected", "priority", "inspection_probability", "period_start":
			if kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
				t.Errorf("%s is text: %q", c.id, raw)
			}
		case "account_id":
			if formula, _ := f.GetCellFormula(sheet, at); formula != "" || raw != "=1+1" {
				t.Errorf("%s is the formula %q, text %q", c.id, formula, raw)
			}
		}
	}
	at, _ := excelize.CoordinatesToCellName(5, 2)
	raw, _ := f.GetCellValue(sheet, at, excelize.Options{RawCellValue: true})
	// Serial number of 2026-01-01 in the 1900 date system: 46023.
	if raw != "46023" {
		t.Errorf("period start is %s in %s", raw, at)
	}
	props, err := f.GetDocProps()
	if err != nil {
		t.Fatal(err)
	}
	if props.Created != "2000-01-01T00:00:00Z" || strings.Contains(props.Modified, fmt.Sprint(time.Now().Year())) {
		t.Errorf("properties carry a clock: %+v", props)
	}
}

func TestTheMainFinding(t *testing.T) {
	f := func(check string, severity anomaly.Severity, action anomaly.Action) anomaly.Finding {
		return anomaly.Finding{Check: check, Severity: severity, Action: action}
	}
	for _, c := range []struct {
		name     string
		findings []anomaly.Finding
		want     string
	}{
		{"the most severe", []anomaly.Finding{f("U01", 2, ""), f("R08", 4, ""), f("U06", 3, "")}, "R08"},
		{"among equals, what the verdict asks for", []anomaly.Finding{f("C04", 3, anomaly.ActionInspect), f("U06", 3, anomaly.ActionSelftest)}, "U06"},
		{"not the one that restates the verdict", []anomaly.Finding{f("C01", 3, anomaly.ActionSelftest), f("U06", 1, anomaly.ActionExplain)}, "U06"},
		{"unless there is no other", []anomaly.Finding{f("U15", 0, anomaly.ActionExplain), f("C01", 3, anomaly.ActionSelftest)}, "C01"},
		{"the first of those that are alike", []anomaly.Finding{f("R01", 3, ""), f("R03", 3, "")}, "R01"},
	} {
		a := &anomaly.Assessment{Findings: c.findings, Verdict: anomaly.Verdict{Action: anomaly.ActionSelftest}}
		if got := mainFinding(a); got.Check != c.want {
			t.Errorf("%s: %s, want %s", c.name, got.Check, c.want)
		}
	}
	if mainFinding(&anomaly.Assessment{}) != nil {
		t.Error("no findings, but a main one")
	}
}

func BenchmarkWriters(b *testing.B) {
	a := story(locale.English)
	for _, format := range []string{"ndjson", "csv", "table", "xlsx"} {
		b.Run(format, func(b *testing.B) {
			w, err := NewWriter(format, discard{}, locale.New(locale.English), WriterOptions{})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := w.Write(a); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// The table for programs has no heading: the help says what its columns are.
func TestTheHelpNamesTheColumnsOfTheTableForPrograms(t *testing.T) {
	for _, lang := range locale.Langs {
		help, at := locale.New(lang).Text("help.batch.long"), 0
		for _, id := range tabbedColumns {
			next := strings.Index(help[at:], id)
			if next < 0 {
				t.Fatalf("%s: %s is missing, or in the wrong place, in\n%s", lang, id, help)
			}
			at += next
		}
	}
}
