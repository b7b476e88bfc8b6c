package check

import "whybill/anomaly"

// P01: what was charged beyond the quota is not what the usage comes to.
var p01 = Check{
	ID: "P01", Severity: anomaly.Critical, Action: anomaly.ActionRebill,
	Run: func(in *Input, out *Result) {
		if in.service() != anomaly.Broadband {
			return
		}
		if _, ok := in.plan(); !ok {
			out.skip("P01", noTariff)
			return
		}
		if len(in.bill.Lines) == 0 {
			out.skip("P01", noLines)
			return
		}
		if in.recomputed("P01", out) == nil {
			return
		}
		billed, _ := lineSum(in.bill, "overage")
		right := pricedSum(in.Rebill.Priced, "overage")
		off, ok := anomaly.Sub(billed, right)
		if !ok || in.tolerated(off, right) {
			return
		}
		f := in.finding("P01", anomaly.Critical, anomaly.ActionRebill, "", anomaly.Msg("P01.overage",
			in.moneyArg("billed", billed), in.moneyArg("right", right), in.exactArg("usage", in.bill.Usage)))
		f.Amount = anomaly.Known(off)
		f.Evidence = append(f.Evidence, in.bill.Source)
		for i := range in.bill.Lines {
			if in.bill.Lines[i].Code == "overage" {
				f.Evidence = append(f.Evidence, in.bill.Lines[i].Source)
			}
		}
		out.add(f)
	},
}
