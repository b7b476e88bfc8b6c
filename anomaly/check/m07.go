package check

import "whybill/anomaly"

// M07: the meter's verification has expired.
var m07 = Check{
	ID: "M07", Severity: anomaly.Medium, Action: anomaly.ActionInspect,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.CountArg("years", cfg.Checks.VerificationYears)}
	},
	Run: func(in *Input, out *Result) {
		m := in.register.meterOr(in)
		if m == nil {
			out.skip("M07", noMeter)
			return
		}
		var f anomaly.Finding
		switch end := in.bill.Period.End; {
		case !m.VerifiedUntil.IsZero():
			if m.VerifiedUntil >= end {
				return
			}
			f = in.finding("M07", anomaly.Medium, anomaly.ActionInspect, m.ID, anomaly.Msg("M07.expired",
				anomaly.TextArg("meter", m.ID), anomaly.DateArg("until", m.VerifiedUntil)))
		case m.InstalledOn.IsZero():
			out.skip("M07", noMeter)
			return
		default:
			if in.Config.Checks.VerificationYears <= 0 || m.InstalledOn.AddMonths(12*in.Config.Checks.VerificationYears) > end {
				return
			}
			// Most meters in service are as old, and files seldom hold the date: good to
			// know where the meter is in question, no reason to question it.
			f = in.finding("M07", anomaly.Info, anomaly.ActionNone, m.ID, anomaly.Msg("M07.old",
				anomaly.TextArg("meter", m.ID), anomaly.DateArg("installed", m.InstalledOn)))
		}
		f.Evidence = []anomaly.Source{m.Source}
		out.add(f)
	},
}
