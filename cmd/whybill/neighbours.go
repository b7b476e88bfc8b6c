package main

import (
	"context"
	"errors"

	"whybill/anomaly"
	"whybill/anomaly/pipeline"
	"whybill/anomaly/store"
)

// neighbours puts into the context what only all accounts together know, as of a day: what
// the last import or training left in the database, where that holds for the day, or what
// a pass over all accounts finds. It is the same either way. Of the readings next to
// accounts on their routes, those of one account are enough where account is not "". With
// another model than the database's, a pass is made.
func (a *app) neighbours(ctx context.Context, src pipeline.Source, actx *anomaly.Context, config *configuration, asOf anomaly.Date, account string, otherModel bool) error {
	if !config.neighbours {
		return nil
	}
	s, stored := src.(*store.Store)
	if stored && !otherModel {
		kept, current, err := keptNeighbours(ctx, s)
		if err != nil {
			return err
		}
		if current && kept.From <= asOf && (kept.Until.IsZero() || asOf < kept.Until) {
			kept.RouteReadings, err = s.NearReadings(ctx, account)
			actx.Neighbourhood = kept
			return err
		}
		if !current {
			defer a.remark("%s", a.printer().Text("cmd.neighbours_anew"))
		}
	}
	if stored && actx.Weather == nil { // the account has no station, but others may
		var err error
		if actx.Weather, err = s.Weather(ctx); err != nil {
			return err
		}
	}
	return a.lookAround(ctx, src, actx, config, asOf)
}

// keptNeighbours reads what the last import or training left; current is false where there
// is nothing or another file has been imported since.
func keptNeighbours(ctx context.Context, s *store.Store) (kept *anomaly.Neighbourhood, current bool, err error) {
	last, err := s.LastFile(ctx)
	if err != nil {
		return nil, false, err
	}
	kept, after, err := s.Neighbourhood(ctx)
	return kept, kept != nil && after == last, err
}

// lookAround makes the pass over all accounts.
func (a *app) lookAround(ctx context.Context, src pipeline.Source, actx *anomaly.Context, config *configuration, asOf anomaly.Date) (err error) {
	progress := a.startProgress("comparing", "accounts", 0)
	defer progress.end()
	actx.Neighbourhood, err = pipeline.Neighbourhood(ctx, countingSource{src, progress}, actx, &config.engine, asOf)
	return err
}

// keepNeighbours makes the pass over the accounts of the database and leaves there what it
// finds: checks of single accounts go by it. Where another process writes for long, the
// next import keeps it.
func (a *app) keepNeighbours(ctx context.Context, s *store.Store, actx *anomaly.Context, config *configuration) error {
	if !config.neighbours {
		return nil
	}
	after, err := s.LastFile(ctx)
	if err != nil {
		return err
	}
	if err := a.lookAround(ctx, s, actx, config, a.today()); err != nil {
		return err
	}
	err = s.KeepNeighbourhood(ctx, after, actx.Neighbourhood)
	var fault *store.Error
	if errors.As(err, &fault) && fault.Code == store.Locked {
		return nil
	}
	return err
}
