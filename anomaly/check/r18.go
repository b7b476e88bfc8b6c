package check

import "whybill/anomaly"

// R18: the registers of a time-of-use meter do not add up to its total.
var r18 = Check{
	ID: "R18", Severity: anomaly.High, Action: anomaly.ActionReread,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.NumberArg("tolerance", cfg.Checks.MultiplierTolerance, 0)}
	},
	Run: func(in *Input, out *Result) {
		var parts, total float64
		registers, totals := 0, 0
		var sources []anomaly.Source
		for i := range in.History.Readings {
			d := &in.History.Readings[i]
			if d.On != in.bill.Period.End || d.Register == "" || !sameMeter(d.MeterID, in.bill.MeterID) {
				continue
			}
			began := in.registerAt(d, in.bill.Period.Start)
			if began == nil {
				continue
			}
			moved := anomaly.Float(d.Value) - anomaly.Float(began.Value)
			sources = append(sources, d.Source)
			if d.Register == totalRegister {
				total += moved
				totals++
			} else {
				parts += moved
				registers++
			}
		}
		if totals != 1 || registers < 2 {
			return // not a meter with registers and a total
		}
		if abs(parts-total) <= in.Config.Checks.MultiplierTolerance {
			return
		}
		f := in.finding("R18", anomaly.High, anomaly.ActionReread, "", anomaly.Msg("R18.sum",
			in.usageArg("parts", parts), in.usageArg("total", total)))
		f.Evidence = sources
		in.size(&f, parts-total)
		out.add(f)
	},
}

// registerAt returns the same register's reading of another day.
func (in *Input) registerAt(like *anomaly.Reading, on anomaly.Date) *anomaly.Reading {
	for i := range in.History.Readings {
		if d := &in.History.Readings[i]; d.On == on && d.Register == like.Register && d.MeterID == like.MeterID {
			return d
		}
	}
	return nil
}
