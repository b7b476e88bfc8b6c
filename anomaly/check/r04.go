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
		was, is, ok := in.expectedPair(p)
		if !ok {
			out.skip("R04", fewBills)
			return
		}
		usage := anomaly.Float(p.Usage)
		if usage <= 0 || in.usage() < 0 || in.usage() == 0 && usage < was {
			return
		}
		sd := 1.3 * in.Estimate.Scale // compared with the year before, not predicted
		before := math.Log(usage / was)
		now := math.Log(math.Max(in.usage(), 0.01*is) / is)
		together := math.Log((usage + in.usage()) / (was + is))
		// The scale has followed the first of the two. So one of them may be inside its 95 %
		// interval, though not its 80 % one, where the other is out by so much the more.
		out2 := (before*before + now*now) / (2 * sd * sd)
		if before*now >= 0 || math.Min(math.Abs(before), math.Abs(now)) < 1.28*sd || out2 < 1.96*1.96 || math.Abs(together) > 0.98*sd ||
			!in.practical(in.usage()-is, is) || !in.practical(usage-was, was) {
			return
		}
		f := in.finding("R04", anomaly.High, anomaly.ActionRebill, p.Key(), anomaly.Msg("R04.pair",
			in.exactArg("before", p.Usage), in.usageArg("expected_before", was),
			in.exactArg("now", in.bill.Usage), in.usageArg("expected_now", is)))
		f.Evidence = evidence(p.Source, in.bill.Source)
		in.size(&f, in.usage()-is)
		out.add(f)
	},
}

// expectedPair is what the bill before and this one would be by the year before them,
// as the account stood to its year before until then; where there is no year before, by
// the median usage a day of its other bills. The estimate does not serve here: the
// level has already followed the first of the two.
func (in *Input) expectedPair(p *anomaly.Bill) (was, is float64, ok bool) {
	then, now := in.yearBefore(p.Period), in.yearBefore(in.bill.Period)
	var growthMemory, levelMemory [6]float64
	growth, levels := growthMemory[:0], levelMemory[:0]
	for _, b := range in.earlier {
		if b == p {
			continue
		}
		if len(growth) == cap(growth) && len(levels) == cap(levels) {
			break
		}
		if len(levels) < cap(levels) {
			levels = insert(levels, b.ADU())
		}
		if y := in.yearBefore(b.Period); y != nil && y.ADU() > 0 && len(growth) < cap(growth) {
			growth = insert(growth, b.ADU()/y.ADU())
		}
	}
	if then != nil && now != nil && then != now && then.ADU() > 0 && now.ADU() > 0 {
		g := 1.0
		if len(growth) > 0 {
			g = growth[len(growth)/2]
		}
		return then.ADU() * g * float64(p.Period.Days()), now.ADU() * g * in.days(), true
	}
	if len(levels) < 3 || levels[len(levels)/2] <= 0 {
		return 0, 0, false
	}
	level := levels[len(levels)/2]
	return level * float64(p.Period.Days()), level * in.days(), true
}
