package anomaly_test

import (
	"testing"

	"whybill/anomaly"
)

// disputed is an account with bills for January, February and March, and what visits found.
func disputed(inspections ...anomaly.Inspection) *anomaly.History {
	h := &anomaly.History{Account: anomaly.Account{ID: "a"}, Inspections: inspections}
	for _, month := range []string{"2026-01-01", "2026-02-01", "2026-03-01"} {
		from := anomaly.MustDate(month)
		h.Bills = append(h.Bills, anomaly.Bill{AccountID: "a", ID: month, Period: anomaly.Period{Start: from, End: from.AddMonths(1)}})
	}
	return h
}

func visit(on, outcome string) anomaly.Inspection {
	return anomaly.Inspection{AccountID: "a", On: anomaly.MustDate(on), Outcome: outcome}
}

func TestWhichBillAFindIsAbout(t *testing.T) {
	const february = 1
	for name, c := range map[string]struct {
		inspections []anomaly.Inspection
		onset, asOf string
		want        string // the day of the find; "" where there is none
	}{
		"after the bill was closed":                      {[]anomaly.Inspection{visit("2026-03-10", "tapped_by_others")}, "2026-02-01", "2026-03-20", "2026-03-10"},
		"while the bill ran":                             {[]anomaly.Inspection{visit("2026-02-10", "tapped_by_others")}, "2026-02-01", "2026-03-20", "2026-02-10"},
		"not known on the day of the answer":             {[]anomaly.Inspection{visit("2026-03-10", "tapped_by_others")}, "2026-02-01", "2026-03-09", ""},
		"when the next bill was closed already":          {[]anomaly.Inspection{visit("2026-04-01", "tapped_by_others")}, "2026-02-01", "2026-04-20", ""},
		"before the bill began, since changed":           {[]anomaly.Inspection{visit("2026-01-20", "tapped_by_others")}, "2026-01-01", "2026-03-20", ""},
		"before the usage changed":                       {[]anomaly.Inspection{visit("2026-02-10", "tapped_by_others")}, "2026-02-15", "2026-03-20", ""},
		"nothing was found":                              {[]anomaly.Inspection{visit("2026-03-10", anomaly.NothingFound)}, "2026-02-01", "2026-03-20", ""},
		"nobody knows when":                              {[]anomaly.Inspection{{AccountID: "a", Outcome: "misread"}}, "2026-02-01", "2026-03-20", ""},
		"an outcome that is no cause":                    {[]anomaly.Inspection{visit("2026-03-10", "seal_missing")}, "2026-02-01", "2026-03-20", ""},
		"a fault, and nothing by somebody else that day": {[]anomaly.Inspection{visit("2026-03-10", "tapped_by_others"), visit("2026-03-10", anomaly.NothingFound)}, "2026-02-01", "2026-03-20", "2026-03-10"},
		"the last word counts":                           {[]anomaly.Inspection{visit("2026-03-05", "misread"), visit("2026-03-10", "crossed_meter")}, "2026-02-01", "2026-03-20", "2026-03-10"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if v := disputed(c.inspections...).FoundFor(february, anomaly.MustDate(c.onset), anomaly.MustDate(c.asOf)); v != nil {
				got = v.On.String()
			}
			if got != c.want {
				t.Errorf("found on %q, want %q", got, c.want)
			}
		})
	}
}

func TestABillIssuedAnewAfterTheFindIsPutRight(t *testing.T) {
	h := disputed(visit("2026-03-10", "tapped_by_others"))
	b := &h.Bills[1]
	b.Cancels, b.IssuedOn = "OLD", anomaly.MustDate("2026-03-15")
	asOf := anomaly.MustDate("2026-03-20")
	if h.FoundFor(1, b.Period.Start, asOf) != nil || h.PutRight(1, asOf) == nil {
		t.Error("the find still speaks about the bill that was issued for it")
	}
	b.IssuedOn = anomaly.MustDate("2026-03-05")
	if h.FoundFor(1, b.Period.Start, asOf) == nil || h.PutRight(1, asOf) != nil {
		t.Error("a correction from before the visit cannot have put right what the visit found")
	}
}

// Of two rows of one day the one that found something to put right counts, in either order.
func TestTwoFindingsOnOneDay(t *testing.T) {
	for name, c := range map[string]struct {
		first, second, want string
	}{
		"a tap, then the customer's own use": {"tapped_by_others", "more_appliances", "tapped_by_others"},
		"own use, then a tap":                {"more_appliances", "tapped_by_others", "tapped_by_others"},
		"a tap, then nothing":                {"tapped_by_others", anomaly.NothingFound, "tapped_by_others"},
		"nothing, then a tap":                {anomaly.NothingFound, "tapped_by_others", "tapped_by_others"},
		"two faults: the last word":          {"misread", "wrong_multiplier", "wrong_multiplier"},
		"nothing twice":                      {anomaly.NothingFound, anomaly.NothingFound, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := disputed(visit("2026-03-10", c.first), visit("2026-03-10", c.second))
			got := ""
			if v := h.FoundFor(1, anomaly.MustDate("2026-02-01"), anomaly.MustDate("2026-03-20")); v != nil {
				got = v.Outcome
			}
			if got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
			for i := range h.Inspections {
				if v := &h.Inspections[i]; h.FoundNothing(v) != (c.want == "") {
					t.Errorf("row %d counts as having found nothing: %t", i, h.FoundNothing(v))
				}
			}
		})
	}
}

func TestABillIssuedAnewWithoutADate(t *testing.T) {
	asOf := anomaly.MustDate("2026-03-20")
	for name, c := range map[string]struct {
		visited, issued string // issued: the bill that was replaced; "" where nobody knows
		was             string // its usage; this one's is 300
		want            bool
	}{
		"the visit was made while the period ran": {"2026-02-10", "", "300", true},
		"the replaced bill is younger":            {"2026-03-05", "2026-03-08", "300", true},
		"another usage than on the replaced one":  {"2026-03-10", "2026-03-05", "900", true},
		"the same usage at another price":         {"2026-03-10", "2026-03-05", "300", false},
		"the replaced bill is not on file":        {"2026-03-10", "", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			h := disputed(visit(c.visited, "tapped_by_others"))
			b := &h.Bills[1]
			b.Cancels, b.Usage = "OLD", anomaly.MustDecimal("300")
			if c.was != "" {
				old := anomaly.Bill{AccountID: "a", ID: "OLD", Period: b.Period, Usage: anomaly.MustDecimal(c.was), Cancelled: true}
				if c.issued != "" {
					old.IssuedOn = anomaly.MustDate(c.issued)
				}
				h.Bills = append(h.Bills, old)
			}
			if got := h.PutRight(1, asOf) != nil; got != c.want {
				t.Errorf("put right: %t, want %t", got, c.want)
			}
			if got := h.FoundFor(1, b.Period.Start, asOf) == nil; got != c.want {
				t.Errorf("the find no longer speaks about it: %t, want %t", got, c.want)
			}
		})
	}
}

func TestWhatAVisitCouldFind(t *testing.T) {
	for name, c := range map[string]struct {
		events []anomaly.Event
		cause  anomaly.Cause
		want   bool
	}{
		"nothing is known of the visit":        {nil, anomaly.CauseTappedByOthers, true},
		"the wiring, for a tap":                {[]anomaly.Event{{Note: "looked_at=serial,wiring"}}, anomaly.CauseTappedByOthers, true},
		"the wiring, for a slow meter":         {[]anomaly.Event{{Note: "looked_at=serial,wiring"}}, anomaly.CauseMeterSlow, false},
		"the meter's face, for a tap":          {[]anomaly.Event{{Note: "looked_at=meter_face"}}, anomaly.CauseTappedByOthers, false},
		"the meter's face, for a misread":      {[]anomaly.Event{{Note: "looked_at=meter_face"}}, anomaly.CauseMisread, true},
		"nobody says what was looked at":       {[]anomaly.Event{{Note: "present=no"}}, anomaly.CauseTappedByOthers, false},
		"two visits on one day, one with care": {[]anomaly.Event{{Note: "looked_at=meter_face"}, {Note: "looked_at=no_load"}}, anomaly.CauseTappedByOthers, true},
	} {
		t.Run(name, func(t *testing.T) {
			v := visit("2026-03-10", anomaly.NothingFound)
			h := disputed(v)
			for _, e := range c.events {
				e.At, e.Kind = v.On, anomaly.EventVisitDone
				h.Events = append(h.Events, e)
			}
			if got := h.CouldFind(&v, c.cause); got != c.want {
				t.Errorf("%t, want %t", got, c.want)
			}
		})
	}
}
