package pipeline

import (
	"context"
	"slices"
	"strings"
	"sync"

	"whybill/anomaly"
	"whybill/anomaly/check"
	"whybill/anomaly/decide"
	"whybill/anomaly/diagnose"
	"whybill/anomaly/train"
)

// Outcome is the record of a check or of a cause. For a check: of the visits before which
// it asked for one, how many found a fault. For a cause: of the visits before which it was
// the most probable of those that need a visit, how many found it.
type Outcome struct {
	ID string
	check.HitRate
}

// Outcomes are what visits found, held against what was said on the day before each.
type Outcomes struct {
	All    check.HitRate // all visits with a day and an outcome
	Checks []Outcome     // by id; those that never asked for a visit are left out
	Causes []Outcome
	// Priors is what the visits teach about how often each cause is the true one.
	Priors *anomaly.LearntPriors
	// Undated visits are left out: nobody knows what was said before them.
	Undated int
}

// LearnOutcomes assesses every account as of the day before each of its visits, from what
// was known by then and by the priors from before anything was learnt, and holds what was
// said against what was found. Inspections of an account on one day are one visit. Visits
// after a day are left out; the zero Date leaves none out.
func LearnOutcomes(ctx context.Context, src Source, actx *anomaly.Context, cfg *anomaly.Config, until anomaly.Date) (*Outcomes, error) {
	if actx == nil {
		actx = &anomaly.Context{}
	}
	actx, sensitivity := unlearnt(actx), anomaly.DefaultConfig().Stakes.Sensitivity
	actions := actionsOf(actx)
	fault := faults(actions)
	if cfg != nil {
		sensitivity = cfg.Stakes.Sensitivity
	}
	var mu sync.Mutex
	var out Outcomes
	var visits []train.Visit
	checks, causes := map[string]check.HitRate{}, map[string]check.HitRate{}
	err := src.Each(ctx, func(_ int, h *anomaly.History) error {
		if len(h.Inspections) == 0 {
			return nil
		}
		assessor := NewAssessor(actx, cfg) // few accounts have been visited
		for _, day := range visitDays(h) {
			if !until.IsZero() && day.on > until {
				continue
			}
			if day.on.IsZero() {
				mu.Lock()
				out.Undated += len(day.outcomes)
				mu.Unlock()
				continue
			}
			said := saidBefore(assessor, h, day.on)
			visit, known := said.visit(h, &day, fault, sensitivity)
			mu.Lock()
			out.All = count(out.All, day.hit())
			for _, id := range said.asked {
				checks[id] = count(checks[id], day.hit())
			}
			if said.likely != "" {
				causes[said.likely] = count(causes[said.likely], slices.Contains(day.outcomes, said.likely))
			}
			if known {
				visits = append(visits, visit)
			}
			mu.Unlock()
		}
		return nil
	})
	out.Checks, out.Causes = sorted(checks), sorted(causes)
	out.Priors = train.Priors(visits, train.PriorOptions{Worth: causesOf(actx).Worth(), Sensitivity: sensitivity, Fault: fault})
	return &out, err
}

// unlearnt is the context without what earlier visits have taught: what is learnt rests
// on the visits alone, however often it is learnt.
func unlearnt(actx *anomaly.Context) *anomaly.Context {
	if actx.Model.LearntPriors() == nil {
		return actx
	}
	c, m := *actx, *actx.Model
	m.Priors = nil
	c.Model = &m
	return &c
}

// faults are the causes that are found by going there, indexed like anomaly.Causes.
func faults(actions *decide.Model) []bool {
	out := make([]bool, len(anomaly.Causes))
	for i, c := range anomaly.Causes {
		out[i] = actions.Sees(anomaly.ActionInspect, c) > 0.5
	}
	return out
}

// visitDay is what the inspections of one day say.
type visitDay struct {
	on       anomaly.Date
	outcomes []string
	first    *anomaly.Inspection
}

func (d *visitDay) hit() bool {
	return slices.ContainsFunc(d.outcomes, func(o string) bool { return o != anomaly.NothingFound })
}

// visitDays gathers an account's inspections, which are in order of time, by days.
// Without an outcome there is nothing to learn: such a row counts as undated.
func visitDays(h *anomaly.History) []visitDay {
	var days []visitDay
	for i := range h.Inspections {
		v := &h.Inspections[i]
		on := v.On
		if v.Outcome == "" {
			on = 0
		}
		if n := len(days); n > 0 && days[n-1].on == on {
			days[n-1].outcomes = append(days[n-1].outcomes, v.Outcome)
			continue
		}
		days = append(days, visitDay{on, []string{v.Outcome}, v})
	}
	return days
}

func count(h check.HitRate, hit bool) check.HitRate {
	h.Tried++
	if hit {
		h.Hits++
	}
	return h
}

func sorted(rates map[string]check.HitRate) []Outcome {
	var all []Outcome
	for id, h := range rates {
		all = append(all, Outcome{id, h})
	}
	slices.SortFunc(all, func(a, b Outcome) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// said is what was said on the day before a visit.
type said struct {
	asked  []string // the checks that asked for one
	likely string   // the most probable of the causes that need one; "" where there is no bill
	causes []anomaly.CauseProbability
	called bool // somebody had asked about the bill
	known  bool // there was a bill
}

func saidBefore(a *Assessor, h *anomaly.History, visit anomaly.Date) (s said) {
	known := asKnown(h, visit)
	x := a.Assess(known, visit.AddDays(-1))
	for i := range x.Findings {
		if f := &x.Findings[i]; f.Action == anomaly.ActionInspect && !slices.Contains(s.asked, f.Check) {
			s.asked = append(s.asked, f.Check)
		}
	}
	best := 0.0
	for _, c := range x.Causes {
		if a.actions.SettledBy(c.Cause) == anomaly.ActionInspect && c.Probability > best {
			best, s.likely = c.Probability, string(c.Cause)
		}
	}
	s.causes = x.Causes
	if bill := known.LatestBill(visit.AddDays(-1)); bill >= 0 {
		s.known = true
		s.called = diagnose.Asked(&diagnose.Input{History: known, Bill: bill, AsOf: visit.AddDays(-1)})
	}
	return s
}

// visit puts a visit into the terms in which it is learnt from. ok is false where nothing
// was said before it, or where it found what is no cause.
func (s *said) visit(h *anomaly.History, day *visitDay, fault []bool, sensitivity float64) (v train.Visit, ok bool) {
	n := len(anomaly.Causes)
	v = train.Visit{Account: h.Account.ID, On: day.on, Asked: s.called, Before: make([]float64, n), Sees: make([]float64, n)}
	for _, o := range day.outcomes {
		if c := anomaly.Cause(o); slices.Contains(anomaly.Causes, c) {
			v.Found = append(v.Found, c)
		} else if o != anomaly.NothingFound {
			return v, false
		}
	}
	for _, c := range s.causes {
		v.Before[slices.Index(anomaly.Causes, c.Cause)] = c.Probability
	}
	for i, c := range anomaly.Causes {
		if fault[i] && h.CouldFind(day.first, c) {
			v.Sees[i] = sensitivity
		}
	}
	return v, s.known
}

// asKnown is the history as it was known before a day: what came later would tell what
// the visit found. A visit whose day nobody knows may have been later, and so was a bill
// that had not been issued.
func asKnown(h *anomaly.History, before anomaly.Date) *anomaly.History {
	known, _ := h.Known(before.AddDays(-1), -1)
	k := *known
	k.Bills = keep(k.Bills, func(b *anomaly.Bill) bool { return b.IssuedOn < before })
	k.Inspections = keep(k.Inspections, func(i *anomaly.Inspection) bool { return !i.On.IsZero() })
	return &k
}

func keep[T any](rows []T, wanted func(*T) bool) []T {
	var kept []T
	for i := range rows {
		if wanted(&rows[i]) {
			kept = append(kept, rows[i])
		}
	}
	return kept
}
