package check

import "whybill/anomaly"

// E05: what each way out of a disputed entitlement costs, and by when one is taken.
var e05 = Check{
	ID: "E05", Severity: anomaly.Low, Action: anomaly.ActionExplain,
	Run: func(in *Input, out *Result) {
		in.eachClaim(func(claim *coverage) {
			if in.Rules == nil {
				out.skip("E05", noRules)
				return
			}
			state, _ := in.standingOf(claim)
			if state == confirmed || in.History.SettledBy(claim.event, in.AsOf) != nil {
				return
			}
			cost, ok := amountField(claim.event, "repair")
			if !ok {
				out.skip("E05", "not_checked.no_repair_cost")
				return
			}
			currency := in.eventCurrency(claim.event)
			due := claim.event.At.AddDays(in.Rules.DecisionDays)
			args := []anomaly.Arg{anomaly.MoneyArg("repair", cost, currency), anomaly.DateArg("due", due)}
			key, severity := "E05.branches", anomaly.Low
			if contract, ok := amountField(claim.event, "contract"); ok {
				key = "E05.branches_contract"
				args = append(args, anomaly.MoneyArg("contract", contract, currency))
				if rest, ok := anomaly.Sub(cost, contract); ok {
					args = append(args, anomaly.MoneyArg("rest", rest, currency))
				}
			}
			if in.AsOf > due {
				severity = anomaly.Medium
			}
			f := in.finding("E05", severity, anomaly.ActionExplain, claim.what+claim.event.At.String(), anomaly.Message{Key: key, Args: args})
			f.Amount = anomaly.Known(cost)
			f.Evidence = []anomaly.Source{claim.event.Source}
			out.add(f)
			if in.AsOf > due {
				late := in.finding("E05", anomaly.Medium, anomaly.ActionExplain, "late"+claim.what+claim.event.At.String(), anomaly.Msg("E05.overdue", anomaly.DateArg("due", due)))
				late.Evidence = []anomaly.Source{claim.event.Source}
				out.add(late)
			}
		})
	},
}
