package importers

import (
	"context"
	"errors"
	"slices"
	"strings"

	"whybill/anomaly"
	"whybill/importers/csvfile"
	"whybill/importers/field"
	"whybill/importers/sniff"
)

// table is one file, or one sheet of a workbook, and how it is read.
type table struct {
	info     FileInfo
	source   *source
	sheet    int
	encoding sniff.Encoding
	bom      int
	dialect  csvfile.Dialect
	plans    []*plan // what each row is read as: one, or what a mapping says
	services *services
}

// addTable finds the header of a table and decides its columns.
func (s *Set) addTable(ctx context.Context, t *table) error {
	err := s.tryTable(ctx, t)
	var mine *Error
	if errors.As(err, &mine) {
		mine.partial = &t.info
	}
	return err
}

func (s *Set) tryTable(ctx context.Context, t *table) error {
	records, whole, err := t.sample(ctx, sampleRows)
	if err != nil {
		return fileError(t.info.Name, err)
	}
	mapped := false
	if s.opt.Mapping != nil {
		if mapped, err = t.mapColumns(records, s.opt); err != nil {
			return err
		}
	}
	if !mapped {
		if err := t.recognise(records, s.opt); err != nil {
			t.outline(records)
			return err
		}
	}
	if err := t.decideColumns(ctx, records, whole, s.opt); err != nil {
		t.outline(records)
		return err
	}
	t.services = &s.services
	s.tables = append(s.tables, t)
	return nil
}

// newText sniffs encoding and dialect of a delimited file.
func newText(src *source, head []byte, whole bool, opt Options) (*table, error) {
	t := &table{source: src}
	t.info = FileInfo{Name: src.name, Bytes: src.size, Format: FormatCSV, source: src}
	guess := sniff.DetectEncoding(head, whole)
	if opt.Encoding != sniff.EncodingUnknown {
		if guess.Encoding != opt.Encoding {
			guess.BOM = 0
		}
		guess.Encoding, guess.Sure = opt.Encoding, true
	}
	text, _ := decodeHead(head, whole, guess)
	if !looksLikeText(text) {
		return nil, &Error{
			File:    src.name,
			Message: anomaly.Msg("import.not_a_table", anomaly.TextArg("file", src.name)),
			Hint:    anomaly.Msg("import.not_a_table_hint"),
		}
	}
	if !guess.Sure {
		return nil, &Error{
			File:    src.name,
			Message: anomaly.Msg("import.encoding_open", anomaly.TextArg("file", src.name), anomaly.TextArg("one", guess.Encoding.String()), anomaly.TextArg("other", guess.Rival.String())),
			Hint:    anomaly.Msg("import.encoding_hint"),
		}
	}
	t.encoding, t.bom = guess.Encoding, guess.BOM
	t.dialect = sniff.DetectDialect(text, opt.Delimiter)
	t.info.Encoding, t.info.Delimiter = t.encoding.String(), t.dialect.Delimiter
	if t.dialect.Quote != 0 {
		t.info.Quote = string(t.dialect.Quote)
	}
	if t.dialect.Escape != 0 {
		t.info.Escape = string(t.dialect.Escape)
	}
	return t, nil
}

// looksLikeText tells a table from a picture or a program: hardly any control characters.
func looksLikeText(text string) bool {
	control := 0
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != 0 && c != '\v' && c != '\f' || c == 0x7f {
			control++
		}
	}
	return control*100 <= len(text)
}

// rename gives the only table of a workbook the workbook's own name.
func (t *table) rename(name string) {
	t.info.Name, t.info.member = name, ""
	for _, p := range t.plans {
		p.file = name
	}
}

// recognise finds the header and the kind of the table.
func (t *table) recognise(sample []sheetRow, opt Options) error {
	name := t.info.Name
	records := make([][]string, 0, sniff.HeaderRows)
	for i := range sample {
		if len(records) == sniff.HeaderRows {
			break
		}
		if cells := sample[i].cells; !(len(records) == 0 && strings.HasPrefix(firstText(cells), "*")) {
			records = append(records, cells)
		} else {
			records = append(records, nil)
		}
	}
	if !slices.ContainsFunc(records, func(cells []string) bool { return !blank(cells) }) {
		return emptyFile(name)
	}
	var head sniff.Head
	if len(opt.Columns) > 0 {
		head = sniff.Head{Row: 0, Rows: 0, Header: opt.Columns, Matches: sniff.Recognise(opt.Columns)}
	} else {
		head = sniff.FindHeader(records)
	}
	if opt.Kind != KindUnknown && len(head.Matches) > 0 {
		head.Matches = []sniff.Match{sniff.RecogniseAs(head.Header, opt.Kind)}
	}
	if len(head.Matches) == 0 {
		return unknownKind(name, records)
	}
	match := head.Matches[0]
	if len(head.Matches) > 1 {
		match = settleTies(head, sample)
	}
	if len(match.Missing) > 0 {
		t.guess(&match, head, sample)
		return missingColumns(name, &match)
	}
	if match.Kind == KindAccounts && match.Used < 2 && opt.Kind == KindUnknown {
		return unknownKind(name, records)
	}
	p := &plan{file: name, kinds: []Kind{match.Kind}, header: head.Header, width: len(head.Header)}
	if head.Rows > 0 {
		t.info.HeaderRow, t.info.HeaderRows = sample[head.Row].number, head.Rows
		p.dataRow = sample[head.Row].number + head.Rows
	}
	t.info.Kinds = p.kinds
	t.plans = []*plan{p}
	t.take(p, &match, opt)
	return nil
}

// settleTies tells bills from intervals where the header does not: by what a row spans.
func settleTies(head sniff.Head, sample []sheetRow) sniff.Match {
	best := head.Matches[0]
	if best.Kind != KindIntervals && best.Kind != KindBills {
		return best
	}
	for _, other := range head.Matches[1:] {
		if (other.Kind != KindIntervals && other.Kind != KindBills) || len(other.Missing) > 0 || other.Used < best.Used {
			continue
		}
		days := typicalDays(&best, head, sample)
		if days >= 7 && best.Kind == KindIntervals || days >= 0 && days < 2 && best.Kind == KindBills {
			return other
		}
	}
	return best
}

// typicalDays is the median span from start to end in the first rows, -1 where unknown.
func typicalDays(m *sniff.Match, head sniff.Head, sample []sheetRow) int {
	start, end := -1, -1
	for _, c := range m.Columns {
		switch c.Field {
		case sniff.Start, sniff.PeriodStart:
			start = c.Index
		case sniff.End, sniff.PeriodEnd:
			end = c.Index
		}
	}
	var spans []int
	for _, r := range sample[min(head.Row+head.Rows, len(sample)):] {
		if start < 0 || end < 0 || start >= len(r.cells) || end >= len(r.cells) || len(spans) > 200 {
			continue
		}
		a, okA := field.ParseDate(field.Tidy(r.cells[start]), field.DMY)
		b, okB := field.ParseDate(field.Tidy(r.cells[end]), field.DMY)
		if okA && okB {
			spans = append(spans, b.Sub(a))
		}
	}
	if len(spans) == 0 {
		return -1
	}
	slices.Sort(spans)
	return spans[len(spans)/2]
}

// take turns the recognised columns into the plan's and describes them.
func (t *table) take(p *plan, m *sniff.Match, opt Options) {
	p.service, p.currency, p.today = opt.Service, opt.Currency, opt.Today
	p.unit, _ = field.ParseUnit(opt.Unit)
	for i := range m.Columns {
		c := &m.Columns[i]
		info := ColumnInfo{Header: c.Header, Code: c.Code, Unit: c.Unit, Note: c.Note}
		if c.Field != sniff.NoField {
			info.Field = c.Field.String()
			p.take(c, m.Kind, opt.Unit)
		}
		if (c.Note == "unknown" || c.Note == "unused") && strings.TrimSpace(c.Header) != "" {
			t.info.Unknown = append(t.info.Unknown, c.Header)
		}
		t.info.Columns = append(t.info.Columns, info)
	}
	t.finish(p)
}

// take adds a recognised column. A usage column whose header names a unit, or for which
// the user does, is converted.
func (p *plan) take(c *sniff.Column, kind Kind, userUnit string) {
	p.has[c.Field] = true
	col := column{
		index: c.Index, field: c.Field, typ: c.Field.Type(), code: c.Code, header: c.Header,
		passing: isAttribute(kind, c.Field),
	}
	if p.service == anomaly.ServiceUnknown {
		p.service = c.Service
	}
	if p.currency == "" { // what the user says goes before what a header says
		p.currency = c.Currency
	}
	if isUsage(c.Field) {
		unit := c.Unit
		if unit == "" {
			unit, _ = field.ParseUnit(userUnit)
		}
		if unit != "" {
			col.convert = field.UnitConversion(unit)
			p.unit = col.convert.To
		}
	}
	p.cols = append(p.cols, col)
}

// finish works out what follows from the columns together.
func (t *table) finish(p *plan) {
	t.info.Service = p.service
	if p.service == anomaly.ServiceUnknown && p.unit != "" {
		// An account that is named elsewhere keeps its service: this is what the others get.
		t.info.Service = anomaly.ServiceOfUnit(field.UnitConversion(p.unit).To)
		t.info.ServiceAssumed = t.info.Service != anomaly.Electricity
	}
	p.balanced = (p.feeds(KindBills) || p.feeds(KindReadings)) && p.has[sniff.Usage] &&
		(p.has[sniff.AdjustedUsage] || p.has[sniff.SwappedUsage] || p.has[sniff.LossUsage] || p.has[sniff.MeteredUsage])
	p.attributes = p.service != anomaly.ServiceUnknown || p.unit != "" || slices.ContainsFunc(p.cols, func(c column) bool {
		return c.field != sniff.AccountID && KindAccounts.Has(c.field)
	})
}

// feeds reports whether the plan's rows become rows of a kind.
func (p *plan) feeds(kind Kind) bool { return slices.Contains(p.kinds, kind) }

// declares reports whether the table is a list of accounts or meters, whose rows are all
// delivered; what other tables say of them in passing is delivered once.
func (t *table) declares() bool {
	return slices.ContainsFunc(t.plans, func(p *plan) bool { return p.feeds(KindAccounts) || p.feeds(KindMeters) })
}

func unknownKind(name string, records [][]string) error {
	var seen []string
	for _, cells := range records {
		if !blank(cells) && (len(seen) == 0 || len(cells) > len(seen)) {
			seen = cells
		}
	}
	shown := make([]string, 0, 12)
	for _, cell := range seen {
		if s := field.Trim(cell); s != "" && len(shown) < 12 {
			shown = append(shown, clip(s))
		}
	}
	return &Error{
		File: name,
		Message: anomaly.Msg("import.unknown_kind", anomaly.TextArg("file", name),
			anomaly.TextArg("columns", strings.Join(shown, ", "))),
		Hint: anomaly.Msg("import.unknown_kind_hint"),
	}
}

func missingColumns(name string, m *sniff.Match) error {
	names := make([]string, len(m.Missing))
	for i, f := range m.Missing {
		names[i] = f.String()
	}
	var seen []string
	for _, c := range m.Columns {
		if s := strings.TrimSpace(c.Header); s != "" {
			seen = append(seen, s)
		}
	}
	return &Error{
		File: name,
		Message: anomaly.Msg("import.missing_column", anomaly.TextArg("file", name), anomaly.TermArg("kind", "table."+m.Kind.String()),
			anomaly.TextArg("missing", strings.Join(names, ", "))),
		Hint: anomaly.Msg("import.missing_column_hint", anomaly.TextArg("columns", strings.Join(seen, ", "))),
	}
}
