package tariff

import (
	"whybill/anomaly"
)

// priceChanges prices a period in which the tariff changes: each part under the tariff
// that holds in it, with the usage of its own days. Fees and quotas are whole months',
// on both sides of a change, unless the change prorates those of the new tariff.
func (b *Book) priceChanges(req *anomaly.PriceRequest) (*anomaly.Priced, error) {
	if len(req.Sessions) == 0 && len(req.Intervals) == 0 {
		return nil, notPriced("tariff.change_kind")
	}
	parts := make([]anomaly.TariffChange, 1, len(req.Changes)+1)
	parts[0] = anomaly.TariffChange{On: req.Period.Start, Tariff: req.Tariff}
	for _, change := range req.Changes {
		last := &parts[len(parts)-1]
		switch {
		case change.On < last.On || change.On > req.Period.End:
			return nil, notPriced("tariff.change_order")
		case change.On == req.Period.End:
			continue
		case change.On == last.On: // the old tariff never held
			*last = change
			last.ProratePrice, last.ProrateQuota = false, false
		default:
			parts = append(parts, change)
		}
	}
	var whole *calc
	for i := range parts {
		t, err := b.find(parts[i].Tariff)
		if err != nil {
			return nil, err
		}
		part := *req
		part.Changes = nil
		part.Period.Start = parts[i].On
		if i+1 < len(parts) {
			part.Period.End = parts[i+1].On
		}
		c := calc{t: t, req: req, how: right, want: true, days: req.Period.Days()}
		if err := c.needMonths(); err != nil {
			return nil, err
		}
		part.Months = c.months
		c = calc{t: t, req: &part, how: right, want: true, share: ratio(int64(part.Period.Days()), int64(req.Period.Days()))}
		c.proratePrice, c.prorateQuota = parts[i].ProratePrice, parts[i].ProrateQuota
		if err := c.run(); err != nil {
			return nil, err
		}
		whole = whole.followedBy(&c)
	}
	whole.req = req
	return whole.result()
}

// followedBy joins the results of two parts of a period.
func (c *calc) followedBy(next *calc) *calc {
	if c == nil {
		return next
	}
	next.sum = c.sum.add(next.sum)
	next.energy = c.energy.add(next.energy)
	next.used = c.used.add(next.used)
	next.lines = append(c.lines, next.lines...)
	next.shown, _ = anomaly.Add(c.shown, next.shown)
	next.running = exactOf(next.shown)
	next.segs = append(c.segs, next.segs...)
	return next
}

// PlanComparison is a month under an old and a new plan: what a customer who paid for
// the new one within the month is told. Energy of each is what was charged beyond the
// quota, Amount the whole.
type PlanComparison struct {
	Old              *anomaly.Priced // the old plan throughout: the new one begins with the next month
	NewFromFirst     *anomaly.Priced // the new plan throughout
	NewFromPaid      *anomaly.Priced // the new plan from the day of payment, both fees and quotas in full
	NewFromPaidDays  *anomaly.Priced // the same, the new plan's fee and quota by days
	OverageAvoidable anomaly.Decimal // Old's overage less that of NewFromPaid
}

// ComparePlans prices a month under the plan that the request names, and under a new
// one from the first day and from the day of payment. The request's sessions say when
// the usage was.
func (b *Book) ComparePlans(req *anomaly.PriceRequest, newPlan string, paid anomaly.Date) (*PlanComparison, error) {
	under := func(tariff string, changes ...anomaly.TariffChange) (*anomaly.Priced, error) {
		r := *req
		r.Tariff, r.Changes = tariff, changes
		return b.Price(&r)
	}
	var p PlanComparison
	var err error
	if p.Old, err = under(req.Tariff); err != nil {
		return nil, err
	}
	if p.NewFromFirst, err = under(newPlan); err != nil {
		return nil, err
	}
	change := anomaly.TariffChange{On: paid, Tariff: newPlan}
	if p.NewFromPaid, err = under(req.Tariff, change); err != nil {
		return nil, err
	}
	change.ProratePrice, change.ProrateQuota = true, true
	if p.NewFromPaidDays, err = under(req.Tariff, change); err != nil {
		return nil, err
	}
	p.OverageAvoidable, _ = anomaly.Sub(p.Old.Energy, p.NewFromPaid.Energy)
	return &p, nil
}
