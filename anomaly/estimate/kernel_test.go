package estimate

import (
	"fmt"
	"math"
	"testing"

	"whybill/anomaly"
)

// fourShapes is a learnt group as training leaves it, with made-up numbers.
func fourShapes() *anomaly.Model {
	g := anomaly.ColdStart(anomaly.Electricity)
	g.Archetypes = nil
	for i, share := range []float64{0.4, 0.3, 0.2, 0.1} {
		a := anomaly.Archetype{Share: share}
		a.Season[i] = 0.2
		g.Archetypes = append(g.Archetypes, a)
	}
	g.Level, g.LevelSD, g.MedianUsage = 2, 0.8, 8
	return &anomaly.Model{Version: anomaly.ModelVersion, Groups: []anomaly.GroupModel{g}}
}

// monthly returns an account with n monthly bills; usage is a wave over the year with
// deviations that repeat but not by the year.
func monthly(n int) *anomaly.History {
	h := &anomaly.History{Account: anomaly.Account{ID: "a", Service: anomaly.Electricity}}
	start := anomaly.MustDate("2022-01-01")
	for i := range n {
		end := start.AddMonths(1)
		days := float64(end - start)
		usage := 8 * days * math.Exp(0.3*math.Cos(2*math.Pi*float64(i)/12)+0.05*math.Sin(7*float64(i)))
		u, _ := anomaly.DecimalFromFloat(usage, 0)
		h.Bills = append(h.Bills, anomaly.Bill{ID: fmt.Sprint(i), Period: anomaly.Period{Start: start, End: end}, Usage: u})
		start = end
	}
	return h
}

// The yardstick of the statistical design: 36 bills, 4 archetypes, change scan.
func BenchmarkEstimate(b *testing.B) {
	h := monthly(37)
	cfg := anomaly.DefaultConfig()
	k := NewKernel(&anomaly.Context{Model: fourShapes()}, &cfg)
	b.ReportAllocs()
	for b.Loop() {
		k.Estimate(h, 36)
	}
}

func TestOnlyTheReturnedSlicesAreAllocated(t *testing.T) {
	h := monthly(37)
	cfg := anomaly.DefaultConfig()
	k := NewKernel(&anomaly.Context{Model: fourShapes()}, &cfg)
	est := k.Estimate(h, 36)
	if est.Change.Bills == 0 || len(est.Parts) == 0 || len(est.Methods) == 0 {
		t.Fatal("the run that is measured leaves something out")
	}
	// Parts and Methods; SetAside where something was set aside.
	if n := testing.AllocsPerRun(100, func() { k.Estimate(h, 36) }); n > 2 {
		t.Errorf("%.0f allocations, want 2", n)
	}
}

func TestOffsetIsTakenOffAgain(t *testing.T) {
	h := monthly(25)
	for i := range h.Bills {
		h.Bills[i].Usage, _ = anomaly.DecimalFromFloat(float64(10*h.Bills[i].Period.Days()), 0)
	}
	est := newKernel().Estimate(h, 24)
	// With the offset left in, the estimate would be 2 % too high.
	if want := 310.0; math.Abs(est.Usage-want) > 0.1 {
		t.Errorf("an account that uses 10 kWh every day is expected to use %.2f in 31 days, want %.0f", est.Usage, want)
	}
}

func TestNothingButEarlierBillsMatters(t *testing.T) {
	h := monthly(30)
	k := newKernel()
	before := k.Estimate(h, 20)
	h.Bills[20].Usage = anomaly.MustDecimal("99999")
	for i := 21; i < 30; i++ {
		h.Bills[i].Usage = anomaly.MustDecimal("1")
	}
	after := k.Estimate(h, 20)
	if before.Usage != after.Usage || before.Low90 != after.Low90 || before.High99 != after.High99 {
		t.Errorf("the estimate moved from %v to %v with bills that it may not see", before.Usage, after.Usage)
	}
	if before.Change == after.Change {
		t.Error("the change test does not look at the bill itself")
	}
}

func TestTwoEstimatesThenAnActual(t *testing.T) {
	long := monthly(30)
	split := monthly(30)
	// Bills 20 and 21 are guessed at 100 each; the reading at the end of 22 settles them.
	total, _ := anomaly.Add(long.Bills[20].Usage, long.Bills[21].Usage)
	total, _ = anomaly.Add(total, long.Bills[22].Usage)
	for i := 20; i < 22; i++ {
		split.Bills[i].Quality, split.Bills[i].Usage = anomaly.Estimated, anomaly.MustDecimal("100")
	}
	split.Bills[22].Usage, _ = anomaly.Sub(total, anomaly.MustDecimal("200"))

	t.Run("the next bill is expected as after one long bill", func(t *testing.T) {
		merged := monthly(30)
		merged.Bills[22].Period.Start, merged.Bills[22].Usage = merged.Bills[20].Period.Start, total
		merged.Bills = append(merged.Bills[:20:20], merged.Bills[22:]...)
		a, b := newKernel().Estimate(split, 29), newKernel().Estimate(merged, 27)
		if math.Abs(a.Usage-b.Usage) > 1e-9*b.Usage || math.Abs(a.High90-b.High90) > 1e-9*b.High90 {
			t.Errorf("%.6f to %.6f, want %.6f to %.6f", a.Usage, a.High90, b.Usage, b.High90)
		}
		if len(a.SetAside) != 2 || a.SetAside[0].Reason.Key != "estimate.aside.merged" {
			t.Errorf("set aside: %+v", a.SetAside)
		}
	})
	t.Run("the actual is expected to settle what the estimates left out", func(t *testing.T) {
		est := newKernel().Estimate(split, 22)
		want := anomaly.Float(split.Bills[22].Usage)
		if math.Abs(est.Usage-want) > 0.15*want || est.Low90 > want || est.High90 < want {
			t.Errorf("expected %.0f (%.0f to %.0f), billed %.0f", est.Usage, est.Low90, est.High90, want)
		}
		found := false
		for _, p := range est.Parts {
			found = found || p.What == anomaly.PartTrueUp && p.Log > 0.5
		}
		if !found {
			t.Errorf("no true-up among %+v", est.Parts)
		}
	})
	t.Run("a guess is predicted for its own period", func(t *testing.T) {
		est := newKernel().Estimate(split, 21)
		want := anomaly.Float(long.Bills[21].Usage)
		if math.Abs(est.Usage-want) > 0.15*want {
			t.Errorf("expected %.0f, want about %.0f", est.Usage, want)
		}
	})
}

func TestWhatIsNotLearntFrom(t *testing.T) {
	wild := anomaly.MustDecimal("5000")
	for _, c := range []struct {
		name, reason string
		spoil        func(h *anomaly.History)
	}{
		{"a cancelled bill", "cancelled", func(h *anomaly.History) { h.Bills[20].Cancelled = true }},
		{"a disputed bill", "disputed", func(h *anomaly.History) {
			h.Events = []anomaly.Event{{Kind: anomaly.EventComplaint, Ref: "20"}}
		}},
		{"a bill in another unit", "other_unit", func(h *anomaly.History) { h.Bills[20].Unit = "MWh" }},
		{"a bill from an empty home", "vacant", func(h *anomaly.History) {
			p := h.Bills[20].Period
			h.Events = []anomaly.Event{{Kind: anomaly.EventVacancyStart, At: p.Start}, {Kind: anomaly.EventVacancyEnd, At: p.End}}
		}},
		{"an estimate that no reading follows", "estimated", func(h *anomaly.History) {
			h.Bills[20].Quality = anomaly.Estimated
			h.Bills[21].Period.Start = h.Bills[21].Period.Start.AddDays(10)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := monthly(30)
			without := newKernel().Estimate(h, 29).Usage
			h.Bills[20].Usage = wild
			learnt := newKernel().Estimate(h, 29)
			c.spoil(h)
			est := newKernel().Estimate(h, 29)
			if len(est.SetAside) == 0 || est.SetAside[0].BillKey != "20" || est.SetAside[0].Reason.Key != "estimate.aside."+c.reason {
				t.Fatalf("set aside: %+v", est.SetAside)
			}
			if math.Abs(est.Usage-without) > 0.02*without {
				t.Errorf("expected %.1f, want about %.1f", est.Usage, without)
			}
			if learnt.Usage == est.Usage {
				t.Error("the wild bill made no difference even when learnt from: this test shows nothing")
			}
		})
	}
}

func TestZerosAndVacancy(t *testing.T) {
	h := monthly(30)
	full := newKernel().Estimate(h, 26).Usage
	for i := 23; i < 26; i++ {
		h.Bills[i].Usage = anomaly.MustDecimal("0")
	}
	est := newKernel().Estimate(h, 26)
	if est.Vacant < 0.5 || est.Usage != 0 || est.Low95 != 0 || est.High90 < 0.7*full {
		t.Errorf("after three zeros: vacant %.2f, expected %.0f (%.0f to %.0f)", est.Vacant, est.Usage, est.Low90, est.High90)
	}
	one := newKernel().Estimate(h, 24)
	if one.Vacant != 0 || math.Abs(one.Usage-full) > 0.35*full {
		t.Errorf("after one zero: vacant %.2f, expected %.0f; one zero is not a vacancy and does not pull the level", one.Vacant, one.Usage)
	}
	h.Bills[23].Usage, h.Bills[24].Usage = h.Bills[11].Usage, h.Bills[12].Usage
	h.Events = []anomaly.Event{{Kind: anomaly.EventVacancyStart, At: h.Bills[26].Period.Start}}
	if est := newKernel().Estimate(h, 26); est.Vacant < 0.8 {
		t.Errorf("a declared vacancy is believed with %.2f only", est.Vacant)
	}
}

func TestTooLittleToEstimateFrom(t *testing.T) {
	first := monthly(1)
	est := newKernel().Estimate(first, 0)
	if est.Known || est.Missing.Key != "estimate.needs_history" {
		t.Errorf("a first bill without anything: known %t, missing %q", est.Known, est.Missing.Key)
	}
	first.Appliances = []anomaly.Appliance{{Name: "all", Watts: 300, HoursPerDay: 24}}
	est = newKernel().Estimate(first, 0)
	// 7.2 kWh a day times 1.25 for what lists leave out, 31 days.
	if !est.Known || est.Comparable || est.Usage < 200 || est.Usage > 320 || est.High90 < 2*est.Usage {
		t.Errorf("from a list of appliances: known %t, %.0f (%.0f to %.0f)", est.Known, est.Usage, est.Low90, est.High90)
	}
	zeros := monthly(4)
	for i := range 3 {
		zeros.Bills[i].Usage = anomaly.MustDecimal("0")
	}
	if est := newKernel().Estimate(zeros, 3); est.Known || est.Missing.Key != "estimate.needs_usage" {
		t.Errorf("after zeros only: known %t, missing %q", est.Known, est.Missing.Key)
	}
}

func TestAnApplianceThatCame(t *testing.T) {
	h := monthly(36)
	// 3 kWh a day from bill 30 on: 1.5 kW for two hours.
	for i := 30; i < 36; i++ {
		extra, _ := anomaly.DecimalFromFloat(3*float64(h.Bills[i].Period.Days()), 0)
		h.Bills[i].Usage, _ = anomaly.Add(h.Bills[i].Usage, extra)
	}
	bare := newKernel().Estimate(h, 30)
	h.Appliances = []anomaly.Appliance{{Name: "heater", Watts: 1500, HoursPerDay: 2, HoursLow: 1, HoursHigh: 3, From: h.Bills[30].Period.Start}}
	k := newKernel()
	first := k.Estimate(h, 30)
	billed := anomaly.Float(h.Bills[30].Usage)
	if math.Abs(first.Usage-billed) >= math.Abs(bare.Usage-billed) {
		t.Errorf("expected %.0f with the declared heater, %.0f without; billed %.0f", first.Usage, bare.Usage, billed)
	}
	later := k.Estimate(h, 35)
	if later.Appliances.AddedWeight <= first.Appliances.AddedWeight {
		t.Errorf("five bills that bear the heater out leave its weight at %.2f, was %.2f", later.Appliances.AddedWeight, first.Appliances.AddedWeight)
	}
	idle := monthly(36)
	idle.Appliances = h.Appliances
	if est := newKernel().Estimate(idle, 35); est.Appliances.AddedWeight > 0.1 {
		t.Errorf("a heater of which five bills show nothing is still believed to %.2f", est.Appliances.AddedWeight)
	}
}

func TestPeersMoveTheEstimateWithinBounds(t *testing.T) {
	h := monthly(30)
	cfg := anomaly.DefaultConfig()
	target := h.Bills[29].Period
	with := func(log float64) anomaly.Estimate {
		c := &anomaly.CommonFactor{First: target.Start, BinDays: 31, Log: []float64{log}, Count: []int{100}}
		ctx := &anomaly.Context{Neighbourhood: &anomaly.Neighbourhood{Common: map[string]*anomaly.CommonFactor{"electricity": c}}}
		return NewKernel(ctx, &cfg).Estimate(h, 29)
	}
	plain, up, wild := with(0), with(0.2), with(3)
	if r := up.Usage / plain.Usage; math.Abs(math.Log(r)-0.2) > 0.02 {
		t.Errorf("peers 22 %% up move the estimate by a factor of %.3f", r)
	}
	if r := wild.Usage / plain.Usage; r > 1.5 {
		t.Errorf("peers may explain a factor of 1.42 at most, not %.2f", r)
	}
}

func TestTheRegionsPeersComeBeforeAllOthers(t *testing.T) {
	cfg := anomaly.DefaultConfig()
	target := monthly(30).Bills[29].Period
	common := func(log float64, count int) *anomaly.CommonFactor {
		return &anomaly.CommonFactor{First: target.Start, BinDays: 31, Log: []float64{log}, Count: []int{count}}
	}
	ctx := &anomaly.Context{Neighbourhood: &anomaly.Neighbourhood{Common: map[string]*anomaly.CommonFactor{
		"electricity": common(-0.1, 500), "electricity@hot": common(0.2, 80), "electricity@few": common(0, 0),
	}}}
	in := func(region string) float64 {
		h := monthly(30)
		h.Account.Region = region
		return NewKernel(ctx, &cfg).Estimate(h, 29).Usage
	}
	for region, want := range map[string]float64{"hot": 0.3, "few": 0, "elsewhere": 0} {
		if got := math.Log(in(region) / in("")); math.Abs(got-want) > 0.02 {
			t.Errorf("%s: %.3f above what a home without a region is expected to use, want %.1f", region, got, want)
		}
	}
}

// What all did alike is mostly the weather; a home whose weather is known has it already.
func TestTheWeatherDoesNotCountTwice(t *testing.T) {
	for _, c := range []struct {
		name                 string
		alike, weather, want float64
	}{
		{"no weather is known", 0.2, 0, 0.2},
		{"the weather is part of it", 0.2, 0.15, 0.05},
		{"the weather is more than all of it", 0.2, 0.3, 0},
		{"the weather went the other way", 0.2, -0.1, 0.2},
		{"a mild season", -0.2, -0.15, -0.05},
		{"a mild season, and more than that", -0.2, -0.3, 0},
		{"nothing in common", 0, 0.3, 0},
	} {
		if got := beside(c.alike, c.weather); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %.3f, want %.3f", c.name, got, c.want)
		}
	}
}

func TestMeterChangeKeepsTheLevel(t *testing.T) {
	h := monthly(30)
	for i := range h.Bills {
		h.Bills[i].MeterID = "old"
		if i >= 25 {
			h.Bills[i].MeterID = "new"
		}
	}
	if est := newKernel().Estimate(h, 27); est.PeriodsUsed != 27 {
		t.Errorf("%d bills used after a meter change, want 27", est.PeriodsUsed)
	}
	// A second meter beside the first one has a series of its own.
	for i := range 10 {
		b := h.Bills[i]
		b.MeterID, b.ID = "beside", b.ID+"b"
		h.Bills = append(h.Bills[:2*i+1], append([]anomaly.Bill{b}, h.Bills[2*i+1:]...)...)
	}
	last := len(h.Bills) - 1
	if est := newKernel().Estimate(h, last); est.PeriodsUsed > 29 {
		t.Errorf("%d bills used where two meters run side by side", est.PeriodsUsed)
	}
}
