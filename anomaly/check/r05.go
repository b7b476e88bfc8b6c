package check

import "whybill/anomaly"

// R05: the same usage a day, bill after bill: estimates that nobody calls so.
var r05 = Check{
	ID: "R05", Severity: anomaly.Low, Action: anomaly.ActionReread, Source: "EnergyCAP, USE5",
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.PercentArg("same", cfg.Checks.HiddenEstimate, 1)}
	},
	Run: func(in *Input, out *Result) {
		adu := in.bill.ADU()
		if in.bill.Quality.Guessed() || adu <= 0 {
			return
		}
		// Small whole numbers repeat by chance: three in a row are asked for then.
		need := 2
		if in.usage() < 200 {
			need = 3
		}
		run, first := 1, in.bill
		for i := in.Bill - 1; i >= 0; i-- {
			b := &in.History.Bills[i]
			if b.Cancelled || !sameMeter(b.MeterID, in.bill.MeterID) {
				continue
			}
			if b.Quality.Guessed() || abs(b.ADU()-adu) > in.Config.Checks.HiddenEstimate*adu {
				break
			}
			run++
			first = b
		}
		if run < need {
			return
		}
		f := in.finding("R05", anomaly.Low, anomaly.ActionReread, "", anomaly.Msg("R05.same",
			anomaly.CountArg("bills", run), anomaly.UsageArg("usage", adu, in.unit(), 2)))
		f.Evidence = evidence(in.bill.Source, first.Source)
		out.add(f)
	},
}
