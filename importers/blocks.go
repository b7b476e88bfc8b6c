package importers

import (
	"context"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/transform"

	"whybill/anomaly"
	"whybill/importers/csvfile"
	"whybill/importers/field"
	"whybill/importers/sniff"
	"whybill/importers/xlsxfile"
)

// block is a run of consecutive rows as they come from the file: text of a delimited
// file that is still to be split, or rows of a sheet.
type block struct {
	chunk csvfile.Chunk
	rows  []sheetRow
	read  int64 // bytes of the file consumed up to the end of the block
}

type sheetRow struct {
	number int
	cells  []string
	kinds  []xlsxfile.Kind
	raw    string // of delimited text, in a sample
}

// blocks reads a table's file from the start.
type blocks struct {
	next  func() (block, error)
	close func() error
}

// open starts reading the table's rows.
func (t *table) open(chunkBytes int) (*blocks, error) {
	if t.info.Format == FormatXLSX {
		return t.openSheet()
	}
	r, position, err := t.source.open()
	if err != nil {
		return nil, err
	}
	text, err := t.decoded(r)
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	chunker := csvfile.NewChunker(text, t.dialect, chunkBytes)
	return &blocks{
		next: func() (block, error) {
			chunk, err := chunker.Next()
			return block{chunk: chunk, read: position()}, err
		},
		close: r.Close,
	}, nil
}

// decoded leaves out a byte-order mark and, where the raw bytes cannot be cut into
// records, decodes on the way.
func (t *table) decoded(r io.Reader) (io.Reader, error) {
	if t.bom > 0 {
		if _, err := io.CopyN(io.Discard, r, int64(t.bom)); err != nil {
			return nil, err
		}
	}
	if t.chunkwise() {
		return r, nil
	}
	return transform.NewReader(r, t.encoding.Decoder()), nil
}

// chunkwise reports whether chunks are decoded one by one, after cutting.
func (t *table) chunkwise() bool {
	return t.encoding.Splittable(t.dialect.Delimiter, t.dialect.Quote, t.dialect.Escape)
}

// rowFunc gets one row; the slices are reused after it returns. It returns false to stop.
type rowFunc func(row int, cells []string, kinds []xlsxfile.Kind, raw string) bool

// rows calls each for every row of a block. cells is reused from block to block; the
// possibly grown slice comes back, with the number of characters that did not decode.
func (t *table) rows(b block, cells []string, each rowFunc) (_ []string, undecoded int) {
	if b.rows != nil {
		for i := range b.rows {
			r := &b.rows[i]
			if !each(r.number, r.cells, r.kinds, "") {
				break
			}
		}
		return cells, 0
	}
	chunk, undecoded := t.text(b.chunk)
	t.dialect.Records(chunk, cells, func(row int, c []string, raw string) bool {
		cells = c
		return each(row, c, nil, raw)
	})
	return cells, undecoded
}

// text decodes a chunk that is still as it came from the file.
func (t *table) text(chunk csvfile.Chunk) (_ csvfile.Chunk, undecoded int) {
	if t.chunkwise() {
		chunk.Text, undecoded = t.encoding.Decode(chunk.Text)
	}
	if strings.IndexByte(chunk.Text, 0) >= 0 {
		chunk.Text = strings.ReplaceAll(chunk.Text, "\x00", "")
	}
	return chunk, undecoded
}

// pick calls each for the rows of a block whose account has a hash up to most, and does
// not split most of the others: each has to look at the hash itself.
func (t *table) pick(b block, account *column, most uint64, cells []string, each rowFunc) []string {
	if b.rows != nil || account == nil || account.index < 0 || account.template != nil || account.values != nil {
		cells, _ = t.rows(b, cells, each)
		return cells
	}
	chunk, _ := t.text(b.chunk)
	t.dialect.Pick(chunk, account.index, func(id string) bool { return hashText(field.Trim(id)) <= most }, cells,
		func(row int, c []string, raw string) bool {
			cells = c
			return each(row, c, nil, raw)
		})
	return cells
}

// sheetBlock is how many rows of a sheet make a block.
const sheetBlock = 2048

func (t *table) openSheet() (*blocks, error) {
	book, closer, err := t.source.openBook()
	if err != nil {
		return nil, err
	}
	rows, err := book.Rows(t.sheet)
	if err != nil {
		return nil, errors.Join(err, closer())
	}
	var end error
	return &blocks{
		next: func() (block, error) {
			if end != nil {
				return block{}, end
			}
			b := block{rows: make([]sheetRow, 0, sheetBlock)}
			for len(b.rows) < sheetBlock {
				number, cells, err := rows.Next()
				if err != nil { // after the rows before it
					end = err
					b.read = t.info.Bytes
					break
				}
				b.rows = append(b.rows, keepRow(number, cells))
			}
			if len(b.rows) == 0 {
				return block{}, end
			}
			return b, nil
		},
		close: func() error {
			t.info.Hidden = max(t.info.Hidden, rows.HiddenRows())
			return errors.Join(rows.Close(), closer())
		},
	}, nil
}

func keepRow(number int, cells []xlsxfile.Cell) sheetRow {
	r := sheetRow{number: number, cells: make([]string, len(cells)), kinds: make([]xlsxfile.Kind, len(cells))}
	for i, c := range cells {
		r.cells[i], r.kinds[i] = c.Text, c.Kind
	}
	return r
}

// eachRow calls each for every row of the table, one after the other.
func (t *table) eachRow(ctx context.Context, opt Options, each func(row int, cells []string, raw string)) error {
	in, err := t.open(opt.ChunkBytes)
	if err != nil {
		return err
	}
	var cells []string
	for err == nil {
		var b block
		if err = ctx.Err(); err == nil {
			b, err = in.next()
		}
		if err == nil {
			cells, _ = t.rows(b, cells, func(row int, cells []string, _ []xlsxfile.Kind, raw string) bool {
				each(row, cells, raw)
				return true
			})
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, in.close())
}

// sample reads the first records of the table's file, at most limit of them.
func (t *table) sample(ctx context.Context, limit int) (records []sheetRow, whole bool, err error) {
	in, err := t.open(64 << 10)
	if err != nil {
		return nil, false, err
	}
	defer func() { err = errors.Join(err, in.close()) }()
	for len(records) < limit {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		b, err := in.next()
		if errors.Is(err, io.EOF) {
			return records, true, nil
		}
		if err != nil {
			return records, false, err
		}
		t.rows(b, nil, func(row int, cells []string, kinds []xlsxfile.Kind, raw string) bool {
			r := sheetRow{number: row, cells: append([]string(nil), cells...), kinds: kinds, raw: raw}
			records = append(records, r)
			return len(records) < limit
		})
	}
	return records, false, nil
}

// head reads the first bytes of a source's content; whole tells that there is no more.
func (s *source) head(size int) (head []byte, whole bool, err error) {
	r, _, err := s.open()
	if err != nil {
		return nil, false, err
	}
	defer func() { _ = r.Close() }()
	head = make([]byte, size)
	n, err := io.ReadFull(r, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return head[:n], true, nil
	}
	return head[:n], false, err
}

func emptyFile(name string) error {
	return &Error{File: name, Message: anomaly.Msg("import.empty_file", anomaly.TextArg("file", name))}
}

// decodeHead turns the first bytes into text for sniffing.
func decodeHead(head []byte, whole bool, g sniff.Guess) (text string, undecoded int) {
	head = head[g.BOM:]
	if !whole { // cut at a line end, so that no character is cut in two
		for i := len(head) - 1; i > 0; i-- {
			if head[i] == '\n' {
				if g.Encoding == sniff.UTF16LE || g.Encoding == sniff.UTF16BE {
					break
				}
				head = head[:i+1]
				break
			}
		}
	}
	if g.Encoding == sniff.UTF16LE || g.Encoding == sniff.UTF16BE {
		head = head[:len(head)&^1]
	}
	return g.Encoding.Decode(string(head))
}
