package check

import (
	"slices"
	"strings"

	"whybill/anomaly"
)

// B09: the account's class is not the tariff's, or another tariff would cost less.
var b09 = Check{
	ID: "B09", Severity: anomaly.Medium, Action: anomaly.ActionExplain,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.PercentArg("ratio", cfg.Checks.SavingRatio, 0)}
	},
	Run: func(in *Input, out *Result) {
		info, list, ok := in.tariffInfo()
		if !ok {
			out.skip("B09", noTariff)
			return
		}
		class := in.History.Account.Class
		if class != "" && len(info.Classes) > 0 && !slices.ContainsFunc(info.Classes, func(c string) bool { return strings.EqualFold(c, class) }) {
			f := in.finding("B09", anomaly.Medium, anomaly.ActionExplain, "class", anomaly.Msg("B09.class",
				anomaly.TextArg("class", class), anomaly.TextArg("tariff", info.ID)))
			f.Evidence = []anomaly.Source{in.History.Account.Source}
			out.add(f)
		}
		if c := in.recomputed("B09", out); c != nil {
			in.addMistakes("B09", anomaly.Medium, anomaly.ActionRebill, c, out)
			in.cheaper(list.Alternatives(info.ID), out)
		}
	},
}

// cheaper names the cheapest of the tariffs that the customer could have, if the bill
// would have been lower by the configured share.
func (in *Input) cheaper(tariffs []string, out *Result) {
	own := in.Rebill.Priced.Amount
	best, bestID := own, ""
	for _, id := range tariffs {
		req := in.request()
		req.Tariff = id
		// A tariff that needs what the bill does not have (registers) is none to compare with.
		if p, err := in.Pricer.Price(req); err == nil && p.Amount.Cmp(best) < 0 {
			best, bestID = p.Amount, id
		}
	}
	if bestID == "" {
		return
	}
	saved, ok := anomaly.Sub(own, best)
	if !ok || anomaly.Float(saved) < in.Config.Checks.SavingRatio*anomaly.Float(own) {
		return
	}
	f := in.finding("B09", anomaly.Low, anomaly.ActionExplain, "cheaper", anomaly.Msg("B09.cheaper",
		anomaly.TextArg("tariff", bestID), in.moneyArg("amount", best), in.moneyArg("saved", saved)))
	f.Amount = anomaly.Known(saved)
	f.Evidence = []anomaly.Source{in.bill.Source}
	out.add(f)
}
