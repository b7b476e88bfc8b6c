package tariff

import (
	"strconv"

	"whybill/anomaly"
)

// group is the days of a period on which one version holds, whatever the season.
type group struct {
	segment
	of int
}

// groups joins the segments of a version.
func (c *calc) groups(yield func(*group) bool) {
	for i := 0; i < len(c.segs); {
		g := group{segment: c.segs[i], of: c.days}
		for i++; i < len(c.segs) && c.segs[i].v == g.v; i++ {
			g.days += c.segs[i].days
			g.first, g.last = min(g.first, c.segs[i].first), max(g.last, c.segs[i].last)
		}
		if !yield(&g) {
			return
		}
	}
}

func (g *group) weight() exact { return ratio(int64(g.days), int64(g.of)) }

// add adds an amount to the bill, rounded where the tariff rounds its lines.
func (c *calc) add(code string, quantity, price anomaly.Decimal, amount exact, g *group, clause string) {
	if unit := g.v.rounding.lines; !unit.IsZero() {
		if d, ok := amount.round(unit, g.v.rounding.mode); ok {
			amount = exactOf(d)
		}
	}
	if amount.isZero() {
		return
	}
	c.sum = c.sum.add(amount)
	c.count(code, amount)
	c.line(code, quantity, price, amount, &g.segment, clause)
}

func (c *calc) chargeFixed() error {
	var failed error
	c.groups(func(g *group) bool {
		for i := range g.v.fixed {
			f := &g.v.fixed[i]
			if failed = c.chargeOneFixed(g, f); failed != nil {
				return false
			}
		}
		return true
	})
	return failed
}

func (c *calc) chargeOneFixed(g *group, f *fixedCharge) error {
	price, err := f.price(c.req.Account)
	if err != nil {
		return err
	}
	per := f.per
	if c.how.fixedPer != nil {
		per = *c.how.fixedPer
	}
	var times exact
	switch per {
	case perMonth:
		if err := c.needMonths(); err != nil {
			return err
		}
		months := c.months
		if c.how.fixedMonths > 0 {
			months = c.how.fixedMonths
		}
		times = exactInt(int64(months)).mul(g.weight())
	case perDay:
		times = exactInt(int64(g.days))
		if f.per != perDay { // a mistake: a month's charge by days
			times = ratio(int64(g.days), 30)
		}
	case perYear:
		times = c.years(g)
	case perCalendarMonth:
		times = c.calendarMonths(g)
	case perBill:
		times = g.weight()
	}
	quantity, _ := times.places(6)
	c.add(f.code, quantity.Trim(0), price, exactOf(price).mul(times), g, "per "+perNames[f.per])
	return nil
}

// price returns the charge for the account's connection.
func (f *fixedCharge) price(a *anomaly.Account) (anomaly.Decimal, error) {
	if f.by == "" {
		return f.amount, nil
	}
	value := ""
	if a != nil {
		switch {
		case f.by == "meter_size" && a.MeterSize.Valid:
			value = a.MeterSize.Decimal.Trim(0).String()
		case f.by == "phases" && a.Phases > 0:
			value = strconv.Itoa(int(a.Phases))
		case f.by == "amps" && a.ServiceAmps.Valid:
			value = a.ServiceAmps.Decimal.Trim(0).String()
		}
	}
	if value == "" {
		return anomaly.Decimal{}, notPriced("tariff.needs_attribute", anomaly.TermArg("attribute", f.by))
	}
	n, ok := f.amounts[value]
	if !ok {
		return anomaly.Decimal{}, notPriced("tariff.unknown_attribute", anomaly.TermArg("attribute", f.by), anomaly.TextArg("value", value))
	}
	return n.Decimal, nil
}

// calendarMonths counts the calendar months that the group covers, by their days.
func (c *calc) calendarMonths(g *group) exact {
	var sum exact
	p := anomaly.Period{Start: max(g.first, c.req.Period.Start), End: min(g.last, c.req.Period.End)}
	for at := p.Start; at < p.End; {
		y, m, _ := at.Civil()
		begin, _ := anomaly.NewDate(y, m, 1)
		next := begin.AddMonths(1)
		month := anomaly.Period{Start: begin, End: next}
		sum = sum.add(ratio(int64(month.Overlap(p)), int64(month.Days())))
		at = next
	}
	return sum
}

// years counts the calendar years that the group covers, by their days.
func (c *calc) years(g *group) exact {
	var sum exact
	p := anomaly.Period{Start: max(g.first, c.req.Period.Start), End: min(g.last, c.req.Period.End)}
	for at := p.Start; at < p.End; {
		y := at.Year()
		begin, _ := anomaly.NewDate(y, 1, 1)
		next, _ := anomaly.NewDate(y+1, 1, 1)
		year := anomaly.Period{Start: begin, End: next}
		sum = sum.add(ratio(int64(year.Overlap(p)), int64(year.Days())))
		at = next
	}
	return sum
}

func (c *calc) chargeDemand() error {
	for i := range c.segs {
		s := &c.segs[i]
		for k := range s.v.demand {
			e := &s.v.demand[k]
			if !c.req.Demand.Valid {
				return notPriced("tariff.needs_demand", anomaly.TextArg("tariff", c.t.id))
			}
			if err := c.needMonths(); err != nil {
				return err
			}
			g := group{segment: *s, of: c.days}
			rest, below := c.req.Demand.Decimal, anomaly.Decimal{}
			for j := range e.tiers {
				t := &e.tiers[j]
				top := rest
				if !t.open {
					top = rest.Min(t.limit)
				}
				part, _ := anomaly.Sub(top, below)
				if part.IsPos() {
					amount := exactOf(part).mul(exactOf(t.rates[s.rates()])).mul(exactInt(int64(c.months))).mul(g.weight())
					c.add(e.code, part, t.rates[s.rates()], amount, &g, t.clause[s.rates()])
				}
				below = top
			}
		}
	}
	return nil
}

func (c *calc) chargeAdders() {
	c.groups(func(g *group) bool {
		for i := range g.v.adders {
			a := &g.v.adders[i]
			base := c.used
			quantity := c.req.Usage
			if a.percent {
				base = c.sumOf(a.of).mul(ratio(1, 100))
				quantity, _ = base.places(lineDecimals)
			}
			clause := "per unit"
			if a.percent {
				clause = "percent"
			}
			c.add(a.code, quantity.Trim(0), a.amount, base.mul(exactOf(a.amount)).mul(g.weight()), g, clause)
		}
		return true
	})
}

// sumOf adds up the lines of some codes; all lines where none is named.
func (c *calc) sumOf(codes []string) exact {
	if len(codes) == 0 {
		return c.sum
	}
	var sum exact
	for _, code := range codes {
		for i := range c.codes {
			if c.codes[i].code == code {
				sum = sum.add(c.codes[i].sum)
			}
		}
	}
	return sum
}

// chargeMinimum lifts the bill to the least charge.
func (c *calc) chargeMinimum(m *minimum) error {
	if !m.set || m.charge.IsZero() || c.how.noMinimumCharge {
		return nil
	}
	g := group{segment: c.segs[len(c.segs)-1], of: c.days}
	g.days, g.first = c.days, c.req.Period.Start
	least := exactOf(m.charge)
	switch m.per {
	case perMonth:
		if err := c.needMonths(); err != nil {
			return err
		}
		least = least.mul(exactInt(int64(c.months)))
	case perDay:
		least = least.mul(exactInt(int64(c.days)))
	case perYear:
		least = least.mul(c.years(&g))
	}
	if c.how.minimumTimes > 0 {
		least = exactOf(m.charge).mul(exactInt(int64(c.how.minimumTimes)))
	}
	if c.sum.cmp(&least) >= 0 {
		return nil
	}
	c.add("minimum", anomaly.DecimalFromInt(1), m.charge, least.sub(c.sum), &g, "least charge per "+perNames[m.per])
	return nil
}

// chargeTax adds a tax on top, or takes out one that the prices include where the
// customer is exempt.
func (c *calc) chargeTax() {
	base := c.sum
	c.groups(func(g *group) bool {
		t := &g.v.tax
		if !t.set {
			return true
		}
		exempt := c.req.TaxExempt
		onTop, takenOut := !t.inside && !exempt, t.inside && exempt
		if c.how.taxWrong {
			onTop, takenOut = t.inside != exempt, false
		}
		rate := exactOf(t.percent).mul(ratio(1, 100))
		quantity, _ := base.places(lineDecimals)
		quantity = quantity.Trim(0)
		switch {
		case onTop:
			if c.how.taxTimes > 0 {
				rate = rate.mul(exactInt(int64(c.how.taxTimes)))
			}
			c.add("tax", quantity, t.percent, base.mul(rate).mul(g.weight()), g, "percent on top")
		case takenOut: // what is left is base / (1 + rate)
			amount := base.mul(rate).div(exactInt(1).add(rate)).negated()
			c.add("tax", quantity, t.percent, amount.mul(g.weight()), g, "percent taken out: exempt")
		}
		return true
	})
}
