package check

import "whybill/anomaly"

// U07: what the bill is compared with is another home's, or the account is new here.
// Such a comparison widens the interval and never makes a bill normal.
var u07 = Check{
	ID: "U07", Severity: anomaly.Low, Action: anomaly.ActionExplain,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.CountArg("days", cfg.Checks.ComparableDays)}
	},
	Run: func(in *Input, out *Result) {
		if in.estimateKnown() && in.Estimate.OtherPremise {
			r := &in.Estimate.Reference
			message := anomaly.Msg("U07.other_premise")
			if r.OtherPremise && r.Usage > 0 {
				message = anomaly.Msg("U07.other_reference", in.usageArg("reference", r.Usage),
					anomaly.PeriodArg("period", r.Period),
					anomaly.PercentArg("growth", in.usage()/r.Usage-1, 1))
			}
			f := in.finding("U07", anomaly.Low, anomaly.ActionExplain, "premise", message)
			f.Evidence = in.withReference()
			out.add(f)
			return
		}
		since, source := in.since()
		days := in.bill.Period.Start.Sub(since)
		if since.IsZero() || days >= in.Config.Checks.ComparableDays {
			return
		}
		f := in.finding("U07", anomaly.Low, anomaly.ActionExplain, "new", anomaly.Msg("U07.new",
			anomaly.DateArg("since", since), anomaly.CountArg("days", max(0, days))))
		f.Evidence = []anomaly.Source{source}
		out.add(f)
	},
}

// since is the day from which the account is known at its premise.
func (in *Input) since() (anomaly.Date, anomaly.Source) {
	if a := &in.History.Account; !a.MovedIn.IsZero() && a.MovedIn <= in.bill.Period.End {
		return a.MovedIn, a.Source
	}
	for i := range in.History.Bills {
		if b := &in.History.Bills[i]; !b.Cancelled {
			return b.Period.Start, b.Source
		}
	}
	return 0, anomaly.Source{}
}
