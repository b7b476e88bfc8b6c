package pipeline

import (
	"errors"

	"whybill/anomaly"
)

// rebill re-prices a bill: its priced lines anew, the passed-through ones as billed.
// Where that cannot be done it says what is missing.
func rebill(pricer anomaly.Pricer, h *anomaly.History, bill int) anomaly.Rebill {
	b := &h.Bills[bill]
	if pricer == nil {
		return notRebilled(anomaly.Msg("rebill.no_pricer"))
	}
	if b.Usage.IsNeg() {
		return notRebilled(anomaly.Msg("rebill.negative_usage"))
	}
	req := anomaly.BillRequest(h, bill)
	if req.Tariff == "" {
		return notRebilled(anomaly.Msg("rebill.no_tariff"))
	}
	priced, err := pricer.Price(req)
	var missing *anomaly.NotPriced
	switch {
	case errors.As(err, &missing):
		return notRebilled(missing.Reason)
	case err != nil:
		return notRebilled(anomaly.Msg("rebill.failed", anomaly.TextArg("error", err.Error())))
	}
	r := anomaly.Rebill{Priced: priced}
	passed, ok := b.PassedThrough()
	if !ok {
		return notRebilled(anomaly.Msg("rebill.too_large"))
	}
	amount, ok := priced.Payable(passed)
	if !ok {
		return notRebilled(anomaly.Msg("rebill.too_large"))
	}
	r.Amount, r.Passed = anomaly.Known(amount), passed
	return r
}

func notRebilled(reason anomaly.Message) anomaly.Rebill { return anomaly.Rebill{NotChecked: reason} }
