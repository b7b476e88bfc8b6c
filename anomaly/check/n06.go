package check

import "whybill/anomaly"

// N06: the usage went up, and the meter moves with the main switch off: somebody else
// uses this supply.
var n06 = Check{
	ID: "N06", Severity: anomaly.Critical, Action: anomaly.ActionInspect,
	Run: func(in *Input, out *Result) {
		var draw, rise *anomaly.Finding
		for i := range out.Findings {
			switch f := &out.Findings[i]; f.Message.Key {
			case "M04.draw", "M04.draw.gas":
				draw = f
			case "U05.up", "U10.rise", "U10.rise.watts", "U01.high":
				rise = f
			}
		}
		if draw == nil || rise == nil {
			return
		}
		f := in.finding("N06", anomaly.Critical, anomaly.ActionInspect, "", anomaly.Msg("N06.tap",
			anomaly.TextArg("draw", draw.Ref), anomaly.TextArg("rise", rise.Ref)))
		f.Evidence = append(append([]anomaly.Source{}, draw.Evidence...), rise.Evidence...)
		f.Usage, f.Amount = draw.Usage, draw.Amount
		out.add(f)
	},
}
