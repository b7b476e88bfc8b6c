// Package locale puts messages into words: English, Traditional Chinese as used in
// Taiwan, Simplified Chinese as used in mainland China. A message is a key and
// arguments (anomaly.Message); a catalogue holds one template a key, in which {name}
// stands for the argument of that name, and {name|bill|bills} for the word that goes with
// it: the first with one, the second with any other number. Every language has the same
// keys with the same arguments; a test holds this.
package locale

import (
	"math"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"whybill/anomaly"
)

// Lang is one of the languages of the catalogue.
type Lang string

// The languages.
const (
	English     Lang = "en"
	Traditional Lang = "zh-TW"
	Simplified  Lang = "zh-CN"
)

// Langs lists the languages; the first is the one that others fall back to.
var Langs = []Lang{English, Traditional, Simplified}

var matcher = language.NewMatcher([]language.Tag{
	language.English, language.TraditionalChinese, language.SimplifiedChinese,
})

// Match returns the language for a user's wish, such as "zh_TW.UTF-8", "zh-Hans" or
// "C". ok is false where the wish names a language that the catalogue does not have.
func Match(wish string) (lang Lang, ok bool) {
	wish, _, _ = strings.Cut(wish, ".")
	wish, _, _ = strings.Cut(wish, "@")
	if wish == "" || wish == "C" || wish == "POSIX" {
		return English, true
	}
	tag, err := language.Parse(strings.ReplaceAll(wish, "_", "-"))
	if err != nil {
		return English, false
	}
	// The matcher would find some language that speakers of the wished one may also read.
	if base, _ := tag.Base(); base.String() != "en" && base.String() != "zh" {
		return English, false
	}
	_, i, _ := matcher.Match(tag)
	return Langs[i], true
}

// catalogue maps a message's key to its template.
type catalogue map[string]string

// Printer writes messages in one language. It is safe for concurrent use.
type Printer struct {
	Lang Lang
	// ROCDates writes years counted from 1912, as Taiwanese bills do.
	ROCDates bool
	texts    catalogue
	service  string            // ".water" and so on; see For
	words    *strings.Replacer // of the service; nil: those of electricity
}

// New returns the printer for a language.
func New(lang Lang) *Printer { return &Printer{Lang: lang, texts: catalogues[lang]} }

// Has reports whether the catalogue has the key.
func (p *Printer) Has(key string) bool { _, ok := p.texts[key]; return ok }

// Keys returns all keys of the catalogue, sorted.
func (p *Printer) Keys() []string {
	keys := make([]string, 0, len(p.texts))
	for k := range p.texts {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Say puts a message into words. A key without a template is written as it is, so
// that nothing is lost; a test keeps that from happening.
func (p *Printer) Say(m anomaly.Message) string {
	template, ok := p.template(m.Key)
	if !ok {
		return m.Key
	}
	return p.fill(template, m.Args)
}

func (p *Printer) fill(template string, args []anomaly.Arg) string {
	if len(args) == 0 && !strings.Contains(template, "{") {
		return template
	}
	var b strings.Builder
	for {
		text, rest, found := strings.Cut(template, "{")
		p.join(&b, text)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		p.join(&b, p.arg(name, args))
		template = after
	}
}

// join appends next. Between two Chinese characters there is no space, whichever of
// template and value ends with one: "150 度 到" becomes "150 度到"; nor is there one beside
// a full-width mark.
func (p *Printer) join(b *strings.Builder, next string) {
	if p.Lang == English || b.Len() == 0 || next == "" {
		b.WriteString(next)
		return
	}
	before := b.String()
	first := strings.TrimPrefix(next, " ")
	last := strings.TrimSuffix(before, " ")
	spaces := len(next) - len(first) + len(before) - len(last)
	if spaces == 1 {
		l, _ := utf8.DecodeLastRuneInString(last)
		f, _ := utf8.DecodeRuneInString(first)
		if unicode.Is(unicode.Han, l) && unicode.Is(unicode.Han, f) || fullWidth(l) || fullWidth(f) {
			b.Reset()
			b.WriteString(last)
			b.WriteString(first)
			return
		}
	}
	b.WriteString(next)
}

func fullWidth(r rune) bool {
	return strings.ContainsRune("，。；：！？、（）「」“”", r)
}

func (p *Printer) arg(name string, args []anomaly.Arg) string {
	name, forms, counted := strings.Cut(name, "|")
	for i := range args {
		if args[i].Name != name {
			continue
		}
		if !counted {
			return p.Value(&args[i])
		}
		one, other, _ := strings.Cut(forms, "|")
		if isOne(&args[i]) {
			return one
		}
		return other
	}
	return "{" + name + "}"
}

// isOne reports whether a number is written as "1": one bill, but 1.0 and 0 bills.
func isOne(a *anomaly.Arg) bool {
	switch a.Kind {
	case anomaly.ArgCount, anomaly.ArgNumber, anomaly.ArgUsage:
		return Number(a.Num, int(a.Digits)) == "1"
	case anomaly.ArgText:
		return a.Text == "1"
	}
	return false
}

// Text returns the template of a key without arguments: a heading, a label.
func (p *Printer) Text(key string) string { return p.Say(anomaly.Message{Key: key}) }

// Term names an id in words: a cause, an action, a part of the decomposition, a unit.
func (p *Printer) Term(id string) string {
	if t, ok := p.template("term." + id); ok {
		return t
	}
	return id
}

// terms names ids, several of them separated by commas. An id of the user's own, such as
// that of a clock in his rules, stands for itself, without the kind before its dot.
func (p *Printer) terms(ids string) string {
	names := strings.Split(ids, ",")
	for i, id := range names {
		names[i] = p.Term(id)
		if _, own, ok := strings.Cut(id, "."); ok && names[i] == id {
			names[i] = own
		}
	}
	return p.List(names...)
}

// Value writes one argument.
func (p *Printer) Value(a *anomaly.Arg) string {
	switch a.Kind {
	case anomaly.ArgUsage:
		return p.Usage(a.Num, a.Text, int(a.Digits))
	case anomaly.ArgMoney:
		return p.Money(a.Dec, a.Text)
	case anomaly.ArgDate:
		return p.Date(a.Date)
	case anomaly.ArgCount:
		return Number(a.Num, 0)
	case anomaly.ArgNumber:
		return Number(a.Num, int(a.Digits))
	case anomaly.ArgPercent:
		return p.Percent(a.Num, int(a.Digits))
	case anomaly.ArgWatts:
		return Number(a.Num, 0) + " W"
	case anomaly.ArgTerm:
		return p.terms(a.Text)
	case anomaly.ArgVersion:
		return p.Version(a.Text)
	case anomaly.ArgPeriod:
		return p.Period(anomaly.Period{Start: a.Date, End: a.End})
	}
	return a.Text
}

// Usage writes a usage with its unit, such as "1,400 kWh" or "1,400 度".
func (p *Printer) Usage(usage float64, unit string, digits int) string {
	return Number(usage, digits) + " " + p.Term(unit)
}

// Percent writes a ratio as a percentage: "73.5 %", without the space in Chinese.
func (p *Printer) Percent(ratio float64, digits int) string {
	if p.Lang == English {
		return Number(100*ratio, digits) + " %"
	}
	return Number(100*ratio, digits) + "%"
}

// Money writes an exact amount with its currency, such as "NT$4,137".
func (p *Printer) Money(amount anomaly.Decimal, currency string) string {
	amount = amount.Trim(0)
	if amount.Scale() == 1 {
		amount = amount.Pad(2)
		if currency == "TWD" {
			amount = amount.Trim(0)
		}
	}
	text, sign := group(amount.Abs().String()), ""
	if amount.IsNeg() {
		sign = "-"
	}
	if symbol := p.Term("currency." + currency); symbol != "currency."+currency {
		return sign + symbol + text
	}
	if currency == "" {
		return sign + text
	}
	return sign + currency + " " + text
}

// Date writes a civil date: ISO, or year/month/day counted from 1912 where asked.
func (p *Printer) Date(d anomaly.Date) string {
	y, m, day := d.Civil()
	if p.ROCDates && y >= 1912 {
		return strconv.Itoa(y-1911) + "/" + two(m) + "/" + two(day)
	}
	return d.String()
}

// Period writes a half-open period, and says that its last date is the first day not
// covered where a reader would take it for the last one that is.
func (p *Printer) Period(period anomaly.Period) string {
	return p.Say(anomaly.Msg("period", anomaly.DateArg("start", period.Start), anomaly.DateArg("end", period.End)))
}

// YearMonth writes the month of a date, "2026-03", counted from 1912 where asked.
func (p *Printer) YearMonth(d anomaly.Date) string {
	y, m, _ := d.Civil()
	if p.ROCDates && y >= 1912 {
		return strconv.Itoa(y-1911) + "/" + two(m)
	}
	return strconv.Itoa(y) + "-" + two(m)
}

// Version writes the version of a tariff: the day from which it holds, "undated" where
// that is not known, or several of them.
func (p *Printer) Version(version string) string {
	parts := strings.Split(version, "|")
	for i, part := range parts {
		if d, err := anomaly.ParseDate(part); err == nil {
			parts[i] = p.Date(d)
		} else {
			parts[i] = p.Term("version." + part)
			if parts[i] == "version."+part {
				parts[i] = part
			}
		}
	}
	return p.List(parts...)
}

// List joins names with what the language puts between them.
func (p *Printer) List(names ...string) string { return strings.Join(names, p.Text("list.names")) }

// Clauses joins parts of a sentence that each could stand alone.
func (p *Printer) Clauses(parts ...string) string { return strings.Join(parts, p.Text("list.clauses")) }

// Label puts a text behind what it is.
func (p *Printer) Label(label, text string) string { return label + p.Text("list.colon") + text }

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// Exact writes an exact number with thousands grouped, without trailing zeros.
func Exact(d anomaly.Decimal) string {
	d = d.Trim(0)
	if d.IsNeg() {
		return "-" + group(d.Abs().String())
	}
	return group(d.String())
}

// Number writes n with digits decimals and thousands grouped: the same in all three languages.
func Number(n float64, digits int) string {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return "-"
	}
	text := strconv.FormatFloat(math.Abs(n), 'f', digits, 64)
	if n < 0 && strings.Trim(text, "0.") != "" {
		return "-" + group(text)
	}
	return group(text)
}

func group(text string) string {
	whole, fraction, found := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if found {
		return whole + "." + fraction
	}
	return whole
}
