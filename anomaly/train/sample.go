package train

import (
	"cmp"
	"context"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"sync"

	"whybill/anomaly"
	"whybill/anomaly/pll"
)

// Source hands out every account's history, to several goroutines at once; worker
// tells them apart. A history is valid until fn returns.
type Source interface {
	Each(ctx context.Context, fn func(worker int, h *anomaly.History) error) error
}

// Folds is the number of parts into which accounts are divided so that nothing is
// measured on what it was learnt from.
const Folds = 5

// account is what training keeps of a history: its observations as log usage.
type account struct {
	id     string
	hash   uint64
	group  groupID
	region string
	bills  []bill
	median float64 // usage a day
	level  float64 // mean log usage a day

	weather  *anomaly.WeatherSeries // nil without
	declared float64                // kWh a day by the customer's list; 0 without
}

type bill struct {
	period anomaly.Period
	daily  float64 // usage a day
	y      float64 // its logarithm, with the offset
	index  int32   // in History.Bills
}

type groupID struct {
	service anomaly.Service
	class   string
}

func groupOf(a *anomaly.Account) groupID {
	return groupID{cmp.Or(a.Service, anomaly.Electricity), a.GroupClass()}
}

// fold goes by the low bits of the hash, the sample by the high ones.
func (a *account) fold() int { return int(a.hash % Folds) }

// hashOf spreads accounts evenly; it decides over folds and samples, so that neither
// depends on the order in which accounts come.
func hashOf(id string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id))
	x := h.Sum64()
	// The low bits of FNV of short ids are not even enough by themselves.
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return x
}

// minBills is how many bills an account needs to be learnt from.
const minBills = 4

// newAccount reduces a history to what is learnt from; nil where it is too short.
func newAccount(h *anomaly.History, s *pll.Series, until anomaly.Date, weather map[string]*anomaly.WeatherSeries) *account {
	s.Load(h, len(h.Bills))
	a := &account{id: h.Account.ID, hash: hashOf(h.Account.ID), group: groupOf(&h.Account), region: h.Account.Region}
	for i := range s.Obs {
		if o := &s.Obs[i]; o.Learnt() && !o.Other && o.Period.End <= until {
			a.bills = append(a.bills, bill{period: o.Period, daily: o.ADU(), index: o.Bill})
		}
	}
	if len(a.bills) < minBills {
		return nil
	}
	a.weather = weather[h.Account.WeatherStation]
	a.declared = declaredOf(h, a.bills[0].period.Start)
	a.settle()
	return a
}

// settle works out what depends on all bills of the account.
func (a *account) settle() {
	daily := make([]float64, len(a.bills))
	for i := range a.bills {
		daily[i] = a.bills[i].daily
	}
	a.median, a.level = median(daily), 0
	for i, d := range daily {
		a.bills[i].y = math.Log(d + pll.OffsetShare*a.median)
		a.level += a.bills[i].y / float64(len(daily))
	}
}

// before returns the account with the bills before one of its history's bills only, as
// if the others were not there yet; nil where too few are left.
func (a *account) before(bill int) *account {
	n := 0
	for n < len(a.bills) && int(a.bills[n].index) < bill {
		n++
	}
	if n < minBills {
		return nil
	}
	b := *a
	b.bills = slices.Clone(a.bills[:n])
	b.settle()
	return &b
}

// sample keeps, of each group, the accounts with the smallest hashes: the same ones in
// whatever order they come.
type sample struct {
	limit  int
	mu     sync.Mutex
	groups map[groupID]*groupSample
}

type groupSample struct {
	shift    uint // accounts whose hash has that many leading zeros are kept
	accounts []*account
	seen     int // accounts with enough bills
	bills    int
	until    anomaly.Date
}

func newSample(limit int) *sample { return &sample{limit: limit, groups: map[groupID]*groupSample{}} }

// wants reports whether an account may still come into a sample.
func (s *sample) wants(id groupID, hash uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range [...]groupID{{service: id.service}, id} {
		if gs := s.groups[id]; gs == nil || hash>>(64-gs.shift) == 0 {
			return true
		}
	}
	return false
}

// add takes an account into the sample of its class and into that of its service.
func (s *sample) add(a *account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addTo(groupID{service: a.group.service}, a)
	if a.group.class != "" {
		s.addTo(a.group, a)
	}
}

func (s *sample) addTo(id groupID, a *account) {
	gs := s.groups[id]
	if gs == nil {
		gs = &groupSample{}
		s.groups[id] = gs
	}
	gs.seen++
	gs.bills += len(a.bills)
	gs.until = max(gs.until, a.bills[len(a.bills)-1].period.End)
	if a.hash>>(64-gs.shift) != 0 {
		return
	}
	gs.accounts = append(gs.accounts, a)
	for len(gs.accounts) > s.limit {
		gs.shift++
		gs.accounts = slices.DeleteFunc(gs.accounts, func(a *account) bool { return a.hash>>(64-gs.shift) != 0 })
	}
}

// ordered returns the groups and in each the accounts in a fixed order.
func (s *sample) ordered() []groupID {
	ids := make([]groupID, 0, len(s.groups))
	for id, g := range s.groups {
		ids = append(ids, id)
		slices.SortFunc(g.accounts, func(a, b *account) int {
			return cmp.Or(cmp.Compare(a.hash, b.hash), strings.Compare(a.id, b.id))
		})
	}
	slices.SortFunc(ids, func(a, b groupID) int {
		return cmp.Or(cmp.Compare(a.service, b.service), strings.Compare(a.class, b.class))
	})
	return ids
}

func sortGroups(m *anomaly.Model) {
	slices.SortFunc(m.Groups, func(a, b anomaly.GroupModel) int {
		return cmp.Or(strings.Compare(a.Service, b.Service), strings.Compare(a.Class, b.Class))
	})
}
