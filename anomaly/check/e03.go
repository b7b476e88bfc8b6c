package check

import (
	"slices"

	"whybill/anomaly"
)

// E03: the system and a paper differ about the same coverage.
var e03 = Check{
	ID: "E03", Severity: anomaly.Medium, Action: anomaly.ActionEvidence,
	Run: func(in *Input, out *Result) {
		var seen []string
		for e := range in.each(anomaly.EventEvidence) {
			c, ok := covers(e)
			if !ok || !c.fromSystem {
				continue
			}
			for _, other := range in.contracts(c.what) {
				if other.fromSystem || other.to == c.to && (other.from == c.from || other.from.IsZero()) {
					continue
				}
				detail := c.what + other.event.At.String()
				if slices.Contains(seen, detail) {
					continue
				}
				seen = append(seen, detail)
				f := in.finding("E03", anomaly.Medium, anomaly.ActionEvidence, detail, anomaly.Msg("E03.differ",
					anomaly.TermArg("what", "coverage."+c.what), anomaly.DateArg("system", c.to.AddDays(-1)), anomaly.DateArg("paper", other.to.AddDays(-1))))
				f.Evidence = evidence(e.Source, other.event.Source)
				out.add(f)
			}
		}
	},
}
