package diagnose

import (
	"math"
	"testing"

	"whybill/anomaly"
)

// among is an account of six bimonthly bills, the last of them as expected, among peers
// who all use much the same.
func among(usages ...string) *Input {
	in := bill(usages[len(usages)-1])
	in.History.Bills = nil
	day := anomaly.MustDate("2025-02-01")
	for i, usage := range usages {
		next := day.AddMonths(2)
		in.History.Bills = append(in.History.Bills, anomaly.Bill{
			AccountID: "a", ID: string(rune('a' + i)), Usage: anomaly.MustDecimal(usage), Period: anomaly.Period{Start: day, End: next},
		})
		day = next
	}
	in.Bill = len(usages) - 1
	in.AsOf = day.AddDays(9)
	last := in.History.Bills[in.Bill].ADU()
	in.Estimate.Mu, in.Estimate.Usage = math.Log(last), last*in.days()
	in.Neighbourhood = &anomaly.Neighbourhood{Peers: map[string]*anomaly.PeerLevels{
		anomaly.PeerKey(&in.History.Account): {Count: 400, P05: 7, P50: 10, P95: 14},
	}}
	return in
}

func (in *Input) days() float64 { return float64(in.History.Bills[in.Bill].Period.Days()) }

func TestTheYearlyLevel(t *testing.T) {
	for _, c := range []struct {
		name   string
		usages []string
		want   float64 // a day, by the peers' 10
	}{
		{"even bills", []string{"610", "610", "600", "600", "610", "620"}, 10},
		// The median of the others, and the giant at twice it: 7/6.
		{"one bill ten times too high", []string{"610", "6100", "600", "600", "610", "620"}, 11.7},
		{"one bill of nothing", []string{"610", "0", "600", "600", "610", "620"}, 9.2},
		// July and August at 1.8 times the rest are a season and count in full.
		{"a hot summer", []string{"610", "610", "1098", "600", "610", "620"}, 11.3},
		{"ten times too high all year", []string{"6100", "6100", "6000", "6000", "6100", "6200"}, 100},
	} {
		level, _, ok := among(c.usages...).level()
		if got := 10 * math.Exp(level); !ok || math.Abs(got/c.want-1) > 0.02 {
			t.Errorf("%s: %.2f a day, want %.1f", c.name, got, c.want)
		}
	}
}

func TestOneGiantBillOfThePastIsNoWrongMultiplier(t *testing.T) {
	once, always := among("610", "6100", "600", "600", "610", "620"), among("6100", "6100", "6000", "6000", "6100", "6200")
	if p := probability(t, once, anomaly.CauseWrongMultiplier); p > 0.01 {
		t.Errorf("one bill of ten times the usual a year ago: a wrong multiplier with %.2f", p)
	}
	if p := probability(t, always, anomaly.CauseWrongMultiplier); p < 0.1 {
		t.Errorf("ten times the peers' usage all the year: a wrong multiplier with %.2f only", p)
	}
}

// A water bill a little above its range that nobody has asked about: one home in ten has a
// leak, so for water it is looked at before anything else that lasts; for electricity not.
func TestALeakIsLikelierInWater(t *testing.T) {
	leak := func(service anomaly.Service) float64 {
		in := bill("450")
		in.History.Account.Service = service
		return probability(t, in, anomaly.CauseLeakBehindMeter)
	}
	if water, current := leak(anomaly.Water), leak(anomaly.Electricity); water < 5*current || water < 0.05 {
		t.Errorf("a leak: water %.3f, electricity %.3f", water, current)
	}
}
