package anomaly

import (
	"fmt"
	"math"
	"strconv"

	"github.com/govalues/decimal"
)

// Decimal is an exact decimal number: a billed amount, a price, a meter reading,
// a usage. It holds up to 19 significant digits. Arithmetic that would lose
// digits is done in rationals by whoever needs it (see package tariff); a Decimal
// itself is only ever a value that stands in a file or on a bill.
type Decimal = decimal.Decimal

// NullDecimal is a Decimal that may be missing. Missing is never the same as zero.
type NullDecimal = decimal.NullDecimal

// Known wraps a value that is there.
func Known(d Decimal) NullDecimal { return NullDecimal{Decimal: d, Valid: true} }

// MustDecimal parses a literal; it panics on a malformed one and is meant for
// constants in code and in tests.
func MustDecimal(s string) Decimal { return decimal.MustParse(s) }

// ParseDecimal reads plain decimal notation ("1234.50", "-3").
func ParseDecimal(s string) (Decimal, error) {
	d, err := decimal.Parse(s)
	if err != nil {
		return Decimal{}, NewFault("fault.number", TextArg("value", strconv.Quote(s)))
	}
	return d, nil
}

// DecimalFromInt returns the whole number n.
func DecimalFromInt(n int64) Decimal { return decimal.MustNew(n, 0) }

var pow10 = [...]float64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
}

// Float returns the nearest float64, for statistics only: an amount that is
// billed never passes through it.
func Float(d Decimal) float64 {
	f := float64(d.Coef()) / pow10[d.Scale()]
	if d.IsNeg() {
		return -f
	}
	return f
}

// DecimalFromFloat rounds a statistic to scale decimals, half away from zero, so
// that it can be shown or printed exactly. It is not for billed amounts.
// NaN and numbers too large for a Decimal give ok = false.
func DecimalFromFloat(f float64, scale int) (d Decimal, ok bool) {
	d, err := decimal.Parse(fmt.Sprintf("%.*f", scale, f))
	return d, err == nil
}

// ShiftPoint returns d x 10^places exactly: watt-hours to kilowatt-hours is -3. ok is
// false where the result does not fit a Decimal.
func ShiftPoint(d Decimal, places int) (shifted Decimal, ok bool) {
	coef := int64(d.Coef())
	if coef < 0 { // more than 63 bits: no quantity that a meter counts
		return d, false
	}
	if d.IsNeg() {
		coef = -coef
	}
	scale := d.Scale() - places
	for ; scale < 0; scale++ {
		if coef > math.MaxInt64/10 || coef < math.MinInt64/10 {
			return d, false
		}
		coef *= 10
	}
	shifted, err := decimal.New(coef, scale)
	return shifted, err == nil
}

// Add returns a + b. Sums of amounts and readings fit 19 digits in any bill that
// can exist; a sum that does not is a corrupt input and gives ok = false.
func Add(a, b Decimal) (sum Decimal, ok bool) {
	s, err := a.AddExact(b, max(a.Scale(), b.Scale()))
	return s, err == nil
}

// Sub returns a - b under the same terms as Add.
func Sub(a, b Decimal) (difference Decimal, ok bool) { return Add(a, b.Neg()) }
