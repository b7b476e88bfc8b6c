package check

import "whybill/anomaly"

// B10: the same bill a second time, or an invoice number that was used before.
var b10 = Check{
	ID: "B10", Severity: anomaly.High, Action: anomaly.ActionHoldCollection, Source: "EnergyCAP",
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.CountArg("years", cfg.Checks.InvoiceYears)}
	},
	Run: func(in *Input, out *Result) {
		if in.bill.Cancelled {
			return
		}
		oldest := in.bill.Period.Start.AddMonths(-12 * in.Config.Checks.InvoiceYears)
		for i := range in.History.Bills[:in.Bill] {
			b := &in.History.Bills[i]
			if b.Cancelled || in.bill.Cancels != "" && b.ID == in.bill.Cancels {
				continue
			}
			switch {
			case in.sameCostAndDates(b):
				in.addDuplicate(out, b, anomaly.Msg("B10.same", anomaly.TextArg("other", b.Key()),
					in.moneyArg("amount", b.Amount.Decimal), anomaly.PeriodArg("period", b.Period)))
			case b.ID != "" && b.ID == in.bill.ID && b.Period != in.bill.Period && sameMeter(b.MeterID, in.bill.MeterID) && b.Period.Start >= oldest:
				in.addDuplicate(out, b, anomaly.Msg("B10.number", anomaly.TextArg("number", b.ID), anomaly.DateArg("start", b.Period.Start)))
			}
		}
	},
}

// sameCostAndDates tells a bill issued twice from two meters' bills and from the two
// halves of a period.
func (in *Input) sameCostAndDates(b *anomaly.Bill) bool {
	return b.Period == in.bill.Period && sameMeter(b.MeterID, in.bill.MeterID) && b.Amount.Valid && in.bill.Amount.Valid &&
		b.Amount.Decimal.Cmp(in.bill.Amount.Decimal) == 0 && !b.Amount.Decimal.IsZero() && b.ID != in.bill.ID
}

func (in *Input) addDuplicate(out *Result, b *anomaly.Bill, message anomaly.Message) {
	f := in.finding("B10", anomaly.High, anomaly.ActionHoldCollection, b.Key()+b.Period.Start.String(), message)
	if in.bill.Amount.Valid {
		f.Amount = in.bill.Amount
	}
	f.Evidence = []anomaly.Source{in.bill.Source, b.Source}
	out.add(f)
}
