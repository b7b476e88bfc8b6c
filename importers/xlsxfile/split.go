package xlsxfile

import (
	"bytes"
	"io"
)

// splitter cuts the list in a part (the rows of a sheet, the items of the string table)
// into chunks of whole items, so that they can be parsed apart from each other.
type splitter struct {
	r         io.Reader
	name      string // of the part, for faults
	container string // local name of the element around the list
	item      string // local name of an item

	head    []byte // what stands before the list, its start tag included
	buf     []byte // not handed out yet
	rest    []byte // what was read from behind the list
	open    []byte // start of an item's tag, such as "<row" or "<x:row"
	close   []byte // start of the container's end tag
	started bool
	done    bool
	eof     bool
}

// chunkSize is how much is inflated between two cuts; a test makes it small.
var chunkSize = 256 << 10

// maxItem bounds one row or one string with its markup: 16,384 cells at the 32,767
// characters that a cell may hold would be more, but no such row exists.
const maxItem = 64 << 20

// begin reads up to the list. found is false where the part has none.
func (s *splitter) begin() (found bool, err error) {
	s.started = true
	for {
		if err := s.more(max(chunkSize, len(s.buf))); err != nil {
			return false, err
		}
		if enc := bytes.TrimPrefix(s.buf, []byte("\xEF\xBB\xBF")); len(enc) < len(s.buf) {
			s.buf = enc
		}
		if bytes.HasPrefix(s.buf, []byte{0xFF, 0xFE}) || bytes.HasPrefix(s.buf, []byte{0xFE, 0xFF}) || bytes.HasPrefix(s.buf, []byte{'<', 0}) {
			return false, fault("xlsx.encoding", textArg("part", s.name))
		}
		c := cursor{b: s.buf}
		for c.next() {
			if c.end || string(c.local) != s.container {
				continue
			}
			prefix := ""
			if i := bytes.IndexByte(c.name, ':'); i >= 0 {
				prefix = string(c.name[:i+1])
			}
			s.open = []byte("<" + prefix + s.item)
			s.close = []byte("</" + prefix + s.container)
			s.head = bytes.Clone(s.buf[:c.i])
			s.buf = s.buf[c.i:]
			s.done = c.selfClosed
			return true, nil
		}
		if s.eof {
			s.done = true
			return false, nil
		}
		if len(s.buf) > maxItem {
			return false, damaged(s.name)
		}
	}
}

// next appends the next chunk to into and returns it; io.EOF after the last.
func (s *splitter) next(into []byte) ([]byte, error) {
	searched := 0
	for !s.done {
		if cut := s.cut(searched); cut > 0 {
			into = append(into, s.buf[:cut]...)
			s.buf = s.buf[:copy(s.buf, s.buf[cut:])]
			return into, nil
		}
		if s.done { // the container's end was found with nothing before it
			break
		}
		if s.eof {
			return into, damaged(s.name)
		}
		if len(s.buf) > maxItem {
			return into, fault("xlsx.row_too_large", textArg("part", s.name))
		}
		// What has been searched need not be searched again, save for a tag's start.
		searched = max(0, len(s.buf)-len(s.close))
		if err := s.more(max(chunkSize, len(s.buf))); err != nil {
			return into, err
		}
	}
	return into, io.EOF
}

// cut returns up to where the buffer holds whole items, 0 where no end of an item is
// in sight. It sets done, and drops the rest, where the container ends.
func (s *splitter) cut(searched int) int {
	if hasDeclaration(s.buf) {
		return s.cutCarefully()
	}
	last := s.lastItem(searched)
	if end := bytes.Index(s.buf[max(last, searched, 0):], s.close); end >= 0 {
		end += max(last, searched, 0)
		return s.finish(end)
	}
	return max(last, 0)
}

// hasDeclaration looks for "<!". There are many "<" and hardly ever a "!".
func hasDeclaration(b []byte) bool {
	for {
		i := bytes.IndexByte(b, '!')
		if i < 0 {
			return false
		}
		if i > 0 && b[i-1] == '<' {
			return true
		}
		b = b[i+1:]
	}
}

func (s *splitter) finish(end int) int {
	s.rest = bytes.Clone(s.buf[end:])
	s.buf = s.buf[:end]
	s.done = true
	return end
}

// lastItem finds the last start of an item's tag at or behind from.
func (s *splitter) lastItem(from int) int {
	for end := len(s.buf); end > from; {
		i := bytes.LastIndex(s.buf[from:end], s.open)
		if i < 0 {
			return -1
		}
		i += from
		if after := i + len(s.open); after < len(s.buf) && endsName(s.buf[after]) {
			return i
		}
		end = i
	}
	return -1
}

// cutCarefully does the same where comments or CDATA may hold what looks like a tag.
func (s *splitter) cutCarefully() int {
	c := cursor{b: s.buf}
	last := 0
	for c.next() {
		switch {
		case c.end && string(c.local) == s.container:
			return s.finish(c.tag)
		case !c.end && string(c.local) == s.item:
			last = c.tag
		}
	}
	return last
}

// more reads at least one byte and up to n; it sets eof at the end.
func (s *splitter) more(n int) error {
	have := len(s.buf)
	if cap(s.buf)-have < n {
		grown := make([]byte, have, have+n)
		copy(grown, s.buf)
		s.buf = grown
	}
	for len(s.buf) < have+n {
		m, err := s.r.Read(s.buf[len(s.buf) : have+n])
		s.buf = s.buf[:len(s.buf)+m]
		if err == io.EOF {
			s.eof = true
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// cursor walks over markup, tag by tag, and never leaves b.
type cursor struct {
	b []byte
	i int // behind the tag

	tag        int    // where the tag starts
	name       []byte // with its prefix
	local      []byte // without
	attrs      []byte
	end        bool // an end tag
	selfClosed bool
	broken     bool // b ends inside a tag, a comment or a CDATA section
}

// next goes to the next tag, over text, comments, CDATA and instructions.
func (c *cursor) next() bool {
	for {
		j := nearByte(c.b[c.i:], '<')
		if j < 0 {
			c.i = len(c.b)
			return false
		}
		c.i += j
		isTag, ok := c.step()
		if !ok || isTag {
			return ok
		}
	}
}

// step goes over the one piece of markup that starts at c.i; ok is false where b ends
// inside it.
func (c *cursor) step() (isTag, ok bool) {
	c.tag = c.i
	i := c.tag + 1
	if i >= len(c.b) {
		return false, c.breakOff()
	}
	switch c.b[i] {
	case '!':
		return false, c.skip() || c.breakOff()
	case '?':
		k := bytes.Index(c.b[i:], []byte("?>"))
		if k < 0 {
			return false, c.breakOff()
		}
		c.i = i + k + 2
		return false, true
	case '/':
		c.end = true
		i++
	default:
		c.end = false
	}
	return true, c.readTag(i)
}

func (c *cursor) breakOff() bool {
	c.broken = true
	c.i = c.tag
	return false
}

// skip goes over "<!-- -->", "<![CDATA[ ]]>" or another declaration at c.tag.
func (c *cursor) skip() bool {
	rest := c.b[c.tag:]
	stop := []byte(">")
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		stop = []byte("-->")
	case bytes.HasPrefix(rest, cdataStart):
		stop = []byte("]]>")
	case len(rest) < len(cdataStart):
		return false // may become either
	}
	k := bytes.Index(rest[2:], stop)
	if k < 0 {
		return false
	}
	c.i = c.tag + 2 + k + len(stop)
	return true
}

var cdataStart = []byte("<![CDATA[")

// readTag reads a tag whose name starts at i.
func (c *cursor) readTag(i int) bool {
	b := c.b
	start, colon := i, -1
	for i < len(b) && !endsName(b[i]) {
		if b[i] == ':' {
			colon = i
		}
		i++
	}
	c.name = b[start:i]
	c.local = c.name
	if colon >= 0 {
		c.local = b[colon+1 : i]
	}
	from := i
	for i < len(b) {
		switch b[i] {
		case '>':
			c.selfClosed = i > from && b[i-1] == '/'
			c.attrs = b[from:i]
			c.i = i + 1
			return true
		case '"', '\'':
			k := nearByte(b[i+1:], b[i])
			if k < 0 {
				return c.breakOff()
			}
			i += k + 1
		}
		i++
	}
	return c.breakOff()
}

// nearByte is bytes.IndexByte for a byte that is most often a few bytes away, where the
// call costs more than looking.
func nearByte(b []byte, c byte) int {
	const near = 16
	for i := range min(near, len(b)) {
		if b[i] == c {
			return i
		}
	}
	if len(b) <= near {
		return -1
	}
	if i := bytes.IndexByte(b[near:], c); i >= 0 {
		return near + i
	}
	return -1
}

func endsName(c byte) bool {
	return c == '>' || c == ' ' || c == '/' || c == '\t' || c == '\n' || c == '\r'
}

// attr takes the next attribute off attrs; ok is false where there is none.
func attr(attrs []byte) (name, value, rest []byte, ok bool) {
	i := 0
	for i < len(attrs) && (attrs[i] <= ' ' || attrs[i] == '/') {
		i++
	}
	start := i
	for i < len(attrs) && attrs[i] != '=' && attrs[i] > ' ' {
		i++
	}
	name = attrs[start:i]
	for i < len(attrs) && attrs[i] != '"' && attrs[i] != '\'' {
		i++
	}
	if i >= len(attrs) {
		return nil, nil, nil, false
	}
	k := nearByte(attrs[i+1:], attrs[i])
	if k < 0 {
		return nil, nil, nil, false
	}
	return name, attrs[i+1 : i+1+k], attrs[i+k+2:], true
}
