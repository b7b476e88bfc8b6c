package diagnose

import (
	"math"
	"testing"

	"whybill/anomaly"
)

// A home of 10 units a day of which 30 days were billed as 1,300: the register ran from
// 5,000 to 6,300, by 43 a day.
func TestAReadingAfterTheBillThatSettlesIt(t *testing.T) {
	for _, c := range []struct {
		name, on, value string
		expected        float64 // a day
		want            bool
	}{
		{"runs on as billed, three weeks later", "2026-02-21", "7200", 10, true},
		{"runs on as billed, nine days later", "2026-02-09", "6680", 10, true},
		{"runs on as billed, nine days later, and as expected", "2026-02-09", "6680", 40, false},
		{"runs on as billed, three days later", "2026-02-03", "6430", 10, false},
		{"runs on as it used to, three weeks later", "2026-02-21", "6510", 10, false},
		{"stands below the closing reading", "2026-02-21", "5510", 10, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := bill("1300")
			b := &in.History.Bills[in.Bill]
			b.From, b.To = anomaly.Known(anomaly.MustDecimal("5000")), anomaly.Known(anomaly.MustDecimal("6300"))
			in.Estimate.Mu, in.Estimate.Offset = math.Log(c.expected), 0
			in.History.Readings = []anomaly.Reading{{On: anomaly.MustDate(c.on), Value: anomaly.MustDecimal(c.value)}}
			if _, ok := in.runsOn(b.Period.End, anomaly.MaxDate); ok != c.want {
				t.Errorf("runs on: %t; the bill's period is %s to %s", ok, b.Period.Start, b.Period.End)
			}
		})
	}
}
