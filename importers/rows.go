package importers

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	"whybill/importers/field"
	"whybill/importers/sniff"
)

// CleanRows writes the table in a file as clean CSV, whatever the table is about: UTF-8,
// commas, the cells as the text that was read. The header comes first where the file has
// one. Titles above and notes below the table and blank rows are left out; rows that are
// shorter or longer than the others stay as they are. Of a workbook, the first sheet with
// a table is written.
func CleanRows(ctx context.Context, path string, opt Options, w io.Writer) error {
	sources, err := expand(ctx, []string{path}, opt.Stdin)
	defer func() {
		for _, src := range sources {
			src.discard()
		}
	}()
	if err != nil {
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
		return emptyFile(src.name)
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
	frame := frameOf(sample)
	c := cleaner{frame: frame, out: out}
	err = t.eachRow(ctx, opt, func(_ int, cells []string) {
		if c.err == nil {
			c.row(cells)
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

// frame is the shape of a table.
type frame struct {
	width int // cells of most rows
	least int // cells with content from which on a row is one of the table
}

func frameOf(sample []sheetRow) frame {
	records := make([][]string, 0, len(sample))
	for i := range sample {
		if !blank(sample[i].cells) {
			records = append(records, sample[i].cells)
		}
	}
	f := frame{width: sniff.UsualWidth(records)}
	f.least = 1
	if f.width >= 3 {
		f.least = 2
	}
	return f
}

// cleaner writes the rows of a table and leaves out what stands around it.
type cleaner struct {
	frame   frame
	out     *bufio.Writer
	started bool
	pending [][]string // rows that are notes unless the table goes on behind them
	err     error
}

func (c *cleaner) row(cells []string) {
	if blank(cells) {
		return
	}
	if c.inTable(cells) {
		for _, held := range c.pending {
			c.write(held)
		}
		c.pending = c.pending[:0]
		c.started = true
		c.write(cells)
		return
	}
	if c.started && len(c.pending) < maxNotes {
		c.pending = append(c.pending, append([]string(nil), cells...))
	}
}

// maxNotes is how many rows of one cell in a row are held back as possible notes; beyond
// that they are left out even if the table goes on.
const maxNotes = 1000

// inTable tells a row of the table from a title or a note. A row of one cell that would
// fall into as many cells as the others under another delimiter is one of them.
func (c *cleaner) inTable(cells []string) bool {
	filled, text := 0, ""
	for _, cell := range cells {
		if s := field.Trim(cell); s != "" {
			filled++
			text = s
		}
	}
	if filled >= c.frame.least {
		return c.started || filled*3 >= c.frame.width || len(cells) == c.frame.width
	}
	if len(cells) > 1 && len(cells) == c.frame.width && c.started {
		return true
	}
	for _, delimiter := range [...]string{" ", ";", "\t", ",", "|"} {
		if strings.Count(text, delimiter) >= c.frame.width-1 && c.frame.width > 2 && strings.Count(text, delimiter) < 2*c.frame.width {
			return true
		}
	}
	return false
}

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
