package check

import "whybill/anomaly"

// E01: whether what is claimed is covered, by what stands in the contract.
var e01 = Check{
	ID: "E01", Severity: anomaly.Low, Action: anomaly.ActionExplain,
	Run: func(in *Input, out *Result) {
		in.eachClaim(func(claim *coverage) {
			list := in.contracts(claim.what)
			if len(list) == 0 {
				out.skip("E01", "not_checked.no_contract")
				return
			}
			c, on := &list[0], claim.event.At
			key, severity := "E01.in_force", anomaly.Info
			args := []anomaly.Arg{anomaly.TermArg("what", "coverage."+c.what), anomaly.DateArg("on", on)}
			switch {
			case !c.inForce(on) && !c.to.IsZero() && on >= c.to:
				key, severity = "E01.ended", anomaly.Low
				args = append(args, anomaly.DateArg("last", c.to.AddDays(-1)), anomaly.CountArg("days", on.Sub(c.to)+1))
			case !c.inForce(on):
				key, severity = "E01.not_begun", anomaly.Low
				args = append(args, anomaly.DateArg("from", c.from))
			}
			f := in.finding("E01", severity, anomaly.ActionExplain, c.what+on.String(), anomaly.Message{Key: key, Args: args})
			f.Evidence = evidence(c.event.Source, claim.event.Source)
			out.add(f)
		})
	},
}
