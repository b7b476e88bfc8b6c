package estimate

import (
	"fmt"
	"math"
	"testing"

	"whybill/anomaly"
)

// fourShapes is a learnt group as training leaves it, with made-up numbers.
func fourShapes() *anomaly.Model {
	g := anomaly.ColdStart(anomaly.Electricity)
	g.Archetypes = nil
	for i, share := range []float64{0.4, 0.3, 0.2, 0.1} {
		a := anomaly.Archetype{Share: share}
		a.Season[i] = 0.2
		g.Archetypes = append(g.Archetypes, a)
	}
	g.Level, g.LevelSD, g.MedianUsage = 2, 0.8, 8
	return &anomaly.Model{Version: anomaly.ModelVersion, Groups: []anomaly.GroupModel{g}}
}

// monthly returns an account with n monthly bills; usage is a wave over the year with
// deviations that repeat but not by the year.
func monthly(n int) *anomaly.History {
	h := &anomaly.History{Account: anomaly.Account{ID: "a", Service: anomaly.Electricity}}
	start := anomaly.MustDate("2022-01-01")
	for i := range n {
		end := start.AddMonths(1)
		days := float64(end - start)
		usage := 8 * days * math.Exp(0.3*math.Cos(2*math.Pi*float64(i)/12)+0.05*math.Sin(7*float64(i)))
		u, _ := anomaly.DecimalFromFloat(usage, 0)
		h.Bills = append(h.Bills, anomaly.Bill{ID: fmt.Sprint(i), Period: anomaly.Period{Start: start, End: end}, Usage: u})
		start = end
	}
	return h
}

// The yardstick of the statistical design: 36 bills, 4 archetypes, change scan.
func BenchmarkEstimate(b *testing.B) {
	h := monthly(37)
	cfg := anomaly.DefaultConfig()
	k := NewKernel(&anomaly.Context{Model: fourShapes()}, &cfg)
	b.ReportAllocs()
	for b.Loop() {
		k.Estimate(h, 36)
	}
}
