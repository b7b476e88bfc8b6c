package check

import "whybill/anomaly"

// B17: usage that nothing is charged for, or a usage charge without usage.
var b17 = Check{
	ID: "B17", Severity: anomaly.High, Action: anomaly.ActionRebill,
	Run: func(in *Input, out *Result) {
		b := in.bill
		energy := b.UsageCharge()
		switch {
		case b.Usage.IsPos() && energy.Valid && energy.Decimal.IsZero() && in.service() != anomaly.Broadband,
			b.Usage.IsPos() && !energy.Valid && len(b.Lines) == 0 && b.Amount.Valid && b.Amount.Decimal.IsZero():
			f := in.finding("B17", anomaly.High, anomaly.ActionRebill, "", anomaly.Msg("B17.free", in.exactArg("usage", b.Usage)))
			f.Usage = anomaly.KnownUsage(-in.usage())
			f.Evidence = []anomaly.Source{b.Source}
			out.add(f)
		case b.Usage.IsZero() && energy.Valid && energy.Decimal.IsPos() && !in.minimumBilled(energy.Decimal):
			f := in.finding("B17", anomaly.High, anomaly.ActionRebill, "", anomaly.Msg("B17.nothing", in.moneyArg("charge", energy.Decimal)))
			f.Amount = energy
			f.Evidence = []anomaly.Source{b.Source}
			out.add(f)
		}
	},
}

// minimumBilled reports whether a usage charge without usage is the tariff's minimum.
func (in *Input) minimumBilled(charge anomaly.Decimal) bool {
	if in.Rebill == nil || in.Rebill.Priced == nil {
		return false
	}
	p := in.Rebill.Priced
	return charge.Cmp(p.Energy) == 0 || charge.Cmp(p.Amount) == 0
}
