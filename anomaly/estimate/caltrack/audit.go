package caltrack

import (
	"math"

	"whybill/anomaly"
	"whybill/anomaly/pll"
)

// What the CalTRACK methods ask of the baseline (section 2): a year, of which no more
// than 37 days may be missing, and nine tenths of each period's temperatures.
const (
	baselineDays   = 365
	minCovered     = baselineDays - 37
	temperatureDue = 0.9
)

// Opinion is the second opinion on a bill: what the model fitted to the year before it expects.
type Opinion struct {
	Model Model
	Usage float64 // expected, in the account's unit
}

// Expect fits the model to the year before a bill of h and predicts the bill. Bills with
// an actual reading count, estimates merged with the next one. Where the
// data do not suffice, ok is false and missing says what is.
func Expect(h *anomaly.History, bill int, weather *anomaly.WeatherSeries) (o Opinion, missing anomaly.Message, ok bool) {
	if weather == nil {
		return o, anomaly.Msg("caltrack.needs_weather"), false
	}
	b := &h.Bills[bill]
	if !b.Period.Valid() {
		return o, anomaly.Msg("estimate.needs_period"), false
	}
	var s pll.Series
	s.Load(h, bill)
	var periods []Period
	covered := 0
	for i := range s.Obs {
		x := &s.Obs[i]
		if x.Other || x.Period.Start < b.Period.Start-baselineDays-anomaly.Date(x.Period.Days()) {
			continue
		}
		temperatures := fahrenheit(weather, x.Period)
		if !x.Learnt() || float64(len(temperatures)) < temperatureDue*float64(x.Period.Days()) {
			continue
		}
		periods = append(periods, Period{float64(x.Period.Days()), x.ADU(), temperatures})
		covered += x.Period.Days()
	}
	if covered < minCovered {
		return o, anomaly.Msg("caltrack.needs_year", anomaly.CountArg("days", covered), anomaly.CountArg("needed", minCovered)), false
	}
	temperatures := fahrenheit(weather, b.Period)
	if float64(len(temperatures)) < temperatureDue*float64(b.Period.Days()) {
		return o, anomaly.Msg("caltrack.needs_weather"), false
	}
	m, ok := Fit(periods, h.Account.Service != anomaly.Gas)
	if !ok {
		return o, anomaly.Msg("caltrack.needs_year", anomaly.CountArg("days", covered), anomaly.CountArg("needed", minCovered)), false
	}
	return Opinion{m, m.Predict(temperatures, float64(b.Period.Days()))}, anomaly.Message{}, true
}

// fahrenheit returns the daily mean temperatures of a period that are known.
func fahrenheit(w *anomaly.WeatherSeries, p anomaly.Period) []float64 {
	var out []float64
	for d := max(p.Start, w.First); d < p.End && int(d-w.First) < len(w.Mean); d++ {
		if t := w.Mean[d-w.First]; !math.IsNaN(t) {
			out = append(out, t*9/5+32)
		}
	}
	return out
}
