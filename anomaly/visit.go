package anomaly

// ListedVisit is one line of a list of visits that was kept: so that a later list does
// not alarm again about what crews already have, and so that whoever learns from what a
// visit found knows with which probability the account was chosen for it.
type ListedVisit struct {
	AccountID, BillKey string
	On                 Date   // the day as of which the list was made
	List               string // what made it: "batch", or a report's name
	Random             bool   // drawn at random, not for its own sake
	// Propensity is the probability with which it was drawn; 1 where it was chosen. What a
	// visit found stands for 1/Propensity accounts.
	Propensity float64
	// Probability is that of finding something, as it was ranked.
	Probability float64
	// Weight is the natural-log Bayes factor of the account's change; positive infinity
	// where it is not known, as of an alert that somebody else has sent.
	Weight float64
}

// InspectedVisit is an inspection with the line of the list that it goes back to.
type InspectedVisit struct {
	AccountID string
	On        Date
	Outcome   string // a Cause or NothingFound; "" where nobody wrote it down
	// Listed is the line. Where OK is false nobody had listed the visit: it was made because
	// of a complaint, say. Such outcomes belong to a stratum of their own.
	Listed ListedVisit
	OK     bool
}

// ListedFor is for how many days after it was made a list is what crews go by.
const ListedFor = 120

// ListedBefore returns the line of an account's kept lists that an inspection on a day goes
// back to: the latest that is not younger than the visit and at most ListedFor days
// older. Of several of one day the one with the highest propensity counts: an account
// that was chosen would have been visited whatever was drawn.
func ListedBefore(lines []ListedVisit, visit Date) (line ListedVisit, ok bool) {
	for i := range lines {
		l := &lines[i]
		if l.On > visit || visit.Sub(l.On) > ListedFor {
			continue
		}
		if !ok || l.On > line.On || l.On == line.On && l.Propensity > line.Propensity {
			line, ok = *l, true
		}
	}
	return line, ok
}

// CoolDown says that an account is on a list that crews have, so that it is not put on
// another one unless there is news.
type CoolDown struct {
	Since  Date    // the day of that list
	Weight float64 // the evidence then: see ListedVisit
	Bills  int     // so many bills more end it, as does evidence that has doubled
	Until  Date    // when that is, if bills go on being as long as this one
}
