package check

import "whybill/anomaly"

// D11: nobody has read the meter for too long.
var d11 = Check{
	ID: "D11", Severity: anomaly.Low, Action: anomaly.ActionReread,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.NumberArg("cycles", cfg.Checks.StaleCycles, 1)}
	},
	Run: func(in *Input, out *Result) {
		if !in.qualityKnown() {
			out.skip("D11", noQuality)
			return
		}
		usual := in.usualDays()
		if usual == 0 {
			out.skip("D11", fewBills)
			return
		}
		last, source := in.lastActual()
		if last.IsZero() {
			return
		}
		days := in.bill.Period.End.Sub(last)
		if float64(days) <= in.Config.Checks.StaleCycles*float64(usual) {
			return
		}
		f := in.finding("D11", anomaly.Low, anomaly.ActionReread, "", anomaly.Msg("D11.stale",
			anomaly.DateArg("last", last), anomaly.CountArg("days", days)))
		f.Evidence = evidence(source, in.bill.Source)
		out.add(f)
	},
}

// qualityKnown reports whether the account's rows say which values were read at all.
func (in *Input) qualityKnown() bool {
	for i := range in.History.Bills {
		if in.History.Bills[i].Quality != anomaly.QualityUnknown {
			return true
		}
	}
	for i := range in.History.Readings {
		if in.History.Readings[i].Quality != anomaly.QualityUnknown {
			return true
		}
	}
	return false
}

// lastActual is the day of the last reading that somebody took, up to the bill's end.
func (in *Input) lastActual() (on anomaly.Date, source anomaly.Source) {
	for i := range in.History.Bills {
		b := &in.History.Bills[i]
		if !b.Cancelled && !b.Quality.Guessed() && b.Period.End <= in.bill.Period.End && b.Period.End > on {
			on, source = b.Period.End, b.Source
		}
	}
	for i := range in.History.Readings {
		d := &in.History.Readings[i]
		if !d.Quality.Guessed() && d.On <= in.bill.Period.End && d.On > on {
			on, source = d.On, d.Source
		}
	}
	return on, source
}
