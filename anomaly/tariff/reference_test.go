package tariff

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// plainBill prices a bill of graduated tiers straight from the file, day by day, in
// big rationals: slow, simple, and written apart from the engine. wrong bends one rule.
type wrong struct {
	tierMonths  int64
	season      string // for all days
	version     int    // for all days, 1 more than the index; 0: by date
	noOverride  bool
	noMinimum   bool
	basicMonths int64
	factor      *big.Rat // of usage
}

func plainBill(t interface{ Fatalf(string, ...any) }, f *File, p anomaly.Period, usage *big.Rat, months int64, bore string, w wrong) (energy, subtotal, total *big.Rat) {
	if w.factor != nil {
		usage = new(big.Rat).Mul(usage, w.factor)
	}
	for i := range minimumOf(f).Usage { // single-phase, more than 10 A
		if u := minimumOf(f).Usage[i]; u.Phases == 1 && !w.noMinimum {
			if floor := new(big.Rat).Mul(bigOf(u.Flat.Decimal), big.NewRat(months, 1)); usage.Cmp(floor) < 0 {
				usage = floor
			}
		}
	}
	tierMonths := months
	if w.tierMonths > 0 {
		tierMonths = w.tierMonths
	}
	energy = new(big.Rat)
	for d := p.Start; d < p.End; {
		tiers, season := rulesOn(t, f, d, w)
		days := int64(0)
		for d < p.End { // days alike are priced once
			next, nextSeason := rulesOn(t, f, d, w)
			if &next[0] != &tiers[0] || nextSeason != season {
				break
			}
			d++
			days++
		}
		whole := new(big.Rat)
		below := new(big.Rat)
		for i := range tiers {
			top := usage
			if tiers[i].UpTo != nil {
				limit := new(big.Rat).Mul(bigOf(tiers[i].UpTo.Decimal), big.NewRat(tierMonths, 1))
				if limit.Cmp(usage) < 0 {
					top = limit
				}
			}
			if top.Cmp(below) > 0 {
				rate := tiers[i].Rates[season]
				if tiers[i].Rate != nil {
					rate = *tiers[i].Rate
				}
				part := new(big.Rat).Sub(top, below)
				whole.Add(whole, part.Mul(part, bigOf(rate.Decimal)))
				below = top
			}
		}
		energy.Add(energy, whole.Mul(whole, big.NewRat(days, int64(p.Days()))))
	}
	r := f.Rounding
	if r.Energy != nil {
		energy = halfUp(energy, r.Energy.Decimal)
	}
	total = new(big.Rat).Set(energy)
	for i := range f.Fixed {
		n := months
		if w.basicMonths > 0 {
			n = w.basicMonths
		}
		amount := f.Fixed[i].Amounts[bore]
		total.Add(total, new(big.Rat).Mul(bigOf(amount.Decimal), big.NewRat(n, 1)))
	}
	if m := minimumOf(f); m.Charge != nil && !w.noMinimum && total.Cmp(bigOf(m.Charge.Decimal)) < 0 {
		total = bigOf(m.Charge.Decimal)
	}
	return energy, total, halfUp(total, r.Total.Decimal)
}

func minimumOf(f *File) *Minimum {
	if f.Minimum == nil {
		return &Minimum{}
	}
	return f.Minimum
}

// rulesOn returns the tiers of a day and the season whose rates hold.
func rulesOn(t interface{ Fatalf(string, ...any) }, f *File, d anomaly.Date, w wrong) ([]Tier, string) {
	at := -1
	for i := range f.Versions {
		v := f.Versions[i].From
		if from, ok := anomaly.NewDate(v.Year, v.Month, v.Day); !ok || from <= d {
			at = i
		}
	}
	if w.version > 0 {
		at = w.version - 1
	}
	if at < 0 || f.Versions[at].Unknown {
		t.Fatalf("no version on %s", d)
	}
	season := ""
	if len(f.Seasons) > 0 {
		season = "non_summer"
		if m := d.Month(); m >= 6 && m <= 9 {
			season = "summer"
		}
	}
	if w.season != "" {
		season = w.season
	}
	for i := range f.Overrides {
		o := &f.Overrides[i]
		from, _ := anomaly.NewDate(o.From.Year, o.From.Month, o.From.Day)
		until, _ := anomaly.NewDate(o.Until.Year, o.Until.Month, o.Until.Day)
		if w.noOverride || d < from || d > until {
			continue
		}
		if o.Season != "" {
			season = o.Season
			break
		}
		return o.Energy[0].Tiers, season
	}
	return f.Versions[at].Energy[0].Tiers, season
}

func halfUp(r *big.Rat, unit anomaly.Decimal) *big.Rat {
	u := bigOf(unit)
	q := new(big.Rat).Quo(r, u)
	q.Add(q, big.NewRat(1, 2))
	n := new(big.Int).Div(q.Num(), q.Denom()) // floor
	return u.Mul(u, new(big.Rat).SetInt(n))
}

var tiered = []string{residential, business, water}

// anyBill draws a period of one or two months in which every version is known.
func anyBill(r *rand.Rand, tariff string) (p anomaly.Period, months int64, usage anomaly.Decimal) {
	first, span := anomaly.MustDate("2016-04-01"), 3600
	if tariff == business {
		first, span = anomaly.MustDate("2018-04-01"), 2900
	}
	days, months := 28+r.IntN(5), int64(1)
	if r.IntN(3) > 0 {
		days, months = 56+r.IntN(8), 2
	}
	start := first.AddDays(r.IntN(span))
	if r.IntN(10) == 0 { // the relief of 2021
		start = anomaly.MustDate("2021-05-01").AddDays(r.IntN(80))
	}
	top := []int{60, 400, 1500, 6000}[r.IntN(4)]
	if tariff == water {
		top /= 15
	}
	return anomaly.Period{Start: start, End: start.AddDays(days)}, months, anomaly.DecimalFromInt(int64(r.IntN(top)))
}

func TestEngineAgreesWithBigRationals(t *testing.T) {
	b := book(t)
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		id := tiered[r.IntN(len(tiered))]
		p, months, usage := anyBill(r, id)
		if r.IntN(2) == 0 { // usage with decimals
			usage, _ = anomaly.Add(usage, dec(fmt.Sprintf("0.%03d", r.IntN(1000))))
		}
		f, err := b.Show(id)
		if err != nil {
			rt.Fatal(err)
		}
		req := &anomaly.PriceRequest{Tariff: id, Period: p, Usage: usage, Account: &anomaly.Account{MeterSize: anomaly.Known(dec("20"))}}
		got, err := b.Price(req)
		if err != nil {
			rt.Fatal(err)
		}
		energy, _, total := plainBill(rt, f, p, bigOf(usage), months, "20", wrong{})
		if f.Rounding.Energy == nil {
			energy = halfUp(energy, f.Rounding.Total.Decimal)
		}
		if bigOf(got.Energy).Cmp(energy) != 0 || bigOf(got.Amount).Cmp(total) != 0 {
			rt.Fatalf("%s %s %s: %s and %s, want %s and %s", id, p, usage, got.Energy, got.Amount, energy.FloatString(4), total.FloatString(4))
		}
		var sum anomaly.Decimal
		for i := range got.Lines {
			sum, _ = anomaly.Add(sum, got.Lines[i].Amount)
		}
		if sum.Cmp(got.Amount) != 0 {
			rt.Fatalf("lines of %s %s %s come to %s, not %s", id, p, usage, sum, got.Amount)
		}
	})
}

// One thousand bills: each with none of the mistakes or one of them, priced apart from
// the engine. Without a mistake nothing is found; with one it is among what is named,
// and everything that is named does reproduce the bill.
func TestMistakesAreNamedInAThousandBills(t *testing.T) {
	b := book(t)
	r := rand.New(rand.NewPCG(2026, 5))
	en := locale.New(locale.English)
	tried := map[string]int{}
	alone := 0
	for n := 0; n < 1000; {
		id := tiered[r.IntN(len(tiered))]
		f, _ := b.Show(id)
		p, months, usage := anyBill(r, id)
		req := &anomaly.PriceRequest{Tariff: id, Period: p, Usage: usage, Account: &anomaly.Account{MeterSize: anomaly.Known(dec("20"))}}
		plain := func(w wrong) (energy, total anomaly.Decimal) {
			e, _, a := plainBill(t, f, p, bigOf(usage), months, "20", w)
			return exactDecimal(e), exactDecimal(a)
		}
		rightEnergy, rightTotal := plain(wrong{})
		name, energy, total := bendOne(r, f, p, months, b, req, plain)
		if name != "" && energy.Cmp(rightEnergy) == 0 && total.Cmp(rightTotal) == 0 {
			continue // the mistake makes no difference on this bill
		}
		n++
		tried[name]++
		billed := &anomaly.Billed{Amount: anomaly.Known(total)}
		if f.Rounding.Energy != nil {
			billed.Energy = anomaly.Known(energy)
		}
		found, err := b.ExplainDifference(req, billed)
		if err != nil {
			t.Fatal(err)
		}
		if name == "" {
			if len(found) > 0 {
				t.Fatalf("%s %s %s is right but was called %+v", id, p, usage, found)
			}
			continue
		}
		if !slices.ContainsFunc(found, func(m anomaly.Mistake) bool { return m.ID == name }) {
			t.Fatalf("%s %s %s billed %s %s (right %s %s) by %s: found %+v", id, p, usage, energy, total, rightEnergy, rightTotal, name, found)
		}
		if len(found) == 1 {
			alone++
		}
		for i := range found {
			if found[i].Amount.Cmp(total) != 0 || found[i].Right.Cmp(rightTotal) != 0 {
				t.Fatalf("%s gives %s instead of %s, billed %s instead of %s", found[i].ID, found[i].Amount, found[i].Right, total, rightTotal)
			}
			if !en.Has(found[i].Message.Key) {
				t.Fatalf("no sentence for %s", found[i].Message.Key)
			}
		}
	}
	t.Logf("%v; %d of %d mistakes were the only ones named", tried, alone, 1000-tried[""])
	for _, name := range []string{"", "tiers_not_doubled", "tiers_doubled", "one_season", "wrong_season", "old_version", "next_version",
		"version_not_split", "override_missed", "minimum_missed", "minimum_per_month", "minimum_applied", "tax_on_top", "tax_taken_out",
		"usage_times_ten", "usage_tenth", "fixed_months", "rounded_down", "rounded_up", "other_tariff"} {
		if tried[name] == 0 {
			t.Errorf("no bill was made with the mistake %q", name)
		}
	}
}

// bendOne makes one of the mistakes and returns its name and what the bill then says.
func bendOne(r *rand.Rand, f *File, p anomaly.Period, months int64, b *Book, req *anomaly.PriceRequest,
	plain func(wrong) (energy, total anomaly.Decimal)) (name string, energy, total anomaly.Decimal) {
	round := func(d anomaly.Decimal, mode anomaly.RoundMode) anomaly.Decimal {
		rounded, _ := anomaly.RoundTo(d, f.Rounding.Total.Decimal, mode)
		return rounded
	}
	energy, total = plain(wrong{})
	charge := dec("100")
	versions := versionsOf(f, p)
	w := wrong{}
	switch kind := r.IntN(17); kind {
	case 0, 1:
		return "", energy, total
	case 2, 3:
		name, w.tierMonths = "tiers_doubled", 3-months
		if months == 2 {
			name = "tiers_not_doubled"
		}
	case 4, 5:
		if len(f.Seasons) == 0 {
			return "", energy, total
		}
		w.season = f.Seasons[r.IntN(2)].Name
		name = "wrong_season"
		if (p.Start.Month() >= 6 && p.Start.Month() <= 9) != ((p.End-1).Month() >= 6 && (p.End-1).Month() <= 9) {
			name = "one_season"
		}
	case 6, 7, 8:
		w.version = 1 + r.IntN(len(f.Versions))
		v := w.version - 1
		switch {
		case f.Versions[v].Unknown:
			return "", energy, total
		case slices.Contains(versions, v) && len(versions) > 1:
			name = "version_not_split"
		case v < versions[0]:
			name = "old_version"
		case v == versions[len(versions)-1]+1:
			name = "next_version"
		default:
			return "", energy, total
		}
	case 9:
		name, w.noOverride = "override_missed", true
	case 10:
		name, w.noMinimum = "minimum_missed", true
	case 11:
		if f.Minimum == nil || total.Cmp(charge) < 0 {
			return "", energy, total
		}
		if total.Cmp(charge) == 0 && months == 2 {
			return "minimum_per_month", energy, dec("200")
		}
		return "minimum_applied", energy, charge
	case 12, 13:
		_, subtotal, _ := plainBill(failer{}, f, p, bigOf(req.Usage), months, "20", wrong{})
		if r.IntN(2) == 0 {
			return "tax_on_top", energy, exactDecimal(halfUp(subtotal.Mul(subtotal, big.NewRat(105, 100)), f.Rounding.Total.Decimal))
		}
		return "tax_taken_out", energy, exactDecimal(halfUp(subtotal.Quo(subtotal, big.NewRat(105, 100)), f.Rounding.Total.Decimal))
	case 14:
		name, w.factor = "usage_times_ten", big.NewRat(10, 1)
		if r.IntN(2) == 0 {
			name, w.factor = "usage_tenth", big.NewRat(1, 10)
		}
	case 15:
		if f.ID == water {
			name, w.basicMonths = "fixed_months", 3-months
			break
		}
		mode := anomaly.RoundDown + anomaly.RoundMode(-r.IntN(2))
		if energy.Cmp(charge) <= 0 {
			return "", energy, total
		}
		return "rounded_" + mode.String(), energy, round(energy, mode)
	case 16:
		other := map[string]string{residential: business, business: residential}[f.ID]
		if other == "" || p.Start < anomaly.MustDate("2018-04-01") {
			return "", energy, total
		}
		of, _ := b.Show(other)
		e, _, a := plainBill(failer{}, of, p, bigOf(req.Usage), months, "", wrong{})
		return "other_tariff", exactDecimal(e), exactDecimal(a)
	}
	energy, total = plain(w)
	return name, energy, total
}

// exactDecimal turns a rational that has few decimals into a Decimal.
func exactDecimal(r *big.Rat) anomaly.Decimal { return dec(r.FloatString(3)).Trim(0) }

type failer struct{}

func (failer) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// versionsOf returns the indexes of the versions that hold within a period.
func versionsOf(f *File, p anomaly.Period) []int {
	var all []int
	for i := range f.Versions {
		from, ok := anomaly.NewDate(f.Versions[i].From.Year, f.Versions[i].From.Month, f.Versions[i].From.Day)
		until := anomaly.MaxDate
		if i+1 < len(f.Versions) {
			next := f.Versions[i+1].From
			until, _ = anomaly.NewDate(next.Year, next.Month, next.Day)
		}
		if (!ok || from < p.End) && until > p.Start {
			all = append(all, i)
		}
	}
	return all
}

// Two mistakes that come to the same are both named: a bill wholly in one version that
// neighbours one with the same prices for its usage.
func TestTwoMistakesThatComeToTheSameAreBothNamed(t *testing.T) {
	b := book(t)
	// 1000 kWh in two months: these versions differ only above 500 kWh a month.
	req := request(residential, "2024-11-01", "2025-01-01", "1000")
	old := price(t, b, request(residential, "2021-11-01", "2022-01-01", "1000"))
	found, err := b.ExplainDifference(req, &anomaly.Billed{Energy: anomaly.Known(old.Energy), Amount: anomaly.Known(old.Amount)})
	if err != nil {
		t.Fatal(err)
	}
	var versions []string
	for _, m := range found {
		if m.ID == "old_version" {
			versions = append(versions, m.Message.Args[0].Text)
		}
	}
	if !slices.Equal(versions, []string{"2016-04-01", "2018-04-01", "2022-07-01", "2023-04-01"}) {
		t.Errorf("versions named: %v", versions)
	}
}

func TestPriceIsMonotoneInUsage(t *testing.T) {
	b := book(t)
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 2))
		id := tiered[r.IntN(len(tiered))]
		p, _, usage := anyBill(r, id)
		req := &anomaly.PriceRequest{Tariff: id, Period: p, Usage: usage, Account: &anomaly.Account{MeterSize: anomaly.Known(dec("13"))}}
		less, err := b.Price(req)
		if err != nil {
			rt.Fatal(err)
		}
		req.Usage, _ = anomaly.Add(usage, dec("0.5"))
		more, err := b.Price(req)
		if err != nil {
			rt.Fatal(err)
		}
		if more.Amount.Cmp(less.Amount) < 0 || more.Energy.Cmp(less.Energy) < 0 {
			rt.Fatalf("%s %s: %s costs %s, %s costs %s", id, p, usage, less.Amount, req.Usage, more.Amount)
		}
	})
}

// A version that begins in a period with the prices that held before changes nothing.
func TestSplittingAtAVersionWithTheSamePricesChangesNothing(t *testing.T) {
	b := book(t)
	f, err := b.Show(residential)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 3))
		start := anomaly.MustDate("2023-04-01").AddDays(r.IntN(250))
		p := anomaly.Period{Start: start, End: start.AddDays(50 + r.IntN(21))}
		twin := *f
		at := -1
		twin.Versions = nil
		for i := range f.Versions {
			twin.Versions = append(twin.Versions, f.Versions[i])
			if f.Versions[i].From.Year == 2023 {
				again := f.Versions[i]
				y, m, d := p.Start.AddDays(1 + r.IntN(p.Days()-1)).Civil()
				again.From.Year, again.From.Month, again.From.Day = y, m, d
				twin.Versions = append(twin.Versions, again)
				at = i
			}
		}
		if at < 0 {
			rt.Fatal("no version of 2023")
		}
		data, err := Encode(&twin)
		if err != nil {
			rt.Fatal(err)
		}
		other, err := b.add("twin.toml", data)
		if err != nil {
			rt.Fatal(err)
		}
		req := &anomaly.PriceRequest{Tariff: residential, Period: p, Usage: anomaly.DecimalFromInt(int64(r.IntN(4000)))}
		one, err := b.Price(req)
		if err != nil {
			rt.Fatal(err)
		}
		two, err := other.Price(req)
		if err != nil {
			rt.Fatal(err)
		}
		if one.Energy.Cmp(two.Energy) != 0 || one.Amount.Cmp(two.Amount) != 0 {
			rt.Fatalf("%s %s: %s in one version, %s in two", p, req.Usage, one.Amount, two.Amount)
		}
	})
}
