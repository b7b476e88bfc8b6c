package check

import "whybill/anomaly"

// R13: more than the service can carry.
var r13 = Check{
	ID: "R13", Severity: anomaly.Critical, Action: anomaly.ActionReread,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.NumberArg("volts", cfg.Checks.Volts, 0)}
	},
	Run: func(in *Input, out *Result) {
		if in.service() != anomaly.Electricity {
			return
		}
		a := &in.History.Account
		if !a.ServiceAmps.Valid {
			out.skip("R13", noAmps)
			return
		}
		amps := anomaly.Float(a.ServiceAmps.Decimal)
		most := amps * in.Config.Checks.Volts * float64(max(1, a.Phases)) / 1000 * 24 * in.days()
		if most <= 0 || in.usage() <= most {
			return
		}
		f := in.finding("R13", anomaly.Critical, anomaly.ActionReread, "", anomaly.Msg("R13.cap",
			in.exactArg("usage", in.bill.Usage), in.usageArg("most", most), anomaly.NumberArg("amps", amps, 0)))
		f.Evidence = evidence(in.bill.Source, a.Source)
		in.size(&f, in.usage()-most)
		out.add(f)
	},
}
