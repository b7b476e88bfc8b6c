// Package train learns a model from many histories: what the accounts of a group have
// in common (see package pll), how far its intervals have to reach to keep their
// promise, and what all accounts did alike in the same weeks. It also measures, on the
// user's own bills, how good the estimates are (Backtest).
//
// Everything is deterministic: samples and folds go by a hash of the account's id, the
// seeds are fixed, and sums are taken in a fixed order; the order in which accounts
// come does not matter.
package train

import (
	"context"
	"runtime"

	"whybill/anomaly"
	"whybill/anomaly/pll"
)

// Options of training. The zero value takes the documented defaults.
type Options struct {
	// Until leaves out bills that end later; zero: none.
	Until anomaly.Date
	// Sample is how many accounts of a group are learnt from (2000); more change nothing.
	Sample int
	// Archetypes is the most seasonal shapes of a group (4), Evaluations how often each
	// search for hyper-parameters tries (400), Rounds how often shapes and hyper-parameters
	// are learnt from each other (3).
	Archetypes, Evaluations, Rounds int
	// MinAccounts is how many accounts a class needs for a group of its own (50).
	MinAccounts int
	// Weather holds the temperatures of the stations that accounts name.
	Weather map[string]*anomaly.WeatherSeries
}

func (o Options) withDefaults() Options {
	set := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	set(&o.Sample, 2000)
	set(&o.Archetypes, 4)
	set(&o.Evaluations, 400)
	set(&o.Rounds, 3)
	set(&o.MinAccounts, 50)
	if o.Until.IsZero() {
		o.Until = anomaly.MaxDate
	}
	return o
}

// Train learns a model from the source's accounts. A group with too few accounts has no
// entry: its accounts are estimated by those of their service, or by the cold start.
func Train(ctx context.Context, src Source, opt Options) (*anomaly.Model, error) {
	opt = opt.withDefaults()
	s := newSample(opt.Sample)
	err := collect(ctx, src, s, func(h *anomaly.History, series *pll.Series) *account {
		return newAccount(h, series, opt.Until, opt.Weather)
	})
	if err != nil {
		return nil, err
	}
	return s.learn(&opt)
}

// collect reduces every history and samples the result, for its class and for its service.
func collect(ctx context.Context, src Source, s *sample, reduce func(*anomaly.History, *pll.Series) *account) error {
	series := make([]pll.Series, max(64, 4*runtime.GOMAXPROCS(0)))
	return src.Each(ctx, func(worker int, h *anomaly.History) error {
		if a := reduce(h, &series[worker]); a != nil {
			s.add(a)
		}
		return ctx.Err()
	})
}

// learn fits every group that has enough accounts.
func (s *sample) learn(opt *Options) (*anomaly.Model, error) {
	m := &anomaly.Model{Version: anomaly.ModelVersion}
	whole := map[anomaly.Service]*anomaly.GroupModel{}
	for _, id := range s.ordered() {
		gs := s.groups[id]
		if id.class == "" {
			m.Accounts += gs.seen
			m.Bills += gs.bills
			m.Until = max(m.Until, gs.until)
		}
		if gs.seen < opt.MinAccounts {
			continue
		}
		start := anomaly.ColdStart(id.service)
		if w := whole[id.service]; w != nil {
			start = *w
		}
		start.Class = id.class
		g, err := fitGroup(gs.accounts, start, opt)
		if err != nil {
			return nil, err
		}
		g.Accounts, g.Bills = gs.seen, gs.bills
		m.Groups = append(m.Groups, g)
		if id.class == "" {
			whole[id.service] = &g
		}
	}
	sortGroups(m)
	return m, nil
}
