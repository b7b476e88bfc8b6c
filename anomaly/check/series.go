package check

import (
	"math"

	"whybill/anomaly"
)

// earlier yields the account's counted bills before this one, latest first, whose
// usage was read and not guessed.
func (in *Input) earlier(yield func(i int, b *anomaly.Bill) bool) {
	for i := in.Bill - 1; i >= 0; i-- {
		b := &in.History.Bills[i]
		if !b.Cancelled && !b.Quality.Guessed() && b.Period.Valid() && in.sameSeries(b) {
			if !yield(i, b) {
				return
			}
		}
	}
}

// yearBefore returns the bill that covers most of the same days a year before p, at
// least half of them; nil where there is none.
func (in *Input) yearBefore(p anomaly.Period) *anomaly.Bill {
	if in.History.Bills[0].Period.Start >= p.End.AddDays(-365) {
		return nil // there was no bill yet: told without a calendar, as many ask
	}
	then := anomaly.Period{Start: p.Start.AddMonths(-12), End: p.End.AddMonths(-12)}
	var best *anomaly.Bill
	most := 0
	for i := range in.History.Bills {
		b := &in.History.Bills[i]
		if b.Period.Start >= then.End {
			break
		}
		if b.Cancelled || b.Quality.Guessed() || !in.sameSeries(b) {
			continue
		}
		if d := b.Period.Overlap(then); d > most {
			best, most = b, d
		}
	}
	if 2*most < p.Days() {
		return nil
	}
	return best
}

// inEvents reports whether an event of one of the kinds lies in the period, and where.
func (in *Input) inEvents(p anomaly.Period, kinds ...string) (*anomaly.Event, bool) {
	for i := range in.History.Events {
		e := &in.History.Events[i]
		for _, k := range kinds {
			if e.Kind == k && p.Contains(e.At) {
				return e, true
			}
		}
	}
	return nil, false
}

// span finds how many days of a period lie between a starting and an ending kind of
// event (vacancy_start and vacancy_end, outage_start and outage_end), and the event
// that began it. A start without an end goes on.
func (in *Input) span(p anomaly.Period, startKind, endKind string) (days int, began *anomaly.Event) {
	var open *anomaly.Event
	count := func(until anomaly.Date) {
		if d := p.Overlap(anomaly.Period{Start: open.At, End: until}); d > 0 {
			days += d
			began = open
		}
	}
	for i := range in.History.Events {
		switch e := &in.History.Events[i]; e.Kind {
		case startKind:
			if open == nil {
				open = e
			}
		case endKind:
			if open != nil {
				count(e.At)
				open = nil
			}
		}
	}
	if open != nil {
		count(p.End)
	}
	return days, began
}

// vacant is how many days of the bill the premise was declared vacant.
func (in *Input) vacant() (days int, began *anomaly.Event) {
	return in.span(in.bill.Period, anomaly.EventVacancyStart, anomaly.EventVacancyEnd)
}

// stoodEmpty reports whether the premise was declared vacant for at least half of a period.
func (in *Input) stoodEmpty(p anomaly.Period) bool {
	days, _ := in.span(p, anomaly.EventVacancyStart, anomaly.EventVacancyEnd)
	return days > 0 && 2*days >= p.Days()
}

// residual is how far a usage over a number of days is off the estimate, in log usage
// a day, and in units of the prediction's scale.
func (in *Input) residual(usage, days float64) (r, z float64) {
	e := in.Estimate
	perDay := usage/days + e.Offset
	if perDay <= 0 {
		perDay = 1e-6
	}
	r = math.Log(perDay) - e.Mu
	return r, r / math.Max(e.Scale, 1e-3)
}

// studentQuantile approximates the quantile of Student's t from the normal one (Cornish
// and Fisher's first term): within 2 % from four degrees of freedom on.
func studentQuantile(normal, dof float64) float64 {
	if dof <= 0 {
		return normal
	}
	return normal * (1 + (normal*normal+1)/(4*dof))
}

// insert adds x to a sorted list, in its place. The lists are a few bills long; their
// memory is the caller's.
func insert[T int | float64](sorted []T, x T) []T {
	sorted = append(sorted, x)
	for i := len(sorted) - 1; i > 0 && sorted[i-1] > x; i-- {
		sorted[i], sorted[i-1] = sorted[i-1], x
	}
	return sorted
}
