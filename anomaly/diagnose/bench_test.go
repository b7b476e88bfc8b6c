package diagnose_test

import (
	"cmp"
	"compress/gzip"
	"context"
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"whybill/anomaly"
	"whybill/anomaly/pipeline"
	"whybill/anomaly/train"
)

// The bench of faults put into real bills: 319 real meters (UCI
// ElectricityLoadDiagrams, see the shared data's README), 35 bills each. Each account is
// taken several times with another draw of faults and of things that look like faults
// and are none; the last eleven bills are judged one by one, as they come.

// from is the index of the first bill that is judged.
const from = 24

// background reads the real bills; it skips the test where they are not there.
func background(t testing.TB) []*anomaly.History {
	root := os.Getenv("WHYBILL_SHARED")
	if root == "" {
		root = "../../../shared"
	}
	path := filepath.Join(root, "data", "uci_bills", "bills.csv.gz")
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("real data is not here: %v", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var hs []*anomaly.History
	for _, r := range rows[1:] {
		if n := len(hs); n == 0 || hs[n-1].Account.ID != r[0] {
			hs = append(hs, &anomaly.History{Account: anomaly.Account{ID: r[0], Route: r[1], Service: anomaly.Electricity}})
		}
		h := hs[len(hs)-1]
		h.Bills = append(h.Bills, anomaly.Bill{
			AccountID: r[0], Period: anomaly.Period{Start: anomaly.MustDate(r[2]), End: anomaly.MustDate(r[3])}, Usage: anomaly.MustDecimal(r[4]),
		})
	}
	return hs
}

type source []*anomaly.History

func (s source) Each(_ context.Context, fn func(worker int, h *anomaly.History) error) error {
	for _, h := range s {
		if err := fn(0, h); err != nil {
			return err
		}
	}
	return nil
}

// bench says how the bench is run.
type bench struct {
	rounds int  // how often each account is taken
	peers  bool // the peers' levels are known
	// registers: what a misread had too much is missing from the next bill, as with a
	// register; so no more than that is read too much.
	registers bool
	first     int // the first bill that is judged; 0: from
}

// injected is an account with what was put into it.
type injected struct {
	h     *anomaly.History
	fault [64]string // by bill; "" where the bill is right
	clean bool       // neither fault nor confounder
}

// inject copies an account and puts a fault and what may be confused with one into
// its last bills, so that 5 % of the bills are faulty: 30 % of these by a slow meter or
// theft (x0.3 to 0.8), 15 % by a dead meter, 15 % by a leak (+30 to 100 %), 20 % by a
// misread and 20 % by constant theft from before the history. A misread is one bill and
// constant theft all of them, so the accounts' shares are others. 5 % of the accounts
// are away for one to three bills (x0.2 to 0.6), 8 % step up for good (x1.1 to 1.4) and
// 8 % down (x0.75 to 0.92).
func inject(h *anomaly.History, rng *rand.Rand, b bench, first int) injected {
	x := injected{clean: true}
	c := *h
	c.Bills = slices.Clone(h.Bills)
	x.h = &c
	scale := func(first, last int, factor float64, fault string) {
		for i := first; i < min(last, len(c.Bills)); i++ {
			c.Bills[i].Usage, _ = anomaly.DecimalFromFloat(anomaly.Float(c.Bills[i].Usage)*factor, 3)
			x.fault[i] = cmp.Or(x.fault[i], fault)
		}
		x.clean = false
	}
	between := func(low, high float64) float64 { return low + (high-low)*rng.Float64() }
	n := len(c.Bills)
	onset := first + rng.IntN(n-first)
	if rng.Float64() < 0.17 {
		switch u := rng.Float64(); {
		case u < 0.157:
			scale(onset, n, between(0.3, 0.8), "slow")
		case u < 0.236:
			scale(onset, n, 0, "dead")
		case u < 0.314:
			scale(onset, n, between(1.3, 2.0), "leak")
		case u < 0.943:
			factor := between(1.5, 4)
			if rng.Float64() < 0.5 {
				factor = between(0.1, 0.6)
			}
			if b.registers && factor > 1 {
				factor = between(1.4, 1.95)
			}
			before := anomaly.Float(c.Bills[onset].Usage)
			scale(onset, onset+1, factor, "misread")
			if next := onset + 1; b.registers && next < n {
				c.Bills[next].Usage, _ = anomaly.DecimalFromFloat(anomaly.Float(c.Bills[next].Usage)+before*(1-factor), 3)
			}
		default:
			scale(0, n, between(0.3, 0.8), "constant")
		}
	}
	switch u := rng.Float64(); {
	case u < 0.05:
		at := first + rng.IntN(n-first)
		scale(at, at+1+rng.IntN(3), between(0.2, 0.6), "")
	case u < 0.13:
		scale(first+rng.IntN(n-first), n, between(1.1, 1.4), "")
	case u < 0.21:
		scale(first+rng.IntN(n-first), n, between(0.75, 0.92), "")
	}
	return x
}

// judged is one bill of the bench as it was judged.
type judged struct {
	fault   string
	clean   bool
	p       float64 // of a fault
	visit   bool
	review  bool
	rule    bool           // out of three standard deviations of the twelve bills before
	account int            // of which account and round the bill is
	action  anomaly.Action // best without waiting
	changes float64        // the promise that the next bill changes the decision
	open    bool           // waiting was weighed
}

// faults are the causes that the bench's faults stand for.
var faults = []anomaly.Cause{
	anomaly.CauseMisread, anomaly.CauseMeterSlow, anomaly.CauseLeakBehindMeter, anomaly.CauseTappedByOthers,
	anomaly.CauseBypassOrTheft, anomaly.CauseWrongMultiplier, anomaly.CauseMeterFast, anomaly.CauseCrossedMeter,
}

// judge judges the accounts' last bills by what was learnt of those before.
func judge(t testing.TB, hs []*anomaly.History, b bench) []judged {
	t.Helper()
	return b.judge(learn(t, hs, hs[0].Bills[from].Period.Start), hs)
}

func learn(t testing.TB, hs []*anomaly.History, until anomaly.Date) *anomaly.Model {
	t.Helper()
	m, err := train.Train(t.Context(), source(hs), train.Options{Until: until, Evaluations: 150, Rounds: 2})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// judge judges the bills from the first one on, one by one, as they come.
func (b bench) judge(model *anomaly.Model, hs []*anomaly.History) []judged {
	cfg := anomaly.DefaultConfig()
	ctx := &anomaly.Context{Model: model}
	first := cmp.Or(b.first, from)
	assessor := pipeline.NewAssessor(ctx, &cfg)
	rng, peerRNG := rand.New(rand.NewPCG(1, 2)), rand.New(rand.NewPCG(3, 4))
	var out []judged
	for round := range b.rounds {
		for n, h := range hs {
			x := inject(h, rng, b, first)
			if b.peers {
				ctx.Neighbourhood = neighbourhood(h, x.h, peerRNG)
			}
			for i := first; i < len(x.h.Bills); i++ {
				// What comes after is not known yet.
				c := *x.h
				c.Bills = x.h.Bills[:i+1]
				a := assessor.AssessBill(&c, i, c.Bills[i].Period.End)
				j := judged{fault: x.fault[i], clean: x.clean, rule: threeSigma(c.Bills)}
				for _, p := range a.Causes {
					if slices.Contains(faults, p.Cause) {
						j.p += p.Probability
					}
				}
				j.account, j.action, j.changes = round*len(hs)+n, a.Verdict.WithoutWaiting(), a.Verdict.Wait.Changes
				j.open = a.Verdict.Wait.Against != ""
				j.review = a.Verdict.Action != anomaly.ActionNone && a.Verdict.Action != anomaly.ActionWait
				j.visit = a.Verdict.Action == anomaly.ActionInspect
				out = append(out, j)
			}
		}
	}
	return out
}

// neighbourhood is what peers know of an account: its level before anything was put
// into it, give or take a factor (log-normal with 0.8, as in the design's bench).
func neighbourhood(real, now *anomaly.History, rng *rand.Rand) *anomaly.Neighbourhood {
	sum := 0.0
	for i := range real.Bills {
		sum += real.Bills[i].ADU()
	}
	now.Account.Region = now.Account.ID // a group of its own
	const spread = 0.8
	median := sum / float64(len(real.Bills)) * math.Exp(spread*rng.NormFloat64())
	return &anomaly.Neighbourhood{Peers: map[string]*anomaly.PeerLevels{anomaly.PeerKey(&now.Account): {
		Count: 100, P05: median * math.Exp(-1.645*spread), P50: median, P95: median * math.Exp(1.645*spread),
	}}}
}

func threeSigma(bills []anomaly.Bill) bool {
	n := len(bills)
	sum, squares := 0.0, 0.0
	for i := n - 13; i < n-1; i++ {
		sum += bills[i].ADU()
		squares += bills[i].ADU() * bills[i].ADU()
	}
	mean := sum / 12
	sd := math.Sqrt(math.Max(0, squares/12-mean*mean) * 12 / 11)
	return math.Abs(bills[n-1].ADU()-mean) > 3*sd
}

// averagePrecision is the mean precision at each fault, best score first.
func averagePrecision(js []judged) float64 {
	slices.SortStableFunc(js, func(a, b judged) int { return cmp.Compare(b.p, a.p) })
	hits, sum := 0, 0.0
	for i, j := range js {
		if j.fault != "" {
			hits++
			sum += float64(hits) / float64(i+1)
		}
	}
	return sum / float64(max(1, hits))
}

// auc is the probability that a bill with the fault scores higher than one without.
func auc(js []judged, fault string) float64 {
	slices.SortStableFunc(js, func(a, b judged) int { return cmp.Compare(a.p, b.p) })
	below, sum, n := 0.0, 0.0, 0.0
	for _, j := range js {
		switch j.fault {
		case "":
			below++
		case fault:
			sum += below
			n++
		}
	}
	return sum / math.Max(1, n*below)
}

// The bounds are those that the statistical design asks for: average precision 0.40
// from the posterior alone (the best single rule reaches 0.33, the change test 0.37),
// recall 0.45 at the alert count of the three-sigma rule (the rule itself 0.31), constant
// theft at chance, and at most 10 reviews and 3 visits in 1,000 bills of accounts in
// which nothing is wrong.
func TestFaultsInRealBills(t *testing.T) {
	if testing.Short() {
		t.Skip("judges 28,000 bills")
	}
	js := judge(t, background(t), bench{rounds: 8})
	var n, found, alerts, ruleFound, clean, reviews, visits, visited, visitedRight int
	for _, j := range js {
		if j.fault != "" {
			n++
		}
		if j.rule {
			alerts++
			if j.fault != "" {
				ruleFound++
			}
		}
		if j.visit {
			visited++
			if j.fault != "" {
				visitedRight++
			}
		}
		if j.clean {
			clean++
			if j.review {
				reviews++
			}
			if j.visit {
				visits++
			}
		}
	}
	ap := averagePrecision(js)
	// The design's rule raised 4.7 % alerts; its recall is compared at that count.
	alerts = max(alerts, 47*len(js)/1000)
	for _, j := range js[:alerts] {
		if j.fault != "" {
			found++
		}
	}
	t.Logf("%d bills, %d of them with a fault (%.1f %%)", len(js), n, 100*float64(n)/float64(len(js)))
	t.Logf("average precision %.3f; recall at %d alerts %.3f, the rule's own %.3f", ap, alerts, float64(found)/float64(n), float64(ruleFound)/float64(n))
	t.Logf("clean accounts: %.1f reviews and %.1f visits in 1,000 bills; of %d visits %.0f %% find a fault",
		1000*float64(reviews)/float64(clean), 1000*float64(visits)/float64(clean), visited, 100*float64(visitedRight)/math.Max(1, float64(visited)))
	for _, fault := range []string{"slow", "dead", "leak", "misread", "constant"} {
		t.Logf("AUC %s %.3f", fault, auc(js, fault))
	}
	bins := []float64{0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.01}
	for i := range len(bins) - 1 {
		sum, hits, m := 0.0, 0, 0
		for _, j := range js {
			if j.p >= bins[i] && j.p < bins[i+1] {
				sum += j.p
				m++
				if j.fault != "" && j.fault != "constant" {
					hits++
				}
			}
		}
		if m > 0 {
			t.Logf("P in [%.3f, %.3f): %6d bills, predicted %.3f, found %.3f", bins[i], bins[i+1], m, sum/float64(m), float64(hits)/float64(m))
		}
	}
	if ap < 0.40 {
		t.Errorf("average precision %.3f, want 0.40", ap)
	}
	if r := float64(found) / float64(n); r < 0.45 {
		t.Errorf("recall %.3f at the rule's alert count, want 0.45", r)
	}
	if a := auc(js, "constant"); math.Abs(a-0.5) > 0.06 {
		t.Errorf("constant theft has AUC %.3f: something tells the answer", a)
	}
	if r := 1000 * float64(reviews) / float64(clean); r > 10 {
		t.Errorf("%.1f reviews in 1,000 clean bills, want at most 10", r)
	}
	if v := 1000 * float64(visits) / float64(clean); v > 3 {
		t.Errorf("%.1f visits in 1,000 clean bills, want at most 3", v)
	}
}

func TestFaultsInRealBillsWithPeers(t *testing.T) {
	if testing.Short() {
		t.Skip("judges 28,000 bills twice")
	}
	hs := background(t)
	alone, together := judge(t, hs, bench{rounds: 8}), judge(t, hs, bench{rounds: 8, peers: true})
	a, b := auc(alone, "constant"), auc(together, "constant")
	t.Logf("constant theft: AUC %.3f alone, %.3f with peers; average precision %.3f and %.3f", a, b, averagePrecision(alone), averagePrecision(together))
	if b < a+0.03 {
		t.Errorf("peers raise constant theft from %.3f to %.3f only", a, b)
	}
}
