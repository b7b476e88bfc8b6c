package check

import "whybill/anomaly"

// U15: where the difference from the reference comes from.
var u15 = Check{
	ID: "U15", Severity: anomaly.Info, Action: anomaly.ActionExplain, Source: "Ang 2005, logarithmic mean Divisia index I",
	Params: practicalParams,
	Run: func(in *Input, out *Result) {
		if len(in.Explained) < 2 {
			out.skip("U15", noReference)
			return
		}
		reference := anomaly.Float(in.Explained[0].Usage)
		difference := in.usage() - reference
		if !in.practical(difference, reference) {
			return
		}
		top := in.largestPart()
		key := "U15.rise"
		if difference < 0 {
			key = "U15.fall"
		}
		f := in.finding("U15", anomaly.Info, anomaly.ActionExplain, "", anomaly.Msg(key,
			in.usageArg("reference", reference), in.exactArg("usage", in.bill.Usage), in.usageArg("difference", abs(difference)),
			anomaly.TermArg("part", top.What), in.usageArg("by", anomaly.Float(top.Usage))))
		f.Evidence = in.withReference()
		f.Usage = anomaly.KnownUsage(difference)
		out.add(f)
	},
}

// largestPart is the row of the explanation, the reference aside, that moved the usage most.
func (in *Input) largestPart() *anomaly.ExplainedRow {
	top := &in.Explained[1]
	for i := 2; i < len(in.Explained); i++ {
		if r := &in.Explained[i]; r.Usage.Abs().Cmp(top.Usage.Abs()) > 0 {
			top = r
		}
	}
	return top
}
