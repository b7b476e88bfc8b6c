package decide

import (
	"math"
	"slices"

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
	noMore      // looks for what uses more; as much as usual was billed
	foundBefore // a visit has found it
	notShown    // what a second reading shows is not probable enough
	notOfThis   // there is no such thing for the service
	readSince   // a later reading shows it already
)

var barrierKeys = [...]string{"", "decide.refused.nobody_there", "decide.refused.done", "decide.refused.repeat", "decide.refused.not_for_less", "decide.refused.no_more", "decide.refused.found", "decide.refused.reread", "decide.refused.service", "decide.refused.read_since"}

// bar works out which actions are out of the question.
func (s *situation) bar() {
	if !s.up && !s.asked {
		s.barred[selftest], s.barred[review] = notForLess, notForLess
	}
	if s.asked && !s.more() {
		s.barred[selftest] = noMore
	}
	if s.empty() {
		s.barred[selftest], s.barred[review] = nobodyThere, nobodyThere
	}
	visited := s.visited()
	// Where a visit after the test has not found what the meter moved for, the test is worth
	// making again: it says whether there is a reason for another visit.
	if s.circuit != nil || s.found("M03") || s.found("M04") && !visited {
		s.barred[selftest] = doneBefore
	}
	switch {
	case s.finder != nil:
		for _, o := range [...]option{selftest, review, reread, inspect} {
			s.barred[o] = foundBefore
		}
	case visited:
		s.barred[inspect] = repeatVisit
	}
	if s.rereadShows() < s.m.rules.Reread && !s.rereadAsked() {
		s.barred[reread] = notShown
	}
	if s.reread {
		s.barred[reread] = readSince
	}
	for o, missing := range s.m.missing {
		if missing {
			s.barred[o] = notOfThis
		}
	}
}

// asExpected is how much more than expected, as a share of it, still counts as no more:
// every bill is off by some.
const asExpected = 0.05

// more reports whether more was billed than can be accounted for, or than nearly all others
// use: only then is there something for a self-test to look for.
func (s *situation) more() bool {
	usage, known := s.disputed()
	if !known {
		return true
	}
	if e := s.in.Estimate; e != nil && e.Known {
		if c := &e.Change; c.Bills >= 2 && c.LogBFUp <= 0 {
			usage = anomaly.Float(s.bill.Usage) - e.Usage // a change that is none
		}
		if usage > asExpected*e.Usage {
			return true
		}
	}
	for i := range s.in.Findings {
		switch f := &s.in.Findings[i]; {
		case f.Message.Key == "U09.high", f.Action == anomaly.ActionSelftest:
			return true
		}
	}
	return false
}

// stopped is the place of that cause in anomaly.Causes.
var stopped = slices.Index(anomaly.Causes, anomaly.CauseMeterSlow)

// rereadShows is how probable the causes are that a second reading shows more often than
// not. A meter that has stopped still stands where it stood.
func (s *situation) rereadShows() float64 {
	p := 0.0
	for i, sees := range s.m.sees[reread] {
		if sees > 0.5 {
			p += s.p[i]
		}
	}
	if s.bill.Usage.IsZero() {
		p += s.p[stopped]
	}
	return p
}

// rereadAsked reports whether a check asks for a second reading.
func (s *situation) rereadAsked() bool {
	for i := range s.in.Findings {
		if f := &s.in.Findings[i]; f.Action == anomaly.ActionReread && f.Severity >= anomaly.Medium {
			return true
		}
	}
	return false
}

// lookForFind looks for a visit that has found the cause of the bill: then what follows
// is no longer what finds the cause.
func (s *situation) lookForFind() {
	if len(s.in.History.Inspections) == 0 {
		return
	}
	if s.finder = s.in.History.FoundFor(s.in.Bill, s.since(), s.in.AsOf); s.finder == nil {
		return
	}
	at := slices.Index(anomaly.Causes, anomaly.Cause(s.finder.Outcome))
	m := *s.m
	m.settledBy[at], m.visit[at] = m.found[at], false
	s.m = &m
}

// lookForReading lets a reading that is there take the place of a second one: of two
// periods that are out on opposite sides and right together, the later reading shows that
// the one between them was wrong, and by how much. What is left to do is to bill anew,
// unless a slip in the last reading says more.
func (s *situation) lookForReading() {
	pair, slip := math.Inf(-1), math.Inf(-1)
	for i := range s.in.Findings {
		switch f := &s.in.Findings[i]; {
		case f.Message.Key == "R04.after": // it is the last reading that was wrong
			pair = math.Inf(1)
		case f.Check == "R04":
			pair = max(pair, f.Weight)
		case f.Check == "R03" && f.Severity >= anomaly.Medium:
			slip = max(slip, f.Weight)
		}
	}
	if s.reread = pair > slip; s.reread {
		m := *s.m
		m.settledBy[misread] = m.found[misread]
		s.m = &m
	}
}

// countZeros counts the bills in a row, up to this one, that say that nothing was used where
// somebody is taken to live. The first is a reason to ask whether anybody was there, the
// second one to go and see.
func (s *situation) countZeros() {
	if !s.found("R11") {
		return
	}
	for i := s.in.Bill; i >= 0; i-- {
		b := &s.in.History.Bills[i]
		if b.Cancelled || b.Quality.Guessed() {
			continue
		}
		if !b.Usage.IsZero() {
			return
		}
		s.zeros++
	}
}

// lookForCircuit lets a look at the circuit that a self-test has found take the place of a
// visit: what is wrong behind the meter hangs on it, and the customer knows which it is.
func (s *situation) lookForCircuit() {
	if s.finder != nil {
		return
	}
	for i := range s.in.Findings {
		if f := &s.in.Findings[i]; f.Message.Key == "M05.branch" {
			s.circuit = f
		}
	}
	if s.circuit != nil {
		m := *s.m
		m.settledBy[leak], m.visit[leak], m.sees[review][leak] = review, false, m.rules.Circuit
		s.m = &m
	}
}

// leak is the place of that cause in anomaly.Causes.
var leak = slices.Index(anomaly.Causes, anomaly.CauseLeakBehindMeter)

// lookForUse looks for usage where nobody is to use anything. Who lives there then is no
// matter of an explanation, nor what else it may be one of a document: there is nobody to
// give the one to, or to ask for the other, before somebody has been there.
func (s *situation) lookForUse() {
	for i := range s.in.Findings {
		if f := &s.in.Findings[i]; f.Check == "R10" && f.Message.Key != "R10.undated" {
			s.unused = f
		}
	}
	if s.unused == nil || s.finder != nil {
		return
	}
	m := *s.m
	for _, c := range [...]int{occupancy, unnamed} {
		m.settledBy[c], m.visit[c] = inspect, true
		m.sees[inspect][c] = m.sees[inspect][tapped]
	}
	s.m = &m
}

// occupancy, tapped and unnamed (none of these) are the places of these causes in
// anomaly.Causes.
var (
	unnamed   = slices.Index(anomaly.Causes, anomaly.CauseOther)
	occupancy = slices.Index(anomaly.Causes, anomaly.CauseOccupancy)
	tapped    = slices.Index(anomaly.Causes, anomaly.CauseTappedByOthers)
)

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
	if s.in.History.Account.Inactive() {
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

// since is the day from which the usage is different.
func (s *situation) since() anomaly.Date {
	if e := s.in.Estimate; e != nil && e.Change.Bills >= 2 && !e.Change.Onset.IsZero() {
		return e.Change.Onset
	}
	return s.bill.Period.Start
}

// tested is the day of the last self-test that has found a reason for a visit: one made
// before it is no answer to that. The zero Date: there is none.
func (s *situation) tested() (last anomaly.Date) {
	if !s.found("M04") && !s.found("M06") {
		return last
	}
	for i := range s.in.History.Events {
		if e := &s.in.History.Events[i]; e.Kind == anomaly.EventSelftest && (s.in.AsOf.IsZero() || e.At <= s.in.AsOf) {
			last = max(last, e.At)
		}
	}
	return last
}

// visited reports whether an inspection since the usage changed, and since a self-test
// found a reason for it, found nothing, though it looked where the most probable of the
// causes that need a visit shows. A visit that read the meter's face only is none.
func (s *situation) visited() bool {
	since, sought := max(s.since(), s.tested()), -1
	for i, visit := range s.m.visit {
		if visit && (sought < 0 || s.p[i] > s.p[sought]) {
			sought = i
		}
	}
	_, until := s.in.History.Window(s.in.Bill)
	for i := range s.in.History.Inspections {
		v := &s.in.History.Inspections[i]
		if s.in.History.FoundNothing(v) && v.On >= since && v.On < until && (s.in.AsOf.IsZero() || v.On <= s.in.AsOf) &&
			sought >= 0 && s.in.History.CouldFind(v, anomaly.Causes[sought]) {
			return true
		}
	}
	return false
}
