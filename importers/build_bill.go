package importers

import (
	"strings"

	"whybill/anomaly"
	"whybill/importers/sniff"
)

// mostUsage is more than any one bill has: the largest smelters use a tenth of it in a
// month, in kWh. A figure beyond it is an id, or two numbers that ran together.
var mostUsage = anomaly.MustDecimal("10000000000")

// maxMonths is the longest bill that is given as a number of months: five years, as
// happens where a meter could not be read.
const maxMonths = 60

// period puts a bill's period together; the result is half-open.
func (c *converter) period() (period anomaly.Period, f sniff.Field, ok bool) {
	r := &c.rec
	f = sniff.PeriodStart
	whole := false
	switch {
	case c.plan.has[sniff.BillingPeriod] && !r.date[sniff.BillingPeriod].IsZero():
		f = sniff.BillingPeriod
		period = anomaly.Period{Start: r.date[f], End: r.until[f]}
		whole = r.whole[f]
	case r.date[sniff.PeriodEnd].IsZero():
		return period, sniff.PeriodEnd, false
	default:
		period = anomaly.Period{Start: r.date[sniff.PeriodStart], End: r.date[sniff.PeriodEnd]}
		if r.whole[sniff.PeriodEnd] {
			whole, period.End = true, r.until[sniff.PeriodEnd]
		}
	}
	if c.plan.end == EndInclusive && !whole {
		period.End = period.End.AddDays(1)
	}
	if period.Start.IsZero() && c.plan.has[sniff.PeriodMonths] {
		months, _, fits := r.num[sniff.PeriodMonths].Decimal.Int64(0)
		if !fits || months < 1 || months > maxMonths {
			return period, sniff.PeriodMonths, false
		}
		period.Start = period.End.AddMonths(-int(months))
	}
	return period, f, !period.Start.IsZero()
}

func (c *converter) bill(id string, source anomaly.Source) (*column, string, anomaly.Message, bool) {
	r := &c.rec
	period, f, ok := c.period()
	if !ok {
		return c.absent(f)
	}
	if !period.Valid() {
		if f == sniff.PeriodStart {
			f = sniff.PeriodEnd
		}
		return c.wrong(f, "import.period_order", anomaly.PeriodArg("period", period))
	}
	billed := r.num[sniff.Usage]
	if !billed.Valid && r.num[sniff.MeteredUsage].Valid {
		if billed, ok = c.partsOfUsage(); !ok {
			return c.wrong(sniff.MeteredUsage, "import.bad_number")
		}
	}
	if !billed.Valid {
		return c.absent(sniff.Usage)
	}
	usage, unit, ok := c.usage(billed.Decimal)
	if !ok {
		return c.wrong(sniff.Unit, "import.bad_unit")
	}
	if usage.Abs().Cmp(mostUsage) > 0 {
		return c.wrong(sniff.Usage, "import.absurd_usage", anomaly.NumberArg("most", anomaly.Float(mostUsage), 0))
	}
	if c.plan.today != 0 && period.End > c.plan.today {
		col, value, _, _ := c.absent(sniff.PeriodEnd)
		c.remark(col, value, anomaly.Msg("import.future_bill", anomaly.DateArg("end", period.End), anomaly.DateArg("today", c.plan.today)))
	}
	c.account(id, source, false)
	c.passingMeter(id, source)
	currency := c.word(r.text[sniff.Currency])
	if currency == "" {
		currency = c.plan.currency
	}
	bills := append(c.batch.Rows.Bills, anomaly.Bill{})
	c.batch.Rows.Bills = bills
	b := &bills[len(bills)-1]
	b.AccountID, b.ID, b.MeterID = id, r.text[sniff.BillID], r.text[sniff.MeterID]
	b.Period, b.Usage, b.Unit = period, usage, unit
	b.Amount, b.Currency = r.num[sniff.Amount], currency
	b.IssuedOn, b.DueOn = r.date[sniff.IssuedOn], r.date[sniff.DueOn]
	b.Tariff = c.word(r.text[sniff.Tariff])
	b.From, b.To = r.num[sniff.ReadingFrom], r.num[sniff.ReadingTo]
	b.Quality, b.Cancels = r.qual, r.text[sniff.CancelsBillID]
	b.EndAssumed = c.plan.assumed
	b.Source = source
	c.linesOf(b)
	if c.plan.balanced {
		c.balance(b)
	}
	return nil, "", fine, true
}

// linesOf delivers the bill lines that stand in columns of the bill's own row. A bill
// without an id gets its key as one, so that its lines find it.
func (c *converter) linesOf(b *anomaly.Bill) {
	for _, line := range c.rec.lines {
		if b.ID == "" {
			b.ID = b.Key()
		}
		code, label, found := strings.Cut(line.code, ":")
		if !found {
			label = line.header
		}
		c.batch.Rows.Lines = append(c.batch.Rows.Lines, anomaly.Line{
			AccountID: b.AccountID, BillID: b.ID, Code: code, Description: label,
			Amount: line.amount, Source: b.Source,
		})
	}
}

// partsOfUsage sums metered, swapped and corrected usage and losses.
func (c *converter) partsOfUsage() (sum anomaly.NullDecimal, ok bool) {
	total := anomaly.Decimal{}
	for _, f := range [...]sniff.Field{sniff.MeteredUsage, sniff.SwappedUsage, sniff.AdjustedUsage, sniff.LossUsage} {
		if n := c.rec.num[f]; c.plan.has[f] && n.Valid {
			if total, ok = anomaly.Add(total, n.Decimal); !ok {
				return sum, false
			}
		}
	}
	return anomaly.Known(total), true
}

// balance holds an export that breaks its usage down against its own identity:
// (current - previous) x multiplier + swapped + corrected + losses = billed, to one unit.
func (c *converter) balance(b *anomaly.Bill) {
	r := &c.rec
	parts := r.num
	if !parts[sniff.MeteredUsage].Valid && b.From.Valid && b.To.Valid {
		difference, ok := anomaly.Sub(b.To.Decimal, b.From.Decimal)
		if ok && r.num[sniff.Multiplier].Valid {
			product, err := difference.Mul(r.num[sniff.Multiplier].Decimal)
			difference, ok = product, err == nil
		}
		if !ok {
			return
		}
		r.num[sniff.MeteredUsage] = anomaly.Known(difference)
	}
	if !r.num[sniff.MeteredUsage].Valid {
		return
	}
	sum, ok := c.partsOfUsage()
	if !ok {
		return
	}
	off, ok := anomaly.Sub(b.Usage, sum.Decimal)
	if ok && off.Abs().Cmp(anomaly.DecimalFromInt(1)) > 0 {
		c.remark(c.plan.columnOf(sniff.Usage), b.Usage.String(), anomaly.Msg("import.usage_identity",
			anomaly.TextArg("billed", b.Usage.String()), anomaly.TextArg("parts", sum.Decimal.String())))
	}
}

func (c *converter) line(id string, source anomaly.Source) (*column, string, anomaly.Message, bool) {
	r := &c.rec
	switch {
	case r.text[sniff.BillID] == "":
		return c.absent(sniff.BillID)
	case r.text[sniff.Code] == "":
		return c.absent(sniff.Code)
	case !r.num[sniff.Amount].Valid:
		return c.absent(sniff.Amount)
	}
	l := anomaly.Line{
		AccountID: id, BillID: r.text[sniff.BillID], Code: c.word(lineCode(r.text[sniff.Code])),
		Description: c.word(r.text[sniff.Description]), Quantity: r.num[sniff.Quantity],
		UnitPrice: r.num[sniff.UnitPrice], Amount: r.num[sniff.Amount].Decimal, Source: source,
	}
	from, to, whole := r.date[sniff.From], r.date[sniff.To], r.whole[sniff.To]
	if c.plan.has[sniff.LinePeriod] {
		from, to, whole = r.date[sniff.LinePeriod], r.until[sniff.LinePeriod], r.whole[sniff.LinePeriod]
	}
	if from != 0 && to != 0 {
		if c.plan.end == EndInclusive && !whole {
			to = to.AddDays(1)
		}
		l.Period = anomaly.Period{Start: from, End: to}
		if !l.Period.Valid() {
			return c.wrong(sniff.To, "import.period_order", anomaly.PeriodArg("period", anomaly.Period{Start: from, End: to}))
		}
	}
	c.batch.Rows.Lines = append(c.batch.Rows.Lines, l)
	return nil, "", fine, true
}

// lineCode understands the name of a bill line where its code is meant: 流動電費 is energy.
func lineCode(s string) string {
	candidates, _ := sniff.Lookup(s)
	for _, h := range candidates {
		if h.Field == sniff.LineAmount {
			return h.Code
		}
	}
	return strings.ToLower(s)
}
