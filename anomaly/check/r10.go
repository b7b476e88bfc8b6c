package check

import (
	"strings"

	"whybill/anomaly"
)

// R10: usage where nobody should be using anything.
var r10 = Check{
	ID: "R10", Severity: anomaly.High, Action: anomaly.ActionInspect,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.UsageArg("usage", cfg.Checks.InactiveUsage[anomaly.Electricity], anomaly.Electricity.Unit(), 0)}
	},
	Run: func(in *Input, out *Result) {
		usage, b := in.usage(), in.bill
		if usage <= in.Config.Checks.InactiveUsage[in.service()] {
			return
		}
		var f anomaly.Finding
		switch days, began := in.vacant(); {
		case in.closed():
			key := "R10.closed"
			if in.History.Account.MovedOut.IsZero() {
				key = "R10.undated" // it may be the last bill before the account ended
			}
			f = in.finding("R10", anomaly.High, anomaly.ActionInspect, "closed", anomaly.Msg(key,
				in.exactArg("usage", b.Usage), anomaly.TermArg("status", "status."+strings.ToLower(in.History.Account.Status))))
			f.Evidence = evidence(b.Source, in.History.Account.Source)
		case days >= b.Period.Days() && in.estimateKnown() && usage > in.Estimate.Occupied(in.days())/2:
			// An empty home still has its refrigerator; half of what people use is not that.
			f = in.finding("R10", anomaly.High, anomaly.ActionInspect, "vacant", anomaly.Msg("R10.vacant",
				in.exactArg("usage", b.Usage), anomaly.DateArg("since", began.At)))
			f.Evidence = evidence(b.Source, began.Source)
		default:
			return
		}
		in.size(&f, usage)
		out.add(f)
	},
}

// closed reports whether the account has ended or its premise is out of use.
func (in *Input) closed() bool {
	a := &in.History.Account
	if !a.MovedOut.IsZero() && a.MovedOut < in.bill.Period.Start {
		return true
	}
	// The status is today's: a bill from before the account ended is no news.
	return a.Inactive() && (a.MovedOut.IsZero() || a.MovedOut <= in.bill.Period.Start)
}
