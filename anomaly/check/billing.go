package check

import (
	"errors"

	"whybill/anomaly"
)

// billing is what the checks on prices share: how far the bill is from what it should
// have cost, and which usual mistakes reproduce it. It is worked out when a check first
// asks, and only where the bill is off.
type billing struct {
	read     bool
	known    bool            // the bill was recomputed and has an amount
	off      anomaly.Decimal // billed less recomputed
	mistakes []anomaly.Mistake
}

// recomputed compares the bill with the recomputed one. Where it cannot, the check
// that asks is told why.
func (in *Input) recomputed(id string, out *Result) *billing {
	c := in.compared()
	if c.known {
		return c
	}
	switch {
	case in.Rebill == nil || in.Rebill.Priced == nil && in.Rebill.NotChecked.Key == "":
		out.skip(id, noTariff)
	case in.Rebill.Priced == nil:
		out.NotChecked = append(out.NotChecked, anomaly.NotChecked{Check: id, Reason: in.Rebill.NotChecked})
	default:
		out.skip(id, noAmount)
	}
	return nil
}

// compared compares the bill with the recomputed one, once.
func (in *Input) compared() *billing {
	if c := &in.billing; !c.read {
		c.read = true
		in.compare(c)
	}
	return &in.billing
}

func (in *Input) compare(c *billing) {
	if in.Rebill == nil || in.Rebill.Priced == nil || !in.Rebill.Amount.Valid || !in.bill.Amount.Valid {
		return
	}
	var ok bool
	if c.off, ok = anomaly.Sub(in.bill.Amount.Decimal, in.Rebill.Amount.Decimal); !ok {
		return
	}
	c.known = true
	energy := in.bill.UsageCharge()
	energyRight := !energy.Valid || energy.Decimal.Cmp(in.Rebill.Priced.Energy) == 0
	if c.off.IsZero() && energyRight {
		return
	}
	finder, ok := in.Pricer.(anomaly.MistakeFinder)
	if !ok {
		return
	}
	passed, ok := in.bill.PassedThrough()
	if !ok {
		return
	}
	// A mistake is looked for as the bill shows it: its usage charge too, where it has one.
	c.mistakes, _ = finder.ExplainDifference(in.request(), &anomaly.Billed{Energy: energy, Amount: in.bill.Amount, Passed: passed})
}

// request asks what the bill should cost.
func (in *Input) request() *anomaly.PriceRequest {
	req := anomaly.BillRequest(in.History, in.Bill)
	if req.Unit == "" {
		req.Unit = in.History.Account.Unit
	}
	return req
}

// currency is the bill's, or else that of its tariff.
func (in *Input) currency() string {
	if in.bill.Currency == "" && in.Rebill != nil && in.Rebill.Priced != nil {
		return in.Rebill.Priced.Currency
	}
	return in.bill.Currency
}

func (in *Input) moneyArg(name string, amount anomaly.Decimal) anomaly.Arg {
	return anomaly.MoneyArg(name, amount, in.currency())
}

// mistake is a check that fires where one of its mistakes reproduces the bill.
func mistake(id string, severity anomaly.Severity, action anomaly.Action) Check {
	return Check{
		ID: id, Severity: severity, Action: action,
		Run: func(in *Input, out *Result) {
			c := in.recomputed(id, out)
			if c == nil {
				return
			}
			in.addMistakes(id, severity, action, c, out)
		},
	}
}

// addMistakes adds a finding for each mistake of a check.
func (in *Input) addMistakes(id string, severity anomaly.Severity, action anomaly.Action, c *billing, out *Result) {
	for i := range c.mistakes {
		m := &c.mistakes[i]
		if m.Check != id {
			continue
		}
		f := in.finding(id, severity, action, m.ID+firstText(m.Message), m.Message)
		f.Amount = anomaly.Known(c.off)
		f.Evidence = append(f.Evidence, in.bill.Source)
		out.add(f)
	}
}

// firstText tells two findings of one mistake apart: the version or season they name.
func firstText(m anomaly.Message) string {
	for i := range m.Args {
		if m.Args[i].Text != "" {
			return m.Args[i].Text
		}
	}
	return ""
}

// tariffInfo returns what is known of the bill's tariff, and of tariffs at large.
func (in *Input) tariffInfo() (info anomaly.TariffInfo, list anomaly.TariffCatalogue, ok bool) {
	list, ok = in.Pricer.(anomaly.TariffCatalogue)
	if !ok {
		return info, nil, false
	}
	info, ok = list.Tariff(in.request().Tariff)
	return info, list, ok
}

// notPriced passes on why something could not be priced.
func (out *Result) notPriced(id string, err error) {
	var not *anomaly.NotPriced
	if errors.As(err, &not) {
		out.NotChecked = append(out.NotChecked, anomaly.NotChecked{Check: id, Reason: not.Reason})
		return
	}
	out.skip(id, noTariff)
}
