package xlsxfile

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strconv"

	"whybill/importers/zipguard"
)

// Rows reads a sheet from top to bottom. Inflating and parsing run ahead of the caller
// on other cores, by a few chunks of some hundred KB each.
type Rows struct {
	head       sheetHead
	queue      chan *chunk // in the order of the sheet
	stop       chan struct{}
	free       chan *chunk
	finished   chan struct{} // the producer has let go of the file
	current    *chunk
	at         int // next row of current
	row        int
	hidden     bool
	hiddenRows int
	dense      []Cell
	err        error
}

// chunk is a run of whole rows: their XML, and the cells found in it.
type chunk struct {
	parser
	rows  []rowAt
	cells []Cell
	cols  []int32 // of each cell, counted from 0
	spans []textSpan
	text  []byte
	xml   []byte
	err   error
	ready chan struct{}
}

type rowAt struct {
	number     int // 0: not said, one below the row above
	hidden     bool
	contiguous bool // the cells stand in columns 0, 1, 2, ...
	from, to   int  // cells
}

// textSpan is where a cell's text lies in the chunk's text; from < 0 where the cell has
// its text already.
type textSpan struct{ from, to int32 }

// The limits of the format (Excel's specifications); a sheet beyond them is damaged.
const (
	maxColumns = 16384
	maxRows    = 1 << 24 // 16 times Excel's own: other programs write longer sheets
)

// Rows starts reading a sheet, given by its index in Sheets. Close it when done. Several
// sheets may be read at once, but Rows itself is called from one goroutine at a time: the
// first call reads the shared strings.
func (b *Book) Rows(sheet int) (rows *Rows, err error) {
	defer recovered(&err)
	f := b.sheets[sheet].part
	if b.strings == nil && b.sharedStrings != nil {
		table, err := readStrings(b.sharedStrings)
		if err != nil {
			return nil, err
		}
		b.strings = table
	}
	in, err := zipguard.OpenEntry(f)
	if err != nil {
		return nil, err
	}
	s := &splitter{r: in, name: f.Name, container: "sheetData", item: "row"}
	if _, err = s.begin(); err != nil {
		_ = in.Close()
		return nil, err
	}
	workers := max(1, min(runtime.GOMAXPROCS(0), 4))
	rows = &Rows{
		head:     readHead(s.head),
		queue:    make(chan *chunk, workers+1),
		stop:     make(chan struct{}),
		free:     make(chan *chunk, 2*workers+3),
		finished: make(chan struct{}),
	}
	p := parser{name: f.Name, strings: b.strings, styles: b.styles, date04: b.date04, hideAll: rows.head.hideAll}
	work := make(chan *chunk, workers+1)
	go rows.produce(s, in, p, work)
	for range workers {
		go func() {
			for c := range work {
				c.parse()
				close(c.ready)
			}
		}()
	}
	return rows, nil
}

// produce inflates the sheet, cuts it into chunks and hands them to the workers and,
// in order, to the reader.
func (r *Rows) produce(s *splitter, in io.ReadCloser, p parser, work chan<- *chunk) {
	defer close(r.finished)
	defer close(r.queue)
	defer close(work)
	defer func() { _ = in.Close() }()
	for {
		c := r.fresh(p)
		c.err = cutChunk(s, in, c)
		if c.err != nil {
			close(c.ready)
		}
		select {
		case r.queue <- c:
		case <-r.stop:
			return
		}
		if c.err != nil {
			return
		}
		work <- c // never blocks for long: workers need nobody else
	}
}

// cutChunk reads the next rows; io.EOF after the last of an undamaged sheet.
func cutChunk(s *splitter, in io.Reader, c *chunk) (err error) {
	defer recovered(&err)
	c.xml, err = s.next(c.xml[:0])
	if err == io.EOF {
		// The checksum stands behind the last byte: a sheet is whole only if it agrees.
		if _, err := io.Copy(io.Discard, in); err != nil {
			return err
		}
	}
	return err
}

// fresh returns an empty chunk, a used one where there is one.
func (r *Rows) fresh(p parser) *chunk {
	var c *chunk
	select {
	case c = <-r.free:
	default:
		c = &chunk{}
	}
	c.parser = p
	c.rows, c.cells, c.cols = c.rows[:0], c.cells[:0], c.cols[:0]
	c.spans, c.text, c.err = c.spans[:0], c.text[:0], nil
	c.ready = make(chan struct{})
	return c
}

// Next returns the next row that the sheet has: its number, counted from 1 as the office
// programs show it, and its cells from column A to the last that is not empty. Rows that
// the sheet leaves out are left out here. The slice is overwritten by the next call, the
// texts stay. The error is io.EOF at the end; a *Fault or a *zipguard.Error where the
// sheet is damaged, after all rows before the damage.
func (r *Rows) Next() (row int, cells []Cell, err error) {
	for r.err == nil {
		if c := r.current; c != nil {
			if r.at < len(c.rows) {
				at := &c.rows[r.at]
				r.at++
				return r.deliver(c, at)
			}
			if r.err = c.err; r.err != nil {
				break
			}
			r.recycle(c)
		}
		r.current, r.at = <-r.queue, 0
		if r.current == nil {
			r.err = io.EOF
			break
		}
		<-r.current.ready
	}
	return 0, nil, r.err
}

func (r *Rows) recycle(c *chunk) {
	select {
	case r.free <- c:
	default:
	}
	r.current = nil
}

func (r *Rows) deliver(c *chunk, at *rowAt) (int, []Cell, error) {
	r.row++
	if at.number > 0 {
		r.row = at.number
	}
	if r.hidden = at.hidden; r.hidden {
		r.hiddenRows++
	}
	cells := c.cells[at.from:at.to]
	if at.contiguous {
		return r.row, cells, nil
	}
	clear(r.dense)
	r.dense = r.dense[:0]
	for i, cell := range cells {
		col := int(c.cols[at.from+i])
		for len(r.dense) <= col {
			r.dense = append(r.dense, Cell{})
		}
		r.dense[col] = cell
	}
	return r.row, r.dense, nil
}

// Hidden reports whether the row that Next returned is hidden, by hand or by a filter.
func (r *Rows) Hidden() bool { return r.hidden }

// HiddenRows counts the hidden rows so far.
func (r *Rows) HiddenRows() int { return r.hiddenRows }

// HiddenColumns lists the hidden columns, counted from 0, that lie within the first
// limit ones.
func (r *Rows) HiddenColumns(limit int) []int {
	var hidden []int
	for i := range limit {
		for _, c := range r.head.hidden {
			if c.from <= i && i <= c.to {
				hidden = append(hidden, i)
				break
			}
		}
	}
	return hidden
}

// Close stops reading. The sheet's rows need not have been read to the end.
func (r *Rows) Close() error {
	select {
	case <-r.stop:
		return nil
	default:
	}
	close(r.stop)
	for range r.queue { // a producer that waits for room goes on and sees stop
	}
	<-r.finished
	if r.err == nil {
		r.err = errors.New("xlsxfile: rows are closed")
	}
	return nil
}

// sheetHead is what stands before the rows.
type sheetHead struct {
	hideAll bool // rows are hidden unless they say otherwise
	hidden  []columns
}

type columns struct{ from, to int }

func readHead(head []byte) (h sheetHead) {
	c := cursor{b: head}
	for c.next() {
		if c.end {
			continue
		}
		switch string(c.local) {
		case "sheetFormatPr":
			h.hideAll = isTrue(find(c.attrs, "zeroHeight"))
		case "col":
			if isTrue(find(c.attrs, "hidden")) {
				from, _ := strconv.Atoi(find(c.attrs, "min"))
				to, _ := strconv.Atoi(find(c.attrs, "max"))
				h.hidden = append(h.hidden, columns{from - 1, to - 1})
			}
		}
	}
	return h
}

func find(attrs []byte, wanted string) string {
	for {
		name, value, rest, ok := attr(attrs)
		if !ok {
			return ""
		}
		if string(name) == wanted {
			return string(value)
		}
		attrs = rest
	}
}

// Range is a block of merged cells, rows counted from 1 and columns from 0, all ends
// included. Its value stands in the first cell, the others are empty.
type Range struct{ FirstRow, FirstColumn, LastRow, LastColumn int }

// Merged lists the merged cells of a sheet. They stand behind the rows: the whole sheet
// is inflated, though not parsed.
func (b *Book) Merged(sheet int) (merged []Range, err error) {
	defer recovered(&err)
	in, err := zipguard.OpenEntry(b.sheets[sheet].part)
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }()
	s := &splitter{r: in, name: b.sheets[sheet].part.Name, container: "mergeCells", item: "mergeCell"}
	if found, err := s.behindRows(); err != nil || !found {
		return nil, err
	}
	for {
		chunk, err := s.next(nil)
		if err == io.EOF {
			return merged, nil
		}
		if err != nil {
			return merged, err
		}
		c := cursor{b: chunk}
		for c.next() {
			if !c.end && string(c.local) == "mergeCell" {
				if m, ok := parseRange(find(c.attrs, "ref")); ok {
					merged = append(merged, m)
				}
			}
		}
	}
}

// behindRows skips the rows of a sheet and goes to the list behind them.
func (s *splitter) behindRows() (found bool, err error) {
	rows := &splitter{r: s.r, name: s.name, container: "sheetData", item: "row"}
	if found, err := rows.begin(); err != nil || !found {
		return false, err
	}
	var chunk []byte
	for {
		if chunk, err = rows.next(chunk[:0]); err == io.EOF {
			break
		}
		if err != nil {
			return false, err
		}
	}
	s.buf, s.eof = rows.rest, rows.eof
	return s.begin()
}

func parseRange(ref string) (m Range, ok bool) {
	a, b, found := bytes.Cut([]byte(ref), []byte(":"))
	if !found {
		b = a
	}
	c1, r1, ok1 := cellRef(a)
	c2, r2, ok2 := cellRef(b)
	return Range{r1, c1, r2, c2}, ok1 && ok2
}

// cellRef reads "B12" as column 1, row 12.
func cellRef(ref []byte) (col, row int, ok bool) {
	i := 0
	for i < len(ref) && i < 4 {
		c := ref[i] | 0x20
		if c < 'a' || c > 'z' {
			break
		}
		col = col*26 + int(c-'a') + 1
		i++
	}
	if i == 0 || col > maxColumns || i == len(ref) {
		return 0, 0, false
	}
	for ; i < len(ref); i++ {
		if ref[i] < '0' || ref[i] > '9' || row > maxRows {
			return 0, 0, false
		}
		row = row*10 + int(ref[i]-'0')
	}
	return col - 1, row, row > 0
}
