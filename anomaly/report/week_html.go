package report

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed" // the page's style, script and template
	"encoding/base64"
	"encoding/json"
	"html/template"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

//go:embed page/week.css
var weekStyle string

//go:embed page/week.js
var weekScript string

//go:embed page/week.html.tmpl
var weekTemplate string

// page is what the template of the week's page is filled with.
type page struct {
	Lang, Title, Span, Policy string
	Style                     template.CSS
	Script, Cards             template.JS
	More                      bool // some table has rows that are packed
	Facts                     []pageFact
	Actions, Causes           []pageBar
	Tables                    []pageTable
	Method, Parameters        []Parameter
	markClass
}

type pageFact struct{ Label, Value, Link string }

// pageBar is a labelled bar; Length is 0 to 100.
type pageBar struct {
	Label, Value string
	Length       string
}

type pageTable struct {
	ID, Title string
	Heads     []pageHead
	Rows      []pageRow
	Rest      template.JS // the rows after the first ones, packed
	Total     int         // of all rows
}

type pageHead struct {
	Text   string
	Number bool
}

type pageRow struct {
	ID      string
	Cells   []pageCell
	Details *pageDetails
}

// pageCell is a cell; where Sort is set, Value is what it is sorted by.
type pageCell struct {
	Text, Class, Link, Value string
	Head, Sort, Spark        bool
}

type pageDetails struct {
	Index         int // among the page's cards
	Mark, Summary string
	Chart         template.HTML
	Facts         []Parameter
	Parts         []pagePart
	Causes        []pageBar
	Findings      []pageFinding
	Unchecked     string
	markClass
}

type pagePart struct{ Label, Usage, Money string }

type pageFinding struct{ Mark, Text, Where string }

// markClass gives the templates the class of a severity's mark.
type markClass struct{}

// MarkClass returns the class that colours a severity's mark.
func (markClass) MarkClass(mark string) string {
	if mark == "!!" {
		return "s3"
	}
	return "s2"
}

// weekHTML writes the page: one file without any reference to another, under a policy
// that allows its own style sheet and script by their hashes and nothing else.
func weekHTML(w io.Writer, v *weekView) error {
	t, err := template.New("week").Funcs(template.FuncMap{
		"t":     v.p.Text,
		"minus": func(n int) int { return n - 1 },
	}).Parse(weekTemplate)
	if err != nil {
		return err
	}
	pg := v.page()
	if pg.Cards, err = cards(t, pg); err != nil {
		return err
	}
	for i := range pg.Tables {
		if err := pg.Tables[i].keepFirst(t); err != nil {
			return err
		}
		pg.More = pg.More || pg.Tables[i].Rest != ""
	}
	b := bufio.NewWriterSize(w, 1<<16)
	if err := t.Execute(b, pg); err != nil {
		return err
	}
	return b.Flush()
}

// firstRows is how many rows of a table stand in the page as it is loaded. The rest is
// packed: thousands of rows that nobody has asked for yet would make it slow to open.
const firstRows = 100

// keepFirst packs the rows after the first ones.
func (pt *pageTable) keepFirst(t *template.Template) (err error) {
	if pt.Total = len(pt.Rows); pt.Total <= firstRows {
		return nil
	}
	var rest []string
	var one bytes.Buffer
	for i := range pt.Rows[firstRows:] {
		one.Reset()
		if err := t.ExecuteTemplate(&one, "row", &pt.Rows[firstRows+i]); err != nil {
			return err
		}
		rest = append(rest, one.String())
	}
	pt.Rows = pt.Rows[:firstRows]
	pt.Rest, err = pack(rest)
	return err
}

// cards renders what opens below the accounts, which the page's script puts in place
// when it is asked for.
func cards(t *template.Template, pg *page) (template.JS, error) {
	var all []string
	var one bytes.Buffer
	for i := range pg.Tables {
		for j := range pg.Tables[i].Rows {
			d := pg.Tables[i].Rows[j].Details
			if d == nil {
				continue
			}
			one.Reset()
			if err := t.ExecuteTemplate(&one, "card", d); err != nil {
				return "", err
			}
			d.Index = len(all)
			all = append(all, one.String())
		}
	}
	return pack(all)
}

// packSize is how many pieces of markup are compressed together, as many as the page's
// script takes them to be: few enough to open one without a wait.
const packSize = 50

// pack compresses markup: a JSON array of which each text is packSize pieces as a JSON
// array, by gzip, in base64.
func pack(pieces []string) (template.JS, error) {
	packed := []string{}
	var b bytes.Buffer
	for chunk := range slices.Chunk(pieces, packSize) {
		b.Reset()
		z := gzip.NewWriter(&b)
		if err := json.NewEncoder(z).Encode(chunk); err != nil {
			return "", err
		}
		if err := z.Close(); err != nil {
			return "", err
		}
		packed = append(packed, base64.StdEncoding.EncodeToString(b.Bytes()))
	}
	text, err := json.Marshal(packed)
	return template.JS(text), err
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func (v *weekView) page() *page {
	p := v.p
	pg := &page{
		Lang: string(p.Lang), Title: p.Say(anomaly.Msg("week.title", anomaly.TextArg("week", v.Name))), Span: p.Say(v.spanMessage()),
		Policy: "default-src 'none'; style-src " + hashOf(weekStyle) + "; script-src " + hashOf(weekScript) + "; base-uri 'none'; form-action 'none'",
		Style:  template.CSS(weekStyle), Script: template.JS(weekScript),
		Method: v.method(), Parameters: Parameters(&v.Config),
	}
	for _, f := range v.facts() {
		value := v.show(f.value)
		pg.Facts = append(pg.Facts, pageFact{f.name(p), value, f.link})
	}
	most := 0
	for _, c := range v.actions {
		most = max(most, c.n)
	}
	for _, c := range v.actions {
		pg.Actions = append(pg.Actions, pageBar{p.Text("action." + c.id), strconv.Itoa(c.n), length(float64(c.n) / float64(most))})
	}
	for i, c := range v.causes {
		if i == 8 {
			break
		}
		pg.Causes = append(pg.Causes, pageBar{p.Term(c.id), locale.Number(c.p, 1), length(c.p / v.causes[0].p)})
	}
	pg.Tables = append([]pageTable{v.inspectionsTable(), v.flaggedTable(), v.rebillsTable(), v.dataTable(), v.resolvedTable()}, v.deskPage()...)
	return pg
}

func length(ratio float64) string { return plainNumber(100*clean(ratio), 1) }

// show writes a cell for people.
func (v *weekView) show(c cell) string {
	switch {
	case c.kind == percentCell:
		return v.p.Percent(c.num, 0)
	case c.kind == numberCell && c.num == math.Trunc(c.num):
		return locale.Number(c.num, 0)
	case c.kind == numberCell:
		return locale.Number(c.num, c.digits)
	}
	return c.plain()
}

// heads makes the heading row; keys that end in "#" head numbers.
func (v *weekView) heads(keys ...string) []pageHead {
	var all []pageHead
	for _, key := range keys {
		name, number := strings.CutSuffix(key, "#")
		all = append(all, pageHead{v.p.Text(name), number})
	}
	return all
}

func plainText(s string) pageCell { return pageCell{Text: tidy(s)} }

// sortable is a cell that shows text and is sorted by a number; missing ones sort last.
func sortable(text string, value float64, isKnown bool) pageCell {
	c := pageCell{Text: text, Class: "r", Sort: true}
	if isKnown {
		c.Value = plainNumber(value, 6)
	}
	return c
}

func rankCell(i int) pageCell { return sortable(strconv.Itoa(i+1), float64(i+1), true) }

// accountCell names the account and leads to its row among the flagged.
func (v *weekView) accountCell(a *anomaly.Assessment) pageCell {
	return pageCell{Text: tidy(a.AccountID), Head: true, Link: v.anchor[a]}
}

func (v *weekView) periodCell(a *anomaly.Assessment) pageCell {
	return pageCell{
		Text:  v.p.Say(anomaly.Msg("table.period.value", anomaly.DateArg("start", a.Period.Start), anomaly.CountArg("days", a.Period.Days()))),
		Class: "nowrap", Value: a.Period.Start.String(), Sort: true,
	}
}

func (v *weekView) usageCell(a *anomaly.Assessment) pageCell {
	return sortable(billed(v.p, a.Usage, a.Unit), anomaly.Float(a.Usage), true)
}

func (v *weekView) rangeCell(a *anomaly.Assessment) pageCell {
	e := &a.Estimate
	if !e.Known {
		return pageCell{Class: "r", Sort: true}
	}
	n := digits(e.Usage)
	return sortable(locale.Number(e.Low90, n)+"–"+locale.Number(e.High90, n), e.Usage, true)
}

func (v *weekView) moneyCell(d anomaly.NullDecimal, currency string) pageCell {
	if !d.Valid {
		return pageCell{Class: "r", Sort: true}
	}
	return sortable(v.p.Money(d.Decimal, currency), anomaly.Float(d.Decimal), true)
}

func (v *weekView) priorityCell(a *anomaly.Assessment) pageCell {
	text := v.p.Money(roundMoney(a.Verdict.Priority), a.Currency)
	if a.Verdict.PriorityInUsage {
		text = v.p.Usage(a.Verdict.Priority, a.Unit, 0)
	}
	return sortable(text, a.Verdict.Priority, true)
}

func (v *weekView) visitCell(a *anomaly.Assessment) pageCell {
	return sortable(v.p.Percent(a.Verdict.InspectionProbability, 0), a.Verdict.InspectionProbability, true)
}

func (v *weekView) inspectionsTable() pageTable {
	t := pageTable{ID: "inspections", Title: v.p.Text("week.sheet.inspections"), Heads: v.heads(
		"table.rank#", "table.account", "table.visit#", "table.priority#", "column.recoverable#", "table.cause", "table.finding", "week.state")}
	for i, a := range v.inspections {
		t.Rows = append(t.Rows, pageRow{Cells: []pageCell{
			rankCell(i), v.accountCell(a), v.visitCell(a), v.priorityCell(a), v.moneyCell(a.Verdict.Recoverable, a.Currency),
			plainText(v.p.Term(string(topCause(a).Cause))), plainText(mainSentence(a, v.p)), plainText(v.stateText(a)),
		}})
	}
	return t
}

func (v *weekView) flaggedTable() pageTable {
	t := pageTable{ID: "flagged", Title: v.p.Text("week.sheet.flagged"), Heads: v.heads(
		"table.rank#", "table.account", "table.period", "table.billed#", "table.expected#", "week.trend", "table.action",
		"table.visit#", "table.priority#", "week.state")}
	for i, a := range v.Flagged {
		account := v.accountCell(a)
		account.Link = ""
		row, _, _, _ := spark(a)
		t.Rows = append(t.Rows, pageRow{ID: v.anchor[a], Details: v.details(a), Cells: []pageCell{
			rankCell(i), account, v.periodCell(a), v.usageCell(a), v.rangeCell(a), {Text: row, Spark: true},
			plainText(actionText(v.p, a.Verdict.Action)), v.visitCell(a), v.priorityCell(a),
			plainText(v.stateText(a)),
		}})
	}
	return t
}

func (v *weekView) rebillsTable() pageTable {
	t := pageTable{ID: "rebills", Title: v.p.Text("week.sheet.rebills"), Heads: v.heads(
		"table.rank#", "table.account", "table.period", "table.billed#", "column.amount#", "column.rebilled#", "week.difference#", "table.finding")}
	for i, a := range v.rebills {
		t.Rows = append(t.Rows, pageRow{Cells: []pageCell{
			rankCell(i), v.accountCell(a), v.periodCell(a), v.usageCell(a), v.moneyCell(a.Amount, a.Currency),
			v.moneyCell(a.Rebill.Amount, a.Currency), v.moneyCell(difference(a), a.Currency), plainText(rebillSentence(a, v)),
		}})
	}
	return t
}

// difference is how much more the recomputed bill comes to than the billed one.
func difference(a *anomaly.Assessment) anomaly.NullDecimal {
	if !a.Amount.Valid || !a.Rebill.Amount.Valid {
		return anomaly.NullDecimal{}
	}
	d, ok := anomaly.Sub(a.Rebill.Amount.Decimal, a.Amount.Decimal)
	return anomaly.NullDecimal{Decimal: d, Valid: ok}
}

func (v *weekView) dataTable() pageTable {
	t := pageTable{ID: "data", Title: v.p.Text("week.sheet.data"), Heads: v.heads(
		"week.file", "week.row#", "table.account", "week.column", "week.value", "week.reason")}
	for _, d := range v.dataProblems() {
		row := pageCell{Class: "r", Sort: true}
		if d.row > 0 {
			row = sortable(strconv.Itoa(d.row), float64(d.row), true)
		}
		t.Rows = append(t.Rows, pageRow{Cells: []pageCell{
			plainText(d.file), row, plainText(d.account), plainText(d.column), plainText(d.value), plainText(d.reason),
		}})
	}
	return t
}

func (v *weekView) resolvedTable() pageTable {
	t := pageTable{ID: "resolved", Title: v.p.Text("week.sheet.resolved"), Heads: v.heads(
		"table.account", "column.bill_id", "week.was", "week.flagged_since")}
	for _, f := range v.resolved {
		t.Rows = append(t.Rows, pageRow{Cells: []pageCell{
			{Text: tidy(f.AccountID), Head: true}, plainText(f.BillID), plainText(actionText(v.p, anomaly.Action(f.Action))), plainText(f.Since),
		}})
	}
	return t
}

// details is what opens below an account's row.
func (v *weekView) details(a *anomaly.Assessment) *pageDetails {
	p := v.p.For(a.Service)
	d := &pageDetails{Summary: p.Text("week.details"), Chart: template.HTML(chart(a, p, false))}
	if f := mainFinding(a); f != nil {
		d.Mark, d.Summary = severityMark(f), f.Check+" "+tidy(p.Say(f.Message))
	}
	add := func(key, value string) { d.Facts = append(d.Facts, Parameter{Name: p.Text(key), Value: value}) }
	next := nextText(a, p)
	if a.Verdict.Reason.Key != "" {
		next += p.Text("card.separator") + p.Say(a.Verdict.Reason)
	}
	add("card.next", next)
	if wait := waitText(a, p); wait != "" {
		add("card.wait", wait)
	}
	m, _ := priceMessage(a, p)
	add("card.price", p.Say(m))
	add("card.usage", usageText(a, p))
	add("table.period", p.Date(a.Period.Start)+".."+p.Date(a.Period.End))
	for _, part := range parts(a, p, 0) {
		d.Parts = append(d.Parts, pagePart{part.label, part.usage, part.money})
	}
	for _, c := range a.Causes {
		if c.Probability < alive {
			break
		}
		d.Causes = append(d.Causes, pageBar{Label: p.Term(string(c.Cause)), Value: p.Percent(c.Probability, 0)})
	}
	for _, f := range bySeverity(a.Findings) {
		var where []string
		for _, s := range f.Evidence {
			where = append(where, sourceText(s))
		}
		d.Findings = append(d.Findings, pageFinding{severityMark(f), f.Check + " " + tidy(p.Say(f.Message)), strings.Join(append([]string{f.Ref}, where...), " · ")})
	}
	if ids := uncheckedIDs(a); ids != "" {
		d.Unchecked = p.Say(anomaly.Msg("week.unchecked", anomaly.TextArg("ids", ids)))
	}
	return d
}

// bySeverity orders findings, the most severe first.
func bySeverity(findings []anomaly.Finding) []*anomaly.Finding {
	all := make([]*anomaly.Finding, len(findings))
	for i := range findings {
		all[i] = &findings[i]
	}
	slices.SortStableFunc(all, func(a, b *anomaly.Finding) int { return int(b.Severity) - int(a.Severity) })
	return all
}
