package report

import (
	"archive/zip"
	"bytes"
	"io"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/xuri/excelize/v2"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// xlsxWriter writes one sheet, streamed: numbers are numbers, dates are dates, text
// stays text whatever it begins with.
type xlsxWriter struct {
	to     io.Writer
	p      *locale.Printer
	file   *excelize.File
	sheet  *excelize.StreamWriter
	styles xlsxStyles
	row    int
}

// xlsxStyles are the styles that all workbooks share.
type xlsxStyles struct {
	head, text, wrapped, date, whole, number, money, percent, title, note, link int
}

// sheetFont is the font that excelize gives a new workbook.
const sheetFont = "Calibri"

func newXLSXStyles(f *excelize.File) (s xlsxStyles, err error) {
	format := func(code string) *string { return &code }
	border := []excelize.Border{{Type: "bottom", Color: "808080", Style: 1}}
	for _, d := range []struct {
		to    *int
		style excelize.Style
	}{
		{&s.head, excelize.Style{
			Font: &excelize.Font{Family: sheetFont, Size: 11, Bold: true}, Border: border, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EEF4"}},
			Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"},
		}},
		{&s.text, excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top"}}},
		{&s.wrapped, excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}},
		{&s.date, excelize.Style{CustomNumFmt: format("yyyy-mm-dd"), Alignment: &excelize.Alignment{Vertical: "top"}}},
		{&s.whole, excelize.Style{CustomNumFmt: format("#,##0"), Alignment: &excelize.Alignment{Vertical: "top"}}},
		{&s.number, excelize.Style{CustomNumFmt: format("#,##0.0"), Alignment: &excelize.Alignment{Vertical: "top"}}},
		{&s.money, excelize.Style{CustomNumFmt: format("#,##0.00"), Alignment: &excelize.Alignment{Vertical: "top"}}},
		{&s.percent, excelize.Style{CustomNumFmt: format("0%"), Alignment: &excelize.Alignment{Vertical: "top"}}},
		{&s.title, excelize.Style{Font: &excelize.Font{Family: sheetFont, Bold: true, Size: 16}}},
		{&s.note, excelize.Style{Font: &excelize.Font{Family: sheetFont, Size: 11, Color: "606060"}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}},
		{&s.link, excelize.Style{NumFmt: 49, Font: &excelize.Font{Family: sheetFont, Size: 11, Color: "0B57A4", Underline: "single"}, Alignment: &excelize.Alignment{Vertical: "top"}}},
	} {
		if *d.to, err = f.NewStyle(&d.style); err != nil {
			return s, err
		}
	}
	return s, nil
}

// firstSafeDay is the first day on which all programs agree what number it is: Excel
// counts a 29 February 1900 that never was. Earlier dates are written as text.
var firstSafeDay = anomaly.MustDate("1900-03-01")

// value makes an excelize cell. What is not finite is left empty.
func (s *xlsxStyles) value(c cell) any {
	switch c.kind {
	case numberCell, moneyCell, percentCell:
		if math.IsNaN(c.num) || math.IsInf(c.num, 0) {
			return nil
		}
		if c.text == "" { // a statistic: the decimals that CSV has
			power := math.Pow10(c.digits)
			c.num = math.Round(c.num*power) / power
		}
		return excelize.Cell{Value: c.num, StyleID: s.forNumber(c)}
	case dateCell:
		if c.date < firstSafeDay {
			return excelize.Cell{Value: c.date.String(), StyleID: s.text}
		}
		return excelize.Cell{Value: c.date.Time(), StyleID: s.date}
	case emptyCell:
		return nil
	}
	return excelize.Cell{Value: xlsxText(c.text), StyleID: s.text}
}

func (s *xlsxStyles) forNumber(c cell) int {
	switch {
	case c.kind == percentCell:
		return s.percent
	case c.num == math.Trunc(c.num):
		return s.whole
	case c.kind == moneyCell:
		return s.money
	}
	return s.number
}

// xlsxText is text that a sheet can hold: no control characters, not longer than a
// cell (32,767 UTF-16 units; cut well before).
func xlsxText(s string) string {
	s = tidy(strings.ToValidUTF8(s, "\ufffd"))
	if runes := []rune(s); len(runes) > 16000 {
		return string(runes[:16000]) + "…"
	}
	return s
}

func newXLSX(w io.Writer, p *locale.Printer) (*xlsxWriter, error) {
	x := &xlsxWriter{to: w, p: p, file: excelize.NewFile()}
	name := p.Text("xlsx.ranked")
	if err := x.file.SetSheetName("Sheet1", name); err != nil {
		return nil, err
	}
	var err error
	if x.styles, err = newXLSXStyles(x.file); err != nil {
		return nil, err
	}
	if x.sheet, err = x.file.NewStreamWriter(name); err != nil {
		return nil, err
	}
	for i, c := range columns {
		if err := x.sheet.SetColWidth(i+2, i+2, c.width); err != nil {
			return nil, err
		}
	}
	if err := x.sheet.SetPanes(frozen(1, 2)); err != nil {
		return nil, err
	}
	head := []any{excelize.Cell{Value: p.Text("table.rank"), StyleID: x.styles.head}}
	for _, c := range columns {
		head = append(head, excelize.Cell{Value: p.Text("column." + c.id), StyleID: x.styles.head})
	}
	x.row = 1
	return x, x.sheet.SetRow("A1", head)
}

// frozen keeps the first rows and columns in sight.
func frozen(rows, cols int) *excelize.Panes {
	corner, _ := excelize.CoordinatesToCellName(cols+1, rows+1)
	return &excelize.Panes{Freeze: true, XSplit: cols, YSplit: rows, TopLeftCell: corner, ActivePane: "bottomRight"}
}

func (x *xlsxWriter) Write(a *anomaly.Assessment) error {
	x.row++
	row := []any{excelize.Cell{Value: x.row - 1, StyleID: x.styles.whole}}
	for i := range columns {
		row = append(row, x.styles.value(columns[i].value(a, x.p)))
	}
	at, err := excelize.CoordinatesToCellName(1, x.row)
	if err != nil {
		return err
	}
	return x.sheet.SetRow(at, row)
}

func (x *xlsxWriter) Close() error {
	defer x.file.Close()
	last, err := excelize.CoordinatesToCellName(len(columns)+1, max(x.row, 2))
	if err != nil {
		return err
	}
	if err := x.sheet.AddTable(&excelize.Table{Range: "A1:" + last, Name: "assessments", StyleName: "TableStyleLight1"}); err != nil {
		return err
	}
	if err := x.sheet.Flush(); err != nil {
		return err
	}
	return saveXLSX(x.file, x.to)
}

// saveXLSX writes a workbook so that the same content gives the same bytes: fixed
// properties, and the parts in the order of their names (excelize writes streamed
// sheets and content types in the order of a map).
func saveXLSX(f *excelize.File, w io.Writer) error {
	if err := f.SetDocProps(&excelize.DocProperties{
		Creator: "whybill", LastModifiedBy: "whybill", Created: "2000-01-01T00:00:00Z", Modified: "2000-01-01T00:00:00Z",
	}); err != nil {
		return err
	}
	if types := f.ContentTypes; types != nil {
		// A chart adds the kinds of pictures in the order of a map.
		sort.Slice(types.Defaults, func(i, j int) bool { return types.Defaults[i].Extension < types.Defaults[j].Extension })
	}
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		return err
	}
	parts, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		return err
	}
	slices.SortFunc(parts.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	out := zip.NewWriter(w)
	for _, part := range parts.File {
		if err := out.Copy(part); err != nil {
			return err
		}
	}
	return out.Close()
}
