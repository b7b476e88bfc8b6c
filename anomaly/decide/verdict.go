package decide

import (
	"cmp"
	"slices"

	"whybill/anomaly"
)

// verdict weighs all options, waiting among them, and says why.
func (s *situation) verdict() anomaly.Verdict {
	v := anomaly.Verdict{
		InspectionProbability: s.stakes.Sensitivity * s.visitProbability(&s.p),
		PriorityInUsage:       s.price == 0,
		Recoverable:           s.recoverable(),
		RecoverableMonths:     s.stakes.BackBillMonths,
	}
	v.Priority = s.priority(v.InspectionProbability)
	if s.finder != nil {
		v.FoundOn = s.finder.On
	}
	live := s.live()
	for o := none; o < options; o++ {
		value, ok := s.valueOf(o, &s.p, now)
		if !ok {
			continue
		}
		v.Options = append(v.Options, anomaly.ActionOption{Action: o.action(), Separates: s.separates(o, live), Value: value})
	}
	best := s.readingFirst(s.weigh(&s.p, now))
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
// where a misread is named and not improbable.
func (s *situation) readingFirst(best weighed) weighed {
	switch best.option {
	case selftest, review, inspect, evidence:
	default:
		return best
	}
	for i := range s.in.Findings {
		f := &s.in.Findings[i]
		if f.Check != "R03" || f.Action != anomaly.ActionReread {
			continue
		}
		v, ok := s.valueOf(reread, &s.p, now)
		if ok && v > 0 && s.p[misread] >= s.m.rules.Misread {
			return weighed{reread, v}
		}
	}
	return best
}

// misread is the place of that cause in anomaly.Causes.
var misread = slices.Index(anomaly.Causes, anomaly.CauseMisread)

// overrule lets a decisive finding have its way over weighed values: wrong data make
// every number uncertain, a wrong document is wrong whatever the usage is.
func (s *situation) overrule(v *anomaly.Verdict) {
	act := s.overruling(v.Action)
	if act == "" || act == v.Action {
		return
	}
	v.Then = ""
	if !weak(v.Action) {
		v.Then = v.Action
	}
	v.Action = act
	if v.Wait.Allowed {
		v.Wait.Allowed, v.Wait.Until = false, 0
		v.Wait.AtLeast, v.Wait.AtMost = anomaly.NullUsage{}, anomaly.NullUsage{}
		v.Wait.Reason = anomaly.Msg("decide.wait.better_now", anomaly.TermArg("action", string(act)), anomaly.PercentArg("changes", v.Wait.Changes, 0))
	}
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
		case f.Action == anomaly.ActionFixData:
			act = f.Action
		case f.Action == anomaly.ActionRebill && act != anomaly.ActionFixData:
			act = f.Action
		case f.Action == anomaly.ActionHoldCollection && act == "" && weak(weighed):
			act = f.Action
		}
	}
	return act
}

func weak(a anomaly.Action) bool {
	return a == anomaly.ActionNone || a == anomaly.ActionExplain || a == anomaly.ActionWait
}

// reason says in one sentence why this action: what speaks most for it.
func (s *situation) reason(v *anomaly.Verdict) anomaly.Message {
	switch v.Action {
	case anomaly.ActionNone:
		if !s.asked && !s.alarm && s.serious(&s.p) < s.m.rules.Unasked {
			return anomaly.Message{Key: "decide.none.likely_harmless"}
		}
		return anomaly.Message{Key: "decide.none.not_worth"}
	case anomaly.ActionFixData, anomaly.ActionHoldCollection:
		return anomaly.Message{Key: "decide.reason." + string(v.Action)}
	case anomaly.ActionWait:
		return anomaly.Msg("decide.reason.wait", anomaly.DateArg("until", v.Wait.Until), anomaly.PercentArg("changes", v.Wait.Changes, 0))
	}
	top, p := s.speaksFor(v.Action)
	if s.finder != nil && string(top) == s.finder.Outcome {
		return anomaly.Msg("decide.reason.found", anomaly.DateArg("on", s.finder.On), anomaly.TermArg("cause", string(top)), anomaly.PercentArg("probability", p, 0))
	}
	return anomaly.Msg("decide.reason."+string(v.Action), anomaly.TermArg("cause", string(top)), anomaly.PercentArg("probability", p, 0))
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
