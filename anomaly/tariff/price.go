package tariff

import (
	"slices"
	"strings"

	"whybill/anomaly"
)

// calc prices one request. It lives on the stack of whoever prices.
type calc struct {
	t    *tariff
	req  *anomaly.PriceRequest
	how  *tweak
	want bool // lines and formula are wanted, not the sums alone

	days   int
	months int // 0: not worked out yet
	segs   []segment
	used   exact   // the usage that is charged
	split  []exact // by segment and stage, where intervals give it

	// Where a period has several tariffs, share is this one's part of its days.
	share                      exact
	proratePrice, prorateQuota bool

	energy exact
	sum    exact // all lines, rounded where the tariff rounds them
	codes  []codeSum

	lines   []anomaly.PricedLine
	shown   anomaly.Decimal // what the lines come to
	running exact           // what they come to before each is rounded
	formula []byte
}

type codeSum struct {
	code string
	sum  exact
}

func notPriced(key string, args ...anomaly.Arg) *anomaly.NotPriced {
	return &anomaly.NotPriced{Reason: anomaly.Msg(key, args...)}
}

// run works out the sums and, where wanted, the lines.
func (c *calc) run() error {
	if !c.req.Period.Valid() {
		return notPriced("tariff.bad_period")
	}
	if c.req.Usage.IsNeg() {
		return notPriced("tariff.negative_usage")
	}
	c.days = c.req.Period.Days()
	if err := c.cut(); err != nil {
		return err
	}
	last := c.segs[len(c.segs)-1].v
	if last.quota != nil {
		if err := c.addQuota(last.quota); err != nil {
			return err
		}
	} else if err := c.chargeEnergy(); err != nil {
		return err
	}
	if err := c.chargeFixed(); err != nil {
		return err
	}
	if err := c.chargeDemand(); err != nil {
		return err
	}
	c.chargeAdders()
	if err := c.chargeMinimum(&last.minimum); err != nil {
		return err
	}
	c.chargeTax()
	return nil
}

func (c *calc) chargeEnergy() error {
	if err := c.takeUsage(); err != nil {
		return err
	}
	for i := range c.segs {
		s := &c.segs[i]
		list := s.energy()
		before := c.energy
		for k := range list {
			if err := c.chargeTiers(i, &list[k]); err != nil {
				return err
			}
		}
		if c.how.roundSegments {
			part := c.energy.sub(before)
			if d, ok := part.round(s.v.rounding.energyUnit(), s.v.rounding.mode); ok {
				c.energy = before.add(exactOf(d))
			}
		}
	}
	r := &c.segs[len(c.segs)-1].v.rounding
	c.sum = c.energy
	if !r.energy.IsZero() {
		d, ok := c.energy.round(r.energy, r.mode)
		if !ok {
			return notPriced("tariff.too_large")
		}
		c.sum = exactOf(d)
		c.roundingLine(d, "energy to "+r.energy.String())
	}
	return nil
}

func (r *rounding) energyUnit() anomaly.Decimal {
	if r.energy.IsZero() {
		return r.total
	}
	return r.energy
}

// takeUsage works out the usage that is charged, in the tariff's unit.
func (c *calc) takeUsage() error {
	if u := c.req.Unit; u != "" && u != c.t.unit {
		return notPriced("tariff.unit_mismatch", anomaly.TextArg("unit", u), anomaly.TextArg("tariff_unit", c.t.unit))
	}
	c.used = exactOf(c.req.Usage)
	if len(c.req.Intervals) > 0 {
		if err := c.splitIntervals(); err != nil {
			return err
		}
	}
	if len(c.req.Parts) > 0 {
		if err := c.checkParts(); err != nil {
			return err
		}
	}
	m := &c.segs[len(c.segs)-1].v.minimum
	if len(m.usage) == 0 || c.how.noMinimumUsage {
		return nil
	}
	if err := c.needMonths(); err != nil {
		return err
	}
	floor, ok := m.floor(c.req.Account)
	if !ok {
		return nil
	}
	least := exactOf(floor).mul(exactInt(int64(c.months)))
	if c.used.cmp(&least) < 0 {
		c.used = least
	}
	return nil
}

// checkParts holds that every part is charged: usage of a stage that the tariff does
// not have would otherwise cost nothing. Where the usage itself is not given, the
// parts' sum is it.
func (c *calc) checkParts() error {
	stages := c.stageNames()
	if len(stages) == 0 {
		return nil // a tariff without stages charges the whole usage
	}
	var sum exact
	for i := range c.req.Parts {
		part := &c.req.Parts[i]
		if !slices.Contains(stages, part.Stage) {
			return notPriced("tariff.unknown_stage", anomaly.TextArg("tariff", c.t.id), anomaly.TextArg("stage", part.Stage),
				anomaly.TextArg("stages", strings.Join(stages, ", ")))
		}
		if part.Usage.IsNeg() {
			return notPriced("tariff.negative_usage")
		}
		sum = sum.add(exactOf(part.Usage))
	}
	if c.req.Usage.IsZero() {
		c.used = sum
	}
	return nil
}

// stageNames lists the stages that the period's versions charge.
func (c *calc) stageNames() []string {
	var names []string
	for i := range c.segs {
		for k := range c.segs[i].energy() {
			if name := c.segs[i].energy()[k].stage; name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// floor returns the least usage of a month for the account's connection.
func (m *minimum) floor(a *anomaly.Account) (anomaly.Decimal, bool) {
	phases, amps := m.phases, anomaly.DecimalFromInt(int64(m.amps))
	if a != nil {
		if a.Phases > 0 {
			phases = int(a.Phases)
		}
		if a.ServiceAmps.Valid {
			amps = a.ServiceAmps.Decimal
		}
	}
	for i := range m.usage {
		u := &m.usage[i]
		if u.phases != phases {
			continue
		}
		if amps.Cmp(u.flatAbove) > 0 {
			return u.flat, true
		}
		d, err := u.perAmp.Mul(amps)
		return d, err == nil
	}
	return anomaly.Decimal{}, false
}

// chargeTiers charges one segment's share of a usage through the tiers. The whole
// usage goes through the full tiers and the result counts by the segment's days:
// tiers are not shrunk. Usage that intervals put into the segment goes through tiers
// shrunk by its days, which comes to the same where usage is even.
func (c *calc) chargeTiers(seg int, e *energyCharge) error {
	s := &c.segs[seg]
	season := s.rates()
	if e.inSeason != nil && !e.inSeason[season] {
		return nil
	}
	q, by, of, err := c.usageOf(seg, e)
	if err != nil || q.isZero() {
		return err
	}
	factor, start, err := c.limits(e, s)
	if err != nil {
		return err
	}
	if c.split != nil {
		factor = factor.mul(ratio(int64(s.days), int64(c.days)))
	}
	whole := by == of
	var weight exact
	if !whole {
		weight = ratio(int64(by), int64(of))
	}
	end := start.add(q)
	var below exact
	for i := range e.tiers {
		t := &e.tiers[i]
		limit := end
		if !t.open {
			limit = exactOf(t.limit).mul(factor)
		}
		from, to := below, limit
		if from.cmp(&start) < 0 {
			from = start
		}
		if to.cmp(&end) > 0 {
			to = end
		}
		below = limit
		if to.cmp(&from) <= 0 {
			if limit.cmp(&end) >= 0 {
				break
			}
			continue
		}
		part := to.sub(from)
		amount := exactOf(t.rates[season]).mul(part)
		if !whole {
			amount = amount.mul(weight)
		}
		c.energy = c.energy.add(amount)
		c.count(e.code, amount)
		if c.want {
			c.energyLine(e, t, s, season, part, amount, by, of)
		}
	}
	return nil
}

// usageOf returns the usage of a charge in a segment, and the days for which it counts
// out of how many.
func (c *calc) usageOf(seg int, e *energyCharge) (q exact, by, of int, err error) {
	s := &c.segs[seg]
	if c.split != nil {
		return c.splitShare(seg, e.stage), 1, 1, nil
	}
	by, of = s.days, c.days
	if e.stage == "" {
		return c.used, by, of, nil
	}
	if e.inSeason != nil {
		of = 0
		for i := range c.segs {
			if e.inSeason[c.segs[i].rates()] {
				of += c.segs[i].days
			}
		}
	}
	for i := range c.req.Parts {
		if c.req.Parts[i].Stage == e.stage {
			return exactOf(c.req.Parts[i].Usage), by, of, nil
		}
	}
	if len(c.req.Parts) > 0 {
		return exact{}, by, of, nil
	}
	if only, ok := c.t.onlyStage(s.season); ok {
		if only == e.stage {
			return c.used, s.days, c.days, nil
		}
		return exact{}, by, of, nil
	}
	return exact{}, 0, 1, notPriced("tariff.needs_stages", anomaly.TextArg("tariff", c.t.id))
}

// limits returns what the limits of the tiers are multiplied with, and where in the
// tiers the usage begins.
func (c *calc) limits(e *energyCharge, s *segment) (factor, start exact, err error) {
	if len(e.tiers) == 1 {
		return exactInt(1), exact{}, nil
	}
	switch e.limits {
	case byMonth:
		if c.how.tierMonths > 0 {
			return exactInt(int64(c.how.tierMonths)), exact{}, nil
		}
		if err := c.needMonths(); err != nil {
			return exact{}, exact{}, err
		}
		return exactInt(int64(c.months)), exact{}, nil
	case byDay:
		return exactInt(int64(c.days)), exact{}, nil
	case byKW:
		if !c.req.Demand.Valid {
			return exact{}, exact{}, notPriced("tariff.needs_demand", anomaly.TextArg("tariff", c.t.id))
		}
		return exactOf(c.req.Demand.Decimal), exact{}, nil
	case byYear:
		start, err = c.yearToDate()
		return exactInt(1), start, err
	}
	return exactInt(1), exact{}, nil
}

// yearToDate returns the usage in the tariff's year before the period.
func (c *calc) yearToDate() (exact, error) {
	p := c.req.Period
	y, _, _ := p.Start.Civil()
	begin, _ := anomaly.NewDate(y, c.t.yearStart/100, c.t.yearStart%100)
	if p.Start < begin {
		begin = begin.AddMonths(-12)
	}
	if next := begin.AddMonths(12); p.End > next {
		return exact{}, notPriced("tariff.crosses_year", anomaly.DateArg("date", next))
	}
	switch {
	case c.req.YearToDate.Valid:
		return exactOf(c.req.YearToDate.Decimal), nil
	case p.Start == begin:
		return exact{}, nil
	}
	return exact{}, notPriced("tariff.needs_year_to_date", anomaly.DateArg("from", begin))
}

// needMonths works out the billing months of the period.
func (c *calc) needMonths() error {
	if c.months > 0 {
		return nil
	}
	if c.req.Months > 0 {
		c.months = c.req.Months
		return nil
	}
	for _, l := range c.t.lengths() {
		if l.Days[0] <= c.days && c.days <= l.Days[1] {
			c.months = l.Months
			return nil
		}
	}
	key := "tariff.irregular_length"
	if c.req.FirstPeriod {
		key = "tariff.irregular_first"
	}
	return notPriced(key, anomaly.CountArg("days", c.days))
}

var usualLengths = []Length{{Days: []int{25, 35}, Months: 1}, {Days: []int{50, 70}, Months: 2}}

func (t *tariff) lengths() []Length {
	if len(t.Lengths) == 0 {
		return usualLengths
	}
	return t.Lengths
}
