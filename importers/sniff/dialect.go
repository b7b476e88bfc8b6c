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
var delimiters = []string{",", ";", "\t", "|", ", ", "; ", " | ", "\t\t", `\t`, "||", "::", "~", "^", "#", " ", ":"}

// DetectDialect decides how the decoded sample is delimited, quoted and escaped: the
// dialect under which the rows are of equal width and the cells look like values.
// delimiter is what the user has set, "" to find out.
func DetectDialect(sample, delimiter string) csvfile.Dialect {
	cr := loneCR(sample)
	candidates := delimiters
	if declared := sepLine(sample); declared != "" && delimiter == "" {
		delimiter = declared
	}
	if delimiter != "" {
		candidates = []string{delimiter}
	}
	best, bestScore := csvfile.Dialect{Delimiter: delimiter, Quote: '"', CR: cr}, 0.0
	if delimiter == "" {
		best, bestScore = oneColumn(sample, cr)
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

// oneColumn judges the sample as a table of one column: hardly likely where another
// dialect makes neat columns of it, likely where every line stands in quotes.
func oneColumn(sample string, cr bool) (csvfile.Dialect, float64) {
	d := csvfile.Dialect{Delimiter: ",", Quote: '"', CR: cr}
	records, quoted := 0, 0
	for rest := sample; rest != "" && records < sampleRecords; {
		cells, n, _ := d.Next(rest, true, nil)
		if len(cells) > 1 {
			return d, 0
		}
		if line := strings.TrimSpace(rest[:n]); len(cells) == 1 && line != "" {
			records++
			if line == `"`+strings.ReplaceAll(cells[0], `"`, `""`)+`"` {
				quoted++
			}
		}
		rest = rest[n:]
	}
	if records < 3 {
		return d, 0
	}
	return d, 0.2 + 0.6*float64(quoted)/float64(records)
}

// sepLine returns the delimiter that a first line such as "sep=;" declares, as Excel
// writes and reads it.
func sepLine(sample string) string {
	line, _, _ := strings.Cut(sample, "\n")
	if rest, ok := strings.CutPrefix(strings.TrimRight(line, "\r"), "sep="); ok && len(rest) == 1 {
		return rest
	}
	return ""
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
	records := splitSample(d, sample)
	if len(records) == 0 {
		return 0
	}
	width, share := usualWidth(records)
	if width == 1 {
		return 0
	}
	clean, cells, known := 0.0, 0, 0
	filled := make([]bool, width)
	for i, record := range records {
		hits := 0
		for j, cell := range record {
			if j < width && cell != "" {
				filled[j] = true
			}
			cells++
			clean += cleanness(cell, &d)
			if i < 20 && len(record) == width {
				if c, _ := Lookup(cell); len(c) > 0 {
					hits++
				}
			}
		}
		known = max(known, hits)
	}
	s := share * share * float64(width-1) / float64(width) * clean / float64(cells)
	for _, f := range filled {
		if !f { // not even a header: rather half of a delimiter of two characters
			s *= 1 - 0.5/float64(width)
		}
	}
	if d.Delimiter == " " || d.Delimiter == ":" {
		s *= 0.45 // they part words and times in tables of every other delimiter
	}
	return s * (1 + 0.5*float64(min(known, 4)))
}

// splitSample splits the first records of a sample that are neither blank nor comments.
func splitSample(d csvfile.Dialect, sample string) (records [][]string) {
	for rest := sample; rest != "" && len(records) < sampleRecords; {
		record, n, _ := d.Next(rest, true, nil)
		rest = rest[n:]
		if rest == "" && len(records) > 3 && !strings.HasSuffix(sample, "\n") {
			break // the sample may end inside this record
		}
		if !blankRecord(record) && !strings.HasPrefix(record[0], "* ") {
			records = append(records, record)
		}
	}
	return records
}

// usualWidth returns the width that most cells stand in rows of, and the share of the
// rows that have it.
func usualWidth(records [][]string) (width int, share float64) {
	rows := map[int]int{}
	for _, r := range records {
		rows[len(r)]++
	}
	if width = 1; len(records) == 0 {
		return width, 0
	}
	for w, n := range rows {
		if a, b := n*w, rows[width]*width; a > b || a == b && w < width {
			width = w
		}
	}
	return width, float64(rows[width]) / float64(len(records))
}

// UsualWidth returns the number of cells that most rows of a table have.
func UsualWidth(records [][]string) int {
	width, _ := usualWidth(records)
	return width
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
// less for text, least for text with remains of quotes or of another delimiter.
func cleanness(cell string, d *csvfile.Dialect) float64 {
	s := field.Trim(cell)
	if len(s) > 512 {
		return 0.5
	}
	if field.IsMissing(s) {
		return 1
	}
	score := 0.9
	switch {
	case IsValue(s):
		score = 1
	case s[0] == '"' || s[0] == '\'' || s[len(s)-1] == '"' || s[len(s)-1] == '\'' && d.Quote != '"':
		score = 0.2
	}
	if strings.ContainsAny(s, ";\t|") || strings.Contains(s, `\"`) ||
		d.Delimiter != "," && (strings.Contains(s, `,"`) || strings.Contains(s, `",`)) {
		score -= 0.5
	}
	if cell[0] == ' ' && d.Delimiter != " " {
		score -= 0.1 // the blank rather belongs to the delimiter
	}
	return max(score, 0)
}

// IsValue reports whether a trimmed cell is a number or a date.
func IsValue(s string) bool {
	if _, ok := field.PlainNumber(s); ok {
		return true
	}
	if _, _, ok := field.ParseNumber(s, field.MarkPoint); ok {
		return true
	}
	if _, _, ok := field.ParseNumber(s, field.MarkComma); ok {
		return true
	}
	if _, ok := field.ParseDate(s, field.DMY); ok {
		return true
	}
	_, ok := field.ParseDate(s, field.MDY)
	return ok
}
