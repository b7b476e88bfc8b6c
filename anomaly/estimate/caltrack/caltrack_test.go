package caltrack

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"whybill/anomaly"
)

// reference is what eemeter 2.10.11 fits to its own samples, to five decimals.
type reference struct {
	N         int                `json:"n"`
	Type      string             `json:"type"`
	Params    map[string]float64 `json:"params"`
	R2        float64            `json:"r2a"`
	Tried     int                `json:"ncand"`
	Qualified int                `json:"nqual"`
	RMSE      float64            `json:"rmse_adj_tot"`
	CVRMSE    float64            `json:"cvrmse_adj"`
}

func TestSameModelAsTheReferenceImplementation(t *testing.T) {
	folder := folder(t)
	data, err := os.ReadFile(filepath.Join(folder, "caltrack_2_fit.json"))
	if err != nil {
		t.Fatal(err)
	}
	var fits map[string]reference
	if err := json.Unmarshal(data, &fits); err != nil {
		t.Fatal(err)
	}
	if len(fits) != 8 {
		t.Fatalf("%d reference fits, want 8", len(fits))
	}
	temperatures := read(t, filepath.Join(folder, "il-tempF.csv.gz"))
	for name, want := range fits {
		t.Run(name, func(t *testing.T) {
			periods := baseline(read(t, filepath.Join(folder, name+".csv.gz")), temperatures)
			if len(periods) != want.N {
				t.Fatalf("%d periods, want %d", len(periods), want.N)
			}
			m, ok := Fit(periods, strings.Contains(name, "electricity"))
			if !ok {
				t.Fatal("no model")
			}
			if m.Kind() != want.Type || m.Candidates != want.Tried || m.Qualified != want.Qualified {
				t.Errorf("%s, %d of %d qualified; want %s, %d of %d", m.Kind(), m.Qualified, m.Candidates, want.Type, want.Qualified, want.Tried)
			}
			got := map[string]float64{
				"intercept": m.Intercept, "beta_hdd": m.Heating, "beta_cdd": m.Cooling,
				"heating_balance_point": float64(m.HeatingBalance), "cooling_balance_point": float64(m.CoolingBalance),
			}
			for key, value := range want.Params {
				if math.Abs(got[key]-value) > 1e-5 {
					t.Errorf("%s is %.6f, want %.5f", key, got[key], value)
				}
			}
			if math.Abs(m.RMSE-want.RMSE) > 1e-3 || math.Abs(m.CVRMSE-want.CVRMSE) > 1e-4 {
				t.Errorf("RMSE %.4f, CVRMSE %.5f; want %.3f, %.4f", m.RMSE, m.CVRMSE, want.RMSE, want.CVRMSE)
			}
			if math.Abs(m.AdjustedR2-want.R2) > 1e-5 {
				t.Errorf("adjusted R2 is %.6f, want %.5f", m.AdjustedR2, want.R2)
			}
		})
	}
}

func folder(t *testing.T) string {
	root := os.Getenv("WHYBILL_SHARED")
	if root == "" {
		root = "../../../../shared"
	}
	path := filepath.Join(root, "data", "degree_days")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the reference fits are not here: %v", err)
	}
	return path
}

type point struct {
	at    time.Time
	value float64
}

func read(t *testing.T, path string) []point {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var points []point
	for _, r := range rows[1:] {
		at, err := time.Parse(time.RFC3339, r[0])
		if err != nil {
			t.Fatal(err)
		}
		v, err := strconv.ParseFloat(r[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		points = append(points, point{at, v})
	}
	return points
}

// baseline cuts the samples as the reference was: the periods that begin in the 365 days
// before the blackout of 2016-12-26 and end before it; of each period's temperatures those within
// 35 days of its start, in days of 24 hours from its start, of which more than half is there.
func baseline(meter, temperatures []point) []Period {
	end := time.Date(2016, 12, 26, 0, 0, 0, 0, time.UTC)
	start := end.AddDate(0, 0, -365)
	var periods []Period
	for i, p := range meter[:len(meter)-1] {
		next := meter[i+1].at
		if p.at.Before(start) || next.After(end) {
			continue
		}
		var days []float64
		var sum float64
		n := 0
		from, _ := slices.BinarySearchFunc(temperatures, p.at, func(t point, at time.Time) int { return t.at.Compare(at) })
		for _, t := range temperatures[from:] {
			if !t.at.Before(next) || t.at.Sub(p.at) > 35*24*time.Hour {
				break
			}
			sum += t.value
			if n++; n == 24 {
				days = append(days, sum/24)
				sum, n = 0, 0
			}
		}
		if n > 12 {
			days = append(days, sum/float64(n))
		}
		length := next.Sub(p.at).Hours() / 24
		periods = append(periods, Period{length, p.value / length, days})
	}
	return periods
}

func TestSecondOpinionNeedsAYearAndTheWeather(t *testing.T) {
	h := &anomaly.History{Account: anomaly.Account{ID: "a", Service: anomaly.Electricity}}
	start := anomaly.MustDate("2024-01-01")
	w := &anomaly.WeatherSeries{First: start}
	for range 15 {
		end := start.AddMonths(1)
		// 10 kWh a day and 1 more for each degree below 60 degrees Fahrenheit.
		usage := 0.0
		for d := start; d < end; d++ {
			f := 60 + 25*math.Cos(2*math.Pi*float64(d)/365.25)
			w.Mean = append(w.Mean, (f-32)*5/9)
			usage += 10 + max(0, 60-f)
		}
		u, _ := anomaly.DecimalFromFloat(usage, 3)
		h.Bills = append(h.Bills, anomaly.Bill{Period: anomaly.Period{Start: start, End: end}, Usage: u})
		start = end
	}
	if _, _, ok := Expect(h, 6, w); ok {
		t.Error("an opinion on half a year of bills")
	}
	if _, missing, ok := Expect(h, 14, nil); ok || missing.Key != "caltrack.needs_weather" {
		t.Errorf("without weather: %t, %s", ok, missing.Key)
	}
	o, missing, ok := Expect(h, 14, w)
	if !ok {
		t.Fatal(missing.Key)
	}
	want := anomaly.Float(h.Bills[14].Usage)
	if o.Model.Kind() != "hdd_only" || o.Model.HeatingBalance != 60 || math.Abs(o.Usage-want) > 0.01 {
		t.Errorf("%s at %d expects %.2f, want hdd_only at 60 and %.2f", o.Model.Kind(), o.Model.HeatingBalance, o.Usage, want)
	}
}
