package check

import (
	"math"

	"whybill/anomaly"
)

// U04: what the weather explains of the usage, and what it leaves.
var u04 = Check{
	ID: "U04", Severity: anomaly.Medium, Action: anomaly.ActionExplain,
	Params: practicalParams,
	Run: func(in *Input, out *Result) {
		if !in.estimateKnown() {
			out.skip("U04", noEstimate)
			return
		}
		weather, ok := in.part(anomaly.PartWeather)
		if !ok {
			out.skip("U04", noWeather)
			return
		}
		e, usage := in.Estimate, in.usage()
		by := e.Usage * (1 - math.Exp(-weather)) // what the expectation would be lower without the weather
		key, severity := "", anomaly.Info
		switch {
		case (usage > e.High95 || usage < e.Low95) && in.practical(usage-e.Usage, e.Usage):
			key, severity = "U04.left", anomaly.Medium
		case in.practical(by, e.Usage-by):
			key = "U04.explained"
		default:
			return
		}
		f := in.finding("U04", severity, anomaly.ActionExplain, "", anomaly.Msg(key,
			in.usageArg("weather", by), in.usageArg("rest", usage-e.Usage)))
		f.Evidence = in.withReference()
		in.size(&f, usage-e.Usage)
		out.add(f)
	},
}

// part returns a row of the estimate's decomposition.
func (in *Input) part(what string) (log float64, ok bool) {
	for i := range in.Estimate.Parts {
		if in.Estimate.Parts[i].What == what {
			return in.Estimate.Parts[i].Log, true
		}
	}
	return 0, false
}
