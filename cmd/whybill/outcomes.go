package main

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"whybill/anomaly"
	"whybill/anomaly/check"
	"whybill/anomaly/locale"
	"whybill/anomaly/pipeline"
	"whybill/anomaly/report"
	"whybill/anomaly/store"
)

// showOutcomes prints what visits found, by check and by cause: how many there were, how
// many were right, what was expected before any and after them, and Wilson's interval;
// and how the priors of the causes move with them.
func (a *app) showOutcomes(ctx context.Context) (err error) {
	config, err := a.configured()
	if err != nil {
		return err
	}
	actx, err := a.newContext()
	if err != nil {
		return err
	}
	s, err := a.openStore(ctx, store.Options{ReadOnly: true, MustExist: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if actx.Weather, err = s.Weather(ctx); err != nil {
		return err
	}
	if err := learnt(ctx, s, actx); err != nil {
		return err
	}
	out, err := outcomes(ctx, s, actx, &config.engine, 0)
	if err != nil {
		return err
	}
	p := a.printer()
	g := report.Grid{Right: []bool{false, true, true, true, true, true}}
	g.Add(strings.Split(p.Text("outcomes.header"), "\t")...)
	line := func(name string, h check.HitRate) {
		low, high := h.Wilson()
		g.Add(name, strconv.Itoa(h.Tried), strconv.Itoa(h.Hits), p.Percent(check.HitRate{}.Mean(), 0), p.Percent(h.Mean(), 0),
			locale.Number(100*low, 0)+".."+p.Percent(high, 0))
	}
	line(p.Text("outcomes.all"), out.All)
	drawn, err := drawnAtRandom(ctx, s)
	if err != nil {
		return err
	}
	if drawn.Tried > 0 {
		line(p.Text("outcomes.random"), drawn)
	}
	for _, o := range out.Checks {
		line(o.ID, o.HitRate)
	}
	for _, o := range out.Causes {
		line(p.Term(o.ID), o.HitRate)
	}
	if err := g.Write(a.out); err != nil {
		return err
	}
	if err := writePriors(a.out, p, config.causeTable(), out.Priors, actx.Model.LearntPriors()); err != nil {
		return err
	}
	if out.Undated > 0 {
		a.remark("%s", p.Say(anomaly.Msg("outcomes.undated", anomaly.CountArg("count", out.Undated))))
	}
	return nil
}

// drawnAtRandom is the record of the visits that a kept list had drawn by lot: only these
// say how often something is found where nothing was suspected.
func drawnAtRandom(ctx context.Context, s *store.Store) (h check.HitRate, err error) {
	visits, err := s.InspectedVisits(ctx)
	last := anomaly.InspectedVisit{}
	for i := range visits {
		v := &visits[i]
		if !v.OK || !v.Listed.Random {
			continue
		}
		hit := v.Outcome != anomaly.NothingFound
		again := v.AccountID == last.AccountID && v.On == last.On
		if !again {
			h.Tried++
		}
		if hit && (!again || last.Outcome == anomaly.NothingFound) {
			h.Hits++
		}
		if !again || hit {
			last = *v
		}
	}
	return h, err
}

// outcomes holds what visits found against what was said before them: it reads the
// accounts that were visited and no others.
func outcomes(ctx context.Context, s *store.Store, actx *anomaly.Context, cfg *anomaly.Config, until anomaly.Date) (*pipeline.Outcomes, error) {
	visited, err := s.AccountsVisited(ctx)
	if err != nil {
		return nil, err
	}
	return pipeline.LearnOutcomes(ctx, &someAccounts{s, visited}, actx, cfg, until)
}

// someAccounts hands out the histories of some accounts, one after the other.
type someAccounts struct {
	store *store.Store
	ids   []string
}

func (x *someAccounts) Each(ctx context.Context, fn func(worker int, h *anomaly.History) error) error {
	for _, id := range x.ids {
		h, err := x.store.History(ctx, id)
		if err != nil {
			return err
		}
		if err := fn(0, h); err != nil {
			return err
		}
	}
	return nil
}
