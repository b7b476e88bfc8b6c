package anomaly

import (
	"slices"
	"time"
)

// CaseRules are the dated rules about how a dispute is handled, as a file gives them:
// clocks, the desk's working days and opening hours, and what handling costs. Package
// cases reads the file.
type CaseRules struct {
	Calendar Calendar
	Clocks   []Clock
	// FeedbackDays is the age in days from which on unanswered feedback counts (C10), and
	// SurveyDays how long after the event somebody may still be asked about it.
	FeedbackDays, SurveyDays int
	// RecordMonths is how old the utility's own inspection record may be that a legal test
	// asks for; RecordSource is where that rule comes from.
	RecordMonths int
	RecordSource string
	// DecisionDays is within how many days a disputed entitlement is decided (E05).
	DecisionDays int
	// HandlingCost is what handling a dispute to its end costs, by currency (C11).
	HandlingCost map[string]Decimal
	// Leave is the probability, low and high, that a customer who is refused leaves, where
	// nothing better is known (C11). Margin is the share of an order that is earned.
	Leave  [2]float64
	Margin float64
}

// Clock is one rule with a clock: after a complaint, one of the events that stop it has
// to happen in time.
type Clock struct {
	ID      string   `toml:"id"`
	Days    int      `toml:"days"`
	Working bool     `toml:"working"` // working days; otherwise calendar days
	Stops   []string `toml:"stops"`   // kinds of events
	From    Date     `toml:"from"`    // in force from this day
	Until   Date     `toml:"until"`   // up to but not including this day; zero: still
	Off     bool     `toml:"off"`     // on record, but not applied
	Source  string   `toml:"source"`  // where the rule comes from
}

// InForce reports whether the clock runs for what began on a day.
func (c *Clock) InForce(on Date) bool {
	return !c.Off && c.From <= on && (c.Until.IsZero() || on < c.Until)
}

// Due returns the last day on which the clock can be stopped.
func (c *Clock) Due(began Date, cal *Calendar) Date {
	if c.Working {
		return cal.AddWorkingDays(began, c.Days)
	}
	return began.AddDays(c.Days)
}

// Hours are the opening hours of a day, "15:04" each; the end is not included. The zero
// Hours are those of a day on which nobody is there.
type Hours struct{ From, To string }

// Open reports whether anybody is there at all.
func (h Hours) Open() bool { return h.From < h.To }

// Calendar is a desk's calendar: which days are worked, and when somebody answers. The
// zero Calendar has a working week from Monday to Friday, 09:00 to 17:00, and no holidays.
type Calendar struct {
	Zone     string    // the zone in which days begin, such as Asia/Taipei
	Week     [7]Hours  // by time.Weekday; all zero: Monday to Friday, 09:00 to 17:00
	Holidays []Holiday // in order of days
	// Years are those whose days off are all among the holidays; of other years nothing
	// but their weekends is known. Unverified says that nobody has held them against the decree.
	Years      []int
	Unverified bool
}

// DaysOff says how well a calendar knows the days off on which a result rests.
type DaysOff string

// How well days off are known.
const (
	DaysOffKnown      DaysOff = "known"      // as decreed, or none is among the days
	DaysOffUnverified DaysOff = "unverified" // one is among them that nobody has held against the decree
	DaysOffUnknown    DaysOff = "unknown"    // nothing is known of a year
)

// Holiday is a day that is not what its weekday says: a holiday, or, where Worked, a
// weekend day that is worked in place of one that was moved by decree.
type Holiday struct {
	On     Date
	Worked bool
	Name   string
}

// HoursOn returns the opening hours of a day. A weekend day that is worked has those of
// a Monday.
func (c *Calendar) HoursOn(d Date) Hours {
	week := c.Week
	if week == ([7]Hours{}) {
		for day := time.Monday; day <= time.Friday; day++ {
			week[day] = Hours{"09:00", "17:00"}
		}
	}
	for i := range c.Holidays {
		if h := &c.Holidays[i]; h.On == d {
			if h.Worked {
				return week[time.Monday]
			}
			return Hours{}
		}
	}
	return week[d.Weekday()]
}

// DaysOff says what a count of days after from, up to and including until, rests on.
func (c *Calendar) DaysOff(from, until Date) DaysOff {
	for year := (from + 1).Year(); year <= until.Year(); year++ {
		if !slices.Contains(c.Years, year) {
			return DaysOffUnknown
		}
	}
	if c.Unverified && slices.ContainsFunc(c.Holidays, func(h Holiday) bool { return from < h.On && h.On <= until }) {
		return DaysOffUnverified
	}
	return DaysOffKnown
}

// Works reports whether a day is worked.
func (c *Calendar) Works(d Date) bool { return c.HoursOn(d).Open() }

// maxSearch bounds the search for a working day in a calendar that has none.
const maxSearch = 3660

// AddWorkingDays returns the n-th working day after d: with n 0, d itself.
func (c *Calendar) AddWorkingDays(d Date, n int) Date {
	for range maxSearch {
		if n <= 0 {
			break
		}
		if d = d.AddDays(1); c.Works(d) {
			n--
		}
	}
	return d
}

// WorkingDays returns how many working days lie after from, up to and including until.
func (c *Calendar) WorkingDays(from, until Date) int {
	n := 0
	for d := from + 1; d <= until && int(d-from) <= maxSearch; d++ {
		if c.Works(d) {
			n++
		}
	}
	return n
}

// OpenAt reports whether somebody answers on a day at a time ("15:04"; "": at any time of it).
func (c *Calendar) OpenAt(d Date, clock string) bool {
	h := c.HoursOn(d)
	return h.Open() && (clock == "" || h.From <= clock && clock < h.To)
}

// NextOpen returns the first day from d on on which somebody answers after clock.
func (c *Calendar) NextOpen(d Date, clock string) Date {
	for range maxSearch {
		if h := c.HoursOn(d); h.Open() && (clock == "" || clock < h.To) {
			return d
		}
		d, clock = d.AddDays(1), ""
	}
	return d
}
