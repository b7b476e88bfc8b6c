// Package pipeline joins the stages: Assess for one account, Batch for many.
package pipeline

import (
	"math"

	"whybill/anomaly"
)

// WeatherSeries makes series of single days: from the first day to the last, with NaN
// where a day is missing.
func WeatherSeries(stations map[string]map[anomaly.Date]float64) map[string]*anomaly.WeatherSeries {
	if len(stations) == 0 {
		return nil
	}
	all := make(map[string]*anomaly.WeatherSeries, len(stations))
	for station, days := range stations {
		first, last := anomaly.Date(math.MaxInt32), anomaly.Date(0)
		for d := range days {
			first, last = min(first, d), max(last, d)
		}
		series := &anomaly.WeatherSeries{First: first, Mean: make([]float64, last-first+1)}
		for i := range series.Mean {
			series.Mean[i] = math.NaN()
		}
		for d, mean := range days {
			series.Mean[d-first] = mean
		}
		all[station] = series
	}
	return all
}
