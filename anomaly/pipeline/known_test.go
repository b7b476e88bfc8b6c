package pipeline

import (
	"bytes"
	"testing"

	"whybill/anomaly"
)

// lived is an account with two years of even bills, the last two of them at 40 %.
func lived() *anomaly.History {
	h := &anomaly.History{Account: anomaly.Account{ID: "a", Service: anomaly.Electricity}}
	day := anomaly.MustDate("2024-01-01")
	for i := range 24 {
		usage := "500"
		if i >= 22 {
			usage = "200"
		}
		next := day.AddDays(30)
		h.Bills = append(h.Bills, anomaly.Bill{
			AccountID: "a", ID: day.String(), Period: anomaly.Period{Start: day, End: next}, Usage: anomaly.MustDecimal(usage),
		})
		day = next
	}
	return h
}

func answer(h *anomaly.History, asOf anomaly.Date) []byte {
	return Assess(h, nil, nil, asOf).AppendJSON(nil, func(m anomaly.Message) string { return m.Key })
}

func TestWhatComesAfterTheDayOfTheAssessmentIsNotKnown(t *testing.T) {
	closed := lived().Bills[23].Period.End
	asOf, later := closed.AddDays(9), closed.AddDays(40)
	want := answer(lived(), asOf)
	for name, tell := range map[string]func(h *anomaly.History){
		"a visit": func(h *anomaly.History) {
			h.Inspections = append(h.Inspections, anomaly.Inspection{AccountID: "a", On: later, Outcome: string(anomaly.CauseMeterSlow)})
		},
		"a complaint": func(h *anomaly.History) {
			h.Events = append(h.Events, anomaly.Event{AccountID: "a", At: later, Kind: anomaly.EventComplaint})
		},
		"a self-test": func(h *anomaly.History) {
			h.Events = append(h.Events, anomaly.Event{AccountID: "a", At: later, Kind: anomaly.EventSelftest, Note: "watch=led constant=1600 minutes=20 counts=110 main=off"})
		},
	} {
		h := lived()
		tell(h)
		if got := answer(h, asOf); !bytes.Equal(got, want) {
			t.Errorf("%s of %s changes what is said on %s:\n%s\n%s", name, later, asOf, got, want)
		}
	}
}

func TestADisputedBillIsNotLearntFrom(t *testing.T) {
	h := lived()
	h.Bills[22].Usage = anomaly.MustDecimal("1500")
	closed := h.Bills[23].Period.End
	complaint := anomaly.Event{AccountID: "a", At: closed.AddDays(4), Kind: anomaly.EventComplaint, Ref: h.Bills[22].ID}
	h.Events = []anomaly.Event{complaint}
	if got := Assess(h, nil, nil, closed.AddDays(9)).Estimate.PeriodsUsed; got != 22 {
		t.Errorf("the bill that the customer complained about after the next one: %d bills used, want 22", got)
	}
	if got := Assess(h, nil, nil, closed.AddDays(2)).Estimate.PeriodsUsed; got != 23 {
		t.Errorf("before the complaint: %d bills used, want 23", got)
	}
	h.Events = append(h.Events, anomaly.Event{AccountID: "a", At: closed.AddDays(6), Kind: "answer", Ref: h.Bills[22].ID})
	if got := Assess(h, nil, nil, closed.AddDays(9)).Estimate.PeriodsUsed; got != 23 {
		t.Errorf("once it is answered: %d bills used, want 23", got)
	}
}

func TestAnAnsweredDisputeIsOver(t *testing.T) {
	h := lived()
	before, last := &h.Bills[22], &h.Bills[23]
	h.Events = []anomaly.Event{{AccountID: "a", At: before.Period.End.AddDays(9), Kind: anomaly.EventComplaint}}
	day := last.Period.End.AddDays(9)
	if !h.Asked(22, day) || !h.Asked(23, day) {
		t.Error("an open dispute is not about its bill and the next one")
	}
	h.Events = append(h.Events, anomaly.Event{AccountID: "a", At: last.Period.End.AddDays(4), Kind: "answer"})
	if h.Asked(23, day) {
		t.Error("the next bill is still in dispute after the answer")
	}
}
