// Package importers reads the files of a utility (CSV, XLSX and the formats beside
// them) as rows of the canonical input tables. A row that cannot be read is a Problem,
// never lost and never a reason to stop.
//
// Open looks at every file and decides how it will be read: encoding, dialect, where
// the table starts, what each column means, which way dates and numbers are written,
// and what period_end means. What does not decide itself is refused with the flag that
// decides it. Set.Each then delivers the rows; parsing uses all cores and the memory of
// a few chunks.
package importers

import (
	"whybill/anomaly"
	"whybill/importers/sniff"
)

// Kind is one of the canonical input tables.
type Kind = sniff.Kind

// The kinds of tables.
const (
	KindUnknown     = sniff.KindUnknown
	KindAccounts    = sniff.KindAccounts
	KindMeters      = sniff.KindMeters
	KindReadings    = sniff.KindReadings
	KindBills       = sniff.KindBills
	KindLines       = sniff.KindLines
	KindAppliances  = sniff.KindAppliances
	KindWeather     = sniff.KindWeather
	KindIntervals   = sniff.KindIntervals
	KindEvents      = sniff.KindEvents
	KindInspections = sniff.KindInspections
)

// Batch is a run of consecutive rows of one file. Batches of a file come in the order
// of its rows. A batch and its slices are reused once the callback returns. Strings in a
// batch may share the memory of a larger block: whoever keeps a few of them for long
// should clone them.
type Batch struct {
	File     string // as the user named it; "a.zip/b.csv" and "a.xlsx/Sheet1" for parts of one
	Rows     anomaly.Rows
	Problems []Problem
	Read     int   // rows read, rejected ones included
	Bytes    int64 // of the file consumed up to the end of this batch, for progress
	services []saidService
}

// Problem is something that could not be read as it stands.
type Problem struct {
	File     string
	Row      int    // counted from 1, header included; 0: the file as a whole
	Column   string // the header's text; "" where the row as a whole is meant
	Value    string
	Reason   anomaly.Message
	Raw      string // the raw line, for a reject file; of a sheet, its cells as CSV
	Rejected bool   // the row was left out; false: it was read, with this remark
}

// PeriodEnd says what a file's period_end column means.
type PeriodEnd uint8

// The conventions for period_end.
const (
	EndAuto      PeriodEnd = iota // worked out from consecutive bills
	EndExclusive                  // the first day not covered
	EndInclusive                  // the last day covered
)

var periodEndNames = [...]string{"auto", "exclusive", "inclusive"}

// String returns the value of the flag that sets the convention.
func (e PeriodEnd) String() string { return periodEndNames[e] }

// ParsePeriodEnd reads the value of the flag.
func ParsePeriodEnd(s string) (PeriodEnd, bool) {
	for e, name := range periodEndNames {
		if s == name {
			return PeriodEnd(e), true
		}
	}
	return EndAuto, s == ""
}
