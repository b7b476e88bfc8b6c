package importers

import (
	"context"
	"errors"

	"whybill/anomaly"
	"whybill/importers/field"
	"whybill/importers/sniff"
	"whybill/importers/xlsxfile"
)

// votes are what the cells of the table's columns say of how they are written.
type votes struct {
	dates   []field.DateVotes
	numbers []field.NumberVotes
}

func newVotes(p *plan) *votes {
	return &votes{make([]field.DateVotes, len(p.cols)), make([]field.NumberVotes, len(p.cols))}
}

func (v *votes) merge(other *votes) {
	for i := range v.dates {
		v.dates[i].Merge(&other.dates[i])
		v.numbers[i].Merge(&other.numbers[i])
	}
}

// add counts the cells of one row.
func (v *votes) add(p *plan, row int, cells []string, kinds []xlsxfile.Kind) {
	if row < p.dataRow || blank(cells) || len(cells) > p.width || isComment(cells[0]) {
		return
	}
	for i := range p.cols {
		c := &p.cols[i]
		if c.index < 0 || c.values != nil || c.index >= len(cells) || kinds != nil && kinds[c.index] != xlsxfile.Text {
			continue
		}
		cell := cells[c.index]
		switch c.typ {
		case sniff.Date, sniff.Moment:
			v.dates[i].Add(field.Tidy(cell))
		case sniff.Range:
			if from, to, ok := field.SplitRange(field.Tidy(cell)); ok {
				v.dates[i].Add(from)
				v.dates[i].Add(to)
			}
		case sniff.Number:
			if _, plain := field.PlainNumber(cell); plain && !groupLike(cell) {
				if hasPoint(cell) {
					v.numbers[i].Cells++
					v.numbers[i].Point++
				}
				continue
			}
			v.numbers[i].Add(field.Tidy(cell))
		}
	}
}

func hasPoint(s string) bool {
	for i := range len(s) {
		if s[i] == '.' {
			return true
		}
	}
	return false
}

// groupLike reports whether a plain number could be one with a thousands point: 1.221.
func groupLike(s string) bool {
	n := len(s)
	return n >= 5 && s[n-4] == '.' && s[0] != '0'
}

// decideColumns fixes the order of dates and the decimal mark for every column, from the
// sample or, where that leaves it open, from the whole file.
func (t *table) decideColumns(ctx context.Context, sample []sheetRow, whole bool, opt Options) error {
	for _, p := range t.plans {
		if err := t.decidePlan(ctx, p, sample, whole, opt); err != nil {
			return err
		}
	}
	t.describe(sample)
	return nil
}

func (t *table) decidePlan(ctx context.Context, p *plan, sample []sheetRow, whole bool, opt Options) error {
	v := newVotes(p)
	for i := range sample {
		v.add(p, sample[i].number, sample[i].cells, sample[i].kinds)
	}
	err := t.settle(p, v, opt)
	if err != nil && !whole {
		if v, err = t.countAll(ctx, p, opt); err != nil {
			return fileError(t.info.Name, err)
		}
		err = t.settle(p, v, opt)
	}
	if err != nil {
		return err
	}
	p.decideSeconds(sample)
	return nil
}

// countAll lets every cell of the file vote.
func (t *table) countAll(ctx context.Context, p *plan, opt Options) (*votes, error) {
	in, err := t.open(opt.ChunkBytes)
	if err != nil {
		return nil, err
	}
	all := newVotes(p)
	err = inOrder(ctx, in, opt.workers(), func() func(block) *votes {
		var cells []string
		return func(b block) *votes {
			v := newVotes(p)
			cells, _ = t.rows(b, cells, func(row int, cells []string, kinds []xlsxfile.Kind, _ string) bool {
				v.add(p, row, cells, kinds)
				return true
			})
			return v
		}
	}, func(v *votes) error {
		all.merge(v)
		return nil
	})
	return all, errors.Join(err, in.close())
}

// settle applies the votes. A column that its own cells leave open follows another of
// the same file that is decided; where none is, the file is refused with both readings.
func (t *table) settle(p *plan, v *votes, opt Options) error {
	if err := t.settleDates(p, v, opt); err != nil {
		return err
	}
	return t.settleNumbers(p, v, opt)
}

func (t *table) settleDates(p *plan, v *votes, opt Options) error {
	agreed := field.OrderAuto
	var open []int
	for i := range p.cols {
		c := &p.cols[i]
		if c.typ != sniff.Date && c.typ != sniff.Moment && c.typ != sniff.Range {
			continue
		}
		if c.order != field.OrderAuto { // the mapping says it
			agreed = c.order
			continue
		}
		if opt.DateOrder != field.OrderAuto {
			c.order = opt.DateOrder
			continue
		}
		order, rivals, mixed := v.dates[i].Decide()
		switch {
		case mixed:
			return t.mixedDates(c, &v.dates[i])
		case len(rivals) > 0:
			open = append(open, i)
		default:
			c.order = order
			if order != field.OrderAuto {
				agreed = order
			}
		}
	}
	for _, i := range open {
		_, rivals, _ := v.dates[i].Decide()
		for _, o := range rivals {
			if o == agreed {
				p.cols[i].order = agreed
			}
		}
		if p.cols[i].order == field.OrderAuto {
			return t.openDate(&p.cols[i], v.dates[i].ExOpen, rivals)
		}
	}
	return nil
}

func (t *table) openDate(c *column, example string, rivals []field.Order) error {
	one, _ := field.ParseDate(example, rivals[0])
	other, _ := field.ParseDate(example, rivals[1])
	return &Error{
		File: t.info.Name,
		Message: anomaly.Msg("import.date_open", anomaly.TextArg("file", t.info.Name), anomaly.TextArg("column", c.header),
			anomaly.TextArg("value", example), anomaly.TextArg("one", one.String()), anomaly.TextArg("other", other.String())),
		Hint: anomaly.Msg("import.date_open_hint", anomaly.TextArg("first", rivals[0].String()), anomaly.TextArg("second", rivals[1].String())),
	}
}

func (t *table) mixedDates(c *column, v *field.DateVotes) error {
	var examples []string
	for _, o := range []field.Order{field.DMY, field.MDY, field.ROC} {
		if v.Example[o] != "" {
			examples = append(examples, v.Example[o])
		}
	}
	for len(examples) < 2 {
		examples = append(examples, v.ExOpen)
	}
	return &Error{
		File: t.info.Name,
		Message: anomaly.Msg("import.date_mixed", anomaly.TextArg("file", t.info.Name), anomaly.TextArg("column", c.header),
			anomaly.TextArg("one", examples[0]), anomaly.TextArg("other", examples[1])),
		Hint: anomaly.Msg("import.date_mixed_hint"),
	}
}

func (t *table) settleNumbers(p *plan, v *votes, opt Options) error {
	agreed := field.MarkAuto
	var open []int
	for i := range p.cols {
		c := &p.cols[i]
		if c.typ != sniff.Number {
			continue
		}
		if c.mark != field.MarkAuto { // the mapping says it
			continue
		}
		if opt.DecimalMark != field.MarkAuto {
			c.mark = opt.DecimalMark
			continue
		}
		mark, decided, mixed := v.numbers[i].Decide()
		switch {
		case mixed:
			return &Error{
				File: t.info.Name,
				Message: anomaly.Msg("import.number_mixed", anomaly.TextArg("file", t.info.Name), anomaly.TextArg("column", c.header),
					anomaly.TextArg("one", v.numbers[i].ExPoint), anomaly.TextArg("other", v.numbers[i].ExComma)),
				Hint: anomaly.Msg("import.number_mixed_hint"),
			}
		case !decided:
			open = append(open, i)
		default:
			c.mark = mark
			if v.numbers[i].Point+v.numbers[i].Comma > 0 {
				agreed = mark
			}
		}
	}
	if agreed == field.MarkAuto && len(open) > 0 && isChinese(p.header) {
		agreed = field.MarkPoint // nobody writes a decimal comma under a Chinese header
	}
	for _, i := range open {
		c := &p.cols[i]
		if c.mark = agreed; agreed == field.MarkAuto {
			return t.openNumber(c, v.numbers[i].ExEither)
		}
	}
	return nil
}

func (t *table) openNumber(c *column, example string) error {
	one, _, _ := field.ParseNumber(example, field.MarkPoint)
	other, _, _ := field.ParseNumber(example, field.MarkComma)
	return &Error{
		File: t.info.Name,
		Message: anomaly.Msg("import.number_open", anomaly.TextArg("file", t.info.Name), anomaly.TextArg("column", c.header),
			anomaly.TextArg("value", example), anomaly.TextArg("one", one.String()), anomaly.TextArg("other", other.String())),
		Hint: anomaly.Msg("import.number_open_hint"),
	}
}

func isChinese(header []string) bool {
	for _, h := range header {
		for _, r := range h {
			if r >= 0x4e00 && r <= 0x9fff {
				return true
			}
		}
	}
	return false
}

// decideSeconds finds the usual length of an interval where rows give only its start.
func (p *plan) decideSeconds(sample []sheetRow) {
	if !p.feeds(KindIntervals) || p.has[sniff.End] || p.has[sniff.Minutes] {
		return
	}
	start := p.columnOf(sniff.Start)
	steps := map[int64]int{}
	last := int64(0)
	for i := range sample {
		r := &sample[i]
		if r.number < p.dataRow || start.index >= len(r.cells) {
			continue
		}
		m, ok := field.ParseMoment(field.Tidy(r.cells[start.index]), start.order)
		if !ok {
			continue
		}
		at := civilSeconds(m.On, m.Seconds) - int64(m.Offset)
		if step := max(at-last, last-at); last != 0 && step > 0 {
			steps[step]++
		}
		last = at
	}
	for step, n := range steps {
		if best := steps[p.seconds]; n > best || n == best && step < p.seconds {
			p.seconds = step
		}
	}
}

// sampleCells is how many cells of a column are shown before and after reading.
const sampleCells = 3

// describe notes for the user what was decided of each column, with samples.
func (t *table) describe(sample []sheetRow) {
	for i := range t.info.Columns {
		info := &t.info.Columns[i]
		for _, p := range t.plans {
			c := newConverter(p)
			c.batch = &Batch{}
			for j := range p.cols {
				if col := &p.cols[j]; col.index == i && len(info.Samples) == 0 {
					info.Layout = col.layout()
					info.Samples = c.samples(sample, i, col)
				}
			}
		}
		if len(info.Samples) == 0 && len(t.plans) > 0 {
			info.Samples = newConverter(t.plans[0]).samples(sample, i, nil)
		}
	}
}

// layout names what was decided of a column: the order of its dates, or a decimal comma.
func (c *column) layout() string {
	switch {
	case c.order != field.OrderAuto:
		return c.order.String()
	case c.typ == sniff.Number && c.mark == field.MarkComma:
		return c.mark.String()
	}
	return ""
}

// samples shows the first cells of column i before and after they are read as col says;
// col nil: they are not read.
func (c *converter) samples(sample []sheetRow, i int, col *column) (samples []Sample) {
	for j := range sample {
		r := &sample[j]
		if r.number < c.plan.dataRow || i >= len(r.cells) || field.Trim(r.cells[i]) == "" {
			continue
		}
		s := Sample{Before: clip(r.cells[i])}
		if col != nil {
			kind := xlsxfile.Text
			if r.kinds != nil {
				kind = r.kinds[i]
			}
			if cell, known := col.text(r.cells); known {
				s.After = c.show(col, cell, kind)
			}
		}
		if samples = append(samples, s); len(samples) == sampleCells {
			break
		}
	}
	return samples
}

// show reads one cell and writes what it was understood as.
func (c *converter) show(col *column, cell string, kind xlsxfile.Kind) string {
	r, f := &c.rec, col.field
	r.lines, r.num[f] = r.lines[:0], anomaly.NullDecimal{}
	if _, ok := c.read(col, cell, kind); !ok {
		return ""
	}
	switch col.typ {
	case sniff.Number:
		if len(r.lines) > 0 {
			return r.lines[0].amount.String()
		}
		if !r.num[f].Valid {
			return ""
		}
		return r.num[f].Decimal.String()
	case sniff.Date:
		return r.date[f].String()
	case sniff.Moment:
		if clock := clockText(r.clock[f], true); clock != "" {
			return r.date[f].String() + " " + clock
		}
		return r.date[f].String()
	case sniff.Range:
		return anomaly.Period{Start: r.date[f], End: r.until[f]}.String()
	case sniff.Quality:
		return r.qual.String()
	}
	return r.text[f]
}
