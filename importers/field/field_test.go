package field

import (
	"testing"

	"pgregory.net/rapid"

	"whybill/anomaly"
)

// Dates as they stand in bills and exports; the forms of the Republic of China are those
// that the project's notes on formats list.
func TestDates(t *testing.T) {
	for _, c := range []struct {
		situation, text string
		order           Order
		want            string // "" where it is no date
	}{
		{"ISO", "2026-03-01", OrderAuto, "2026-03-01"},
		{"slashes, year first", "2026/3/1", OrderAuto, "2026-03-01"},
		{"eight digits", "20260301", OrderAuto, "2026-03-01"},
		{"fourteen digits", "20260301143000", OrderAuto, "2026-03-01"},
		{"with a time", "2026-03-01 00:00:00", OrderAuto, "2026-03-01"},
		{"with a zone", "2015-11-22T00:00:00-06:00", OrderAuto, "2015-11-22"},
		{"with morning and afternoon", "2026/3/1 下午 02:30:00", OrderAuto, "2026-03-01"},
		{"day first, year last", "31/12/2026", DMY, "2026-12-31"},
		{"month first, year last", "12/31/2026", MDY, "2026-12-31"},
		{"points", "31.12.2026", DMY, "2026-12-31"},
		{"which comes first is open", "01/02/2026", OrderAuto, ""},
		{"the same both ways", "05/05/2026", OrderAuto, "2026-05-05"},
		{"no such month under this order", "31/12/2026", MDY, ""},
		{"two-digit year last", "31/12/97", DMY, "1997-12-31"},
		{"two-digit year last, after 2000", "31/12/26", DMY, "2026-12-31"},
		{"name of the month", "1-Mar-2026", OrderAuto, "2026-03-01"},
		{"name of the month first", "March 1, 2026", OrderAuto, "2026-03-01"},
		{"Excel serial", "45658", OrderAuto, "2025-01-01"},
		{"Excel serial with a time", "45658.5", OrderAuto, "2025-01-01"},
		{"Excel serial from 1904", "44196", Excel1904, "2025-01-01"},
		{"ROC with slashes", "113/02/15", OrderAuto, "2024-02-15"},
		{"ROC, leap day of 113", "113/02/29", OrderAuto, "2024-02-29"},
		{"ROC, no leap day in 114", "114/02/29", OrderAuto, ""},
		{"ROC, seven digits", "1130215", OrderAuto, "2024-02-15"},
		{"ROC with points", "113.03.25", OrderAuto, "2024-03-25"},
		{"ROC in words", "113年2月15日", OrderAuto, "2024-02-15"},
		{"ROC in words with its name", "中華民國113年2月15日", OrderAuto, "2024-02-15"},
		{"ROC, padded to four digits", "0115/04/01", OrderAuto, "2026-04-01"},
		{"ROC, two digits, declared", "97/6/30", ROC, "2008-06-30"},
		{"ROC, two digits, not declared", "97/6/30", OrderAuto, ""},
		{"ROC, six digits, declared", "970630", ROC, "2008-06-30"},
		{"six digits, not declared", "970630", OrderAuto, ""},
		{"six digits, declared Gregorian", "260301", YMD, "2026-03-01"},
		{"two-digit year first, declared Gregorian", "26/03/01", YMD, "2026-03-01"},
		{"Gregorian in words", "2026年3月1日", OrderAuto, "2026-03-01"},
		{"no such day", "2026-02-30", OrderAuto, ""},
		{"a number", "1221", OrderAuto, ""},
		{"an amount", "1,221.50", OrderAuto, ""},
		{"words", "next week", OrderAuto, ""},
		{"nothing", "", OrderAuto, ""},
		{"far in the future", "2926-03-01", OrderAuto, ""},
		{"an account number", "07-12-3456-78-1", OrderAuto, ""},
	} {
		d, ok := ParseDate(Tidy(c.text), c.order)
		if got := d.String(); got != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q under %s is %q, %t; want %q", c.situation, c.text, c.order, got, ok, c.want)
		}
	}
}

func TestMonths(t *testing.T) {
	for _, c := range []struct {
		text, want string
		months     int
	}{
		{"2026-03", "2026-03-01", 1}, {"03/2026", "2026-03-01", 1}, {"Mar 2026", "2026-03-01", 1},
		{"115年07月", "2026-07-01", 1}, {"115年03-04月", "2026-03-01", 2}, {"109/08", "2020-08-01", 1},
		{"11104", "2022-04-01", 1}, {"202603", "2026-03-01", 1}, {"2026-13", "", 0}, {"Mar", "", 0}, {"2026-03-01", "", 0},
	} {
		first, months, _ := ParseMonth(c.text)
		if first.String() != c.want || months != c.months {
			t.Errorf("%s is %s, %d months; want %s, %d", c.text, first, months, c.want, c.months)
		}
	}
}

func TestPeriodsInOneCell(t *testing.T) {
	for _, c := range []struct{ text, from, to string }{
		{"109/05/27~109/07/26", "2020-05-27", "2020-07-26"},
		{"111/01/21 ~ 111/03/23", "2022-01-21", "2022-03-23"},
		{"113/01/01至113/01/31", "2024-01-01", "2024-01-31"},
		{"115/02/05；115/03/05", "2026-02-05", "2026-03-05"},
		{"2026-01-01 - 2026-02-28", "2026-01-01", "2026-02-28"},
		{"20260101-20260228", "2026-01-01", "2026-02-28"},
		{"2026-01-01 to 2026-02-28", "2026-01-01", "2026-02-28"},
		{"2026-02", "2026-02-01", "2026-03-01"},
		{"whenever", "", ""},
	} {
		from, to, _, _ := ParseRange(Tidy(c.text), OrderAuto)
		if from.String() != c.from || to.String() != c.to {
			t.Errorf("%s is %s to %s; want %s to %s", c.text, from, to, c.from, c.to)
		}
	}
}

func TestTheSampleDecidesTheOrder(t *testing.T) {
	for _, c := range []struct {
		situation string
		cells     []string
		want      Order
		rivals    int
		mixed     bool
	}{
		{"ISO only", []string{"2026-01-02", "2026-02-03"}, OrderAuto, 0, false},
		{"one day above twelve", []string{"01/02/2026", "13/02/2026"}, DMY, 0, false},
		{"one month-first day above twelve", []string{"01/02/2026", "02/13/2026"}, MDY, 0, false},
		{"nothing above twelve", []string{"01/02/2026", "03/04/2026"}, OrderAuto, 2, false},
		{"the same both ways", []string{"01/01/2026", "02/02/2026"}, DMY, 0, false},
		{"both occur", []string{"13/01/2026", "01/13/2026"}, OrderAuto, 0, true},
		{"ROC years of two and three digits", []string{"97/6/30", "100/1/31"}, ROC, 0, false},
		{"junk does not count", []string{"n/a", "-", "13/02/2026"}, DMY, 0, false},
	} {
		var v DateVotes
		for _, cell := range c.cells {
			v.Add(Tidy(cell))
		}
		order, rivals, mixed := v.Decide()
		if order != c.want || len(rivals) != c.rivals || mixed != c.mixed {
			t.Errorf("%s: %s, rivals %v, mixed %t", c.situation, order, rivals, mixed)
		}
	}
}

func TestOneTypingErrorInTwoHundredIsAnException(t *testing.T) {
	var v DateVotes
	for range 200 {
		v.Add("25/12/2026")
	}
	v.Add("12/25/2026")
	if order, rivals, mixed := v.Decide(); order != DMY || rivals != nil || mixed {
		t.Errorf("%s, %v, %t", order, rivals, mixed)
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		situation, text string
		mark            Mark
		want            string // "" where it is no number
	}{
		{"plain", "1234.50", MarkPoint, "1234.50"},
		{"negative", "-12", MarkPoint, "-12"},
		{"thousands", "1,234,567.8", MarkPoint, "1234567.8"},
		{"thousands, comma decimals", "1.234.567,8", MarkComma, "1234567.8"},
		{"a comma as decimals under the point", "1234,5", MarkPoint, ""},
		{"groups of the wrong size", "1,23,456", MarkPoint, ""},
		{"blanks as thousands", "1 234 567", MarkPoint, "1234567"},
		{"apostrophes as thousands", "1'234.5", MarkPoint, "1234.5"},
		{"full width", "１，２３４．５０", MarkPoint, "1234.50"},
		{"a dash as minus", "－12", MarkPoint, "-12"},
		{"minus behind", "12.50-", MarkPoint, "-12.50"},
		{"in brackets", "(12.50)", MarkPoint, "-12.50"},
		{"currency in front", "NT$ 4,137", MarkPoint, "4137"},
		{"currency behind", "4137 元", MarkPoint, "4137"},
		{"cheque protection", "****3309 元", MarkPoint, "3309"},
		{"unit behind", "1,400 kWh", MarkPoint, "1400"},
		{"Excel's text marker", "'0012", MarkPoint, "12"},
		{"Excel's formula for text", `="0012"`, MarkPoint, "12"},
		{"leading point", ".5", MarkPoint, "0.5"},
		{"a percentage", "+51%", MarkPoint, ""},
		{"with an exponent", "1.2E+05", MarkPoint, ""},
		{"words behind", "12 monkeys", MarkPoint, ""},
		{"two numbers", "12 - 15", MarkPoint, ""},
		{"a date", "2026-01-01", MarkPoint, ""},
		{"more digits than can be held", "0.12345678901234567890123", MarkPoint, ""},
		{"nineteen digits", "9999999999999999999", MarkPoint, "9999999999999999999"},
		{"nothing", "", MarkPoint, ""},
		{"a sign alone", "-", MarkPoint, ""},
	} {
		d, _, ok := ParseNumber(Tidy(c.text), c.mark)
		got := ""
		if ok {
			got = d.String()
		}
		if got != c.want {
			t.Errorf("%s: %q is %q, want %q", c.situation, c.text, got, c.want)
		}
	}
}

func TestTheSampleDecidesTheDecimalMark(t *testing.T) {
	for _, c := range []struct {
		situation      string
		cells          []string
		want           Mark
		decided, mixed bool
	}{
		{"whole numbers", []string{"1", "20"}, MarkPoint, true, false},
		{"points", []string{"1.5", "1.234"}, MarkPoint, true, false},
		{"commas", []string{"1,5", "1,234"}, MarkComma, true, false},
		{"groups of three only", []string{"1,234", "2,345"}, MarkPoint, false, false},
		{"both", []string{"1,234.5", "1.234,5"}, MarkAuto, false, true},
		{"a leading zero decides", []string{"0.345", "1.234"}, MarkPoint, true, false},
	} {
		var v NumberVotes
		for _, cell := range c.cells {
			v.Add(Tidy(cell))
		}
		mark, decided, mixed := v.Decide()
		if mark != c.want || decided != c.decided || mixed != c.mixed {
			t.Errorf("%s: %s, decided %t, mixed %t", c.situation, mark, decided, mixed)
		}
	}
}

func TestQualities(t *testing.T) {
	for text, want := range map[string]anomaly.Quality{
		"A": anomaly.Actual, "實抄": anomaly.Actual, "60": anomaly.Actual, "E": anomaly.Estimated, "估抄": anomaly.Estimated,
		"yes": anomaly.Estimated, "E52": anomaly.Estimated, "C": anomaly.CustomerRead, "自报": anomaly.CustomerRead,
		"S14": anomaly.Substituted, "F": anomaly.Substituted, "": anomaly.QualityUnknown,
	} {
		if got, ok := ParseQuality(text); got != want || !ok {
			t.Errorf("%q is %s, %t; want %s", text, got, ok, want)
		}
	}
	if _, ok := ParseQuality("X9"); ok {
		t.Error("X9 was taken for a quality")
	}
}

// 1 ccf is 100 x 0.3048^3 m3 (exact by the definition of the foot).
func TestConversions(t *testing.T) {
	for _, c := range []struct{ value, unit, want, to string }{
		{"812000", "Wh", "812", "kWh"}, {"0.812", "MWh", "812", "kWh"}, {"3", "ccf", "8.4950539776", "m3"},
		{"90", "min", "1.5", "h"}, {"100", "min", "1.6666666667", "h"}, {"5", "kWh", "5", "kWh"},
	} {
		unit, ok := ParseUnit(c.unit)
		conv := UnitConversion(unit)
		got, fits := conv.Apply(anomaly.MustDecimal(c.value))
		if !ok || !fits || got.String() != c.want || conv.To != c.to {
			t.Errorf("%s %s is %s %s, want %s %s", c.value, c.unit, got, conv.To, c.want, c.to)
		}
	}
}

func TestPlainNumberSaysWhatParseNumberSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`-?[0-9]{1,20}(\.[0-9]{1,6})?|[-.,0-9]{0,8}`).Draw(t, "cell")
		plain, ok := PlainNumber(s)
		if !ok {
			return
		}
		full, _, fits := ParseNumber(s, MarkPoint)
		if !fits || plain.Cmp(full) != 0 || plain.Scale() != full.Scale() {
			t.Fatalf("%q: %s and %s (%t)", s, plain, full, fits)
		}
	})
}

func TestEveryDateIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := windowFrom.AddDays(rapid.IntRange(0, windowTo.Sub(windowFrom)).Draw(t, "day"))
		y, m, day := d.Civil()
		for _, form := range []struct {
			text  string
			order Order
		}{
			{d.String(), OrderAuto},
			{two(day) + "/" + two(m) + "/" + d.String()[:4], DMY},
			{two(m) + "/" + two(day) + "/" + d.String()[:4], MDY},
		} {
			if got, ok := ParseDate(form.text, form.order); !ok || got != d {
				t.Fatalf("%s under %s is %s", form.text, form.order, got)
			}
		}
		if y >= rocOffset+100 {
			roc := d.String()
			text := three(y-rocOffset) + roc[5:7] + roc[8:]
			if got, ok := ParseDate(text, OrderAuto); !ok || got != d {
				t.Fatalf("%s is %s, want %s", text, got, d)
			}
		}
	})
}

func two(n int) string   { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }
func three(n int) string { return string([]byte{byte('0' + n/100)}) + two(n%100) }

// What is read from anything must be within bounds and never panic.
func FuzzDate(f *testing.F) {
	for _, s := range []string{"113年2月15日", "45658.5", "Jan 1, 2026 10:00 PM", "109/05/27~109/07/26", "20260301143000", "115年03-04月", "2025-10-26T01:30:00.000+01:00", "2025-10-26 01:00Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = Tidy(s)
		for o := range orderCount {
			if d, ok := ParseDate(s, o); ok && (d < anomaly.MinDate || d > anomaly.MaxDate) {
				t.Errorf("%q is %s", s, d)
			}
			if m, ok := ParseMoment(s, o); ok && (m.Seconds < 0 || m.Seconds > 24*3600 || m.Offset%60 != 0 || m.Offset < -15*3600 || m.Offset > 15*3600) {
				t.Errorf("%q is %+v", s, m)
			}
			_, _, _, _ = ParseRange(s, o)
		}
		if first, months, ok := ParseMonth(s); ok && (first.Day() != 1 || months < 1 || months > 12) {
			t.Errorf("%q is %s, %d months", s, first, months)
		}
		var v DateVotes
		v.Add(s)
		v.Decide()
	})
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"1,234.5", "(12.50)", "****3,309 元", "１，２３４", "-.5", "1.2E+05", `="12"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = Tidy(s)
		for _, mark := range []Mark{MarkPoint, MarkComma} {
			d, _, ok := ParseNumber(s, mark)
			if !ok {
				continue
			}
			if again, _, ok := ParseNumber(d.String(), MarkPoint); !ok || again.Cmp(d) != 0 {
				t.Errorf("%q is %s, which is read as %s", s, d, again)
			}
		}
		var v NumberVotes
		v.Add(s)
		v.Decide()
		_, _ = ParseQuality(s)
		_, _ = ParseUnit(s)
	})
}
