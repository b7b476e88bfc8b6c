package check

import "whybill/anomaly"

// R09: the meter was exchanged, and the readings around it do not add up to the bill;
// or the bill begins with another reading than the one before it ended with.
var r09 = Check{
	ID: "R09", Severity: anomaly.High, Action: anomaly.ActionRebill,
	Run: func(in *Input, out *Result) {
		if old := in.swapped(); old != nil {
			in.exchange(old, out)
			return
		}
		in.continuity(out)
	},
}

// exchange holds the bill against the final reading of the old meter and the initial
// one of the new.
func (in *Input) exchange(old *anomaly.Meter, out *Result) {
	var fresh *anomaly.Meter
	for i := range in.History.Meters {
		if m := &in.History.Meters[i]; m.InstalledOn >= old.RemovedOn.AddDays(-3) && m.InstalledOn <= old.RemovedOn.AddDays(3) && m != old {
			fresh = m
		}
	}
	r := &in.register
	if fresh == nil || !old.FinalReading.Valid || !fresh.InitialReading.Valid {
		f := in.finding("R09", anomaly.Medium, anomaly.ActionEvidence, "missing", anomaly.Msg("R09.missing",
			anomaly.DateArg("on", old.RemovedOn), anomaly.TextArg("meter", old.ID)))
		f.Evidence = evidence(old.Source, in.bill.Source)
		out.add(f)
		return
	}
	if !r.known {
		out.skip("R09", noReadings)
		return
	}
	before, ok1 := metered(old, r.open, old.FinalReading.Decimal)
	after, ok2 := metered(fresh, fresh.InitialReading.Decimal, r.close)
	right, ok3 := anomaly.Add(before, after)
	if !ok1 || !ok2 || !ok3 {
		return
	}
	over := in.usage() - anomaly.Float(right)
	if abs(over) <= in.Config.Checks.MultiplierTolerance {
		return
	}
	f := in.finding("R09", anomaly.High, anomaly.ActionRebill, "sum", anomaly.Msg("R09.sum",
		anomaly.DateArg("on", old.RemovedOn), in.exactArg("old", before), in.exactArg("new", after),
		in.exactArg("right", right), in.exactArg("billed", in.bill.Usage)))
	f.Evidence = append(evidence(r.openAt, r.closeAt), old.Source, fresh.Source)
	in.size(&f, over)
	out.add(f)
}

// metered is what a meter counted between two of its readings.
func metered(m *anomaly.Meter, from, to anomaly.Decimal) (anomaly.Decimal, bool) {
	d, ok := anomaly.Sub(to, from)
	if !ok || !m.Multiplier.Valid {
		return d, ok
	}
	d, err := d.Mul(m.Multiplier.Decimal)
	return d, err == nil
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
