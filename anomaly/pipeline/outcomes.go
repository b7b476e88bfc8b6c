package pipeline

import (
	"context"
	"slices"
	"strings"
	"sync"

	"whybill/anomaly"
	"whybill/anomaly/check"
	"whybill/anomaly/decide"
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
	// Undated visits are left out: nobody knows what was said before them.
	Undated int
}

// LearnOutcomes assesses every account as of the day before each of its inspections,
// from what was known by then, and counts how often what was said proved right. Visits
// after a day are left out; the zero Date leaves none out.
func LearnOutcomes(ctx context.Context, src Source, actx *anomaly.Context, cfg *anomaly.Config, until anomaly.Date) (*Outcomes, error) {
	var mu sync.Mutex
	var out Outcomes
	checks, causes := map[string]check.HitRate{}, map[string]check.HitRate{}
	err := src.Each(ctx, func(_ int, h *anomaly.History) error {
		if len(h.Inspections) == 0 {
			return nil
		}
		assessor := NewAssessor(actx, cfg) // few accounts have been visited
		for i := range h.Inspections {
			v := &h.Inspections[i]
			if !until.IsZero() && v.On > until {
				continue
			}
			if v.On.IsZero() || v.Outcome == "" {
				mu.Lock()
				out.Undated++
				mu.Unlock()
				continue
			}
			asked, likely := saidBefore(assessor, h, v.On)
			mu.Lock()
			hit := v.Outcome != anomaly.NothingFound
			out.All = count(out.All, hit)
			for _, id := range asked {
				checks[id] = count(checks[id], hit)
			}
			if likely != "" {
				causes[likely] = count(causes[likely], v.Outcome == likely)
			}
			mu.Unlock()
		}
		return nil
	})
	out.Checks, out.Causes = sorted(checks), sorted(causes)
	return &out, err
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

// saidBefore returns the checks that asked for a visit on the day before it, and the most
// probable of the causes that need one.
func saidBefore(a *Assessor, h *anomaly.History, visit anomaly.Date) (asked []string, likely string) {
	x := a.Assess(asKnown(h, visit), visit.AddDays(-1))
	for i := range x.Findings {
		if f := &x.Findings[i]; f.Action == anomaly.ActionInspect && !slices.Contains(asked, f.Check) {
			asked = append(asked, f.Check)
		}
	}
	best := 0.0
	for _, c := range x.Causes {
		if decide.Default().SettledBy(c.Cause) == anomaly.ActionInspect && c.Probability > best {
			best, likely = c.Probability, string(c.Cause)
		}
	}
	return asked, likely
}

// asKnown is the history as it was known before a day: what came later would tell what
// the visit found.
func asKnown(h *anomaly.History, before anomaly.Date) *anomaly.History {
	k := *h
	k.Bills = keep(h.Bills, func(b *anomaly.Bill) bool { return b.Period.End < before && b.IssuedOn < before })
	k.Readings = keep(h.Readings, func(r *anomaly.Reading) bool { return r.On < before })
	k.Events = keep(h.Events, func(e *anomaly.Event) bool { return e.At < before })
	k.Inspections = keep(h.Inspections, func(i *anomaly.Inspection) bool { return !i.On.IsZero() && i.On < before })
	for i := range k.Bills {
		// A bill that was cancelled by a later one counted then.
		b := &k.Bills[i]
		if b.Cancelled && !slices.ContainsFunc(k.Bills, func(o anomaly.Bill) bool { return o.Cancels == b.ID && b.ID != "" }) {
			b.Cancelled = false
		}
	}
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
