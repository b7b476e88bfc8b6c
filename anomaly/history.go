package anomaly

import (
	"slices"
	"strings"
)

// Service is what is delivered and billed.
type Service uint8

// The services. Unknown is read as electricity where nothing says otherwise, and
// the assessment says that this was assumed.
const (
	ServiceUnknown Service = iota
	Electricity
	Water
	Gas
	Broadband
)

var serviceNames = [...]string{"", "electricity", "water", "gas", "broadband"}

// String returns the name used in files and JSON; "" where unknown.
func (s Service) String() string { return serviceNames[s] }

// ParseService reads the name used in files and JSON.
func ParseService(name string) (Service, bool) { return parseName[Service](serviceNames[:], name) }

// Unit returns the unit in which a service is counted where a file names none.
func (s Service) Unit() string {
	switch s {
	case Water, Gas:
		return "m3"
	case Broadband:
		return "h"
	}
	return "kWh"
}

// ServiceOfUnit guesses the service from the unit of its usage: gas in m3 has to be named.
func ServiceOfUnit(unit string) Service {
	switch unit {
	case "kWh":
		return Electricity
	case "m3":
		return Water
	case "h":
		return Broadband
	}
	return ServiceUnknown
}

// Quality says how a reading or a billed usage came about.
type Quality uint8

// The qualities. QualityUnknown counts as actual: most files have no such column.
const (
	QualityUnknown Quality = iota
	Actual
	Estimated
	CustomerRead
	Substituted
)

var qualityNames = [...]string{"", "actual", "estimated", "customer", "substituted"}

// String returns the name used in files and JSON; "" where unknown.
func (q Quality) String() string { return qualityNames[q] }

// Guessed reports whether nobody read the meter: such a value is never learnt from.
func (q Quality) Guessed() bool { return q == Estimated || q == Substituted }

func parseName[T ~uint8](names []string, name string) (T, bool) {
	for i, n := range names {
		if n == name && n != "" {
			return T(i), true
		}
	}
	return 0, false
}

// Source is where a value stands: a file as it was named on import and the row in
// it, counted from 1 with the header included. Evidence given on the command line
// has the flag's name as its file and row 0.
type Source struct {
	File string
	Row  int32
}

// Account is the contract that is billed.
type Account struct {
	ID                string
	Service           Service
	Unit              string // of usage and readings; "" means the service's own unit
	PremiseID         string
	Name              string
	Class             string
	Tariff            string // a tariff id, such as tw.taipower.residential.non_tou
	Region            string
	Route             string
	MovedIn           Date
	MovedOut          Date
	Status            string
	ServiceAmps       NullDecimal
	Phases            int8
	MeterSize         NullDecimal // bore in mm
	Occupants         NullDecimal
	WeatherStation    string
	PreviousAccountID string // the same customer's account before moving
	Source            Source
}

// Inactive reports whether the status says that nobody uses anything: the account has ended
// or its premise is out of use.
func (a *Account) Inactive() bool {
	switch strings.ToLower(a.Status) {
	case "closed", "inactive", "vacant", "idle", "disconnected":
		return true
	}
	return false
}

// Meter is a meter at an account's premise between two dates.
type Meter struct {
	AccountID      string
	ID             string
	InstalledOn    Date
	RemovedOn      Date
	InitialReading NullDecimal
	FinalReading   NullDecimal
	Multiplier     NullDecimal // 1 where missing
	Digits         int8        // whole digits of the register; 0 where unknown
	Resolution     NullDecimal // the smallest step that can be read, in the account's unit
	Constant       NullDecimal // revolutions or impulses per unit
	VerifiedUntil  Date
	Source         Source
}

// Reading is a register value, taken at the start of its day: the reading date is
// the first day of the next period.
type Reading struct {
	AccountID string
	MeterID   string
	Register  string
	On        Date
	Value     Decimal
	Quality   Quality
	Reader    string
	Source    Source
}

// Bill is one billed period of an account.
type Bill struct {
	AccountID string
	ID        string // as in the file; Key gives a name where the file has none
	MeterID   string
	Period    Period
	Usage     Decimal // in Unit
	Unit      string  // "" means the account's unit
	Amount    NullDecimal
	Currency  string
	IssuedOn  Date
	DueOn     Date
	Tariff    string
	From      NullDecimal // opening reading as printed on the bill
	To        NullDecimal // closing reading as printed on the bill
	Quality   Quality
	Cancels   string // the id of the bill that this one replaces
	Cancelled bool   // another bill replaces this one: it counts for nothing
	// EndAssumed is set where nothing decided whether the file's end date is the last
	// day covered or the first not covered: the period may be a day longer.
	EndAssumed bool
	Lines      []Line
	Source     Source
}

// Key names the bill in output: its id, or the first day of its period.
func (b *Bill) Key() string {
	if b.ID != "" {
		return b.ID
	}
	return b.Period.Start.String()
}

// ADU returns the average daily usage in the bill's unit; 0 for an invalid period.
func (b *Bill) ADU() float64 {
	if !b.Period.Valid() {
		return 0
	}
	return Float(b.Usage) / float64(b.Period.Days())
}

// Line is one line of a bill. Code is one of the codes of the input tables
// (energy, basic, minimum, tax, ... or a passed-through code such as common_area).
type Line struct {
	AccountID   string
	BillID      string
	Code        string
	Description string
	Quantity    NullDecimal
	UnitPrice   NullDecimal
	Amount      Decimal
	Period      Period // zero where the line names none
	Source      Source
}

// Appliance is a declared load. Ranges are missing where the customer gave one figure.
type Appliance struct {
	AccountID           string
	Name                string
	Watts               float64
	HoursPerDay         float64
	Count               float64 // 1 where missing
	From, Until         Date    // both days included; zero: always
	Months              uint16  // bit 0 is January; 0: all year
	WattsLow, WattsHigh float64 // 0 where not given
	HoursLow, HoursHigh float64 // HoursHigh 0 where not given
	Source              Source
}

// Event is something that happened on an account. Kinds are those of the input
// tables. Note carries free text and key=value pairs; Fields gives the pairs.
type Event struct {
	AccountID string
	At        Date
	Time      string // "15:04" where the file gives a time of day
	Kind      string
	Due       Date
	DueTime   string
	Ref       string
	Amount    NullDecimal
	Note      string
	By        string
	Source    Source
}

// The kinds of events that the engine itself acts on.
const (
	EventVisitPromised = "visit_promised"
	EventVisitDone     = "visit_done"
	EventClaim         = "claim"
	EventComplaint     = "complaint"
	EventSelftest      = "selftest"
	EventVacancyStart  = "vacancy_start"
	EventVacancyEnd    = "vacancy_end"
	EventOutageStart   = "outage_start"
	EventOutageEnd     = "outage_end"
	EventOccupancy     = "occupancy_change"
)

// Field returns the value of key in the note's key=value pairs. A value with
// spaces stands in double quotes.
func (e *Event) Field(key string) (value string, ok bool) {
	for k, v := range e.Fields {
		if k == key {
			return v, true
		}
	}
	return "", false
}

// Fields yields the note's key=value pairs in order; words that are no pair are skipped.
func (e *Event) Fields(yield func(key, value string) bool) {
	for s := e.Note; s != ""; {
		var word, key string
		for len(s) > 0 && isSpace(s[0]) {
			s = s[1:]
		}
		i, quoted := 0, false
		for i < len(s) && (quoted || !isSpace(s[i])) {
			if s[i] == '"' {
				quoted = !quoted
			}
			if s[i] == '=' && key == "" && !quoted {
				key = s[:i]
			}
			i++
		}
		word, s = s[:i], s[i:]
		if key == "" {
			continue
		}
		value := word[len(key)+1:]
		if n := len(value); n >= 2 && value[0] == '"' && value[n-1] == '"' {
			value = value[1 : n-1]
		}
		if !yield(key, value) {
			return
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';' }

// Inspection is what a field visit found: a cause id, or nothing_found.
type Inspection struct {
	AccountID       string
	Outcome         string
	On              Date // zero: unknown, left out of learning that needs an order in time
	RecoveredUsage  NullDecimal
	RecoveredAmount NullDecimal
	Source          Source
}

// NothingFound is the outcome of an inspection that found no fault.
const NothingFound = "nothing_found"

// WeatherDay is one day's weather at a station, in degrees Celsius.
type WeatherDay struct {
	Station string
	On      Date
	Mean    float64
	Source  Source
}

// Interval is usage over a short interval, from an interval meter. Start is in seconds
// since 1970-01-01 in the meter's own civil time, as a clock on the wall shows it; End is
// Start and the interval's length. When clocks are put back an hour of civil time comes
// twice: Again marks what starts in it the second time.
type Interval struct {
	AccountID  string
	MeterID    string
	Register   string // the meter's channel, such as E1; "" where it has only one
	Start, End int64
	Again      bool
	Usage      Decimal
	Unit       string
	Quality    Quality
	Source     Source
}

// Conflict is a second row for something that another row already says. Identical
// ones are counted once; conflicting ones are kept apart and shown.
type Conflict struct {
	BillKey   string
	Kept      Source
	Dropped   Source
	Identical bool
}

// History is everything that is known of one account, in order: bills by start of
// their period, readings, events and inspections by date. A History is built once
// and then read only. Bills that another bill cancels stay in it, marked.
type History struct {
	Account     Account
	Meters      []Meter
	Readings    []Reading
	Bills       []Bill
	Appliances  []Appliance
	Events      []Event
	Inspections []Inspection
	Conflicts   []Conflict
	// ServiceAssumed is set where no file names the service.
	ServiceAssumed bool
	// OrphanLines are bill lines that name a bill which is not there.
	OrphanLines []Line
	// Previous is the customer's account at another premise, nil where there is none.
	Previous *History
}

// BillIndex returns the index of the bill with this key, or -1. A bill that counts
// goes before a cancelled one of the same key.
func (h *History) BillIndex(key string) int {
	found := -1
	for i := range h.Bills {
		if h.Bills[i].Key() == key {
			if !h.Bills[i].Cancelled {
				return i
			}
			found = i
		}
	}
	return found
}

// LatestBill returns the index of the bill that an assessment as of a day is about:
// the last one that counts by then and whose period ends on or before that day; -1 where there is none.
func (h *History) LatestBill(asOf Date) int {
	latest := -1
	for i := range h.Bills {
		b := &h.Bills[i]
		if (latest < 0 || b.Period.End >= h.Bills[latest].Period.End) && h.Counts(i, asOf) {
			latest = i
		}
	}
	return latest
}

// Counts reports whether a bill counts as of a day: it is known by then, and no bill that is
// known by then takes its place.
func (h *History) Counts(bill int, asOf Date) bool {
	if h.Bills[bill].laterThan(asOf) {
		return false
	}
	if !h.Bills[bill].Cancelled || !slices.ContainsFunc(h.Bills, func(b Bill) bool { return b.corrects() && b.laterThan(asOf) }) {
		return !h.Bills[bill].Cancelled
	}
	known, at := h.Known(asOf, bill)
	return !known.Bills[at].Cancelled
}

// Unit returns the unit of the account's usage.
func (h *History) Unit() string {
	if h.Account.Unit != "" {
		return h.Account.Unit
	}
	return h.Account.Service.Unit()
}

// MeterAt returns the meter with this id or, where id is "", the one in place on
// the day; nil where there is none.
func (h *History) MeterAt(id string, on Date) *Meter {
	for i := range h.Meters {
		m := &h.Meters[i]
		if id != "" {
			if m.ID == id {
				return m
			}
			continue
		}
		if m.InstalledOn <= on && (m.RemovedOn.IsZero() || on <= m.RemovedOn) {
			return m
		}
	}
	return nil
}

// sideBySide is from how many common days on two bills of different meters are of meters
// side by side: fewer come from how the ends of periods are counted.
const sideBySide = 4

// ParallelMeters reports whether two meters are billed side by side: their series are not
// to be mixed. A meter that follows another one carries its series on.
func (h *History) ParallelMeters() bool {
	for i := 1; i < len(h.Bills); i++ {
		a, b := &h.Bills[i-1], &h.Bills[i]
		if a.MeterID != b.MeterID && !a.Cancelled && !b.Cancelled && a.Period.Overlap(b.Period) >= sideBySide {
			return true
		}
	}
	return false
}
