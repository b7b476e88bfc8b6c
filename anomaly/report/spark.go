package report

import (
	"math"

	"whybill/anomaly"
)

var blocks = [8]string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}

// sparkYears is how far back the sparkline reaches.
const sparkYears = 2

// recent returns the bills that the sparkline shows.
func recent(a *anomaly.Assessment) []anomaly.HistoryPoint { return recentYears(a, sparkYears) }

// recentYears returns the account's bills of the last years up to the assessed bill,
// and the assessed bill itself last.
func recentYears(a *anomaly.Assessment, years int) []anomaly.HistoryPoint {
	if !a.Period.Valid() {
		return nil
	}
	from := a.Period.End.AddMonths(-12 * years)
	var points []anomaly.HistoryPoint
	for _, h := range a.History {
		if h.Period.Valid() && h.Period.Start >= from && h.Period.End <= a.Period.End && h.Period != a.Period {
			points = append(points, h)
		}
	}
	return append(points, anomaly.HistoryPoint{Period: a.Period, Usage: anomaly.Float(a.Usage), Quality: a.Quality})
}

// perDay is the point's average daily usage.
func perDay(h *anomaly.HistoryPoint) float64 { return h.Usage / float64(h.Period.Days()) }

// spark draws daily usages as one row of blocks on a scale that begins at zero. A bar
// stands between another home's bills and the account's own. low and high are the
// blocks of the expected range on the same scale, "" where there is none.
func spark(a *anomaly.Assessment) (row, low, high string, otherHome bool) {
	points := recent(a)
	top := 0.0
	for i := range points {
		top = math.Max(top, perDay(&points[i]))
	}
	days := float64(a.Period.Days())
	if a.Estimate.Known && days > 0 {
		// A range that is wide for want of data must not flatten the bills.
		top = math.Max(top, math.Min(a.Estimate.High90/days, 1.25*top))
	}
	if !(top > 0) || len(points) < 2 {
		return "", "", "", false
	}
	block := func(v float64) string {
		return blocks[min(7, max(0, int(math.Ceil(8*math.Min(v/top, 1)))-1))]
	}
	for i := range points {
		if i > 0 && points[i].OtherPremise != points[i-1].OtherPremise {
			row += "│"
			otherHome = true
		}
		row += block(perDay(&points[i]))
	}
	if a.Estimate.Known {
		low, high = block(a.Estimate.Low90/days), block(a.Estimate.High90/days)
	}
	return row, low, high, otherHome
}
