package check

import "whybill/anomaly"

// U12: ways of estimating that all mind the season disagree: less can be said.
var u12 = Check{
	ID: "U12", Severity: anomaly.Low, Action: anomaly.ActionNone,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.PercentArg("spread", cfg.Checks.MethodSpread, 0)}
	},
	Run: func(in *Input, out *Result) {
		if !in.estimateKnown() {
			out.skip("U12", noEstimate)
			return
		}
		low, high := in.Estimate.Usage, in.Estimate.Usage
		n := 0
		for i := range in.Estimate.Methods {
			m := &in.Estimate.Methods[i]
			if m.Method == "last_bill" || m.Method == "own_mean" || m.Usage <= 0 {
				continue // these know no season
			}
			low, high = min(low, m.Usage), max(high, m.Usage)
			n++
		}
		if n == 0 {
			out.skip("U12", fewBills)
			return
		}
		if in.Estimate.Usage <= 0 || (high-low)/in.Estimate.Usage <= in.Config.Checks.MethodSpread || !in.practical(high-low, in.Estimate.Usage) {
			return
		}
		f := in.finding("U12", anomaly.Low, anomaly.ActionNone, "", anomaly.Msg("U12.spread",
			in.usageArg("low", low), in.usageArg("high", high)))
		f.Evidence = in.withReference()
		out.add(f)
	},
}
