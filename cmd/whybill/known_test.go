package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whybill/anomaly"
)

// Before a correction is issued, every command says what it says where there is none.
func TestACorrectionOfALaterDayChangesNothing(t *testing.T) {
	dir := t.TempDir()
	bills := []string{"account_id,bill_id,period_start,period_end,usage,issued_on"}
	weather := []string{"station,date,mean_temp_c"}
	first := anomaly.MustDate("2024-01-01")
	for month := range 24 {
		start := first.AddMonths(month)
		for d := start; d < start.AddMonths(1); d++ {
			weather = append(weather, fmt.Sprintf("w,%s,%.1f", d, 15-10*math.Cos(2*math.Pi*float64(d-first)/365.25)))
		}
		end := start.AddMonths(1)
		usage := 300 + int(100*math.Cos(2*math.Pi*float64(month)/12)) + 7*(month%3)
		bills = append(bills, fmt.Sprintf("A,N%d,%s,%s,%d,%s", month, start, end, usage, end.AddDays(5)))
	}
	last := first.AddMonths(23)
	asOf, issued := first.AddMonths(24).AddDays(10).String(), first.AddMonths(24).AddDays(20).String()
	corrections := []string{"account_id,bill_id,period_start,period_end,usage,issued_on,cancels_bill_id"}
	// With them the year's usage stays in the first tier (2,760 kWh) until December.
	for _, month := range []int{13, 14, 15, 18, 23} {
		start := first.AddMonths(month)
		corrections = append(corrections, fmt.Sprintf("A,N%dc,%s,%s,90,%s,N%d", month, start, start.AddMonths(1), issued, month))
	}
	for name, rows := range map[string][]string{
		"accounts.csv": {"account_id,service,unit,class,tariff,weather_station", "A,electricity,kWh,residential,cn.zhejiang.electricity.residential,w"},
		"bills.csv":    bills, "weather.csv": weather, "corrections.csv": corrections,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.Join(rows, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	without, with := filepath.Join(dir, "without.db"), filepath.Join(dir, "with.db")
	in := func(name string) string { return filepath.Join(dir, name) }
	ask(t, "import", "--db", without, in("accounts.csv"), in("weather.csv"), in("bills.csv"))
	ask(t, "import", "--db", with, in("accounts.csv"), in("weather.csv"), in("bills.csv"))
	ask(t, "import", "--db", with, in("corrections.csv"))
	for _, command := range [][]string{
		{"check", "A"},
		{"check", "A", "--bill", last.String()},
		{"check", "A", "--bill", "N18"},
		{"check", "A", "--second-opinion", "caltrack"},
		{"rebill", "A", "--in-dispute", "10-80"},
		{"rebill", "A", "--bill", last.String()},
		{"worksheet", "A"},
		{"tariff", "compare", "A"},
	} {
		t.Run(strings.Join(command, " "), func(t *testing.T) {
			said := func(db, day string) string {
				out, _ := ask(t, append(command, "--db", db, "--as-of", day)...)
				return out
			}
			want := said(without, asOf)
			if got := said(with, asOf); got != want {
				t.Errorf("it says\n%s\nwithout what was issued later\n%s", got, want)
			}
			if said(with, issued) == said(without, issued) {
				t.Error("once they are issued the corrections change nothing")
			}
		})
	}
}
