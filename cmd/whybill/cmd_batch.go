package main

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"whybill/anomaly"
	"whybill/anomaly/locale"
	"whybill/anomaly/pipeline"
	"whybill/anomaly/report"
)

type batchOptions struct {
	files    fileOptions
	format   string
	output   string
	asOf     string
	top      int
	all      bool
	allBills bool
	shard    string
	failOn   string
	model    string
	visits   visitOptions
}

func (o *batchOptions) addFlags(flags *pflag.FlagSet) {
	o.files.addFlags(flags)
	flags.StringVarP(&o.format, "format", "f", "table", "")
	flags.StringVarP(&o.output, "output", "o", "", "")
	flags.StringVar(&o.asOf, "as-of", "", "")
	flags.IntVar(&o.top, "top", 50, "")
	flags.BoolVar(&o.all, "all", false, "")
	flags.BoolVar(&o.allBills, "all-bills", false, "")
	flags.StringVar(&o.shard, "shard", "", "")
	flags.StringVar(&o.files.rejects, "rejects", "", "")
	flags.BoolVar(&o.files.strict, "strict", false, "")
	o.visits.addFlags(flags)
	flags.StringVar(&o.model, "model", "", "")
	flags.StringVar(&o.failOn, "fail-on", "", "")
}

func newBatchCommand(a *app) *cobra.Command {
	var o batchOptions
	cmd := &cobra.Command{
		Use:     "batch [FILE...]",
		GroupID: "answer",
		Example: `  whybill batch
  whybill batch accounts.csv bills.csv readings.csv
  whybill batch --format ndjson --as-of 2026-03-20 bills.csv > assessments.ndjson
  whybill batch --format xlsx --output week.xlsx
  whybill batch --fail-on inspect --quiet bills.csv`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runBatch(cmd.Context(), &o, args)
		},
	}
	o.addFlags(cmd.Flags())
	completeFlag(cmd, "format", report.Formats)
	return cmd
}

func (a *app) runBatch(ctx context.Context, o *batchOptions, paths []string) (err error) {
	if err := a.checkGlobal(); err != nil {
		return err
	}
	if !oneOf(o.format, report.Formats...) {
		return noSuch("format", o.format, report.Formats...)
	}
	if o.format == "xlsx" && o.output == "" && a.outTTY {
		return misuse("workbook")
	}
	asOf, err := a.asOf(o.asOf)
	if err != nil {
		return err
	}
	shard, err := parseShard(o.shard)
	if err != nil {
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
	if err := o.visits.check(); err != nil {
		return err
	}
	if err := o.visits.fits(o, len(paths) > 0); err != nil {
		return err
	}
	src, actx, _, closeSource, err := a.openSource(ctx, &o.files, paths)
	if err != nil {
		return err
	}
	defer closeSource()
	if o.model != "" {
		if actx.Model, err = readModel(o.model); err != nil {
			return err
		}
	}
	if err := a.neighbours(ctx, src, actx, config, asOf, "", o.model != ""); err != nil {
		return err
	}
	if o.visits.again {
		config.engine.Stakes.CoolDown = 0
	}
	listed := newListedAccounts(&config.engine, asOf)
	if err := listed.addKept(ctx, src); err != nil {
		return err
	}
	if o.visits.previous != "" {
		if err := listed.addFile(o.visits.previous); err != nil {
			return err
		}
	}

	b := &batch{app: a, o: o, printer: a.printer(), fail: fail, sweep: sweep{
		src: src, actx: actx, cfg: &config.engine, asOf: asOf, listed: listed,
		opt: pipeline.BatchOptions{Shard: shard, AllBills: o.allBills, Basis: o.format == "ndjson" || o.format == "json"},
	}}
	err = a.writeDocument(o.output, func(out io.Writer) error {
		switch {
		case o.visits.asked():
			return b.visitList(ctx, out)
		case o.format == "ndjson":
			return b.lines(ctx, out)
		}
		return b.ranked(ctx, out)
	})
	if err != nil {
		return err
	}
	return fail.result()
}

// batch is one run of the command.
type batch struct {
	app     *app
	o       *batchOptions
	printer *locale.Printer
	fail    *failOn
	sweep   sweep
}

// run assesses all accounts, with progress, and says which routes are out.
func (b *batch) run(ctx context.Context, visit visitor) error {
	progress := b.app.startProgress("assessing", "accounts", 0)
	err := b.sweep.run(ctx, func(worker int, x *anomaly.Assessment) error {
		progress.add(1)
		if x.BillKey != "" {
			b.fail.look(x)
		}
		return visit(worker, x)
	})
	progress.end()
	for _, remark := range shockRemarks(b.sweep.shocks(), b.printer) {
		b.app.remark("%s", remark)
	}
	return err
}

// lines writes one assessment a line, of every account.
func (b *batch) lines(ctx context.Context, out io.Writer) error {
	gather, err := newLineGather()
	if err != nil {
		return err
	}
	defer gather.close()
	err = b.run(ctx, func(worker int, x *anomaly.Assessment) error {
		return gather.add(worker, x, func(line []byte) []byte {
			return append(x.AppendJSON(line, b.printer.For(x.Service).Say), '\n')
		})
	})
	if err != nil {
		return err
	}
	return gather.writeTo(out)
}

// ranked writes the accounts on which something is to be done, best first.
func (b *batch) ranked(ctx context.Context, out io.Writer) error {
	limit := 0
	if b.o.format == "table" {
		limit = b.o.top
	}
	gather := newRankGather(limit)
	workers := pipeline.Workers()
	assessed, without, cooling := make([]int, workers), make([]int, workers), make([]int, workers)
	err := b.run(ctx, func(worker int, x *anomaly.Assessment) error {
		if x.BillKey == "" {
			without[worker]++
			if b.o.all {
				gather.add(worker, x)
			}
			return nil
		}
		assessed[worker]++
		if x.CoolDown != nil {
			cooling[worker]++
		}
		if b.o.all || x.Verdict.Action != anomaly.ActionNone {
			gather.add(worker, x)
		}
		return nil
	})
	if err != nil {
		return err
	}
	kept, seen, units := gather.all()
	assessments := make([]*anomaly.Assessment, len(kept))
	for i := range kept {
		assessments[i] = kept[i].a
	}
	if err := b.write(out, assessments); err != nil {
		return err
	}
	message := anomaly.Msg("cmd.assessed", anomaly.CountArg("bills", sum(assessed)), anomaly.CountArg("act", seen))
	if len(kept) < seen {
		message.Key = "cmd.assessed_first"
		message.Args = append(message.Args, anomaly.CountArg("shown", len(kept)))
	}
	b.app.remark("%s", b.printer.Say(message))
	if n := sum(without); n > 0 {
		b.app.remark("%s", b.printer.Say(anomaly.Msg("cmd.without_bill", anomaly.CountArg("accounts", n), anomaly.DateArg("as_of", b.sweep.asOf))))
	}
	if n := sum(cooling); n > 0 {
		b.app.remark("%s", b.printer.Say(anomaly.Msg("visits.cooling", anomaly.CountArg("n", n))))
	}
	if remark := report.UnitsText(units, b.printer); remark != "" {
		b.app.remark("%s", remark)
	}
	return nil
}

func sum(counts []int) (all int) {
	for _, n := range counts {
		all += n
	}
	return all
}

// visitList writes the visits that fit the crews, best first.
func (b *batch) visitList(ctx context.Context, out io.Writer) error {
	list, err := newVisitList(&b.o.visits, b.sweep.cfg, b.sweep.listed)
	if err != nil {
		return err
	}
	err = b.run(ctx, func(worker int, x *anomaly.Assessment) error {
		list.look(worker, x)
		return nil
	})
	if err != nil {
		return err
	}
	list.rank()
	kept := make([]*anomaly.Assessment, len(list.ranking.Visits))
	err = b.sweep.run(ctx, func(_ int, x *anomaly.Assessment) error {
		if choice, rank, ok := list.choice(x); ok {
			kept[rank] = pipeline.Keep(x)
			kept[rank].Visit = &choice
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := b.write(out, kept); err != nil {
		return err
	}
	for _, line := range list.summary(b.printer) {
		b.app.remark("%s", line)
	}
	if remark := report.UnitsText(list.ranking.Units, b.printer); remark != "" {
		b.app.remark("%s", remark)
	}
	if b.o.visits.record {
		return b.keep(ctx, kept)
	}
	return nil
}

// keep keeps the list in the database.
func (b *batch) keep(ctx context.Context, visits []*anomaly.Assessment) error {
	lines := make([]anomaly.ListedVisit, len(visits))
	for i, x := range visits {
		lines[i] = listedVisit(x, "batch")
	}
	added, err := b.app.keepVisits(ctx, lines)
	if err != nil {
		return err
	}
	b.app.remark("%s", b.printer.Say(anomaly.Msg("visits.kept", anomaly.CountArg("added", added), anomaly.CountArg("before", len(lines)-added))))
	return nil
}

// write writes assessments in the format that was asked for.
func (b *batch) write(out io.Writer, all []*anomaly.Assessment) error {
	opt := report.WriterOptions{Color: b.app.useColor() && b.o.output == "", Route: b.o.visits.asked()}
	if b.app.outTTY && b.o.output == "" {
		opt.Width = b.app.width()
	}
	w, err := report.NewWriter(b.o.format, out, b.printer, opt)
	if err != nil {
		return err
	}
	for _, a := range all {
		if err := w.Write(a); err != nil {
			return err
		}
	}
	return w.Close()
}

// parseShard reads "K/N", K from 1.
func parseShard(text string) (pipeline.Shard, error) {
	if text == "" {
		return pipeline.Shard{}, nil
	}
	k, n, _ := strings.Cut(text, "/")
	part, err1 := strconv.Atoi(k)
	of, err2 := strconv.Atoi(n)
	if err1 != nil || err2 != nil || of < 1 || part < 1 || part > of {
		return pipeline.Shard{}, misuse("shard", quoted("value", text))
	}
	return pipeline.Shard{K: part - 1, N: of}, nil
}
