package xlsxfile

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// benchBook writes a workbook of bills with six columns, three texts and three numbers a
// row. Its texts stand in the cells, as stream writers put them, or are shared, as the
// office programs put them: then an account's number stands in the table once.
func benchBook(b *testing.B, rows int, shared bool) string {
	b.Helper()
	name := filepath.Join(b.TempDir(), "bench.xlsx")
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	z := zip.NewWriter(f)
	part := func(name string, write func(w *bufio.Writer)) {
		p, err := z.Create(name)
		if err != nil {
			b.Fatal(err)
		}
		w := bufio.NewWriter(p)
		write(w)
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
	}
	const main = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	const rels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	const kind = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`
	for name, text := range map[string]string{
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels":                rels + `<Relationship Id="rId1" Type="` + kind + `officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook ` + main + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": rels + `<Relationship Id="rId1" Type="` + kind + `worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId3" Type="` + kind + `sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
	} {
		part(name, func(w *bufio.Writer) { _, _ = w.WriteString(text) })
	}
	str := func(w *bufio.Writer, ref string, row, number int, text string) {
		if shared {
			fmt.Fprintf(w, `<c r="%s%d" t="s"><v>%d</v></c>`, ref, row, number)
		} else {
			fmt.Fprintf(w, `<c r="%s%d" t="inlineStr"><is><t>%s</t></is></c>`, ref, row, text)
		}
	}
	part("xl/worksheets/sheet1.xml", func(w *bufio.Writer) {
		fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><worksheet %s><sheetData>`, main)
		for i := range rows {
			fmt.Fprintf(w, `<row r="%d">`, i+1)
			str(w, "A", i+1, i/12+2, fmt.Sprintf("A%07d", i/12))
			fmt.Fprintf(w, `<c r="B%d"><v>%d</v></c><c r="C%d"><v>%d</v></c><c r="D%d"><v>%d</v></c>`, i+1, 45000+i%12*30, i+1, 45030+i%12*30, i+1, 100+i%977)
			str(w, "E", i+1, 0, "kWh")
			str(w, "F", i+1, 1, "actual")
			_, _ = w.WriteString(`</row>`)
		}
		_, _ = w.WriteString(`</sheetData></worksheet>`)
	})
	part("xl/sharedStrings.xml", func(w *bufio.Writer) {
		fmt.Fprintf(w, `<sst %s><si><t>kWh</t></si><si><t>actual</t></si>`, main)
		for i := 0; shared && i <= rows/12; i++ {
			fmt.Fprintf(w, `<si><t>A%07d</t></si>`, i)
		}
		_, _ = w.WriteString(`</sst>`)
	})
	if err := z.Close(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return name
}

func countRows(tb testing.TB, name string) (rows int) {
	tb.Helper()
	book, err := Open(name)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	r, err := book.Rows(0)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	for {
		_, cells, err := r.Next()
		if err == io.EOF {
			return rows
		}
		if err != nil || len(cells) != 6 {
			tb.Fatal(len(cells), err)
		}
		rows++
	}
}

func countRowsExcelize(b *testing.B, name string) (rows int) {
	b.Helper()
	f, err := excelize.OpenFile(name, excelize.Options{RawCellValue: true})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	it, err := f.Rows("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	for it.Next() {
		cells, err := it.Columns(excelize.Options{RawCellValue: true})
		if err != nil || len(cells) != 6 {
			b.Fatal(len(cells), err)
		}
		rows++
	}
	return rows
}

// BenchmarkSheet reads a sheet of WHYBILL_BENCH_ROWS rows (100,000 by default) and says
// how many times faster than excelize's streaming reader that is, on the same file in
// the same run.
func BenchmarkSheet(b *testing.B) {
	rows := 100_000
	if s := os.Getenv("WHYBILL_BENCH_ROWS"); s != "" {
		if _, err := fmt.Sscan(s, &rows); err != nil {
			b.Fatal(err)
		}
	}
	for _, c := range []struct {
		name   string
		shared bool
	}{{"inline", false}, {"shared", true}} {
		b.Run(c.name, func(b *testing.B) {
			name := benchBook(b, rows, c.shared)
			start := time.Now()
			if n := countRowsExcelize(b, name); n != rows {
				b.Fatalf("excelize read %d rows of %d", n, rows)
			}
			library := time.Since(start)
			b.ReportAllocs()
			for b.Loop() {
				if n := countRows(b, name); n != rows {
					b.Fatalf("read %d rows of %d", n, rows)
				}
			}
			perRead := b.Elapsed() / time.Duration(b.N)
			b.ReportMetric(library.Seconds()/perRead.Seconds(), "x-excelize")
			b.ReportMetric(float64(rows)/perRead.Seconds(), "rows/s")
		})
	}
}
