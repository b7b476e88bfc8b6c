package check

import (
	"slices"

	"whybill/anomaly"
)

// exchange is a meter put in the place of another one: on that day both have a reading.
type exchange struct {
	on                   anomaly.Date
	oldID, freshID       string
	old, fresh           *anomaly.Meter      // nil where the meters' file has no such meter
	final, initial       anomaly.NullDecimal // of the old and of the new meter
	finalAt, initialAt   anomaly.Source
	inside               bool // both meters have counted for the bill, or its readings are of both
	multiplier, freshMul anomaly.NullDecimal
}

// findExchange finds the exchange of the bill's meter within its period, the first and the
// last day included, by the meters' file or else by the readings.
func (in *Input) findExchange() (x exchange, ok bool) {
	b := in.bill
	for i := range in.History.Meters {
		m := &in.History.Meters[i]
		if m.RemovedOn.IsZero() || m.RemovedOn < b.Period.Start || m.RemovedOn > b.Period.End {
			continue
		}
		x = exchange{on: m.RemovedOn, oldID: m.ID, old: m, final: m.FinalReading, finalAt: m.Source, multiplier: m.Multiplier}
		for j := range in.History.Meters {
			n := &in.History.Meters[j]
			if days := n.InstalledOn.Sub(m.RemovedOn); n != m && !n.InstalledOn.IsZero() && -3 <= days && days <= 3 {
				x.freshID, x.fresh, x.initial, x.initialAt, x.freshMul = n.ID, n, n.InitialReading, n.Source, n.Multiplier
			}
		}
		if ok = in.takesPart(&x); ok {
			break
		}
	}
	if !ok {
		if x, ok = in.exchangeRead(); !ok {
			return x, false
		}
	}
	if !x.final.Valid {
		if d := in.readingAt(x.on, x.oldID); d != nil && x.oldID != "" {
			x.final, x.finalAt = anomaly.Known(d.Value), d.Source
		}
	}
	if !x.initial.Valid {
		if d := in.readingAt(x.on, x.freshID); d != nil && x.freshID != "" {
			x.initial, x.initialAt = anomaly.Known(d.Value), d.Source
		}
	}
	switch x.on {
	case b.Period.Start:
		// The bill before has ended with the old meter, unless this one begins with it.
		x.inside = is(b.From, x.final) && !is(b.From, x.initial)
	case b.Period.End:
		x.inside = is(b.To, x.initial) && !is(b.To, x.final)
	default:
		x.inside = true
	}
	return x, true
}

// takesPart reports whether the bill is about one of the two meters.
func (in *Input) takesPart(x *exchange) bool {
	id := in.bill.MeterID
	return id == "" || id == x.oldID || id == x.freshID
}

// is reports whether two values are known and the same.
func is(a, b anomaly.NullDecimal) bool {
	return a.Valid && b.Valid && a.Decimal.Cmp(b.Decimal) == 0
}

// exchangeRead finds an exchange that only the readings tell of: two meters read on one
// day, the one never after and the other never before.
func (in *Input) exchangeRead() (x exchange, ok bool) {
	readings := in.History.Readings
	i, _ := slices.BinarySearchFunc(readings, in.bill.Period.Start, func(r anomaly.Reading, on anomaly.Date) int { return int(r.On) - int(on) })
	for ; i+1 < len(readings) && readings[i].On <= in.bill.Period.End; i++ {
		a, b := &readings[i], &readings[i+1]
		if a.On != b.On || a.MeterID == b.MeterID || a.MeterID == "" || b.MeterID == "" || !mainRegister(a) || !mainRegister(b) {
			continue
		}
		for _, pair := range [...][2]*anomaly.Reading{{a, b}, {b, a}} {
			old, fresh := pair[0], pair[1]
			before, after := false, false
			for j := range readings {
				d := &readings[j]
				before = before || d.MeterID == old.MeterID && d.On < old.On
				after = after || d.MeterID == fresh.MeterID && d.On > old.On
				if d.MeterID == old.MeterID && d.On > old.On || d.MeterID == fresh.MeterID && d.On < old.On {
					before, after = false, false
					break
				}
			}
			if !before && !after {
				continue
			}
			x = exchange{
				on: old.On, oldID: old.MeterID, freshID: fresh.MeterID, final: anomaly.Known(old.Value), finalAt: old.Source,
				initial: anomaly.Known(fresh.Value), initialAt: fresh.Source,
				old: in.meterNamed(old.MeterID), fresh: in.meterNamed(fresh.MeterID),
			}
			if x.old != nil {
				x.multiplier = x.old.Multiplier
			}
			if x.fresh != nil {
				x.freshMul = x.fresh.Multiplier
			}
			if in.takesPart(&x) {
				return x, true
			}
		}
	}
	return x, false
}

func (in *Input) meterNamed(id string) *anomaly.Meter {
	for i := range in.History.Meters {
		if m := &in.History.Meters[i]; m.ID == id {
			return m
		}
	}
	return nil
}

// exchangedBetween reports whether the meters' file has a meter taken out from the day
// after from on, and until a day.
func (in *Input) exchangedBetween(from, until anomaly.Date) bool {
	for i := range in.History.Meters {
		if m := &in.History.Meters[i]; from < m.RemovedOn && m.RemovedOn <= until {
			return true
		}
	}
	return false
}
