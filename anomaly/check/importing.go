package check

import "whybill/anomaly"

// What is looked for while files are read. The importers refuse the file or reject the
// row and say so; here these checks only have their place, so that they can be explained.

// D01: encoding, delimiter and header.
var d01 = Check{ID: "D01", Severity: anomaly.High, Action: anomaly.ActionFixData}

// D02: dates that can be read in two ways.
var d02 = Check{ID: "D02", Severity: anomaly.High, Action: anomaly.ActionFixData}

// D03: numbers that can be read in two ways.
var d03 = Check{ID: "D03", Severity: anomaly.High, Action: anomaly.ActionFixData}

// D10: too many rows of a file are rejected.
var d10 = Check{ID: "D10", Severity: anomaly.Medium, Action: anomaly.ActionFixData}
