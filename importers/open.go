package importers

import (
	"context"
	"errors"
	"hash/maphash"
	"io"
	"os"
	"slices"
	"strings"

	"whybill/anomaly"
	"whybill/importers/sniff"
	"whybill/importers/xlsxfile"
)

// Set is a number of files that are imported together, in the order given.
type Set struct {
	opt     Options
	tables  []*table
	sources []*source
	refused []*Error
	// services holds the accounts' services that the files have told so far.
	services services
}

// Open looks at all files and decides how they are read. paths are files, folders,
// globs and "-" for standard input; what is packed with gzip or zip is read as it is.
// The error is an *Error. The set is to be closed.
//
// With Options.GoOn a file that cannot be read is left out, and is among Refused, as long
// as another one can be read.
func Open(ctx context.Context, paths []string, opt Options) (*Set, error) {
	s := &Set{opt: opt, services: services{maphash.MakeSeed(), map[uint64]serviceSet{}}}
	sources, damaged, err := expand(ctx, paths, opt.Stdin)
	s.sources = sources
	for i := range damaged {
		if err == nil && !s.leave(ctx, damaged[i]) {
			err = damaged[i]
		}
	}
	if len(s.refused) == len(sources) && err == nil && len(damaged) > 0 {
		err = damaged[0]
	}
	for err == nil {
		if err = s.decide(ctx); err == nil {
			break
		}
		// A file was found damaged only when all of it was read: what was decided with it
		// is decided anew without it.
		if s.leave(ctx, err) {
			err = nil
		}
	}
	if err == nil && len(s.tables) == 0 && len(s.refused) > 0 {
		err = s.refused[0]
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// leave leaves the file out that an error is about. It reports whether that may be done.
func (s *Set) leave(ctx context.Context, err error) bool {
	var mine *Error
	if !s.opt.GoOn || ctx.Err() != nil || !errors.As(err, &mine) || mine.File == "" || s.isRefused(mine.File) {
		return false
	}
	s.refused = append(s.refused, mine)
	return true
}

// isRefused reports whether a file, or the one that it is a sheet of, is left out.
func (s *Set) isRefused(name string) bool {
	return slices.ContainsFunc(s.refused, func(e *Error) bool { return e.File == name || strings.HasPrefix(e.File, name+"/") })
}

// Refused are the files that could not be read and were left out, with the reasons.
func (s *Set) Refused() []*Error { return s.refused }

// decide looks at all files that are not left out and decides how they are read.
func (s *Set) decide(ctx context.Context) error {
	s.tables = nil
	for _, src := range s.sources {
		if s.isRefused(src.name) {
			continue
		}
		before := len(s.tables)
		if err := s.add(ctx, src); err != nil {
			if !s.leave(ctx, err) {
				return err
			}
			s.tables = s.tables[:before]
		}
	}
	s.labels()
	s.chainBills()
	s.watchServices()
	if err := s.findSwaps(ctx); err != nil {
		return err
	}
	if err := s.findRepeatedHours(ctx); err != nil {
		return err
	}
	return s.decideEnds(ctx)
}

// Files tells how each file will be read.
func (s *Set) Files() []*FileInfo {
	files := make([]*FileInfo, len(s.tables))
	for i, t := range s.tables {
		files[i] = &t.info
	}
	return files
}

// Close removes what was spooled.
func (s *Set) Close() error {
	for _, src := range s.sources {
		src.discard()
	}
	return nil
}

func (s *Set) add(ctx context.Context, src *source) error {
	head, whole, err := src.head(headBytes)
	if err != nil {
		return fileError(src.name, err)
	}
	if len(head) == 0 {
		return emptyFile(src.name)
	}
	if isWorkbook(head) {
		return s.addWorkbook(ctx, src)
	}
	if format := formatOf(head); format != "" {
		s.tables = append(s.tables, newFormat(src, format, s.opt))
		return nil
	}
	if isHTML(head) {
		return &Error{File: src.name, Message: anomaly.Msg("import.web_page", anomaly.TextArg("file", src.name)), Hint: anomaly.Msg("import.web_page_hint")}
	}
	t, err := newText(src, head, whole, s.opt)
	if err != nil {
		return err
	}
	return s.addTable(ctx, t)
}

const (
	// headBytes is how much of a file is looked at for encoding and dialect.
	headBytes = 256 << 10
	// sampleRows is how many rows columns are judged by at first.
	sampleRows = 4000
)

func isWorkbook(head []byte) bool {
	return strings.HasPrefix(string(head), string(zipMagic)) || strings.HasPrefix(string(head), "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

// openBook opens a source as a workbook; a packed one is unpacked to a temporary file.
func (s *source) openBook() (book *xlsxfile.Book, closer func() error, err error) {
	if s.part == "" && !s.gzip {
		book, err = xlsxfile.Open(s.path)
		if err != nil {
			return nil, nil, err
		}
		return book, book.Close, nil
	}
	r, _, err := s.open()
	if err != nil {
		return nil, nil, err
	}
	f, err := os.CreateTemp("", "whybill-*.xlsx")
	if err != nil {
		return nil, nil, errors.Join(err, r.Close())
	}
	drop := func() error { return errors.Join(f.Close(), os.Remove(f.Name())) }
	size, err := io.Copy(f, r)
	if err = errors.Join(err, r.Close()); err == nil {
		book, err = xlsxfile.New(f, size)
	}
	if err != nil {
		return nil, nil, errors.Join(err, drop())
	}
	return book, func() error { return errors.Join(book.Close(), drop()) }, nil
}

// addWorkbook adds the sheets that hold a table. Sheets that hold none, cover sheets and
// notes, are left out as long as there is one that does.
func (s *Set) addWorkbook(ctx context.Context, src *source) error {
	book, closer, err := src.openBook()
	if err != nil {
		return fileError(src.name, err)
	}
	sheets := book.Sheets()
	if err := closer(); err != nil {
		return fileError(src.name, err)
	}
	before := len(s.tables)
	var refused error
	var skipped []string
	for i, sheet := range sheets {
		err := s.addTable(ctx, newSheet(src, i, sheet))
		var unknown *Error
		switch {
		case err == nil:
		case errors.As(err, &unknown) && (unknown.Message.Key == "import.unknown_kind" || unknown.Message.Key == "import.empty_file"):
			if unknown.Message.Key == "import.unknown_kind" {
				skipped = append(skipped, sheet.Name)
			}
			if refused == nil || unknown.Message.Key == "import.unknown_kind" {
				refused = err
			}
		default:
			return err
		}
	}
	switch found := s.tables[before:]; {
	case len(found) == 0 && refused != nil:
		return refused
	case len(found) == 0:
		return emptyFile(src.name)
	case len(found) == 1:
		found[0].rename(src.name)
	}
	if found := s.tables[before:]; len(found) > 0 {
		found[0].info.Skipped = skipped
	}
	return nil
}

func newSheet(src *source, i int, sheet xlsxfile.Sheet) *table {
	t := &table{source: src, sheet: i, encoding: sniff.UTF8}
	t.info = FileInfo{
		Name: src.name + "/" + sheet.Name, Bytes: src.size, Format: FormatXLSX, Sheet: sheet.Name,
		source: src, member: sheet.Name,
	}
	return t
}
