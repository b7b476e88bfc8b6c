package report

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with testdata/name, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got), -update writes it anew:\n%s", name, diff)
	}
}

func cardOf(t interface {
	Helper()
	Fatal(...any)
}, a *anomaly.Assessment, p *locale.Printer, opt CardOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := Card(&b, a, p, opt); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestCards(t *testing.T) {
	for _, lang := range locale.Langs {
		p := locale.New(lang)
		for _, c := range []struct {
			name string
			a    *anomaly.Assessment
			opt  CardOptions
		}{
			{"story", story(lang), CardOptions{Width: 80}},
			{"story_full", story(lang), CardOptions{Width: 100, Full: true}},
			{"normal_water", normal(), CardOptions{Width: 80}},
			{"nothing_to_compare", bare(), CardOptions{Width: 60}},
		} {
			t.Run(c.name+" "+string(lang), func(t *testing.T) {
				golden(t, "card_"+c.name+"_"+string(lang)+".txt", []byte(cardOf(t, c.a, p, c.opt)))
			})
		}
	}
	t.Run("story in colour", func(t *testing.T) {
		golden(t, "card_story_colour.txt", []byte(cardOf(t, story(locale.English), locale.New(locale.English), CardOptions{Width: 80, Color: true})))
	})
}

func TestTheFirstLinesAnswerTheDispute(t *testing.T) {
	lines := strings.Split(cardOf(t, story(locale.English), locale.New(locale.English), CardOptions{Width: 80}), "\n")
	first := strings.Join(lines[:9], "\n")
	for _, want := range []string{
		"Self-test with the main breaker off, then joint inspection", "Refused:", "Right for the usage billed: NT$4,137", "1,400 kWh billed",
		"90 % range 310 to 2,480", "Inside, but the range is wide: the history is another home's",
	} {
		if !strings.Contains(strings.Join(strings.Fields(first), " "), want) {
			t.Errorf("the first lines do not say %q:\n%s", want, first)
		}
	}
	if strings.Index(first, "Next") > strings.Index(first, "Price") {
		t.Error("the next step does not come first")
	}
}

func TestNothingUncheckedIsCalledRight(t *testing.T) {
	a := story(locale.English)
	a.Rebill = anomaly.Rebill{NotChecked: anomaly.Msg("no tariff for 2026")}
	for _, full := range []bool{false, true} {
		text := cardOf(t, a, locale.New(locale.English), CardOptions{Width: 120, Full: full})
		text, _, _ = strings.Cut(strings.Replace(text, "“the price is right”", "", 1), "\x00")
		for _, word := range []string{"orrect", "ight for", "price is right"} {
			if strings.Contains(text, word) {
				t.Errorf("an unchecked price is called %q:\n%s", word, text)
			}
		}
		if !strings.Contains(text, "Not checked: no tariff for 2026") {
			t.Errorf("the reason is not given:\n%s", text)
		}
	}
}

func TestPriceStates(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*anomaly.Assessment)
		want   priceState
	}{
		{"agrees", func(*anomaly.Assessment) {}, priceRight},
		{"within the rounding unit", func(a *anomaly.Assessment) { a.Amount = money("4136") }, priceRight},
		{"two units off", func(a *anomaly.Assessment) { a.Amount = money("4139") }, priceDiffers},
		{"no amount on the bill", func(a *anomaly.Assessment) { a.Amount = anomaly.NullDecimal{} }, priceWithoutBill},
		{"no tariff", func(a *anomaly.Assessment) { a.Rebill.Priced = nil }, priceUnchecked},
		{"a line has to be corrected", func(a *anomaly.Assessment) {
			a.Findings = append(a.Findings, anomaly.Finding{Check: "B02", Action: anomaly.ActionRebill})
		}, priceDiffers},
	} {
		a := story(locale.English)
		c.change(a)
		if got := priceOf(a); got != c.want {
			t.Errorf("%s: state %d, want %d", c.name, got, c.want)
		}
	}
}

func TestNoLineIsWiderThanTheTerminal(t *testing.T) {
	for _, lang := range locale.Langs {
		p := locale.New(lang)
		for _, a := range []*anomaly.Assessment{story(lang), normal(), bare(), crowded(), {}} {
			for columns := 60; columns <= 200; columns += 7 {
				for _, full := range []bool{false, true} {
					text := cardOf(t, a, p, CardOptions{Width: columns, Full: full})
					lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
					for _, line := range lines {
						if width(line) > columns {
							t.Errorf("%s at %d columns: a line of %d: %s", lang, columns, width(line), line)
						}
						if strings.ContainsAny(line, "\x1b\x07\r") {
							t.Errorf("%s: a plain card has escapes: %q", lang, line)
						}
					}
					if !full && len(lines) > cardLines {
						t.Errorf("%s at %d columns: %d lines\n%s", lang, columns, len(lines), text)
					}
				}
			}
		}
	}
}

func TestColourAddsNothingButEscapes(t *testing.T) {
	p := locale.New(locale.English)
	without := cardOf(t, story(locale.English), p, CardOptions{Width: 80})
	with := cardOf(t, story(locale.English), p, CardOptions{Width: 80, Color: true})
	for _, style := range []string{bold, dim, red, green, yellow, "0"} {
		with = strings.ReplaceAll(with, "\x1b["+style+"m", "")
	}
	// Trailing spaces inside a style are not trimmed.
	if trimmed := trimLines(with); trimmed != without {
		t.Errorf("the coloured card says something else:\n%s", cmp.Diff(without, trimmed))
	}
}

func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func TestTheShownPartsAddUp(t *testing.T) {
	a := story(locale.English)
	for most := 3; most <= 9; most++ {
		rows := fold(a.Explained, most)
		if len(rows) > max(most, 3) {
			t.Errorf("folded to %d rows, wanted at most %d", len(rows), most)
		}
		usage, amount := anomaly.Decimal{}, anomaly.Decimal{}
		for _, r := range rows {
			usage, _ = anomaly.Add(usage, r.Usage)
			amount, _ = anomaly.Add(amount, r.Amount.Decimal)
		}
		if usage.Cmp(a.Usage) != 0 || amount.Cmp(a.Amount.Decimal) != 0 {
			t.Errorf("%d rows add up to %s and %s, billed are %s and %s", most, usage, amount, a.Usage, a.Amount.Decimal)
		}
	}
}

// Of the 135 kWh and NT$290 that the story leaves open, a visit says what it found; a visit
// that found more was about other bills too.
func TestWhatAVisitFoundIsToldFromWhatIsOpen(t *testing.T) {
	known := func(s string) anomaly.NullDecimal { return anomaly.Known(anomaly.MustDecimal(s)) }
	for _, c := range []struct {
		name          string
		usage, amount anomaly.NullDecimal
		want          []string
	}{
		{"a part, with its amount", known("59"), known("120"), []string{"what the visit found +59 +NT$120", "unexplained +76 +NT$170"}},
		{"a part, without an amount", known("59"), anomaly.NullDecimal{}, []string{"what the visit found +59 ", "unexplained +76 "}},
		{"all of it", known("135"), known("290"), []string{"what the visit found +135 +NT$290"}},
		{"more, of several bills", known("900"), anomaly.NullDecimal{}, []string{"what the visit found +135 +NT$290"}},
		{"no figure", anomaly.NullDecimal{}, anomaly.NullDecimal{}, []string{"what the visit found +135 +NT$290"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := story(locale.English)
			a.Verdict.FoundOn, a.Verdict.FoundUsage, a.Verdict.FoundAmount = date("2026-03-24"), c.usage, c.amount
			for _, most := range []int{0, shortRows} {
				var got []string
				sum := 0.0
				rows := parts(a, locale.New(locale.English), most)
				for _, r := range rows[:len(rows)-1] {
					sum += r.end - r.start
					if r.label == "what the visit found" || r.label == "unexplained" {
						got = append(got, r.label+" "+r.usage+" "+r.money)
					}
				}
				if !slices.Equal(got, c.want) || sum != anomaly.Float(a.Usage) {
					t.Errorf("%d rows: %q, want %q; they add up to %g", most, got, c.want, sum)
				}
			}
			text := letterOf(t, a, locale.English, "markdown")
			if c.usage.Valid && !strings.Contains(text, "It puts what was billed wrongly at "+c.usage.Decimal.String()+" kWh.") {
				t.Errorf("the letter does not say what the visit found:\n%s", text)
			}
		})
	}
}

func TestTheShortCardShowsNoDifferenceThatIsNone(t *testing.T) {
	a := story(locale.English)
	a.Explained = []anomaly.ExplainedRow{
		{What: anomaly.PartReference, Usage: anomaly.MustDecimal("1000"), Amount: money("3000")},
		{What: "days", Usage: anomaly.Decimal{}, Amount: money("0")},
		{What: "season", Usage: anomaly.Decimal{}},
		{What: "price", Usage: anomaly.Decimal{}, Amount: money("37")}, // nothing in usage, but not in money
		{What: anomaly.PartUnexplained, Usage: anomaly.MustDecimal("400"), Amount: money("1100")},
	}
	p := locale.New(locale.English)
	var short []string
	for _, row := range parts(a, p, 9) {
		short = append(short, row.label)
	}
	if want := []string{p.Text("card.part.last_year_home"), p.Term("price"), p.Term(anomaly.PartUnexplained), p.Text("card.part.billed")}; !slices.Equal(short, want) {
		t.Errorf("the short card shows %q, want %q", short, want)
	}
	if n := len(parts(a, p, 0)); n != len(a.Explained)+1 {
		t.Errorf("the full card shows %d rows, want all %d and the bill", n, len(a.Explained))
	}
}

func TestWrapLosesNothing(t *testing.T) {
	alphabet := []rune("ab1.,，。（）「」 度電kWh%é\u0301用")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom(alphabet), 0, 80, -1).Draw(t, "text")
		n := rapid.IntRange(2, 60).Draw(t, "width")
		lines := wrap(text, n)
		for _, line := range lines {
			if width(line) > n {
				t.Fatalf("line of %d cells in %d: %q", width(line), n, line)
			}
		}
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if squeeze(strings.Join(lines, "")) != squeeze(text) {
			t.Fatalf("%q became %q", text, lines)
		}
	})
}

func TestWrapping(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		want []string
	}{
		{"the next bill is the same", 13, []string{"the next bill", "is the same"}},
		{"帳單為 1,400 度，平均每天 23.7 度。", 12, []string{"帳單為", "1,400 度，平", "均每天", "23.7 度。"}},
		{"用戶說「不可能」的", 8, []string{"用戶說", "「不可", "能」的"}},
		{"abcdefghij k", 4, []string{"abcd", "efgh", "ij k"}},
		{"", 10, []string{""}},
	} {
		if got := wrap(c.text, c.n); fmt.Sprint(got) != fmt.Sprint(c.want) || len(got) != len(c.want) {
			t.Errorf("%q at %d: %q, want %q", c.text, c.n, got, c.want)
		}
	}
}

func TestSparkline(t *testing.T) {
	row, low, high, other := spark(story(locale.English))
	// Of the bills of the other home, the seven that begin within two years of
	// 2026-03-01; then a bar and the bill itself. The scale ends above it, at 1.25 times
	// the highest bill, because the expected range reaches further.
	if n := len([]rune(row)); n != 9 {
		t.Errorf("%d blocks: %s", n, row)
	}
	if !other || !strings.HasSuffix(row, "│▇") || low != "▂" || high != "█" {
		t.Errorf("row %s, low %s, high %s, other home %t", row, low, high, other)
	}
	if row, _, _, _ := spark(bare()); row != "" {
		t.Errorf("one bill gives the row %s", row)
	}
}

func TestWhatMayNotBeSaid(t *testing.T) {
	comparable := func() *anomaly.Assessment {
		a := story(locale.English)
		a.Estimate.Comparable, a.Estimate.OtherPremise = true, false
		a.Causes = []anomaly.CauseProbability{{Cause: anomaly.CauseEstimatedCatchUp, Probability: 1}}
		a.Verdict.Wait = anomaly.Wait{Allowed: true, Until: date("2026-05-01")}
		return a
	}
	for _, c := range []struct {
		name   string
		change func(*anomaly.Assessment)
		never  string // keys without their common beginning
	}{
		{"nothing against the bill", func(a *anomaly.Assessment) { a.Verdict.Action = anomaly.ActionNone }, ""},
		{"another home's history", func(a *anomaly.Assessment) { a.Estimate.Comparable = false }, "normal"},
		{"outside the range", func(a *anomaly.Assessment) { a.Usage = anomaly.MustDecimal("2900") }, "normal"},
		{"no tariff", func(a *anomaly.Assessment) { a.Rebill.Priced = nil }, "price_right"},
		{"a wrong price", func(a *anomaly.Assessment) { a.Amount = money("9999") }, "price_right"},
		{"to be corrected, though the price is right and the range holds it", func(a *anomaly.Assessment) { a.Verdict.Action = anomaly.ActionRebill }, "correct"},
		{"a cause in the meter", func(a *anomaly.Assessment) {
			a.Causes = []anomaly.CauseProbability{{Cause: anomaly.CauseMeterSlow, Probability: 0.03}}
		}, "meter_fine"},
		{"a cause that blames somebody", func(a *anomaly.Assessment) {
			a.Causes = []anomaly.CauseProbability{{Cause: anomaly.CauseTappedByOthers, Probability: 0.9}}
		}, "meter_fine blame"},
		{"waiting refused", func(a *anomaly.Assessment) { a.Verdict.Wait = anomaly.Wait{Reason: anomaly.Msg("no")} }, "wait"},
	} {
		a := comparable()
		c.change(a)
		may, never := sayings(a)
		var keys []string
		for _, m := range never {
			keys = append(keys, strings.TrimPrefix(m.Key, "say.never."))
		}
		if got := strings.Join(keys, " "); got != c.never {
			t.Errorf("%s: may not be said %q, want %q", c.name, got, c.never)
		}
		for _, m := range may {
			if m.Key == "say.may.usual" && (!a.Estimate.Comparable || faulty(a.Verdict.Action)) {
				t.Errorf("%s: the usage is called usual", c.name)
			}
		}
	}
}

func TestARangeIsCalledWideOnlyWhereItIs(t *testing.T) {
	for _, c := range []struct {
		situation string
		low, high float64
		home      bool
		want, not string
	}{
		{"learnt from many homes, short history", 1330, 1440, false, "There is less than a year of history", "wide"},
		{"learnt from many homes, another home's history", 1330, 1440, true, "The history is another home's", "wide"},
		{"short history alone", 310, 2480, false, "the range is wide: there is less than a year", "There is less"},
	} {
		a := story(locale.English)
		a.Estimate.Low90, a.Estimate.High90, a.Estimate.OtherPremise, a.Estimate.Comparable = c.low, c.high, c.home, false
		text := usageText(a, locale.New(locale.English))
		if !strings.Contains(text, c.want) || strings.Contains(text, c.not) {
			t.Errorf("%s: the card says %s", c.situation, text)
		}
		letter := strings.ReplaceAll(letterOf(t, a, locale.English, "text"), "\n", " ")
		if strings.Contains(letter, "range is wide") != wide(&a.Estimate) {
			t.Errorf("%s: the letter says\n%s", c.situation, letter)
		}
	}
}

func TestNoMoreIsUnexplainedThanTheRise(t *testing.T) {
	for _, c := range []struct {
		situation string
		high      float64
		reference string
		want      string // "": nothing is said of it
	}{
		{"less than the rise", 300, "807", "Up to 300 kWh"},
		{"more than the rise", 1028, "807", "Up to 593 kWh"}, // 1400 - 807
		{"no rise", 1028, "1500", ""},
	} {
		a := story(locale.English)
		a.Unexplained = anomaly.UnexplainedRange{Known: true, Low: -900, Middle: 100, High: c.high}
		a.Explained[0].Usage = anomaly.MustDecimal(c.reference)
		may, _ := sayings(a)
		text := ""
		for _, m := range may {
			if strings.HasPrefix(m.Key, "say.may.unexplained") {
				text = locale.New(locale.English).Say(m)
			}
		}
		if !strings.HasPrefix(text, c.want) || (text == "") != (c.want == "") {
			t.Errorf("%s: the card says %q", c.situation, text)
		}
	}
}

func TestTheSameRowsAndCausesInEveryLanguageAndWidth(t *testing.T) {
	figure := regexp.MustCompile(`[+-]?\d[\d,]* ?%?`)
	figures := func(lines []string) string {
		text := strings.ReplaceAll(strings.Join(lines, " "), " %", "%")
		return strings.Join(strings.Fields(strings.Join(figure.FindAllString(text, -1), " ")), " ")
	}
	// 52 %, 17 % and 14 % are named; what is left is 17 %, none of it with 10 %.
	const causes, rows = "52% 17% 14% 17%", "807 +466 -8 +135"
	for _, lang := range locale.Langs {
		for columns := 60; columns <= 120; columns += 20 {
			c := &card{a: story(lang), p: locale.New(lang), width: columns, label: 11}
			if got := figures(c.causesShort()); got != causes {
				t.Errorf("%s at %d columns: causes %s, want %s", lang, columns, got, causes)
			}
			if got := figures(c.partsShort(false)); got != rows {
				t.Errorf("%s at %d columns: rows %s, want %s", lang, columns, got, rows)
			}
		}
	}
	a := story(locale.English)
	a.Causes = []anomaly.CauseProbability{
		{Cause: anomaly.CauseMoreAppliances, Probability: 0.4}, {Cause: anomaly.CauseTappedByOthers, Probability: 0.2},
		{Cause: anomaly.CauseOccupancy, Probability: 0.15}, {Cause: anomaly.CauseMeterFast, Probability: 0.12},
		{Cause: anomaly.CauseMisread, Probability: 0.09}, {Cause: anomaly.CauseOther, Probability: 0.04},
	}
	c := &card{a: a, p: locale.New(locale.English), width: 60, label: 11}
	if got := figures(c.causesShort()); got != "40% 20% 15% 12% 13%" {
		t.Errorf("a cause of 12 %% is hidden: %s", got)
	}
}

func TestNobodyIsSentToADataPlan(t *testing.T) {
	for _, c := range []struct {
		service anomaly.Service
		want    bool
	}{{anomaly.Electricity, true}, {anomaly.Broadband, false}} {
		a, p := story(locale.English), locale.New(locale.English)
		a.Service = c.service
		var b strings.Builder
		if err := Card(&b, a, p, CardOptions{Full: true, Width: 100}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.String(), "\n"+p.Text("card.visit")); got != c.want {
			t.Errorf("%s: a visit is weighed: %t, want %t", c.service, got, c.want)
		}
	}
}

// What somebody has done at the meter comes before what was found in general, in every
// language, however little room there is; what is grave comes before it.
func TestTheShortCardShowsTheTestThatWasMade(t *testing.T) {
	say := func(s string) anomaly.Message {
		return plain(map[locale.Lang]string{locale.English: s, locale.Traditional: s, locale.Simplified: s}, locale.English)
	}
	for _, lang := range locale.Langs {
		a := story(lang)
		a.Findings = nil
		for n := range 12 {
			a.Findings = append(a.Findings, anomaly.Finding{Check: fmt.Sprintf("U%02d", 20+n), Severity: anomaly.Medium, Message: say("general")})
		}
		a.Findings = append(a.Findings, anomaly.Finding{Check: "M01", Severity: anomaly.Low, Message: say("protocol")},
			anomaly.Finding{Check: "M02", Severity: anomaly.Low, Message: say("too short")}, anomaly.Finding{Check: "C04", Severity: anomaly.High, Message: say("grave")})
		var b strings.Builder
		if err := Card(&b, a, locale.New(lang), CardOptions{}); err != nil {
			t.Fatal(err)
		}
		grave, test, general := strings.Index(b.String(), "C04"), strings.Index(b.String(), "M02"), strings.Index(b.String(), "U20")
		if grave < 0 || test < grave || general >= 0 && general < test || strings.Contains(b.String(), "M01") {
			t.Errorf("%s: not the grave, then the test, then the rest:\n%s", lang, b.String())
		}
	}
}

// Beside a part that is money alone, a number without a unit reads as money.
func TestTheShortCardDoesNotMixMoneyAndUsage(t *testing.T) {
	a := story(locale.English)
	a.Explained = []anomaly.ExplainedRow{
		{What: anomaly.PartReference, Usage: anomaly.MustDecimal("381"), Amount: money("900")},
		{What: anomaly.PartOtherLines, Usage: anomaly.Decimal{}, Amount: money("2065")},
		{What: anomaly.PartUnexplained, Usage: anomaly.MustDecimal("1019"), Amount: money("1172")},
	}
	c := &card{a: a, p: locale.New(locale.English), width: 200, label: 10}
	if text := strings.Join(c.partsShort(false), " "); !strings.Contains(text, "+NT$2,065") || !strings.Contains(text, "+1,019 kWh") {
		t.Errorf("the parts read %q", text)
	}
}
