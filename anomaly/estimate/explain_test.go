package estimate

import (
	"testing"

	"whybill/anomaly"
)

// tiered knows two bills of two winter months under Taipower's residential version of
// 2025-10-01: 240 kWh at 1.78, 420 at 2.26, then 3.13 up to 1000 and 4.24 up to 1400.
// 807 kWh come to 1836.51 and 1400 kWh to 4136.6, payable in whole dollars.
type tiered struct{}

func (tiered) Price(req *anomaly.PriceRequest) (*anomaly.Priced, error) {
	amount := map[string]string{"1400": "4137", "807": "1837"}[req.Usage.String()]
	if amount == "" {
		return nil, &anomaly.NotPriced{Reason: anomaly.Msg("tariff.unknown_version")}
	}
	d := anomaly.MustDecimal(amount)
	return &anomaly.Priced{Currency: "TWD", Amount: d, Subtotal: d, Unit: anomaly.MustDecimal("1")}, nil
}

func row(t *testing.T, rows []anomaly.ExplainedRow, what string) anomaly.ExplainedRow {
	t.Helper()
	for _, r := range rows {
		if r.What == what {
			return r
		}
	}
	t.Fatalf("no row %s", what)
	return anomaly.ExplainedRow{}
}

func TestPriceAndTierOfTheNewHome(t *testing.T) {
	h := movedHome()
	h.Account.Tariff = "tw.taipower.residential.non_tou"
	est := newKernel().Estimate(h, 0)
	rows, _ := Explain(h, 0, &est, tiered{})
	if got := row(t, rows, anomaly.PartReference); got.Usage.String() != "807" || got.Amount.Decimal.String() != "1756" {
		t.Errorf("reference %s kWh for %s, want 807 for 1756", got.Usage, got.Amount.Decimal)
	}
	// What 807 kWh cost more under this bill's version: 1837 - 1756.
	if got := row(t, rows, anomaly.PartPrice).Amount.Decimal; got.String() != "81" {
		t.Errorf("price %s, want 81", got)
	}
	// 593 kWh more at the old average of 1756/807 are 1290; the rest of 4137 is the tiers'.
	tier := anomaly.Float(row(t, rows, anomaly.PartTier).Amount.Decimal)
	if want := 4137.0 - 1756 - 81 - 593*1756/807.0; tier < want-3 || tier > want+3 {
		t.Errorf("tier %.0f, want about %.0f", tier, want)
	}
}

func TestWithoutAPricerPriceTakesTheRest(t *testing.T) {
	h := movedHome()
	est := newKernel().Estimate(h, 0)
	rows, _ := Explain(h, 0, &est, nil)
	for _, r := range rows {
		if r.What == anomaly.PartTier {
			t.Error("a tier row without anybody to price")
		}
	}
	price := anomaly.Float(row(t, rows, anomaly.PartPrice).Amount.Decimal)
	if want := 4137.0 - 1756 - 593*1756/807.0; price < want-3 || price > want+3 {
		t.Errorf("price %.0f, want about %.0f", price, want)
	}
}

func TestPassedThroughLinesAreNotTiers(t *testing.T) {
	h := monthly(14)
	for i := range h.Bills {
		b := &h.Bills[i]
		b.Usage = anomaly.DecimalFromInt(100)
		b.Amount, b.Currency = anomaly.Known(anomaly.DecimalFromInt(300)), "TWD"
	}
	// The last bill carries a shared charge of 45 that last year's had not.
	last := &h.Bills[13]
	last.Amount = anomaly.Known(anomaly.DecimalFromInt(345))
	last.Lines = []anomaly.Line{{Code: "energy", Amount: anomaly.DecimalFromInt(300)}, {Code: "common_area", Amount: anomaly.DecimalFromInt(45)}}
	h.Account.Tariff = "flat"
	est := newKernel().Estimate(h, 13)
	rows, _ := Explain(h, 13, &est, flatPrice{})
	if got := row(t, rows, anomaly.PartOtherLines).Amount.Decimal; got.Cmp(anomaly.DecimalFromInt(45)) != 0 {
		t.Errorf("other lines %s, want the 45 that are passed through", got)
	}
	for _, r := range rows {
		if r.What == anomaly.PartTier {
			t.Errorf("tier %s where every unit costs the same", r.Amount.Decimal)
		}
	}
}

func TestTypicalBillWhereThereIsNoYear(t *testing.T) {
	h := monthly(5)
	h.Bills[4].Amount = anomaly.Known(anomaly.MustDecimal("99.95"))
	est := newKernel().Estimate(h, 4)
	if est.Reference.BillKey != "" || est.Reference.Usage <= 0 {
		t.Fatalf("reference %+v, want the typical bill", est.Reference)
	}
	rows, _ := Explain(h, 4, &est, nil)
	var sum anomaly.Decimal
	for _, r := range rows {
		sum, _ = anomaly.Add(sum, r.Amount.Decimal)
	}
	if sum.Cmp(anomaly.MustDecimal("99.95")) != 0 {
		t.Errorf("rows come to %s, billed 99.95", sum)
	}
}

func TestBasisSaysWhatItRestsOn(t *testing.T) {
	keys := func(h *anomaly.History, bill int) map[string]bool {
		est := newKernel().Estimate(h, bill)
		out := map[string]bool{}
		for _, m := range Basis(h, bill, &est) {
			out[m.Key] = true
		}
		return out
	}
	moved := keys(movedHome(), 0)
	for _, want := range []string{"other_premise", "reference", "added", "cold_start"} {
		if !moved["estimate.basis."+want] {
			t.Errorf("the new home's basis leaves out %s: %v", want, moved)
		}
	}
	h := monthly(30)
	h.Bills[28].Quality = anomaly.Estimated
	plain := keys(h, 29)
	for _, want := range []string{"bills", "reference", "settles", "set_aside"} {
		if !plain["estimate.basis."+want] {
			t.Errorf("the basis after an estimate leaves out %s: %v", want, plain)
		}
	}
	if plain["estimate.basis.other_premise"] || plain["estimate.basis.added"] {
		t.Errorf("the basis says what is not so: %v", plain)
	}
}
