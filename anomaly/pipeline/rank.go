package pipeline

import (
	"cmp"
	"strings"

	"whybill/anomaly"
)

// RankKey is what a batch is ordered by.
type RankKey struct {
	Flagged  bool    // something is to be done
	Priority float64 // expected net value of a visit per visit-hour
	Severity anomaly.Severity
	Account  string
	Bill     string
}

// RankOf returns an assessment's key. Its strings are the assessment's own.
func RankOf(a *anomaly.Assessment) RankKey {
	k := RankKey{
		Flagged: a.Verdict.Action != anomaly.ActionNone, Priority: a.Verdict.Priority,
		Account: a.AccountID, Bill: a.BillKey,
	}
	for i := range a.Findings {
		k.Severity = max(k.Severity, a.Findings[i].Severity)
	}
	return k
}

// Clone returns a key that shares no memory with the assessment.
func (k RankKey) Clone() RankKey {
	k.Account, k.Bill = strings.Clone(k.Account), strings.Clone(k.Bill)
	return k
}

// Compare orders keys, the more urgent first: what needs something before what does
// not, then by the value of a visit, by the gravest finding, by account and bill. No
// two bills of a batch are equal.
func (k RankKey) Compare(other RankKey) int {
	if k.Flagged != other.Flagged {
		if k.Flagged {
			return -1
		}
		return 1
	}
	return cmp.Or(
		cmp.Compare(other.Priority, k.Priority),
		cmp.Compare(other.Severity, k.Severity),
		strings.Compare(k.Account, other.Account),
		strings.Compare(k.Bill, other.Bill),
	)
}
