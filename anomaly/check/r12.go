package check

import (
	"strings"

	"whybill/anomaly"
)

// R12: a negative usage that is neither a correction of another bill nor fed in.
var r12 = Check{
	ID: "R12", Severity: anomaly.High, Action: anomaly.ActionFixData,
	Run: func(in *Input, out *Result) {
		b := in.bill
		if !b.Usage.IsNeg() || in.netMetered() {
			return
		}
		key := "R12.negative"
		if b.Amount.Valid && b.Amount.Decimal.IsNeg() {
			// A bill that takes something back: from which?
			if in.billedBeside() {
				return
			}
			key = "R12.takes_back"
		}
		f := in.finding("R12", anomaly.High, anomaly.ActionFixData, "", anomaly.Msg(key, in.exactArg("usage", b.Usage)))
		f.Evidence = []anomaly.Source{b.Source}
		in.size(&f, in.usage())
		out.add(f)
	},
}

// billedBeside reports whether another bill has days of this one.
func (in *Input) billedBeside() bool {
	for i := range in.History.Bills {
		o := &in.History.Bills[i]
		if i != in.Bill && o.Period.Start < in.bill.Period.End && in.bill.Period.Start < o.Period.End {
			return true
		}
	}
	return false
}

// netMetered reports whether the account feeds in what it makes.
func (in *Input) netMetered() bool {
	class := strings.ToLower(in.History.Account.Class)
	return strings.Contains(class, "net") || strings.Contains(class, "solar") || strings.Contains(class, "pv")
}
