package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"whybill/anomaly"
	"whybill/anomaly/decide"
	"whybill/anomaly/train"
)

// several hands out histories one after the other.
type several []*anomaly.History

func (s several) Each(_ context.Context, fn func(worker int, h *anomaly.History) error) error {
	for _, h := range s {
		if err := fn(0, h); err != nil {
			return err
		}
	}
	return nil
}

// fallen are accounts whose last bill but one falls to 40 %, and whose last one does so
// too in every second account.
func fallen(n int) several {
	var s several
	for k := range n {
		h := lived()
		h.Account.ID = fmt.Sprint("account-", k)
		for i := range h.Bills {
			usage := anomaly.DecimalFromInt(int64(500 + 7*((i*k)%5)))
			if i >= 22 && !(i == 23 && k%2 == 0) {
				usage = anomaly.DecimalFromInt(200)
			}
			h.Bills[i].AccountID, h.Bills[i].Usage = h.Account.ID, usage
		}
		s = append(s, h)
	}
	return s
}

func TestPromisesAreLearntFromTheDecisionsOnPastBills(t *testing.T) {
	src := fallen(40)
	learn := func(actx *anomaly.Context, until anomaly.Date) *anomaly.LearntPromise {
		t.Helper()
		p, err := LearnPromise(t.Context(), src, actx, nil, len(src), until)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := learn(nil, 0)
	bills, changed, promised := p.Bills()
	// Only the fall itself may be open and has a bill after it.
	var want struct {
		bills, changed int
		promised       float64
	}
	for _, h := range src {
		fall, after := *h, h.Bills[23].Period.End
		fall.Bills = h.Bills[:23]
		v := Assess(&fall, asPromised(&anomaly.Context{}), nil, fall.Bills[22].Period.End).Verdict
		if v.Wait.Against == "" {
			continue
		}
		want.bills++
		want.promised += v.Wait.Changes
		if next := Assess(h, asPromised(&anomaly.Context{}), nil, after).Verdict; next.WithoutWaiting() != v.WithoutWaiting() {
			want.changed++
		}
	}
	if bills != want.bills || changed != want.changed || math.Abs(promised-want.promised) > 1e-9 || bills < 20 {
		t.Fatalf("%d bills, of which %d changed and %.3f were promised to, want %+v", bills, changed, promised, want)
	}
	if want := src[0].Bills[22].Period.End; p.Until != want {
		t.Errorf("until %s, want %s", p.Until, want)
	}

	// What was learnt before is no part of what is learnt, nor is the order of the accounts.
	again := learn(&anomaly.Context{Model: &anomaly.Model{Version: anomaly.ModelVersion, Promise: p}}, 0)
	slices.Reverse(src)
	if !reflect.DeepEqual(again, p) || !reflect.DeepEqual(learn(nil, 0), p) {
		t.Error("what is learnt depends on what was learnt before, or on the order of the accounts")
	}
	// Bills that end after the day teach nothing.
	if early := learn(nil, src[0].Bills[22].Period.End); early != nil {
		t.Errorf("before the bill after the fall is there: %+v", early)
	}

	// What is said of the next such bill goes by it.
	cut := *src[1]
	cut.Bills = cut.Bills[:23]
	asOf := cut.Bills[22].Period.End
	raw := Assess(&cut, asPromised(&anomaly.Context{}), nil, asOf).Verdict
	learnt := Assess(&cut, &anomaly.Context{Model: &anomaly.Model{Version: anomaly.ModelVersion, Promise: p}}, nil, asOf).Verdict
	if want := p.Kept(raw.WithoutWaiting(), false, raw.Wait.Changes); learnt.Wait.Changes != want || want == raw.Wait.Changes {
		t.Errorf("the promise is %.3f, worked out %.3f, want %.3f", learnt.Wait.Changes, raw.Wait.Changes, want)
	}

	// Bills that somebody asked about before the next one came are learnt from apart.
	for _, h := range src {
		h.Events = append(h.Events, anomaly.Event{AccountID: h.Account.ID, At: h.Bills[22].Period.End.AddDays(9), Kind: anomaly.EventComplaint, Ref: h.Bills[22].ID})
	}
	asked := learn(nil, 0)
	if len(asked.Actions) != 0 || asked.Asked.Bills < 20 {
		t.Errorf("%d bills that somebody asked about, and of the others %+v", asked.Asked.Bills, asked.Actions)
	}
	if before := decide.Default().Promise(); asked.Asked.KeptPromise == before.Asked.KeptPromise || asked.KeptPromise != before.KeptPromise {
		t.Errorf("learnt of those that asked %+v, of the others %+v", asked.Asked, asked.KeptPromise)
	}
}

// Which accounts promises are learnt from does not depend on the order in which they come:
// those with the smallest hashes, as many as have enough, none of them in part.
func TestPromisesOfEnoughAccounts(t *testing.T) {
	const accounts, enough = 300, 100
	names := make([]string, accounts)
	made := map[string][]train.Promised{}
	for i := range names {
		names[i] = fmt.Sprint("account-", i)
		for k := range i % 3 { // none, one or two
			made[names[i]] = append(made[names[i]], train.Promised{On: anomaly.Date(1000 + i), Changes: float64(k)})
		}
	}
	byHash := slices.Clone(names)
	slices.SortFunc(byHash, func(a, b string) int { return cmp.Compare(hashOf(a), hashOf(b)) })
	var want []train.Promised
	for _, name := range byHash {
		if len(want) < enough {
			want = append(want, made[name]...)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		rng.Shuffle(accounts, func(i, j int) { names[i], names[j] = names[j], names[i] })
		p, left := newPromises(enough), 0
		for _, name := range names {
			if !p.wants(name) {
				left++
				continue
			}
			p.add(name, made[name])
		}
		got := p.all()
		slices.SortFunc(got, func(a, b train.Promised) int {
			return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.Changes, b.Changes))
		})
		slices.SortFunc(want, func(a, b train.Promised) int {
			return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.Changes, b.Changes))
		})
		if !slices.Equal(got, want) {
			t.Fatalf("%d promises, want %d", len(got), len(want))
		}
		if left == 0 {
			t.Fatal("no account was spared")
		}
	}
}
