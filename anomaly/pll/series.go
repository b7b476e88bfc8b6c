package pll

import (
	"slices"

	"whybill/anomaly"
)

// Observation is what is learnt from: the usage between two readings that somebody
// took. One bill in most cases, several where estimated ones stand in between.
type Observation struct {
	Period anomaly.Period
	Usage  float64
	Bill   int32 // index in History.Bills of the last bill that it consists of
	Bills  int16 // how many
	Other  bool  // at another premise (History.Previous)
	Zero   bool  // nothing used: kept apart from the level, see Series.Zeros
	// Disputed: nothing is expected by it, but it is evidence of what has changed since.
	Disputed bool
}

// Learnt reports whether the level is learnt from the observation.
func (o *Observation) Learnt() bool { return !o.Zero && !o.Disputed }

// ADU returns the average daily usage.
func (o *Observation) ADU() float64 { return o.Usage / float64(o.Period.Days()) }

// Reason says why a bill is not learnt from.
type Reason uint8

// The reasons. Merged and Pending are estimates that a later actual reading settles.
const (
	Cancelled Reason = iota
	Disputed
	Estimated // no actual reading follows
	Merged    // into the next actual reading
	Pending   // settled by the bill that is assessed
	Impossible
	Negative
	OtherUnit
	OtherMeter
	Overlapping
	TooShort
	ZeroUsage
	VacantThen
)

// Aside is a bill that was not learnt from.
type Aside struct {
	Bill   int32
	Other  bool
	Reason Reason
}

// Limits of what counts as one period.
const (
	slackDays  = 3   // two bills follow each other where no more days lie between
	minDays    = 5   // a shorter bill tells nothing of a level
	longestRun = 400 // days that estimates may span before the next actual reading
	TenureDays = 365 // an account with less at its premise is no comparison
)

// Series is what a history has to learn from for one bill: the observations before it,
// oldest first, and what was set aside. A Series is reused; Load refills it.
type Series struct {
	// Known is the day until which what was said of the bills is known, where that is later
	// than the closing day of the bill to be expected. It is for the caller to set.
	Known anomaly.Date

	Obs   []Observation
	Aside []Aside
	// Pending are estimated bills right before the bill that its reading settles.
	Pending      anomaly.Period
	PendingUsage float64
	PendingBills int
	// Zeros is how many of the last bills in a row show no usage.
	Zeros int
	// Own counts the observations at the account's own premise, Tenure the days since
	// the account began there, as far as the files tell.
	Own    int
	Tenure int
}

// Load collects what is known before bill of h; bill == len(h.Bills) takes all of it.
// The customer's account at another premise is drawn on where the tenure here is short.
func (s *Series) Load(h *anomaly.History, bill int) {
	*s = Series{Obs: s.Obs[:0], Aside: s.Aside[:0], Known: s.Known}
	limit, until, meter := anomaly.MaxDate, anomaly.MaxDate, ""
	if bill < len(h.Bills) {
		b := &h.Bills[bill]
		limit, until, meter = b.Period.Start, max(b.Period.End, s.Known), b.MeterID
	} else if n := len(h.Bills); n > 0 {
		meter = h.Bills[n-1].MeterID
	}
	began := limit
	if len(h.Bills) > 0 {
		began = h.Bills[0].Period.Start
	}
	if m := h.Account.MovedIn; !m.IsZero() {
		began = m
	}
	s.Tenure = max(0, int(limit-began))
	if h.Previous != nil && s.Tenure < TenureDays {
		s.add(h.Previous, limit, until, "", -1, true)
		s.drop(Estimated)
	}
	other := len(s.Obs)
	s.add(h, limit, until, meter, bill, false)
	s.Own = len(s.Obs) - other
	s.settle(h, bill)
	for i := len(s.Obs) - 1; i >= other && (s.Obs[i].Zero || s.Obs[i].Disputed); i-- {
		if !s.Obs[i].Disputed {
			s.Zeros++
		}
	}
}

// settle decides whether the last estimates are trued up by the bill itself.
func (s *Series) settle(h *anomaly.History, bill int) {
	if s.PendingBills == 0 {
		return
	}
	if bill < len(h.Bills) {
		b := &h.Bills[bill]
		if gap := b.Period.Start - s.Pending.End; !b.Quality.Guessed() && -slackDays <= gap && gap <= slackDays &&
			int(b.Period.End-s.Pending.Start) <= longestRun {
			s.mark(Pending)
			return
		}
	}
	s.drop(Estimated)
}

// mark gives the last estimates their reason.
func (s *Series) mark(r Reason) {
	for i := len(s.Aside) - s.PendingBills; i < len(s.Aside); i++ {
		s.Aside[i].Reason = r
	}
}

func (s *Series) drop(r Reason) {
	s.mark(r)
	s.Pending, s.PendingUsage, s.PendingBills = anomaly.Period{}, 0, 0
}

func (s *Series) add(h *anomaly.History, limit, until anomaly.Date, meter string, skip int, other bool) {
	parallel := h.ParallelMeters()
	unit := h.Unit()
	for i := range h.Bills {
		b := &h.Bills[i]
		if i == skip || b.Period.Start >= limit {
			continue
		}
		if r, aside := s.unusable(h, i, limit, until, unit); aside {
			s.aside(i, other, r)
			continue
		}
		if parallel && b.MeterID != meter {
			s.aside(i, other, OtherMeter)
			continue
		}
		if disputed(h, i, until) {
			s.dispute(b, i, other)
			continue
		}
		s.take(b, i, other)
	}
}

// dispute keeps a bill that somebody complained about: not to learn from, but as what
// was measured, where somebody read the meter.
func (s *Series) dispute(b *anomaly.Bill, i int, other bool) {
	s.aside(i, other, Disputed)
	usage, last := anomaly.Float(b.Usage), len(s.Obs)-1
	if b.Quality.Guessed() || usage < 0 || b.Period.Days() < minDays || s.PendingBills > 0 ||
		last >= 0 && s.Obs[last].Other == other && b.Period.Start < s.Obs[last].Period.End-slackDays {
		return
	}
	s.Obs = append(s.Obs, Observation{Period: b.Period, Usage: usage, Bill: int32(i), Bills: 1, Other: other, Zero: usage == 0, Disputed: true})
}

func (s *Series) unusable(h *anomaly.History, i int, limit, until anomaly.Date, unit string) (Reason, bool) {
	b := &h.Bills[i]
	switch {
	case b.Cancelled:
		return Cancelled, true
	case !b.Period.Valid():
		return Impossible, true
	case b.Period.End > limit+slackDays:
		return Overlapping, true
	case b.Unit != "" && b.Unit != unit:
		return OtherUnit, true
	case 2*VacantDays(h, b.Period) >= b.Period.Days():
		return VacantThen, true
	}
	return 0, false
}

// aside keeps the reason. Estimates that wait for a reading stand at the end of the
// list, where mark finds them.
func (s *Series) aside(bill int, other bool, r Reason) {
	at := len(s.Aside) - s.PendingBills
	s.Aside = slices.Insert(s.Aside, at, Aside{int32(bill), other, r})
}

// take learns a usable bill, or waits with it for the next actual reading.
func (s *Series) take(b *anomaly.Bill, i int, other bool) {
	p, usage := b.Period, anomaly.Float(b.Usage)
	follows := s.PendingBills > 0
	if follows {
		gap := p.Start - s.Pending.End
		if gap < -slackDays || gap > slackDays || int(p.End-s.Pending.Start) > longestRun {
			s.drop(Estimated)
			follows = false
			if !b.Quality.Guessed() {
				// What it caught up with is not known.
				s.aside(i, other, Estimated)
				return
			}
		}
	}
	if b.Quality.Guessed() {
		if !follows {
			s.Pending = p
		}
		s.Aside = append(s.Aside, Aside{int32(i), other, Estimated})
		s.Pending.End = p.End
		s.PendingUsage += usage
		s.PendingBills++
		return
	}
	bills := 1
	if follows {
		p.Start = s.Pending.Start
		usage += s.PendingUsage
		bills += s.PendingBills
		s.drop(Merged)
	}
	last := len(s.Obs) - 1
	switch {
	case usage < 0:
		s.aside(i, other, Negative)
	case p.Days() < minDays:
		s.aside(i, other, TooShort)
	case last >= 0 && s.Obs[last].Other == other && p.Start < s.Obs[last].Period.End-slackDays:
		s.aside(i, other, Overlapping)
	default:
		if usage == 0 {
			s.aside(i, other, ZeroUsage)
		}
		s.Obs = append(s.Obs, Observation{Period: p, Usage: usage, Bill: int32(i), Bills: int16(bills), Other: other, Zero: usage == 0})
	}
}

// disputed reports whether somebody complained about the bill and had no answer by the
// day until which things are known.
func disputed(h *anomaly.History, bill int, until anomaly.Date) bool {
	for i := range h.Events {
		e := &h.Events[i]
		if e.Kind == anomaly.EventComplaint && h.Concerns(e, bill, until) && h.SettledBy(e, until) == nil {
			return true
		}
	}
	return false
}

// VacantDays returns on how many days of the period the premise stood empty by the events.
func VacantDays(h *anomaly.History, p anomaly.Period) int {
	days, from := 0, anomaly.Date(0)
	for i := range h.Events {
		switch e := &h.Events[i]; e.Kind {
		case anomaly.EventVacancyStart:
			from = e.At
		case anomaly.EventVacancyEnd:
			days += p.Overlap(anomaly.Period{Start: from, End: e.At})
			from = 0
		}
	}
	if from != 0 {
		days += p.Overlap(anomaly.Period{Start: from, End: anomaly.MaxDate})
	}
	return days
}
