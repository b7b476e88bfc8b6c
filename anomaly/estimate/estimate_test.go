package estimate

import (
	"math"
	"testing"

	"whybill/anomaly"
)

func bill(id, start, end, usage string) anomaly.Bill {
	return anomaly.Bill{ID: id, Period: anomaly.Period{Start: anomaly.MustDate(start), End: anomaly.MustDate(end)}, Usage: anomaly.MustDecimal(usage)}
}

func newKernel() *Kernel {
	cfg := anomaly.DefaultConfig()
	return NewKernel(&anomaly.Context{}, &cfg)
}

// movedHome is the story of the 1400 kWh bill: the bills of the parents' home are made
// up around the two that the story gives.
func movedHome() *anomaly.History {
	parents := &anomaly.History{Account: anomaly.Account{ID: "parents", Service: anomaly.Electricity}}
	parents.Bills = append(parents.Bills,
		bill("p1", "2024-01-01", "2024-03-01", "790"), bill("p2", "2024-03-01", "2024-05-01", "640"),
		bill("p3", "2024-05-01", "2024-07-01", "700"), bill("p4", "2024-07-01", "2024-09-01", "980"),
		bill("p5", "2024-09-01", "2024-11-01", "760"), bill("p6", "2024-11-01", "2025-01-01", "690"),
		bill("p7", "2025-01-01", "2025-03-01", "807"), bill("p8", "2025-03-01", "2025-05-01", "650"),
		bill("p9", "2025-05-01", "2025-07-01", "710"), bill("p10", "2025-07-01", "2025-09-01", "1010"),
		bill("p11", "2025-09-01", "2025-11-01", "755"),
	)
	parents.Bills[6].Amount, parents.Bills[6].Currency = anomaly.Known(anomaly.MustDecimal("1756")), "TWD"
	h := &anomaly.History{
		Account:  anomaly.Account{ID: "new", Service: anomaly.Electricity, MovedIn: anomaly.MustDate("2025-12-20")},
		Bills:    []anomaly.Bill{bill("n1", "2026-01-01", "2026-03-01", "1400")},
		Previous: parents,
	}
	h.Bills[0].Amount, h.Bills[0].Currency = anomaly.Known(anomaly.MustDecimal("4137")), "TWD"
	// kWh a day, low / middle / high, from the table of the story.
	for _, a := range []struct {
		name           string
		low, mid, high float64
	}{{"water heater", 2, 4.5, 6}, {"bathroom heater", 0.3, 1.2, 2.2}, {"dish dryer", 0.05, 0.2, 0.6}, {"room heater", 0.2, 2, 6}} {
		h.Appliances = append(h.Appliances, anomaly.Appliance{
			Name: a.name, Watts: 1000, HoursPerDay: a.mid, HoursLow: a.low, HoursHigh: a.high, From: anomaly.MustDate("2025-12-20"),
		})
	}
	return h
}

func TestTheFirstBillInANewHome(t *testing.T) {
	h := movedHome()
	est := newKernel().Estimate(h, 0)
	if !est.Known || est.Comparable || !est.OtherPremise {
		t.Fatalf("known %t, comparable %t, other premise %t", est.Known, est.Comparable, est.OtherPremise)
	}
	a := est.Appliances
	for _, c := range []struct {
		name      string
		got, want float64
	}{{"low", a.AddedLow, 150}, {"middle", a.AddedMiddle, 466}, {"high", a.AddedHigh, 873}, {"reference", est.Reference.Usage, 807}} {
		if math.Abs(c.got-c.want) > 0.5 {
			t.Errorf("%s is %.1f, want %.0f", c.name, c.got, c.want)
		}
	}
	if est.Low90 > 807 || est.High90 < 1400 {
		t.Errorf("interval %.0f to %.0f is too narrow for another home's history", est.Low90, est.High90)
	}
	rows, left := Explain(h, 0, &est, nil)
	usage, amount := 0.0, 0.0
	for _, r := range rows {
		usage += anomaly.Float(r.Usage)
		amount += anomaly.Float(r.Amount.Decimal)
	}
	if usage != 1400 || amount != 4137 {
		t.Errorf("rows add up to %g kWh and NT$%g, want 1400 and 4137", usage, amount)
	}
	if rows[0].What != anomaly.PartReference || left.Low > 0 || left.High < 0 {
		t.Errorf("first row %s, unexplained between %.0f and %.0f", rows[0].What, left.Low, left.High)
	}
}
