package check

import (
	"math"

	"whybill/anomaly"
)

// R08: the billed usage is not what the register moved by, times the multiplier.
var r08 = Check{
	ID: "R08", Severity: anomaly.Critical, Action: anomaly.ActionRebill,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.NumberArg("tolerance", cfg.Checks.MultiplierTolerance, 0)}
	},
	Run: func(in *Input, out *Result) {
		r := &in.register
		if !r.known {
			out.skip("R08", noReadings)
			return
		}
		// R09 holds two meters' readings against the bill, R01 speaks of one that runs back.
		if r.swap {
			out.skip("R08", twoMeters)
			return
		}
		if r.close.Cmp(r.open) < 0 && !in.rolledOver() {
			out.skip("R08", runsBack)
			return
		}
		if r.multiplierBy == multiplierUnknown {
			if in.bill.Usage.IsNeg() && r.close.Cmp(r.open) > 0 && !in.netMetered() {
				in.billedBackwards(out)
				return
			}
			out.skip("R08", noMeter)
			return
		}
		moved, _, ok := r.moved()
		if !ok {
			return
		}
		billed, right := in.usage(), anomaly.Float(moved)
		if abs(billed-right) <= in.Config.Checks.MultiplierTolerance {
			return
		}
		message := anomaly.Msg("R08.difference", in.exactArg("billed", in.bill.Usage), in.exactArg("right", moved),
			anomaly.NumberArg("multiplier", anomaly.Float(r.multiplier), r.multiplier.Trim(0).Scale()))
		if ratio := billed / right; right > 0 && multiplierRatio(ratio, right) {
			bills := in.billsWithRatio(ratio)
			message = anomaly.Msg("R08.ratio", in.exactArg("billed", in.bill.Usage), in.exactArg("right", moved),
				anomaly.NumberArg("ratio", ratio, 2), anomaly.CountArg("bills", bills))
			// What is expected was learnt from the bills before: where most of them are wrong by
			// as much, so is that.
			if in.estimateKnown() && 2*(bills-1) > in.Estimate.PeriodsUsed {
				message.Key = "R08.ratio.history"
				message.Args = append(message.Args, in.usageArg("expected", in.Estimate.Usage/ratio))
			}
		}
		f := in.finding("R08", anomaly.Critical, anomaly.ActionRebill, "", message)
		f.Evidence = evidence(r.openAt, r.closeAt)
		if r.openAt != in.bill.Source {
			f.Evidence = append(f.Evidence, in.bill.Source)
		}
		if r.multiplierBy == multiplierOfMeter {
			f.Evidence = append(f.Evidence, r.meter.Source)
		}
		in.size(&f, billed-right)
		out.add(f)
	},
}

// billedBackwards says that less than nothing was billed though the register went on: no
// multiplier makes that of it, and which of the two is wrong nobody can tell without one.
func (in *Input) billedBackwards(out *Result) {
	r := &in.register
	moved, _ := anomaly.Sub(r.close, r.open)
	f := in.finding("R08", anomaly.High, anomaly.ActionFixData, "", anomaly.Msg("R08.backwards", in.exactArg("billed", in.bill.Usage),
		anomaly.NumberArg("moved", anomaly.Float(moved), moved.Trim(0).Scale())))
	f.Evidence = evidence(r.openAt, r.closeAt)
	in.size(&f, in.usage()-anomaly.Float(moved))
	out.add(f)
}

// multiplierRatio reports whether billed over right looks like one multiplier in
// place of another: a whole number or one over a whole number, within what rounding
// of the readings allows, or two thirds and its inverse.
func multiplierRatio(ratio, right float64) bool {
	if ratio <= 0 {
		return false
	}
	if ratio < 1 {
		ratio = 1 / ratio
	}
	tolerance := math.Max(0.005, 1.5/math.Max(right, 1))
	whole := math.Round(ratio)
	return whole >= 2 && abs(ratio-whole) <= tolerance*whole || abs(ratio-1.5) <= tolerance*1.5
}

// billsWithRatio counts the bills, this one included, whose billed usage stands in
// the same ratio to what their own readings say.
func (in *Input) billsWithRatio(ratio float64) int {
	n := 0
	for i := range in.History.Bills {
		b := &in.History.Bills[i]
		if i == in.Bill {
			n++
			continue
		}
		if b.Cancelled || !b.From.Valid || !b.To.Valid || !sameMeter(b.MeterID, in.bill.MeterID) {
			continue
		}
		if moved, wrapped, ok := in.register.between(b.From.Decimal, b.To.Decimal); ok && !wrapped && moved.IsPos() {
			if abs(anomaly.Float(b.Usage)/anomaly.Float(moved)/ratio-1) < 0.02 {
				n++
			}
		}
	}
	return n
}
