package check

import "whybill/anomaly"

// C08: collection goes on although a dispute or a change of the payment account is open.
var c08 = Check{
	ID: "C08", Severity: anomaly.Critical, Action: anomaly.ActionHoldCollection,
	Run: func(in *Input, out *Result) {
		for notice := range in.each(anomaly.EventNoticeSent) {
			if !dunning(notice) {
				continue
			}
			if c := in.disputeOn(notice.At); c != nil {
				in.dunned(notice, c, "C08.disputed", out)
			}
			if c := in.changeOn(notice.At); c != nil {
				in.dunned(notice, c, "C08.change_pending", out)
			}
		}
		if len(out.Findings) > 0 && out.Findings[len(out.Findings)-1].Check == "C08" {
			return // it says more than that collection is to be held
		}
		if c := in.changeOn(in.AsOf); c != nil && in.concerns(c) {
			f := in.finding("C08", anomaly.Medium, anomaly.ActionHoldCollection, "pending"+c.At.String(), anomaly.Msg("C08.hold_change", anomaly.DateArg("filed", c.At)))
			f.Evidence = []anomaly.Source{c.Source}
			out.add(f)
		}
		// That a dispute is open is the desk's to know; a bill's card has other things to say.
		if c := in.disputeOn(in.AsOf); c != nil && in.bill == nil {
			f := in.finding("C08", anomaly.Info, anomaly.ActionHoldCollection, "disputed"+c.At.String(), anomaly.Msg("C08.hold_dispute", anomaly.DateArg("since", c.At)))
			f.Evidence = []anomaly.Source{c.Source}
			out.add(f)
		}
	},
}

// dunning reports whether a notice asks for money.
func dunning(notice *anomaly.Event) bool {
	if final, _ := notice.Field("final"); final == "no" {
		return false
	}
	return !yes(notice, "survey")
}

// disputeOn returns the complaint that was open on a day.
func (in *Input) disputeOn(day anomaly.Date) *anomaly.Event {
	for c := range in.each(anomaly.EventComplaint) {
		if c.At <= day && in.History.SettledBy(c, day) == nil {
			return c
		}
	}
	return nil
}

// changeOn returns the change of the payment account that had been filed and not applied
// on a day.
func (in *Input) changeOn(day anomaly.Date) *anomaly.Event {
	for i := range in.History.Events {
		c := &in.History.Events[i]
		if c.Kind != anomaly.EventAccountChange || c.At > day {
			continue
		}
		applied := in.followed(c, anomaly.EventAccountChanged)
		if (applied == nil || applied.At > day) && !in.refused(c, day) {
			return c
		}
	}
	return nil
}

// refused reports whether an application was answered for good by a day: an answer that
// names it and ends the matter.
func (in *Input) refused(application *anomaly.Event, day anomaly.Date) bool {
	answer := in.History.SettledBy(application, day)
	return answer != nil && answer.Ref != "" && answer.Ref == application.Ref
}

func (in *Input) dunned(notice, open *anomaly.Event, key string, out *Result) {
	f := in.finding("C08", anomaly.Critical, anomaly.ActionHoldCollection, key+notice.At.String(), anomaly.Msg(key,
		anomaly.DateArg("sent", notice.At), anomaly.DateArg("since", open.At)))
	f.Amount = notice.Amount
	f.Evidence = evidence(notice.Source, open.Source)
	out.add(f)
}
