package xlsxfile

import (
	"archive/zip"
	"encoding/xml"
	"math"
	"strconv"
	"strings"

	"whybill/anomaly"
)

// format is what a number format says about the meaning of a number.
type format struct {
	class formatClass
	mask  string // classMask: the format's zeros and what stands between them
}

type formatClass uint8

const (
	classNumber formatClass = iota
	classDate
	classDateTime
	classTime
	classDuration // [h]:mm, hours beyond a day
	classMask     // 00-00-0000-00-0: digits that are an identity, not a quantity
)

// readStyles returns, for each cell style, its number format.
func readStyles(f *zip.File) ([]format, error) {
	var (
		styles []format
		custom = map[string]format{}
		inside bool // cellXfs, not cellStyleXfs
	)
	err := elements(f, func(e *xml.StartElement) {
		switch e.Name.Local {
		case "numFmt":
			custom[attribute(e, "numFmtId")] = classify(attribute(e, "formatCode"))
		case "cellXfs":
			inside = true
		case "cellStyles", "cellStyleXfs", "dxfs":
			inside = false
		case "xf":
			if !inside {
				return
			}
			id := attribute(e, "numFmtId")
			style, ok := custom[id]
			if !ok {
				style = builtIn(id)
			}
			styles = append(styles, style)
		}
	})
	return styles, err
}

// builtIn returns the formats that have a number and no code (ECMA-376 part 1,
// 18.8.30, with those of the Chinese and Japanese editions).
func builtIn(id string) format {
	n, err := strconv.Atoi(id)
	switch {
	case err != nil:
		return format{}
	case n == 22:
		return format{class: classDateTime}
	case n >= 14 && n <= 17, n >= 27 && n <= 31, n == 36, n >= 50 && n <= 54, n == 57, n == 58:
		return format{class: classDate}
	case n == 46:
		return format{class: classDuration}
	// 34, 35, 55 and 56 are dates in one edition and times in another: the value tells.
	case n >= 18 && n <= 21, n >= 32 && n <= 35, n == 45, n == 47, n == 55, n == 56:
		return format{class: classTime}
	}
	return format{}
}

// classify reads a format code as far as it tells a date from a number. Only its first
// section, the one for positive numbers, counts.
func classify(code string) format {
	if strings.HasPrefix(strings.ToLower(code), "general") {
		return format{}
	}
	var date, clock, month, elapsed, digits, other bool
	var mask []byte
	zeros := 0
loop:
	for i := 0; i < len(code); i++ {
		c := code[i]
		literal := ""
		switch c {
		case ';':
			break loop
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				break loop
			}
			literal = code[i+1 : i+1+end]
			i += end + 1
		case '\\':
			if i++; i < len(code) {
				literal = code[i : i+1]
			}
		case '_', '*':
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				break loop
			}
			if token := strings.ToLower(code[i+1 : i+end]); token != "" && strings.Trim(token, token[:1]) == "" && strings.Contains("hms", token[:1]) {
				elapsed = true
			}
			i += end
		case '0':
			zeros++
			digits = true
			mask = append(mask, '0')
		case '#', '?', '@', '%', ',', '.':
			digits = true
			other = true
		case '-', ' ', '/', '(', ')':
			literal = code[i : i+1]
		default:
			// A letter behind digits is a unit that somebody forgot to quote, except
			// behind the seconds of a time.
			if digits && !clock && !elapsed {
				other = true
				continue
			}
			switch c {
			case 'y', 'Y', 'd', 'D', 'e', 'E', 'g', 'G', 'b', 'B':
				date = true
			case 'm', 'M':
				month = true
			case 'h', 'H', 's', 'S':
				clock = true
			default:
				other = true
			}
		}
		if literal != "" {
			mask = append(mask, literal...)
			if strings.ContainsAny(literal, "0") {
				other = true // could not be told from the mask's own zeros
			}
		}
	}
	switch {
	case elapsed:
		return format{class: classDuration}
	case date && clock:
		return format{class: classDateTime}
	case date, month && !clock:
		return format{class: classDate}
	case clock:
		return format{class: classTime}
	case zeros >= 2 && !other:
		return format{class: classMask, mask: string(mask)}
	}
	return format{}
}

// The days that serial 0 stands for. In the 1900 system the day after 1900-02-28 is a
// 29 February that never was, serial 60: before it, serials are one day off.
var (
	epoch1900 = anomaly.MustDate("1899-12-30")
	epoch1904 = anomaly.MustDate("1904-01-01")
)

const (
	maxSerial     = 2958465 // 9999-12-31 in the 1900 system
	secondsPerDay = 86400
)

// apply gives a number the form that its format asks for; ok is false where it is
// just a number.
func (f format) apply(dst, number []byte, date04 bool) (text []byte, kind Kind, ok bool) {
	if f.class == classMask {
		return f.applyMask(dst, number)
	}
	serial, err := strconv.ParseFloat(string(number), 64)
	if err != nil || serial < 0 || serial > maxSerial {
		return dst, Number, false
	}
	seconds := int64(math.Round(serial * secondsPerDay))
	if f.class == classDuration {
		return appendClock(dst, seconds), Time, true
	}
	days, clock := seconds/secondsPerDay, seconds%secondsPerDay
	if days == 0 && !date04 {
		if clock == 0 && f.class != classTime {
			return dst, Number, false // a zero that was given a date's format
		}
		return appendClock(dst, clock), Time, true
	}
	day := epoch1900.AddDays(int(days))
	switch {
	case date04:
		day = epoch1904.AddDays(int(days))
	case days == 60:
		return dst, Number, false
	case days < 60:
		day = day.AddDays(1)
	}
	dst = day.AppendText(dst)
	if f.class != classDate && clock != 0 {
		dst = append(dst, ' ')
		dst = appendClock(dst, clock)
	}
	return dst, Date, true
}

// applyMask writes a whole number into the mask from the right, as it is shown.
func (f format) applyMask(dst, number []byte) (text []byte, kind Kind, ok bool) {
	for _, c := range number {
		if c < '0' || c > '9' {
			return dst, Number, false
		}
	}
	zeros := strings.Count(f.mask, "0")
	pad := max(0, zeros-len(number))
	extra := max(0, len(number)-zeros) // digits that the mask has no place for go first
	for i := range len(f.mask) {
		if f.mask[i] != '0' {
			dst = append(dst, f.mask[i])
			continue
		}
		if extra > 0 {
			dst = append(dst, number[:extra]...)
			number, extra = number[extra:], 0
		}
		if pad > 0 {
			dst = append(dst, '0')
			pad--
			continue
		}
		dst = append(dst, number[0])
		number = number[1:]
	}
	if strings.Trim(f.mask, "0") == "" {
		return dst, Number, true
	}
	return dst, Text, true
}

// appendClock writes hours and minutes, and seconds where there are any.
func appendClock(dst []byte, seconds int64) []byte {
	h, m, s := seconds/3600, seconds/60%60, seconds%60
	if h < 10 {
		dst = append(dst, '0')
	}
	dst = strconv.AppendInt(dst, h, 10)
	dst = append(dst, ':', byte('0'+m/10), byte('0'+m%10))
	if s != 0 {
		dst = append(dst, ':', byte('0'+s/10), byte('0'+s%10))
	}
	return dst
}
