package check

import (
	"errors"

	"whybill/anomaly"
)

// Worth is what a part of a bill's usage comes to in money.
type Worth struct {
	Amount   anomaly.Decimal
	Currency string
	Basis    string // one of the WorthBy constants
}

// Where a Worth comes from.
const (
	WorthByTariff  = "tariff"     // the bill priced with and without the usage
	WorthByAverage = "average"    // the bill's amount over its usage
	WorthByPrice   = "unit_price" // the configured price
)

// Worth prices the last usage units of the bill: what the bill would be lower (for
// a negative usage, higher) without them. By the tariff where it can be priced, by the
// bill's average otherwise, by the configured price at last; ok is false where there is none.
func (in *Input) Worth(usage float64) (w Worth, ok bool) {
	if in.bill == nil && !in.prepare() {
		return Worth{}, false
	}
	part, ok := anomaly.DecimalFromFloat(usage, 3)
	if !ok {
		return Worth{}, false
	}
	b := in.bill
	if amount, currency, ok := in.tariffWorth(part); ok {
		return Worth{amount, currency, WorthByTariff}, true
	}
	if b.Amount.Valid && b.Amount.Decimal.IsPos() && b.Usage.IsPos() {
		if price, err := b.Amount.Decimal.Quo(b.Usage); err == nil {
			if amount, err := price.Mul(part); err == nil {
				return Worth{amount.Round(max(1, b.Amount.Decimal.Scale())), b.Currency, WorthByAverage}, true
			}
		}
	}
	if p := in.Config.Stakes.PriceOf(in.service()); p.Valid {
		if amount, err := p.Decimal.Mul(part); err == nil {
			return Worth{amount.Round(2), b.Currency, WorthByPrice}, true
		}
	}
	return Worth{}, false
}

func (in *Input) tariffWorth(part anomaly.Decimal) (amount anomaly.Decimal, currency string, ok bool) {
	if in.Pricer == nil {
		return amount, "", false
	}
	rest, ok := anomaly.Sub(in.bill.Usage, part)
	if !ok || rest.IsNeg() {
		return amount, "", false
	}
	whole, err := in.price(in.bill.Usage)
	if err != nil {
		return amount, "", false
	}
	without, err := in.price(rest)
	if err != nil {
		return amount, "", false
	}
	amount, ok = anomaly.Sub(whole.Subtotal, without.Subtotal)
	return amount.Trim(0), whole.Currency, ok
}

var errNoTariff = errors.New("no tariff")

// price prices a usage over the bill's period by the bill's tariff.
func (in *Input) price(usage anomaly.Decimal) (*anomaly.Priced, error) {
	if in.Rebill != nil && in.Rebill.Priced != nil && usage.Cmp(in.bill.Usage) == 0 {
		return in.Rebill.Priced, nil
	}
	tariff := in.bill.Tariff
	if tariff == "" {
		tariff = in.History.Account.Tariff
	}
	if tariff == "" || in.Pricer == nil {
		return nil, errNoTariff
	}
	return in.Pricer.Price(&anomaly.PriceRequest{
		Tariff: tariff, Account: &in.History.Account, Period: in.bill.Period, Usage: usage, Unit: in.unit(),
	})
}

// size gives a finding its size in usage and money.
func (in *Input) size(f *anomaly.Finding, usage float64) {
	f.Usage = anomaly.KnownUsage(usage)
	if w, ok := in.Worth(usage); ok {
		f.Amount = anomaly.Known(w.Amount)
	}
}
