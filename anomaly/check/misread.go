package check

import (
	"math"
	"slices"

	"whybill/anomaly"
)

// Misread is one way in which a reading may have been misread, with what the bill
// would be if it was.
type Misread struct {
	Kind    string          // one of the Misread constants
	Opening bool            // the opening reading is the wrong one
	Read    anomaly.Decimal // as it stands in the files
	True    anomaly.Decimal // as it would have been; for a neighbour's reading about what it would have been
	Usage   anomaly.Decimal // the corrected usage
	// LogRatio is the natural log of how much likelier the bill is with this misread
	// than with none.
	LogRatio float64
	Source   anomaly.Source
}

// The kinds of misreads.
const (
	MisreadAdjacent   = "adjacent"   // a dial read one too high or too low
	MisreadTransposed = "transposed" // two neighbouring digits exchanged
	MisreadDigit      = "digit"      // one digit taken for another
	MisreadDecimal    = "decimal"    // the decimal point shifted by a digit
	MisreadRegister   = "register"   // another register's reading
	MisreadNeighbour  = "neighbour"  // the meter next door
)

// How misreads divide among the kinds; our proposal. Each kind's share divides evenly
// among the ways in which it can happen on this reading.
const (
	shareAdjacent   = 0.45
	shareTransposed = 0.15
	shareDigit      = 0.18
	shareDecimal    = 0.08
	shareRegister   = 0.04
	shareNeighbour  = 0.10
)

// Misreads enumerates the single misreads that make the bill's usage what was to be
// expected, likeliest first. The usage before and after the misread reading is taken
// into account: a closing reading that was too high makes the next bill too low.
// total is the log of the sum of all ratios, found or not in the list: how much
// likelier the bill is with some misread than with none. It is nil, 0 where there are
// no readings or nothing is expected.
func Misreads(in *Input) (candidates []Misread, total float64) {
	if in.bill == nil && !in.prepare() {
		return nil, 0
	}
	r := &in.register
	if !r.known || !in.estimateKnown() || r.swap {
		return nil, 0
	}
	e := enumeration{in: in, right: in.asRead()}
	e.reading(r.close, false)
	e.reading(r.open, true)
	e.others()
	slices.SortStableFunc(e.found, func(a, b Misread) int {
		switch {
		case a.LogRatio > b.LogRatio:
			return -1
		case a.LogRatio < b.LogRatio:
			return 1
		}
		return 0
	})
	if e.sum == 0 {
		return nil, math.Inf(-1)
	}
	return e.found, math.Log(e.sum)
}

type enumeration struct {
	in    *Input
	right float64 // log density of the bill and its neighbours as they were read
	sum   float64
	found []Misread
}

// asRead is the log density of this usage and of the neighbouring ones as they stand.
func (in *Input) asRead() float64 {
	r := &in.register
	return in.logDensity(in.usage(), in.days()) + in.before(r.open) + in.after(r.close)
}

// logDensity is the log of the predictive density of a usage, in usage; the terms
// that all usages share are left out.
func (in *Input) logDensity(usage, days float64) float64 {
	e := in.Estimate
	perDay := usage/days + e.Offset
	if usage < 0 || perDay <= 0 {
		return -40 // a register does not go backwards
	}
	d := (math.Log(perDay) - e.Mu) / e.Scale
	dof := e.DOF
	if dof <= 0 {
		dof = 30
	}
	return -0.5*(dof+1)*math.Log1p(d*d/dof) - math.Log(perDay)
}

// before and after are the log densities of the usage of the neighbouring periods,
// given what the reading between them was. What is expected of this bill goes for
// them with a wider scale, as the season differs.
func (in *Input) before(open anomaly.Decimal) float64 {
	r := &in.register
	if !r.before.Valid || in.prev < 0 {
		return 0
	}
	p := &in.History.Bills[in.prev]
	return in.neighbourDensity(r.before.Decimal, open, float64(p.Period.Days()))
}

func (in *Input) after(close anomaly.Decimal) float64 {
	r := &in.register
	if !r.after.Valid {
		return 0
	}
	if r.afterDays < controlDays {
		// A reading soon after says only that the register has not gone back.
		if r.after.Decimal.Cmp(close) < 0 {
			return -10
		}
		return 0
	}
	return in.neighbourDensity(close, r.after.Decimal, float64(r.afterDays))
}

// controlDays is after how many days a reading tells at which rate the register moves.
const controlDays = 14

func (in *Input) neighbourDensity(from, to anomaly.Decimal, days float64) float64 {
	moved, _, ok := in.register.between(from, to)
	if !ok {
		return -10
	}
	e := in.Estimate
	perDay := anomaly.Float(moved)/days + e.Offset
	if perDay <= 0 {
		return -10
	}
	scale := math.Max(2*e.Scale, 0.3)
	d := (math.Log(perDay) - e.Mu) / scale
	return math.Max(-10, -2.5*math.Log1p(d*d/4)-math.Log(perDay))
}

// try weighs one candidate for the true value of a reading.
func (e *enumeration) try(kind string, read, truth anomaly.Decimal, opening bool, share float64, source anomaly.Source) {
	r := &e.in.register
	open, close := r.open, truth
	if opening {
		open, close = truth, r.close
	}
	usage, _, ok := r.between(open, close)
	if !ok || usage.IsNeg() || share <= 0 {
		return
	}
	u := anomaly.Float(usage)
	log := math.Log(share) + e.in.logDensity(u, e.in.days()) + e.in.before(open) + e.in.after(close) - e.right
	e.sum += math.Exp(log)
	// Worth naming: within what is expected.
	if _, z := e.in.residual(u, e.in.days()); math.Abs(z) > studentQuantile(1.96, e.in.Estimate.DOF) {
		return
	}
	e.found = append(e.found, Misread{Kind: kind, Opening: opening, Read: read, True: truth, Usage: usage, LogRatio: log, Source: source})
}

// reading tries every single slip on one reading.
func (e *enumeration) reading(read anomaly.Decimal, opening bool) {
	r := &e.in.register
	source := r.closeAt
	if opening {
		source = r.openAt
	}
	coef, scale := read.Coef(), read.Scale()
	digits := digitsOf(coef)
	if r.digits > 0 {
		// Leading zeros of the dial are digits, too.
		for len(digits)-scale < r.digits && len(digits) < 18 {
			digits = append(digits, 0)
		}
	}
	half := 0.5 // either reading may be the wrong one
	n := float64(len(digits))
	for i, d := range digits {
		for other := byte(0); other <= 9; other++ {
			if other == d {
				continue
			}
			share, kind := shareDigit/(9*n), MisreadDigit
			if other == (d+1)%10 || other == (d+9)%10 {
				share, kind = shareAdjacent/(2*n), MisreadAdjacent
			}
			digits[i] = other
			if truth, ok := fromDigits(digits, scale); ok {
				e.try(kind, read, truth, opening, half*share, source)
			}
			digits[i] = d
		}
	}
	// A pointer dial between two digits carries over: 50,826 for 49,826.
	for i := range digits {
		for _, one := range [...]int64{1, -1} {
			step, ok := anomaly.ShiftPoint(anomaly.DecimalFromInt(one), i-scale)
			truth, fits := anomaly.Add(read, step)
			if ok && fits && !truth.IsNeg() && (one > 0 && digits[i] == 9 || one < 0 && digits[i] == 0) {
				e.try(MisreadAdjacent, read, truth, opening, half*shareAdjacent/(2*n), source)
			}
		}
	}
	for i := 0; i+1 < len(digits); i++ {
		if digits[i] == digits[i+1] {
			continue
		}
		digits[i], digits[i+1] = digits[i+1], digits[i]
		if truth, ok := fromDigits(digits, scale); ok {
			e.try(MisreadTransposed, read, truth, opening, half*shareTransposed/math.Max(1, n-1), source)
		}
		digits[i], digits[i+1] = digits[i+1], digits[i]
	}
	ten := anomaly.DecimalFromInt(10)
	if truth, err := read.Mul(ten); err == nil {
		e.try(MisreadDecimal, read, truth, opening, half*shareDecimal/2, source)
	}
	if truth, err := read.Quo(ten); err == nil {
		e.try(MisreadDecimal, read, truth.Round(scale), opening, half*shareDecimal/2, source)
	}
}

// digitsOf returns the decimal digits of n, the last one first.
func digitsOf(n uint64) []byte {
	digits := make([]byte, 0, 20)
	for {
		digits = append(digits, byte(n%10))
		if n /= 10; n == 0 {
			return digits
		}
	}
}

func fromDigits(digits []byte, scale int) (anomaly.Decimal, bool) {
	n := int64(0)
	for i := len(digits) - 1; i >= 0; i-- {
		n = n*10 + int64(digits[i])
	}
	d, ok := anomaly.ShiftPoint(anomaly.DecimalFromInt(n), -scale)
	return d, ok
}

// others tries the readings of other registers and of the meters next door: if the
// reading is one of theirs, what it should have been is about what was expected.
func (e *enumeration) others() {
	in := e.in
	r := &in.register
	for i := range in.History.Readings {
		d := &in.History.Readings[i]
		if d.On == in.bill.Period.End && !in.mainRegister(d) && d.Value.Cmp(r.close) == 0 {
			e.mistaken(MisreadRegister, shareRegister, d.Source)
		}
	}
	if in.Neighbourhood == nil {
		return
	}
	next := in.Neighbourhood.RouteReadings[in.History.Account.ID]
	for i := range next {
		d := &next[i]
		if days := d.On.Sub(in.bill.Period.End); days >= -3 && days <= 3 && near(d.Value, r.close) {
			e.mistaken(MisreadNeighbour, shareNeighbour/float64(len(next)), d.Source)
		}
	}
}

// near reports whether two readings are the same but for a unit of the last place.
func near(a, b anomaly.Decimal) bool {
	d, ok := anomaly.Sub(a, b)
	return ok && d.Abs().Cmp(anomaly.DecimalFromInt(1)) <= 0
}

// mistaken weighs that the closing reading is another register's or meter's, whose
// value it has: then the bill's own usage says nothing, and is about what was expected.
func (e *enumeration) mistaken(kind string, share float64, source anomaly.Source) {
	in := e.in
	r := &in.register
	usage, ok := anomaly.DecimalFromFloat(in.Estimate.Usage, 0)
	if !ok || r.multiplier.IsZero() {
		return
	}
	moved, err := usage.Quo(r.multiplier)
	if err != nil {
		return
	}
	truth, ok := anomaly.Add(r.open, moved.Round(r.close.Scale()))
	if !ok {
		return
	}
	// One value of three (the same, one more, one less) against a density a unit.
	log := math.Log(share/3) - (in.logDensity(in.usage(), in.days()) + in.logNorm()) + in.after(truth) - in.after(r.close)
	e.sum += math.Exp(log)
	e.found = append(e.found, Misread{Kind: kind, Read: r.close, True: truth, Usage: usage, LogRatio: log, Source: source})
}

// logNorm is what logDensity leaves out, so that the two make a density a unit of usage.
func (in *Input) logNorm() float64 {
	dof := in.Estimate.DOF
	if dof <= 0 {
		dof = 30
	}
	a, _ := math.Lgamma((dof + 1) / 2)
	b, _ := math.Lgamma(dof / 2)
	return a - b - 0.5*math.Log(dof*math.Pi) - math.Log(in.Estimate.Scale) - math.Log(in.days())
}
