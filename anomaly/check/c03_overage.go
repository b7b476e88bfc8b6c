package check

import "whybill/anomaly"

// A figure about usage beyond a plan's quota is held against the plan's own price:
//
//	overage=8 costs=54                     so much overage costs so much
//	overage_per_day=8 for_days=3 costs=200 so much a day, for so many days
const (
	claimOverage       = "overage"
	claimOveragePerDay = "overage_per_day"
	claimForDays       = "for_days"
	claimCosts         = "costs"
)

// claimedOverage prices what somebody said that overage comes to.
func (in *Input) claimedOverage(e *anomaly.Event, out *Result) {
	costs, ok := number(e, claimCosts)
	if !ok {
		return
	}
	usage, ok := number(e, claimOverage)
	if perDay, daily := number(e, claimOveragePerDay); daily {
		days, known := number(e, claimForDays)
		if !known {
			return
		}
		usage, ok = perDay*days, true
	}
	plan, isPlan := in.plan()
	if !ok || !isPlan || unitSeconds(in.unit()) == 0 || unitSeconds(plan.Unit) == 0 {
		return
	}
	// Prices of plans are by the minute or the hour, spoken figures in the account's unit.
	units, fits := anomaly.DecimalFromFloat(usage*unitSeconds(in.unit())/unitSeconds(plan.Unit), 3)
	if !fits {
		return
	}
	right, err := plan.Overage.Mul(units)
	if err != nil {
		return
	}
	claimed, _ := anomaly.DecimalFromFloat(costs, decimals(costs))
	in.figure(e, out, claimOverage, costs, anomaly.Float(right),
		in.usageArg("usage", usage), in.moneyArg("claimed", claimed), in.moneyArg("actual", right.Trim(0)))
}
