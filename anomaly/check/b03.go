package check

import "whybill/anomaly"

// B03: the tax is left out, added twice, or added where it is in the prices.
var b03 = mistake("B03", anomaly.High, anomaly.ActionRebill)
