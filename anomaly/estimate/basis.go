package estimate

import (
	"whybill/anomaly"
	"whybill/anomaly/pll"
)

// asideKeys are the catalogue's sentences for the reasons, in the order of pll.Reason.
var asideKeys = [...]string{
	pll.Cancelled:   "estimate.aside.cancelled",
	pll.Disputed:    "estimate.aside.disputed",
	pll.Estimated:   "estimate.aside.estimated",
	pll.Merged:      "estimate.aside.merged",
	pll.Pending:     "estimate.aside.pending",
	pll.Impossible:  "estimate.aside.impossible",
	pll.Negative:    "estimate.aside.negative",
	pll.OtherUnit:   "estimate.aside.other_unit",
	pll.OtherMeter:  "estimate.aside.other_meter",
	pll.Overlapping: "estimate.aside.overlapping",
	pll.TooShort:    "estimate.aside.too_short",
	pll.ZeroUsage:   "estimate.aside.zero",
	pll.VacantThen:  "estimate.aside.vacant",
}

func setAside(h *anomaly.History, s *pll.Series) []anomaly.SetAside {
	if len(s.Aside) == 0 {
		return nil
	}
	list := make([]anomaly.SetAside, len(s.Aside))
	for i, a := range s.Aside {
		from := h
		if a.Other {
			from = h.Previous
		}
		b := &from.Bills[a.Bill]
		list[i] = anomaly.SetAside{BillKey: b.Key(), Period: b.Period, Reason: anomaly.Message{Key: asideKeys[a.Reason]}, Source: b.Source}
	}
	return list
}

// Basis says in sentences what an estimate of h's bill rests on, most important first.
// It is for what is shown: the estimate itself carries no sentences.
func Basis(h *anomaly.History, bill int, est *anomaly.Estimate) []anomaly.Message {
	if !est.Known {
		return nil
	}
	s := pll.Series{Known: est.AsOf}
	s.Load(h, bill)
	unit := h.Unit()
	basis := basisOfBills(&s)
	if est.Reference.BillKey != "" {
		basis = append(basis, anomaly.Msg("estimate.basis.reference",
			anomaly.PeriodArg("period", est.Reference.Period),
			anomaly.UsageArg("usage", est.Reference.Usage, unit, 0)))
	}
	if len(est.SetAside) > 0 {
		basis = append(basis, anomaly.Msg("estimate.basis.set_aside", anomaly.CountArg("count", len(est.SetAside))))
	}
	if s.PendingBills > 0 {
		basis = append(basis, anomaly.Msg("estimate.basis.settles",
			anomaly.CountArg("count", s.PendingBills), anomaly.UsageArg("usage", s.PendingUsage, unit, 0)))
	}
	basis = append(basis, basisOfAppliances(est, unit)...)
	for _, p := range est.Parts {
		switch p.What {
		case anomaly.PartPeers:
			basis = append(basis, anomaly.Msg("estimate.basis.peers"))
		case anomaly.PartWeather:
			basis = append(basis, anomaly.Msg("estimate.basis.weather", anomaly.TextArg("station", h.Account.WeatherStation)))
		}
	}
	if est.Vacant > 0 {
		basis = append(basis, anomaly.Msg("estimate.basis.vacant", anomaly.PercentArg("probability", est.Vacant, 0)))
	}
	if est.ColdStart {
		basis = append(basis, anomaly.Msg("estimate.basis.cold_start"))
	}
	return basis
}

func basisOfBills(s *pll.Series) []anomaly.Message {
	var own, other int
	var days anomaly.Period
	for i := range s.Obs {
		switch o := &s.Obs[i]; {
		case !o.Learnt():
		case o.Other:
			other++
		default:
			own++
			if days.Start.IsZero() {
				days.Start = o.Period.Start
			}
			days.End = o.Period.End
		}
	}
	var basis []anomaly.Message
	if own > 0 {
		basis = append(basis, anomaly.Msg("estimate.basis.bills",
			anomaly.CountArg("count", own), anomaly.PeriodArg("period", days)))
	}
	if other > 0 {
		basis = append(basis, anomaly.Msg("estimate.basis.other_premise", anomaly.CountArg("count", other)))
	} else if s.Tenure < pll.TenureDays {
		basis = append(basis, anomaly.Msg("estimate.basis.short", anomaly.CountArg("days", s.Tenure)))
	}
	return basis
}

func basisOfAppliances(est *anomaly.Estimate, unit string) []anomaly.Message {
	a := &est.Appliances
	if !a.Declared {
		return nil
	}
	if !a.Added {
		return []anomaly.Message{anomaly.Msg("estimate.basis.appliances",
			anomaly.UsageArg("low", a.Low, unit, 0), anomaly.UsageArg("middle", a.Middle, unit, 0), anomaly.UsageArg("high", a.High, unit, 0))}
	}
	return []anomaly.Message{anomaly.Msg("estimate.basis.added",
		anomaly.UsageArg("low", a.AddedLow, unit, 0), anomaly.UsageArg("middle", a.AddedMiddle, unit, 0), anomaly.UsageArg("high", a.AddedHigh, unit, 0),
		anomaly.PercentArg("weight", a.AddedWeight, 0))}
}
