package decide

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"whybill/anomaly"
)

func (in *Input) service(s anomaly.Service) *Input {
	in.History.Account.Service = s
	return in
}

// What there is to read, to switch off and to visit depends on the service.
func TestNothingIsAskedForThatAServiceHasNot(t *testing.T) {
	for _, a := range []anomaly.Action{anomaly.ActionReread, anomaly.ActionSelftest, anomaly.ActionApplianceReview, anomaly.ActionInspect} {
		for _, cause := range anomaly.Causes {
			v := Decide(suspicion(map[anomaly.Cause]float64{cause: 0.7}, 480).asked().service(anomaly.Broadband))
			if v.Action == a || v.Then == a {
				t.Errorf("%s, broadband: %s then %s", cause, v.Action, v.Then)
			}
			for _, o := range v.Options {
				if o.Action == a {
					t.Errorf("%s, broadband: %s is weighed", cause, a)
				}
			}
		}
	}
	// Taps that are shut show a leak; a main breaker that is off shows what draws before it.
	leak := Default().For(anomaly.Water).Sees(anomaly.ActionSelftest, anomaly.CauseLeakBehindMeter)
	if other := Default().For(anomaly.Electricity).Sees(anomaly.ActionSelftest, anomaly.CauseLeakBehindMeter); leak <= other {
		t.Errorf("a self-test sees a leak of water with %g, of electricity with %g", leak, other)
	}
}

// Without money, a visit is weighed in what the service counts: a meter of 0.3 m³ a day
// that has stood still for half a year is worth one.
func TestAVisitIsWeighedInTheUnitOfTheService(t *testing.T) {
	in := suspicion(map[anomaly.Cause]float64{anomaly.CauseMeterSlow: 0.8}, 0).service(anomaly.Water)
	b := &in.History.Bills[0]
	b.Amount, b.Currency, in.UnitPrice = anomaly.NullDecimal{}, "", 0
	in.Estimate.Usage, in.Estimate.Reference.Usage, in.Estimate.Offset = 18, 18, 0
	if v := Decide(in); v.Action != anomaly.ActionInspect || !v.PriorityInUsage {
		t.Errorf("18 m³ a bill: %s (%+v), want a visit, weighed in usage", v.Action, v.Options)
	}
	in.History.Account.Service = anomaly.Electricity
	if v := Decide(in); v.Action == anomaly.ActionInspect {
		t.Errorf("18 kWh a bill are worth a visit")
	}
}

// A self-test that has found something is looked for: no card says "inspect now" and
// something else above it.
func TestNoVerdictContradictsATestThatFoundSomething(t *testing.T) {
	found := anomaly.Finding{Check: "M04", Action: anomaly.ActionInspect, Severity: anomaly.Critical}
	for _, cause := range anomaly.Causes {
		for _, p := range []float64{0.05, 0.4, 0.9} {
			for _, usage := range []float64{30, 301, 480, 5000} {
				for _, asked := range []bool{false, true} {
					name := fmt.Sprintf("%s %g, %g kWh, asked %t", cause, p, usage, asked)
					in := suspicion(map[anomaly.Cause]float64{cause: p}, usage).finding(found)
					if asked {
						in.asked()
					}
					v := Decide(in)
					if v.Action != anomaly.ActionInspect && v.Then != anomaly.ActionInspect || v.Wait.Allowed {
						t.Errorf("%s: %s then %q, waiting %t", name, v.Action, v.Then, v.Wait.Allowed)
					}
					if a := Act(in); a != v.Action {
						t.Errorf("%s: %s at once, %s in the end", name, a, v.Action)
					}
				}
			}
		}
	}
}

func TestTheReasonFitsTheBill(t *testing.T) {
	outside := suspicion(map[anomaly.Cause]float64{anomaly.CauseNormalVariation: 0.9}, 400)
	outside.Estimate.Low95, outside.Estimate.High95 = 220, 390
	inside := suspicion(map[anomaly.Cause]float64{anomaly.CauseNormalVariation: 0.9}, 310)
	inside.Estimate.Low95, inside.Estimate.High95 = 220, 390
	dropped := suspicion(map[anomaly.Cause]float64{anomaly.CauseNormalVariation: 0.9}, 310)
	dropped.Estimate.Low95, dropped.Estimate.High95 = 220, 390
	dropped.finding(anomaly.Finding{Check: "N01", Action: anomaly.ActionInspect, Severity: anomaly.High})
	for _, c := range []struct {
		name string
		in   *Input
		want string
	}{
		{"within its range", inside, "decide.none.normal"},
		{"out of its range by chance", outside, "decide.none.outside"},
		{"low for some time already", dropped, "decide.none.changed"},
		{"a new account, nobody asks", suspicion(map[anomaly.Cause]float64{anomaly.CauseInsufficientData: 0.97}, 300), "decide.none.too_little"},
		{"a new account, somebody asks", suspicion(map[anomaly.Cause]float64{anomaly.CauseInsufficientData: 0.97}, 300).asked(), "decide.reason.evidence.too_little"},
		{"one cause stands out", suspicion(map[anomaly.Cause]float64{anomaly.CauseMoreAppliances: 0.95}, 480).asked(), "decide.reason.explain"},
		{"several that need an explanation", suspicion(map[anomaly.Cause]float64{anomaly.CauseMoreAppliances: 0.35, anomaly.CauseOccupancy: 0.3, anomaly.CauseWeather: 0.33}, 480).asked(), "decide.reason.explain.several"},
	} {
		if v := Decide(c.in); v.Reason.Key != c.want {
			t.Errorf("%s: %s because %s, want %s", c.name, v.Action, v.Reason.Key, c.want)
		}
	}
}

// Nobody is sent to read a meter again for a misread of 2 %.
func TestASecondReadingNeedsAReason(t *testing.T) {
	for _, c := range []struct {
		p    float64
		want bool
	}{{0.02, false}, {0.3, true}} {
		v := Decide(suspicion(map[anomaly.Cause]float64{anomaly.CauseMisread: c.p, anomaly.CauseMoreAppliances: 0.6}, 4800).asked())
		weighed := false
		for _, o := range v.Options {
			weighed = weighed || o.Action == anomaly.ActionReread
		}
		if weighed != c.want {
			t.Errorf("a misread of %g: weighed %t, want %t", c.p, weighed, c.want)
		}
	}
}

func TestServicesInFilesAreChecked(t *testing.T) {
	for _, c := range []struct{ old, replacement, want string }{
		{`of.water = {leak`, `of.steam = {leak`, "actions.service"},
		{`services = ["electricity", "water", "gas"], sees = {otherwise = 0.02`, `services = ["steam"], sees = {otherwise = 0.02`, "actions.service"},
		{`of.water = {leak_or_fault_behind_meter = 0.85}`, `of.water = {leak_or_fault_behind_meter = 1.85}`, "actions.sees_of"},
	} {
		text := strings.Replace(string(DefaultFile()), c.old, c.replacement, 1)
		if text == string(DefaultFile()) {
			t.Fatalf("the file has no %s", c.old)
		}
		if _, err := Load(bytes.NewReader([]byte(text))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.replacement, err, c.want)
		}
	}
}

// Somebody who has asked is there to look before a visit that may well find nothing.
func TestTheSelftestGoesBeforeADoubtfulVisit(t *testing.T) {
	for _, c := range []struct {
		name string
		in   *Input
		want anomaly.Action
	}{
		{"a leak or more appliances", suspicion(map[anomaly.Cause]float64{anomaly.CauseLeakBehindMeter: 0.3, anomaly.CauseTappedByOthers: 0.1, anomaly.CauseMoreAppliances: 0.5}, 4800).asked(), anomaly.ActionSelftest},
		{"a leak or a tap, more likely than not", suspicion(map[anomaly.Cause]float64{anomaly.CauseLeakBehindMeter: 0.45, anomaly.CauseTappedByOthers: 0.25, anomaly.CauseMoreAppliances: 0.25}, 4800).asked(), anomaly.ActionSelftest},
		{"what no self-test sees", suspicion(map[anomaly.Cause]float64{anomaly.CauseMeterSlow: 0.4, anomaly.CauseNormalVariation: 0.5}, 30).asked(), anomaly.ActionInspect},
		{"a visit that surely finds something", suspicion(map[anomaly.Cause]float64{anomaly.CauseTappedByOthers: 0.9}, 4800).asked(), anomaly.ActionInspect},
	} {
		v := Decide(c.in)
		if v.Action != c.want {
			t.Errorf("%s: %s, want %s (%+v)", c.name, v.Action, c.want, v.Options)
		}
		if c.want == anomaly.ActionSelftest && (v.Then != anomaly.ActionInspect || v.Reason.Key != "decide.reason.selftest.first") {
			t.Errorf("%s: then %s because %s", c.name, v.Then, v.Reason.Key)
		}
	}
}
