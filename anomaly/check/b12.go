package check

import (
	"strconv"

	"whybill/anomaly"
)

// B12: the same line twice on one bill.
var b12 = Check{
	ID: "B12", Severity: anomaly.High, Action: anomaly.ActionRebill,
	Run: func(in *Input, out *Result) {
		lines := in.bill.Lines
		if len(lines) == 0 {
			out.skip("B12", noLines)
			return
		}
		for i := 1; i < len(lines); i++ {
			for j := range i {
				a, b := &lines[j], &lines[i]
				if a.Code != b.Code || a.Amount.IsZero() || a.Amount.Cmp(b.Amount) != 0 || a.Period != b.Period ||
					a.Description != b.Description || !sameNumber(a.Quantity, b.Quantity) || !sameNumber(a.UnitPrice, b.UnitPrice) {
					continue
				}
				f := in.finding("B12", anomaly.High, anomaly.ActionRebill, strconv.Itoa(j)+"-"+strconv.Itoa(i), anomaly.Msg("B12.twice",
					anomaly.TermArg("code", a.Code), in.moneyArg("amount", a.Amount)))
				f.Amount = anomaly.Known(b.Amount)
				f.Evidence = []anomaly.Source{a.Source, b.Source}
				out.add(f)
				break
			}
		}
	},
}

func sameNumber(a, b anomaly.NullDecimal) bool {
	return a.Valid == b.Valid && (!a.Valid || a.Decimal.Cmp(b.Decimal) == 0)
}
