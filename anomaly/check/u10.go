package check

import (
	"math"

	"whybill/anomaly"
)

// U10: the lowest usage of the year has risen: something is on day and night that was
// not before.
var u10 = Check{
	ID: "U10", Severity: anomaly.Medium, Action: anomaly.ActionSelftest,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		base := cfg.Checks.BaseLoad[anomaly.Electricity]
		return []anomaly.Arg{anomaly.UsageArg("usage", base, anomaly.Electricity.Unit(), 1), anomaly.WattsArg("watts", base/24*1000)}
	},
	Run: func(in *Input, out *Result) {
		if !in.estimateKnown() {
			out.skip("U10", noEstimate)
			return
		}
		end := in.bill.Period.End
		now, nowDays := in.lowest(anomaly.Period{Start: end.AddMonths(-12), End: end})
		before, beforeDays := in.lowest(anomaly.Period{Start: end.AddMonths(-24), End: end.AddMonths(-12)})
		if now == nil || before == nil || nowDays < 300 || beforeDays < 300 {
			out.skip("U10", fewBills)
			return
		}
		rise := now.ADU() - before.ADU()
		// The lowest of a year's bills varies too: three scales of a single bill are asked for.
		if rise < in.Config.Checks.BaseLoad[in.service()] || before.ADU() <= 0 ||
			math.Log(now.ADU()/before.ADU()) < 3*in.Estimate.Scale {
			return
		}
		key, args := "U10.rise", []anomaly.Arg{
			anomaly.UsageArg("before", before.ADU(), in.unit(), 1), anomaly.UsageArg("now", now.ADU(), in.unit(), 1),
		}
		if in.service() == anomaly.Electricity {
			key, args = "U10.rise.watts", append(args, anomaly.WattsArg("watts", rise/24*1000))
		}
		f := in.finding("U10", anomaly.Medium, anomaly.ActionSelftest, "", anomaly.Message{Key: key, Args: args})
		f.Evidence = evidence(now.Source, before.Source)
		in.size(&f, rise*in.days())
		out.add(f)
	},
}

// lowest returns the bill with the lowest usage a day that ends in a period, and how
// many days its bills cover.
func (in *Input) lowest(p anomaly.Period) (lowest *anomaly.Bill, days int) {
	for i := 0; i <= in.Bill; i++ {
		b := &in.History.Bills[i]
		if b.Cancelled || b.Quality.Guessed() || b.Period.End <= p.Start || b.Period.End > p.End || !in.sameSeries(b) {
			continue
		}
		days += b.Period.Days()
		if lowest == nil || b.ADU() < lowest.ADU() {
			lowest = b
		}
	}
	return lowest, days
}
