package decide

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"whybill/anomaly"
)

// The figures of statistics.md 5.1, where a simulation confirms them (59.35 and 0.386).
func TestTwoHypothesesClosedForm(t *testing.T) {
	wait, now, visit := TwoHypotheses(0.3, 2, 400, 380, 100, 0.99)
	if math.Abs(wait-59.12) > 0.01 || math.Abs(visit-0.386) > 0.001 || math.Abs(now-20) > 1e-9 {
		t.Errorf("waiting is worth %.2f with a visit in %.3f, acting now %.2f; want 59.12, 0.386, 20", wait, visit, now)
	}
	// 110.0 < 140: inspect now.
	wait, now, _ = TwoHypotheses(0.6, 3, 400, 300, 100, 0.99)
	if math.Abs(wait-110) > 0.5 || math.Abs(now-140) > 1e-9 {
		t.Errorf("waiting %.1f against %.1f now, want 110.0 against 140", wait, now)
	}
	// What looks the same on the next bill cannot change anything.
	for _, p := range []float64{0.1, 0.5, 0.9} {
		wait, now, visit = TwoHypotheses(p, 0, 400, 380, 100, 0.99)
		if wait > now || visit != 0 && visit != 1 {
			t.Errorf("p %.1f: waiting %.1f beats %.1f now without any separation", p, wait, now)
		}
	}
}

// position is a situation without events whose next bill is predicted with scale sd.
func suspicion(p map[anomaly.Cause]float64, usage float64) *Input {
	b := anomaly.Bill{
		AccountID: "a", ID: "b", Period: anomaly.Period{Start: anomaly.MustDate("2026-01-01"), End: anomaly.MustDate("2026-01-31")}, Currency: "TWD",
	}
	b.Usage, _ = anomaly.DecimalFromFloat(usage, 0)
	b.Amount = anomaly.Known(anomaly.MustDecimal("900"))
	in := &Input{
		History:  &anomaly.History{Account: anomaly.Account{ID: "a", Service: anomaly.Electricity}, Bills: []anomaly.Bill{b}},
		Estimate: &anomaly.Estimate{Known: true, Comparable: true, Usage: 300, Mu: math.Log(10), Scale: 0.12, DOF: 30, PeriodsUsed: 24, High99: 440, Reference: anomaly.Reference{Usage: 300}},
		AsOf:     anomaly.MustDate("2026-02-10"), UnitPrice: 3,
	}
	rest := 1.0
	for _, v := range p {
		rest -= v
	}
	for _, c := range anomaly.Causes {
		q, named := p[c]
		if !named {
			q = rest / float64(len(anomaly.Causes)-len(p))
		}
		in.Causes = append(in.Causes, anomaly.CauseProbability{Cause: c, Probability: q})
	}
	slices.SortStableFunc(in.Causes, func(a, b anomaly.CauseProbability) int {
		switch {
		case a.Probability > b.Probability:
			return -1
		case a.Probability < b.Probability:
			return 1
		}
		return 0
	})
	return in
}

func (in *Input) asked() *Input {
	in.History.Events = append(in.History.Events, anomaly.Event{At: anomaly.MustDate("2026-02-05"), Kind: anomaly.EventComplaint})
	return in
}

func (in *Input) finding(f anomaly.Finding) *Input {
	in.Findings = append(in.Findings, f)
	return in
}

func TestTheNextStep(t *testing.T) {
	const sure = 0.97
	inspected := suspicion(map[anomaly.Cause]float64{anomaly.CauseTappedByOthers: 0.5, anomaly.CauseMoreAppliances: 0.45}, 480).asked()
	inspected.History.Inspections = []anomaly.Inspection{{Outcome: anomaly.NothingFound, On: anomaly.MustDate("2026-01-20")}}
	estimated := suspicion(map[anomaly.Cause]float64{anomaly.CauseEstimatedCatchUp: 0.9}, 480).asked()
	estimated.History.Bills[0].Quality = anomaly.Estimated
	since := func(logBF float64) *Input {
		in := suspicion(map[anomaly.Cause]float64{anomaly.CauseNormalVariation: 0.3, anomaly.CauseMoreAppliances: 0.3, anomaly.CauseLeakBehindMeter: 0.2}, 305).asked()
		in.Estimate.Change = anomaly.ChangeTest{Bills: 6, Onset: anomaly.MustDate("2025-08-01"), Shift: 0.3, LogBFUp: logBF, LogBFDown: -9}
		return in
	}
	// Nothing of it shows in the account's own bills: this one is as expected.
	missing := func(check, key string, usage float64) *Input {
		in := suspicion(map[anomaly.Cause]float64{anomaly.CauseBypassOrTheft: 0.8, anomaly.CauseNormalVariation: 0.15}, 43).
			finding(anomaly.Finding{Check: check, Severity: anomaly.Medium, Message: anomaly.Msg(key), Usage: anomaly.KnownUsage(usage)})
		in.Estimate.Usage, in.Estimate.Mu, in.Estimate.Low95, in.Estimate.High95, in.Estimate.High99 = 42, math.Log(1.4), 34, 52, 57
		return in
	}
	for _, c := range []struct {
		name string
		in   *Input
		want anomaly.Action
		then anomaly.Action
	}{
		{"nothing wrong, nobody asks", suspicion(map[anomaly.Cause]float64{anomaly.CauseNormalVariation: sure}, 310), anomaly.ActionNone, ""},
		{"nothing wrong, somebody asks", suspicion(map[anomaly.Cause]float64{anomaly.CauseNormalVariation: sure}, 310).asked(), anomaly.ActionExplain, ""},
		{"the weather, somebody asks", suspicion(map[anomaly.Cause]float64{anomaly.CauseWeather: sure}, 450).asked(), anomaly.ActionExplain, ""},
		{"a wrong multiplier", suspicion(map[anomaly.Cause]float64{anomaly.CauseWrongMultiplier: sure}, 600), anomaly.ActionRebill, ""},
		{"an estimate that caught up", suspicion(map[anomaly.Cause]float64{anomaly.CauseEstimatedCatchUp: sure}, 600), anomaly.ActionRebill, ""},
		{"an estimate that is one itself", estimated, anomaly.ActionReread, anomaly.ActionRebill},
		{"a misread", suspicion(map[anomaly.Cause]float64{anomaly.CauseMisread: 0.8}, 1300), anomaly.ActionReread, anomaly.ActionRebill},
		{"a misread that the next reading has shown", suspicion(map[anomaly.Cause]float64{anomaly.CauseMisread: 0.8}, 40).
			finding(anomaly.Finding{Check: "R04", Action: anomaly.ActionRebill, Severity: anomaly.High, Weight: 7}), anomaly.ActionRebill, ""},
		{"the same, and less than nothing was billed", suspicion(map[anomaly.Cause]float64{anomaly.CauseMisread: 0.8}, -400).
			finding(anomaly.Finding{Check: "R12", Action: anomaly.ActionFixData, Severity: anomaly.High}).
			finding(anomaly.Finding{Check: "R04", Action: anomaly.ActionRebill, Severity: anomaly.High, Weight: 7}), anomaly.ActionRebill, ""},
		{"less than nothing was billed, and no reading shows why", suspicion(map[anomaly.Cause]float64{anomaly.CauseMisread: 0.8}, -400).
			finding(anomaly.Finding{Check: "R12", Action: anomaly.ActionFixData, Severity: anomaly.High}), anomaly.ActionFixData, anomaly.ActionReread},
		{"less than nothing was billed, and the readings say what is right", suspicion(map[anomaly.Cause]float64{anomaly.CauseTariffOrBilling: 0.8}, -5000).
			finding(anomaly.Finding{Check: "R12", Action: anomaly.ActionFixData, Severity: anomaly.High}).
			finding(anomaly.Finding{Check: "R08", Action: anomaly.ActionRebill, Severity: anomaly.Critical}), anomaly.ActionRebill, ""},
		{"less than nothing was billed, and no multiplier makes that of the readings", suspicion(map[anomaly.Cause]float64{anomaly.CauseTariffOrBilling: 0.8}, -5000).
			finding(anomaly.Finding{Check: "R08", Action: anomaly.ActionFixData, Severity: anomaly.High}), anomaly.ActionFixData, anomaly.ActionRebill},
		{"a slip in the last reading says more than the pair", suspicion(map[anomaly.Cause]float64{anomaly.CauseMisread: 0.8}, 1300).
			finding(anomaly.Finding{Check: "R04", Action: anomaly.ActionRebill, Severity: anomaly.High, Weight: 2}).
			finding(anomaly.Finding{Check: "R03", Action: anomaly.ActionReread, Severity: anomaly.High, Weight: 7}), anomaly.ActionReread, anomaly.ActionRebill},
		{"a misread that the reading since has shown, or a tap, somebody asks", suspicion(map[anomaly.Cause]float64{anomaly.CauseMisread: 0.55, anomaly.CauseTappedByOthers: 0.4}, 1300).asked().
			finding(anomaly.Finding{Check: "R04", Action: anomaly.ActionRebill, Severity: anomaly.High, Weight: 7}), anomaly.ActionRebill, ""},
		{"a meter that has slowed down", suspicion(map[anomaly.Cause]float64{anomaly.CauseMeterSlow: 0.8}, 130), anomaly.ActionInspect, ""},
		{"a tap or more appliances, somebody asks", suspicion(map[anomaly.Cause]float64{anomaly.CauseTappedByOthers: 0.2, anomaly.CauseMoreAppliances: 0.6}, 480).asked(), anomaly.ActionSelftest, anomaly.ActionInspect},
		{"the same, and the self-test has been made", suspicion(map[anomaly.Cause]float64{anomaly.CauseTappedByOthers: 0.7, anomaly.CauseMoreAppliances: 0.2}, 480).asked().
			finding(anomaly.Finding{Check: "M04", Action: anomaly.ActionInspect, Severity: anomaly.Critical}), anomaly.ActionInspect, ""},
		{"a self-test has found the circuit that draws", suspicion(map[anomaly.Cause]float64{anomaly.CauseLeakBehindMeter: 0.55, anomaly.CauseMoreAppliances: 0.35}, 480).asked().
			finding(anomaly.Finding{Check: "M05", Action: anomaly.ActionExplain, Severity: anomaly.Medium, Message: anomaly.Message{Key: "M05.branch"}}), anomaly.ActionApplianceReview, ""},
		{"the same, and the last reading may be misread as well", suspicion(map[anomaly.Cause]float64{anomaly.CauseLeakBehindMeter: 0.55, anomaly.CauseMisread: 0.15, anomaly.CauseMoreAppliances: 0.2}, 480).asked().
			finding(anomaly.Finding{Check: "R03", Action: anomaly.ActionReread, Severity: anomaly.High, Weight: 3}).
			finding(anomaly.Finding{Check: "M05", Action: anomaly.ActionExplain, Severity: anomaly.Medium, Message: anomaly.Message{Key: "M05.branch"}}), anomaly.ActionApplianceReview, ""},
		{"a self-test has found that something draws at the panel", suspicion(map[anomaly.Cause]float64{anomaly.CauseLeakBehindMeter: 0.6, anomaly.CauseTappedByOthers: 0.3}, 480).asked().
			finding(anomaly.Finding{Check: "M05", Action: anomaly.ActionInspect, Severity: anomaly.Medium, Message: anomaly.Message{Key: "M05.panel"}}), anomaly.ActionInspect, ""},
		{"used as before, and the account is closed", suspicion(map[anomaly.Cause]float64{anomaly.CauseOccupancy: 0.5, anomaly.CauseBypassOrTheft: 0.25}, 300).
			finding(anomaly.Finding{Check: "R10", Action: anomaly.ActionInspect, Severity: anomaly.High, Message: anomaly.Msg("R10.closed"), Usage: anomaly.KnownUsage(300)}), anomaly.ActionInspect, ""},
		{"used as before, and closed at a time not known", suspicion(map[anomaly.Cause]float64{anomaly.CauseOccupancy: 0.5, anomaly.CauseNormalVariation: 0.3}, 300).
			finding(anomaly.Finding{Check: "R10", Action: anomaly.ActionInspect, Severity: anomaly.High, Message: anomaly.Msg("R10.undated"), Usage: anomaly.KnownUsage(300)}), anomaly.ActionNone, ""},
		{"used in a vacancy, and nothing named explains how much", suspicion(map[anomaly.Cause]float64{anomaly.CauseOther: 0.58, anomaly.CauseOccupancy: 0.17, anomaly.CauseTappedByOthers: 0.12}, 2000).
			finding(anomaly.Finding{Check: "R10", Action: anomaly.ActionInspect, Severity: anomaly.High, Message: anomaly.Msg("R10.vacant"), Usage: anomaly.KnownUsage(2000)}), anomaly.ActionInspect, ""},
		{"six units used on a closed account", suspicion(map[anomaly.Cause]float64{anomaly.CauseOccupancy: 0.5, anomaly.CauseBypassOrTheft: 0.25}, 6).
			finding(anomaly.Finding{Check: "R10", Action: anomaly.ActionInspect, Severity: anomaly.High, Message: anomaly.Msg("R10.closed"), Usage: anomaly.KnownUsage(6)}), anomaly.ActionNone, ""},
		{"always less than nearly all others use", missing("U09", "U09.low", -90), anomaly.ActionInspect, ""},
		{"always a little less than nearly all others use", missing("U09", "U09.low", -4), anomaly.ActionNone, ""},
		{"people live there, and always less than a refrigerator takes", missing("N02", "N02.minimum", -120), anomaly.ActionInspect, ""},
		{"somebody asks about a bill that is as expected", suspicion(map[anomaly.Cause]float64{anomaly.CauseNormalVariation: 0.3, anomaly.CauseMoreAppliances: 0.3, anomaly.CauseLeakBehindMeter: 0.2}, 305).asked(), anomaly.ActionExplain, ""},
		{"the same, and six bills are perhaps a little higher, rather not", since(-1.5), anomaly.ActionExplain, ""},
		{"the same, and six bills are higher", since(6), anomaly.ActionSelftest, anomaly.ActionInspect},
		{"somebody asks about one that is a fifth higher", suspicion(map[anomaly.Cause]float64{anomaly.CauseNormalVariation: 0.3, anomaly.CauseMoreAppliances: 0.3, anomaly.CauseLeakBehindMeter: 0.2}, 360).asked(), anomaly.ActionSelftest, anomaly.ActionInspect},
		{"nobody asks about five times as much, which is perhaps normal", suspicion(map[anomaly.Cause]float64{anomaly.CauseNormalVariation: 0.97}, 1500), anomaly.ActionExplain, ""},
		{"nor about five times as much that one dial explains", suspicion(map[anomaly.Cause]float64{anomaly.CauseNormalVariation: 0.82, anomaly.CauseMisread: 0.12}, 1500).
			finding(anomaly.Finding{Check: "R03", Action: anomaly.ActionReread, Severity: anomaly.High, Weight: 3}), anomaly.ActionReread, anomaly.ActionRebill},
		{"a visit has found nothing, and nothing is new", inspected, anomaly.ActionSelftest, anomaly.ActionInspect},
		{"rows that contradict each other", suspicion(map[anomaly.Cause]float64{anomaly.CauseMisread: 0.8}, 1300).
			finding(anomaly.Finding{Check: "D05", Action: anomaly.ActionFixData, Severity: anomaly.Medium}), anomaly.ActionFixData, anomaly.ActionReread},
		{"lines that do not add up on a usual bill", suspicion(map[anomaly.Cause]float64{anomaly.CauseNormalVariation: 0.9}, 310).
			finding(anomaly.Finding{Check: "B02", Action: anomaly.ActionRebill, Severity: anomaly.Critical}), anomaly.ActionRebill, ""},
		{"a reminder while a change is pending", suspicion(map[anomaly.Cause]float64{anomaly.CauseNormalVariation: 0.9}, 310).
			finding(anomaly.Finding{Check: "C08", Action: anomaly.ActionHoldCollection, Severity: anomaly.Critical}), anomaly.ActionHoldCollection, ""},
		{"a reminder during a dispute that a self-test would move on", suspicion(map[anomaly.Cause]float64{anomaly.CauseTappedByOthers: 0.2, anomaly.CauseMoreAppliances: 0.6}, 480).asked().
			finding(anomaly.Finding{Check: "C08", Action: anomaly.ActionHoldCollection, Severity: anomaly.Critical}), anomaly.ActionHoldCollection, anomaly.ActionSelftest},
		{"the same, and the self-test has found a reason for a visit", suspicion(map[anomaly.Cause]float64{anomaly.CauseTappedByOthers: 0.7, anomaly.CauseMoreAppliances: 0.2}, 480).asked().
			finding(anomaly.Finding{Check: "C08", Action: anomaly.ActionHoldCollection, Severity: anomaly.Critical}).
			finding(anomaly.Finding{Check: "M04", Action: anomaly.ActionInspect, Severity: anomaly.Critical}), anomaly.ActionInspect, ""},
		{"a plan that began later than it was paid for", suspicion(map[anomaly.Cause]float64{anomaly.CausePlanChangeGap: sure}, 300).asked(), anomaly.ActionGoodwill, ""},
		{"too little data, somebody asks", suspicion(map[anomaly.Cause]float64{anomaly.CauseInsufficientData: sure}, 300).asked(), anomaly.ActionEvidence, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := Decide(c.in)
			if v.Action != c.want || v.Then != c.then {
				t.Errorf("%s then %q, want %s then %q (%+v)", v.Action, v.Then, c.want, c.then, v.Options)
			}
			if v.Reason.Key == "" || v.Wait.Reason.Key == "" {
				t.Errorf("no reason: %+v, %+v", v.Reason, v.Wait.Reason)
			}
		})
	}
}

// Of a premise that stands empty nothing is expected, and no share of nothing is more. How
// many times as much as usual it uses again is told by what it uses when somebody is there:
// here 300, so that 525 are 1.75 times as much and 750 two and a half times.
func TestMoreThanNothing(t *testing.T) {
	for usage, want := range map[float64]string{
		500: "decide.none.outside",
		900: "decide.reason.explain.tell.nothing",
	} {
		in := suspicion(map[anomaly.Cause]float64{anomaly.CauseNormalVariation: 0.97}, usage)
		in.Estimate.Usage, in.Estimate.Vacant, in.Estimate.High95 = 0, 0.9, 400
		v := Decide(in)
		if v.Reason.Key != want {
			t.Errorf("%.0f kWh: %s, %s %+v; want %s", usage, v.Action, v.Reason.Key, v.Reason.Args, want)
		}
	}
}

// The first bill of nought is a reason to ask whether anybody was there, the second one to
// go and see; in between, nobody waits for a third.
func TestNothingUsedWhereSomebodyLives(t *testing.T) {
	zeros := func(n int, p map[anomaly.Cause]float64) *Input {
		in := suspicion(p, 0)
		b := in.History.Bills[0]
		in.History.Bills = nil
		for i := range n {
			b.Period = anomaly.Period{Start: anomaly.MustDate("2026-01-01").AddMonths(i - n + 1), End: anomaly.MustDate("2026-01-01").AddMonths(i - n + 2)}
			in.History.Bills = append(in.History.Bills, b)
		}
		in.Bill = n - 1
		return in.finding(anomaly.Finding{Check: "R11", Action: anomaly.ActionInspect, Severity: anomaly.Medium})
	}
	first := map[anomaly.Cause]float64{anomaly.CauseVacancy: 0.6, anomaly.CauseMeterSlow: 0.25, anomaly.CauseNormalVariation: 0.1}
	second := map[anomaly.Cause]float64{anomaly.CauseVacancy: 0.57, anomaly.CauseMeterSlow: 0.42}
	away := map[anomaly.Cause]float64{anomaly.CauseVacancy: 0.9, anomaly.CauseMeterSlow: 0.05}
	for _, c := range []struct {
		name string
		in   *Input
		want anomaly.Action
		then anomaly.Action
	}{
		{"one bill", zeros(1, first), anomaly.ActionEvidence, anomaly.ActionInspect},
		{"a second one", zeros(2, second), anomaly.ActionInspect, ""},
		{"a third one, where hardly anybody can be there", zeros(3, away), anomaly.ActionNone, ""},
	} {
		v := Decide(Believed(c.in))
		if v.Action != c.want || v.Then != c.then || v.Wait.Allowed {
			t.Errorf("%s: %s then %q (waiting %t), want %s then %q", c.name, v.Action, v.Then, v.Wait.Allowed, c.want, c.then)
		}
	}
}

func TestRefusalsSayWhy(t *testing.T) {
	refused := func(v anomaly.Verdict, a anomaly.Action) string {
		for _, r := range v.Refused {
			if r.Action == a {
				return r.Reason.Key
			}
		}
		return ""
	}
	use := Decide(suspicion(map[anomaly.Cause]float64{anomaly.CauseMoreAppliances: 0.98}, 480).asked())
	if got := refused(use, anomaly.ActionInspect); got != "decide.refused.explain_only" {
		t.Errorf("a visit where only an explanation is due: %q", got)
	}
	if got := refused(use, anomaly.ActionReread); got != "decide.refused.reread" {
		t.Errorf("reading a right reading again: %q", got)
	}
	again := suspicion(map[anomaly.Cause]float64{anomaly.CauseTappedByOthers: 0.5, anomaly.CauseMoreAppliances: 0.45}, 480).asked()
	again.History.Inspections = []anomaly.Inspection{{Outcome: anomaly.NothingFound, On: anomaly.MustDate("2026-01-20")}}
	if got := refused(Decide(again), anomaly.ActionInspect); got != "decide.refused.repeat" {
		t.Errorf("a repeat visit without a new reason: %q", got)
	}
	tap := Decide(suspicion(map[anomaly.Cause]float64{anomaly.CauseTappedByOthers: 0.15, anomaly.CauseMoreAppliances: 0.8}, 480).asked())
	if got := refused(tap, anomaly.ActionWait); got != "decide.wait.same_next_costs" {
		t.Errorf("waiting for the same bill again: %q", got)
	}
}

func TestWaiting(t *testing.T) {
	// Everything stays: a tap, a leak, more use. The next bill is this one again.
	same := Decide(Believed(suspicion(map[anomaly.Cause]float64{anomaly.CauseTappedByOthers: 0.3, anomaly.CauseLeakBehindMeter: 0.2, anomaly.CauseMoreAppliances: 0.48}, 480).asked()))
	if same.Wait.Allowed || same.Wait.Changes > 0.05 {
		t.Errorf("waiting for the same bill: %+v", same.Wait)
	}
	// Away or a slow meter, nobody asks: people come back, meters do not.
	away := Decide(Believed(suspicion(map[anomaly.Cause]float64{anomaly.CauseVacancy: 0.72, anomaly.CauseMeterSlow: 0.25}, 130)))
	if !away.Wait.Allowed || away.Action != anomaly.ActionWait || away.Wait.Changes < 0.2 || away.Wait.Until != anomaly.MustDate("2026-03-02") {
		t.Errorf("away or slow: %s, %+v", away.Action, away.Wait)
	}
	if !away.Wait.AtMost.Valid || away.Wait.AtMost.Value > 250 || away.Then != anomaly.ActionInspect {
		t.Errorf("the reading that decides is not named: %+v, then %s", away.Wait, away.Then)
	}
	// The meter more likely: asking whether anybody was there costs less than a month.
	doubtful := Decide(Believed(suspicion(map[anomaly.Cause]float64{anomaly.CauseVacancy: 0.65, anomaly.CauseMeterSlow: 0.3}, 130)))
	if doubtful.Action != anomaly.ActionEvidence || doubtful.Wait.Allowed {
		t.Errorf("away or, more likely than before, slow: %s, %+v", doubtful.Action, doubtful.Wait)
	}
	// The same, and a customer is on the line: an answer costs less than a month.
	asked := Decide(Believed(suspicion(map[anomaly.Cause]float64{anomaly.CauseVacancy: 0.65, anomaly.CauseMeterSlow: 0.3}, 130).asked()))
	if asked.Wait.Allowed {
		t.Errorf("a customer who can be asked is put off: %+v", asked.Wait)
	}
	// One cause all but certain: nothing to wait for.
	sure := Decide(Believed(suspicion(map[anomaly.Cause]float64{anomaly.CauseMisread: 0.97}, 1300)))
	if sure.Wait.Allowed {
		t.Errorf("waiting with a misread that is all but certain: %+v", sure.Wait)
	}
}

// What the verdict promises of the next bill holds in the world that it believes in:
// the cause is drawn from the posterior, the next bill from what the cause makes it, and
// the decision is taken again. The promise is tested on thousands of situations.
func TestThePromiseOfWaitingIsKept(t *testing.T) {
	asPromised := Default().Keeping(anomaly.KeptAsPromised())
	rng := rand.New(rand.NewPCG(3, 5))
	const bins = 10
	var promised, kept [bins]float64
	var n [bins]int
	for range 3000 {
		p := map[anomaly.Cause]float64{}
		rest := 1.0
		for _, c := range []anomaly.Cause{anomaly.CauseVacancy, anomaly.CauseMeterSlow, anomaly.CauseMisread, anomaly.CauseOccupancy, anomaly.CauseBypassOrTheft, anomaly.CauseNormalVariation} {
			p[c] = rest * rng.Float64() * 0.9
			rest -= p[c]
		}
		bill := suspicion(p, 300*math.Exp(-0.2-0.8*rng.Float64()))
		bill.Model = asPromised // real bills hold surprises; that world holds none
		in := Believed(bill)
		v := Decide(in)
		if v.Wait.Reason.Key == "decide.wait.nothing_open" {
			continue
		}
		world := in.Ahead.(*believed)
		bin := min(bins-1, int(v.Wait.Changes*bins))
		promised[bin] += v.Wait.Changes
		n[bin]++
		if world.Next(math.Exp(world.draw(rng))).Action != Act(in) {
			kept[bin]++
		}
	}
	for b := range bins {
		if n[b] == 0 {
			continue
		}
		m := float64(n[b])
		t.Logf("promised %.3f, kept %.3f (%d)", promised[b]/m, kept[b]/m, n[b])
		// The gap asked for, and what so few draws may be off by (two and a half standard deviations).
		if gap := math.Abs(promised[b]-kept[b]) / m; n[b] >= 100 && gap > math.Max(0.05, 2.5*math.Sqrt(0.25/m)) {
			t.Errorf("promised %.3f, kept %.3f of %d", promised[b]/m, kept[b]/m, n[b])
		}
	}
}

func TestTheNumbersOfAVisit(t *testing.T) {
	in := suspicion(map[anomaly.Cause]float64{anomaly.CauseMeterSlow: 0.8}, 150)
	v := Decide(in)
	// 300 expected less 150 billed at 3 each are 450 a bill of 30 days: 0.6 of it back,
	// and 456.56 a month for a year prevented.
	value := 450*0.6 + 450/(30/daysAMonth)*12
	found := 0.85 * (0.8 + 4*0.2/19 + 0.2/19)
	if math.Abs(v.InspectionProbability-found) > 1e-9 {
		t.Errorf("a visit finds something with %.4f, want %.4f", v.InspectionProbability, found)
	}
	if math.Abs(v.Priority-(found*value-600)) > 0.01 || v.PriorityInUsage {
		t.Errorf("priority %.2f, want %.2f", v.Priority, found*value-600)
	}
	if v.Recoverable.Decimal.String() != "450" || v.RecoverableMonths != 12 {
		t.Errorf("recoverable %v in %d months, want 450 in 12", v.Recoverable, v.RecoverableMonths)
	}
	// One bill so far, and 456.56 a month for the twelve months of the window if it goes on.
	if ahead := 450 / (30 / daysAMonth) * 12; v.RecoverableBills != 1 || math.Abs(anomaly.Float(v.RecoverableAhead.Decimal)-ahead) > 0.5 {
		t.Errorf("%d bills so far and %v ahead, want 1 and %.2f", v.RecoverableBills, v.RecoverableAhead, ahead)
	}
	in.Estimate.Change = anomaly.ChangeTest{Bills: 3, Onset: in.History.Bills[0].Period.End.AddDays(-90)}
	if v := Decide(in); v.RecoverableBills != 3 {
		t.Errorf("since three bills: %d bills so far", v.RecoverableBills)
	}
	in.Estimate.Change = anomaly.ChangeTest{}
	in.UnitPrice, in.History.Bills[0].Amount = 0, anomaly.NullDecimal{}
	if v = Decide(in); !v.PriorityInUsage || v.Recoverable.Valid {
		t.Errorf("without a price: in usage %t, recoverable %v", v.PriorityInUsage, v.Recoverable)
	}
}

func TestAMeterThatStandsStillIsPricedByEarlierBills(t *testing.T) {
	in := suspicion(map[anomaly.Cause]float64{anomaly.CauseMeterSlow: 0.8}, 0)
	in.UnitPrice = 0
	still := in.History.Bills[0]
	still.Amount = anomaly.Known(anomaly.MustDecimal("100")) // the basic charge
	earlier := still
	earlier.ID, earlier.Period = "earlier", anomaly.Period{Start: still.Period.Start.AddMonths(-1), End: still.Period.Start}
	earlier.Usage, earlier.Amount = anomaly.MustDecimal("300"), anomaly.Known(anomaly.MustDecimal("900"))
	other := earlier
	other.Currency, other.Amount = "XXX", anomaly.Known(anomaly.MustDecimal("9"))
	in.History.Bills, in.Bill = []anomaly.Bill{earlier, other, still}, 2
	if v := Decide(in); v.PriorityInUsage || v.Priority <= 0 {
		t.Errorf("priority %.2f, in usage %t; want it in the bill's currency", v.Priority, v.PriorityInUsage)
	}
	in.History.Bills, in.Bill = []anomaly.Bill{other, still}, 1
	if v := Decide(in); !v.PriorityInUsage {
		t.Errorf("priced by a bill in another currency: %.2f", v.Priority)
	}
	cfg := anomaly.DefaultConfig()
	cfg.Stakes.UnitPrices[anomaly.Electricity] = anomaly.Known(anomaly.MustDecimal("2.5"))
	in.Config = &cfg
	if v := Decide(in); v.PriorityInUsage {
		t.Error("the configured price of the service is not taken")
	}
}

func TestABillAfterBillsWithoutUsageIsHeldAgainstWhatWasUsual(t *testing.T) {
	in := suspicion(map[anomaly.Cause]float64{anomaly.CauseTappedByOthers: 0.5}, 315)
	// Two bills without usage: nothing is expected, but 300 (Mu) if somebody is there.
	in.Estimate.Usage, in.Estimate.Vacant = 0, 0.7
	v := Decide(in)
	// 15 units at 3 each, one bill.
	if want := anomaly.Known(anomaly.MustDecimal("45")); v.Recoverable != want {
		t.Errorf("%v are recoverable, want %v", v.Recoverable, want)
	}
}

func batch(n int) []Candidate {
	cs := make([]Candidate, n)
	for i := range cs {
		cs[i] = Candidate{
			Account: fmt.Sprintf("acc-%04d", i), Bill: "b", Route: fmt.Sprintf("r%d", i%7), Action: anomaly.ActionInspect,
			Found: 0.3 + 0.6*float64(i%97)/97, Value: float64(1+i%301) * 10, Hours: 1,
		}
	}
	return cs
}

func TestVisitsAreChosenByValueAnHour(t *testing.T) {
	cs := batch(500)
	cs[17].Value, cs[17].Hours = 6000, 4 // 1,500 an hour
	r := Rank(cs, RankOptions{Visits: 40, Explore: 0.05, Seed: 9})
	chosen, random := 0, 0
	for i, v := range r.Visits {
		if v.Random {
			random++
			if v.Propensity <= 0 || v.Propensity >= 1 {
				t.Errorf("drawn with probability %g", v.Propensity)
			}
			continue
		}
		chosen++
		if i > 0 && cs[v.Index].Value/cs[v.Index].Hours > cs[r.Visits[i-1].Index].Value/cs[r.Visits[i-1].Index].Hours {
			t.Errorf("place %d is worth more an hour than the one before", i)
		}
	}
	if chosen != 38 || random != 2 {
		t.Errorf("%d chosen and %d at random, want 38 and 2", chosen, random)
	}
	if math.Abs(r.HitRate+r.FDR-1) > 1e-12 || r.ShadowPrice <= 0 {
		t.Errorf("hit rate %.3f, false discoveries %.3f, shadow price %.0f", r.HitRate, r.FDR, r.ShadowPrice)
	}
	shuffled := slices.Clone(cs)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	s := Rank(shuffled, RankOptions{Visits: 40, Explore: 0.05, Seed: 9})
	for i := range r.Visits {
		if cs[r.Visits[i].Index].Account != shuffled[s.Visits[i].Index].Account {
			t.Fatalf("place %d depends on the order of the rows", i)
		}
	}
}

func TestARouteIsOneMatter(t *testing.T) {
	p := anomaly.Period{Start: anomaly.MustDate("2026-01-03"), End: anomaly.MustDate("2026-02-02")}
	var bills []RouteBill
	for i := range 400 {
		b := RouteBill{Route: fmt.Sprintf("r%d", i%10), Period: p}
		if i%37 == 0 {
			b.Side = 1 // one in 37 everywhere
		}
		if i%10 == 3 && i%20 == 3 {
			b.Side = 1 // half of route 3
		}
		bills = append(bills, b)
	}
	shocks := RouteShocks(bills)
	if len(shocks) != 1 || shocks[0].Route != "r3" || !shocks[0].Up || shocks[0].Accounts != 40 || shocks[0].Share < 0.5 {
		t.Fatalf("shocks %+v", shocks)
	}
	if anomaly.ShockOf(shocks, "r3", p, 1) == nil || anomaly.ShockOf(shocks, "r3", p, -1) != nil || anomaly.ShockOf(shocks, "r4", p, 1) != nil ||
		anomaly.ShockOf(shocks, "r3", anomaly.Period{Start: p.End, End: p.End + 30}, 1) != nil {
		t.Error("bills are taken for part of the shock that are none, or the other way round")
	}
}

// Three of thirteen are out: two, which chance makes, and the one that is asked about.
// Four are more than that.
func TestARouteIsNotOutByTheBillThatIsAskedAbout(t *testing.T) {
	p := anomaly.Period{Start: anomaly.MustDate("2026-01-03"), End: anomaly.MustDate("2026-02-02")}
	for out, want := range map[int]int{3: 0, 4: 1} {
		var bills []RouteBill
		for i := range 130 {
			b := RouteBill{Route: fmt.Sprintf("r%d", i/13), Period: p}
			if i < out {
				b.Side = -1
			}
			bills = append(bills, b)
		}
		if shocks := RouteShocks(bills); len(shocks) != want {
			t.Errorf("%d of 13: shocks %+v", out, shocks)
		}
	}
}

func TestAcceptedFindings(t *testing.T) {
	s, err := LoadSuppressions(strings.NewReader("[[accepted]]\nref = \"U01-aa\"\nuntil = 2026-06-30\nreason = \"sauna, seen\"\nby = \"li\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	before, after := anomaly.MustDate("2026-06-30"), anomaly.MustDate("2026-07-01")
	if !s.Has("U01-aa", before) || s.Has("U01-aa", after) || s.Has("U01-bb", before) {
		t.Error("acceptance does not hold until its last day, or beyond it")
	}
	one := []anomaly.Finding{{Check: "U01", Ref: "U01-aa", Severity: anomaly.High}, {Check: "U11", Ref: "U11-cc", Severity: anomaly.Low}}
	if !s.Cover(one, before) || s.Cover(append(one, anomaly.Finding{Check: "R03", Ref: "R03-dd", Severity: anomaly.High}), before) || s.Cover(nil, before) {
		t.Error("what is accepted is taken for all there is, or all there is for nothing")
	}
	for _, bad := range []string{
		"[[accepted]]\nref = \"U01-aa\"\nreason = \"x\"\n", "[[accepted]]\nuntil = 2026-06-30\nreason = \"x\"\n",
		"[[accepted]]\nref = \"U01-aa\"\nuntil = 2026-06-30\n", "[[acepted]]\n", "nonsense",
	} {
		if _, err := LoadSuppressions(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	good := string(DefaultFile())
	for name, c := range map[string][2]string{
		"an unknown version": {"version = 2", "version = 3"},
		"a cause missing":    {"weather                    =", "wether                    ="},
		"an unknown action":  {`settled_by = "goodwill"`, `settled_by = "magic"`},
		"shares over one":    {"{same = 0.9, back = 0.1}", "{same = 0.9, back = 0.2}"},
		"a certain test":     {"misread = 0.95", "misread = 1.0"},
		"a ghost to be seen": {"vacancy = 0.75", "ghost = 0.75"},
		"an unknown field":   {"quiet = 0.5", "quite = 0.5"},
		"an action too many": {"goodwill  = {cost", "wait = {cost = 0.1}\ngoodwill  = {cost"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(good, c[0]) {
				t.Fatalf("the file does not have %q", c[0])
			}
			_, err := Load(strings.NewReader(strings.Replace(good, c[0], c[1], 1)))
			if fault := (*anomaly.Fault)(nil); !errors.As(err, &fault) {
				t.Errorf("%v; want a fault that can be put into words", err)
			}
		})
	}
	if _, err := Load(bytes.NewReader(DefaultFile())); err != nil {
		t.Error(err)
	}
}

func BenchmarkDecideQuietAccount(b *testing.B) {
	in := suspicion(map[anomaly.Cause]float64{anomaly.CauseNormalVariation: 0.97}, 310)
	b.ReportAllocs()
	for b.Loop() {
		Decide(in)
	}
}

func BenchmarkDecideFlaggedAccount(b *testing.B) {
	in := Believed(suspicion(map[anomaly.Cause]float64{anomaly.CauseTappedByOthers: 0.2, anomaly.CauseMoreAppliances: 0.6}, 480).asked())
	b.ReportAllocs()
	for b.Loop() {
		Decide(in)
	}
}
