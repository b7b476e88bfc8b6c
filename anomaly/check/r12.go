package check

import (
	"strings"

	"whybill/anomaly"
)

// R12: a negative usage that is neither a reversal nor fed in.
var r12 = Check{
	ID: "R12", Severity: anomaly.High, Action: anomaly.ActionFixData,
	Run: func(in *Input, out *Result) {
		b := in.bill
		if !b.Usage.IsNeg() || b.Amount.Valid && b.Amount.Decimal.IsNeg() || in.netMetered() {
			return
		}
		f := in.finding("R12", anomaly.High, anomaly.ActionFixData, "", anomaly.Msg("R12.negative", in.exactArg("usage", b.Usage)))
		f.Evidence = []anomaly.Source{b.Source}
		in.size(&f, in.usage())
		out.add(f)
	},
}

// netMetered reports whether the account feeds in what it makes.
func (in *Input) netMetered() bool {
	class := strings.ToLower(in.History.Account.Class)
	return strings.Contains(class, "net") || strings.Contains(class, "solar") || strings.Contains(class, "pv")
}
