package check

import (
	"math"

	"whybill/anomaly"
)

// C12: a promise that the queue cannot keep.
var c12 = Check{
	ID: "C12", Severity: anomaly.Medium, Action: anomaly.ActionFixData,
	Source: "median of the waiting time behind n jobs that leave at random: (n + 2/3) / rate",
	Run: func(in *Input, out *Result) {
		for i := range in.History.Events {
			p := &in.History.Events[i]
			if p.Due.IsZero() || !in.concerns(p) {
				continue
			}
			backlog, ok1 := number(p, "backlog")
			perDay, ok2 := number(p, "per_day")
			if !ok1 || !ok2 || backlog < 0 || perDay <= 0 {
				continue
			}
			if in.Rules == nil {
				out.skip("C12", noRules)
				return
			}
			wait := (backlog + 2.0/3) / perDay // the job itself has to be done as well
			if wait > 2500 {
				wait = 2500 // ten years: further than any promise
			}
			likely := in.Rules.Calendar.AddWorkingDays(p.At, int(math.Ceil(wait)))
			if p.Due >= likely {
				continue
			}
			f := in.finding("C12", anomaly.Medium, anomaly.ActionFixData, p.At.String()+p.Kind, anomaly.Msg("C12.too_soon",
				anomaly.DateArg("due", p.Due), anomaly.CountArg("backlog", int(backlog)), anomaly.NumberArg("per_day", perDay, decimals(perDay)), anomaly.DateArg("likely", likely)))
			f.Evidence = []anomaly.Source{p.Source}
			out.add(f)
		}
	},
}
