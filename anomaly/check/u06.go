package check

import "whybill/anomaly"

// U06: what the appliances leave over, as usage, constant power and money.
var u06 = Check{
	ID: "U06", Severity: anomaly.High, Action: anomaly.ActionSelftest,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.PercentArg("gap", cfg.Checks.ApplianceGap, 0)}
	},
	Run: func(in *Input, out *Result) {
		if in.own.known && in.own.rest > in.Config.Checks.ApplianceGap*in.usage() {
			out.add(in.ownGap())
		}
		if !in.estimateKnown() {
			out.skip("U06", noEstimate)
			return
		}
		a := &in.Estimate.Appliances
		if !a.Declared {
			out.skip("U06", noAppliances)
			return
		}
		baseline, low, high := 0.0, a.Low, a.High
		switch r := &in.Estimate.Reference; {
		case a.Added:
			baseline, low, high = in.referenceLevel(), a.AddedLow, a.AddedHigh
		case r.BillKey != "" && !r.OtherPremise:
			// What was always there is in the reference already, beside what nobody named.
			baseline = max(0, in.referenceLevel()-a.Middle)
		}
		if baseline+high <= 0 {
			return
		}
		// What the sentence names adds up.
		usage := in.usage()
		baseline, high = in.shown(baseline), in.shown(high)
		switch gap := usage - baseline - high; {
		case gap > in.Config.Checks.ApplianceGap*usage:
			key := "U06.gap"
			if r := &in.Estimate.Reference; baseline == 0 && (r.Usage <= 0 || !a.Added && (r.BillKey == "" || r.OtherPremise)) {
				key = "U06.gap.alone" // what the home uses beside is not known
			}
			f := in.finding("U06", anomaly.High, anomaly.ActionSelftest, "gap", in.gapMessage(key, gap,
				in.usageArg("baseline", baseline), in.usageArg("high", high)))
			f.Evidence = append([]anomaly.Source{in.bill.Source}, a.Sources...)
			in.size(&f, gap)
			out.add(f)
		case a.Added && usage > baseline && in.practical(usage-baseline, baseline):
			// The rise is within what the new appliances can use: not proven, not implausible.
			key := "U06.within"
			if gap > 0 {
				key += ".nearly" // a little more, which is too little to look for anything else
			}
			f := in.finding("U06", anomaly.Info, anomaly.ActionApplianceReview, "within", anomaly.Msg(key,
				in.usageArg("rise", usage-baseline), in.usageArg("low", low), in.usageArg("middle", a.AddedMiddle), in.usageArg("high", high)))
			f.Evidence = append([]anomaly.Source{in.bill.Source}, a.Sources...)
			out.add(f)
		}
	},
}

// ownGap is what the customer's own allowances leave over.
func (in *Input) ownGap() anomaly.Finding {
	rest := in.own.rest
	if in.estimateKnown() {
		// What is declared may cover what the customer's guess does not.
		a := &in.Estimate.Appliances
		if a.Added && in.own.rise > 0 && a.AddedMiddle >= in.own.rise {
			f := in.finding("U06", anomaly.Info, anomaly.ActionExplain, "own", anomaly.Msg("U06.answered",
				in.usageArg("gap", rest), in.usageArg("middle", a.AddedMiddle), in.usageArg("rise", in.own.rise)))
			f.Evidence = append(append([]anomaly.Source{in.bill.Source}, in.own.sources...), a.Sources...)
			return f
		}
	}
	f := in.finding("U06", anomaly.Medium, anomaly.ActionSelftest, "own", anomaly.Message{})
	f.Evidence = append([]anomaly.Source{in.bill.Source}, in.own.sources...)
	in.size(&f, rest)
	f.Message = in.gapMessage("U06.own", rest)
	return f
}

// gapMessage says a gap in usage, in watts where it is electricity, and in money
// with what the money rests on.
func (in *Input) gapMessage(key string, gap float64, args ...anomaly.Arg) anomaly.Message {
	args = append(args, in.usageArg("gap", gap), anomaly.CountArg("days", in.bill.Period.Days()))
	if in.service() == anomaly.Electricity {
		args = append(args, anomaly.WattsArg("watts", in.watts(gap)))
		key += ".watts"
	}
	if w, ok := in.Worth(gap); ok {
		args = append(args, anomaly.MoneyArg("worth", w.Amount, w.Currency), anomaly.TermArg("basis", "worth."+w.Basis))
		key += ".worth"
	}
	return anomaly.Message{Key: key, Args: args}
}

// referenceLevel is what the reference bill comes to over this bill's days.
func (in *Input) referenceLevel() float64 {
	r := &in.Estimate.Reference
	if d := r.Period.Days(); d > 0 {
		return r.Usage * in.days() / float64(d)
	}
	return r.Usage
}
