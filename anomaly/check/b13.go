package check

import "whybill/anomaly"

// B13: a line that the account never had, or one that it always had and that is gone.
var b13 = Check{
	ID: "B13", Severity: anomaly.Low, Action: anomaly.ActionExplain,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.CountArg("bills", cfg.Checks.LineBills)}
	},
	Run: func(in *Input, out *Result) {
		if len(in.bill.Lines) == 0 {
			out.skip("B13", noLines)
			return
		}
		earlier := make([]*anomaly.Bill, 0, 8)
		for i := in.Bill - 1; i >= 0 && len(earlier) < in.Config.Checks.LineBills; i-- {
			if b := &in.History.Bills[i]; !b.Cancelled && len(b.Lines) > 0 {
				earlier = append(earlier, b)
			}
		}
		if len(earlier) < 3 { // with fewer nothing is usual
			out.skip("B13", fewBills)
			return
		}
		for i := range in.bill.Lines {
			l := &in.bill.Lines[i]
			if hasLine(in.bill.Lines[:i], l.Code) || countWith(earlier, l.Code) > 0 || occasional(l.Code) {
				continue
			}
			f := in.finding("B13", anomaly.Low, anomaly.ActionExplain, "new "+l.Code, anomaly.Msg("B13.new",
				anomaly.TermArg("code", l.Code), in.moneyArg("amount", l.Amount), anomaly.CountArg("bills", len(earlier))))
			f.Amount = anomaly.Known(l.Amount)
			f.Evidence = []anomaly.Source{l.Source}
			out.add(f)
		}
		last := earlier[0]
		for i := range last.Lines {
			l := &last.Lines[i]
			if hasLine(last.Lines[:i], l.Code) || hasLine(in.bill.Lines, l.Code) || countWith(earlier, l.Code) < len(earlier) || occasional(l.Code) {
				continue
			}
			f := in.finding("B13", anomaly.Low, anomaly.ActionExplain, "gone "+l.Code, anomaly.Msg("B13.gone",
				anomaly.TermArg("code", l.Code), in.moneyArg("amount", l.Amount), anomaly.CountArg("bills", len(earlier))))
			f.Amount = anomaly.Known(l.Amount.Neg())
			f.Evidence = []anomaly.Source{in.bill.Source, l.Source}
			out.add(f)
		}
	},
}

// occasional lines come and go with what happens between bills; other checks speak of them.
func occasional(code string) bool {
	switch code {
	case "late_fee", "previous_balance", "payment", "adjustment", "minimum", "overage", "outage_credit":
		return true
	}
	return false
}

func hasLine(lines []anomaly.Line, code string) bool {
	for i := range lines {
		if lines[i].Code == code {
			return true
		}
	}
	return false
}

func countWith(bills []*anomaly.Bill, code string) int {
	n := 0
	for _, b := range bills {
		if hasLine(b.Lines, code) {
			n++
		}
	}
	return n
}
