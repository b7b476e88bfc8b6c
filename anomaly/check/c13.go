package check

import (
	"strings"
	"unicode"

	"whybill/anomaly"
)

// C13: an application that does not match the master data.
var c13 = Check{
	ID: "C13", Severity: anomaly.Medium, Action: anomaly.ActionEvidence,
	Run: func(in *Input, out *Result) {
		for i := range in.History.Events {
			e := &in.History.Events[i]
			if e.Kind != anomaly.EventPlanRequested && e.Kind != anomaly.EventAccountChange || e.At > in.AsOf {
				continue
			}
			in.matchApplication(e, out)
		}
	},
}

// matchApplication compares what an application says with the master data. The finding
// says what differs, not what it says: names are nobody's business here.
func (in *Input) matchApplication(e *anomaly.Event, out *Result) {
	account := &in.History.Account
	differs := func(what, says, has string) {
		if says == "" || has == "" || sameWord(says, has) {
			return
		}
		f := in.finding("C13", anomaly.Medium, anomaly.ActionEvidence, what+e.At.String(), anomaly.Msg("C13.differs",
			anomaly.TermArg("what", "application."+what), anomaly.DateArg("filed", e.At)))
		f.Evidence = evidence(e.Source, account.Source)
		out.add(f)
	}
	name, _ := e.Field("name")
	differs("name", name, account.Name)
	id, _ := e.Field("id")
	differs("id", id, account.ID)
	meter, named := e.Field("meter")
	if m := in.History.MeterAt("", e.At); named && m != nil && in.History.MeterAt(meter, e.At) == nil {
		differs("meter", meter, m.ID)
	}
}

// sameWord compares without case, spaces and punctuation, in which forms differ.
func sameWord(a, b string) bool {
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, s)
	}
	return plain(a) == plain(b)
}
