package csvfile

import (
	"bytes"
	"errors"
	"io"
	"strings"
)

// maxRecord is the most that one record may hold, in bytes: what is longer is no table.
const maxRecord = 64 << 20

// ErrLongRecord tells that a file has no line ends where a table would have them.
var ErrLongRecord = errors.New("a record of more than 64 MiB")

// Chunk is a run of whole records.
type Chunk struct {
	Text string
	// Row is the number of the first record, counted from 1 at the start of the file;
	// blank lines count, and a record counts once however many lines it has.
	Row int
	// Rows is the number of records.
	Rows int
	// Read is how many bytes of the input are consumed up to the end of the chunk.
	Read int64
	// Plain tells that no cell is quoted and every record is a line.
	Plain bool
}

// Chunker cuts a stream into chunks.
type Chunker struct {
	r       io.Reader
	dialect Dialect
	size    int
	buf     []byte
	row     int
	read    int64
	end     bool
}

// DefaultChunk is a chunk size that keeps the records made of it in the cache.
const DefaultChunk = 256 << 10

// NewChunker cuts r into chunks of about size bytes (DefaultChunk where size is 0);
// a longer record makes a longer chunk.
func NewChunker(r io.Reader, d Dialect, size int) *Chunker {
	if size <= 0 {
		size = DefaultChunk
	}
	return &Chunker{r: r, dialect: d, size: size, row: 1}
}

// Next returns the next chunk, or io.EOF after the last one.
func (c *Chunker) Next() (Chunk, error) {
	want := c.size
	for {
		if err := c.fill(want); err != nil {
			return Chunk{}, err
		}
		if len(c.buf) == 0 {
			return Chunk{}, io.EOF
		}
		chunk, ok := c.cut()
		if ok {
			c.row += chunk.Rows
			c.read += int64(len(chunk.Text))
			chunk.Read = c.read
			return chunk, nil
		}
		if len(c.buf) > maxRecord {
			return Chunk{}, ErrLongRecord
		}
		want = len(c.buf) * 2
	}
}

func (c *Chunker) fill(want int) error {
	if cap(c.buf) < want {
		c.buf = append(make([]byte, 0, want), c.buf...)
	}
	for !c.end && len(c.buf) < want {
		n, err := c.r.Read(c.buf[len(c.buf):want])
		c.buf = c.buf[:len(c.buf)+n]
		if err != nil {
			if !errors.Is(err, io.EOF) {
				return err
			}
			c.end = true
		}
	}
	return nil
}

// cut takes as many whole records off the buffer as it holds.
func (c *Chunker) cut() (Chunk, bool) {
	chunk := Chunk{Row: c.row}
	d := &c.dialect
	if !d.CR && (d.Quote == 0 || bytes.IndexByte(c.buf, d.Quote) < 0) {
		n := bytes.LastIndexByte(c.buf, '\n') + 1
		if c.end {
			n = len(c.buf)
		}
		if n == 0 {
			return chunk, false
		}
		chunk.Rows = bytes.Count(c.buf[:n], []byte{'\n'})
		if c.buf[n-1] != '\n' {
			chunk.Rows++
		}
		chunk.Plain = true
		return c.take(chunk, n), true
	}
	text := string(c.buf)
	n := 0
	for n < len(text) {
		width, ok := d.Skip(text[n:], c.end)
		if !ok {
			break
		}
		n += width
		chunk.Rows++
	}
	if n == 0 {
		return chunk, false
	}
	return c.take(chunk, n), true
}

func (c *Chunker) take(chunk Chunk, n int) Chunk {
	chunk.Text = string(c.buf[:n])
	c.buf = append(c.buf[:0], c.buf[n:]...)
	return chunk
}

// Records calls each for every record of a chunk's text, with its number and the text of
// the record without its line end. cells is reused from call to call; the strings are
// not. It stops when each returns false.
func (d *Dialect) Records(chunk Chunk, cells []string, each func(row int, cells []string, raw string) bool) {
	text, row := chunk.Text, chunk.Row
	for len(text) > 0 {
		var n int
		cells = cells[:0]
		if chunk.Plain {
			n = strings.IndexByte(text, '\n') + 1
			if n == 0 {
				n = len(text)
			}
			cells = d.Plain(trimLineEnd(text[:n], false), cells)
		} else {
			cells, n, _ = d.Next(text, true, cells)
		}
		if !each(row, cells, trimLineEnd(text[:n], d.CR)) {
			return
		}
		text = text[n:]
		row++
	}
}

// Pick is Records for the records alone whose cell in a column passes keep: the others
// are not split. Whether a record that has no such cell is one of them is for each to see.
func (d *Dialect) Pick(chunk Chunk, column int, keep func(cell string) bool, cells []string, each func(row int, cells []string, raw string) bool) {
	if !chunk.Plain || len(d.Delimiter) != 1 {
		d.Records(chunk, cells, func(row int, all []string, raw string) bool {
			return column < len(all) && !keep(all[column]) || each(row, all, raw)
		})
		return
	}
	text, row := chunk.Text, chunk.Row
	for ; len(text) > 0; row++ {
		n := strings.IndexByte(text, '\n') + 1
		if n == 0 {
			n = len(text)
		}
		line := trimLineEnd(text[:n], false)
		text = text[n:]
		if cell, ok := nth(line, d.Delimiter[0], column); ok && !keep(cell) {
			continue
		}
		cells = d.Plain(line, cells[:0])
		if !each(row, cells, line) {
			return
		}
	}
}

// nth returns the cell of a line in a column, counted from 0.
func nth(line string, delimiter byte, column int) (cell string, ok bool) {
	for ; column > 0; column-- {
		i := strings.IndexByte(line, delimiter)
		if i < 0 {
			return "", false
		}
		line = line[i+1:]
	}
	if i := strings.IndexByte(line, delimiter); i >= 0 {
		line = line[:i]
	}
	return line, true
}

func trimLineEnd(line string, cr bool) string {
	if n := len(line); n > 0 && line[n-1] == '\n' {
		line = line[:n-1]
		if n := len(line); n > 0 && line[n-1] == '\r' {
			line = line[:n-1]
		}
	} else if n > 0 && cr && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line
}
