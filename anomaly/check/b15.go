package check

import "whybill/anomaly"

// B15: a unit costs much more (or less) than on a comparable bill, and nothing about
// the tariff explains it.
var b15 = Check{
	ID: "B15", Severity: anomaly.Medium, Action: anomaly.ActionRebill,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.PercentArg("ratio", cfg.Checks.UnitCostJump, 0)}
	},
	Run: func(in *Input, out *Result) {
		b := in.bill
		if !b.Amount.Valid {
			out.skip("B15", noAmount)
			return
		}
		if !b.Usage.IsPos() || !b.Amount.Decimal.IsPos() || in.Rebill != nil && in.Rebill.Priced != nil {
			return // recomputed: B01 says whether the price is right
		}
		other := in.likeBill()
		if other == nil {
			out.skip("B15", noReference)
			return
		}
		now, then := anomaly.Float(b.Amount.Decimal)/in.usage(), anomaly.Float(other.Amount.Decimal)/anomaly.Float(other.Usage)
		ratio := now/then - 1
		if abs(ratio) <= in.Config.Checks.UnitCostJump {
			return
		}
		f := in.finding("B15", anomaly.Medium, anomaly.ActionRebill, "", anomaly.Msg("B15.jump",
			in.unitPrice("now", now), in.unitPrice("then", then), anomaly.PercentArg("ratio", ratio, 0), anomaly.TextArg("other", other.Key())))
		if d, ok := anomaly.DecimalFromFloat((now-then)*in.usage(), 0); ok {
			f.Amount = anomaly.Known(d)
		}
		f.Evidence = []anomaly.Source{b.Source, other.Source}
		out.add(f)
	},
}

func (in *Input) unitPrice(name string, price float64) anomaly.Arg {
	d, _ := anomaly.DecimalFromFloat(price, 2)
	return in.moneyArg(name, d)
}

// likeBill returns the bill of about a year before with about the same usage: tiers
// and season are then alike, and the price alone can differ.
func (in *Input) likeBill() *anomaly.Bill {
	for i := in.Bill - 1; i >= 0; i-- {
		b := &in.History.Bills[i]
		age := in.bill.Period.Start.Sub(b.Period.Start)
		if age > 410 {
			return nil
		}
		if age < 320 || b.Cancelled || b.Quality.Guessed() || !b.Amount.Valid || !b.Amount.Decimal.IsPos() || !b.Usage.IsPos() || b.Currency != in.bill.Currency {
			continue
		}
		if r := in.usage() / anomaly.Float(b.Usage); r > 0.85 && r < 1.15 {
			return b
		}
	}
	return nil
}
