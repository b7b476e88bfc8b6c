package check

import "whybill/anomaly"

// R09: the meter was exchanged, and the readings around it do not add up to the bill;
// or the bill begins with another reading than the one before it ended with.
var r09 = Check{
	ID: "R09", Severity: anomaly.High, Action: anomaly.ActionRebill,
	Run: func(in *Input, out *Result) {
		switch r := &in.register; {
		case r.swap:
			in.exchangeSum(out)
		case r.exchanged && r.exchange.on == in.bill.Period.Start:
			in.exchangeBefore(out)
		default:
			in.continuity(out)
		}
	},
}

// exchangeSum holds the bill against the final reading of the old meter and the initial
// one of the new.
func (in *Input) exchangeSum(out *Result) {
	r := &in.register
	x := &r.exchange
	if !x.final.Valid || !x.initial.Valid {
		f := in.finding("R09", anomaly.Medium, anomaly.ActionEvidence, "missing", anomaly.Msg("R09.missing",
			anomaly.DateArg("on", x.on), anomaly.TextArg("meter", x.oldID)))
		f.Evidence = evidence(x.finalAt, in.bill.Source)
		out.add(f)
		return
	}
	if !r.known {
		out.skip("R09", noReadings)
		return
	}
	before, ok1 := metered(r.open, x.final.Decimal, x.multiplier)
	after, ok2 := metered(x.initial.Decimal, r.close, x.freshMul)
	right, ok3 := anomaly.Add(before, after)
	if !ok1 || !ok2 || !ok3 {
		return
	}
	over := in.usage() - anomaly.Float(right)
	if abs(over) <= in.Config.Checks.MultiplierTolerance {
		return
	}
	f := in.finding("R09", anomaly.High, anomaly.ActionRebill, "sum", anomaly.Msg("R09.sum",
		anomaly.DateArg("on", x.on), in.exactArg("old", before), in.exactArg("new", after),
		in.exactArg("right", right), in.exactArg("billed", in.bill.Usage)))
	f.Evidence = append(evidence(r.openAt, r.closeAt), x.finalAt, x.initialAt)
	in.size(&f, over)
	out.add(f)
}

// metered is what a meter counted between two of its readings.
func metered(from, to anomaly.Decimal, multiplier anomaly.NullDecimal) (anomaly.Decimal, bool) {
	d, ok := anomaly.Sub(to, from)
	if !ok || !multiplier.Valid {
		return d, ok
	}
	d, err := d.Mul(multiplier.Decimal)
	return d, err == nil
}

// exchangeBefore holds the bills before and after an exchange against the readings of the
// two meters on that day.
func (in *Input) exchangeBefore(out *Result) {
	x := &in.register.exchange
	if in.prev < 0 || !in.bill.From.Valid || !x.final.Valid || !x.initial.Valid {
		return
	}
	p := &in.History.Bills[in.prev]
	if p.Period.End != in.bill.Period.Start || !p.To.Valid || p.Quality.Guessed() {
		return
	}
	left, ok1 := metered(p.To.Decimal, x.final.Decimal, x.multiplier)
	skipped, ok2 := metered(x.initial.Decimal, in.bill.From.Decimal, x.freshMul)
	missing, ok3 := anomaly.Add(left, skipped)
	tolerance := in.Config.Checks.MultiplierTolerance
	if !ok1 || !ok2 || !ok3 || abs(anomaly.Float(left)) <= tolerance && abs(anomaly.Float(skipped)) <= tolerance {
		return
	}
	f := in.finding("R09", anomaly.High, anomaly.ActionRebill, "exchange", anomaly.Msg("R09.exchange",
		anomaly.DateArg("on", x.on), in.exactArg("final", x.final.Decimal), in.exactArg("ended", p.To.Decimal),
		in.exactArg("initial", x.initial.Decimal), in.exactArg("began", in.bill.From.Decimal)))
	f.Evidence = append(evidence(p.Source, in.bill.Source), x.finalAt, x.initialAt)
	in.size(&f, -anomaly.Float(missing))
	out.add(f)
}

// continuity holds the opening reading against the closing one of the bill before.
func (in *Input) continuity(out *Result) {
	if in.prev < 0 || !in.bill.From.Valid {
		return
	}
	p := &in.History.Bills[in.prev]
	if p.Period.End != in.bill.Period.Start || !p.To.Valid || p.Quality.Guessed() {
		return
	}
	gap, ok := anomaly.Sub(in.bill.From.Decimal, p.To.Decimal)
	if !ok || abs(anomaly.Float(gap)) <= in.Config.Checks.MultiplierTolerance {
		return
	}
	f := in.finding("R09", anomaly.High, anomaly.ActionRebill, "continuity", anomaly.Msg("R09.continuity",
		in.exactArg("ended", p.To.Decimal), in.exactArg("began", in.bill.From.Decimal)))
	f.Evidence = evidence(p.Source, in.bill.Source)
	in.size(&f, -anomaly.Float(gap)*anomaly.Float(in.register.multiplier))
	out.add(f)
}
