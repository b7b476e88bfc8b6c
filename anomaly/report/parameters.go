package report

import "whybill/anomaly"

// Parameter is one number that a report depends on, by the name under which the
// configuration knows it.
type Parameter = anomaly.Parameter

// Parameters lists every value of the configuration, so that a report can print all
// that it depends on.
func Parameters(cfg *anomaly.Config) []Parameter { return cfg.Parameters() }
