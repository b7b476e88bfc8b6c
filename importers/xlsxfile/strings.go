package xlsxfile

import (
	"archive/zip"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"whybill/importers/zipguard"
)

// stringTable holds the strings that cells share, in pages of about 1 MB. What goes
// beyond the memory it may use lies in a temporary file, and pages are read back as
// they are asked for: programs write strings in the order in which the cells need them.
type stringTable struct {
	pages []string // "" where the page lies in the file
	ends  []uint32 // of each string in its page
	first []uint32 // number of each page's first string

	mu       sync.Mutex // guards what follows, used only where pages were spilled
	file     *os.File
	places   []span // of the spilled pages in the file
	resident []int  // spilled pages in memory, the least recently used first
}

type span struct{ from, to int64 }

const (
	pageSize   = 1 << 20
	maxStrings = 100_000_000
)

// How much of a table is kept in memory, in bytes, and how many of the spilled pages; a
// test makes them small.
var (
	stringMemory = int64(256 << 20)
	maxResident  = 64
)

// readStrings reads the part with the shared strings.
func readStrings(f *zip.File) (t *stringTable, err error) {
	r, err := zipguard.OpenEntry(f)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	t = &stringTable{}
	defer func() {
		if err != nil {
			_ = t.close()
		}
	}()
	s := &splitter{r: r, name: f.Name, container: "sst", item: "si"}
	if found, err := s.begin(); err != nil || !found {
		return t, err
	}
	var (
		chunk, page []byte
		used        int64
	)
	for {
		chunk, err = s.next(chunk[:0])
		if err == io.EOF {
			break
		}
		if err != nil {
			return t, err
		}
		c := cursor{b: chunk}
		for c.next() {
			if c.end || string(c.local) != "si" {
				continue
			}
			if len(page) >= pageSize || len(t.first) == 0 {
				if used, err = t.seal(page, used); err != nil {
					return t, err
				}
				page = page[:0]
				t.first = append(t.first, uint32(len(t.ends)))
			}
			if !c.selfClosed {
				page = appendRuns(page, &c, "si")
			}
			if t.ends = append(t.ends, uint32(len(page))); len(t.ends) > maxStrings || c.broken {
				return t, damaged(f.Name)
			}
		}
	}
	_, err = t.seal(page, used)
	return t, err
}

// appendRuns appends the text of a string, plain or in runs, up to the end of the
// element: every <t> but those of phonetic hints.
func appendRuns(dst []byte, c *cursor, element string) []byte {
	from, hint := len(dst), false
	for c.next() {
		switch {
		case c.end && string(c.local) == element:
			return unescapeX(dst, from)
		case string(c.local) == "rPh":
			hint = !c.end && !c.selfClosed
		case !hint && !c.end && !c.selfClosed && string(c.local) == "t":
			start := c.i
			if !c.upTo("t") {
				return dst
			}
			dst = appendText(dst, c.b[start:c.tag])
		}
	}
	c.broken = true
	return dst
}

// upTo goes behind the end tag of the element that the cursor is in.
func (c *cursor) upTo(element string) bool {
	for c.next() {
		if c.end && string(c.local) == element {
			return true
		}
	}
	c.broken = true
	return false
}

// seal closes the page that is being filled.
func (t *stringTable) seal(page []byte, used int64) (int64, error) {
	if len(t.first) == 0 {
		return used, nil
	}
	if !utf8.Valid(page) {
		page = t.repair(page)
	}
	used += int64(len(page))
	if used <= stringMemory {
		t.pages = append(t.pages, string(page))
		t.places = append(t.places, span{})
		return used, nil
	}
	if t.file == nil {
		f, err := os.CreateTemp("", "whybill-strings-*")
		if err != nil {
			return used, err
		}
		t.file = f
	}
	from := int64(0)
	if n := len(t.places); n > 0 {
		from = t.places[n-1].to
	}
	if _, err := t.file.WriteAt(page, from); err != nil {
		return used, err
	}
	t.pages = append(t.pages, "")
	t.places = append(t.places, span{from, from + int64(len(page))})
	return used, nil
}

// repair replaces what is not UTF-8 in the strings of the page being filled.
func (t *stringTable) repair(page []byte) []byte {
	first := int(t.first[len(t.first)-1])
	var whole []byte
	from := uint32(0)
	for i := first; i < len(t.ends); i++ {
		end := t.ends[i]
		whole = append(whole, strings.ToValidUTF8(string(page[from:end]), "\uFFFD")...)
		t.ends[i] = uint32(len(whole))
		from = end
	}
	return whole
}

// get returns the string of a number; ok is false where the table has none of it.
func (t *stringTable) get(n int) (s string, ok bool, err error) {
	if n < 0 || n >= len(t.ends) {
		return "", false, nil
	}
	p, exact := slices.BinarySearch(t.first, uint32(n))
	if !exact {
		p--
	}
	from := uint32(0)
	if n > int(t.first[p]) {
		from = t.ends[n-1]
	}
	var page string
	if t.places[p].to == 0 {
		page = t.pages[p]
	} else if page, err = t.load(p); err != nil {
		return "", false, err
	}
	return page[from:t.ends[n]], true, nil
}

// load returns a spilled page.
func (t *stringTable) load(p int) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := slices.Index(t.resident, p); i >= 0 {
		t.resident = append(slices.Delete(t.resident, i, i+1), p)
		return t.pages[p], nil
	}
	at := t.places[p]
	b := make([]byte, at.to-at.from)
	if _, err := t.file.ReadAt(b, at.from); err != nil {
		return "", err
	}
	if len(t.resident) >= maxResident {
		t.pages[t.resident[0]] = ""
		t.resident = slices.Delete(t.resident, 0, 1)
	}
	t.pages[p] = string(b)
	t.resident = append(t.resident, p)
	return t.pages[p], nil
}

func (t *stringTable) close() error {
	if t.file == nil {
		return nil
	}
	err := t.file.Close()
	if e := os.Remove(t.file.Name()); err == nil {
		err = e
	}
	t.file = nil
	return err
}
