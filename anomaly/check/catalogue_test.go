package check

import (
	"testing"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

func TestEveryCheckCanBeExplainedInEveryLanguage(t *testing.T) {
	cfg := anomaly.DefaultConfig()
	seen := map[string]bool{}
	for _, c := range Catalogue() {
		if seen[c.ID] {
			t.Errorf("%s is listed twice", c.ID)
		}
		seen[c.ID] = true
		for _, m := range []anomaly.Message{c.Name(), c.Rule(&cfg), c.Blind()} {
			said(t, m)
		}
	}
	if _, ok := Find("U01"); !ok {
		t.Error("U01 cannot be found")
	}
	if _, ok := Find("X99"); ok {
		t.Error("X99 was found")
	}
	if RunOne("C01", &Input{}, &Result{}) {
		t.Error("C01 runs without a verdict")
	}
}

func TestAnOrdinaryBillCostsNoFindings(t *testing.T) {
	s := usual(620).meter(anomaly.Meter{ID: "m", InstalledOn: day("2023-01-01"), VerifiedUntil: day("2030-01-01")})
	s.in.History, s.in.Bill, s.in.Estimate, s.in.AsOf = &s.h, len(s.h.Bills)-1, &s.e, s.asOf
	var out Result
	Run(&s.in, &out)
	en := locale.New(locale.English)
	for _, f := range out.Findings {
		t.Errorf("%s: %s", f.Ref, en.Say(f.Message))
	}
	allocs := testing.AllocsPerRun(100, func() {
		out.Reset()
		Run(&s.in, &out)
	})
	if allocs > 0 {
		t.Errorf("%.0f allocations for a bill with nothing to find", allocs)
	}
}

func TestReferencesStayTheSameAndDiffer(t *testing.T) {
	refs := map[string]string{}
	for range 2 {
		s := usual(1600).event("2026-03-05", anomaly.EventClaim, "usage_per_day=20").event("2026-03-06", anomaly.EventClaim, "usage_per_day=21")
		s.asOf = day("2026-03-20")
		s.in.History, s.in.Bill, s.in.Estimate, s.in.AsOf = &s.h, len(s.h.Bills)-1, &s.e, s.asOf
		var out Result
		Run(&s.in, &out)
		again := len(refs) > 0
		for _, f := range out.Findings {
			id := f.Message.Key + f.Evidence[0].File + string('0'+f.Evidence[0].Row)
			if was, ok := refs[f.Ref]; ok && was != id {
				t.Errorf("%s stands for %s and for %s", f.Ref, was, id)
			} else if !ok && again {
				t.Errorf("%s is new the second time", f.Ref)
			}
			refs[f.Ref] = id
		}
	}
}

func TestClaimsAsTheyAreSpoken(t *testing.T) {
	for text, want := range map[string]string{
		"meter fine":                       "meter=fine",
		"The meter is OK, madam":           "meter=fine",
		"will correct itself":              "correct_itself=yes",
		"wait for the next bill":           "correct_itself=yes",
		"電表沒問題":                            "meter=fine",
		"再觀察一個月，下期帳單就會正常":                  "correct_itself=yes",
		"usage_per_day=20 by=agent":        "usage_per_day=20 by=agent",
		"added_usage=100 per=month what=x": "added_usage=100 per=month what=x",
	} {
		if got, ok := ClaimNote(text); !ok || got != want {
			t.Errorf("%q is read as %q, %t; want %q", text, got, ok, want)
		}
	}
	if note, ok := ClaimNote("have a nice day"); ok || note != "have a nice day" {
		t.Errorf("a courtesy is read as %q", note)
	}
}

// A price of 3 a unit; what 293 units are worth, by what is known.
func TestWhatAUsageIsWorth(t *testing.T) {
	s := home(1400)
	s.in.History, s.in.Estimate = &s.h, &s.e
	if w, ok := s.in.Worth(293); !ok || w.Basis != WorthByAverage || w.Amount.String() != "879.0" {
		t.Errorf("by the bill's average: %+v, %t", w, ok)
	}
	s.last().Amount = anomaly.NullDecimal{}
	if w, ok := s.in.Worth(293); ok {
		t.Errorf("without any price it is worth %+v", w)
	}
	cfg := anomaly.DefaultConfig()
	cfg.Stakes.UnitPrice = num("2.5")
	s.in.Config = &cfg
	if w, ok := s.in.Worth(293); !ok || w.Basis != WorthByPrice || w.Amount.String() != "732.50" {
		t.Errorf("by the configured price: %+v, %t", w, ok)
	}
}

func BenchmarkRunOrdinaryBill(b *testing.B) {
	s := usual(620)
	s.in.History, s.in.Bill, s.in.Estimate, s.in.AsOf = &s.h, len(s.h.Bills)-1, &s.e, s.asOf
	var out Result
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		Run(&s.in, &out)
	}
}
