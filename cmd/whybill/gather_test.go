package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"whybill/anomaly"
)

// mixed is a batch of which most bills have amounts, some in another currency, and some
// none at all: their priorities are counted in cubic metres, of water and of gas.
func mixed() []*anomaly.Assessment {
	var all []*anomaly.Assessment
	for i := range 40 {
		a := &anomaly.Assessment{
			AccountID: fmt.Sprintf("A%02d", i), BillKey: "b", Service: anomaly.Electricity, Unit: "kWh", Currency: "TWD",
			Verdict: anomaly.Verdict{Action: anomaly.ActionInspect, Priority: float64(100 * (i % 13))},
		}
		switch i % 8 {
		case 0:
			a.Currency, a.Verdict.Priority = "CNY", 1e4+float64(i)
		case 1:
			a.Service, a.Unit, a.Verdict.PriorityInUsage, a.Verdict.Priority = anomaly.Water, "m3", true, 1e6+float64(i)
		case 2:
			a.Service, a.Unit, a.Verdict.PriorityInUsage, a.Verdict.Priority = anomaly.Gas, "m3", true, 1e6+float64(i)
		case 3:
			a.Verdict.Action = anomaly.ActionNone
		case 4:
			a.CoolDown, a.Verdict.Priority = &anomaly.CoolDown{Bills: 1}, 1e7
		}
		all = append(all, a)
	}
	return all
}

// group is where a bill belongs: first what is news, then what cools down, then
// what needs nothing.
func group(a *anomaly.Assessment) string {
	switch {
	case a.Verdict.Action == anomaly.ActionNone:
		return "nothing to do"
	case a.CoolDown != nil:
		return "cooling down"
	}
	return a.PriorityUnit()
}

func TestABatchComparesOnlyLikeWithLike(t *testing.T) {
	all := mixed()
	byID := map[string]*anomaly.Assessment{}
	gather := newRankGather(0)
	few := newRankGather(7)
	lines, err := newLineGather()
	if err != nil {
		t.Fatal(err)
	}
	defer lines.close()
	for i, a := range all {
		byID[a.AccountID] = a
		gather.add(i%len(gather.workers), a)
		few.add(i%len(gather.workers), a)
		if err := lines.add(i%len(gather.workers), a, func(b []byte) []byte { return append(b, a.AccountID+"\n"...) }); err != nil {
			t.Fatal(err)
		}
	}
	kept, seen, units := gather.all()
	if seen != 40 || !slices.Equal(units, []string{"TWD", "CNY", "gas m3", "water m3"}) {
		t.Errorf("%d bills, counted in %q", seen, units)
	}
	var order, groups []string
	for _, r := range kept {
		order = append(order, r.a.AccountID)
		if g := group(byID[r.a.AccountID]); !slices.Contains(groups, g) {
			groups = append(groups, g)
		} else if g != groups[len(groups)-1] {
			t.Fatalf("%s (%s) stands among %s", r.a.AccountID, g, groups[len(groups)-1])
		}
	}
	if want := []string{"TWD", "CNY", "gas m3", "water m3", "cooling down", "nothing to do"}; !slices.Equal(groups, want) {
		t.Errorf("in the order %q, want %q", groups, want)
	}
	best, _, _ := few.all()
	for i, r := range best {
		if r.a.AccountID != order[i] {
			t.Errorf("of seven, place %d is %s, of all it is %s", i+1, r.a.AccountID, order[i])
		}
	}
	var out strings.Builder
	if err := lines.writeTo(&out); err != nil {
		t.Fatal(err)
	}
	if got := strings.Fields(out.String()); !slices.Equal(got, order) {
		t.Errorf("lines are in the order %q, assessments in %q", got, order)
	}
}
