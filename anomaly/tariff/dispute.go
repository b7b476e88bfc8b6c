package tariff

import (
	"whybill/anomaly"
)

// Cost is what something comes to: the energy charge, and what is payable.
type Cost struct{ Energy, Amount anomaly.Decimal }

// InDispute is the money that a range of usage stands for.
type InDispute struct {
	Currency string
	Low      Cost // at the smaller usage
	High     Cost // at the larger usage
}

// Dispute returns what a bill would have cost less if between low and high of its
// usage were not the customer's. It comes off the top, so it is priced in the
// highest tiers. low and high must lie between zero and the request's usage.
func (b *Book) Dispute(req *anomaly.PriceRequest, low, high anomaly.Decimal) (*InDispute, error) {
	all, err := b.Price(req)
	if err != nil {
		return nil, err
	}
	d := &InDispute{Currency: all.Currency}
	for _, part := range []struct {
		usage anomaly.Decimal
		to    *Cost
	}{{low, &d.Low}, {high, &d.High}} {
		less := *req
		var ok bool
		if less.Usage, ok = anomaly.Sub(req.Usage, part.usage); !ok || part.usage.IsNeg() {
			return nil, notPriced("tariff.too_large")
		}
		without, err := b.Price(&less)
		if err != nil {
			return nil, err
		}
		part.to.Energy, _ = anomaly.Sub(all.Energy, without.Energy)
		part.to.Amount, _ = anomaly.Sub(all.Amount, without.Amount)
	}
	return d, nil
}

// Respreading compares bills of which some were estimated with the same usage spread
// over their days.
type Respreading struct {
	Currency   string
	Bills      []RespreadBill
	Billed     Cost // the sum of the bills as they were
	Spread     Cost // the sum of the bills when the usage is spread
	Difference anomaly.Decimal
}

// RespreadBill is one bill before and after.
type RespreadBill struct {
	Period         anomaly.Period
	Usage          anomaly.Decimal // its share of the whole usage, by days
	Billed, Spread *anomaly.Priced
}

// Respread spreads the usage of consecutive bills, of which all but the last were
// estimated and the last was caught up, over their days, and prices both. With every
// unit of usage right the sums differ where the tiers do.
func (b *Book) Respread(bills []*anomaly.PriceRequest) (*Respreading, error) {
	r := &Respreading{}
	var total anomaly.Decimal
	periods := make([]anomaly.Period, len(bills))
	scale := 0
	for i, req := range bills {
		var ok bool
		if total, ok = anomaly.Add(total, req.Usage); !ok {
			return nil, notPriced("tariff.too_large")
		}
		periods[i] = req.Period
		scale = max(scale, req.Usage.Scale())
	}
	shares, ok := anomaly.SpreadByDays(total, periods, scale)
	if !ok {
		return nil, notPriced("tariff.bad_period")
	}
	for i, req := range bills {
		billed, err := b.Price(req)
		if err != nil {
			return nil, err
		}
		again := *req
		again.Usage = shares[i]
		spread, err := b.Price(&again)
		if err != nil {
			return nil, err
		}
		r.Currency = billed.Currency
		r.Bills = append(r.Bills, RespreadBill{Period: req.Period, Usage: shares[i], Billed: billed, Spread: spread})
		r.Billed.add(billed)
		r.Spread.add(spread)
	}
	r.Difference, _ = anomaly.Sub(r.Billed.Amount, r.Spread.Amount)
	return r, nil
}

func (c *Cost) add(p *anomaly.Priced) {
	c.Energy, _ = anomaly.Add(c.Energy, p.Energy)
	c.Amount, _ = anomaly.Add(c.Amount, p.Amount)
}
