package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
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

func TestADisputedBillIsEvidenceOfAChangeThatLasts(t *testing.T) {
	// Twice as much on two bills; the customer complained about the first.
	h := lived()
	for i := 22; i < 24; i++ {
		h.Bills[i].Usage = anomaly.MustDecimal("1000")
	}
	day := h.Bills[23].Period.End.AddDays(9)
	before := *Assess(h, nil, nil, day)
	h.Events = []anomaly.Event{{AccountID: "a", At: h.Bills[22].Period.End.AddDays(4), Kind: anomaly.EventComplaint, Ref: h.Bills[22].ID}}
	disputed := Assess(h, nil, nil, day)
	if disputed.Estimate.PeriodsUsed != 22 || disputed.Estimate.Usage > 550 {
		t.Errorf("%.0f are expected from %d bills: the disputed one is among them", disputed.Estimate.Usage, disputed.Estimate.PeriodsUsed)
	}
	for _, a := range []*anomaly.Assessment{&before, disputed} {
		if c := &a.Estimate.Change; c.Bills != 2 || c.Onset != h.Bills[22].Period.Start {
			t.Errorf("the change is seen in %d bills, from %s", c.Bills, c.Onset)
		}
	}
	for _, c := range disputed.Causes {
		// Both bills would have to be misread by as much.
		if c.Cause == anomaly.CauseMisread && c.Probability > 0.05 {
			t.Errorf("a misread with %.2f, though the next bill shows the same", c.Probability)
		}
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

// eventful are the rows of an account to which everything that has a date may happen on any
// day of three years: exchanges, visits, absences, corrections, promises, new appliances.
func eventful(rng *rand.Rand, id string) *anomaly.Rows {
	day := func() anomaly.Date { return anomaly.MustDate("2023-01-01").AddDays(rng.IntN(3 * 365)) }
	number := func(format string, n int) anomaly.Decimal { return anomaly.MustDecimal(fmt.Sprintf(format, n)) }
	r := &anomaly.Rows{Accounts: []anomaly.Account{{
		ID: id, Service: anomaly.Electricity, Class: "residential", Route: "r" + strconv.Itoa(rng.IntN(3)), WeatherStation: "w",
	}}}
	if rng.IntN(4) == 0 {
		r.Accounts[0].MovedOut, r.Accounts[0].Status = day(), "closed"
	}
	meter := anomaly.Meter{AccountID: id, ID: "m1", InstalledOn: anomaly.MustDate("2020-01-01"), Digits: 5}
	if rng.IntN(3) == 0 {
		meter.RemovedOn, meter.FinalReading = day(), anomaly.Known(number("%d", 20_000+rng.IntN(9_000)))
		r.Meters = append(r.Meters, anomaly.Meter{AccountID: id, ID: "m2", InstalledOn: meter.RemovedOn, InitialReading: anomaly.Known(number("%d", 0)), Digits: 5})
	}
	r.Meters = append(r.Meters, meter)
	at, level, reading := anomaly.MustDate("2023-01-01").AddDays(rng.IntN(30)), 200+rng.IntN(600), 10_000
	for i := range 36 {
		usage := level * (80 + rng.IntN(40)) / 100
		switch rng.IntN(40) {
		case 0:
			level = level * (30 + rng.IntN(200)) / 100
		case 1:
			usage += 1000
		case 2:
			usage = 0
		}
		b := anomaly.Bill{
			AccountID: id, ID: id + "-" + strconv.Itoa(i), MeterID: "m1", Period: anomaly.Period{Start: at, End: at.AddDays(28 + rng.IntN(6))},
			Usage: number("%d", usage), Amount: anomaly.Known(number("%d", 3*usage)), Currency: "TWD",
		}
		b.IssuedOn = b.Period.End.AddDays(rng.IntN(20))
		if rng.IntN(12) == 0 {
			b.Quality = anomaly.Estimated
		}
		r.Bills = append(r.Bills, b)
		if rng.IntN(10) == 0 {
			again := b
			again.ID, again.Usage, again.IssuedOn = b.ID+"c", number("%d", usage/2), b.Period.End.AddDays(rng.IntN(120))
			if again.Cancels = b.ID; rng.IntN(2) == 0 {
				again.Cancels, again.Usage, again.Amount.Decimal = "", b.Usage.Neg(), b.Amount.Decimal.Neg()
			}
			r.Bills = append(r.Bills, again)
		}
		reading += usage
		r.Readings = append(r.Readings, anomaly.Reading{AccountID: id, MeterID: "m1", On: b.Period.End, Value: number("%d", reading), Reader: "anna"})
		if rng.IntN(6) == 0 {
			between := anomaly.Reading{AccountID: id, MeterID: "m1", On: b.Period.End.AddDays(9), Value: number("%d", reading+usage/3)}
			r.Readings = append(r.Readings, between)
		}
		at = b.Period.End
	}
	for range rng.IntN(6) {
		e := anomaly.Event{AccountID: id, At: day(), Kind: []string{
			anomaly.EventComplaint, anomaly.EventVacancyStart, anomaly.EventVacancyEnd, anomaly.EventOccupancy, anomaly.EventOutageEnd,
			anomaly.EventVisitDone, anomaly.EventVisitPromised, anomaly.EventSelftest, "payment", "answer",
		}[rng.IntN(10)]}
		switch e.Kind {
		case anomaly.EventOccupancy:
			e.Note = "occupants=4"
		case anomaly.EventVisitDone:
			e.Note = "present=yes looked_at=meter_face"
		case anomaly.EventVisitPromised:
			e.Due = e.At.AddDays(9)
		case anomaly.EventSelftest:
			e.Note = "watch=led constant=1600 minutes=20 counts=40 main=off branches=off"
		}
		r.Events = append(r.Events, e)
	}
	for range rng.IntN(2) {
		outcome := []string{anomaly.NothingFound, string(anomaly.CauseTappedByOthers), string(anomaly.CauseMeterSlow)}[rng.IntN(3)]
		r.Inspections = append(r.Inspections, anomaly.Inspection{AccountID: id, On: day(), Outcome: outcome})
	}
	for range rng.IntN(3) {
		r.Appliances = append(r.Appliances, anomaly.Appliance{AccountID: id, Name: "heater", Watts: 1200, HoursPerDay: 5, Count: 1, From: day()})
	}
	return r
}

// until takes out of the rows what is dated after a day.
func until(r *anomaly.Rows, day anomaly.Date) *anomaly.Rows {
	k := &anomaly.Rows{Accounts: slices.Clone(r.Accounts)}
	if a := &k.Accounts[0]; a.MovedOut > day {
		a.MovedOut, a.Status = 0, ""
	}
	for _, m := range r.Meters {
		if m.RemovedOn > day {
			m.RemovedOn, m.FinalReading = 0, anomaly.NullDecimal{}
		}
		if m.InstalledOn <= day {
			k.Meters = append(k.Meters, m)
		}
	}
	for _, b := range r.Bills {
		corrects := b.Cancels != "" || b.Usage.IsNeg()
		if b.Period.End <= day && (!corrects || b.IssuedOn <= day) {
			k.Bills = append(k.Bills, b)
		}
	}
	k.Readings = keep(r.Readings, func(x *anomaly.Reading) bool { return x.On <= day })
	k.Events = keep(r.Events, func(e *anomaly.Event) bool { return e.At <= day })
	k.Inspections = keep(r.Inspections, func(v *anomaly.Inspection) bool { return v.On <= day })
	k.Appliances = keep(r.Appliances, func(a *anomaly.Appliance) bool { return a.From <= day })
	return k
}

// town is a source of histories.
type town []*anomaly.History

func (all town) Each(_ context.Context, fn func(int, *anomaly.History) error) error {
	for _, h := range all {
		if err := fn(0, h); err != nil {
			return err
		}
	}
	return nil
}

// What is dated after the day changes nothing of what is said of any account, by itself or
// beside its neighbours, whoever's file it stands in.
func TestAnAssessmentKnowsNothingDatedLater(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 6))
	var rows []*anomaly.Rows
	for i := range 120 {
		rows = append(rows, eventful(rng, fmt.Sprintf("A%03d", i)))
	}
	series := func(last anomaly.Date) map[string]*anomaly.WeatherSeries {
		w := &anomaly.WeatherSeries{First: anomaly.MustDate("2023-01-01")}
		for d := w.First; d <= last; d++ {
			w.Mean = append(w.Mean, 15+10*float64((int(d)*37)%100)/100)
		}
		return map[string]*anomaly.WeatherSeries{"w": w}
	}
	all := series(anomaly.MustDate("2026-03-01"))
	message := func(m anomaly.Message) string { return fmt.Sprint(m.Key, m.Args) }
	for _, asOf := range []anomaly.Date{anomaly.MustDate("2023-06-15"), anomaly.MustDate("2024-07-09"), anomaly.MustDate("2025-05-20")} {
		var whole, cut town
		for i, r := range rows {
			h, k := anomaly.BuildHistory(r.Accounts[0].ID, r), anomaly.BuildHistory(r.Accounts[0].ID, until(r, asOf))
			if i%10 == 9 {
				h.Previous, k.Previous = whole[i-1], cut[i-1]
			}
			whole, cut = append(whole, h), append(cut, k)
		}
		said := func(histories town, w map[string]*anomaly.WeatherSeries) (said []string) {
			ctx := &anomaly.Context{Weather: w}
			n, err := Neighbourhood(t.Context(), histories, ctx, nil, asOf)
			if err != nil {
				t.Fatal(err)
			}
			ctx.Neighbourhood = n
			err = Batch(t.Context(), histories, ctx, nil, asOf, BatchOptions{AllBills: true, Basis: true}, func(_ int, a *anomaly.Assessment) error {
				said = append(said, string(a.AppendJSON(nil, message)))
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return said
		}
		got, want := said(whole, all), said(cut, series(asOf))
		if len(got) != len(want) || len(got) < 500 {
			t.Fatalf("as of %s: %d bills, without what is later %d", asOf, len(got), len(want))
		}
		wrong := 0
		for i := range got {
			if got[i] == want[i] {
				continue
			}
			if wrong++; wrong <= 3 {
				t.Errorf("as of %s:\n%s\nwithout what is later:\n%s", asOf, got[i], want[i])
			}
		}
		if wrong > 0 {
			t.Errorf("as of %s: %d of %d bills", asOf, wrong, len(got))
		}
	}
}

// What was found as of a day is what is found as of every day for which it is said to hold.
func TestANeighbourhoodHoldsUntilMoreIsKnown(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 22))
	weather := map[string]*anomaly.WeatherSeries{"w": {First: anomaly.MustDate("2022-01-01")}}
	w := weather["w"]
	for d := w.First; d <= anomaly.MustDate("2025-02-01"); d++ {
		w.Mean = append(w.Mean, 15+10*float64((int(d)*37)%100)/100)
	}
	compared, different := 0, 0
	for street := range 12 {
		var all town
		for i := range 8 {
			id := fmt.Sprintf("S%02d-%d", street, i)
			r := eventful(rng, id)
			r.Accounts[0].Route, r.Accounts[0].Region = "r", "north"
			if street%2 == 0 {
				r.Accounts[0].WeatherStation = ""
			}
			h := anomaly.BuildHistory(id, r)
			if i == 7 {
				h.Previous = all[0]
			}
			all = append(all, h)
		}
		look := func(asOf anomaly.Date) *anomaly.Neighbourhood {
			n, err := Neighbourhood(t.Context(), all, &anomaly.Context{Weather: weather}, nil, asOf)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		for range 40 {
			asOf := anomaly.MustDate("2024-06-01").AddDays(rng.IntN(700))
			kept := look(asOf)
			if kept.From > asOf || !kept.Until.IsZero() && kept.Until <= asOf {
				t.Fatalf("as of %s it is said to hold from %s until %s", asOf, kept.From, kept.Until)
			}
			for _, day := range []anomaly.Date{kept.From, kept.Until.AddDays(-1)} {
				if day <= 0 || day == asOf {
					continue
				}
				compared++
				if fresh := look(day); !reflect.DeepEqual(fresh, kept) {
					if different++; different <= 3 {
						t.Errorf("street %d: what was found as of %s is said to hold from %s until %s, but as of %s it is\n%+v\nnot\n%+v",
							street, asOf, kept.From, kept.Until, day, fresh, kept)
					}
				}
			}
		}
	}
	if compared < 200 || different > 0 {
		t.Errorf("%d of %d days differ", different, compared)
	}
}
