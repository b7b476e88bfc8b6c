// Package csvfile splits delimited text into records: any delimiter, quotes and escapes
// of all usual kinds, cells of several lines, any line ends, and files whose quotes are
// broken. It knows nothing of what the cells mean.
//
// A large file is cut into chunks at the ends of records (Chunker), so that several
// workers can split the chunks at the same time. Where the cuts fall changes neither
// records nor their numbers.
package csvfile

import (
	"strings"
)

// Dialect says how records and cells are told apart.
type Dialect struct {
	Delimiter string // one character or more; "" for a file of one column
	Quote     byte   // 0: cells are not quoted
	Escape    byte   // before a quote inside a quoted cell; 0: such a quote is doubled, as it may be besides
	CR        bool   // a lone carriage return ends a record, too
}

// Comma is the dialect of RFC 4180.
var Comma = Dialect{Delimiter: ",", Quote: '"'}

// maxQuoted is the most that one quoted cell may hold, in bytes. A quote that is not
// closed by then was no opening quote but a stray one.
const maxQuoted = 1 << 20

// Next splits the first record off s and appends its cells to cells. n is the length of
// the record with its line end. ok is false where s ends before it is certain how the
// record goes on; with atEnd, when nothing follows s, it is always true.
//
// The grammar is RFC 4180's, read with lenience: a quote opens a cell only at its
// beginning (blanks before it are skipped) and closes it only in front of a delimiter or
// a line end; any other quote is text. A cell goes over several lines, or over what looks
// like the beginning of another quoted cell, only where its quotes are in order; otherwise
// the opening quote is text as well.
func (d *Dialect) Next(s string, atEnd bool, cells []string) (all []string, n int, ok bool) {
	return d.next(s, atEnd, cells, true)
}

// Skip returns the length of the first record of s without splitting it.
func (d *Dialect) Skip(s string, atEnd bool) (n int, ok bool) {
	_, n, ok = d.next(s, atEnd, nil, false)
	return n, ok
}

func (d *Dialect) next(s string, atEnd bool, cells []string, want bool) ([]string, int, bool) {
	i := 0
	for {
		if d.Quote != 0 {
			if text, end, state := d.quoted(s, i, atEnd, want); state == quotedCell {
				if want {
					cells = append(cells, text)
				}
				i = end
				goto after
			} else if state == quotedOpen {
				return cells, 0, false
			}
		}
		{
			end := d.plainEnd(s, i)
			if end == len(s) && !atEnd {
				return cells, 0, false
			}
			if want {
				cells = append(cells, d.bare(s[i:end]))
			}
			i = end
		}
	after:
		if i == len(s) {
			return cells, i, true
		}
		if width := d.lineEnd(s, i, atEnd); width != 0 {
			if width < 0 {
				return cells, 0, false
			}
			return cells, i + width, true
		}
		i += len(d.Delimiter)
	}
}

// bare returns the text of an unquoted cell. One that stands in quotes all the same is
// here because what they enclose is not in order: it is text as it stands.
func (d *Dialect) bare(cell string) string {
	if n := len(cell); n >= 2 && d.Quote != 0 && cell[0] == d.Quote && cell[n-1] == d.Quote {
		return cell[1 : n-1]
	}
	return cell
}

// plainEnd returns where the unquoted cell that begins at i ends.
func (d *Dialect) plainEnd(s string, i int) int {
	if d.CR || len(d.Delimiter) != 1 {
		for ; i < len(s); i++ {
			if c := s[i]; c == '\n' || c == '\r' && (d.CR || i+1 < len(s) && s[i+1] == '\n') ||
				d.Delimiter != "" && c == d.Delimiter[0] && strings.HasPrefix(s[i:], d.Delimiter) {
				return i
			}
		}
		return i
	}
	delimiter := d.Delimiter[0]
	for ; i < len(s); i++ {
		c := s[i]
		if c == delimiter || c == '\n' || c == '\r' && i+1 < len(s) && s[i+1] == '\n' {
			return i
		}
	}
	return i
}

// lineEnd returns the width of the line end at i: 0 where there is none, -1 where it
// cannot be told yet.
func (d *Dialect) lineEnd(s string, i int, atEnd bool) int {
	switch {
	case s[i] == '\n':
		return 1
	case s[i] != '\r':
		return 0
	case i+1 < len(s) && s[i+1] == '\n':
		return 2
	case i+1 == len(s) && !atEnd:
		return -1
	case d.CR || i+1 == len(s):
		return 1
	}
	return 0
}

type quoteState uint8

const (
	notQuoted quoteState = iota
	quotedCell
	quotedOpen // s ends before the cell does
)

// quoted reads the cell that begins at i where it is a quoted one; end is where what
// follows it begins: a delimiter, a line end or the end of s.
func (d *Dialect) quoted(s string, i int, atEnd, want bool) (text string, end int, state quoteState) {
	blank := d.Delimiter == " " || d.Delimiter == "\t"
	for !blank && i < len(s) && s[i] == ' ' {
		i++
	}
	if i == len(s) {
		if atEnd || blank {
			return "", 0, notQuoted
		}
		return "", 0, quotedOpen
	}
	if s[i] != d.Quote {
		return "", 0, notQuoted
	}
	start := i + 1
	if end := d.simple(s, start); end > 0 {
		if want {
			text = s[start:end]
		}
		return text, end + 1, quotedCell
	}
	escapes, lines, stray := false, false, false
	for i = start; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\n' || c == '\r' && d.CR:
			if stray {
				return "", 0, notQuoted
			}
			lines = true
		case d.Escape != 0 && c == d.Escape && i+1 < len(s):
			escapes = true
			i++
		case d.Escape != 0 && c == d.Escape && !atEnd:
			return "", 0, quotedOpen
		case c == d.Quote:
			closes, known := d.closes(s, i+1, atEnd)
			if !known {
				return "", 0, quotedOpen
			}
			if closes >= 0 {
				if want {
					text = d.unescape(s[start:i], escapes)
				}
				return text, closes, quotedCell
			}
			if s[i+1] == d.Quote {
				escapes = true
				i++
				continue
			}
			// A quote right behind a delimiter opens another cell: the one that seemed
			// to be open never was.
			if lines || d.Delimiter != "" && strings.HasSuffix(s[start:i], d.Delimiter) {
				return "", 0, notQuoted
			}
			stray = true
		}
		if i-start > maxQuoted {
			return "", 0, notQuoted
		}
	}
	if atEnd {
		return "", 0, notQuoted
	}
	return "", 0, quotedOpen
}

// simple finds the quote that closes the cell beginning at start where there is nothing
// to it: one line, no quote or escape inside, a delimiter or line feed right behind. It
// is the fast path of quoted; 0 says to look closer.
func (d *Dialect) simple(s string, start int) (end int) {
	if d.CR || d.Escape != 0 || len(d.Delimiter) != 1 {
		return 0
	}
	n := strings.IndexByte(s[start:], d.Quote)
	if n < 0 || n > maxQuoted || start+n+1 >= len(s) {
		return 0
	}
	end = start + n
	if next := s[end+1]; next != d.Delimiter[0] && next != '\n' || strings.IndexByte(s[start:end], '\n') >= 0 {
		return 0
	}
	return end
}

// closes reports whether a quote that ends at i closes its cell, and where the next
// delimiter or line end stands; known is false where s is too short to tell.
func (d *Dialect) closes(s string, i int, atEnd bool) (at int, known bool) {
	blank := d.Delimiter == " " || d.Delimiter == "\t"
	for !blank && i < len(s) && s[i] == ' ' && !strings.HasPrefix(s[i:], d.Delimiter) {
		i++
	}
	switch {
	case i == len(s):
		return i, atEnd
	case s[i] == '\n' || s[i] == '\r' && (d.CR || i+1 < len(s) && s[i+1] == '\n'):
		return i, true
	case s[i] == '\r' && i+1 == len(s):
		return i, atEnd
	case d.Delimiter != "" && strings.HasPrefix(s[i:], d.Delimiter):
		return i, true
	case !atEnd && len(s)-i < len(d.Delimiter):
		return -1, false
	}
	return -1, true
}

func (d *Dialect) unescape(s string, escapes bool) string {
	if !escapes {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if i+1 < len(s) && (d.Escape != 0 && c == d.Escape && (s[i+1] == d.Quote || s[i+1] == d.Escape) ||
			c == d.Quote && s[i+1] == d.Quote) {
			i++
			c = s[i]
		}
		b.WriteByte(c)
	}
	return b.String()
}

// Plain splits one line that holds no quote, without its line end, and appends its
// cells: the fast path for chunks without quotes.
func (d *Dialect) Plain(line string, cells []string) []string {
	if len(d.Delimiter) != 1 {
		if d.Delimiter == "" {
			return append(cells, line)
		}
		for {
			cell, rest, found := strings.Cut(line, d.Delimiter)
			cells = append(cells, cell)
			if !found {
				return cells
			}
			line = rest
		}
	}
	delimiter, start := d.Delimiter[0], 0
	for i := 0; i < len(line); i++ {
		if line[i] == delimiter {
			cells = append(cells, line[start:i])
			start = i + 1
		}
	}
	return append(cells, line[start:])
}
