package main

import (
	"maps"
	"os"
	"slices"
	"strings"
	"unique"

	"github.com/spf13/pflag"

	"whybill/anomaly"
	"whybill/anomaly/decide"
	"whybill/anomaly/locale"
	"whybill/anomaly/pipeline"
	"whybill/anomaly/report"
)

// visitOptions ask for a list of visits that fits the crews.
type visitOptions struct {
	visits       int
	hours        float64
	perRoute     int
	explore      float64
	seed         uint64
	maxFDR       float64
	then         bool
	byRoute      bool
	suppressions string
	previous     string
	again        bool
	record       bool
}

func (o *visitOptions) addFlags(flags *pflag.FlagSet) {
	flags.IntVar(&o.visits, "visits", 0, "")
	flags.Float64Var(&o.hours, "hours", 0, "")
	flags.IntVar(&o.perRoute, "per-route", 0, "")
	flags.BoolVar(&o.byRoute, "by-route", false, "")
	flags.BoolVar(&o.then, "then", false, "")
	flags.Float64Var(&o.explore, "explore", 0.05, "")
	flags.Uint64Var(&o.seed, "seed", 1, "")
	flags.Float64Var(&o.maxFDR, "max-fdr", 0, "")
	flags.StringVar(&o.suppressions, "suppressions", "", "")
	flags.StringVar(&o.previous, "previous", "", "")
	flags.BoolVar(&o.again, "again", false, "")
	flags.BoolVar(&o.record, "record", false, "")
}

func (o *visitOptions) asked() bool { return o.visits > 0 || o.hours > 0 || o.maxFDR > 0 }

func (o *visitOptions) check() error {
	if o.visits < 0 || !(o.hours >= 0 && o.hours < 1e7) || o.perRoute < 0 {
		return misuse("negative", anomaly.TextArg("flags", "--visits, --hours, --per-route"))
	}
	if !(o.explore >= 0 && o.explore <= 1) || !(o.maxFDR >= 0 && o.maxFDR <= 1) {
		return misuse("shares", anomaly.TextArg("flags", "--explore, --max-fdr"))
	}
	return nil
}

// fits reports what else was asked for that does not go with a list of visits.
func (o *visitOptions) fits(all *batchOptions, files bool) error {
	switch {
	case !o.asked() && (o.record || o.byRoute || o.then || o.perRoute > 0):
		return misuse("visits_missing", anomaly.TextArg("flags", "--by-route, --then, --per-route, --record"))
	case o.asked() && all.allBills:
		return misuse("visits_all_bills") // nobody visits an account once a bill
	case o.asked() && all.shard != "":
		return misuse("visits_shard")
	case o.record && files:
		return misuse("visits_record")
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
		return nil, misuse("accepted", anomaly.TextArg("file", o.suppressions)).because(err)
	}
	return s, nil
}

// visitList ranks all accounts for visits; a last pass keeps the assessments of those that
// were chosen. Only a few numbers an account are held between them.
type visitList struct {
	o        *visitOptions
	cfg      *anomaly.Config
	asOf     anomaly.Date
	listed   *listedAccounts
	accepted decide.Suppressions
	workers  [][]decide.Candidate
	services []map[anomaly.Service]bool // by worker: whose bills were looked at
	ranking  decide.Ranking
	chosen   map[[2]string]place // by account and bill
	// others counts the bills that need another step than a visit and are not on the list.
	others map[anomaly.Action]otherSteps
}

// otherSteps are bills that need the same step: how many, and how many of them are on a
// route to which the list sends somebody anyway.
type otherSteps struct{ bills, onRoutes int }

// place is where a chosen bill stands in the list.
type place struct {
	rank  int
	visit decide.Visit
}

func newVisitList(o *visitOptions, cfg *anomaly.Config, listed *listedAccounts) (*visitList, error) {
	accepted, err := o.accepted()
	if err != nil {
		return nil, err
	}
	return &visitList{o: o, cfg: cfg, asOf: listed.asOf, listed: listed, accepted: accepted, workers: make([][]decide.Candidate, pipeline.Workers()), services: make([]map[anomaly.Service]bool, pipeline.Workers())}, nil
}

// look takes a bill into the ranking.
func (l *visitList) look(worker int, a *anomaly.Assessment) {
	if a.BillKey == "" {
		return
	}
	c := decide.NewCandidate(a, &l.cfg.Stakes)
	// The assessment's strings do not last; few routes and units are shared by many.
	c.Account, c.Bill = strings.Clone(c.Account), strings.Clone(c.Bill)
	c.Route, c.Unit = unique.Make(c.Route).Value(), unique.Make(c.Unit).Value()
	c.CoolingDown = l.listed.coolDown(worker, a) != nil
	c.Suppressed = l.accepted.Cover(a.Findings, l.asOf)
	c.Shocked = a.WithRoute()
	l.workers[worker] = append(l.workers[worker], c)
	if l.services[worker] == nil {
		l.services[worker] = map[anomaly.Service]bool{}
	}
	l.services[worker][a.Service] = true
}

// rank chooses the visits.
func (l *visitList) rank() {
	candidates := slices.Concat(l.workers...)
	l.ranking = decide.Rank(candidates, decide.RankOptions{
		Visits: l.o.visits, Hours: l.o.hours, PerRoute: l.o.perRoute, Explore: l.o.explore, Seed: l.o.seed, MaxFDR: l.o.maxFDR,
		Then: l.o.then, ByRoute: l.o.byRoute,
	})
	l.chosen = make(map[[2]string]place, len(l.ranking.Visits))
	for rank, v := range l.ranking.Visits {
		c := &candidates[v.Index]
		l.chosen[[2]string{c.Account, c.Bill}] = place{rank, v}
	}
	l.countOthers(candidates)
	l.workers = nil
}

// countOthers counts what needs something and is no visit: whoever plans a round wants to
// know of the meters that could be read again on the way.
func (l *visitList) countOthers(candidates []decide.Candidate) {
	routes, listed := map[string]bool{}, make([]bool, len(candidates))
	for _, v := range l.ranking.Visits {
		listed[v.Index] = true
		if route := candidates[v.Index].Route; route != "" {
			routes[route] = true
		}
	}
	l.others = map[anomaly.Action]otherSteps{}
	for i := range candidates {
		c := &candidates[i]
		if listed[i] || c.Action == anomaly.ActionNone || c.Action == anomaly.ActionInspect {
			continue
		}
		n := l.others[c.Action]
		n.bills++
		if routes[c.Route] {
			n.onRoutes++
		}
		l.others[c.Action] = n
	}
}

// choice says how a bill came onto the list, and at which place; ok is false where it
// is on none.
func (l *visitList) choice(a *anomaly.Assessment) (choice anomaly.VisitChoice, rank int, ok bool) {
	at, ok := l.chosen[[2]string{a.AccountID, a.BillKey}]
	return anomaly.VisitChoice{Random: at.visit.Random, Propensity: at.visit.Propensity, On: l.asOf, Weight: a.Estimate.Change.Weight()}, at.rank, ok
}

// shockRemarks says, once for each, on which routes far more bills than usual are out at
// once: these are one matter, and not as many visits.
func shockRemarks(shocks []anomaly.RouteShock, p *locale.Printer) []string {
	var remarks []string
	for i := range shocks {
		remarks = append(remarks, p.Say(report.ShockMessage(&shocks[i])))
	}
	return remarks
}

// summary says what may be expected of the list, and what is worth a visit and not on it.
func (l *visitList) summary(p *locale.Printer) []string {
	r := &l.ranking
	key := "visits.chosen"
	args := []anomaly.Arg{
		anomaly.CountArg("visits", len(r.Visits)), anomaly.NumberArg("hours", r.Hours, 1),
		anomaly.PercentArg("hit_rate", r.HitRate, 0), anomaly.PercentArg("fdr", r.FDR, 0),
	}
	switch {
	case len(r.Visits) == 0:
		key, args = "visits.none", nil
	case r.Random > 0:
		key = "visits.with_random"
		args = append(args, anomaly.CountArg("random", r.Random), anomaly.CountArg("chosen", len(r.Visits)-r.Random), anomaly.PercentArg("chosen_rate", r.ChosenRate, 0))
	}
	lines := []string{p.Say(anomaly.Msg(key, args...))}
	var reasons []string
	for _, reason := range decide.LeftOuts {
		if n := r.Left[reason]; n > 0 {
			reasons = append(reasons, p.Say(anomaly.Msg("visits.left."+string(reason), anomaly.CountArg("n", n))))
		}
	}
	if len(reasons) > 0 {
		lines = append(lines, p.Say(anomaly.Msg("visits.left", anomaly.TextArg("reasons", strings.Join(reasons, p.Text("visits.left.and"))))))
	}
	if other := l.otherSteps(p); other != "" {
		lines = append(lines, other)
	}
	return lines
}

// otherSteps says what else is to be done, by the step, and that plain batch lists it. Steps
// are named in the words of the service where all accounts are of one.
func (l *visitList) otherSteps(p *locale.Printer) string {
	services := map[anomaly.Service]bool{}
	for _, of := range l.services {
		maps.Copy(services, of)
	}
	if len(services) == 1 {
		for service := range services {
			p = p.For(service)
		}
	}
	var steps []string
	for _, action := range anomaly.Actions {
		n := l.others[action]
		if n.bills == 0 {
			continue
		}
		key, args := "visits.other", []anomaly.Arg{anomaly.TermArg("step", string(action)), anomaly.CountArg("n", n.bills)}
		if action == anomaly.ActionReread && n.onRoutes > 0 {
			key, args = "visits.other_on_routes", append(args, anomaly.CountArg("on_routes", n.onRoutes))
		}
		steps = append(steps, p.Say(anomaly.Msg(key, args...)))
	}
	if len(steps) == 0 {
		return ""
	}
	return p.Say(anomaly.Msg("visits.others", anomaly.TextArg("steps", strings.Join(steps, p.Text("visits.left.and")))))
}
