package check

import (
	"math"

	"whybill/anomaly"
)

// U02: against the bill before, adjusted for the season by the year before.
var u02 = Check{
	ID: "U02", Severity: anomaly.Low, Action: anomaly.ActionExplain,
	Params: practicalParams,
	Run: func(in *Input, out *Result) {
		if !in.estimateKnown() {
			out.skip("U02", noEstimate)
			return
		}
		if in.prev < 0 {
			out.skip("U02", fewBills)
			return
		}
		p := &in.History.Bills[in.prev]
		then, before := in.yearBefore(in.bill.Period), in.yearBefore(p.Period)
		if p.Quality.Guessed() || p.ADU() <= 0 || then == nil || before == nil || then == before || before.ADU() <= 0 || then.ADU() <= 0 {
			out.skip("U02", fewBills)
			return
		}
		expected := p.ADU() * in.days() * then.ADU() / before.ADU()
		usage := in.usage()
		if usage <= 0 || !in.practical(usage-expected, expected) ||
			math.Abs(math.Log(usage/expected)) < 1.96*math.Sqrt2*in.Estimate.Scale {
			return
		}
		if twofold(expected, p.ADU()*in.days()) && twofold(expected, in.Estimate.Usage) {
			return // what one odd bill of the year before makes of the season is no measure
		}
		key := "U02.high"
		if usage < expected {
			key = "U02.low"
		}
		f := in.finding("U02", anomaly.Low, anomaly.ActionExplain, "", anomaly.Msg(key,
			in.exactArg("usage", in.bill.Usage), in.exactArg("before", p.Usage), in.usageArg("expected", expected)))
		f.Evidence = append(evidence(in.bill.Source, p.Source), then.Source, before.Source)
		in.size(&f, usage-expected)
		out.add(f)
	},
}

// twofold reports whether one usage is more than twice the other.
func twofold(a, b float64) bool { return a > 2*b || b > 2*a }
