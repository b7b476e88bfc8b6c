package diagnose_test

import (
	"slices"
	"testing"

	"whybill/anomaly"
	"whybill/anomaly/estimate"
	"whybill/anomaly/pipeline"
	"whybill/anomaly/train"
)

// How often whole routes are out at once where nothing was put into any bill: the 20
// routes of the real bills, 16 accounts each, cycle by cycle, with what all accounts did
// alike taken out. The figures are what the weight of U16 in causes.toml rests on.
func TestRouteShocksInRealBills(t *testing.T) {
	hs := background(t)
	model, err := train.Train(t.Context(), source(hs), train.Options{Until: hs[0].Bills[from].Period.Start, Evaluations: 150, Rounds: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		model *anomaly.Model
	}{{"untrained", nil}, {"trained", model}} {
		cycles, shocks, bills, out, beside, changed, swapped := 0, 0, 0, 0, 0, 0, 0
		for day := hs[0].Bills[12].Period.End; day < hs[0].Bills[len(hs[0].Bills)-1].Period.End; day = day.AddMonths(1) {
			ctx := &anomaly.Context{Model: c.model}
			n, err := pipeline.Neighbourhood(t.Context(), source(hs), ctx, nil, day)
			if err != nil {
				t.Fatal(err)
			}
			ctx.Neighbourhood = n
			routes := map[string]bool{}
			for _, h := range hs {
				if i := h.LatestBill(day); i >= 0 {
					if estimate.LevelsOf(h, i, 0.25) != nil {
						changed++
					}
					routes[h.Account.Route] = true
					bills++
				}
			}
			cycles += len(routes)
			shocks += len(n.Shocks)
			swapped += len(n.Swaps)
			for _, s := range n.Shocks {
				t.Logf("%s: as of %s: route %s, %d accounts, %.0f %% out where %.0f %% are usual, up %t", c.name, day, s.Route, s.Accounts, 100*s.Share, 100*s.Usual, s.Up)
			}
			err = pipeline.Batch(t.Context(), source(hs), ctx, nil, day, pipeline.BatchOptions{}, func(_ int, a *anomaly.Assessment) error {
				if a.Estimate.Known && a.Estimate.Side(anomaly.Float(a.Usage)) != 0 {
					out++
				}
				if slices.ContainsFunc(a.Findings, func(f anomaly.Finding) bool { return f.Check == "U16" }) {
					beside++
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("%s: %d of %d accounts have changed, %d with another", c.name, changed, bills, swapped)
		// Measured: none of 7,062.
		if 2000*swapped > bills {
			t.Errorf("%s: %d of %d accounts seem to have changed levels with another, want at most one in two thousand", c.name, swapped, bills)
		}
		t.Logf("%s: %d of %d cycles of a route are out at once; %d of %d bills are out, %d of them with their route", c.name, shocks, cycles, out, bills, beside)
		// Measured: none of 440. (Two while a bill counted among those that are out with it.)
		if cycles < 400 || 400*shocks > cycles {
			t.Errorf("%s: %d of %d cycles of a route are out at once, want at most one in four hundred", c.name, shocks, cycles)
		}
	}
}
