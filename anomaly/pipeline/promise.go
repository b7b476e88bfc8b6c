package pipeline

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"whybill/anomaly"
	"whybill/anomaly/train"
)

// From so many accounts at most, and so many of the latest bills of each, it is learnt how
// the promise that the next bill changes the decision is kept; and from no more accounts
// than have so many promises: one in ten of them is 400, whose share is known to within
// 0.025, half of what a promise may be off by.
const (
	promiseAccounts = 12000
	promiseBills    = 12
	promiseEnough   = 4000
)

// LearnPromise takes the decisions on past bills again, each from what was known on the
// day, and one bill later; and learns how often the next bill changed what it was promised
// to change. Of many accounts (so many in all) it takes some, by a hash of their ids;
// bills that end after until are left out, the zero Date leaves none out. What only the
// neighbours knew on each of the days is not known any more, and left out as well. Nil: there
// was nothing to learn from.
func LearnPromise(ctx context.Context, src Source, actx *anomaly.Context, cfg *anomaly.Config, accounts int, until anomaly.Date) (*anomaly.LearntPromise, error) {
	if actx == nil {
		actx = &anomaly.Context{}
	}
	before := actionsOf(actx).Promise()
	actx = asPromised(actx)
	some := Shard{N: accounts / promiseAccounts}
	assessors := make([]*Assessor, Workers())
	past := newPromises(promiseEnough)
	err := src.Each(ctx, func(worker int, h *anomaly.History) error {
		if !some.Has(h.Account.ID) || !past.wants(h.Account.ID) {
			return nil
		}
		if assessors[worker] == nil {
			assessors[worker] = NewAssessor(actx, cfg)
		}
		past.add(h.Account.ID, assessors[worker].promises(h, until))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return train.Promise(past.all(), before), nil
}

// promises are what was promised to the accounts with the smallest hashes: of so many of
// them that there is enough, whatever order they come in.
type promises struct {
	enough int
	limit  atomic.Uint32 // accounts with a larger hash are out for certain

	mu   sync.Mutex
	made []promisedTo
}

// promisedTo is a promise with the hash of its account.
type promisedTo struct {
	account uint32
	train.Promised
}

func newPromises(enough int) *promises {
	p := &promises{enough: enough}
	p.limit.Store(math.MaxUint32)
	return p
}

func (p *promises) wants(account string) bool { return hashOf(account) <= p.limit.Load() }

func (p *promises) add(account string, made []train.Promised) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range made {
		p.made = append(p.made, promisedTo{hashOf(account), m})
	}
	if len(p.made) > 2*p.enough {
		p.shrink()
	}
}

// shrink lets the accounts go that are not needed, and any that may yet come after them.
func (p *promises) shrink() {
	if len(p.made) <= p.enough {
		return
	}
	slices.SortFunc(p.made, func(a, b promisedTo) int { return cmp.Compare(a.account, b.account) })
	n := p.enough
	for n < len(p.made) && p.made[n].account == p.made[n-1].account {
		n++
	}
	p.made = p.made[:n]
	p.limit.Store(p.made[n-1].account)
}

func (p *promises) all() []train.Promised {
	p.shrink()
	past := make([]train.Promised, len(p.made))
	for i := range past {
		past[i] = p.made[i].Promised
	}
	return past
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

// promises holds what was promised on an account's latest bills, where waiting was weighed,
// against the decisions on the day that the next one closed. Of meters side by side the
// next bill may be another meter's: such accounts teach nothing.
func (a *Assessor) promises(h *anomaly.History, until anomaly.Date) (kept []train.Promised) {
	if h.ParallelMeters() {
		return nil
	}
	var bills []int
	for i := range h.Bills {
		if b := &h.Bills[i]; !b.Cancelled && (until.IsZero() || b.Period.End <= until) {
			bills = append(bills, i)
		}
	}
	bills = bills[max(0, len(bills)-promiseBills-1):]
	open := false
	var best anomaly.Action // of the bill before
	var last train.Promised
	for k, i := range bills {
		b := &h.Bills[i]
		day := b.Period.End
		v := &a.AssessBill(h, i, day).Verdict
		if open && h.Bills[bills[k-1]].Period.End == b.Period.Start {
			last.Changed = v.WithoutWaiting() != best
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
		open, best = v.Wait.Against != "", v.WithoutWaiting()
		last = train.Promised{On: day, Asked: asked, Best: v.Wait.Against, Changes: v.Wait.Changes}
	}
	return kept
}
