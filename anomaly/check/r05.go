package check

import (
	"math"

	"whybill/anomaly"
)

// R05: the same usage a day, bill after bill: estimates that nobody calls so.
var r05 = Check{
	ID: "R05", Severity: anomaly.Low, Action: anomaly.ActionReread, Source: "EnergyCAP, USE5",
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.PercentArg("same", cfg.Checks.HiddenEstimate, 1)}
	},
	Run: func(in *Input, out *Result) {
		if in.bill.Quality.Guessed() || !in.bill.Usage.IsPos() {
			return
		}
		if run, first := in.sameRun(in.Bill); run >= in.sameNeeded(in.bill) {
			f := in.finding("R05", anomaly.Low, anomaly.ActionReread, "", anomaly.Msg("R05.same",
				anomaly.CountArg("bills", run), anomaly.UsageArg("usage", in.bill.ADU(), in.unit(), 2)))
			f.Evidence = evidence(in.bill.Source, first.Source)
			out.add(f)
			return
		}
		// The run has ended with this bill: where it is out, it may catch up what was not read.
		if in.prev < 0 || !in.estimateKnown() || !in.practical(in.usage()-in.Estimate.Usage, in.Estimate.Usage) {
			return
		}
		last := &in.History.Bills[in.prev]
		if last.Period.End != in.bill.Period.Start || last.Quality.Guessed() || !last.Usage.IsPos() {
			return
		}
		run, first := in.sameRun(in.prev)
		if run < in.sameNeeded(last) {
			return
		}
		f := in.finding("R05", anomaly.Medium, anomaly.ActionRebill, "before", anomaly.Msg("R05.before",
			anomaly.CountArg("bills", run), anomaly.UsageArg("usage", last.ADU(), in.unit(), 2), in.exactArg("now", in.bill.Usage)))
		f.Evidence = append(evidence(last.Source, first.Source), in.bill.Source)
		in.spreadBack(&f, first)
		out.add(f)
	},
}

// sameNeeded is how many bills alike no longer come about by chance. In whole units, two of
// 400 or more that differ by a tenth as a rule are alike once in a hundred times or so.
func (in *Input) sameNeeded(b *anomaly.Bill) int {
	if anomaly.Float(b.Usage) < 400 {
		return 3
	}
	return 2
}

// sameRun counts the bills in a row up to one that show the same usage a day, to the
// configured share or to the rounding of their usages; first is the earliest of them.
func (in *Input) sameRun(last int) (run int, first *anomaly.Bill) {
	b := &in.History.Bills[last]
	adu := b.ADU()
	run, first = 1, b
	for i := last - 1; i >= 0; i-- {
		c := &in.History.Bills[i]
		if c.Cancelled || !sameMeter(c.MeterID, b.MeterID) {
			continue
		}
		rounding := math.Pow10(-min(c.Usage.Scale(), b.Usage.Scale()))
		days := float64(c.Period.Days())
		if rounding > roundedWithin*adu*days || c.Quality.Guessed() || abs(anomaly.Float(c.Usage)-adu*days) > math.Max(rounding, in.Config.Checks.HiddenEstimate*adu*days) {
			break
		}
		run++
		first = c
	}
	if run > 1 && in.even(first) {
		return 1, b
	}
	return run, first
}

// even reports whether the bills before a run are much alike as well: then it is the account
// that is even, and a run tells nothing.
func (in *Input) even(first *anomaly.Bill) bool {
	alike, pairs := 0, 0
	var later *anomaly.Bill
	for i := range in.History.Bills {
		b := &in.History.Bills[i]
		if b.Period.Start >= first.Period.Start {
			break
		}
		if b.Cancelled || b.Quality.Guessed() || !b.Usage.IsPos() || !sameMeter(b.MeterID, first.MeterID) {
			continue
		}
		if later != nil {
			pairs++
			if abs(b.ADU()/later.ADU()-1) < evenWithin {
				alike++
			}
		}
		later = b
	}
	return pairs >= 2 && 2*alike > pairs
}

// roundedWithin is the share of a usage from which on its rounding makes bills alike.
const roundedWithin = 0.01

// evenWithin is how close one bill is to the one before it on an account that is even.
const evenWithin = 0.03

// spreadBack gives a finding the size of what the bill would be less by, with its usage
// and that of the bills before it, from first on, spread over their days.
func (in *Input) spreadBack(f *anomaly.Finding, first *anomaly.Bill) {
	var run []int
	var periods []anomaly.Period
	total, scale := anomaly.Decimal{}, 0
	for i := range in.History.Bills[:in.Bill+1] {
		b := &in.History.Bills[i]
		if b.Cancelled || b.Period.Start < first.Period.Start || !sameMeter(b.MeterID, in.bill.MeterID) {
			continue
		}
		run, periods = append(run, i), append(periods, b.Period)
		total, _ = anomaly.Add(total, b.Usage)
		scale = max(scale, b.Usage.Scale())
	}
	shares, ok := anomaly.SpreadByDays(total, periods, scale)
	if !ok {
		return
	}
	f.Usage = anomaly.KnownUsage(in.usage() - anomaly.Float(shares[len(shares)-1]))
	if billed, spread, _, err := in.priceSpread(run, shares); err == nil {
		if difference, ok := anomaly.Sub(billed, spread); ok {
			f.Amount = anomaly.Known(difference)
		}
	}
}
