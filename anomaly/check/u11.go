package check

import "whybill/anomaly"

// U11: the billing period is unusually long or short.
var u11 = Check{
	ID: "U11", Severity: anomaly.Low, Action: anomaly.ActionExplain,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		l := cfg.Checks.Lengths
		return []anomaly.Arg{
			anomaly.CountArg("low1", l[0][0]), anomaly.CountArg("high1", l[0][1]),
			anomaly.CountArg("low2", l[1][0]), anomaly.CountArg("high2", l[1][1]),
		}
	},
	Run: func(in *Input, out *Result) {
		days := in.bill.Period.Days()
		usual := in.usualDays()
		if days <= 0 || in.usualLength(days, usual) {
			return
		}
		key, args := "U11.unusual", []anomaly.Arg{anomaly.CountArg("days", days)}
		if usual > 0 {
			key, args = "U11.against", append(args, anomaly.CountArg("usual", usual))
		}
		f := in.finding("U11", anomaly.Low, anomaly.ActionExplain, "", anomaly.Message{Key: key, Args: args})
		f.Evidence = []anomaly.Source{in.bill.Source}
		if usual > 0 {
			in.size(&f, in.bill.ADU()*float64(days-usual))
		}
		out.add(f)
	},
}

// usualLength reports whether a bill is as long as a bill of its account usually is:
// within the limits for months where the account is billed by the month, and so on.
func (in *Input) usualLength(days, usual int) bool {
	for _, l := range in.Config.Checks.Lengths {
		if days >= l[0] && days <= l[1] && (usual == 0 || usual >= l[0]-5 && usual <= l[1]+5) {
			return true
		}
	}
	return false
}

// usualDays is the median length of the account's earlier bills; 0 where there are
// fewer than two.
func (in *Input) usualDays() int {
	var memory [24]int
	lengths := memory[:0]
	for i := in.Bill - 1; i >= 0 && len(lengths) < cap(lengths); i-- {
		if b := &in.History.Bills[i]; !b.Cancelled && b.Period.Valid() {
			lengths = insert(lengths, b.Period.Days())
		}
	}
	if len(lengths) < 2 {
		return 0
	}
	return lengths[len(lengths)/2]
}
