package check

import (
	"math"
	"slices"

	"whybill/anomaly"
)

// SelftestPlan is how to do a self-test so that it can see what it must.
type SelftestPlan struct {
	Disputed float64 // the rate to be seen, in the account's unit an hour
	Options  []WatchOption
	Steps    []anomaly.Message // in order; the first is the safety line
	Form     []string          // the fields to be written down, keys of a selftest event's note
}

// WatchOption is one thing to watch and for how long.
type WatchOption struct {
	Watch    string
	PerCount float64
	Minutes  float64 // so that the disputed rate makes counts enough; at least the creep test's time
	OneCount float64 // the rate that makes one count in that time
}

// PlanSelftest plans a test for a usage in dispute over a number of days. Of the meter
// its constant and resolution are taken where they are known; 600 revolutions, 1600
// impulses and whole units otherwise.
func PlanSelftest(service anomaly.Service, disputed float64, days int, meter *anomaly.Meter, cfg *anomaly.Config) SelftestPlan {
	if cfg == nil {
		cfg = &defaults
	}
	p := SelftestPlan{Form: formFields}
	if days > 0 {
		p.Disputed = disputed / (24 * float64(days))
	}
	led, disc, resolution := 1600.0, 600.0, 1.0
	if meter != nil && meter.Constant.Valid {
		led = anomaly.Float(meter.Constant.Decimal)
		disc = led
	}
	if meter != nil && meter.Resolution.Valid {
		resolution = anomaly.Float(meter.Resolution.Decimal)
	}
	watches := []WatchOption{{Watch: WatchRegister, PerCount: resolution}}
	if service == anomaly.Electricity {
		watches = append([]WatchOption{{Watch: WatchLED, PerCount: 1 / led}, {Watch: WatchDisc, PerCount: 1 / disc}}, watches...)
	}
	for _, w := range watches {
		t := Selftest{Watch: w.Watch, PerCount: w.PerCount, Minutes: 1}
		w.Minutes = cfg.Checks.CreepMinutes
		if p.Disputed > 0 {
			w.Minutes = math.Max(w.Minutes, math.Ceil(t.MinutesFor(p.Disputed, cfg)))
		}
		t.Minutes = w.Minutes
		w.OneCount = t.OneCount()
		p.Options = append(p.Options, w)
	}
	slices.SortStableFunc(p.Options, func(a, b WatchOption) int {
		switch {
		case a.Minutes < b.Minutes:
			return -1
		case a.Minutes > b.Minutes:
			return 1
		}
		return 0
	})
	p.Steps = p.steps(service)
	return p
}

func (p *SelftestPlan) steps(service anomaly.Service) []anomaly.Message {
	best := p.Options[0]
	kind := "valve"
	if service == anomaly.Electricity {
		kind = "breaker"
	}
	steps := []anomaly.Message{
		anomaly.Msg("selftest.safety." + kind),
		anomaly.Msg("selftest.step.write"),
		anomaly.Msg("selftest.step.off." + kind),
		anomaly.Msg("selftest.step.watch", anomaly.TermArg("watch", "watch."+best.Watch), anomaly.NumberArg("minutes", best.Minutes, 0)),
	}
	for _, o := range p.Options {
		if service == anomaly.Electricity {
			steps = append(steps, anomaly.Msg("selftest.step.sees", anomaly.TermArg("watch", "watch."+o.Watch),
				anomaly.NumberArg("minutes", o.Minutes, 0), anomaly.WattsArg("one", 1000*o.OneCount)))
		}
	}
	if service == anomaly.Electricity {
		steps = append(steps, anomaly.Msg("selftest.step.branches"))
	}
	return append(steps, anomaly.Msg("selftest.step.means"), anomaly.Msg("selftest.step.proves"))
}
