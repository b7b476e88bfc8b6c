package xlsxfile

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// appendText appends the character data of b: markup, comments and processing
// instructions in it are left out, CDATA is taken as it is, references are resolved.
func appendText(dst, b []byte) []byte {
	for len(b) > 0 {
		i := bytes.IndexByte(b, '<')
		if i < 0 {
			return appendUnescaped(dst, b)
		}
		dst = appendUnescaped(dst, b[:i])
		b = b[i:]
		if bytes.HasPrefix(b, cdataStart) {
			b = b[len(cdataStart):]
			end := bytes.Index(b, []byte("]]>"))
			if end < 0 {
				return append(dst, b...)
			}
			dst = append(dst, b[:end]...)
			b = b[end+3:]
			continue
		}
		c := cursor{b: b}
		if _, ok := c.step(); !ok {
			return dst
		}
		b = b[c.i:]
	}
	return dst
}

// appendUnescaped appends text with its references resolved and its line ends made
// \n, as XML asks for. What is no reference stays as it is.
func appendUnescaped(dst, b []byte) []byte {
	for len(b) > 0 {
		i := bytes.IndexAny(b, "&\r")
		if i < 0 {
			break
		}
		dst = append(dst, b[:i]...)
		b = b[i:]
		if b[0] == '\r' {
			dst = append(dst, '\n')
			if b = b[1:]; len(b) > 0 && b[0] == '\n' {
				b = b[1:]
			}
			continue
		}
		r, n := reference(b)
		if n == 0 {
			dst = append(dst, '&')
			b = b[1:]
			continue
		}
		dst = utf8.AppendRune(dst, r)
		b = b[n:]
	}
	return append(dst, b...)
}

// reference reads "&amp;", "&#38;" or "&#x26;" at the start of b; n is its length, 0
// where there is none.
func reference(b []byte) (r rune, n int) {
	const longest = len("&#x10FFFF;")
	end := bytes.IndexByte(b[:min(len(b), longest)], ';')
	if end < 2 {
		return 0, 0
	}
	name := string(b[1:end])
	switch name {
	case "amp":
		return '&', end + 1
	case "lt":
		return '<', end + 1
	case "gt":
		return '>', end + 1
	case "quot":
		return '"', end + 1
	case "apos":
		return '\'', end + 1
	}
	if name[0] != '#' {
		return 0, 0
	}
	digits, base := name[1:], 10
	if digits != "" && (digits[0] == 'x' || digits[0] == 'X') {
		digits, base = digits[1:], 16
	}
	v, err := strconv.ParseUint(digits, base, 32)
	if err != nil || v > utf8.MaxRune || !utf8.ValidRune(rune(v)) {
		return 0, 0
	}
	return rune(v), end + 1
}

// unescapeX resolves, from text[from:], the office programs' own notation for
// characters that XML cannot hold: _x000D_ is a carriage return and _x005F_ the
// underscore of a text that looks like one (ECMA-376 part 1, 22.4.2.4).
func unescapeX(text []byte, from int) []byte {
	i := bytes.Index(text[from:], []byte("_x"))
	if i < 0 {
		return text
	}
	out := from + i
	for in := out; in < len(text); {
		if v, ok := hexEscape(text[in:]); ok {
			// Seven bytes become at most three: out never overtakes in.
			out += utf8.EncodeRune(text[out:], v)
			in += len("_x0000_")
			continue
		}
		text[out] = text[in]
		out++
		in++
	}
	return text[:out]
}

func hexEscape(b []byte) (r rune, ok bool) {
	if len(b) < 7 || b[0] != '_' || b[1] != 'x' || b[6] != '_' {
		return 0, false
	}
	for _, c := range b[2:6] {
		switch {
		case '0' <= c && c <= '9':
			r = r<<4 | rune(c-'0')
		case 'a' <= c && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case 'A' <= c && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return r, utf8.ValidRune(r)
}

// appendNumber appends a stored number as a plain decimal; ok is false where b is none.
//
// A workbook holds binary floating point: what was typed as 4136.6 may be stored as
// 4136.6000000000004. The office programs show 15 significant digits and so does this.
// A whole number keeps all its digits: only other programs store more than 15, and they
// mean them (a meter's number, say).
func appendNumber(dst, b []byte) (text []byte, ok bool) {
	b = bytes.TrimSpace(b)
	digits, significant, dot, whole := 0, 0, -1, b
	if len(whole) > 0 && (whole[0] == '-' || whole[0] == '+') {
		whole = whole[1:]
	}
	plain := true
	for i, c := range whole {
		switch {
		case '0' <= c && c <= '9':
			digits++
			if significant > 0 || c != '0' {
				significant++
			}
		case c == '.' && dot < 0:
			dot = i
		default:
			plain = false
		}
	}
	if digits == 0 {
		return dst, false
	}
	if plain && dot < 0 && len(b) <= 40 || plain && significant <= 15 && len(b) <= 40 && dot > 0 && dot < len(whole)-1 {
		if b[0] == '+' {
			b = b[1:]
		}
		return append(dst, b...), true
	}
	f, err := strconv.ParseFloat(string(b), 64)
	if err != nil || f != f || f > 1e300 || f < -1e300 {
		return dst, false
	}
	return appendPlain(dst, f), true
}

// appendPlain writes f with up to 15 significant digits and no exponent.
func appendPlain(dst []byte, f float64) []byte {
	var room [32]byte
	e := strconv.AppendFloat(room[:0], f, 'e', 14, 64)
	// e is like -4.13660000000000e+03.
	if e[0] == '-' {
		dst = append(dst, '-')
		e = e[1:]
	}
	mark := bytes.IndexByte(e, 'e')
	exp, _ := strconv.Atoi(string(e[mark+1:]))
	digits := append([]byte{e[0]}, e[2:mark]...)
	digits = bytes.TrimRight(digits, "0")
	switch {
	case len(digits) == 0:
		dst = append(bytes.TrimSuffix(dst, []byte("-")), '0')
	case exp < 0:
		dst = append(dst, "0."...)
		dst = append(dst, bytes.Repeat([]byte("0"), -exp-1)...)
		dst = append(dst, digits...)
	case exp >= len(digits)-1:
		dst = append(dst, digits...)
		dst = append(dst, bytes.Repeat([]byte("0"), exp+1-len(digits))...)
	default:
		dst = append(dst, digits[:exp+1]...)
		dst = append(dst, '.')
		dst = append(dst, digits[exp+1:]...)
	}
	return dst
}
