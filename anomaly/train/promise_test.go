package train_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"testing"

	"whybill/anomaly"
	"whybill/anomaly/pipeline"
	"whybill/anomaly/train"
)

// promises are bills on which changes were promised evenly and came as the line says.
func promises(rng *rand.Rand, best anomaly.Action, n int, is anomaly.KeptPromise) []train.Promised {
	past := make([]train.Promised, n)
	for i := range past {
		p := &past[i]
		p.On, p.Best, p.Changes = anomaly.MustDate("2013-01-01").AddDays(i), best, rng.Float64()
		p.Changed = rng.Float64() < 1/(1+math.Exp(-is.Intercept-is.Slope*anomaly.PromiseOdds(p.Changes)))
	}
	return past
}

func TestHowPromisesWereKeptIsLearnt(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 7))
	flat, steep := anomaly.KeptPromise{Intercept: -0.5, Slope: 0.6}, anomaly.KeptPromise{Intercept: 0.4, Slope: 1.3}
	past := slices.Concat(promises(rng, anomaly.ActionReread, 20000, flat), promises(rng, anomaly.ActionInspect, 20000, steep))
	p := train.Promise(past, anomaly.KeptAsPromised())
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	for action, want := range map[anomaly.Action]anomaly.KeptPromise{anomaly.ActionReread: flat, anomaly.ActionInspect: steep} {
		for _, promised := range []float64{0.05, 0.3, 0.7, 0.95} {
			is := 1 / (1 + math.Exp(-want.Intercept-want.Slope*anomaly.PromiseOdds(promised)))
			// Of 20,000 draws the line is known to some 0.02 in log odds.
			if got := p.Kept(action, false, promised); math.Abs(got-is) > 0.015 {
				t.Errorf("%s: a promise of %.2f is kept with %.3f, not %.3f", action, promised, got, is)
			}
		}
	}
	if bills, changed, promised := p.Bills(); bills != 40000 || changed == 0 || math.Abs(promised-20000) > 400 {
		t.Errorf("learnt from %d bills, %d changed, %.0f promised", bills, changed, promised)
	}
	if want := past[19999].On; p.Until != want {
		t.Errorf("until %s, want %s", p.Until, want)
	}

	rng.Shuffle(len(past), func(i, j int) { past[i], past[j] = past[j], past[i] })
	if again := train.Promise(past, anomaly.KeptAsPromised()); !reflect.DeepEqual(again, p) {
		t.Error("the order of the bills changes what is learnt")
	}
}

func TestFewBillsTeachLittleOfPromises(t *testing.T) {
	before := anomaly.KeptAsPromised()
	before.KeptPromise = anomaly.KeptPromise{Intercept: -0.25, Slope: 0.75}
	before.Asked.Slope = 0.5
	if p := train.Promise(nil, before); p != nil {
		t.Errorf("learnt from nothing: %+v", p)
	}
	// Three promises of a half, none kept.
	few := []train.Promised{{Best: anomaly.ActionNone, Changes: 0.5}, {Best: anomaly.ActionNone, Changes: 0.5}, {Best: anomaly.ActionNone, Changes: 0.5}}
	p := train.Promise(few, before)
	was := before.Kept(anomaly.ActionNone, false, 0.5)
	if got := p.Kept(anomaly.ActionNone, false, 0.5); got >= was || got < was/2 {
		t.Errorf("after three promises that were not kept, %.3f, from %.3f", got, was)
	}
	// An action that was never the best is held to what all taught.
	if got, want := p.Kept(anomaly.ActionReread, false, 0.5), (&anomaly.LearntPromise{KeptPromise: p.KeptPromise}).Kept("", false, 0.5); got != want {
		t.Errorf("an action without bills: %.3f, want %.3f", got, want)
	}
	// Nobody had asked about any of them: of bills that somebody asks about nothing is learnt.
	if got, want := p.Kept(anomaly.ActionNone, true, 0.2), before.Kept(anomaly.ActionNone, true, 0.2); got != want {
		t.Errorf("where somebody asks: %.3f, want %.3f", got, want)
	}
}

func TestPromisesThatTheFutureContradicts(t *testing.T) {
	// Whatever was promised to change did not, and the other way round: no line but a
	// rising one is learnt, and it stays a number.
	var past []train.Promised
	for i := range 1000 {
		past = append(past, train.Promised{Best: anomaly.ActionNone, Changes: float64(i%2) * 0.999, Changed: i%2 == 0})
	}
	p := train.Promise(past, anomaly.KeptAsPromised())
	if err := p.Validate(); err != nil {
		t.Fatalf("%+v: %v", p, err)
	}
	if low, high := p.Kept(anomaly.ActionNone, false, 0.01), p.Kept(anomaly.ActionNone, false, 0.99); low >= high || high > 0.7 || low < 0.3 {
		t.Errorf("kept with %.3f to %.3f, want about a half, and rising", low, high)
	}
}

func TestTheMeanOfPromisesIsKeptWhereTheSlopeIsBounded(t *testing.T) {
	// 200 promises of 0.02 of which one in three is kept, 200 of 0.6 of which one in twenty:
	// the flattest line keeps their mean, 0.19.
	var past []train.Promised
	for i := range 200 {
		past = append(past, train.Promised{Best: anomaly.ActionNone, Changes: 0.02, Changed: i%3 == 0}, train.Promised{Best: anomaly.ActionNone, Changes: 0.6, Changed: i%20 == 0})
	}
	p := train.Promise(past, anomaly.KeptAsPromised())
	if low, high := p.Kept(anomaly.ActionNone, false, 0.02), p.Kept(anomaly.ActionNone, false, 0.6); math.Abs((low+high)/2-0.19) > 0.02 {
		t.Errorf("kept with %.3f and %.3f, want 0.19 on average", low, high)
	}
	// What is learnt can be read again, however steep the past is.
	steep := anomaly.KeptAsPromised()
	steep.Slope = anomaly.MaxPromiseSlope
	if err := train.Promise(promises(rand.New(rand.NewPCG(2, 2)), anomaly.ActionNone, 500, anomaly.KeptPromise{Slope: 20}), steep).Validate(); err != nil {
		t.Error(err)
	}
}

// The promise that the next bill changes the decision, on real bills of households: it is
// learnt from the decisions on bills up to a day and held against those on the bills
// after it. The gap asked for is 0.05 in bins of 100 bills or more, give or take the
// standard error of a bin; measured: 0.031 at most. That is luck in part: the bin of about
// 600 bills around 0.55, whose standard error is 0.02, is the worst one, and by 0.057,
// 0.031, 0.041 and 0.052 where 3, 4, 5 and 6 thousand promises are learnt from, by 0.046
// with all 8,644.
func TestThePromiseOfWaitingOnHouseholds(t *testing.T) {
	if testing.Short() {
		t.Skip("judges a hundred thousand bills")
	}
	hs := tunisia(t, 1)
	until := anomaly.MustDate("2013-01-01")
	m, err := train.Train(t.Context(), hs, train.Options{Until: until, Evaluations: 150, Rounds: 2})
	if err != nil {
		t.Fatal(err)
	}
	cfg := anomaly.DefaultConfig()
	ctx := &anomaly.Context{Model: m}
	if m.Promise, err = pipeline.LearnPromise(t.Context(), hs, ctx, &cfg, len(hs), until); err != nil {
		t.Fatal(err)
	}
	t.Logf("all together: %+.2f %.2f", m.Promise.Intercept, m.Promise.Slope)
	for _, a := range m.Promise.Actions {
		t.Logf("%-18s %5d bills, promised %6.1f, changed %4d: %+.2f %.2f", a.Action, a.Bills, a.Promised, a.Changed, a.Intercept, a.Slope)
	}
	parts := make([]promiseBins, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for k := range parts {
		wait.Go(func() {
			assessor := pipeline.NewAssessor(ctx, &cfg)
			for i := k; i < len(hs); i += len(parts) {
				parts[k].judge(assessor, hs[i], until)
			}
		})
	}
	wait.Wait()
	var all promiseBins
	for k := range parts {
		all.add(&parts[k])
	}
	for b := range all.n {
		n := float64(all.n[b])
		if n == 0 {
			t.Errorf("no promise of %d0 %%", b)
			continue
		}
		gap := math.Abs(all.promised[b]-all.kept[b]) / n
		t.Logf("promised %.3f, kept %.3f (%d), apart %.3f", all.promised[b]/n, all.kept[b]/n, all.n[b], gap)
		unknown := math.Sqrt(all.kept[b] / n * (1 - all.kept[b]/n) / n)
		if all.n[b] >= 100 && gap > 0.05+unknown {
			t.Errorf("promised %.3f, kept %.3f of %d bills", all.promised[b]/n, all.kept[b]/n, all.n[b])
		}
	}
}

// promiseBins are promises, and what became of them, by tenths of the promise.
type promiseBins struct {
	promised, kept [10]float64
	n              [10]int
}

func (p *promiseBins) add(o *promiseBins) {
	for b := range p.n {
		p.promised[b] += o.promised[b]
		p.kept[b] += o.kept[b]
		p.n[b] += o.n[b]
	}
}

// judge takes the decisions on an account's bills from a day on, each as it came.
func (p *promiseBins) judge(a *pipeline.Assessor, h *anomaly.History, since anomaly.Date) {
	var before anomaly.Verdict
	for i := range h.Bills {
		b := &h.Bills[i]
		if b.Period.End <= since {
			continue
		}
		c := *h
		c.Bills = h.Bills[:i+1]
		v := a.AssessBill(&c, i, b.Period.End).Verdict
		if before.Wait.Against != "" && h.Bills[i-1].Period.End == b.Period.Start {
			bin := min(9, int(10*before.Wait.Changes))
			p.n[bin]++
			p.promised[bin] += before.Wait.Changes
			if v.WithoutWaiting() != before.WithoutWaiting() {
				p.kept[bin]++
			}
		}
		before = v
	}
}
