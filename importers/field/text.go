// Package field reads single cells: dates in all the forms that billing files hold
// (ISO, day or month first, years of the Republic of China, Excel serials), numbers in
// the conventions of several countries, quality codes, periods written in one cell.
//
// Which form a column uses is decided once for the column, from a sample (DateVotes,
// NumberVotes), and never cell by cell: "01/02/2026" alone has two readings.
package field

import (
	"strings"
	"unicode/utf8"
)

// Tidy trims a cell and narrows full-width forms: "１，２３４" becomes "1,234". Cells of
// plain ASCII without surrounding blanks come back as they are.
func Tidy(s string) string {
	s = Trim(s)
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return narrow(s)
		}
	}
	return s
}

// Trim removes blanks at both ends: ASCII blanks, the ideographic space, no-break
// spaces and a byte-order mark.
func Trim(s string) string {
	if n := len(s); n == 0 || (s[0] > ' ' && s[0] < utf8.RuneSelf && s[n-1] > ' ' && s[n-1] < utf8.RuneSelf) {
		return s
	}
	return strings.TrimFunc(s, isBlank)
}

func isBlank(r rune) bool {
	switch r {
	case ' ', '\t', '\r', '\n', '\v', '\f', 0, '\u00a0', '\u1680', '\u2007', '\u200b', '\u202f', '\u3000', '\ufeff':
		return true
	}
	return r >= '\u2000' && r <= '\u200a'
}

// narrow maps full-width ASCII, the ideographic zero and the usual dashes to ASCII.
func narrow(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '\uff01' && r <= '\uff5e':
			return r - 0xfee0
		case isBlank(r):
			return ' '
		case r == '〇':
			return '0'
		case r == '−' || r == '–' || r == '—' || r == '‐' || r == '‑':
			return '-'
		case r == '〜' || r == '∼':
			return '~'
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// maxMissing is the length of the longest word for no value.
const maxMissing = len("null")

// IsMissing reports whether a cell, once tidied, says that there is no value.
func IsMissing(s string) bool {
	switch len(s) {
	case 0:
		return true
	case 1:
		return s[0] == '-' || s[0] == '/' || s[0] == '.'
	}
	if c := s[0]; c >= '0' && c <= '9' {
		return false
	}
	if strings.Trim(s, "-") == "" {
		return true
	}
	if len(s) > maxMissing {
		return false
	}
	switch strings.ToLower(s) {
	case "n/a", "na", "#n/a", "null", "none", "nil", "nan", "無", "无", "缺", "\\n":
		return true
	}
	return false
}
