package train

import (
	"context"
	"slices"

	"whybill/anomaly"
	"whybill/anomaly/pll"
)

const (
	// binDays is the width of the bins of the common factor; a bin with too few accounts
	// is filled from its neighbours.
	binDays = 10
	// minCommon is how many bills a bin needs. With that many, a bill of one's own among
	// them moves the median by less than a tenth of the accounts' spread, which is why it
	// is not taken out.
	minCommon = 30
	// reach is how many bins to either side may lend.
	reach = 2
	// firstCommon is the number of bills before a bill from which on its surprise counts.
	firstCommon = 3
	// commonSample is how many accounts of a group are looked at.
	commonSample = 4000
)

// CommonFactors works out what all accounts of a group did alike: by how much their
// bills differed from what each one's own past foretold, in the median, by day of the
// year and year. The assessed bills are among them, which is the point: a cold spell
// or a holiday reaches everybody's bill of the same weeks. m may be nil. The result
// goes into anomaly.Neighbourhood; its keys are those of anomaly.GroupKey.
func CommonFactors(ctx context.Context, src Source, m *anomaly.Model) (map[string]*anomaly.CommonFactor, error) {
	s := newSample(commonSample)
	err := collect(ctx, src, s, func(h *anomaly.History, series *pll.Series) *account {
		return newAccount(h, series, anomaly.MaxDate, nil)
	})
	if err != nil {
		return nil, err
	}
	factors := map[string]*anomaly.CommonFactor{}
	for _, id := range s.ordered() {
		if c := commonOf(s.groups[id].accounts, groupModel(m, id)); c != nil {
			factors[anomaly.GroupKey(id.service, id.class)] = c
		}
	}
	return factors, nil
}

func groupModel(m *anomaly.Model, id groupID) *anomaly.GroupModel {
	if g := m.Group(id.service, id.class); g != nil {
		return g
	}
	cold := anomaly.ColdStart(id.service)
	return &cold
}

func commonOf(accounts []*account, g *anomaly.GroupModel) *anomaly.CommonFactor {
	var all []residual
	prior := pll.Prior(g)
	for _, a := range accounts {
		for r := range a.residuals(&prior) {
			if r.bills >= firstCommon {
				all = append(all, r)
			}
		}
	}
	return commonFactor(all)
}

// commonFactor takes medians by bin of the middle of the bill; nil where no bin has enough.
func commonFactor(all []residual) *anomaly.CommonFactor {
	if len(all) < minCommon {
		return nil
	}
	middle := func(r *residual) anomaly.Date { return r.period.Start + anomaly.Date(r.period.Days()/2) }
	first, last := middle(&all[0]), middle(&all[0])
	for i := range all {
		m := middle(&all[i])
		first, last = min(first, m), max(last, m)
	}
	first -= first % binDays // the same bins whatever accounts are in
	bins := make([][]float64, int(last-first)/binDays+1)
	for i := range all {
		b := int(middle(&all[i])-first) / binDays
		bins[b] = append(bins[b], all[i].y-all[i].location)
	}
	c := &anomaly.CommonFactor{First: first, BinDays: binDays, Log: make([]float64, len(bins)), Count: make([]int, len(bins))}
	found := false
	for b := range bins {
		near := bins[b]
		for r := 1; len(near) < minCommon && r <= reach; r++ {
			near = slices.Concat(bins[max(0, b-r):min(len(bins), b+r+1)]...)
		}
		if len(near) >= minCommon {
			c.Log[b], c.Count[b], found = median(near), len(near), true
		}
	}
	if !found {
		return nil
	}
	return c
}
