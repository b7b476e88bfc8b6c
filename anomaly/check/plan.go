package check

import (
	"math"
	"strconv"

	"whybill/anomaly"
)

// A change of plan arrives as events:
//
//	plan_change_requested  plan=cn.telecom.hours.plan_b used=100 unit=h
//	payment                amount; plan=... where it is for a new plan
//	plan_change_effective  plan=...; its date is the day the plan takes effect
//	alert_sent             percent=80
//
// used is what had been used in the month by then, in unit (min or h; the account's
// unit where none is given). The day of the request counts, or of the payment where
// that came first.
const eventAlertSent = "alert_sent"

// planChange is a change of plan that touches the bill's period.
type planChange struct {
	plan      string
	asked     anomaly.Date // requested or paid, whichever came first
	effective anomaly.Date // zero where nothing says when
	by        bool         // an event says when it took effect; otherwise the plan's rule does
	used      anomaly.NullUsage
	usedUnit  string
	sources   []anomaly.Source
}

// planChange finds the change that was asked for within the bill's period, or took
// effect in it.
func (in *Input) planChange() (c planChange, ok bool) {
	for i := range in.History.Events {
		e := &in.History.Events[i]
		plan, named := e.Field("plan")
		if !named || e.At > in.AsOf {
			continue
		}
		switch e.Kind {
		case anomaly.EventPlanRequested, eventPayment:
			if !in.bill.Period.Contains(e.At) || !c.asked.IsZero() && c.plan != plan {
				continue
			}
			if c.asked.IsZero() {
				c.plan, c.asked = plan, e.At
			}
			if n, ok := number(e, "used"); ok && !c.used.Valid {
				c.used = anomaly.KnownUsage(n)
				if c.usedUnit, ok = e.Field("unit"); !ok {
					c.usedUnit = in.unit()
				}
			}
			c.sources = append(c.sources, e.Source)
		case anomaly.EventPlanEffective:
			if c.plan == "" && in.bill.Period.Contains(e.At) && e.At > in.bill.Period.Start {
				c.plan = plan
			}
			if c.plan == plan && c.effective.IsZero() && e.At >= c.asked {
				c.effective, c.by = e.At, true
				c.sources = append(c.sources, e.Source)
			}
		}
	}
	if c.plan == "" {
		return c, false
	}
	if c.effective.IsZero() {
		if list, ok := in.Pricer.(anomaly.TariffCatalogue); ok {
			if info, ok := list.Tariff(c.plan); ok && info.Plan != nil && info.Plan.NextMonth {
				c.effective = nextMonth(c.asked)
			}
		}
	}
	return c, true
}

func nextMonth(d anomaly.Date) anomaly.Date {
	y, m, _ := d.Civil()
	first, _ := anomaly.NewDate(y, m, 1)
	return first.AddMonths(1)
}

// plan returns the plan that the bill's tariff is, where it is one.
func (in *Input) plan() (*anomaly.PlanInfo, bool) {
	info, _, ok := in.tariffInfo()
	return info.Plan, ok && info.Plan != nil
}

func unitSeconds(unit string) float64 {
	switch unit {
	case "s":
		return 1
	case "min":
		return 60
	case "h":
		return 3600
	}
	return 0
}

// sessions puts the bill's usage before and after a day, in two runs: all that pricing
// by plans depends on. ok is false where it is not known what was used before.
func (in *Input) sessions(c *planChange, on anomaly.Date) (runs []anomaly.Session, ok bool) {
	per, perUsed := unitSeconds(in.unit()), unitSeconds(c.usedUnit)
	if !c.used.Valid || per == 0 || perUsed == 0 || !in.bill.Period.Contains(on) {
		return nil, false
	}
	whole := int64(math.Round(in.usage() * per))
	before := int64(math.Round(c.used.Value * perUsed))
	if before < 0 || before > whole {
		return nil, false
	}
	return []anomaly.Session{{On: in.bill.Period.Start, Seconds: before}, {On: on, Seconds: whole - before}}, true
}

// lineSum sums the bill's lines of a code.
func lineSum(b *anomaly.Bill, code string) (sum anomaly.Decimal, n int) {
	for i := range b.Lines {
		if b.Lines[i].Code == code {
			sum, _ = anomaly.Add(sum, b.Lines[i].Amount)
			n++
		}
	}
	return sum, n
}

func pricedSum(p *anomaly.Priced, code string) (sum anomaly.Decimal) {
	for i := range p.Lines {
		if p.Lines[i].Code == code {
			sum, _ = anomaly.Add(sum, p.Lines[i].Amount)
		}
	}
	return sum
}

// percents writes "80, 100".
func percents(list []int) string {
	text := ""
	for i, n := range list {
		if i > 0 {
			text += ","
		}
		text += strconv.Itoa(n)
	}
	return text
}
