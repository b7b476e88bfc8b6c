package anomaly

import (
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

func (w *jsonWriter) usage(f float64) { w.number(f, 3) }

func (w *jsonWriter) nullUsage(u NullUsage) {
	if !u.Valid {
		w.raw(`null`)
		return
	}
	w.usage(u.Value)
}

// number writes f with at most digits decimals, without trailing zeros.
func (w *jsonWriter) number(f float64, digits int) {
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		w.raw(`null`)
		return
	case math.Abs(f) >= 1e15:
		w.b = strconv.AppendFloat(w.b, f, 'e', -1, 64)
		return
	}
	start := len(w.b)
	w.b = strconv.AppendFloat(w.b, f, 'f', digits, 64)
	if slices.Contains(w.b[start:], '.') {
		end := len(w.b)
		for w.b[end-1] == '0' {
			end--
		}
		if w.b[end-1] == '.' {
			end--
		}
		w.b = w.b[:end]
	}
	if string(w.b[start:]) == "-0" {
		w.b = append(w.b[:start], '0')
	}
}

// units writes n/probabilityUnits.
func (w *jsonWriter) units(n int) { w.number(float64(n)/probabilityUnits, 4) }

func (w *jsonWriter) date(d Date) {
	if d.IsZero() {
		w.raw(`null`)
		return
	}
	w.raw(`"`)
	w.b = d.AppendText(w.b)
	w.raw(`"`)
}

func (w *jsonWriter) message(m Message) { w.text(w.say(m)) }

func (w *jsonWriter) messageOrNull(m Message) {
	if m.Key == "" {
		w.raw(`null`)
		return
	}
	w.message(m)
}

func (w *jsonWriter) textOrNull(s string) {
	if s == "" {
		w.raw(`null`)
		return
	}
	w.text(s)
}

// text writes a JSON string. What is not valid UTF-8 becomes U+FFFD, as encoding/json
// has it; U+2028 and U+2029 are escaped because JavaScript takes them for line ends.
func (w *jsonWriter) text(s string) {
	const hex = "0123456789abcdef"
	b := append(w.b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			switch {
			case c == '"' || c == '\\':
				b = append(b, '\\', c)
			case c == '\n':
				b = append(b, '\\', 'n')
			case c == '\t':
				b = append(b, '\\', 't')
			case c == '\r':
				b = append(b, '\\', 'r')
			case c < 0x20 || c == 0x7f:
				b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			default:
				b = append(b, c)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b = append(b, `\ufffd`...)
		case r == 0x2028 || r == 0x2029:
			b = append(b, '\\', 'u', '2', '0', '2', hex[r&15])
		default:
			b = append(b, s[i:i+size]...)
		}
		i += size
	}
	w.b = append(b, '"')
}
