package check

import (
	"math"
	"strings"
	"testing"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// situation is an account in the making: two-month bills of 600 kWh, read at the meter
// and printed on the bill, from 2024-01-01 on. The last bill is the one that is checked;
// the estimate expects what the others used, within about 12 %.
type situation struct {
	h    anomaly.History
	e    anomaly.Estimate
	in   Input
	asOf anomaly.Date
}

func home(usages ...float64) *situation {
	s := &situation{}
	s.h.Account = anomaly.Account{ID: "a", Service: anomaly.Electricity, Source: at("accounts.csv", 2)}
	start, reading := anomaly.MustDate("2024-01-01"), 12000.0
	for i, u := range usages {
		b := anomaly.Bill{
			AccountID: "a", ID: string(rune('A' + i)), Currency: "TWD", Source: at("bills.csv", i+2),
			Period: anomaly.Period{Start: start, End: start.AddMonths(2)},
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
	s.asOf = start
	return s.expects(600, 0.12)
}

// usual is twelve bills of 600 kWh and one of u.
func usual(u float64) *situation {
	return home(600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, u)
}

func at(file string, row int) anomaly.Source { return anomaly.Source{File: file, Row: int32(row)} }

func (s *situation) last() *anomaly.Bill { return &s.h.Bills[len(s.h.Bills)-1] }

func (s *situation) bill(i int) *anomaly.Bill { return &s.h.Bills[len(s.h.Bills)-1+i] }

func (s *situation) expects(usage, scale float64) *situation {
	const offset = 0.2
	days := float64(s.last().Period.Days())
	reference := s.e.Reference
	s.e = anomaly.Estimate{Known: true, Comparable: true, PeriodsUsed: 12, Usage: usage, Offset: offset, Scale: scale, DOF: 12, Mu: math.Log(usage/days + offset), Reference: reference}
	quantile := func(z float64) float64 { return math.Max(0, (math.Exp(s.e.Mu+z*scale)-offset)*days) }
	// Student's t with 12 degrees of freedom: 1.782, 2.179, 3.055.
	s.e.Low90, s.e.High90, s.e.Low95, s.e.High95, s.e.Low99, s.e.High99 = quantile(-1.782), quantile(1.782), quantile(-2.179), quantile(2.179), quantile(-3.055), quantile(3.055)
	return s
}

// with changes the situation.
func (s *situation) with(change func(s *situation)) *situation { change(s); return s }

func (s *situation) event(at, kind, note string) *situation {
	s.h.Events = append(s.h.Events, anomaly.Event{At: anomaly.MustDate(at), Kind: kind, Note: note, Source: anomaly.Source{File: "events.csv", Row: int32(len(s.h.Events) + 2)}})
	return s
}

func (s *situation) meter(m anomaly.Meter) *situation {
	m.Source = at("meters.csv", len(s.h.Meters)+2)
	s.h.Meters = append(s.h.Meters, m)
	return s
}

// exchanged puts a new meter in the place of the old one in the last bill's time. The bill
// prints no readings; the files have those of both meters on the day, and of each at its
// end of the bill. name is what the bill calls its meter.
func (s *situation) exchanged(on, final, initial, closing, name string) *situation {
	open := s.last().From.Decimal.String()
	s.last().From, s.last().To = anomaly.NullDecimal{}, anomaly.NullDecimal{}
	for i := range s.h.Bills {
		s.h.Bills[i].MeterID = "old"
	}
	s.last().MeterID = name
	s.meter(anomaly.Meter{ID: "old", InstalledOn: day("2014-01-01"), RemovedOn: day(on)}).meter(anomaly.Meter{ID: "new", InstalledOn: day(on)})
	for i, r := range [...][3]string{{"2026-01-01", open, "old"}, {on, final, "old"}, {on, initial, "new"}, {"2026-03-01", closing, "new"}} {
		if r[0] == on && (i == 0 || i == 3) {
			continue // the day's readings are listed already
		}
		s.reading(r[0], r[1], "")
		s.h.Readings[len(s.h.Readings)-1].MeterID = r[2]
	}
	return s
}

// monthly makes the bills, which are of two months, one month long.
func (s *situation) monthly() *situation {
	end := s.last().Period.End
	for i := range s.h.Bills {
		back := len(s.h.Bills) - 1 - i
		s.h.Bills[i].Period = anomaly.Period{Start: end.AddMonths(-back - 1), End: end.AddMonths(-back)}
	}
	return s
}

func (s *situation) reading(on, value, register string) *situation {
	s.h.Readings = append(s.h.Readings, anomaly.Reading{On: anomaly.MustDate(on), Value: anomaly.MustDecimal(value), Register: register, Source: at("readings.csv", len(s.h.Readings)+2)})
	return s
}

// routeOut puts the account on route r1 and lets a route be out in the last bill's period.
func routeOut(route string, up bool) func(*situation) {
	return func(s *situation) {
		s.h.Account.Route = "r1"
		s.in.Neighbourhood = &anomaly.Neighbourhood{Shocks: []anomaly.RouteShock{
			{Route: route, Period: s.last().Period, Up: up, Accounts: 24, Share: 0.75, Usual: 0.025},
		}}
	}
}

// levelsSwapped lets the account and the one next to it change levels.
func levelsSwapped(shift float64, onset string) func(*situation) {
	return func(s *situation) {
		s.in.Neighbourhood = &anomaly.Neighbourhood{Swaps: map[string]anomaly.LevelSwap{"a": {
			With: "b", Onset: day(onset), Bills: 1, Shift: shift, SE: 0.1, Weight: 4, Source: at("bills.csv", 99),
		}}}
	}
}

// run runs one check and returns what it says: the keys of its findings, "-" where
// it finds nothing, and "not checked" where it could not run.
func (s *situation) run(t *testing.T, id string) (keys string, out *Result) {
	t.Helper()
	s.in.History, s.in.Bill, s.in.Estimate, s.in.AsOf = &s.h, len(s.h.Bills)-1, &s.e, s.asOf
	out = &Result{}
	if !RunOne(id, &s.in, out) {
		t.Fatalf("%s cannot be run", id)
	}
	for i := range out.Findings {
		f := &out.Findings[i]
		if f.Check != id || f.Ref == "" || len(f.Evidence) == 0 {
			t.Errorf("%s: a finding without %+v", id, f)
		}
		for _, e := range f.Evidence {
			if e.File == "" {
				t.Errorf("%s points nowhere", f.Message.Key)
			}
		}
		said(t, f.Message)
		keys += " " + f.Message.Key
	}
	for _, n := range out.NotChecked {
		said(t, n.Reason)
		keys += " not checked"
	}
	if keys == "" {
		return "-", out
	}
	return keys[1:], out
}

// said puts a message into words in every language; nothing may be left open.
func said(t *testing.T, m anomaly.Message) (english string) {
	t.Helper()
	for _, lang := range locale.Langs {
		p := locale.New(lang)
		if text := p.Say(m); !p.Has(m.Key) || strings.ContainsAny(text, "{}") {
			t.Errorf("%s: %s is said as %q", lang, m.Key, text)
		}
	}
	return locale.New(locale.English).Say(m)
}

func num(s string) anomaly.NullDecimal { return anomaly.Known(anomaly.MustDecimal(s)) }
func day(s string) anomaly.Date        { return anomaly.MustDate(s) }

func TestSituations(t *testing.T) {
	for _, c := range []struct {
		check, name string
		s           *situation
		want        string
	}{
		{"D05", "the same row twice", usual(600).with(func(s *situation) {
			s.h.Conflicts = []anomaly.Conflict{{BillKey: "M", Kept: s.last().Source, Dropped: at("bills.csv", 99), Identical: true}}
		}), "D05.identical"},
		{"D05", "two rows that contradict each other", usual(600).with(func(s *situation) {
			s.h.Conflicts = []anomaly.Conflict{{BillKey: "M", Kept: s.last().Source, Dropped: at("bills.csv", 99)}}
		}), "D05.conflict"},
		{"D05", "another bill's duplicate", usual(600).with(func(s *situation) {
			s.h.Conflicts = []anomaly.Conflict{{BillKey: "A", Kept: s.h.Bills[0].Source, Dropped: at("bills.csv", 99)}}
		}), "-"},
		{"D06", "lines of a bill that is not there", usual(600).with(func(s *situation) {
			s.h.OrphanLines = []anomaly.Line{{BillID: "X", Source: at("bill_lines.csv", 7)}}
		}), "D06.lines"},
		{"D06", "a previous account that is not there", usual(600).with(func(s *situation) { s.h.Account.PreviousAccountID = "old" }), "D06.previous"},
		{"D06", "a previous account that is there", usual(600).with(func(s *situation) {
			s.h.Account.PreviousAccountID, s.h.Previous = "old", &anomaly.History{}
		}), "-"},
		{"D07", "a period in the future", usual(600).with(func(s *situation) { s.asOf = s.last().Period.End.AddDays(-3) }), "D07.future"},
		{"D07", "due before it was issued", usual(600).with(func(s *situation) { s.last().IssuedOn, s.last().DueOn = day("2026-03-10"), day("2026-03-01") }), "D07.due"},
		{"D07", "due after it was issued", usual(600).with(func(s *situation) { s.last().IssuedOn, s.last().DueOn = day("2026-03-10"), day("2026-03-25") }), "-"},
		{"D08", "ten days that nobody billed", usual(600).with(func(s *situation) { s.last().Period.Start = s.last().Period.Start.AddDays(10) }), "D08.gap"},
		{"D08", "a day that the convention may explain", usual(600).with(func(s *situation) {
			s.last().Period.Start = s.last().Period.Start.AddDays(2)
			s.bill(-1).EndAssumed = true
		}), "-"},
		{"D08", "another meter's bills in between", usual(600).with(func(s *situation) {
			s.last().MeterID, s.bill(-1).MeterID = "m1", "m2"
			s.last().Period.Start = s.last().Period.Start.AddDays(10)
		}), "D08.gap"},
		{"D09", "three days billed twice", usual(600).with(func(s *situation) { s.last().Period.Start = s.last().Period.Start.AddDays(-3) }), "D09.overlap"},
		{"D09", "the other bill was cancelled", usual(600).with(func(s *situation) {
			s.last().Period.Start = s.last().Period.Start.AddDays(-3)
			s.bill(-1).Cancelled = true
		}), "-"},
		{"D11", "four months of estimates", usual(600).with(func(s *situation) {
			s.bill(-1).Quality, s.last().Quality = anomaly.Estimated, anomaly.Estimated
		}), "D11.stale"},
		{"D11", "one estimate", usual(600).with(func(s *situation) { s.last().Quality = anomaly.Estimated }), "-"},
		{"D11", "nobody says what was read", usual(600), "not checked"},

		{"R01", "lower than the last, in the middle of the dial", usual(600).with(func(s *situation) { s.last().To = num("18900") }), "R01.backward"},
		{"R01", "a roll-over", usual(600).with(func(s *situation) {
			s.last().From, s.last().To = num("99700"), num("300")
		}), "-"},
		{"R01", "52,700 for 52,100, and lower later", usual(1198).reading("2026-03-10", "19800", ""), "R01.after"},
		{"R01", "an ordinary reading later", usual(600).reading("2026-03-10", "19850", ""), "-"},
		{"R01", "no readings at all", usual(600).with(func(s *situation) { s.last().From = anomaly.NullDecimal{} }), "not checked"},
		{"R02", "a roll-over", usual(600).with(func(s *situation) { s.last().From, s.last().To = num("99700"), num("300") }), "R02.rollover"},
		{"R02", "19,772 then 19,770, billed as a wrap", usual(600).with(func(s *situation) { s.last().From, s.last().To = num("19772"), num("19770") }), "-"},
		{"R02", "a wrap that nobody can have used", usual(600).with(func(s *situation) { s.last().From, s.last().To = num("91000"), num("300") }), "-"},

		{"R03", "26 for 25 thousand", usual(1600), "R03.adjacent.worth"},
		{"R03", "19,740 written down as 19,470", usual(270).expects(540, 0.08), "R03.transposed.worth.more"},
		{"R03", "the meter next door", usual(7345).with(func(s *situation) {
			s.in.Neighbourhood = &anomaly.Neighbourhood{RouteReadings: map[string][]anomaly.Reading{"a": {{On: s.last().Period.End, Value: anomaly.MustDecimal("26545"), Source: at("readings.csv", 8)}}}}
		}), "R03.neighbour.worth"},
		{"R03", "the neighbour has another reading", usual(7345).with(func(s *situation) {
			s.in.Neighbourhood = &anomaly.Neighbourhood{RouteReadings: map[string][]anomaly.Reading{"a": {{On: s.last().Period.End, Value: anomaly.MustDecimal("31000"), Source: at("readings.csv", 8)}}}}
		}), "R03.none"},
		{"R03", "26 for 25 thousand, or so it seems: twelve days later the register has run on", usual(1600).expects(600, 0.2).reading("2026-03-13", "21115", ""), "R03.possible"},
		{"R03", "26 for 25 thousand: twelve days later the register is lower", usual(1600).expects(600, 0.2).reading("2026-03-13", "19918", ""), "R03.adjacent.worth"},
		{"R03", "an idle works at work: no slip comes near", home(7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 2453).expects(7, 0.15), "R03.none"},
		{"R03", "an ordinary bill", usual(640), "-"},
		{"R03", "2262 billed, 1008 true: a single slip comes only near, with 1262", home(847, 988, 867, 827, 1290, 1230, 847, 988, 867, 827, 1290, 1230, 2262).expects(940, 0.10), "R03.possible"},
		{"R03", "the register has gone back: other checks say so", usual(-400), "-"},
		{"R03", "an estimate cannot be misread", usual(1600).with(func(s *situation) { s.last().Quality = anomaly.Estimated }), "-"},
		{"R08", "-5,000 billed, and the register has moved by 449: the other bills say what it counts", usual(449).with(func(s *situation) { s.last().Usage = anomaly.MustDecimal("-5000") }), "R08.difference"},
		{"R08", "-5,000 billed, and the register has moved by 449: nobody knows the multiplier", home(449).with(func(s *situation) { s.last().Usage = anomaly.MustDecimal("-5000") }), "R08.backwards"},
		{"R08", "-5,000 fed in by a home with panels", home(449).with(func(s *situation) { s.last().Usage, s.h.Account.Class = anomaly.MustDecimal("-5000"), "solar" }), "not checked"},
		{"R08", "400 fewer billed, and the register has gone back by them", usual(-400), "not checked"},
		{"R08", "two meters count for the bill", usual(600).exchanged("2026-02-01", "19700", "0", "100", "old"), "not checked"},
		{"R04", "a thousand too much, then a thousand too little", home(1500, 1500, 1500, 1500, 1500, 1500, 1500, 1500, 1500, 1500, 1500, 2500, 500).expects(1600, 0.12), "R04.pair"},
		{"R04", "300 too much, then 300 too little, and the scale has followed the first", home(330, 330, 330, 330, 330, 330, 330, 330, 330, 330, 330, 680, 115).expects(386, 0.24), "R04.pair"},
		{"R04", "high, then low by far less", home(330, 330, 330, 330, 330, 330, 330, 330, 330, 330, 330, 680, 260).expects(386, 0.24), "-"},
		{"R04", "a digit too low, then the rest of it", home(600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 150, 1050), "R04.pair"},
		{"R04", "a digit too low, then the rest of it and a rise beside", home(600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 150, 1500), "-"},
		{"R04", "a thousand too much, then the register falls back", home(600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 1600, -400), "R04.pair"},
		{"R04", "high, then low, as bills have always gone here", home(900, 350, 700, 300, 950, 600, 600, 850, 330, 800, 620, 900, 310).expects(600, 0.5), "-"},
		{"R04", "a hundred too much, then too little, in a home that varies by as much", home(330, 400, 350, 300, 410, 360, 330, 390, 300, 350, 360, 500, 230).expects(400, 0.17), "R04.pair.perhaps"},
		{"R04", "quiet for years: the first of the two has widened the estimate, not the bills before it", home(330, 332, 328, 331, 329, 330, 333, 327, 330, 331, 329, 545, 130).expects(330, 0.30), "R04.pair"},
		{"R04", "26 for 25 thousand: twelve days later the register is lower", usual(1600).expects(600, 0.2).reading("2026-03-13", "19918", ""), "R04.after"},
		{"R04", "26 for 25 thousand, or so it seems: twelve days later the register has run on", usual(1600).expects(600, 0.2).reading("2026-03-13", "21115", ""), "-"},
		{"R04", "400 too little, and twelve days later all of it is there", usual(200).reading("2026-03-13", "19920", ""), "R04.after"},
		{"R04", "a thousand too much on a dial of five digits, then lower", usual(1600).expects(600, 0.2).reading("2026-03-13", "19918", "").
			meter(anomaly.Meter{ID: "m", InstalledOn: day("2014-01-01"), Digits: 5}), "R04.after"},
		{"R04", "high, then nothing at all: the register stands", home(600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 1150, 0), "-"},
		{"R04", "an estimate is nothing that was read", usual(1600).expects(600, 0.2).reading("2026-03-13", "19918", "").with(func(s *situation) { s.last().Quality = anomaly.Estimated }), "-"},
		{"R04", "used again while declared vacant", home(600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 10, 10, 10, 10, 1200).event("2026-05-01", anomaly.EventVacancyStart, ""), "not checked"},
		{"R04", "used again after a vacancy of one bill", home(600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 10, 1200).event("2026-11-01", anomaly.EventVacancyStart, "").event("2027-01-01", anomaly.EventVacancyEnd, ""), "not checked"},
		{"R04", "four low bills, and nobody said why, then a high one", home(600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 10, 10, 10, 10, 1200), "-"},
		{"R04", "two low bills in the first year, then a high one", home(600, 600, 600, 10, 10, 1200), "-"},
		{"R04", "empty last year, and the reading between these two was wrong", home(600, 600, 600, 600, 10, 600, 600, 600, 600, 600, 600, 150, 1050).
			event("2024-09-01", anomaly.EventVacancyStart, "").event("2024-11-01", anomaly.EventVacancyEnd, ""), "R04.pair"},
		{"R04", "low as every winter, then a digit too low and the rest of it", home(300, 600, 600, 600, 600, 300, 300, 600, 600, 600, 300, 150, 1050), "-"},
		{"R04", "high twice", home(600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 900, 900), "-"},
		{"R04", "high, then usual", home(600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 1000, 600), "-"},
		{"R05", "the same usage a day, twice", home(700, 650, 590, 620, 610, 590, 555, 610, 610), "R05.same"},
		{"R05", "the same twice, then a bill that catches up", home(1348, 1265, 1189, 819, 653, 689, 490, 507, 1380), "R05.before"},
		{"R05", "the same to the kilowatt-hour in 62 and 59 days, then a bill that catches up", home(1348, 1265, 1189, 819, 653, 689, 620, 590, 1380).with(func(s *situation) {
			s.bill(-1).Period.Start = s.bill(-1).Period.End.AddDays(-59)
			s.bill(-2).Period = anomaly.Period{Start: s.bill(-1).Period.Start.AddDays(-62), End: s.bill(-1).Period.Start}
		}), "R05.before"},
		{"R05", "the same twice, then a bill as expected", home(1348, 1265, 1189, 819, 653, 689, 490, 507, 640), "-"},
		{"R05", "alike twice, as all bills of the account are", home(600, 600, 600, 600, 600, 600, 600, 610, 1380), "-"},
		{"R05", "an idle works, then at work", home(7, 8, 9, 12, 12, 12, 12, 12, 12, 12, 12, 2453), "-"},
		{"R05", "two small bills alike, then a higher one", home(300, 310, 150, 180, 160, 190, 140, 140, 700), "-"},
		{"R05", "different bills", home(700, 650, 590, 640, 610, 600, 655, 590), "-"},
		{"R05", "the same, and called an estimate", home(700, 650, 590, 620, 610, 590, 555, 610, 610).with(func(s *situation) { s.last().Quality = anomaly.Estimated }), "-"},
		{"R06", "two estimates in a row", usual(600).with(func(s *situation) {
			s.bill(-1).Quality, s.last().Quality = anomaly.Estimated, anomaly.Estimated
		}), "R06.running"},
		{"R06", "one estimate of two months", usual(600).with(func(s *situation) { s.last().Quality = anomaly.Estimated }), "-"},
		{"R08", "2000 on the bill, 1000 on the transformers", usual(2000).meter(anomaly.Meter{ID: "m", InstalledOn: day("2014-01-01"), Multiplier: num("1000")}).with(func(s *situation) { s.last().From, s.last().To = num("100"), num("101") }), "R08.ratio"},
		{"R08", "twice what the readings say, for two years", usual(600).meter(anomaly.Meter{ID: "m", InstalledOn: day("2014-01-01")}).with(func(s *situation) {
			for i := range s.h.Bills {
				b := &s.h.Bills[i]
				b.Usage, _ = anomaly.Add(b.Usage, b.Usage)
			}
			s.expects(1200, 0.1)
		}), "R08.ratio.history"},
		{"R08", "twice what the readings say, since the last two bills", usual(600).meter(anomaly.Meter{ID: "m", InstalledOn: day("2014-01-01")}).with(func(s *situation) {
			for i := range s.h.Bills[len(s.h.Bills)-2:] {
				b := &s.h.Bills[len(s.h.Bills)-2+i]
				b.Usage, _ = anomaly.Add(b.Usage, b.Usage)
			}
		}), "R08.ratio"},
		{"R08", "as the readings say", usual(600).meter(anomaly.Meter{ID: "m", InstalledOn: day("2014-01-01")}), "-"},
		{"R08", "a multiplier that all bills agree on", usual(600).with(func(s *situation) {
			for i := range s.h.Bills {
				s.h.Bills[i].From, s.h.Bills[i].To = num("100"), num("115") // x 40
			}
		}), "-"},
		{"R08", "180 more than the readings say", usual(780).with(func(s *situation) { s.last().To = num("19800") }), "R08.difference"},
		{"R08", "one bill only, and no meter", home(600), "not checked"},
		{"R09", "an exchange that adds up", usual(600).with(func(s *situation) { s.last().To = num("350") }).
			meter(anomaly.Meter{ID: "old", InstalledOn: day("2014-01-01"), RemovedOn: day("2026-02-01"), FinalReading: num("19500")}).
			meter(anomaly.Meter{ID: "new", InstalledOn: day("2026-02-01"), InitialReading: num("50")}), "-"},
		{"R09", "the new meter's first reading left out", usual(650).with(func(s *situation) { s.last().To = num("350") }).
			meter(anomaly.Meter{ID: "old", InstalledOn: day("2014-01-01"), RemovedOn: day("2026-02-01"), FinalReading: num("19500")}).
			meter(anomaly.Meter{ID: "new", InstalledOn: day("2026-02-01"), InitialReading: num("50")}), "R09.sum"},
		{"R09", "no final reading", usual(600).meter(anomaly.Meter{ID: "old", InstalledOn: day("2014-01-01"), RemovedOn: day("2026-02-01")}), "R09.missing"},
		{"R09", "an exchange, the bill in the new meter's name, with readings only", usual(600).exchanged("2026-02-01", "19500", "50", "350", "new"), "-"},
		{"R09", "an exchange, the bill in the old meter's name", usual(600).exchanged("2026-02-01", "19500", "50", "350", "old"), "-"},
		{"R09", "billed 1,873, and the meters say 549: the old one 151, the new one 398", usual(1873).exchanged("2026-02-01", "19351", "1", "399", "new"), "R09.sum"},
		{"R09", "an exchange that only the readings tell of", usual(1873).exchanged("2026-02-01", "19351", "1", "399", "").with(func(s *situation) { s.h.Meters = nil }), "R09.sum"},
		{"R09", "an exchange on the day that the bill begins", usual(600).exchanged("2026-01-01", "19200", "2", "602", "new").
			with(func(s *situation) { s.last().From, s.last().To = num("2"), num("602") }), "-"},
		{"R09", "an exchange on the day that the bill begins, forty units after the last one ended", usual(600).exchanged("2026-01-01", "19240", "2", "602", "new").
			with(func(s *situation) { s.last().From, s.last().To = num("2"), num("602") }), "R09.exchange"},
		{"R09", "an exchange on the day that the bill ends", usual(600).exchanged("2026-03-01", "19800", "2", "2", "old"), "-"},
		{"R01", "an exchange on the day that the bill ends, and the new meter's reading later", usual(600).exchanged("2026-03-01", "19800", "2", "2", "old").reading("2026-03-20", "150", ""), "-"},
		{"R09", "begins where the last one did not end", usual(600).with(func(s *situation) { s.last().From = num("19400") }), "R09.continuity"},
		{"R10", "closed before the bill, and used", usual(60).with(func(s *situation) {
			s.h.Account.Status, s.h.Account.MovedOut = "closed", anomaly.MustDate("2025-06-30")
		}), "R10.closed"},
		{"R10", "closed, since when is not known, and used", usual(60).with(func(s *situation) { s.h.Account.Status = "closed" }), "R10.undated"},
		{"R10", "closed, and next to nothing", usual(3).with(func(s *situation) { s.h.Account.Status = "closed" }), "-"},
		{"R10", "declared vacant, and used as ever", usual(580).event("2025-12-15", anomaly.EventVacancyStart, ""), "R10.vacant"},
		{"R10", "declared vacant, and used a third of what was", usual(200).event("2025-12-15", anomaly.EventVacancyStart, ""), "-"},
		{"R10", "declared vacant, the refrigerator runs", usual(60).event("2025-12-15", anomaly.EventVacancyStart, ""), "-"},
		{"R11", "nothing at all", usual(0), "R11.zero"},
		{"R11", "nothing, as announced", usual(0).event("2025-12-15", anomaly.EventVacancyStart, ""), "-"},
		{"R11", "nothing in an outage", usual(0).event("2026-01-02", anomaly.EventOutageStart, "").event("2026-02-27", anomaly.EventOutageEnd, ""), "-"},
		{"R11", "the first bill of all", home(0), "not checked"},
		{"R12", "a bill that takes back what no other has billed", usual(-40), "R12.takes_back"},
		{"R12", "a bill that takes back a part of another", usual(-40).with(func(s *situation) {
			beside := *s.last()
			beside.ID, beside.Usage = "beside", anomaly.MustDecimal("600")
			s.h.Bills = append([]anomaly.Bill{beside}, s.h.Bills...)
		}), "-"},
		{"R12", "a negative usage with an amount to pay", usual(-40).with(func(s *situation) { s.last().Amount = num("120") }), "R12.negative"},
		{"R12", "panels on the roof", usual(-40).with(func(s *situation) { s.last().Amount, s.h.Account.Class = num("120"), "residential_net_metering" }), "-"},
		{"R13", "more than 20 A can carry in two months", usual(7000).with(func(s *situation) { s.h.Account.ServiceAmps = num("20") }), "R13.cap"},
		{"R13", "what 20 A can carry", usual(6000).with(func(s *situation) { s.h.Account.ServiceAmps = num("20") }), "-"},
		{"R13", "nobody knows the service", usual(7000), "not checked"},
		{"R17", "a reader whose readings end in nought and five", usual(600).reading("2026-03-01", "19800", "").with(func(s *situation) {
			s.h.Readings[0].Reader = "r7"
			s.in.Neighbourhood = &anomaly.Neighbourhood{Readers: map[string]*anomaly.ReaderRecord{"r7": {LastDigit: [10]int{90, 10, 12, 11, 10, 70, 12, 9, 14, 12}}}}
		}), "R17.curb"},
		{"R17", "a reader like others", usual(600).reading("2026-03-01", "19800", "").with(func(s *situation) {
			s.h.Readings[0].Reader = "r7"
			s.in.Neighbourhood = &anomaly.Neighbourhood{Readers: map[string]*anomaly.ReaderRecord{"r7": {LastDigit: [10]int{25, 22, 28, 24, 26, 30, 21, 23, 27, 24}}}}
		}), "-"},
		{"R17", "a reader with few readings", usual(600).reading("2026-03-01", "19800", "").with(func(s *situation) {
			s.h.Readings[0].Reader = "r7"
			s.in.Neighbourhood = &anomaly.Neighbourhood{Readers: map[string]*anomaly.ReaderRecord{"r7": {LastDigit: [10]int{40}}}}
		}), "not checked"},
		{"R18", "registers that do not make the total", usual(600).reading("2026-01-01", "100", "peak").reading("2026-01-01", "200", "off_peak").reading("2026-01-01", "300", "total").
			reading("2026-03-01", "400", "peak").reading("2026-03-01", "450", "off_peak").reading("2026-03-01", "900", "total"), "R18.sum"},
		{"R18", "registers that do", usual(600).reading("2026-01-01", "100", "peak").reading("2026-01-01", "200", "off_peak").reading("2026-01-01", "300", "total").
			reading("2026-03-01", "400", "peak").reading("2026-03-01", "500", "off_peak").reading("2026-03-01", "900", "total"), "-"},

		{"U01", "far too high", usual(1000), "U01.high"},
		{"U01", "far too low", usual(300), "U01.low"},
		{"U01", "high, and not worth a word", usual(640).expects(600, 0.01), "-"},
		{"U01", "a third more of next to nothing", home(30, 30, 30, 30, 30, 30, 45).expects(30, 0.05), "-"},
		{"U02", "twice the bill before, in the same season", home(600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 1200), "U02.high"},
		{"U02", "twice the bill before, as every winter", home(1200, 600, 600, 600, 600, 600, 1200, 600, 600, 600, 600, 600, 1200), "-"},
		{"U02", "one odd bill a year before makes a season of its own", home(600, 600, 600, 600, 600, 600, 150, 600, 600, 600, 600, 600, 600), "-"},
		{"U02", "the first year", home(600, 600, 900), "not checked"},
		{"U03", "above all of last year", usual(800), "U03.high"},
		{"U03", "below half of the least", usual(250), "U03.low"},
		{"U03", "a new year's most, by little", usual(690), "-"},
		{"U04", "a cold winter", usual(800).expects(780, 0.12).with(func(s *situation) {
			s.e.Parts = []anomaly.Contribution{{What: anomaly.PartWeather, Log: 0.3}}
		}), "U04.explained"},
		{"U04", "more than a cold winter explains", usual(1400).expects(780, 0.12).with(func(s *situation) {
			s.e.Parts = []anomaly.Contribution{{What: anomaly.PartWeather, Log: 0.3}}
		}), "U04.left"},
		{"U04", "no weather", usual(800), "not checked"},
		{"U05", "a step that has lasted", usual(900).with(func(s *situation) {
			s.e.Change = anomaly.ChangeTest{Bills: 4, Onset: day("2025-07-01"), OnsetIndex: 9, Shift: 0.4, LogBFUp: 9}
		}), "U05.up"},
		{"U05", "a fall that has lasted", usual(300).with(func(s *situation) {
			s.e.Change = anomaly.ChangeTest{Bills: 4, Onset: day("2025-07-01"), OnsetIndex: 9, Shift: -0.6, LogBFDown: 12}
		}), "U05.down"},
		{"U05", "one bill is no step", usual(900).with(func(s *situation) { s.e.Change = anomaly.ChangeTest{Bills: 1, Shift: 0.4, LogBFUp: 9} }), "-"},
		{"U05", "two thirds since eight bills", home(900, 840, 600, 600, 840, 600, 900, 840, 600, 600, 840, 400, 600, 560, 400, 400, 560, 400, 600).with(func(s *situation) {
			s.h.Account.Phases = 3
			s.e.Change = anomaly.ChangeTest{Bills: 1, Shift: 0.01}
		}), "U05.ratio.two_thirds"},
		{"U05", "two thirds since eight bills, where there is one phase", home(900, 840, 600, 600, 840, 600, 900, 840, 600, 600, 840, 400, 600, 560, 400, 400, 560, 400, 600).with(func(s *situation) {
			s.h.Account.Phases = 1
			s.e.Change = anomaly.ChangeTest{Bills: 1, Shift: 0.01}
		}), "U05.old_down"},
		{"U05", "two thirds since two bills, measured to 3 %", usual(400).with(func(s *situation) {
			s.h.Account.Phases = 3
			s.e.Change = anomaly.ChangeTest{Bills: 2, Onset: day("2025-11-01"), OnsetIndex: 11, Shift: -0.42, SE: 0.03, LogBFDown: 9}
		}), "U05.now.two_thirds"},
		{"U05", "two thirds or any other part: measured to 25 %", usual(400).with(func(s *situation) {
			s.h.Account.Phases = 3
			s.e.Change = anomaly.ChangeTest{Bills: 2, Onset: day("2025-11-01"), OnsetIndex: 11, Shift: -0.42, SE: 0.25, LogBFDown: 9}
		}), "U05.down"},
		{"U05", "a quarter less business for good", usual(450).with(func(s *situation) {
			s.h.Account.Phases = 3
			s.e.Change = anomaly.ChangeTest{Bills: 5, Onset: day("2025-05-01"), OnsetIndex: 8, Shift: -0.288, SE: 0.03, LogBFDown: 9}
		}), "U05.down"},
		{"U05", "twice since an exchange of the meter", usual(1200).with(func(s *situation) {
			s.e.Change = anomaly.ChangeTest{Bills: 4, Onset: day("2025-07-01"), OnsetIndex: 9, Shift: 0.72, SE: 0.05, LogBFUp: 9}
		}).meter(anomaly.Meter{ID: "old", InstalledOn: day("2014-01-01"), RemovedOn: day("2025-07-01")}).meter(anomaly.Meter{ID: "new", InstalledOn: day("2025-07-01")}), "U05.now.double"},
		{"U05", "twice, by a meter that counts as it is", usual(1200).with(func(s *situation) {
			s.e.Change = anomaly.ChangeTest{Bills: 4, Onset: day("2025-07-01"), OnsetIndex: 9, Shift: 0.72, SE: 0.05, LogBFUp: 9}
		}), "U05.up"},
		{"U05", "seasons only", home(900, 840, 600, 600, 840, 600, 900, 840, 600, 600, 840, 600, 900, 840, 600, 600, 840, 600, 900).with(func(s *situation) {
			s.e.Change = anomaly.ChangeTest{Bills: 1, Shift: 0.01}
		}), "-"},
		{"U06", "appliances cannot have used it, and what else the home uses is not known", usual(1600).with(func(s *situation) {
			s.e.Appliances = anomaly.ApplianceLoad{Declared: true, Low: 300, Middle: 600, High: 900}
		}), "U06.gap.alone.watts.worth"},
		{"U06", "appliances that were all there is cannot have used it", usual(1600).with(func(s *situation) {
			s.e.Reference = anomaly.Reference{BillKey: "a year before", Usage: 550, Period: s.bill(-6).Period}
			s.e.Appliances = anomaly.ApplianceLoad{Declared: true, Low: 300, Middle: 600, High: 900}
		}), "U06.gap.watts.worth"},
		{"U06", "a rise a little beyond the new appliances", usual(1040).with(func(s *situation) {
			s.e.Reference = anomaly.Reference{Usage: 600, Period: s.bill(-6).Period}
			s.e.Appliances = anomaly.ApplianceLoad{Declared: true, High: 400, Added: true, AddedLow: 100, AddedMiddle: 250, AddedHigh: 400}
		}), "U06.within.nearly"},
		{"U06", "appliances can have used it", usual(850).with(func(s *situation) {
			s.e.Appliances = anomaly.ApplianceLoad{Declared: true, Low: 300, Middle: 600, High: 900}
		}), "-"},
		{"U06", "one load of many that were always there, and nothing new", usual(850).with(func(s *situation) {
			s.e.Reference = anomaly.Reference{BillKey: "a year before", Usage: 800, Period: s.bill(-6).Period}
			s.e.Appliances = anomaly.ApplianceLoad{Declared: true, Low: 100, Middle: 200, High: 300}
		}), "-"},
		{"U06", "one load of many that were always there, and a rise beyond it", usual(1600).with(func(s *situation) {
			s.e.Reference = anomaly.Reference{BillKey: "a year before", Usage: 800, Period: s.bill(-6).Period}
			s.e.Appliances = anomaly.ApplianceLoad{Declared: true, Low: 100, Middle: 200, High: 300}
		}), "U06.gap.watts.worth"},
		{"U06", "new appliances cover the rise", usual(900).with(func(s *situation) {
			s.e.Reference = anomaly.Reference{Usage: 600, Period: s.bill(-6).Period}
			s.e.Appliances = anomaly.ApplianceLoad{Declared: true, High: 400, Added: true, AddedLow: 100, AddedMiddle: 250, AddedHigh: 400}
		}), "U06.within"},
		{"U06", "nothing declared", usual(900), "not checked"},
		{"U06", "water has no watts", usual(900).event("2026-03-05", anomaly.EventClaim, "added_usage=100").with(func(s *situation) {
			s.h.Account.Service = anomaly.Water
			s.e.Reference = anomaly.Reference{Usage: 600, Period: s.bill(-6).Period}
		}), "U06.own.worth not checked"},
		{"U07", "last year is another home's", usual(900).with(func(s *situation) {
			s.e.OtherPremise, s.e.Reference = true, anomaly.Reference{Usage: 807, OtherPremise: true, Period: s.bill(-6).Period, Source: at("bills.csv", 3)}
		}), "U07.other_reference"},
		{"U07", "half a year in the home", home(600, 600, 600, 600), "U07.new"},
		{"U07", "two years in the home", usual(600), "-"},
		{"U08", "three bills", home(600, 600, 600, 600), "U08.few"},
		{"U08", "five bills", home(600, 600, 600, 600, 600, 600), "-"},
		{"U08", "five bills, three of them estimated", home(600, 600, 600, 600, 600, 600).with(func(s *situation) {
			for i := range 3 {
				s.h.Bills[i].Quality = anomaly.Estimated
			}
		}), "U08.few"},
		{"U09", "more than nearly all its kind", usual(1800).with(func(s *situation) {
			s.in.Neighbourhood = &anomaly.Neighbourhood{Peers: map[string]*anomaly.PeerLevels{anomaly.PeerKey(&s.h.Account): {Count: 200, P05: 4, P50: 10, P95: 25}}}
		}), "U09.high"},
		{"U09", "less than nearly all its kind", usual(200).with(func(s *situation) {
			s.in.Neighbourhood = &anomaly.Neighbourhood{Peers: map[string]*anomaly.PeerLevels{anomaly.PeerKey(&s.h.Account): {Count: 200, P05: 4, P50: 10, P95: 25}}}
		}), "U09.low"},
		{"U09", "like its kind", usual(900).with(func(s *situation) {
			s.in.Neighbourhood = &anomaly.Neighbourhood{Peers: map[string]*anomaly.PeerLevels{anomaly.PeerKey(&s.h.Account): {Count: 200, P05: 4, P50: 10, P95: 25}}}
		}), "-"},
		{"U09", "too few of its kind", usual(1800).with(func(s *situation) {
			s.in.Neighbourhood = &anomaly.Neighbourhood{Peers: map[string]*anomaly.PeerLevels{anomaly.PeerKey(&s.h.Account): {Count: 12, P95: 25}}}
		}), "not checked"},
		{"U10", "a load that never sleeps", home(600, 580, 500, 560, 700, 640, 900, 880, 820, 860, 990, 930, 900).expects(900, 0.05), "U10.rise.watts"},
		{"U10", "higher in some months only", home(600, 580, 500, 560, 700, 640, 600, 580, 500, 560, 1100, 990, 600).expects(600, 0.05), "-"},
		{"U11", "three months on one bill", usual(600).with(func(s *situation) { s.last().Period.End = s.last().Period.Start.AddMonths(3) }), "U11.against"},
		{"U11", "one month from an account of two", usual(300).with(func(s *situation) { s.last().Period.End = s.last().Period.Start.AddMonths(1) }), "U11.against"},
		{"U11", "61 days", usual(600).with(func(s *situation) { s.last().Period.End = s.last().Period.Start.AddDays(61) }), "-"},
		{"U11", "a first bill of 42 days", home(400).with(func(s *situation) { s.last().Period.End = s.last().Period.Start.AddDays(42) }), "U11.unusual"},
		{"U12", "methods that disagree", usual(600).with(func(s *situation) {
			s.e.Methods = []anomaly.MethodEstimate{{Method: "same_period_last_year", Usage: 900}}
		}), "U12.spread"},
		{"U12", "a method that knows no season does not count", usual(600).with(func(s *situation) {
			s.e.Methods = []anomaly.MethodEstimate{{Method: "last_bill", Usage: 1900}, {Method: "same_period_last_year", Usage: 610}}
		}), "-"},
		{"U13", "figures for the bill only", usual(900).event("2026-03-05", anomaly.EventClaim, "added_usage=100 per=bill").with(func(s *situation) { s.e.Reference.Usage = 600 }), "-"},
		{"U13", "a figure a month", usual(900).event("2026-03-05", anomaly.EventClaim, "added_usage=100 per=month").with(func(s *situation) { s.e.Reference.Usage = 600 }), "U13.rest"},
		{"U13", "a figure a month on a bill of a month", usual(900).with(func(s *situation) {
			s.last().Period.End, s.e.Reference.Usage = s.last().Period.Start.AddMonths(1), 600
		}).event("2026-03-05", anomaly.EventClaim, "added_usage=100 per=month"), "-"},
		{"M06", "the account next door uses what this one did", usual(900).with(levelsSwapped(0.9, "2025-11-01")), "M06.levels"},
		{"M06", "and has more now", usual(300).with(levelsSwapped(-0.7, "2026-01-01")), "M06.levels.lower"},
		{"M06", "they changed after this bill", usual(600).with(levelsSwapped(0.9, "2026-03-01")), "-"},

		{"U16", "the whole route is above", usual(900).with(routeOut("r1", true)), "U16.high"},
		{"U16", "the whole route is below", usual(300).with(routeOut("r1", false)), "U16.low"},
		{"U16", "the route is above, this bill is not", usual(620).with(routeOut("r1", true)), "-"},
		{"U16", "the route is above, this bill is below", usual(300).with(routeOut("r1", true)), "-"},
		{"U16", "another route is above", usual(900).with(routeOut("r2", true)), "-"},
		{"U15", "a rise with its parts", usual(900).with(func(s *situation) {
			s.in.Explained = []anomaly.ExplainedRow{{What: anomaly.PartReference, Usage: anomaly.MustDecimal("600")}, {What: anomaly.PartDays, Usage: anomaly.MustDecimal("40")}, {What: anomaly.PartUnexplained, Usage: anomaly.MustDecimal("260")}}
		}), "U15.rise"},
		{"U15", "nothing to speak of", usual(620).with(func(s *situation) {
			s.in.Explained = []anomaly.ExplainedRow{{What: anomaly.PartReference, Usage: anomaly.MustDecimal("600")}, {What: anomaly.PartUnexplained, Usage: anomaly.MustDecimal("20")}}
		}), "-"},

		{"M07", "verified until last year", usual(600).meter(anomaly.Meter{ID: "m", InstalledOn: day("2018-01-01"), VerifiedUntil: day("2025-12-31")}), "M07.expired"},
		{"M07", "verified until next year", usual(600).meter(anomaly.Meter{ID: "m", InstalledOn: day("2010-01-01"), VerifiedUntil: day("2027-12-31")}), "-"},
		{"M07", "eight years old, and no date", usual(600).meter(anomaly.Meter{ID: "m", InstalledOn: day("2018-01-01")}), "M07.old"},
		{"M08", "three per cent fast", usual(600).event("2026-03-05", "evidence", "test_full=3.1 test_normal=3.2 test_low=2.4"), "M08.fast"},
		{"M08", "one per cent fast", usual(600).event("2026-03-05", "evidence", "test_full=1.1 test_normal=1.2 test_low=0.4"), "-"},
		{"M08", "four per cent slow", usual(600).event("2026-03-05", "evidence", "test_full=-4 test_normal=-4 test_low=-5"), "M08.slow"},
		{"N01", "half of the year before, for three bills", home(600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 300, 310, 290), "N01.drop.long"},
		{"N01", "half of the year before, for three bills of a month", home(600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 300, 310, 290).monthly(), "N01.drop"},
		{"N01", "half of the year before, twice", home(600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 310, 290), "-"},
		{"N01", "a child has moved out", home(600, 600, 600, 600, 600, 600, 600, 600, 600, 600, 300, 310, 290).event("2025-08-20", anomaly.EventOccupancy, "occupants=2"), "-"},
		{"N01", "the first year", home(600, 600, 300, 300, 300), "not checked"},
		{"N02", "four people on half a kWh a day", usual(30).with(func(s *situation) { s.h.Account.Occupants = num("4") }), "N02.minimum"},
		{"N02", "nobody lives there", usual(30).with(func(s *situation) { s.h.Account.Occupants = num("0") }), "-"},
		{"N02", "away", usual(30).with(func(s *situation) { s.h.Account.Occupants = num("4") }).event("2025-12-15", anomaly.EventVacancyStart, ""), "-"},
		{"N07", "away, and less was used", usual(60).event("2025-12-15", anomaly.EventVacancyStart, ""), "N07.vacancy"},
		{"N07", "away, and more was used", usual(700).event("2025-12-15", anomaly.EventVacancyStart, ""), "-"},
		{"N07", "a third person, and more was used", usual(750).with(func(s *situation) { s.h.Account.Occupants = num("2") }).event("2026-01-10", anomaly.EventOccupancy, "occupants=3"), "N07.occupancy"},
		{"N07", "a third person, and less was used", usual(450).with(func(s *situation) { s.h.Account.Occupants = num("2") }).event("2026-01-10", anomaly.EventOccupancy, "occupants=3"), "-"},

		{"C03", "20 a day, and it is 23.7", home(1400).with(func(s *situation) {
			s.last().Period = anomaly.Period{Start: day("2026-01-01"), End: day("2026-03-01")}
			s.asOf = day("2026-03-20")
		}).event("2026-03-05", anomaly.EventClaim, "usage_per_day=20 by=agent"), "C03.usage_per_day.contradicted"},
		{"C03", "24 a day, and it is 23.7", home(1400).with(func(s *situation) {
			s.last().Period = anomaly.Period{Start: day("2026-01-01"), End: day("2026-03-01")}
			s.asOf = day("2026-03-20")
		}).event("2026-03-05", anomaly.EventClaim, "usage_per_day=24"), "C03.usage_per_day.supported"},
		{"C03", "the meter is fine, says somebody", usual(600).event("2026-03-01", anomaly.EventClaim, "meter=fine"), "C03.meter.untested"},
		{"C03", "the meter is fine, and its face was read", usual(600).event("2026-03-01", anomaly.EventVisitDone, "looked_at=meter_face").event("2026-03-01", anomaly.EventClaim, "meter=fine"), "C03.meter.face_only"},
		{"C03", "the meter is fine, and moved with everything off", usual(600).event("2026-03-01", anomaly.EventSelftest, "watch=led constant=1600 minutes=20 counts=40 main=off").event("2026-03-01", anomaly.EventClaim, "meter=fine"), "C03.meter.contradicted"},
		{"C03", "the meter is fine, and stood still for a test that could see", usual(600).event("2026-03-01", anomaly.EventSelftest, "watch=led constant=1600 minutes=20 counts=0 main=off").event("2026-03-01", anomaly.EventClaim, "meter=fine"), "C03.meter.supported"},
		{"C03", "the meter is fine, and stood still for a test that could not", usual(900).event("2026-03-01", anomaly.EventSelftest, "watch=register resolution=1 minutes=20 counts=0 main=off").event("2026-03-01", anomaly.EventClaim, "meter=fine"), "C03.meter.untested"},
		{"C03", "the meter is fine, moved, and its face was read later", usual(600).event("2026-03-01", anomaly.EventSelftest, "watch=led constant=1600 minutes=20 counts=40 main=off").event("2026-03-02", anomaly.EventVisitDone, "looked_at=meter_face").event("2026-03-03", anomaly.EventClaim, "meter=fine"), "C03.meter.contradicted"},
		{"C03", "a claim about another bill", usual(600).event("2026-03-01", anomaly.EventClaim, "usage_per_day=20").with(func(s *situation) { s.h.Events[0].Ref = "A" }), "-"},
		{"C04", "Friday, made on Friday together", usual(600).event("2026-03-01", anomaly.EventVisitPromised, "joint=yes").event("2026-03-06", anomaly.EventVisitDone, "present=yes").with(func(s *situation) {
			s.h.Events[0].Due, s.asOf = day("2026-03-06"), day("2026-03-20")
		}), "-"},
		{"C04", "Friday, made on Friday alone", usual(600).event("2026-03-01", anomaly.EventVisitPromised, "joint=yes").event("2026-03-06", anomaly.EventVisitDone, "present=no").with(func(s *situation) {
			s.h.Events[0].Due, s.asOf = day("2026-03-06"), day("2026-03-20")
		}), "C04.alone"},
		{"C04", "Friday, and nobody came", usual(600).event("2026-03-01", anomaly.EventVisitPromised, "").with(func(s *situation) {
			s.h.Events[0].Due, s.asOf = day("2026-03-06"), day("2026-03-20")
		}), "C04.overdue"},
		{"C04", "Friday is still to come", usual(600).event("2026-03-01", anomaly.EventVisitPromised, "").with(func(s *situation) {
			s.h.Events[0].Due, s.asOf = day("2026-03-06"), day("2026-03-04")
		}), "-"},
	} {
		t.Run(c.check+" "+c.name, func(t *testing.T) {
			if c.s.asOf < c.s.last().Period.End && c.check != "D07" {
				c.s.asOf = c.s.last().Period.End.AddDays(20)
			}
			if c.s.asOf == c.s.last().Period.End {
				c.s.asOf = c.s.asOf.AddDays(15)
			}
			if got, _ := c.s.run(t, c.check); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
