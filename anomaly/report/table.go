package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// display is a row of the table as people read it.
type display struct {
	cells [tableColumns]string
	style string
}

// The columns of the table and of Markdown.
const (
	colRank = iota
	colAccount
	colRoute
	colPeriod
	colBilled
	colExpected
	colAction
	colVisit
	colPriority
	colCause
	colFinding
	tableColumns
)

var tableHeads = [tableColumns]string{
	"table.rank", "table.account", "table.route", "table.period", "table.billed", "table.expected", "table.action",
	"table.visit", "table.priority", "table.cause", "table.finding",
}

var alignRight = [tableColumns]bool{colRank: true, colBilled: true, colExpected: true, colVisit: true, colPriority: true}

// displayOf puts an assessment into a row of the table.
func displayOf(rank int, a *anomaly.Assessment, p *locale.Printer) display {
	p = p.For(a.Service)
	d := display{}
	d.cells[colRank] = strconv.Itoa(rank)
	d.cells[colAccount] = tidy(a.AccountID)
	d.cells[colRoute] = tidy(a.Route)
	d.cells[colPeriod] = p.Say(anomaly.Msg("table.period.value", anomaly.DateArg("start", a.Period.Start), anomaly.CountArg("days", a.Period.Days())))
	d.cells[colBilled] = billed(p, a.Usage, a.Unit)
	if e := &a.Estimate; e.Known {
		n := digits(e.Usage)
		d.cells[colExpected] = locale.Number(e.Low90, n) + "–" + locale.Number(e.High90, n)
	}
	d.cells[colAction] = actionText(p, a.Verdict.Action)
	d.cells[colVisit] = p.Percent(a.Verdict.InspectionProbability, 0)
	if a.Verdict.PriorityInUsage {
		d.cells[colPriority] = p.Usage(a.Verdict.Priority, a.Unit, 0)
	} else {
		d.cells[colPriority] = p.Money(roundMoney(a.Verdict.Priority), a.Currency)
	}
	if len(a.Causes) > 0 {
		d.cells[colCause] = p.Say(anomaly.Msg("card.cause", anomaly.TermArg("cause", string(a.Causes[0].Cause)), anomaly.PercentArg("p", a.Causes[0].Probability, 0)))
	}
	if a.Visit != nil && a.Visit.Random {
		d.cells[colFinding] = p.Text("table.random_visit")
	} else if f := mainFinding(a); f != nil {
		d.cells[colFinding] = f.Check + " " + tidy(p.Say(f.Message))
		if c := a.CoolDown; c != nil {
			d.cells[colFinding] = p.Clauses(coolingText(c, p), d.cells[colFinding])
		}
		switch {
		case f.Severity >= anomaly.High:
			d.style = red
		case f.Severity == anomaly.Medium:
			d.style = yellow
		}
	}
	return d
}

// coolingText says that an earlier list has the account, and for how long that counts.
func coolingText(c *anomaly.CoolDown, p *locale.Printer) string {
	return p.Say(anomaly.Msg("week.state.cooling", anomaly.CountArg("bills", c.Bills), anomaly.DateArg("until", c.Until)))
}

// actionText is an action's short name.
func actionText(p *locale.Printer, action anomaly.Action) string {
	if action == "" {
		return ""
	}
	return p.Text("action." + string(action))
}

// table is the ranked table on a terminal: aligned, one line a row, cut at the
// terminal's edge. The width of the columns is settled by the first rows, so that a
// long batch still streams.
type table struct {
	w     *bufio.Writer
	p     *locale.Printer
	opt   WriterOptions
	rank  int
	rows  []display
	wide  [tableColumns]int
	shown [tableColumns]bool
	ready bool
}

// tableSample is how many rows settle the widths.
const tableSample = 256

// maxColumn caps what one long id may take.
var maxColumn = [tableColumns]int{colAccount: 24, colRoute: 16, colAction: 18, colCause: 36}

// dropOrder is which columns go first where the terminal is narrow.
var dropOrder = []int{colCause, colPriority, colVisit, colPeriod}

// minFinding is the room that the main finding has to have.
const minFinding = 26

func newTable(w io.Writer, p *locale.Printer, opt WriterOptions) *table {
	return &table{w: bufio.NewWriter(w), p: p, opt: opt}
}

func (t *table) Write(a *anomaly.Assessment) error {
	t.rank++
	row := displayOf(t.rank, a, t.p)
	if !t.ready {
		t.rows = append(t.rows, row)
		if len(t.rows) < tableSample {
			return nil
		}
		return t.settle()
	}
	return t.line(&row)
}

func (t *table) Close() error {
	if !t.ready && len(t.rows) > 0 {
		if err := t.settle(); err != nil {
			return err
		}
	}
	return t.w.Flush()
}

// settle fixes the widths and writes what was held back.
func (t *table) settle() error {
	head := display{style: bold}
	for i, key := range tableHeads {
		head.cells[i] = t.p.Text(key)
		t.shown[i] = i != colRoute || t.opt.Route
		t.wide[i] = width(head.cells[i])
		for j := range t.rows {
			t.wide[i] = max(t.wide[i], width(t.rows[j].cells[i]))
		}
		if limit := maxColumn[i]; limit > 0 {
			t.wide[i] = min(t.wide[i], limit)
		}
	}
	if len(t.rows) == tableSample {
		t.wide[colRank] = max(t.wide[colRank], 6) // ranks grow after the sample
	}
	for _, i := range dropOrder {
		if t.rest() >= minFinding {
			break
		}
		t.shown[i] = false
	}
	t.wide[colFinding] = max(0, t.rest())
	t.ready = true
	if err := t.line(&head); err != nil {
		return err
	}
	for i := range t.rows {
		if err := t.line(&t.rows[i]); err != nil {
			return err
		}
	}
	t.rows = nil
	return nil
}

// rest is the room that the other columns leave for the finding.
func (t *table) rest() int {
	used := 0
	for i := range colFinding {
		if t.shown[i] {
			used += t.wide[i] + 2
		}
	}
	return t.opt.Width - used
}

func (t *table) line(row *display) error {
	var b strings.Builder
	for i := range tableColumns {
		if !t.shown[i] {
			continue
		}
		text := shorten(row.cells[i], t.wide[i])
		switch {
		case alignRight[i]:
			text = padLeft(text, t.wide[i])
		case i != colFinding:
			text = padRight(text, t.wide[i])
		}
		if i > 0 {
			b.WriteString("  ")
		}
		if row.style == bold || i == colAction {
			text = paint(text, row.style, t.opt.Color)
		}
		b.WriteString(text)
	}
	line := b.String()
	if width(line) > t.opt.Width && !t.opt.Color {
		line = shorten(line, t.opt.Width)
	}
	_, err := fmt.Fprintln(t.w, strings.TrimRight(line, " "))
	return err
}

// markdown writes the table for a wiki or an issue.
type markdown struct {
	w     *bufio.Writer
	p     *locale.Printer
	rank  int
	route bool
}

func newMarkdown(w io.Writer, p *locale.Printer, opt WriterOptions) *markdown {
	m := &markdown{w: bufio.NewWriter(w), p: p, route: opt.Route}
	rule := ""
	for i, key := range tableHeads {
		if i == colRoute && !m.route {
			continue
		}
		m.w.WriteString("| " + p.Text(key) + " ")
		if alignRight[i] {
			rule += "|--:"
		} else {
			rule += "|---"
		}
	}
	m.w.WriteString("|\n" + rule + "|\n")
	return m
}

func (m *markdown) Write(a *anomaly.Assessment) error {
	m.rank++
	row := displayOf(m.rank, a, m.p)
	for i, text := range row.cells {
		if i == colRoute && !m.route {
			continue
		}
		m.w.WriteString("| " + escapeMarkdown(text) + " ")
	}
	_, err := m.w.WriteString("|\n")
	return err
}

func (m *markdown) Close() error { return m.w.Flush() }

var markdownEscapes = strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "&", "&amp;", "[", `\[`, "]", `\]`)

// escapeMarkdown makes text stand for itself in Markdown.
func escapeMarkdown(s string) string { return markdownEscapes.Replace(s) }
