package sniff

import (
	"strings"

	"whybill/importers/field"
)

// HeaderRows is how many records from the top are looked at for the header.
const HeaderRows = 50

// Head is where a table starts and what it is.
type Head struct {
	// Row and Rows are the place of the header in the records given: the index of its
	// first record and how many records it spans. Rows 0: there is none.
	Row, Rows int
	Header    []string // as combined where it spans several records
	// Matches holds the fits to the kinds, the best first; empty where no column is known.
	Matches []Match
}

// FindHeader looks for the header of a canonical table among the first records of a
// file: the record, or pair of records, that explains most.
func FindHeader(records [][]string) Head {
	best := Head{Row: -1}
	bestScore := 0
	consider := func(row, rows int, header []string) {
		matches := Recognise(header)
		if len(matches) == 0 {
			return
		}
		if s := headScore(&matches[0], header); s > bestScore {
			best, bestScore = Head{row, rows, header, matches}, s
		}
	}
	for i := 0; i < len(records) && i < HeaderRows; i++ {
		if blankRecord(records[i]) {
			continue
		}
		consider(i, 1, TidyHeader(records[i]))
	}
	for i := 0; i+1 < len(records) && i < HeaderRows; i++ {
		if blankRecord(records[i]) || blankRecord(records[i+1]) || !headerLike(records[i]) || !headerLike(records[i+1]) {
			continue
		}
		for _, header := range combineRows(records[i], records[i+1]) {
			consider(i, 2, header)
		}
	}
	return best
}

// headScore is 0 for what is no header: a title or a row of data with one known word.
func headScore(m *Match, header []string) int {
	if m.Used < 2 && (len(header) > 1 || m.Used == 0) {
		return 0
	}
	s := 10*m.Used - 5*len(m.Missing)
	for _, h := range header {
		if looksLikeData(h) {
			s -= 8
		}
	}
	return s
}

func looksLikeData(cell string) bool {
	s := field.Tidy(cell)
	if s == "" {
		return false
	}
	if _, _, ok := field.ParseNumber(s, field.MarkPoint); ok {
		return true
	}
	_, ok := field.ParseDate(s, field.DMY)
	return ok
}

func headerLike(cells []string) bool {
	for _, c := range cells {
		if looksLikeData(c) {
			return false
		}
	}
	return true
}

// TidyHeader trims the cells of a header and makes single blanks of runs of them.
func TidyHeader(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = strings.Join(strings.Fields(field.Trim(c)), " ")
	}
	return out
}

// combineRows gives the headers that two rows can mean together: a heading of a group
// of columns above (which a merged cell leaves in its first column only) and the names
// below.
func combineRows(upper, lower []string) [][]string {
	u, l := TidyHeader(upper), TidyHeader(lower)
	width := max(len(u), len(l))
	lowerFirst, joined := make([]string, width), make([]string, width)
	group := ""
	for i := range width {
		var a, b string
		if i < len(u) {
			a = u[i]
		}
		if i < len(l) {
			b = l[i]
		}
		if a != "" {
			group = a
		}
		lowerFirst[i] = b
		if b == "" {
			lowerFirst[i] = a
		}
		joined[i] = strings.TrimSpace(a + " " + b)
		if a == "" && b != "" {
			joined[i] = group + " " + b
		}
		if c, _ := Lookup(joined[i]); len(c) == 0 {
			joined[i] = lowerFirst[i]
		}
	}
	return [][]string{lowerFirst, joined}
}
