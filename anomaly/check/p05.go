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
		message := anomaly.Msg("P05.cliff",
			anomaly.NumberArg("times", times, 0), in.moneyArg("price", plan.Overage), anomaly.TermArg("unit", plan.Unit))
		if other, id, ok := in.otherPlan(); ok && other.Unit == plan.Unit && other.Fee.IsPos() && other.Included.IsPos() {
			// The same price is another multiple of what the plan that was asked for costs within.
			message.Key = "P05.cliff_both"
			message.Args = append(message.Args, anomaly.TextArg("plan", id),
				anomaly.NumberArg("other", anomaly.Float(plan.Overage)*anomaly.Float(other.Included)/anomaly.Float(other.Fee), 0))
		}
		f := in.finding("P05", anomaly.Medium, anomaly.ActionExplain, "", message)
		if overage, n := lineSum(in.bill, "overage"); n > 0 {
			f.Amount = anomaly.Known(overage)
		}
		f.Evidence = []anomaly.Source{in.bill.Source}
		out.add(f)
	},
}

// otherPlan returns the plan that was asked for within the bill's period.
func (in *Input) otherPlan() (plan *anomaly.PlanInfo, id string, ok bool) {
	c, changed := in.planChange()
	tariffs, listed := in.Pricer.(anomaly.TariffCatalogue)
	if !changed || !listed {
		return nil, "", false
	}
	info, known := tariffs.Tariff(c.plan)
	return info.Plan, c.plan, known && info.Plan != nil
}
