package tariff

import (
	"fmt"
	"strings"
	"testing"

	"whybill/anomaly"
)

// schedule writes twelve rows of 24 hours; peak hours get period 1 in the given months.
func schedule(peakFrom, peakTo int, months ...int) string {
	var rows []string
	for m := 1; m <= 12; m++ {
		hours := make([]string, 24)
		for h := range hours {
			hours[h] = "0"
			for _, pm := range months {
				if pm == m && h >= peakFrom && h < peakTo {
					hours[h] = "1"
				}
			}
		}
		rows = append(rows, "["+strings.Join(hours, ",")+"]")
	}
	return "[" + strings.Join(rows, ",") + "]"
}

func withURDB(t *testing.T, text string) *Book {
	t.Helper()
	b, err := book(t).add("rate.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The figures of reference/tariffs.md 2.5: Ohio Power RS (label 69dd1b53...), fixed
// 18.788 a month, 0.0347738 plus an adjustment that falls with use.
func TestURDBOhioPower(t *testing.T) {
	b := withURDB(t, `{"items":[{"label":"69dd1b5381bf8b311c0576a8","utility":"Ohio Power","name":"RS","sector":"Residential",
		"fixedchargefirstmeter":18.788,"fixedchargeunits":"$/month",
		"energyratestructure":[[{"max":2000,"rate":0.0347738,"adj":0.13299,"unit":"kWh"},{"max":15000,"rate":0.0347738,"adj":0.13253,"unit":"kWh"},{"rate":0.0347738,"adj":0.13197,"unit":"kWh"}]],
		"energyweekdayschedule":`+schedule(0, 0)+`,"energyweekendschedule":`+schedule(0, 0)+`}]}`)
	for usage, want := range map[string]string{"1000": "186.55", "2500": "437.97"} {
		wantDecimal(t, usage+" kWh", price(t, b, request("us.urdb.69dd1b5381bf8b311c0576a8", "2026-01-01", "2026-02-01", usage)).Amount, want)
	}
}

// The older keys, a sentinel instead of no limit, a minimum, seasons without hours.
func TestURDBOlderKeysAndSeasons(t *testing.T) {
	summer := schedule(0, 24, 6, 7, 8, 9)
	b := withURDB(t, `{"label":"demo","startdate":1735689600,"fixedmonthlycharge":5,"minmonthlycharge":8,
		"energyratestructure":[[{"max":1e38,"rate":0.10}],[{"rate":0.20,"adj":0.01}]],
		"energyweekdayschedule":`+summer+`,"energyweekendschedule":`+summer+`}`)
	wantDecimal(t, "winter", price(t, b, request("us.urdb.demo", "2026-01-01", "2026-02-01", "100")).Amount, "15")
	wantDecimal(t, "summer", price(t, b, request("us.urdb.demo", "2026-07-01", "2026-08-01", "100")).Amount, "26")
	wantDecimal(t, "half and half", price(t, b, request("us.urdb.demo", "2026-05-17", "2026-06-16", "100")).Amount, "20.5")
	p := price(t, b, request("us.urdb.demo", "2026-01-01", "2026-02-01", "10"))
	wantDecimal(t, "lifted to the minimum", p.Amount, "8")
	if _, err := b.Price(request("us.urdb.demo", "2024-01-01", "2024-02-01", "10")); err == nil {
		t.Error("a bill before the rate's first day was priced")
	}
}

func TestURDBTimeOfUseNeedsRegistersOrHours(t *testing.T) {
	peak := schedule(16, 21, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
	b := withURDB(t, `{"label":"tou","energyratestructure":[[{"rate":0.10}],[{"rate":0.30}]],
		"energyweekdayschedule":`+peak+`,"energyweekendschedule":`+schedule(0, 0)+`}`)
	req := request("us.urdb.tou", "2026-01-01", "2026-02-01", "100")
	if _, err := b.Price(req); err == nil {
		t.Error("priced without knowing when the usage was")
	}
	req.Parts = []anomaly.UsagePart{{Stage: "period1", Usage: dec("40")}, {Stage: "period0", Usage: dec("60")}}
	wantDecimal(t, "registers", price(t, b, req).Amount, "18")
}

func TestURDBDemandByMonth(t *testing.T) {
	b := withURDB(t, `{"label":"kw","energyratestructure":[[{"rate":0.10}]],
		"energyweekdayschedule":`+schedule(0, 0)+`,"energyweekendschedule":`+schedule(0, 0)+`,
		"flatdemandstructure":[[{"rate":4}],[{"max":10,"rate":6},{"rate":9}]],"flatdemandmonths":[0,0,0,0,0,1,1,1,1,0,0,0]}`)
	req := request("us.urdb.kw", "2026-07-01", "2026-08-01", "100")
	if _, err := b.Price(req); err == nil {
		t.Error("priced without the demand")
	}
	req.Demand = anomaly.Known(dec("15"))
	wantDecimal(t, "July", price(t, b, req).Amount, "115") // 10 + 10 x 6 + 5 x 9
	req.Period = period("2026-01-01", "2026-02-01")
	wantDecimal(t, "January", price(t, b, req).Amount, "70") // 10 + 15 x 4
}

func TestURDBWhatCannotBePricedIsNamed(t *testing.T) {
	for name, text := range map[string]string{
		"not JSON":          `{`,
		"no structure":      `{"label":"x"}`,
		"two rates":         `[{},{}]`,
		"short schedule":    `{"label":"x","energyratestructure":[[{"rate":1}],[{"rate":2}]],"energyweekdayschedule":[[0]]}`,
		"unknown period":    `{"label":"x","energyratestructure":[[{"rate":1}]],"energyweekdayschedule":` + schedule(1, 2, 3) + `}`,
		"time-of-use kW":    `{"label":"x","energyratestructure":[[{"rate":1}]],"demandratestructure":[[{"rate":3}]]}`,
		"a ratchet":         `{"label":"x","energyratestructure":[[{"rate":1}]],"demandratchetpercentage":[80]}`,
		"an unknown unit":   `{"label":"x","energyratestructure":[[{"rate":1,"unit":"hp"}]]}`,
		"no limit":          `{"label":"x","energyratestructure":[[{"rate":1},{"rate":2}]]}`,
		"limits that fall":  `{"label":"x","energyratestructure":[[{"rate":1,"max":9},{"rate":2,"max":8},{"rate":3}]]}`,
		"no label":          `{"energyratestructure":[[{"rate":1}]]}`,
		"a strange fee":     `{"label":"x","energyratestructure":[[{"rate":1}]],"fixedchargefirstmeter":1,"fixedchargeunits":"$/week"}`,
		"a number as words": fmt.Sprintf(`{"label":"x","energyratestructure":[[{"rate":%q}]]}`, "much"),
	} {
		t.Run(name, func(t *testing.T) {
			if f, err := ParseURDB("x.json", []byte(text)); err == nil {
				t.Errorf("read as %+v", f)
			}
		})
	}
}
