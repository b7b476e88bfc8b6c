package check

import "whybill/anomaly"

// U13: figures a month and figures a bill were added up as if they were the same.
var u13 = Check{
	ID: "U13", Severity: anomaly.Low, Action: anomaly.ActionExplain,
	Run: func(in *Input, out *Result) {
		o := &in.own
		if !o.known || !o.monthly {
			return
		}
		claimed := o.naive
		if o.claimed.Valid {
			claimed = o.claimed.Value
		}
		key, args := "U13.rest", []anomaly.Arg{
			in.usageArg("rise", o.rise), in.usageArg("allowed", o.allowed), in.usageArg("rest", o.rest),
			in.usageArg("claimed", claimed), in.usageArg("naive", o.naive),
			anomaly.NumberArg("months", billMonths(in.bill.Period.Days()), 0),
		}
		if o.mixed {
			key, args = "U13.rest_or", append(args, in.usageArg("alternative", o.alternative))
		}
		f := in.finding("U13", anomaly.Low, anomaly.ActionExplain, "", anomaly.Message{Key: key, Args: args})
		f.Evidence = append([]anomaly.Source{in.bill.Source}, o.sources...)
		in.size(&f, o.rest)
		out.add(f)
	},
}
