package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

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
	desk := deskOf(all, week)
	s, err := a.openStore(ctx, store.Options{ReadOnly: true, MustExist: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if desk.OnHold, err = holds(ctx, s, actx, week); err != nil {
		return err
	}
	desk.Holds = len(desk.OnHold)
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

// deskOf counts and lists cases: what is overdue first, then what is due first.
func deskOf(all []cases.Case, week *report.Week) *report.Desk {
	desk := report.NewDesk()
	states := map[cases.State]*report.DeskState{}
	for i := range all {
		c := &all[i]
		age := c.Age(week.AsOf)
		if c.Feedback {
			if c.Answered.IsZero() {
				desk.Feedback++
				desk.UntoldAge[desk.Band(age)]++
				desk.Untold = append(desk.Untold, report.DeskFeedback{Case: c.Reference(), On: c.Opened, Age: age})
			}
			continue
		}
		promises(desk, c, week)
		if c.State == cases.Closed {
			continue
		}
		if states[c.State] == nil {
			states[c.State] = &report.DeskState{State: string(c.State)}
		}
		states[c.State].Cases++
		states[c.State].Ages[desk.Band(age)]++
		desk.Oldest = max(desk.Oldest, age)
		if c.Overdue(week.AsOf) {
			desk.Overdue++
		}
		desk.Cases = append(desk.Cases, report.DeskCase{
			Case: c.ID, AccountID: c.AccountID, State: string(c.State), Opened: c.Opened, Age: age, Due: c.Due, Overdue: c.Overdue(week.AsOf),
		})
	}
	for _, s := range cases.States {
		if n := states[s]; n != nil {
			desk.States = append(desk.States, *n)
		}
	}
	slices.SortStableFunc(desk.Cases, func(x, y report.DeskCase) int {
		return cmp.Or(cmp.Compare(x.Due, y.Due), strings.Compare(x.Case, y.Case)) // what is overdue was due before
	})
	slices.SortStableFunc(desk.Promises, func(x, y report.DeskPromise) int {
		return cmp.Or(cmp.Compare(x.Due, y.Due), strings.Compare(x.Case, y.Case))
	})
	slices.SortStableFunc(desk.Untold, func(x, y report.DeskFeedback) int {
		return cmp.Or(cmp.Compare(x.On, y.On), strings.Compare(x.Case, y.Case))
	})
	return desk
}

// promises adds those of a case that were broken in the report's days or are due within
// the seven days after them.
func promises(desk *report.Desk, c *cases.Case, week *report.Week) {
	for i := range c.Promises {
		p := &c.Promises[i]
		state := c.PromiseState(p, week.AsOf)
		switch {
		case (state == cases.PromiseBroken || state == cases.PromiseOverdue) && p.Due >= week.Since:
			desk.Broken++
		case state == cases.PromiseOpen && p.Due <= week.AsOf.AddDays(7):
			desk.Due++
		default:
			continue
		}
		line := report.DeskPromise{Case: c.ID, AccountID: c.AccountID, What: "visit", Given: p.Given, Due: p.Due, State: string(state)}
		switch {
		case p.Answer:
			line.What = "answer"
		case p.Joint:
			line.What = "joint_visit"
		}
		if !p.Open() {
			line.Done = c.Entries[p.Done].On
		}
		desk.Promises = append(desk.Promises, line)
	}
}

// holds lists the accounts on which nothing is to be collected on the report's last day,
// each with what speaks most for it.
func holds(ctx context.Context, s *store.Store, actx *anomaly.Context, week *report.Week) (all []report.DeskHold, err error) {
	accounts, err := s.AccountsWithCases(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range accounts {
		h, err := s.History(ctx, id)
		if err != nil {
			return nil, err
		}
		var found check.Result
		check.RunDesk(&check.Input{History: h, Config: &week.Config, AsOf: week.AsOf, Rules: actx.Cases}, &found)
		var most *anomaly.Finding
		for i := range found.Findings {
			if f := &found.Findings[i]; f.Action == anomaly.ActionHoldCollection && (most == nil || f.Severity > most.Severity) {
				most = f
			}
		}
		if most != nil {
			all = append(all, report.DeskHold{AccountID: id, Check: most.Check, Ref: most.Ref, Reason: most.Message.Key, Message: most.Message})
		}
	}
	return all, nil
}
