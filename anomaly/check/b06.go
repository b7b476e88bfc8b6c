package check

import "whybill/anomaly"

// B06: the rates of one season were used where two hold, or those of another.
var b06 = mistake("B06", anomaly.High, anomaly.ActionRebill)
