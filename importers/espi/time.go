package espi

import (
	"encoding/xml"
	"strconv"
	"time"

	"whybill/anomaly"
)

// localTime holds the rules that turn UTC into the meter's civil time. Offsets are in
// seconds.
type localTime struct {
	links
	offset     int64
	dstOffset  int64
	start, end dstRule
	valid      bool
}

func (l *localTime) read(d *xml.Decoder, e *xml.StartElement) error {
	var v struct {
		Start  string `xml:"dstStartRule"`
		End    string `xml:"dstEndRule"`
		DST    string `xml:"dstOffset"`
		Offset string `xml:"tzOffset"`
	}
	if err := decode(d, e, &v); err != nil {
		return err
	}
	const day = 24 * 60 * 60
	offset, err := strconv.ParseInt(trim(v.Offset), 10, 32)
	l.offset, l.valid = offset, err == nil && offset > -day && offset < day
	dst, err := strconv.ParseInt(trim(v.DST), 10, 32)
	if err == nil && dst > -day && dst < day {
		l.dstOffset = dst
	}
	l.start, l.end = parseRule(v.Start), parseRule(v.End)
	return nil
}

// dstRule says when daylight saving starts or ends: a bit field of the type DstRuleType
// in ESPI's schema. From the lowest bit: 12 bits seconds in the hour, 5 hour, 3 day of
// the week from Monday 1, 5 day of the month, 3 operator, 4 month.
type dstRule uint32

// noRule is a file without daylight saving, the schema's 0xFFFFFFFF.
const noRule dstRule = 0

func parseRule(hex string) dstRule {
	v, err := strconv.ParseUint(trim(hex), 16, 32)
	r := dstRule(v)
	if err != nil || v == 0xFFFFFFFF || r.month() < 1 || r.month() > 12 || r.hour() > 23 {
		return noRule
	}
	if r.operator() > 0 && r.weekday() == 0 || r.operator() == 0 && r.dayOfMonth() == 0 {
		return noRule
	}
	return r
}

func (r dstRule) seconds() int    { return int(r & 0xFFF) }
func (r dstRule) hour() int       { return int(r >> 12 & 0x1F) }
func (r dstRule) weekday() int    { return int(r >> 17 & 0x7) }
func (r dstRule) dayOfMonth() int { return int(r >> 20 & 0x1F) }
func (r dstRule) operator() int   { return int(r >> 25 & 0x7) }
func (r dstRule) month() int      { return int(r >> 28 & 0xF) }

// at returns the moment of the rule in a year, in seconds of civil time since 1970.
func (r dstRule) at(year int) int64 {
	first := time.Date(year, time.Month(r.month()), 1, 0, 0, 0, 0, time.UTC)
	wanted := time.Weekday(r.weekday() % 7) // Sunday is 7 there and 0 here
	var day time.Time
	switch op := r.operator(); {
	case op == 0: // on the day of the month
		day = first.AddDate(0, 0, r.dayOfMonth()-1)
	case op == 1: // on the day of the week on or after the day of the month
		day = onOrAfter(first.AddDate(0, 0, max(r.dayOfMonth(), 1)-1), wanted)
	case op == 7: // on the last such day of the month
		day = onOrAfter(first.AddDate(0, 1, -7), wanted)
	default: // on the first to fifth such day of the month
		day = onOrAfter(first, wanted).AddDate(0, 0, 7*(op-2))
	}
	return day.Unix() + int64(r.hour())*3600 + int64(r.seconds())
}

func onOrAfter(day time.Time, wanted time.Weekday) time.Time {
	return day.AddDate(0, 0, (int(wanted)-int(day.Weekday())+7)%7)
}

// civil turns UTC into seconds since 1970 in the meter's civil time; again marks the hour
// after clocks were put back, whose times came once before. The rules' hours are those
// that a clock on the wall shows before it is changed.
func (l *localTime) civil(utc int64) (seconds int64, again bool) {
	if l == nil || !l.valid {
		return utc, false
	}
	standard := utc + l.offset
	if l.start == noRule || l.end == noRule || l.dstOffset == 0 {
		return standard, false
	}
	year := time.Unix(standard, 0).UTC().Year()
	start, end := l.start.at(year), l.end.at(year)-l.dstOffset
	summer := start <= standard && standard < end
	if start > end { // the southern hemisphere
		summer = standard >= start || standard < end
	}
	if summer {
		return standard + l.dstOffset, false
	}
	return standard, end <= standard && standard < end+l.dstOffset
}

// The range of times that a file may hold, those of a Date.
var (
	minTime = anomaly.MinDate.Time().Unix()
	maxTime = anomaly.MaxDate.Time().Unix()
)

// dateOf is the civil date of civil seconds.
func dateOf(civil int64) anomaly.Date { return anomaly.DateOf(time.Unix(civil, 0).UTC()) }
