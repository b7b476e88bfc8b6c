package main

import (
	"context"
	"errors"
	"strings"

	"whybill/anomaly"
	"whybill/anomaly/pipeline"
	"whybill/anomaly/store"
	"whybill/anomaly/tariff"
)

// account is one account of the database, with all that its assessment needs.
type account struct {
	store   *store.Store
	history *anomaly.History
	context *anomaly.Context
	book    *tariff.Book // the context's pricer
	config  *configuration
	asOf    anomaly.Date
}

// accountOptions say how an account is opened.
type accountOptions struct {
	asOf        string
	tariffFiles []string
	write       bool
}

// openAccount opens the database and reads the account. It is to be closed.
func (a *app) openAccount(ctx context.Context, id string, o accountOptions) (x *account, err error) {
	if err := a.checkGlobal(); err != nil {
		return nil, err
	}
	x = &account{}
	if x.asOf, err = a.asOf(o.asOf); err != nil {
		return nil, err
	}
	if x.config, err = a.configured(); err != nil {
		return nil, err
	}
	if x.book, err = book(o.tariffFiles); err != nil {
		return nil, err
	}
	x.context = &anomaly.Context{Pricer: x.book, Cases: x.config.cases}
	if x.store, err = a.openStore(ctx, store.Options{ReadOnly: !o.write, MustExist: true}); err != nil {
		return nil, err
	}
	if err := x.read(ctx, a, id); err != nil {
		return nil, x.close(err)
	}
	return x, nil
}

func (x *account) read(ctx context.Context, a *app, id string) (err error) {
	if x.history, err = a.history(ctx, x.store, id); err != nil {
		return err
	}
	if err := learnt(ctx, x.store, x.context); err != nil {
		return err
	}
	if x.history.Account.WeatherStation != "" {
		x.context.Weather, err = x.store.Weather(ctx)
	}
	return err
}

// close closes the database and joins what went wrong there to err.
func (x *account) close(err error) error { return errors.Join(err, x.store.Close()) }

// assessor assesses the account's bills.
func (x *account) assessor() *pipeline.Assessor {
	a := pipeline.NewAssessor(x.context, &x.config.engine)
	a.Basis, a.Reasons = true, true
	return a
}

// bill finds a bill by its id or the first day of its period; "" is the latest.
func (x *account) bill(key string) (int, error) {
	h := x.history
	if key == "" {
		if i := h.LatestBill(x.asOf); i >= 0 {
			return i, nil
		}
		return -1, usagef(billHint(h), "account %s has no bill whose period ended by %s", h.Account.ID, x.asOf)
	}
	if i := h.BillIndex(key); i >= 0 {
		return i, nil
	}
	if d, err := anomaly.ParseDate(key); err == nil {
		if i := billStarting(h, d); i >= 0 {
			return i, nil
		}
	}
	return -1, usagef(billHint(h), "account %s has no bill %q", h.Account.ID, key)
}

func billStarting(h *anomaly.History, d anomaly.Date) int {
	for i := range h.Bills {
		if h.Bills[i].Period.Start == d && !h.Bills[i].Cancelled {
			return i
		}
	}
	return -1
}

func billHint(h *anomaly.History) string {
	if len(h.Bills) == 0 {
		return "it has no bills at all"
	}
	var keys []string
	for i := max(0, len(h.Bills)-6); i < len(h.Bills); i++ {
		keys = append(keys, h.Bills[i].Key())
	}
	return "its latest bills are " + strings.Join(keys, ", ")
}

// history reads an account's history; where there is no such account the error names
// the ones that may be meant.
func (a *app) history(ctx context.Context, s *store.Store, id string) (*anomaly.History, error) {
	h, err := s.History(ctx, id)
	var fault *store.Error
	if !errors.As(err, &fault) || fault.Code != store.UnknownAccount {
		return h, err
	}
	near, nearErr := s.Nearest(ctx, id, 3)
	if nearErr != nil || len(near) == 0 {
		return nil, err
	}
	p := a.printer()
	message, _ := fault.UserMessage()
	return nil, usagef(p.Say(anomaly.Msg("cmd.nearest", anomaly.TextArg("accounts", strings.Join(near, ", ")))), "%s", p.Say(message))
}
