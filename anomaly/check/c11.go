package check

import (
	"strconv"
	"strings"

	"whybill/anomaly"
)

// C11: what a dispute is worth beside what it costs to win it.
var c11 = Check{
	ID: "C11", Severity: anomaly.Low, Action: anomaly.ActionGoodwill,
	Source: "break-even of granting against refusing: amount = handling cost + p * value at risk",
	Run: func(in *Input, out *Result) {
		for complaint := range in.each(anomaly.EventComplaint) {
			if !complaint.Amount.Valid || !complaint.Amount.Decimal.IsPos() || in.History.SettledBy(complaint, in.AsOf) != nil {
				continue
			}
			if in.Rules == nil {
				out.skip("C11", noRules)
				return
			}
			g, ok := in.goodwill(complaint)
			if !ok {
				out.skip("C11", "not_checked.no_handling_cost")
				continue
			}
			f := in.finding("C11", anomaly.Low, anomaly.ActionGoodwill, complaint.At.String()+complaint.Ref, g.message(in.eventCurrency(complaint)))
			f.Amount = complaint.Amount
			f.Evidence = []anomaly.Source{complaint.Source}
			out.add(f)
			if prior, ok := number(complaint, "prior"); ok && prior > 0 {
				f := in.finding("C11", anomaly.Low, anomaly.ActionGoodwill, "prior"+complaint.At.String(), anomaly.Msg("C11.prior", anomaly.CountArg("count", int(prior))))
				f.Evidence = []anomaly.Source{complaint.Source}
				out.add(f)
			}
		}
	},
}

// Goodwill sets what is in dispute beside what refusing costs. Refusing costs the
// handling and, with the probability that the customer leaves, what the relation earns.
type Goodwill struct {
	Disputed  anomaly.Decimal
	Handling  anomaly.Decimal
	AtRisk    float64    // what the relation earns: margin times open orders; 0 where not known
	Leave     [2]float64 // probability that a customer who is refused leaves, low and high
	BreakEven float64    // the probability of leaving from which on granting is cheaper
}

// goodwill reads what is at stake from a complaint; ok is false where nothing says what
// handling costs in its currency.
func (in *Input) goodwill(complaint *anomaly.Event) (g Goodwill, ok bool) {
	g = Goodwill{Disputed: complaint.Amount.Decimal, Leave: in.Rules.Leave}
	if g.Handling, ok = amountField(complaint, "handling"); !ok {
		if g.Handling, ok = in.Rules.HandlingCost[in.eventCurrency(complaint)]; !ok {
			return g, false
		}
	}
	margin := in.Rules.Margin
	if m, ok := number(complaint, "margin"); ok && m > 0 && m <= 1 {
		margin = m
	}
	if order, ok := number(complaint, "order"); ok && order > 0 {
		g.AtRisk = margin * order
	}
	if text, ok := complaint.Field("leave"); ok {
		low, high, _ := strings.Cut(text, "-")
		l, err1 := strconv.ParseFloat(low, 64)
		h, err2 := strconv.ParseFloat(high, 64)
		if err1 == nil && err2 == nil && 0 <= l && l <= h && h <= 1 {
			g.Leave = [2]float64{l, h}
		}
	}
	if g.AtRisk > 0 {
		g.BreakEven = (anomaly.Float(g.Disputed) - anomaly.Float(g.Handling)) / g.AtRisk
	}
	return g, true
}

// Advice is what the numbers speak for. It is never more than that: a person decides.
func (g *Goodwill) Advice() string {
	switch {
	case g.Disputed.Cmp(g.Handling) <= 0:
		return "below_cost"
	case g.AtRisk == 0:
		return "unknown_value"
	case g.BreakEven > 1:
		return "never"
	case g.Leave[0] >= g.BreakEven:
		return "grant"
	case g.Leave[1] < g.BreakEven:
		return "explain"
	}
	return "open"
}

func (g *Goodwill) message(currency string) anomaly.Message {
	advice := g.Advice()
	args := []anomaly.Arg{anomaly.MoneyArg("disputed", g.Disputed, currency), anomaly.MoneyArg("handling", g.Handling, currency)}
	if advice == "never" {
		atRisk, _ := anomaly.DecimalFromFloat(g.AtRisk, 0)
		args = append(args, anomaly.MoneyArg("at_risk", atRisk, currency))
	}
	if advice == "grant" || advice == "explain" || advice == "open" {
		atRisk, _ := anomaly.DecimalFromFloat(g.AtRisk, 0)
		args = append(args, anomaly.MoneyArg("at_risk", atRisk, currency), anomaly.PercentArg("low", g.Leave[0], 0),
			anomaly.PercentArg("high", g.Leave[1], 0), anomaly.PercentArg("break_even", g.BreakEven, 1))
	}
	return anomaly.Message{Key: "C11." + advice, Args: args}
}
