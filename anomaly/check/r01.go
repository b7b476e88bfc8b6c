package check

import "whybill/anomaly"

// R01: the register went backwards, and neither a roll-over nor an exchange explains it.
var r01 = Check{
	ID: "R01", Severity: anomaly.High, Action: anomaly.ActionReread,
	Run: func(in *Input, out *Result) {
		r := &in.register
		if !r.known {
			out.skip("R01", noReadings)
			return
		}
		if r.swap {
			return
		}
		if r.close.Cmp(r.open) < 0 && !in.rolledOver() {
			f := in.finding("R01", anomaly.High, anomaly.ActionReread, "", anomaly.Msg("R01.backward",
				in.exactArg("open", r.open), in.exactArg("close", r.close)))
			f.Evidence = evidence(r.openAt, r.closeAt)
			in.size(&f, in.usage())
			out.add(f)
			return
		}
		// The reading after this one is lower: one of the two is wrong.
		if r.after.Valid && r.after.Decimal.Cmp(r.close) < 0 && r.after.Decimal.Cmp(r.open) >= 0 {
			f := in.finding("R01", anomaly.High, anomaly.ActionReread, "after", anomaly.Msg("R01.after",
				in.exactArg("close", r.close), in.exactArg("after", r.after.Decimal)))
			f.Evidence = evidence(r.closeAt, r.afterAt)
			over, _ := anomaly.Sub(r.close, r.after.Decimal)
			in.size(&f, anomaly.Float(over)*anomaly.Float(r.multiplier))
			out.add(f)
		}
	},
}

// evidence lists two places, once where they are the same.
func evidence(a, b anomaly.Source) []anomaly.Source {
	if a == b {
		return []anomaly.Source{a}
	}
	return []anomaly.Source{a, b}
}
