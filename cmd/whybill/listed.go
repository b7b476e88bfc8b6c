package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"

	"whybill/anomaly"
	"whybill/anomaly/decide"
	"whybill/anomaly/pipeline"
	"whybill/anomaly/report"
	"whybill/anomaly/store"
)

// eventAlertSent is the kind of an event that says that somebody has been alarmed.
const eventAlertSent = "alert_sent"

// listedAccounts knows who is on a list of visits that crews have already: from lists
// that the database keeps, from a list or a report in a file, and from alert_sent events.
type listedAccounts struct {
	bills  int // for so many an account cools down; 0: nobody does
	asOf   anomaly.Date
	last   map[string]anomaly.ListedVisit
	events []anomaly.ListedVisit // by worker: of the account that it is at
}

func newListedAccounts(cfg *anomaly.Config, asOf anomaly.Date) *listedAccounts {
	return &listedAccounts{
		bills: cfg.Stakes.CoolDown, asOf: asOf,
		last: map[string]anomaly.ListedVisit{}, events: make([]anomaly.ListedVisit, pipeline.Workers()),
	}
}

// add takes in a line of an earlier list. A list of the same day is the same list, made
// again.
func (l *listedAccounts) add(v anomaly.ListedVisit) {
	if v.On < l.asOf && v.On > l.last[v.AccountID].On {
		l.last[v.AccountID] = v
	}
}

// addKept takes in the lists that the database keeps.
func (l *listedAccounts) addKept(ctx context.Context, src pipeline.Source) error {
	s, ok := src.(*store.Store)
	if !ok || l.bills == 0 {
		return nil
	}
	lines, err := s.KeptVisits(ctx, 0, l.asOf)
	for _, v := range lines {
		l.add(v)
	}
	return err
}

// addSummary takes in the visits of an earlier report.
func (l *listedAccounts) addSummary(s *report.WeekSummary) error {
	if s == nil {
		return nil
	}
	for _, f := range s.Flags {
		if f.Listed == "" {
			continue
		}
		on, err := anomaly.ParseDate(f.Listed)
		if err != nil {
			return err
		}
		v := anomaly.ListedVisit{AccountID: f.AccountID, BillKey: f.BillID, On: on, Weight: math.Inf(1)}
		if f.Weight != nil {
			v.Weight = *f.Weight
		}
		l.add(v)
	}
	return nil
}

// addFile takes in an earlier list from a file: NDJSON or JSON that batch wrote, or the
// summary of a report.
func (l *listedAccounts) addFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	bad := func(err error) error {
		return misuse("previous", anomaly.TextArg("file", path)).because(err)
	}
	in := bufio.NewReader(f)
	d := json.NewDecoder(in)
	if first, err := in.Peek(1); err == nil && first[0] == '[' {
		if _, err := d.Token(); err != nil {
			return bad(err)
		}
	}
	lines := 0
	for d.More() {
		var x struct {
			AccountID string `json:"account_id"`
			BillID    string `json:"bill_id"`
			Visit     *struct {
				On     string  `json:"listed_on"`
				Weight float64 `json:"weight"`
			} `json:"visit"`
			report.WeekSummary
		}
		if err := d.Decode(&x); err != nil {
			return bad(err)
		}
		lines++
		if x.Visit != nil {
			on, err := anomaly.ParseDate(x.Visit.On)
			if err != nil {
				return bad(err)
			}
			l.add(anomaly.ListedVisit{AccountID: x.AccountID, BillKey: x.BillID, On: on, Weight: x.Visit.Weight})
			continue
		}
		if x.Name == "" {
			return bad(errors.New("what it holds is no list of visits"))
		}
		if err := l.addSummary(&x.WeekSummary); err != nil {
			return bad(err)
		}
	}
	if lines == 0 {
		return bad(io.ErrUnexpectedEOF)
	}
	return nil
}

// watch looks at the alerts among the events of each account, on its way to be assessed.
func (l *listedAccounts) watch(src pipeline.Source) pipeline.Source {
	if l.bills == 0 {
		return src
	}
	return watchedSource{src, func(worker int, h *anomaly.History) {
		l.events[worker] = anomaly.ListedVisit{}
		for i := range h.Events {
			e := &h.Events[i]
			// Those of a data plan warn the customer of a quota that runs out.
			if e.Kind != eventAlertSent || e.At.IsZero() || e.At >= l.asOf || h.Account.Service == anomaly.Broadband {
				continue
			}
			if e.At > l.events[worker].On {
				l.events[worker] = anomaly.ListedVisit{On: e.At, Weight: math.Inf(1)}
			}
		}
	}}
}

// mark says on an assessment that crews have the account already. What needs no visit now
// would be on no list, so there is nothing to leave off.
func (l *listedAccounts) mark(worker int, x *anomaly.Assessment) {
	if x.Verdict.Action == anomaly.ActionInspect || x.Verdict.Then == anomaly.ActionInspect {
		x.CoolDown = l.coolDown(worker, x)
	}
}

// coolDown says for how long crews have an account already, whatever it needs now: a draw
// would else send them again to one that was drawn before; nil where they have not.
func (l *listedAccounts) coolDown(worker int, x *anomaly.Assessment) *anomaly.CoolDown {
	if l.bills == 0 || x.BillKey == "" {
		return nil
	}
	last := l.events[worker]
	if v, ok := l.last[x.AccountID]; ok && v.On >= last.On {
		last = v
	}
	if last.On.IsZero() {
		return nil
	}
	return decide.CoolDown(&last, x, l.bills)
}

// listedVisit is the line of a kept list for an assessment that is on one.
func listedVisit(x *anomaly.Assessment, list string) anomaly.ListedVisit {
	return anomaly.ListedVisit{
		AccountID: x.AccountID, BillKey: x.BillKey, On: x.Visit.On, List: list, Random: x.Visit.Random,
		Propensity: x.Visit.Propensity, Probability: x.Verdict.InspectionProbability, Weight: x.Visit.Weight,
	}
}

// keepVisits keeps a list in the database and returns how many of its lines are new.
func (a *app) keepVisits(ctx context.Context, lines []anomaly.ListedVisit) (added int, err error) {
	s, err := a.openStore(ctx, store.Options{MustExist: true})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return s.KeepVisits(ctx, lines)
}
