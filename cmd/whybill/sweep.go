package main

import (
	"context"

	"whybill/anomaly"
	"whybill/anomaly/pipeline"
)

// visitor takes an assessment; it is valid until the visitor returns.
type visitor func(worker int, x *anomaly.Assessment) error

// sweep assesses all accounts of a source, with what only all of them together show (see
// app.neighbours) and who is on a list that crews have already.
type sweep struct {
	src    pipeline.Source
	actx   *anomaly.Context
	cfg    *anomaly.Config
	asOf   anomaly.Date
	opt    pipeline.BatchOptions
	listed *listedAccounts
}

// run assesses all accounts.
func (s *sweep) run(ctx context.Context, visit visitor) error {
	return pipeline.Batch(ctx, s.listed.watch(s.src), s.actx, s.cfg, s.asOf, s.opt, func(worker int, x *anomaly.Assessment) error {
		s.listed.mark(worker, x)
		return visit(worker, x)
	})
}

// shocks are the routes that are out as a whole.
func (s *sweep) shocks() []anomaly.RouteShock {
	if s.actx.Neighbourhood == nil {
		return nil
	}
	return s.actx.Neighbourhood.Shocks
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
