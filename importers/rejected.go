package importers

import (
	"context"
	"errors"
	"strings"

	"whybill/importers/xlsxfile"
)

// Header returns the lines of a file's header as they stand in it, for a file of
// rejected rows: under it a corrected row is read as in the file itself. A sheet's header
// comes as CSV. It is "" where there is none.
func (s *Set) Header(ctx context.Context, file *FileInfo) (string, error) {
	for _, t := range s.tables {
		if &t.info == file && file.HeaderRow > 0 {
			lines, err := t.headerLines(ctx)
			if err != nil {
				return "", fileError(file.Name, err)
			}
			return strings.Join(lines, "\n"), nil
		}
	}
	return "", nil
}

func (t *table) headerLines(ctx context.Context) (lines []string, err error) {
	in, err := t.open(64 << 10)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.close()) }()
	last := t.info.HeaderRow + t.info.HeaderRows - 1
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b, err := in.next()
		if err != nil {
			return nil, err
		}
		t.rows(b, nil, func(row int, cells []string, _ []xlsxfile.Kind, raw string) bool {
			if row >= t.info.HeaderRow && row <= last {
				if raw == "" {
					raw = csvLine(cells)
				}
				lines = append(lines, raw)
			}
			more = row < last
			return more
		})
	}
	return lines, nil
}

// csvLine writes cells as a line of CSV.
func csvLine(cells []string) string {
	var b strings.Builder
	for i, cell := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(quoted(cell))
	}
	return b.String()
}
