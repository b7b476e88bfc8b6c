package train_test

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"whybill/anomaly"
	"whybill/anomaly/estimate"
	"whybill/anomaly/train"
)

// histories is a source in memory.
type histories []*anomaly.History

func (hs histories) Each(_ context.Context, fn func(worker int, h *anomaly.History) error) error {
	for _, h := range hs {
		if err := fn(0, h); err != nil {
			return err
		}
	}
	return nil
}

func newEstimator(ctx *anomaly.Context) train.Estimator {
	cfg := anomaly.DefaultConfig()
	return estimate.NewKernel(ctx, &cfg)
}

// shared returns a file of the real data that is kept beside the project; it is not
// part of it, so tests do without where it is missing.
func shared(t testing.TB, name string) string {
	root := os.Getenv("WHYBILL_SHARED")
	if root == "" {
		root = "../../../shared"
	}
	path := filepath.Join(root, "data", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("real data is not here: %v", err)
	}
	return path
}

func readGzip(t testing.TB, path string) [][]string {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
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
	return rows[1:]
}

// portugal reads the bills cut from UCI ElectricityLoadDiagrams, see data/README.md.
func portugal(t testing.TB) histories {
	var hs histories
	for _, r := range readGzip(t, shared(t, "uci_bills/bills.csv.gz")) {
		if n := len(hs); n == 0 || hs[n-1].Account.ID != r[0] {
			hs = append(hs, &anomaly.History{Account: anomaly.Account{ID: r[0], Route: r[1], Service: anomaly.Electricity}})
		}
		h := hs[len(hs)-1]
		h.Bills = append(h.Bills, anomaly.Bill{
			Period: anomaly.Period{Start: anomaly.MustDate(r[2]), End: anomaly.MustDate(r[3])}, Usage: anomaly.MustDecimal(r[4]),
		})
	}
	return hs
}

// The bounds are those of the statistical design, 8.2: what is to be reached, not what is.
func TestRealBillsOneAhead(t *testing.T) {
	if testing.Short() {
		t.Skip("trains fifteen models")
	}
	hs := portugal(t)
	for _, c := range []struct {
		name       string
		opt        train.BacktestOptions
		nmae, is90 float64
	}{
		{"all bills before, alone", train.BacktestOptions{BillsFrom: 25}, 0.058, 0.36},
		{"all bills before, with peers", train.BacktestOptions{BillsFrom: 25, Peers: true}, 0.054, 0.36},
		{"three bills before, alone", train.BacktestOptions{BillsFrom: 25, History: 3}, 0.069, 0.5},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := train.Backtest(t.Context(), hs, newEstimator, c.opt)
			if err != nil {
				t.Fatal(err)
			}
			e := logScores(t, r)
			if e.NMAE > c.nmae {
				t.Errorf("NMAE %.4f, want at most %.3f", e.NMAE, c.nmae)
			}
			if *e.IntervalScore90 > c.is90 {
				t.Errorf("interval score %.3f, want at most %.2f", *e.IntervalScore90, c.is90)
			}
			if *e.Coverage90 < 0.885 || *e.Coverage90 > 0.915 {
				t.Errorf("the 90 %% interval covers %.3f", *e.Coverage90)
			}
			if *r.WorstCycle < 0.80 {
				t.Errorf("the worst cycle's 90 %% interval covers %.3f", *r.WorstCycle)
			}
			if e.ASHRAEPass < 0.90 && c.opt.History == 0 {
				t.Errorf("%.3f of the accounts pass ASHRAE 14", e.ASHRAEPass)
			}
		})
	}
}

// logScores writes the table that a backtest prints and returns the estimate's own row.
func logScores(t *testing.T, r *train.BacktestResult) train.MethodScore {
	t.Logf("%d accounts, %d forecasts", r.Accounts, r.Forecasts)
	for _, m := range r.Methods {
		t.Logf("%-24s n %6d  NMAE %.4f  MdAPE %.4f  (estimate there: %.4f, %.4f)  CVRMSE %.4f  ASHRAE %.3f",
			m.Method, m.Forecasts, m.NMAE, m.MdAPE, m.SameBillsNMAE, m.SameBillsMdAPE, m.CVRMSE, m.ASHRAEPass)
	}
	e := r.Methods[0]
	worst := 0.0
	if r.WorstCycle != nil {
		worst = *r.WorstCycle
	}
	t.Logf("coverage 90: %.3f, 95: %.3f, worst cycle %.3f, interval score %.3f", *e.Coverage90, *e.Coverage95, worst, *e.IntervalScore90)
	for _, l := range r.HistoryLengths {
		t.Logf("%s bills before: n %d  NMAE %.4f  coverage 90: %.3f", l.Name, l.Forecasts, l.NMAE, *l.Coverage90)
	}
	return e
}
