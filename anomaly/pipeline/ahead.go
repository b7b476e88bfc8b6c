package pipeline

import (
	"math"
	"slices"

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
	asOf     anomaly.Date
	estimate *anomaly.Estimate

	ready  bool
	known  bool            // what is expected of the imagined bill
	h      anomaly.History // the account's, up to the imagined bill
	bills  []anomaly.Bill
	base   float64 // usage a day of the next bill, offset added, if nothing changes but the season
	offset float64
	// closing is the reading that the next bill starts from, where there is one.
	closing  anomaly.NullDecimal
	per      float64 // usage by what the register moves
	readings []anomaly.Reading

	expected anomaly.Estimate
	in       check.Input
	found    check.Result
}

// look sets the real bill; nothing is worked out before it is asked for.
func (n *ahead) look(h *anomaly.History, bill int, e *anomaly.Estimate, asOf anomaly.Date) *ahead {
	n.ready, n.known, n.bill, n.estimate, n.asOf = false, false, bill, e, asOf
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
	n.kernel.AsOf = n.asOf
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
	n.base = math.Max(anomaly.Float(now.Usage)/float64(days)+n.offset, 1e-3)
	if n.estimate.Known {
		n.bills[n.bill].Cancelled = true
		if e := n.kernel.Estimate(&n.h, n.bill+1); e.Known {
			n.base *= math.Exp(e.Mu - n.estimate.Mu)
		}
		n.bills[n.bill].Cancelled = now.Cancelled
	}
	n.readMeter(&now, next.Period.End)
}

// readMeter finds the closing reading and how the register goes on from it: the next
// bill comes with a reading where this one did, on the bill or in the table.
func (n *ahead) readMeter(now *anomaly.Bill, next anomaly.Date) {
	n.closing, n.per = now.To, 1
	if m := n.h.MeterAt(now.MeterID, now.Period.End); m != nil && m.Multiplier.Valid && m.Multiplier.Decimal.IsPos() {
		n.per = anomaly.Float(m.Multiplier.Decimal)
	} else if now.From.Valid && now.To.Valid {
		if moved := anomaly.Float(now.To.Decimal) - anomaly.Float(now.From.Decimal); moved > 0 && now.Usage.IsPos() {
			n.per = anomaly.Float(now.Usage) / moved
		}
	}
	if n.closing.Valid {
		return
	}
	for i := range n.h.Readings {
		r := &n.h.Readings[i]
		if r.On != now.Period.End || r.Register != "" || r.Quality.Guessed() {
			continue
		}
		n.closing = anomaly.Known(r.Value)
		n.readings = append(n.readings[:0], n.h.Readings...)
		at, _ := slices.BinarySearchFunc(n.readings, next, func(r anomaly.Reading, on anomaly.Date) int { return int(r.On) - int(on) })
		n.readings = slices.Insert(n.readings, at, anomaly.Reading{AccountID: r.AccountID, MeterID: r.MeterID, On: next})
		n.h.Readings = n.readings
		return
	}
}

// Next implements decide.Ahead.
func (n *ahead) Next(factor float64) decide.Foreseen {
	if !n.ready {
		n.prepare()
	}
	next := &n.bills[n.bill+1]
	usage := n.base * factor
	if usage > 0 {
		usage = math.Max(0, usage-n.offset)
	}
	usage *= float64(next.Period.Days())
	next.Usage, _ = anomaly.DecimalFromFloat(usage, 3)
	if n.closing.Valid {
		to, ok := anomaly.DecimalFromFloat(math.Max(0, anomaly.Float(n.closing.Decimal)+usage/n.per), 3)
		if n.bills[n.bill].To.Valid {
			next.From, next.To = n.closing, anomaly.NullDecimal{Decimal: to, Valid: ok}
		} else {
			for i := range n.readings {
				if r := &n.readings[i]; r.On == next.Period.End && r.Register == "" {
					r.Value = to
				}
			}
		}
	}
	bill, asOf := n.bill+1, next.Period.End
	if n.known {
		n.kernel.Again(&n.expected, &n.h, bill)
	} else {
		n.expected = n.kernel.Estimate(&n.h, bill)
		n.in = check.Input{History: &n.h, Bill: bill, Estimate: &n.expected, Neighbourhood: n.a.ctx.Neighbourhood, Config: n.a.cfg, AsOf: asOf}
		n.known = true
	}
	n.found.Reset()
	check.RunUsage(&n.in, &n.found)
	causes := diagnose.Diagnose(&diagnose.Input{
		History: &n.h, Bill: bill, Estimate: &n.expected,
		Findings: n.found.Findings, NotChecked: n.found.NotChecked, Neighbourhood: n.a.ctx.Neighbourhood, Config: n.a.cfg, AsOf: asOf, Model: n.a.causes,
	})
	action := decide.Act(&decide.Input{
		History: &n.h, Bill: bill, Estimate: &n.expected, Findings: n.found.Findings, Causes: causes, UnitPrice: n.a.price, Config: n.a.cfg, AsOf: asOf, Model: n.a.actions,
	})
	return decide.Foreseen{Usage: usage, Action: action, Causes: causes}
}
