package estimate

import (
	"math"
	"runtime"
	"testing"

	"whybill/anomaly"
)

// Learning how the promise is kept asks for another day with every bill.
func TestTheWeatherIsKeptOnceHoweverManyDaysAreAskedFor(t *testing.T) {
	h := monthly(37)
	h.Account.WeatherStation = "s"
	last := h.Bills[36].Period.End
	w := &anomaly.WeatherSeries{First: h.Bills[0].Period.Start.AddDays(-3650)}
	for d := w.First; d <= last.AddDays(300); d++ {
		w.Mean = append(w.Mean, 15-10*math.Cos(2*math.Pi*float64(d)/365.25))
	}
	cfg := anomaly.DefaultConfig()
	k := NewKernel(&anomaly.Context{Model: fourShapes(), Weather: map[string]*anomaly.WeatherSeries{"s": w}}, &cfg)
	k.AsOf = last
	k.Estimate(h, 36)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const days = 200
	for range days {
		k.AsOf++
		k.Estimate(h, 36)
	}
	runtime.ReadMemStats(&after)
	// The parts and methods of an estimate are less than a kilobyte; thirteen years of
	// temperatures are 38 as floating-point numbers.
	if n := (after.TotalAlloc - before.TotalAlloc) / days; n > 4096 {
		t.Errorf("%d bytes for each day that is asked for", n)
	}
}
