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
		var possible *Misread
		total := 0.0
		if !in.bill.Usage.IsZero() { // a slip all but never hits the very last reading
			candidates, possible, total = Misreads(in)
		}
		named := 0
		for named < len(candidates) && candidates[named].LogRatio >= math.Log(in.Config.Checks.MisreadRatio) {
			named++
		}
		if named == 0 && usage < 0 {
			return // R01, R04 and R12 speak of it
		}
		if named == 0 && possible != nil {
			f := in.finding("R03", anomaly.Info, anomaly.ActionReread, "possible", anomaly.Msg("R03.possible",
				in.exactArg("read", possible.Read), in.exactArg("true", possible.True), in.exactArg("usage", possible.Usage)))
			f.Evidence = evidence(r.openAt, r.closeAt)
			f.Weight = max(total, -20)
			out.add(f)
			return
		}
		if named == 0 {
			f := in.finding("R03", anomaly.Info, anomaly.ActionNone, "none", anomaly.Msg("R03.none",
				in.exactArg("open", r.open), in.exactArg("close", r.close)))
			f.Evidence = evidence(r.openAt, r.closeAt)
			f.Weight = max(total, -20)
			out.add(f)
			return
		}
		best := &candidates[0]
		args := []anomaly.Arg{
			in.exactArg("read", best.Read), in.exactArg("true", best.True), in.exactArg("usage", best.Usage),
			anomaly.CountArg("candidates", named), anomaly.NumberArg("ratio", math.Exp(math.Min(best.LogRatio, math.Log(1e6))), 0),
		}
		key := "R03." + best.Kind
		severity := anomaly.High
		if low, high := in.central80(); anomaly.Float(best.Usage) < low || anomaly.Float(best.Usage) > high {
			severity = anomaly.Medium // the corrected bill is still unusual
		}
		f := in.finding("R03", severity, anomaly.ActionReread, "", anomaly.Message{})
		over := usage - anomaly.Float(best.Usage)
		in.size(&f, over)
		if f.Amount.Valid {
			key += ".worth"
			if f.Amount.Decimal.IsNeg() {
				key += ".more"
			}
			args = append(args, anomaly.MoneyArg("worth", f.Amount.Decimal.Abs(), in.bill.Currency))
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

// central80 is the 80 % interval of the expected usage, by the scale at which the
// prediction has its other intervals.
func (in *Input) central80() (low, high float64) {
	e := in.Estimate
	at := func(side float64) float64 {
		return max(0, (math.Exp(e.Mu+side*e.Scale*studentQuantile(1.2816, e.DOF))-e.Offset)*in.days())
	}
	return at(-1), at(1)
}
