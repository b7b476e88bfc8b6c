package pipeline

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whybill/anomaly"
)

// street is a reading route of thirty homes with three years of bimonthly bills. Homes 11 and
// 12 change levels with the last two bills: somebody has crossed their meters.
func street() town {
	rng := rand.New(rand.NewPCG(5, 8))
	var all town
	levels := make([]float64, 30)
	for i := range levels {
		levels[i] = 8 + 12*rng.Float64()
	}
	levels[11], levels[12] = 7, 19
	for i, level := range levels {
		h := &anomaly.History{Account: anomaly.Account{ID: fmt.Sprintf("H%02d", i), Service: anomaly.Electricity, Route: "r1"}}
		day := anomaly.MustDate("2023-01-05")
		for b := range 18 {
			adu := level
			if b >= 16 && (i == 11 || i == 12) {
				adu = levels[23-i]
			}
			p := anomaly.Period{Start: day, End: day.AddMonths(2)}
			usage, _ := anomaly.DecimalFromFloat(adu*(1+0.08*rng.NormFloat64())*float64(p.Days()), 0)
			h.Bills = append(h.Bills, anomaly.Bill{AccountID: h.Account.ID, Period: p, Usage: usage})
			day = p.End
		}
		if i == 11 {
			h.Events = []anomaly.Event{{AccountID: h.Account.ID, At: day.AddDays(5), Kind: anomaly.EventComplaint}}
		}
		all = append(all, h)
	}
	return all
}

func TestCrossedMetersShowInTwoAccountsAtOnce(t *testing.T) {
	homes := street()
	asOf := homes[0].Bills[17].Period.End.AddDays(9)
	n, err := Neighbourhood(t.Context(), homes, &anomaly.Context{}, nil, asOf)
	if err != nil {
		t.Fatal(err)
	}
	if len(n.Swaps) != 2 || n.Swaps["H11"].With != "H12" || n.Swaps["H12"].With != "H11" {
		t.Fatalf("changed levels: %+v", n.Swaps)
	}
	other := street()
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
	again, err := Neighbourhood(t.Context(), other, &anomaly.Context{}, nil, asOf)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(n, again, cmpDecimal); diff != "" {
		t.Errorf("the order of the accounts changes what is found:\n%s", diff)
	}
	crossed := func(n *anomaly.Neighbourhood, home int) float64 {
		for _, c := range Assess(homes[home], &anomaly.Context{Neighbourhood: n}, nil, asOf).Causes {
			if c.Cause == anomaly.CauseCrossedMeter {
				return c.Probability
			}
		}
		return 0
	}
	if alone, together := crossed(nil, 11), crossed(n, 11); together < 0.5 || alone > 0.1 {
		t.Errorf("the one who complains: crossed meters with %.2f, and %.2f without the neighbours", together, alone)
	}
	if alone, together := crossed(nil, 12), crossed(n, 12); together < 10*alone {
		t.Errorf("the one who pays less: crossed meters with %.4f, and %.4f without the neighbours", together, alone)
	}
	if p := crossed(n, 10); p > 0.01 {
		t.Errorf("the one next to them: crossed meters with %.3f", p)
	}
	if x := Assess(homes[11], &anomaly.Context{Neighbourhood: n}, nil, asOf); x.Verdict.Action != anomaly.ActionInspect {
		t.Errorf("the one who complains: %s", x.Verdict.Action)
	}
}
