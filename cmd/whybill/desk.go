package main

import (
	"context"
	"errors"

	"whybill/anomaly"
	"whybill/anomaly/cases"
	"whybill/anomaly/check"
	"whybill/anomaly/report"
	"whybill/anomaly/store"
)

// weekDesk works out where the disputes stand on the report's last day.
func (a *app) weekDesk(ctx context.Context, actx *anomaly.Context, week *report.Week) (err error) {
	all, err := a.allCases(ctx, week.AsOf)
	if err != nil {
		return err
	}
	desk := &report.Desk{States: []report.DeskState{}, Checks: []report.DeskCheck{}}
	states := map[cases.State]int{}
	for i := range all {
		c := &all[i]
		if c.Feedback {
			if c.Answered.IsZero() {
				desk.Feedback++
			}
			continue
		}
		for j := range c.Promises {
			p := &c.Promises[j]
			switch state := c.PromiseState(p, week.AsOf); {
			case (state == cases.PromiseBroken || state == cases.PromiseOverdue) && p.Due >= week.Since:
				desk.Broken++
			case state == cases.PromiseOpen && p.Due <= week.AsOf.AddDays(7):
				desk.Due++
			}
		}
		if c.State == cases.Closed {
			continue
		}
		states[c.State]++
		desk.Oldest = max(desk.Oldest, c.Age(week.AsOf))
		if c.Overdue(week.AsOf) {
			desk.Overdue++
		}
	}
	for _, s := range cases.States {
		if n := states[s]; n > 0 {
			desk.States = append(desk.States, report.DeskState{State: string(s), Cases: n})
		}
	}
	s, err := a.openStore(ctx, store.Options{ReadOnly: true, MustExist: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if desk.Holds, err = holds(ctx, s, actx, week); err != nil {
		return err
	}
	found, err := outcomes(ctx, s, actx, &week.Config, week.AsOf)
	if err != nil {
		return err
	}
	for _, o := range found.Checks {
		low, high := o.Wilson()
		desk.Checks = append(desk.Checks, report.DeskCheck{Check: o.ID, Visits: o.Tried, Hits: o.Hits, Low: low, High: high})
	}
	week.Desk = desk
	return nil
}

// holds counts the accounts on which nothing is to be collected on the report's last day.
func holds(ctx context.Context, s *store.Store, actx *anomaly.Context, week *report.Week) (n int, err error) {
	accounts, err := s.AccountsWithCases(ctx)
	if err != nil {
		return 0, err
	}
	for _, id := range accounts {
		h, err := s.History(ctx, id)
		if err != nil {
			return 0, err
		}
		var found check.Result
		check.RunDesk(&check.Input{History: h, Config: &week.Config, AsOf: week.AsOf, Rules: actx.Cases}, &found)
		for i := range found.Findings {
			if found.Findings[i].Action == anomaly.ActionHoldCollection {
				n++
				break
			}
		}
	}
	return n, nil
}
