package anomaly

// Pricer prices a usage. Package tariff implements it; the domain and the stages
// know only this.
type Pricer interface {
	// Price returns the lines that the request comes to. Where it cannot, the error is
	// a *NotPriced that says what is missing; it never guesses.
	Price(req *PriceRequest) (*Priced, error)
}

// PriceRequest asks what a usage over a period costs.
type PriceRequest struct {
	Tariff  string // a tariff id
	Account *Account
	Period  Period
	Usage   Decimal // in the account's unit
	// YearToDate is what was used in the tariff's year before the period, for tiers
	// that count over a year; missing where it is not known.
	YearToDate NullDecimal
	// Parts splits the usage by register (peak, off_peak, ...) for time-of-use tariffs.
	Parts []UsagePart
	// FirstPeriod marks the first bill after moving in or an otherwise irregular one,
	// whose tiers some utilities treat in an unpublished way.
	FirstPeriod bool

	// Unit is the unit of Usage, Parts and YearToDate; "" means the tariff's own.
	Unit string
	// Months is the number of billing months; 0: worked out from the period's length.
	Months int
	// Demand is the highest load of the period in kW, for tariffs that bill it.
	Demand NullDecimal
	// Intervals splits the usage by time of day where there are no registers.
	Intervals []Interval
	// Sessions is the time online, for plans with a quota; it goes before Usage.
	Sessions []Session
	// Changes are changes of the tariff within the period, in order. Tariff holds
	// until the first of them.
	Changes []TariffChange
	// TaxExempt prices without the tax that the tariff includes or adds.
	TaxExempt bool
}

// Session is one use of a service that is counted by time.
type Session struct {
	On      Date
	Seconds int64
	Source  Source
}

// TariffChange puts another tariff in force from a day on.
type TariffChange struct {
	On     Date
	Tariff string
	// ProratePrice and ProrateQuota charge and grant, in the month of the change, only
	// the days' share of the new plan's price and of its quota. The old plan's stay whole.
	ProratePrice, ProrateQuota bool
}

// UsagePart is the usage of one register or time-of-use stage.
type UsagePart struct {
	Stage string
	Usage Decimal
}

// Priced is a priced usage: lines that add up to Amount.
type Priced struct {
	Tariff     string
	Version    string // the day from which the version holds; "a|b" where a period crosses versions
	Currency   string
	Lines      []PricedLine
	Energy     Decimal // the energy (or water) charge as the utility shows it
	Amount     Decimal // payable, rounded as the tariff rounds
	Unit       Decimal // the rounding unit of Amount, such as 1 or 0.01
	Formula    string  // in the utility's own style, where it has one
	Confidence string  // of the tariff's source

	// Subtotal is the lines before Amount is rounded: what passed-through lines are added to.
	Subtotal Decimal
	Mode     RoundMode // how Amount is rounded to Unit
	// Tolerance is how far a billed amount may be off Amount and still agree: Unit,
	// or more where the utility's own rounding is not published.
	Tolerance Decimal
	Months    int     // billing months used; 0 where nothing depended on them
	Usage     Decimal // the usage priced: more than was asked where a minimum usage applies
}

// Payable returns the subtotal plus lines that are passed through as billed, rounded
// as the tariff rounds. ok is false where the sum does not fit a Decimal.
func (p *Priced) Payable(passedThrough Decimal) (amount Decimal, ok bool) {
	sum, ok := Add(p.Subtotal, passedThrough)
	if !ok {
		return Decimal{}, false
	}
	return RoundTo(sum, p.Unit, p.Mode)
}

// RoundMode is how an amount is rounded to its unit.
type RoundMode uint8

// The rounding modes. RoundUp is away from zero, RoundDown towards it.
const (
	RoundHalfUp RoundMode = iota
	RoundHalfEven
	RoundUp
	RoundDown
)

var roundModeNames = [...]string{"half_up", "half_even", "up", "down"}

// String returns the name used in tariff files.
func (m RoundMode) String() string { return roundModeNames[m] }

// ParseRoundMode reads the name used in tariff files.
func ParseRoundMode(name string) (RoundMode, bool) {
	return parseName[RoundMode](roundModeNames[:], name)
}

// RoundTo rounds d to a whole multiple of unit, a power of ten such as 1 or 0.01, or
// any other positive step. ok is false where the result does not fit a Decimal.
func RoundTo(d, unit Decimal, mode RoundMode) (rounded Decimal, ok bool) {
	steps, rest, err := d.Abs().QuoRem(unit)
	if err != nil {
		return Decimal{}, false
	}
	up := false
	switch mode {
	case RoundUp:
		up = !rest.IsZero()
	case RoundHalfUp, RoundHalfEven:
		twice, err := rest.Add(rest)
		if err != nil {
			return Decimal{}, false
		}
		c := twice.Cmp(unit)
		up = c > 0 || c == 0 && (mode == RoundHalfUp || steps.Trim(0).Coef()%2 == 1)
	}
	if up {
		if steps, err = steps.Add(DecimalFromInt(1)); err != nil {
			return Decimal{}, false
		}
	}
	if rounded, err = steps.MulExact(unit, unit.Scale()); err != nil {
		return Decimal{}, false
	}
	if d.IsNeg() {
		rounded = rounded.Neg()
	}
	return rounded, true
}

// MistakeFinder tries the usual billing mistakes on a bill whose amount is not what
// the tariff says. Package tariff implements it beside Pricer.
type MistakeFinder interface {
	// ExplainDifference returns the mistakes that reproduce what was billed exactly,
	// in a fixed order; none where the bill is right or nothing fits.
	ExplainDifference(req *PriceRequest, billed *Billed) ([]Mistake, error)
}

// Billed is what a bill says that a usage cost.
type Billed struct {
	Energy NullDecimal // the energy (or water) charge, where the bill shows it
	Amount NullDecimal // the payable amount
	Passed Decimal     // the sum of the lines in Amount that are passed through
}

// Mistake is a billing mistake that reproduces a billed amount.
type Mistake struct {
	ID      string  // such as tiers_not_doubled
	Check   string  // the check that it belongs to, such as B07
	Message Message // what was done wrong, with what
	Amount  Decimal // what the mistake makes the payable amount
	Right   Decimal // what it should be
}

// PricedLine is one line of a recomputed bill.
type PricedLine struct {
	Code      string
	Quantity  Decimal
	UnitPrice Decimal
	Amount    Decimal
	Period    Period
	Clause    string // what rule of the tariff this line follows
	Version   string
}

// NotPriced is why something could not be priced.
type NotPriced struct{ Reason Message }

// Error returns the key of the reason; the sentence is the catalogue's.
func (e *NotPriced) Error() string { return "not priced: " + e.Reason.Key }

// SpreadByDays splits a usage over periods in proportion to their days, to scale
// decimals. The shares add up to the usage exactly: each period gets what the days up
// to its end come to, less what was given before. ok is false where there is no
// period or the numbers do not fit.
func SpreadByDays(usage Decimal, periods []Period, scale int) (shares []Decimal, ok bool) {
	days := 0
	for _, p := range periods {
		if !p.Valid() {
			return nil, false
		}
		days += p.Days()
	}
	if days == 0 {
		return nil, false
	}
	shares = make([]Decimal, len(periods))
	var given Decimal
	covered := 0
	for i, p := range periods {
		covered += p.Days()
		up, err := usage.Mul(DecimalFromInt(int64(covered)))
		if err != nil {
			return nil, false
		}
		if up, err = up.Quo(DecimalFromInt(int64(days))); err != nil {
			return nil, false
		}
		if i == len(periods)-1 {
			up = usage
		} else {
			up = up.Round(scale)
		}
		if shares[i], ok = Sub(up, given); !ok {
			return nil, false
		}
		given = up
	}
	return shares, true
}
