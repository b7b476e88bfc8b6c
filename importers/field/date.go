package field

import (
	"strconv"
	"strings"

	"whybill/anomaly"
)

// Order is how a date is read whose form alone does not say which part is which:
// "01/02/2026", "05-06-07", "970630". Forms with a year of four digits in front, with
// a year of three digits (Republic of China), of seven or eight digits, with the name
// of a month, and Excel serials mean the same under every order.
type Order uint8

// The orders. Their names are the values of the flag that sets them.
const (
	OrderAuto Order = iota
	DMY
	MDY
	YMD       // two-digit years in front are Gregorian: 26/03/01
	ROC       // two-digit years in front count from 1912: 97/06/30 is 2008-06-30
	Excel1904 // serials count from 1904-01-01 (old Macintosh workbooks)
	orderCount
)

var orderNames = [orderCount]string{"auto", "dmy", "mdy", "ymd", "roc", "excel1904"}

// String returns the value of the flag that sets the order.
func (o Order) String() string { return orderNames[o] }

// ParseOrder reads the value of the flag.
func ParseOrder(s string) (Order, bool) {
	for o, name := range orderNames {
		if s == name {
			return Order(o), true
		}
	}
	return OrderAuto, s == ""
}

// rocOffset turns a year of the Republic of China into a Gregorian one.
const rocOffset = 1911

// The window in which a date must lie whose year is written with two or three digits or
// as a serial: outside of it the reading is not taken for meant.
var (
	windowFrom = anomaly.MustDate("1970-01-01")
	windowTo   = anomaly.MustDate("2099-12-31")
)

// Excel serials of the window: 1900 system, then 1904 system.
var (
	epoch1900 = anomaly.MustDate("1899-12-30") // serial 60 is a day that never was; all later ones fit this
	epoch1904 = anomaly.MustDate("1904-01-01")
)

// PlainDate reads an ISO date, the fast path of ParseDate.
func PlainDate(s string) (anomaly.Date, bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	n := [8]int{}
	j := 0
	for i := range 10 {
		if i == 4 || i == 7 {
			continue
		}
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		n[j] = int(c)
		j++
	}
	d, ok := anomaly.NewDate(n[0]*1000+n[1]*100+n[2]*10+n[3], n[4]*10+n[5], n[6]*10+n[7])
	if d < anomaly.MinDate || d > anomaly.MaxDate {
		return 0, false
	}
	return d, ok
}

// ParseDate reads a tidied cell as a date under an order; a time of day that follows
// is left out.
func ParseDate(s string, order Order) (anomaly.Date, bool) {
	if d, ok := PlainDate(s); ok {
		return d, true
	}
	var p parts
	if !p.scan(s) {
		return 0, false
	}
	d := p.date(order)
	return d, d != 0
}

// Moment is a date and, with HasTime, a time of day in Seconds after midnight, as a
// clock on the wall shows them. With HasOffset the cell also says by how many seconds
// that clock is ahead of UTC; Z is an offset of 0. The offset is not applied.
type Moment struct {
	On        anomaly.Date
	Seconds   int
	HasTime   bool
	Offset    int
	HasOffset bool
}

// ParseMoment reads a tidied cell as a date with an optional time of day and zone.
func ParseMoment(s string, order Order) (m Moment, ok bool) {
	if d, ok := PlainDate(s); ok {
		return Moment{On: d}, true
	}
	var p parts
	if !p.scan(s) {
		return Moment{}, false
	}
	m = Moment{On: p.date(order), Seconds: p.seconds, HasTime: p.hasTime, Offset: p.offset, HasOffset: p.hasOffset}
	return m, m.On != 0
}

// ParseMonth reads a tidied cell that names one month or a run of months: "2026-03",
// "Mar 2026", "115年07月", "115年03-04月", "109/08", "11104", "202603".
func ParseMonth(s string) (first anomaly.Date, months int, ok bool) {
	var p parts
	if !p.scan(s) || p.hasTime {
		return 0, 0, false
	}
	year, month, last := 0, 0, 0
	switch {
	case p.n == 1 && p.len[0] == 6 && p.month == 0 && !p.roc:
		year, month = p.val[0]/100, p.val[0]%100
	case p.n == 1 && p.len[0] == 5 && p.month == 0:
		year, month = p.val[0]/100+rocOffset, p.val[0]%100
	case p.n == 1 && p.month > 0:
		year, month = p.val[0], p.month
		if p.len[0] < 4 {
			return 0, 0, false
		}
	case p.n == 3 && p.monthEnd: // 115年03-04月
		year, month, last = p.year(0, ROC), p.val[1], p.val[2]
	case p.n == 2 && p.month == 0:
		switch {
		case p.len[1] == 4 && p.len[0] <= 2:
			year, month = p.val[1], p.val[0]
		case p.len[0] >= 3 || p.roc:
			year, month = p.year(0, ROC), p.val[1]
		}
	}
	first, ok = anomaly.NewDate(year, month, 1)
	if !ok || first < windowFrom || first > windowTo {
		return 0, 0, false
	}
	if last == 0 {
		return first, 1, true
	}
	if last < month || last > 12 {
		return 0, 0, false
	}
	return first, last - month + 1, true
}

// rangeMarks separate the two ends of a period in one cell, the longest first.
var rangeMarks = []string{"~", "至", "到", "；", ";", " - ", " to ", "..", "->", "→"}

// ParseRange reads a tidied cell that holds both ends of a period, such as
// "109/05/27~109/07/26" or "113/01/01至113/01/31", or names a month, which gives a
// period that is half-open already (whole).
func ParseRange(s string, order Order) (from, to anomaly.Date, whole, ok bool) {
	for _, mark := range rangeMarks {
		a, b, found := strings.Cut(s, mark)
		if !found {
			continue
		}
		from, okA := ParseDate(Trim(a), order)
		to, okB := ParseDate(Trim(b), order)
		if okA && okB {
			return from, to, false, true
		}
	}
	if first, months, ok := ParseMonth(s); ok {
		return first, first.AddMonths(months), true, true
	}
	if n := len(s); n%2 == 1 && n >= 13 && s[n/2] == '-' { // 20260101-20260228
		from, okA := ParseDate(s[:n/2], order)
		to, okB := ParseDate(s[n/2+1:], order)
		if okA && okB {
			return from, to, false, true
		}
	}
	return 0, 0, false, false
}

// SplitRange returns the two ends of a range as text, for votes on their order.
func SplitRange(s string) (from, to string, ok bool) {
	for _, mark := range rangeMarks {
		if a, b, found := strings.Cut(s, mark); found {
			return Trim(a), Trim(b), true
		}
	}
	return "", "", false
}

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

// maxOffsetHours bounds the offsets of zones as ISO 8601 files have them: the largest in
// use is 14 hours.
const maxOffsetHours = 14

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

var monthNames = [...]string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

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

// DateVotes counts, over the cells of a column, which orders can read them.
type DateVotes struct {
	Cells     int // that hold a date
	Open      int // of these, how many depend on the order
	Century   int // dates with a three-digit or seven-digit ROC year
	Neither   int // cells that hold no date
	Fit       [orderCount]int
	only      [orderCount][orderCount]int // read by the first and not by the second
	differ    [orderCount][orderCount]int // read by both, as different days
	Example   [orderCount]string          // that only this order, of DMY, MDY and ROC, reads
	ExOpen    string                      // that several orders read differently
	ExNeither string
}

// openOrders are the orders between which a sample has to decide. YMD with two-digit
// years is not among them: it has to be declared.
var openOrders = [...]Order{DMY, MDY, ROC}

// Add counts one tidied cell; missing ones do not count.
func (v *DateVotes) Add(s string) {
	if IsMissing(s) {
		return
	}
	if _, ok := PlainDate(s); ok {
		v.Cells++
		return
	}
	var p parts
	if !p.scan(s) {
		if _, _, ok := ParseMonth(s); !ok {
			v.Neither++
			keepLess(&v.ExNeither, s)
		} else {
			v.Cells++
		}
		return
	}
	var days [orderCount]anomaly.Date
	fits, same := 0, true
	var first anomaly.Date
	for _, o := range openOrders {
		if days[o] = p.date(o); days[o] != 0 {
			fits++
			if first == 0 {
				first = days[o]
			}
			same = same && days[o] == first
		}
	}
	if fits == 0 {
		if _, _, ok := ParseMonth(s); ok {
			v.Cells++
			return
		}
		v.Neither++
		keepLess(&v.ExNeither, s)
		return
	}
	v.Cells++
	if fits == len(openOrders) && same {
		if p.roc || p.len[0] == 3 || p.len[0] == 7 {
			v.Century++
		}
		return
	}
	v.Open++
	for _, a := range openOrders {
		if days[a] == 0 {
			continue
		}
		v.Fit[a]++
		if fits == 1 {
			keepLess(&v.Example[a], s)
		}
		for _, b := range openOrders {
			if days[b] == 0 {
				v.only[a][b]++
			} else if days[b] != days[a] {
				v.differ[a][b]++
				keepLess(&v.ExOpen, s)
			}
		}
	}
}

// Merge adds the counts of other.
func (v *DateVotes) Merge(other *DateVotes) {
	v.Cells += other.Cells
	v.Open += other.Open
	v.Century += other.Century
	v.Neither += other.Neither
	for a := range orderCount {
		v.Fit[a] += other.Fit[a]
		keepLess(&v.Example[a], other.Example[a])
		for b := range orderCount {
			v.only[a][b] += other.only[a][b]
			v.differ[a][b] += other.differ[a][b]
		}
	}
	keepLess(&v.ExOpen, other.ExOpen)
	keepLess(&v.ExNeither, other.ExNeither)
}

// Decide returns the order. rivals holds the orders between which the cells do not
// decide: all of them read the column, differently. mixed is true where cells of
// several orders occur and none is an exception (one in a hundred at most).
func (v *DateVotes) Decide() (order Order, rivals []Order, mixed bool) {
	if v.Open == 0 {
		return OrderAuto, nil, false
	}
	best := DMY
	for _, o := range openOrders {
		if v.Fit[o] > v.Fit[best] || v.Fit[o] == v.Fit[best] && o == ROC && v.Century > 0 {
			best = o
		}
	}
	rivals = []Order{best}
	for _, o := range openOrders {
		if o == best || v.Fit[o] == 0 {
			continue
		}
		against, for_ := v.only[o][best], v.only[best][o]
		switch {
		case against > 0 && against*99 > for_:
			return OrderAuto, nil, true
		case for_ == 0 && v.differ[best][o] > 0 && !(best == ROC && v.Century > 0):
			rivals = append(rivals, o)
		}
	}
	if len(rivals) > 1 {
		return OrderAuto, rivals, false
	}
	return best, nil, false
}
