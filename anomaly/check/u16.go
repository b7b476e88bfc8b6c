package check

import "whybill/anomaly"

// U16: far more bills than usual of the account's reading route are out on the same side:
// one matter for all of them - a route misread, the weather, a tariff - before any
// account's own.
var u16 = Check{
	ID: "U16", Severity: anomaly.Info, Action: anomaly.ActionNone,
	Run: func(in *Input, out *Result) {
		if in.Neighbourhood == nil || len(in.Neighbourhood.Shocks) == 0 || !in.estimateKnown() {
			return // no occasion: nobody has seen a route that is out
		}
		s := anomaly.ShockOf(in.Neighbourhood.Shocks, in.History.Account.Route, in.bill.Period, in.Estimate.Side(in.usage()))
		if s == nil {
			return
		}
		key := "U16.low"
		if s.Up {
			key = "U16.high"
		}
		f := in.finding("U16", anomaly.Info, anomaly.ActionNone, s.Route, anomaly.Msg(key,
			anomaly.TextArg("route", s.Route), anomaly.CountArg("accounts", s.Accounts),
			anomaly.PercentArg("share", s.Share, 0), anomaly.PercentArg("usual", s.Usual, 0)))
		f.Evidence = []anomaly.Source{in.bill.Source}
		out.add(f)
	},
}
