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

func BenchmarkPrice(b *testing.B) {
	for name, req := range map[string]*anomaly.PriceRequest{
		"one season":  request(residential, "2026-01-01", "2026-03-01", "1400"),
		"two seasons": request(residential, "2020-05-27", "2020-07-27", "1374"),
	} {
		b.Run(name, func(b *testing.B) {
			book := book(b)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := book.Price(req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkExplainDifference(b *testing.B) {
	book := book(b)
	req := request(residential, "2020-05-27", "2020-07-27", "1374")
	billed := &anomaly.Billed{Amount: anomaly.Known(dec("5000"))}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := book.ExplainDifference(req, billed); err != nil {
			b.Fatal(err)
		}
	}
}

// What a process pays that prices one bill: reading the one file it needs.
func BenchmarkFirstPrice(b *testing.B) {
	req := request(residential, "2026-01-01", "2026-03-01", "1400")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := book(b).Price(req); err != nil {
			b.Fatal(err)
		}
	}
}
