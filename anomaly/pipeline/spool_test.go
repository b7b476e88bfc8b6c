package pipeline

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"whybill/anomaly"
)

func genText(t *rapid.T, label string) string { return rapid.StringN(0, 12, 40).Draw(t, label) }

func genDecimal(t *rapid.T, label string) anomaly.Decimal {
	d, err := newDecimal(rapid.Uint64Max(9999999999999999999).Draw(t, label), rapid.IntRange(0, 19).Draw(t, label+" scale"), rapid.Bool().Draw(t, label+" sign"))
	if err != nil {
		t.Fatalf("%s: %v", label, err)
	}
	return d
}

func genNull(t *rapid.T, label string) anomaly.NullDecimal {
	if rapid.Bool().Draw(t, label+" known") {
		return anomaly.Known(genDecimal(t, label))
	}
	return anomaly.NullDecimal{}
}

func genDate(t *rapid.T, label string) anomaly.Date {
	return anomaly.Date(rapid.Int32Range(0, 800000).Draw(t, label))
}

func genSource(t *rapid.T) anomaly.Source {
	return anomaly.Source{File: genText(t, "file"), Row: rapid.Int32Min(0).Draw(t, "row")}
}

func genBill(t *rapid.T) anomaly.Bill {
	start := genDate(t, "start")
	return anomaly.Bill{
		AccountID: genText(t, "account"), ID: genText(t, "id"), MeterID: genText(t, "meter"),
		Period: anomaly.Period{Start: start, End: start + anomaly.Date(rapid.Int32Range(-5, 400).Draw(t, "days"))},
		Usage:  genDecimal(t, "usage"), Unit: genText(t, "unit"), Amount: genNull(t, "amount"),
		Currency: genText(t, "currency"), IssuedOn: genDate(t, "issued"), DueOn: genDate(t, "due"),
		Tariff: genText(t, "tariff"), From: genNull(t, "from"), To: genNull(t, "to"),
		Quality: anomaly.Quality(rapid.IntRange(0, 4).Draw(t, "quality")), Cancels: genText(t, "cancels"),
		EndAssumed: rapid.Bool().Draw(t, "assumed"), Source: genSource(t),
	}
}

// What a spool takes in comes out unchanged, whatever stands in the rows.
func TestCodecRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := newDictionary()
		w := codec{words: words}
		bill := genBill(t)
		account := anomaly.Account{
			ID: "a", Service: anomaly.Service(rapid.IntRange(0, 4).Draw(t, "service")), Unit: genText(t, "unit"),
			PremiseID: genText(t, "premise"), MovedIn: genDate(t, "in"), ServiceAmps: genNull(t, "amps"),
			Phases: 3, PreviousAccountID: genText(t, "previous"), Source: genSource(t),
		}
		appliance := anomaly.Appliance{
			AccountID: "a", Name: genText(t, "name"), Watts: rapid.Float64().Draw(t, "watts"),
			HoursPerDay: rapid.Float64().Draw(t, "hours"), Months: 0xffff, Source: genSource(t),
		}
		w.bill(&bill)
		w.account(&account)
		w.appliance(&appliance)

		r := codec{reading: true, words: words, in: string(w.out)}
		gotBill, gotAccount, gotAppliance := anomaly.Bill{AccountID: bill.AccountID}, anomaly.Account{ID: "a"}, anomaly.Appliance{AccountID: "a"}
		r.bill(&gotBill)
		r.account(&gotAccount)
		r.appliance(&gotAppliance)
		if r.bad || r.in != "" {
			t.Fatalf("bad %t, %d bytes left", r.bad, len(r.in))
		}
		for _, diff := range []string{cmp.Diff(bill, gotBill, cmpDecimal), cmp.Diff(account, gotAccount, cmpDecimal), cmp.Diff(appliance, gotAppliance)} {
			if diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

var cmpDecimal = cmp.Comparer(func(a, b anomaly.Decimal) bool { return a == b })

func FuzzCodecNeverPanics(f *testing.F) {
	w := codec{words: newDictionary()}
	w.bill(&anomaly.Bill{ID: "b", Usage: anomaly.MustDecimal("1400.5")})
	f.Add(string(w.out))
	f.Fuzz(func(t *testing.T, in string) {
		c := codec{reading: true, words: newDictionary(), in: in}
		var b anomaly.Bill
		c.bill(&b)
	})
}

// collect reads everything back, in any order.
func collect(t *testing.T, s *Spool) map[string]*anomaly.History {
	t.Helper()
	var mu sync.Mutex
	got := map[string]*anomaly.History{}
	err := s.Each(context.Background(), func(_ int, h *anomaly.History) error {
		mu.Lock()
		defer mu.Unlock()
		kept := *h // the spool builds the next account's bills where this one's stand
		kept.Bills = slices.Clone(h.Bills)
		got[h.Account.ID] = &kept
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func monthlyRows(accounts, months int) []anomaly.Rows {
	files := make([]anomaly.Rows, months)
	start := anomaly.MustDate("2024-01-01")
	for m := range files {
		for a := range accounts {
			files[m].Bills = append(files[m].Bills, anomaly.Bill{
				AccountID: "acc-" + strconv.Itoa(a), ID: strconv.Itoa(m),
				Period: anomaly.Period{Start: start.AddMonths(m), End: start.AddMonths(m + 1)},
				Usage:  anomaly.DecimalFromInt(int64(100 + a + m)),
				Source: anomaly.Source{File: "bills.csv", Row: int32(2 + m*accounts + a)},
			})
		}
	}
	return files
}

func TestRowsThatDoNotFitInMemoryComeBackWhole(t *testing.T) {
	small, large := NewSpool(1), NewSpool(1<<30)
	defer small.Close()
	for _, rows := range monthlyRows(500, 12) {
		for _, s := range []*Spool{small, large} {
			if err := s.Add(&rows); err != nil {
				t.Fatal(err)
			}
		}
	}
	if small.file == nil || large.file != nil {
		t.Fatal("the small spool should have a file and the large one none")
	}
	a, b := collect(t, small), collect(t, large)
	if len(a) != 500 {
		t.Fatalf("%d accounts, want 500", len(a))
	}
	if diff := cmp.Diff(a, b, cmpDecimal); diff != "" {
		t.Fatal(diff)
	}
	for id, h := range a {
		if len(h.Bills) != 12 {
			t.Fatalf("%s has %d bills, want 12", id, len(h.Bills))
		}
	}
}

func TestOrderOfRowsChangesNothing(t *testing.T) {
	ordered, shuffled := NewSpool(0), NewSpool(0)
	var all []anomaly.Bill
	for _, rows := range monthlyRows(50, 24) {
		if err := ordered.Add(&rows); err != nil {
			t.Fatal(err)
		}
		all = append(all, rows.Bills...)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	if err := shuffled.Add(&anomaly.Rows{Bills: all}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(collect(t, ordered), collect(t, shuffled), cmpDecimal); diff != "" {
		t.Fatal(diff)
	}
}

func TestAPreviousAccountIsFoundWhereverItStands(t *testing.T) {
	s := NewSpool(0)
	rows := monthlyRows(200, 3)[0]
	for i := range 100 {
		rows.Accounts = append(rows.Accounts, anomaly.Account{ID: "acc-" + strconv.Itoa(i), PreviousAccountID: "acc-" + strconv.Itoa(i+100)})
	}
	if err := s.Add(&rows); err != nil {
		t.Fatal(err)
	}
	for id, h := range collect(t, s) {
		n, _ := strconv.Atoi(id[len("acc-"):])
		if n >= 100 {
			continue
		}
		if h.Previous == nil || h.Previous.Account.ID != "acc-"+strconv.Itoa(n+100) || len(h.Previous.Bills) != 1 {
			t.Fatalf("%s: previous account %+v", id, h.Previous)
		}
	}
}

func BenchmarkSpoolBill(b *testing.B) {
	rows := monthlyRows(1000, 24)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		s := NewSpool(0)
		for i := range rows {
			if err := s.Add(&rows[i]); err != nil {
				b.Fatal(err)
			}
		}
		if err := s.Each(context.Background(), func(int, *anomaly.History) error { return nil }); err != nil {
			b.Fatal(err)
		}
		n += 24000
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/bill")
}
