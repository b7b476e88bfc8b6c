package check

import "whybill/anomaly"

// C10: feedback that nobody answered, and surveys that come too late.
var c10 = Check{
	ID: "C10", Severity: anomaly.Medium, Action: anomaly.ActionEvidence,
	Run: func(in *Input, out *Result) {
		for f := range in.each(anomaly.EventFeedback) {
			if in.Rules == nil {
				out.skip("C10", noRules)
				return
			}
			in.feedback(f, out)
		}
		if in.Rules == nil {
			return
		}
		for survey := range in.each(anomaly.EventNoticeSent) {
			if yes(survey, "survey") {
				in.survey(survey, out)
			}
		}
	},
}

func (in *Input) feedback(told *anomaly.Event, out *Result) {
	age := in.AsOf.Sub(told.At)
	if told.At.IsZero() || age <= in.Rules.FeedbackDays || in.followed(told, anomaly.EventAnswer) != nil {
		return
	}
	f := in.finding("C10", anomaly.Medium, anomaly.ActionEvidence, told.At.String()+told.Ref, anomaly.Msg("C10.unanswered",
		anomaly.DateArg("on", told.At), anomaly.CountArg("days", age), anomaly.CountArg("limit", in.Rules.FeedbackDays)))
	f.Evidence = []anomaly.Source{told.Source}
	out.add(f)
}

// survey holds the day of a survey against what it asks about: the last visit or answer.
func (in *Input) survey(survey *anomaly.Event, out *Result) {
	var about *anomaly.Event
	for i := range in.History.Events {
		e := &in.History.Events[i]
		if (e.Kind == anomaly.EventVisitDone || e.Kind == anomaly.EventAnswer) && e.At <= survey.At {
			about = e
		}
	}
	if about == nil || survey.At.Sub(about.At) <= in.Rules.SurveyDays {
		return
	}
	f := in.finding("C10", anomaly.Low, anomaly.ActionNone, "survey"+survey.At.String(), anomaly.Msg("C10.survey_late",
		anomaly.DateArg("asked", survey.At), anomaly.CountArg("days", survey.At.Sub(about.At)), anomaly.CountArg("limit", in.Rules.SurveyDays)))
	f.Evidence = evidence(survey.Source, about.Source)
	out.add(f)
}
