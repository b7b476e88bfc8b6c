package check

import "whybill/anomaly"

// P02: a new plan was asked or paid for and took effect later, while the service was used.
var p02 = Check{
	ID: "P02", Severity: anomaly.High, Action: anomaly.ActionHoldCollection,
	Run: func(in *Input, out *Result) {
		c, ok := in.planChange()
		if !ok || c.asked.IsZero() {
			return
		}
		if c.effective.IsZero() {
			out.skip("P02", noEffective)
			return
		}
		days := c.effective.Sub(c.asked)
		if days <= 0 || !in.bill.Usage.IsPos() {
			return
		}
		key := "P02.gap"
		if !c.by {
			key = "P02.terms" // nobody told the customer: the date follows from the plan's terms
		}
		f := in.finding("P02", anomaly.High, anomaly.ActionHoldCollection, c.asked.String(), anomaly.Msg(key,
			anomaly.TextArg("plan", c.plan), anomaly.DateArg("asked", c.asked), anomaly.DateArg("effective", c.effective), anomaly.CountArg("days", days)))
		if overage, n := lineSum(in.bill, "overage"); n > 0 {
			f.Amount = anomaly.Known(overage)
		}
		f.Evidence = append(c.sources, in.bill.Source)
		out.add(f)
	},
}
