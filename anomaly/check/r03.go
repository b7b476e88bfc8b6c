package check

import (
	"math"

	"whybill/anomaly"
)

// R03: single misreads that would make the bill what was to be expected.
var r03 = Check{
	ID: "R03", Severity: anomaly.High, Action: anomaly.ActionReread,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.NumberArg("ratio", cfg.Checks.MisreadRatio, 0)}
	},
	Run: func(in *Input, out *Result) {
		if !in.estimateKnown() {
			out.skip("R03", noEstimate)
			return
		}
		r := &in.register
		if !r.known {
			out.skip("R03", noReadings)
			return
		}
		e, usage := in.Estimate, in.usage()
		if r.swap || usage <= e.High95 && usage >= e.Low95 || !in.practical(usage-e.Usage, e.Usage) || !r.actual {
			return
		}
		var candidates []Misread
		total := 0.0
		if !in.bill.Usage.IsZero() { // a slip hits the last reading exactly once in a blue moon
			candidates, total = Misreads(in)
		}
		if len(candidates) == 0 || candidates[0].LogRatio < math.Log(in.Config.Checks.MisreadRatio) {
			f := in.finding("R03", anomaly.Info, anomaly.ActionNone, "none", anomaly.Msg("R03.none",
				in.exactArg("open", r.open), in.exactArg("close", r.close)))
			f.Evidence = evidence(r.openAt, r.closeAt)
			out.add(f)
			return
		}
		best := &candidates[0]
		named := 0
		for i := range candidates {
			if candidates[i].LogRatio >= math.Log(in.Config.Checks.MisreadRatio) {
				named++
			}
		}
		args := []anomaly.Arg{
			in.exactArg("read", best.Read), in.exactArg("true", best.True), in.exactArg("usage", best.Usage),
			anomaly.CountArg("candidates", named), anomaly.NumberArg("ratio", math.Exp(math.Min(best.LogRatio, math.Log(1e6))), 0),
		}
		key := "R03." + best.Kind
		f := in.finding("R03", anomaly.High, anomaly.ActionReread, "", anomaly.Message{})
		over := usage - anomaly.Float(best.Usage)
		in.size(&f, over)
		if f.Amount.Valid {
			key += ".worth"
			args = append(args, anomaly.MoneyArg("worth", f.Amount.Decimal, in.bill.Currency))
		}
		f.Message = anomaly.Message{Key: key, Args: args}
		f.Evidence = evidence(r.openAt, r.closeAt)
		if best.Source != r.openAt && best.Source != r.closeAt {
			f.Evidence = append(f.Evidence, best.Source)
		}
		if r.after.Valid && r.afterAt.File != "" {
			f.Evidence = append(f.Evidence, r.afterAt)
		}
		f.Weight = total
		out.add(f)
	},
}
