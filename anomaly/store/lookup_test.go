package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"whybill/anomaly"
)

// accounts imports accounts of which nothing but the id is known.
func accounts(t testing.TB, s *Store, ids ...string) {
	t.Helper()
	rows := &anomaly.Rows{}
	for i, id := range ids {
		rows.Accounts = append(rows.Accounts, anomaly.Account{ID: id, Source: anomaly.Source{File: "accounts.csv", Row: int32(i + 2)}})
	}
	load(t, s, "accounts.csv", rows)
}

func TestAccountsByTheirBeginning(t *testing.T) {
	s, ctx := open(t), context.Background()
	accounts(t, s, "A1", "A10", "A2", "B1", "電1", "電2", "a1")
	for _, c := range []struct {
		prefix string
		limit  int
		want   []string
	}{
		{"A", 10, []string{"A1", "A10", "A2"}},
		{"A1", 10, []string{"A1", "A10"}},
		{"A", 2, []string{"A1", "A10"}},
		{"電", 10, []string{"電1", "電2"}},
		{"", 3, []string{"A1", "A10", "A2"}},
		{"C", 10, nil},
	} {
		got, err := s.Accounts(ctx, c.prefix, c.limit)
		if err != nil || !cmp.Equal(got, c.want, cmpopts.EquateEmpty()) {
			t.Errorf("%q: %v %v, want %v", c.prefix, got, err, c.want)
		}
	}
}

func TestTheNearestAccounts(t *testing.T) {
	s, ctx := open(t), context.Background()
	ids := []string{"07-99-1234-56-7", "客戶-001", "abc", "00123456"}
	for i := range 10_000 { // more than are looked at one by one
		ids = append(ids, fmt.Sprintf("ACC%05d", i))
	}
	accounts(t, s, ids...)
	for _, c := range []struct {
		name, id, want string
	}{
		{"a wrong character at the end", "07-99-1234-56-8", "07-99-1234-56-7"},
		{"a wrong character at the beginning", "17-99-1234-56-7", "07-99-1234-56-7"},
		{"a character missing", "7-99-1234-56-7", "07-99-1234-56-7"},
		{"a character too many", "07-99-12334-56-7", "07-99-1234-56-7"},
		{"two characters swapped", "70-99-1234-56-7", "07-99-1234-56-7"},
		{"another case", "acc04711", "ACC04711"},
		{"leading zeros lost", "123456", "00123456"},
		{"another script", "客戶-002", "客戶-001"},
		{"a short id", "abd", "abc"},
		{"spaces around it", " ACC04711 ", "ACC04711"},
	} {
		got, err := s.Nearest(ctx, c.id, 3)
		if err != nil || len(got) == 0 || got[0] != c.want {
			t.Errorf("%s: %v %v, want %s first", c.name, got, err, c.want)
		}
	}
	for _, id := range []string{"something else altogether", ""} {
		if got, err := s.Nearest(ctx, id, 3); err != nil || len(got) > 0 {
			t.Errorf("%q: %v %v, want none", id, got, err)
		}
	}
	if got, err := s.Nearest(ctx, "ACC0471", 3); err != nil || !slices.Equal(got, []string{"ACC00471", "ACC01471", "ACC02471"}) {
		t.Errorf("several: %v %v", got, err)
	}
}

// The distance is one of a metric's kind, and one for what slips yields.
func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "ab", 1}, {"電號12", "電號21", 1},
		{"kitten", "sitting", 3}, {"ca", "abc", 3}, // the textbook examples of edit distance and of optimal string alignment
	} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(`[0-9A-F]{1,8}`).Draw(t, "id")
		for slip := range slips(id) {
			if distance(id, slip) > 1 {
				t.Fatalf("%q is %d from %q", slip, distance(id, slip), id)
			}
			if distance(id, slip) != distance(slip, id) {
				t.Fatalf("%q and %q: the way back is longer", id, slip)
			}
		}
	})
}

func TestAnAccountThatIsNotThere(t *testing.T) {
	s := open(t)
	accounts(t, s, "a")
	_, err := s.History(context.Background(), "b")
	var e *Error
	if !errors.As(err, &e) || e.Code != UnknownAccount {
		t.Errorf("got %v", err)
	}
}

func TestWeatherOfStations(t *testing.T) {
	s, ctx := open(t), context.Background()
	day := anomaly.MustDate("2026-01-01")
	at := func(station string, days int, mean float64) anomaly.WeatherDay {
		return anomaly.WeatherDay{Station: station, On: day.AddDays(days), Mean: mean, Source: anomaly.Source{File: "weather.csv", Row: 2}}
	}
	// A station may be named as an account is.
	load(t, s, "weather.csv", &anomaly.Rows{
		Accounts: []anomaly.Account{{ID: "taipei", Source: anomaly.Source{File: "weather.csv", Row: 9}}},
		Weather:  []anomaly.WeatherDay{at("taipei", 3, 17.5), at("taipei", 0, 14), at("tainan", 1, 20), at("taipei", 0, 14.5)},
	})
	load(t, s, "later.csv", &anomaly.Rows{Weather: []anomaly.WeatherDay{at("tainan", 1, 21)}})
	got, err := s.Weather(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]*anomaly.WeatherSeries{
		"taipei": {First: day, Mean: []float64{14.5, math.NaN(), math.NaN(), 17.5}},
		"tainan": {First: day.AddDays(1), Mean: []float64{21}},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
	if ids, err := s.Accounts(ctx, "", 10); err != nil || !slices.Equal(ids, []string{"taipei"}) {
		t.Errorf("accounts %v %v", ids, err)
	}
}

func TestIntervalsByMeterAndTime(t *testing.T) {
	s, ctx := open(t), context.Background()
	at := func(meter string, minutes int64, usage, file string) anomaly.Interval {
		return anomaly.Interval{
			AccountID: "a", MeterID: meter, Start: 60 * minutes, End: 60 * (minutes + 30), Usage: anomaly.MustDecimal(usage), Unit: "kWh",
			Quality: anomaly.Actual, Source: anomaly.Source{File: file, Row: int32(minutes)},
		}
	}
	load(t, s, "1.csv", &anomaly.Rows{Intervals: []anomaly.Interval{
		at("2", 0, "0.5", "1.csv"), at("1", 30, "0.25", "1.csv"), at("1", 0, "0.10", "1.csv"), at("1", -60, "1", "1.csv"),
	}})
	load(t, s, "2.csv", &anomaly.Rows{Intervals: []anomaly.Interval{at("1", 0, "0.15", "2.csv")}})
	want := []anomaly.Interval{at("1", -60, "1", "1.csv"), at("1", 0, "0.15", "2.csv"), at("1", 30, "0.25", "1.csv"), at("2", 0, "0.5", "1.csv")}
	var got []anomaly.Interval
	if err := s.Intervals(ctx, "a", func(v *anomaly.Interval) error { got = append(got, *v); return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b anomaly.Decimal) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	stop := errors.New("enough")
	if err := s.Intervals(ctx, "a", func(*anomaly.Interval) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}

// The hour in which clocks are put back: both of it stay, whatever file says them again.
func TestBothAutumnHoursSurvive(t *testing.T) {
	s, ctx := open(t), context.Background()
	at := func(hour int64, again bool, usage, file string) anomaly.Interval {
		return anomaly.Interval{
			AccountID: "a", Start: 3600 * hour, End: 3600 * (hour + 1), Again: again,
			Usage: anomaly.MustDecimal(usage), Unit: "kWh", Source: anomaly.Source{File: file, Row: 1},
		}
	}
	night := func(file string) *anomaly.Rows {
		return &anomaly.Rows{Intervals: []anomaly.Interval{
			at(0, false, "0.1", file), at(1, false, "0.2", file), at(1, true, "0.4", file), at(2, false, "0.8", file),
		}}
	}
	if got := load(t, s, "1.csv", night("1.csv")).Counts; got != (Counts{Inserted: 4}) {
		t.Errorf("the first time: %+v", got)
	}
	if got := load(t, s, "2.csv", night("2.csv")).Counts; got != (Counts{Unchanged: 4}) {
		t.Errorf("the second time: %+v", got)
	}
	sum := anomaly.Decimal{}
	err := s.Intervals(ctx, "a", func(v *anomaly.Interval) error {
		sum, _ = anomaly.Add(sum, v.Usage)
		return nil
	})
	if err != nil || sum.String() != "1.5" { // 0.1 + 0.2 + 0.4 + 0.8
		t.Errorf("%s, %v", sum, err)
	}
}

func TestTwoChannelsOfOneMeterSurvive(t *testing.T) {
	s, ctx := open(t), context.Background()
	at := func(register string, start int64, usage string) anomaly.Interval {
		return anomaly.Interval{
			AccountID: "a", MeterID: "1", Register: register, Start: start, End: start + 1800,
			Usage: anomaly.MustDecimal(usage), Unit: "kWh", Source: anomaly.Source{File: "nem12.csv", Row: 1},
		}
	}
	load(t, s, "nem12.csv", &anomaly.Rows{Intervals: []anomaly.Interval{
		at("E1", 0, "1"), at("E1", 1800, "2"), at("E2", 0, "3"), at("E2", 1800, "4"), at("B1", 0, "5"),
	}})
	want := []anomaly.Interval{at("B1", 0, "5"), at("E1", 0, "1"), at("E2", 0, "3"), at("E1", 1800, "2"), at("E2", 1800, "4")}
	var got []anomaly.Interval
	if err := s.Intervals(ctx, "a", func(v *anomaly.Interval) error { got = append(got, *v); return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b anomaly.Decimal) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

func TestModelsByName(t *testing.T) {
	s, ctx := open(t), context.Background()
	if _, ok, err := s.LoadModel(ctx, "usage"); ok || err != nil {
		t.Errorf("before any is saved: %t %v", ok, err)
	}
	accounts(t, s, "a")
	for version, json := range []string{`{"a":1}`, `{"a":2}`} {
		if err := s.SaveModel(ctx, "usage", version, []byte(json)); err != nil {
			t.Fatal(err)
		}
	}
	m, ok, err := s.LoadModel(ctx, "usage")
	if err != nil || !ok || m.Version != 1 || m.After != 1 || string(m.JSON) != `{"a":2}` {
		t.Errorf("%+v %t %v", m, ok, err)
	}
}

func TestInfoOfAStore(t *testing.T) {
	s, ctx := open(t), context.Background()
	day := anomaly.MustDate("2026-03-02")
	im, err := s.Begin(ctx, File{Name: "bills.csv", Hash: "abc", Bytes: 4711, On: day})
	if err != nil {
		t.Fatal(err)
	}
	rows := month(3, 0, "bills.csv")
	rows.Accounts = []anomaly.Account{{ID: "ACC000000001", Route: "7", Source: anomaly.Source{File: "bills.csv", Row: 2}}}
	rows.Bills = append(rows.Bills, rows.Bills[0])
	if err := im.Add(ctx, rows); err != nil {
		t.Fatal(err)
	}
	if _, err := im.Commit(ctx, nil); err != nil {
		t.Fatal(err)
	}
	got, err := s.Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Stat(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	want := Info{
		Path: s.Path(), SchemaVersion: len(schemaFiles()), Bytes: file.Size(), Accounts: 3,
		Tables: []TableCount{
			{"accounts", 1}, {"meters", 0}, {"readings", 0}, {"bills", 3}, {"bill_lines", 0}, {"appliances", 0},
			{"weather", 0}, {"intervals", 0}, {"events", 0}, {"inspections", 0},
		},
		Files: []FileInfo{{
			Seq: 1, Name: "bills.csv", Hash: "abc", Bytes: 4711, On: day,
			Kinds: []KindCounts{{"accounts", Counts{Inserted: 1}}, {"bills", Counts{Inserted: 3, Duplicates: 1}}},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Rows on their way through a temporary file are read with care.
func FuzzRecord(f *testing.F) {
	var e encoder
	e.start(kindBills, "a\x00b", 3)
	e.keyInt(-5)
	e.keyText("bill")
	e.decimal(anomaly.MustDecimal("10.50"))
	e.real(0.7)
	e.null()
	f.Add(string(append(append([]byte{byte(len(e.key)), byte(len(e.val))}, e.key...), e.val...)))
	f.Fuzz(func(_ *testing.T, rows string) {
		for rows != "" {
			r, rest, err := cutRow(rows)
			if err != nil {
				return
			}
			if _, values, err := r.parse(nil); err == nil {
				_, columns, _ := r.part()
				if _, err := span(columns, 0, len(values)); err != nil {
					panic(err)
				}
			}
			rows = rest
		}
	})
}

// Keys sort as SQLite sorts what they stand for.
func TestKeysSortAsTheirColumnsDo(t *testing.T) {
	type key struct {
		text string
		n    int64
		more string
	}
	gen := rapid.Custom(func(t *rapid.T) key {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("\x00\x01\u00ffab")), 0, 3, -1)
		return key{text.Draw(t, "text"), rapid.Int64().Draw(t, "n"), text.Draw(t, "more")}
	})
	encode := func(k key) string {
		return string(appendKeyText(appendKeyInt(appendKeyText(nil, k.text), k.n), k.more))
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := gen.Draw(t, "a"), gen.Draw(t, "b")
		want := 0
		switch {
		case a.text != b.text:
			want = strings.Compare(a.text, b.text)
		case a.n < b.n:
			want = -1
		case a.n > b.n:
			want = 1
		default:
			want = strings.Compare(a.more, b.more)
		}
		if got := strings.Compare(encode(a), encode(b)); got != want {
			t.Fatalf("%+v and %+v: %d, want %d", a, b, got, want)
		}
	})
}
