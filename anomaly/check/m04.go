package check

import "whybill/anomaly"

// M04: the meter moves with the main switch off: something draws before it.
var m04 = Check{
	ID: "M04", Severity: anomaly.Critical, Action: anomaly.ActionInspect,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.PercentArg("share", cfg.Checks.DrawShare, 0)}
	},
	Run: func(in *Input, out *Result) {
		for e, r := range in.selftests {
			key, severity := "M04.draw", anomaly.Critical
			switch r.Verdict {
			case TestDraw:
			case TestPartial:
				key, severity = "M04.partial", anomaly.High
			default:
				continue
			}
			if by, why := in.outweighed(e, r); by != nil {
				out.add(in.contradiction("M04", e, by, why))
				continue
			}
			action := anomaly.ActionInspect
			args := append(in.tested(e), in.rateArg("low", r.Low), in.rateArg("rate", r.Rate), in.rateArg("high", r.High),
				in.usageArg("usage", r.Rate*24*in.days()), anomaly.CountArg("days", in.bill.Period.Days()))
			if v := in.foundSince(e.At); v != nil {
				// Somebody has been there, and knows what it was.
				key, severity, action = key+".found", anomaly.Info, anomaly.ActionNone
				args = append(args, anomaly.DateArg("found", v.On), anomaly.TermArg("cause", v.Outcome))
			} else if v := in.nothingSince(e.At); v != nil && in.service() != anomaly.Gas {
				// What moved then was not found: it is measured again before anybody goes.
				key, severity, action = key+".visited", anomaly.Medium, anomaly.ActionSelftest
				args = append(args, anomaly.DateArg("visited", v.On))
			} else {
				key += in.gasSuffix()
			}
			f := in.finding("M04", severity, action, e.At.String()+e.Note, anomaly.Message{Key: key, Args: args})
			f.Evidence = []anomaly.Source{e.Source}
			in.size(&f, r.Rate*24*in.days())
			out.add(f)
		}
	},
}

// foundSince returns the first inspection from a day on that found a cause; nil where none did.
func (in *Input) foundSince(day anomaly.Date) *anomaly.Inspection {
	for i := range in.History.Inspections {
		v := &in.History.Inspections[i]
		if !v.On.IsZero() && v.On >= day && v.On <= in.AsOf && v.Outcome != "" && v.Outcome != anomaly.NothingFound {
			return v
		}
	}
	return nil
}

// nothingSince returns the last inspection from a day on that could have found a tap and
// found nothing; nil where there is none.
func (in *Input) nothingSince(day anomaly.Date) (last *anomaly.Inspection) {
	for i := range in.History.Inspections {
		v := &in.History.Inspections[i]
		if in.History.FoundNothing(v) && v.On >= day && v.On <= in.AsOf && in.History.CouldFind(v, anomaly.CauseTappedByOthers) {
			last = v
		}
	}
	return last
}
