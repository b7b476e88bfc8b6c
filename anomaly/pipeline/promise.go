package pipeline

import (
	"context"
	"sync"

	"whybill/anomaly"
	"whybill/anomaly/train"
)

// From so many accounts, and so many of the latest bills of each, it is learnt how the
// promise that the next bill changes the decision is kept.
const (
	promiseAccounts = 12000
	promiseBills    = 12
)

// LearnPromise takes the decisions on past bills again, each from what was known on the
// day, and one bill later; and learns how often the next bill changed what it was promised
// to change. Of many accounts (so many in all) it takes some, by a hash of their ids;
// bills that end after until are left out, the zero Date leaves none out. Nil: there was
// nothing to learn from.
func LearnPromise(ctx context.Context, src Source, actx *anomaly.Context, cfg *anomaly.Config, accounts int, until anomaly.Date) (*anomaly.LearntPromise, error) {
	if actx == nil {
		actx = &anomaly.Context{}
	}
	before := actionsOf(actx).Promise()
	actx = asPromised(actx)
	some := Shard{N: accounts / promiseAccounts}
	assessors := make([]*Assessor, Workers())
	var mu sync.Mutex
	var past []train.Promised
	err := src.Each(ctx, func(worker int, h *anomaly.History) error {
		if !some.Has(h.Account.ID) {
			return nil
		}
		if assessors[worker] == nil {
			assessors[worker] = NewAssessor(actx, cfg)
		}
		if kept := assessors[worker].promises(h, until); len(kept) > 0 {
			mu.Lock()
			past = append(past, kept...)
			mu.Unlock()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return train.Promise(past, before), nil
}

// asPromised is the context in which promises are made without regard to how they are
// kept: what is learnt rests on the bills alone, however often it is learnt.
func asPromised(actx *anomaly.Context) *anomaly.Context {
	c, m := *actx, anomaly.Model{Version: anomaly.ModelVersion}
	if c.Model != nil {
		m = *c.Model
	}
	m.Promise = anomaly.KeptAsPromised()
	c.Model = &m
	return &c
}

// promises holds what was promised on an account's latest bills against the decisions on
// the day that the next one closed.
func (a *Assessor) promises(h *anomaly.History, until anomaly.Date) (kept []train.Promised) {
	var bills []int
	for i := range h.Bills {
		if b := &h.Bills[i]; !b.Cancelled && (until.IsZero() || b.Period.End <= until) {
			bills = append(bills, i)
		}
	}
	bills = bills[max(0, len(bills)-promiseBills-1):]
	open := false
	var last train.Promised
	for k, i := range bills {
		b := &h.Bills[i]
		day := b.Period.End
		v := &a.AssessBill(h, i, day).Verdict
		if best := v.WithoutWaiting(); open && h.Bills[bills[k-1]].Period.End == b.Period.Start {
			last.Changed = best != last.Best
			kept = append(kept, last)
		}
		if k+1 == len(bills) {
			break
		}
		// What was said last before the next bill came, if somebody asked until then.
		asked := false
		if eve := h.Bills[bills[k+1]].Period.End.AddDays(-1); eve > day {
			if asked = h.Asked(i, eve); asked {
				v = &a.AssessBill(h, i, eve).Verdict
			}
		}
		best := v.WithoutWaiting()
		open = len(v.Options) > 0 && waitable(best)
		last = train.Promised{On: day, Asked: asked, Best: best, Changes: v.Wait.Changes}
	}
	return kept
}

// waitable reports whether waiting is weighed against an action: a bill that is wrong by
// what is written is so whatever the next one shows.
func waitable(a anomaly.Action) bool {
	switch a {
	case anomaly.ActionRebill, anomaly.ActionGoodwill, anomaly.ActionFixData, anomaly.ActionHoldCollection:
		return false
	}
	return true
}
