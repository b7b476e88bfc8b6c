package report

import (
	"cmp"
	"errors"
	"io"
	"math"
	"slices"
	"strings"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// Contact says how and when somebody can be reached. A letter without it is not written.
type Contact struct {
	Company string
	Phone   string
	Email   string
	Hours   string // when the phone is answered, in words
}

// ErrNoContact is returned where a letter would not say how and when to reach somebody.
var ErrNoContact = errors.New("a letter has to name the hours and a phone number or an address")

// LetterOptions says in what form a letter is written.
type LetterOptions struct {
	Format  string // one of DocumentFormats; "" is text
	Contact Contact
	// By is the day by which the next step is taken, which the letter promises.
	By anomaly.Date
}

// ErrNoDate is returned where a letter would promise something without a date.
var ErrNoDate = errors.New("a letter has to name the day by which the next step is taken")

// Letter explains a bill to the customer in plain words: why it is what it is, what
// happens next and by when, what can be done today, how and when to reach somebody.
//
// It says only what the figures bear out. The findings' own sentences are not in it:
// they are the agent's, and some are about what other people said or did. A cause is
// named only where it is probable and blames nobody.
func Letter(w io.Writer, a *anomaly.Assessment, p *locale.Printer, opt LetterOptions) error {
	if c := &opt.Contact; c.Hours == "" || c.Phone == "" && c.Email == "" {
		return ErrNoContact
	}
	if opt.By.IsZero() {
		return ErrNoDate
	}
	p = p.For(a.Service)
	l := &letter{a: a, p: p, opt: opt, d: document{lang: string(p.Lang)}}
	l.d.title = p.Say(anomaly.Msg("letter.title", anomaly.DateArg("start", a.Period.Start), anomaly.DateArg("end", a.Period.End)))
	l.opening()
	l.why()
	l.next()
	l.today()
	l.contact()
	return l.d.write(w, opt.Format)
}

type letter struct {
	a   *anomaly.Assessment
	p   *locale.Printer
	opt LetterOptions
	d   document
}

func (l *letter) say(key string, args ...anomaly.Arg) string {
	return l.p.Say(anomaly.Msg(key, args...))
}

func (l *letter) opening() {
	a := l.a
	l.d.add(paragraph, l.say("letter.number", anomaly.TermArg("number", "account_number."+a.Service.String()),
		anomaly.TextArg("account", a.AccountID), anomaly.TextArg("bill", a.BillKey)))
	l.d.add(paragraph, l.p.Text("letter.dear"))
	perDay := 0.0
	if a.Period.Days() > 0 {
		perDay = anomaly.Float(a.Usage) / float64(a.Period.Days())
	}
	args := []anomaly.Arg{
		anomaly.TextArg("usage", billed(l.p, a.Usage, a.Unit)), anomaly.CountArg("days", a.Period.Days()), anomaly.UsageArg("day", perDay, a.Unit, 1),
	}
	key := "letter.billed"
	if a.Amount.Valid {
		key = "letter.billed.amount"
		args = append(args, anomaly.MoneyArg("amount", a.Amount.Decimal, a.Currency))
	}
	l.d.add(paragraph, l.say(key, args...))
}

func (l *letter) why() {
	a, p := l.a, l.p
	l.d.add(heading, p.Text("letter.h.why"))
	l.d.add(paragraph, l.price())
	l.d.add(paragraph, l.expected())
	if len(a.Explained) > 0 {
		l.d.add(paragraph, l.reference())
		l.d.list(points, l.differences()...)
	}
	if l.a.Verdict.FoundOn.IsZero() { // what a visit has found is not open
		for _, text := range []string{l.rest(), l.own()} {
			if text != "" {
				l.d.add(paragraph, text)
			}
		}
	}
	for i := range l.a.Findings {
		if m := &l.a.Findings[i].Message; backCharged[m.Key] {
			l.d.add(paragraph, l.say("letter.back", m.Args...))
		}
	}
	if m := l.alarm(); m != nil {
		l.d.add(paragraph, l.say("letter.test", m.Args...))
	}
	if text := l.reason(); text != "" {
		l.d.add(paragraph, text)
	}
}

// telling is the share of the billed usage from which on what is not explained is spoken of.
const telling = 0.05

// rest says what "not explained" is counted from: the range, its middle and what is
// left over are three figures that contradict each other to whoever is not told.
func (l *letter) rest() string {
	a := l.a
	u := a.Unexplained
	if !u.Known || math.Abs(u.Middle) < telling*anomaly.Float(a.Usage) || math.Abs(u.Middle-anomaly.Float(l.listed())) > 1 {
		return "" // too little to speak of, or the list counts from something else
	}
	usage := func(name string, v float64) anomaly.Arg {
		return anomaly.UsageArg(name, v, a.Unit, digits(a.Estimate.Usage))
	}
	expected, middle := usage("expected", anomaly.Float(a.Usage)-u.Middle), usage("middle", u.Middle)
	switch {
	case u.Low > 0:
		return l.say("letter.open.above", middle, expected, usage("least", u.Low))
	case u.High < 0:
		return l.say("letter.open.below", usage("missing", -u.Middle), expected, usage("least", -u.High))
	case u.Middle > 0:
		return l.say("letter.open.inside", middle, expected, usage("high", u.High))
	}
	return ""
}

// listed is what the list of differences gives as not explained.
func (l *letter) listed() anomaly.Decimal {
	for _, r := range l.a.Explained {
		if r.What == anomaly.PartUnexplained {
			return r.Usage
		}
	}
	return anomaly.Decimal{}
}

// own says why the customer's own figures leave over something else than ours.
func (l *letter) own() string {
	a := l.a
	gap, found := argOf(a, "U06.own", "gap")
	if !found {
		gap, found = argOf(a, "U06.answered", "gap")
	}
	if !found || !a.Unexplained.Known {
		return ""
	}
	usage := func(name string, v float64) anomaly.Arg {
		return anomaly.UsageArg(name, v, a.Unit, digits(a.Estimate.Usage))
	}
	text := ""
	if claimed, ok := argOf(a, "U13.", "claimed"); ok && math.Round(claimed) != math.Round(gap) {
		text = l.say("letter.own.months", usage("claimed", claimed), usage("own", gap)) + l.p.Text("letter.space")
	}
	allowed, counted := argOf(a, "U13.", "allowed")
	var appliances, others anomaly.Decimal
	for i, r := range a.Explained {
		switch {
		case r.What == anomaly.PartAppliances:
			appliances = r.Usage
		case r.What != anomaly.PartUnexplained && (i > 0 || r.What != anomaly.PartReference):
			sum, ok := anomaly.Add(others, r.Usage)
			counted = counted && ok
			others = sum
		}
	}
	middle := usage("middle", anomaly.Float(l.listed()))
	if !counted || appliances.IsZero() {
		return text + l.say("letter.own", usage("own", gap), middle)
	}
	return text + l.say("letter.own.counted", usage("own", gap), middle, usage("allowed", allowed),
		usage("appliances", anomaly.Float(appliances)), usage("others", anomaly.Float(others)))
}

// argOf returns a number of the first finding whose message's key begins like this.
func argOf(a *anomaly.Assessment, key, name string) (float64, bool) {
	for i := range a.Findings {
		m := &a.Findings[i].Message
		if !strings.HasPrefix(m.Key, key) {
			continue
		}
		for _, arg := range m.Args {
			if arg.Name == name {
				return arg.Num, true
			}
		}
	}
	return 0, false
}

// reason is what was found in the bill itself, where there is something that can be
// said to the customer, else the likely cause where it is probable and blames nobody.
func (l *letter) reason() string {
	if on := l.a.Verdict.FoundOn; !on.IsZero() {
		return l.found(on)
	}
	for _, f := range bySeverity(l.a.Findings) {
		if key := "letter.found." + f.Check; f.Severity >= anomaly.Medium && l.p.Has(key) {
			return l.p.Text(key)
		}
	}
	c := topCause(l.a)
	if c.Cause == anomaly.CauseNormalVariation && slices.ContainsFunc(l.a.Findings, func(f anomaly.Finding) bool { return backCharged[f.Message.Key] }) {
		return "" // the charge is the reason, and has been named
	}
	if c.Probability < named || accusing[c.Cause] || physical[c.Cause] || c.Cause == anomaly.CauseOther || c.Cause == anomaly.CauseInsufficientData {
		return ""
	}
	if key := "letter.cause." + string(c.Cause); l.p.Has(key) {
		return l.p.Text(key)
	}
	return l.say("letter.cause", anomaly.TermArg("cause", string(c.Cause)))
}

// backCharged are the findings of a charge for what was not recorded in its time.
var backCharged = map[string]bool{"B19.within": true, "B19.line": true}

// found says what a visit has found, without a word on who did it.
func (l *letter) found(on anomaly.Date) string {
	cause := string(topCause(l.a).Cause)
	key := "letter.visit"
	if own := key + "." + cause; l.p.Has(own) {
		key = own
	}
	text := l.say(key, anomaly.DateArg("on", on), anomaly.TermArg("cause", cause))
	if u := l.a.Verdict.FoundUsage; u.Valid {
		text += l.p.Text("letter.space") + l.say("letter.visit.usage", anomaly.TextArg("usage", billed(l.p, u.Decimal.Abs(), l.a.Unit)))
	}
	return text
}

// alarm is what a self-test saw that somebody has to come for; nil where none did, or
// where somebody has been there since.
func (l *letter) alarm() *anomaly.Message {
	for i := range l.a.Findings {
		if f := &l.a.Findings[i]; f.Check == "M04" && f.Action == anomaly.ActionInspect {
			return &f.Message
		}
	}
	return nil
}

// named is the probability from which on a letter names a cause.
const named = 0.8

func (l *letter) price() string {
	a := l.a
	switch r := &a.Rebill; priceOf(a) {
	case priceRight:
		if r.Passed.IsZero() {
			return l.say("letter.price.right", anomaly.MoneyArg("amount", a.Amount.Decimal, a.Currency))
		}
		return l.say("letter.price.right_passed", anomaly.MoneyArg("amount", r.Priced.Amount, r.Priced.Currency),
			anomaly.MoneyArg("passed", r.Passed, r.Priced.Currency))
	case priceDiffers:
		return l.say("letter.price.differs", anomaly.MoneyArg("amount", r.Amount.Decimal, r.Priced.Currency), anomaly.MoneyArg("billed", a.Amount.Decimal, a.Currency))
	}
	return l.p.Text("letter.price.unchecked")
}

func (l *letter) expected() string {
	e := &l.a.Estimate
	if !e.Known {
		return l.p.Text("letter.expected.unknown")
	}
	n := digits(e.Usage)
	key := [...]string{below: "letter.expected.below", inside: "letter.expected.inside", above: "letter.expected.above"}[placeOf(l.a)]
	text := l.say(key, anomaly.NumberArg("low", e.Low90, n), anomaly.UsageArg("high", e.High90, l.a.Unit, n))
	switch {
	case e.Comparable:
	case wide(e):
		text += l.p.Text("letter.expected.wide")
	default:
		text += l.p.Text("letter.expected.little")
	}
	return text
}

func (l *letter) reference() string {
	r := &l.a.Estimate.Reference
	first := l.a.Explained[0]
	key := "letter.reference.last_year"
	switch {
	case r.BillKey == "":
		key = "letter.reference.typical"
	case r.OtherPremise:
		key = "letter.reference.home"
	}
	return l.say(key, anomaly.TextArg("usage", billed(l.p, first.Usage, l.a.Unit)))
}

// differences lists what makes the bill differ from the reference; what is nothing in
// usage and in money is left out.
func (l *letter) differences() []string {
	var items []string
	for i, r := range withFound(l.a) {
		if i == 0 && r.What == anomaly.PartReference || r.Usage.IsZero() && (!r.Amount.Valid || r.Amount.Decimal.IsZero()) {
			continue
		}
		what := partLabel(l.a, l.p, r.What)
		if key := "letter.what." + r.What; l.p.Has(key) {
			what = l.p.Text(key)
		}
		switch {
		case r.Usage.IsZero():
			items = append(items, l.say("letter.part.money", anomaly.TextArg("what", what), anomaly.TextArg("amount", signedMoney(l.p, r.Amount.Decimal, l.a.Currency, true))))
		case r.Amount.Valid:
			items = append(items, l.say("letter.part.both", anomaly.TextArg("what", what), anomaly.TextArg("usage", signed(r.Usage, true)+" "+l.p.Term(l.a.Unit)),
				anomaly.TextArg("amount", signedMoney(l.p, r.Amount.Decimal, l.a.Currency, true))))
		default:
			items = append(items, l.say("letter.part.usage", anomaly.TextArg("what", what), anomaly.TextArg("usage", signed(r.Usage, true)+" "+l.p.Term(l.a.Unit))))
		}
	}
	return items
}

func (l *letter) next() {
	v := &l.a.Verdict
	action := v.Action
	if action == "" {
		action = anomaly.ActionNone
	}
	l.d.add(heading, l.p.Text("letter.h.next"))
	key := "letter.next." + string(action)
	if action == anomaly.ActionInspect && l.alarm() != nil {
		key += ".test"
	}
	l.d.add(paragraph, l.say(key, anomaly.DateArg("by", l.opt.By)))
	if asked := l.asked(); asked != action {
		l.d.add(paragraph, l.say("letter.next."+string(asked), anomaly.DateArg("by", l.opt.By)))
	}
	if v.Then == anomaly.ActionInspect && action != anomaly.ActionInspect {
		key := "letter.then.inspect"
		switch {
		case l.alarm() != nil:
			key += ".tested"
		case action != anomaly.ActionSelftest: // no test is asked for that could show it
			key += ".after"
		}
		l.d.add(paragraph, l.say(key, anomaly.DateArg("by", l.opt.By)))
	}
	if action == anomaly.ActionWait && !v.Wait.Until.IsZero() {
		l.d.add(paragraph, l.say("letter.wait", anomaly.DateArg("until", v.Wait.Until)))
	}
}

// asked is the next step, or the one after it where that asks something of the customer and
// the first is only that nothing is collected meanwhile.
func (l *letter) asked() anomaly.Action {
	v := &l.a.Verdict
	if v.Action == anomaly.ActionHoldCollection && v.Then != "" && v.Then != anomaly.ActionInspect {
		return v.Then
	}
	return cmp.Or(v.Action, anomaly.ActionNone)
}

// today is what the customer can do: the steps of the self-test where that is asked
// for, and a reading of the meter. Once a visit has found the cause, or a test that
// somebody has to come for it, the customer has done their part.
func (l *letter) today() {
	if !l.a.Verdict.FoundOn.IsZero() || l.a.Verdict.Action == anomaly.ActionInspect && l.alarm() != nil {
		return
	}
	var items []string
	service := l.a.Service.String()
	if l.asked() == anomaly.ActionSelftest {
		for _, n := range []string{"1", "2", "3", "4"} {
			if key := "letter.selftest." + service + "." + n; l.p.Has(key) {
				items = append(items, l.p.Text(key))
			}
		}
	}
	if service != anomaly.Broadband.String() {
		items = append(items, l.p.Text("letter.today.read"))
	}
	switch l.asked() {
	case anomaly.ActionSelftest, anomaly.ActionApplianceReview, anomaly.ActionInspect:
		items = append(items, l.p.Text("letter.today.list"))
	}
	if len(items) > 0 {
		l.d.add(heading, l.p.Text("letter.h.today"))
		l.d.list(steps, items...)
	}
}

func (l *letter) contact() {
	c := &l.opt.Contact
	l.d.add(heading, l.p.Text("letter.h.contact"))
	var items []string
	if c.Phone != "" {
		items = append(items, l.say("letter.phone", anomaly.TextArg("phone", c.Phone), anomaly.TextArg("hours", c.Hours)))
	}
	if c.Email != "" {
		items = append(items, l.say("letter.email", anomaly.TextArg("email", c.Email)))
		if c.Phone == "" {
			items = append(items, l.say("letter.hours", anomaly.TextArg("hours", c.Hours)))
		}
	}
	l.d.list(points, items...)
	l.d.add(paragraph, c.Company)
}
