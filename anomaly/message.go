package anomaly

// Message is a sentence as data: the key of a template in a language's catalogue
// and its arguments. No sentence is made outside package locale.
type Message struct {
	Key  string
	Args []Arg
}

// Msg builds a Message.
func Msg(key string, args ...Arg) Message { return Message{Key: key, Args: args} }

// ArgKind says how an argument is written.
type ArgKind uint8

// The kinds of arguments. Which fields of Arg hold the value is said beside each.
const (
	ArgText    ArgKind = iota // Text, as it is
	ArgUsage                  // Num, in the account's unit Text
	ArgMoney                  // Dec, in the currency Text
	ArgDate                   // Date
	ArgCount                  // Num, a whole number
	ArgNumber                 // Num, with Digits decimals
	ArgPercent                // Num as a ratio: 0.735 is written 73.5 %
	ArgWatts                  // Num, in watts
	ArgTerm                   // Text is the id of a cause, action, service or reason that the catalogue names
	ArgVersion                // Text is a tariff's version: the day from which it holds, or several with | between them
	ArgPeriod                 // from Date until End, the first day not covered
)

// Arg is one named argument of a Message.
type Arg struct {
	Name   string
	Kind   ArgKind
	Digits int8
	Num    float64
	Dec    Decimal
	Date   Date
	End    Date
	Text   string
}

// TextArg is text that stands in the sentence as it is: an id, a file's name.
func TextArg(name, text string) Arg { return Arg{Name: name, Kind: ArgText, Text: text} }

// UsageArg is a usage in unit, shown with digits decimals.
func UsageArg(name string, usage float64, unit string, digits int) Arg {
	return Arg{Name: name, Kind: ArgUsage, Num: usage, Text: unit, Digits: int8(digits)}
}

// MoneyArg is an exact amount.
func MoneyArg(name string, amount Decimal, currency string) Arg {
	return Arg{Name: name, Kind: ArgMoney, Dec: amount, Text: currency}
}

// DateArg is a civil date.
func DateArg(name string, d Date) Arg { return Arg{Name: name, Kind: ArgDate, Date: d} }

// PeriodArg is a half-open period. All sentences name the days of a bill by it, so that
// they have one way of saying where it ends.
func PeriodArg(name string, p Period) Arg {
	return Arg{Name: name, Kind: ArgPeriod, Date: p.Start, End: p.End}
}

// CountArg is a whole number.
func CountArg(name string, n int) Arg { return Arg{Name: name, Kind: ArgCount, Num: float64(n)} }

// NumberArg is a number shown with digits decimals.
func NumberArg(name string, n float64, digits int) Arg {
	return Arg{Name: name, Kind: ArgNumber, Num: n, Digits: int8(digits)}
}

// PercentArg is a ratio shown as a percentage with digits decimals.
func PercentArg(name string, ratio float64, digits int) Arg {
	return Arg{Name: name, Kind: ArgPercent, Num: ratio, Digits: int8(digits)}
}

// WattsArg is a power in watts.
func WattsArg(name string, watts float64) Arg { return Arg{Name: name, Kind: ArgWatts, Num: watts} }

// TermArg is an id (of a cause, an action, a reason) that the catalogue puts into words.
func TermArg(name, id string) Arg { return Arg{Name: name, Kind: ArgTerm, Text: id} }

// VersionArg is the version of a tariff, as priced bills name it.
func VersionArg(name, version string) Arg { return Arg{Name: name, Kind: ArgVersion, Text: version} }
