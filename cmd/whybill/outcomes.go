package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"whybill/anomaly"
	"whybill/anomaly/check"
	"whybill/anomaly/locale"
	"whybill/anomaly/pipeline"
)

// showOutcomes prints what visits found, by check and by cause: how many there were, how
// many were right, what was expected before any and after them, and Wilson's interval.
func (a *app) showOutcomes(ctx context.Context) error {
	src, actx, _, closeSource, err := a.openSource(ctx, &fileOptions{}, nil)
	if err != nil {
		return err
	}
	defer closeSource()
	config, err := a.configured()
	if err != nil {
		return err
	}
	progress := a.startProgress("assessing", "accounts", 0)
	out, err := pipeline.LearnOutcomes(ctx, countingSource{src, progress}, actx, &config.engine)
	progress.end()
	if err != nil {
		return err
	}
	p := a.printer()
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, p.Text("outcomes.header"))
	line := func(name string, h check.HitRate) {
		low, high := h.Wilson()
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%s\t%s..%s\n", name, h.Tried, h.Hits, p.Percent(check.HitRate{}.Mean(), 0), p.Percent(h.Mean(), 0), locale.Number(100*low, 0), p.Percent(high, 0))
	}
	line(p.Text("outcomes.all"), out.All)
	for _, o := range out.Checks {
		line(o.ID, o.HitRate)
	}
	for _, o := range out.Causes {
		line(p.Term(o.ID), o.HitRate)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if out.Undated > 0 {
		a.remark("%s", p.Say(anomaly.Msg("outcomes.undated", anomaly.CountArg("count", out.Undated))))
	}
	return nil
}
