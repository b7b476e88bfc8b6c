package check

import "whybill/anomaly"

// B01: the bill is not what its usage costs under its tariff.
var b01 = Check{
	ID: "B01", Severity: anomaly.Critical, Action: anomaly.ActionRebill,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.PercentArg("ratio", cfg.Checks.RecomputeRatio, 1)}
	},
	Run: func(in *Input, out *Result) {
		c := in.recomputed("B01", out)
		if c == nil {
			return
		}
		p := in.Rebill.Priced
		if !in.tolerated(c.off, in.Rebill.Amount.Decimal) {
			f := in.finding("B01", anomaly.Critical, anomaly.ActionRebill, "", anomaly.Msg("B01.total",
				in.moneyArg("billed", in.bill.Amount.Decimal), in.moneyArg("right", in.Rebill.Amount.Decimal),
				in.moneyArg("difference", c.off.Abs()), anomaly.TextArg("tariff", p.Tariff), anomaly.VersionArg("version", p.Version)))
			f.Amount = anomaly.Known(c.off)
			f.Evidence = append(f.Evidence, in.bill.Source)
			out.add(f)
			in.addMistakes("B01", anomaly.Critical, anomaly.ActionRebill, c, out)
			return
		}
		// The total can be right by accident: two lines that are off by the same.
		energy := in.bill.UsageCharge()
		if !energy.Valid {
			return
		}
		off, ok := anomaly.Sub(energy.Decimal, p.Energy)
		if !ok || in.tolerated(off, p.Energy) {
			return
		}
		f := in.finding("B01", anomaly.High, anomaly.ActionRebill, "energy", anomaly.Msg("B01.energy",
			in.moneyArg("billed", energy.Decimal), in.moneyArg("right", p.Energy), in.moneyArg("difference", off.Abs()),
			anomaly.TextArg("tariff", p.Tariff), anomaly.VersionArg("version", p.Version)))
		f.Amount = anomaly.Known(off)
		for i := range in.bill.Lines {
			if anomaly.UsageCode(in.bill.Lines[i].Code) {
				f.Evidence = append(f.Evidence, in.bill.Lines[i].Source)
			}
		}
		out.add(f)
	},
}

// tolerated reports whether a difference is within the rounding unit, or within the
// configured share of the amount where that is more.
func (in *Input) tolerated(off, amount anomaly.Decimal) bool {
	d := off.Abs()
	if d.Cmp(in.Rebill.Priced.Tolerance) <= 0 {
		return true
	}
	return anomaly.Float(d) <= in.Config.Checks.RecomputeRatio*abs(anomaly.Float(amount))
}
