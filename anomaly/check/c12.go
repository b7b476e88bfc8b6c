package check

import (
	"math"

	"whybill/anomaly"
)

// C12: a promise that cannot be kept: the queue is too long, or nobody works then.
var c12 = Check{
	ID: "C12", Severity: anomaly.Medium, Action: anomaly.ActionFixData,
	Source: "median of the waiting time behind n jobs that leave at random: (n + 2/3) / rate",
	Run: func(in *Input, out *Result) {
		for i := range in.History.Events {
			p := &in.History.Events[i]
			if p.Due.IsZero() || !in.concerns(p) {
				continue
			}
			if p.Kind == anomaly.EventVisitPromised && in.AsOf <= p.Due && !in.visitMade(p) && !in.moved(p) {
				in.promisedForWork(p, out)
			}
			in.promisedForQueue(p, out)
		}
	},
}

// promisedForWork says when a visit is promised for a time at which nobody works.
func (in *Input) promisedForWork(p *anomaly.Event, out *Result) {
	if in.Rules == nil {
		out.skip("C12", noRules)
		return
	}
	cal := &in.Rules.Calendar
	if cal.OpenAt(p.Due, p.DueTime) {
		if cal.DaysOff(p.Due-1, p.Due) == anomaly.DaysOffUnknown {
			out.skip("C12", noDaysOff)
		}
		return
	}
	open := cal.NextOpen(p.Due, p.DueTime)
	hours := cal.HoursOn(open)
	args := []anomaly.Arg{
		anomaly.DateArg("due", p.Due), weekday("day", p.Due), anomaly.DateArg("open", open), weekday("open_day", open),
		anomaly.TextArg("hours", hours.From+"-"+hours.To), anomaly.TermArg("days_off", "days_off."+string(cal.DaysOff(p.Due-1, open))),
	}
	key := "C12.day_off"
	if cal.Works(p.Due) {
		key = "C12.out_of_hours"
		args = append(args, anomaly.TextArg("time", p.DueTime))
	}
	f := in.finding("C12", anomaly.Medium, anomaly.ActionFixData, "closed"+p.At.String()+p.Due.String()+p.DueTime, anomaly.Message{Key: key, Args: args})
	f.Evidence = []anomaly.Source{p.Source}
	out.add(f)
}

// promisedForQueue says when something is promised for a day before the queue gets there.
func (in *Input) promisedForQueue(p *anomaly.Event, out *Result) {
	backlog, ok1 := number(p, "backlog")
	perDay, ok2 := number(p, "per_day")
	if !ok1 || !ok2 || backlog < 0 || perDay <= 0 {
		return
	}
	if in.Rules == nil {
		out.skip("C12", noRules)
		return
	}
	wait := (backlog + 2.0/3) / perDay // the job itself has to be done as well
	if wait > 2500 {
		wait = 2500 // ten years: further than any promise
	}
	cal := &in.Rules.Calendar
	likely := cal.AddWorkingDays(p.At, int(math.Ceil(wait)))
	if p.Due >= likely {
		return
	}
	f := in.finding("C12", anomaly.Medium, anomaly.ActionFixData, p.At.String()+p.Kind, anomaly.Msg("C12.too_soon",
		anomaly.DateArg("due", p.Due), anomaly.CountArg("backlog", int(backlog)), anomaly.NumberArg("per_day", perDay, decimals(perDay)), anomaly.DateArg("likely", likely),
		anomaly.TermArg("days_off", "days_off."+string(cal.DaysOff(p.At, likely)))))
	f.Evidence = []anomaly.Source{p.Source}
	out.add(f)
}
