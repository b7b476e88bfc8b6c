package tariff

import (
	"cmp"
	"math"
	"math/big"
	"math/bits"

	"github.com/govalues/decimal"

	"whybill/anomaly"
)

// exact is a rational number, for sums whose terms carry day weights such as 56/61:
// nothing is rounded before the sum is there. Its value is
//
//	(-1)^neg * (hi*2^64 + lo) / (den * 10^scale)
//
// or, where that does not fit, big. The zero value is zero. The small form never
// allocates; every bill that a household can get stays in it.
type exact struct {
	neg    bool
	scale  int8
	hi, lo uint64
	den    uint64 // 0 stands for 1, so that the zero value is a number
	big    *big.Rat
}

// The largest power of ten in a uint64.
const maxPow10 = 19

var pow10 = func() (p [maxPow10 + 1]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

func exactOf(d anomaly.Decimal) exact {
	return exact{neg: d.IsNeg(), scale: int8(d.Scale()), lo: d.Coef()}
}

func exactInt(n int64) exact {
	if n < 0 {
		return exact{neg: true, lo: -uint64(n)}
	}
	return exact{lo: uint64(n)}
}

// ratio returns n/d; d must not be zero.
func ratio(n, d int64) exact {
	e := exactInt(n)
	if d < 0 {
		e.neg = n > 0
		d = -d
	}
	if n < 0 {
		n = -n
	}
	g := gcd(uint64(n), uint64(d))
	e.lo, e.den = e.lo/g, uint64(d)/g
	return e
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, 1)
}

func (a *exact) denominator() uint64 { return max(a.den, 1) }

func (a *exact) isZero() bool {
	if a.big != nil {
		return a.big.Sign() == 0
	}
	return a.hi == 0 && a.lo == 0
}

func (a *exact) sign() int {
	switch {
	case a.big != nil:
		return a.big.Sign()
	case a.isZero():
		return 0
	case a.neg:
		return -1
	}
	return 1
}

// rat returns the number as a big rational: the slow path, and what tests compare with.
func (a *exact) rat() *big.Rat {
	if a.big != nil {
		return a.big
	}
	n := new(big.Int).SetUint64(a.hi)
	n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(a.lo))
	if a.neg {
		n.Neg(n)
	}
	d := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(a.scale)), nil)
	d.Mul(d, new(big.Int).SetUint64(a.denominator()))
	return new(big.Rat).SetFrac(n, d)
}

func (a exact) negated() exact {
	if a.big != nil {
		return exact{big: new(big.Rat).Neg(a.big)}
	}
	a.neg = !a.neg
	return a
}

// widen multiplies numerator and denominator by the same, so that the number has
// the given denominator and scale, which must be multiples of its own.
func (a *exact) widen(den uint64, scale int8) (hi, lo uint64, ok bool) {
	hi, lo, ok = mul128(a.hi, a.lo, den/a.denominator())
	if !ok || scale-a.scale > maxPow10 {
		return 0, 0, false
	}
	return mul128(hi, lo, pow10[scale-a.scale])
}

func mul128(hi, lo, by uint64) (uint64, uint64, bool) {
	over, high := bits.Mul64(hi, by)
	carry, low := bits.Mul64(lo, by)
	high, c := bits.Add64(high, carry, 0)
	return high, low, over == 0 && c == 0
}

func lcm(a, b uint64) (uint64, bool) {
	over, l := bits.Mul64(a/gcd(a, b), b)
	return l, over == 0
}

// add returns a + b.
func (a exact) add(b exact) exact {
	if a.big == nil && b.big == nil {
		if a.scale == b.scale && a.den == b.den {
			if r, ok := addSigned(a.neg, a.hi, a.lo, b.neg, b.hi, b.lo); ok {
				r.den, r.scale = a.den, a.scale
				return r
			}
		}
		den, ok := lcm(a.denominator(), b.denominator())
		scale := max(a.scale, b.scale)
		if ok {
			ah, al, ok1 := a.widen(den, scale)
			bh, bl, ok2 := b.widen(den, scale)
			if ok1 && ok2 {
				if r, ok := addSigned(a.neg, ah, al, b.neg, bh, bl); ok {
					r.den, r.scale = den, scale
					return r
				}
			}
		}
	}
	return exact{big: new(big.Rat).Add(a.rat(), b.rat())}
}

func addSigned(an bool, ah, al uint64, bn bool, bh, bl uint64) (exact, bool) {
	if an == bn {
		lo, c := bits.Add64(al, bl, 0)
		hi, c := bits.Add64(ah, bh, c)
		return exact{neg: an, hi: hi, lo: lo}, c == 0
	}
	if ah < bh || ah == bh && al < bl {
		an, ah, al, bh, bl = bn, bh, bl, ah, al
	}
	lo, c := bits.Sub64(al, bl, 0)
	hi, _ := bits.Sub64(ah, bh, c)
	return exact{neg: an, hi: hi, lo: lo}, true
}

// sub returns a - b.
func (a exact) sub(b exact) exact { return a.add(b.negated()) }

// mul returns a * b.
func (a exact) mul(b exact) exact {
	if a.big == nil && b.big == nil {
		over, den := bits.Mul64(a.denominator(), b.denominator())
		scale := int(a.scale) + int(b.scale)
		if over == 0 && scale < math.MaxInt8 {
			if a.hi != 0 {
				a, b = b, a
			}
			if a.hi == 0 {
				if hi, lo, ok := mul128(b.hi, b.lo, a.lo); ok {
					if den == 1 {
						den = 0 // one form for whole numbers: they are then compared at a glance
					}
					return exact{neg: a.neg != b.neg, scale: int8(scale), hi: hi, lo: lo, den: den}
				}
			}
		}
	}
	return exact{big: new(big.Rat).Mul(a.rat(), b.rat())}
}

// div returns a / b; b must not be zero.
func (a exact) div(b exact) exact {
	if b.big == nil && b.hi == 0 && int(b.scale) <= maxPow10 {
		// a / (lo / (den 10^scale)) is a * (den 10^scale) / lo.
		if over, n := bits.Mul64(b.denominator(), pow10[b.scale]); over == 0 {
			return a.mul(exact{neg: b.neg, lo: n, den: b.lo})
		}
	}
	return exact{big: new(big.Rat).Quo(a.rat(), b.rat())}
}

// cmp compares two numbers.
func (a *exact) cmp(b *exact) int {
	if a.big == nil && b.big == nil && a.neg == b.neg && a.scale == b.scale && a.denominator() == b.denominator() {
		c := 0
		switch {
		case a.hi != b.hi:
			c = cmp.Compare(a.hi, b.hi)
		default:
			c = cmp.Compare(a.lo, b.lo)
		}
		if a.neg {
			return -c
		}
		return c
	}
	d := a.sub(*b)
	return d.sign()
}

// round returns the number as a Decimal, rounded to a whole multiple of unit. ok is
// false where it does not fit.
func (a exact) round(unit anomaly.Decimal, mode anomaly.RoundMode) (d anomaly.Decimal, ok bool) {
	steps := a.div(exactOf(unit))
	n, ok := steps.whole(mode)
	if !ok || n > math.MaxInt64 {
		return anomaly.Decimal{}, false
	}
	d, err := anomaly.DecimalFromInt(int64(n)).MulExact(unit, unit.Scale())
	if err != nil {
		return anomaly.Decimal{}, false
	}
	if a.sign() < 0 {
		d = d.Neg()
	}
	return d, true
}

// places rounds half up to a number of decimals.
func (a exact) places(decimals int) (anomaly.Decimal, bool) {
	n, ok := a.mul(exact{lo: pow10[decimals]}).whole(anomaly.RoundHalfUp)
	if !ok || n > math.MaxInt64 {
		return anomaly.Decimal{}, false
	}
	d := decimal.MustNew(int64(n), decimals)
	if a.sign() < 0 {
		d = d.Neg()
	}
	return d, true
}

// whole rounds the magnitude to a whole number.
func (a exact) whole(mode anomaly.RoundMode) (uint64, bool) {
	if a.big == nil && int(a.scale) <= maxPow10 {
		if over, den := bits.Mul64(a.denominator(), pow10[a.scale]); over == 0 {
			if a.hi >= den {
				return 0, false
			}
			q, r := bits.Div64(a.hi, a.lo, den)
			if roundsUp(mode, cmpHalf(r, den), r == 0, q&1 == 1) {
				q++
			}
			return q, q != 0 || r == 0 || mode != anomaly.RoundUp
		}
	}
	return bigWhole(a.rat(), mode)
}

// cmpHalf compares r with den/2.
func cmpHalf(r, den uint64) int {
	switch rest := den - r; {
	case r < rest:
		return -1
	case r > rest:
		return 1
	}
	return 0
}

func roundsUp(mode anomaly.RoundMode, half int, none, odd bool) bool {
	switch mode {
	case anomaly.RoundUp:
		return !none
	case anomaly.RoundDown:
		return false
	case anomaly.RoundHalfEven:
		return half > 0 || half == 0 && odd
	}
	return half >= 0
}

func bigWhole(r *big.Rat, mode anomaly.RoundMode) (uint64, bool) {
	n := new(big.Int).Abs(r.Num())
	q, rest := n.QuoRem(n, r.Denom(), new(big.Int))
	half := new(big.Int).Lsh(rest, 1).Cmp(r.Denom())
	if roundsUp(mode, half, rest.Sign() == 0, q.Bit(0) == 1) {
		q.Add(q, big.NewInt(1))
	}
	return q.Uint64(), q.IsUint64()
}
