package check

import "whybill/anomaly"

// C03: what somebody said of the bill, held against it.
var c03 = Check{
	ID: "C03", Severity: anomaly.Medium, Action: anomaly.ActionExplain,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.PercentArg("tolerance", cfg.Checks.ClaimTolerance, 0)}
	},
	Run: func(in *Input, out *Result) {
		for i := range in.History.Events {
			e := &in.History.Events[i]
			if e.Kind != anomaly.EventClaim || !in.concerns(e) {
				continue
			}
			in.claimedFigures(e, out)
			in.claimedOverage(e, out)
			if meter, ok := e.Field(claimMeter); ok && meter == "fine" {
				in.claimedMeter(e, out)
			}
		}
	},
}

// claimedFigures holds each figure of a claim against the bill's.
func (in *Input) claimedFigures(e *anomaly.Event, out *Result) {
	if n, ok := number(e, claimUsagePerDay); ok && in.days() > 0 {
		in.figure(e, out, claimUsagePerDay, n, in.bill.ADU(),
			anomaly.UsageArg("claimed", n, in.unit(), decimals(n)), anomaly.UsageArg("actual", in.bill.ADU(), in.unit(), 1),
			in.exactArg("usage", in.bill.Usage), anomaly.CountArg("days", in.bill.Period.Days()))
	}
	if n, ok := number(e, claimUsage); ok {
		in.figure(e, out, claimUsage, n, in.usage(), anomaly.UsageArg("claimed", n, in.unit(), decimals(n)), in.exactArg("actual", in.bill.Usage))
	}
	if n, ok := number(e, claimDays); ok {
		in.figure(e, out, claimDays, n, in.days(), anomaly.NumberArg("claimed", n, decimals(n)), anomaly.CountArg("actual", in.bill.Period.Days()))
	}
	if n, ok := number(e, claimAmount); ok && in.bill.Amount.Valid {
		claimed, _ := anomaly.DecimalFromFloat(n, decimals(n))
		in.figure(e, out, claimAmount, n, anomaly.Float(in.bill.Amount.Decimal),
			anomaly.MoneyArg("claimed", claimed, in.bill.Currency), anomaly.MoneyArg("actual", in.bill.Amount.Decimal, in.bill.Currency))
	}
}

// decimals is how many decimals a spoken figure is shown with.
func decimals(n float64) int {
	if n == float64(int64(n)) {
		return 0
	}
	return 1
}

func (in *Input) figure(e *anomaly.Event, out *Result, what string, claimed, actual float64, args ...anomaly.Arg) {
	severity, action, key := anomaly.Info, anomaly.ActionNone, "C03."+what+".supported"
	if abs(claimed-actual) > in.Config.Checks.ClaimTolerance*abs(actual) {
		severity, action, key = anomaly.Medium, anomaly.ActionExplain, "C03."+what+".contradicted"
	}
	args = append(args, anomaly.TermArg("by", "speaker."+who(e)))
	f := in.finding("C03", severity, action, what+e.Source.File+e.Note, anomaly.Message{Key: key, Args: args})
	f.Evidence = evidence(e.Source, in.bill.Source)
	out.add(f)
}

// who names the speaker in the words that the catalogue knows.
func who(e *anomaly.Event) string {
	switch s := speaker(e); s {
	case "agent", "customer", "technician":
		return s
	}
	return "somebody"
}

// claimedMeter holds "the meter is fine" against what anybody has tested: a test that saw
// it move counts before one that did not, and one that could not have seen it is none.
func (in *Input) claimedMeter(e *anomaly.Event, out *Result) {
	tested, state := in.meterTested()
	severity, action := anomaly.Medium, anomaly.ActionSelftest
	switch state {
	case meterSupported:
		severity, action = anomaly.Info, anomaly.ActionNone
	case meterContradicted:
		severity, action = anomaly.High, anomaly.ActionInspect
	}
	f := in.finding("C03", severity, action, "meter"+e.Source.File+e.Note, anomaly.Msg("C03.meter."+state, anomaly.TermArg("by", "speaker."+who(e))))
	f.Evidence = []anomaly.Source{e.Source}
	if tested != nil {
		f.Evidence = evidence(e.Source, tested.Source)
	}
	out.add(f)
}

// What tests of a meter say of "the meter is fine".
const (
	meterUntested     = "untested"
	meterFace         = "face_only"
	meterSupported    = "supported"
	meterContradicted = "contradicted"
)

// meterTested finds the test that says most about the meter.
func (in *Input) meterTested() (tested *anomaly.Event, state string) {
	state = meterUntested
	for i := range in.History.Events {
		t := &in.History.Events[i]
		if t.Kind != anomaly.EventVisitDone || !in.concerns(t) {
			continue
		}
		if meterFaceOnly(t) && state == meterUntested {
			tested, state = t, meterFace
		}
		if !meterFaceOnly(t) {
			tested, state = t, meterSupported
		}
	}
	for t, r := range in.selftests {
		switch {
		case movedAtNoLoad(t), r.Verdict == TestNeighbour:
			return t, meterContradicted
		case r.Verdict == TestStill:
			tested, state = t, meterSupported
		}
	}
	return tested, state
}

// meterFaceOnly reports whether a visit says that it did no more than read the meter again.
func meterFaceOnly(e *anomaly.Event) bool {
	parts := lookedAt(e)
	return len(parts) > 0 && anomaly.FaceOnly(parts)
}

func movedAtNoLoad(e *anomaly.Event) bool {
	counts, ok := number(e, "counts")
	main, _ := e.Field("main")
	return ok && counts > 1 && main == "off"
}
