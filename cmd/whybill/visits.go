package main

import (
	"os"

	"github.com/spf13/pflag"

	"whybill/anomaly"
	"whybill/anomaly/decide"
	"whybill/anomaly/locale"
	"whybill/anomaly/pipeline"
)

// visitOptions ask for a list of visits that fits the crews.
type visitOptions struct {
	visits       int
	hours        float64
	perRoute     int
	explore      float64
	seed         uint64
	maxFDR       float64
	suppressions string
}

func (o *visitOptions) addFlags(flags *pflag.FlagSet) {
	flags.IntVar(&o.visits, "visits", 0, "list the best `n` visits instead: by expected net value an hour")
	flags.Float64Var(&o.hours, "hours", 0, "list the visits that fit into so many `hours`")
	flags.IntVar(&o.perRoute, "per-route", 0, "of the visits, at most `n` on one route")
	flags.Float64Var(&o.explore, "explore", 0.05, "of the visits, the `share` drawn at random: only these show what is overlooked")
	flags.Uint64Var(&o.seed, "seed", 1, "the `number` that decides the draw")
	flags.Float64Var(&o.maxFDR, "max-fdr", 0, "keep the `share` of visits expected to be in vain below this")
	flags.StringVar(&o.suppressions, "suppressions", "", "a `file` of findings that somebody has accepted, each until a day")
}

func (o *visitOptions) asked() bool { return o.visits > 0 || o.hours > 0 || o.maxFDR > 0 }

func (o *visitOptions) check() error {
	if o.visits < 0 || o.hours < 0 || o.perRoute < 0 {
		return usagef("", "--visits, --hours and --per-route are not negative")
	}
	if o.explore < 0 || o.explore > 1 || o.maxFDR < 0 || o.maxFDR > 1 {
		return usagef("", "--explore and --max-fdr are shares from 0 to 1")
	}
	return nil
}

// accepted reads the file of accepted findings.
func (o *visitOptions) accepted() (decide.Suppressions, error) {
	if o.suppressions == "" {
		return nil, nil
	}
	f, err := os.Open(o.suppressions)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	s, err := decide.LoadSuppressions(f)
	if err != nil {
		return nil, usagef("each [[accepted]] has ref, until, reason and by", "%s: %v", o.suppressions, err)
	}
	return s, nil
}

// visitList ranks all accounts for visits in a first pass; the second keeps the
// assessments of those that were chosen. Only a few numbers an account are held between them.
type visitList struct {
	o        *visitOptions
	cfg      *anomaly.Config
	asOf     anomaly.Date
	accepted decide.Suppressions
	workers  [][]decide.Candidate
	sides    [][]decide.RouteBill
	ranking  decide.Ranking
	shocks   []anomaly.RouteShock
	chosen   map[string]place
}

// place is where a chosen bill stands in the list.
type place struct {
	rank  int
	visit decide.Visit
}

func newVisitList(o *visitOptions, cfg *anomaly.Config, asOf anomaly.Date) (*visitList, error) {
	accepted, err := o.accepted()
	if err != nil {
		return nil, err
	}
	n := pipeline.Workers()
	return &visitList{
		o: o, cfg: cfg, asOf: asOf, accepted: accepted,
		workers: make([][]decide.Candidate, n), sides: make([][]decide.RouteBill, n),
	}, nil
}

// look takes a bill into the first pass.
func (l *visitList) look(worker int, a *anomaly.Assessment) {
	if a.BillKey == "" {
		return
	}
	key := pipeline.RankOf(a).Clone() // the assessment's strings do not last
	c := decide.NewCandidate(a, a.Route, &l.cfg.Stakes)
	c.Account, c.Bill, c.Route = key.Account, key.Bill, cloneText(a.Route)
	c.Suppressed = l.accepted.Cover(a.Findings, l.asOf)
	side, _ := decide.SideOf(a)
	l.workers[worker] = append(l.workers[worker], c)
	l.sides[worker] = append(l.sides[worker], decide.RouteBill{Route: c.Route, Period: a.Period, Side: side})
}

func cloneText(s string) string { return string([]byte(s)) }

// rank chooses the visits.
func (l *visitList) rank() {
	var candidates []decide.Candidate
	var bills []decide.RouteBill
	for i := range l.workers {
		candidates = append(candidates, l.workers[i]...)
		bills = append(bills, l.sides[i]...)
	}
	l.shocks = decide.RouteShocks(bills)
	for i := range candidates {
		candidates[i].Shocked = decide.Shocked(l.shocks, &bills[i])
	}
	// More visits than accounts are no request for a draw from all of them.
	most := min(l.o.visits, len(candidates))
	l.ranking = decide.Rank(candidates, decide.RankOptions{
		Visits: most, Hours: l.o.hours, PerRoute: l.o.perRoute, Explore: l.o.explore, Seed: l.o.seed, MaxFDR: l.o.maxFDR,
	})
	l.chosen = make(map[string]place, len(l.ranking.Visits))
	for rank, v := range l.ranking.Visits {
		c := &candidates[v.Index]
		l.chosen[c.Account+"\x00"+c.Bill] = place{rank, v}
	}
	l.workers, l.sides = nil, nil
}

// shockRemarks says, once for each, on which routes far more bills than usual are out at
// once: these are one matter, and not as many visits.
func (l *visitList) shockRemarks(p *locale.Printer) []string {
	var remarks []string
	for i := range l.shocks {
		s := &l.shocks[i]
		key := "cmd.shock.low"
		if s.Up {
			key = "cmd.shock.high"
		}
		remarks = append(remarks, p.Say(anomaly.Msg(key, anomaly.TextArg("route", s.Route),
			anomaly.DateArg("start", s.Period.Start), anomaly.DateArg("end", s.Period.End), anomaly.CountArg("accounts", s.Accounts),
			anomaly.PercentArg("share", s.Share, 0), anomaly.PercentArg("usual", s.Usual, 0))))
	}
	return remarks
}

// summary says what may be expected of the list.
func (l *visitList) summary(p *locale.Printer) string {
	r := &l.ranking
	left := 0
	for _, n := range r.Left {
		left += n
	}
	return p.Say(anomaly.Msg("cmd.visits", anomaly.CountArg("visits", len(r.Visits)), anomaly.PercentArg("hit_rate", r.HitRate, 0),
		anomaly.PercentArg("fdr", r.FDR, 0), anomaly.NumberArg("hours", r.Hours, 1), anomaly.CountArg("left", left)))
}
