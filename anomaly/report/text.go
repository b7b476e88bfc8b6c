package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// cells measures text as terminals show it. It does not follow the environment, so
// that the same assessment gives the same bytes everywhere: characters of ambiguous
// width (block elements, arrows) take one cell.
var cells = &runewidth.Condition{EastAsianWidth: false, StrictEmojiNeutral: true}

// width returns how many terminal cells a text without line breaks takes.
func width(s string) int { return cells.StringWidth(s) }

// padRight fills s with spaces up to n cells.
func padRight(s string, n int) string { return s + strings.Repeat(" ", max(0, n-width(s))) }

// padLeft fills s with spaces on its left up to n cells.
func padLeft(s string, n int) string { return strings.Repeat(" ", max(0, n-width(s))) + s }

// shorten cuts s to n cells and ends it with an ellipsis where something was cut.
func shorten(s string, n int) string {
	if width(s) <= n {
		return s
	}
	return cells.Truncate(s, n, "…")
}

// tidy makes one line of any text: a value from a file must not move the cursor or
// begin a new line.
func tidy(s string) string {
	clean := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsGraphic(r) || r == unicode.ReplacementChar }) < 0
	if clean {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r):
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// A word is what is not broken over two lines.
type word struct {
	text  string
	cells int
	space bool // a space stands before it where it does not begin a line
}

const (
	closing = ",.;:!?)]}%，。、；：！？）」』】》〉”’％…"
	opening = "([{（「『【《〈“‘"
)

// units stay with the number before them.
var units = map[string]bool{"kWh": true, "m³": true, "W": true, "kW": true, "%": true, "h": true, "度": true}

// words splits text where a line may end: Latin text at spaces, Chinese before and
// after every character, but not before closing or after opening punctuation, and not
// between a number and its unit.
func words(text string) []word {
	var all []word
	for space := false; text != ""; {
		next, rest := cutToken(text)
		text = rest
		if next == " " {
			space = true
			continue
		}
		if n := len(all); n > 0 && together(all[n-1].text, next, space) {
			if space {
				next = " " + next
			}
			all[n-1].text += next
			all[n-1].cells = width(all[n-1].text)
		} else {
			all = append(all, word{next, width(next), space && n > 0})
		}
		space = false
	}
	return all
}

// together reports whether two neighbours stay on one line.
func together(before, next string, space bool) bool {
	if space {
		c := before[len(before)-1]
		return c >= '0' && c <= '9' && units[strings.TrimRight(next, ",.;:!?)")]
	}
	first, _ := utf8.DecodeRuneInString(next)
	last, _ := utf8.DecodeLastRuneInString(before)
	return strings.ContainsRune(closing, first) || strings.ContainsRune(opening, last)
}

// unbroken are Chinese words that stay on one line.
var unbroken = []string{"千瓦时", "立方米", "小时", "小時"}

// cutToken cuts off a space, one wide character, or a run of narrow ones.
func cutToken(s string) (token, rest string) {
	for _, u := range unbroken {
		if strings.HasPrefix(s, u) {
			return u, s[len(u):]
		}
	}
	first, _ := cutRune(s)
	n := len(first)
	if first != " " && width(first) < 2 {
		for n < len(s) {
			next, _ := cutRune(s[n:])
			if next == " " || width(next) == 2 {
				break
			}
			n += len(next)
		}
	}
	return s[:n], s[n:]
}

// cutRune cuts off the first character with the marks that combine with it.
func cutRune(s string) (first, rest string) {
	end := len(s)
	for i, r := range s {
		if i > 0 && cells.RuneWidth(r) > 0 {
			end = i
			break
		}
	}
	return s[:end], s[end:]
}

// wrap breaks text into lines of at most n cells. A word that is longer than a line
// is cut.
func wrap(text string, n int) []string {
	n = max(n, 2)
	var lines []string
	var line strings.Builder
	used := 0
	flush := func() {
		lines = append(lines, line.String())
		line.Reset()
		used = 0
	}
	for _, w := range words(tidy(text)) {
		gap := 0
		if w.space && used > 0 {
			gap = 1
		}
		if used > 0 && used+gap+w.cells > n {
			flush()
			gap = 0
		}
		if gap == 1 {
			line.WriteByte(' ')
			used++
		}
		for w.cells > n {
			head := cells.Truncate(w.text, n-used, "")
			if head == "" {
				flush()
				continue
			}
			line.WriteString(head)
			flush()
			w.text = w.text[len(head):]
			w.cells = width(w.text)
		}
		line.WriteString(w.text)
		used += w.cells
	}
	if used > 0 || len(lines) == 0 {
		flush()
	}
	return lines
}

// clamp keeps the first n lines and says with an ellipsis that there were more.
func clamp(lines []string, n, cellsWide int) []string {
	if len(lines) <= n {
		return lines
	}
	last := lines[n-1]
	if width(last)+1 > cellsWide {
		last = cells.Truncate(last, cellsWide-1, "")
	}
	return append(lines[:n-1:n-1], last+"…")
}

// The styles that a terminal may show. None of them carries a meaning that the words
// do not.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

// paint wraps s in a style where colour is wanted.
func paint(s, style string, colour bool) string {
	if !colour || s == "" || style == "" {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}
