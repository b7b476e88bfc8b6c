package check

import "whybill/anomaly"

// D06: rows that point at something that is not there.
var d06 = Check{
	ID: "D06", Severity: anomaly.Medium, Action: anomaly.ActionFixData,
	Run: func(in *Input, out *Result) {
		if id := in.History.Account.PreviousAccountID; id != "" && in.History.Previous == nil {
			f := in.finding("D06", anomaly.Medium, anomaly.ActionFixData, "previous", anomaly.Msg("D06.previous", anomaly.TextArg("account", id)))
			f.Evidence = []anomaly.Source{in.History.Account.Source}
			out.add(f)
		}
		if len(in.History.OrphanLines) == 0 || in.next >= 0 {
			return // said once, on the account's last bill
		}
		f := in.finding("D06", anomaly.Medium, anomaly.ActionFixData, "lines", anomaly.Msg("D06.lines",
			anomaly.CountArg("lines", len(in.History.OrphanLines)), anomaly.TextArg("bill", in.History.OrphanLines[0].BillID)))
		for i := range in.History.OrphanLines {
			f.Evidence = append(f.Evidence, in.History.OrphanLines[i].Source)
		}
		out.add(f)
	},
}
