package anomaly

import (
	"testing"

	"pgregory.net/rapid"
)

func TestSpreadingByDaysLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		usage := DecimalFromInt(rapid.Int64Range(0, 1_000_000).Draw(t, "usage"))
		var periods []Period
		at := MustDate("2025-01-01")
		for range rapid.IntRange(1, 8).Draw(t, "periods") {
			end := at.AddDays(rapid.IntRange(1, 70).Draw(t, "days"))
			periods = append(periods, Period{at, end})
			at = end
		}
		shares, ok := SpreadByDays(usage, periods, 0)
		if !ok {
			t.Fatal("not spread")
		}
		var sum Decimal
		days := at.Sub(periods[0].Start)
		for i, s := range shares {
			sum, _ = Add(sum, s)
			fair := Float(usage) * float64(periods[i].Days()) / float64(days)
			if off := Float(s) - fair; off < -1 || off > 1 {
				t.Fatalf("%s gets %s, fair are %.2f", periods[i], s, fair)
			}
		}
		if sum.Cmp(usage) != 0 {
			t.Fatalf("shares come to %s, not %s", sum, usage)
		}
	})
}

func TestUsageSinceNewYear(t *testing.T) {
	bill := func(start, end, usage string) Bill {
		return Bill{Period: Period{MustDate(start), MustDate(end)}, Usage: MustDecimal(usage)}
	}
	h := &History{Bills: []Bill{
		bill("2025-11-01", "2026-01-01", "9"), bill("2026-01-01", "2026-03-01", "10"), bill("2026-03-01", "2026-05-01", "20"), bill("2026-05-01", "2026-07-01", "30"),
	}}
	if got := BillRequest(h, 3).YearToDate; !got.Valid || got.Decimal.Cmp(MustDecimal("30")) != 0 {
		t.Errorf("year to date %v, want 30", got)
	}
	if got := BillRequest(h, 1).YearToDate; !got.Valid || !got.Decimal.IsZero() {
		t.Errorf("from New Year's Day: %v, want 0", got)
	}
	h.Bills[2].Period.Start = MustDate("2026-03-10")
	if got := BillRequest(h, 3).YearToDate; got.Valid {
		t.Errorf("with a gap: %v, want not known", got)
	}
}

func TestLinesThatAreRecomputedAndLinesThatAreNot(t *testing.T) {
	b := &Bill{Lines: []Line{{Code: "energy", Amount: MustDecimal("3377.6")}, {Code: "common_area", Amount: MustDecimal("29")}, {Code: "late_fee", Amount: MustDecimal("5")}}}
	if sum, ok := b.PassedThrough(); !ok || sum.Cmp(MustDecimal("34")) != 0 {
		t.Errorf("passed through %s", sum)
	}
	if c := b.UsageCharge(); !c.Valid || c.Decimal.Cmp(MustDecimal("3377.6")) != 0 {
		t.Errorf("usage charge %v", c)
	}
	if (&Bill{}).UsageCharge().Valid {
		t.Error("a bill without lines has a usage charge")
	}
}
