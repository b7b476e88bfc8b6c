package anomaly

import "math"

// Estimate is the expected usage of one bill: how much it should have been by the
// account's own past, its season, its declared appliances and its peers, without
// looking at the bill's own usage. All usages are in the account's unit and for the
// whole period.
//
// On the scale of the model the prediction is a Student-t distribution of
// log(usage a day + Offset) with location Mu, scale Scale and DOF degrees of freedom.
type Estimate struct {
	// Known is false where there is nothing to estimate from; Missing then says what
	// would be needed, and no other field but SetAside means anything.
	Known   bool
	Missing Message

	Usage         float64 // the median
	Low90, High90 float64
	Low95, High95 float64
	Low99, High99 float64
	Mu, Scale     float64
	DOF, Offset   float64

	// PeriodsUsed counts the bills that were learnt from (of this account and of the
	// previous one), SetAside the ones that were not, and why.
	PeriodsUsed int
	SetAside    []SetAside
	// AsOf is the day up to which what was said of the bills is allowed for; zero: the
	// closing day of this one.
	AsOf Date
	// Basis says in sentences what the estimate rests on, most important first.
	Basis []Message

	// ColdStart is set where no model learnt from this utility's bills was there.
	ColdStart bool

	// Vacant is the probability that the premise stands empty and uses nothing; the usage
	// and the interval allow for it, Mu and Scale are for the case that it does not.
	Vacant float64

	// Comparable is false where the history is another premise's or shorter than a year: it
	// may never be used to call a bill normal. The interval is twice as wide where the
	// history is another premise's, and with a short one as long as no calibration for
	// short histories was learnt.
	Comparable bool
	// OtherPremise is set where any of the history is another premise's.
	OtherPremise bool

	Reference Reference
	// Parts decompose the usage from the reference to this bill; see Contribution.
	Parts []Contribution
	// Appliances is what the declared loads come to in this period.
	Appliances ApplianceLoad
	// Methods holds what simpler methods would have expected, for comparison.
	Methods []MethodEstimate
	// Change is the frozen-baseline change test over the last bills.
	Change ChangeTest
}

// Side says on which side of its 95 % interval a usage is: -1 below, +1 above; 0 within it,
// or where nothing, or only another premise's history, says what was to be expected.
func (e *Estimate) Side(usage float64) int {
	switch {
	case !e.Known || e.OtherPremise:
		return 0
	case usage > e.High95:
		return 1
	case usage < e.Low95:
		return -1
	}
	return 0
}

// Occupied is the expected usage over a number of days if the premise does not stand
// empty; Usage allows for that it may.
func (e *Estimate) Occupied(days float64) float64 {
	return max(0, (math.Exp(e.Mu)-e.Offset)*days)
}

// SetAside is a period that was not learnt from.
type SetAside struct {
	BillKey string
	Period  Period
	Reason  Message
	Source  Source
}

// Reference is the bill that the difference is explained against: the same period
// last year, or the typical bill of the model where there is none.
type Reference struct {
	BillKey      string // "" for the typical bill
	Period       Period
	Usage        float64
	Amount       NullDecimal
	OtherPremise bool
	Source       Source
}

// What a row of the decomposition stands for.
const (
	PartReference   = "reference"
	PartDays        = "days"
	PartSeason      = "season"
	PartWeather     = "weather"
	PartPeers       = "peers"
	PartAppliances  = "appliances"
	PartTrueUp      = "true_up"
	PartDrift       = "drift"
	PartPrice       = "price"
	PartTier        = "tier"
	PartOtherLines  = "other_lines" // lines of the bill that no tariff prices
	PartUnexplained = "unexplained"
)

// Contribution is one difference between the reference and the expected usage, as
// the change of log usage that it stands for. Log differences add up:
// ln(billed) - ln(reference) is the sum of all parts plus the unexplained one.
type Contribution struct {
	What string
	Log  float64
}

// ApplianceLoad is the bottom-up sum of the declared appliances over a period.
type ApplianceLoad struct {
	Declared               bool
	Low, Middle, High      float64 // all of them: every figure low, as declared, every figure high
	Added                  bool    // some were added after the reference period
	AddedLow, AddedMiddle  float64 // those only
	AddedHigh, AddedWeight float64 // AddedWeight: how much of their effect the data bears out, 0 to 1
	Sources                []Source
}

// MethodEstimate is what a simpler method expects for the same period.
type MethodEstimate struct {
	Method string // last_bill, same_period_last_year, own_mean, ...
	Usage  float64
}

// ChangeTest compares, for each of the last bills, "the level shifted there" with
// "nothing changed", from the state before the shift. LogBF are natural-log Bayes
// factors; Shift is the posterior mean of the change of log usage since Onset.
type ChangeTest struct {
	Bills      int // how many bills since the most likely onset; 0: no test was possible
	Onset      Date
	Shift      float64
	LogBFDown  float64
	LogBFUp    float64
	OnsetIndex int // index of the first bill after the onset
	// SE is the standard error of Shift where the bills since the onset have been measured
	// against the same seasons before it; 0 where they have not.
	SE float64
}

// Weight is the natural-log Bayes factor of a change, whichever way it went: the strength
// of the evidence by which a later list tells news from what is known.
func (c *ChangeTest) Weight() float64 { return max(c.LogBFDown, c.LogBFUp) }
