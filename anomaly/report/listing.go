package report

import (
	"bufio"
	"io"
	"strings"
)

// Listing is a list of terms with what each means beside it, as in a command's help.
type Listing struct {
	terms, texts []string
}

// Add adds a term.
func (l *Listing) Add(term, text string) {
	l.terms = append(l.terms, term)
	l.texts = append(l.texts, text)
}

// The term column of a listing: terms that are wider have their text on the next line.
const (
	listIndent = 2
	listTerm   = 30
)

// Write writes the list, wrapped to so many cells.
func (l *Listing) Write(w io.Writer, cellsWide int) error {
	column := 0
	for _, term := range l.terms {
		if n := width(term); n <= listTerm {
			column = max(column, n)
		}
	}
	column += 2 * listIndent
	out := bufio.NewWriter(w)
	margin := strings.Repeat(" ", column)
	for i, term := range l.terms {
		head := strings.Repeat(" ", listIndent) + term
		lines := wrap(l.texts[i], cellsWide-column)
		if width(head)+listIndent > column {
			_, _ = out.WriteString(head + "\n")
			head = margin
		}
		for j, line := range lines {
			if j > 0 {
				head = margin
			}
			_, _ = out.WriteString(strings.TrimRight(padRight(head, column)+line, " ") + "\n")
		}
	}
	return out.Flush()
}

// Paragraphs writes text that is divided by empty lines, each part wrapped to so many
// cells. What is laid out in columns, by indentation or by several spaces, stays as it is.
func Paragraphs(w io.Writer, text string, cellsWide int) error {
	out := bufio.NewWriter(w)
	for i, part := range strings.Split(text, "\n\n") {
		if i > 0 {
			_ = out.WriteByte('\n')
		}
		if strings.HasPrefix(part, " ") || strings.Contains(part, "  ") {
			_, _ = out.WriteString(part + "\n")
			continue
		}
		for _, line := range wrap(strings.ReplaceAll(part, "\n", " "), cellsWide) {
			_, _ = out.WriteString(line + "\n")
		}
	}
	return out.Flush()
}
