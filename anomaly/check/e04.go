package check

import "whybill/anomaly"

// E04: whoever promised could not promise it, or is not there to be asked.
var e04 = Check{
	ID: "E04", Severity: anomaly.Medium, Action: anomaly.ActionEvidence,
	Run: func(in *Input, out *Result) {
		in.eachClaim(func(claim *coverage) {
			if state, _ := in.standingOf(claim); state != unverifiable {
				return // the document settles it, whoever gave the word
			}
			key := ""
			authority, _ := claim.event.Field("authority")
			switch {
			case authority == "no":
				key = "E04.no_authority"
			case yes(claim.event, "left"):
				key = "E04.left"
			default:
				return
			}
			f := in.finding("E04", anomaly.Medium, anomaly.ActionEvidence, claim.what+claim.event.At.String(), anomaly.Message{Key: key})
			f.Evidence = []anomaly.Source{claim.event.Source}
			out.add(f)
		})
	},
}
