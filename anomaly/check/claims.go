package check

import (
	"math"
	"strconv"
	"strings"

	"whybill/anomaly"
)

// What somebody says of a bill arrives as events of kind claim whose note holds
// key=value pairs. These are understood:
//
//	usage_per_day=20               a usage a day, in the account's unit
//	usage=1400, days=60            figures of the bill
//	amount=4000                    likewise
//	added_usage=100 per=month      an allowance for something new; per is day, month or
//	                               bill (the default); what=heater says for what
//	unexplained=400                what is left over by the speaker's own arithmetic
//	meter=fine                     the meter is in order
//	correct_itself=yes             the next bill will put it right
//
// by=agent or by=customer says who claims it where the event's By does not. An event
// concerns the bill that its Ref names; without one, the bill whose closing day was
// the last before it.
const (
	claimUsagePerDay   = "usage_per_day"
	claimUsage         = "usage"
	claimDays          = "days"
	claimAmount        = "amount"
	claimAdded         = "added_usage"
	claimPer           = "per"
	claimUnexplained   = "unexplained"
	claimMeter         = "meter"
	claimCorrectItself = "correct_itself"
)

// ClaimNote puts a sentence as an agent says it ("meter fine", "will correct itself",
// in English or Chinese) into the key=value form; a text that already is in that
// form is returned as it is. understood is false where the sentence says nothing that can be tested.
func ClaimNote(text string) (note string, understood bool) {
	probe := anomaly.Event{Note: text}
	for range probe.Fields {
		return text, true
	}
	lower := strings.ToLower(text)
	for _, s := range sentences {
		for _, phrase := range s.phrases {
			if strings.Contains(lower, phrase) {
				return s.note, true
			}
		}
	}
	return text, false
}

var sentences = []struct {
	note    string
	phrases []string
}{
	{claimCorrectItself + "=yes", []string{"correct itself", "right itself", "next bill", "wait", "even out", "會自己", "自己會", "下期", "下一期", "等等看", "会自己", "自己会", "观察"}},
	{claimMeter + "=fine", []string{"meter fine", "meter is fine", "meter ok", "meter is ok", "meter is in order", "meter in order", "電表正常", "電表沒問題", "電表沒有問題", "电表正常", "电表没问题", "电表没有问题", "水表正常", "水錶正常"}},
}

// concerns reports whether an event belongs to the bill.
func (in *Input) concerns(e *anomaly.Event) bool {
	if e.At > in.AsOf {
		return false
	}
	if in.bill == nil {
		return true // the desk looks at the whole account
	}
	return in.History.Concerns(e, in.Bill, in.AsOf)
}

// number reads a number of a note's field.
func number(e *anomaly.Event, key string) (float64, bool) {
	text, ok := e.Field(key)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil && !math.IsInf(n, 0) && !math.IsNaN(n)
}

// speaker is who made a claim.
func speaker(e *anomaly.Event) string {
	if by, ok := e.Field("by"); ok {
		return by
	}
	return e.By
}

// ownFigures is the customer's own arithmetic over a bill, put into like units: what
// the bill rose by, less what the customer allows for new things.
type ownFigures struct {
	known       bool
	rise        float64 // billed less the reference
	allowed     float64 // the allowances, over the whole bill
	rest        float64 // rise - allowed
	naive       float64 // rise less the allowances' bare figures, whatever they are per
	mixed       bool    // some are a month's, some the bill's
	alternative float64 // rest if those given for the bill were meant a month as well
	claimed     anomaly.NullUsage
	monthly     bool // an allowance is a month's and the bill is not
	sources     []anomaly.Source
}

func (o *ownFigures) read(in *Input) {
	*o = ownFigures{}
	var bare, whole, asMonthly float64
	added, perMonth, perBill := false, false, false
	months := billMonths(in.bill.Period.Days())
	for i := range in.History.Events {
		e := &in.History.Events[i]
		// What is new in the home is so on the next bill as well; a rest is one bill's.
		if e.Kind != anomaly.EventClaim || !in.History.StillConcerns(e, in.Bill, in.AsOf) {
			continue
		}
		if n, ok := number(e, claimUnexplained); ok && in.concerns(e) {
			o.claimed = anomaly.KnownUsage(n)
			o.sources = append(o.sources, e.Source)
		}
		n, ok := number(e, claimAdded)
		if !ok {
			continue
		}
		added = true
		o.sources = append(o.sources, e.Source)
		bare += n
		switch per, _ := e.Field(claimPer); per {
		case "month":
			perMonth = true
			whole += n * months
			asMonthly += n * months
		case "day":
			whole += n * in.days()
			asMonthly += n * in.days()
		default:
			perBill = true
			whole += n
			asMonthly += n * months
		}
	}
	if !added {
		if o.claimed.Valid {
			o.known, o.rest = true, o.claimed.Value
		}
		return
	}
	if !in.estimateKnown() || in.Estimate.Reference.Usage <= 0 {
		return
	}
	o.known = true
	o.rise = in.usage() - in.Estimate.Reference.Usage
	o.allowed, o.rest, o.naive = whole, o.rise-whole, o.rise-bare
	o.monthly = perMonth && months != 1
	o.mixed = o.monthly && perBill
	o.alternative = o.rise - asMonthly
}

// billMonths is how many months a customer would say that a bill covers: whole months
// where it is within a week of them, the exact number otherwise.
func billMonths(days int) float64 {
	months := float64(days) / (365.25 / 12)
	if whole := math.Round(months); whole >= 1 && math.Abs(months-whole) < 0.25 {
		return whole
	}
	return months
}

// disputed is the usage that nobody has accounted for: by the customer's own figures,
// else by the estimate.
func (in *Input) disputed() (usage float64, ok bool) {
	switch {
	case in.own.known && in.own.rest > 0:
		return in.own.rest, true
	case in.Unexplained.Known && in.Unexplained.Middle > 0:
		return in.Unexplained.Middle, true
	case in.estimateKnown() && in.usage() > in.Estimate.Usage:
		return in.usage() - in.Estimate.Usage, true
	}
	return 0, false
}

// watts is the constant power that a usage over the bill's period comes to; 0 for
// anything but electricity.
func (in *Input) watts(usage float64) float64 {
	if in.service() != anomaly.Electricity || in.days() == 0 {
		return 0
	}
	return 1000 * usage / (24 * in.days())
}
