package check

import (
	"math"
	"strings"
	"testing"

	"whybill/anomaly"
)

// parse reads a test as it stands in an event's note.
func parse(t *testing.T, note string) Selftest {
	t.Helper()
	test, missing := ParseSelftest(&anomaly.Event{Kind: anomaly.EventSelftest, Note: note}, nil)
	if len(missing) > 0 {
		t.Fatalf("%q lacks %v", note, missing)
	}
	return test
}

// The table of cases.md 2: what one count in 20 minutes comes to.
func TestOneCountInTwentyMinutes(t *testing.T) {
	for _, c := range []struct {
		note  string
		watts float64
	}{
		{"watch=register resolution=1 minutes=20 counts=0 main=off", 3000},
		{"watch=register resolution=0.1 minutes=20 counts=0 main=off", 300},
		{"watch=disc constant=600 minutes=20 counts=0 main=off", 5},
		{"watch=led constant=1600 minutes=20 counts=0 main=off", 1.875},
	} {
		test := parse(t, c.note)
		if got := 1000 * test.OneCount(); math.Abs(got-c.watts) > 1e-9 {
			t.Errorf("%s: %g W, want %g", c.note, got, c.watts)
		}
	}
}

func TestHowLongATestMustTake(t *testing.T) {
	cfg := anomaly.DefaultConfig()
	register := parse(t, "watch=register minutes=20 counts=0 main=off")
	// One count of a whole kWh at 250 W takes four hours (cases.md 2); five take twenty.
	if got := register.MinutesFor(0.250, &cfg) / cfg.Checks.TestCounts[0]; math.Abs(got-240) > 1e-9 {
		t.Errorf("one count of 250 W on a whole-kWh register takes %g minutes, want 240", got)
	}
	led := parse(t, "watch=led constant=1600 minutes=20 counts=0 main=off")
	// 200 W flash 1600 x 0.2 = 320 times an hour: two counts take 22.5 seconds.
	if got := led.MinutesFor(0.200, &cfg); math.Abs(got-0.375) > 1e-9 {
		t.Errorf("the LED needs %g minutes for 200 W, want 0.375", got)
	}
}

// What a test means for 293 kWh in 59 days, which are 207 W (cases.md 1 and 2, and the
// decision table D4 of the landscape).
func TestWhatATestMeans(t *testing.T) {
	cfg := anomaly.DefaultConfig()
	for _, c := range []struct {
		name, note string
		want       SelftestVerdict
	}{
		{"the LED stands still", "watch=led constant=1600 minutes=20 counts=0 main=off", TestStill},
		{"a whole-kWh register stands still", "watch=register resolution=1 minutes=20 counts=0 main=off", TestInconclusive},
		{"a whole-kWh register stands still for a day", "watch=register resolution=1 minutes=1500 counts=0 main=off", TestStill},
		{"one revolution in twenty minutes", "watch=disc constant=600 minutes=20 counts=1 main=off", TestCreep},
		{"210 W with everything off", "watch=led constant=1600 minutes=20 counts=112 main=off", TestDraw},
		{"21 W with everything off", "watch=led constant=1600 minutes=20 counts=11 main=off", TestPartial},
		{"usage with all branches off", "watch=led constant=1600 minutes=20 counts=30 main=on branches=off", TestPanel},
		{"usage on the water heater's circuit", "watch=led constant=1600 minutes=20 counts=500 main=on branches=off branch=\"water heater\"", TestBranch},
		{"nothing with all branches off", "watch=led constant=1600 minutes=20 counts=0 main=on branches=off", TestClear},
		{"it stops with the neighbour's supply", "watch=led constant=1600 minutes=20 counts=0 main=on stops_with=neighbour", TestNeighbour},
	} {
		t.Run(c.name, func(t *testing.T) {
			test := parse(t, c.note)
			r := Judge(&test, 293, 59, &cfg)
			if r.Verdict != c.want {
				t.Errorf("%s, want %s (%+v)", r.Verdict, c.want, r)
			}
			if got := 1000 * r.Disputed; math.Abs(got-206.9) > 0.1 {
				t.Errorf("in dispute are %.1f W, want 206.9", got)
			}
			if !(r.Low <= r.Rate && r.Rate <= r.High) {
				t.Errorf("%g is not within %g to %g", r.Rate, r.Low, r.High)
			}
		})
	}
}

func TestCreepAtTheHistoricLimit(t *testing.T) {
	cfg := anomaly.DefaultConfig()
	test := parse(t, "watch=disc constant=600 minutes=20 counts=1 main=off")
	// One revolution in 20 minutes at 600 a kWh is 5 W, 7.2 kWh in 60 days (cases.md 2).
	if w := 1000 * test.OneCount(); math.Abs(w-5) > 1e-9 {
		t.Errorf("%g W, want 5", w)
	}
	if r := Judge(&test, 293, 60, &cfg); math.Abs(r.Rate*24*60-7.2) > 1e-9 || r.Verdict != TestCreep {
		t.Errorf("%.2f kWh in two months and %s, want 7.2 and creep", r.Rate*24*60, r.Verdict)
	}
}

func TestSelftestsAsEvidence(t *testing.T) {
	const kept = " start=10:00 end=10:20 make=X serial=7 valid_until=2030 reading_before=1 reading_after=1 photo=yes witness=neighbour branches=off"
	for _, c := range []struct {
		name, note string
		want       map[string]string
	}{
		{"moves with the main off", "watch=led constant=1600 minutes=20 counts=100 main=off" + kept, map[string]string{"M01": "-", "M02": "-", "M03": "-", "M04": "M04.draw", "M05": "-", "M06": "-"}},
		{"stands still", "watch=led constant=1600 minutes=20 counts=0 main=off" + kept, map[string]string{"M02": "-", "M03": "M03.still", "M04": "-"}},
		{"one revolution", "watch=disc constant=600 minutes=20 counts=1 main=off" + kept, map[string]string{"M03": "M03.creep", "M04": "-"}},
		{"a part of it", "watch=led constant=1600 minutes=20 counts=11 main=off" + kept, map[string]string{"M03": "-", "M04": "M04.partial"}},
		{"a register that cannot see it", "watch=register minutes=20 counts=0 main=off" + kept, map[string]string{"M02": "M02.weak", "M03": "-", "M04": "-"}},
		{"nobody wrote down who watched", "watch=led constant=1600 minutes=20 counts=0 main=off", map[string]string{"M01": "M01.missing"}},
		{"no count", "watch=led constant=1600 minutes=20 main=off", map[string]string{"M01": "M01.unusable", "M03": "-", "M04": "-"}},
		{"on the boiler's circuit", "watch=led constant=1600 minutes=20 counts=400 main=on branch=boiler" + strings.Replace(kept, " branches=off", "", 1), map[string]string{"M05": "M05.branch"}},
		{"with all branches off", "watch=led constant=1600 minutes=20 counts=60 main=on" + kept, map[string]string{"M05": "M05.panel", "M06": "-"}},
		{"the neighbour's breaker", "watch=led constant=1600 minutes=20 counts=0 main=on stops_with=neighbour" + kept, map[string]string{"M06": "M06.crossed", "M05": "-"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := usual(900).event("2026-03-05", anomaly.EventSelftest, c.note)
			s.asOf = day("2026-03-20")
			for id, want := range c.want {
				if got, _ := s.run(t, id); got != want {
					t.Errorf("%s says %s, want %s", id, got, want)
				}
			}
		})
	}
}

// Once a visit has found what the meter moved for, the test asks for no visit any more.
func TestADrawThatAVisitHasFound(t *testing.T) {
	for _, c := range []struct{ name, on, outcome, want string }{
		{"found after the test", "2026-03-10", "tapped_by_others", "M04.draw.found"},
		{"nothing found", "2026-03-10", anomaly.NothingFound, "M04.draw"},
		{"found before the test", "2026-03-04", "misread", "M04.draw"},
		{"not known yet", "2026-03-21", "tapped_by_others", "M04.draw"},
	} {
		s := usual(900).event("2026-03-05", anomaly.EventSelftest, "watch=led constant=1600 minutes=20 counts=100 main=off")
		s.h.Inspections = []anomaly.Inspection{{On: day(c.on), Outcome: c.outcome}}
		s.asOf = day("2026-03-20")
		if got, _ := s.run(t, "M04"); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestATapNeedsARiseAndADraw(t *testing.T) {
	for name, c := range map[string]struct {
		s    *situation
		want bool
	}{
		"a rise and a draw":     {usual(1100).event("2026-03-05", anomaly.EventSelftest, "watch=led constant=1600 minutes=20 counts=100 main=off"), true},
		"a draw without a rise": {usual(610).event("2026-03-05", anomaly.EventSelftest, "watch=led constant=1600 minutes=20 counts=100 main=off"), false},
		"a rise without a draw": {usual(1100).event("2026-03-05", anomaly.EventSelftest, "watch=led constant=1600 minutes=20 counts=0 main=off"), false},
	} {
		c.s.asOf = day("2026-03-20")
		c.s.in.History, c.s.in.Bill, c.s.in.Estimate, c.s.in.AsOf = &c.s.h, len(c.s.h.Bills)-1, &c.s.e, c.s.asOf
		var out Result
		Run(&c.s.in, &out)
		found := false
		for i := range out.Findings {
			found = found || out.Findings[i].Message.Key == "N06.tap"
		}
		if found != c.want {
			t.Errorf("%s: a tap is found: %t", name, found)
		}
	}
}

func TestThePlanOfATestCanSeeWhatItMust(t *testing.T) {
	cfg := anomaly.DefaultConfig()
	p := PlanSelftest(anomaly.Electricity, 293, 59, nil, nil)
	for _, o := range p.Options {
		test := Selftest{Watch: o.Watch, PerCount: o.PerCount, Minutes: o.Minutes}
		if test.Detectable(&cfg) > p.Disputed*1.0001 {
			t.Errorf("%s for %g minutes sees from %g on, in dispute are %g", o.Watch, o.Minutes, test.Detectable(&cfg), p.Disputed)
		}
	}
	if p.Options[0].Watch != WatchLED || p.Options[0].Minutes != 20 {
		t.Errorf("the best is to watch %+v", p.Options[0])
	}
	if p.Steps[0].Key != "selftest.safety.breaker" {
		t.Errorf("the plan begins with %s, not with the safety line", p.Steps[0].Key)
	}
	for _, m := range p.Steps {
		said(t, m)
	}
	water := PlanSelftest(anomaly.Water, 20, 60, &anomaly.Meter{Resolution: num("0.001")}, &cfg)
	if len(water.Options) != 1 || water.Steps[0].Key != "selftest.safety.valve" {
		t.Errorf("water is tested by %+v", water)
	}
}
