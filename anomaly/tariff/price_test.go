package tariff

import (
	"testing"

	"whybill/anomaly"
)

func book(t testing.TB) *Book {
	t.Helper()
	b, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func period(from, to string) anomaly.Period {
	return anomaly.Period{Start: anomaly.MustDate(from), End: anomaly.MustDate(to)}
}

func TestTheWinterBillOf1400(t *testing.T) {
	b := book(t)
	req := &anomaly.PriceRequest{Tariff: "tw.taipower.residential.non_tou", Period: period("2026-01-01", "2026-03-01"), Usage: anomaly.MustDecimal("1400"), FirstPeriod: true}
	p, err := b.Price(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", p)
	t.Log(p.Energy, p.Amount)
	req.Period = period("2020-05-27", "2020-07-27")
	req.Usage = anomaly.MustDecimal("1374")
	p, err = b.Price(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(p.Energy, p.Amount, p.Formula)
	for _, l := range p.Lines {
		t.Log(l)
	}
}
func BenchmarkPrice(b *testing.B) {
	bk := book(b)
	req := &anomaly.PriceRequest{Tariff: "tw.taipower.residential.non_tou", Period: period("2020-05-27", "2020-07-27"), Usage: anomaly.MustDecimal("1374")}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := bk.Price(req); err != nil {
			b.Fatal(err)
		}
	}
}
