package pipeline

import (
	"context"
	"hash/fnv"

	"whybill/anomaly"
)

// Source hands out every account's history, to several goroutines at once; worker
// (0 to Workers()-1) tells them apart. A history is valid until fn returns. A Spool is
// one, a store is another.
type Source interface {
	Each(ctx context.Context, fn func(worker int, h *anomaly.History) error) error
}

// EachOutline is Each without the bills' lines and the inspections, which the estimates
// do not look at, where the source can leave them out.
func EachOutline(ctx context.Context, src Source, fn func(worker int, h *anomaly.History) error) error {
	if s, ok := src.(interface {
		EachOutline(ctx context.Context, fn func(worker int, h *anomaly.History) error) error
	}); ok {
		return s.EachOutline(ctx, fn)
	}
	return src.Each(ctx, fn)
}

// Shard is the K-th of N parts of the accounts (K from 0), by a hash of their ids: so
// that several processes can share a batch. The zero Shard is everything.
type Shard struct{ K, N int }

// Has reports whether an account belongs to the shard.
func (s Shard) Has(account string) bool {
	if s.N <= 1 {
		return true
	}
	return int(hashOf(account)%uint32(s.N)) == s.K
}

// hashOf puts accounts in an order that has nothing to do with that of the files.
func hashOf(account string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(account))
	return h.Sum32()
}

// BatchOptions say which bills of which accounts a batch assesses.
type BatchOptions struct {
	Shard    Shard
	AllBills bool // every bill up to the as-of date, not only the latest
	Basis    bool // say of every bill what its estimate rests on; see Assessor
}

// Batch assesses every account of the source and hands each assessment to visit, on
// the source's goroutines and in no defined order. An assessment is valid until visit
// returns; Keep copies one. An account without a bill to assess is handed over with
// its insufficient-data verdict.
func Batch(ctx context.Context, src Source, actx *anomaly.Context, cfg *anomaly.Config, asOf anomaly.Date, opt BatchOptions,
	visit func(worker int, a *anomaly.Assessment) error,
) error {
	assessors := make([]*Assessor, Workers())
	for i := range assessors {
		assessors[i] = NewAssessor(actx, cfg)
		assessors[i].Basis = opt.Basis
	}
	return src.Each(ctx, func(worker int, h *anomaly.History) error {
		if !opt.Shard.Has(h.Account.ID) {
			return nil
		}
		if !opt.AllBills {
			return visit(worker, assessors[worker].Assess(h, asOf))
		}
		for i := range h.Bills {
			if !h.Counts(i, asOf) {
				continue
			}
			if err := visit(worker, assessors[worker].AssessBill(h, i, asOf)); err != nil {
				return err
			}
		}
		return nil
	})
}
