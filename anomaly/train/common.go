package train

import (
	"slices"
	"strings"

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

// Common works out what all accounts of a group did alike: by how much their bills
// differed from what each one's own past foretold, in the median, by day of the year and
// year. The assessed bills are among them, which is the point: a cold spell or a holiday
// reaches everybody's bill of the same weeks. It looks at the same accounts in whatever
// order they come: all of a group, or of a large one those with the smallest hashes of
// their ids, some thousands.
// What accounts did alike is mostly the weather, so each region has its own where there are
// enough accounts in it.
type Common struct {
	until  anomaly.Date
	sample *sample
	series []pll.Series
}

// NewCommon returns a Common for so many goroutines. Bills that end after a day are not
// looked at.
func NewCommon(workers int, until anomaly.Date) *Common {
	return &Common{until: until, sample: newSample(commonSample), series: make([]pll.Series, workers)}
}

// Look takes an account in; worker tells goroutines apart. Nothing of h is kept.
func (c *Common) Look(worker int, h *anomaly.History) {
	if !c.sample.wants(groupOf(&h.Account), hashOf(h.Account.ID)) {
		return
	}
	if a := newAccount(h, &c.series[worker], c.until, nil); a != nil {
		a.id = strings.Clone(a.id)
		a.group.class, a.region = strings.Clone(a.group.class), strings.Clone(a.region)
		c.sample.add(a)
	}
}

// Factors returns the common factors of all groups for which there are enough bills, by
// the keys of anomaly.Neighbourhood. m may be nil. The result goes into that.
func (c *Common) Factors(m *anomaly.Model) map[string]*anomaly.CommonFactor {
	factors := map[string]*anomaly.CommonFactor{}
	for _, id := range c.sample.ordered() {
		addFactors(factors, id, c.sample.groups[id].accounts, groupModel(m, id))
	}
	return factors
}

func groupModel(m *anomaly.Model, id groupID) *anomaly.GroupModel {
	if g := m.Group(id.service, id.class); g != nil {
		return g
	}
	cold := anomaly.ColdStart(id.service)
	return &cold
}

// addFactors works out what the accounts of a group did alike: all of them and, where there
// are several, those of each region.
func addFactors(factors map[string]*anomaly.CommonFactor, id groupID, accounts []*account, g *anomaly.GroupModel) {
	var all []residual
	regions := map[string][]residual{}
	prior := pll.Prior(g)
	for _, a := range accounts {
		first := len(all)
		for r := range a.residuals(&prior) {
			if r.bills >= firstCommon {
				all = append(all, r)
			}
		}
		regions[a.region] = append(regions[a.region], all[first:]...)
	}
	if f := commonFactor(all); f != nil {
		factors[anomaly.GroupKey(id.service, id.class)] = f
	}
	if len(regions) < 2 {
		return
	}
	for region, of := range regions {
		if f := commonFactor(of); f != nil {
			factors[anomaly.RegionKey(id.service, id.class, region)] = f
		}
	}
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
