package decide

import (
	"strings"

	"whybill/anomaly"
)

// barrier is why an action is out of the question.
type barrier uint8

const (
	free barrier = iota
	nobodyThere
	doneBefore  // the test has been made and could see enough
	repeatVisit // a visit found nothing, and nothing new speaks for another
	notForLess  // looks for what uses more; less was billed
)

var barrierKeys = [...]string{"", "decide.refused.nobody_there", "decide.refused.done", "decide.refused.repeat", "decide.refused.not_for_less"}

// bar works out which actions are out of the question.
func (s *situation) bar() {
	if !s.up && !s.asked {
		s.barred[selftest], s.barred[review] = notForLess, notForLess
	}
	if s.empty() {
		s.barred[selftest], s.barred[review] = nobodyThere, nobodyThere
	}
	if s.found("M03") || s.found("M04") {
		s.barred[selftest] = doneBefore
	}
	if s.visited() && !s.found("M04") && !s.found("M06") {
		s.barred[inspect] = repeatVisit
	}
}

func (s *situation) found(check string) bool {
	for i := range s.in.Findings {
		if s.in.Findings[i].Check == check {
			return true
		}
	}
	return false
}

// empty reports whether nobody is at the premise to test anything: closed, declared
// vacant, or next to no usage before.
func (s *situation) empty() bool {
	switch strings.ToLower(s.in.History.Account.Status) {
	case "closed", "vacant", "inactive", "idle", "disconnected":
		return true
	}
	checks := &defaults.Checks
	if s.in.Config != nil {
		checks = &s.in.Config.Checks
	}
	e := s.in.Estimate
	if e == nil || !e.Known || !e.Comparable {
		return false
	}
	return e.Usage < 2*checks.MinimumUsage[s.in.History.Account.Service]*float64(s.bill.Period.Days())
}

// visited reports whether an inspection since the usage changed found nothing. A visit
// that read the meter's face only is none.
func (s *situation) visited() bool {
	since := s.bill.Period.Start
	if e := s.in.Estimate; e != nil && e.Change.Bills >= 2 && !e.Change.Onset.IsZero() {
		since = e.Change.Onset
	}
	for i := range s.in.History.Inspections {
		v := &s.in.History.Inspections[i]
		if v.Outcome == anomaly.NothingFound && v.On >= since && (s.in.AsOf.IsZero() || v.On <= s.in.AsOf) {
			return true
		}
	}
	return false
}
