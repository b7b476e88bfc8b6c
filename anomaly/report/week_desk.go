package report

import "whybill/anomaly"

// Desk says, in figures alone, where the disputes stand. No account and nobody's words or
// name is in it.
type Desk struct {
	States   []DeskState `json:"states"` // of cases that are not closed, in the order of a case's life
	Overdue  int         `json:"overdue"`
	Oldest   int         `json:"oldest_days"` // the age of the oldest case that is not closed
	Broken   int         `json:"promises_broken"`
	Due      int         `json:"promises_due"` // within the next seven days
	Holds    int         `json:"holds"`        // accounts on which nothing is to be collected
	Feedback int         `json:"feedback_unanswered"`
	Checks   []DeskCheck `json:"outcomes"` // what visits found, by the check that asked for them
}

// DeskState counts the cases in one state.
type DeskState struct {
	State string `json:"state"`
	Cases int    `json:"cases"`
}

// DeskCheck is a check's record with the 95 % Wilson interval of its hit rate.
type DeskCheck struct {
	Check  string  `json:"check"`
	Visits int     `json:"visits"`
	Hits   int     `json:"hits"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
}

// deskFacts are the desk's figures in the summary.
func (v *weekView) deskFacts() []fact {
	d := v.Desk
	if d == nil {
		return nil
	}
	line := func(text string, value cell) fact { return fact{value: value, text: text} }
	whole := func(n int) cell { return numberOf(float64(n), 0) }
	var all []fact
	for _, s := range d.States {
		all = append(all, line(v.p.Say(anomaly.Msg("week.desk.state", anomaly.TermArg("state", "state."+s.State))), whole(s.Cases)))
	}
	for _, f := range []struct {
		key string
		n   int
	}{
		{"week.desk.overdue", d.Overdue}, {"week.desk.oldest", d.Oldest}, {"week.desk.broken", d.Broken},
		{"week.desk.due", d.Due}, {"week.desk.holds", d.Holds}, {"week.desk.feedback", d.Feedback},
	} {
		all = append(all, line(v.p.Text(f.key), whole(f.n)))
	}
	for _, c := range d.Checks {
		all = append(all, line(v.p.Say(anomaly.Msg("week.desk.hits", anomaly.TextArg("check", c.Check), anomaly.CountArg("visits", c.Visits),
			anomaly.PercentArg("low", c.Low, 0), anomaly.PercentArg("high", c.High, 0))), whole(c.Hits)))
	}
	return all
}
