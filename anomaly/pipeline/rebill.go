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
	req := PriceRequest(h, bill)
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
	passed, ok := passedThrough(b)
	if !ok {
		return notRebilled(anomaly.Msg("rebill.too_large"))
	}
	amount, ok := priced.Payable(passed)
	if !ok {
		return notRebilled(anomaly.Msg("rebill.too_large"))
	}
	r.Amount = anomaly.Known(amount)
	return r
}

func notRebilled(reason anomaly.Message) anomaly.Rebill { return anomaly.Rebill{NotChecked: reason} }

// PriceRequest asks what a bill should cost under the tariff that it, or else its
// account, names.
func PriceRequest(h *anomaly.History, bill int) *anomaly.PriceRequest {
	b := &h.Bills[bill]
	req := &anomaly.PriceRequest{
		Tariff: b.Tariff, Account: &h.Account, Period: b.Period, Usage: b.Usage, Unit: b.Unit,
		YearToDate: yearToDate(h, bill),
	}
	if req.Tariff == "" {
		req.Tariff = h.Account.Tariff
	}
	in := h.Account.MovedIn
	req.FirstPeriod = !in.IsZero() && b.Period.Start <= in.AddDays(3) && in < b.Period.End
	return req
}

// passedThrough sums the lines that no tariff prices.
func passedThrough(b *anomaly.Bill) (sum anomaly.Decimal, ok bool) {
	ok = true
	for i := range b.Lines {
		switch b.Lines[i].Code {
		case "energy", "basic", "minimum", "tax", "water", "plan_fee", "overage":
		default:
			if sum, ok = anomaly.Add(sum, b.Lines[i].Amount); !ok {
				return sum, false
			}
		}
	}
	return sum, true
}

// yearToDate is what was used in the calendar year before the bill, where its bills
// cover all of that time, the first of them starting on New Year's Day; not known otherwise.
func yearToDate(h *anomaly.History, bill int) anomaly.NullDecimal {
	until := h.Bills[bill].Period.Start
	newYear, _ := anomaly.NewDate(until.Year(), 1, 1)
	var sum anomaly.Decimal
	covered := newYear
	for i := range h.Bills {
		b := &h.Bills[i]
		if i == bill || b.Cancelled || b.Period.Start < newYear || b.Period.End > until {
			continue
		}
		if b.Period.Start != covered {
			return anomaly.NullDecimal{}
		}
		var ok bool
		if sum, ok = anomaly.Add(sum, b.Usage); !ok {
			return anomaly.NullDecimal{}
		}
		covered = b.Period.End
	}
	if covered != until {
		return anomaly.NullDecimal{}
	}
	return anomaly.Known(sum)
}
