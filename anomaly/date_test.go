package anomaly

import (
	"testing"
	"time"
)

// The standard library's calendar is the oracle for ours, day by day.
func TestDateAgreesWithTime(t *testing.T) {
	at := time.Date(1899, 12, 25, 0, 0, 0, 0, time.UTC)
	prev := DateOf(at)
	for range 400 * 366 {
		at = at.AddDate(0, 0, 1)
		d := DateOf(at)
		if d != prev+1 {
			t.Fatalf("%s is day %d, the day before is %d", at.Format(time.DateOnly), d, prev)
		}
		if got := d.String(); got != at.Format(time.DateOnly) {
			t.Fatalf("String: %s, want %s", got, at.Format(time.DateOnly))
		}
		if d.Weekday() != at.Weekday() {
			t.Fatalf("%s: weekday %s, want %s", d, d.Weekday(), at.Weekday())
		}
		if !d.Time().Equal(at) {
			t.Fatalf("%s: time %s, want %s", d, d.Time(), at)
		}
		prev = d
	}
}

func TestParseDateRefusesWhatIsNoDay(t *testing.T) {
	for _, s := range []string{"", "2026-02-29", "2025-13-01", "2025-00-10", "2025-1-10", "20250110", "2025/01/10", "abcd-ef-gh"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("%q was read as %s", s, d)
		}
	}
	if d, err := ParseDate("2024-02-29"); err != nil || d.Day() != 29 {
		t.Errorf("leap day: %s, %v", d, err)
	}
}

func TestAddMonthsKeepsToTheMonthsEnd(t *testing.T) {
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2024-01-31", 1, "2024-02-29"},
		{"2025-01-31", 1, "2025-02-28"},
		{"2025-11-15", 2, "2026-01-15"},
		{"2026-03-01", -12, "2025-03-01"},
	} {
		if got := MustDate(c.from).AddMonths(c.months).String(); got != c.want {
			t.Errorf("%s %+d months: %s, want %s", c.from, c.months, got, c.want)
		}
	}
}

func TestPeriodIsHalfOpen(t *testing.T) {
	janFeb := Period{MustDate("2026-01-01"), MustDate("2026-03-01")}
	if janFeb.Days() != 59 {
		t.Errorf("January and February 2026 have %d days, want 59", janFeb.Days())
	}
	if janFeb.Contains(janFeb.End) || !janFeb.Contains(janFeb.Start) {
		t.Error("the start belongs to the period, the end does not")
	}
	next := Period{janFeb.End, janFeb.End.AddDays(61)}
	if janFeb.Overlap(next) != 0 {
		t.Error("consecutive periods do not overlap")
	}
}
