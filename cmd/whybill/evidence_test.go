package main

import (
	"slices"
	"testing"

	"whybill/anomaly"
)

func TestParseAppliance(t *testing.T) {
	for _, c := range []struct {
		text  string
		want  anomaly.Appliance
		added bool
	}{
		{"storage water heater=4000W,0.7h", anomaly.Appliance{Name: "storage water heater", Watts: 4000, HoursPerDay: 0.7, Count: 1}, false},
		{"電暖器=1000-1500W, 2-4h", anomaly.Appliance{Name: "電暖器", Watts: 1250, WattsLow: 1000, WattsHigh: 1500, HoursPerDay: 3, HoursLow: 2, HoursHigh: 4, Count: 1}, false},
		{"fan=60w,8H,x3,from=2026-01-01", anomaly.Appliance{Name: "fan", Watts: 60, HoursPerDay: 8, Count: 3, From: anomaly.MustDate("2026-01-01")}, false},
		{"heater=1.5kW,4h", anomaly.Appliance{Name: "heater", Watts: 1500, HoursPerDay: 4, Count: 1}, false},
		{"heater=1500W,4h,New", anomaly.Appliance{Name: "heater", Watts: 1500, HoursPerDay: 4, Count: 1}, true},
	} {
		got, added, err := parseAppliance(c.text)
		if err != nil || got != c.want || added != c.added {
			t.Errorf("%s: %+v, new %v, %v; want %+v, %v", c.text, got, added, err, c.want, c.added)
		}
	}
	for _, text := range []string{"", "heater", "=4000W,1h", "heater=4000W", "heater=1h", "heater=4000W,25h", "heater=4 horses,1h", "heater=9-3W,1h", "heater=4000W,1h,x0", "heater=4000W,1h,from=soon", "heater=4000W,1h,new,from=2026-01-01"} {
		if a, _, err := parseAppliance(text); err == nil {
			t.Errorf("%q was read as %+v", text, a)
		}
	}
}

// What somebody said later, the same or not, changes nothing of what is said on the day.
func TestAClaimIsMadeOnTheDayOfTheAssessment(t *testing.T) {
	asOf := anomaly.MustDate("2026-02-15")
	said := anomaly.Event{AccountID: "a", At: asOf, Kind: anomaly.EventClaim, Note: "usage_per_day=9", By: "agent", Source: anomaly.Source{File: "--claim-usage-per-day", Row: 1}}
	again, complaint := said, anomaly.Event{AccountID: "a", At: asOf.AddDays(40), Kind: anomaly.EventComplaint}
	again.At, again.Source = asOf.AddDays(20), anomaly.Source{File: "events.csv", Row: 2}
	earlier := complaint
	earlier.At = asOf.AddDays(-30)
	h := anomaly.BuildHistory("a", &anomaly.Rows{Events: []anomaly.Event{complaint, again, earlier}})
	o := evidenceOptions{usagePerDay: "9"}
	if _, err := o.applyTo(h, asOf, asOf); err != nil {
		t.Fatal(err)
	}
	if want := []anomaly.Event{earlier, said, again, complaint}; !slices.Equal(h.Events, want) {
		t.Errorf("%+v\nwant %+v", h.Events, want)
	}
	if known, _ := h.Known(asOf, -1); !slices.Equal(known.Events, []anomaly.Event{earlier, said}) {
		t.Errorf("on the day %+v are known", known.Events)
	}
	if _, err := o.applyTo(h, asOf, asOf); err != nil || len(h.Events) != 4 {
		t.Errorf("a claim that is on record is added again: %d events, %v", len(h.Events), err)
	}
}

func FuzzParseAppliance(f *testing.F) {
	f.Add("storage water heater=4000-5000W,0.7h,x2,from=2026-01-01")
	f.Fuzz(func(t *testing.T, text string) {
		if a, _, err := parseAppliance(text); err == nil && (a.Name == "" || a.Watts <= 0 || a.HoursPerDay <= 0) {
			t.Errorf("%q was accepted as %+v", text, a)
		}
	})
}
