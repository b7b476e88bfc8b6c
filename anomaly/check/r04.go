package check

import (
	"math"

	"whybill/anomaly"
)

// R04: two bills in a row are out on opposite sides, and right together: the reading
// between them was wrong.
var r04 = Check{
	ID: "R04", Severity: anomaly.High, Action: anomaly.ActionRebill,
	Run: func(in *Input, out *Result) {
		if !in.estimateKnown() {
			out.skip("R04", noEstimate)
			return
		}
		if in.prev < 0 {
			return
		}
		p := &in.History.Bills[in.prev]
		if p.Period.End != in.bill.Period.Start || p.Quality.Guessed() || in.bill.Quality.Guessed() {
			return
		}
		days, usage := float64(p.Period.Days()), anomaly.Float(p.Usage)
		expected, ok := in.expectedThen(p)
		if !ok {
			out.skip("R04", fewBills)
			return
		}
		wide := 1.96 * in.Estimate.Scale * 1.3 // the bill before was not predicted, but compared
		before := math.Log((usage/days + in.Estimate.Offset) / (expected/days + in.Estimate.Offset))
		now, _ := in.residual(in.usage(), in.days())
		together := math.Log((usage + in.usage()) / (expected + in.Estimate.Usage))
		if before*now >= 0 || math.Abs(before) < wide || math.Abs(now) < wide || math.Abs(together) > wide/2 ||
			!in.practical(in.usage()-in.Estimate.Usage, in.Estimate.Usage) || !in.practical(usage-expected, expected) {
			return
		}
		f := in.finding("R04", anomaly.High, anomaly.ActionRebill, p.Key(), anomaly.Msg("R04.pair",
			in.exactArg("before", p.Usage), in.usageArg("expected_before", expected),
			in.exactArg("now", in.bill.Usage), in.usageArg("expected_now", in.Estimate.Usage)))
		f.Evidence = evidence(p.Source, in.bill.Source)
		in.size(&f, in.usage()-in.Estimate.Usage)
		out.add(f)
	},
}

// expectedThen is what an earlier bill would have been by the year before it and by
// how the account has changed since: its year-ago bill times how this bill's
// expectation stands to its own year-ago bill. The median of the account's other
// bills goes where there is no year before.
func (in *Input) expectedThen(p *anomaly.Bill) (float64, bool) {
	then, now := in.yearBefore(p.Period), in.yearBefore(in.bill.Period)
	if then != nil && now != nil && then != now && now.ADU() > 0 && in.days() > 0 {
		growth := in.Estimate.Usage / in.days() / now.ADU()
		return then.ADU() * growth * float64(p.Period.Days()), true
	}
	var levels [24]float64
	n := 0
	for _, b := range in.earlier {
		if b == p || n == len(levels) {
			continue
		}
		j := n
		for ; j > 0 && levels[j-1] > b.ADU(); j-- {
			levels[j] = levels[j-1]
		}
		levels[j] = b.ADU()
		n++
	}
	if n < 3 {
		return 0, false
	}
	return levels[n/2] * float64(p.Period.Days()), true
}
