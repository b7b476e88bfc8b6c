package pipeline

import (
	"context"
	"math"
	"slices"
	"strings"
	"unique"

	"whybill/anomaly"
	"whybill/anomaly/decide"
	"whybill/anomaly/estimate"
	"whybill/anomaly/train"
)

// neighbours is how many accounts on either side of one on a route are near it.
const neighbours = 2

// Neighbourhood makes the pass over all accounts that finds what no account knows by
// itself, as of a day: what all did alike (common factors), readers' records, the levels
// of peers, routes on which far more bills than usual are out at once, and, for accounts
// whose latest bill is out, the closing readings next to theirs on the route, and who has
// changed levels with whom there. The result does not depend on the order of accounts. Of
// each account on a route about a hundred bytes are kept, twice as many where its level has
// changed, of the others hardly any.
func Neighbourhood(ctx context.Context, src Source, actx *anomaly.Context, cfg *anomaly.Config, asOf anomaly.Date) (*anomaly.Neighbourhood, error) {
	if cfg == nil {
		defaults := anomaly.DefaultConfig()
		cfg = &defaults
	}
	alone := *actx
	alone.Neighbourhood = nil
	common := train.NewCommon(Workers(), asOf)
	seen := make([]surroundings, Workers())
	for i := range seen {
		kernel := estimate.NewKernel(&alone, cfg)
		kernel.AsOf = asOf
		seen[i] = surroundings{
			asOf: asOf, kernel: kernel, stepRatio: cfg.Checks.StepRatio,
			readers: map[string]*anomaly.ReaderRecord{}, levels: map[peers][]float64{},
		}
	}
	err := EachOutline(ctx, src, func(worker int, h *anomaly.History) error {
		for day := range h.Changes() {
			seen[worker].saw(day)
		}
		known, _ := h.Known(asOf, -1)
		common.Look(worker, known)
		seen[worker].look(known)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, w := range actx.Weather {
		seen[0].sawWeather(w)
	}
	n := &anomaly.Neighbourhood{Common: common.Factors(actx.Model)}
	joinSurroundings(n, seen)
	return n, nil
}

// surroundings is what one worker saw.
type surroundings struct {
	asOf        anomaly.Date
	from, until anomaly.Date // see anomaly.Neighbourhood
	kernel      *estimate.Kernel
	stepRatio   float64 // from which a change is a step
	readers     map[string]*anomaly.ReaderRecord
	levels      map[peers][]float64 // usage a day over the last year
	route       []onRoute
}

// peers are what anomaly.PeerKey names, without making its name.
type peers struct {
	service       anomaly.Service
	class, region string
}

// onRoute is an account's latest bill on its reading route.
type onRoute struct {
	route   unique.Handle[string]
	account string
	period  anomaly.Period
	place   estimate.Place
	closing closing
	levels  *estimate.Levels // nil for most: nothing has changed
}

// closing is the reading at the end of a bill; without a day there is none.
type closing struct {
	value anomaly.Decimal
	file  unique.Handle[string]
	row   int32
	on    anomaly.Date
}

// look takes in what is known of an account.
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
	latest := h.LatestBill(s.asOf)
	if latest < 0 {
		return
	}
	if level, ok := yearlyADU(h, latest); ok {
		key := peers{h.Account.Service, h.Account.Class, h.Account.Region}
		if _, known := s.levels[key]; !known {
			key.class, key.region = strings.Clone(key.class), strings.Clone(key.region)
		}
		s.levels[key] = append(s.levels[key], level)
	}
	if h.Account.Route == "" {
		return
	}
	b := &h.Bills[latest]
	s.route = append(s.route, onRoute{
		route: unique.Make(h.Account.Route), account: strings.Clone(h.Account.ID), period: b.Period,
		place: s.kernel.Place(h, latest), closing: closingReading(h, b), levels: estimate.LevelsOf(h, latest, s.stepRatio),
	})
}

// saw notes a day on which what is known changes.
func (s *surroundings) saw(on anomaly.Date) {
	if on <= s.asOf {
		s.from = max(s.from, on)
	} else if s.until.IsZero() || on < s.until {
		s.until = on
	}
}

// sawWeather notes the days of a station's temperatures: each one moves what is usual there.
func (s *surroundings) sawWeather(w *anomaly.WeatherSeries) {
	if len(w.Mean) == 0 {
		return
	}
	last := w.First.AddDays(len(w.Mean) - 1)
	s.saw(max(w.First, min(s.asOf, last)))
	if last > s.asOf {
		s.saw(max(w.First, s.asOf.AddDays(1)))
	}
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
// bill prints it.
func closingReading(h *anomaly.History, b *anomaly.Bill) closing {
	for i := len(h.Readings) - 1; i >= 0; i-- {
		if r := &h.Readings[i]; r.On == b.Period.End {
			return closing{r.Value, unique.Make(r.Source.File), r.Source.Row, r.On}
		}
	}
	if !b.To.Valid {
		return closing{}
	}
	return closing{b.To.Decimal, unique.Make(b.Source.File), b.Source.Row, b.Period.End}
}

func joinSurroundings(n *anomaly.Neighbourhood, seen []surroundings) {
	n.Readers = map[string]*anomaly.ReaderRecord{}
	n.Peers = map[string]*anomaly.PeerLevels{}
	levels := map[peers][]float64{}
	var route []onRoute
	for i := range seen {
		s := &seen[i]
		n.From = max(n.From, s.from)
		if n.Until.IsZero() || !s.until.IsZero() && s.until < n.Until {
			n.Until = s.until
		}
		for reader, record := range s.readers {
			if n.Readers[reader] == nil {
				n.Readers[reader] = &anomaly.ReaderRecord{}
			}
			for digit, count := range record.LastDigit {
				n.Readers[reader].LastDigit[digit] += count
			}
		}
		for key, values := range s.levels {
			levels[key] = append(levels[key], values...)
		}
		route = append(route, s.route...)
		s.route = nil
	}
	for key, values := range levels {
		slices.Sort(values)
		account := anomaly.Account{Service: key.service, Class: key.class, Region: key.region}
		n.Peers[anomaly.PeerKey(&account)] = &anomaly.PeerLevels{
			Count: len(values), P05: quantile(values, 0.05), P50: quantile(values, 0.5), P95: quantile(values, 0.95),
		}
	}
	slices.SortFunc(route, func(a, b onRoute) int {
		if a.route != b.route {
			return strings.Compare(a.route.Value(), b.route.Value())
		}
		return strings.Compare(a.account, b.account)
	})
	bills, alike := make([]decide.RouteBill, len(route)), estimate.NewAlike(n.Common)
	for i := range route {
		x := &route[i]
		bills[i] = decide.RouteBill{Route: x.route.Value(), Period: x.period, Side: int8(x.place.Side(alike))}
	}
	n.Shocks = decide.RouteShocks(bills)
	n.RouteReadings = nearReadings(route, bills)
	n.Swaps = swaps(route, seen[0].stepRatio)
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
func nearReadings(route []onRoute, bills []decide.RouteBill) map[string][]anomaly.Reading {
	near := map[string][]anomaly.Reading{}
	for i := range route {
		if bills[i].Side == 0 {
			continue
		}
		for j := max(0, i-neighbours); j <= min(len(route)-1, i+neighbours); j++ {
			x := &route[j]
			if c := &x.closing; j != i && x.route == route[i].route && !c.on.IsZero() {
				near[route[i].account] = append(near[route[i].account], anomaly.Reading{
					AccountID: x.account, On: c.on, Value: c.value, Source: anomaly.Source{File: c.file.Value(), Row: c.row},
				})
			}
		}
	}
	return near
}

// swaps finds the accounts that have changed levels with one next to them on the route; of
// several, with the one that speaks loudest.
func swaps(route []onRoute, stepRatio float64) map[string]anomaly.LevelSwap {
	found := map[string]anomaly.LevelSwap{}
	for i := range route {
		x, most := &route[i], 0.0
		for j := max(0, i-neighbours); x.levels != nil && j <= min(len(route)-1, i+neighbours); j++ {
			y := &route[j]
			if j == i || y.route != x.route {
				continue
			}
			if s, odds := estimate.Swapped(x.levels, y.levels, max(i-j, j-i), stepRatio); odds > most {
				s.With, most = y.account, odds
				found[x.account] = s
			}
		}
	}
	return found
}
