package report

import (
	"bufio"
	"encoding/csv"
	"io"
	"math"
	"strconv"
	"strings"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// csvWriter writes one row an assessment, for programs and spreadsheets: headers are
// ids, numbers are plain, dates are ISO.
type csvWriter struct {
	w    *csv.Writer
	p    *locale.Printer
	rank int
	row  []string
}

func newCSV(w io.Writer, p *locale.Printer) (*csvWriter, error) {
	c := &csvWriter{w: csv.NewWriter(w), p: p, row: make([]string, len(columns)+1)}
	c.row[0] = "rank"
	for i := range columns {
		c.row[i+1] = columns[i].id
	}
	return c, c.w.Write(c.row)
}

func (c *csvWriter) Write(a *anomaly.Assessment) error {
	c.rank++
	c.row[0] = strconv.Itoa(c.rank)
	for i := range columns {
		v := columns[i].value(a, c.p)
		c.row[i+1] = v.plain()
		if v.kind == textCell {
			c.row[i+1] = harmless(c.row[i+1])
		}
	}
	return c.w.Write(c.row)
}

func (c *csvWriter) Close() error {
	c.w.Flush()
	return c.w.Error()
}

// harmless puts an apostrophe before text that a spreadsheet would take for a formula,
// full-width forms included (OWASP, "CSV Injection"). Only text cells are treated:
// numbers stay numbers.
func harmless(s string) string {
	if s == "" {
		return s
	}
	for _, start := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(s, start) {
			return "'" + s
		}
	}
	return s
}

// plainNumber writes f with at most digits decimals, without trailing zeros; nothing
// for what is no number.
func plainNumber(f float64, digits int) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return ""
	}
	s := strconv.FormatFloat(f, 'f', digits, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}

// tabbed is the table where the output is no terminal: tabs, no header, nothing cut.
type tabbed struct {
	w    *bufio.Writer
	p    *locale.Printer
	rank int
}

// tabbedColumns are the columns of the table for programs.
var tabbedColumns = []string{
	"account_id", "period_start", "period_end", "usage", "unit", "low90", "high90", "action",
	"inspection_probability", "priority", "top_cause", "main_finding",
}

func (t *tabbed) Write(a *anomaly.Assessment) error {
	t.rank++
	t.w.WriteString(strconv.Itoa(t.rank))
	for _, id := range tabbedColumns {
		t.w.WriteByte('\t')
		t.w.WriteString(tidy(columnByID[id].value(a, t.p).plain()))
	}
	return t.w.WriteByte('\n')
}

func (t *tabbed) Close() error { return t.w.Flush() }

var columnByID = func() map[string]*column {
	m := make(map[string]*column, len(columns))
	for i := range columns {
		m[columns[i].id] = &columns[i]
	}
	return m
}()
