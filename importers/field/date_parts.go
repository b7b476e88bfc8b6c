package field

import (
	"strconv"
	"strings"

	"whybill/anomaly"
)

var monthNames = [...]string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

// maxOffsetHours bounds the offsets of zones as ISO 8601 files have them: the largest in
// use is 14 hours.
const maxOffsetHours = 14

// parts is a date in pieces: up to three numbers and perhaps a month's name.
type parts struct {
	val, len [3]int
	n        int
	month    int // by name; its place among the numbers is monthAt
	monthAt  int
	roc      bool // 民國 or 中華民國 stands in front
	monthEnd bool // the last number is followed by 月
	fraction bool // a decimal fraction follows one number: a serial with a time
	hasTime  bool
	seconds  int
	// hasOffset: the zone behind the time is one of offset seconds ahead of UTC.
	hasOffset bool
	offset    int
}

func (p *parts) scan(s string) bool {
	for _, prefix := range [...]string{"中華民國", "中华民国", "民國", "民国", "西元", "公元"} {
		if strings.HasPrefix(s, prefix) {
			p.roc = strings.Contains(prefix, "民")
			s = Trim(s[len(prefix):])
			break
		}
	}
	for s != "" {
		switch c := s[0]; {
		case isDigit(c):
			if p.n == 3 {
				return false
			}
			i, v := 0, 0
			for i < len(s) && isDigit(s[i]) {
				if i == 14 {
					return false
				}
				v = v*10 + int(s[i]-'0')
				i++
			}
			if i == 14 && p.n == 0 { // 20260301143000
				p.setTime(v/10000%100, v/100%100, v%100)
				v /= 1000000
				p.val[0], p.len[0], p.n = v, 8, 1
				return len(s) == 14 && p.seconds >= 0
			}
			p.val[p.n], p.len[p.n] = v, i
			p.n++
			s = s[i:]
			if p.complete() {
				return p.rest(s)
			}
			var ok bool
			if s, ok = p.separator(s); !ok {
				return false
			}
		case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z':
			i := 0
			for i < len(s) && (s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z') {
				i++
			}
			m := monthByName(s[:i])
			if m == 0 || p.month != 0 {
				return false
			}
			p.month, p.monthAt = m, p.n
			s = strings.TrimLeft(s[i:], " -/.,'")
		default:
			return false
		}
	}
	return p.n > 0
}

// complete reports whether all numbers of a date have been read.
func (p *parts) complete() bool {
	return p.n == 3 || p.n == 2 && p.month != 0 || p.n == 1 && p.month == 0 && p.len[0] >= 7
}

func (p *parts) separator(s string) (rest string, ok bool) {
	if s == "" {
		return s, true
	}
	switch s[0] {
	case '/', '-':
		if len(s) == 1 {
			return s, false
		}
		return s[1:], true
	case '.':
		if p.n == 1 && p.len[0] == 5 {
			p.fraction = true
		}
		return strings.TrimLeft(s[1:], " "), len(s) > 1
	case ' ', ',':
		rest = strings.TrimLeft(s, " ,")
		if strings.HasPrefix(rest, "年") || strings.HasPrefix(rest, "月") {
			return p.separator(rest)
		}
		return rest, p.month != 0 || rest != "" && !isDigit(rest[0]) || strings.ContainsAny(rest, "年月/")
	}
	for _, word := range [...]string{"年", "月", "日"} {
		if strings.HasPrefix(s, word) {
			if word == "月" && len(s) == len(word) {
				p.monthEnd = p.n == 2 || p.n == 3
			}
			return strings.TrimLeft(s[len(word):], " "), true
		}
	}
	if s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z' { // 1Jan2026
		return s, true
	}
	return s, false
}

// rest reads what follows a date: nothing, 日 or 月, or a time of day with a zone.
func (p *parts) rest(s string) bool {
	if strings.HasPrefix(s, "月") {
		p.monthEnd = true
		return s == "月"
	}
	s = strings.TrimPrefix(s, "日")
	if s == "" {
		return true
	}
	if s[0] != ' ' && s[0] != 'T' && s[0] != 't' && s[0] != ',' {
		return false
	}
	s = strings.TrimLeft(s, "Tt ,")
	afternoon, morning := false, false
	for _, word := range [...]string{"下午", "PM", "pm", "p.m."} {
		if strings.Contains(s, word) {
			afternoon, s = true, Trim(strings.Replace(s, word, "", 1))
		}
	}
	for _, word := range [...]string{"上午", "AM", "am", "a.m."} {
		if strings.Contains(s, word) {
			morning, s = true, Trim(strings.Replace(s, word, "", 1))
		}
	}
	if s == "" {
		return false
	}
	num := [3]int{}
	k, width := 0, 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && isDigit(s[i]) {
			if width++; width > 2 {
				return false
			}
			num[k] = num[k]*10 + int(s[i]-'0')
			continue
		}
		if width == 0 {
			return false
		}
		width = 0
		if i == len(s) || s[i] != ':' || k == 2 {
			if i < len(s) {
				if !isZone(s[i:]) {
					return false
				}
				p.offset, p.hasOffset = offset(s[i:])
			}
			break
		}
		k++
	}
	if k == 0 {
		return false
	}
	if afternoon && num[0] < 12 {
		num[0] += 12
	}
	if morning && num[0] == 12 {
		num[0] = 0
	}
	p.setTime(num[0], num[1], num[2])
	return p.seconds >= 0
}

func (p *parts) setTime(h, m, s int) {
	p.hasTime = true
	p.seconds = h*3600 + m*60 + s
	if h > 24 || m > 59 || s > 59 || h == 24 && m+s > 0 {
		p.seconds = -1
	}
}

// isZone accepts fractions of a second and a zone: ".000", "Z", "+08:00", " +0800", " UTC".
func isZone(s string) bool {
	if len(s) > 20 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isDigit(c) && strings.IndexByte(".:+- ZzUTCGM", c) < 0 {
			return false
		}
	}
	return true
}

// offset reads what isZone accepts: seconds ahead of UTC, and whether it names any.
func offset(s string) (seconds int, ok bool) {
	if s[0] == '.' { // fractions of a second
		s = strings.TrimLeft(s[1:], "0123456789")
	}
	s = Trim(s)
	if s == "Z" || s == "z" {
		return 0, true
	}
	zone := strings.TrimPrefix(strings.TrimPrefix(s, "UTC"), "GMT")
	if zone == "" {
		return 0, s != ""
	}
	digits := strings.Replace(zone[1:], ":", "", 1)
	if zone[0] != '+' && zone[0] != '-' || len(digits) == 0 || len(digits) > 4 || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	hours, minutes := digits, "0"
	if len(digits) > 2 {
		hours, minutes = digits[:len(digits)-2], digits[len(digits)-2:]
	}
	h, _ := strconv.Atoi(hours) // two digits at most
	m, _ := strconv.Atoi(minutes)
	if h > maxOffsetHours || m > 59 {
		return 0, false
	}
	if seconds = h*3600 + m*60; zone[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

// year reads number i as a year; 0 where it cannot be one.
func (p *parts) year(i int, order Order) int {
	v := p.val[i]
	if p.roc {
		return v + rocOffset
	}
	switch {
	case p.len[i] == 4 && v >= 1000:
		return v
	case p.len[i] == 3 || p.len[i] == 4:
		return v + rocOffset
	case p.len[i] <= 2 && order == ROC:
		return v + rocOffset
	case p.len[i] == 2 && v < 70:
		return 2000 + v
	case p.len[i] == 2:
		return 1900 + v
	}
	return 0
}

func (p *parts) date(order Order) anomaly.Date {
	if p.month != 0 {
		return p.named()
	}
	switch {
	case p.n == 1 || p.n == 2 && p.fraction:
		return p.number(order)
	case p.n != 3 || p.monthEnd:
		return 0
	case p.len[1] > 2:
		return 0
	case p.roc || p.len[0] >= 3:
		if p.len[2] > 2 {
			return 0
		}
		return p.make(p.year(0, ROC), p.val[1], p.val[2], p.len[0] == 4 && p.val[0] >= 1000 && !p.roc)
	}
	full := p.len[2] == 4
	if p.len[2] == 3 || p.len[2] > 4 {
		return 0
	}
	switch order {
	case DMY:
		return p.make(p.year(2, order), p.val[1], p.val[0], full)
	case MDY:
		return p.make(p.year(2, order), p.val[0], p.val[1], full)
	case YMD, ROC:
		if full {
			return 0
		}
		return p.make(p.year(0, order), p.val[1], p.val[2], false)
	}
	// Without an order only a date that reads the same in all of them is a date.
	d, m := p.date(DMY), p.date(MDY)
	if d == m && (full || !p.canROC()) {
		return d
	}
	return 0
}

func (p *parts) canROC() bool {
	return p.make(p.year(0, ROC), p.val[1], p.val[2], false) != 0
}

// named reads a date with the name of its month: 1-Jan-2026, Jan 1, 2026.
func (p *parts) named() anomaly.Date {
	if p.n != 2 {
		return 0
	}
	day, year := 0, 1
	if p.len[0] == 4 {
		day, year = 1, 0
	}
	return p.make(p.year(year, DMY), p.month, p.val[day], p.len[year] == 4)
}

// number reads a date that is one number.
func (p *parts) number(order Order) anomaly.Date {
	v := p.val[0]
	switch p.len[0] {
	case 8:
		return p.make(v/10000, v/100%100, v%100, true)
	case 7:
		return p.make(v/10000+rocOffset, v/100%100, v%100, false)
	case 6:
		if order == ROC || p.roc {
			return p.make(v/10000+rocOffset, v/100%100, v%100, false)
		}
		if order == YMD {
			return p.make(2000+v/10000, v/100%100, v%100, false)
		}
	case 5:
		epoch := epoch1900
		if order == Excel1904 {
			epoch = epoch1904
		}
		if d := epoch.AddDays(v); d >= windowFrom && d <= windowTo {
			return d
		}
	}
	return 0
}

// make checks the calendar and, for years that were not written in full, the window.
func (p *parts) make(y, m, d int, full bool) anomaly.Date {
	date, ok := anomaly.NewDate(y, m, d)
	if !ok || date < anomaly.MinDate || date > anomaly.MaxDate || !full && (date < windowFrom || date > windowTo) {
		return 0
	}
	return date
}

// monthByName knows English month names and their usual abbreviations.
func monthByName(s string) int {
	if len(s) < 3 || len(s) > 9 {
		return 0
	}
	for i, name := range monthNames {
		if strings.EqualFold(s[:3], name) {
			return i + 1
		}
	}
	return 0
}
