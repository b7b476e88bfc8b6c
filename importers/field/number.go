package field

import (
	"strings"

	"github.com/govalues/decimal"

	"whybill/anomaly"
)

// Mark is the convention of a number: which sign separates the decimals.
type Mark uint8

// The conventions. With MarkPoint "1,234.5" is read, with MarkComma "1.234,5".
const (
	MarkAuto Mark = iota
	MarkPoint
	MarkComma
)

// String returns the value of the flag that sets the convention.
func (m Mark) String() string { return [...]string{"auto", "point", "comma"}[m] }

// ParseMark reads the value of the flag.
func ParseMark(s string) (Mark, bool) {
	switch s {
	case "", "auto":
		return MarkAuto, true
	case ".", "point", "dot":
		return MarkPoint, true
	case ",", "comma":
		return MarkComma, true
	}
	return MarkAuto, false
}

// PlainNumber reads digits with at most one decimal point and a leading minus, the way
// that most cells of most files are written. It is the fast path of ParseNumber for
// MarkPoint; anything else gives ok = false.
func PlainNumber(s string) (d anomaly.Decimal, ok bool) {
	i, neg := 0, false
	if s != "" && s[0] == '-' {
		i, neg = 1, true
	}
	if len(s)-i > 19 || len(s) == i {
		return d, false
	}
	coef, scale := int64(0), -1
	for start := i; i < len(s); i++ {
		c := s[i] - '0'
		if c > 9 {
			if s[i] != '.' || scale >= 0 || i == start || i == len(s)-1 {
				return d, false
			}
			scale = len(s) - 1 - i
			continue
		}
		coef = coef*10 + int64(c)
	}
	if len(s) > 18 && coef < 0 {
		return d, false
	}
	if neg {
		coef = -coef
	}
	d, err := decimal.New(coef, max(scale, 0))
	return d, err == nil
}

// ParseNumber reads a tidied cell under a convention: thousands separators, currency
// signs, known trailing units (which come back as they stand), leading asterisks of cheque
// protection, accounting negatives "(12.50)" and "12.50-". MarkAuto reads as MarkPoint.
func ParseNumber(s string, mark Mark) (d anomaly.Decimal, unit string, ok bool) {
	body, neg, unit, ok := strip(s)
	if !ok {
		return d, "", false
	}
	digits, ok := ungroup(body, mark)
	if !ok {
		return d, "", false
	}
	d, err := decimal.Parse(digits)
	if err != nil || d.Scale() < fractionDigits(digits) {
		return d, "", false // more digits than can be held exactly
	}
	if neg {
		d = d.Neg()
	}
	return d, unit, true
}

func fractionDigits(s string) int {
	if i := strings.IndexByte(s, '.'); i >= 0 {
		return len(s) - 1 - i
	}
	return 0
}

var currencySigns = []string{"nt$", "us$", "hk$", "rmb", "cny", "twd", "usd", "eur", "gbp", "aud", "tnd", "$", "€", "£", "¥", "￥"}

// strip takes off what stands around a number.
func strip(s string) (body string, neg bool, unit string, ok bool) {
	if len(s) > 2 && s[0] == '(' && s[len(s)-1] == ')' {
		s, neg = Trim(s[1:len(s)-1]), true
	}
	for changed := true; changed && s != ""; {
		changed = false
		switch {
		case s[0] == '*' || s[0] == '\'' || s[0] == '=' && len(s) > 1 && s[1] == '"':
			s, changed = strings.Trim(s[1:], `"`), true
		case s[0] == '-' && !neg:
			s, neg, changed = Trim(s[1:]), true, true
		case s[0] == '+':
			s, changed = Trim(s[1:]), true
		default:
			for _, sign := range currencySigns {
				if len(s) > len(sign) && strings.EqualFold(s[:len(sign)], sign) {
					s, changed = Trim(s[len(sign):]), true
					break
				}
			}
		}
	}
	end := 0
	for i := range len(s) {
		if c := s[i]; c >= '0' && c <= '9' {
			end = i + 1
		}
	}
	if end == 0 || s[0] != '.' && s[0] != ',' && (s[0] < '0' || s[0] > '9') {
		return "", false, "", false
	}
	body, tail := s[:end], Trim(s[end:])
	if strings.HasPrefix(tail, ".") || strings.HasPrefix(tail, ",") {
		if len(tail) > 1 {
			tail = Trim(tail[1:]) // "12." and "12.-"
		} else {
			tail = ""
		}
	}
	tail = strings.Trim(tail, "*")
	if tail == "-" && !neg {
		return body, true, "", true
	}
	if tail != "" && !isTrailer(tail) {
		return "", false, "", false
	}
	if i := exponent(body); i > 0 {
		return "", false, "", false // "1.2E+05" has lost digits on the way: not exact
	}
	return body, neg, tail, true
}

func exponent(s string) int { return strings.IndexAny(s, "eE") }

// ungroup takes out thousands separators and turns the decimal mark into a point. A
// group has three digits; the first one to three, and no leading zero.
func ungroup(s string, mark Mark) (string, bool) {
	point, comma := byte('.'), byte(',')
	if mark == MarkComma {
		point, comma = comma, point
	}
	plain := true
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && c != '.' {
			plain = false
			break
		}
	}
	if plain && point == '.' && strings.Count(s, ".") <= 1 {
		return s, true
	}
	out := make([]byte, 0, len(s))
	group, groups, seenPoint := 0, 0, false
	var sep byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			out = append(out, c)
			group++
		case c == point && !seenPoint:
			if groups > 0 && group != 3 {
				return "", false
			}
			out = append(out, '.')
			seenPoint = true
		case (c == comma || c == ' ' || c == '\'' || c == '_') && !seenPoint:
			if sep != 0 && c != sep || groups > 0 && group != 3 || groups == 0 && (group == 0 || group > 3 || out[0] == '0') {
				return "", false
			}
			sep = c
			groups++
			group = 0
		default:
			return "", false
		}
	}
	if groups > 0 && !seenPoint && group != 3 {
		return "", false
	}
	return string(out), len(out) > 0
}

// NumberVotes counts, over the cells of a column, which conventions can read them.
type NumberVotes struct {
	Cells     int // that hold a number under one convention at least
	Point     int // that only MarkPoint reads
	Comma     int // that only MarkComma reads
	Either    int // that both read, but as different numbers
	Neither   int // that hold something that is no number
	ExPoint   string
	ExComma   string
	ExEither  string
	ExNeither string
}

// Add counts one tidied cell; missing ones do not count.
func (v *NumberVotes) Add(s string) {
	if IsMissing(s) {
		return
	}
	p, _, okP := ParseNumber(s, MarkPoint)
	c, _, okC := ParseNumber(s, MarkComma)
	switch {
	case !okP && !okC:
		v.Neither++
		keepLess(&v.ExNeither, s)
		return
	case okP && !okC:
		v.Point++
		keepLess(&v.ExPoint, s)
	case okC && !okP:
		v.Comma++
		keepLess(&v.ExComma, s)
	case p.Cmp(c) != 0:
		v.Either++
		keepLess(&v.ExEither, s)
	}
	v.Cells++
}

// Merge adds the counts of other.
func (v *NumberVotes) Merge(other *NumberVotes) {
	v.Cells += other.Cells
	v.Point += other.Point
	v.Comma += other.Comma
	v.Either += other.Either
	v.Neither += other.Neither
	keepLess(&v.ExPoint, other.ExPoint)
	keepLess(&v.ExComma, other.ExComma)
	keepLess(&v.ExEither, other.ExEither)
	keepLess(&v.ExNeither, other.ExNeither)
}

// Decide returns the convention. decided is false where some cell has two readings and
// none decides; mixed is true where both conventions occur and neither is an exception
// (one cell in a hundred at most).
func (v *NumberVotes) Decide() (mark Mark, decided, mixed bool) {
	switch {
	case v.Point > 0 && v.Comma > 0:
		if v.Comma*99 <= v.Point {
			return MarkPoint, true, false
		}
		if v.Point*99 <= v.Comma {
			return MarkComma, true, false
		}
		return MarkAuto, false, true
	case v.Comma > 0:
		return MarkComma, true, false
	case v.Point > 0:
		return MarkPoint, true, false
	}
	return MarkPoint, v.Either == 0, false
}

// keepLess keeps the smaller example, so that merging parts in any order gives the same.
func keepLess(to *string, s string) {
	if s != "" && (*to == "" || s < *to) {
		*to = s
	}
}
