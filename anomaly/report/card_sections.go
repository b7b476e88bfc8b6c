package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// head names the account, the bill and its period, and what about them was assumed.
func (c *card) head(limit int) []string {
	a := c.a
	text := c.p.Say(anomaly.Msg("card.head", anomaly.TermArg("number", "account_number."+a.Service.String()),
		anomaly.TextArg("account", a.AccountID), anomaly.TextArg("bill", a.BillKey), anomaly.PeriodArg("period", a.Period),
		anomaly.CountArg("days", a.Period.Days())))
	if a.EndAssumed {
		text += c.p.Text("card.head.end_assumed")
	}
	if a.ServiceAssumed {
		text += c.p.Say(anomaly.Msg("card.head.service_assumed", anomaly.TermArg("service", a.Service.String())))
	}
	lines := wrap(text, c.width)
	if limit > 0 {
		lines = clamp(lines, limit, c.width)
	}
	for i := range lines {
		lines[i] = paint(lines[i], dim, c.opt.Color)
	}
	return lines
}

// next is the next step and its reason, over at most so many lines each; without the
// reason where it gets none. Negative: as many as they need.
func (c *card) next(limit, reason int) []string {
	v := &c.a.Verdict
	style := yellow
	if v.Action == anomaly.ActionNone {
		style = green
	}
	lines := c.row("card.next", nextText(c.a, c.p), style, limit)
	if v.Reason.Key != "" && reason != 0 {
		lines = append(lines, c.labelled("", "", c.p.Say(v.Reason), "", reason)...)
	}
	return lines
}

// assumed says what was taken as given for this answer, each over at most so many lines.
func (c *card) assumed(limit int) (lines []string) {
	for i, m := range c.a.Assumed {
		label := ""
		if i == 0 {
			label = c.p.Text("card.assumed")
		}
		lines = append(lines, c.labelled(label, bold, c.p.Say(m), "", limit)...)
	}
	return lines
}

// nextText names the next step and what follows it.
func nextText(a *anomaly.Assessment, p *locale.Printer) string {
	v := &a.Verdict
	text := capital(actionPhrase(a, p, v.Action))
	if v.Then != "" && v.Then != anomaly.ActionNone {
		text = p.Say(anomaly.Msg("card.then", anomaly.TextArg("first", text), anomaly.TextArg("then", actionPhrase(a, p, v.Then))))
	}
	return text
}

// actionPhrase puts an action into words; what a self-test is depends on the service.
func actionPhrase(a *anomaly.Assessment, p *locale.Printer, action anomaly.Action) string {
	return p.For(a.Service).Term(string(action))
}

func (c *card) wait(limit int) []string {
	text := waitText(c.a, c.p)
	if text == "" {
		return nil
	}
	style := red
	if c.a.Verdict.Wait.Allowed {
		style = green
	}
	return c.row("card.wait", text, style, limit)
}

// waitText is the verdict on waiting, "" where there was nothing to weigh.
func waitText(a *anomaly.Assessment, p *locale.Printer) string {
	w := &a.Verdict.Wait
	reason := anomaly.TextArg("reason", p.Say(w.Reason))
	switch {
	case w.Allowed:
		return p.Say(anomaly.Msg("card.wait.allowed", anomaly.DateArg("until", w.Until), reason))
	case refusesWait(&a.Verdict):
		return p.Say(anomaly.Msg("card.wait.refused", reason))
	}
	return ""
}

func (c *card) visit() []string {
	v := &c.a.Verdict
	if v.Action == anomaly.ActionNone && v.Priority <= 0 || c.a.Service == anomaly.Broadband {
		return nil // nothing of a data plan is found by going there
	}
	key, worth := "card.visit.money", anomaly.TextArg("priority", c.p.Money(roundMoney(v.Priority), c.a.Currency))
	if v.PriorityInUsage {
		worth.Text = usage(c.p, v.Priority, c.a.Unit)
	}
	args := []anomaly.Arg{anomaly.PercentArg("p", v.InspectionProbability, 0), worth}
	if v.Recoverable.Valid {
		key = "card.visit.recoverable"
		args = append(args, anomaly.MoneyArg("recoverable", v.Recoverable.Decimal, c.a.Currency), anomaly.CountArg("bills", v.RecoverableBills),
			anomaly.MoneyArg("ahead", v.RecoverableAhead.Decimal, c.a.Currency), anomaly.CountArg("months", v.RecoverableMonths))
	}
	return c.row("card.visit", c.p.Say(anomaly.Msg(key, args...)), "", 0)
}

// roundMoney rounds a statistic in money to whole units, for showing.
func roundMoney(v float64) anomaly.Decimal {
	d, _ := anomaly.DecimalFromFloat(math.Round(v), 0)
	return d
}

// price says what is known of the price, with the tariff where there is room for it.
func (c *card) price(limit int, tariff bool) []string {
	m, style := priceMessage(c.a, c.p)
	text := c.p.Say(m)
	if r := &c.a.Rebill; r.Priced != nil && !r.Passed.IsZero() {
		text += c.p.Text("card.separator") + c.p.Say(anomaly.Msg("card.price.passed", anomaly.MoneyArg("amount", r.Passed, r.Priced.Currency)))
	}
	if priced := c.a.Rebill.Priced; tariff && priced != nil {
		text += c.p.Say(anomaly.Msg("card.price.tariff", anomaly.TextArg("tariff", priced.Tariff)))
	}
	return c.row("card.price", text, style, limit)
}

// priceMessage says what is known of the price, and in what colour.
func priceMessage(a *anomaly.Assessment, p *locale.Printer) (m anomaly.Message, style string) {
	recomputed := func(key string, more ...anomaly.Arg) anomaly.Message {
		r := &a.Rebill
		return anomaly.Msg(key, append(more, anomaly.MoneyArg("amount", r.Amount.Decimal, r.Priced.Currency),
			anomaly.VersionArg("version", r.Priced.Version))...)
	}
	switch priceOf(a) {
	case priceRight:
		if !a.Rebill.Passed.IsZero() {
			return anomaly.Msg("card.price.right", anomaly.MoneyArg("amount", a.Rebill.Priced.Amount, a.Rebill.Priced.Currency),
				anomaly.VersionArg("version", a.Rebill.Priced.Version)), green
		}
		return recomputed("card.price.right"), green
	case priceDiffers:
		return recomputed("card.price.differs", anomaly.MoneyArg("billed", a.Amount.Decimal, a.Currency)), red
	case priceWithoutBill:
		return recomputed("card.price.no_amount"), yellow
	}
	return anomaly.Msg("card.price.unchecked", anomaly.TextArg("reason", p.Say(a.Rebill.NotChecked))), yellow
}

func (c *card) priceLines() []string {
	if c.a.Rebill.Priced == nil {
		return nil
	}
	var lines []string
	for i := range c.a.Rebill.Priced.Lines {
		l := &c.a.Rebill.Priced.Lines[i]
		text := fmt.Sprintf("%s  %s × %s = %s", c.p.Term(l.Code), locale.Exact(l.Quantity), locale.Exact(l.UnitPrice),
			c.p.Money(l.Amount, c.a.Rebill.Priced.Currency))
		lines = append(lines, c.labelled("", "", text, dim, 0)...)
	}
	return lines
}

// usage says billed against expected, where in the range that is, and what the range
// is worth; then the last two years as a row of blocks.
func (c *card) usage(limit int, withSpark bool) []string {
	lines := c.row("card.usage", usageText(c.a, c.p), "", limit)
	if !withSpark {
		return lines
	}
	row, low, high, otherHome := spark(c.a)
	if row == "" {
		return lines
	}
	first := recent(c.a)[0].Period.Start
	m := anomaly.Msg("card.spark", anomaly.TextArg("from", c.p.YearMonth(first)))
	if low != "" {
		m = anomaly.Msg("card.spark.band", anomaly.TextArg("from", c.p.YearMonth(first)), anomaly.TextArg("low", low), anomaly.TextArg("high", high))
	}
	text := c.p.Say(m)
	if otherHome {
		text += c.p.Text("card.spark.home")
	}
	return append(lines, strings.Repeat(" ", c.label)+row+"  "+paint(shorten(text, c.width-c.label-width(row)-2), dim, c.opt.Color))
}

// usageText is the sentence on the usage: billed, a day, expected, range, and whether
// the range can carry a judgement.
func usageText(a *anomaly.Assessment, p *locale.Printer) string {
	args := []anomaly.Arg{anomaly.TextArg("usage", billed(p, a.Usage, a.Unit))}
	perDay := 0.0
	if a.Period.Days() > 0 {
		perDay = anomaly.Float(a.Usage) / float64(a.Period.Days())
	}
	args = append(args, anomaly.NumberArg("day", perDay, 1))
	e := &a.Estimate
	if !e.Known {
		return p.Say(anomaly.Msg("card.usage.unknown", append(args, anomaly.TextArg("reason", p.Say(e.Missing)))...))
	}
	n := digits(e.Usage)
	text := p.Say(anomaly.Msg("card.usage.known", append(args, anomaly.NumberArg("expected", e.Usage, n),
		anomaly.NumberArg("low", e.Low90, n), anomaly.NumberArg("high", e.High90, n))...))
	where := placeKeys[placeOf(a)]
	switch {
	case e.Comparable:
		return text + p.Text(where)
	case wide(e) && e.OtherPremise:
		return text + p.Text(where+".home")
	case wide(e):
		return text + p.Text(where+".short")
	case e.OtherPremise:
		return text + p.Text(where) + p.Text("card.place.home")
	}
	return text + p.Text(where) + p.Text("card.place.short")
}

// wide reports whether a 90 % range is called wide: its ends more than a factor of 2.5
// apart. What was learnt from many homes can be narrow though this home's history is short.
func wide(e *anomaly.Estimate) bool { return e.High90 > 2.5*e.Low90 }

var placeKeys = [...]string{below: "card.place.below", inside: "card.place.inside", above: "card.place.above"}

func (c *card) basis() []string {
	var lines []string
	for i, m := range c.a.Estimate.Basis {
		key := "card.basis"
		if i > 0 {
			key = "card.nothing"
		}
		lines = append(lines, c.row(key, c.p.Say(m), "", 0)...)
	}
	return lines
}

func (c *card) aside() []string {
	if len(c.a.Estimate.SetAside) == 0 {
		return nil
	}
	var periods []string
	for _, s := range c.a.Estimate.SetAside {
		periods = append(periods, c.p.Say(anomaly.Msg("card.aside.one", anomaly.TextArg("bill", s.BillKey), anomaly.TextArg("reason", c.p.Say(s.Reason)))))
	}
	return c.row("card.aside", strings.Join(periods, c.p.Text("card.separator")), "", 0)
}

// neverShort is what may not be said, without the reasons and without the wait verdict,
// which stands above.
func (c *card) neverShort() []string {
	_, never := sayings(c.a)
	var all []string
	for _, m := range never {
		if m.Key != "say.never.wait" {
			all = append(all, c.p.Text(m.Key))
		}
	}
	if len(all) == 0 {
		return nil
	}
	return c.row("card.never", strings.Join(all, c.p.Text("card.separator")), "", 2)
}

func (c *card) sayings() []string {
	may, never := sayings(c.a)
	var lines []string
	for i, m := range may {
		lines = append(lines, c.row(firstOr(i, "card.say"), c.p.Say(m), "", 0)...)
	}
	for i, m := range never {
		text := c.p.Text(m.Key)
		if len(m.Args) > 0 {
			text += c.p.Say(anomaly.Msg(m.Key+".because", m.Args...))
		}
		lines = append(lines, c.row(firstOr(i, "card.never"), text, "", 0)...)
	}
	return lines
}

// firstOr is the label of a list's first row; the others have none.
func firstOr(i int, key string) string {
	if i == 0 {
		return key
	}
	return "card.nothing"
}

func (c *card) uncheckedShort() []string {
	if len(c.a.NotChecked) == 0 {
		return nil
	}
	var ids []string
	for _, n := range c.a.NotChecked {
		if !slices.Contains(ids, n.Check) {
			ids = append(ids, n.Check)
		}
	}
	return c.row("card.unchecked", c.p.Say(anomaly.Msg("card.unchecked.short", anomaly.CountArg("n", len(ids)),
		anomaly.TextArg("ids", strings.Join(ids, " ")))), dim, 1)
}

// uncheckedFull lists the reasons, each with the checks that it kept from running.
func (c *card) uncheckedFull() []string {
	var reasons []string
	ids := map[string][]string{}
	for _, n := range c.a.NotChecked {
		reason := c.p.Say(n.Reason)
		if _, ok := ids[reason]; !ok {
			reasons = append(reasons, reason)
		}
		ids[reason] = append(ids[reason], n.Check)
	}
	var lines []string
	for i, reason := range reasons {
		text := c.p.Say(anomaly.Msg("card.unchecked.one", anomaly.TextArg("ids", strings.Join(ids[reason], " ")), anomaly.TextArg("reason", reason)))
		lines = append(lines, c.row(firstOr(i, "card.unchecked"), text, dim, 0)...)
	}
	return lines
}

// capital begins a line with a capital letter where the script has them.
func capital(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
