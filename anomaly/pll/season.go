package pll

import (
	"math"

	"whybill/anomaly"
)

// Dimensions of the state: the level, the season, the passing deviation, and up to
// Extra regressors of the account's own (declared appliances, heating, cooling).
const (
	Harmonics = anomaly.SeasonTerms / 2
	passing   = 1 + anomaly.SeasonTerms
	Core      = passing + 1
	Extra     = 3
	Dim       = Core + Extra
)

// Row is a bill's row of regressors: 1, the six seasonal terms, the weight of the
// passing deviation, the account's own.
type Row [Dim]float64

// Four years of 365.25 days are a whole number of days, so that sines and cosines of
// the yearly harmonics repeat: a table instead of six calls a bill.
const tableDays = 1461

var sines, cosines [tableDays][Harmonics]float64

// perHarmonic holds 1/(k*omega), omega in radians a day.
var perHarmonic [Harmonics]float64

var errorVariance, errorSD [512]float64

func init() {
	const omega = 2 * math.Pi / 365.25
	for k := range Harmonics {
		perHarmonic[k] = 1 / (float64(k+1) * omega)
	}
	for d := range tableDays {
		for k := range Harmonics {
			sines[d][k], cosines[d][k] = math.Sincos(float64(k+1) * omega * float64(d))
		}
	}
	for n := range errorVariance {
		errorVariance[n] = math.Sqrt(30 / float64(max(n, 1)))
		errorSD[n] = math.Sqrt(errorVariance[n])
	}
}

// SeasonRow fills what every account's row has: 1 for the level, cosine and sine of
// each harmonic averaged over the days of the period, so that bills of 20 and of 70
// days have each their own due, and the weight of the passing deviation, which a longer
// bill averages out as it does its error.
func SeasonRow(p anomaly.Period, row *Row) {
	row[0] = 1
	a, b := int(p.Start)%tableDays, int(p.End)%tableDays
	perDay := 1 / float64(p.Days())
	for k := range Harmonics {
		f := perHarmonic[k] * perDay
		row[1+2*k] = (sines[b][k] - sines[a][k]) * f
		row[2+2*k] = (cosines[a][k] - cosines[b][k]) * f
	}
	row[passing] = errorSD[min(p.Days(), len(errorSD)-1)]
}

// ErrorVariance is the variance of a bill's error relative to that of a 30-day bill:
// sqrt(30/days), between independent days (30/days) and one error for all (1).
func ErrorVariance(days int) float64 {
	if days > 0 && days < len(errorVariance) {
		return errorVariance[days]
	}
	return math.Sqrt(30 / float64(max(days, 1)))
}
