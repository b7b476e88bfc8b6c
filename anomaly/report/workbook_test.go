package report

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// Excel opens a workbook only where a good many things hold that other programs do not
// ask for; otherwise it offers to repair it and drops what it does not like. There is no
// Excel in a test, so these are walked through one by one. The limits are those of
// Microsoft's "Excel specifications and limits" and of ECMA-376, part 1.
const (
	excelSheetName  = 31
	excelCellText   = 32767
	excelLinks      = 65530
	excelRows       = 1048576
	excelColumns    = 16384
	excelRowHeight  = 409
	excelLastDay    = 2958465 // 9999-12-31
	excelFirstSafe  = 61      // 1900-03-01: before it Excel counts a day that never was
	excelHeaderText = 255     // of a footer, and of a chart's title
)

// node is an element of a part of the package.
type node struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Nodes   []node     `xml:",any"`
	Text    string     `xml:",chardata"`
}

func (n *node) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// all returns the elements of a name at any depth.
func (n *node) all(name string) (found []*node) {
	for i := range n.Nodes {
		if n.Nodes[i].XMLName.Local == name {
			found = append(found, &n.Nodes[i])
		}
		found = append(found, n.Nodes[i].all(name)...)
	}
	return found
}

func (n *node) number(name string) int {
	v, err := strconv.Atoi(n.attr(name))
	if err != nil {
		return -1
	}
	return v
}

// workbook is a package taken apart.
type workbook struct {
	parts    map[string]*node
	names    []string          // of the sheets, in order
	paths    map[string]string // of the sheets' parts, by lower-case name
	strings  []string
	formats  []int // the number format of each cell style
	codes    map[int]string
	problems []string
}

func (w *workbook) complain(format string, args ...any) {
	w.problems = append(w.problems, fmt.Sprintf(format, args...))
}

// openWorkbook takes a package apart and looks everything over.
func openWorkbook(t *testing.T, data []byte) *workbook {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	w := &workbook{parts: map[string]*node{}, paths: map[string]string{}, codes: map[int]string{}}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			t.Fatal(err)
		}
		if w.parts[f.Name] != nil {
			w.complain("%s is there twice", f.Name)
		}
		part := &node{}
		if err := xml.Unmarshal(text, part); err != nil {
			w.complain("%s is not well-formed: %v", f.Name, err)
		}
		w.parts[f.Name] = part
	}
	w.contentTypes()
	w.relationships()
	w.styles()
	w.book()
	for _, name := range w.names {
		w.sheet(name)
	}
	w.tables()
	for name, part := range w.parts {
		if strings.HasPrefix(name, "xl/charts/") {
			for _, f := range part.all("f") {
				w.reference(name, f.Text)
			}
			for _, text := range part.all("t") {
				if len(utf16.Encode([]rune(text.Text))) > excelHeaderText {
					w.complain("%s: a title is too long", name)
				}
			}
		}
	}
	slices.Sort(w.problems)
	return w
}

func (w *workbook) contentTypes() {
	types := w.parts["[Content_Types].xml"]
	known := map[string]int{}
	for _, d := range types.all("Default") {
		known["."+d.attr("Extension")]++
	}
	for _, o := range types.all("Override") {
		known[strings.TrimPrefix(o.attr("PartName"), "/")]++
		if w.parts[strings.TrimPrefix(o.attr("PartName"), "/")] == nil {
			w.complain("a content type for %s, which is not there", o.attr("PartName"))
		}
	}
	for what, n := range known {
		if n > 1 {
			w.complain("%d content types for %s", n, what)
		}
	}
	for name := range w.parts {
		if name != "[Content_Types].xml" && known[name] == 0 && known[path.Ext(name)] == 0 {
			w.complain("no content type for %s", name)
		}
	}
}

// target is where a relationship of a part leads to, "" where there is none.
func (w *workbook) target(part, id string) string {
	rels := w.parts[path.Join(path.Dir(part), "_rels", path.Base(part)+".rels")]
	if rels == nil {
		return ""
	}
	for _, r := range rels.all("Relationship") {
		if r.attr("Id") == id {
			return resolve(part, r.attr("Target"))
		}
	}
	return ""
}

func resolve(part, target string) string {
	if strings.HasPrefix(target, "/") {
		return strings.TrimPrefix(target, "/")
	}
	return path.Join(path.Dir(part), target)
}

func (w *workbook) relationships() {
	for name, part := range w.parts {
		if path.Ext(name) != ".rels" {
			continue
		}
		from := path.Join(path.Dir(path.Dir(name)), strings.TrimSuffix(path.Base(name), ".rels"))
		seen := map[string]bool{}
		for _, r := range part.all("Relationship") {
			if seen[r.attr("Id")] {
				w.complain("%s has %s twice", name, r.attr("Id"))
			}
			seen[r.attr("Id")] = true
			if r.attr("TargetMode") == "External" {
				w.complain("%s leads outside: %s", name, r.attr("Target"))
			} else if to := resolve(from, r.attr("Target")); w.parts[to] == nil {
				w.complain("%s leads to %s, which is not there", name, to)
			}
		}
	}
}

func (w *workbook) styles() {
	s := w.parts["xl/styles.xml"]
	count := func(list, item string) int {
		found := s.all(list)
		if len(found) == 0 {
			return 0
		}
		n := 0
		for i := range found[0].Nodes {
			if found[0].Nodes[i].XMLName.Local == item {
				n++
			}
		}
		if found[0].attr("count") != "" && found[0].number("count") != n {
			w.complain("%s counts %s, has %d", list, found[0].attr("count"), n)
		}
		return n
	}
	fonts, fills, borders, bases := count("fonts", "font"), count("fills", "fill"), count("borders", "border"), count("cellStyleXfs", "xf")
	for _, f := range s.all("numFmt") {
		if w.codes[f.number("numFmtId")] != "" || f.number("numFmtId") < 164 {
			w.complain("number format %s is there twice or is one of the program's own", f.attr("numFmtId"))
		}
		w.codes[f.number("numFmtId")] = f.attr("formatCode")
	}
	count("cellXfs", "xf")
	seen := map[string]bool{}
	for _, list := range s.all("cellXfs") {
		for i := range list.Nodes {
			x := &list.Nodes[i]
			if x.number("fontId") >= fonts || x.number("fillId") >= fills || x.number("borderId") >= borders || x.number("xfId") >= bases {
				w.complain("cell style %d points beyond the lists", i)
			}
			if key := fmt.Sprint(x.Attrs, x.Nodes); seen[key] {
				w.complain("cell style %d is there twice", i)
			} else {
				seen[key] = true
			}
			id := x.number("numFmtId")
			if id >= 164 && w.codes[id] == "" {
				w.complain("cell style %d asks for number format %d", i, id)
			}
			w.formats = append(w.formats, id)
		}
	}
	if sst := w.parts["xl/sharedStrings.xml"]; sst != nil {
		for i := range sst.Nodes {
			text := ""
			for _, t := range sst.Nodes[i].all("t") {
				w.text("a shared text", t)
				text += t.Text
			}
			w.strings = append(w.strings, text)
		}
	}
}

// text looks over what stands in a cell.
func (w *workbook) text(at string, t *node) {
	if n := len(utf16.Encode([]rune(t.Text))); n > excelCellText {
		w.complain("%s has %d characters", at, n)
	}
	if strings.TrimSpace(t.Text) != t.Text && t.attr("space") != "preserve" {
		w.complain("%s loses the spaces of %q", at, t.Text)
	}
}

func (w *workbook) book() {
	book := w.parts["xl/workbook.xml"]
	for _, s := range book.all("sheet") {
		name := s.attr("name")
		if n := len(utf16.Encode([]rune(name))); n == 0 || n > excelSheetName || strings.ContainsAny(name, `[]:*?/\`) ||
			strings.Trim(name, "'") != name || strings.EqualFold(name, "History") { // which Excel keeps for itself
			w.complain("no sheet may be called %q", name)
		}
		if w.paths[strings.ToLower(name)] != "" {
			w.complain("two sheets are called %q", name)
		}
		w.names = append(w.names, name)
		w.paths[strings.ToLower(name)] = w.target("xl/workbook.xml", s.attr("id"))
	}
	seen := map[string]bool{}
	for _, d := range book.all("definedName") {
		key := strings.ToLower(d.attr("name") + "@" + d.attr("localSheetId"))
		if seen[key] {
			w.complain("the name %s is there twice", key)
		}
		seen[key] = true
		if !regexp.MustCompile(`^(_xlnm\.(Print_Titles|_FilterDatabase|Print_Area)|[A-Za-z_\\][\w.\\]*)$`).MatchString(d.attr("name")) {
			w.complain("no range may be called %q", d.attr("name"))
		}
		if id := d.number("localSheetId"); d.attr("localSheetId") != "" && (id < 0 || id >= len(w.names) || !strings.HasPrefix(d.Text, quoted(w.names[id])+"!")) {
			w.complain("%s of sheet %d is %s", d.attr("name"), id, d.Text)
		}
		w.reference("a name", d.Text)
	}
}

var sheetReference = regexp.MustCompile(`^(?:'((?:[^']|'')+)'|(\w+))!(.+)$`)

// reference looks over a reference to a place of the workbook.
func (w *workbook) reference(at, ref string) {
	m := sheetReference.FindStringSubmatch(ref)
	if m == nil || w.paths[strings.ToLower(strings.ReplaceAll(m[1], "''", "'")+m[2])] == "" || !isRange(m[3]) {
		w.complain("%s refers to %q", at, ref)
	}
}

func isRange(s string) bool {
	return regexp.MustCompile(`^\$?([A-Z]{1,3}\$?[1-9]\d*(:\$?[A-Z]{1,3}\$?[1-9]\d*)?|[1-9]\d*:\$?[1-9]\d*)$`).MatchString(s)
}

// inOrder are the elements of a sheet in the only order that the schema allows.
var inOrder = []string{
	"sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetProtection", "autoFilter", "mergeCells", "conditionalFormatting",
	"dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "drawing", "tableParts", "extLst",
}

func (w *workbook) sheet(name string) {
	part := w.paths[strings.ToLower(name)]
	s := w.parts[part]
	if s == nil {
		w.complain("%s is nowhere", name)
		return
	}
	last := -1
	for i := range s.Nodes {
		at := slices.Index(inOrder, s.Nodes[i].XMLName.Local)
		if at <= last {
			w.complain("%s: %s stands in the wrong place, or twice, or is not known", name, s.Nodes[i].XMLName.Local)
		}
		last = at
	}
	w.cells(name, s)
	links := s.all("hyperlink")
	if len(links) > excelLinks {
		w.complain("%s has %d links", name, len(links))
	}
	for _, l := range links {
		w.reference(name+" "+l.attr("ref"), l.attr("location"))
	}
	for _, f := range s.all("f") { // of a sparkline; cells with formulas are complained of where they stand
		w.reference(name, f.Text)
	}
	for _, c := range s.all("col") {
		if width, err := strconv.ParseFloat(c.attr("width"), 64); err == nil && width > 255 {
			w.complain("%s: a column is %g wide", name, width)
		}
	}
	for _, h := range s.all("oddFooter") {
		if len(utf16.Encode([]rune(h.Text))) > excelHeaderText {
			w.complain("%s: the footer is too long", name)
		}
	}
	if f := s.all("autoFilter"); len(f) > 0 {
		if len(s.all("tablePart")) > 0 {
			w.complain("%s: a filter of its own and a table", name)
		}
		if !isRange(f[0].attr("ref")) {
			w.complain("%s filters %s", name, f[0].attr("ref"))
		}
	}
	merged := map[string]bool{}
	for _, m := range s.all("mergeCell") {
		if merged[m.attr("ref")] {
			w.complain("%s merges %s twice", name, m.attr("ref"))
		}
		merged[m.attr("ref")] = true
	}
}

func (w *workbook) cells(name string, s *node) {
	before := 0
	for _, r := range s.all("row") {
		n := r.number("r")
		if n <= before || n > excelRows {
			w.complain("%s: row %d after %d", name, n, before)
		}
		before = n
		if height, err := strconv.ParseFloat(r.attr("ht"), 64); err == nil && height > excelRowHeight {
			w.complain("%s: row %d is %g high", name, n, height)
		}
		column := 0
		for i := range r.Nodes {
			c := &r.Nodes[i]
			at := name + "!" + c.attr("r")
			col, row, err := excelize.CellNameToCoordinates(c.attr("r"))
			if err != nil || row != n || col <= column || col > excelColumns {
				w.complain("%s stands in the wrong place", at)
			}
			column = col
			w.cell(at, c)
		}
	}
}

func (w *workbook) cell(at string, c *node) {
	if len(c.all("f")) > 0 {
		w.complain("%s is a formula", at)
	}
	style := 0
	if c.attr("s") != "" {
		style = c.number("s")
	}
	if style < 0 || style >= len(w.formats) {
		w.complain("%s has no style %d", at, style)
		return
	}
	value := ""
	for _, v := range c.all("v") {
		value = v.Text
	}
	switch c.attr("t") {
	case "s":
		if n, err := strconv.Atoi(value); err != nil || n < 0 || n >= len(w.strings) {
			w.complain("%s is text number %q", at, value)
		}
	case "inlineStr":
		for _, t := range c.all("t") {
			w.text(at, t)
		}
	case "", "n":
		if value == "" {
			return
		}
		v, err := strconv.ParseFloat(value, 64)
		if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
			w.complain("%s is the number %q", at, value)
		}
		if strings.Contains(w.codes[w.formats[style]], "yy") && (v < excelFirstSafe || v > excelLastDay || v != math.Trunc(v)) {
			w.complain("%s is the date %q", at, value)
		}
	default:
		w.complain("%s is of the kind %s", at, c.attr("t"))
	}
}

func (w *workbook) tables() {
	ids, names := map[string]bool{}, map[string]bool{}
	for _, sheet := range w.names {
		part := w.paths[strings.ToLower(sheet)]
		for _, p := range w.parts[part].all("tablePart") {
			t := w.parts[w.target(part, p.attr("id"))]
			if t == nil {
				w.complain("%s lacks its table", sheet)
				continue
			}
			name := strings.ToLower(t.attr("displayName"))
			if ids[t.attr("id")] || names[name] || !regexp.MustCompile(`^[a-z_][a-z0-9_.]*$`).MatchString(name) || regexp.MustCompile(`^[a-z]{1,3}\d+$|^[rc]$`).MatchString(name) {
				w.complain("a table cannot be %s, %s", t.attr("id"), name)
			}
			ids[t.attr("id")], names[name] = true, true
			w.table(sheet, t)
		}
	}
}

// table compares a table with its heading row.
func (w *workbook) table(sheet string, t *node) {
	m := regexp.MustCompile(`^([A-Z]+)(\d+):([A-Z]+)(\d+)$`).FindStringSubmatch(t.attr("ref"))
	if m == nil {
		w.complain("the table of %s covers %s", sheet, t.attr("ref"))
		return
	}
	from, _ := excelize.ColumnNameToNumber(m[1])
	to, _ := excelize.ColumnNameToNumber(m[3])
	first, _ := strconv.Atoi(m[2])
	last, _ := strconv.Atoi(m[4])
	columns := t.all("tableColumn")
	if last <= first || len(columns) != to-from+1 {
		w.complain("the table of %s covers %s with %d columns", sheet, t.attr("ref"), len(columns))
	}
	if f := t.all("autoFilter"); len(f) > 0 && f[0].attr("ref") != t.attr("ref") {
		w.complain("the table of %s covers %s and filters %s", sheet, t.attr("ref"), f[0].attr("ref"))
	}
	heads := map[string]string{}
	for _, c := range w.parts[w.paths[strings.ToLower(sheet)]].all("c") {
		if strings.TrimLeft(c.attr("r"), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != m[2] {
			continue
		}
		if c.attr("t") == "s" {
			n, _ := strconv.Atoi(c.all("v")[0].Text)
			heads[c.attr("r")] = w.strings[n]
		} else if text := c.all("t"); len(text) > 0 {
			heads[c.attr("r")] = text[0].Text
		}
	}
	seen := map[string]bool{}
	for i, c := range columns {
		at, _ := excelize.CoordinatesToCellName(from+i, first)
		if c.attr("name") != heads[at] || seen[strings.ToLower(c.attr("name"))] {
			w.complain("the table of %s calls %s %q, its cell says %q", sheet, at, c.attr("name"), heads[at])
		}
		seen[strings.ToLower(c.attr("name"))] = true
	}
}

// hostile is a week with everything in it that a sheet does not like.
func hostile(lang locale.Lang) *Week {
	w := week(lang, 12)
	w.Name = "2026-W47 & <co>"
	ids := []string{
		"=HYPERLINK(\"http://x\")", "+1", "-2", "@SUM(A1)", "'quoted", " spaces at both ends ", "_x0041_ is no A", strings.Repeat("長", 40000),
		"a\x00b\x1fc\ufffe", "00123456789012345678", "🙂", "1900-01-00",
	}
	for i, a := range w.Flagged {
		a.AccountID = ids[i]
	}
	first := w.Flagged[0]
	first.Period = span("1899-12-31", "1900-02-28")
	first.Usage = anomaly.MustDecimal("12345678901234.56789")
	first.Estimate.Usage, first.Estimate.Low90, first.Estimate.High90 = math.NaN(), math.Inf(-1), math.Inf(1)
	first.Verdict.Priority = math.Inf(1)
	first.Findings[0].Message = anomaly.Msg("=cmd|' /C calc'!A0 " + strings.Repeat("x", 50000))
	w.Flagged[1].Period = span("9999-10-01", "9999-12-01")
	w.Problems[0].Value = "\t=1+1\r\n"
	return w
}

func TestWhatExcelRefuses(t *testing.T) {
	for _, lang := range locale.Langs {
		p := locale.New(lang)
		for name, w := range map[string]*Week{"plain": week(lang, 9), "desk": deskWeek(lang), "hostile": hostile(lang), "empty": {Name: "2026-W01", AsOf: date("2026-01-05"), Config: anomaly.DefaultConfig()}} {
			t.Run(string(lang)+" "+name, func(t *testing.T) {
				var b bytes.Buffer
				if err := weekXLSX(&b, newWeekView(w, p)); err != nil {
					t.Fatal(err)
				}
				if problems := openWorkbook(t, b.Bytes()).problems; len(problems) > 0 {
					t.Errorf("%d problems:\n%s", len(problems), strings.Join(problems, "\n"))
				}
				batch := written(t, "xlsx", lang, WriterOptions{}, w.Flagged...)
				if problems := openWorkbook(t, batch).problems; len(problems) > 0 {
					t.Errorf("batch: %d problems:\n%s", len(problems), strings.Join(problems, "\n"))
				}
			})
		}
	}
}

func TestRowsFarDownHaveNoLink(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	b := &weekbook{f: f, links: map[string]int{"Sheet1": mostLinks - 1}}
	for _, at := range []string{"A1", "A2"} {
		if err := b.link("Sheet1", at, "'Sheet1'!B1"); err != nil {
			t.Fatal(err)
		}
	}
	if first, _, _ := f.GetCellHyperLink("Sheet1", "A1"); !first {
		t.Error("the last row that may have a link has none")
	}
	if second, _, _ := f.GetCellHyperLink("Sheet1", "A2"); second {
		t.Error("a link too many")
	}
}

// roundTrip has LibreOffice read a workbook and write it again.
func roundTrip(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("no LibreOffice is installed: workbooks are not read by another program")
	}
	dir := t.TempDir()
	from := filepath.Join(dir, "book.xlsx")
	if err := os.WriteFile(from, data, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", filepath.Join(dir, "out"), from)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("LibreOffice does not run here: %v: %s", err, said)
	}
	f, err := excelize.OpenFile(filepath.Join(dir, "out", "book.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestAnotherProgramLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("LibreOffice takes seconds")
	}
	var b bytes.Buffer
	if err := weekXLSX(&b, newWeekView(hostile(locale.Traditional), locale.New(locale.Traditional))); err != nil {
		t.Fatal(err)
	}
	ours, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	theirs := roundTrip(t, b.Bytes())
	if got, want := theirs.GetSheetList(), ours.GetSheetList(); !slices.Equal(got, want) {
		t.Fatalf("the sheets are %q, were %q", got, want)
	}
	for _, sheet := range ours.GetSheetList() {
		for _, raw := range []bool{true, false} { // as it is kept, and as it is shown
			want, err := ours.GetRows(sheet, excelize.Options{RawCellValue: raw})
			if err != nil {
				t.Fatal(err)
			}
			got, err := theirs.GetRows(sheet, excelize.Options{RawCellValue: raw})
			if err != nil {
				t.Fatal(err)
			}
			for i, row := range want {
				for j, text := range row {
					at, _ := excelize.CoordinatesToCellName(j+1, i+1)
					other := ""
					if i < len(got) && j < len(got[i]) {
						other = got[i][j]
					}
					if other != text && !sameNumber(other, text) {
						t.Errorf("%s!%s (kept %v) was %.60q and is %.60q", sheet, at, raw, text, other)
					}
					if raw {
						if is, target, _ := ours.GetCellHyperLink(sheet, at); is {
							if still, now, _ := theirs.GetCellHyperLink(sheet, at); !still || strings.ReplaceAll(now, "'", "") != strings.ReplaceAll(target, "'", "") {
								t.Errorf("%s!%s led to %s and leads to %s", sheet, at, target, now)
							}
						}
					}
				}
			}
		}
	}
}

// sameNumber says whether two texts are one number, to the 15 digits that a sheet keeps.
func sameNumber(a, b string) bool {
	x, err := strconv.ParseFloat(a, 64)
	if err != nil {
		return false
	}
	y, err := strconv.ParseFloat(b, 64)
	return err == nil && math.Abs(x-y) <= 1e-14*math.Abs(x)
}
