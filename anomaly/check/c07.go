package check

import "whybill/anomaly"

// C07: a complaint on which a clock ran out.
var c07 = Check{
	ID: "C07", Severity: anomaly.High, Action: anomaly.ActionHoldCollection, Source: "the rules file: each clock names its source",
	Run: func(in *Input, out *Result) {
		for complaint := range in.each(anomaly.EventComplaint) {
			if in.Rules == nil {
				out.skip("C07", noRules)
				return
			}
			for i := range in.Rules.Clocks {
				in.clock(complaint, &in.Rules.Clocks[i], out)
			}
		}
		in.record(out)
	},
}

func (in *Input) clock(complaint *anomaly.Event, c *anomaly.Clock, out *Result) {
	if complaint.At.IsZero() || !c.InForce(complaint.At) {
		return
	}
	due := c.Due(complaint.At, &in.Rules.Calendar)
	stopped := in.followed(complaint, c.Stops...)
	running := stopped == nil && in.AsOf <= due
	if stopped != nil && stopped.At <= due || running && in.bill != nil {
		return // a clock that runs is the desk's to watch, not for a bill's card
	}
	rests := anomaly.DaysOffKnown
	if c.Working {
		rests = in.Rules.Calendar.DaysOff(complaint.At, due)
	}
	// Who waits is told the day in any case; nobody is blamed for days off that nobody knows.
	if rests == anomaly.DaysOffUnknown && !running {
		out.skip("C07", noDaysOff)
		return
	}
	args := []anomaly.Arg{
		anomaly.DateArg("opened", complaint.At), anomaly.DateArg("due", due), anomaly.TermArg("rule", "clock."+c.ID), anomaly.TermArg("days_off", "days_off."+string(rests)),
	}
	severity, key := anomaly.High, "C07.run_out"
	action := anomaly.ActionHoldCollection
	switch {
	case running:
		severity, key, action = anomaly.Info, "C07.running", anomaly.ActionExplain
	case stopped != nil:
		// It is answered by now: that it came late is on record, and nothing is to be held.
		severity, key, action = anomaly.Low, "C07.late", anomaly.ActionNone
		args = append(args, anomaly.DateArg("answered", stopped.At))
	}
	f := in.finding("C07", severity, action, c.ID+complaint.At.String(), anomaly.Message{Key: key, Args: args})
	f.Evidence = []anomaly.Source{complaint.Source}
	if stopped != nil {
		f.Evidence = append(f.Evidence, stopped.Source)
	}
	out.add(f)
}

// record says when the utility's own inspection record is too old for a legal test.
func (in *Input) record(out *Result) {
	if in.Rules == nil || in.Rules.RecordMonths == 0 {
		return
	}
	var last *anomaly.Event
	for e := range in.each(anomaly.EventEvidence) {
		if kind, _ := e.Field("record"); kind == "inspection" {
			last = e
		}
	}
	if last == nil {
		return
	}
	dated, ok := dateField(last, "dated")
	if !ok {
		dated = last.At
	}
	until := dated.AddMonths(in.Rules.RecordMonths)
	if in.AsOf <= until {
		return
	}
	f := in.finding("C07", anomaly.Medium, anomaly.ActionEvidence, "record"+dated.String(), anomaly.Msg("C07.record_old",
		anomaly.DateArg("dated", dated), anomaly.DateArg("until", until), anomaly.CountArg("months", in.Rules.RecordMonths)))
	f.Evidence = []anomaly.Source{last.Source}
	out.add(f)
}
