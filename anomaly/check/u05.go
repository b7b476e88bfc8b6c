package check

import (
	"math"

	"whybill/anomaly"
)

// U05: the level of usage has shifted, and has stayed there.
var u05 = Check{
	ID: "U05", Severity: anomaly.High, Action: anomaly.ActionSelftest,
	Source: "two levels against one by the Bayesian information criterion (Schwarz 1978)",
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.PercentArg("step", cfg.Checks.StepRatio, 0), anomaly.CountArg("bills", cfg.Checks.StepBills)}
	},
	Run: func(in *Input, out *Result) {
		if !in.estimateKnown() {
			out.skip("U05", noEstimate)
			return
		}
		c := &in.Estimate.Change
		if c.Bills == 0 {
			out.skip("U05", fewBills)
			return
		}
		if !in.stepped() {
			if !in.recentStep(out) {
				in.oldStep(out)
			}
			return
		}
		key, action, weight := "U05.up", anomaly.ActionSelftest, c.LogBFUp
		if c.Shift < 0 {
			key, action, weight = "U05.down", anomaly.ActionInspect, c.LogBFDown
		}
		severity := anomaly.High
		args := []anomaly.Arg{anomaly.PercentArg("shift", math.Abs(math.Exp(c.Shift)-1), 0), anomaly.DateArg("onset", c.Onset), anomaly.CountArg("bills", c.Bills)}
		if r, _, ok := in.ratioOf(c.Shift, c.SE, c.Onset); ok {
			key = "U05.now." + r.key
			severity, action = in.ratioAction(&r, c.Onset)
			args = append(args, anomaly.NumberArg("ratio", math.Exp(c.Shift), 3))
		}
		f := in.finding("U05", severity, action, c.Onset.String(), anomaly.Message{Key: key, Args: args})
		f.Weight = weight
		f.Evidence = []anomaly.Source{in.bill.Source}
		if i := c.OnsetIndex; i >= 0 && i < in.Bill {
			f.Evidence = evidence(in.bill.Source, in.History.Bills[i].Source)
		}
		in.size(&f, in.usage()*(1-math.Exp(-c.Shift)))
		out.add(f)
	},
}

// stepped reports whether the change test sees a lasting step: large enough, for
// bills enough, and with evidence that leaves little doubt (a Bayes factor of a hundred).
func (in *Input) stepped() bool {
	c := &in.Estimate.Change
	if c.Bills < in.Config.Checks.StepBills {
		return false
	}
	ratio := math.Exp(c.Shift) - 1
	weight := c.LogBFUp
	if ratio < 0 {
		weight = c.LogBFDown
	}
	return math.Abs(ratio) >= in.Config.Checks.StepRatio && weight >= math.Log(100)
}
