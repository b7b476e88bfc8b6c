package check

import "whybill/anomaly"

// B05: a fixed charge was taken for the wrong time.
var b05 = mistake("B05", anomaly.Medium, anomaly.ActionRebill)
