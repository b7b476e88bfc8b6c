package check

import "whybill/anomaly"

// U03: beyond everything that the last twelve months have seen.
var u03 = Check{
	ID: "U03", Severity: anomaly.Medium, Action: anomaly.ActionExplain, Source: "EnergyCAP, USE6 and USE7",
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.PercentArg("high", cfg.Checks.ExtremeHigh, 0), anomaly.PercentArg("low", cfg.Checks.ExtremeLow, 0)}
	},
	Run: func(in *Input, out *Result) {
		from := in.bill.Period.Start.AddMonths(-12).AddDays(-10)
		var highest, lowest *anomaly.Bill
		days := 0
		for _, b := range in.earlier {
			if b.Period.Start < from {
				break
			}
			days += b.Period.Days()
			if highest == nil || b.ADU() > highest.ADU() {
				highest = b
			}
			if lowest == nil || b.ADU() < lowest.ADU() {
				lowest = b
			}
		}
		if days < 300 {
			out.skip("U03", fewBills)
			return
		}
		adu := in.bill.ADU()
		key, extreme := "", highest
		switch {
		case adu > highest.ADU()*(1+in.Config.Checks.ExtremeHigh):
			key = "U03.high"
		case adu < lowest.ADU()*(1-in.Config.Checks.ExtremeLow):
			key, extreme = "U03.low", lowest
		default:
			return
		}
		difference := (adu - extreme.ADU()) * in.days()
		if !in.practical(difference, extreme.ADU()*in.days()) {
			return
		}
		f := in.finding("U03", anomaly.Medium, anomaly.ActionExplain, "", anomaly.Msg(key,
			anomaly.UsageArg("usage", adu, in.unit(), 1), anomaly.UsageArg("extreme", extreme.ADU(), in.unit(), 1), anomaly.TextArg("bill", extreme.Key())))
		f.Evidence = evidence(in.bill.Source, extreme.Source)
		in.size(&f, difference)
		out.add(f)
	},
}
