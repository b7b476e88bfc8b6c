package xlsxfile

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// benchSheet writes a sheet of bills with six columns, as excelize's stream writer does.
func benchSheet(b *testing.B, rows int) string {
	b.Helper()
	name := filepath.Join(b.TempDir(), "bench.xlsx")
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	for i := range rows {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := w.SetRow(cell, []any{
			fmt.Sprintf("A%07d", i/12), 45000 + i%12*30, 45030 + i%12*30, 100 + i%977, float64(i%10007) / 100, "actual",
		}); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.SaveAs(name); err != nil {
		b.Fatal(err)
	}
	return name
}

func readAll(tb testing.TB, name string) (rows, cells int) {
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
		_, c, err := r.Next()
		if err == io.EOF {
			return rows, cells
		}
		if err != nil {
			tb.Fatal(err)
		}
		rows++
		cells += len(c)
	}
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
	name := benchSheet(b, rows)
	start := time.Now()
	f, err := excelize.OpenFile(name, excelize.Options{RawCellValue: true})
	if err != nil {
		b.Fatal(err)
	}
	it, err := f.Rows("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for it.Next() {
		if _, err := it.Columns(excelize.Options{RawCellValue: true}); err != nil {
			b.Fatal(err)
		}
		n++
	}
	_ = f.Close()
	library := time.Since(start)
	if n != rows {
		b.Fatalf("excelize read %d rows of %d", n, rows)
	}
	b.ReportAllocs()
	for b.Loop() {
		if got, _ := readAll(b, name); got != rows {
			b.Fatalf("read %d rows of %d", got, rows)
		}
	}
	perRead := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(library.Seconds()/perRead.Seconds(), "x-excelize")
	b.ReportMetric(float64(rows)/perRead.Seconds(), "rows/s")
}
