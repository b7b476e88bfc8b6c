// Package tariff prices usage: tariff files with dated versions, the built-in tariffs,
// and the usual mistakes that a bill can be priced with.
//
// A tariff file (see File) is TOML and strict; its numbers are taken verbatim. A Book
// holds tariffs and prices by them; it implements anomaly.Pricer. Amounts are sums of
// exact rationals (day weights such as 56/61 are never rounded), rounded once, where
// the tariff says so. Where something needed is not known (no such version, an
// irregular period, no registers), the error is a *anomaly.NotPriced that says what.
package tariff
