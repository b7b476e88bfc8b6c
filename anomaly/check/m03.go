package check

import "whybill/anomaly"

// M03: what a meter that stands still, or all but still, says.
var m03 = Check{
	ID: "M03", Severity: anomaly.Low, Action: anomaly.ActionExplain,
	Source: "電業用戶電度表檢驗規則 §10 (repealed): no full revolution in 20 minutes at no load",
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.NumberArg("minutes", cfg.Checks.CreepMinutes, 0)}
	},
	Run: func(in *Input, out *Result) {
		for e, r := range in.selftests {
			var f anomaly.Finding
			switch r.Verdict {
			case TestStill, TestCreep:
				if by, why := in.outweighed(e, r); by != nil {
					out.add(in.contradiction("M03", e, by, why))
					continue
				}
				f = in.stoodStill(e, r)
			case TestClear:
				if in.service() <= anomaly.Electricity {
					continue
				}
				f = in.finding("M03", anomaly.Info, anomaly.ActionExplain, e.At.String()+e.Note, anomaly.Msg("M03.clear", anomaly.DateArg("on", e.At),
					anomaly.TermArg("closed", "closed."+in.service().String()), anomaly.NumberArg("minutes", r.Test.Minutes, 0), in.rateArg("least", r.Detectable)))
			default:
				continue
			}
			f.Evidence = []anomaly.Source{e.Source}
			out.add(f)
		}
	},
}

// stoodStill is the finding on a meter that did not move, or hardly.
func (in *Input) stoodStill(e *anomaly.Event, r *SelftestResult) anomaly.Finding {
	if r.Verdict == TestStill {
		return in.finding("M03", anomaly.Info, anomaly.ActionExplain, e.At.String()+e.Note, anomaly.Msg("M03.still",
			append(in.tested(e), anomaly.NumberArg("minutes", r.Test.Minutes, 0), in.rateArg("least", r.Detectable))...))
	}
	f := in.finding("M03", anomaly.Low, anomaly.ActionExplain, e.At.String()+e.Note, anomaly.Msg("M03.creep", anomaly.DateArg("on", e.At),
		in.rateArg("rate", r.Rate), in.usageArg("bound", r.Bound), anomaly.CountArg("days", in.bill.Period.Days())))
	f.Usage = anomaly.KnownUsage(r.Bound)
	return f
}
