package importers

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	"whybill/importers/csvfile"
	"whybill/importers/sniff"
)

// CleanRows writes the table in a file as clean CSV, whatever the table is about: UTF-8,
// commas, the cells as the text that was read. The header comes first where the file has
// one. Titles above and notes below the table and blank rows are left out; rows that are
// shorter or longer than the others stay as they are. Of a workbook, the first sheet with
// a table is written.
func CleanRows(ctx context.Context, path string, opt Options, w io.Writer) error {
	sources, damaged, err := expand(ctx, []string{path}, opt.Stdin)
	defer func() {
		for _, src := range sources {
			src.discard()
		}
	}()
	if err = errors.Join(append(damaged, err)...); err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	for _, src := range sources {
		if err := cleanRows(ctx, src, opt, out); err != nil {
			return fileError(src.name, err)
		}
	}
	return out.Flush()
}

func cleanRows(ctx context.Context, src *source, opt Options, out *bufio.Writer) error {
	head, whole, err := src.head(headBytes)
	if err != nil {
		return err
	}
	if len(head) == 0 {
		return nil // no rows are what an empty file has
	}
	var t *table
	if isWorkbook(head) {
		t, err = firstSheet(ctx, src)
	} else {
		t, err = anyText(src, head, whole, opt)
	}
	if err != nil {
		return err
	}
	sample, _, err := t.sample(ctx, sampleRows)
	if err != nil {
		return err
	}
	c := cleaner{frame: frameOf(sample, t.dialect), dialect: t.dialect, out: out}
	err = t.eachRow(ctx, opt, func(row int, cells []string, raw string) {
		if c.err == nil {
			c.row(row, cells, raw)
		}
	})
	return errors.Join(err, c.err)
}

// anyText reads a file as text with the most plausible encoding: what is only shown
// need not be certain.
func anyText(src *source, head []byte, whole bool, opt Options) (*table, error) {
	if opt.Encoding == sniff.EncodingUnknown {
		opt.Encoding = sniff.DetectEncoding(head, whole).Encoding
	}
	return newText(src, head, whole, opt)
}

func firstSheet(ctx context.Context, src *source) (*table, error) {
	book, closer, err := src.openBook()
	if err != nil {
		return nil, err
	}
	sheets := book.Sheets()
	if err := closer(); err != nil {
		return nil, err
	}
	for i := range sheets {
		t := newSheet(src, i, sheets[i])
		sample, _, err := t.sample(ctx, sampleRows)
		if err != nil {
			return nil, err
		}
		if len(sample) > 0 {
			return t, nil
		}
	}
	return nil, emptyFile(src.name)
}

// cleaner writes the rows of a table and leaves out what stands around it.
type cleaner struct {
	frame   frame
	dialect csvfile.Dialect
	out     *bufio.Writer
	pending [][]string // rows that are notes unless the table goes on behind them
	gap     bool       // the row before is blank
	err     error
}

func (c *cleaner) row(number int, cells []string, raw string) {
	if number < c.frame.start {
		return
	}
	if blank(cells) {
		c.gap = true
		return
	}
	cells = c.frame.other(cells, raw, c.dialect, number == c.frame.start)
	switch {
	case number == c.frame.start || c.frame.holds(cells):
		for _, held := range c.pending {
			c.write(held)
		}
		c.pending = c.pending[:0]
		c.write(cells)
	case c.gap || len(c.pending) == maxNotes:
		// The title of another table, or a note.
	default:
		c.pending = append(c.pending, append([]string(nil), cells...))
		return // a note may have several rows
	}
	c.gap = false
}

// maxNotes is how many rows of one cell in a row are held back as possible notes; beyond
// that they are left out even if the table goes on.
const maxNotes = 1000

func (c *cleaner) write(cells []string) {
	for i, cell := range cells {
		if i > 0 {
			_ = c.out.WriteByte(',') // bufio keeps the first error for Flush
		}
		_, _ = c.out.WriteString(quoted(cell))
	}
	if len(cells) == 1 && cells[0] == "" {
		_, _ = c.out.WriteString(`""`)
	}
	_, c.err = c.out.WriteString("\r\n")
}

// quoted quotes a cell as RFC 4180 asks.
func quoted(cell string) string {
	if !strings.ContainsAny(cell, "\",\r\n") {
		return cell
	}
	return `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
}
