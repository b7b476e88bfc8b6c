package field

import (
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
