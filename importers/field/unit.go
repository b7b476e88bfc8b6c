package field

import (
	"strings"
	"unicode"

	"github.com/govalues/decimal"
	"golang.org/x/text/width"

	"whybill/anomaly"
)

// Fold reduces a header to what identifies it: full-width forms narrowed, letters in
// lower case, and only letters and digits left.
func Fold(s string) string {
	var b strings.Builder
	for _, r := range s {
		if p := width.LookupRune(r); p.Kind() == width.EastAsianFullwidth {
			if n := p.Narrow(); n != 0 {
				r = n
			}
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

var unitNames = map[string]string{
	"kwh": "kWh", "千瓦時": "kWh", "千瓦时": "kWh", "度": "", "wh": "Wh", "mwh": "MWh", "gwh": "GWh",
	"m3": "m3", "cubicmeter": "m3", "cubicmeters": "m3", "cubicmetre": "m3", "cubicmetres": "m3",
	"立方公尺": "m3", "立方米": "m3", "方": "m3", "噸": "m3", "吨": "m3",
	"l": "L", "liter": "L", "liters": "L", "litre": "L", "litres": "L", "公升": "L", "升": "L",
	"ccf": "ccf", "hcf": "hcf", "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
	"小時": "h", "小时": "h", "min": "min", "mins": "min", "minute": "min", "minutes": "min",
	"分鐘": "min", "分钟": "min",
}

// ParseUnit reads the name of a unit of usage. "度" is a unit whose size depends on the
// service: it is recognised and returned as "".
func ParseUnit(text string) (unit string, ok bool) {
	unit, ok = unitNames[Fold(strings.ReplaceAll(text, "³", "3"))]
	return unit, ok
}

// Conversion says how a usage is brought to the unit in which its service is counted.
type Conversion struct {
	To      string // "kWh", "m3" or "h"; "" where there is nothing to convert
	factor  anomaly.Decimal
	divisor anomaly.Decimal
}

// conversions holds the exact factors; 1 ccf = 1 hcf = 100 cubic feet of 0.3048 m.
var conversions = map[string]Conversion{
	"Wh":  {To: "kWh", factor: decimal.MustParse("0.001")},
	"MWh": {To: "kWh", factor: decimal.MustParse("1000")},
	"GWh": {To: "kWh", factor: decimal.MustParse("1000000")},
	"L":   {To: "m3", factor: decimal.MustParse("0.001")},
	"ccf": {To: "m3", factor: decimal.MustParse("2.8316846592")},
	"hcf": {To: "m3", factor: decimal.MustParse("2.8316846592")},
	"min": {To: "h", divisor: decimal.MustParse("60")},
	"kWh": {To: "kWh"}, "m3": {To: "m3"}, "h": {To: "h"},
}

// UnitConversion returns the conversion for a unit as ParseUnit names it.
func UnitConversion(unit string) Conversion { return conversions[unit] }

// Identity reports whether nothing has to be converted.
func (c Conversion) Identity() bool { return c.factor.IsZero() && c.divisor.IsZero() }

// Apply converts a usage. Minutes become hours with ten decimals; the other factors are
// exact as long as the result fits a Decimal, and ok is false where it does not.
func (c Conversion) Apply(d anomaly.Decimal) (converted anomaly.Decimal, ok bool) {
	var err error
	switch {
	case !c.factor.IsZero():
		scale := min(d.Scale()+c.factor.Scale(), decimal.MaxScale)
		if d, err = d.MulExact(c.factor, scale); err == nil {
			d = d.Trim(0)
		}
	case !c.divisor.IsZero():
		if d, err = d.Quo(c.divisor); err == nil {
			d = d.Round(10).Trim(0)
		}
	}
	return d, err == nil
}

var trailers = map[string]bool{
	"元": true, "元整": true, "圓": true, "圓整": true, "整": true, "块": true, "円": true,
	"nt": true, "ntd": true, "twd": true, "cny": true, "rmb": true, "usd": true, "eur": true, "gbp": true,
	"aud": true, "tnd": true, "$": true, "€": true, "£": true, "¥": true,
	"度電": true, "w": true, "kw": true, "瓦": true, "月": true, "天": true, "日": true, "台": true, "人": true, "a": true, "安": true, "安培": true, "mm": true,
}

// isTrailer reports whether what follows a number is a unit, a currency or another
// counting word: anything else makes the cell no number.
func isTrailer(s string) bool {
	if trailers[strings.ToLower(s)] {
		return true
	}
	_, ok := ParseUnit(s)
	return ok
}

// currencies are the words and signs that mean one currency. $, ¥ and 元 mean several and
// are left to whoever reads the file.
var currencies = map[string]string{
	"nt$": "TWD", "ntd": "TWD", "nt": "TWD", "twd": "TWD", "新台幣": "TWD", "新臺幣": "TWD",
	"rmb": "CNY", "cny": "CNY", "人民币": "CNY", "人民幣": "CNY",
	"us$": "USD", "usd": "USD", "hk$": "HKD", "hkd": "HKD", "eur": "EUR", "€": "EUR",
	"gbp": "GBP", "£": "GBP", "aud": "AUD", "a$": "AUD", "tnd": "TND",
}

// ParseCurrency reads the name of a currency, as in the header of a column of amounts, and
// returns its ISO 4217 code; "" for what names none, or one of several.
func ParseCurrency(text string) string { return currencies[strings.ToLower(Tidy(text))] }
