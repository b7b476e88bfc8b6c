package check

import (
	"math"

	"whybill/anomaly"
)

// N01: far less than in the same season before, for several bills, without a reason.
var n01 = Check{
	ID: "N01", Severity: anomaly.High, Action: anomaly.ActionInspect,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.PercentArg("ratio", cfg.Checks.DropRatio, 0), anomaly.CountArg("bills", cfg.Checks.DropBills)}
	},
	Run: func(in *Input, out *Result) {
		n, worst, first, enough := in.dropped()
		if !enough {
			out.skip("N01", fewBills)
			return
		}
		if n < in.Config.Checks.DropBills || in.excluded(first.Period.Start) {
			return
		}
		key := "N01.drop"
		if in.bill.Period.End.Sub(first.Period.Start) >= halfYear {
			key = "N01.drop.long"
		}
		f := in.finding("N01", anomaly.High, anomaly.ActionInspect, "", anomaly.Msg(key,
			anomaly.CountArg("bills", n), anomaly.PercentArg("ratio", worst, 0), anomaly.DateArg("since", first.Period.Start)))
		f.Evidence = evidence(in.bill.Source, first.Source)
		if then := in.yearBefore(in.bill.Period); then != nil {
			in.size(&f, in.usage()-then.ADU()*in.days())
		}
		out.add(f)
	},
}

// halfYear is for how many days a drop has lasted that few absences explain.
const halfYear = 180

// dropped counts the bills in a row, up to this one, that are below the ratio of
// their year before; worst is the highest of their ratios, first the earliest of them.
// enough is false where this bill has no year before it.
func (in *Input) dropped() (n int, worst float64, first *anomaly.Bill, enough bool) {
	for i := in.Bill; i >= 0; i-- {
		b := &in.History.Bills[i]
		if b.Cancelled || b.Quality.Guessed() || !in.sameSeries(b) {
			continue
		}
		then := in.yearBefore(b.Period)
		if then == nil || then.ADU() <= 0 {
			return n, worst, first, n > 0
		}
		ratio := b.ADU() / then.ADU()
		if ratio > in.Config.Checks.DropRatio {
			return n, worst, first, true
		}
		n++
		worst, first = math.Max(worst, ratio), b
	}
	return n, worst, first, n > 0
}

// excluded reports whether something known explains less usage since a day: an
// absence, fewer people, an outage, solar panels, new windows.
func (in *Input) excluded(since anomaly.Date) bool {
	_, _, ok := in.exclusion(anomaly.Period{Start: since.AddDays(-60), End: in.bill.Period.End})
	return ok
}
