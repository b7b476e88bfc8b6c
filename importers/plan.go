package importers

import (
	"whybill/anomaly"
	"whybill/importers/field"
	"whybill/importers/mapping"
	"whybill/importers/sniff"
)

// plan is how the rows of one table are read: decided by Open, then shared by all workers.
type plan struct {
	file     string // as Problem names it
	label    string // what evidence calls it
	kinds    []Kind // that each row feeds; the first is what the header was recognised as
	cols     []column
	header   []string
	width    int // cells that a row may have
	dataRow  int // number of the first row behind the header
	has      [sniff.FieldCount]bool
	service  anomaly.Service // that the header or the user names
	unit     string          // of usage, where the rows name none
	currency string
	today    anomaly.Date
	end      PeriodEnd // for periods of bills and bill lines
	assumed  bool      // nothing decided end
	seconds  int64     // usual length of an interval, where rows do not say
	again    []int32   // rows of intervals in the second occurrence of their hour, sorted
	remarks  []Problem // about the file as a whole
	where    []filter  // rows that are meant; the others are left out without a word
	valid    []filter  // what the cells of a row may hold
	shift    *shift    // how rows are put right that a decimal comma has split
	swap     bool      // dates with a day up to 12 have day and month swapped
	// attributes: rows of another table tell of their accounts in passing.
	attributes bool
	chained    bool // readings carry billed usage; see chainBills
	balanced   bool // the usage can be checked against its parts
	watched    bool // rows may contradict what others say of the account's service
}

// column is how the cells of one column are read.
type column struct {
	index   int
	field   sniff.Field
	typ     sniff.Type
	code    string // of a bill line
	header  string
	order   field.Order
	mark    field.Mark
	convert field.Conversion
	passing bool // an attribute of the account: unreadable, it is remarked on, and the row stays
	// What a mapping adds: a constant (index < 0) or a template instead of a cell, a
	// translation of the cell, a further summand of the field.
	constant string
	template []piece
	values   map[string]string
	add      bool
}

// piece is a part of a template: text, or the cell of a column where text is "".
type piece struct {
	text  string
	index int
}

// filter is a mapping's condition on the cell of a column.
type filter struct {
	index  int
	header string
	mapping.Filter
}

// text returns the column's cell of a row, translated.
func (c *column) text(cells []string) (text string, ok bool) {
	switch {
	case c.template != nil:
		for _, p := range c.template {
			if p.text != "" {
				text += p.text
			} else if p.index < len(cells) {
				text += field.Trim(cells[p.index])
			}
		}
	case c.index < 0:
		text = c.constant
	case c.index < len(cells):
		text = cells[c.index]
	}
	if c.values == nil {
		return text, true
	}
	key := field.Trim(text)
	if v, known := c.values[key]; known {
		return v, true
	}
	return text, key == ""
}

func (p *plan) columnOf(f sniff.Field) *column {
	for i := range p.cols {
		if p.cols[i].field == f {
			return &p.cols[i]
		}
	}
	return nil
}

// isAttribute reports whether a field tells of an account or meter in passing.
func isAttribute(kind Kind, f sniff.Field) bool {
	if kind == KindAccounts || kind == KindMeters {
		return false
	}
	switch f {
	case sniff.AccountID, sniff.MeterID, sniff.Multiplier, sniff.Unit, sniff.Tariff:
		return false
	}
	return KindAccounts.Has(f) || KindMeters.Has(f) && f != sniff.InitialReading
}
