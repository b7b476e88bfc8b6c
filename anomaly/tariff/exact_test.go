package tariff

import (
	"math/big"
	"testing"

	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"whybill/anomaly"
)

// anyDecimal draws decimals of every length that a Decimal can have, small ones most often.
func anyDecimal(t *rapid.T, label string) anomaly.Decimal {
	bits := rapid.SampledFrom([]int{4, 12, 20, 34, 48, 62}).Draw(t, label+" bits")
	coefficient := rapid.Int64Range(-(1<<bits), 1<<bits).Draw(t, label)
	return decimal.MustNew(coefficient, rapid.IntRange(0, 12).Draw(t, label+" scale"))
}

func bigOf(d anomaly.Decimal) *big.Rat {
	r, _ := new(big.Rat).SetString(d.String())
	return r
}

// Sums of products with day weights, as a bill makes them, against big rationals.
// Numbers are drawn large enough that the small form overflows in part of the cases.
func TestExactArithmeticAgreesWithBigRationals(t *testing.T) {
	overflowed := 0
	rapid.Check(t, func(t *rapid.T) {
		var sum exact
		want := new(big.Rat)
		for range rapid.IntRange(1, 12).Draw(t, "terms") {
			a, b := anyDecimal(t, "price"), anyDecimal(t, "quantity")
			days := rapid.Int64Range(1, 400).Draw(t, "days")
			of := rapid.Int64Range(1, 400).Draw(t, "of")
			term := exactOf(a).mul(exactOf(b)).mul(ratio(days, of))
			bigTerm := new(big.Rat).Mul(bigOf(a), bigOf(b))
			bigTerm.Mul(bigTerm, big.NewRat(days, of))
			switch rapid.IntRange(0, 3).Draw(t, "operation") {
			case 0:
				sum, want = sum.sub(term), new(big.Rat).Sub(want, bigTerm)
			case 1:
				if bigTerm.Sign() != 0 {
					sum, want = sum.div(term), new(big.Rat).Quo(want, bigTerm)
				}
			default:
				sum, want = sum.add(term), new(big.Rat).Add(want, bigTerm)
			}
			if sum.rat().Cmp(want) != 0 {
				t.Fatalf("got %s, want %s", sum.rat(), want)
			}
		}
		if sum.big != nil {
			overflowed++
		}
		if sum.sign() != want.Sign() {
			t.Fatalf("sign %d of %s", sum.sign(), want)
		}
		checkRounding(t, sum, want)
	})
	if overflowed == 0 {
		t.Error("no sum left the small form: the slow path went untested")
	}
}

func checkRounding(t *rapid.T, sum exact, want *big.Rat) {
	unit := rapid.SampledFrom([]string{"1", "0.1", "0.01", "0.05", "10"}).Draw(t, "unit")
	mode := anomaly.RoundMode(rapid.IntRange(0, 3).Draw(t, "mode"))
	u := anomaly.MustDecimal(unit)
	got, ok := sum.round(u, mode)
	if !ok {
		return
	}
	// The distance from the rounded number is less than a unit, or at most half of one.
	off := new(big.Rat).Sub(bigOf(got), want)
	off.Quo(off, bigOf(u))
	distance := new(big.Rat).Abs(off)
	limit := big.NewRat(1, 2)
	if mode == anomaly.RoundUp || mode == anomaly.RoundDown {
		limit = big.NewRat(1, 1)
	}
	if distance.Cmp(limit) > 0 {
		t.Fatalf("%s rounded to %s %s: %s", want, unit, mode, got)
	}
	away := off.Sign() * want.Sign()
	if mode == anomaly.RoundUp && away < 0 || mode == anomaly.RoundDown && away > 0 {
		t.Fatalf("%s rounded %s to %s", want, mode, got)
	}
	if mode == anomaly.RoundHalfUp && distance.Cmp(limit) == 0 && away < 0 {
		t.Fatalf("the half of %s was rounded down to %s", want, got)
	}
}

// Rounding of the domain's decimals agrees with rounding of exact numbers.
func TestDomainRoundingAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDecimal(t, "amount")
		unit := anomaly.MustDecimal(rapid.SampledFrom([]string{"1", "0.1", "0.01", "0.05"}).Draw(t, "unit"))
		mode := anomaly.RoundMode(rapid.IntRange(0, 3).Draw(t, "mode"))
		e := exactOf(d)
		want, ok1 := e.round(unit, mode)
		got, ok2 := anomaly.RoundTo(d, unit, mode)
		if ok1 && ok2 && got.Cmp(want) != 0 {
			t.Fatalf("%s to %s %s: %s, want %s", d, unit, mode, got, want)
		}
	})
}
