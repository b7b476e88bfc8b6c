package check

import "whybill/anomaly"

// B20: a bill that replaces or reverses another does not do so exactly.
var b20 = Check{
	ID: "B20", Severity: anomaly.High, Action: anomaly.ActionRebill,
	Run: func(in *Input, out *Result) {
		b := in.bill
		if id := b.Cancels; id != "" && in.History.BillIndex(id) < 0 {
			f := in.finding("B20", anomaly.High, anomaly.ActionRebill, "missing", anomaly.Msg("B20.missing", anomaly.TextArg("other", id)))
			f.Evidence = []anomaly.Source{b.Source}
			out.add(f)
		}
		// A reversal that cancels something exactly is marked; one that is not is left over.
		for i := range in.History.Bills {
			r := &in.History.Bills[i]
			if r.Cancelled || r == b || !r.Usage.IsNeg() || !r.Amount.Valid || !r.Amount.Decimal.IsNeg() || r.Period != b.Period || b.Cancelled {
				continue
			}
			usage, ok1 := anomaly.Add(b.Usage, r.Usage)
			amount := anomaly.NullDecimal{}
			if b.Amount.Valid {
				sum, ok := anomaly.Add(b.Amount.Decimal, r.Amount.Decimal)
				amount = anomaly.NullDecimal{Decimal: sum, Valid: ok}
			}
			if !ok1 || !amount.Valid {
				continue
			}
			f := in.finding("B20", anomaly.High, anomaly.ActionRebill, r.Key(), anomaly.Msg("B20.rest", anomaly.TextArg("reversal", r.Key()),
				in.exactArg("usage", usage), in.moneyArg("amount", amount.Decimal)))
			f.Usage = anomaly.KnownUsage(anomaly.Float(usage))
			f.Amount = amount
			f.Evidence = []anomaly.Source{r.Source, b.Source}
			out.add(f)
		}
	},
}
