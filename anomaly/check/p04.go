package check

import "whybill/anomaly"

// P04: the quota ran out (or nearly) and no warning is on record.
var p04 = Check{
	ID: "P04", Severity: anomaly.Medium, Action: anomaly.ActionGoodwill,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.TermArg("percents", percents(cfg.Checks.QuotaAlerts))}
	},
	Run: func(in *Input, out *Result) {
		if in.service() != anomaly.Broadband {
			return
		}
		plan, ok := in.plan()
		if !ok {
			out.skip("P04", noTariff)
			return
		}
		share, ok := in.quotaShare(plan)
		if !ok {
			return
		}
		alerts := plan.Alerts
		if len(alerts) == 0 {
			alerts = in.Config.Checks.QuotaAlerts
		}
		var missing []int
		for _, percent := range alerts {
			if 100*share >= float64(percent) && !in.alerted(percent) {
				missing = append(missing, percent)
			}
		}
		if missing == nil {
			return
		}
		f := in.finding("P04", anomaly.Medium, anomaly.ActionGoodwill, "", anomaly.Msg("P04.missing",
			anomaly.TermArg("percents", percents(missing)), anomaly.PercentArg("share", share, 0)))
		if overage, n := lineSum(in.bill, "overage"); n > 0 {
			f.Amount = anomaly.Known(overage)
		}
		f.Evidence = []anomaly.Source{in.bill.Source}
		out.add(f)
	},
}

// quotaShare is the usage as a share of what the plan includes for the bill's months.
func (in *Input) quotaShare(plan *anomaly.PlanInfo) (float64, bool) {
	included := anomaly.Float(plan.Included)
	used := in.usage()
	if per, perPlan := unitSeconds(in.unit()), unitSeconds(plan.Unit); per > 0 && perPlan > 0 {
		used *= per / perPlan
	} else if in.unit() != plan.Unit {
		return 0, false
	}
	if in.Rebill != nil && in.Rebill.Priced != nil && in.Rebill.Priced.Months > 1 {
		included *= float64(in.Rebill.Priced.Months)
	}
	return used / included, included > 0
}

// alerted reports whether a warning at this share or a later one was sent in the
// period. One that names no share counts for any.
func (in *Input) alerted(percent int) bool {
	for i := range in.History.Events {
		e := &in.History.Events[i]
		if e.Kind != eventAlertSent || !in.bill.Period.Contains(e.At) {
			continue
		}
		if n, ok := number(e, "percent"); !ok || n == float64(percent) {
			return true
		}
	}
	return false
}
