package decide

import (
	"math"

	"whybill/anomaly"
)

// CoolDown says that an account need not be put on a list again since last, an earlier
// list, has it: for so many bills after that list, unless the Bayes factor of its
// change has doubled. nil means that it is as good as any other.
func CoolDown(last *anomaly.ListedVisit, a *anomaly.Assessment, bills int) *anomaly.CoolDown {
	if a.Estimate.Change.Weight() >= last.Weight+math.Ln2 {
		return nil
	}
	left := bills
	for i := range a.History {
		if p := &a.History[i]; !p.OtherPremise && p.Period.End > last.On {
			left--
		}
	}
	if left <= 0 {
		return nil
	}
	return &anomaly.CoolDown{Since: last.On, Weight: last.Weight, Bills: left, Until: a.Period.End.AddDays(left * a.Period.Days())}
}
