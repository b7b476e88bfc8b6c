package report

import (
	"bufio"
	"io"
	"slices"
	"strings"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// Grid is a small table for people: columns as wide as they need to be.
type Grid struct {
	Right []bool // which columns have figures and go to the right; the others to the left
	rows  [][]string
}

// Add adds a row.
func (g *Grid) Add(cells ...string) { g.rows = append(g.rows, cells) }

// Write writes the rows.
func (g *Grid) Write(w io.Writer) error {
	var wide []int
	for _, row := range g.rows {
		for i, cell := range row {
			if i == len(wide) {
				wide = append(wide, 0)
			}
			wide[i] = max(wide[i], width(cell))
		}
	}
	out := bufio.NewWriter(w)
	for _, row := range g.rows {
		var line strings.Builder
		for i, cell := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			if i < len(g.Right) && g.Right[i] {
				line.WriteString(padLeft(cell, wide[i]))
			} else {
				line.WriteString(padRight(cell, wide[i]))
			}
		}
		if _, err := out.WriteString(strings.TrimRight(line.String(), " ") + "\n"); err != nil {
			return err
		}
	}
	return out.Flush()
}

// TariffRow is a tariff in a list.
type TariffRow struct {
	ID, Name, Service, Unit, Currency string
	Versions                          int
	From, Latest                      string // the first day of the first and of the latest version
}

// Tariffs lists tariffs.
func Tariffs(w io.Writer, rows []TariffRow, p *locale.Printer) error {
	g := Grid{Right: make([]bool, 6)}
	g.Add(p.Text("bill.tariff"), p.Text("bill.service"), p.Text("bill.unit"), p.Text("bill.since"), p.Text("bill.latest"), p.Text("bill.name"))
	for _, r := range rows {
		g.Add(r.ID, p.Term(r.Service), r.Currency+"/"+r.Unit, since(p, r.From), since(p, r.Latest), tidy(r.Name))
	}
	return g.Write(w)
}

// since writes the day from which a version holds; one that always held has none.
func since(p *locale.Printer, day string) string {
	if day < "0001" {
		return "-"
	}
	return p.Version(day)
}

// Priced shows a priced usage line by line, with what the lines add up to.
func Priced(w io.Writer, priced *anomaly.Priced, p *locale.Printer) error {
	g := pricedLines(priced, p)
	g.Add(p.Text("bill.payable"), "", "", exactMoney(p, priced.Amount, priced.Currency), "")
	if err := g.Write(w); err != nil {
		return err
	}
	return pricedNotes(w, priced, p)
}

func pricedLines(priced *anomaly.Priced, p *locale.Printer) *Grid {
	g := &Grid{Right: []bool{false, true, true, true, false}}
	g.Add(p.Text("bill.line"), p.Text("bill.quantity"), p.Text("bill.unit_price"), p.Text("bill.amount"), p.Text("bill.rule"))
	for i := range priced.Lines {
		l := &priced.Lines[i]
		rule := clause(p, l.Clause)
		if !strings.Contains(priced.Version, l.Version) || strings.Contains(priced.Version, "|") {
			rule = strings.TrimSpace(rule + " " + p.Version(l.Version))
		}
		g.Add(codeName(p, l.Code), l.Quantity.Trim(0).String(), l.UnitPrice.Trim(0).String(), exactMoney(p, l.Amount, priced.Currency), rule)
	}
	return g
}

func pricedNotes(w io.Writer, priced *anomaly.Priced, p *locale.Printer) error {
	g := &Grid{Right: []bool{false, false}}
	g.Add(p.Text("bill.tariff"), priced.Tariff)
	g.Add(p.Text("bill.version"), p.Version(priced.Version))
	if priced.Formula != "" {
		g.Add(p.Text("bill.formula"), priced.Formula)
	}
	if priced.Confidence != "" {
		g.Add(p.Text("bill.confidence"), phrase(p, "confidence.", priced.Confidence))
	}
	if _, err := io.WriteString(w, "\n"); err != nil {
		return err
	}
	return g.Write(w)
}

// phrase puts one of a tariff's set phrases into words; what a tariff file says in words
// of its own stays as it is.
func phrase(p *locale.Printer, prefix, text string) string {
	if key := prefix + text; p.Has(key) {
		return p.Text(key)
	}
	return text
}

// clause puts the rule that a priced line follows into words: a set phrase, one with a
// figure ("total to 0.1"), or tier, stage and season ("tier 2 summer").
func clause(p *locale.Printer, text string) string {
	if key := "clause." + text; p.Has(key) {
		return p.Text(key)
	}
	for _, head := range []string{"total to", "energy to", "beyond"} {
		if figure, ok := strings.CutPrefix(text, head+" "); ok {
			return p.Say(anomaly.Msg("clause."+head, anomaly.TextArg("figure", strings.TrimSuffix(figure, " a month"))))
		}
	}
	words := strings.Fields(text)
	var parts []string
	for i := 0; i < len(words); i++ {
		switch {
		case words[i] == "tier" && i+1 < len(words):
			i++
			parts = append(parts, p.Say(anomaly.Msg("clause.tier", anomaly.TextArg("n", words[i]))))
		case words[i] == "override" && i+1 < len(words):
			i++
			parts = append(parts, p.Say(anomaly.Msg("clause.override", anomaly.VersionArg("version", words[i]))))
		default:
			parts = append(parts, phrase(p, "clause.", words[i]))
		}
	}
	return strings.Join(parts, " ")
}

// codeName is a bill line's code in words where the catalogue has any.
func codeName(p *locale.Printer, code string) string {
	if key := "bill.code." + code; p.Has(key) {
		return p.Text(key)
	}
	return code
}

// exactMoney writes an amount with all its digits: a line of a bill may have more than
// the currency has.
func exactMoney(p *locale.Printer, d anomaly.Decimal, currency string) string {
	return p.Money(d, currency)
}

// Rebilled is a bill beside what it should be.
type Rebilled struct {
	AccountID string
	Service   anomaly.Service
	Bill      *anomaly.Bill
	Rebill    *anomaly.Rebill
	Findings  []anomaly.Finding // of the checks on the bill
}

// Rebill shows a bill line by line, billed beside recomputed, with the differences
// marked and the mistakes that explain them.
func Rebill(w io.Writer, r *Rebilled, p *locale.Printer) error {
	b := r.Bill
	p = p.For(r.Service)
	out := &errWriter{w: w}
	out.line(p.Say(anomaly.Msg("bill.title", anomaly.TermArg("number", "account_number."+r.Service.String()), anomaly.TextArg("account", r.AccountID), anomaly.TextArg("bill", b.Key()),
		anomaly.PeriodArg("period", b.Period), anomaly.CountArg("days", b.Period.Days()))))
	if r.Rebill.Priced == nil {
		out.line("")
		out.line(p.Say(anomaly.Msg("bill.not_checked", anomaly.TextArg("reason", p.Say(r.Rebill.NotChecked)))))
		return out.err
	}
	priced := r.Rebill.Priced
	out.line("")
	if out.err == nil {
		out.err = compared(r, p).Write(w)
	}
	out.line("")
	out.line(verdictOnPrice(r, p))
	for i := range r.Findings {
		out.line("  " + r.Findings[i].Check + "  " + p.Say(r.Findings[i].Message))
	}
	out.line("")
	if out.err == nil {
		out.err = pricedLines(priced, p).Write(w)
	}
	if out.err == nil {
		out.err = pricedNotes(w, priced, p)
	}
	return out.err
}

// compared lays the billed lines beside the recomputed ones, by code.
func compared(r *Rebilled, p *locale.Printer) *Grid {
	g := &Grid{Right: []bool{false, true, true, true, false}}
	g.Add(p.Text("bill.line"), p.Text("bill.billed"), p.Text("bill.recomputed"), p.Text("bill.difference"), "")
	b, priced := r.Bill, r.Rebill.Priced
	row := func(name string, billed, right anomaly.NullDecimal, tolerance anomaly.Decimal) {
		cells := []string{name, "", "", "", ""}
		if billed.Valid {
			cells[1] = exactMoney(p, billed.Decimal, priced.Currency)
		}
		if right.Valid {
			cells[2] = exactMoney(p, right.Decimal, priced.Currency)
		}
		if billed.Valid && right.Valid {
			if d, ok := anomaly.Sub(billed.Decimal, right.Decimal); ok && !d.IsZero() {
				cells[3] = exactMoney(p, d, priced.Currency)
				if d.Abs().Cmp(tolerance) > 0 {
					cells[4] = "<"
				}
			}
		}
		g.Add(cells...)
	}
	zero := anomaly.Decimal{}
	row(p.Text("bill.usage_charge"), b.UsageCharge(), anomaly.Known(priced.Energy), zero)
	for _, code := range otherCodes(b, priced) {
		row(codeName(p, code), billedSum(b, code), pricedSum(priced, code), zero)
	}
	if passed, ok := b.PassedThrough(); ok && !passed.IsZero() {
		row(p.Text("bill.passed_through"), anomaly.Known(passed), anomaly.Known(passed), zero)
	}
	row(p.Text("bill.payable"), b.Amount, r.Rebill.Amount, priced.Tolerance)
	return g
}

// otherCodes are the priced codes besides the charge for usage, in the order in which
// the recomputed bill and then the billed one has them.
func otherCodes(b *anomaly.Bill, priced *anomaly.Priced) []string {
	var codes []string
	add := func(code string) {
		if anomaly.PricedCode(code) && !anomaly.UsageCode(code) && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	for i := range priced.Lines {
		add(priced.Lines[i].Code)
	}
	for i := range b.Lines {
		add(b.Lines[i].Code)
	}
	return codes
}

func billedSum(b *anomaly.Bill, code string) (sum anomaly.NullDecimal) {
	for i := range b.Lines {
		if b.Lines[i].Code == code {
			sum.Decimal, sum.Valid = anomaly.Add(sum.Decimal, b.Lines[i].Amount)
		}
	}
	return sum
}

func pricedSum(priced *anomaly.Priced, code string) (sum anomaly.NullDecimal) {
	for i := range priced.Lines {
		if priced.Lines[i].Code == code {
			sum.Decimal, sum.Valid = anomaly.Add(sum.Decimal, priced.Lines[i].Amount)
		}
	}
	return sum
}

func verdictOnPrice(r *Rebilled, p *locale.Printer) string {
	currency := r.Rebill.Priced.Currency
	if !r.Bill.Amount.Valid || !r.Rebill.Amount.Valid {
		return p.Text("bill.no_amount")
	}
	d, ok := anomaly.Sub(r.Bill.Amount.Decimal, r.Rebill.Amount.Decimal)
	switch {
	case ok && !r.Rebill.Passed.IsZero() && d.Abs().Cmp(r.Rebill.Priced.Tolerance) <= 0:
		return p.Say(anomaly.Msg("bill.right_passed", anomaly.MoneyArg("amount", r.Rebill.Priced.Amount, currency), anomaly.MoneyArg("passed", r.Rebill.Passed, currency)))
	case ok && !d.IsZero() && d.Abs().Cmp(r.Rebill.Priced.Tolerance) <= 0:
		return p.Say(anomaly.Msg("bill.within", anomaly.MoneyArg("amount", d.Abs(), currency)))
	case d.IsNeg():
		return p.Say(anomaly.Msg("bill.too_little", anomaly.MoneyArg("amount", d.Abs(), currency)))
	case d.IsPos():
		return p.Say(anomaly.Msg("bill.too_much", anomaly.MoneyArg("amount", d, currency)))
	}
	return p.Text("bill.right")
}

// errWriter writes lines until one fails.
type errWriter struct {
	w   io.Writer
	err error
}

func (e *errWriter) line(s string) {
	if e.err == nil {
		_, e.err = io.WriteString(e.w, s+"\n")
	}
}

// TariffCost is what a year's bills come to under one tariff, or why that is not known.
type TariffCost struct {
	Tariff     string
	Own        bool // the account's own tariff
	Amount     anomaly.NullDecimal
	Currency   string
	NotChecked anomaly.Message
}

// TariffCosts compares tariffs; the first row is what the others are compared with.
func TariffCosts(w io.Writer, account string, period anomaly.Period, rows []TariffCost, p *locale.Printer) error {
	out := &errWriter{w: w}
	out.line(p.Say(anomaly.Msg("bill.compare", anomaly.TextArg("account", account), anomaly.PeriodArg("period", period))))
	out.line("")
	if out.err != nil {
		return out.err
	}
	g := Grid{Right: []bool{false, true, true, false}}
	g.Add(p.Text("bill.tariff"), p.Text("bill.amount"), p.Text("bill.difference"), "")
	for _, r := range rows {
		cells := []string{r.Tariff, "", "", ""}
		if r.Own {
			cells[3] = p.Text("bill.own")
		}
		switch own := rows[0].Amount; {
		case !r.Amount.Valid:
			cells[3] = p.Say(anomaly.Msg("bill.not_checked", anomaly.TextArg("reason", p.Say(r.NotChecked))))
		case own.Valid:
			cells[1] = exactMoney(p, r.Amount.Decimal, r.Currency)
			if d, ok := anomaly.Sub(r.Amount.Decimal, own.Decimal); ok && !r.Own {
				cells[2] = signedMoney(p, d, r.Currency, true)
			}
		default:
			cells[1] = exactMoney(p, r.Amount.Decimal, r.Currency)
		}
		g.Add(cells...)
	}
	return g.Write(w)
}
