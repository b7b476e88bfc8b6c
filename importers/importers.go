// Package importers reads the files of a utility (CSV, XLSX and the formats beside
// them) as rows of the canonical input tables. A row that cannot be read is a Problem,
// never lost and never a reason to stop.
package importers

import (
	"whybill/anomaly"
)

// Kind is one of the canonical input tables.
type Kind uint8

// The kinds of tables.
const (
	KindUnknown Kind = iota
	KindAccounts
	KindMeters
	KindReadings
	KindBills
	KindLines
	KindAppliances
	KindWeather
	KindIntervals
	KindEvents
	KindInspections
)

var kindNames = [...]string{
	"unknown", "accounts", "meters", "readings", "bills", "bill_lines", "appliances",
	"weather", "intervals", "events", "inspections",
}

// String returns the table's name.
func (k Kind) String() string { return kindNames[k] }

// Batch is a run of consecutive rows of one file. Batches of a file come in the order
// of its rows. Strings in a batch may share the memory of a larger block: whoever keeps
// a few of them for long should clone them.
type Batch struct {
	File     string // as the user named it; "a.zip/b.csv" and "a.xlsx/Sheet1" for parts of one
	Rows     anomaly.Rows
	Problems []Problem
	Read     int   // rows read, rejected ones included
	Bytes    int64 // of the file consumed up to the end of this batch, for progress
}

// Problem is something that could not be read as it stands.
type Problem struct {
	File     string
	Row      int    // counted from 1, header included; 0: the file as a whole
	Column   string // the header's text; "" where the row as a whole is meant
	Value    string
	Reason   anomaly.Message
	Raw      string // the raw line, for a reject file
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
