// Package estimate says how much a bill should have been, from what is known before
// it: the account's earlier bills, its season, its declared appliances, the weather and
// its peers. It never looks at the bill's own usage, except for the change test, which
// says so. The model is described in package pll, its numbers come from training
// (anomaly.Model) or, before any, from anomaly.ColdStart.
//
// A Kernel does the arithmetic for one goroutine; Basis and Explain put a result into
// rows and sentences and are called for what is printed only.
package estimate
