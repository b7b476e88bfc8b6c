// Package sniff finds out what a file is before it is read: its encoding, its dialect,
// where its table starts, and which input table its header describes. It recognises
// columns by synonyms in English, Traditional and Simplified Chinese. It decides on a
// sample and reads no rows.
package sniff

// Kind is one of the canonical input tables.
type Kind uint8

// The kinds of tables.
const (
	KindUnknown Kind = iota
	KindAccounts
	KindMeters
	KindReadings
	KindBills
	KindLines
	KindAppliances
	KindWeather
	KindIntervals
	KindEvents
	KindInspections
	kindCount
)

var kindNames = [kindCount]string{
	"unknown", "accounts", "meters", "readings", "bills", "bill_lines", "appliances",
	"weather", "intervals", "events", "inspections",
}

// Kinds lists the tables in the order in which they are documented.
var Kinds = []Kind{
	KindAccounts, KindMeters, KindReadings, KindBills, KindLines, KindAppliances,
	KindWeather, KindIntervals, KindEvents, KindInspections,
}

// String returns the table's name.
func (k Kind) String() string { return kindNames[k] }

// ParseKind reads a table's name.
func ParseKind(name string) (Kind, bool) {
	for _, k := range Kinds {
		if kindNames[k] == name {
			return k, true
		}
	}
	return KindUnknown, false
}

// Type says how the cells of a column are read.
type Type uint8

// The types of columns.
const (
	Text Type = iota
	Date
	Number
	Quality
	Range  // a period in one cell, such as 109/05/27~109/07/26
	Moment // a date with an optional time of day
)

// Field is one canonical column. A field has the same name and type in every table
// that has it.
type Field uint8

// The fields.
const (
	NoField Field = iota
	AccountID
	Service
	Unit
	PremiseID
	Name
	Class
	Tariff
	Region
	Route
	MovedIn
	MovedOut
	Status
	ServiceAmps
	Phases
	MeterSize
	Occupants
	WeatherStation
	PreviousAccountID
	MeterID
	InstalledOn
	RemovedOn
	InitialReading
	FinalReading
	Multiplier
	Digits
	Resolution
	Constant
	VerifiedUntil
	ReadOn
	Reading
	Register
	QualityCode
	Reader
	PeriodStart
	PeriodEnd
	Usage
	BillID
	Amount
	Currency
	IssuedOn
	DueOn
	ReadingFrom
	ReadingTo
	CancelsBillID
	Code
	Description
	Quantity
	UnitPrice
	From
	To
	Appliance
	Watts
	HoursPerDay
	Count
	Until
	Months
	WattsLow
	WattsHigh
	HoursLow
	HoursHigh
	Station
	Day
	MeanTemp
	MinTemp
	MaxTemp
	Start
	End
	Minutes
	At
	EventKind
	Due
	Ref
	Note
	By
	Outcome
	InspectedOn
	RecoveredUsage
	RecoveredAmount

	// What follows are columns of real exports that are read into the ones above.

	BillingPeriod // both ends of a bill's period in one cell
	LinePeriod    // the same for a bill line
	PeriodMonths  // the length of the period in months
	MeteredUsage  // usage by the register: (current - previous) x multiplier
	SwappedUsage  // usage of the old meter before an exchange
	AdjustedUsage // usage corrected by hand, either sign
	LossUsage     // transformer and line losses added to the metered usage
	LineAmount    // the amount of one bill line; Target.Code says which
	FieldCount
)

var fieldInfo = [FieldCount]struct {
	name string
	typ  Type
}{
	AccountID: {"account_id", Text}, Service: {"service", Text}, Unit: {"unit", Text},
	PremiseID: {"premise_id", Text}, Name: {"name", Text}, Class: {"class", Text}, Tariff: {"tariff", Text},
	Region: {"region", Text}, Route: {"route", Text}, MovedIn: {"moved_in", Date}, MovedOut: {"moved_out", Date},
	Status: {"status", Text}, ServiceAmps: {"service_amps", Number}, Phases: {"phases", Number},
	MeterSize: {"meter_size", Number}, Occupants: {"occupants", Number},
	WeatherStation: {"weather_station", Text}, PreviousAccountID: {"previous_account_id", Text},
	MeterID: {"meter_id", Text}, InstalledOn: {"installed_on", Date}, RemovedOn: {"removed_on", Date},
	InitialReading: {"initial_reading", Number}, FinalReading: {"final_reading", Number},
	Multiplier: {"multiplier", Number}, Digits: {"digits", Number}, Resolution: {"resolution", Number},
	Constant: {"constant", Number}, VerifiedUntil: {"verified_until", Date},
	ReadOn: {"read_on", Date}, Reading: {"reading", Number}, Register: {"register", Text},
	QualityCode: {"quality", Quality}, Reader: {"reader", Text},
	PeriodStart: {"period_start", Date}, PeriodEnd: {"period_end", Date}, Usage: {"usage", Number},
	BillID: {"bill_id", Text}, Amount: {"amount", Number}, Currency: {"currency", Text},
	IssuedOn: {"issued_on", Date}, DueOn: {"due_on", Date}, ReadingFrom: {"reading_from", Number},
	ReadingTo: {"reading_to", Number}, CancelsBillID: {"cancels_bill_id", Text},
	Code: {"code", Text}, Description: {"description", Text}, Quantity: {"quantity", Number},
	UnitPrice: {"unit_price", Number}, From: {"from", Date}, To: {"to", Date},
	Appliance: {"appliance", Text}, Watts: {"watts", Number}, HoursPerDay: {"hours_per_day", Number},
	Count: {"count", Number}, Until: {"until", Date}, Months: {"months", Text},
	WattsLow: {"watts_low", Number}, WattsHigh: {"watts_high", Number},
	HoursLow: {"hours_low", Number}, HoursHigh: {"hours_high", Number},
	Station: {"station", Text}, Day: {"date", Date}, MeanTemp: {"mean_temp_c", Number},
	MinTemp: {"min_temp_c", Number}, MaxTemp: {"max_temp_c", Number},
	Start: {"start", Moment}, End: {"end", Moment}, Minutes: {"minutes", Number},
	At: {"at", Moment}, EventKind: {"kind", Text}, Due: {"due", Moment}, Ref: {"ref", Text},
	Note: {"note", Text}, By: {"by", Text},
	Outcome: {"outcome", Text}, InspectedOn: {"inspected_on", Date},
	RecoveredUsage: {"recovered_usage", Number}, RecoveredAmount: {"recovered_amount", Number},
	BillingPeriod: {"billing_period", Range}, LinePeriod: {"line_period", Range},
	PeriodMonths: {"period_months", Number}, MeteredUsage: {"metered_usage", Number},
	SwappedUsage: {"swapped_usage", Number}, AdjustedUsage: {"adjusted_usage", Number},
	LossUsage: {"loss_usage", Number}, LineAmount: {"line", Number},
}

// String returns the canonical column's name.
func (f Field) String() string { return fieldInfo[f].name }

// Type says how the field's cells are read.
func (f Field) Type() Type { return fieldInfo[f].typ }

// ParseField reads a canonical column's name.
func ParseField(name string) (Field, bool) {
	for f := NoField + 1; f < FieldCount; f++ {
		if fieldInfo[f].name == name {
			return f, true
		}
	}
	return NoField, false
}

// Table lists the columns of a kind.
type Table struct {
	// Required holds the columns that must be there; of a group one is enough.
	Required [][]Field
	// Optional holds the others.
	Optional []Field
}

// accountAttributes may stand in a bills or readings file.
var accountAttributes = []Field{
	Service, Unit, PremiseID, Name, Class, Tariff, Region, Route, MovedIn, MovedOut, Status,
	ServiceAmps, Phases, MeterSize, Occupants, WeatherStation, PreviousAccountID,
}

// meterAttributes may stand in a bills or readings file too.
var meterAttributes = []Field{MeterID, Multiplier, Digits, Resolution, Constant}

var tables = [kindCount]Table{
	KindAccounts: {
		Required: [][]Field{{AccountID}},
		Optional: accountAttributes,
	},
	KindMeters: {
		Required: [][]Field{{AccountID}, {MeterID}},
		Optional: []Field{
			InstalledOn, RemovedOn, InitialReading, FinalReading, Multiplier, Digits, Resolution,
			Constant, VerifiedUntil,
		},
	},
	KindReadings: {
		Required: [][]Field{{AccountID}, {ReadOn}, {Reading}},
		Optional: join([]Field{
			Register, QualityCode, Reader, ReadingFrom, Usage, MeteredUsage, SwappedUsage, AdjustedUsage, LossUsage, Amount,
		}, meterAttributes, accountAttributes),
	},
	KindBills: {
		Required: [][]Field{
			{AccountID}, {PeriodStart, BillingPeriod, PeriodMonths}, {PeriodEnd, BillingPeriod}, {Usage, MeteredUsage},
		},
		Optional: join([]Field{
			BillID, Unit, Amount, Currency, IssuedOn, DueOn, Tariff, ReadingFrom, ReadingTo, QualityCode,
			CancelsBillID, SwappedUsage, AdjustedUsage, LossUsage, LineAmount, ReadOn,
		}, meterAttributes, accountAttributes),
	},
	KindLines: {
		Required: [][]Field{{AccountID}, {BillID}, {Code}, {Amount}},
		Optional: []Field{Description, Quantity, UnitPrice, From, To, LinePeriod},
	},
	KindAppliances: {
		Required: [][]Field{{AccountID}, {Appliance}, {Watts}, {HoursPerDay}},
		Optional: []Field{Count, From, Until, Months, WattsLow, WattsHigh, HoursLow, HoursHigh},
	},
	KindWeather: {
		Required: [][]Field{{Station}, {Day}, {MeanTemp, MinTemp}, {MeanTemp, MaxTemp}},
	},
	KindIntervals: {
		Required: [][]Field{{AccountID}, {Start}, {Usage}},
		Optional: []Field{Unit, End, Minutes, MeterID, QualityCode},
	},
	KindEvents: {
		Required: [][]Field{{AccountID}, {At}, {EventKind}},
		Optional: []Field{Due, Ref, Amount, Note, By},
	},
	KindInspections: {
		Required: [][]Field{{AccountID}, {Outcome}},
		Optional: []Field{InspectedOn, RecoveredUsage, RecoveredAmount},
	},
}

func join(lists ...[]Field) (all []Field) {
	seen := [FieldCount]bool{}
	for _, list := range lists {
		for _, f := range list {
			if !seen[f] {
				seen[f] = true
				all = append(all, f)
			}
		}
	}
	return all
}

// Table returns the columns of a kind.
func (k Kind) Table() Table { return tables[k] }

var hasField = func() (has [kindCount][FieldCount]bool) {
	for k := range tables {
		for _, group := range tables[k].Required {
			for _, f := range group {
				has[k][f] = true
			}
		}
		for _, f := range tables[k].Optional {
			has[k][f] = true
		}
	}
	return has
}()

// Has reports whether a table of this kind has the field.
func (k Kind) Has(f Field) bool { return hasField[k][f] }

// Missing returns the first field of each required group of which fields has none.
func (k Kind) Missing(has func(Field) bool) (missing []Field) {
groups:
	for _, group := range tables[k].Required {
		for _, f := range group {
			if has(f) {
				continue groups
			}
		}
		missing = append(missing, group[0])
	}
	return missing
}
