package importers

import (
	"whybill/anomaly"
	"whybill/importers/field"
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
	end      PeriodEnd // for periods of bills and bill lines
	assumed  bool      // nothing decided end
	seconds  int64     // usual length of an interval, where rows do not say
	comment  string    // lines that begin so are left out
	// attributes: rows of another table tell of their accounts in passing.
	attributes bool
	balanced   bool // the usage can be checked against its parts
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
