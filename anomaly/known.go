package anomaly

import (
	"iter"
	"slices"
)

// Known returns the history as it is known on a day, which is the history itself where
// nothing of it is dated later. What is dated later is not there: bills that end then or
// correct another one then, readings, events, visits, appliances, the putting in and taking
// out of meters, the moving out and the status that came of it. What has no date was always
// known. Bill, an index of Bills or -1, is kept whatever its dates; at is its index in what
// is returned. The zero Date knows everything.
func (h *History) Known(on Date, bill int) (known *History, at int) {
	if on.IsZero() || !h.laterThan(on) {
		return h, bill
	}
	k := *h
	if h.Account.MovedOut > on {
		k.Account.MovedOut = 0
		if k.Account.Inactive() {
			k.Account.Status = "" // that it has since then
		}
	}
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

// laterThan reports whether anything is dated later than a day.
func (h *History) laterThan(on Date) bool {
	for day := range h.Changes() {
		if day > on {
			return true
		}
	}
	return false
}

// Changes yields the days on which what Known returns becomes something else, in no order
// and some of them several times; the zero Date stands for what was always known.
func (h *History) Changes() iter.Seq[Date] {
	return func(yield func(Date) bool) { h.changes(yield) }
}

// changes is false where yield was at last.
func (h *History) changes(yield func(Date) bool) bool {
	// The latest first: who looks for something later has found it soon.
	for i := len(h.Bills) - 1; i >= 0; i-- {
		if !yield(h.Bills[i].knownFrom()) {
			return false
		}
	}
	for i := len(h.Readings) - 1; i >= 0; i-- {
		if !yield(h.Readings[i].On) {
			return false
		}
	}
	for i := range h.Events {
		if !yield(h.Events[i].At) {
			return false
		}
	}
	for i := range h.Inspections {
		if !yield(h.Inspections[i].On) {
			return false
		}
	}
	for i := range h.Appliances {
		if !yield(h.Appliances[i].From) {
			return false
		}
	}
	for i := range h.Meters {
		if m := &h.Meters[i]; !yield(m.InstalledOn) || !yield(m.RemovedOn) {
			return false
		}
	}
	return yield(h.Account.MovedOut) && (h.Previous == nil || h.Previous.changes(yield))
}

// knownFrom is the day from which on a bill is known: its period has ended, and if it puts
// another bill right it has been issued. Of other bills the day of issue does not count:
// which bill is the latest is told by the ends of periods.
func (b *Bill) knownFrom() Date {
	if b.IssuedOn > b.Period.End && b.corrects() {
		return b.IssuedOn
	}
	return b.Period.End
}

func (b *Bill) laterThan(on Date) bool { return b.knownFrom() > on }

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
