package estimate

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"whybill/anomaly"
)

// A first pass that does not know yet what all accounts did alike comes to the side that
// the estimate comes to when that is known.
func TestPlaceTakesTheSideOfTheEstimate(t *testing.T) {
	sides := map[int]int{}
	vacant, settled := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		h := anyHistory(t)
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0: // nobody there at the end
			for i := max(0, len(h.Bills)-1-rapid.IntRange(0, 4).Draw(t, "empty")); i < len(h.Bills); i++ {
				h.Bills[i].Usage = anomaly.Decimal{}
			}
		case 1: // estimates that the last bill settles
			for i := max(1, len(h.Bills)-1-rapid.IntRange(1, 2).Draw(t, "estimates")); i < len(h.Bills)-1; i++ {
				h.Bills[i].Quality = anomaly.Estimated
			}
		case 2:
			h.Appliances = []anomaly.Appliance{{Name: "heater", Watts: 1500, HoursPerDay: 4, Count: 1, From: h.Bills[len(h.Bills)-1].Period.Start}}
		}
		last := len(h.Bills) - 1
		factor := rapid.Float64Range(-0.6, 0.6).Draw(t, "alike")
		common := map[string]*anomaly.CommonFactor{}
		if rapid.Bool().Draw(t, "known") {
			common["electricity"] = &anomaly.CommonFactor{
				First: h.Bills[0].Period.Start, BinDays: int(h.Bills[last].Period.End - h.Bills[0].Period.Start), Log: []float64{factor},
			}
		}
		if rapid.Bool().Draw(t, "regions") {
			h.Account.Region = "hot"
			common["electricity@hot"] = &anomaly.CommonFactor{
				First: h.Bills[0].Period.Start, BinDays: int(h.Bills[last].Period.End - h.Bills[0].Period.Start), Log: []float64{factor + 0.2},
			}
		}
		weather := map[string]*anomaly.WeatherSeries{}
		if rapid.Bool().Draw(t, "weather") {
			h.Account.WeatherStation = "s"
			w := &anomaly.WeatherSeries{First: h.Bills[0].Period.Start}
			for d := w.First; d < h.Bills[last].Period.End; d++ {
				mean := 18 - 9*math.Cos(2*math.Pi*float64(d)/365.25)
				if d >= h.Bills[last].Period.Start {
					mean += 6
				}
				w.Mean = append(w.Mean, mean)
			}
			weather["s"] = w
		}
		cfg := anomaly.DefaultConfig()
		model := fourShapes()
		if rapid.Bool().Draw(t, "cold") {
			model = nil
		}
		place := NewKernel(&anomaly.Context{Model: model, Weather: weather}, &cfg).Place(h, last)
		est := NewKernel(&anomaly.Context{Model: model, Weather: weather, Neighbourhood: &anomaly.Neighbourhood{Common: common}}, &cfg).Estimate(h, last)
		want := est.Side(anomaly.Float(h.Bills[last].Usage))
		sides[want]++
		if est.Vacant > 0 {
			vacant++
		}
		if len(est.SetAside) > 0 && est.SetAside[len(est.SetAside)-1].Reason.Key != "" {
			settled++
		}
		if got := place.Side(NewAlike(common)); got != want {
			t.Fatalf("on side %d, the estimate's is %d: %s of %.3f to %.3f", got, want, h.Bills[last].Usage, est.Low95, est.High95)
		}
	})
	if testing.Short() {
		return // so few draws need not meet every case
	}
	for _, side := range []int{-1, 0, 1} {
		if sides[side] == 0 {
			t.Errorf("no bill was on side %d", side)
		}
	}
	if vacant == 0 || settled == 0 {
		t.Errorf("%d empty premises and %d histories with something set aside: the test has missed its cases", vacant, settled)
	}
}

func TestPlaceAllocatesNothing(t *testing.T) {
	h := monthly(37)
	cfg := anomaly.DefaultConfig()
	k := NewKernel(&anomaly.Context{Model: fourShapes()}, &cfg)
	if p := k.Place(h, 36); p.group == nil {
		t.Fatal("nothing was placed")
	}
	if n := testing.AllocsPerRun(100, func() { k.Place(h, 36) }); n > 0 {
		t.Errorf("%.0f allocations, want none", n)
	}
}

// The cheap half of BenchmarkEstimate.
func BenchmarkPlace(b *testing.B) {
	h := monthly(37)
	cfg := anomaly.DefaultConfig()
	k := NewKernel(&anomaly.Context{Model: fourShapes()}, &cfg)
	b.ReportAllocs()
	for b.Loop() {
		k.Place(h, 36)
	}
}
