package xlsxfile

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestChunksOfAnySize reads the same sheets in chunks that cut every tag somewhere.
func TestChunksOfAnySize(t *testing.T) {
	usual := chunkSize
	defer func() { chunkSize = usual }()
	for _, f := range flavours {
		g := &generator{flavour: f, rand: rand.New(rand.NewPCG(7, 7))}
		data := g.workbook()
		chunkSize = usual
		want, err := read(data, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, chunkSize = range []int{1, 2, 7, 64, 333, 1000} {
			got, err := read(data, 0)
			if err != nil {
				t.Fatalf("%s, %d bytes: %v", f.name, chunkSize, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s, %d bytes: %s", f.name, chunkSize, diff)
			}
		}
	}
}

// TestStringsOnDisk reads a table of shared strings that may keep almost nothing in
// memory: 30 pages of 1 MB would be needed for all, the cells ask for them at random.
func TestStringsOnDisk(t *testing.T) {
	usual, usualPages := stringMemory, maxResident
	defer func() { stringMemory, maxResident = usual, usualPages }()
	const count, length = 300, 100_000
	var sst, cells strings.Builder
	sst.WriteString("<sst>")
	for i := range count {
		fmt.Fprintf(&sst, "<si><t>%07d%s</t></si>", i, strings.Repeat("x", length))
	}
	sst.WriteString("</sst>")
	random := rand.New(rand.NewPCG(1, 2))
	var want []int
	for range 600 {
		n := random.IntN(count)
		want = append(want, n)
		fmt.Fprintf(&cells, `<row><c t="s"><v>%d</v></c></row>`, n)
	}
	data := workbook(sheet(cells.String()), map[string]string{"xl/sharedStrings.xml": sst.String()})
	stringMemory, maxResident = 3<<20, 4
	book, err := New(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := book.Rows(0)
	if err != nil {
		t.Fatal(err)
	}
	if book.strings.file == nil {
		t.Fatal("nothing was spilled")
	}
	spilled := book.strings.file.Name()
	for _, n := range want {
		_, cells, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if got := cells[0].Text; len(got) != length+7 || got[:7] != fmt.Sprintf("%07d", n) {
			t.Fatalf("got %.10q, want string %d", got, n)
		}
	}
	if n := len(book.strings.resident); n > maxResident {
		t.Errorf("%d pages in memory", n)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(spilled); !os.IsNotExist(err) {
		t.Errorf("the temporary file is still there: %v", err)
	}
}

// TestSparseRowsStaySmall: a row may name its last column only; a million of them must
// not become a million rows of 16,384 cells.
func TestSparseRowsStaySmall(t *testing.T) {
	data := workbook(sheet(strings.Repeat(`<row><c r="XFD1"><v>1</v></c></row>`, 5_000)), nil)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	book, err := New(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := book.Rows(0)
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for {
		_, cells, err := r.Next()
		if err != nil {
			break
		}
		if rows++; len(cells) != maxColumns || cells[maxColumns-1].Text != "1" || cells[0].Kind != Empty {
			t.Fatalf("row of %d cells", len(cells))
		}
	}
	runtime.ReadMemStats(&after)
	if rows != 5_000 {
		t.Errorf("got %d rows", rows)
	}
	const limit = 64 << 20 // all rows in full would be 2 GB
	if grown := after.TotalAlloc - before.TotalAlloc; grown > limit {
		t.Errorf("%d MB were allocated", grown>>20)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// TestCloseEarly leaves sheets after their first row: nothing keeps running.
func TestCloseEarly(t *testing.T) {
	data := workbook(sheet(strings.Repeat(`<row><c><v>1</v></c></row>`, 200_000)), nil)
	before := runtime.NumGoroutine()
	for range 20 {
		book, err := New(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		r, err := book.Rows(0)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		for range 2 { // closing twice is closing once
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := r.Next(); err == nil {
			t.Fatal("a closed sheet went on")
		}
	}
	for wait := 0; runtime.NumGoroutine() > before; wait++ {
		if wait > 500 {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
		time.Sleep(10 * time.Millisecond) // the workers end on their own once the work is closed
	}
}

func TestMergedAndHidden(t *testing.T) {
	data := workbook(`<worksheet><cols><col min="2" max="3" hidden="1"/><col min="5" max="16384" hidden="true"/></cols><sheetData><row r="1"><c r="A1" t="str"><v>title</v></c><c r="B1"/></row></sheetData><mergeCells count="2"><mergeCell ref="A1:F1"/><mergeCell ref="B2:B3"></mergeCell><mergeCell ref="nonsense"/></mergeCells></worksheet>`, nil)
	book, err := New(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	merged, err := book.Merged(0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Range{{1, 0, 1, 5}, {2, 1, 3, 1}}, merged); diff != "" {
		t.Error(diff)
	}
	r, err := book.Rows(0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{1, 2, 4, 5}, r.HiddenColumns(6)); diff != "" {
		t.Error(diff)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	plain := workbook(sheet(`<row/>`), nil)
	if book, err = New(bytes.NewReader(plain), int64(len(plain))); err != nil {
		t.Fatal(err)
	}
	if merged, err := book.Merged(0); err != nil || merged != nil {
		t.Errorf("a sheet without merged cells has %v, %v", merged, err)
	}
}

func TestSheets(t *testing.T) {
	data := workbook(sheet(`<row><c><v>1</v></c></row>`), map[string]string{
		"xl/workbook.xml": `<workbook xmlns:rel="r"><workbookPr date1904="1"/><sheets>
			<sheet name="Bills &amp; more" sheetId="4" rel:id="rId1"/><sheet name="Codes" sheetId="2" state="hidden" rel:id="rId9"/>
			<sheet name="Chart" sheetId="3" rel:id="rId8"/><sheet name="Gone" sheetId="5" rel:id="rId7"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="/xl/worksheets/sheet1.xml"/>
			<Relationship Id="rId9" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet" Target="WORKSHEETS\Sheet2.xml"/>
			<Relationship Id="rId8" Type="x/chartsheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId7" Type="x/worksheet" Target="worksheets/gone.xml"/>
			<Relationship Id="rId3" Type="x/styles" Target="styles.xml"/></Relationships>`,
		"xl/worksheets/sheet2.xml": sheet(`<row><c s="1"><v>44620</v></c></row>`),
		"xl/styles.xml":            `<styleSheet><cellXfs><xf/><xf numFmtId="14"/></cellXfs></styleSheet>`,
	})
	book, err := New(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range book.Sheets() {
		got = append(got, fmt.Sprint(s.Name, s.Hidden))
	}
	if diff := cmp.Diff([]string{"Bills & morefalse", "Codestrue"}, got); diff != "" {
		t.Error(diff)
	}
	rows, err := read(data, 1)
	if err != nil {
		t.Fatal(err)
	}
	// 44620 days after 1904-01-01: 1,462 days later than in the 1900 system.
	if diff := cmp.Diff([]row{{1, false, []Cell{{"2026-03-01", Date}}}}, rows); diff != "" {
		t.Error(diff)
	}
}

func TestFormats(t *testing.T) {
	for code, want := range map[string]formatClass{
		"General":                     classNumber,
		"general":                     classNumber,
		"0":                           classNumber,
		"0.00E+00":                    classNumber,
		"#,##0.00;[Red]-#,##0.00":     classNumber,
		`_-"NT$"* #,##0_-`:            classNumber,
		`0 kWh`:                       classNumber,
		`0.0"day"`:                    classNumber,
		"0%":                          classNumber,
		"@":                           classNumber,
		"000":                         classMask,
		`00\-00\-0000`:                classMask,
		"yyyy-mm-dd":                  classDate,
		"d/m/yy":                      classDate,
		"mmm":                         classDate,
		"[$-404]e/m/d;@":              classDate,
		"[$-411]ge.m.d":               classDate,
		`yyyy"年"m"月"d"日"`:             classDate,
		"yyyy年m月":                     classDate,
		"[$-F800]dddd, mmmm dd, yyyy": classDate,
		"yyyy/mm/dd hh:mm":            classDateTime,
		"d/m/yyyy h:mm AM/PM":         classDateTime,
		"hh:mm:ss.000":                classTime,
		"mm:ss":                       classTime,
		"[h]:mm:ss":                   classDuration,
		"[mm]:ss":                     classDuration,
		`"open`:                       classNumber,
		"[open":                       classNumber,
		`\`:                           classNumber,
		"":                            classNumber,
	} {
		if got := classify(code).class; got != want {
			t.Errorf("%q is class %d, want %d", code, got, want)
		}
	}
}

func TestMask(t *testing.T) {
	for _, c := range []struct{ mask, number, want string }{
		{"00-00-0000-00-0", "99123456789", "99-12-3456-78-9"},
		{"00-00-0000-00-0", "123456789", "00-12-3456-78-9"},
		{"000", "12345", "12345"},
		{"0-00", "12345", "123-45"},
		{"(00)", "7", "(07)"},
	} {
		got, _, ok := format{class: classMask, mask: c.mask}.apply(nil, []byte(c.number), false)
		if !ok || string(got) != c.want {
			t.Errorf("%s as %s: got %s, %v", c.number, c.mask, got, ok)
		}
	}
}

// FuzzSheet gives the parser any XML for a sheet, its styles and its strings.
func FuzzSheet(f *testing.F) {
	f.Add(sheet(`<row r="1" hidden="1"><c r="A1" t="s"><v>0</v></c><c r="C1" s="1"><v>45352.5</v></c><c t="inlineStr"><is><r><t>a</t></r><rPh><t>b</t></rPh></is></c><c t="str"><f>A1</f><v>x_x000D_</v></c></row>`), `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts><cellXfs><xf/><xf numFmtId="164"/></cellXfs></styleSheet>`, `<sst><si><t>s&amp;&#x41;</t></si></sst>`)
	f.Add(`<x:worksheet><!-- <row> --><x:sheetData><x:row><x:c><x:v><![CDATA[1.5e3]]></x:v></x:c></x:row><x:row/></x:sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></x:worksheet>`, `<styleSheet><cellXfs><xf numFmtId="46"/></cellXfs></styleSheet>`, `<sst/>`)
	f.Fuzz(func(t *testing.T, sheetXML, styles, shared string) {
		data := workbook(sheetXML, map[string]string{"xl/styles.xml": styles, "xl/sharedStrings.xml": shared})
		whole, err1 := read(data, 0)
		usual := chunkSize
		chunkSize = 16
		pieces, err2 := read(data, 0)
		chunkSize = usual
		if err1 == nil && err2 == nil {
			if diff := cmp.Diff(whole, pieces); diff != "" {
				t.Error(diff)
			}
		}
		for _, r := range whole {
			if r.N < 1 || len(r.Cells) > maxColumns {
				t.Errorf("row %d of %d cells", r.N, len(r.Cells))
			}
			for _, c := range r.Cells {
				if (c.Kind == Empty) != (c.Text == "") || strings.ToValidUTF8(c.Text, "") != c.Text {
					t.Errorf("cell %+v", c)
				}
			}
		}
		if book, err := New(bytes.NewReader(data), int64(len(data))); err == nil {
			_, _ = book.Merged(0)
		}
	})
}

// FuzzBook gives it any file.
func FuzzBook(f *testing.F) {
	f.Add(workbook(sheet(`<row><c><v>1</v></c></row>`), nil))
	f.Add(append(bytes.Clone(compoundMagic), make([]byte, 600)...))
	f.Fuzz(func(t *testing.T, data []byte) {
		book, err := New(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		for i := range book.Sheets() {
			_, _ = read(data, i)
		}
	})
}
