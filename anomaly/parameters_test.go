package anomaly

import (
	"reflect"
	"testing"
)

// Every parameter that is listed can be set by its name, and reading them all back
// gives the same configuration.
func TestParametersRoundTrip(t *testing.T) {
	want := DefaultConfig()
	got := DefaultConfig()
	got.Checks = CheckConfig{QuotaAlerts: make([]int, len(want.Checks.QuotaAlerts))}
	got.Stakes = Stakes{}
	for _, p := range want.Parameters() {
		if err := got.Set(p.Name, p.Value); err != nil {
			t.Errorf("%s = %s: %v", p.Name, p.Value, err)
		}
	}
	got.Checks.HighLow[ServiceUnknown] = want.Checks.HighLow[ServiceUnknown]
	for _, x := range []struct{ to, from *[5]float64 }{
		{&got.Checks.InactiveUsage, &want.Checks.InactiveUsage}, {&got.Checks.ZeroUsage, &want.Checks.ZeroUsage},
		{&got.Checks.BaseLoad, &want.Checks.BaseLoad}, {&got.Checks.MinimumUsage, &want.Checks.MinimumUsage},
		{&got.Stakes.VisitUsage, &want.Stakes.VisitUsage},
	} {
		x.to[ServiceUnknown] = x.from[ServiceUnknown]
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestValidateTellsWhatMakesNoSense(t *testing.T) {
	cfg := DefaultConfig()
	if err := cfg.Faults(); err != nil {
		t.Fatalf("the defaults: %v", err)
	}
	for name, value := range map[string]string{
		"checks.min_periods": "-4", "stakes.sensitivity": "3", "stakes.visit_cost.TWD": "-600",
		"stakes.recovery_share": "NaN", "checks.meter_error": "7",
	} {
		cfg := DefaultConfig()
		if err := cfg.Set(name, value); err != nil {
			t.Errorf("%s = %s: %v", name, value, err)
		}
		if err := cfg.Faults(); len(err) != 1 || err[0].At != name {
			t.Errorf("%s = %s: %v", name, value, err)
		}
	}
}

func TestSetRefusesWhatIsNotThere(t *testing.T) {
	cfg := DefaultConfig()
	for name, value := range map[string]string{
		"checks.no_such": "1", "": "1", "checks": "1", "checks.gap_days": "soon", "checks.gap_days.0": "1",
		"stakes.unit_price": "dear", "stakes.visit_cost.TWD": "much", "checks.quota_alerts.9": "1",
	} {
		if err := cfg.Set(name, value); err == nil {
			t.Errorf("%s = %s was accepted", name, value)
		}
	}
	for name, value := range map[string]string{
		"checks.high_low.electricity.usage": "75", "stakes.visit_cost.TWD": "800", "stakes.visit_cost.NOK": "900",
		"checks.lengths.1.0": "55", "stakes.unit_price": "4.24", "checks.quota_alerts.0": "75", "checks.quota_alerts.2": "120",
	} {
		if err := cfg.Set(name, value); err != nil {
			t.Errorf("%s = %s: %v", name, value, err)
		}
	}
	if cfg.Checks.HighLow[Electricity].Usage != 75 || cfg.Stakes.VisitCost["NOK"] != 900 || len(cfg.Checks.QuotaAlerts) != 3 {
		t.Errorf("%+v", cfg)
	}
	if defaults := DefaultConfig(); defaults.Stakes.VisitCost["TWD"] == 800 {
		t.Error("a change of one configuration shows in the defaults")
	}
}
