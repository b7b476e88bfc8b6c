package tariff

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"whybill/anomaly"
)

const (
	residential = "tw.taipower.residential.non_tou"
	business    = "tw.taipower.business.non_tou"
	twoStage    = "tw.taipower.residential.simple_tou.two_stage"
	threeStage  = "tw.taipower.residential.simple_tou.three_stage"
	water       = "tw.taiwanwater.general"
	planA       = "cn.telecom.hours.plan_a"
	planB       = "cn.telecom.hours.plan_b"
)

func dec(s string) anomaly.Decimal { return anomaly.MustDecimal(s) }

func request(tariff, from, to, usage string) *anomaly.PriceRequest {
	return &anomaly.PriceRequest{Tariff: tariff, Period: period(from, to), Usage: dec(usage)}
}

func price(t testing.TB, b *Book, req *anomaly.PriceRequest) *anomaly.Priced {
	t.Helper()
	p, err := b.Price(req)
	if err != nil {
		t.Fatalf("%s %s %s: %v", req.Tariff, req.Period, req.Usage, err)
	}
	checkLines(t, p)
	return p
}

// checkLines holds the property that every priced bill has: its lines add up.
func checkLines(t testing.TB, p *anomaly.Priced) {
	t.Helper()
	var sum, energy anomaly.Decimal
	for i := range p.Lines {
		sum, _ = anomaly.Add(sum, p.Lines[i].Amount)
		if strings.HasPrefix(p.Lines[i].Clause, "energy to") {
			energy = sum
		}
	}
	if sum.Cmp(p.Amount) != 0 {
		t.Errorf("%s: lines come to %s, amount %s", p.Tariff, sum, p.Amount)
	}
	if !energy.IsZero() && energy.Cmp(p.Energy) != 0 {
		t.Errorf("%s: energy lines come to %s, energy %s", p.Tariff, energy, p.Energy)
	}
}

func wantDecimal(t testing.TB, what string, got anomaly.Decimal, want string) {
	t.Helper()
	if got.Cmp(dec(want)) != 0 {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}

// The golden table of reference/tariffs.md 1.5. Periods are chosen so that they have
// the table's days in each season and version. Total "" where the table gives none.
func TestGoldenTaipowerBills(t *testing.T) {
	b := book(t)
	for _, c := range []struct {
		name, from, to, usage string
		months                int
		energy, total         string
	}{
		{"tp-ebill-2020: a real bill of 56 summer and 5 other days", "2020-05-27", "2020-07-27", "1374", 0, "4329.2", "4329"},
		{"tp-app-2022: a real bill of 62 days", "2022-01-21", "2022-03-24", "1383", 0, "3764.8", "3765"},
		{"tp-ebill-2026: a real bill of 57 days", "2025-12-10", "2026-02-05", "1221", 0, "3377.6", ""},
		{"tp-fb-1400: the utility's own example", "2019-06-15", "2019-08-15", "1400", 0, "4507.6", "4508"},
		{"cool3c-2000n", "2019-01-01", "2019-03-02", "2000", 0, "6591.8", "6592"},
		{"cool3c-2000s", "2019-07-01", "2019-08-31", "2000", 0, "7903.6", "7904"},
		{"cna-2000m: a month's tiers", "2019-07-01", "2019-07-31", "2000", 1, "10361.8", "10362"},
		{"cna-2000m22", "2022-07-01", "2022-07-31", "2000", 1, "10941.8", "10942"},
		{"peopo-1040", "2009-01-01", "2009-03-02", "1040", 0, "2895.0", "2895"},
		{"peopo-1500", "2009-01-01", "2009-03-02", "1500", 0, "4570.0", "4570"},
		{"etoday-billed: the misread bill", "2012-07-01", "2012-08-31", "2262", 0, "10106.1", "10106"},
		{"etoday-true: the same, read right", "2012-07-01", "2012-08-31", "1008", 0, "3304.8", "3305"},
		{"cross-2025: season and version change on the same day", "2025-08-20", "2025-10-20", "1400", 0, "4528.8", "4529"},
		// cases.md 1 and tariffs.md "Seed 000": 1400 kWh of January and February.
		{"1400 kWh, 2008-10", "2010-01-01", "2010-03-01", "1400", 0, "4173.0", "4173"},
		{"1400 kWh, 2012-06", "2013-01-01", "2013-03-01", "1400", 0, "4461.0", "4461"},
		{"1400 kWh, 2013-10", "2014-01-01", "2014-03-01", "1400", 0, "4649.0", "4649"},
		{"1400 kWh, 2016-04", "2017-01-01", "2017-03-01", "1400", 0, "3771.8", "3772"},
		{"1400 kWh, 2018-04", "2021-01-01", "2021-03-01", "1400", 0, "3831.8", "3832"},
		{"1400 kWh, 2024-04", "2025-01-01", "2025-03-01", "1400", 0, "3996.6", "3997"},
		{"1400 kWh, 2025-10: the demo's bill", "2026-01-01", "2026-03-01", "1400", 0, "4136.6", "4137"},
		{"1400 kWh with tiers not doubled", "2026-01-01", "2026-03-01", "1400", 1, "6461.3", "6461"},
		{"807 kWh, 2008-10", "2010-01-01", "2010-03-01", "807", 0, "2121.9", "2122"},
		{"807 kWh, 2012-06", "2013-01-01", "2013-03-01", "807", 0, "2160.3", "2160"},
		{"807 kWh, 2013-10", "2014-01-01", "2014-03-01", "807", 0, "2160.3", "2160"},
		{"807 kWh, 2024-04: the demo's bill of the year before", "2025-01-01", "2025-03-01", "807", 0, "1755.8", "1756"},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := request(residential, c.from, c.to, c.usage)
			req.Months = c.months
			p := price(t, b, req)
			wantDecimal(t, "energy", p.Energy, c.energy)
			if c.total != "" {
				wantDecimal(t, "total", p.Amount, c.total)
			}
		})
	}
}

// Rows of the golden table that average 4 summer and 8 other months.
func TestGoldenYearlyAverages(t *testing.T) {
	b := book(t)
	for _, c := range []struct {
		name, usage    string
		year, months   int
		energy, amount string
	}{
		{"apple-660", "660", 2014, 2, "1677.2", "1677"},
		{"cna-330m", "330", 2017, 1, "656.2", "656"},
	} {
		in := func(month string) exact {
			req := request(residential, fmt.Sprintf("%d-%s-01", c.year, month), fmt.Sprintf("%d-%s-28", c.year, month), c.usage)
			req.Months = c.months
			return exactOf(price(t, b, req).Energy)
		}
		summer, rest := in("07"), in("02")
		average := summer.mul(exactInt(4)).add(rest.mul(exactInt(8))).div(exactInt(12))
		energy, _ := average.round(dec("0.1"), anomaly.RoundHalfUp)
		total, _ := average.round(dec("1"), anomaly.RoundHalfUp)
		wantDecimal(t, c.name, energy, c.energy)
		wantDecimal(t, c.name, total, c.amount)
	}
}

// A real bill of 2026 (tariffs.md 1.5): the lines that are passed through are added to
// the energy charge as it is shown, and the sum is rounded once.
func TestPassedThroughLinesAreAddedBeforeTheTotalIsRounded(t *testing.T) {
	p := price(t, book(t), request(residential, "2025-12-10", "2026-02-05", "1221"))
	var passed anomaly.Decimal
	for _, line := range []string{"-3.3", "29.0", "-84.0", "-10.0"} {
		passed, _ = anomaly.Add(passed, dec(line))
	}
	total, ok := p.Payable(passed)
	if !ok {
		t.Fatal("no total")
	}
	wantDecimal(t, "payable", total, "3309")
}

// The formula as the utility printed it on the bill of 2020 (tariffs.md 1.4).
func TestFormulaInTheUtilitysStyle(t *testing.T) {
	b := book(t)
	got := price(t, b, request(residential, "2020-05-27", "2020-07-27", "1374")).Formula
	want := "1.63x240(56/61)+2.38x420(56/61)+3.52x340(56/61)+4.80x374(56/61)+1.63x240(5/61)+2.10x420(5/61)+2.89x340(5/61)+3.94x374(5/61)"
	if got != want {
		t.Errorf("formula\n%s, want\n%s", got, want)
	}
	if got := price(t, b, request(residential, "2026-01-01", "2026-03-01", "1400")).Formula; got != "1.78x240+2.26x420+3.13x340+4.24x400" {
		t.Errorf("formula of one season: %s", got)
	}
}

// cases.md 1: what is at stake if part of the 1400 kWh are not the customer's.
func TestMoneyInDispute(t *testing.T) {
	b := book(t)
	for _, c := range []struct{ from, to, usage, want string }{
		{"2026-01-01", "2026-03-01", "293", "1242.3"},
		{"2013-01-01", "2013-03-01", "293", "1174.9"},
		{"2013-01-01", "2013-03-01", "393", "1575.9"},
		{"2013-01-01", "2013-03-01", "193", "773.9"},
	} {
		d, err := b.Dispute(request(residential, c.from, c.to, "1400"), dec(c.usage), dec(c.usage))
		if err != nil {
			t.Fatal(err)
		}
		wantDecimal(t, c.usage+" kWh in "+c.from, d.High.Energy, c.want)
	}
}

// cases.md 8: two estimates of 600 and then 1800, truly 1000 each.
func TestTwoEstimatesThenAnActual(t *testing.T) {
	b := book(t)
	periods := []anomaly.Period{
		period("2025-10-01", "2025-12-01"), period("2025-12-01", "2026-02-01"), period("2026-02-01", "2026-04-01"),
	}
	var bills []*anomaly.PriceRequest
	for i, usage := range []string{"600", "600", "1800"} {
		bills = append(bills, &anomaly.PriceRequest{Tariff: residential, Period: periods[i], Usage: dec(usage)})
	}
	r, err := b.Respread(bills)
	if err != nil {
		t.Fatal(err)
	}
	wantDecimal(t, "energy as billed", r.Billed.Energy, "8726.2")
	wantDecimal(t, "payable as billed", r.Billed.Amount, "8727")
	var sum anomaly.Decimal
	for i := range r.Bills {
		sum, _ = anomaly.Add(sum, r.Bills[i].Usage)
	}
	wantDecimal(t, "usage after spreading", sum, "3000")

	// The figures of the case suppose 1000 in each period: periods of the same length.
	even := []anomaly.Period{period("2026-01-01", "2026-03-02"), period("2026-03-02", "2026-05-01"), period("2025-11-02", "2026-01-01")}
	for i := range bills {
		bills[i].Period = even[i]
	}
	if r, err = b.Respread(bills); err != nil {
		t.Fatal(err)
	}
	wantDecimal(t, "energy when spread", r.Spread.Energy, "7321.8")
	wantDecimal(t, "payable when spread", r.Spread.Amount, "7323")
	wantDecimal(t, "too much", r.Difference, "1404")
}

// tariffs.md 2.1: bimonthly, bore of 13 mm, water and basic charge.
func TestGoldenWaterBills(t *testing.T) {
	b := book(t)
	for usage, want := range map[string]string{
		"20": "182.70", "35": "324.45", "60": "560.70", "61": "572.25", "100": "1022.70", "120": "1264.20",
	} {
		req := request(water, "2026-01-01", "2026-03-01", usage)
		req.Account = &anomaly.Account{MeterSize: anomaly.Known(dec("13"))}
		wantDecimal(t, usage+" m3", price(t, b, req).Amount, want)
	}
}

// tariffs.md 3: hours a month under both plans.
func TestGoldenBroadbandPlans(t *testing.T) {
	b := book(t)
	for _, c := range []struct {
		minutes, a, b string
	}{
		{"3000", "100", "200"}, {"6000", "100", "200"}, {"6600", "160", "200"}, {"7000", "200", "200"},
		{"15000", "1000", "200"}, {"18000", "1300", "200"}, {"21000", "1600", "500"}, {"43200", "3820", "2720"},
	} {
		for plan, want := range map[string]string{planA: c.a, planB: c.b} {
			req := request(plan, "2026-03-01", "2026-04-01", c.minutes)
			req.Unit = "min"
			wantDecimal(t, plan+" "+c.minutes+" min", price(t, b, req).Amount, want)
		}
	}
	// 116 h 40 min, typed in hours.
	wantDecimal(t, "116.6667 h", price(t, b, request(planA, "2026-03-01", "2026-04-01", "116.6667")).Amount, "200")
	// cases.md 3: 33 h 20 min of overage are 200; 8 h of it are 48, not the story's 54.
	wantDecimal(t, "33 h 20 min over", price(t, b, request(planA, "2026-03-01", "2026-04-01", "133.3333")).Energy, "200")
	wantDecimal(t, "8 h over", price(t, b, request(planA, "2026-03-01", "2026-04-01", "108")).Energy, "48")
	wantDecimal(t, "9 h over", price(t, b, request(planA, "2026-03-01", "2026-04-01", "109")).Energy, "54")
	wantDecimal(t, "8 h on each of three days", price(t, b, request(planA, "2026-03-01", "2026-04-01", "124")).Energy, "144")
}

// tariffs.md 1.2: the relief of 2021.
func TestOverridesOf2021(t *testing.T) {
	b := book(t)
	summer := price(t, b, request(residential, "2020-06-01", "2020-08-01", "2400"))
	winter := price(t, b, request(residential, "2020-01-01", "2020-03-01", "2400"))
	june := request(residential, "2021-06-01", "2021-07-01", "1200")
	june2020 := request(residential, "2020-02-01", "2020-03-01", "1200")
	wantDecimal(t, "June 2021 at non-summer rates", price(t, b, june).Energy, price(t, b, june2020).Energy.String())
	both := price(t, b, request(residential, "2021-06-01", "2021-08-01", "2400"))
	if both.Energy.Cmp(winter.Energy) <= 0 || both.Energy.Cmp(summer.Energy) >= 0 {
		t.Errorf("June and July 2021: %s, want between %s and %s", both.Energy, winter.Energy, summer.Energy)
	}
	// July: 1000 kWh a month at non-summer rates, what is above at 6.41.
	july := price(t, b, request(residential, "2021-07-01", "2021-08-01", "1100"))
	to1000 := price(t, b, request(residential, "2020-01-01", "2020-02-01", "1000"))
	sum, _ := anomaly.Add(to1000.Energy, dec("641"))
	wantDecimal(t, "July 2021", july.Energy, sum.String())
}

func TestNotPriced(t *testing.T) {
	b := book(t)
	water100 := request(water, "2026-01-01", "2026-03-01", "20")
	water100.Account = &anomaly.Account{MeterSize: anomaly.Known(dec("14"))}
	for _, c := range []struct {
		name, key string
		req       *anomaly.PriceRequest
	}{
		{"no tariff", "tariff.none", request("", "2026-01-01", "2026-03-01", "1")},
		{"no such tariff", "tariff.unknown_id", request("tw.nobody", "2026-01-01", "2026-03-01", "1")},
		{"a version that nobody found", "tariff.unknown_version", request(residential, "2015-06-01", "2015-08-01", "500")},
		{"a period that reaches into it", "tariff.unknown_version", request(residential, "2015-02-10", "2015-04-10", "500")},
		{"before the first version", "tariff.before_first", request(residential, "2005-02-01", "2005-04-01", "500")},
		{"an irregular length", "tariff.irregular_length", request(residential, "2026-01-01", "2026-02-10", "500")},
		{"a period that ends before it starts", "tariff.bad_period", request(residential, "2026-01-01", "2026-01-01", "500")},
		{"negative usage", "tariff.negative_usage", request(residential, "2026-01-01", "2026-03-01", "-5")},
		{"no registers on a time-of-use tariff", "tariff.needs_stages", request(twoStage, "2026-01-01", "2026-03-01", "500")},
		{"no bore", "tariff.needs_attribute", request(water, "2026-01-01", "2026-03-01", "20")},
		{"a bore that the table does not have", "tariff.unknown_attribute", water100},
		{"yearly tiers in mid-year", "tariff.needs_year_to_date", request("cn.beijing.water.residential", "2026-03-01", "2026-05-01", "20")},
		{"yearly tiers over the new year", "tariff.crosses_year", request("cn.beijing.water.residential", "2025-12-01", "2026-02-01", "20")},
		{"a unit that is not the tariff's", "tariff.unit_mismatch", &anomaly.PriceRequest{Tariff: residential, Unit: "m3", Period: period("2026-01-01", "2026-03-01")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := b.Price(c.req)
			var not *anomaly.NotPriced
			if !errors.As(err, &not) {
				t.Fatalf("%v, %v: want it not priced", p, err)
			}
			if not.Reason.Key != c.key {
				t.Errorf("reason %s, want %s", not.Reason.Key, c.key)
			}
		})
	}
}

// The days that are refused are named: here 1 to 9 April 2015.
func TestUnknownVersionNamesTheDays(t *testing.T) {
	_, err := book(t).Price(request(residential, "2015-02-10", "2015-04-10", "500"))
	var not *anomaly.NotPriced
	if !errors.As(err, &not) {
		t.Fatal(err)
	}
	for _, a := range not.Reason.Args {
		if a.Kind == anomaly.ArgPeriod && (a.Date.String() != "2015-04-01" || a.End.String() != "2015-04-10") {
			t.Errorf("days from %s until %s, want 2015-04-01 until 2015-04-10", a.Date, a.End)
		} else if a.Kind == anomaly.ArgPeriod {
			return
		}
	}
	t.Errorf("no days are named: %+v", not.Reason)
}

func TestFirstBillAfterMovingIn(t *testing.T) {
	b := book(t)
	req := request(residential, "2026-01-01", "2026-03-01", "1400")
	req.FirstPeriod = true
	wantDecimal(t, "of a usual length", price(t, b, req).Amount, "4137")
	req.Period = period("2026-01-20", "2026-03-01")
	if _, err := b.Price(req); err == nil || !strings.Contains(err.Error(), "tariff.irregular_first") {
		t.Errorf("40 days: %v, want not priced", err)
	}
	req.Months = 1
	price(t, b, req) // whoever knows how the utility counted may say so
}

// tariffs.md 1.3: the least charge, and the minimum usage of a connection.
func TestMinimum(t *testing.T) {
	b := book(t)
	req := request(residential, "2026-01-01", "2026-03-01", "5")
	p := price(t, b, req)
	wantDecimal(t, "40 kWh at 1.78", p.Energy, "71.2")
	wantDecimal(t, "lifted to the least charge", p.Amount, "100")
	wantDecimal(t, "charged usage", p.Usage, "40")
	req.Account = &anomaly.Account{Phases: 3, ServiceAmps: anomaly.Known(dec("50"))}
	p = price(t, b, req)
	wantDecimal(t, "120 kWh at 1.78", p.Amount, "214") // 213.6
	req.Account = &anomaly.Account{Phases: 1, ServiceAmps: anomaly.Known(dec("5"))}
	p = price(t, b, req)
	wantDecimal(t, "a meter of 5 A", p.Usage, "20") // 2 x 5 A x 2 months
}

// tariffs.md 1.6, version 2025-10-01: peak and off-peak registers, basic charge of two months.
func TestSimpleTimeOfUse(t *testing.T) {
	b := book(t)
	req := request(twoStage, "2026-01-01", "2026-03-01", "500")
	req.Parts = []anomaly.UsagePart{{Stage: "peak", Usage: dec("200")}, {Stage: "off_peak", Usage: dec("300")}}
	p := price(t, b, req)
	wantDecimal(t, "energy", p.Energy, "1583.0") // 200 x 4.93 + 300 x 1.99
	wantDecimal(t, "with 2 x 75", p.Amount, "1733")
	// More than 2000 kWh a month: 1.04 more for each above.
	req = request(twoStage, "2026-01-01", "2026-03-01", "5000")
	req.Parts = []anomaly.UsagePart{{Stage: "peak", Usage: dec("2000")}, {Stage: "off_peak", Usage: dec("3000")}}
	wantDecimal(t, "surcharge", price(t, b, req).Energy, "16870.0") // 9860 + 5970 + 1000 x 1.04
	// Three stages over a change of season: what the peak register counted is all summer's.
	req = request(threeStage, "2026-05-02", "2026-07-01", "600")
	req.Parts = []anomaly.UsagePart{{Stage: "peak", Usage: dec("100")}, {Stage: "semi_peak", Usage: dec("200")}, {Stage: "off_peak", Usage: dec("300")}}
	// 100x7.13 + 200x(4.69+4.48)/2 + 300x(2.06+1.99)/2, 30 days of each season
	wantDecimal(t, "three stages", price(t, b, req).Energy, "2237.5")
}

// One id for two forms: the registers tell which is meant.
func TestTheRegistersTellTheFormOfATariff(t *testing.T) {
	b := book(t)
	req := request("tw.taipower.residential.simple_tou", "2026-06-01", "2026-08-01", "0")
	req.Parts = []anomaly.UsagePart{{Stage: "peak", Usage: dec("200")}, {Stage: "off_peak", Usage: dec("300")}}
	p := price(t, b, req)
	if p.Tariff != twoStage {
		t.Errorf("priced by %s", p.Tariff)
	}
	wantDecimal(t, "the parts are the usage", p.Usage, "500")
	req.Parts = append(req.Parts, anomaly.UsagePart{Stage: "semi_peak", Usage: dec("100")})
	if p = price(t, b, req); p.Tariff != threeStage {
		t.Errorf("priced by %s", p.Tariff)
	}
	for key, parts := range map[string][]anomaly.UsagePart{
		"tariff.choose":        nil,
		"tariff.unknown_stage": {{Stage: "night", Usage: dec("300")}},
	} {
		req.Parts = parts
		req.Tariff = "tw.taipower.residential.simple_tou"
		if parts != nil {
			req.Tariff = twoStage
		}
		if _, err := b.Price(req); err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%v: %v, want %s", parts, err, key)
		}
	}
}

// The registers of a time-of-use tariff can be made of hourly usage: a Wednesday, a
// Saturday and a holiday (2026-02-28 falls on a Saturday, 2026-01-01 on a Thursday).
func TestHourlyUsageIsPutIntoStages(t *testing.T) {
	b := book(t)
	req := request(twoStage, "2026-01-01", "2026-01-31", "0")
	add := func(day, clock, usage string) {
		minute, _ := minuteOfDay(clock)
		start := int64(anomaly.MustDate(day)-anomaly.MustDate("1970-01-01"))*86400 + int64(minute)*60
		req.Intervals = append(req.Intervals, anomaly.Interval{Start: start, End: start + 3600, Usage: dec(usage)})
	}
	add("2026-01-07", "10:00", "10") // peak
	add("2026-01-07", "12:00", "20") // between the two peaks
	add("2026-01-10", "10:00", "30") // Saturday
	add("2026-01-01", "10:00", "40") // holiday
	p := price(t, b, req)
	wantDecimal(t, "energy", p.Energy, "228.4") // 10 x 4.93 + 90 x 1.99
	wantDecimal(t, "usage", p.Usage, "100")
	req.Period = period("2028-01-01", "2028-01-31")
	req.Intervals = nil
	add("2028-01-05", "10:00", "10")
	if _, err := b.Price(req); err == nil || !strings.Contains(err.Error(), "tariff.holidays_unknown") {
		t.Errorf("a year without holidays: %v", err)
	}
}

// tariffs.md 2.6: the supply charge is a day's.
func TestDailyCharge(t *testing.T) {
	req := request("au.ergon.12d", "2025-08-01", "2025-10-31", "300")
	req.Parts = []anomaly.UsagePart{{Stage: "peak", Usage: dec("100")}, {Stage: "shoulder", Usage: dec("100")}, {Stage: "off_peak", Usage: dec("100")}}
	// 91 x 1.35304 + 100 x (0.41556 + 0.25486 + 0.20618) = 123.12664 + 87.66
	wantDecimal(t, "91 days", price(t, book(t), req).Amount, "210.79")
}

// tariffs.md 2.3: the place in the tiers depends on what was used before in the year.
func TestYearlyTiers(t *testing.T) {
	b := book(t)
	req := request("cn.beijing.water.residential", "2026-05-01", "2026-07-01", "40")
	req.YearToDate = anomaly.Known(dec("160"))
	wantDecimal(t, "20 at 5 and 20 at 7", price(t, b, req).Amount, "240")
	req.YearToDate = anomaly.Known(dec("300"))
	wantDecimal(t, "all in the last tier", price(t, b, req).Amount, "360")
	req = request("cn.beijing.water.residential", "2026-01-01", "2026-03-01", "40")
	wantDecimal(t, "from New Year's Day", price(t, b, req).Amount, "200")
	req = request("cn.zhejiang.electricity.residential.tou", "2026-05-01", "2026-06-01", "1000")
	req.YearToDate = anomaly.Known(dec("2260"))
	req.Parts = []anomaly.UsagePart{{Stage: "peak", Usage: dec("600")}, {Stage: "off_peak", Usage: dec("400")}}
	// 600 x 0.568 + 400 x 0.288, and 0.05 more for the 500 above 2760
	wantDecimal(t, "peak and valley", price(t, b, req).Amount, "481.00")
}
