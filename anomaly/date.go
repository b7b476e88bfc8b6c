package anomaly

import (
	"strconv"
	"time"
)

// Date is a civil date: the number of days since 0001-01-01, plus one. The zero
// Date is no date. Dates carry no time zone; the difference of two is in days.
type Date int32

// The Dates that a file may hold; anything outside is taken for a typing error.
var (
	MinDate = MustDate("1900-01-01")
	MaxDate = MustDate("2199-12-31")
)

const unixEpochDay = 719162 // days from 0001-01-01 to 1970-01-01

// NewDate returns the Date of a year, month and day; ok is false where the
// calendar has no such day.
func NewDate(year, month, day int) (d Date, ok bool) {
	if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	// Days before this year and before this month, with March as the first month so
	// that the leap day comes last (Hinnant, "chrono-compatible low-level date algorithms").
	y, m := year, month
	if m <= 2 {
		y--
		m += 12
	}
	days := 365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + day - 1 - 306
	return Date(days + 1), true
}

// MustDate parses "2006-01-02" and panics on anything else; for literals.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// ParseDate reads an ISO date, "2006-01-02". Other notations are the importers' work.
func ParseDate(s string) (Date, error) {
	if len(s) == 10 && s[4] == '-' && s[7] == '-' {
		y, ok1 := digits(s[0:4])
		m, ok2 := digits(s[5:7])
		d, ok3 := digits(s[8:10])
		if ok1 && ok2 && ok3 {
			if date, ok := NewDate(y, m, d); ok {
				return date, nil
			}
		}
	}
	return 0, NewFault("fault.date", TextArg("value", strconv.Quote(s)))
}

func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		c := s[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// DateOf returns the civil date of t in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	date, _ := NewDate(y, int(m), d)
	return date
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == 0 }

// Civil returns year, month (1 to 12) and day of the month; zeros for no date.
func (d Date) Civil() (year, month, day int) {
	if d == 0 {
		return 0, 0, 0
	}
	// Inverse of NewDate, after the same source.
	z := int(d) - 1 + 306
	era := z / 146097
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = doy - (153*mp+2)/5 + 1
	month = mp + 3
	year = yoe + era*400
	if month > 12 {
		month -= 12
		year++
	}
	return year, month, day
}

// Year returns the calendar year.
func (d Date) Year() int { y, _, _ := d.Civil(); return y }

// Month returns the month, 1 to 12.
func (d Date) Month() int { _, m, _ := d.Civil(); return m }

// Day returns the day of the month, 1 to 31.
func (d Date) Day() int { _, _, day := d.Civil(); return day }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return time.Weekday((int(d)) % 7) }

// AddDays returns the date n days later (earlier where n is negative).
func (d Date) AddDays(n int) Date { return d + Date(n) }

// AddMonths returns the same day n months later, or that month's last day where it is shorter.
func (d Date) AddMonths(n int) Date {
	y, m, day := d.Civil()
	m0 := y*12 + m - 1 + n
	y, m = m0/12, m0%12+1
	date, _ := NewDate(y, m, min(day, daysIn(y, m)))
	return date
}

// Sub returns the days from earlier to d.
func (d Date) Sub(earlier Date) int { return int(d - earlier) }

// Time returns midnight UTC of the date.
func (d Date) Time() time.Time {
	return time.Unix((int64(d)-1-unixEpochDay)*86400, 0).UTC()
}

// String returns the ISO form, or "" for no date.
func (d Date) String() string { return string(d.AppendText(nil)) }

// AppendText appends the ISO form.
func (d Date) AppendText(b []byte) []byte {
	if d == 0 {
		return b
	}
	y, m, day := d.Civil()
	return append(b,
		byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10), '-',
		byte('0'+m/10), byte('0'+m%10), '-', byte('0'+day/10), byte('0'+day%10))
}

// MarshalText writes the ISO form; no date is the empty text.
func (d Date) MarshalText() ([]byte, error) { return d.AppendText(nil), nil }

// UnmarshalText reads the ISO form or the empty text.
func (d *Date) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*d = 0
		return nil
	}
	*d, err = ParseDate(string(text))
	return err
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// Period is the half-open range of days [Start, End): End is the first day that
// is not covered, which is also the day on which the closing reading is taken.
type Period struct{ Start, End Date }

// Days returns the number of days covered.
func (p Period) Days() int { return int(p.End - p.Start) }

// Contains reports whether d is covered.
func (p Period) Contains(d Date) bool { return p.Start <= d && d < p.End }

// Overlap returns the number of days that both periods cover.
func (p Period) Overlap(q Period) int {
	return max(0, int(min(p.End, q.End)-max(p.Start, q.Start)))
}

// Valid reports whether both ends are known and in order.
func (p Period) Valid() bool { return p.Start > 0 && p.End > p.Start }

// String returns "2026-01-01..2026-03-01", the end not included.
func (p Period) String() string { return p.Start.String() + ".." + p.End.String() }
