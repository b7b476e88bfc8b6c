package check_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"whybill/anomaly"
	"whybill/anomaly/check"
	"whybill/anomaly/locale"
	"whybill/anomaly/tariff"
)

const (
	taipower = "tw.taipower.residential.non_tou"
	planA    = "cn.telecom.hours.plan_a"
	planB    = "cn.telecom.hours.plan_b"
)

func d(s string) anomaly.Decimal { return anomaly.MustDecimal(s) }

// situation is an account under construction: bills are added oldest first, the last
// one is checked.
type situation struct {
	t       *testing.T
	h       *anomaly.History
	asOf    anomaly.Date
	pricer  anomaly.Pricer
	checked int
}

func book(t *testing.T) *tariff.Book {
	t.Helper()
	b, err := tariff.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func household(t *testing.T) *situation {
	t.Helper()
	return &situation{t: t, pricer: book(t), h: &anomaly.History{Account: anomaly.Account{
		ID: "A1", Source: anomaly.Source{File: "accounts.csv", Row: 2}, Service: anomaly.Electricity, Tariff: taipower, Class: "residential"}}}
}

func subscriber(t *testing.T) *situation {
	t.Helper()
	return &situation{t: t, pricer: book(t), h: &anomaly.History{Account: anomaly.Account{
		ID: "B1", Service: anomaly.Broadband, Unit: "h", Tariff: planA}}}
}

// bill adds a bill; amount "" for none. The lines are "code amount" or
// "code amount from to".
func (s *situation) bill(id, from, to, usage, amount string, lines ...string) *anomaly.Bill {
	b := anomaly.Bill{AccountID: s.h.Account.ID, ID: id, Usage: d(usage), Currency: "TWD",
		Period: anomaly.Period{Start: anomaly.MustDate(from), End: anomaly.MustDate(to)},
		Source: anomaly.Source{File: "bills.csv", Row: int32(len(s.h.Bills) + 2)}}
	if amount != "" {
		b.Amount = anomaly.Known(d(amount))
	}
	for i, text := range lines {
		f := strings.Fields(text)
		l := anomaly.Line{BillID: id, Code: f[0], Amount: d(f[1]), Source: anomaly.Source{File: "bill_lines.csv", Row: int32(i + 2)}}
		if len(f) == 4 {
			l.Period = anomaly.Period{Start: anomaly.MustDate(f[2]), End: anomaly.MustDate(f[3])}
		}
		b.Lines = append(b.Lines, l)
	}
	s.h.Bills = append(s.h.Bills, b)
	s.checked = len(s.h.Bills) - 1
	return &s.h.Bills[s.checked]
}

func (s *situation) event(at, kind, note string) *anomaly.Event {
	s.h.Events = append(s.h.Events, anomaly.Event{AccountID: s.h.Account.ID, At: anomaly.MustDate(at), Kind: kind, Note: note,
		Source: anomaly.Source{File: "events.csv", Row: int32(len(s.h.Events) + 2)}})
	return &s.h.Events[len(s.h.Events)-1]
}

// run recomputes the bill as the pipeline does and runs one check.
func (s *situation) run(id string) *check.Result {
	s.t.Helper()
	in := &check.Input{History: s.h, Bill: s.checked, Pricer: s.pricer, Rebill: s.rebill(), AsOf: s.asOf}
	if s.asOf.IsZero() {
		in.AsOf = s.h.Bills[s.checked].Period.End.AddDays(60)
	}
	out := &check.Result{}
	if !check.RunOne(id, in, out) {
		s.t.Fatalf("no check %s", id)
	}
	return out
}

func (s *situation) rebill() *anomaly.Rebill {
	if s.pricer == nil {
		return &anomaly.Rebill{}
	}
	p, err := s.pricer.Price(anomaly.BillRequest(s.h, s.checked))
	var not *anomaly.NotPriced
	if errors.As(err, &not) {
		return &anomaly.Rebill{NotChecked: not.Reason}
	}
	passed, _ := s.h.Bills[s.checked].PassedThrough()
	amount, _ := p.Payable(passed)
	return &anomaly.Rebill{Priced: p, Amount: anomaly.Known(amount)}
}

// wantFinding asserts that the check fires once, with this message and size in money
// ("" for no size), that its sentence can be said in all languages, and that it names
// where it stands.
func (s *situation) wantFinding(id, key, amount string) {
	s.t.Helper()
	out := s.run(id)
	var keys []string
	for _, f := range out.Findings {
		keys = append(keys, f.Message.Key)
		for _, lang := range locale.Langs {
			if text := locale.New(lang).Say(f.Message); strings.ContainsAny(text, "{}") || text == f.Message.Key {
				s.t.Errorf("%s in %s: %q", id, lang, text)
			}
		}
		if len(f.Evidence) == 0 || f.Evidence[0].File == "" {
			s.t.Errorf("%s names no evidence", id)
		}
		if f.Message.Key != key {
			continue
		}
		if amount == "" && f.Amount.Valid || amount != "" && (!f.Amount.Valid || f.Amount.Decimal.Cmp(d(amount)) != 0) {
			s.t.Errorf("%s %s: amount %v, want %s", id, key, f.Amount, amount)
		}
	}
	if !slices.Contains(keys, key) {
		s.t.Errorf("%s found %v (not checked: %v), want %s", id, keys, out.NotChecked, key)
	}
}

func (s *situation) wantQuiet(id string) {
	s.t.Helper()
	if out := s.run(id); len(out.Findings) > 0 || len(out.NotChecked) > 0 {
		s.t.Errorf("%s: %+v, want nothing", id, out)
	}
}

func (s *situation) wantNotChecked(id, reason string) {
	s.t.Helper()
	out := s.run(id)
	if len(out.Findings) > 0 || len(out.NotChecked) != 1 || out.NotChecked[0].Reason.Key != reason {
		s.t.Errorf("%s: %+v, want not checked: %s", id, out, reason)
	}
}

var priceChecks = []string{"B01", "B03", "B04", "B05", "B06", "B07", "B08", "B09", "B18", "B21"}

// The demo's bill (cases.md 1): the price is right.
func TestTheWinterBillIsPricedRight(t *testing.T) {
	s := household(t)
	s.bill("w", "2026-01-01", "2026-03-01", "1400", "4137", "energy 4136.6")
	for _, id := range priceChecks {
		s.wantQuiet(id)
	}
}

func TestWithoutATariffNothingIsCalledRight(t *testing.T) {
	s := household(t)
	s.pricer = nil
	s.bill("w", "2026-01-01", "2026-03-01", "1400", "4137")
	for _, id := range []string{"B01", "B03", "B07", "B08", "B09"} {
		s.wantNotChecked(id, "not_checked.no_tariff")
	}
	// A version whose prices nobody found is named.
	s = household(t)
	s.bill("u", "2015-06-01", "2015-08-01", "500", "1500")
	s.wantNotChecked("B01", "tariff.unknown_version")
}

func TestMispricedBills(t *testing.T) {
	for _, c := range []struct {
		name, from, to, usage, amount, energy string
		id, key, off                          string
		quiet                                 []string
	}{
		// cases.md 1: 6461.3 if the tiers are not doubled.
		{"tiers not doubled", "2026-01-01", "2026-03-01", "1400", "6461", "6461.3", "B07", "mistake.tiers_not_doubled", "2324", []string{"B06", "B08"}},
		// The version of 2024-04-01 gives 3996.6 (tariffs.md, seed 000).
		{"the version before", "2026-01-01", "2026-03-01", "1400", "3997", "3996.6", "B08", "mistake.old_version", "-140", []string{"B07", "B06"}},
		// 2018-04-01, 61 days, all of them at summer rates: 240x1.63+420x2.38+340x3.52+374x4.80.
		{"all summer", "2020-05-27", "2020-07-27", "1374", "4383", "4382.8", "B06", "mistake.one_season", "54", []string{"B07", "B08"}},
		{"tax added to prices that include it", "2026-01-01", "2026-03-01", "1400", "4343", "4136.6", "B03", "mistake.tax_on_top", "206", []string{"B07"}},
		{"less than the least charge", "2026-01-01", "2026-03-01", "40", "71", "71.2", "B04", "mistake.minimum_missed", "-29", []string{"B07"}},
		{"the fraction cut off", "2026-01-01", "2026-03-01", "1400", "4136", "4136.6", "B18", "mistake.rounded_down", "-1", []string{"B01", "B07"}},
		{"ten times the usage", "2026-01-01", "2026-03-01", "140", "91556", "", "B01", "mistake.usage_times_ten", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := household(t)
			if c.key == "mistake.usage_times_ten" {
				// What 1400 kWh cost, on a bill that says 140.
				c.amount = "4137"
				c.off = "3888" // 140 kWh are 249.2
			}
			lines := []string{}
			if c.energy != "" {
				lines = append(lines, "energy "+c.energy)
			}
			s.bill("x", c.from, c.to, c.usage, c.amount, lines...)
			s.wantFinding(c.id, c.key, c.off)
			for _, id := range c.quiet {
				s.wantQuiet(id)
			}
		})
	}
}

func TestARecomputedBillIsOff(t *testing.T) {
	s := household(t)
	s.bill("x", "2026-01-01", "2026-03-01", "1400", "4300")
	s.wantFinding("B01", "B01.total", "163")
	// Two lines that are off by the same leave the total right.
	s = household(t)
	s.bill("x", "2026-01-01", "2026-03-01", "1400", "4137", "energy 4036.6", "common_area 0", "other 0")
	s.wantFinding("B01", "B01.energy", "-100")
	// Passed-through lines are taken as billed (tariffs.md 1.5, the bill of 2026).
	s = household(t)
	s.bill("x", "2025-12-10", "2026-02-05", "1221", "3309", "energy 3377.6", "outage_credit -3.3", "common_area 29.0", "saving_reward -84.0", "ebill_discount -10.0")
	s.wantQuiet("B01")
}

func TestCorrectionOverTheWindow(t *testing.T) {
	s := household(t)
	s.bill("a", "2025-09-01", "2025-11-01", "100", "184") // right: 181.8 or so; checked below
	s.h.Bills[0].Amount = s.rebill().Amount
	s.bill("b", "2025-11-01", "2026-01-01", "1400", "6461")
	s.bill("c", "2026-01-01", "2026-03-01", "1400", "6461")
	s.wantFinding("B21", "B21.refund", "4648") // 2 x 2324, the bill that is right left out
}

// cases.md 8: two estimates of 600 and then 1800.
func TestTwoEstimatesThenAnActual(t *testing.T) {
	build := func() *situation {
		s := household(t)
		s.bill("a", "2025-11-02", "2026-01-01", "600", "1268").Quality = anomaly.Estimated
		s.bill("b", "2026-01-01", "2026-03-02", "600", "1268").Quality = anomaly.Estimated
		s.bill("c", "2026-03-02", "2026-05-01", "1800", "6223").Quality = anomaly.Actual
		return s
	}
	s := build()
	s.wantFinding("R07", "R07.money", "1404")
	s.pricer = nil
	out := s.run("R07")
	if len(out.Findings) != 1 || out.Findings[0].Message.Key != "R07.usage" || len(out.NotChecked) != 1 {
		t.Errorf("without a tariff: %+v, want the usage and that the money was not checked", out)
	}
	s = build()
	s.h.Bills[0].Quality, s.h.Bills[1].Quality = anomaly.Actual, anomaly.Actual
	s.wantQuiet("R07")
	s = build() // estimates that were about right
	s.h.Bills[2].Usage = d("610")
	s.wantQuiet("R07")
}

func TestClassAndCheaperPlan(t *testing.T) {
	s := household(t)
	s.h.Account.Class = "business"
	s.bill("x", "2026-01-01", "2026-03-01", "1400", "4137")
	s.wantFinding("B09", "B09.class", "")
	// How a class is written is no class of its own.
	s = household(t)
	s.h.Account.Class = "Residential"
	s.bill("x", "2026-01-01", "2026-03-01", "1400", "4137")
	s.wantQuiet("B09")
	// 200 hours on plan A are 700, on plan B 200 (tariffs.md 3).
	s = subscriber(t)
	s.bill("x", "2026-03-01", "2026-04-01", "200", "700")
	s.wantFinding("B09", "B09.cheaper", "500")
	s = subscriber(t)
	s.bill("x", "2026-03-01", "2026-04-01", "80", "100")
	s.wantQuiet("B09")
}

func TestDuplicateBills(t *testing.T) {
	s := household(t)
	s.bill("n1", "2026-01-01", "2026-03-01", "1400", "4137")
	s.bill("n2", "2026-01-01", "2026-03-01", "1400", "4137")
	s.wantFinding("B10", "B10.same", "4137")
	s.wantQuiet("B11") // the one says it

	s.h.Bills[0].Cancelled = true
	s.wantQuiet("B10")

	s = household(t)
	s.bill("n1", "2025-01-01", "2025-03-01", "800", "1700")
	s.bill("n1", "2026-01-01", "2026-03-01", "1400", "4137")
	s.wantFinding("B10", "B10.number", "4137")
	s.h.Bills[0].Period = anomaly.Period{Start: anomaly.MustDate("2020-01-01"), End: anomaly.MustDate("2020-03-01")}
	s.wantQuiet("B10") // more than four years ago

	s = household(t)
	s.bill("n1", "2026-01-01", "2026-03-01", "700", "1400")
	s.bill("n2", "2026-01-01", "2026-02-01", "700", "1900")
	s.wantFinding("B11", "B11.several", "")
	s.h.Bills[0].MeterID, s.h.Bills[1].MeterID = "m1", "m2"
	s.wantQuiet("B11")
}

func TestLines(t *testing.T) {
	s := household(t)
	s.bill("x", "2026-01-01", "2026-03-01", "1400", "4195", "energy 4136.6", "common_area 29", "common_area 29")
	s.wantFinding("B12", "B12.twice", "29")
	s = household(t)
	s.bill("x", "2026-01-01", "2026-03-01", "1400", "4195", "energy 2000 2026-01-01 2026-02-01", "energy 2000 2026-02-01 2026-03-01")
	s.wantQuiet("B12") // the halves of the period

	s = household(t)
	for _, from := range []string{"2025-05", "2025-07", "2025-09", "2025-11"} {
		start := anomaly.MustDate(from + "-01")
		s.bill(from, start.String(), start.AddMonths(2).String(), "500", "1000", "energy 970", "common_area 29")
	}
	s.bill("x", "2026-01-01", "2026-03-01", "500", "1050", "energy 1000", "other 50")
	s.wantFinding("B13", "B13.new", "50")
	s.wantFinding("B13", "B13.gone", "-29")
	s.h.Bills[s.checked].Lines[1].Code = "common_area"
	s.wantQuiet("B13")
	s.h.Bills = s.h.Bills[3:]
	s.checked = 1
	s.wantNotChecked("B13", "not_checked.few_bills")
}

func TestLateFee(t *testing.T) {
	build := func() *situation {
		s := household(t)
		s.bill("one", "2025-11-01", "2026-01-01", "500", "1000").DueOn = anomaly.MustDate("2026-01-25")
		s.bill("two", "2026-01-01", "2026-03-01", "500", "1030", "energy 1000", "late_fee 30").IssuedOn = anomaly.MustDate("2026-03-05")
		return s
	}
	s := build()
	s.wantQuiet("B14") // nothing says that it was paid
	e := s.event("2026-01-20", "payment", "")
	e.Amount, e.Ref = anomaly.Known(d("1000")), "one"
	s.wantFinding("B14", "B14.paid", "30")
	s.h.Events[0].At = anomaly.MustDate("2026-02-02")
	s.wantQuiet("B14") // late it was
	s = build()
	s.event("2026-01-15", anomaly.EventComplaint, "").Ref = "one"
	s.wantFinding("B14", "B14.disputed", "30")
	s.event("2026-01-18", "answer", "").Ref = "one"
	s.wantQuiet("B14")
	s = build()
	s.h.Bills[0].DueOn = 0
	s.wantNotChecked("B14", "not_checked.no_due_date")
}

func TestCostOfAUnit(t *testing.T) {
	s := household(t)
	s.pricer = nil
	s.bill("a", "2025-01-01", "2025-03-01", "500", "1000")
	s.bill("b", "2026-01-01", "2026-03-01", "520", "1560")
	s.wantFinding("B15", "B15.jump", "520") // 3 instead of 2 for 520 units
	s.h.Bills[1].Usage = d("900")
	s.wantNotChecked("B15", "not_checked.no_reference") // tiers may explain it
	s.h.Bills[1].Usage, s.h.Bills[1].Amount = d("520"), anomaly.Known(d("1200"))
	s.wantQuiet("B15")
}

func TestPaymentNotPosted(t *testing.T) {
	s := household(t)
	s.bill("one", "2025-11-01", "2026-01-01", "500", "1000")
	s.bill("two", "2026-01-01", "2026-03-01", "500", "2000", "energy 1000", "previous_balance 1000").IssuedOn = anomaly.MustDate("2026-03-05")
	s.wantQuiet("B16")
	e := s.event("2026-02-01", "payment", "")
	e.Amount, e.Ref = anomaly.Known(d("1000")), "one"
	s.wantFinding("B16", "B16.unposted", "1000")
	s.h.Events[0].At = anomaly.MustDate("2026-03-03")
	s.wantQuiet("B16") // on its way
	s.h.Events[0].At = anomaly.MustDate("2026-02-01")
	s.h.Bills[1].Lines = append(s.h.Bills[1].Lines, anomaly.Line{Code: "payment", Amount: d("-1000")})
	s.wantQuiet("B16")
}

func TestUsageAndCharge(t *testing.T) {
	s := household(t)
	s.bill("x", "2026-01-01", "2026-03-01", "500", "29", "energy 0", "common_area 29")
	s.wantFinding("B17", "B17.free", "")
	s = household(t)
	s.bill("x", "2026-01-01", "2026-03-01", "0", "300", "energy 300")
	s.wantFinding("B17", "B17.nothing", "300")
	s = household(t)
	s.bill("x", "2026-01-01", "2026-03-01", "0", "100", "energy 71.2", "minimum 28.8")
	s.wantQuiet("B17")
}

func TestBackBillingWindow(t *testing.T) {
	s := household(t)
	s.bill("x", "2026-01-01", "2026-03-01", "500", "9000", "energy 1000", "adjustment 8000 2024-01-01 2025-06-01")
	s.wantFinding("B19", "B19.old", "8000")
	s.h.Bills[0].Lines[1].Period.Start = anomaly.MustDate("2025-06-01")
	s.wantQuiet("B19")
	s.h.Bills[0].Lines[1].Period.Start = anomaly.MustDate("2024-01-01")
	s.h.Bills[0].Lines[1].Amount = d("-8000")
	s.wantQuiet("B19") // a refund may go back further
	s = household(t)
	s.bill("v", "2025-09-01", "2025-11-01", "0", "0", "energy 0")
	s.bill("w", "2025-11-01", "2026-01-01", "0", "0", "energy 0")
	s.bill("x", "2026-01-01", "2026-03-01", "500", "3000", "energy 1000", "adjustment 2000 2025-09-01 2026-01-01")
	s.wantFinding("B19", "B19.within", "2000")
	s = household(t)
	s.bill("v", "2025-09-01", "2025-11-01", "0", "0", "energy 0")
	s.bill("w", "2025-11-01", "2026-01-01", "0", "0", "energy 0")
	s.bill("x", "2026-01-01", "2026-03-01", "500", "3000", "energy 1000", "adjustment 2000 2024-09-01 2026-01-01")
	s.wantFinding("B19", "B19.line", "2000")
	s.h.Bills[2].Lines[1].Period = anomaly.Period{} // for the bills without usage right before
	s.wantFinding("B19", "B19.within", "2000")
	s.h.Bills[1].Usage = d("400")
	s.wantQuiet("B19")
}

func TestCancelAndRebill(t *testing.T) {
	s := household(t)
	s.bill("x", "2026-01-01", "2026-03-01", "500", "1000").Cancels = "gone"
	s.wantFinding("B20", "B20.missing", "")
	s = household(t)
	s.bill("r", "2026-01-01", "2026-03-01", "-500", "-900")
	s.bill("x", "2026-01-01", "2026-03-01", "500", "1000")
	s.wantFinding("B20", "B20.rest", "100")
	s.h.Bills[0].Cancelled = true // it cancelled something exactly
	s.wantQuiet("B20")
}

// cases.md 3: 200 paid for plan B on the 10th, in effect from the 1st of April; the 100
// hours of plan A were used up, 33 h 20 min follow.
func TestTheBroadbandPlan(t *testing.T) {
	build := func() *situation {
		s := subscriber(t)
		s.h.Account.Unit = "min"
		s.bill("m", "2026-03-01", "2026-04-01", "8000", "300", "plan_fee 100", "overage 200").Currency = "CNY"
		s.h.Bills[0].Unit = "min"
		e := s.event("2026-03-10", "payment", "plan="+planB+" used=100 unit=h")
		e.Amount = anomaly.Known(d("200"))
		return s
	}
	s := build()
	s.wantQuiet("P01")
	s.wantFinding("P02", "P02.terms", "200")
	s.wantFinding("P03", "P03.paid", "200")
	s.wantFinding("P04", "P04.missing", "200")
	s.wantFinding("P05", "P05.cliff_both", "200")
	for _, lang := range locale.Langs {
		t.Log(locale.New(lang).Say(s.run("P03").Findings[0].Message))
	}
	s.wantQuiet("P06")
	s.wantQuiet("P07")
	s.event("2026-04-01", "plan_change_effective", "plan="+planB)
	s.wantFinding("P02", "P02.gap", "200")
	s.event("2026-03-06", "alert_sent", "percent=80")
	s.event("2026-03-08", "alert_sent", "percent=100")
	s.wantQuiet("P04")

	s = build()
	s.h.Events[0].Note = "plan=" + planB
	s.wantFinding("P03", "P03.first", "200") // what was used before is not known
	s = build()
	s.h.Bills[0].Lines[1].Amount = d("216") // 36 h for 33 h 20 min
	s.h.Bills[0].Amount = anomaly.Known(d("316"))
	s.wantFinding("P01", "P01.overage", "16")
	s = build() // in effect the same day: no gap
	s.event("2026-03-10", "plan_change_effective", "plan="+planB)
	s.wantQuiet("P02")
	s.wantQuiet("P03")
}

func TestBothPlansCharged(t *testing.T) {
	s := subscriber(t)
	s.bill("m", "2026-03-01", "2026-04-01", "80", "300", "plan_fee 100", "plan_fee 200")
	s.wantFinding("P06", "P06.both", "100")
	s = subscriber(t)
	s.bill("m", "2026-03-01", "2026-04-01", "80", "300", "plan_fee 100 2026-03-01 2026-03-10", "plan_fee 200 2026-03-10 2026-04-01")
	s.wantQuiet("P06")
}

// In effect on the 10th of March, 22 of 31 days: the fee of B by days is 141.94, its
// quota by days 12774.19 min. 15000 min are used after the change, none before.
func TestPriceAndAllowanceByDays(t *testing.T) {
	for _, c := range []struct{ name, amount, key, off string }{
		{"both by days", "464.52", "", ""}, // 100 + 141.94 + 2225.81 x 0.10
		{"both in full", "300", "", ""},
		{"price by days, quota in full", "241.94", "P07.price_only", "-222.58"},
		{"price in full, quota by days", "522.58", "P07.quota_only", "222.58"},
		{"something else", "500", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := subscriber(t)
			s.h.Account.Unit = "min"
			s.bill("m", "2026-03-01", "2026-04-01", "15000", c.amount).Unit = "min"
			s.event("2026-03-08", "plan_change_requested", "plan="+planB+" used=0 unit=min")
			s.event("2026-03-10", "plan_change_effective", "plan="+planB)
			if c.key == "" {
				s.wantQuiet("P07")
				return
			}
			s.wantFinding("P07", c.key, c.off)
		})
	}
}
