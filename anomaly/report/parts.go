package report

import (
	"math"
	"slices"
	"strings"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// A part is one row of the decomposition as it is shown: the reference and the billed
// bill as totals, the rest as differences.
type part struct {
	label      string
	usage      string
	money      string
	start, end float64 // where the row's bar begins and ends, in usage
	total      bool
}

// parts puts the decomposition into rows; the last one is the bill itself. Where there
// are more differences than most (0: no limit), the smallest are added up into one row, and
// those that are nothing are left out.
func parts(a *anomaly.Assessment, p *locale.Printer, most int) []part {
	rows := withFound(a)
	if len(rows) == 0 {
		return nil
	}
	if most > 0 {
		rows = fold(something(rows), most)
	}
	at := 0.0
	all := make([]part, 0, len(rows)+1)
	for i, r := range rows {
		reference := i == 0 && r.What == anomaly.PartReference
		row := part{label: partLabel(a, p, r.What), usage: signed(r.Usage, !reference), start: at, total: reference}
		if r.Amount.Valid {
			row.money = signedMoney(p, r.Amount.Decimal, a.Currency, !reference)
		}
		at += anomaly.Float(r.Usage)
		row.end = at
		all = append(all, row)
	}
	last := part{label: p.Text("card.part.billed"), usage: locale.Exact(a.Usage), end: anomaly.Float(a.Usage), total: true}
	if a.Amount.Valid {
		last.money = p.Money(a.Amount.Decimal, a.Currency)
	}
	return append(all, last)
}

// partFound is the row of what a visit has found.
const partFound = "found"

// withFound is the decomposition with what a visit has found told from what is still
// unexplained. A visit that names no usage, or as much as is unexplained (it may have been
// about more bills than this one), has found all of it. Where it names no amount, neither
// row has one: what the usage cost depends on the tier that it fell into.
func withFound(a *anomaly.Assessment) []anomaly.ExplainedRow {
	v := &a.Verdict
	at := slices.IndexFunc(a.Explained, func(r anomaly.ExplainedRow) bool { return r.What == anomaly.PartUnexplained })
	if v.FoundOn.IsZero() || at < 0 {
		return a.Explained
	}
	rows := slices.Clone(a.Explained)
	open := rows[at]
	rows[at].What = partFound
	if !v.FoundUsage.Valid || v.FoundUsage.Decimal.Abs().Cmp(open.Usage.Abs()) >= 0 {
		return rows
	}
	found := anomaly.ExplainedRow{What: partFound, Usage: v.FoundUsage.Decimal.Abs()}
	if v.FoundAmount.Valid && open.Amount.Valid {
		found.Amount = anomaly.Known(v.FoundAmount.Decimal.Abs())
	}
	if open.Usage.IsNeg() {
		found.Usage, found.Amount.Decimal = found.Usage.Neg(), found.Amount.Decimal.Neg()
	}
	left, ok := anomaly.Sub(open.Usage, found.Usage)
	if !ok {
		return rows
	}
	open.Usage, open.Amount.Valid = left, found.Amount.Valid
	if found.Amount.Valid {
		if open.Amount.Decimal, ok = anomaly.Sub(open.Amount.Decimal, found.Amount.Decimal); !ok {
			return rows
		}
	}
	rows[at] = found
	return slices.Insert(rows, at+1, open)
}

// told reports whether a row is shown whatever the room: what it is compared with, what a
// visit has found, and what nobody knows.
func told(what string) bool {
	return what == anomaly.PartReference || what == partFound || what == anomaly.PartUnexplained
}

// something leaves out the differences that are none, in usage and in money.
func something(rows []anomaly.ExplainedRow) []anomaly.ExplainedRow {
	return slices.DeleteFunc(slices.Clone(rows), func(r anomaly.ExplainedRow) bool {
		return !told(r.What) && r.Usage.IsZero() && r.Amount.Decimal.IsZero()
	})
}

// fold keeps the reference, what was found, what is unexplained and the largest differences, and sums
// the others, so that the rows still add up exactly.
func fold(rows []anomaly.ExplainedRow, most int) []anomaly.ExplainedRow {
	var small []int
	keep := dearest(rows)
	for i, r := range rows {
		if !told(r.What) && i != keep {
			small = append(small, i)
		}
	}
	spare := len(rows) - most
	if spare <= 0 || len(small) == 0 {
		return rows
	}
	slices.SortStableFunc(small, func(i, j int) int {
		if c := rows[i].Usage.Abs().Cmp(rows[j].Usage.Abs()); c != 0 {
			return c
		}
		return nullAbs(rows[i].Amount).Cmp(nullAbs(rows[j].Amount))
	})
	small = small[:min(len(small), spare+1)]
	others := anomaly.ExplainedRow{What: partOthers, Amount: anomaly.Known(anomaly.Decimal{})}
	var kept []anomaly.ExplainedRow
	for i, r := range rows {
		if !slices.Contains(small, i) {
			kept = append(kept, r)
			continue
		}
		sum, ok := anomaly.Add(others.Usage, r.Usage)
		if !ok {
			return rows
		}
		others.Usage = sum
		if !r.Amount.Valid {
			others.Amount.Valid = false
			continue
		}
		if others.Amount.Decimal, ok = anomaly.Add(others.Amount.Decimal, r.Amount.Decimal); !ok {
			return rows
		}
	}
	at := slices.IndexFunc(kept, func(r anomaly.ExplainedRow) bool { return r.What == partFound || r.What == anomaly.PartUnexplained })
	if at < 0 {
		at = len(kept)
	}
	return slices.Insert(kept, at, others)
}

// dearest is the place of the lines besides the tariff, where no other difference costs
// as much: without usage of their own they would be folded first. -1 elsewhere.
func dearest(rows []anomaly.ExplainedRow) int {
	at := -1
	for i := range rows {
		if rows[i].What != anomaly.PartReference && (at < 0 || nullAbs(rows[i].Amount).Cmp(nullAbs(rows[at].Amount)) > 0) {
			at = i
		}
	}
	if at >= 0 && rows[at].What != anomaly.PartOtherLines {
		return -1
	}
	return at
}

// partOthers is the row that sums the smallest differences.
const partOthers = "others"

func nullAbs(d anomaly.NullDecimal) anomaly.Decimal { return d.Decimal.Abs() }

func partLabel(a *anomaly.Assessment, p *locale.Printer, what string) string {
	switch {
	case what == anomaly.PartReference && a.Estimate.Reference.BillKey == "":
		return p.Text("card.part.typical")
	case what == anomaly.PartReference && a.Estimate.Reference.OtherPremise:
		return p.Text("card.part.last_year_home")
	case what == anomaly.PartReference:
		return p.Text("card.part.last_year")
	case what == partFound:
		return p.Text("card.part.found")
	case what == partOthers:
		return p.Text("card.part.others")
	}
	return p.Term(what)
}

// signed writes an exact number, with a plus where it is a difference.
func signed(d anomaly.Decimal, difference bool) string {
	if difference && d.IsPos() {
		return "+" + locale.Exact(d)
	}
	return locale.Exact(d)
}

func signedMoney(p *locale.Printer, d anomaly.Decimal, currency string, difference bool) string {
	if difference && d.IsPos() {
		return "+" + p.Money(d, currency)
	}
	return p.Money(d, currency)
}

// parts lays the decomposition out as a table with a bar in each row. most is the
// number of rows beside the bill itself; 0: as many as there are.
func (c *card) parts(most int) []string {
	rows := parts(c.a, c.p, most)
	var name, number, money int
	top, bottom := 0.0, 0.0
	for _, r := range rows {
		name, number, money = max(name, width(r.label)), max(number, width(r.usage)), max(money, width(r.money))
		top, bottom = max(top, r.start, r.end), min(bottom, r.start, r.end)
	}
	unit := " " + c.p.Term(c.a.Unit)
	room := c.width - c.label - number - width(unit) - money - 5
	name = min(name, max(14, room-8))
	room = min(room-name, 50)
	lines := make([]string, 0, len(rows))
	for i, r := range rows {
		label := ""
		if i == 0 {
			label = c.p.Text("card.parts")
		}
		line := paint(padRight(label, c.label), bold, c.opt.Color) + padRight(shorten(r.label, name), name) + "  " +
			padLeft(r.usage, number) + unit
		if money > 0 {
			line += "  " + padLeft(r.money, money)
		}
		if room >= 8 && top > bottom {
			line += " " + bar(r, bottom, top, room)
		}
		lines = append(lines, line)
	}
	return lines
}

// bar draws a row between bottom and top on room cells: totals solid, what is added
// dark, what is taken away light. The sign stands in the figures too.
func bar(r part, bottom, top float64, room int) string {
	cell := func(v float64) int { return int(math.Round((v - bottom) / (top - bottom) * float64(room))) }
	from, to, fill := cell(r.start), cell(r.end), "▓"
	switch {
	case r.total:
		from, fill = cell(0), "█"
	case r.end < r.start:
		from, to, fill = to, from, "░"
	}
	if from > to {
		from, to = to, from
	}
	if from == to && r.start != r.end {
		if to < room {
			to++
		} else {
			from--
		}
	}
	return strings.Repeat(" ", from) + strings.Repeat(fill, to-from)
}
