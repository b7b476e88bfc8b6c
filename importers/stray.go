package importers

import (
	"slices"
	"strings"

	"whybill/importers/csvfile"
	"whybill/importers/field"
	"whybill/importers/sniff"
)

// other splits a row in its own way where that, and not the table's, gives it the
// table's cells: files that were put together from several sources, or edited by hand,
// have rows with other delimiters or quotes. cells are as the table's dialect has them;
// first says that no row of the table came before.
func (f frame) other(cells []string, raw string, d csvfile.Dialect, first bool) []string {
	if f.width < 3 || raw == "" {
		return cells
	}
	if len(cells) == f.width {
		if d.Delimiter == "," && strings.HasPrefix(cells[1], " ") {
			return f.split(cells, raw, csvfile.Dialect{Delimiter: ", ", Quote: d.Quote, Escape: d.Escape})
		}
		if q := otherQuote(d.Quote); q != 0 && slices.IndexFunc(cells, func(c string) bool { return c != "" && !enclosed(c, q) }) < 0 {
			return f.split(cells, raw, csvfile.Dialect{Delimiter: d.Delimiter, Quote: q, Escape: d.Escape})
		}
		return cells
	}
	if q := otherQuote(d.Quote); q != 0 && strings.IndexByte(raw, q) >= 0 {
		if split := f.split(nil, raw, csvfile.Dialect{Delimiter: d.Delimiter, Quote: q, Escape: d.Escape}); split != nil {
			return split
		}
	}
	for _, delimiter := range [...]string{";", "\t", "|", ",", ", ", ":", " "} {
		if delimiter == d.Delimiter || strings.Count(raw, delimiter) < f.width-1 {
			continue
		}
		split := f.split(nil, raw, csvfile.Dialect{Delimiter: delimiter, Quote: d.Quote, Escape: d.Escape})
		if split != nil && (delimiter != " " || f.plausible(split, first)) {
			return split
		}
	}
	return cells
}

// split splits a row in another way; otherwise comes back where that does not give the
// table's number of cells.
func (f frame) split(otherwise []string, raw string, d csvfile.Dialect) []string {
	cells, n, _ := d.Next(raw, true, nil)
	if n < len(raw) || len(cells) != f.width {
		return otherwise
	}
	return cells
}

// plausible tells a row whose cells are parted by blanks from a sentence of as many
// words: some of its cells are numbers or dates, or it stands right above such a row and
// names every column once.
func (f frame) plausible(cells []string, first bool) bool {
	values, repeated := 0, false
	for i, cell := range cells {
		if s := field.Trim(cell); s != "" && sniff.IsValue(s) {
			values++
		}
		repeated = repeated || slices.Contains(cells[:i], cell)
	}
	return values*3 >= len(cells) || first && f.values && values == 0 && !repeated
}

func otherQuote(quote byte) byte {
	switch quote {
	case '"':
		return '\''
	case '\'':
		return '"'
	}
	return 0
}

func enclosed(cell string, quote byte) bool {
	return len(cell) >= 2 && cell[0] == quote && cell[len(cell)-1] == quote
}
