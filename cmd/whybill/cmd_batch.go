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
	flags.StringVarP(&o.format, "format", "f", "table", "`format`: "+strings.Join(report.Formats, ", "))
	flags.StringVarP(&o.output, "output", "o", "", "write to this `file` instead of standard output")
	flags.StringVar(&o.asOf, "as-of", "", "assess each account's latest bill as of this `date` (default today)")
	flags.IntVar(&o.top, "top", 50, "of the table, print the first `n` rows; 0 prints all")
	flags.BoolVar(&o.all, "all", false, "also list the accounts on which nothing is to be done (ndjson always does)")
	flags.BoolVar(&o.allBills, "all-bills", false, "assess every bill, not only each account's latest")
	flags.StringVar(&o.shard, "shard", "", "only the `K/N`-th part of the accounts (1/4 to 4/4), so that several processes can share the work")
	o.visits.addFlags(flags)
	flags.StringVar(&o.model, "model", "", "use the model in this `file`, which train wrote")
	flags.StringVar(&o.failOn, "fail-on", "", failOnHelp)
}

func newBatchCommand(a *app) *cobra.Command {
	var o batchOptions
	cmd := &cobra.Command{
		Use:     "batch [FILE...]",
		GroupID: "answer",
		Short:   "Assess many accounts and rank them",
		Long: `batch assesses every account and lists, best first, those on which something is to
be done. Without files it reads the database; with files it reads them and nothing
else, and no database is needed.

A file is recognised by its header: accounts, meters, readings, bills and the other
input tables may be given together and in any order.
` + exitStatusHelp,
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
		return usagef("the formats are "+strings.Join(report.Formats, ", "), "there is no format %q", o.format)
	}
	if o.format == "xlsx" && o.output == "" && a.outTTY {
		return usagef("name a file with --output", "a workbook cannot be shown on a terminal")
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
	src, actx, total, closeSource, err := a.openSource(ctx, &o.files, paths)
	if err != nil {
		return err
	}
	defer closeSource()
	if o.model != "" {
		if actx.Model, err = readModel(o.model); err != nil {
			return err
		}
	}

	b := &batch{app: a, o: o, printer: a.printer(), fail: fail}
	opt := pipeline.BatchOptions{Shard: shard, AllBills: o.allBills, Basis: o.format == "ndjson" || o.format == "json"}
	run := func(visit func(int, *anomaly.Assessment) error) error {
		return pipeline.Batch(ctx, src, actx, &config.engine, asOf, opt, visit)
	}
	err = a.writeDocument(o.output, func(out io.Writer) error {
		switch {
		case o.visits.asked():
			list, err := newVisitList(&o.visits, &config.engine, asOf)
			if err != nil {
				return err
			}
			return b.visitList(out, list, run)
		case o.format == "ndjson":
			return b.lines(out, a.startProgress("assessing", "accounts", int64(total)), run)
		}
		return b.ranked(out, a.startProgress("assessing", "accounts", int64(total)), run)
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
}

// lines writes one assessment a line, of every account.
func (b *batch) lines(out io.Writer, progress *progress, run func(visit func(int, *anomaly.Assessment) error) error) error {
	gather, err := newLineGather()
	if err != nil {
		progress.end()
		return err
	}
	defer gather.close()
	err = run(func(worker int, x *anomaly.Assessment) error {
		progress.add(1)
		b.fail.look(x)
		return gather.add(worker, x, func(line []byte) []byte {
			return append(x.AppendJSON(line, b.printer.Say), '\n')
		})
	})
	progress.end()
	if err != nil {
		return err
	}
	return gather.writeTo(out)
}

// ranked writes the accounts on which something is to be done, best first.
func (b *batch) ranked(out io.Writer, progress *progress, run func(visit func(int, *anomaly.Assessment) error) error) error {
	limit := 0
	if b.o.format == "table" {
		limit = b.o.top
	}
	gather := newRankGather(limit)
	assessed := make([]int, pipeline.Workers())
	err := run(func(worker int, x *anomaly.Assessment) error {
		progress.add(1)
		assessed[worker]++
		b.fail.look(x)
		if b.o.all || x.Verdict.Action != anomaly.ActionNone {
			gather.add(worker, x)
		}
		return nil
	})
	progress.end()
	if err != nil {
		return err
	}
	kept, seen := gather.all()
	assessments := make([]*anomaly.Assessment, len(kept))
	for i := range kept {
		assessments[i] = kept[i].a
	}
	if err := b.write(out, assessments); err != nil {
		return err
	}
	all := 0
	for _, n := range assessed {
		all += n
	}
	message := anomaly.Msg("cmd.assessed", anomaly.CountArg("bills", all), anomaly.CountArg("act", seen))
	if len(kept) < seen {
		message.Key = "cmd.assessed_first"
		message.Args = append(message.Args, anomaly.CountArg("shown", len(kept)))
	}
	b.app.remark("%s", b.printer.Say(message))
	return nil
}

// visitList writes the visits that fit the crews, best first.
func (b *batch) visitList(out io.Writer, list *visitList, run func(visit func(int, *anomaly.Assessment) error) error) error {
	progress := b.app.startProgress("ranking", "accounts", 0)
	err := run(func(worker int, x *anomaly.Assessment) error {
		progress.add(1)
		b.fail.look(x)
		list.look(worker, x)
		return nil
	})
	progress.end()
	if err != nil {
		return err
	}
	list.rank()
	kept := make([]*anomaly.Assessment, len(list.ranking.Visits))
	err = run(func(_ int, x *anomaly.Assessment) error {
		at, ok := list.chosen[x.AccountID+"\x00"+x.BillKey]
		if ok {
			kept[at.rank] = pipeline.Keep(x)
			kept[at.rank].Visit = &anomaly.VisitChoice{Random: at.visit.Random, Propensity: at.visit.Propensity}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := b.write(out, kept); err != nil {
		return err
	}
	for _, shock := range list.shockRemarks(b.printer) {
		b.app.remark("%s", shock)
	}
	b.app.remark("%s", list.summary(b.printer))
	return nil
}

// write writes assessments in the format that was asked for.
func (b *batch) write(out io.Writer, all []*anomaly.Assessment) error {
	opt := report.WriterOptions{Color: b.app.useColor() && b.o.output == ""}
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
		return pipeline.Shard{}, usagef("write --shard 1/4 for the first of four parts", "--shard: %q is not a part of a whole", text)
	}
	return pipeline.Shard{K: part - 1, N: of}, nil
}
