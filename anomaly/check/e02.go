package check

import "whybill/anomaly"

// E02: whether a promise that is claimed is confirmed, contradicted or unverifiable.
var e02 = Check{
	ID: "E02", Severity: anomaly.Medium, Action: anomaly.ActionEvidence,
	Run: func(in *Input, out *Result) {
		in.eachClaim(func(claim *coverage) {
			if in.Rules == nil {
				out.skip("E02", noRules)
				return
			}
			state, document := in.standingOf(claim)
			key, severity, action := "E02.unverifiable", anomaly.Medium, anomaly.ActionEvidence
			args := []anomaly.Arg{anomaly.TermArg("what", "coverage."+claim.what)}
			switch state {
			case confirmed:
				key, severity, action = "E02.confirmed", anomaly.Info, anomaly.ActionExplain
			case contradicted:
				key, action = "E02.contradicted", anomaly.ActionExplain
			default:
				args = append(args, anomaly.DateArg("due", claim.event.At.AddDays(in.Rules.DecisionDays)))
			}
			f := in.finding("E02", severity, action, claim.what+claim.event.At.String(), anomaly.Message{Key: key, Args: args})
			f.Evidence = []anomaly.Source{claim.event.Source}
			if document != nil {
				f.Evidence = []anomaly.Source{document.Source, claim.event.Source}
			}
			out.add(f)
		})
	},
}
