package anomaly

import "slices"

// Known returns the history as it is known on a day, which is the history itself where
// nothing of it is dated later. What is dated later is not there: bills that end then or
// correct another one then, readings, events, visits, appliances, the putting in and taking
// out of meters, the moving out. What has no date was always known. Bill, an index of
// Bills or -1, is kept whatever its dates; at is its index in what is returned. The zero
// Date knows everything.
func (h *History) Known(on Date, bill int) (known *History, at int) {
	if on.IsZero() || !h.laterThan(on) {
		return h, bill
	}
	k := *h
	k.Account.MovedOut = knownDay(h.Account.MovedOut, on)
	k.Readings = keepKnown(h.Readings, func(r *Reading) bool { return r.On <= on })
	k.Events = keepKnown(h.Events, func(e *Event) bool { return e.At <= on })
	k.Inspections = keepKnown(h.Inspections, func(v *Inspection) bool { return v.On <= on })
	k.Appliances = keepKnown(h.Appliances, func(a *Appliance) bool { return a.From <= on })
	k.Meters = keepKnown(h.Meters, func(m *Meter) bool { return m.InstalledOn <= on })
	if slices.ContainsFunc(k.Meters, func(m Meter) bool { return m.RemovedOn > on }) {
		k.Meters = slices.Clone(k.Meters)
		for i := range k.Meters {
			if m := &k.Meters[i]; m.RemovedOn > on {
				m.RemovedOn, m.FinalReading = 0, NullDecimal{}
			}
		}
	}
	if h.Previous != nil {
		k.Previous, _ = h.Previous.Known(on, -1)
	}
	k.Bills, at = h.knownBills(on, bill)
	return &k, at
}

// laterThan reports whether anything is dated later than a day. Readings, events and
// inspections are in order, so the last of them tells.
func (h *History) laterThan(on Date) bool {
	if n := len(h.Readings); n > 0 && h.Readings[n-1].On > on {
		return true
	}
	if n := len(h.Events); n > 0 && h.Events[n-1].At > on {
		return true
	}
	if n := len(h.Inspections); n > 0 && h.Inspections[n-1].On > on {
		return true
	}
	for i := len(h.Bills) - 1; i >= 0; i-- {
		if h.Bills[i].laterThan(on) {
			return true
		}
	}
	for i := range h.Appliances {
		if h.Appliances[i].From > on {
			return true
		}
	}
	for i := range h.Meters {
		if m := &h.Meters[i]; m.InstalledOn > on || m.RemovedOn > on {
			return true
		}
	}
	return h.Account.MovedOut > on || h.Previous != nil && h.Previous.laterThan(on)
}

// laterThan reports whether a bill is not known on a day: its period ends later, or it puts
// another bill right and was issued later. Of other bills the day of issue does not count:
// which bill is the latest is told by the ends of periods.
func (b *Bill) laterThan(on Date) bool {
	return b.Period.End > on || b.corrects() && b.IssuedOn > on
}

// corrects reports whether a bill is there because of another one: it takes its place, or
// takes it back.
func (b *Bill) corrects() bool {
	return b.Cancels != "" || b.Usage.IsNeg() && b.Amount.Valid && b.Amount.Decimal.IsNeg()
}

// knownBills leaves out the bills that are not known on a day, but for the one at bill. What
// only they cancel counts again.
func (h *History) knownBills(on Date, bill int) (kept []Bill, at int) {
	first := slices.IndexFunc(h.Bills, func(b Bill) bool { return b.laterThan(on) })
	if first < 0 {
		return h.Bills, bill
	}
	kept, at = h.Bills[:first:first], bill
	corrected := false
	for i := first; i < len(h.Bills); i++ {
		b := &h.Bills[i]
		if i == bill {
			at = len(kept)
		} else if b.laterThan(on) {
			corrected = corrected || b.corrects()
			continue
		}
		kept = append(kept, *b)
	}
	if corrected {
		kept = slices.Clone(kept)
		for i := range kept {
			kept[i].Cancelled = false
		}
		markCancelled(kept)
	}
	return kept, at
}

// keepKnown returns the rows that are known: the slice itself or its beginning where the
// others are at its end.
func keepKnown[T any](rows []T, known func(*T) bool) []T {
	first := slices.IndexFunc(rows, func(r T) bool { return !known(&r) })
	if first < 0 {
		return rows
	}
	kept := rows[:first:first]
	for i := first + 1; i < len(rows); i++ {
		if known(&rows[i]) {
			kept = append(kept, rows[i])
		}
	}
	return kept
}

// knownDay is a day that is known, or none.
func knownDay(day, on Date) Date {
	if day > on {
		return 0
	}
	return day
}
