package anomaly

import (
	"maps"
	"slices"
	"strings"
)

// visitParts says which causes each part of a visit can find: a visit sees a cause only
// where it looked where the cause shows.
var visitParts = map[string][]Cause{
	"meter_face":  {CauseMisread, CauseEstimatedCatchUp},
	"serial":      {CauseMeterSwapError, CauseCrossedMeter},
	"multiplier":  {CauseWrongMultiplier},
	"seal":        {CauseBypassOrTheft},
	"wiring":      {CauseBypassOrTheft, CauseTappedByOthers, CauseCrossedMeter, CauseWrongMultiplier},
	"no_load":     {CauseTappedByOthers, CauseLeakBehindMeter, CauseMeterFast, CauseCrossedMeter},
	"leak":        {CauseLeakBehindMeter},
	"neighbours":  {CauseCrossedMeter, CauseTappedByOthers},
	"meter_test":  {CauseMeterFast, CauseMeterSlow, CauseWrongMultiplier},
	"appliances":  {CauseMoreAppliances, CauseLeakBehindMeter, CauseOccupancy},
	"pulse_count": {CauseMeterFast, CauseMeterSlow},
}

// VisitParts lists what a visit may have looked at, in order.
func VisitParts() []string { return slices.Sorted(maps.Keys(visitParts)) }

// PartFinds reports whether looking at a part of the installation can find a cause; known
// is false where it is no such part.
func PartFinds(part string, c Cause) (finds, known bool) {
	causes, known := visitParts[part]
	return slices.Contains(causes, c), known
}

// LookedAt reads what a visit looked at, parts with commas or spaces between them: those
// that are known, and the first word that is none.
func LookedAt(text string) (parts []string, unknown string) {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		if _, known := visitParts[word]; known {
			parts = append(parts, word)
		} else if unknown == "" {
			unknown = word
		}
	}
	return parts, unknown
}

// FaceOnly reports whether a visit that looked at these parts could find no more than a
// misread.
func FaceOnly(parts []string) bool {
	return len(parts) == 0 || len(parts) == 1 && parts[0] == "meter_face"
}

// CouldFind reports whether an inspection could have found a cause. Where the visit of
// its day says what it looked at, that decides: one that read the meter's face finds a
// misread and nothing else, and one that does not say what it looked at counts for
// nothing. An inspection without a visit on record is taken for a whole one.
func (h *History) CouldFind(v *Inspection, c Cause) bool {
	seen := false
	for i := range h.Events {
		e := &h.Events[i]
		if e.Kind != EventVisitDone || e.At != v.On {
			continue
		}
		seen = true
		looked, _ := e.Field("looked_at")
		parts, _ := LookedAt(looked)
		for _, part := range parts {
			if finds, _ := PartFinds(part, c); finds {
				return true
			}
		}
	}
	return !seen
}

// FoundNothing reports whether an inspection found nothing, and no other of its day found a
// cause: those who went there on one day made one visit.
func (h *History) FoundNothing(v *Inspection) bool {
	if v.Outcome != NothingFound {
		return false
	}
	return v.On.IsZero() || !slices.ContainsFunc(h.Inspections, func(o Inspection) bool {
		return o.On == v.On && slices.Contains(Causes, Cause(o.Outcome))
	})
}

// FoundFor returns the inspection that found the cause of a bill, nil where there is none:
// the last one that found a cause, of several of one day one that found a fault, since the usage changed (onset), and before the next
// bill was closed. An inspection after asOf is not known yet (the zero Date: everything is).
// For a bill that was issued in place of another since then the matter is settled: see
// PutRight.
func (h *History) FoundFor(bill int, onset, asOf Date) *Inspection {
	v := h.found(bill, onset, asOf)
	if v == nil || h.correctedAfter(bill, v) {
		return nil
	}
	return v
}

// PutRight returns the inspection that found the cause of a bill that was then issued
// anew: this one. nil where there is none.
func (h *History) PutRight(bill int, asOf Date) *Inspection {
	if h.Bills[bill].Cancels == "" {
		return nil
	}
	v := h.found(bill, h.Bills[bill].Period.Start, asOf)
	if v == nil || !h.correctedAfter(bill, v) {
		return nil
	}
	return v
}

func (h *History) found(bill int, onset, asOf Date) *Inspection {
	if len(h.Inspections) == 0 {
		return nil
	}
	b := &h.Bills[bill]
	until := MaxDate
	if !asOf.IsZero() {
		until = asOf.AddDays(1)
	}
	for i := bill + 1; i < len(h.Bills); i++ {
		if n := &h.Bills[i]; !n.Cancelled && n.Period.End > b.Period.End {
			until = min(until, n.Period.End)
			break
		}
	}
	var last *Inspection
	for i := range h.Inspections {
		v := &h.Inspections[i]
		if v.On.IsZero() || v.On < onset || v.On < b.Period.Start || v.On >= until || !slices.Contains(Causes, Cause(v.Outcome)) {
			continue
		}
		if last == nil || v.On > last.On || v.On == last.On && (!harmless(v.Outcome) || harmless(last.Outcome)) {
			last = v
		}
	}
	return last
}

// harmless reports whether what was found is nothing that anybody has to put right.
func harmless(outcome string) bool {
	switch Cause(outcome) {
	case CauseNormalVariation, CauseWeather, CauseLongerPeriod, CauseMoreAppliances, CauseOccupancy, CauseVacancy, CauseInsufficientData, CauseOther:
		return true
	}
	return false
}

// correctedAfter reports whether a bill was issued in place of another after an inspection.
// Where nobody wrote down when, it was if the visit was made before the period ended or
// before the other bill was issued; and otherwise if it charges for another usage, as what
// a visit finds makes necessary and a wrong price does not.
func (h *History) correctedAfter(bill int, v *Inspection) bool {
	b := &h.Bills[bill]
	switch {
	case b.Cancels == "":
		return false
	case !b.IssuedOn.IsZero():
		return b.IssuedOn >= v.On
	case v.On < b.Period.End:
		return true
	}
	for i := range h.Bills {
		if was := &h.Bills[i]; i != bill && was.ID == b.Cancels {
			return !was.IssuedOn.IsZero() && was.IssuedOn >= v.On || was.Usage.Cmp(b.Usage) != 0
		}
	}
	return false
}
