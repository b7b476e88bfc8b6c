package check

import "whybill/anomaly"

// B04: the least charge or the minimum usage was missed or wrongly applied.
var b04 = mistake("B04", anomaly.Medium, anomaly.ActionRebill)
