package xlsxfile

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// flavour is how a program writes a sheet.
type flavour struct {
	name                    string
	prefix                  string
	references              bool // cells and rows say where they stand
	inline                  bool // strings stand in the cells
	space, quote, booleans  string
	runs, comments, newline bool
}

var flavours = []flavour{
	{name: "Excel", references: true, quote: `"`, booleans: "1 0"},
	{name: "LibreOffice", references: true, quote: `"`, booleans: "true false", space: " "},
	{name: "a stream writer", references: true, inline: true, quote: `"`, booleans: "1 0"},
	{name: "a script that leaves references out", inline: true, quote: `'`, booleans: "1 0", newline: true},
	{name: "prefixes, runs and comments", prefix: "x:", references: true, quote: `"`, booleans: "1 0", runs: true, comments: true, newline: true},
}

// generator writes random sheets in a flavour.
type generator struct {
	flavour
	rand   *rand.Rand
	shared []string
}

func (g *generator) tag(name string, attrs ...string) string {
	var b strings.Builder
	b.WriteString("<" + g.prefix + name)
	for i := 0; i+1 < len(attrs); i += 2 {
		b.WriteString(" " + attrs[i] + "=" + g.quote + attrs[i+1] + g.quote)
	}
	return b.String() + g.space + ">"
}

func (g *generator) end(name string) string { return "</" + g.prefix + name + ">" }

var words = []string{"電號", "A-1", "usage & cost", "<b>", "  spaced  ", "line\nbreak", "naïve", "\"quoted\"", "1234", "2024-03-01", "", "用電度數(kWh)", "🔌"}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// text is the <t> of a string, in runs where the flavour has them.
func (g *generator) text(s string) string {
	t := func(s string) string {
		return g.tag("t", "xml:space", "preserve") + escaper.Replace(s) + g.end("t")
	}
	if !g.runs || len(s) < 2 || s[1] > 127 || s[0] > 127 {
		return t(s)
	}
	return g.tag("r") + t(s[:1]) + g.end("r") + g.tag("r") + g.tag("rPr") + "<" + g.prefix + "b/>" + g.end("rPr") + t(s[1:]) + g.end("r")
}

// cell writes a random cell; style 1 is a date, 2 a date with a time.
func (g *generator) cell(ref string) string {
	attrs := []string{}
	if g.references {
		attrs = append(attrs, "r", ref)
	}
	value := func(v string, more ...string) string {
		return g.tag("c", append(attrs, more...)...) + g.tag("v") + v + g.end("v") + g.end("c")
	}
	yes, no, _ := strings.Cut(g.booleans, " ")
	switch g.rand.IntN(9) {
	case 0:
		return value(strconv.Itoa(g.rand.IntN(100000)))
	case 1:
		return value(strconv.FormatFloat(math.Round(g.rand.Float64()*1e6)/100+0.1, 'g', 17, 64))
	case 2:
		return value(strconv.Itoa(1+g.rand.IntN(60000)), "s", "1")
	case 3:
		return value(strconv.FormatFloat(float64(61+g.rand.IntN(60000))+float64(g.rand.IntN(24*60))/(24*60), 'g', 17, 64), "s", "2")
	case 4:
		return value([]string{yes, no}[g.rand.IntN(2)], "t", "b")
	case 5:
		return value([]string{"#N/A", "#DIV/0!"}[g.rand.IntN(2)], "t", "e")
	case 6:
		f := g.tag("f") + "A1&amp;B1" + g.end("f")
		return g.tag("c", append(attrs, "t", "str")...) + f + g.tag("v") + escaper.Replace(words[g.rand.IntN(len(words))]) + g.end("v") + g.end("c")
	}
	s := words[g.rand.IntN(len(words))]
	if g.inline {
		return g.tag("c", append(attrs, "t", "inlineStr")...) + g.tag("is") + g.text(s) + g.end("is") + g.end("c")
	}
	g.shared = append(g.shared, s)
	return value(strconv.Itoa(len(g.shared)-1), "t", "s")
}

func (g *generator) workbook() []byte {
	var b strings.Builder
	namespace := "xmlns" + strings.TrimSuffix(":"+g.prefix, ":")
	b.WriteString(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" + g.tag("worksheet", namespace, "http://schemas.openxmlformats.org/spreadsheetml/2006/main"))
	b.WriteString(g.tag("sheetData"))
	row := 0
	for range 1 + g.rand.IntN(30) {
		row++
		attrs := []string{}
		if g.references {
			row += g.rand.IntN(3)
			attrs = append(attrs, "r", strconv.Itoa(row), "spans", "1:9")
		}
		if g.newline {
			b.WriteString("\r\n  ")
		}
		b.WriteString(g.tag("row", attrs...))
		col := 0
		for range g.rand.IntN(10) {
			col++
			if g.references && g.rand.IntN(4) == 0 {
				col += g.rand.IntN(30)
			}
			ref, _ := excelize.CoordinatesToCellName(col, row)
			b.WriteString(g.cell(ref))
		}
		b.WriteString(g.end("row"))
		if g.comments {
			b.WriteString("<!-- <" + g.prefix + "row> -->")
		}
	}
	b.WriteString(g.end("sheetData") + g.end("worksheet"))
	var sst strings.Builder
	sst.WriteString(g.tag("sst", namespace, "http://schemas.openxmlformats.org/spreadsheetml/2006/main"))
	for _, s := range g.shared {
		sst.WriteString(g.tag("si") + g.text(s) + g.end("si"))
	}
	sst.WriteString(g.end("sst"))
	const main = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	const rels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	const kind = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`
	return workbook(b.String(), map[string]string{
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"xl/workbook.xml":            `<workbook ` + main + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"_rels/.rels":                rels + `<Relationship Id="rId1" Type="` + kind + `officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/_rels/workbook.xml.rels": rels + `<Relationship Id="rId1" Type="` + kind + `worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="` + kind + `styles" Target="styles.xml"/><Relationship Id="rId3" Type="` + kind + `sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/styles.xml":              `<styleSheet ` + main + `><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy/mm/dd hh:mm"/></numFmts><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml":       sst.String(),
	})
}

// TestSameCellsAsExcelize reads generated sheets with the library and with this package.
func TestSameCellsAsExcelize(t *testing.T) {
	for _, f := range flavours {
		t.Run(f.name, func(t *testing.T) {
			for seed := range uint64(150) {
				g := &generator{flavour: f, rand: rand.New(rand.NewPCG(seed, 1))}
				data := g.workbook()
				got, err := read(data, 0)
				if err != nil {
					t.Fatal(err)
				}
				library, err := excelize.OpenReader(bytes.NewReader(data))
				if err != nil {
					t.Fatal(err)
				}
				compareSheet(t, fmt.Sprintf("seed %d", seed), library, got)
				if err := library.Close(); err != nil {
					t.Fatal(err)
				}
				if t.Failed() {
					return
				}
			}
		})
	}
}

// compareSheet compares all cells that one of the two readers sees.
func compareSheet(t *testing.T, what string, library *excelize.File, got []row) {
	t.Helper()
	theirs, err := library.GetRows("Sheet1", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	mine := map[int][]Cell{}
	last := 0
	for _, r := range got {
		mine[r.N] = r.Cells
		last = max(last, r.N)
	}
	for n := 1; n <= max(last, len(theirs)); n++ {
		var raw []string
		if n <= len(theirs) {
			raw = theirs[n-1]
		}
		for col := range max(len(raw), len(mine[n])) {
			var cell Cell
			if col < len(mine[n]) {
				cell = mine[n][col]
			}
			value := ""
			if col < len(raw) {
				value = raw[col]
			}
			if !sameCell(cell, value) {
				t.Errorf("%s: row %d column %d: %+v, the library has %q", what, n, col, cell, value)
			}
		}
	}
}

// sameCell compares a cell with the raw value that the library gives.
func sameCell(c Cell, raw string) bool {
	switch c.Kind {
	case Empty:
		return raw == ""
	case Number:
		a, err1 := strconv.ParseFloat(c.Text, 64)
		b, err2 := strconv.ParseFloat(raw, 64)
		// 15 significant digits are kept of up to 17.
		return err1 == nil && err2 == nil && math.Abs(a-b) <= 1e-14*math.Abs(b)
	case Bool:
		return (c.Text == "TRUE") == (raw == "1" || raw == "TRUE" || raw == "true")
	case Date:
		serial, err := strconv.ParseFloat(raw, 64)
		if err != nil {
			return false
		}
		when, err := excelize.ExcelDateToTime(serial, false)
		if err != nil {
			return false
		}
		if serial < 60 { // the library takes no account of the day that never was
			when = when.AddDate(0, 0, 1)
		}
		when = when.Round(time.Second)
		return c.Text == when.Format("2006-01-02") || c.Text == when.Format("2006-01-02 15:04") || c.Text == when.Format("2006-01-02 15:04:05")
	}
	return c.Text == raw
}

// TestSameCellsAsWritten reads what the library itself writes.
func TestSameCellsAsWritten(t *testing.T) {
	f := excelize.NewFile()
	// The library gives a time the format mmm-yy, which shows no hours.
	day := time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC)
	for i, row := range [][]any{
		{"電號", "usage", "read on", "ok", nil, "note"},
		{"99-12-3456-78-9", 1231.5, day, true, nil, "a & b"},
		{" 00012", -0.1, day.AddDate(0, 0, 1).Truncate(24 * time.Hour), false, nil, "=1+1"},
	} {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellFormula("Sheet1", "E2", "B2*2"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := read(b.Bytes(), 0)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1: 電號/1 usage/1 read on/1 ok/1 /0 note/1",
		"2: 99-12-3456-78-9/1 1231.5/2 2026-03-01/3 TRUE/5 =B2*2/7 a & b/1",
		"3:  00012/1 -0.1/2 2026-03-02/3 FALSE/5 /0 =1+1/1",
	}
	for i, r := range got {
		var parts []string
		for _, c := range r.Cells {
			parts = append(parts, fmt.Sprintf("%s/%d", c.Text, c.Kind))
		}
		if line := fmt.Sprintf("%d: %s", r.N, strings.Join(parts, " ")); i >= len(want) || line != want[i] {
			t.Errorf("got %s", line)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d rows", len(got))
	}
}
