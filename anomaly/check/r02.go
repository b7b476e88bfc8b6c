package check

import "whybill/anomaly"

// R02: the register passed its last digit and started again at zero.
var r02 = Check{
	ID: "R02", Severity: anomaly.Info, Action: anomaly.ActionExplain,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.PercentArg("share", cfg.Checks.RolloverShare, 0)}
	},
	Run: func(in *Input, out *Result) {
		r := &in.register
		if !r.known {
			out.skip("R02", noReadings)
			return
		}
		if r.swap || !in.rolledOver() {
			return
		}
		usage, _, _ := r.moved()
		f := in.finding("R02", anomaly.Info, anomaly.ActionExplain, "", anomaly.Msg("R02.rollover",
			in.exactArg("open", r.open), in.exactArg("close", r.close), anomaly.CountArg("digits", r.digits), in.exactArg("usage", usage)))
		f.Evidence = evidence(r.openAt, r.closeAt)
		out.add(f)
	},
}

// rolledOver reports whether a closing reading below the opening one is a roll-over:
// the dial was nearly full, and what it comes to is a usage that can be.
func (in *Input) rolledOver() bool {
	r := &in.register
	if r.close.Cmp(r.open) >= 0 {
		return false
	}
	usage, wrapped, ok := r.moved()
	if !ok || !wrapped {
		return false
	}
	if anomaly.Float(r.open) < in.Config.Checks.RolloverShare*anomaly.Float(r.dial()) {
		return false
	}
	if !in.estimateKnown() || anomaly.Float(usage) <= in.Estimate.High99 {
		return true
	}
	// A high bill may roll over, too: it was billed so, and is not beyond all that can be.
	return usage.Cmp(in.bill.Usage) == 0 && anomaly.Float(usage) <= 2*in.Estimate.High99
}
