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
	test, missing := ParseSelftest(&anomaly.Event{Kind: anomaly.EventSelftest, Note: note}, anomaly.Electricity, nil)
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

// Once a visit has found what the meter moved for, the test asks for no visit any more; nor
// does it for a second one after a visit that has not.
func TestADrawThatAVisitHasFound(t *testing.T) {
	for _, c := range []struct{ name, on, outcome, want string }{
		{"found after the test", "2026-03-10", "tapped_by_others", "M04.draw.found"},
		{"nothing found", "2026-03-10", anomaly.NothingFound, "M04.draw.visited"},
		{"nothing found before the test", "2026-03-04", anomaly.NothingFound, "M04.draw"},
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
	p := PlanSelftest(anomaly.Electricity, "kWh", 293, 59, nil, nil)
	for _, o := range p.Options {
		test := Selftest{Watch: o.Watch, PerCount: o.PerCount, Minutes: o.Minutes}
		if test.Detectable(&cfg) > p.Disputed*1.0001 {
			t.Errorf("%s for %g minutes sees from %g on, in dispute are %g", o.Watch, o.Minutes, test.Detectable(&cfg), p.Disputed)
		}
	}
	if p.Options[0].Watch != WatchLED || p.Options[0].Minutes != 20 {
		t.Errorf("the best is to watch %+v", p.Options[0])
	}
	if p.Steps[0].Key != "selftest.safety.electricity" {
		t.Errorf("the plan begins with %s, not with the safety line", p.Steps[0].Key)
	}
	for _, m := range p.Steps {
		said(t, m)
	}
}

// 20 m3 over 60 days are 20,000/1,440 = 13.9 L/h. The smallest pointer of a water meter
// shows a tenth of a litre, which 13.9 L/h turn 46 times in 20 minutes; a meter that
// shows litres only needs five of them, 21.6 minutes.
func TestThePlanOfAWaterOrGasTest(t *testing.T) {
	cfg := anomaly.DefaultConfig()
	for _, c := range []struct {
		situation string
		service   anomaly.Service
		meter     *anomaly.Meter
		minutes   float64
		one       string // one count in that time
		safety    string
		assumed   bool
	}{
		{"water, a meter that nobody knows", anomaly.Water, nil, 20, "0.3 L/h", "stopcock", true},
		{"water, a meter that shows litres", anomaly.Water, &anomaly.Meter{Resolution: num("0.001")}, 22, "2.7 L/h", "stopcock", false},
		{"gas, a meter that nobody knows", anomaly.Gas, nil, 22, "0.0027 m³/h", "emergency number", true},
	} {
		p := PlanSelftest(c.service, "m3", 20, 60, c.meter, &cfg)
		if len(p.Options) != 1 || p.Options[0].Minutes != c.minutes {
			t.Errorf("%s: %+v, want %g minutes", c.situation, p.Options, c.minutes)
		}
		all, assumed := "", false
		for i, m := range p.Steps {
			text := said(t, m)
			if i == 0 && !strings.Contains(text, c.safety) {
				t.Errorf("%s: it begins with %q", c.situation, text)
			}
			assumed = assumed || m.Key == "selftest.step.assumed"
			all += text + "\n"
		}
		if !strings.Contains(all, c.one) || assumed != c.assumed || strings.Contains(all, "breaker") || strings.Contains(all, "main switch") {
			t.Errorf("%s (one count %s, step assumed %v):\n%s", c.situation, c.one, c.assumed, all)
		}
	}
	if p := PlanSelftest(anomaly.Broadband, "h", 20, 60, nil, &cfg); len(p.Steps) > 0 {
		t.Errorf("broadband is tested by %+v", p)
	}
}

func TestWaterAndGasTestsAsEvidence(t *testing.T) {
	// Each bill of 900 m3 in 59 days: in dispute are about 300, that is 212 L/h.
	for _, c := range []struct {
		name    string
		service anomaly.Service
		note    string
		check   string
		want    string
		says    string
	}{
		{"all taps closed, and it turns", anomaly.Water, "watch=register resolution=0.0001 minutes=20 counts=700 main=on branches=off", "M05", "M05.panel.water", "With all taps closed 210.0 L/h flowed on 2026-03-05"},
		{"all taps closed, and it rests", anomaly.Water, "watch=register resolution=0.0001 minutes=20 counts=0 main=on branches=off", "M03", "M03.clear", "from 1.5 L/h on it would have been seen"},
		{"a dial too coarse for 20 minutes", anomaly.Water, "watch=register resolution=1 minutes=20 counts=0 main=on branches=off", "M02", "M02.weak", "one count in its time is 3,000.0 L/h, and 5 counts, 15,000.0 L/h,"},
		{"the stopcock closed, and it turns", anomaly.Water, "watch=register resolution=0.0001 minutes=20 counts=700 main=off", "M04", "M04.draw", "With the stopcock closed the meter moved by 210.0 L/h"},
		{"nobody says what was counted", anomaly.Water, "watch=register minutes=20 counts=7 main=off", "M01", "M01.unusable", "the step of what was counted"},
		{"all appliances off, and the gas flows", anomaly.Gas, "watch=register resolution=0.001 minutes=20 counts=70 main=on branches=off", "M05", "M05.panel.gas", "emergency number"},
		{"the valve closed, and the gas flows", anomaly.Gas, "watch=register resolution=0.001 minutes=20 counts=70 main=off", "M04", "M04.draw.gas", "0.2100 m³/h"},
	} {
		s := usual(900).event("2026-03-05", anomaly.EventSelftest, c.note)
		s.h.Account.Service, s.asOf = c.service, day("2026-03-20")
		for i := range s.h.Bills {
			s.h.Bills[i].Unit = "m3"
		}
		got, out := s.run(t, c.check)
		if got != c.want {
			t.Errorf("%s: %s says %s, want %s", c.name, c.check, got, c.want)
			continue
		}
		if text := said(t, out.Findings[0].Message); !strings.Contains(text, c.says) {
			t.Errorf("%s: %s", c.name, text)
		}
	}
}

func TestTestsThatContradictEachOther(t *testing.T) {
	const (
		ledStill      = "watch=led constant=1600 minutes=20 counts=0 main=off"
		ledMoves      = "watch=led constant=1600 minutes=20 counts=100 main=off"
		registerMoves = "watch=register resolution=0.1 minutes=20 counts=2 main=off"
	)
	for _, c := range []struct {
		situation     string
		first, second string // on 5 and 6 March, or both on the 5th
		m03, m04      string
		says          string
	}{
		{"still, then moving", ledStill, ledMoves, "M03.outweighed", "M04.draw", "On 2026-03-05 a self-test saw the meter stand still, on 2026-03-06 another saw it move"},
		{"moving, then still: what draws may be off", ledMoves, ledStill, "M03.outweighed", "M04.draw", "The one of 2026-03-05 counts"},
		{"a coarse register moves, the light rests", registerMoves, ledStill, "M03.still", "M04.outweighed", "The one of 2026-03-06 counts, because it could see much less"},
		{"on one day: still, then moving", ledStill, ledMoves, "M03.outweighed.day", "M04.draw", "On 2026-03-05 one self-test saw the meter stand still and another saw it move: they contradict each other. The one that saw it move counts"},
		{"on one day: a coarse register moves, the light rests", registerMoves, ledStill, "M03.still", "M04.outweighed.day", "The one that saw it stand still counts, because it could see much less"},
		{"twice moving", ledMoves, ledMoves, "-", "M04.draw", "on 2026-03-05"},
	} {
		second := "2026-03-06"
		if strings.HasPrefix(c.situation, "on one day") {
			second = "2026-03-05"
		}
		s := usual(900).event("2026-03-05", anomaly.EventSelftest, c.first).event(second, anomaly.EventSelftest, c.second)
		s.asOf = day("2026-03-20")
		text := ""
		for id, want := range map[string]string{"M03": c.m03, "M04": c.m04} {
			got, out := s.run(t, id)
			if first, _, _ := strings.Cut(got, " "); first != want {
				t.Errorf("%s: %s says %s, want %s", c.situation, id, got, want)
			}
			for i := range out.Findings {
				text += said(t, out.Findings[i].Message) + "\n"
			}
		}
		if !strings.Contains(text, c.says) {
			t.Errorf("%s: the findings do not say %q:\n%s", c.situation, c.says, text)
		}
	}
}

func TestNobodyIsAskedToWatchAMeterForHours(t *testing.T) {
	cfg := anomaly.DefaultConfig()
	meter := func(resolution string) *anomaly.Meter {
		return &anomaly.Meter{ID: "m", Resolution: anomaly.Known(anomaly.MustDecimal(resolution))}
	}
	for _, c := range []struct {
		situation, resolution, want string
	}{
		// 35 m3 in 59 days are 24.7 litres an hour: five counts of a litre take twelve minutes,
		// five of a hundred litres twenty hours.
		{"a last digit of a litre", "0.001", "selftest.step.watch"},
		{"a last digit of a hundred litres", "0.1", "selftest.step.leave"},
	} {
		p := PlanSelftest(anomaly.Water, "m3", 35, 59, meter(c.resolution), &cfg)
		if got := p.Steps[3].Key; got != c.want {
			t.Errorf("%s: %s, want %s", c.situation, got, c.want)
		}
	}
}
