package importers

import (
	"slices"

	"whybill/importers/csvfile"
	"whybill/importers/field"
	"whybill/importers/sniff"
)

// frame is the shape of a table, by which its rows are told from titles and notes.
type frame struct {
	width int // cells of most rows
	least int // cells with content from which on a row is one of the table
	start int // number of the first row: the header, where there is one
	// values: the row below the first holds numbers or dates, so that words are a header.
	values bool
}

func frameOf(sample []sheetRow, d csvfile.Dialect) frame {
	rows := make([]sheetRow, 0, len(sample))
	records := make([][]string, 0, len(sample))
	for i := range sample {
		if !blank(sample[i].cells) {
			rows = append(rows, sample[i])
			records = append(records, sample[i].cells)
		}
	}
	f := frame{width: sniff.UsualWidth(records), least: 1}
	whole := 0
	for _, cells := range records {
		if filled(cells) >= 2 {
			whole++
		}
	}
	if f.width >= 3 || f.width == 2 && whole*5 >= len(records)*4 {
		f.least = 2
	}
	first := f.first(rows, d)
	if first < len(rows) {
		f.start = rows[first].number
		f.values = first+1 < len(rows) && slices.ContainsFunc(rows[first+1].cells, isValue)
	}
	return f
}

// first finds the first row of the table among the rows that are not blank: the first
// that is filled as a header or a row of data is, or the header above that row.
func (f *frame) first(rows []sheetRow, d csvfile.Dialect) int {
	full := -1
	for i := range rows {
		if i == 2*sniff.HeaderRows {
			break
		}
		f.values = i+1 < len(rows) && slices.ContainsFunc(rows[i+1].cells, isValue)
		cells := f.other(rows[i].cells, rows[i].raw, d, true)
		if len(cells) >= f.width && filled(cells)*5 >= f.width*4 {
			full = i
			if i > 0 && rows[i-1].number == rows[i].number-1 && f.heads(rows[i-1].cells, cells) {
				full = i - 1
			}
			break
		}
	}
	if full >= 0 {
		return full
	}
	// No row is filled: the first that could be one of the table.
	i := slices.IndexFunc(rows, func(r sheetRow) bool {
		n := filled(r.cells)
		return n >= f.least && (n*3 >= f.width || len(r.cells) == f.width)
	})
	return max(i, 0)
}

// heads reports whether a row right above a filled one belongs to its header: the
// headings of groups of columns above a header, or a header that is not filled, or too
// short, above data.
func (f *frame) heads(above, cells []string) bool {
	n := filled(above)
	if slices.ContainsFunc(above, isValue) {
		return false
	}
	unnamed := len(above) == f.width && field.Trim(above[0]) == "" // of the first column
	if slices.ContainsFunc(cells, isValue) {
		return n >= f.least && (n*3 >= f.width || unnamed) || unnamed
	}
	return n >= 2 && len(above) == f.width && (2*n >= f.width || unnamed)
}

// holds tells a row of the table from a note: a note is text in a single cell.
func (f *frame) holds(cells []string) bool {
	n := filled(cells)
	return n >= f.least || n == 1 && slices.ContainsFunc(cells, isValue)
}

func filled(cells []string) int {
	n := 0
	for _, cell := range cells {
		if field.Trim(cell) != "" {
			n++
		}
	}
	return n
}

func isValue(cell string) bool {
	s := field.Trim(cell)
	return s != "" && sniff.IsValue(s)
}
