package importers

import (
	"slices"
	"strings"

	"whybill/importers/field"
	"whybill/importers/sniff"
)

// outline describes a table that is not understood as far as that goes, so that a user
// can say what its columns mean: the header, which is taken to be the first of the
// widest rows where none is known, and the first cells below it.
func (t *table) outline(sample []sheetRow) {
	if t.info.Columns == nil {
		t.guessHeader(sample)
	}
	from := t.info.HeaderRow + t.info.HeaderRows
	for i := range t.info.Columns {
		info := &t.info.Columns[i]
		for j := range sample {
			if len(info.Samples) == sampleCells {
				break
			}
			if r := &sample[j]; r.number >= from && i < len(r.cells) && field.Trim(r.cells[i]) != "" {
				info.Samples = append(info.Samples, Sample{Before: clip(r.cells[i]), After: clip(r.cells[i])})
			}
		}
	}
}

// guess describes a table by a match that lacks columns.
func (t *table) guess(m *sniff.Match, head sniff.Head, sample []sheetRow) {
	t.info.Kinds = []Kind{m.Kind}
	t.info.Missing = m.Missing
	if head.Rows > 0 {
		t.info.HeaderRow, t.info.HeaderRows = sample[head.Row].number, head.Rows
	}
	for i := range m.Columns {
		c := &m.Columns[i]
		info := ColumnInfo{Header: c.Header, Code: c.Code, Unit: c.Unit, Note: c.Note}
		if c.Field != sniff.NoField {
			info.Field = c.Field.String()
		}
		t.info.Columns = append(t.info.Columns, info)
	}
}

func (t *table) guessHeader(sample []sheetRow) {
	first := sample[:min(len(sample), sniff.HeaderRows)]
	records := make([][]string, 0, len(first))
	for i := range first {
		records = append(records, first[i].cells)
	}
	width := sniff.UsualWidth(records)
	at := slices.IndexFunc(first, func(r sheetRow) bool { return len(r.cells) >= width && !blank(r.cells) })
	if at < 0 {
		return
	}
	t.info.HeaderRow, t.info.HeaderRows = first[at].number, 1
	for _, cell := range first[at].cells {
		t.info.Columns = append(t.info.Columns, ColumnInfo{Header: strings.TrimSpace(cell), Note: "unknown"})
	}
}
