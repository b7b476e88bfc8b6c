package check

import (
	"math"
	"slices"

	"whybill/anomaly"
)

// longWatch is for how many minutes somebody may be asked to watch a meter.
const longWatch = 90

// SelftestPlan is how to do a self-test so that it can see what it must.
type SelftestPlan struct {
	Service  anomaly.Service
	Unit     string
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
	Least    float64 // the least rate that the test can be relied on to see in that time
}

// smallestStep is what the last digit or the smallest pointer of a meter shows, in units,
// where nobody knows this one's: whole kWh; the tenth of a litre of a water meter's
// smallest pointer; the litre of a gas meter's last digit.
var smallestStep = map[anomaly.Service]float64{anomaly.Water: 0.0001, anomaly.Gas: 0.001}

// PlanSelftest plans a test for a usage in dispute, in unit, over a number of days. Of the
// meter its constant and resolution are taken where they are known; 600 revolutions, 1600
// impulses and the usual smallest step otherwise. There is none for broadband.
func PlanSelftest(service anomaly.Service, unit string, disputed float64, days int, meter *anomaly.Meter, cfg *anomaly.Config) SelftestPlan {
	if cfg == nil {
		cfg = &defaults
	}
	if service == anomaly.Broadband {
		return SelftestPlan{Service: service, Unit: unit}
	}
	p := SelftestPlan{Service: service, Unit: unit, Form: formFields}
	if days > 0 {
		p.Disputed = disputed / (24 * float64(days))
	}
	led, disc, resolution, assumed := 1600.0, 600.0, 1.0, true
	if step, ok := smallestStep[service]; ok {
		resolution = step
	}
	if meter != nil && meter.Constant.Valid {
		led = anomaly.Float(meter.Constant.Decimal)
		disc = led
	}
	if meter != nil && meter.Resolution.Valid {
		resolution, assumed = anomaly.Float(meter.Resolution.Decimal), false
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
		w.OneCount, w.Least = t.OneCount(), t.Detectable(cfg)
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
	p.Steps = p.steps(resolution, assumed)
	return p
}

// steps puts the plan into sentences. The step of the register is said for water and gas,
// where it decides how long the test takes and is not the same for all meters.
func (p *SelftestPlan) steps(resolution float64, assumed bool) []anomaly.Message {
	best := p.Options[0]
	kind := "electricity"
	if p.Service > anomaly.Electricity {
		kind = p.Service.String()
	}
	say := func(step string, args ...anomaly.Arg) anomaly.Message {
		return anomaly.Msg("selftest."+step+"."+kind, args...)
	}
	watch := anomaly.Msg("selftest.step.watch", watchTerm(p.Service, best.Watch), anomaly.NumberArg("minutes", best.Minutes, 0))
	if best.Watch == WatchRegister && best.Minutes > longWatch {
		// Nobody sits there for so long: the figures before and after say the same.
		watch = anomaly.Msg("selftest.step.leave", anomaly.NumberArg("hours", math.Ceil(best.Minutes/60), 0))
	}
	steps := []anomaly.Message{
		say("safety"),
		anomaly.Msg("selftest.step.write"),
		say("step.off"),
		watch,
	}
	if p.Service > anomaly.Electricity {
		steps = append(steps, anomaly.Msg("selftest.step.limit", RateArg("one", p.Service, p.Unit, best.OneCount), RateArg("least", p.Service, p.Unit, best.Least)))
		if assumed {
			decimals := max(0, int(math.Ceil(-math.Log10(resolution))))
			steps = append(steps, anomaly.Msg("selftest.step.assumed", anomaly.UsageArg("step", resolution, p.Unit, decimals)))
		}
	} else {
		for _, o := range p.Options {
			steps = append(steps, anomaly.Msg("selftest.step.sees", watchTerm(p.Service, o.Watch),
				anomaly.NumberArg("minutes", o.Minutes, 0), RateArg("one", p.Service, p.Unit, o.OneCount)))
		}
	}
	return append(steps, say("step.branches"), say("step.means"), say("step.proves"))
}

// FieldTerm is the id of a form's field in the words of the service.
func FieldTerm(service anomaly.Service, field string) string {
	if service > anomaly.Electricity {
		switch field {
		case "main", "branches", "watch":
			return "field." + field + "." + service.String()
		}
	}
	return "field." + field
}
