package check

import "whybill/anomaly"

// R11: no usage at all on an account that has always had some.
var r11 = Check{
	ID: "R11", Severity: anomaly.Medium, Action: anomaly.ActionInspect,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.UsageArg("usage", cfg.Checks.ZeroUsage[anomaly.Electricity], anomaly.Electricity.Unit(), 0)}
	},
	Run: func(in *Input, out *Result) {
		if !in.bill.Usage.IsZero() || in.bill.Quality.Guessed() || in.closed() {
			return
		}
		usual, n := 0.0, 0
		for _, b := range in.earlier {
			if b.Usage.IsPos() {
				usual += b.ADU()
				n++
			}
			if n == 6 {
				break
			}
		}
		if n == 0 {
			out.skip("R11", fewBills)
			return
		}
		usual /= float64(n)
		if usual <= in.Config.Checks.ZeroUsage[in.service()] {
			return
		}
		if days, _ := in.vacant(); days > 0 {
			return // N07 says so
		}
		if days, _ := in.span(in.bill.Period, anomaly.EventOutageStart, anomaly.EventOutageEnd); 2*days > in.bill.Period.Days() {
			return
		}
		f := in.finding("R11", anomaly.Medium, anomaly.ActionInspect, "", anomaly.Msg("R11.zero", anomaly.UsageArg("usual", usual, in.unit(), 1)))
		f.Evidence = []anomaly.Source{in.bill.Source}
		in.size(&f, -usual*in.days())
		out.add(f)
	},
}
