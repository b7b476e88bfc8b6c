package locale

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"whybill/anomaly"
)

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

func TestAllLanguagesHaveTheSameKeysAndArguments(t *testing.T) {
	english := New(English)
	for _, lang := range Langs[1:] {
		p := New(lang)
		for _, key := range english.Keys() {
			if !p.Has(key) {
				t.Errorf("%s has no %s", lang, key)
				continue
			}
			want, got := arguments(english.texts[key]), arguments(p.texts[key])
			if !slices.Equal(want, got) {
				t.Errorf("%s: %s has arguments %v, English has %v", lang, key, got, want)
			}
		}
		for _, key := range p.Keys() {
			if !english.Has(key) {
				t.Errorf("%s stands in %s but not in English", key, lang)
			}
		}
	}
}

// arguments returns the arguments that a template uses: their order is the language's
// own business, a sentence may repeat one, and only English has words that go with a number.
func arguments(template string) []string {
	var names []string
	for _, found := range placeholder.FindAllString(template, -1) {
		name, _, _ := strings.Cut(strings.Trim(found, "{}"), "|")
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestEveryCauseAndActionHasAName(t *testing.T) {
	for _, lang := range Langs {
		p := New(lang)
		for _, c := range anomaly.Causes {
			if !p.Has("term." + string(c)) {
				t.Errorf("%s: no name for the cause %s", lang, c)
			}
		}
		for _, a := range anomaly.Actions {
			if !p.Has("term." + string(a)) {
				t.Errorf("%s: no name for the action %s", lang, a)
			}
		}
	}
}

func TestMatchTheUsersWish(t *testing.T) {
	for _, c := range []struct {
		wish string
		want Lang
	}{
		{"", English}, {"C", English}, {"C.UTF-8", English}, {"POSIX", English}, {"en_US.UTF-8", English},
		{"zh_TW.UTF-8", Traditional}, {"zh-Hant", Traditional}, {"zh_HK", Traditional},
		{"zh_CN.GB18030", Simplified}, {"zh-Hans-SG", Simplified}, {"zh", Simplified},
	} {
		if got, ok := Match(c.wish); !ok || got != c.want {
			t.Errorf("%q gives %s, %t; want %s", c.wish, got, ok, c.want)
		}
	}
	for _, wish := range []string{"xx", "fr_FR", "not a language"} {
		if lang, ok := Match(wish); ok {
			t.Errorf("%q was taken for %s", wish, lang)
		}
	}
}

func TestNumbersAndMoney(t *testing.T) {
	p := New(English)
	for _, c := range []struct {
		got, want string
	}{
		{Number(1234567.891, 1), "1,234,567.9"},
		{Number(-0.04, 1), "0.0"},
		{Number(-1234, 0), "-1,234"},
		{p.Money(anomaly.MustDecimal("4136.6"), "TWD"), "NT$4,136.6"},
		{p.Money(anomaly.MustDecimal("4137.0"), "TWD"), "NT$4,137"},
		{p.Money(anomaly.MustDecimal("-12.5"), "USD"), "-US$12.50"},
		{p.Money(anomaly.MustDecimal("186.55"), "XYZ"), "XYZ 186.55"},
		{p.Usage(1400, "kWh", 0), "1,400 kWh"},
		{p.Date(anomaly.MustDate("2026-03-01")), "2026-03-01"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
	p.ROCDates = true
	if got := p.Date(anomaly.MustDate("2026-03-01")); got != "115/03/01" {
		t.Errorf("ROC date %s, want 115/03/01", got)
	}
}

func TestAWordGoesWithItsNumber(t *testing.T) {
	p := &Printer{Lang: English, texts: catalogue{
		"bills": "{n} {n|bill was|bills were} read", "name": "account {n} {n|bill|bills}",
	}}
	for _, c := range []struct {
		message anomaly.Message
		want    string
	}{
		{anomaly.Msg("bills", anomaly.CountArg("n", 1)), "1 bill was read"},
		{anomaly.Msg("bills", anomaly.CountArg("n", 0)), "0 bills were read"},
		{anomaly.Msg("bills", anomaly.CountArg("n", 21)), "21 bills were read"},
		{anomaly.Msg("bills", anomaly.NumberArg("n", 1, 1)), "1.0 bills were read"},
		{anomaly.Msg("bills", anomaly.TextArg("n", "1")), "1 bill was read"},
		{anomaly.Msg("bills", anomaly.TextArg("n", "1 or 2")), "1 or 2 bills were read"},
	} {
		if got := p.Say(c.message); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

var (
	counted = regexp.MustCompile(`\{\w+\} (?:(?:more|earlier|estimated|bill|of|the) )?([a-z]+s)\b`)
	either  = regexp.MustCompile(`[a-z]\((e?s|ies)\)`)
	// What may stand after an argument and end in s: verbs, and words that are no plurals.
	noPlural = strings.Fields(`is was has does says as less its this lies ends starts falls covers shows reads needs means
		stands overlaps holds looks puts prices bills decides differs begins comes leaves counts explains names runs joins sees`)
)

// A count of one is as frequent as any: "1 bills" is read by everybody who has one.
func TestNoPluralStandsFixedBehindANumber(t *testing.T) {
	p := New(English)
	for _, key := range p.Keys() {
		text := p.texts[key]
		if m := either.FindString(text); m != "" {
			t.Errorf("%s: %q leaves the choice to the reader; write {n|bill|bills}", key, m)
		}
		for _, m := range counted.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(noPlural, m[1]) {
				t.Errorf("%s: %q is wrong for one; write {n|bill|bills}", key, m[0])
			}
		}
	}
}

var (
	halfWidth = regexp.MustCompile(`\p{Han}[,;:!?()]|[,;!?()]\p{Han}`)
	spaced    = regexp.MustCompile(`[，。；：！？、（）「」“”] | [，。；：！？、（）「」”]|[0-9}] %`)
	typed     = regexp.MustCompile("\\[[^\\]]*\\]|`[^`]*`") // what is to be typed as it stands
	// Characters that only one of the two ways of writing has, of those that a bill needs.
	traditional = "電號帳單級檔戶數據點檢查錯誤類別報額開關時間業處應實與這個無為說請將區線議題"
	simplified  = "电号账单级档户数据点检查错误类别报额开关时间业处应实与这个无为说请将区线议题"
)

// Chinese is set in full-width punctuation, with the quotation marks of its place, and in
// one way of writing at a time.
func TestChineseIsSetAsItsReadersSetIt(t *testing.T) {
	onlyTraditional, onlySimplified := "", ""
	for i, r := range []rune(traditional) {
		if other := []rune(simplified)[i]; other != r {
			onlyTraditional += string(r)
			onlySimplified += string(other)
		}
	}
	for lang, foreign := range map[Lang]string{Traditional: onlySimplified + "“”", Simplified: onlyTraditional + "「」"} {
		p := New(lang)
		for _, key := range p.Keys() {
			text := p.texts[key]
			if i := strings.IndexAny(text, foreign); i >= 0 {
				t.Errorf("%s: %s is written as elsewhere: %s", lang, key, text)
			}
			if m := halfWidth.FindString(typed.ReplaceAllString(text, "")); m != "" {
				t.Errorf("%s: %s has %q", lang, key, m)
			}
			if m := spaced.FindString(strings.ReplaceAll(text, "\n", "")); m != "" && !strings.Contains(text, "  ") {
				t.Errorf("%s: %s has %q", lang, key, m)
			}
		}
	}
}

func TestNoSpaceBetweenChineseCharacters(t *testing.T) {
	p := &Printer{Lang: Traditional, texts: catalogue{
		"range": "介於 {low} 到 {high} 之間", "money": "計為 {amount} 元", "name": "{a} {b} c", "by": "在 {day} 前",
		"term.kWh": "度",
	}}
	for _, c := range []struct {
		message anomaly.Message
		want    string
	}{
		{anomaly.Msg("range", anomaly.UsageArg("low", 150, "kWh", 0), anomaly.UsageArg("high", 873, "kWh", 0)), "介於 150 度到 873 度之間"},
		{anomaly.Msg("money", anomaly.TextArg("amount", "人民幣12")), "計為人民幣12 元"},
		{anomaly.Msg("name", anomaly.TextArg("a", "x"), anomaly.TextArg("b", "電")), "x 電 c"},
		{anomaly.Msg("by", anomaly.TextArg("day", "4 月（未查證）")), "在 4 月（未查證）前"},
	} {
		if got := p.Say(c.message); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// What is said of one service says nothing else than what is said of all.
func TestWhatIsSaidOfAServiceHasTheSameArguments(t *testing.T) {
	for _, lang := range Langs {
		p := New(lang)
		for _, key := range p.Keys() {
			for _, service := range []string{".water", ".gas", ".broadband"} {
				of, ok := p.texts[key+service]
				if !ok {
					continue
				}
				for _, name := range arguments(of) {
					if !slices.Contains(arguments(p.texts[key]), name) {
						t.Errorf("%s: %s needs the argument %s, which %s has not", lang, key+service, name, key)
					}
				}
			}
		}
	}
}

var (
	// What is said of an account: of checks, causes and actions, on cards, in letters and on work sheets.
	ofAccounts = regexp.MustCompile(`^([A-Z]\d\d|cause|action|decide|say|letter|sheet|card|term\.part|diagnose)\.`)
	// What no water or gas account reads: texts of a service's own, rules that name electricity
	// as the service of their figures, and what is only said where something is counted in kWh.
	onlyElectric = regexp.MustCompile(`\.(electricity|water|gas|broadband)(\.|$)|watts|^sheet\.(power|read\.(main_off|circuits|clamp|wiring)|bring\.(clamp|stopwatch))$|^R13\.|^U10\.rule$`)
)

// A water account reads nothing of breakers and electricity.
func TestEveryServiceHasItsOwnWords(t *testing.T) {
	electric := map[Lang]*regexp.Regexp{
		English:     regexp.MustCompile(`breaker|main switch|\bcircuits?\b|\bwatts\b|\bcables?\b|terminals|wiring|transformer`),
		Traditional: regexp.MustCompile(`電表|用電|總開關|盜接|漏電|竊電|停電|分路|瓦數|線路|端子|比流器|斷電|電源`),
		Simplified:  regexp.MustCompile(`电表|用电|总闸|搭线|漏电|窃电|停电|分路|瓦数|端子|互感器|断电|电源`),
	}
	for _, lang := range Langs {
		for _, service := range []anomaly.Service{anomaly.Water, anomaly.Gas} {
			p := New(lang).For(service)
			for _, key := range p.Keys() {
				if !ofAccounts.MatchString(key) || onlyElectric.MatchString(key) {
					continue
				}
				if text := p.Text(key); electric[lang].MatchString(text) {
					t.Errorf("%s, %s: %s says %q", lang, service, key, text)
				}
			}
			for _, key := range p.Keys() {
				// The word for using it stands inside of others: 備用電表 is no 備用氣表.
				if text := p.Text(key); service == anomaly.Gas && strings.Contains(text, "氣表") || strings.Contains(text, "用气表") {
					t.Errorf("%s, %s: %s says %q", lang, service, key, text)
				}
			}
			for _, cause := range anomaly.Causes {
				if text := p.Term(string(cause)); electric[lang].MatchString(text) {
					t.Errorf("%s, %s: %s", lang, service, text)
				}
			}
			for _, action := range anomaly.Actions {
				if text := p.Term(string(action)); electric[lang].MatchString(text) {
					t.Errorf("%s, %s: %s", lang, service, text)
				}
			}
		}
		if p := New(lang); p.For(anomaly.Electricity) != p {
			t.Errorf("%s: electricity has words of its own", lang)
		}
	}
}

// dateArguments are the names under which sentences have dates of which one may end something.
var dateArguments = regexp.MustCompile(`\{(start|end|from|to|until|since|last|first)\}`)

// A period of bills is named in one way: as anomaly.PeriodArg, from its first day until the
// first day not covered. A sentence that puts two dates of its own together would be free
// to mean the last day covered, and readers could not tell.
func TestSentencesNamePeriodsInOneWay(t *testing.T) {
	// What has two dates and is no period of a bill, or says in words which day it means.
	allowed := map[string]string{
		"period":               "it is the way",
		"letter.title":         "to a customer the end is the day of the reading",
		"import.repaired_date": "one date read as another",
		"D07.order":            "there is no period, its end lies before its start",
		"usage.period":         "the flags --from and --to as they were given",
	}
	seen := map[string]bool{}
	for _, lang := range Langs {
		p := New(lang)
		for _, key := range p.Keys() {
			if names := slices.Compact(slices.Sorted(slices.Values(dateArguments.FindAllString(p.texts[key], -1)))); len(names) > 1 {
				if seen[key] = true; allowed[key] == "" {
					t.Errorf("%s: %s has the dates %v; give it a period: %s", lang, key, names, p.texts[key])
				}
			}
		}
	}
	for key := range allowed {
		if !seen[key] {
			t.Errorf("%s is allowed two dates and has none", key)
		}
	}
}

// A date that ends something alone is the first day not covered, and Chinese, in which a
// date after 至 is covered, says so; or the sentence speaks of a last day.
func TestAnEndThatStandsAloneIsTheFirstDayNotCovered(t *testing.T) {
	ends := map[string]string{"D07.order": "as the file has it"}
	for _, lang := range Langs {
		p := New(lang)
		for _, key := range p.Keys() {
			text := p.texts[key]
			if !strings.Contains(text, "{end}") || strings.HasPrefix(key, "letter.") || strings.HasPrefix(key, "cmd.") || ends[key] != "" {
				continue // the commands' {end} is how a file's column was read, no date
			}
			if lang == English && !strings.Contains(text, "until {end}") || lang != English && !strings.Contains(text, "{end}（不含）") {
				t.Errorf("%s: %s does not say which day the end is: %s", lang, key, text)
			}
		}
	}
}

func TestAPeriodIsHalfOpen(t *testing.T) {
	m := anomaly.Msg("card.head", anomaly.PeriodArg("period", anomaly.Period{Start: anomaly.MustDate("2026-01-01"), End: anomaly.MustDate("2026-03-01")}))
	for lang, want := range map[Lang]string{
		English: " 2026-01-01 until 2026-03-01, ", Traditional: " 2026-01-01 至 2026-03-01（不含），", Simplified: " 2026-01-01 至 2026-03-01（不含），",
	} {
		if got := New(lang).Say(m); !strings.Contains(got, want) {
			t.Errorf("%s: %q is not in %q", lang, want, got)
		}
	}
	p := New(Traditional)
	p.ROCDates = true
	if got, want := p.Say(m), " 115/01/01 至 115/03/01（不含），"; !strings.Contains(got, want) {
		t.Errorf("ROC: %q is not in %q", want, got)
	}
}
