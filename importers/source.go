package importers

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"whybill/anomaly"
	"whybill/importers/zipguard"
)

// source is one stream of content that can be opened again and again: a file, what is
// inside a gzip file, a member of a zip archive, standard input once it is spooled.
type source struct {
	name  string // as the user named it
	path  string // on disk; of the archive, for a member
	size  int64  // of the content as stored; for progress
	part  string // of an archive; "" for a whole file
	gzip  bool
	given bool // the user named this very file; false: it was found in a folder
	temp  bool
}

// dataSuffixes are the names under which files of a folder are read; others are left
// alone there, but are read when named.
var dataSuffixes = []string{".csv", ".tsv", ".txt", ".tab", ".xlsx", ".xlsm", ".xml", ".zip", ".nem", ".nem12", ".nem13", ".dat"}

func isDataFile(name string) bool {
	name = strings.TrimSuffix(strings.ToLower(name), ".gz")
	return slices.ContainsFunc(dataSuffixes, func(s string) bool { return strings.HasSuffix(name, s) })
}

// expand turns the user's arguments into sources: files as they are, the data files of
// folders, what globs match, the members of archives, standard input. damaged says of
// sources which cannot be unpacked, and why.
func expand(ctx context.Context, paths []string, stdin io.Reader) (sources []*source, damaged []error, err error) {
	for _, p := range paths {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		var found []*source
		switch info, statErr := os.Stat(p); {
		case p == "-":
			found, err = spool(stdin)
		case statErr == nil && info.IsDir():
			found, err = folder(p)
		case statErr == nil && !info.Mode().IsRegular():
			err = &Error{File: p, Message: anomaly.Msg("import.not_regular", anomaly.TextArg("file", p))}
		case statErr == nil:
			found = []*source{{name: p, path: p, size: info.Size(), given: true}}
		case strings.ContainsAny(p, "*?["):
			found, err = glob(p)
		default:
			err = missing(p, statErr)
		}
		if err != nil {
			return sources, damaged, err
		}
		for _, s := range found {
			members, err := s.unpack()
			if err != nil {
				sources, damaged = append(sources, s), append(damaged, fileError(s.name, err))
				continue
			}
			sources = append(sources, members...)
		}
	}
	return sources, damaged, nil
}

func missing(p string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &Error{File: p, Err: err, Message: anomaly.Msg("import.no_file", anomaly.TextArg("file", p))}
	}
	return fileError(p, err)
}

func folder(dir string) (sources []*source, err error) {
	err = filepath.WalkDir(dir, func(p string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if strings.HasPrefix(entry.Name(), ".") && p != dir {
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if !entry.Type().IsRegular() || !isDataFile(entry.Name()) {
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		sources = append(sources, &source{name: p, path: p, size: info.Size()})
		return nil
	})
	if err != nil {
		return nil, fileError(dir, err)
	}
	if len(sources) == 0 {
		return nil, &Error{
			File: dir, Message: anomaly.Msg("import.empty_folder", anomaly.TextArg("folder", dir)),
			Hint: anomaly.Msg("import.empty_folder_hint", anomaly.TextArg("suffixes", strings.Join(dataSuffixes, " "))),
		}
	}
	return sources, nil
}

func glob(pattern string) (sources []*source, err error) {
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		return nil, &Error{File: pattern, Message: anomaly.Msg("import.no_match", anomaly.TextArg("pattern", pattern))}
	}
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			return nil, fileError(name, err)
		}
		if info.Mode().IsRegular() {
			sources = append(sources, &source{name: name, path: name, size: info.Size(), given: true})
		}
	}
	return sources, nil
}

// spool copies standard input to a temporary file, since a file is read twice.
func spool(stdin io.Reader) ([]*source, error) {
	if stdin == nil {
		return nil, &Error{File: "-", Message: anomaly.Msg("import.no_stdin")}
	}
	f, err := os.CreateTemp("", "whybill-*.input")
	if err != nil {
		return nil, fileError("-", err)
	}
	s := &source{name: "-", path: f.Name(), temp: true, given: true}
	s.size, err = io.Copy(f, stdin)
	if err = errors.Join(err, f.Close()); err != nil {
		s.discard()
		return nil, fileError("-", err)
	}
	return []*source{s}, nil
}

func (s *source) discard() {
	if s.temp {
		_ = os.Remove(s.path) // a temporary file that stays behind harms nobody
	}
}

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zipMagic  = []byte("PK\x03\x04")
	zipEmpty  = []byte("PK\x05\x06")
)

// unpack looks at the first bytes: an archive becomes its members, a gzip file is marked.
func (s *source) unpack() ([]*source, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, 4)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, gzipMagic):
		s.gzip = true
	case bytes.Equal(head, zipMagic), bytes.Equal(head, zipEmpty):
		return s.members(f)
	}
	return []*source{s}, nil
}

// members lists the data files of an archive; a workbook, which is an archive, too,
// stays whole.
func (s *source) members(f *os.File) ([]*source, error) {
	z, err := zipguard.Open(f, s.size, zipguard.Default)
	if err != nil {
		return nil, err
	}
	var members []*source
	for _, m := range z.File {
		if m.Name == "[Content_Types].xml" || strings.HasPrefix(m.Name, "xl/") {
			return []*source{s}, nil
		}
		base := path.Base(m.Name)
		if m.FileInfo().IsDir() || strings.HasPrefix(base, ".") || strings.HasPrefix(m.Name, "__MACOSX/") || !isDataFile(base) {
			continue
		}
		members = append(members, &source{
			name: s.name + "/" + m.Name, path: s.path, part: m.Name, size: int64(m.UncompressedSize64),
			gzip: strings.HasSuffix(strings.ToLower(base), ".gz"), temp: s.temp,
		})
	}
	if len(members) == 0 {
		return nil, &Error{
			File: s.name, Message: anomaly.Msg("import.empty_archive", anomaly.TextArg("file", s.name)),
			Hint: anomaly.Msg("import.empty_folder_hint", anomaly.TextArg("suffixes", strings.Join(dataSuffixes, " "))),
		}
	}
	return members, nil
}

// raw opens the content as stored: for a member, what the archive holds under its name.
func (s *source) raw() (io.ReadCloser, error) {
	f, err := os.Open(s.path)
	if err != nil || s.part == "" {
		return f, err
	}
	info, err := f.Stat()
	if err == nil {
		var r io.ReadCloser
		if r, err = openMember(f, info.Size(), s.part); err == nil {
			return &stacked{Reader: r, closers: []io.Closer{r, f}}, nil
		}
	}
	return nil, errors.Join(err, f.Close())
}

func openMember(f *os.File, size int64, name string) (io.ReadCloser, error) {
	z, err := zipguard.Open(f, size, zipguard.Default)
	if err != nil {
		return nil, err
	}
	for _, m := range z.File {
		if m.Name == name {
			return zipguard.OpenEntry(m)
		}
	}
	return nil, fs.ErrNotExist
}

// open opens the content, inflated. position tells how far the stored content is read.
func (s *source) open() (r io.ReadCloser, position func() int64, err error) {
	raw, err := s.raw()
	if err != nil {
		return nil, nil, err
	}
	counter := &counting{r: raw}
	if !s.gzip {
		return &stacked{Reader: counter, closers: []io.Closer{raw}}, counter.position, nil
	}
	z, err := gzip.NewReader(bufio.NewReaderSize(counter, 256<<10))
	if err != nil {
		return nil, nil, errors.Join(&Error{File: s.name, Message: anomaly.Msg("import.bad_gzip", anomaly.TextArg("file", s.name))}, raw.Close())
	}
	return &stacked{Reader: z, closers: []io.Closer{z, raw}}, counter.position, nil
}

// hash returns the SHA-256 of the content as stored.
func (s *source) hash(ctx context.Context) (string, error) {
	r, err := s.raw()
	if err != nil {
		return "", err
	}
	defer func() { _ = r.Close() }()
	h := sha256.New()
	buf := make([]byte, 1<<20)
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n, err := r.Read(buf)
		h.Write(buf[:n])
		if errors.Is(err, io.EOF) {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err != nil {
			return "", err
		}
	}
}

// stacked closes what a reader rests on together with it.
type stacked struct {
	io.Reader
	closers []io.Closer
}

func (s *stacked) Close() error {
	var err error
	for _, c := range s.closers {
		err = errors.Join(err, c.Close())
	}
	return err
}

// counting counts the bytes read; the position is asked for by the same goroutine.
type counting struct {
	r io.Reader
	n int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func (c *counting) position() int64 { return c.n }
