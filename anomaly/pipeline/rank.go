package pipeline

import (
	"cmp"
	"math"
	"strings"
	"unique"

	"whybill/anomaly"
	"whybill/anomaly/decide"
)

// RankKey is what a batch is ordered by.
type RankKey struct {
	Flagged  bool    // something is to be done
	Behind   bool    // no news: crews have the account already, or its whole route is out
	Worth    float64 // what the recommended step is worth, or a visit now where that is more
	Severity anomaly.Severity
	Unit     unique.Handle[string] // what Worth is counted in
	Account  string
	Bill     string
}

// RankOf returns an assessment's key. Its strings are the assessment's own.
func RankOf(a *anomaly.Assessment) RankKey {
	k := RankKey{
		Flagged: a.Verdict.Action != anomaly.ActionNone, Behind: a.CoolDown != nil || a.WithRoute(),
		Worth: worthOf(a), Unit: unique.Make(a.PriorityUnit()), Account: a.AccountID, Bill: a.BillKey,
	}
	for i := range a.Findings {
		k.Severity = max(k.Severity, a.Findings[i].Severity)
	}
	return k
}

// worthOf is what the recommended step of an assessment is expected to bring, in the unit
// of its priority: a visit by the hour that it takes; a correction that documents ask for
// by what they are about; anything else by its own value.
func worthOf(a *anomaly.Assessment) float64 {
	v := &a.Verdict
	worth := v.Priority
	for i := range v.Options {
		if v.Options[i].Action == v.Action {
			worth = max(worth, v.Options[i].Value)
		}
	}
	if v.PriorityInUsage || v.Action != anomaly.ActionRebill && v.Action != anomaly.ActionGoodwill {
		return worth
	}
	for i := range a.Findings {
		if f := &a.Findings[i]; f.Action == v.Action && f.Amount.Valid {
			worth = max(worth, math.Abs(anomaly.Float(f.Amount.Decimal)))
		}
	}
	return worth
}

// Clone returns a key that shares no memory with the assessment.
func (k RankKey) Clone() RankKey {
	k.Account, k.Bill = strings.Clone(k.Account), strings.Clone(k.Bill)
	return k
}

// RankOrder is the order of a batch whose priorities are counted in several units, which
// nothing makes comparable: those of one unit stand together. A nil order takes all
// units for one.
type RankOrder map[unique.Handle[string]]int

// OrderOf returns the order for a batch of so many flagged bills by unit: the unit of
// most of them comes first.
func OrderOf(flagged map[unique.Handle[string]]int) RankOrder {
	o := RankOrder{}
	for i, unit := range UnitsOf(flagged) {
		o[unique.Make(unit)] = i - len(flagged) // before units of which nothing is flagged
	}
	return o
}

// UnitsOf lists the units in that order.
func UnitsOf(flagged map[unique.Handle[string]]int) []string {
	counts := make(map[string]int, len(flagged))
	for unit, n := range flagged {
		counts[unit.Value()] = n
	}
	return decide.UnitOrder(counts)
}

// Compare orders keys, the more urgent first: what needs something before what does
// not, news before what is known, then by what the step is worth, by the gravest finding,
// by account and bill. No two bills of a batch are equal.
func (o RankOrder) Compare(a, b RankKey) int {
	return cmp.Or(
		first(a.Flagged, b.Flagged),
		first(b.Behind, a.Behind),
		cmp.Compare(o[a.Unit], o[b.Unit]),
		cmp.Compare(b.Worth, a.Worth),
		cmp.Compare(b.Severity, a.Severity),
		strings.Compare(a.Account, b.Account),
		strings.Compare(a.Bill, b.Bill),
	)
}

// first puts what is set before what is not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
