package estimate

import (
	"math"

	"whybill/anomaly"
)

const (
	// likelyChange is the natural-log Bayes factor from which on a change is measured.
	likelyChange = 3.0
	// driftWeight is how many pairs of bills the belief is worth that usage does not drift
	// from year to year.
	driftWeight = 4
	// pairFloor is how close two years of an account ever are, in log usage, and yearSD how
	// far all bills of a year drift together from those of the year before.
	pairFloor = 0.05
	yearSD    = 0.05
)

// measure takes the size of a likely change from the bills since its onset, each against
// the bill of the same season before it, less what the years before drifted by: the filter
// knows a season only as well as its shape allows, and draws the shift to what is usual.
func (k *Kernel) measure(c *anomaly.ChangeTest, h *anomaly.History, bill int) {
	if c.Bills < 2 || c.Weight() < likelyChange || c.OnsetIndex < 0 || c.OnsetIndex > bill {
		return
	}
	var after, before sums
	for i := bill; i >= 0 && before.n < 12; i-- {
		b := &h.Bills[i]
		if !counts(b) {
			continue
		}
		then := yearBefore(h, i, c.Onset)
		switch {
		case then == nil:
		case i >= c.OnsetIndex:
			after.add(math.Log(b.ADU() / then.ADU()))
		case b.Period.End <= c.Onset:
			before.add(math.Log(b.ADU() / then.ADU()))
		}
	}
	if after.n < 2 {
		return
	}
	scatter := after.squares + before.squares - after.sum*after.mean() - before.sum*before.mean()
	pair := math.Max(pairFloor, math.Sqrt(math.Max(0, scatter)/float64(max(1, after.n+max(0, before.n-1)-1))))
	drift := before.sum / float64(before.n+driftWeight)
	c.Shift = after.mean() - drift
	n, m := float64(after.n), float64(before.n)
	c.SE = math.Hypot(yearSD, pair*math.Sqrt(1/n+m/((m+driftWeight)*(m+driftWeight))))
}

// sums are what a mean and its scatter need.
type sums struct {
	n            int
	sum, squares float64
}

func (s *sums) add(x float64) { s.n, s.sum, s.squares = s.n+1, s.sum+x, s.squares+x*x }

func (s *sums) mean() float64 {
	if s.n == 0 {
		return 0
	}
	return s.sum / float64(s.n)
}

func counts(b *anomaly.Bill) bool {
	return !b.Cancelled && !b.Quality.Guessed() && b.Usage.IsPos() && b.Period.Valid()
}

// yearBefore is the bill that covers most of the days a year before a bill's, at least half
// of them, and ends by the onset; nil where there is none.
func yearBefore(h *anomaly.History, bill int, onset anomaly.Date) *anomaly.Bill {
	p := h.Bills[bill].Period
	then := anomaly.Period{Start: p.Start.AddMonths(-12), End: p.End.AddMonths(-12)}
	for i := bill - 1; i >= 0 && h.Bills[i].Period.End > then.Start; i-- {
		b := &h.Bills[i]
		if b.Period.End <= onset && counts(b) && 2*b.Period.Overlap(then) >= p.Days() {
			return b
		}
	}
	return nil
}
