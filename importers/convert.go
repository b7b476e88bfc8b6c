package importers

import (
	"hash/maphash"
	"strings"

	"whybill/anomaly"
	"whybill/importers/field"
	"whybill/importers/sniff"
	"whybill/importers/xlsxfile"
)

// converter turns the cells of rows into rows of the input tables. Each worker has one.
type converter struct {
	plan  *plan
	batch *Batch
	rec   record
	// accounts and meters hold, by account, what was last said of it, so that attributes
	// which stand in every row are delivered once.
	accounts map[string]anomaly.Account
	meters   map[string]anomaly.Meter
	words    map[string]string // repeated texts, kept once
	// qualities holds what the quality codes mean that cells have written: rows repeat them.
	qualities map[string]anomaly.Quality
	chain     []anomaly.Bill // bills whose periods stand in other rows
	apart     string         // what plan.apart says
}

// record is one row, read field by field. Only the fields of the plan's columns are set.
type record struct {
	row   int
	cells []string
	raw   string
	text  [sniff.FieldCount]string
	num   [sniff.FieldCount]anomaly.NullDecimal
	date  [sniff.FieldCount]anomaly.Date
	until [sniff.FieldCount]anomaly.Date // second end of a range, or the end of a month
	whole [sniff.FieldCount]bool         // the cell names whole months: its end is half-open
	clock [sniff.FieldCount]int32        // seconds after midnight, -1 without a time of day
	zone  [sniff.FieldCount]int32        // seconds that this clock is ahead of UTC, or noZone
	lines []lineAmount
	qual  anomaly.Quality
	// swapped is the column whose repaired date was remarked on last, -1 for none.
	swapped int
}

type lineAmount struct {
	code   string
	header string
	amount anomaly.Decimal
}

func newConverter(p *plan) *converter {
	return &converter{
		plan: p, accounts: map[string]anomaly.Account{}, meters: map[string]anomaly.Meter{},
		words: map[string]string{}, qualities: map[string]anomaly.Quality{}, apart: p.apart(),
	}
}

// maxQualities bounds what is kept of a column that is taken for one of quality codes.
const maxQualities = 64

// convert reads one row into the batch and reports whether it was a row of the table.
// kinds says what the cells of a sheet hold; nil for text. raw is the row as it stands
// in the file.
func (c *converter) convert(row int, cells []string, kinds []xlsxfile.Kind, raw string) (read bool) {
	p := c.plan
	if row < p.dataRow || blank(cells) || isComment(cells[0]) {
		return false
	}
	r := &c.rec
	r.row, r.cells, r.raw, r.swapped = row, cells, raw, -1
	if len(cells) > p.width && !blank(cells[p.width:]) {
		return c.fail(nil, "", anomaly.Msg("import.too_many_cells",
			anomaly.CountArg("cells", len(cells)), anomaly.CountArg("columns", p.width)))
	}
	for i := range p.where {
		if !p.where[i].accepts(cells) {
			return false
		}
	}
	if p.valid != nil {
		var ok bool
		if cells, ok = c.validate(cells); !ok {
			return true
		}
	}
	r.lines = r.lines[:0]
	r.qual = anomaly.QualityUnknown
	for i := range p.cols {
		col := &p.cols[i]
		cell, kind := "", xlsxfile.Text
		switch {
		case col.index < 0 || col.values != nil:
			var known bool
			if cell, known = col.text(cells); !known {
				return c.fail(col, cell, anomaly.Msg("import.unmapped_value", anomaly.TextArg("field", col.field.String())))
			}
		case col.index < len(cells):
			cell = cells[col.index]
			if kinds != nil {
				kind = kinds[col.index]
			}
		}
		if c.quick(col, cell, kind) {
			continue
		}
		if reason, ok := c.read(col, cell, kind); !ok {
			if !col.passing {
				return c.fail(col, cell, reason)
			}
			c.remark(col, cell, reason)
		}
	}
	for _, kind := range p.kinds {
		if col, value, reason, ok := c.build(kind); !ok {
			if !c.fail(col, value, reason) {
				return false
			}
		}
	}
	return true
}

// isComment tells a line of comment, as files for EnergyCAP and files of rejected rows
// have them, from a cell that is filled up with asterisks: "****3309".
func isComment(cell string) bool {
	return cell != "" && cell[0] == '*' && (len(cell) == 1 || cell[1] != '*' && (cell[1] < '0' || cell[1] > '9'))
}

func blank(cells []string) bool {
	for _, cell := range cells {
		if cell != "" && field.Trim(cell) != "" {
			return false
		}
	}
	return true
}

// quick sets the record's field from a cell that is written the way most cells of most
// files are; where it returns false, read has to look closer.
func (c *converter) quick(col *column, cell string, kind xlsxfile.Kind) bool {
	r, f := &c.rec, col.field
	switch col.typ {
	case sniff.Text:
		if kind != xlsxfile.Error && f != sniff.MeterID {
			r.text[f] = field.Trim(cell)
			return true
		}
	case sniff.Number:
		if !col.add && col.mark != field.MarkComma && f != sniff.LineAmount && col.convert.Identity() {
			d, ok := field.PlainNumber(cell)
			r.num[f] = anomaly.NullDecimal{Decimal: d, Valid: ok}
			return ok
		}
	case sniff.Date:
		if !c.plan.swap {
			d, ok := field.PlainDate(cell)
			r.date[f], r.whole[f] = d, false
			return ok
		}
	case sniff.Quality:
		var known bool
		r.qual, known = c.qualities[cell]
		return known
	}
	return false
}

// read sets the record's field from one cell.
func (c *converter) read(col *column, cell string, kind xlsxfile.Kind) (reason anomaly.Message, ok bool) {
	r, f := &c.rec, col.field
	switch kind {
	case xlsxfile.Uncalculated:
		return anomaly.Msg("import.uncalculated"), false
	case xlsxfile.Error:
		c.remark(col, cell, anomaly.Msg("import.error_cell"))
	}
	switch col.typ {
	case sniff.Text:
		r.text[f] = field.Trim(cell)
		if kind == xlsxfile.Error || f == sniff.MeterID && isAutoMeter(r.text[f]) {
			r.text[f] = ""
		}
	case sniff.Number:
		return c.readNumber(col, cell, kind)
	case sniff.Date:
		r.date[f], r.whole[f] = 0, false
		if d, plain := field.PlainDate(cell); plain {
			r.date[f] = c.unswap(col, cell, d)
			return reason, true
		}
		s := field.Tidy(cell)
		if field.IsMissing(s) || kind == xlsxfile.Error {
			return reason, true
		}
		d, fits := field.ParseDate(s, col.order)
		if !fits {
			first, months, isMonth := field.ParseMonth(s)
			if !isMonth {
				return badDate(s, col.order), false
			}
			r.date[f], r.whole[f], r.until[f] = first, true, first.AddMonths(months)
			return reason, true
		}
		r.date[f] = c.unswap(col, s, d)
	case sniff.Moment:
		r.date[f], r.clock[f], r.zone[f] = 0, -1, noZone
		s := field.Tidy(cell)
		if field.IsMissing(s) {
			return reason, true
		}
		m, fits := field.ParseMoment(s, col.order)
		if !fits {
			return badDate(s, col.order), false
		}
		r.date[f] = m.On
		if m.HasTime {
			r.clock[f] = int32(m.Seconds)
		}
		if m.HasOffset {
			r.zone[f] = int32(m.Offset)
		}
	case sniff.Range:
		r.date[f] = 0
		s := field.Tidy(cell)
		if field.IsMissing(s) {
			return reason, true
		}
		if r.date[f], r.until[f], r.whole[f], ok = field.ParseRange(s, col.order); !ok {
			return anomaly.Msg("import.bad_period"), false
		}
	case sniff.Quality:
		if r.qual, ok = field.ParseQuality(field.Tidy(cell)); !ok {
			c.remark(col, cell, anomaly.Msg("import.bad_quality"))
		} else if len(c.qualities) < maxQualities {
			c.qualities[strings.Clone(cell)] = r.qual
		}
	}
	return reason, true
}

func badDate(s string, order field.Order) anomaly.Message {
	if order == field.OrderAuto {
		return anomaly.Msg("import.bad_date")
	}
	return anomaly.Msg("import.bad_date_order", anomaly.TermArg("order", "date_order."+order.String()))
}

func (c *converter) readNumber(col *column, cell string, kind xlsxfile.Kind) (reason anomaly.Message, ok bool) {
	r, f := &c.rec, col.field
	if !col.add {
		r.num[f] = anomaly.NullDecimal{} // a cell that cannot be read leaves nothing of the row before
	}
	mark := col.mark
	if kind == xlsxfile.Number {
		mark = field.MarkPoint
	}
	var d anomaly.Decimal
	plain := false
	if mark != field.MarkComma {
		d, plain = field.PlainNumber(cell)
	}
	if !plain {
		s := field.Tidy(cell)
		if field.IsMissing(s) || kind == xlsxfile.Error {
			return reason, true
		}
		var unit string
		if d, unit, ok = field.ParseNumber(s, mark); !ok {
			return anomaly.Msg("import.bad_number"), false
		}
		if u, known := field.ParseUnit(unit); known && u != "" && u != c.plan.unit && isUsage(f) {
			conv := field.UnitConversion(u)
			if conv.To != "" && !conv.Identity() && col.convert.Identity() {
				if d, ok = conv.Apply(d); !ok {
					return anomaly.Msg("import.bad_number"), false
				}
			}
		}
	}
	if !col.convert.Identity() {
		if d, ok = col.convert.Apply(d); !ok {
			return anomaly.Msg("import.bad_number"), false
		}
	}
	if f == sniff.LineAmount {
		r.lines = append(r.lines, lineAmount{col.code, col.header, d})
		return reason, true
	}
	if col.add && r.num[f].Valid {
		if d, ok = anomaly.Add(r.num[f].Decimal, d); !ok {
			return anomaly.Msg("import.bad_number"), false
		}
	}
	r.num[f] = anomaly.Known(d)
	return reason, true
}

func isUsage(f sniff.Field) bool {
	switch f {
	case sniff.Usage, sniff.MeteredUsage, sniff.SwappedUsage, sniff.AdjustedUsage, sniff.LossUsage, sniff.RecoveredUsage:
		return true
	}
	return false
}

// remark notes something about a row that stays.
func (c *converter) remark(col *column, value string, reason anomaly.Message) {
	p := Problem{File: c.plan.file, Row: c.rec.row, Value: clip(value), Reason: reason, Raw: c.rec.raw}
	if p.Raw == "" {
		p.Raw = csvLine(c.rec.cells)
	}
	if col != nil {
		p.Column = col.header
	}
	c.batch.Problems = append(c.batch.Problems, p)
}

// fail rejects the row, unless it never was a row of the table: a repeated header, a row
// of totals, a note below the table. Those are remarked on and left out. It reports
// whether it was a row.
func (c *converter) fail(col *column, value string, reason anomaly.Message) (row bool) {
	if key := c.notARow(); key != "" {
		c.remark(nil, firstText(c.rec.cells), anomaly.Msg(key))
		return false
	}
	c.remark(col, value, reason)
	c.batch.Problems[len(c.batch.Problems)-1].Rejected = true
	return true
}

func clip(s string) string {
	const most = 200
	s = field.Trim(s)
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

func firstText(cells []string) string {
	for _, cell := range cells {
		if s := field.Trim(cell); s != "" {
			return s
		}
	}
	return ""
}

// totals are the words that a row of sums begins with, folded.
var totals = map[string]bool{
	"total": true, "totals": true, "subtotal": true, "grandtotal": true, "sum": true,
	"合計": true, "總計": true, "小計": true, "總和": true, "共計": true, "合计": true, "总计": true, "小计": true, "总和": true, "共计": true,
}

func isTotal(s string) bool {
	if len(s) > 40 || s == "" || s[len(s)-1] >= '0' && s[len(s)-1] <= '9' {
		return false
	}
	return totals[field.Fold(s)]
}

// notARow names what the row is if it is none of the table's; "" otherwise.
func (c *converter) notARow() string {
	cells := c.rec.cells
	filled, same, named := 0, 0, 0
	for i, cell := range cells {
		s := field.Trim(cell)
		if s == "" {
			continue
		}
		filled++
		if i < len(c.plan.header) && strings.EqualFold(s, c.plan.header[i]) {
			same++
		}
		if candidates, _ := sniff.Lookup(s); len(candidates) > 0 {
			named++
		}
	}
	switch {
	case same > 1 && same*2 > filled:
		return "import.repeated_header"
	case isTotal(firstText(cells)):
		return "import.totals_row"
	case filled == 1 && c.plan.width > 2 && (len(cells) < c.plan.width || field.Trim(cells[0]) != ""):
		return "import.note_row"
	case named > 2 && named == filled:
		return "import.repeated_header"
	}
	return ""
}

// word returns s, kept once for all rows that repeat it.
func (c *converter) word(s string) string {
	if s == "" {
		return ""
	}
	if w, ok := c.words[s]; ok {
		return w
	}
	if len(c.words) > 4096 {
		clear(c.words)
	}
	w := strings.Clone(s)
	c.words[w] = w
	return w
}

// passing leaves out of a run of batches what was said of an account or a meter before.
// It sees the batches in order, so that how a file was cut does not show.
type passing struct {
	seed     maphash.Seed
	accounts map[uint64]uint64
	meters   map[uint64]uint64
}

func newPassing() *passing {
	return &passing{seed: maphash.MakeSeed(), accounts: map[uint64]uint64{}, meters: map[uint64]uint64{}}
}

// maxPassing bounds what is remembered; beyond it an attribute may be delivered twice,
// which changes nothing.
const maxPassing = 1 << 20

func (p *passing) filter(rows *anomaly.Rows) {
	accounts := rows.Accounts[:0]
	for i := range rows.Accounts {
		a := &rows.Accounts[i]
		said := *a
		said.Source = anomaly.Source{}
		if repeat(p.accounts, maphash.String(p.seed, a.ID), maphash.Comparable(p.seed, said)) {
			continue
		}
		accounts = append(accounts, *a)
	}
	rows.Accounts = accounts
	meters := rows.Meters[:0]
	for i := range rows.Meters {
		m := &rows.Meters[i]
		said := *m
		said.Source = anomaly.Source{}
		if repeat(p.meters, maphash.String(p.seed, m.AccountID+"\x00"+m.ID), maphash.Comparable(p.seed, said)) {
			continue
		}
		meters = append(meters, *m)
	}
	rows.Meters = meters
}

func repeat(last map[uint64]uint64, key, said uint64) bool {
	if last[key] == said {
		return true
	}
	if len(last) >= maxPassing {
		clear(last)
	}
	last[key] = said
	return false
}
