package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// Writer writes a batch's assessments, best first: the first one gets rank 1. Close
// ends the output; it does not close what is written to.
type Writer interface {
	Write(a *anomaly.Assessment) error
	Close() error
}

// Formats lists what NewWriter can write.
var Formats = []string{"table", "csv", "ndjson", "json", "markdown", "xlsx"}

// WriterOptions says how the table is laid out; the other formats do not need it.
type WriterOptions struct {
	// Width is the terminal's width; 0 where the output is no terminal: the table is
	// then separated by tabs, without a header, and nothing is cut.
	Width int
	// Color allows terminal escapes.
	Color bool
	// Route shows the reading route, for those who drive there.
	Route bool
}

// NewWriter returns the writer for one of Formats.
func NewWriter(format string, w io.Writer, p *locale.Printer, opt WriterOptions) (Writer, error) {
	switch format {
	case "table":
		if opt.Width > 0 {
			return newTable(w, p, opt), nil
		}
		return &tabbed{w: bufio.NewWriter(w), p: p}, nil
	case "csv":
		return newCSV(w, p)
	case "ndjson":
		return &jsonLines{w: bufio.NewWriter(w), p: p}, nil
	case "json":
		return &jsonLines{w: bufio.NewWriter(w), p: p, array: true}, nil
	case "markdown":
		return newMarkdown(w, p, opt), nil
	case "xlsx":
		return newXLSX(w, p)
	}
	return nil, fmt.Errorf("no format %q; there are %s", format, strings.Join(Formats, ", "))
}

// jsonLines writes one assessment a line, or one array.
type jsonLines struct {
	w     *bufio.Writer
	p     *locale.Printer
	array bool
	n     int
	buf   []byte
}

func (j *jsonLines) Write(a *anomaly.Assessment) error {
	j.buf = j.buf[:0]
	if j.array {
		if j.n == 0 {
			j.buf = append(j.buf, '[', '\n')
		} else {
			j.buf = append(j.buf, ',', '\n')
		}
	}
	j.n++
	j.buf = a.AppendJSON(j.buf, j.p.For(a.Service).Say)
	if !j.array {
		j.buf = append(j.buf, '\n')
	}
	_, err := j.w.Write(j.buf)
	return err
}

func (j *jsonLines) Close() error {
	if j.array {
		end := "\n]\n"
		if j.n == 0 {
			end = "[]\n"
		}
		if _, err := j.w.WriteString(end); err != nil {
			return err
		}
	}
	return j.w.Flush()
}

// cellKind says how a cell is written where a format tells kinds apart.
type cellKind uint8

const (
	textCell cellKind = iota
	numberCell
	moneyCell
	dateCell
	percentCell
	emptyCell
)

// A cell is one value of a row.
type cell struct {
	kind   cellKind
	text   string
	num    float64
	digits int
	date   anomaly.Date
}

func textOf(s string) cell { return cell{kind: textCell, text: s} }

func numberOf(f float64, digits int) cell { return cell{kind: numberCell, num: f, digits: digits} }

func exactOf(d anomaly.Decimal) cell {
	return cell{kind: numberCell, text: d.Trim(0).String(), num: anomaly.Float(d)}
}

func moneyOf(d anomaly.NullDecimal) cell {
	if !d.Valid {
		return cell{kind: emptyCell}
	}
	return cell{kind: moneyCell, text: d.Decimal.Trim(0).String(), num: anomaly.Float(d.Decimal)}
}

func dateOf(d anomaly.Date) cell {
	if d.IsZero() {
		return cell{kind: emptyCell}
	}
	return cell{kind: dateCell, date: d}
}

func percentOf(p float64) cell { return cell{kind: percentCell, num: p, digits: 4} }

func known(ok bool, c cell) cell {
	if !ok {
		return cell{kind: emptyCell}
	}
	return c
}

// plain writes the cell for programs: no grouping, no units, ISO dates.
func (c cell) plain() string {
	switch c.kind {
	case numberCell, moneyCell, percentCell:
		if c.text != "" {
			return c.text
		}
		return plainNumber(c.num, c.digits)
	case dateCell:
		return c.date.String()
	case emptyCell:
		return ""
	}
	return c.text
}

// A column is one column of the files for other programs.
type column struct {
	id    string // the header of CSV; the heading elsewhere is the catalogue's
	width float64
	value func(a *anomaly.Assessment, p *locale.Printer) cell
}

// columns are those of CSV and XLSX, after the rank.
var columns = []column{
	{"account_id", 18, func(a *anomaly.Assessment, _ *locale.Printer) cell { return textOf(a.AccountID) }},
	{"bill_id", 14, func(a *anomaly.Assessment, _ *locale.Printer) cell { return textOf(a.BillKey) }},
	{"service", 10, func(a *anomaly.Assessment, _ *locale.Printer) cell { return textOf(a.Service.String()) }},
	{"period_start", 12, func(a *anomaly.Assessment, _ *locale.Printer) cell { return dateOf(a.Period.Start) }},
	{"period_end", 12, func(a *anomaly.Assessment, _ *locale.Printer) cell { return dateOf(a.Period.End) }},
	{"days", 7, func(a *anomaly.Assessment, _ *locale.Printer) cell { return numberOf(float64(a.Period.Days()), 0) }},
	{"usage", 11, func(a *anomaly.Assessment, _ *locale.Printer) cell { return exactOf(a.Usage) }},
	{"unit", 7, func(a *anomaly.Assessment, _ *locale.Printer) cell { return textOf(a.Unit) }},
	{"amount", 11, func(a *anomaly.Assessment, _ *locale.Printer) cell { return moneyOf(a.Amount) }},
	{"currency", 9, func(a *anomaly.Assessment, _ *locale.Printer) cell { return textOf(a.Currency) }},
	{"expected", 11, func(a *anomaly.Assessment, _ *locale.Printer) cell {
		return known(a.Estimate.Known, numberOf(a.Estimate.Usage, 1))
	}},
	{"low90", 11, func(a *anomaly.Assessment, _ *locale.Printer) cell {
		return known(a.Estimate.Known, numberOf(a.Estimate.Low90, 1))
	}},
	{"high90", 11, func(a *anomaly.Assessment, _ *locale.Printer) cell {
		return known(a.Estimate.Known, numberOf(a.Estimate.High90, 1))
	}},
	{"rebilled", 11, func(a *anomaly.Assessment, _ *locale.Printer) cell { return moneyOf(a.Rebill.Amount) }},
	{"action", 16, func(a *anomaly.Assessment, _ *locale.Printer) cell { return textOf(string(a.Verdict.Action)) }},
	{"then", 16, func(a *anomaly.Assessment, _ *locale.Printer) cell { return textOf(string(a.Verdict.Then)) }},
	{"wait_allowed", 9, func(a *anomaly.Assessment, _ *locale.Printer) cell { return textOf(yesNo(a.Verdict.Wait.Allowed)) }},
	{"inspection_probability", 12, func(a *anomaly.Assessment, _ *locale.Printer) cell {
		return percentOf(a.Verdict.InspectionProbability)
	}},
	{"priority", 11, func(a *anomaly.Assessment, _ *locale.Printer) cell { return numberOf(a.Verdict.Priority, 2) }},
	{"priority_unit", 14, func(a *anomaly.Assessment, _ *locale.Printer) cell { return textOf(priorityUnit(a)) }},
	{"recoverable", 12, func(a *anomaly.Assessment, _ *locale.Printer) cell { return moneyOf(a.Verdict.Recoverable) }},
	{"top_cause", 26, func(a *anomaly.Assessment, _ *locale.Printer) cell { return textOf(string(topCause(a).Cause)) }},
	{"top_cause_probability", 12, func(a *anomaly.Assessment, _ *locale.Printer) cell {
		return known(len(a.Causes) > 0, percentOf(topCause(a).Probability))
	}},
	{"findings", 20, func(a *anomaly.Assessment, _ *locale.Printer) cell { return textOf(findingIDs(a)) }},
	{"main_finding", 70, func(a *anomaly.Assessment, p *locale.Printer) cell { return textOf(mainSentence(a, p)) }},
	{"not_checked", 20, func(a *anomaly.Assessment, _ *locale.Printer) cell { return textOf(uncheckedIDs(a)) }},
	{"route", 10, func(a *anomaly.Assessment, _ *locale.Printer) cell { return textOf(a.Route) }},
	{"visit", 10, func(a *anomaly.Assessment, _ *locale.Printer) cell { return textOf(visitKind(a)) }},
	{"propensity", 10, func(a *anomaly.Assessment, _ *locale.Printer) cell {
		if a.Visit == nil {
			return cell{}
		}
		return numberOf(a.Visit.Propensity, 6)
	}},
	{"cool_down_until", 12, func(a *anomaly.Assessment, _ *locale.Printer) cell {
		if a.CoolDown == nil {
			return cell{}
		}
		return dateOf(a.CoolDown.Until)
	}},
}

// visitKind is how a bill came onto a list of visits: chosen, random, or "" on none.
func visitKind(a *anomaly.Assessment) string {
	switch {
	case a.Visit == nil:
		return ""
	case a.Visit.Random:
		return "random"
	}
	return "chosen"
}

func yesNo(v bool) string {
	if v {
		return "yes"
	}
	return "no"
}

// priorityUnit is what a priority is counted in, a visit-hour.
func priorityUnit(a *anomaly.Assessment) string {
	switch {
	case a.Verdict.PriorityInUsage:
		return a.Unit + "/h"
	case a.Currency == "":
		return ""
	}
	return a.Currency + "/h"
}

func topCause(a *anomaly.Assessment) anomaly.CauseProbability {
	if len(a.Causes) == 0 {
		return anomaly.CauseProbability{}
	}
	return a.Causes[0]
}

// mainSentence is what a row says of the bill: its main finding, or that the visit was
// drawn at random.
func mainSentence(a *anomaly.Assessment, p *locale.Printer) string {
	if a.Visit != nil && a.Visit.Random {
		return p.Text("table.random_visit")
	}
	text := ""
	if f := mainFinding(a); f != nil {
		text = tidy(p.For(a.Service).Say(f.Message))
	}
	if c := a.CoolDown; c != nil {
		if text == "" {
			return coolingText(c, p)
		}
		return p.Clauses(coolingText(c, p), text)
	}
	return text
}

func findingIDs(a *anomaly.Assessment) string {
	var ids []string
	for i := range a.Findings {
		if id := a.Findings[i].Check; !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return strings.Join(ids, " ")
}

func uncheckedIDs(a *anomaly.Assessment) string {
	var ids []string
	for _, n := range a.NotChecked {
		if !slices.Contains(ids, n.Check) {
			ids = append(ids, n.Check)
		}
	}
	return strings.Join(ids, " ")
}
