package importers

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync/atomic"

	"whybill/anomaly"
	"whybill/importers/field"
	"whybill/importers/sniff"
	"whybill/importers/xlsxfile"
)

// The faults that Options.Repair may name. Nothing is repaired unasked, and every row
// that is changed is remarked on.
const (
	// RepairSwappedDates swaps day and month back in a file in which they are swapped
	// wherever the day is 12 or less.
	RepairSwappedDates = "swapped-dates"
	// RepairShiftedRows joins again what an unquoted decimal comma has split. It needs a
	// mapping that says where that can have happened.
	RepairShiftedRows = "shifted-rows"
)

// Repairs lists the faults that can be put right.
var Repairs = []string{RepairSwappedDates, RepairShiftedRows}

// SwapEvidence is what the readings of the same meter say of day and month. A link is a
// pair of rows of which one opens with the reading on which the other closed: its date
// has to be later.
type SwapEvidence struct {
	Links     int // pairs looked at
	Backwards int // of these, with dates that run backwards as written
	// Repaired is how many still run backwards once day and month change places wherever
	// both are 12 or less.
	Repaired int
	// Found: the dates as written make no sense, the swapped ones do.
	Found bool
}

// unswap puts a date right where the file's days and months are swapped and the repair
// was asked for, and remarks on it once for each cell.
func (c *converter) unswap(col *column, cell string, d anomaly.Date) anomaly.Date {
	if !c.plan.swap {
		return d
	}
	swapped := swapDayMonth(d)
	if swapped != d && c.rec.swapped != col.index {
		c.rec.swapped = col.index
		c.remark(col, cell, anomaly.Msg("import.repaired_date", anomaly.DateArg("from", d), anomaly.DateArg("to", swapped)))
	}
	return swapped
}

// swapDayMonth exchanges day and month where both are 12 or less.
func swapDayMonth(d anomaly.Date) anomaly.Date {
	year, month, day := d.Civil()
	if swapped, ok := anomaly.NewDate(year, day, month); ok && day <= 12 {
		return swapped
	}
	return d
}

// findSwaps looks in every table with readings for days and months that are swapped.
func (s *Set) findSwaps(ctx context.Context) error {
	for _, t := range s.tables {
		for _, p := range t.plans {
			read := p.swapReader()
			if read == nil {
				continue
			}
			evidence, err := t.countLinks(ctx, p, read, s.opt)
			if err != nil {
				return fileError(t.info.Name, err)
			}
			if evidence.Found || evidence.Links > t.info.Swapped.Links {
				t.info.Swapped = evidence
			}
			p.swap = evidence.Found && slices.Contains(s.opt.Repair, RepairSwappedDates)
		}
	}
	return nil
}

// link is one row: what its meter showed at both ends and when it was read.
type link struct {
	from, to anomaly.Decimal
	on       anomaly.Date
}

// swapReader returns a function that reads a row as a link, nil where the table lacks
// the columns. meter is the hash of account and meter, account that of the account.
func (p *plan) swapReader() func(cells []string) (account, meter uint64, l link, ok bool) {
	from := p.columnOf(sniff.ReadingFrom)
	to, on := p.columnOf(sniff.ReadingTo), p.columnOf(sniff.ReadOn)
	if on == nil {
		on = p.columnOf(sniff.PeriodEnd)
	}
	if to == nil {
		to = p.columnOf(sniff.Reading)
	}
	id, meterID := p.columnOf(sniff.AccountID), p.columnOf(sniff.MeterID)
	if from == nil || to == nil || on == nil || id == nil {
		return nil
	}
	number := func(c *column, cells []string) (anomaly.Decimal, bool) {
		text, _ := c.text(cells)
		if d, ok := field.PlainNumber(text); ok && c.mark != field.MarkComma {
			return d, true
		}
		d, _, ok := field.ParseNumber(field.Tidy(text), c.mark)
		return d, ok
	}
	return func(cells []string) (account, meter uint64, l link, ok bool) {
		text, _ := id.text(cells)
		account = hashText(field.Trim(text))
		meter = account
		if meterID != nil {
			text, _ := meterID.text(cells)
			meter ^= 31 * hashText(field.Trim(text))
		}
		var okFrom, okTo bool
		l.from, okFrom = number(from, cells)
		l.to, okTo = number(to, cells)
		text, _ = on.text(cells)
		l.on = dateIn(text, on)
		return account, meter, l, okFrom && okTo && !l.on.IsZero() && l.from.Cmp(l.to) != 0
	}
}

// countLinks follows the readings of the accounts with the smallest hashes.
func (t *table) countLinks(ctx context.Context, p *plan, read func([]string) (uint64, uint64, link, bool), opt Options) (e SwapEvidence, err error) {
	in, err := t.open(opt.ChunkBytes)
	if err != nil {
		return e, err
	}
	type meters map[uint64][]link
	all := map[uint64]meters{}
	var limit atomic.Uint64
	limit.Store(math.MaxUint64)
	shrink := func() {
		for _, account := range allBut(all, sketchAccounts) {
			delete(all, account)
		}
	}
	err = inOrder(ctx, in, opt.workers(), func() func(block) map[uint64]meters {
		var cells []string
		id := p.columnOf(sniff.AccountID)
		return func(b block) map[uint64]meters {
			found := map[uint64]meters{}
			most := limit.Load()
			cells = t.pick(b, id, most, cells, func(row int, cells []string, _ []xlsxfile.Kind, _ string) bool {
				if row < p.dataRow || !p.accepts(cells) {
					return true
				}
				account, meter, l, ok := read(cells)
				if ok && account <= most {
					if found[account] == nil {
						found[account] = meters{}
					}
					found[account][meter] = append(found[account][meter], l)
				}
				return true
			})
			return found
		}
	}, func(found map[uint64]meters) error {
		for account, ms := range found {
			if all[account] == nil {
				all[account] = meters{}
			}
			for meter, links := range ms {
				all[account][meter] = append(all[account][meter], links...)
			}
		}
		if len(all) > 2*sketchAccounts {
			shrink()
			limit.Store(largest(all))
		}
		return nil
	})
	shrink()
	for _, ms := range all {
		for _, links := range ms {
			e.count(links)
		}
	}
	// One pair in fifty may be a register that was reset or a meter that came back; a
	// swapped file has one in seven. The swapped reading has to mend nine in ten.
	e.Found = e.Backwards >= 3 && e.Backwards*50 >= e.Links && e.Repaired*10 <= e.Backwards
	return e, errors.Join(err, in.close())
}

// accepts reports whether the plan's filters let a row through.
func (p *plan) accepts(cells []string) bool {
	for i := range p.where {
		if !p.where[i].accepts(cells) {
			return false
		}
	}
	return true
}

// allBut lists the keys of a map but for the n smallest.
func allBut[V any](m map[uint64]V, n int) []uint64 {
	if len(m) <= n {
		return nil
	}
	keys := make([]uint64, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys[n:]
}

func largest[V any](m map[uint64]V) (most uint64) {
	for k := range m {
		most = max(most, k)
	}
	return most
}

// count follows the readings of one meter.
func (e *SwapEvidence) count(links []link) {
	opens := make(map[anomaly.Decimal][]anomaly.Date, len(links))
	for _, l := range links {
		from := l.from.Trim(0)
		opens[from] = append(opens[from], l.on)
	}
	for _, l := range links {
		for _, next := range opens[l.to.Trim(0)] {
			e.Links++
			if l.on > next {
				e.Backwards++
			}
			if swapDayMonth(l.on) > swapDayMonth(next) {
				e.Repaired++
			}
		}
	}
}

// shift says how rows are put right in which a decimal comma has split a cell.
type shift struct {
	split  []int // columns in which that can have happened
	lost   int   // column whose cell was pushed out of the row
	repair bool
}

// validate holds a row against the mapping's conditions. A row that fails is put right
// where it was shifted and the repair was asked for; otherwise it is rejected.
func (c *converter) validate(cells []string) (valid []string, ok bool) {
	p := c.plan
	bad := p.firstInvalid(cells)
	if bad == nil {
		return cells, true
	}
	if p.shift != nil {
		if at, mended := p.mend(cells); mended != nil {
			where := &column{header: p.header[at]}
			written := cells[at] + "," + cells[at+1]
			if !p.shift.repair {
				c.fail(where, written, anomaly.Msg("import.shifted_row", anomaly.TextArg("repair", RepairShiftedRows)))
				return nil, false
			}
			c.rec.cells = mended
			c.remark(where, written, anomaly.Msg("import.repaired_shift", anomaly.TextArg("value", mended[at]),
				anomaly.TextArg("lost", p.header[p.shift.lost])))
			return mended, true
		}
	}
	value := ""
	if bad.index < len(cells) {
		value = cells[bad.index]
	}
	c.fail(&column{header: bad.header}, value, anomaly.Msg("import.not_valid"))
	return nil, false
}

func (p *plan) firstInvalid(cells []string) *filter {
	for i := range p.valid {
		if !p.valid[i].accepts(cells) {
			return &p.valid[i]
		}
	}
	return nil
}

// mend joins two cells of a shifted row where that makes it valid and its usage the
// difference of its readings; mended is nil where no join does. The row's length stays:
// the cell that was pushed out is gone.
func (p *plan) mend(cells []string) (at int, mended []string) {
	lost := p.shift.lost
	if p.balances(cells) {
		return 0, nil
	}
	for _, at := range p.shift.split {
		if at >= lost || lost >= len(cells) {
			continue
		}
		row := slices.Clone(cells)
		row[at] = cells[at] + "." + cells[at+1]
		copy(row[at+1:lost], cells[at+2:lost+1])
		row[lost] = ""
		bad := p.firstInvalid(row)
		if (bad == nil || bad.index == lost) && p.balances(row) {
			return at, row
		}
	}
	return 0, nil
}

// balances reports whether a row's usage is the difference of its readings times the
// multiplier, to one unit, the register having rolled over once at most.
func (p *plan) balances(cells []string) bool {
	var of [sniff.FieldCount]anomaly.NullDecimal
	for i := range p.cols {
		c := &p.cols[i]
		if c.typ != sniff.Number {
			continue
		}
		text, _ := c.text(cells)
		d, _, ok := field.ParseNumber(field.Tidy(text), c.mark)
		if !ok {
			continue
		}
		if c.add && of[c.field].Valid {
			d, _ = anomaly.Add(of[c.field].Decimal, d)
		}
		of[c.field] = anomaly.Known(d)
	}
	to := of[sniff.ReadingTo]
	if !to.Valid {
		to = of[sniff.Reading]
	}
	from, usage, multiplier := of[sniff.ReadingFrom], of[sniff.Usage], of[sniff.Multiplier]
	if !from.Valid || !to.Valid || !usage.Valid {
		return false
	}
	difference := anomaly.Float(to.Decimal) - anomaly.Float(from.Decimal)
	if difference < 0 {
		difference += math.Pow10(len(from.Decimal.Trunc(0).String()))
	}
	if multiplier.Valid {
		if !multiplier.Decimal.IsPos() {
			return false
		}
		difference *= anomaly.Float(multiplier.Decimal)
	}
	return math.Abs(difference-anomaly.Float(usage.Decimal)) <= 1
}
