package estimate

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"whybill/anomaly"
)

// anyHistory draws a household: 2 to 40 bills of 20 to 70 days, some estimated, with
// or without amounts.
func anyHistory(t *rapid.T) *anomaly.History {
	h := &anomaly.History{Account: anomaly.Account{ID: "a", Service: anomaly.Electricity}}
	start := anomaly.MustDate("2021-01-01").AddDays(rapid.IntRange(0, 400).Draw(t, "start"))
	scale := rapid.IntRange(0, 2).Draw(t, "decimals")
	for i := range rapid.IntRange(2, 40).Draw(t, "bills") {
		end := start.AddDays(rapid.IntRange(20, 70).Draw(t, "days"))
		usage, _ := anomaly.DecimalFromFloat(rapid.Float64Range(0, 2000).Draw(t, "usage"), scale)
		b := anomaly.Bill{ID: string(rune('A' + i)), Period: anomaly.Period{Start: start, End: end}, Usage: usage, Currency: "TWD"}
		if rapid.IntRange(0, 9).Draw(t, "guessed") == 0 {
			b.Quality = anomaly.Estimated
		}
		if rapid.Bool().Draw(t, "priced") {
			amount, _ := anomaly.DecimalFromFloat(rapid.Float64Range(0, 9000).Draw(t, "amount"), rapid.IntRange(0, 2).Draw(t, "cents"))
			b.Amount = anomaly.Known(amount)
		}
		h.Bills = append(h.Bills, b)
		start = end
	}
	return h
}

func TestRowsAddUp(t *testing.T) {
	k := newKernel()
	rapid.Check(t, func(t *rapid.T) {
		h := anyHistory(t)
		last := len(h.Bills) - 1
		est := k.Estimate(h, last)
		rows, left := Explain(h, last, &est, flatPrice{})
		if !est.Known {
			if rows != nil || left.Known || est.Missing.Key == "" {
				t.Fatalf("rows without an estimate, or no word on what is missing")
			}
			return
		}
		var logs float64
		for _, p := range est.Parts {
			logs += p.Log
		}
		// Below the offset both are floored, and the unexplained row takes the rest.
		floor := func(p anomaly.Period) float64 { return est.Offset * float64(p.Days()) }
		r := &est.Reference
		if est.Usage > floor(h.Bills[last].Period) && r.Usage > floor(r.Period) && est.Vacant == 0 {
			if want := math.Log(est.Usage / r.Usage); math.Abs(logs-want) > 1e-9 {
				t.Fatalf("parts add up to %.12f, want %.12f", logs, want)
			}
		}
		var usage, amount anomaly.Decimal
		for _, r := range rows {
			usage, _ = anomaly.Add(usage, r.Usage)
			amount, _ = anomaly.Add(amount, r.Amount.Decimal)
			if r.Amount.Valid != rows[0].Amount.Valid {
				t.Fatalf("%s has an amount and %s has none", r.What, rows[0].What)
			}
		}
		b := &h.Bills[last]
		if usage.Cmp(b.Usage) != 0 {
			t.Fatalf("rows add up to %s, billed %s", usage, b.Usage)
		}
		if rows[0].Amount.Valid && amount.Cmp(b.Amount.Decimal) != 0 {
			t.Fatalf("rows add up to %s, billed %s", amount, b.Amount.Decimal)
		}
		if b.Amount.Valid && b.Usage.IsPos() && !rows[0].Amount.Valid {
			t.Fatal("no amounts on a bill that has one")
		}
		if left.Low > left.Middle || left.Middle > left.High {
			t.Fatalf("unexplained between %.1f and %.1f, middle %.1f", left.Low, left.High, left.Middle)
		}
	})
}

// flatPrice prices every unit at 3.
type flatPrice struct{}

func (flatPrice) Price(req *anomaly.PriceRequest) (*anomaly.Priced, error) {
	amount, err := req.Usage.Mul(anomaly.MustDecimal("3"))
	if err != nil {
		return nil, err
	}
	return &anomaly.Priced{Currency: "TWD", Amount: amount, Subtotal: amount, Unit: anomaly.MustDecimal("0.01")}, nil
}

func TestIntervalsAreNested(t *testing.T) {
	k := newKernel()
	rapid.Check(t, func(t *rapid.T) {
		h := anyHistory(t)
		est := k.Estimate(h, len(h.Bills)-1)
		order := []float64{0, est.Low99, est.Low95, est.Low90, est.Usage, est.High90, est.High95, est.High99}
		for i := 1; est.Known && i < len(order); i++ {
			if order[i] < order[i-1] || math.IsNaN(order[i]) || math.IsInf(order[i], 0) {
				t.Fatalf("limits out of order: %v", order)
			}
		}
	})
}

func TestUnitsDoNotMatter(t *testing.T) {
	k := newKernel()
	rapid.Check(t, func(t *rapid.T) {
		h := anyHistory(t)
		last := len(h.Bills) - 1
		a := k.Estimate(h, last)
		thousand := anomaly.DecimalFromInt(1000)
		for i := range h.Bills {
			h.Bills[i].Usage, _ = h.Bills[i].Usage.Mul(thousand)
		}
		b := k.Estimate(h, last)
		if math.Abs(1000*a.Usage-b.Usage) > 1e-9*max(1, b.Usage) || math.Abs(1000*a.High95-b.High95) > 1e-9*max(1, b.High95) {
			t.Fatalf("in kWh %.9f, in Wh %.9f", a.Usage, b.Usage)
		}
	})
}

func TestLongerBillsOfTheSameDays(t *testing.T) {
	// Ten a day, cut into bills of any length, is ten a day.
	k := newKernel()
	rapid.Check(t, func(t *rapid.T) {
		h := anyHistory(t)
		for i := range h.Bills {
			b := &h.Bills[i]
			b.Quality = anomaly.Actual
			b.Usage = anomaly.DecimalFromInt(int64(10 * b.Period.Days()))
		}
		last := len(h.Bills) - 1
		est := k.Estimate(h, last)
		if want := anomaly.Float(h.Bills[last].Usage); math.Abs(est.Usage-want) > 0.001*want {
			t.Fatalf("expected %.3f for %d days", est.Usage, h.Bills[last].Period.Days())
		}
	})
}
