package tariff

import (
	"strconv"

	"whybill/anomaly"
)

// lineDecimals is to how many decimals a line with a day weight is written. The sum
// is taken of exact numbers; a rounding line says what the lines leave out.
const lineDecimals = 4

// count adds to what a code's lines come to, for percentages of them.
func (c *calc) count(code string, amount exact) {
	if len(c.segs[0].v.adders) == 0 && len(c.segs[len(c.segs)-1].v.adders) == 0 {
		return
	}
	for i := range c.codes {
		if c.codes[i].code == code {
			c.codes[i].sum = c.codes[i].sum.add(amount)
			return
		}
	}
	c.codes = append(c.codes, codeSum{code, amount})
}

func (c *calc) energyLine(e *energyCharge, t *tier, s *segment, season int, part, amount exact, by, of int) {
	clause := t.clause[season]
	if by != of {
		clause += " " + strconv.Itoa(by) + "/" + strconv.Itoa(of)
	}
	if s.o != nil {
		clause += " override " + s.o.label
	}
	quantity, _ := part.places(6)
	quantity = quantity.Trim(0)
	rate := t.rates[season]
	c.line(e.code, quantity, rate, amount, s, clause)
	if len(c.formula) > 0 {
		c.formula = append(c.formula, '+')
	}
	c.formula, _ = rate.AppendText(c.formula)
	c.formula = append(c.formula, 'x')
	c.formula, _ = quantity.AppendText(c.formula)
	if by != of {
		c.formula = append(c.formula, '(')
		c.formula = strconv.AppendInt(c.formula, int64(by), 10)
		c.formula = append(c.formula, '/')
		c.formula = strconv.AppendInt(c.formula, int64(of), 10)
		c.formula = append(c.formula, ')')
	}
}

// line appends a line. Lines are rounded so that they come to the rounded sum of the
// exact amounts, whatever their number.
func (c *calc) line(code string, quantity, price anomaly.Decimal, amount exact, s *segment, clause string) {
	if !c.want {
		return
	}
	c.running = c.running.add(amount)
	now, ok := c.running.places(lineDecimals)
	if !ok {
		return
	}
	shown, _ := anomaly.Sub(now, c.shown)
	c.shown = now
	l := anomaly.PricedLine{Code: code, Quantity: quantity, UnitPrice: price, Amount: shown.Trim(2), Clause: clause,
		Period: c.req.Period}
	if s != nil {
		l.Version = s.v.label
		l.Period = anomaly.Period{Start: s.first, End: s.last}
	}
	c.lines = append(c.lines, l)
}

// roundingLine makes the lines so far come to a rounded sum.
func (c *calc) roundingLine(sum anomaly.Decimal, clause string) {
	if !c.want {
		return
	}
	rest, _ := anomaly.Sub(sum, c.shown)
	c.shown = sum
	c.running = exactOf(sum)
	if rest.IsZero() {
		return
	}
	c.lines = append(c.lines, anomaly.PricedLine{Code: "rounding", Quantity: anomaly.DecimalFromInt(1), UnitPrice: rest.Trim(2),
		Amount: rest.Trim(2), Clause: clause, Period: c.req.Period, Version: c.segs[len(c.segs)-1].v.label})
}
