package tariff

import (
	"slices"
	"strings"
	"testing"

	"whybill/anomaly"
)

// everything is a made-up tariff with one of each kind of charge, so that each can be
// worked out by hand.
const everything = `id = "xx.power.all"
name = "one of each"
service = "electricity"
currency = "EUR"
unit = "kWh"
sources = ["made up"]

[rounding]
total = 0.01
lines = 0.01

[tax]
percent = 20

[[fixed]]
code = "basic"
amount = 12
per = "month"

[[fixed]]
code = "standing"
amount = 0.5
per = "day"

[[fixed]]
code = "licence"
amount = 36.5
per = "year"

[[fixed]]
code = "calendar"
amount = 31
per = "calendar_month"

[[fixed]]
code = "ebill_credit"
amount = -2
per = "bill"

[[adder]]
code = "levy"
per_unit = 0.01

[[adder]]
code = "discount"
percent = -10
of = ["energy"]

[[demand]]
tiers = [{upto = 10, rate = 1}, {rate = 2}]

[[version]]
from = 2025-01-01

[[version.energy]]
limits = "day"
tiers = [{upto = 10, rate = 0.1}, {rate = 0.2}]
`

func with(t *testing.T, text string) *Book {
	t.Helper()
	b, err := book(t).add("x.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func amountOf(p *anomaly.Priced, code string) anomaly.Decimal {
	var sum anomaly.Decimal
	for i := range p.Lines {
		if p.Lines[i].Code == code {
			sum, _ = anomaly.Add(sum, p.Lines[i].Amount)
		}
	}
	return sum
}

// 30 days from 15 March, 400 kWh, 12 kW.
func TestOneOfEachKindOfCharge(t *testing.T) {
	b := with(t, everything)
	req := request("xx.power.all", "2025-03-15", "2025-04-14", "400")
	req.Demand = anomaly.Known(dec("12"))
	p := price(t, b, req)
	for code, want := range map[string]string{
		"energy":       "50",    // 10 a day: 300 x 0.1 + 100 x 0.2
		"basic":        "12",    // one month
		"standing":     "15",    // 30 x 0.5
		"licence":      "3",     // 36.5 x 30/365
		"calendar":     "30.43", // 31 x (17/31 + 13/30) = 17 + 13.4333
		"ebill_credit": "-2",    //
		"demand":       "14",    // 10 x 1 + 2 x 2
		"levy":         "4",     // 400 x 0.01
		"discount":     "-5",    // 10 % of 50
		"tax":          "24.29", // 20 % of 121.43
	} {
		wantDecimal(t, code, amountOf(p, code), want)
	}
	wantDecimal(t, "amount", p.Amount, "145.72")
	wantDecimal(t, "energy", p.Energy, "50")
	req.TaxExempt = true
	wantDecimal(t, "exempt", price(t, b, req).Amount, "121.43")
}

func TestMistakesWithFixedChargesAndTax(t *testing.T) {
	b := with(t, everything)
	req := request("xx.power.all", "2025-03-01", "2025-04-30", "400") // 60 days, two months
	req.Demand = anomaly.Known(dec("12"))
	for _, c := range []struct {
		name string
		how  tweak
		id   string
	}{
		{"no tax", tweak{season: -1, taxWrong: true}, "tax_missing"},
		{"tax twice", tweak{season: -1, taxTimes: 2}, "tax_twice"},
		{"one month's charge for two", tweak{season: -1, fixedMonths: 1}, "fixed_months"},
		{"charges once", tweak{season: -1, fixedPer: new(perBill)}, "fixed_once"},
		{"charges by days", tweak{season: -1, fixedPer: new(perDay)}, "fixed_by_days"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tar, err := b.find(req.Tariff)
			if err != nil {
				t.Fatal(err)
			}
			wrong, err := tar.price(req, &c.how)
			if err != nil {
				t.Fatal(err)
			}
			found, err := b.ExplainDifference(req, &anomaly.Billed{Amount: anomaly.Known(wrong.Amount)})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(found, func(m anomaly.Mistake) bool { return m.ID == c.id }) {
				t.Errorf("found %+v, want %s", found, c.id)
			}
		})
	}
	exempt := *req
	exempt.TaxExempt = true
	found, err := b.ExplainDifference(&exempt, &anomaly.Billed{Amount: anomaly.Known(price(t, b, req).Amount)})
	if err != nil || len(found) != 1 || found[0].ID != "tax_on_exempt" {
		t.Errorf("found %+v, %v", found, err)
	}
}

// A customer who is exempt of a tax that the prices include pays the total over 1.05
// (tariffs.md 1.3): 4136.6 / 1.05 = 3939.62.
func TestExemptOfATaxInThePrices(t *testing.T) {
	req := request(residential, "2026-01-01", "2026-03-01", "1400")
	req.TaxExempt = true
	wantDecimal(t, "exempt", price(t, book(t), req).Amount, "3940")
}

func TestRoundingModes(t *testing.T) {
	for mode, want := range map[string]string{"half_up": "3", "half_even": "2", "up": "3", "down": "2"} {
		text := strings.Replace(small, "total = 0.01", "total = 1\nmode = \""+mode+"\"", 1)
		b := with(t, text)
		req := request("xx.demo", "2025-12-01", "2026-01-01", "25") // 25 x 0.1 = 2.5
		wantDecimal(t, mode, price(t, b, req).Amount, want)
	}
}

// A charge of a month in a period with two versions: each for its days.
func TestFixedChargesOverAChangeOfVersion(t *testing.T) {
	b := with(t, strings.Replace(small, "rate = 0.123456789", "rate = 0.1\n\n[[version.fixed]]\ncode = \"basic\"\namount = 31\nper = \"month\"", 1))
	// 16 days of 2025 without, 15 of 31 days of 2026 with the charge.
	p := price(t, b, request("xx.demo", "2025-12-16", "2026-01-16", "0"))
	wantDecimal(t, "basic", amountOf(p, "basic"), "15")
	if p.Version != "2025-01-01|2026-01-01" {
		t.Errorf("versions %s", p.Version)
	}
}
