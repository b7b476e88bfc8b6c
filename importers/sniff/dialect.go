package sniff

import (
	"strings"

	"whybill/importers/csvfile"
	"whybill/importers/field"
)

// sampleRecords is how many records of a sample a dialect is judged by.
const sampleRecords = 200

// delimiters that a file may use, the more usual ones first: of two that fit alike the
// earlier wins.
var delimiters = []string{",", ";", "\t", "|", ", ", "; ", "||", "::", "~", "^", " ", ":"}

// DetectDialect decides how the decoded sample is delimited, quoted and escaped: the
// dialect under which the rows are of equal width and the cells look like values.
// delimiter is what the user has set, "" to find out.
func DetectDialect(sample, delimiter string) csvfile.Dialect {
	cr := loneCR(sample)
	candidates := delimiters
	if delimiter != "" {
		candidates = []string{delimiter}
	}
	best, bestScore := csvfile.Dialect{Delimiter: delimiter, Quote: '"', CR: cr}, 0.0
	if delimiter == "" {
		best.Delimiter = ","
	}
	for _, delim := range candidates {
		if !strings.Contains(sample, delim) {
			continue
		}
		for _, quote := range quotesIn(sample) {
			for _, escape := range escapesIn(sample, quote) {
				d := csvfile.Dialect{Delimiter: delim, Quote: quote, Escape: escape, CR: cr}
				if s := judge(d, sample); s > bestScore+1e-9 {
					best, bestScore = d, s
				}
			}
		}
	}
	return best
}

// loneCR reports whether carriage returns alone end lines: more often than not followed
// by a line feed.
func loneCR(sample string) bool {
	cr := strings.Count(sample, "\r")
	return cr > 0 && cr > strings.Count(sample, "\r\n")
}

func quotesIn(sample string) []byte {
	quotes := []byte{'"'}
	if strings.Contains(sample, "'") {
		quotes = append(quotes, '\'')
	}
	if len(quotes) == 2 || strings.Contains(sample, `"`) {
		quotes = append(quotes, 0)
	}
	return quotes
}

func escapesIn(sample string, quote byte) []byte {
	if quote != 0 && strings.Contains(sample, `\`+string(quote)) {
		return []byte{0, '\\'}
	}
	return []byte{0}
}

// judge scores a dialect: rows of equal width, more than one column, cells that are
// numbers, dates, empty or words without leftovers of another dialect, and headers
// that are known.
func judge(d csvfile.Dialect, sample string) float64 {
	widths := map[int]int{}
	rows, cellCount := 0, 0
	clean := 0.0
	known := 0
	var cells []string
	for rest := sample; rest != "" && rows < sampleRecords; {
		var n int
		cells, n, _ = d.Next(rest, true, cells[:0])
		rest = rest[n:]
		if rest == "" && rows > 3 && !strings.HasSuffix(sample, "\n") {
			break // the sample may end inside this record
		}
		if blankRecord(cells) {
			continue
		}
		rows++
		widths[len(cells)]++
		hits := 0
		for _, cell := range cells {
			cellCount++
			clean += cleanness(cell, &d)
			if rows <= 20 {
				if c, _ := Lookup(cell); len(c) > 0 {
					hits++
				}
			}
		}
		known = max(known, hits)
	}
	if rows == 0 {
		return 0
	}
	width, best := 1, 0
	for w, n := range widths {
		if n*w > best*width || n*w == best*width && w < width {
			width, best = w, n
		}
	}
	if width == 1 {
		return 1e-3 * clean / float64(cellCount)
	}
	consistency := float64(best) / float64(rows)
	s := consistency * consistency * float64(width-1) / float64(width) * clean / float64(cellCount)
	return s * (1 + 0.5*float64(min(known, 4)))
}

func blankRecord(cells []string) bool {
	for _, c := range cells {
		if field.Trim(c) != "" {
			return false
		}
	}
	return true
}

// cleanness says how much a cell looks like one value: 1 for numbers, dates and nothing,
// less for text, least for text with remains of quotes.
func cleanness(cell string, d *csvfile.Dialect) float64 {
	s := field.Trim(cell)
	if len(s) > 512 {
		return 0.5
	}
	if field.IsMissing(s) {
		return 1
	}
	if _, ok := field.PlainNumber(s); ok {
		return 1
	}
	if _, _, ok := field.ParseNumber(s, field.MarkPoint); ok {
		return 1
	}
	if _, _, ok := field.ParseNumber(s, field.MarkComma); ok {
		return 0.95
	}
	if _, ok := field.ParseDate(s, field.DMY); ok {
		return 1
	}
	score := 0.9
	if last := s[len(s)-1]; s[0] == '"' || s[0] == '\'' || last == '"' || last == '\'' && d.Quote != '"' {
		score = 0.2
	}
	if strings.ContainsAny(s, ";\t|") {
		score -= 0.3
	}
	return max(score, 0)
}
