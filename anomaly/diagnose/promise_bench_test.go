package diagnose_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"whybill/anomaly"
	"whybill/anomaly/pipeline"
)

// The promise that the next bill changes the decision, held against what the decision
// was when it came: of bills that were neither left alone at once nor wrong by what is
// written, in bins of the promise. What a misread had too much comes back in the next bill
// here. How promises are kept was learnt from the other half of the accounts, with
// other faults put into them.
//
// 319 accounts do not hold many jumps of their own, and each comes again in every round:
// in a bin of a hundred bills half may be six events. So what a bin may be off by is
// reckoned by accounts: as far as the accounts leave it unknown, the gap need not be
// within the 0.05 that is asked for; measured: 0.027 at most. Package train measures the
// same on the bills of a hundred times as many households.
func TestThePromiseOfWaitingOnRealBills(t *testing.T) {
	if testing.Short() {
		t.Skip("judges 28,000 bills")
	}
	hs := background(t)
	b := bench{rounds: 4, registers: true, first: 13}
	var bins promiseBins
	for half := range 2 {
		var judged, others []*anomaly.History
		for i, h := range hs {
			if i%2 == half {
				judged = append(judged, h)
			} else {
				others = append(others, h)
			}
		}
		m := learn(t, others, anomaly.MaxDate)
		m.Promise = promise(t, m, others, b)
		js := b.judge(m, judged)
		for i := 0; i+1 < len(js); i++ {
			if j, next := &js[i], &js[i+1]; j.account == next.account && j.open {
				bins.add(j.account%len(judged)*2+half, j.changes, j.action != next.action)
			}
		}
	}
	gap, all := 0.0, 0.0
	for _, of := range bins {
		n := float64(of.n)
		if n == 0 {
			continue
		}
		off, unknown := math.Abs(of.promised-of.kept)/n, of.unknown()
		t.Logf("promised %.3f, kept %.3f (%d, of %d accounts), apart %.3f, of which the accounts leave %.3f unknown", of.promised/n, of.kept/n, of.n, len(of.off), off, unknown)
		gap += off * n
		all += n
		if of.n >= 100 && off > math.Min(0.05+2*unknown, 0.15) {
			t.Errorf("promised %.3f, kept %.3f of %d bills of %d accounts", of.promised/n, of.kept/n, of.n, len(of.off))
		}
	}
	t.Logf("mean gap %.3f over %.0f bills", gap/all, all)
	if gap/all > 0.05 {
		t.Errorf("mean gap of the promise %.3f, want at most 0.05", gap/all)
	}
}

// promise learns how promises are kept on accounts with faults of their own.
func promise(t testing.TB, m *anomaly.Model, hs []*anomaly.History, b bench) *anomaly.LearntPromise {
	t.Helper()
	rng := rand.New(rand.NewPCG(5, 6))
	var past source
	for range b.rounds {
		for _, h := range hs {
			past = append(past, inject(h, rng, b, b.first).h)
		}
	}
	cfg := anomaly.DefaultConfig()
	p, err := pipeline.LearnPromise(t.Context(), past, &anomaly.Context{Model: m}, &cfg, len(past), 0)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// promiseBins are promises, and what became of them, by tenths of the promise.
type promiseBins [10]promisesOf

type promisesOf struct {
	n              int
	promised, kept float64
	off            map[int]float64 // by account
}

func (p *promiseBins) add(account int, promised float64, changed bool) {
	of := &p[min(9, int(10*promised))]
	of.n++
	of.promised += promised
	if of.off == nil {
		of.off = map[int]float64{}
	}
	of.off[account] += promised
	if changed {
		of.kept++
		of.off[account]--
	}
}

// unknown is the standard error of the gap, accounts being what is drawn.
func (of *promisesOf) unknown() float64 {
	sum := 0.0
	mean := (of.promised - of.kept) / float64(len(of.off))
	for _, off := range of.off {
		sum += (off - mean) * (off - mean)
	}
	return math.Sqrt(sum) / float64(of.n)
}
