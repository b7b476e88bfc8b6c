package importers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"whybill/anomaly"
	"whybill/importers/sniff"
)

// Format is how a file is laid out.
type Format string

// The formats.
const (
	FormatCSV  Format = "csv" // delimited text of any dialect
	FormatXLSX Format = "xlsx"
	FormatNEM  Format = "nem"
	FormatESPI Format = "espi"
)

// FileInfo is how a file, or one sheet of it, will be read.
type FileInfo struct {
	Name      string // as the user named it, and as Problem does
	Label     string // as evidence (Source) names it
	Bytes     int64  // as stored
	Format    Format
	Encoding  string // of delimited text
	Delimiter string
	Quote     string // "" where cells are not quoted
	Escape    string // before a quote inside a quoted cell; "" where it is doubled
	Sheet     string // of a workbook
	Hidden    int    // hidden rows of a sheet among those looked at
	HeaderRow int    // counted from 1; 0 where there is none
	// HeaderRows is how many rows the header spans.
	HeaderRows int
	// Kinds are the tables that the rows feed; the first is the one recognised.
	Kinds   []Kind
	Columns []ColumnInfo
	// Missing are columns without which the table cannot be imported; where there are
	// some, it was refused.
	Missing []sniff.Field
	// Unknown holds the headers of columns that were not understood, or for which this kind
	// of table has no place.
	Unknown []string
	// Service is what header or user name; unknown where nothing does, and then
	// electricity is assumed. ServiceAssumed: guessed from a unit only.
	Service        anomaly.Service
	ServiceAssumed bool
	End            EndDecision
	// Skipped names the sheets of the same workbook that are no table that can be read;
	// it stands with the first sheet that is.
	Skipped []string
	// Notes are what a mapping file says of the data.
	Notes []string
	// Swapped counts what speaks for day and month being swapped; see SwapEvidence.
	Swapped SwapEvidence

	source *source
	member string // tells apart the parts of one file in the hash
}

// ColumnInfo is how one column is read.
type ColumnInfo struct {
	Header string
	Field  string // canonical name; "" where the column is not used
	Code   string // of a bill line
	Unit   string // that the header names
	Layout string // order of dates or decimal mark, where one was decided: "dmy", "roc", "comma"
	// Note says why a column is not used: "unknown", "unused" (the table has no place
	// for it) or "duplicate" (another column says it better); "" where it is used.
	Note    string
	Samples []Sample
}

// Sample is a cell as it stands and as it is understood; After is "" where it is not, and
// the same as Before in a table that is refused.
type Sample struct{ Before, After string }

// EndDecision is how the meaning of period_end was worked out.
type EndDecision struct {
	End PeriodEnd
	// Exclusive and Inclusive count the pieces of evidence for either meaning.
	Exclusive, Inclusive int
	// Basis is where the evidence comes from: "option", "bills" (consecutive bills),
	// "mapping", "months" (whole months in one cell), "readings" or "dates" (suggestions),
	// "none".
	Basis string
	// Assumed: nothing but suggestions decided.
	Assumed bool
}

// Hash returns the SHA-256 of the file's content as stored, in hexadecimal: the same
// content has the same hash under any name. Several sheets of one workbook differ.
func (f *FileInfo) Hash(ctx context.Context) (string, error) {
	h, err := f.source.hash(ctx)
	if err != nil {
		return "", fileError(f.Name, err)
	}
	if f.member != "" {
		sum := sha256.Sum256([]byte(h + "\x00" + f.member))
		h = hex.EncodeToString(sum[:])
	}
	return h, nil
}

// Temporary reports whether the content came from standard input.
func (f *FileInfo) Temporary() bool { return f.source.temp && f.source.part == "" }
