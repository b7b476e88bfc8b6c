package check

import "whybill/anomaly"

// D05: the bill stands in the files more than once.
var d05 = Check{
	ID: "D05", Severity: anomaly.Medium, Action: anomaly.ActionFixData,
	Run: func(in *Input, out *Result) {
		conflicts := in.History.Conflicts
		for i := range conflicts {
			c := &conflicts[i]
			if c.Kept != in.bill.Source && c.BillKey != in.bill.Key() {
				continue
			}
			severity, action, key := anomaly.Medium, anomaly.ActionFixData, "D05.conflict"
			if c.Identical {
				severity, action, key = anomaly.Info, anomaly.ActionNone, "D05.identical"
			}
			f := in.finding("D05", severity, action, detail(i), anomaly.Msg(key,
				anomaly.CountArg("kept", int(c.Kept.Row)), anomaly.CountArg("dropped", int(c.Dropped.Row))))
			f.Evidence = []anomaly.Source{c.Kept, c.Dropped}
			out.add(f)
		}
	},
}
