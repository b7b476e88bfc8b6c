package check

import "whybill/anomaly"

// B07: the limits of the tiers do not fit the months that the bill covers.
var b07 = mistake("B07", anomaly.Critical, anomaly.ActionRebill)
