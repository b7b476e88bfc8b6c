package report

import (
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// weekbook builds the workbook of a week.
type weekbook struct {
	v      *weekView
	f      *excelize.File
	styles xlsxStyles
	names  map[string]string // by section: the sheet's name in the language
	// rows of the history sheet, by account: first and last
	history map[string][2]int
	account map[string]int // row of the accounts sheet, by account
	links   map[string]int // by sheet: how many cells lead somewhere
}

// The sheets, in order; those about the desk stand before the history.
var weekSheets = []string{"summary", "inspections", "flagged", "rebills", "data", "resolved", "history", "charts", "method"}

// chartAccounts is how many accounts get a chart of their own in the workbook; all
// others have theirs on the page and a sparkline in their row.
const chartAccounts = 12

func weekXLSX(w io.Writer, v *weekView) error {
	b := &weekbook{v: v, f: excelize.NewFile(), names: map[string]string{}, history: map[string][2]int{}, account: map[string]int{}, links: map[string]int{}}
	defer b.f.Close()
	var err error
	if b.styles, err = newXLSXStyles(b.f); err != nil {
		return err
	}
	desk, sheets := v.deskTables(), slices.Clone(weekSheets)
	for i := range desk {
		sheets = slices.Insert(sheets, slices.Index(sheets, "history"), desk[i].id)
	}
	for i, id := range sheets {
		b.names[id] = v.p.Text("week.sheet." + id)
		if i == 0 {
			err = b.f.SetSheetName("Sheet1", b.names[id])
		} else {
			_, err = b.f.NewSheet(b.names[id])
		}
		if err != nil {
			return err
		}
	}
	for _, fill := range []func() error{
		b.historySheet, b.flaggedSheet, b.summarySheet, b.inspectionsSheet, b.rebillsSheet, b.dataSheet,
		b.resolvedSheet, b.chartsSheet, b.methodSheet,
	} {
		if err := fill(); err != nil {
			return err
		}
	}
	for i := range desk {
		if err := b.deskSheet(&desk[i]); err != nil {
			return err
		}
	}
	return saveXLSX(b.f, w)
}

// sheetColumn is a column of one of the report's sheets.
type sheetColumn struct {
	head  string
	width float64
}

// grid writes a sheet with a heading row, frozen, filtered and ready to print.
func (b *weekbook) grid(id string, cols []sheetColumn, rows [][]any) error {
	sheet := b.names[id]
	head := make([]any, len(cols))
	for i, c := range cols {
		head[i] = b.v.p.Text(c.head)
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := b.f.SetColWidth(sheet, name, name, c.width); err != nil {
			return err
		}
	}
	if err := b.row(sheet, 1, head, b.styles.head); err != nil {
		return err
	}
	if err := b.f.SetRowHeight(sheet, 1, 2*lineHeight); err != nil {
		return err
	}
	for i, row := range rows {
		if err := b.row(sheet, i+2, row, 0); err != nil {
			return err
		}
		if n := wrappedLines(cols, row); n > 1 {
			if err := b.f.SetRowHeight(sheet, i+2, float64(n)*lineHeight); err != nil {
				return err
			}
		}
	}
	last, err := excelize.CoordinatesToCellName(len(cols), max(2, len(rows)+1))
	if err != nil {
		return err
	}
	if err := b.f.AutoFilter(sheet, "A1:"+last, nil); err != nil {
		return err
	}
	if err := b.f.SetPanes(sheet, frozen(1, 2)); err != nil {
		return err
	}
	return b.print(sheet, true)
}

// lineHeight is the height of a line of text in points.
const lineHeight = 15

// wrappedLines is how many lines the longest wrapped text of a row takes: not every
// program that opens a workbook works the heights out itself.
func wrappedLines(cols []sheetColumn, row []any) int {
	lines := 1
	for i, v := range row {
		if c, ok := v.(excelize.Cell); ok {
			text, _ := c.Value.(string)
			lines = max(lines, len(wrap(text, int(cols[i].width)-2)))
		}
	}
	return min(lines, 20)
}

// escapes are what stands for a character in a workbook's shared texts, where excelize
// leaves them as they are (unlike in streamed sheets): an id like _x0041_ would read "A".
var escapes = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// row writes values; a cell or an excelize.Cell carries its own style.
func (b *weekbook) row(sheet string, n int, values []any, style int) error {
	for i, v := range values {
		at, err := excelize.CoordinatesToCellName(i+1, n)
		if err != nil {
			return err
		}
		if c, ok := v.(cell); ok {
			v = b.styles.value(c)
		}
		use := style
		switch c := v.(type) {
		case nil:
			continue
		case excelize.Cell:
			v, use = c.Value, c.StyleID
		}
		if text, ok := v.(string); ok {
			if use == 0 {
				use = b.styles.text
			}
			err = b.f.SetCellStr(sheet, at, escapes.ReplaceAllString(xlsxText(text), "_x005F$0"))
		} else {
			err = b.f.SetCellValue(sheet, at, v)
		}
		if err != nil {
			return err
		}
		if use > 0 {
			if err := b.f.SetCellStyle(sheet, at, at, use); err != nil {
				return err
			}
		}
	}
	return nil
}

// print sets a sheet up for paper: landscape A4, as wide as a page, the heading on
// every page, the page's number below.
func (b *weekbook) print(sheet string, heading bool) error {
	landscape, a4, one, many, fit := "landscape", 9, 1, 0, true
	if err := b.f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	if err := b.f.SetPageLayout(sheet, &excelize.PageLayoutOptions{
		Orientation: &landscape, Size: &a4, FitToWidth: &one, FitToHeight: &many,
	}); err != nil {
		return err
	}
	if err := b.f.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{
		OddFooter: "&L" + strings.ReplaceAll(b.v.Name, "&", "&&") + "&C&A&R&P / &N",
	}); err != nil {
		return err
	}
	if !heading {
		return nil
	}
	return b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: quoted(sheet) + "!$1:$1", Scope: sheet})
}

func quoted(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'" }

// mostLinks is how many cells of a sheet lead somewhere: a program opens 65,530 at most,
// and each one written looks at all before it. Rows further down have none.
const mostLinks = 10000

// link makes a cell point to another place of the workbook.
func (b *weekbook) link(sheet, at, target string) error {
	if b.links[sheet]++; b.links[sheet] > mostLinks {
		return nil
	}
	if err := b.f.SetCellHyperLink(sheet, at, target, "Location"); err != nil {
		return err
	}
	return b.f.SetCellStyle(sheet, at, at, b.styles.link)
}
