package espi

import (
	"strconv"

	"whybill/anomaly"
)

// unit is what a unit of measure is turned into.
type unit struct {
	name   string
	places int             // power of ten
	factor anomaly.Decimal // on top of it; zero: 1
}

// units are the codes of UomType that count a usage that is billed. The foot is 0.3048 m,
// the US gallon 231 cubic inches, the imperial gallon 4.54609 l, all exactly.
var units = map[string]unit{
	"72":  {name: "kWh", places: -3},
	"42":  {name: "m3"},
	"119": {name: "m3", factor: anomaly.MustDecimal("0.028316846592")},
	"128": {name: "m3", factor: anomaly.MustDecimal("0.003785411784")},
	"130": {name: "m3", factor: anomaly.MustDecimal("0.00454609")},
	"134": {name: "m3", places: -3},
	"169": {name: "therm"},
}

// scale turns a raw value into the unit.
func (u *unit) scale(text, multiplier string) (d anomaly.Decimal, ok bool) {
	power := 0
	if multiplier != "" {
		var err error
		if power, err = strconv.Atoi(multiplier); err != nil || power < -12 || power > 12 {
			return d, false
		}
	}
	d, err := anomaly.ParseDecimal(text)
	if err != nil {
		return d, false
	}
	if d, ok = anomaly.ShiftPoint(d, power+u.places); !ok {
		return d, false
	}
	if !u.factor.IsZero() {
		if d, err = d.Mul(u.factor); err != nil {
			return d, false
		}
	}
	return d.Trim(0), true
}

// money reads an amount in 1/100,000 of the currency.
func money(text string) (d anomaly.Decimal, ok bool) {
	d, err := anomaly.ParseDecimal(text)
	if err != nil {
		return d, false
	}
	if d, ok = anomaly.ShiftPoint(d, -5); !ok {
		return d, false
	}
	return d.Trim(2), true
}

// currencies are the ISO 4217 numbers of the currencies that files name.
var currencies = map[string]string{
	"36": "AUD", "036": "AUD", "124": "CAD", "156": "CNY", "344": "HKD", "356": "INR", "392": "JPY",
	"410": "KRW", "554": "NZD", "702": "SGD", "756": "CHF", "826": "GBP", "840": "USD", "901": "TWD", "978": "EUR",
}

// services by commodity, and by the service category's kind.
var (
	byCommodity = map[string]anomaly.Service{"1": anomaly.Electricity, "2": anomaly.Electricity, "7": anomaly.Gas, "9": anomaly.Water}
	byCategory  = map[string]anomaly.Service{"0": anomaly.Electricity, "1": anomaly.Gas, "2": anomaly.Water}
)

// qualityOf reads a code of QualityOfReading. What somebody edited, worked out or doubts
// is not taken for what the meter counted.
func qualityOf(code string) anomaly.Quality {
	switch code {
	case "0", "11", "14", "17", "18", "19": // valid, derived, raw, validated, verified, revenue
		return anomaly.Actual
	case "8", "9", "12", "13", "15": // by a reference day, linear, projected, mixed, normalised
		return anomaly.Estimated
	case "7", "10": // manually edited, questionable
		return anomaly.Substituted
	}
	return anomaly.QualityUnknown
}

// worst is the quality of something that has several: one guess makes it a guess.
func worst(a, b anomaly.Quality) anomaly.Quality {
	if a.Guessed() || b == anomaly.QualityUnknown {
		return a
	}
	return b
}
