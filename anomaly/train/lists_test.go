package train_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"whybill/anomaly"
	"whybill/anomaly/train"
)

func TestWhatListsOfAppliancesAreWorth(t *testing.T) {
	one := simulate(8, 150, 14)
	rng := rand.New(rand.NewPCG(8, 8))
	var hs histories
	for i, h := range one.homes {
		// What is used is 1.5 * declared^0.7, give or take 30 %; one list in ten is nonsense.
		declared := 8 * math.Exp(0.8*rng.NormFloat64())
		var sum, days float64
		for _, b := range h.history.Bills {
			sum += anomaly.Float(b.Usage)
			days += float64(b.Period.Days())
		}
		scaled := change(h.history, 0, 1.5*math.Pow(declared, 0.7)*math.Exp(0.3*rng.NormFloat64())/(sum/days))
		if i%10 == 0 {
			declared *= 5
		}
		scaled.Appliances = []anomaly.Appliance{{Name: "all", Watts: 1000, HoursPerDay: declared, HoursLow: declared, HoursHigh: declared}}
		hs = append(hs, scaled)
	}
	m, err := train.Train(t.Context(), hs, train.Options{Rounds: 1, Evaluations: 30})
	if err != nil {
		t.Fatal(err)
	}
	a := m.Group(anomaly.Electricity, "").Appliances
	if math.Abs(a.Slope-0.7) > 0.15 || // what is expected at 2 in log:
		math.Abs(a.Intercept+a.Slope*2-math.Log(1.5)-0.7*2) > 0.15 || a.SD < 0.2 || a.SD > 0.5 {
		t.Errorf("%+v, want 0.405, 0.7 and 0.3", a)
	}
}
