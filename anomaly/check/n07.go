package check

import (
	"strconv"

	"whybill/anomaly"
)

// N07: what is known and explains a change of usage; it takes N01 and N02 off the table.
var n07 = Check{
	ID: "N07", Severity: anomaly.Info, Action: anomaly.ActionExplain,
	Run: func(in *Input, out *Result) {
		if len(in.History.Events) == 0 {
			return
		}
		since, shift := in.bill.Period.Start, 0.0
		if onset, by, ok := in.stepSince(); ok {
			since, shift = onset, by
		}
		key, e, ok := in.exclusion(anomaly.Period{Start: since.AddDays(-60), End: in.bill.Period.End})
		if !ok || !in.goesWith(key, e, shift) {
			return
		}
		f := in.finding("N07", anomaly.Info, anomaly.ActionExplain, key, anomaly.Msg(key, anomaly.DateArg("on", e.At)))
		f.Evidence = evidence(e.Source, in.bill.Source)
		out.add(f)
	},
}

// exclusion finds an event that explains a change of usage in a period.
func (in *Input) exclusion(p anomaly.Period) (key string, e *anomaly.Event, ok bool) {
	if days, began := in.vacant(); days >= 7 {
		return "N07.vacancy", began, true
	}
	if days, began := in.span(in.bill.Period, anomaly.EventOutageStart, anomaly.EventOutageEnd); days >= 3 {
		return "N07.outage", began, true
	}
	if e, ok := in.inEvents(p, anomaly.EventOccupancy); ok {
		return "N07.occupancy", e, true
	}
	for i := range in.History.Events {
		e := &in.History.Events[i]
		if e.At >= p.End {
			break
		}
		if yes(e, "solar") {
			return "N07.solar", e, true
		}
		if yes(e, "retrofit") {
			return "N07.retrofit", e, true
		}
	}
	return "", nil, false
}

// usualLevel is the median usage a day of the account's last six bills before this one.
// The estimate does not serve here: it may have taken the event into account.
func (in *Input) usualLevel() (float64, bool) {
	var memory [6]float64
	levels := memory[:0]
	for _, b := range in.earlier {
		levels = insert(levels, b.ADU())
		if len(levels) == cap(levels) {
			break
		}
	}
	if len(levels) < 2 {
		return 0, false
	}
	return levels[len(levels)/2], true
}

// goesWith reports whether the usage moved the way in which the event moves it:
// absence, outages, panels and windows down; people in the direction of their number.
// shift is that of a step which is known, or 0: then the level before this bill counts.
func (in *Input) goesWith(key string, e *anomaly.Event, shift float64) bool {
	up := shift > 0
	if shift == 0 {
		usual, ok := in.usualLevel()
		if !ok {
			return true
		}
		up = in.bill.ADU() > usual
	}
	if key != "N07.occupancy" {
		return !up
	}
	now, ok := number(e, "occupants")
	before, err := in.occupantsBefore(e)
	if !ok || err {
		return true
	}
	return up == (now > before)
}

// occupantsBefore is how many people there were before an event: the last event's
// number, else the account's.
func (in *Input) occupantsBefore(e *anomaly.Event) (n float64, unknown bool) {
	unknown = true
	if o := in.History.Account.Occupants; o.Valid {
		n, unknown = anomaly.Float(o.Decimal), false
	}
	for i := range in.History.Events {
		earlier := &in.History.Events[i]
		if earlier == e {
			break
		}
		if text, ok := earlier.Field("occupants"); ok && earlier.Kind == anomaly.EventOccupancy {
			if v, err := strconv.ParseFloat(text, 64); err == nil {
				n, unknown = v, false
			}
		}
	}
	return n, unknown
}
