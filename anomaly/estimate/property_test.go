package estimate

import (
	"math"
	"testing"

	"github.com/govalues/decimal"
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

// anyMess draws what real files hold: impossible and overlapping periods, negative
// usage, cancelled bills, several meters, a home before, appliances and events.
func anyMess(t *rapid.T) *anomaly.History {
	h := &anomaly.History{Account: anomaly.Account{ID: "a", Service: anomaly.Service(rapid.IntRange(0, 4).Draw(t, "service"))}}
	day := func(label string) anomaly.Date {
		return anomaly.MustDate("2020-01-01").AddDays(rapid.IntRange(0, 2000).Draw(t, label))
	}
	bills := func() (list []anomaly.Bill) {
		start := day("first")
		for range rapid.IntRange(1, 20).Draw(t, "bills") {
			end := start.AddDays(rapid.IntRange(-5, 200).Draw(t, "days"))
			usage, _ := anomaly.DecimalFromFloat(rapid.Float64Range(-50, 1e6).Draw(t, "usage"), rapid.IntRange(0, 3).Draw(t, "decimals"))
			list = append(list, anomaly.Bill{
				Period: anomaly.Period{Start: start, End: end}, Usage: usage,
				Quality: anomaly.Quality(rapid.IntRange(0, 4).Draw(t, "quality")), Cancelled: rapid.IntRange(0, 9).Draw(t, "cancelled") == 0,
				MeterID: rapid.SampledFrom([]string{"", "m1", "m2"}).Draw(t, "meter"),
				Amount:  anomaly.NullDecimal{Decimal: usage, Valid: rapid.Bool().Draw(t, "priced")},
			})
			start = max(start, end.AddDays(rapid.IntRange(-10, 40).Draw(t, "gap")))
		}
		return list
	}
	h.Bills = bills()
	if rapid.Bool().Draw(t, "moved") {
		h.Account.MovedIn = day("moved in")
		h.Previous = &anomaly.History{Bills: bills()}
	}
	for range rapid.IntRange(0, 3).Draw(t, "appliances") {
		h.Appliances = append(h.Appliances, anomaly.Appliance{
			Name: "x", Watts: rapid.Float64Range(0, 5000).Draw(t, "watts"), HoursPerDay: rapid.Float64Range(0, 24).Draw(t, "hours"),
			From: rapid.SampledFrom([]anomaly.Date{0, day("from")}).Draw(t, "since"), Until: rapid.SampledFrom([]anomaly.Date{0, day("until")}).Draw(t, "to"),
			Months: uint16(rapid.IntRange(0, 4095).Draw(t, "months")),
		})
	}
	for range rapid.IntRange(0, 3).Draw(t, "events") {
		kind := rapid.SampledFrom([]string{anomaly.EventVacancyStart, anomaly.EventVacancyEnd, anomaly.EventOccupancy, anomaly.EventComplaint}).Draw(t, "kind")
		h.Events = append(h.Events, anomaly.Event{Kind: kind, At: day("at"), Ref: h.Bills[0].Key()})
	}
	return h
}

func TestNoMessBreaksIt(t *testing.T) {
	k := newKernel()
	rapid.Check(t, func(t *rapid.T) {
		h := anyMess(t)
		bill := rapid.IntRange(0, len(h.Bills)-1).Draw(t, "bill")
		est := k.Estimate(h, bill)
		if again := k.Estimate(h, bill); again.Usage != est.Usage || again.Change != est.Change || again.High99 != est.High99 {
			t.Fatalf("the same bill estimated twice gives two answers:\n%+v\n%+v", est, again)
		}
		if !est.Known {
			if est.Missing.Key == "" {
				t.Fatal("no estimate and no word on why")
			}
			return
		}
		for _, v := range []float64{est.Usage, est.Low99, est.High99, est.Mu, est.Scale, est.DOF, est.Reference.Usage, est.Change.Shift, est.Appliances.AddedWeight} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("not a number in %+v", est)
			}
		}
		for _, p := range est.Parts {
			if math.IsNaN(p.Log) || math.IsInf(p.Log, 0) {
				t.Fatalf("not a number in %+v", est.Parts)
			}
		}
		rows, _ := Explain(h, bill, &est, flatPrice{})
		var usage anomaly.Decimal
		for _, r := range rows {
			usage, _ = anomaly.Add(usage, r.Usage)
		}
		if usage.Cmp(h.Bills[bill].Usage) != 0 {
			t.Fatalf("rows add up to %s, billed %s", usage, h.Bills[bill].Usage)
		}
		Basis(h, bill, &est)
	})
}

// Where the processor's whole numbers hold a share, it is the one that decimals give.
func TestShortShareIsTheLongOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		figure := func(name string, most int64) anomaly.Decimal {
			return decimal.MustNew(rapid.Int64Range(-most, most).Draw(t, name), rapid.IntRange(0, 4).Draw(t, name+" decimals"))
		}
		most := rapid.SampledFrom([]int64{20, 5000, 1e9}).Draw(t, "most")
		amount, part, whole := figure("amount", most), figure("part", most), figure("whole", most)
		scale := rapid.IntRange(0, 4).Draw(t, "scale")
		short, ok := shortShare(amount, part, whole, scale)
		if long := longShare(amount, part, whole, scale); ok && short != long {
			t.Fatalf("%s x %s / %s to %d decimals: %s, the long way %s", amount, part, whole, scale, short, long)
		}
	})
}
