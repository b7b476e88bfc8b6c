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
