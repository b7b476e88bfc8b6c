package check

import "whybill/anomaly"

// D12: an hour of interval usage that comes twice. The importers tell the two apart and say
// where they had to assume it; like D01 it only has its place here.
var d12 = Check{ID: "D12", Severity: anomaly.Low, Action: anomaly.ActionFixData}
