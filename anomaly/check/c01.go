package check

import "whybill/anomaly"

// C01 and C02 speak about the decision, so they run after it: RunAfter.
var (
	c01 = Check{ID: "C01", Severity: anomaly.High, Action: anomaly.ActionWait}
	c02 = Check{ID: "C02", Severity: anomaly.High, Action: anomaly.ActionNone}
)

// RunAfter runs the checks that need the verdict and appends to out: C01 (may the
// customer be told to wait?), C02 (was an action proposed that separates nothing?) and
// the part of C03 that tests "it will correct itself".
func RunAfter(in *Input, verdict *anomaly.Verdict, out *Result) {
	if !in.prepare() {
		return
	}
	proposed := in.proposedWait()
	if verdict.Action != anomaly.ActionNone || proposed != nil {
		in.waitVerdict(verdict, proposed, out)
	}
	for i := range verdict.Refused {
		r := &verdict.Refused[i]
		if r.Action == anomaly.ActionWait {
			continue // C01 has said it
		}
		if e := in.proposed(r.Action); e != nil {
			f := in.finding("C02", anomaly.High, verdict.Action, string(r.Action), anomaly.Msg("C02.refused",
				anomaly.TermArg("action", string(r.Action)), anomaly.TermArg("instead", string(verdict.Action))))
			f.Evidence = []anomaly.Source{e.Source}
			out.add(f)
		}
	}
}

func (in *Input) waitVerdict(verdict *anomaly.Verdict, claim *anomaly.Event, out *Result) {
	w := &verdict.Wait
	if w.Allowed {
		f := in.finding("C01", anomaly.Info, anomaly.ActionWait, "", anomaly.Msg("C01.allowed",
			anomaly.DateArg("until", w.Until), anomaly.PercentArg("changes", w.Changes, 0)))
		f.Evidence = []anomaly.Source{in.bill.Source}
		out.add(f)
	} else {
		f := in.finding("C01", anomaly.High, verdict.Action, "", anomaly.Msg("C01.refused",
			anomaly.PercentArg("changes", w.Changes, 0), anomaly.PercentArg("resolves", w.Resolves, 0),
			anomaly.TermArg("instead", string(verdict.Action))))
		f.Evidence = []anomaly.Source{in.bill.Source}
		out.add(f)
	}
	if claim == nil {
		return
	}
	severity, action, key := anomaly.Medium, verdict.Action, "C03.correct_itself.contradicted"
	switch {
	case w.Allowed:
		severity, action, key = anomaly.Info, anomaly.ActionWait, "C03.correct_itself.open"
	case verdict.Action == anomaly.ActionNone:
		severity, action, key = anomaly.Info, anomaly.ActionNone, "C03.correct_itself.nothing"
	case w.Resolves >= 0.5 && w.Reason.Key == "decide.wait.same_step":
		key = "C03.correct_itself.told"
	case w.Resolves >= 0.5:
		key = "C03.correct_itself.later"
	}
	f := in.finding("C03", severity, action, "itself"+claim.Source.File+claim.Note, anomaly.Msg(key,
		anomaly.TermArg("by", "speaker."+who(claim)), anomaly.PercentArg("resolves", w.Resolves, 0),
		anomaly.PercentArg("changes", w.Changes, 0)))
	f.Evidence = evidence(claim.Source, in.bill.Source)
	out.add(f)
}

// proposedWait returns the claim that the bill will correct itself, or nil.
func (in *Input) proposedWait() *anomaly.Event {
	for i := range in.History.Events {
		e := &in.History.Events[i]
		if e.Kind == anomaly.EventClaim && yes(e, claimCorrectItself) && in.concerns(e) {
			return e
		}
	}
	return nil
}

// proposed returns the event that proposes an action, as a claim with
// proposed=ACTION or as a promised visit; nil where nobody did.
func (in *Input) proposed(action anomaly.Action) *anomaly.Event {
	for i := range in.History.Events {
		e := &in.History.Events[i]
		if !in.concerns(e) {
			continue
		}
		if p, ok := e.Field("proposed"); ok && p == string(action) {
			return e
		}
		if action == anomaly.ActionInspect && e.Kind == anomaly.EventVisitPromised && e.Due >= in.AsOf {
			return e
		}
	}
	return nil
}
