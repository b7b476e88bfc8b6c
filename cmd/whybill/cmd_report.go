package main

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"regexp"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"whybill/anomaly"
	"whybill/anomaly/pipeline"
	"whybill/anomaly/report"
	"whybill/anomaly/store"
)

type reportOptions struct {
	files             fileOptions
	week, since, asOf string
	dir, failOn       string
	record            bool
}

func newReportCommand(a *app) *cobra.Command {
	var o reportOptions
	cmd := &cobra.Command{
		Use:     "report [FILE...]",
		GroupID: "answer",
		Example: `  whybill report --week 2026-W12 --out reports
  whybill report --since 2026-03-09 --as-of 2026-03-20 --out reports --lang zh-TW
  whybill report --week 2026-W12 --out reports --fail-on inspect,rebill`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.runReport(cmd.Context(), &o, args) },
	}
	flags := cmd.Flags()
	o.files.addFlags(flags)
	flags.StringVar(&o.week, "week", "", "")
	flags.StringVar(&o.since, "since", "", "")
	flags.StringVar(&o.asOf, "as-of", "", "")
	flags.StringVar(&o.dir, "out", "", "")
	flags.StringVar(&o.failOn, "fail-on", "", "")
	flags.BoolVar(&o.record, "record", true, "")
	return cmd
}

func (a *app) runReport(ctx context.Context, o *reportOptions, paths []string) error {
	if err := a.checkGlobal(); err != nil {
		return err
	}
	if o.dir == "" {
		return misuse("needs_flag", anomaly.TextArg("flag", "--out"), anomaly.TextArg("example", "whybill report --week 2026-W12 --out reports"))
	}
	week := &report.Week{Program: "whybill " + version()}
	if err := a.reportDays(o, week); err != nil {
		return err
	}
	fail, err := parseFailOn(o.failOn)
	if err != nil {
		return err
	}
	config, err := a.configured()
	if err != nil {
		return err
	}
	week.Config = config.engine
	if week.Previous, err = report.PreviousSummary(o.dir, week.AsOf); err != nil {
		return err
	}
	src, actx, _, closeSource, err := a.openSource(ctx, &o.files, paths)
	if err != nil {
		return err
	}
	defer closeSource()
	week.Model = actx.Model
	if err := a.neighbours(ctx, src, actx, config, week.AsOf, "", false); err != nil {
		return err
	}
	if err := a.gatherWeek(ctx, src, actx, week, fail); err != nil {
		return err
	}
	if len(paths) == 0 {
		if err := a.weekDesk(ctx, actx, week); err != nil {
			return err
		}
	}
	summary, err := report.WriteWeek(o.dir, week, a.printer())
	if errors.Is(err, report.ErrLocked) {
		return misuse("report_locked")
	}
	if err != nil {
		return err
	}
	if o.record && len(paths) == 0 {
		if err := a.keepWeek(ctx, week); err != nil {
			return err
		}
	}
	// The log wants the figures; the lists stand in the summary's file.
	brief := *summary
	brief.Flags = nil
	if brief.Desk != nil {
		brief.Desk = brief.Desk.Brief()
	}
	text, err := json.MarshalIndent(&brief, "", "  ")
	if err != nil {
		return err
	}
	if err := a.done(string(text)); err != nil {
		return err
	}
	return fail.result()
}

// reportDays works out what days the report is about, and its name.
func (a *app) reportDays(o *reportOptions, week *report.Week) (err error) {
	if o.week != "" {
		if o.since != "" || o.asOf != "" {
			return misuse("week_and_days")
		}
		monday, err := isoWeek(o.week)
		if err != nil {
			return err
		}
		week.Name, week.Since, week.AsOf = o.week, monday, monday.AddDays(6)
		return nil
	}
	if week.AsOf, err = a.asOf(o.asOf); err != nil {
		return err
	}
	week.Since = week.AsOf.AddDays(-7)
	if o.since != "" {
		if week.Since, err = anomaly.ParseDate(o.since); err != nil {
			return badFlag("--since", err)
		}
	}
	if week.Since > week.AsOf {
		return misuse("since_after", anomaly.DateArg("since", week.Since), anomaly.DateArg("as_of", week.AsOf))
	}
	week.Name = week.AsOf.String()
	return nil
}

var weekName = regexp.MustCompile(`^(\d{4})-W(\d{2})$`)

// isoWeek returns the Monday of an ISO 8601 week: week 1 is the one with January 4th.
func isoWeek(name string) (anomaly.Date, error) {
	m := weekName.FindStringSubmatch(name)
	bad := misuse("week", quoted("value", name))
	if m == nil {
		return 0, bad
	}
	year, _ := strconv.Atoi(m[1])
	n, _ := strconv.Atoi(m[2])
	fourth, ok := anomaly.NewDate(year, 1, 4)
	if !ok || n < 1 {
		return 0, bad
	}
	first := fourth.AddDays(-(int(fourth.Weekday()+6) % 7))
	monday := first.AddDays(7 * (n - 1))
	if y, w := monday.Time().ISOWeek(); y != year || w != n || monday.Weekday() != time.Monday {
		return 0, bad
	}
	return monday, nil
}

// gatherWeek assesses all accounts and collects what the report is about.
func (a *app) gatherWeek(ctx context.Context, src pipeline.Source, actx *anomaly.Context, week *report.Week, fail *failOn) error {
	listed := newListedAccounts(&week.Config, week.AsOf)
	if err := errors.Join(listed.addKept(ctx, src), listed.addSummary(week.Previous)); err != nil {
		return err
	}
	visits, gather := newVisitCount(week), newRankGather(0)
	counts := make([]struct{ accounts, bills int }, pipeline.Workers())
	s := sweep{src: watchedSource{src, visits.look}, actx: actx, cfg: &week.Config, asOf: week.AsOf, listed: listed}
	progress := a.startProgress("assessing", "accounts", 0)
	err := s.run(ctx, func(worker int, x *anomaly.Assessment) error {
		progress.add(1)
		counts[worker].accounts++
		if x.BillKey != "" {
			counts[worker].bills++
			fail.look(x)
			if x.Verdict.Action != anomaly.ActionNone {
				gather.add(worker, x)
			}
		}
		return nil
	})
	progress.end()
	if err != nil {
		return err
	}
	for _, c := range counts {
		week.Accounts += c.accounts
		week.Bills += c.bills
	}
	kept, _, units := gather.all()
	for _, x := range kept {
		week.Flagged = append(week.Flagged, x.a)
	}
	week.Visits, week.Shocks, week.Units = visits.sum(), s.shocks(), units
	return nil
}

// keepWeek keeps the report's list of visits in the database: who is on it cools down, and
// what the visits find is learnt from. A database that cannot be written keeps none.
func (a *app) keepWeek(ctx context.Context, week *report.Week) error {
	var lines []anomaly.ListedVisit
	for _, x := range week.Flagged {
		if report.ListsVisit(x) {
			x.Visit = &anomaly.VisitChoice{Propensity: 1, On: week.AsOf, Weight: x.Estimate.Change.Weight()}
			lines = append(lines, listedVisit(x, week.Name))
		}
	}
	_, err := a.keepVisits(ctx, lines)
	var fault *store.Error
	if errors.As(err, &fault) && (fault.Code == store.WriteProtected || fault.Code == store.NoPermission) {
		a.remark("%s", a.printer().Say(anomaly.Msg("visits.not_kept")))
		return nil
	}
	return err
}

// visitCount counts the inspections of the report's days and what came of them.
type visitCount struct {
	week    *report.Week
	ranked  map[string]float64 // the probability at which the last report listed an account
	workers []visitTally
}

// visitTally counts in whole numbers, so that the order of accounts does not show.
type visitTally struct{ done, hits, expectedMillionths int64 }

func newVisitCount(week *report.Week) *visitCount {
	v := &visitCount{week: week, ranked: map[string]float64{}, workers: make([]visitTally, pipeline.Workers())}
	if week.Previous != nil {
		for _, f := range week.Previous.Flags {
			v.ranked[f.AccountID] = f.Visit
		}
	}
	return v
}

func (v *visitCount) look(worker int, h *anomaly.History) {
	for i := range h.Inspections {
		x := &h.Inspections[i]
		if x.On < v.week.Since || x.On > v.week.AsOf {
			continue
		}
		w := &v.workers[worker]
		w.done++
		if x.Outcome != anomaly.NothingFound {
			w.hits++
		}
		w.expectedMillionths += int64(math.Round(1e6 * v.ranked[h.Account.ID]))
	}
}

func (v *visitCount) sum() report.Visits {
	var all visitTally
	for _, w := range v.workers {
		all.done += w.done
		all.hits += w.hits
		all.expectedMillionths += w.expectedMillionths
	}
	return report.Visits{Done: int(all.done), Hits: int(all.hits), Expected: float64(all.expectedMillionths) / 1e6}
}
