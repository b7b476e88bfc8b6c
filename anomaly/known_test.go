package anomaly

import "testing"

func TestWhatIsKnownOnADay(t *testing.T) {
	date := MustDate
	bill := func(id, from, to string) Bill {
		return Bill{ID: id, Period: Period{Start: date(from), End: date(to)}, Usage: MustDecimal("300"), Amount: Known(MustDecimal("900")), IssuedOn: date(to).AddDays(5)}
	}
	corrected := bill("march2", "2025-03-01", "2025-04-01")
	corrected.Cancels, corrected.IssuedOn = "march", date("2025-06-20")
	reversal := bill("back", "2025-02-01", "2025-03-01")
	reversal.Usage, reversal.Amount.Decimal, reversal.IssuedOn = MustDecimal("-300"), MustDecimal("-900"), date("2025-05-10")
	h := BuildHistory("a", &Rows{
		Accounts: []Account{{Status: "Closed", MovedOut: date("2025-06-25")}},
		Meters: []Meter{
			{ID: "old", InstalledOn: date("2020-01-01"), RemovedOn: date("2025-04-10"), FinalReading: Known(MustDecimal("812"))},
			{ID: "new", InstalledOn: date("2025-04-10")},
		},
		Bills: []Bill{bill("february", "2025-02-01", "2025-03-01"), bill("march", "2025-03-01", "2025-04-01"), bill("april", "2025-04-01", "2025-05-01"), corrected, reversal},
	})
	for _, c := range []struct {
		name, on string
		bills    int // that are known
		latest   string
		march    bool   // the bill that was corrected counts
		february bool   // the bill that was reversed counts
		meter    string // on the day
	}{
		{"before the exchange", "2025-04-05", 2, "march", true, true, "old"},
		{"issued later, ended before: the end of the period tells", "2025-05-02", 3, "april", true, true, "new"},
		{"reversed", "2025-05-10", 4, "april", true, false, "new"},
		{"the day before the correction", "2025-06-19", 4, "april", true, false, "new"},
		{"corrected", "2025-06-20", 5, "april", false, false, "new"},
	} {
		t.Run(c.name, func(t *testing.T) {
			on := date(c.on)
			known, _ := h.Known(on, -1)
			if got := len(known.Bills); got != c.bills {
				t.Errorf("%d bills, want %d", got, c.bills)
			}
			if got := h.Bills[h.LatestBill(on)].ID; got != c.latest {
				t.Errorf("the latest bill is %s, want %s", got, c.latest)
			}
			for id, want := range map[string]bool{"march": c.march, "february": c.february} {
				if got := !known.Bills[known.BillIndex(id)].Cancelled; got != want {
					t.Errorf("%s counts %t, want %t", id, got, want)
				}
				for i := range h.Bills {
					if h.Bills[i].ID == id && h.Counts(i, on) != want {
						t.Errorf("%s: Counts says %t", id, !want)
					}
				}
			}
			if m := known.MeterAt("", on); m == nil || m.ID != c.meter {
				t.Errorf("the meter is %v, want %s", m, c.meter)
			}
			if c.meter == "old" && (len(known.Meters) != 1 || !known.Meters[0].RemovedOn.IsZero() || known.Meters[0].FinalReading.Valid) {
				t.Errorf("the exchange of the future is known: %+v", known.Meters)
			}
			if known.Account.Inactive() || !known.Account.MovedOut.IsZero() {
				t.Errorf("that the account will end is known: %+v", known.Account)
			}
			again, at := known.Known(on, 0)
			if again != known || at != 0 {
				t.Error("what is known already is cut again")
			}
		})
	}
	last := len(h.Bills) - 1 // a bill that is asked for by its name
	if known, at := h.Known(date("2025-03-05"), last); known.Bills[at].Key() != h.Bills[last].Key() || len(known.Bills) != 2 {
		t.Errorf("%d bills, at %d", len(known.Bills), at)
	}
	for _, on := range []Date{date("2025-06-25"), date("2025-06-30")} {
		if known, _ := h.Known(on, -1); !known.Account.Inactive() || known.Account.MovedOut.IsZero() {
			t.Errorf("on %s the account has ended: %+v", on, known.Account)
		}
	}
	h.Account.MovedOut = 0
	if known, _ := h.Known(date("2025-03-05"), -1); !known.Account.Inactive() {
		t.Error("a status of no day has always been known")
	}
	if known, _ := h.Known(0, -1); known != h {
		t.Error("without a day all is known")
	}
}
