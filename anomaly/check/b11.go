package check

import "whybill/anomaly"

// B11: more than one bill for the same days of the same meter.
var b11 = Check{
	ID: "B11", Severity: anomaly.Medium, Action: anomaly.ActionExplain,
	Run: func(in *Input, out *Result) {
		if in.bill.Cancelled || in.bill.Usage.IsNeg() {
			return
		}
		var others []anomaly.Source
		first := -1
		for i := range in.History.Bills {
			b := &in.History.Bills[i]
			if i == in.Bill || b.Cancelled || b.Usage.IsNeg() || b.MeterID != in.bill.MeterID || !b.Period.Valid() {
				continue
			}
			// One lies within the other; bills that merely overlap are D09's.
			if overlap := in.bill.Period.Overlap(b.Period); overlap < min(b.Period.Days(), in.bill.Period.Days()) || in.sameCostAndDates(b) {
				continue
			}
			if first < 0 {
				first = i
			}
			others = append(others, b.Source)
		}
		if first < 0 {
			return
		}
		f := in.finding("B11", anomaly.Medium, anomaly.ActionExplain, "", anomaly.Msg("B11.several",
			anomaly.CountArg("bills", len(others)+1), anomaly.TextArg("other", in.History.Bills[first].Key()),
			anomaly.PeriodArg("period", in.bill.Period)))
		f.Evidence = append([]anomaly.Source{in.bill.Source}, others...)
		out.add(f)
	},
}
