package decide

import (
	"slices"
	"testing"

	"whybill/anomaly"
)

func (in *Input) inspected(on, outcome, lookedAt string) *Input {
	day := anomaly.MustDate(on)
	in.History.Inspections = append(in.History.Inspections, anomaly.Inspection{AccountID: "a", On: day, Outcome: outcome})
	if lookedAt != "" {
		in.History.Events = append(in.History.Events, anomaly.Event{At: day, Kind: anomaly.EventVisitDone, Note: "looked_at=" + lookedAt})
	}
	return in
}

// Whatever a visit has found, nobody is sent again for it, and nobody is asked to test.
func TestWhatFollowsAFind(t *testing.T) {
	follows := map[anomaly.Cause]anomaly.Action{
		anomaly.CauseMisread: anomaly.ActionRebill, anomaly.CauseMeterFast: anomaly.ActionRebill, anomaly.CauseMeterSlow: anomaly.ActionRebill,
		anomaly.CauseTappedByOthers: anomaly.ActionRebill, anomaly.CauseBypassOrTheft: anomaly.ActionRebill,
		anomaly.CauseCrossedMeter: anomaly.ActionRebill, anomaly.CauseWrongMultiplier: anomaly.ActionRebill,
		anomaly.CauseLeakBehindMeter: anomaly.ActionExplain, anomaly.CauseMoreAppliances: anomaly.ActionExplain, anomaly.CauseVacancy: anomaly.ActionExplain,
		anomaly.CausePlanChangeGap: anomaly.ActionGoodwill,
	}
	for cause, want := range follows {
		for name, in := range map[string]*Input{
			"asked":   suspicion(map[anomaly.Cause]float64{cause: 0.98}, 480).asked().inspected("2026-02-05", string(cause), "wiring"),
			"unasked": suspicion(map[anomaly.Cause]float64{cause: 0.98}, 480).inspected("2026-02-05", string(cause), ""),
		} {
			t.Run(string(cause)+" "+name, func(t *testing.T) {
				v := Decide(in)
				if v.Action != want || v.Then == anomaly.ActionInspect || v.Wait.Allowed {
					t.Errorf("%s, then %q, waiting %t; want %s", v.Action, v.Then, v.Wait.Allowed, want)
				}
				if v.FoundOn != anomaly.MustDate("2026-02-05") || v.Reason.Key != "decide.reason.found" {
					t.Errorf("found on %s, because of %s", v.FoundOn, v.Reason.Key)
				}
				if got := refusal(v.Refused, anomaly.ActionInspect); got != "decide.refused.found" {
					t.Errorf("another visit: %q", got)
				}
			})
		}
	}
}

func TestAVisitThatFoundNothingBarsAnother(t *testing.T) {
	tap := func() *Input {
		return suspicion(map[anomaly.Cause]float64{anomaly.CauseTappedByOthers: 0.8, anomaly.CauseMoreAppliances: 0.15}, 480).asked()
	}
	moves := func(in *Input, on string) *Input {
		in.History.Events = append(in.History.Events, anomaly.Event{At: anomaly.MustDate(on), Kind: anomaly.EventSelftest})
		in.Findings = append(in.Findings, anomaly.Finding{Check: "M04", Severity: anomaly.Critical, Action: anomaly.ActionInspect, Message: anomaly.Msg("M04.draw")})
		return in
	}
	for _, c := range []struct {
		name string
		in   *Input
		want anomaly.Action
	}{
		{"a whole visit", tap().inspected("2026-02-05", anomaly.NothingFound, ""), anomaly.ActionSelftest},
		{"one that looked at the wiring", tap().inspected("2026-02-05", anomaly.NothingFound, "serial,wiring"), anomaly.ActionSelftest},
		{"one that read the meter's face", tap().inspected("2026-02-05", anomaly.NothingFound, "meter_face"), anomaly.ActionInspect},
		{"one before a test that moved", moves(tap().inspected("2026-02-05", anomaly.NothingFound, ""), "2026-02-06"), anomaly.ActionInspect},
		// What was measured then was not found: it is measured again before anybody goes.
		{"one after a test that moved", moves(tap().inspected("2026-02-07", anomaly.NothingFound, ""), "2026-02-06"), anomaly.ActionSelftest},
	} {
		t.Run(c.name, func(t *testing.T) {
			if v := Decide(c.in); v.Action != c.want {
				t.Errorf("%s, want %s: %+v", v.Action, c.want, v.Options)
			}
		})
	}
}

func refusal(all []anomaly.RefusedAction, a anomaly.Action) string {
	for _, r := range all {
		if r.Action == a {
			return r.Reason.Key
		}
	}
	return ""
}

// A bill whose lines do not add up is wrong whatever was used: the reason names the
// finding, and no cause that nobody believes in.
func TestABillThatIsWrongItselfIsNotPutDownToACause(t *testing.T) {
	sum := anomaly.Finding{Check: "B02", Severity: anomaly.Critical, Action: anomaly.ActionRebill, Amount: anomaly.Known(anomaly.MustDecimal("-100"))}
	unsized := sum
	unsized.Amount = anomaly.NullDecimal{}
	for _, c := range []struct {
		name     string
		cause    anomaly.Cause
		findings []anomaly.Finding
		key      string
		args     []anomaly.Arg
	}{
		{"nothing else is wrong", anomaly.CauseMoreAppliances, []anomaly.Finding{sum}, "decide.reason.rebill.finding.amount",
			[]anomaly.Arg{anomaly.TextArg("check", "B02"), anomaly.MoneyArg("amount", anomaly.MustDecimal("100"), "TWD")}},
		{"of no known size", anomaly.CauseMoreAppliances, []anomaly.Finding{unsized}, "decide.reason.rebill.finding", []anomaly.Arg{anomaly.TextArg("check", "B02")}},
		{"a cause that is settled as well", anomaly.CauseWrongMultiplier, []anomaly.Finding{sum}, "decide.reason.rebill", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := suspicion(map[anomaly.Cause]float64{c.cause: 0.98}, 480).asked()
			in.Findings = c.findings
			v := Decide(in)
			if v.Action != anomaly.ActionRebill || v.Reason.Key != c.key || c.args != nil && !slices.Equal(v.Reason.Args, c.args) {
				t.Errorf("%s because of %s %v, want %s %v", v.Action, v.Reason.Key, v.Reason.Args, c.key, c.args)
			}
		})
	}
}
