package check

import "whybill/anomaly"

// B18: the total is rounded in another way than the tariff rounds.
var b18 = mistake("B18", anomaly.Low, anomaly.ActionExplain)
