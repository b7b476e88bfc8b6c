package pipeline

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"whybill/anomaly"
	"whybill/anomaly/decide"
	"whybill/anomaly/estimate"
	"whybill/anomaly/train"
)

// neighbours is how many accounts on either side of one on a route are near it.
const neighbours = 2

// Neighbourhood makes the pass over all accounts that finds what no account knows by
// itself: what all did alike (common factors), readers' records, the levels of peers,
// routes on which far more bills than usual are out at once, and, for accounts whose
// latest bill is out, the closing readings next to theirs on the route. The result does
// not depend on the order of accounts.
func Neighbourhood(ctx context.Context, src Source, actx *anomaly.Context, cfg *anomaly.Config) (*anomaly.Neighbourhood, error) {
	common, err := train.CommonFactors(ctx, src, actx.Model)
	if err != nil {
		return nil, err
	}
	if cfg == nil {
		defaults := anomaly.DefaultConfig()
		cfg = &defaults
	}
	known := *actx
	known.Neighbourhood = &anomaly.Neighbourhood{Common: common}
	seen := make([]surroundings, Workers())
	for i := range seen {
		seen[i] = surroundings{
			kernel:  estimate.NewKernel(&known, cfg),
			readers: map[string]*anomaly.ReaderRecord{}, levels: map[string][]float64{},
		}
	}
	err = src.Each(ctx, func(worker int, h *anomaly.History) error {
		seen[worker].look(h)
		return nil
	})
	if err != nil {
		return nil, err
	}
	n := &anomaly.Neighbourhood{Common: common}
	joinSurroundings(n, seen)
	return n, nil
}

// surroundings is what one worker saw.
type surroundings struct {
	kernel  *estimate.Kernel
	readers map[string]*anomaly.ReaderRecord
	levels  map[string][]float64 // usage a day over the last year, by peer key
	route   []onRoute
}

// onRoute is an account's latest bill on its reading route.
type onRoute struct {
	route, account string
	period         anomaly.Period
	side           int8 // see anomaly.Estimate.Side
	closing        anomaly.Reading
}

func (s *surroundings) look(h *anomaly.History) {
	for i := range h.Readings {
		r := &h.Readings[i]
		if r.Reader == "" || r.Quality.Guessed() {
			continue
		}
		record := s.readers[r.Reader]
		if record == nil {
			record = &anomaly.ReaderRecord{}
			s.readers[strings.Clone(r.Reader)] = record
		}
		record.LastDigit[lastDigit(r.Value)]++
	}
	latest := h.LatestBill(anomaly.MaxDate)
	if latest < 0 {
		return
	}
	b := &h.Bills[latest]
	if level, ok := yearlyADU(h, latest); ok {
		key := anomaly.PeerKey(&h.Account)
		s.levels[key] = append(s.levels[key], level)
	}
	if h.Account.Route == "" {
		return
	}
	est := s.kernel.Estimate(h, latest)
	at := onRoute{
		route: strings.Clone(h.Account.Route), account: strings.Clone(h.Account.ID), period: b.Period,
		side: int8(est.Side(anomaly.Float(b.Usage))),
	}
	at.closing = closingReading(h, b)
	s.route = append(s.route, at)
}

// lastDigit is the last digit of the whole number that was reported.
func lastDigit(d anomaly.Decimal) int { return int(d.Trunc(0).Coef() % 10) }

// yearlyADU is the usage a day over the last year's bills; ok is false where they
// cover less than ten months of it.
func yearlyADU(h *anomaly.History, latest int) (adu float64, ok bool) {
	from := h.Bills[latest].Period.End.AddMonths(-12)
	usage, days := 0.0, 0
	for i := 0; i <= latest; i++ {
		if b := &h.Bills[i]; !b.Cancelled && b.Period.Valid() && b.Period.Start >= from {
			usage += anomaly.Float(b.Usage)
			days += b.Period.Days()
		}
	}
	if days < 300 {
		return 0, false
	}
	return usage / float64(days), true
}

// closingReading is the reading at the end of the bill: from the readings, or as the
// bill prints it. Its strings are its own.
func closingReading(h *anomaly.History, b *anomaly.Bill) anomaly.Reading {
	for i := len(h.Readings) - 1; i >= 0; i-- {
		if r := &h.Readings[i]; r.On == b.Period.End {
			return cloneReading(*r)
		}
	}
	if !b.To.Valid {
		return anomaly.Reading{}
	}
	return cloneReading(anomaly.Reading{
		AccountID: h.Account.ID, MeterID: b.MeterID, On: b.Period.End, Value: b.To.Decimal, Quality: b.Quality, Source: b.Source,
	})
}

func cloneReading(r anomaly.Reading) anomaly.Reading {
	r.AccountID, r.MeterID, r.Register = strings.Clone(r.AccountID), strings.Clone(r.MeterID), strings.Clone(r.Register)
	r.Reader, r.Source.File = strings.Clone(r.Reader), strings.Clone(r.Source.File)
	return r
}

func joinSurroundings(n *anomaly.Neighbourhood, seen []surroundings) {
	n.Readers = map[string]*anomaly.ReaderRecord{}
	n.Peers = map[string]*anomaly.PeerLevels{}
	levels := map[string][]float64{}
	var route []onRoute
	for i := range seen {
		for reader, record := range seen[i].readers {
			if n.Readers[reader] == nil {
				n.Readers[reader] = &anomaly.ReaderRecord{}
			}
			for digit, count := range record.LastDigit {
				n.Readers[reader].LastDigit[digit] += count
			}
		}
		for key, values := range seen[i].levels {
			levels[key] = append(levels[key], values...)
		}
		route = append(route, seen[i].route...)
	}
	for key, values := range levels {
		slices.Sort(values)
		n.Peers[key] = &anomaly.PeerLevels{
			Count: len(values), P05: quantile(values, 0.05), P50: quantile(values, 0.5), P95: quantile(values, 0.95),
		}
	}
	slices.SortFunc(route, func(a, b onRoute) int {
		return cmp.Or(strings.Compare(a.route, b.route), strings.Compare(a.account, b.account))
	})
	bills := make([]decide.RouteBill, len(route))
	for i := range route {
		bills[i] = decide.RouteBill{Route: route[i].route, Period: route[i].period, Side: route[i].side}
	}
	n.Shocks = decide.RouteShocks(bills)
	n.RouteReadings = nearReadings(route)
}

// quantile interpolates between the sorted values.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	x := q * float64(len(sorted)-1)
	i := int(x)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (x-float64(i))*(sorted[i+1]-sorted[i])
}

// nearReadings gives the accounts whose latest bill is out the closing readings of
// those next to them on the route, which is in the order of account ids.
func nearReadings(route []onRoute) map[string][]anomaly.Reading {
	near := map[string][]anomaly.Reading{}
	for i := range route {
		if route[i].side == 0 {
			continue
		}
		for j := max(0, i-neighbours); j <= min(len(route)-1, i+neighbours); j++ {
			if r := route[j].closing; j != i && route[j].route == route[i].route && !r.On.IsZero() {
				near[route[i].account] = append(near[route[i].account], r)
			}
		}
	}
	return near
}
