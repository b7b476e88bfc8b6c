package importers

import (
	"slices"
	"strings"

	"whybill/anomaly"
	"whybill/importers/field"
	"whybill/importers/mapping"
	"whybill/importers/sniff"
)

// mapColumns makes the plans that the mapping has for this file; mapped is false where
// it has none, and the file is read by its header.
func (t *table) mapColumns(sample []sheetRow, opt Options) (mapped bool, err error) {
	var lacking error
	for _, m := range opt.Mapping.Tables {
		if !m.MatchesFile(strings.TrimSuffix(t.info.Name, "/"+t.info.Sheet)) {
			continue
		}
		head, missing := headerWith(sample, m, opt)
		if missing != "" {
			if len(m.Files) > 0 && lacking == nil {
				lacking = &Error{
					File: t.info.Name,
					Message: anomaly.Msg("import.mapped_column_missing", anomaly.TextArg("file", t.info.Name),
						anomaly.TextArg("column", missing), anomaly.CountArg("line", m.Line)),
				}
			}
			continue
		}
		if err := t.mapTable(m, head, sample, opt); err != nil {
			return false, err
		}
	}
	if len(t.plans) == 0 {
		return false, lacking
	}
	return true, nil
}

// headerWith finds the first row that has all columns that a mapped table needs, or says
// which one is missing from the row that has most of them.
func headerWith(sample []sheetRow, m *mapping.Table, opt Options) (head sniff.Head, missing string) {
	sources := m.Sources()
	fewest := len(sources) + 1
	try := func(row, rows int, header []string) bool {
		lacks := 0
		first := ""
		for _, name := range sources {
			if columnIndex(header, name) < 0 {
				lacks++
				if first == "" {
					first = name
				}
			}
		}
		if lacks < fewest {
			fewest, missing = lacks, first
			head = sniff.Head{Row: row, Rows: rows, Header: header}
		}
		return lacks == 0
	}
	if len(opt.Columns) > 0 {
		try(0, 0, opt.Columns)
		return head, missing
	}
	for i := 0; i < len(sample) && i < sniff.HeaderRows; i++ {
		if !blank(sample[i].cells) && try(i, 1, sniff.TidyHeader(sample[i].cells)) {
			break
		}
	}
	return head, missing
}

func columnIndex(header []string, name string) int {
	if i := slices.Index(header, name); i >= 0 {
		return i
	}
	key := field.Fold(name)
	return slices.IndexFunc(header, func(h string) bool { return field.Fold(h) == key })
}

// mapTable makes one plan of the mapping, and adds what else the header says.
func (t *table) mapTable(m *mapping.Table, head sniff.Head, sample []sheetRow, opt Options) error {
	p := &plan{
		file: t.info.Name, kinds: m.Kinds, header: head.Header, width: len(head.Header),
		service: opt.Service, currency: opt.Currency, today: opt.Today,
	}
	p.unit, _ = field.ParseUnit(opt.Unit)
	p.end, _ = ParsePeriodEnd(m.PeriodEnd)
	if head.Rows > 0 {
		p.dataRow = sample[head.Row].number + head.Rows
		t.info.HeaderRow, t.info.HeaderRows = sample[head.Row].number, head.Rows
	}
	used := map[int]string{}
	for i := range m.Columns {
		p.mapColumn(&m.Columns[i], m, used)
	}
	p.where, p.valid = p.filters(m.Where), p.filters(m.Valid)
	if m.Shifted != nil {
		p.shift = &shift{lost: columnIndex(p.header, m.Shifted.Lost), repair: slices.Contains(opt.Repair, RepairShiftedRows)}
		for _, name := range m.Shifted.Split {
			p.shift.split = append(p.shift.split, columnIndex(p.header, name))
		}
	}
	rest := sniff.RecogniseAs(head.Header, m.Kinds[0])
	for i := range rest.Columns {
		c := &rest.Columns[i]
		if c.Field == sniff.NoField || m.Only || used[i] != "" || p.has[c.Field] && c.Field != sniff.LineAmount {
			continue
		}
		p.take(c, m.Kinds[0], opt.Unit)
		used[i] = c.Field.String()
	}
	for _, kind := range p.kinds {
		if missing := kind.Missing(func(f sniff.Field) bool { return p.has[f] }); len(missing) > 0 {
			return &Error{
				File: t.info.Name,
				Message: anomaly.Msg("import.mapped_kind_missing", anomaly.TextArg("file", t.info.Name),
					anomaly.TermArg("kind", "table."+kind.String()), anomaly.TextArg("missing", missing[0].String()), anomaly.CountArg("line", m.Line)),
			}
		}
	}
	t.finish(p)
	t.plans = append(t.plans, p)
	t.describeMapped(m, p, used)
	return nil
}

// mapColumn adds one column of the mapping: one summand for each column of the file.
func (p *plan) mapColumn(c *mapping.Column, m *mapping.Table, used map[int]string) {
	p.has[c.Field] = true
	col := column{
		index: -1, field: c.Field, typ: c.Field.Type(), code: c.Code, header: c.Field.String(),
		order: c.Order, mark: m.Decimal, constant: c.Constant, values: c.Values, passing: isAttribute(m.Kinds[0], c.Field),
	}
	if c.Unit != "" && isUsage(c.Field) {
		col.convert = field.UnitConversion(c.Unit)
		p.unit = col.convert.To
	}
	for _, part := range c.Template {
		if part.Column == "" {
			col.template = append(col.template, piece{text: part.Text})
			continue
		}
		index := columnIndex(p.header, part.Column)
		col.template = append(col.template, piece{index: index})
		use(used, index, c.Field)
	}
	if len(c.From) == 0 {
		p.cols = append(p.cols, col)
		return
	}
	for i, name := range c.From {
		col.index = columnIndex(p.header, name)
		col.header = p.header[col.index]
		col.add = i > 0
		if c.Field == sniff.Amount && p.currency == "" {
			p.currency = sniff.HeaderCurrency(col.header)
		}
		use(used, col.index, c.Field)
		p.cols = append(p.cols, col)
	}
}

// use notes that a column of the file is read into a field.
func use(used map[int]string, index int, f sniff.Field) {
	if used[index] != "" {
		used[index] += ", "
	}
	used[index] += f.String()
}

func (p *plan) filters(from []mapping.Filter) (filters []filter) {
	for _, f := range from {
		i := columnIndex(p.header, f.Column)
		filters = append(filters, filter{index: i, header: p.header[i], Filter: f})
	}
	return filters
}

// accepts reports whether a row's cell passes.
func (f *filter) accepts(cells []string) bool {
	return f.index < len(cells) && f.Accepts(field.Tidy(cells[f.index]))
}

// describeMapped tells the user what the mapping made of the columns.
func (t *table) describeMapped(m *mapping.Table, p *plan, used map[int]string) {
	for _, kind := range p.kinds {
		if !slices.Contains(t.info.Kinds, kind) {
			t.info.Kinds = append(t.info.Kinds, kind)
		}
	}
	if t.info.Columns == nil {
		for _, h := range p.header {
			t.info.Columns = append(t.info.Columns, ColumnInfo{Header: h, Note: "unused"})
		}
	}
	for i := range t.info.Columns {
		if name := used[i]; name != "" && t.info.Columns[i].Field == "" {
			t.info.Columns[i].Field, t.info.Columns[i].Note = name, ""
		}
	}
	if m.Note != "" && !slices.Contains(t.info.Notes, m.Note) {
		t.info.Notes = append(t.info.Notes, m.Note)
	}
}
