package importers

import (
	"io"
	"runtime"

	"whybill/anomaly"
	"whybill/importers/field"
	"whybill/importers/mapping"
	"whybill/importers/sniff"
)

// Options override what is otherwise found out from the files. The zero value leaves
// everything to be found out.
type Options struct {
	Encoding    sniff.Encoding
	Delimiter   string // one character or more; "" is found out
	Columns     []string
	Kind        Kind
	PeriodEnd   PeriodEnd
	DateOrder   field.Order
	DecimalMark field.Mark
	Mapping     *mapping.Mapping // nil: everything by its header
	Repair      []string         // faults to be put right: RepairSwappedDates, RepairShiftedRows
	Service     anomaly.Service  // of accounts whose files name none
	Unit        string           // of usage, where neither a column nor a header names one
	Currency    string           // of amounts, where no column names one
	Today       anomaly.Date     // a bill that ends later is remarked on; zero: none is
	GoOn        bool             // a file that cannot be read is left out: see Set.Refused
	Stdin       io.Reader        // what "-" reads
	Workers     int              // parsing goroutines; 0: as many as there are cores
	ChunkBytes  int              // of the pieces in which files are parsed; 0: a good size
}

func (o *Options) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}
