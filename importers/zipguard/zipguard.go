// Package zipguard opens zip archives from anywhere without trusting them: what the
// central directory declares is held against limits before a byte is inflated, and a
// member never yields more than it declared.
package zipguard

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"math/bits"

	"whybill/anomaly"
)

// Limits bound what an archive may declare.
type Limits struct {
	Entries int    // members, folders included
	Entry   uint64 // inflated bytes of one member
	Total   uint64 // inflated bytes of all members
	// Ratio is how many bytes one compressed byte may become. It is asked only of
	// members larger than RatioFrom: a small file of one repeated row is no danger.
	Ratio     uint64
	RatioFrom uint64
}

// Default suits billing data: the sheet of a workbook with a million rows inflates to
// about 0.4 GB at 10 to 40 bytes a byte; deflate itself can reach 1032.
var Default = Limits{
	Entries:   20_000,
	Entry:     8 << 30,
	Total:     16 << 30,
	Ratio:     250,
	RatioFrom: 64 << 20,
}

// Error says why an archive was refused.
type Error struct{ message anomaly.Message }

// Message is the reason as the catalogue words it.
func (e *Error) Message() anomaly.Message { return e.message }

// Error returns the reason's key and arguments, for logs and tests.
func (e *Error) Error() string {
	text := e.message.Key
	for i := range e.message.Args {
		a := &e.message.Args[i]
		text += fmt.Sprintf(" %s=%s%.0f", a.Name, a.Text, a.Num)
	}
	return text
}

func refuse(key string, args ...anomaly.Arg) error {
	return &Error{anomaly.Msg(key, args...)}
}

// Open reads the archive's directory and refuses it where it goes over a limit. The
// error is an *Error for whatever is the archive's fault and any other for a failing
// reader. The returned reader's members are to be opened with OpenEntry.
func Open(r io.ReaderAt, size int64, limits Limits) (*zip.Reader, error) {
	z, err := zip.NewReader(r, size)
	switch {
	case errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrAlgorithm), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return nil, refuse("zip.damaged")
	case err != nil:
		return nil, err
	}
	if len(z.File) > limits.Entries {
		return nil, refuse("zip.too_many", anomaly.CountArg("count", len(z.File)), anomaly.CountArg("limit", limits.Entries))
	}
	var total uint64
	for _, f := range z.File {
		if f.UncompressedSize64 > limits.Entry {
			return nil, tooLarge(f.Name, f.UncompressedSize64, limits.Entry)
		}
		sum, carry := bits.Add64(total, f.UncompressedSize64, 0)
		if carry != 0 || sum > limits.Total {
			return nil, tooLarge(f.Name, sum, limits.Total)
		}
		total = sum
		// A member cannot be packed into more bytes than the archive has: a declared
		// size beyond that only serves to hide the ratio.
		packed := min(f.CompressedSize64, uint64(size))
		if f.UncompressedSize64 > limits.RatioFrom && f.UncompressedSize64/limits.Ratio >= max(packed, 1) {
			return nil, refuse("zip.bomb", anomaly.TextArg("member", f.Name),
				anomaly.NumberArg("ratio", float64(f.UncompressedSize64)/float64(max(packed, 1)), 0))
		}
	}
	// Members that share their bytes pass one by one; together they give away that the
	// archive inflates to more than its size allows.
	if total > limits.RatioFrom && total/limits.Ratio >= uint64(max(size, 1)) {
		return nil, refuse("zip.bomb_together",
			anomaly.NumberArg("ratio", float64(total)/float64(max(size, 1)), 0))
	}
	return z, nil
}

func tooLarge(member string, size, limit uint64) error {
	const mib = 1 << 20
	return refuse("zip.too_large", anomaly.TextArg("member", member),
		anomaly.NumberArg("size", float64(size)/mib, 0), anomaly.NumberArg("limit", float64(limit)/mib, 0))
}

// OpenEntry opens a member. Its errors, and those of reading from it, are *Error where
// the archive is damaged, encrypted or packed in a way that is not supported.
func OpenEntry(f *zip.File) (io.ReadCloser, error) {
	const encrypted = 1
	if f.Flags&encrypted != 0 {
		return nil, refuse("zip.encrypted", anomaly.TextArg("member", f.Name))
	}
	r, err := f.Open()
	if err != nil {
		return nil, translate(err, f.Name)
	}
	return &entry{r, f.Name}, nil
}

type entry struct {
	io.ReadCloser
	name string
}

func (e *entry) Read(p []byte) (int, error) {
	n, err := e.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = translate(err, e.name)
	}
	return n, err
}

func translate(err error, name string) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, zip.ErrAlgorithm):
		return refuse("zip.method", anomaly.TextArg("member", name))
	case errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrChecksum), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, io.EOF), errors.As(err, &corrupt):
		return refuse("zip.damaged_member", anomaly.TextArg("member", name))
	}
	return err
}
