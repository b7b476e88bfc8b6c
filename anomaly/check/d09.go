package check

import "whybill/anomaly"

// D09: days that are billed twice.
var d09 = Check{
	ID: "D09", Severity: anomaly.Medium, Action: anomaly.ActionRebill, Source: "EnergyCAP bill flags",
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.CountArg("days", cfg.Checks.OverlapDays)}
	},
	Run: func(in *Input, out *Result) {
		if !in.bill.Usage.IsPos() {
			return
		}
		for i := range in.History.Bills {
			b := &in.History.Bills[i]
			// The bill that begins later carries the finding, so that a pair has one.
			if i == in.Bill || b.Cancelled || !sameMeter(b.MeterID, in.bill.MeterID) || !b.Usage.IsPos() ||
				b.Period.Start > in.bill.Period.Start || b.Period.Start == in.bill.Period.Start && i > in.Bill {
				continue
			}
			days := in.bill.Period.Overlap(b.Period)
			if days < max(1, in.Config.Checks.OverlapDays) {
				continue
			}
			f := in.finding("D09", anomaly.Medium, anomaly.ActionRebill, b.Key(), anomaly.Msg("D09.overlap",
				anomaly.CountArg("days", days), anomaly.TextArg("bill", b.Key()),
				anomaly.PeriodArg("period", anomaly.Period{Start: max(b.Period.Start, in.bill.Period.Start), End: min(b.Period.End, in.bill.Period.End)})))
			f.Evidence = []anomaly.Source{in.bill.Source, b.Source}
			in.size(&f, min(in.bill.ADU(), b.ADU())*float64(days))
			out.add(f)
		}
	},
}
