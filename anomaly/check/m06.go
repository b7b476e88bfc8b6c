package check

import (
	"math"

	"whybill/anomaly"
)

// M06: the meter measures another home: it stops with that home's supply, or two accounts
// next to each other have changed their levels of usage from one reading on.
var m06 = Check{
	ID: "M06", Severity: anomaly.Critical, Action: anomaly.ActionInspect,
	Run: func(in *Input, out *Result) {
		for e, r := range in.selftests {
			if r.Verdict != TestNeighbour {
				continue
			}
			f := in.finding("M06", anomaly.Critical, anomaly.ActionInspect, e.At.String()+e.Note, anomaly.Msg("M06.crossed", anomaly.DateArg("on", e.At)))
			f.Evidence = []anomaly.Source{e.Source}
			out.add(f)
		}
		in.levelsSwapped(out)
	},
}

// levelsSwapped reports the account next door whose level has become this one's.
func (in *Input) levelsSwapped(out *Result) {
	s := in.Neighbourhood.SwapOf(&in.History.Account, in.bill.Period)
	if s == nil {
		return
	}
	key := "M06.levels"
	if s.Shift < 0 {
		key = "M06.levels.lower"
	}
	f := in.finding("M06", anomaly.Medium, anomaly.ActionInspect, s.Onset.String()+s.With, anomaly.Msg(key,
		anomaly.DateArg("onset", s.Onset), anomaly.TextArg("account", s.With), anomaly.PercentArg("shift", math.Abs(math.Exp(s.Shift)-1), 0)))
	f.Evidence = evidence(in.bill.Source, s.Source)
	in.size(&f, in.usage()*(1-math.Exp(-s.Shift)))
	out.add(f)
}
