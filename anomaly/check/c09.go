package check

import "whybill/anomaly"

// C09: a notice that reaches the customer when nobody can be reached. What a notice says
// is looked over before it is sent; see package cases.
var c09 = Check{
	ID: "C09", Severity: anomaly.Medium, Action: anomaly.ActionFixData,
	Run: func(in *Input, out *Result) {
		for notice := range in.each(anomaly.EventNoticeSent) {
			if in.Rules == nil {
				out.skip("C09", noRules)
				return
			}
			arrives, clock := notice.At, notice.Time
			if !notice.Due.IsZero() {
				arrives, clock = notice.Due, notice.DueTime
			}
			cal := &in.Rules.Calendar
			if arrives.IsZero() {
				continue
			}
			open := cal.NextOpen(arrives, clock)
			rests := cal.DaysOff(arrives-1, open)
			if cal.OpenAt(arrives, clock) {
				if rests == anomaly.DaysOffUnknown {
					out.skip("C09", noDaysOff) // it may have been a day off
				}
				continue
			}
			f := in.finding("C09", anomaly.Medium, anomaly.ActionFixData, arrives.String(), anomaly.Msg("C09.unreachable",
				anomaly.DateArg("arrives", arrives), weekday("day", arrives), anomaly.DateArg("open", open), anomaly.TermArg("days_off", "days_off."+string(rests))))
			f.Evidence = []anomaly.Source{notice.Source}
			out.add(f)
		}
	},
}
