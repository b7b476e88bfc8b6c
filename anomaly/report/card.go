package report

import (
	"bufio"
	"io"
	"slices"
	"strings"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// CardOptions says how a card is laid out.
type CardOptions struct {
	// Width is the number of columns, 60 to 200; what is outside is taken for the
	// nearer end, and 0 for 80.
	Width int
	// Color allows terminal escapes; without it the card is plain text.
	Color bool
	// Full shows everything; otherwise the card keeps to the essentials and to 23 lines.
	Full bool
}

// The lines of a card without Full: a terminal of 24 and its prompt.
const cardLines = 23

// maxText is the width beyond which prose is no longer read easily; wider terminals
// leave the rest free.
const maxText = 120

// Card writes the assessment so that an agent can read it out in ten seconds: the next
// step and the wait verdict first, then price and usage, where the difference comes
// from, the likely causes, the evidence, what may not be said, and what was not checked.
func Card(w io.Writer, a *anomaly.Assessment, p *locale.Printer, opt CardOptions) error {
	if opt.Width == 0 {
		opt.Width = 80
	}
	p = p.For(a.Service)
	c := &card{a: a, p: p, opt: opt, width: min(max(opt.Width, 60), 200, maxText)}
	for _, key := range cardLabels {
		c.label = max(c.label, width(p.Text(key))+2)
	}
	var lines []string
	if opt.Full {
		lines = c.full()
	} else {
		lines = c.essentials()
	}
	b := bufio.NewWriter(w)
	for _, line := range lines {
		b.WriteString(strings.TrimRight(line, " "))
		b.WriteByte('\n')
	}
	return b.Flush()
}

var cardLabels = []string{
	"card.next", "card.wait", "card.assumed", "card.price", "card.usage", "card.parts", "card.causes", "card.say", "card.never",
	"card.unchecked", "card.visit", "card.basis", "card.aside", "card.found",
}

type card struct {
	a     *anomaly.Assessment
	p     *locale.Printer
	opt   CardOptions
	width int
	label int // cells of the label column
}

// full shows all sections with a blank line between those that belong apart.
func (c *card) full() []string {
	lines := c.head(0)
	section := func(parts ...[]string) {
		lines = append(lines, "")
		for _, part := range parts {
			lines = append(lines, part...)
		}
	}
	section(c.next(0, -1), c.wait(0), c.visit(), c.assumed(0))
	section(c.price(0, true), c.priceLines(), c.usage(0, true), c.basis(), c.aside())
	if parts := c.parts(0); len(parts) > 0 {
		section(parts)
	}
	if causes := c.causesFull(); len(causes) > 0 {
		section(causes)
	}
	if found := c.findingsFull(); len(found) > 0 {
		section(found)
	}
	section(c.sayings())
	if skipped := c.uncheckedFull(); len(skipped) > 0 {
		section(skipped)
	}
	return lines
}

// A density is how much room the sections beside the findings take.
type density struct {
	table   bool // the decomposition as a table, else as a sentence
	spark   bool // the row of blocks
	reason  int  // lines for the reason of the next step
	finding int  // lines for a finding; 0: as many as it needs
}

// densities goes from roomy to dense.
var densities = []density{
	{true, true, 3, 0}, {true, true, 2, 0}, {false, true, 2, 0}, {false, false, 2, 0}, {false, false, 0, 0}, {false, false, 0, 2},
}

// essentials fits the card into cardLines: the roomiest layout in which all findings
// fit, else the densest with as many findings as fit.
func (c *card) essentials() []string {
	foot := slices.Concat(c.neverShort(), c.uncheckedShort())
	var top []string
	left, limit := 0, 0
	for _, d := range densities {
		limit = d.finding
		top = slices.Concat(c.head(2), c.next(2, d.reason), c.wait(2), c.assumed(2), c.price(1, false), c.usage(3, d.spark), c.partsShort(d.table), c.causesShort())
		left = cardLines - len(top) - len(foot)
		needed := 0
		for _, f := range c.ranked() {
			needed += len(c.findingLine(f, limit))
		}
		if needed <= left {
			break
		}
	}
	return slices.Concat(top, c.findingsShort(left, limit), foot)
}

// shortRows is the most rows of the decomposition on the short card, without the bill
// itself. It does not depend on what room there is: which differences an agent is shown
// must not depend on how long the words of a language are.
const shortRows = 4

// partsShort is the decomposition as a table or as one sentence, of the same rows.
func (c *card) partsShort(table bool) []string {
	if table || len(c.a.Explained) == 0 {
		return c.parts(shortRows)
	}
	rows := parts(c.a, c.p, shortRows)
	var all []string
	moneyOnly := func(r part) bool { return !r.total && r.start == r.end && r.money != "" }
	mixed := slices.ContainsFunc(rows, moneyOnly)
	for i, r := range rows[:len(rows)-1] {
		switch {
		case moneyOnly(r):
			r.usage = r.money
		case i == 0 || mixed: // beside money, a number without a unit would be read as money
			r.usage += " " + c.p.Term(c.a.Unit)
		}
		all = append(all, c.p.Say(anomaly.Msg("card.part", anomaly.TextArg("what", r.label), anomaly.TextArg("usage", r.usage))))
	}
	return c.row("card.parts", strings.Join(all, c.p.Text("card.separator")), "", 2)
}

// row lays text out beside its label, over at most limit lines (0: as many as it needs).
func (c *card) row(labelKey, text, style string, limit int) []string {
	return c.labelled(c.p.Text(labelKey), bold, text, style, limit)
}

func (c *card) labelled(label, labelStyle, text, style string, limit int) []string {
	lines := wrap(text, c.width-c.label)
	if limit > 0 {
		lines = clamp(lines, limit, c.width-c.label)
	}
	for i, line := range lines {
		head := strings.Repeat(" ", c.label)
		if i == 0 {
			head = paint(padRight(shorten(label, c.label-1), c.label), labelStyle, c.opt.Color)
		}
		lines[i] = head + paint(line, style, c.opt.Color)
	}
	return lines
}
