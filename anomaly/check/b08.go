package check

import "whybill/anomaly"

// B08: priced with another version of the tariff, or without a temporary one.
var b08 = mistake("B08", anomaly.Critical, anomaly.ActionRebill)
