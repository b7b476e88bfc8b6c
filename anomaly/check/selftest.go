package check

import (
	"math"
	"strconv"
	"strings"

	"whybill/anomaly"
)

// Selftest is what was done and seen in a self-test: everything off, the meter watched
// for some minutes. Rates are in the account's unit an hour; for electricity 1000 times
// that are watts. For water and gas main is the valve behind the meter, off where it was
// closed, and branches are the taps or the appliances.
type Selftest struct {
	Watch    string  // what was watched: register, disc or led
	PerCount float64 // what one count comes to: the register's resolution, or 1 over the constant
	Minutes  float64
	Counts   float64
	Main     string // off or on; "" where nobody said
	Branches string // off or on; "" where nobody said
	Branch   string // the one circuit that was on
	// StopsWith is whose supply the meter stopped with: "neighbour" for another home's.
	StopsWith string
	Witness   string
}

// What can be watched.
const (
	WatchRegister = "register"
	WatchDisc     = "disc"
	WatchLED      = "led"
)

// ParseSelftest reads a selftest event's note: watch, resolution (of the register, in
// units; the meter's where missing, 1 for electricity) or constant (revolutions or
// impulses a unit; the meter's where missing), minutes, counts, main, branches, branch,
// stops_with, witness. missing names the fields without which the test says nothing.
func ParseSelftest(e *anomaly.Event, service anomaly.Service, meter *anomaly.Meter) (t Selftest, missing []string) {
	t.Watch, _ = e.Field("watch")
	t.Main, _ = e.Field("main")
	t.Branches, _ = e.Field("branches")
	t.Branch, _ = e.Field("branch")
	t.StopsWith, _ = e.Field("stops_with")
	t.Witness, _ = e.Field("witness")
	constant, ok := number(e, "constant")
	if !ok && meter != nil && meter.Constant.Valid {
		constant = anomaly.Float(meter.Constant.Decimal)
	}
	resolution, ok := number(e, "resolution")
	switch {
	case ok:
	case meter != nil && meter.Resolution.Valid:
		resolution = anomaly.Float(meter.Resolution.Decimal)
	case service <= anomaly.Electricity:
		resolution = 1
	}
	switch t.Watch {
	case WatchRegister:
		// A water or gas meter has a pointer or digits below the unit: which was counted?
		if t.PerCount = resolution; resolution <= 0 {
			missing = append(missing, "resolution")
		}
	case WatchDisc, WatchLED:
		if constant > 0 {
			t.PerCount = 1 / constant
		} else {
			missing = append(missing, "constant")
		}
	default:
		missing = append(missing, "watch")
	}
	if t.Minutes, ok = number(e, "minutes"); !ok || t.Minutes <= 0 {
		missing = append(missing, "minutes")
	}
	if t.Counts, ok = number(e, "counts"); !ok || t.Counts < 0 {
		missing = append(missing, "counts")
	}
	switch {
	case t.Main == "" && t.Branches == "":
		missing = append(missing, "main")
	case t.Main == "on" && t.Branches == "" && t.Branch == "" && t.StopsWith == "":
		// With the main switch on the meter may move for any load: which were off?
		missing = append(missing, "branches")
	}
	return t, missing
}

// OneCount is the rate that makes one count in the time of the test.
func (t *Selftest) OneCount() float64 { return t.PerCount * 60 / t.Minutes }

// Rate is the rate that was seen. A steady load that makes n counts has used between
// n-1 and n+1 of them: low and high are these bounds.
func (t *Selftest) Rate() (low, middle, high float64) {
	one := t.OneCount()
	return math.Max(0, t.Counts-1) * one, t.Counts * one, (t.Counts + 1) * one
}

// Needs is how many counts a test should have seen of what it looks for: with a disc or
// an LED less than with a register, whose last digit is easily missed.
func (t *Selftest) Needs(cfg *anomaly.Config) float64 {
	if t.Watch == WatchRegister {
		return cfg.Checks.TestCounts[0]
	}
	return cfg.Checks.TestCounts[1]
}

// Detectable is the least rate that the test could have been relied on to see.
func (t *Selftest) Detectable(cfg *anomaly.Config) float64 { return t.Needs(cfg) * t.OneCount() }

// MinutesFor is how long the test would have to take to see a rate.
func (t *Selftest) MinutesFor(rate float64, cfg *anomaly.Config) float64 {
	return t.Needs(cfg) * t.PerCount * 60 / rate
}

// SelftestVerdict is what a test says about the usage in dispute.
type SelftestVerdict string

// The verdicts.
const (
	// TestStill: nothing constant between meter and main switch; it says nothing of what
	// is behind it, nor of the meter's accuracy under load.
	TestStill SelftestVerdict = "still"
	// TestCreep: a movement so slow that it cannot explain the dispute.
	TestCreep SelftestVerdict = "creep"
	// TestDraw: a constant draw before the main switch, large enough to matter.
	TestDraw SelftestVerdict = "draw"
	// TestPartial: a draw that explains a part at most.
	TestPartial SelftestVerdict = "partial"
	// TestPanel: usage with all branches off: at the main panel, or a hidden circuit.
	TestPanel SelftestVerdict = "panel"
	// TestBranch: usage on the one circuit that was on.
	TestBranch SelftestVerdict = "branch"
	// TestNeighbour: the meter stops with another home's supply.
	TestNeighbour SelftestVerdict = "neighbour"
	// TestInconclusive: it could not have seen what it looked for.
	TestInconclusive SelftestVerdict = "inconclusive"
	// TestClear: nothing moved with the main switch on and the branches off. For water and
	// gas that says that nothing leaks steadily behind the meter.
	TestClear SelftestVerdict = "clear"
)

// SelftestResult is a test with what it means.
type SelftestResult struct {
	Test            Selftest
	Low, Rate, High float64 // in the account's unit an hour
	Detectable      float64
	Disputed        float64 // the rate of the usage in dispute; 0 where it is not known
	// Bound is the most that what the test saw can come to over the period, in usage.
	Bound   float64
	Verdict SelftestVerdict
	// Minutes is how long a test that could tell would take; for TestInconclusive.
	Minutes float64
}

// Judge says what a complete test means for a usage in dispute over a period of days.
// disputed is 0 where it is not known.
func Judge(t *Selftest, disputed float64, days int, cfg *anomaly.Config) SelftestResult {
	r := SelftestResult{Test: *t, Detectable: t.Detectable(cfg)}
	r.Low, r.Rate, r.High = t.Rate()
	hours := 24 * float64(days)
	r.Bound = r.High * hours
	if disputed > 0 && hours > 0 {
		r.Disputed = disputed / hours
	}
	share := cfg.Checks.DrawShare * r.Disputed
	switch {
	case t.StopsWith == "neighbour":
		r.Verdict = TestNeighbour
	case t.Main == "off":
		r.Verdict = r.mainOff(share)
	case t.Branch != "" && t.Counts >= 1:
		r.Verdict = TestBranch
	case t.Counts >= 2 || t.Counts >= 1 && r.Rate >= share && share > 0:
		r.Verdict = TestPanel
	case t.Counts == 0 && (r.Disputed == 0 || r.Detectable <= r.Disputed):
		r.Verdict = TestClear
	default:
		r.Verdict = TestInconclusive
	}
	if r.Verdict == TestInconclusive && r.Disputed > 0 {
		r.Minutes = t.MinutesFor(r.Disputed, cfg)
	}
	return r
}

func (r *SelftestResult) mainOff(share float64) SelftestVerdict {
	t := &r.Test
	switch {
	case t.Counts >= 2 && (r.Disputed == 0 || r.Rate >= share):
		return TestDraw
	case t.Counts >= 2:
		return TestPartial
	case t.Counts >= 1 && r.Disputed > 0 && r.High < 0.1*r.Disputed:
		return TestCreep
	case t.Counts == 0 && r.Disputed > 0 && r.Detectable <= r.Disputed:
		return TestStill
	case t.Counts == 0 && r.Disputed == 0 && t.Watch != WatchRegister:
		return TestStill
	}
	return TestInconclusive
}

// selftests yields the bill's self-tests that are complete, judged.
func (in *Input) selftests(yield func(e *anomaly.Event, r *SelftestResult) bool) {
	for i := range in.History.Events {
		e := &in.History.Events[i]
		if e.Kind != anomaly.EventSelftest || !in.History.StillConcerns(e, in.Bill, in.AsOf) {
			continue
		}
		t, missing := ParseSelftest(e, in.service(), in.register.meterOr(in))
		if len(missing) > 0 {
			continue
		}
		disputed, _ := in.disputed()
		r := Judge(&t, disputed, in.bill.Period.Days(), in.Config)
		if !yield(e, &r) {
			return
		}
	}
}

// meterOr is the meter in place at the end of the bill.
func (r *register) meterOr(in *Input) *anomaly.Meter {
	if r.meter != nil {
		return r.meter
	}
	return in.History.MeterAt(in.bill.MeterID, in.bill.Period.End)
}

// RateArg shows a rate in a unit an hour: in watts for electricity, in litres an hour for
// water in cubic metres, in units an hour otherwise.
func RateArg(name string, service anomaly.Service, unit string, rate float64) anomaly.Arg {
	switch {
	case service <= anomaly.Electricity:
		return anomaly.WattsArg(name, 1000*rate)
	case unit != "m3":
		return anomaly.TextArg(name, strconv.FormatFloat(rate, 'f', 3, 64)+" "+unit+"/h")
	case service == anomaly.Water:
		return anomaly.UsageArg(name, 1000*rate, "litres_an_hour", 1)
	}
	return anomaly.UsageArg(name, rate, "m3_an_hour", 4)
}

func (in *Input) rateArg(name string, rate float64) anomaly.Arg {
	return RateArg(name, in.service(), in.unit(), rate)
}

// tested are the arguments that every sentence on a test has: its day, what was off and
// what the meter was cut off by.
func (in *Input) tested(e *anomaly.Event) []anomaly.Arg {
	service := in.service().String()
	return []anomaly.Arg{anomaly.DateArg("on", e.At), anomaly.TermArg("off", "off."+service), anomaly.TermArg("switch", "switch."+service)}
}

// watchTerm is what was watched, in the words of the service.
func watchTerm(service anomaly.Service, watch string) anomaly.Arg {
	if service > anomaly.Electricity {
		return anomaly.TermArg("watch", "watch."+watch+"."+service.String())
	}
	return anomaly.TermArg("watch", "watch."+watch)
}

// gasSuffix makes a sentence one that begins with safety, where gas may be escaping.
func (in *Input) gasSuffix() string {
	if in.service() == anomaly.Gas {
		return ".gas"
	}
	return ""
}

// finer is how many times less a test has to be able to see to go before one that
// contradicts it; between tests that see about the same, what was seen to move has moved.
const finer = 2

// outweighed returns the test that contradicts this one and goes before it: of two of
// which one saw the meter move with everything off and the other saw it stand still, the
// one that could see much less, else the one that saw it move.
func (in *Input) outweighed(e *anomaly.Event, r *SelftestResult) (by *anomaly.Event, why string) {
	moved := func(v SelftestVerdict) (moved, said bool) {
		return v == TestDraw || v == TestPartial, v == TestDraw || v == TestPartial || v == TestStill || v == TestCreep
	}
	mine, _ := moved(r.Verdict)
	least := 0.0
	for o, s := range in.selftests {
		theirs, said := moved(s.Verdict)
		if !said || theirs == mine || o == e {
			continue
		}
		reason := ""
		switch {
		case s.Detectable*finer < r.Detectable:
			reason = "finer"
		case r.Detectable*finer >= s.Detectable && theirs:
			reason = "seen"
		}
		if reason != "" && (by == nil || s.Detectable < least) {
			by, why, least = o, reason, s.Detectable
		}
	}
	return by, why
}

// contradiction is the finding on a test that another outweighs.
func (in *Input) contradiction(id string, e, by *anomaly.Event, why string) anomaly.Finding {
	m := anomaly.Msg(id+".outweighed", anomaly.DateArg("on", e.At), anomaly.DateArg("other", by.At), anomaly.TermArg("why", "outweighs."+why))
	if e.At == by.At { // the day does not tell them apart, what they saw does
		m = anomaly.Msg(id+".outweighed.day", anomaly.DateArg("on", e.At), anomaly.TermArg("why", "outweighs."+why))
	}
	f := in.finding(id, anomaly.Low, anomaly.ActionSelftest, "contradiction"+e.At.String()+e.Note, m)
	f.Evidence = []anomaly.Source{e.Source, by.Source}
	return f
}

// MissingFields is what a legal test asks for and a selftest event lacks: the fields of
// the form, in its order.
func MissingFields(e *anomaly.Event) []string {
	var missing []string
	for _, field := range formFields {
		if v, ok := e.Field(field); !ok || strings.TrimSpace(v) == "" {
			missing = append(missing, field)
		}
	}
	return missing
}

// formFields are the fields of the form, as keys of a selftest event's note.
var formFields = []string{
	"start", "end", "make", "serial", "valid_until", "reading_before", "reading_after", "watch", "counts", "main", "branches", "photo", "witness",
}
