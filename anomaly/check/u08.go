package check

import "whybill/anomaly"

// U08: too few bills to say what is usual. Insufficient is a verdict, not a pass.
var u08 = Check{
	ID: "U08", Severity: anomaly.Low, Action: anomaly.ActionEvidence,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.CountArg("bills", cfg.Checks.MinPeriods)}
	},
	Run: func(in *Input, out *Result) {
		n := in.comparableBills()
		if n >= in.Config.Checks.MinPeriods {
			return
		}
		f := in.finding("U08", anomaly.Low, anomaly.ActionEvidence, "", anomaly.Msg("U08.few",
			anomaly.CountArg("bills", n), anomaly.CountArg("needed", in.Config.Checks.MinPeriods)))
		f.Evidence = []anomaly.Source{in.bill.Source}
		out.add(f)
	},
}

// comparableBills counts the account's own earlier bills that can be learnt from:
// counted once, and not guessed.
func (in *Input) comparableBills() int {
	n := 0
	for i := range in.Bill {
		if b := &in.History.Bills[i]; !b.Cancelled && !b.Quality.Guessed() && b.Period.Valid() {
			n++
		}
	}
	if in.estimateKnown() && !in.Estimate.OtherPremise {
		n = min(n, in.Estimate.PeriodsUsed)
	}
	return n
}
