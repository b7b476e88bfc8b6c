package check

import "whybill/anomaly"

// U14 and N08 speak about a batch: package decide ranks it, see decide.Rank.
var (
	u14 = Check{ID: "U14", Severity: anomaly.Info, Action: anomaly.ActionNone, Source: "mean(1 - p) over the list"}
	n08 = Check{ID: "N08", Severity: anomaly.Info, Action: anomaly.ActionInspect}
)
