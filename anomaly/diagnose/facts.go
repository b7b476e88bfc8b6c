package diagnose

import (
	"math"
	"strings"

	"whybill/anomaly"
)

var defaults = anomaly.DefaultConfig()

func (in *Input) config() *anomaly.Config {
	if in.Config != nil {
		return in.Config
	}
	return &defaults
}

// facts weighs what the history says beyond the checks.
func (w *weighing) facts(in *Input, trace func(step)) {
	weighOne := func(e *evidence, args ...anomaly.Arg) {
		if e == nil {
			return
		}
		w.add(&e.ratio)
		if trace != nil {
			trace(step{id: e.id, message: anomaly.Msg(e.id, args...), ratio: e.ratio})
		}
	}
	weigh := func(id string, args ...anomaly.Arg) { weighOne(w.m.evidence[id], args...) }
	if len(in.History.Inspections) > 0 {
		w.inspections(in, weighOne)
	}
	if in.Estimate == nil || !in.Estimate.Known {
		weigh("fact.no_estimate")
		return
	}
	if len(in.History.Meters) > 0 {
		if on, ok := in.exchangeAtOnset(); ok {
			weigh("fact.exchange_at_onset", anomaly.DateArg("on", on))
		}
		if by, ok := in.multiplied(); ok {
			weigh("fact.multiplied", anomaly.NumberArg("multiplier", by, 0))
		}
	}
	if since, ok := in.restored(); ok {
		weigh("fact.restored", anomaly.DateArg("since", since))
	}
	if in.guessed() {
		weigh("fact.guessed")
	}
	if in.phaseLost() {
		weigh("fact.phase_lost")
	}
	if bills, days := in.longIdle(); days >= idleDays {
		weigh("fact.long_idle", anomaly.CountArg("bills", bills))
	}
	if in.idleBaseline() {
		id := "fact.idle_baseline"
		if in.saysOccupied() {
			id = "fact.idle_occupied"
		}
		weigh(id, anomaly.UsageArg("expected", in.Estimate.Usage, in.History.Unit(), 1))
	}
	if on, ok := in.readAgain(); ok {
		weigh("fact.read_again", anomaly.DateArg("on", on))
	}
}

// guessed reports whether the bill is a guess itself.
func (in *Input) guessed() bool { return in.History.Bills[in.Bill].Quality.Guessed() }

// readAgain reports whether somebody has been to the meter since the bill's closing
// day and read it: a visit, whatever else it looked at, finds a misread.
func (in *Input) readAgain() (anomaly.Date, bool) {
	from, until := in.History.Window(in.Bill)
	if !in.AsOf.IsZero() {
		until = min(until, in.AsOf.AddDays(1))
	}
	for i := range in.History.Events {
		e := &in.History.Events[i]
		if e.Kind != anomaly.EventVisitDone || e.At < from || e.At >= until {
			continue
		}
		if looked, ok := e.Field("looked_at"); ok && looked != "" {
			return e.At, true
		}
	}
	return in.runsOn(from, until)
}

// runsOn finds a reading at least two weeks after the bill's closing one by which the
// register has moved about as fast as it was billed: then the closing reading was right. One
// week is enough where that is nothing like what was expected.
func (in *Input) runsOn(from, until anomaly.Date) (anomaly.Date, bool) {
	b := &in.History.Bills[in.Bill]
	if !b.From.Valid || !b.To.Valid || b.To.Decimal.Cmp(b.From.Decimal) <= 0 || b.Period.Days() <= 0 {
		return 0, false
	}
	billed := (anomaly.Float(b.To.Decimal) - anomaly.Float(b.From.Decimal)) / float64(b.Period.Days())
	expected := in.Estimate.Occupied(1) * (anomaly.Float(b.To.Decimal) - anomaly.Float(b.From.Decimal)) / math.Max(anomaly.Float(b.Usage), 1)
	for i := range in.History.Readings {
		r := &in.History.Readings[i]
		days := r.On.Sub(from)
		if days < 7 || r.On >= until || r.Quality.Guessed() || r.Register != "" || r.MeterID != b.MeterID {
			continue
		}
		if rate := (anomaly.Float(r.Value) - anomaly.Float(b.To.Decimal)) / float64(days); rate > 0.5*billed && rate < 2*billed &&
			(days >= 14 || rate > 2*expected || rate < expected/2) {
			return r.On, true
		}
	}
	return 0, false
}

// restored reports whether this bill stands beside a line that charges for the bills
// before it on which nothing was recorded, and since when: what is expected from those
// says nothing. A line that names no period charges for the bills right before it.
func (in *Input) restored() (anomaly.Date, bool) {
	b := &in.History.Bills[in.Bill]
	if since, ok := in.History.BackBilled(in.Bill); ok && !b.Usage.IsZero() {
		return since, true
	}
	return 0, false
}

// oldRatio reports whether the usage has long stood at a ratio at which meters measure
// wrongly: then this bill is as expected, whatever the cause.
func (in *Input) oldRatio() bool {
	for i := range in.Findings {
		if strings.HasPrefix(in.Findings[i].Message.Key, "U05.ratio.") {
			return true
		}
	}
	return false
}

// ratio returns the finding that the usage stands, since a while or since long, at a ratio
// at which meters measure wrongly; nil where there is none.
func (in *Input) ratio() *anomaly.Finding {
	for i := range in.Findings {
		if f := &in.Findings[i]; strings.HasPrefix(f.Message.Key, "U05.ratio.") || strings.HasPrefix(f.Message.Key, "U05.now.") {
			return f
		}
	}
	return nil
}

// argument returns a finding's argument; the zero Arg where it has none of that name.
func argument(f *anomaly.Finding, name string) anomaly.Arg {
	for i := range f.Message.Args {
		if f.Message.Args[i].Name == name {
			return f.Message.Args[i]
		}
	}
	return anomaly.Arg{}
}

// onset is the day from which the usage is different: that of such a ratio, the change
// test's, or the first day of the bill.
func (in *Input) onset() anomaly.Date {
	if f := in.ratio(); f != nil {
		if on := argument(f, "onset").Date; on > 0 {
			return on
		}
	}
	if c := &in.Estimate.Change; c.Bills >= 2 && c.Onset > 0 {
		return c.Onset
	}
	return in.History.Bills[in.Bill].Period.Start
}

// shift is the change of log usage: that of a ratio at which meters measure wrongly, the
// change test's where it is about several bills, this bill's otherwise.
func (in *Input) shift() float64 {
	if f := in.ratio(); f != nil {
		if r := argument(f, "ratio").Num; r > 0 {
			return math.Log(r)
		}
	}
	if c := &in.Estimate.Change; c.Bills >= 2 {
		return c.Shift
	}
	u := anomaly.Float(in.History.Bills[in.Bill].Usage)
	return math.Log((u + 1) / (in.Estimate.Usage + 1))
}

// phaseLost reports whether a three-phase account uses two thirds or one third of what
// it did: one or two of its phases are not measured. A business of which the phases are
// not known is taken for one.
func (in *Input) phaseLost() bool {
	if a := &in.History.Account; a.Phases != 3 && (a.Phases != 0 || a.Class == "" || a.Class == "residential") {
		return false
	}
	if f := in.ratio(); f != nil {
		return strings.HasSuffix(f.Message.Key, "_thirds") || strings.HasSuffix(f.Message.Key, "_third")
	}
	s := in.shift()
	return math.Abs(s-math.Log(2.0/3)) < 0.06 || math.Abs(s-math.Log(1.0/3)) < 0.06
}

// multiplied reports by what the register of the meter last put in is multiplied, where it
// is not by one.
func (in *Input) multiplied() (by float64, ok bool) {
	m := in.History.MeterAt(in.History.Bills[in.Bill].MeterID, in.History.Bills[in.Bill].Period.End)
	if m == nil || !m.Multiplier.Valid {
		return 0, false
	}
	by = anomaly.Float(m.Multiplier.Decimal)
	return by, by != 1
}

// exchangeAtOnset reports whether a meter was put in about when the usage changed.
func (in *Input) exchangeAtOnset() (anomaly.Date, bool) {
	if math.Abs(in.shift()) < math.Log(1+in.config().Checks.HighLow[in.History.Account.Service].Ratio) {
		return 0, false
	}
	onset := in.onset()
	first := in.History.Meters[0].InstalledOn
	for i := range in.History.Meters {
		m := &in.History.Meters[i]
		// The first meter is no exchange.
		if m.InstalledOn > first && m.InstalledOn.Sub(onset) > -45 && m.InstalledOn <= in.History.Bills[in.Bill].Period.End && m.InstalledOn.Sub(onset) < 75 {
			return m.InstalledOn, true
		}
	}
	return 0, false
}

// idleDays is for how long an account has used nothing when it counts as out of use: no
// season of the year had anybody there.
const idleDays = 365

// longIdle counts the bills in a row, up to this one, without any usage, and their days.
func (in *Input) longIdle() (bills, days int) {
	for i := in.Bill; i >= 0 && days < idleDays; i-- {
		b := &in.History.Bills[i]
		if b.Cancelled {
			continue
		}
		if !b.Usage.IsZero() {
			break
		}
		bills++
		days += max(0, b.Period.Days())
	}
	return bills, days
}

// saysOccupied reports whether an event says that more people are there now.
func (in *Input) saysOccupied() bool {
	for i := range in.Findings {
		if in.Findings[i].Message.Key == "N07.occupancy" {
			return true
		}
	}
	return false
}

// idleBaseline reports whether the account used next to nothing before, and now a lot:
// an idle works, an empty house.
func (in *Input) idleBaseline() bool {
	b := &in.History.Bills[in.Bill]
	c := &in.config().Checks
	service := in.History.Account.Service
	days := float64(b.Period.Days())
	usual := in.Estimate.Occupied(days)
	return in.Estimate.Comparable && usual < 2*c.MinimumUsage[service]*days &&
		anomaly.Float(b.Usage) > 5*usual && anomaly.Float(b.Usage)-usual > c.HighLow[service].Usage
}
