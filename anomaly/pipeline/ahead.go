package pipeline

import (
	"math"

	"whybill/anomaly"
	"whybill/anomaly/check"
	"whybill/anomaly/decide"
	"whybill/anomaly/diagnose"
	"whybill/anomaly/estimate"
)

// ahead imagines the next bill of an account and takes the decision on it as it would
// be taken if it came: the same estimate, checks, causes and actions. It has a kernel
// of its own, since the one that estimated the real bill is still in use.
type ahead struct {
	a        *Assessor
	kernel   *estimate.Kernel
	bill     int // the real one
	estimate *anomaly.Estimate

	ready  bool
	h      anomaly.History // the account's, up to the imagined bill
	bills  []anomaly.Bill
	base   float64 // log usage a day that the next bill shows if nothing changes but the season
	offset float64
	per    float64 // usage by what the register moved; 0: it was not read

	expected anomaly.Estimate
	in       check.Input
	found    check.Result
}

// look sets the real bill; nothing is worked out before it is asked for.
func (n *ahead) look(h *anomaly.History, bill int, e *anomaly.Estimate) *ahead {
	n.ready, n.bill, n.estimate = false, bill, e
	n.h = *h
	return n
}

// prepare works out what the season makes of the next bill: the difference between what
// is expected of the two, if this one is not learnt from.
func (n *ahead) prepare() {
	n.ready = true
	if n.kernel == nil {
		n.kernel = estimate.NewKernel(n.a.ctx, n.a.cfg)
	}
	n.bills = append(n.bills[:0], n.h.Bills[:n.bill+1]...)
	now := n.bills[n.bill]
	days := max(1, now.Period.Days())
	next := anomaly.Bill{
		AccountID: now.AccountID, Unit: now.Unit, Currency: now.Currency, MeterID: now.MeterID, Tariff: now.Tariff, Usage: now.Usage,
		Period: anomaly.Period{Start: now.Period.End, End: now.Period.End.AddDays(days)},
	}
	n.bills = append(n.bills, next)
	n.h.Bills = n.bills
	n.offset = n.estimate.Offset
	n.base = math.Log(math.Max(anomaly.Float(now.Usage)/float64(days)+n.offset, 1e-3))
	if n.estimate.Known {
		n.bills[n.bill].Cancelled = true
		if e := n.kernel.Estimate(&n.h, n.bill+1); e.Known {
			n.base += e.Mu - n.estimate.Mu
		}
		n.bills[n.bill].Cancelled = now.Cancelled
	}
	n.per = 0
	if now.From.Valid && now.To.Valid {
		if moved := anomaly.Float(now.To.Decimal) - anomaly.Float(now.From.Decimal); moved > 0 {
			n.per = anomaly.Float(now.Usage) / moved
		}
	}
}

// Next implements decide.Ahead.
func (n *ahead) Next(change float64) decide.Foreseen {
	if !n.ready {
		n.prepare()
	}
	next := &n.bills[n.bill+1]
	usage := math.Max(0, (math.Exp(n.base+change)-n.offset)*float64(next.Period.Days()))
	next.Usage, _ = anomaly.DecimalFromFloat(usage, 3)
	if n.per > 0 {
		next.From = n.bills[n.bill].To
		to, ok := anomaly.DecimalFromFloat(anomaly.Float(next.From.Decimal)+usage/n.per, 3)
		next.To = anomaly.NullDecimal{Decimal: to, Valid: ok}
	}
	bill, asOf := n.bill+1, next.Period.End
	n.expected = n.kernel.Estimate(&n.h, bill)
	n.in = check.Input{History: &n.h, Bill: bill, Estimate: &n.expected, Neighbourhood: n.a.ctx.Neighbourhood, Config: n.a.cfg, AsOf: asOf}
	n.found.Reset()
	check.RunUsage(&n.in, &n.found)
	causes := diagnose.Diagnose(&diagnose.Input{
		History: &n.h, Bill: bill, Estimate: &n.expected,
		Findings: n.found.Findings, NotChecked: n.found.NotChecked, Neighbourhood: n.a.ctx.Neighbourhood, Config: n.a.cfg, AsOf: asOf, Model: n.a.causes,
	})
	action := decide.Act(&decide.Input{
		History: &n.h, Bill: bill, Estimate: &n.expected, Findings: n.found.Findings, Causes: causes, UnitPrice: n.a.price, Config: n.a.cfg, AsOf: asOf,
	})
	return decide.Foreseen{Usage: usage, Action: action, Causes: causes}
}
