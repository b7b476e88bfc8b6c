package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"whybill/anomaly"
	"whybill/anomaly/locale"
	"whybill/anomaly/pipeline"
	"whybill/anomaly/store"
	"whybill/anomaly/tariff"
)

// account is one account of the database, with all that its assessment needs.
type account struct {
	app     *app
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
	x = &account{app: a}
	if x.asOf, err = a.asOf(o.asOf); err != nil {
		return nil, err
	}
	if x.config, err = a.configured(); err != nil {
		return nil, err
	}
	if x.book, err = book(o.tariffFiles); err != nil {
		return nil, err
	}
	x.context = &anomaly.Context{Pricer: x.book}
	x.config.takeOver(x.context)
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

// printer writes what is said of the account, in the words of its service.
func (x *account) printer() *locale.Printer { return x.app.printer().For(x.history.Account.Service) }

// close closes the database and joins what went wrong there to err.
func (x *account) close(err error) error { return errors.Join(err, x.store.Close()) }

// assessor assesses the account's bills as a batch over all accounts does.
func (x *account) assessor(ctx context.Context) (*pipeline.Assessor, error) {
	if x.context.Neighbourhood == nil {
		if err := x.app.neighbours(ctx, x.store, x.context, x.config, x.asOf, x.history.Account.ID, false); err != nil {
			return nil, err
		}
	}
	a := pipeline.NewAssessor(x.context, &x.config.engine)
	a.Basis, a.Reasons = true, true
	return a, nil
}

// bill finds a bill by its id or the first day of its period; "" is the latest. Of several
// it is the one that counts as of the day of the assessment.
func (x *account) bill(key string) (int, error) {
	h := x.history
	if key == "" {
		if i := h.LatestBill(x.asOf); i >= 0 {
			return i, nil
		}
		return -1, misuse("no_bill_by", anomaly.TextArg("account", h.Account.ID), anomaly.DateArg("as_of", x.asOf)).hinted(billHint(h))
	}
	if i := billWhere(h, x.asOf, func(b *anomaly.Bill) bool { return b.Key() == key }); i >= 0 {
		return i, nil
	}
	if i := h.BillIndex(key); i >= 0 {
		return i, nil // it does not count, but it was asked for by its name
	}
	if d, err := anomaly.ParseDate(key); err == nil {
		starting := func(b *anomaly.Bill) bool { return b.Period.Start == d }
		if i := billWhere(h, x.asOf, starting); i >= 0 {
			return i, nil
		}
		if i := slices.IndexFunc(h.Bills, func(b anomaly.Bill) bool { return starting(&b) && !b.Cancelled }); i >= 0 {
			return i, nil // one that is not known yet
		}
	}
	return -1, misuse("no_bill", anomaly.TextArg("account", h.Account.ID), quoted("bill", key)).hinted(billHint(h))
}

// billWhere returns the first bill of a kind that counts as of a day; -1 where there is none.
func billWhere(h *anomaly.History, asOf anomaly.Date, is func(*anomaly.Bill) bool) int {
	for i := range h.Bills {
		if is(&h.Bills[i]) && h.Counts(i, asOf) {
			return i
		}
	}
	return -1
}

// knownBill finds a bill as bill does and leaves of the account's history what is known on
// the day of the assessment.
func (x *account) knownBill(key string) (int, error) {
	i, err := x.bill(key)
	if err == nil {
		x.history, i = x.history.Known(x.asOf, i)
	}
	return i, err
}

// billHint names the bills that an account has.
func billHint(h *anomaly.History) anomaly.Message {
	if len(h.Bills) == 0 {
		return anomaly.Msg("usage.bills.none")
	}
	var keys []string
	for i := max(0, len(h.Bills)-6); i < len(h.Bills); i++ {
		keys = append(keys, h.Bills[i].Key())
	}
	return anomaly.Msg("usage.bills", anomaly.TextArg("bills", strings.Join(keys, ", ")))
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
	message, _ := fault.UserMessage()
	return nil, (&usageError{message: message}).hinted(anomaly.Msg("cmd.nearest", anomaly.TextArg("accounts", strings.Join(near, ", "))))
}
