package check

import "whybill/anomaly"

// M08: a test of the meter found an error beyond what is allowed. The test's three
// errors, at full (F), normal (N) and low load (L), in percent, stand in the note of an
// evidence or answer event: test_full=3.1 test_normal=2.8 test_low=2.5.
var m08 = Check{
	ID: "M08", Severity: anomaly.Critical, Action: anomaly.ActionRebill,
	Source: "電業用戶電度表檢驗規則 §11, §13 (repealed; assumed): mean (F + 3N + L)/5, a year pro rata",
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.PercentArg("limit", cfg.Checks.MeterError, 0)}
	},
	Run: func(in *Input, out *Result) {
		for i := range in.History.Events {
			e := &in.History.Events[i]
			full, ok1 := number(e, "test_full")
			normal, ok2 := number(e, "test_normal")
			low, ok3 := number(e, "test_low")
			if !ok1 || !ok2 || !ok3 || !in.concerns(e) {
				continue
			}
			mean := (full + 3*normal + low) / 5 / 100
			if abs(mean) <= in.Config.Checks.MeterError {
				continue
			}
			key := "M08.fast"
			if mean < 0 {
				key = "M08.slow"
			}
			year := in.lastYear()
			over := year - year/(1+mean)
			f := in.finding("M08", anomaly.Critical, anomaly.ActionRebill, e.At.String(), anomaly.Msg(key,
				anomaly.PercentArg("error", abs(mean), 1), in.usageArg("year", year), in.usageArg("over", abs(over))))
			f.Evidence = evidence(e.Source, in.bill.Source)
			in.size(&f, over)
			out.add(f)
		}
	},
}

// lastYear is what the bills of the year up to this one's end come to.
func (in *Input) lastYear() float64 {
	year := anomaly.Period{Start: in.bill.Period.End.AddMonths(-12), End: in.bill.Period.End}
	sum := 0.0
	for i := 0; i <= in.Bill; i++ {
		b := &in.History.Bills[i]
		if !b.Cancelled && sameMeter(b.MeterID, in.bill.MeterID) {
			sum += b.ADU() * float64(b.Period.Overlap(year))
		}
	}
	return sum
}
