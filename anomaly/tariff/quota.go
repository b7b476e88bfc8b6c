package tariff

import (
	"whybill/anomaly"
)

// addQuota prices a plan: the fee, and what goes beyond the included usage.
func (c *calc) addQuota(q *quota) error {
	if err := c.needMonths(); err != nil {
		return err
	}
	billed := c.months
	if c.how.fixedMonths > 0 {
		billed = c.how.fixedMonths
	}
	used, err := c.quotaUsage(q)
	if err != nil {
		return err
	}
	g := group{segment: c.segs[len(c.segs)-1], of: c.days}
	c.used = used
	fees, quotas := exactInt(int64(billed)), exactInt(int64(c.months))
	if c.proratePrice {
		fees = fees.mul(c.share)
	}
	if c.prorateQuota {
		quotas = quotas.mul(c.share)
	}
	times, _ := fees.places(6)
	c.add("plan_fee", times.Trim(0), q.fee, exactOf(q.fee).mul(fees), &g, "plan fee per month")
	over := used.sub(exactOf(q.included).mul(quotas))
	if over.sign() <= 0 {
		return nil
	}
	quantity, _ := over.places(lineDecimals)
	before := c.sum
	c.add("overage", quantity.Trim(0), q.overage, over.mul(exactOf(q.overage)), &g, "beyond "+q.included.Trim(0).String()+" "+q.unit+" a month")
	c.energy = c.sum.sub(before)
	return nil
}

// quotaUsage counts the usage in the quota's unit: time in begun steps, of each
// session or of their total.
func (c *calc) quotaUsage(q *quota) (exact, error) {
	if q.step == 0 {
		if u := c.req.Unit; u != "" && u != q.unit {
			return exact{}, notPriced("tariff.unit_mismatch", anomaly.TextArg("unit", u), anomaly.TextArg("tariff_unit", q.unit))
		}
		return exactOf(c.req.Usage), nil
	}
	var seconds int64
	if len(c.req.Sessions) > 0 {
		for i := range c.req.Sessions {
			s := &c.req.Sessions[i]
			if !c.req.Period.Contains(s.On) {
				continue
			}
			if q.bySession {
				seconds += stepped(s.Seconds, q.step)
			} else {
				seconds += s.Seconds
			}
		}
	} else {
		unit := c.req.Unit
		if unit == "" {
			unit = c.t.unit
		}
		per := secondsPer(unit)
		if per == 0 {
			return exact{}, notPriced("tariff.unit_mismatch", anomaly.TextArg("unit", unit), anomaly.TextArg("tariff_unit", c.t.unit))
		}
		// Hours in decimals (116.6667) cannot hold minutes exactly: to the second first.
		total := exactOf(c.req.Usage).mul(exactInt(per))
		n, ok := total.whole(anomaly.RoundHalfUp)
		if !ok || n > 1<<50 {
			return exact{}, notPriced("tariff.too_large")
		}
		seconds = int64(n)
	}
	return ratio(stepped(seconds, q.step), secondsPer(q.unit)), nil
}

// stepped rounds up to a whole number of steps.
func stepped(seconds, step int64) int64 { return (seconds + step - 1) / step * step }
