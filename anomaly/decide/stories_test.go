package decide_test

import (
	"math"
	"testing"

	"whybill/anomaly"
	"whybill/anomaly/check"
	"whybill/anomaly/decide"
	"whybill/anomaly/diagnose"
	"whybill/anomaly/locale"
)

// story is one account with one bill to judge. The expectation is written by hand: the
// estimate is another package's work.
type story struct {
	h        anomaly.History
	estimate anomaly.Estimate
	asOf     anomaly.Date
	pricer   anomaly.Pricer
}

type outcome struct {
	findings []anomaly.Finding
	causes   []anomaly.CauseProbability
	verdict  anomaly.Verdict
}

func (s *story) assess(t *testing.T) outcome {
	t.Helper()
	var found check.Result
	bill := len(s.h.Bills) - 1
	in := &check.Input{History: &s.h, Bill: bill, Estimate: &s.estimate, AsOf: s.asOf, Pricer: s.pricer}
	check.Run(in, &found)
	causes := diagnose.Diagnose(&diagnose.Input{
		History: &s.h, Bill: bill, Estimate: &s.estimate, Findings: found.Findings, NotChecked: found.NotChecked, AsOf: s.asOf,
	})
	d := &decide.Input{History: &s.h, Bill: bill, Estimate: &s.estimate, Findings: found.Findings, Causes: causes, AsOf: s.asOf}
	if w, ok := in.Worth(1); ok {
		d.UnitPrice = anomaly.Float(w.Amount)
	}
	verdict := decide.Decide(decide.Believed(d))
	check.RunAfter(in, &verdict, &found)
	en := locale.New(locale.English)
	for _, f := range found.Findings {
		if !en.Has(f.Message.Key) {
			t.Errorf("no text for %s", f.Message.Key)
		}
		t.Logf("%s %d %s: %s", f.Ref, f.Severity, f.Action, en.Say(f.Message))
	}
	for i, c := range causes {
		if i < 8 {
			t.Logf("  %.3f %s", c.Probability, c.Cause)
		}
	}
	t.Logf("  %s then %s: %s; visit finds %.2f, priority %.0f", verdict.Action, verdict.Then, en.Say(verdict.Reason), verdict.InspectionProbability, verdict.Priority)
	t.Logf("  wait %v changes %.3f resolves %.3f value %.0f: %s", verdict.Wait.Allowed, verdict.Wait.Changes, verdict.Wait.Resolves, verdict.Wait.Value, en.Say(verdict.Wait.Reason))
	for _, o := range verdict.Options {
		t.Logf("    %8.0f %s tells apart %v", o.Value, o.Action, o.Separates)
	}
	for _, r := range verdict.Refused {
		t.Logf("    not %s: %s", r.Action, en.Say(r.Reason))
	}
	return outcome{found.Findings, causes, verdict}
}

func (o *outcome) finding(key string) *anomaly.Finding {
	for i := range o.findings {
		if o.findings[i].Message.Key == key {
			return &o.findings[i]
		}
	}
	return nil
}

func (o *outcome) probability(c anomaly.Cause) float64 {
	for _, p := range o.causes {
		if p.Cause == c {
			return p.Probability
		}
	}
	return 0
}

func period(start, end string) anomaly.Period {
	return anomaly.Period{Start: anomaly.MustDate(start), End: anomaly.MustDate(end)}
}

// taipower prices non-summer usage over two months by the tariff of 2025-10-01, whose
// steps end at 240, 660, 1000, 1400 and 2000 kWh: enough for the story's golden figures.
type taipower struct{}

func (taipower) Price(req *anomaly.PriceRequest) (*anomaly.Priced, error) {
	steps := []struct{ upTo, price string }{{"240", "1.78"}, {"660", "2.26"}, {"1000", "3.13"}, {"1400", "4.24"}, {"2000", "5.27"}}
	sum, from := anomaly.Decimal{}, anomaly.Decimal{}
	for _, s := range steps {
		upTo := anomaly.MustDecimal(s.upTo)
		if req.Usage.Cmp(upTo) < 0 {
			upTo = req.Usage
		}
		if part, _ := anomaly.Sub(upTo, from); part.IsPos() {
			amount, _ := part.Mul(anomaly.MustDecimal(s.price))
			sum, _ = anomaly.Add(sum, amount)
			from = upTo
		}
	}
	sum = sum.Round(1) // as the utility shows the energy charge
	return &anomaly.Priced{Currency: "TWD", Subtotal: sum, Energy: sum}, nil
}

// theStory is the 1400 kWh bill of a household that has moved.
func theStory() *story {
	file := func(row int32) anomaly.Source { return anomaly.Source{File: "bills.csv", Row: row} }
	events := func(row int32) anomaly.Source { return anomaly.Source{File: "events.csv", Row: row} }
	h := anomaly.History{
		Account: anomaly.Account{ID: "new-home", Service: anomaly.Electricity, MovedIn: anomaly.MustDate("2025-12-28"), Tariff: "tw.taipower.residential.non_tou"},
		Bills: []anomaly.Bill{{
			AccountID: "new-home", ID: "2026-02", Period: period("2026-01-01", "2026-03-01"), Usage: anomaly.MustDecimal("1400"),
			Amount: anomaly.Known(anomaly.MustDecimal("4137")), Currency: "TWD", Source: file(3),
		}},
		Events: []anomaly.Event{
			{At: anomaly.MustDate("2026-03-09"), Kind: anomaly.EventComplaint, Source: events(2)},
			{At: anomaly.MustDate("2026-03-09"), Kind: anomaly.EventClaim, Note: "usage_per_day=20", By: "agent", Source: events(3)},
			{At: anomaly.MustDate("2026-03-09"), Kind: anomaly.EventClaim, Note: `added_usage=100 per=month what="new appliances"`, By: "customer", Source: events(4)},
			{At: anomaly.MustDate("2026-03-09"), Kind: anomaly.EventClaim, Note: "added_usage=100 per=bill what=heater", By: "customer", Source: events(5)},
			{At: anomaly.MustDate("2026-03-09"), Kind: anomaly.EventClaim, Note: "unexplained=400", By: "customer", Source: events(6)},
			{At: anomaly.MustDate("2026-03-10"), Kind: anomaly.EventVisitPromised, Due: anomaly.MustDate("2026-03-13"), Note: "joint=yes", Source: events(7)},
			{At: anomaly.MustDate("2026-03-12"), Kind: anomaly.EventVisitDone, Note: "present=no looked_at=meter_face", Source: events(8)},
			{At: anomaly.MustDate("2026-03-12"), Kind: anomaly.EventClaim, Note: "meter=fine", By: "technician", Source: events(9)},
			{At: anomaly.MustDate("2026-03-13"), Kind: anomaly.EventClaim, Note: "correct_itself=yes", By: "agent", Source: events(10)},
		},
	}
	// Another home's bills: an interval twice as wide, around the reference and the middle
	// of what the new appliances can use (466 kWh, cases.md 1).
	const expected, offset = 1190.0, 0.4
	e := anomaly.Estimate{
		Known: true, Usage: expected, Offset: offset, Mu: math.Log(expected/59 + offset), Scale: 0.32, DOF: 6,
		Low90: 620, High90: 2200, Low95: 520, High95: 2600, Low99: 370, High99: 3700,
		PeriodsUsed: 6, OtherPremise: true, Comparable: false,
		Reference: anomaly.Reference{BillKey: "2025-02", Period: period("2025-01-01", "2025-03-01"), Usage: 807, OtherPremise: true, Source: anomaly.Source{File: "bills.csv", Row: 2}},
		Parts:     []anomaly.Contribution{{What: anomaly.PartAppliances, Log: math.Log(expected / 807)}},
		Appliances: anomaly.ApplianceLoad{
			Declared: true, Low: 150, Middle: 466, High: 873, Added: true, AddedLow: 150, AddedMiddle: 466, AddedHigh: 873, AddedWeight: 0.8,
			Sources: []anomaly.Source{{File: "appliances.csv", Row: 2}},
		},
	}
	return &story{h: h, estimate: e, asOf: anomaly.MustDate("2026-03-14"), pricer: taipower{}}
}

func TestThe1400kWhBill(t *testing.T) {
	o := theStory().assess(t)
	v := o.verdict
	if v.Action != anomaly.ActionSelftest || v.Then != anomaly.ActionInspect {
		t.Errorf("next step %s, then %s; want the self-test, then the joint inspection", v.Action, v.Then)
	}
	if v.Wait.Allowed || v.Wait.Changes > 0.05 {
		t.Errorf("waiting is offered, or said to change the decision with %.2f", v.Wait.Changes)
	}
	if v.Wait.Reason.Key != "decide.wait.same_next_costs" || anomaly.Float(v.Wait.Reason.Args[0].Dec) != 1242 {
		t.Errorf("waiting is refused with %+v; cases.md: it costs about NT$1,240 a bill", v.Wait.Reason)
	}
	own := o.finding("U06.own.watts.worth")
	if own == nil {
		t.Fatal("no U06 by the customer's own figures")
	}
	// 593 - 200 - 100, over 59 days; 4136.6 less the price of 1107 kWh (cases.md 1).
	if own.Usage.Value != 293 || own.Amount.Decimal.String() != "1242.3" {
		t.Errorf("left over are %v kWh, %v; want 293 and 1242.3", own.Usage, own.Amount)
	}
	if rest := o.finding("U13.rest_or"); rest == nil {
		t.Error("the customer's arithmetic is not put right")
	} else {
		want := map[string]float64{"rise": 593, "allowed": 300, "rest": 293, "claimed": 400, "naive": 393, "alternative": 193, "months": 2}
		for _, a := range rest.Message.Args {
			if w, ok := want[a.Name]; ok && a.Num != w {
				t.Errorf("U13 says %s = %g, want %g", a.Name, a.Num, w)
			}
		}
	}
	for _, key := range []string{
		"C03.usage_per_day.contradicted", "C03.meter.face_only", "C03.correct_itself.contradicted",
		"C04.other_day_alone.face_only", "U07.other_reference", "U06.within", "C01.refused", "U08.few",
	} {
		if o.finding(key) == nil {
			t.Errorf("%s is missing", key)
		}
	}
	if o.causes[0].Cause != anomaly.CauseMoreAppliances {
		t.Errorf("first cause %s", o.causes[0].Cause)
	}
	for _, c := range []anomaly.Cause{anomaly.CauseTappedByOthers, anomaly.CauseLeakBehindMeter} {
		if p := o.probability(c); p < 0.01 {
			t.Errorf("%s has all but gone: %.4f", c, p)
		}
	}
	for _, f := range o.findings {
		if len(f.Evidence) == 0 || f.Evidence[0].File == "" {
			t.Errorf("%s points nowhere", f.Ref)
		}
	}
}

func TestTheStoryWithAHeaterThatExplainsIt(t *testing.T) {
	// 6 kW for 1.5 hours a day are 531 kWh in 59 days; with what else is new (about 200)
	// they cover the whole rise.
	s := theStory()
	const expected = 807 + 731
	s.estimate.Usage, s.estimate.Mu = expected, math.Log(expected/59.0+s.estimate.Offset)
	s.estimate.Appliances.AddedLow, s.estimate.Appliances.AddedMiddle, s.estimate.Appliances.AddedHigh = 420, 731, 1150
	s.estimate.Parts = []anomaly.Contribution{{What: anomaly.PartAppliances, Log: math.Log(expected / 807.0)}}
	o := s.assess(t)
	if o.verdict.Action != anomaly.ActionExplain {
		t.Errorf("next step %s; want an explanation", o.verdict.Action)
	}
	if o.causes[0].Cause != anomaly.CauseMoreAppliances {
		t.Errorf("first cause %s", o.causes[0].Cause)
	}
	if o.verdict.Wait.Allowed {
		t.Error("waiting is offered")
	}
}

// uses sets what the bills up to the last one used, readings included.
func (s *story) uses(usage int64) *story {
	reading := anomaly.DecimalFromInt(12000)
	for i := range s.h.Bills {
		b := &s.h.Bills[i]
		if i < len(s.h.Bills)-1 {
			b.Usage, b.Amount = anomaly.DecimalFromInt(usage), anomaly.Known(anomaly.DecimalFromInt(3*usage))
		}
		b.From = anomaly.Known(reading)
		reading, _ = anomaly.Add(reading, b.Usage)
		b.To = anomaly.Known(reading)
	}
	return s
}

// account is a story of an account that is known for two years of two-month bills of
// about 600 kWh, read at the meter, up to a last bill of the given usage.
func account(usage float64) *story {
	s := &story{asOf: anomaly.MustDate("2026-03-10")}
	s.h.Account = anomaly.Account{ID: "a", Service: anomaly.Electricity}
	start, reading := anomaly.MustDate("2024-01-01"), 12000.0
	for i := 0; i <= 12; i++ {
		u := 600.0
		if i == 12 {
			u = usage
		}
		b := anomaly.Bill{
			AccountID: "a", ID: "b" + string(rune('a'+i)), Period: anomaly.Period{Start: start, End: start.AddMonths(2)}, Currency: "TWD",
			Source: anomaly.Source{File: "bills.csv", Row: int32(i + 2)},
		}
		b.Usage, _ = anomaly.DecimalFromFloat(u, 0)
		amount, _ := anomaly.DecimalFromFloat(3*u, 0)
		from, _ := anomaly.DecimalFromFloat(reading, 0)
		to, _ := anomaly.DecimalFromFloat(reading+u, 0)
		b.Amount, b.From, b.To = anomaly.Known(amount), anomaly.Known(from), anomaly.Known(to)
		reading += u
		start = start.AddMonths(2)
		s.h.Bills = append(s.h.Bills, b)
	}
	s.expect(600, 0.12)
	s.estimate.Reference = anomaly.Reference{BillKey: "bg", Period: s.h.Bills[6].Period, Usage: 600, Source: s.h.Bills[6].Source}
	return s
}

func (s *story) last() *anomaly.Bill { return &s.h.Bills[len(s.h.Bills)-1] }

// expect sets what is expected of the last bill: the median and the scale of its log.
func (s *story) expect(usage, scale float64) {
	days := float64(s.last().Period.Days())
	const dof, offset = 12, 0.2
	e := &s.estimate
	e.Known, e.Comparable, e.PeriodsUsed = true, true, 12
	e.Usage, e.Offset, e.Scale, e.DOF = usage, offset, scale, dof
	e.Mu = math.Log(usage/days + offset)
	at := func(z float64) float64 { return math.Max(0, (math.Exp(e.Mu+z*scale)-offset)*days) }
	// Quantiles of Student's t with 12 degrees of freedom: 1.782, 2.179, 3.055.
	e.Low90, e.High90, e.Low95, e.High95, e.Low99, e.High99 = at(-1.782), at(1.782), at(-2.179), at(2.179), at(-3.055), at(3.055)
}

func (s *story) event(at, kind, note string) *story {
	s.h.Events = append(s.h.Events, anomaly.Event{At: anomaly.MustDate(at), Kind: kind, Note: note, Source: anomaly.Source{File: "events.csv", Row: int32(len(s.h.Events) + 2)}})
	return s
}

func (s *story) changed(bills int, shift, down, up float64) *story {
	onset := s.h.Bills[len(s.h.Bills)-bills].Period.Start
	s.estimate.Change = anomaly.ChangeTest{Bills: bills, Onset: onset, Shift: shift, LogBFDown: down, LogBFUp: up, OnsetIndex: len(s.h.Bills) - bills}
	return s
}

func TestCasesFromThePressAndTheCourts(t *testing.T) {
	misread := func() *story { return account(1600) } // 26 for 25: a thousand too much
	found := func() *story {
		s := misread()
		s.h.Readings = append(s.h.Readings, anomaly.Reading{On: anomaly.MustDate("2026-03-05"), Value: anomaly.MustDecimal("19850"), Quality: anomaly.Actual, Source: anomaly.Source{File: "readings.csv", Row: 2}})
		return s
	}
	heater := func() *story { // 1600 before, 3000 with a declared heater of 1500 W, 16 h a day
		s := account(3000)
		s.uses(1600)
		s.expect(2950, 0.15)
		s.estimate.Reference.Usage = 1600
		s.estimate.Parts = []anomaly.Contribution{{What: anomaly.PartAppliances, Log: math.Log(2950.0 / 1600)}}
		s.estimate.Appliances = anomaly.ApplianceLoad{Declared: true, High: 2000, Middle: 1400, Low: 900, Added: true, AddedLow: 900, AddedMiddle: 1400, AddedHigh: 2000, AddedWeight: 0.9}
		return s.event("2026-03-05", anomaly.EventComplaint, "")
	}
	undeclared := func() *story { // the same jump, and nobody has declared anything
		s := account(3000)
		s.uses(1600)
		s.expect(1600, 0.15)
		s.estimate.Reference.Usage = 1600
		return s.event("2026-03-05", anomaly.EventComplaint, "")
	}
	idle := func() *story { // works that stand idle: next to nothing, then a jump
		s := account(4700)
		s.uses(20)
		s.h.Account.Class = "industry"
		s.expect(20, 0.4)
		s.estimate.Reference.Usage = 20
		return s
	}
	multiplier := func() *story { // 2000 on the bill where the transformers say 1000
		s := account(1200)
		s.h.Meters = []anomaly.Meter{{ID: "m", InstalledOn: anomaly.MustDate("2014-01-01"), Multiplier: anomaly.Known(anomaly.MustDecimal("1000")), Source: anomaly.Source{File: "meters.csv", Row: 2}}}
		for i := range s.h.Bills {
			b := &s.h.Bills[i]
			b.From, b.To = anomaly.Known(anomaly.DecimalFromInt(int64(100+i))), anomaly.Known(anomaly.DecimalFromInt(int64(101+i)))
			b.Usage, b.MeterID = anomaly.MustDecimal("2000"), "m"
		}
		s.expect(2000, 0.12)
		s.estimate.Reference.Usage = 2000
		return s
	}
	phase := func() *story { // one of three phases lost a year ago
		s := account(400)
		s.h.Account.Phases = 3
		s.expect(405, 0.12)
		s.estimate.Reference.Usage = 400
		return s.changed(6, math.Log(2.0/3), 14, -9)
	}
	stopped := func() *story {
		s := account(0)
		s.expect(600, 0.12)
		return s.changed(1, -4, 20, -5)
	}
	stoppedLong := func() *story {
		s := account(0)
		s.expect(30, 0.5)
		return s.changed(6, -4, 60, -5)
	}
	catchUp := func() *story { // two estimates of 600, then 1800
		s := account(1800)
		n := len(s.h.Bills)
		s.h.Bills[n-3].Quality, s.h.Bills[n-2].Quality = anomaly.Estimated, anomaly.Estimated
		s.last().Quality = anomaly.Actual
		s.expect(1000, 0.15)
		return s
	}
	for _, c := range []struct {
		name  string
		story *story
		cause anomaly.Cause
		want  anomaly.Action
	}{
		{"a thousands digit misread, not read again yet", misread(), anomaly.CauseMisread, anomaly.ActionReread},
		{"the same, found by a later reading", found(), anomaly.CauseMisread, anomaly.ActionRebill},
		{"the bill after it, as usual", account(600), anomaly.CauseNormalVariation, anomaly.ActionNone},
		{"two estimates then an actual", catchUp(), anomaly.CauseEstimatedCatchUp, anomaly.ActionRebill},
		{"a heater of 1500 W, declared", heater(), anomaly.CauseMoreAppliances, anomaly.ActionExplain},
		{"the same jump, nothing declared", undeclared(), anomaly.CauseMoreAppliances, anomaly.ActionSelftest},
		{"idle works", idle(), "", anomaly.ActionInspect},
		{"multiplier 2000 for 1000", multiplier(), anomaly.CauseWrongMultiplier, anomaly.ActionRebill},
		{"two thirds for a year", phase(), anomaly.CauseMeterSlow, anomaly.ActionInspect},
		{"a first bill of nought: ask whether anybody was there", stopped(), "", anomaly.ActionEvidence},
		{"a meter that has stood still for a year", stoppedLong(), anomaly.CauseMeterSlow, anomaly.ActionInspect},
		{"an ordinary bill", account(640), anomaly.CauseNormalVariation, anomaly.ActionNone},
		{"a high one that happens", account(720), anomaly.CauseNormalVariation, anomaly.ActionNone},
		{"a low one that happens", account(500), anomaly.CauseNormalVariation, anomaly.ActionNone},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := c.story.assess(t)
			if o.verdict.Action != c.want {
				t.Errorf("next step %s, want %s", o.verdict.Action, c.want)
			}
			if c.cause != "" && o.causes[0].Cause != c.cause {
				t.Errorf("first cause %s, want %s", o.causes[0].Cause, c.cause)
			}
		})
	}
}
