package check

import "whybill/anomaly"

// N02: people live there, and less is used than a refrigerator does.
var n02 = Check{
	ID: "N02", Severity: anomaly.Medium, Action: anomaly.ActionInspect,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.UsageArg("usage", cfg.Checks.MinimumUsage[anomaly.Electricity], anomaly.Electricity.Unit(), 1)}
	},
	Run: func(in *Input, out *Result) {
		a := &in.History.Account
		least := in.Config.Checks.MinimumUsage[in.service()]
		if !a.Occupants.Valid || !a.Occupants.Decimal.IsPos() || in.closed() || in.bill.Quality.Guessed() || in.netMetered() {
			return
		}
		if in.bill.ADU() >= least || in.excluded(in.bill.Period.Start) {
			return
		}
		f := in.finding("N02", anomaly.Medium, anomaly.ActionInspect, "", anomaly.Msg("N02.minimum",
			anomaly.UsageArg("usage", in.bill.ADU(), in.unit(), 2), anomaly.UsageArg("least", least, in.unit(), 2), anomaly.NumberArg("occupants", anomaly.Float(a.Occupants.Decimal), 0)))
		f.Evidence = evidence(in.bill.Source, a.Source)
		in.size(&f, (in.bill.ADU()-least)*in.days())
		out.add(f)
	},
}
