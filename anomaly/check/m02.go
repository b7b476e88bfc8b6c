package check

import (
	"math"

	"whybill/anomaly"
)

// M02: the self-test could not have seen what it looked for.
var m02 = Check{
	ID: "M02", Severity: anomaly.Low, Action: anomaly.ActionSelftest,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.NumberArg("register", cfg.Checks.TestCounts[0], 0), anomaly.NumberArg("led", cfg.Checks.TestCounts[1], 0)}
	},
	Run: func(in *Input, out *Result) {
		for e, r := range in.selftests {
			if r.Disputed == 0 {
				out.skip("M02", noDisputed)
				return
			}
			if r.Verdict != TestInconclusive {
				continue
			}
			f := in.finding("M02", anomaly.Low, anomaly.ActionSelftest, e.At.String()+e.Note, anomaly.Msg("M02.weak", anomaly.DateArg("on", e.At),
				in.rateArg("one", r.Test.OneCount()), anomaly.CountArg("counts", int(r.Test.Needs(in.Config))), in.rateArg("least", r.Detectable),
				in.rateArg("disputed", r.Disputed), anomaly.NumberArg("minutes", math.Ceil(r.Minutes), 0),
				watchTerm(in.service(), r.Test.Watch)))
			f.Evidence = []anomaly.Source{e.Source}
			out.add(f)
		}
	},
}
