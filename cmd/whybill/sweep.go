package main

import (
	"context"
	"slices"
	"unique"

	"whybill/anomaly"
	"whybill/anomaly/decide"
	"whybill/anomaly/pipeline"
)

// visitor takes an assessment; it is valid until the visitor returns.
type visitor func(worker int, x *anomaly.Assessment) error

// sweep assesses all accounts of a source, with what only all of them together show: the
// routes that are out as a whole, and who is on a list that crews have already.
type sweep struct {
	src    pipeline.Source
	actx   *anomaly.Context
	cfg    *anomaly.Config
	asOf   anomaly.Date
	opt    pipeline.BatchOptions
	listed *listedAccounts

	// shocks are the routes that were found to be out.
	shocks []anomaly.RouteShock
}

// pass assesses all accounts once.
func (s *sweep) pass(ctx context.Context, visit visitor) error {
	return pipeline.Batch(ctx, s.listed.watch(s.src), s.actx, s.cfg, s.asOf, s.opt, func(worker int, x *anomaly.Assessment) error {
		s.listed.mark(worker, x)
		return visit(worker, x)
	})
}

// run assesses all accounts and hands them to the visitor that begin returns. Where this
// shows that whole routes are out, it begins again with that in the context, so that each
// of their accounts is judged by it. Part of a batch cannot tell: it goes by what training
// has left.
func (s *sweep) run(ctx context.Context, begin func() visitor) error {
	routes := make([][]decide.RouteBill, pipeline.Workers())
	visit := begin()
	err := s.pass(ctx, func(worker int, x *anomaly.Assessment) error {
		if x.Route != "" && x.BillKey != "" {
			routes[worker] = append(routes[worker], decide.RouteBill{
				Route: unique.Make(x.Route).Value(), Period: x.Period, Side: int8(x.Estimate.Side(anomaly.Float(x.Usage))),
			})
		}
		return visit(worker, x)
	})
	if err != nil || s.opt.Shard.N > 1 {
		return err
	}
	s.shocks = decide.RouteShocks(slices.Concat(routes...))
	around := anomaly.Neighbourhood{}
	if s.actx.Neighbourhood != nil {
		around = *s.actx.Neighbourhood
	}
	if len(s.shocks) == 0 || slices.Equal(s.shocks, around.Shocks) {
		return nil
	}
	around.Shocks = s.shocks
	known := *s.actx
	known.Neighbourhood = &around
	s.actx = &known
	return s.pass(ctx, begin())
}

// watchedSource lets somebody look at the histories that a source hands out.
type watchedSource struct {
	pipeline.Source
	look func(worker int, h *anomaly.History)
}

// Each implements pipeline.Source.
func (s watchedSource) Each(ctx context.Context, fn func(worker int, h *anomaly.History) error) error {
	return s.Source.Each(ctx, func(worker int, h *anomaly.History) error {
		s.look(worker, h)
		return fn(worker, h)
	})
}
