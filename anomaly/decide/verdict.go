package decide

import (
	"cmp"
	"slices"
	"strings"

	"whybill/anomaly"
)

// verdict weighs all options, waiting among them, and says why.
func (s *situation) verdict() anomaly.Verdict {
	v := anomaly.Verdict{
		InspectionProbability: s.stakes.Sensitivity * s.visitProbability(&s.p),
		PriorityInUsage:       s.price == 0,
	}
	s.recoverable(&v)
	v.Priority = s.priority(v.InspectionProbability)
	if s.finder != nil {
		v.FoundOn, v.FoundUsage, v.FoundAmount = s.finder.On, s.finder.RecoveredUsage, s.finder.RecoveredAmount
	}
	live := s.live()
	for o := none; o < options; o++ {
		value, ok := s.valueOf(o, &s.p, now)
		if !ok {
			continue
		}
		v.Options = append(v.Options, anomaly.ActionOption{Action: o.action(), Separates: s.separates(o, live), Value: value})
	}
	best := s.best()
	v.Action, v.Then = best.option.action(), s.then(best.option)
	s.wait(&v, best)
	v.Options = append(v.Options, anomaly.ActionOption{Action: anomaly.ActionWait, Separates: s.waitSeparates(live), Value: best.value + v.Wait.Value})
	slices.SortStableFunc(v.Options, func(a, b anomaly.ActionOption) int { return cmp.Compare(b.Value, a.Value) })
	if v.Wait.Allowed {
		v.Then, v.Action = v.Action, anomaly.ActionWait
		if v.Then == anomaly.ActionNone {
			v.Then = anomaly.ActionInspect
		}
	}
	s.overrule(&v)
	v.Reason = s.reason(&v)
	s.refuse(&v, live)
	return v
}

// readingFirst puts reading the meter again before anything that asks more of people,
// where a misread is named and not improbable; and correcting the bill, where a later
// reading shows that one was wrong and that is more likely than not.
func (s *situation) readingFirst(best weighed, p *[causes]float64) weighed {
	switch best.option {
	case selftest, review, inspect, evidence:
	case none, explain:
		if !s.tell {
			return best
		}
	default:
		return best
	}
	if v, ok := s.valueOf(rebill, p, now); ok && v > 0 && s.reread && s.wronglyRead(p) >= 0.5 {
		return weighed{rebill, v}
	}
	if best.option == review && s.circuit != nil {
		return best // what draws has been seen, and where
	}
	for i := range s.in.Findings {
		f := &s.in.Findings[i]
		if f.Check != "R03" || f.Action != anomaly.ActionReread {
			continue
		}
		v, ok := s.valueOf(reread, p, now)
		if ok && v > 0 && p[misread] >= s.m.rules.Misread {
			return weighed{reread, v}
		}
	}
	return best
}

// misread and catchUp are the places of these causes in anomaly.Causes.
var (
	misread = slices.Index(anomaly.Causes, anomaly.CauseMisread)
	catchUp = slices.Index(anomaly.Causes, anomaly.CauseEstimatedCatchUp)
)

// wronglyRead is how probable it is that a reading was wrong, or guessed.
func (s *situation) wronglyRead(p *[causes]float64) float64 { return p[misread] + p[catchUp] }

// overrule lets a decisive finding have its way over weighed values: wrong data make
// every number uncertain, a wrong document is wrong whatever the usage is.
func (s *situation) overrule(v *anomaly.Verdict) {
	act := s.overruling(v.Action)
	if act == "" || act == v.Action {
		if s.testFound() && v.Action != anomaly.ActionInspect {
			v.Then = anomaly.ActionInspect
		}
		return
	}
	v.Then = ""
	switch {
	case act == anomaly.ActionInspect:
	case s.testFound():
		v.Then = anomaly.ActionInspect
	case !weak(v.Action):
		v.Then = v.Action
	}
	v.Action = act
	if v.Wait.Allowed {
		v.Wait.Allowed, v.Wait.Until = false, 0
		v.Wait.AtLeast, v.Wait.AtMost = anomaly.NullUsage{}, anomaly.NullUsage{}
		v.Wait.Reason = betterNow(act, v.Wait.Changes)
	}
}

// betterNow says why waiting is not offered though the next bill may change the decision.
func betterNow(action anomaly.Action, changes float64) anomaly.Message {
	if action == anomaly.ActionNone {
		return anomaly.Msg("decide.wait.nothing_put_off", anomaly.PercentArg("changes", changes, 0))
	}
	return anomaly.Msg("decide.wait.better_now", anomaly.TermArg("action", string(action)), anomaly.PercentArg("changes", changes, 0))
}

// testFound reports whether a self-test has found what only a visit can mend, and nobody
// has been there for it.
func (s *situation) testFound() bool {
	if s.barred[inspect] != free {
		return false
	}
	for i := range s.in.Findings {
		if f := &s.in.Findings[i]; f.Action == anomaly.ActionInspect && decisive(f) {
			return true
		}
	}
	return false
}

// overruling is the action that a decisive finding asks for, whatever has been weighed;
// "" where there is none.
func (s *situation) overruling(weighed anomaly.Action) anomaly.Action {
	act := anomaly.Action("")
	for i := range s.in.Findings {
		f := &s.in.Findings[i]
		if !decisive(f) {
			continue
		}
		switch {
		case f.Check == "R12" && (s.reread || s.billedByReadings()): // what is wrong is known, and what is right
		case f.Action == anomaly.ActionFixData:
			act = f.Action
		case f.Action == anomaly.ActionRebill && act != anomaly.ActionFixData:
			act = f.Action
		case f.Action == anomaly.ActionHoldCollection && act == "" && (weak(weighed) || f.Severity >= anomaly.Critical && asksCustomer(weighed)):
			act = f.Action
		}
	}
	if act == "" || act == anomaly.ActionHoldCollection {
		switch weighed {
		case anomaly.ActionReread, anomaly.ActionRebill, anomaly.ActionGoodwill: // the visit follows
		default:
			if s.testFound() {
				return anomaly.ActionInspect
			}
		}
	}
	return act
}

// billedByReadings reports whether the readings say what should have been billed.
func (s *situation) billedByReadings() bool {
	for i := range s.in.Findings {
		if f := &s.in.Findings[i]; f.Check == "R08" && f.Action == anomaly.ActionRebill {
			return true
		}
	}
	return false
}

// document is the decisive finding that says what is wrong with the bill itself, the
// dearest of several; nil where there is none.
func (s *situation) document() *anomaly.Finding {
	var dearest *anomaly.Finding
	for i := range s.in.Findings {
		f := &s.in.Findings[i]
		if f.Action != anomaly.ActionRebill || !decisive(f) {
			continue
		}
		if dearest == nil || f.Amount.Decimal.Abs().Cmp(dearest.Amount.Decimal.Abs()) > 0 {
			dearest = f
		}
	}
	return dearest
}

// contradiction names the checks that found data which contradict each other, as their
// findings stand on the card.
func (s *situation) contradiction() string {
	var checks []string
	for i := range s.in.Findings {
		if f := &s.in.Findings[i]; f.Action == anomaly.ActionFixData && decisive(f) && !slices.Contains(checks, f.Check) {
			checks = append(checks, f.Check)
		}
	}
	return strings.Join(checks, ", ")
}

// asksCustomer reports whether an action asks something of the customer: who is dunned is
// not asked for a favour before that stops, which costs nothing. It follows then.
func asksCustomer(a anomaly.Action) bool {
	return a == anomaly.ActionSelftest || a == anomaly.ActionApplianceReview || a == anomaly.ActionEvidence
}

func weak(a anomaly.Action) bool {
	return a == anomaly.ActionNone || a == anomaly.ActionExplain || a == anomaly.ActionWait
}

// reason says in one sentence why this action: what speaks most for it.
func (s *situation) reason(v *anomaly.Verdict) anomaly.Message {
	switch v.Action {
	case anomaly.ActionNone:
		switch top := &s.in.Causes[0]; {
		case top.Cause == anomaly.CauseInsufficientData:
			return anomaly.Message{Key: "decide.none.too_little"}
		case !s.asked && s.accounted():
			return anomaly.Msg("decide.none.needs_nobody", anomaly.TermArg("cause", string(top.Cause)), anomaly.PercentArg("probability", top.Probability, 0))
		case !s.asked && !s.alarm && s.serious(&s.p) < s.m.rules.Unasked:
			return anomaly.Message{Key: "decide.none.likely_harmless"}
		}
		return anomaly.Message{Key: "decide.none.not_worth"}
	case anomaly.ActionFixData:
		return anomaly.Msg("decide.reason.fix_data", anomaly.TextArg("check", s.contradiction()))
	case anomaly.ActionHoldCollection:
		return anomaly.Message{Key: "decide.reason.hold_collection"}
	case anomaly.ActionWait:
		return anomaly.Msg("decide.reason.wait", anomaly.DateArg("until", v.Wait.Until), anomaly.PercentArg("changes", v.Wait.Changes, 0))
	}
	top, p := s.speaksFor(v.Action)
	if s.finder != nil && string(top) == s.finder.Outcome {
		m := anomaly.Msg("decide.reason.found", anomaly.DateArg("on", s.finder.On), anomaly.TermArg("cause", string(top)), anomaly.PercentArg("probability", p, 0))
		if u := s.finder.RecoveredUsage; u.Valid {
			m.Key += ".usage"
			m.Args = append(m.Args, anomaly.UsageArg("usage", anomaly.Float(u.Decimal.Abs()), cmp.Or(s.bill.Unit, s.in.History.Unit()), u.Decimal.Trim(0).Scale()))
		}
		return m
	}
	if f := s.document(); f != nil && v.Action == anomaly.ActionRebill && p < 0.5 {
		key, args := "decide.reason.rebill.finding", []anomaly.Arg{anomaly.TextArg("check", f.Check)}
		if f.Amount.Valid && !f.Amount.Decimal.IsZero() {
			key += ".amount"
			args = append(args, anomaly.MoneyArg("amount", f.Amount.Decimal.Abs(), s.bill.Currency))
		}
		return anomaly.Message{Key: key, Args: args}
	}
	if v.Action == anomaly.ActionExplain && top == anomaly.CauseNormalVariation {
		for i := range s.in.Findings {
			if m := &s.in.Findings[i].Message; m.Key == "B19.within" {
				return anomaly.Message{Key: "decide.reason.explain.back", Args: m.Args}
			}
		}
	}
	key := "decide.reason." + string(v.Action)
	args := []anomaly.Arg{anomaly.TermArg("cause", string(top)), anomaly.PercentArg("probability", p, 0)}
	switch {
	case v.Action == anomaly.ActionRebill && s.reread && (top == anomaly.CauseMisread || top == anomaly.CauseEstimatedCatchUp):
		key += ".read"
	case v.Action == anomaly.ActionApplianceReview && s.circuit != nil && top == anomaly.CauseLeakBehindMeter:
		key += ".circuit"
		args = append(args, s.circuit.Message.Args...)
	case v.Action == anomaly.ActionReread && s.firstOf(v) != anomaly.ActionReread:
		key += ".first"
		args = append(args, anomaly.TermArg("instead", string(s.firstOf(v))))
	case v.Action == anomaly.ActionSelftest && s.firstOf(v) == anomaly.ActionInspect:
		key += ".first"
	case v.Action == anomaly.ActionEvidence && top == anomaly.CauseInsufficientData:
		key += ".too_little"
	case v.Action == anomaly.ActionExplain && s.tell && !s.asked:
		if s.in.Estimate.Usage <= 0 { // nothing is so many times nothing
			return anomaly.Message{Key: "decide.reason.explain.tell.nothing"}
		}
		return anomaly.Msg("decide.reason.explain.tell", anomaly.PercentArg("more", anomaly.Float(s.bill.Usage)/s.in.Estimate.Usage-1, 0))
	case v.Action == anomaly.ActionInspect && s.unused != nil && s.finder == nil:
		return anomaly.Message{Key: key + ".nobody"}
	case p < 0.5 && (v.Action == anomaly.ActionExplain || v.Action == anomaly.ActionInspect):
		// No single cause stands out; what speaks for the action is all of them.
		o, _ := optionOf(v.Action)
		together := 0.0
		for i, by := range s.m.settledBy {
			if by == o {
				together += s.p[i]
			}
		}
		key += ".several"
		args = append(args, anomaly.PercentArg("together", together, 0))
	}
	return anomaly.Message{Key: key, Args: args}
}

// firstOf is the action that is worth most by what has been weighed, waiting left out.
func (s *situation) firstOf(v *anomaly.Verdict) anomaly.Action {
	for i := range v.Options {
		if a := v.Options[i].Action; a != anomaly.ActionWait {
			return a
		}
	}
	return v.Action
}

// leftAlone says why a bill is left alone that is more likely normal than not.
func (s *situation) leftAlone(v *anomaly.Verdict) anomaly.Message {
	e, usage := s.in.Estimate, anomaly.Float(s.bill.Usage)
	comparable := e == nil || !e.Known || e.Comparable
	key := "decide.none.normal"
	for i := range s.in.Findings {
		f := &s.in.Findings[i]
		switch {
		case f.Severity >= anomaly.High && f.Action == anomaly.ActionInspect:
			return anomaly.Msg("decide.none.changed", anomaly.PercentArg("found", v.InspectionProbability, 0))
		case f.Severity >= anomaly.Medium:
			key = "decide.none.findings"
		}
	}
	switch {
	case e != nil && e.Known && (usage < e.Low95 || usage > e.High95):
		return anomaly.Msg("decide.none.outside", anomaly.PercentArg("normal", s.p[normalVariation], 0))
	case key == "decide.none.normal" && !comparable:
		key = "decide.none.not_comparable"
	}
	return anomaly.Message{Key: key}
}

// speaksFor is the most probable cause that an action settles or looks for.
func (s *situation) speaksFor(a anomaly.Action) (anomaly.Cause, float64) {
	o, _ := optionOf(a)
	for i := range s.in.Causes {
		c := &s.in.Causes[i]
		at := slices.Index(anomaly.Causes, c.Cause)
		if s.m.settledBy[at] == o || s.m.test[o] && s.m.sees[o][at] > 0.3 {
			return c.Cause, c.Probability
		}
	}
	return s.in.Causes[0].Cause, s.in.Causes[0].Probability
}

// refuse lists the actions that somebody might propose and that are refused.
func (s *situation) refuse(v *anomaly.Verdict, live []anomaly.Cause) {
	add := func(a anomaly.Action, m anomaly.Message) {
		v.Refused = append(v.Refused, anomaly.RefusedAction{Action: a, Reason: m})
	}
	if !v.Wait.Allowed {
		add(anomaly.ActionWait, v.Wait.Reason)
	}
	for _, o := range []option{reread, selftest, inspect} {
		a := o.action()
		if a == v.Action || a == v.Then && s.barred[o] != repeatVisit {
			continue
		}
		switch {
		case s.barred[o] != free:
			add(a, anomaly.Message{Key: barrierKeys[s.barred[o]]})
		case len(s.separates(o, live)) == 0:
			key := "decide.refused.separates_none"
			if o == inspect {
				key = "decide.refused.explain_only"
			}
			if o == reread {
				key = "decide.refused.reread"
			}
			add(a, anomaly.Message{Key: key})
		case o == inspect && v.InspectionProbability < s.leastHitRate():
			add(a, anomaly.Msg("decide.refused.low_hit", anomaly.PercentArg("found", v.InspectionProbability, 0), anomaly.PercentArg("least", s.leastHitRate(), 0)))
		}
	}
}
