package check

import "whybill/anomaly"

// R06: the usage has been estimated for long. What a reading after estimates catches
// up is R07's.
var r06 = Check{
	ID: "R06", Severity: anomaly.Medium, Action: anomaly.ActionReread,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.CountArg("bills", cfg.Checks.EstimateRun), anomaly.CountArg("days", cfg.Checks.EstimateDays)}
	},
	Run: func(in *Input, out *Result) {
		if !in.qualityKnown() {
			out.skip("R06", noQuality)
			return
		}
		bills, days, first := in.estimatedRun()
		if bills == 0 || bills < in.Config.Checks.EstimateRun && days < in.Config.Checks.EstimateDays {
			return
		}
		f := in.finding("R06", anomaly.Medium, anomaly.ActionReread, "running", anomaly.Msg("R06.running",
			anomaly.CountArg("bills", bills), anomaly.CountArg("days", days)))
		f.Evidence = evidence(in.bill.Source, first.Source)
		out.add(f)
	},
}

// estimatedRun counts the estimated bills in a row up to this one, 0 where this one
// was read; first is the earliest of them.
func (in *Input) estimatedRun() (bills, days int, first *anomaly.Bill) {
	for i := in.Bill; i >= 0; i-- {
		b := &in.History.Bills[i]
		if b.Cancelled || !sameMeter(b.MeterID, in.bill.MeterID) {
			continue
		}
		if !b.Quality.Guessed() {
			break
		}
		bills++
		days += b.Period.Days()
		first = b
	}
	return bills, days, first
}
