package check

import "whybill/anomaly"

// U01: the usage lies outside what was to be expected, by statistics and by practice.
var u01 = Check{
	ID: "U01", Severity: anomaly.High, Action: anomaly.ActionExplain,
	Params: practicalParams,
	Run: func(in *Input, out *Result) {
		if !in.estimateKnown() {
			out.skip("U01", noEstimate)
			return
		}
		e, usage := in.Estimate, in.usage()
		key, low, high := "U01.high", usage > e.High95, usage > e.High99
		if usage < e.Low95 {
			key, low, high = "U01.low", true, usage < e.Low99
		}
		if !low || !in.practical(usage-e.Usage, e.Usage) {
			return
		}
		severity := anomaly.Medium
		if high {
			severity = anomaly.High
		}
		f := in.finding("U01", severity, anomaly.ActionExplain, key, anomaly.Msg(key,
			in.exactArg("usage", in.bill.Usage), in.usageArg("expected", e.Usage), in.usageArg("low", e.Low95), in.usageArg("high", e.High95),
			anomaly.CountArg("bills", e.PeriodsUsed)))
		f.Evidence = in.withReference()
		in.size(&f, usage-e.Usage)
		out.add(f)
	},
}

func practicalParams(cfg *anomaly.Config) []anomaly.Arg {
	p := cfg.Checks.HighLow[anomaly.Electricity]
	return []anomaly.Arg{anomaly.PercentArg("ratio", p.Ratio, 0), anomaly.UsageArg("usage", p.Usage, anomaly.Electricity.Unit(), 0)}
}

// withReference is where the bill and the one it is compared with stand.
func (in *Input) withReference() []anomaly.Source {
	if in.estimateKnown() && in.Estimate.Reference.Source.File != "" {
		return evidence(in.bill.Source, in.Estimate.Reference.Source)
	}
	return []anomaly.Source{in.bill.Source}
}
