package anomaly

import (
	"reflect"
	"slices"
	"testing"
)

func bill(id, start, end string, usage int64, file string, row int32) Bill {
	return Bill{
		AccountID: "a", ID: id, Period: Period{MustDate(start), MustDate(end)},
		Usage: DecimalFromInt(usage), Source: Source{file, row},
	}
}

func withAmount(b Bill, amount string) Bill {
	b.Amount = Known(MustDecimal(amount))
	return b
}

func TestBuildHistory(t *testing.T) {
	jan := bill("1", "2026-01-01", "2026-03-01", 1400, "bills.csv", 2)
	for _, c := range []struct {
		name      string
		bills     []Bill
		want      []string // usage and, where it counts for nothing, "x"
		conflicts []bool   // identical?
	}{
		{
			"in any order", []Bill{bill("2", "2026-03-01", "2026-05-01", 800, "bills.csv", 3), jan},
			[]string{"1400", "800"}, nil,
		},
		{
			"the same row twice in a file", []Bill{jan, bill("1", "2026-01-01", "2026-03-01", 1400, "bills.csv", 9)},
			[]string{"1400"}, []bool{true},
		},
		{
			"two rows of a file that disagree", []Bill{jan, bill("1", "2026-01-01", "2026-03-01", 1300, "bills.csv", 9)},
			[]string{"1400"}, []bool{false},
		},
		{
			"a later file corrects", []Bill{jan, bill("1", "2026-01-01", "2026-03-01", 1107, "corrected.csv", 2)},
			[]string{"1107"}, nil,
		},
		{
			"another bill for the same days", []Bill{jan, bill("1b", "2026-01-01", "2026-03-01", 300, "bills.csv", 3)},
			[]string{"1400", "300"}, nil,
		},
		{
			"a bill that replaces another", []Bill{jan, {
				AccountID: "a", ID: "1-corrected", Cancels: "1", Period: jan.Period,
				Usage: DecimalFromInt(1107), Source: Source{"bills.csv", 3},
			}},
			[]string{"1400x", "1107"}, nil,
		},
		{
			"a reversal and what it reverses", []Bill{
				withAmount(jan, "4137"),
				withAmount(bill("1-reversed", "2026-01-01", "2026-03-01", -1400, "bills.csv", 3), "-4137"),
				withAmount(bill("1-again", "2026-01-01", "2026-03-01", 1107, "bills.csv", 4), "2894"),
			},
			[]string{"1400x", "1107", "-1400x"}, nil,
		},
		{
			"a credit that reverses nothing", []Bill{withAmount(jan, "4137"), withAmount(bill("c", "2026-01-01", "2026-03-01", -100, "bills.csv", 3), "-300")},
			[]string{"1400", "-100"}, nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := BuildHistory("a", &Rows{Bills: slices.Clone(c.bills)})
			if taken := TakeHistory("a", &Rows{Bills: slices.Clone(c.bills)}); !reflect.DeepEqual(taken, h) {
				t.Errorf("in the memory of the rows it is another history: %+v, want %+v", taken, h)
			}
			var got []string
			for _, b := range h.Bills {
				s := b.Usage.String()
				if b.Cancelled {
					s += "x"
				}
				got = append(got, s)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("bills %v, want %v", got, c.want)
			}
			var identical []bool
			for _, x := range h.Conflicts {
				identical = append(identical, x.Identical)
			}
			if !slices.Equal(identical, c.conflicts) {
				t.Errorf("conflicts %v, want %v", identical, c.conflicts)
			}
		})
	}
}

func TestLinesFindTheirBillOrAreKeptAsOrphans(t *testing.T) {
	h := BuildHistory("a", &Rows{
		Bills: []Bill{bill("1", "2026-01-01", "2026-03-01", 1400, "bills.csv", 2)},
		Lines: []Line{{BillID: "1", Code: "energy"}, {BillID: "7", Code: "energy"}, {BillID: "1", Code: "tax"}},
	})
	if n := len(h.Bills[0].Lines); n != 2 {
		t.Errorf("the bill has %d lines, want 2", n)
	}
	if len(h.OrphanLines) != 1 || h.OrphanLines[0].BillID != "7" {
		t.Errorf("orphans: %+v", h.OrphanLines)
	}
}

func TestAccountIsWhatAllRowsSayOfIt(t *testing.T) {
	h := BuildHistory("a", &Rows{Accounts: []Account{
		{ID: "a", Service: Water, Route: "R-1", Class: "residential"},
		{ID: "a", Route: "R-2"},
	}})
	if a := h.Account; a.Service != Water || a.Route != "R-2" || a.Class != "residential" || h.ServiceAssumed {
		t.Errorf("%+v, service assumed: %t", a, h.ServiceAssumed)
	}
	if h := BuildHistory("a", &Rows{}); h.Account.Service != Electricity || !h.ServiceAssumed {
		t.Error("where nothing names the service it is electricity, and that is said")
	}
}

func TestLatestBill(t *testing.T) {
	h := BuildHistory("a", &Rows{Bills: []Bill{
		bill("1", "2025-11-01", "2026-01-01", 600, "bills.csv", 2),
		bill("2", "2026-01-01", "2026-03-01", 1400, "bills.csv", 3),
		bill("3", "2026-03-01", "2026-05-01", 700, "bills.csv", 4),
	}})
	h.Bills[2].Cancelled = true
	for _, c := range []struct {
		asOf string
		want int
	}{{"2025-12-31", -1}, {"2026-02-28", 0}, {"2026-03-01", 1}, {"2026-12-31", 1}} {
		if got := h.LatestBill(MustDate(c.asOf)); got != c.want {
			t.Errorf("as of %s: bill %d, want %d", c.asOf, got, c.want)
		}
	}
}

func TestEventFields(t *testing.T) {
	e := Event{Note: `joint=yes agreed by phone; what="water heater, dish dryer" empty= per=month`}
	var got []string
	for k, v := range e.Fields {
		got = append(got, k+":"+v)
	}
	want := []string{"joint:yes", "what:water heater, dish dryer", "empty:", "per:month"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if v, ok := e.Field("per"); !ok || v != "month" {
		t.Errorf("per = %q, %t", v, ok)
	}
	if _, ok := e.Field("by"); ok {
		t.Error(`"by phone" is no pair`)
	}
}

func FuzzEventFields(f *testing.F) {
	f.Add(`joint=yes what="a b" x`)
	f.Fuzz(func(t *testing.T, note string) {
		for k := range (&Event{Note: note}).Fields {
			if k == "" {
				t.Errorf("%q has a pair without a key", note)
			}
		}
	})
}

func TestCommonFactorBetweenTheMiddlesOfItsBins(t *testing.T) {
	c := &CommonFactor{First: MustDate("2026-01-01"), BinDays: 30, Log: []float64{0, 0.3, 0.1}}
	at := func(start string, days int) Period {
		d := MustDate(start)
		return Period{d, d.AddDays(days)}
	}
	for _, x := range []struct {
		p    Period
		want float64
		ok   bool
	}{
		{at("2026-01-01", 30), 0, true},    // the first bin itself
		{at("2026-01-16", 30), 0.15, true}, // half-way between the first two
		{at("2026-01-31", 30), 0.3, true},
		{at("2026-03-02", 30), 0.1, true},
		{at("2025-06-01", 30), 0, false},
		{at("2027-06-01", 30), 0, false},
	} {
		got, ok := c.At(x.p)
		if ok != x.ok || got < x.want-1e-9 || got > x.want+1e-9 {
			t.Errorf("%s: %g, %t; want %g, %t", x.p, got, ok, x.want, x.ok)
		}
	}
	if _, ok := (*CommonFactor)(nil).At(at("2026-01-01", 30)); ok {
		t.Error("no factor gives none")
	}
}

func TestFloatIsTheNearestNumber(t *testing.T) {
	for _, s := range []string{"0", "1400", "-4136.6", "0.1", "12345678901.25", "0.000000001"} {
		if got, ok := DecimalFromFloat(Float(MustDecimal(s)), MustDecimal(s).Scale()); !ok || got.Cmp(MustDecimal(s)) != 0 {
			t.Errorf("%s came back as %s", s, got)
		}
	}
}

func TestALaterPrintOfABillReplacesItsLines(t *testing.T) {
	line := func(bill, code, amount, file string, row int32) Line {
		return Line{AccountID: "a", BillID: bill, Code: code, Amount: MustDecimal(amount), Source: Source{file, row}}
	}
	h := BuildHistory("a", &Rows{
		Bills: []Bill{bill("1", "2026-01-01", "2026-03-01", 1400, "bills.csv", 2), bill("2", "2026-03-01", "2026-05-01", 800, "bills.csv", 3)},
		Lines: []Line{
			line("1", "energy", "4100", "lines.csv", 2), line("1", "tax", "37", "lines.csv", 3), line("2", "energy", "2000", "lines.csv", 4),
			line("1", "energy", "2894", "corrected.csv", 2),
		},
	})
	if got := h.Bills[0].Lines; len(got) != 1 || got[0].Source != (Source{"corrected.csv", 2}) {
		t.Errorf("the corrected bill has lines %v", got)
	}
	if got := h.Bills[1].Lines; len(got) != 1 || got[0].Source != (Source{"lines.csv", 4}) {
		t.Errorf("the other bill has lines %v", got)
	}
}

func TestAnEventSaidAgainStaysWhereItWasSaidFirst(t *testing.T) {
	visit := Event{AccountID: "a", At: MustDate("2026-03-02"), Kind: EventVisitPromised, Due: MustDate("2026-03-09"), Source: Source{"events.csv", 2}}
	again, moved := visit, visit
	again.Source = Source{"again.csv", 2}
	moved.Source, moved.Due = Source{"moved.csv", 2}, MustDate("2026-03-12")
	h := BuildHistory("a", &Rows{Events: []Event{visit, again}})
	if len(h.Events) != 1 || h.Events[0].Source != visit.Source {
		t.Errorf("said twice: %v", h.Events)
	}
	h = BuildHistory("a", &Rows{Events: []Event{visit, again, moved}})
	if len(h.Events) != 1 || h.Events[0] != moved {
		t.Errorf("moved: %v", h.Events)
	}
}

// What files say twice is one event; what the ledger says twice was done twice.
func TestTwoEntriesOfTheLedgerAreTwoEvents(t *testing.T) {
	promise := func(file string, row int32, due string) Event {
		return Event{AccountID: "A", At: MustDate("2026-03-09"), Kind: EventVisitPromised, Ref: "D-1", Due: MustDate(due), Source: Source{File: file, Row: row}}
	}
	for _, c := range []struct {
		file string
		want int
	}{{"events.csv", 1}, {LedgerFile, 2}} {
		rows := Rows{Events: []Event{promise(c.file, 1, "2026-03-13"), promise(c.file, 2, "2026-03-18")}}
		if got := len(BuildHistory("A", &rows).Events); got != c.want {
			t.Errorf("%s: %d events, want %d", c.file, got, c.want)
		}
	}
}

func TestTheUnitOfABillDoesNotChangeTheServiceThatIsNamed(t *testing.T) {
	named, bill := Account{ID: "g", Service: Gas}, Account{ID: "g", Unit: "m3"}
	for name, rows := range map[string][]Account{"the account first": {named, bill}, "the bill first": {bill, named}} {
		h := BuildHistory("g", &Rows{Accounts: rows})
		if h.Account.Service != Gas || h.ServiceAssumed || h.Account.Unit != "" {
			t.Errorf("%s: %s in %q, assumed: %v; want gas", name, h.Account.Service, h.Account.Unit, h.ServiceAssumed)
		}
	}
	for unit, want := range map[string]Service{"m3": Water, "kWh": Electricity, "h": Broadband} {
		h := BuildHistory("x", &Rows{Accounts: []Account{{ID: "x", Unit: unit}}})
		if h.Account.Service != want || h.ServiceAssumed {
			t.Errorf("%s: %s, assumed: %v; want %s", unit, h.Account.Service, h.ServiceAssumed, want)
		}
	}
	if h := BuildHistory("x", &Rows{Accounts: []Account{{ID: "x"}}}); h.Account.Service != Electricity || !h.ServiceAssumed {
		t.Errorf("without a unit: %s, assumed: %v", h.Account.Service, h.ServiceAssumed)
	}
}
