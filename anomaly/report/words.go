package report

import (
	"math"
	"slices"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// priceState is what is known of a bill's price.
type priceState uint8

const (
	priceUnchecked priceState = iota
	priceRight
	priceDiffers
	priceWithoutBill // recomputed, but the bill has no amount to compare with
)

// priceOf says whether the recomputed bill agrees with the billed one: to within the
// unit to which the tariff rounds, and with no finding about its lines that asks for
// a correction.
func priceOf(a *anomaly.Assessment) priceState {
	p := a.Rebill.Priced
	switch {
	case p == nil || !a.Rebill.Amount.Valid:
		return priceUnchecked
	case !a.Amount.Valid:
		return priceWithoutBill
	}
	difference, ok := anomaly.Sub(a.Amount.Decimal, a.Rebill.Amount.Decimal)
	if !ok || difference.Abs().Cmp(p.Unit) > 0 {
		return priceDiffers
	}
	for i := range a.Findings {
		if f := &a.Findings[i]; f.Check != "" && f.Check[0] == 'B' && f.Action == anomaly.ActionRebill {
			return priceDiffers
		}
	}
	return priceRight
}

// place is where the billed usage stands against the 90 % range.
type place uint8

const (
	nowhere place = iota // there is no range
	below
	inside
	above
)

func placeOf(a *anomaly.Assessment) place {
	usage := anomaly.Float(a.Usage)
	switch e := &a.Estimate; {
	case !e.Known:
		return nowhere
	case usage < e.Low90:
		return below
	case usage > e.High90:
		return above
	}
	return inside
}

// physical are the causes that sit in the meter, the wiring or somebody's hands: while
// they are alive nobody can say that the meter is fine.
var physical = map[anomaly.Cause]bool{
	anomaly.CauseMeterFast: true, anomaly.CauseMeterSlow: true, anomaly.CauseLeakBehindMeter: true,
	anomaly.CauseTappedByOthers: true, anomaly.CauseBypassOrTheft: true, anomaly.CauseCrossedMeter: true,
	anomaly.CauseMeterSwapError: true, anomaly.CauseWrongMultiplier: true, anomaly.CauseMisread: true,
}

// accusing are the causes that blame somebody.
var accusing = map[anomaly.Cause]bool{anomaly.CauseTappedByOthers: true, anomaly.CauseBypassOrTheft: true}

// alive is the probability from which on a cause, or a group of causes, is named among
// what is still possible.
const alive = 0.02

// sayings returns what may be said to the customer and what may not, in the order of
// their weight: each follows from what was checked and what was not.
func sayings(a *anomaly.Assessment) (may, never []anomaly.Message) {
	var inMeter, blame float64
	for _, c := range a.Causes {
		if physical[c.Cause] {
			inMeter += c.Probability
		}
		if accusing[c.Cause] {
			blame += c.Probability
		}
	}
	price, where := priceOf(a), placeOf(a)
	switch price {
	case priceRight:
		key := "say.may.price_right"
		if outOfWindow(a) {
			key = "say.may.price_right_usage"
			never = append(never, anomaly.Msg("say.never.price_right"))
		}
		may = append(may, anomaly.Msg(key, anomaly.MoneyArg("amount", a.Rebill.Priced.Amount, a.Rebill.Priced.Currency)))
	case priceDiffers:
		may = append(may, anomaly.Msg("say.may.price_differs"))
		never = append(never, anomaly.Msg("say.never.price_right"))
	default:
		may = append(may, anomaly.Msg("say.may.price_unchecked"))
		never = append(never, anomaly.Msg("say.never.price_right"))
	}
	switch {
	case where == nowhere:
		may = append(may, anomaly.Msg("say.may.no_estimate"))
	case where == inside && a.Estimate.Comparable && faulty(a.Verdict.Action):
		// The range holds what is wrong as well: it says nothing for the bill.
	case where == inside && a.Estimate.Comparable:
		may = append(may, anomaly.Msg("say.may.usual"))
	case where == inside:
		may = append(may, anomaly.Msg("say.may.possible"))
	default:
		may = append(may, anomaly.Msg("say.may.unusual"))
	}
	if on := a.Verdict.FoundOn; !on.IsZero() {
		may = append(may, anomaly.Msg("say.may.found", anomaly.DateArg("on", on)))
	} else if u := unexplained(a); u.Known && u.High > 0 && a.Verdict.Action != anomaly.ActionNone {
		m := anomaly.Msg("say.may.unexplained_up_to", anomaly.UsageArg("high", u.High, a.Unit, digits(u.High)))
		if u.Low > 0 {
			m.Key = "say.may.unexplained"
			m.Args = append(m.Args, anomaly.NumberArg("low", u.Low, digits(u.High)))
		}
		may = append(may, m)
	}
	if faulty(a.Verdict.Action) && a.Verdict.Action != anomaly.ActionInspect {
		never = append(never, anomaly.Msg("say.never.correct"))
	}
	if where != inside || !a.Estimate.Comparable {
		never = append(never, anomaly.Msg("say.never.normal"))
	}
	if inMeter >= alive && a.Verdict.Action != anomaly.ActionNone {
		never = append(never, anomaly.Msg("say.never.meter_fine", anomaly.PercentArg("p", inMeter, 0)))
	}
	if blame >= alive && a.Verdict.Action != anomaly.ActionNone {
		m := anomaly.Msg("say.never.blame", anomaly.PercentArg("p", blame, 0))
		if on := a.Verdict.FoundOn; !on.IsZero() {
			m = anomaly.Msg("say.never.blame.found", anomaly.DateArg("on", on))
		}
		never = append(never, m)
	}
	if refusesWait(&a.Verdict) {
		never = append(never, anomaly.Msg("say.never.wait"))
	}
	return may, never
}

// unexplained is how much is not explained yet, and no more than what has to be: where
// the card compares with a reference, the rise against it.
func unexplained(a *anomaly.Assessment) anomaly.UnexplainedRange {
	u := a.Unexplained
	if len(a.Explained) > 0 && a.Explained[0].What == anomaly.PartReference {
		u.High = min(u.High, anomaly.Float(a.Usage)-anomaly.Float(a.Explained[0].Usage))
		if u.Low >= u.High {
			u.Low = 0
		}
	}
	return u
}

// outOfWindow reports whether a line that was not recomputed charges for days longer
// ago than may be billed.
func outOfWindow(a *anomaly.Assessment) bool {
	return slices.ContainsFunc(a.Findings, func(f anomaly.Finding) bool { return f.Check == "B19" && f.Severity >= anomaly.High })
}

// faulty reports whether an action takes the bill, the reading or the meter for wrong
// or likely so.
func faulty(action anomaly.Action) bool {
	switch action {
	case anomaly.ActionRebill, anomaly.ActionReread, anomaly.ActionFixData, anomaly.ActionInspect:
		return true
	}
	return false
}

// refusesWait reports whether waiting was weighed and refused: where nothing is to be
// done there is nothing to wait for either.
func refusesWait(v *anomaly.Verdict) bool {
	return !v.Wait.Allowed && v.Action != anomaly.ActionNone && v.Action != "" && v.Wait.Reason.Key != ""
}

// mainFinding is the finding that the table shows: the most severe, and among equals
// the one that asks for what the verdict recommends. Findings that only restate the
// verdict or the sum come last.
func mainFinding(a *anomaly.Assessment) *anomaly.Finding {
	var best *anomaly.Finding
	rank := func(f *anomaly.Finding) int {
		n := 2 * int(f.Severity)
		if f.Action == a.Verdict.Action {
			n++
		}
		if restates[f.Check] {
			n -= 100
		}
		return n
	}
	for i := range a.Findings {
		if f := &a.Findings[i]; best == nil || rank(f) > rank(best) {
			best = f
		}
	}
	return best
}

// restates are the checks whose findings the card shows in another place: the wait
// verdict, the refused actions, the decomposition, the remark on the range.
var restates = map[string]bool{"C01": true, "C02": true, "U15": true, "U07": true, "U08": true}

// digits returns the decimals with which a usage is shown: none from 100 on.
func digits(usage float64) int {
	if math.Abs(usage) < 100 && usage != math.Trunc(usage) {
		return 1
	}
	return 0
}

// usage writes an estimated usage.
func usage(p *locale.Printer, v float64, unit string) string { return p.Usage(v, unit, digits(v)) }

// billed writes a usage that stands on a bill, with all its decimals.
func billed(p *locale.Printer, d anomaly.Decimal, unit string) string {
	return locale.Exact(d) + " " + p.Term(unit)
}
