package check

import "whybill/anomaly"

// P05: a unit beyond the quota costs many times what it costs within.
var p05 = Check{
	ID: "P05", Severity: anomaly.Medium, Action: anomaly.ActionExplain,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.NumberArg("times", cfg.Checks.PriceCliff, 0)}
	},
	Run: func(in *Input, out *Result) {
		if in.service() != anomaly.Broadband {
			return
		}
		plan, ok := in.plan()
		if !ok {
			out.skip("P05", noTariff)
			return
		}
		share, ok := in.quotaShare(plan)
		if !ok || share <= 1 || !plan.Fee.IsPos() {
			return
		}
		within := anomaly.Float(plan.Fee) / anomaly.Float(plan.Included)
		times := anomaly.Float(plan.Overage) / within
		if times <= in.Config.Checks.PriceCliff {
			return
		}
		f := in.finding("P05", anomaly.Medium, anomaly.ActionExplain, "", anomaly.Msg("P05.cliff",
			anomaly.NumberArg("times", times, 0), in.moneyArg("price", plan.Overage), anomaly.TextArg("unit", plan.Unit)))
		if overage, n := lineSum(in.bill, "overage"); n > 0 {
			f.Amount = anomaly.Known(overage)
		}
		f.Evidence = []anomaly.Source{in.bill.Source}
		out.add(f)
	},
}
