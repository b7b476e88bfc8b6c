package check

import "whybill/anomaly"

// B02: the lines do not add up to the total.
var b02 = Check{
	ID: "B02", Severity: anomaly.Critical, Action: anomaly.ActionRebill,
	Run: func(in *Input, out *Result) {
		b := in.bill
		if len(b.Lines) == 0 {
			out.skip("B02", noLines)
			return
		}
		if !b.Amount.Valid {
			out.skip("B02", noAmount)
			return
		}
		sum := anomaly.Decimal{}
		for i := range b.Lines {
			s, ok := anomaly.Add(sum, b.Lines[i].Amount)
			if !ok {
				return // amounts too large to be money: the importer's matter
			}
			sum = s
		}
		difference, ok := anomaly.Sub(b.Amount.Decimal, sum)
		if !ok || agrees(difference, b.Amount.Decimal.Scale()) {
			return
		}
		f := in.finding("B02", anomaly.Critical, anomaly.ActionRebill, "", anomaly.Msg("B02.sum",
			anomaly.MoneyArg("total", b.Amount.Decimal, b.Currency), anomaly.MoneyArg("sum", sum, b.Currency),
			anomaly.MoneyArg("difference", difference, b.Currency), anomaly.CountArg("lines", len(b.Lines))))
		f.Amount = anomaly.Known(difference)
		f.Evidence = append(f.Evidence, b.Source)
		for i := range b.Lines {
			f.Evidence = append(f.Evidence, b.Lines[i].Source)
		}
		out.add(f)
	},
}

// agrees reports whether lines that may carry more decimals than the total differ
// from it by no more than half of the total's unit.
func agrees(difference anomaly.Decimal, scale int) bool {
	twice, ok := anomaly.Add(difference.Abs(), difference.Abs())
	unit := anomaly.DecimalFromInt(1)
	for range scale {
		var err error
		if unit, err = unit.Quo(anomaly.DecimalFromInt(10)); err != nil {
			return false
		}
	}
	return ok && twice.Cmp(unit) <= 0
}
