package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"strconv"
	"strings"

	"whybill/anomaly"
	"whybill/anomaly/check"
	"whybill/anomaly/diagnose"
	"whybill/anomaly/locale"
	"whybill/anomaly/pipeline"
	"whybill/anomaly/report"
	"whybill/anomaly/store"
)

// learnPriors learns from the visits of the source up to a day, the zero Date standing
// for all of them, what moves the priors; nil where nobody has visited anybody.
func learnPriors(ctx context.Context, src pipeline.Source, actx *anomaly.Context, cfg *anomaly.Config, until anomaly.Date) (*anomaly.LearntPriors, error) {
	var found *pipeline.Outcomes
	var err error
	if s, ok := src.(*store.Store); ok {
		found, err = outcomes(ctx, s, actx, cfg, until)
	} else {
		found, err = pipeline.LearnOutcomes(ctx, src, actx, cfg, until)
	}
	if err != nil || found.Priors.Visits() == 0 {
		return nil, err
	}
	return found.Priors, nil
}

// sayPriors says from how many visits was learnt.
func (a *app) sayPriors(p *anomaly.LearntPriors) error {
	m := anomaly.Msg("priors.none")
	if p != nil {
		m = anomaly.Msg("priors.learnt", anomaly.CountArg("visits", p.Visits()), anomaly.CountArg("found", p.Asked.Found+p.Unasked.Found), anomaly.DateArg("until", p.Until))
	}
	return a.done(a.printer().Say(m))
}

// writePriors prints what the visits teach of how often each cause is the true one, and
// whether that is what assessments go by.
func writePriors(out io.Writer, p *locale.Printer, given *diagnose.Model, found, inUse *anomaly.LearntPriors) error {
	learnt := given.Learnt(found)
	for _, s := range []struct {
		title string
		asked bool
		of    *anomaly.PriorStratum
	}{{"priors.unasked", false, &found.Unasked}, {"priors.asked", true, &found.Asked}} {
		if s.of.Visits == 0 {
			continue
		}
		fmt.Fprintf(out, "\n%s\n", p.Say(anomaly.Msg(s.title, anomaly.CountArg("visits", s.of.Visits), anomaly.CountArg("found", s.of.Found))))
		g := report.Grid{Right: []bool{false, true, true, true, true, true}}
		g.Add(strings.Split(p.Text("priors.header"), "\t")...)
		for _, c := range s.of.Causes {
			before, _ := given.Prior(c.Cause, s.asked)
			_, after := learnt.Prior(c.Cause, s.asked)
			low, high := check.HitRate{Tried: s.of.Visits, Hits: c.Found}.Wilson()
			g.Add(p.Term(string(c.Cause)), strconv.Itoa(c.Found), locale.Number(c.Expected, 2),
				locale.Number(100*low, 0)+".."+p.Percent(high, 0), p.Percent(before, 2), p.Percent(after, 2))
		}
		if err := g.Write(out); err != nil {
			return err
		}
	}
	if found.Visits() == 0 {
		return nil
	}
	key := "priors.in_use"
	if !reflect.DeepEqual(found, inUse) {
		key = "priors.not_in_use"
	}
	_, err := fmt.Fprintf(out, "\n%s %s\n", p.Say(anomaly.Msg("priors.terms", anomaly.NumberArg("worth", found.Worth, 0), anomaly.PercentArg("sensitivity", found.Sensitivity, 0))), p.Text(key))
	return err
}

// explainPrior says how probable a cause is before a bill is looked at, and what visits
// have made of that in the database, where there is one.
func (a *app) explainPrior(ctx context.Context, cause anomaly.Cause) error {
	learnt, err := a.learntPriors(ctx)
	if err != nil {
		return err
	}
	config, err := a.configured()
	if err != nil {
		return err
	}
	p, m := a.printer(), config.causeTable().Learnt(learnt)
	unasked, unaskedNow := m.Prior(cause, false)
	asked, askedNow := m.Prior(cause, true)
	fmt.Fprintf(a.out, "%s\n", p.Say(anomaly.Msg("priors.given", anomaly.PercentArg("unasked", unasked, 2), anomaly.PercentArg("asked", asked, 2))))
	if learnt == nil {
		return nil
	}
	_, err = fmt.Fprintf(a.out, "%s\n", p.Say(anomaly.Msg("priors.now", anomaly.CountArg("visits", learnt.Visits()), anomaly.DateArg("until", learnt.Until),
		anomaly.PercentArg("unasked", unaskedNow, 2), anomaly.PercentArg("asked", askedNow, 2))))
	return err
}

// learntPriors reads what visits have taught from the database; nil where there is none.
func (a *app) learntPriors(ctx context.Context) (priors *anomaly.LearntPriors, err error) {
	path, err := a.dbPath()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	s, err := a.openStore(ctx, store.Options{ReadOnly: true, MustExist: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	actx := &anomaly.Context{}
	if err := learnt(ctx, s, actx); err != nil {
		return nil, err
	}
	return actx.Model.LearntPriors(), nil
}
