package anomaly

import (
	"hash/fnv"
	"strconv"
)

// Severity grades a finding: 0 information, 1 low, 2 medium, 3 high, 4 critical.
type Severity uint8

// The severities.
const (
	Info Severity = iota
	Low
	Medium
	High
	Critical
)

// Action is what is done next about a bill.
type Action string

// The actions.
const (
	ActionNone            Action = "none"
	ActionFixData         Action = "fix_data"
	ActionExplain         Action = "explain"
	ActionReread          Action = "reread"
	ActionRebill          Action = "rebill"
	ActionSelftest        Action = "selftest"
	ActionApplianceReview Action = "appliance_review"
	ActionEvidence        Action = "evidence"
	ActionInspect         Action = "inspect"
	ActionHoldCollection  Action = "hold_collection"
	ActionGoodwill        Action = "goodwill"
	ActionWait            Action = "wait"
)

// Actions lists every action in the order in which they are documented.
var Actions = []Action{
	ActionNone, ActionFixData, ActionExplain, ActionReread, ActionRebill, ActionSelftest,
	ActionApplianceReview, ActionEvidence, ActionInspect, ActionHoldCollection, ActionGoodwill, ActionWait,
}

// Cause is why a bill is what it is.
type Cause string

// The causes. CauseOther is "none of these" and always keeps some probability.
const (
	CauseNormalVariation  Cause = "normal_variation"
	CauseWeather          Cause = "weather"
	CauseLongerPeriod     Cause = "longer_period"
	CauseMoreAppliances   Cause = "more_appliances"
	CauseOccupancy        Cause = "occupancy"
	CauseMisread          Cause = "misread"
	CauseEstimatedCatchUp Cause = "estimated_catch_up"
	CauseTariffOrBilling  Cause = "tariff_or_billing_error"
	CauseWrongMultiplier  Cause = "wrong_multiplier"
	CauseMeterFast        Cause = "meter_fast_or_creep"
	CauseMeterSlow        Cause = "meter_slow_or_stopped"
	CauseLeakBehindMeter  Cause = "leak_or_fault_behind_meter"
	CauseTappedByOthers   Cause = "tapped_by_others"
	CauseBypassOrTheft    Cause = "bypass_or_theft"
	CauseCrossedMeter     Cause = "crossed_meter"
	CauseMeterSwapError   Cause = "meter_swap_error"
	CausePlanChangeGap    Cause = "plan_change_gap"
	CauseVacancy          Cause = "vacancy"
	CauseInsufficientData Cause = "insufficient_data"
	CauseOther            Cause = "other"
)

// Causes lists every cause in the order in which they are documented.
var Causes = []Cause{
	CauseNormalVariation, CauseWeather, CauseLongerPeriod, CauseMoreAppliances, CauseOccupancy,
	CauseMisread, CauseEstimatedCatchUp, CauseTariffOrBilling, CauseWrongMultiplier, CauseMeterFast,
	CauseMeterSlow, CauseLeakBehindMeter, CauseTappedByOthers, CauseBypassOrTheft, CauseCrossedMeter,
	CauseMeterSwapError, CausePlanChangeGap, CauseVacancy, CauseInsufficientData, CauseOther,
}

// CauseProbability is one cause's share of the posterior.
type CauseProbability struct {
	Cause       Cause
	Probability float64
}

// Finding is what one check found on one bill: the numbers it rests on, where they
// stand, how much they come to, and the action it speaks for. The sentence is the
// catalogue's.
type Finding struct {
	Check    string // the check's id, such as U01: stable for ever
	Ref      string // unique and stable for the check, the bill and the evidence; see MakeRef
	Severity Severity
	Action   Action
	// Usage and Amount are the size of what was found, signed: how much more (or less)
	// was billed than is accounted for. Missing where a size makes no sense.
	Usage   NullUsage
	Amount  NullDecimal
	Message Message
	// Evidence is where the numbers stand, most telling first.
	Evidence []Source
	// Weight is the strength of the evidence where the check has one: a natural-log
	// likelihood ratio against normal variation. 0 where it has none.
	Weight float64
}

// NullUsage is a usage that may be missing.
type NullUsage struct {
	Value float64
	Valid bool
}

// KnownUsage wraps a usage that is there.
func KnownUsage(v float64) NullUsage { return NullUsage{v, true} }

// NotChecked says which check could not run and why. It is never the same as passed.
type NotChecked struct {
	Check  string
	Reason Message
}

// MakeRef derives a finding's stable reference from the check, the account, the bill
// and what else tells this finding from others of the same check on the same bill.
func MakeRef(check, account, bill, detail string) string {
	h := fnv.New32a()
	for _, s := range []string{check, account, bill, detail} {
		_, _ = h.Write([]byte(s))
		_, _ = h.Write([]byte{0})
	}
	sum := strconv.FormatUint(uint64(h.Sum32()&0xffffff), 16)
	for len(sum) < 6 {
		sum = "0" + sum
	}
	return check + "-" + sum
}
