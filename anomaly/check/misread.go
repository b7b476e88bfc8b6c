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

// How misreads divide among the kinds; our proposal. Each kind's share divides among the
// ways in which it can happen on this reading, by how likely each is to be noticed.
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
// no readings or nothing is expected. possible is the likeliest of those that would bring
// the usage into the 99 % interval at all, nil where there are none: then no second reading
// explains the bill.
func Misreads(in *Input) (candidates []Misread, possible *Misread, total float64) {
	if in.bill == nil && !in.prepare() {
		return nil, nil, 0
	}
	r := &in.register
	if !r.known || !in.estimateKnown() || r.swap {
		return nil, nil, 0
	}
	e := enumeration{in: in, right: in.asRead()}
	e.weigh()
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
		return nil, e.near, math.Inf(-1)
	}
	return e.found, e.near, math.Log(e.sum)
}

type enumeration struct {
	in    *Input
	right float64 // log density of the bill and its neighbours as they were read
	sum   float64
	found []Misread
	// sizes sums, by kind, how likely the slips that can happen are to be noticed;
	// billed is the same of the slip that would have made this bill.
	sizes  [slipKinds]float64
	billed float64
	near   *Misread // the likeliest that brings the usage into the 99 % interval
}

// The sizes of the misreads that come to be looked at: by about a factor of e up or down,
// as package diagnose has it, and outside what is expected; seldom within it. A dial one
// off in its last place is as frequent as in any other, and hardly anybody ever knows.
const (
	noticedShift  = 1.0
	noticedSD     = 0.9
	noticedWithin = 0.12
)

// noticed is how likely a misread is to be looked at that leads to a usage.
func (in *Input) noticed(usage float64) float64 {
	if usage < 0 {
		return 0 // R01 speaks of it
	}
	if usage >= in.Estimate.Low95 && usage <= in.Estimate.High95 {
		return noticedWithin
	}
	r, _ := in.residual(usage, in.days())
	z := (math.Abs(r) - noticedShift) / noticedSD
	return math.Exp(-0.5 * z * z)
}

// weigh sums what can be misread on a reading that would be as expected.
func (e *enumeration) weigh() {
	r := &e.in.register
	expected, multiplier := e.in.Estimate.Usage, anomaly.Float(r.multiplier)
	e.billed = e.in.noticed(e.in.usage())
	var moved anomaly.Decimal
	if multiplier > 0 {
		moved, _ = anomaly.DecimalFromFloat(expected/multiplier, r.close.Scale())
	}
	right, ok := anomaly.Add(r.open, moved)
	of := slippable{
		open: r.open, right: right, added: ok, digits: r.digits, multiplier: multiplier, days: e.in.days(), expected: expected,
		low: e.in.Estimate.Low95, high: e.in.Estimate.High95, mu: e.in.Estimate.Mu, offset: e.in.Estimate.Offset,
	}
	if s := &e.in.slips; s.of != of {
		*s = slipSizes{of: of}
		if ok {
			r.slips(right, func(kind int, read anomaly.Decimal) {
				s.sizes[kind] += e.in.noticed(expected + multiplier*(anomaly.Float(read)-anomaly.Float(right)))
			})
		}
		r.slips(r.open, func(kind int, read anomaly.Decimal) {
			s.sizes[kind] += e.in.noticed(expected - multiplier*(anomaly.Float(read)-anomaly.Float(r.open)))
		})
	}
	e.sizes = e.in.slips.sizes
}

// slipSizes is what weigh sums, kept while it is about the same two readings: bills that
// are imagined begin with the same one and are expected to close with the same.
type slipSizes struct {
	of    slippable
	sizes [slipKinds]float64
}

// slippable is what the sums depend on: the opening reading, what the closing one would be
// if all were as expected, and what is expected.
type slippable struct {
	open, right           anomaly.Decimal
	added                 bool
	digits                int
	multiplier, days      float64
	expected              float64
	low, high, mu, offset float64
}

// asRead is the log density of this usage and of the neighbouring ones as they stand.
func (in *Input) asRead() float64 {
	r := &in.register
	return in.logDensity(in.usage(), in.days()) + in.before(r.open) + in.after(r.close, in.usage())
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
	days := float64(in.History.Bills[in.prev].Period.Days())
	perDay, ok := in.rate(r.before.Decimal, open, days)
	if !ok {
		return impossible
	}
	return in.neighbourDensity(perDay, in.Estimate.Mu, days)
}

// after knows one thing more: whatever this bill's usage is, it may go on.
func (in *Input) after(close anomaly.Decimal, usage float64) float64 {
	r := &in.register
	if !r.after.Valid {
		return 0
	}
	days := float64(r.afterDays)
	perDay, ok := in.rate(close, r.after.Decimal, days)
	if !ok {
		return impossible
	}
	asExpected := in.neighbourDensity(perDay, in.Estimate.Mu, days)
	goesOn := math.Log(math.Max(usage/in.days()+in.Estimate.Offset, 1e-6))
	return math.Log(0.5*math.Exp(asExpected) + 0.5*math.Exp(in.neighbourDensity(perDay, goesOn, days)))
}

// impossible is the log density of what a neighbouring period can all but not have been.
const impossible = -10

// rate is the usage a day between two readings, with the offset of the estimate; ok is
// false where the register went back.
func (in *Input) rate(from, to anomaly.Decimal, days float64) (perDay float64, ok bool) {
	moved, _, ok := in.register.between(from, to)
	perDay = anomaly.Float(moved)/math.Max(1, days) + in.Estimate.Offset
	return perDay, ok && perDay > 0
}

// neighbourDensity is the log density of a neighbouring period's usage a day around a
// level. Few days differ more among each other than a whole period does.
func (in *Input) neighbourDensity(perDay, level, days float64) float64 {
	scale := math.Max(2*in.Estimate.Scale, 0.3) * math.Sqrt(math.Max(1, in.days()/math.Max(1, days)))
	d := (math.Log(perDay) - level) / scale
	return math.Max(impossible, -2.5*math.Log1p(d*d/4)-math.Log(perDay))
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
	if u < e.in.Estimate.Low99 || u > e.in.Estimate.High99 {
		return // a misread of a bill that was unusual as it was: two rare things at once
	}
	log := math.Log(share) + e.in.logDensity(u, e.in.days()) + e.in.before(open) + e.in.after(close, u) - e.right
	e.sum += math.Exp(log)
	m := Misread{Kind: kind, Opening: opening, Read: read, True: truth, Usage: usage, LogRatio: log, Source: source}
	if e.near == nil || log > e.near.LogRatio {
		nearest := m
		e.near = &nearest
	}
	// Worth naming: within what is expected.
	if u < e.in.Estimate.Low95 || u > e.in.Estimate.High95 {
		return
	}
	e.found = append(e.found, m)
}

// reading tries every single slip on one reading.
func (e *enumeration) reading(read anomaly.Decimal, opening bool) {
	r := &e.in.register
	source := r.closeAt
	if opening {
		source = r.openAt
	}
	r.slips(read, func(kind int, truth anomaly.Decimal) {
		if e.sizes[kind] > 0 {
			e.try(slipNames[kind], read, truth, opening, slipShares[kind]*e.billed/e.sizes[kind], source)
		}
	})
}

// The kinds of slips of the pen, and how they divide.
const (
	slipAdjacent = iota
	slipTransposed
	slipDigit
	slipDecimal
	slipKinds
)

var (
	slipNames  = [slipKinds]string{MisreadAdjacent, MisreadTransposed, MisreadDigit, MisreadDecimal}
	slipShares = [slipKinds]float64{shareAdjacent, shareTransposed, shareDigit, shareDecimal}
)

// slips yields what a reading can be misread as by a single slip and, as the same slips
// lead back, what a reading that was misread may have been.
func (r *register) slips(read anomaly.Decimal, yield func(kind int, other anomaly.Decimal)) {
	scale := read.Scale()
	digits := digitsOf(read.Coef())
	// Leading zeros of the dial are digits, too.
	for len(digits)-scale < r.digits && len(digits) < 18 {
		digits = append(digits, 0)
	}
	for i, d := range digits {
		for other := byte(0); other <= 9; other++ {
			if other == d {
				continue
			}
			kind := slipDigit
			if other == (d+1)%10 || other == (d+9)%10 {
				kind = slipAdjacent
			}
			digits[i] = other
			if truth, ok := fromDigits(digits, scale); ok {
				yield(kind, truth)
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
				yield(slipAdjacent, truth)
			}
		}
	}
	for i := 0; i+1 < len(digits); i++ {
		if digits[i] == digits[i+1] {
			continue
		}
		digits[i], digits[i+1] = digits[i+1], digits[i]
		if truth, ok := fromDigits(digits, scale); ok {
			yield(slipTransposed, truth)
		}
		digits[i], digits[i+1] = digits[i+1], digits[i]
	}
	ten := anomaly.DecimalFromInt(10)
	if truth, err := read.Mul(ten); err == nil {
		yield(slipDecimal, truth)
	}
	if truth, err := read.Quo(ten); err == nil {
		yield(slipDecimal, truth.Round(scale))
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
	log := math.Log(share/3) - (in.logDensity(in.usage(), in.days()) + in.logNorm()) + in.after(truth, in.Estimate.Usage) - in.after(r.close, in.usage())
	e.sum += math.Exp(log)
	e.found = append(e.found, Misread{Kind: kind, Read: r.close, True: truth, Usage: usage, LogRatio: log, Source: source})
	if e.near == nil || log > e.near.LogRatio {
		e.near = &e.found[len(e.found)-1]
	}
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
