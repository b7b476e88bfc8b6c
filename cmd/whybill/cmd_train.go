package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"whybill/anomaly"
	"whybill/anomaly/estimate"
	"whybill/anomaly/pipeline"
	"whybill/anomaly/report"
	"whybill/anomaly/store"
	"whybill/anomaly/train"
)

// The names under which the store keeps what was learnt.
const (
	modelName         = "model"
	neighbourhoodName = "neighbourhood"
)

type trainOptions struct {
	files  fileOptions
	output string
	until  string
}

func newTrainCommand(a *app) *cobra.Command {
	var o trainOptions
	cmd := &cobra.Command{
		Use:     "train [FILE...]",
		GroupID: "data",
		Short:   "Learn from the bills what is usual",
		Long: `train learns, from the database's bills, what the accounts of a group have in common:
seasonal shapes, how much usage wanders, how far the intervals have to reach; and what
only the neighbourhood knows: what all accounts did alike, the levels of peers, readers'
records. check and batch use it from then on. Without training they use defaults.

Over files, or with --output, the model is written to a file for --model.
` + exitStatusHelp,
		Example: `  whybill train
  whybill train --until 2026-01-01
  whybill train bills.csv --output model.json`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.runTrain(cmd.Context(), &o, args) },
	}
	o.files.addFlags(cmd.Flags())
	cmd.Flags().StringVarP(&o.output, "output", "o", "", "write the model to this `file` instead of the database")
	cmd.Flags().StringVar(&o.until, "until", "", "learn only from bills that end by this `date`")
	return cmd
}

func (a *app) runTrain(ctx context.Context, o *trainOptions, paths []string) (err error) {
	if err := a.checkGlobal(); err != nil {
		return err
	}
	if len(paths) > 0 && o.output == "" {
		return usagef("for example: whybill train bills.csv --output model.json", "name the file for the model with --output")
	}
	opt := train.Options{}
	if o.until != "" {
		if opt.Until, err = anomaly.ParseDate(o.until); err != nil {
			return usagef("", "--until: %v", err)
		}
	}
	src, actx, _, closeSource, err := a.openSource(ctx, &o.files, paths)
	if err != nil {
		return err
	}
	defer closeSource()
	opt.Weather = actx.Weather
	progress := a.startProgress("learning", "accounts", 0)
	counted := countingSource{src, progress}
	model, err := train.Train(ctx, counted, opt)
	if err != nil {
		progress.end()
		return err
	}
	around := &anomaly.Neighbourhood{}
	if o.output == "" {
		actx.Model = model
		around, err = pipeline.Neighbourhood(ctx, counted, actx, nil)
	}
	progress.end()
	if err != nil {
		return err
	}
	if o.output != "" {
		return report.WriteFile(o.output, func(w io.Writer) error { return encodeModel(w, model) })
	}
	return a.saveModel(ctx, model, around)
}

func encodeModel(w io.Writer, m *anomaly.Model) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(m)
}

func (a *app) saveModel(ctx context.Context, m *anomaly.Model, around *anomaly.Neighbourhood) (err error) {
	s, err := a.openStore(ctx, store.Options{MustExist: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for _, x := range []struct {
		name  string
		value any
	}{{modelName, m}, {neighbourhoodName, around}} {
		text, err := json.Marshal(x.value)
		if err != nil {
			return err
		}
		if err := s.SaveModel(ctx, x.name, m.Version, text); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(a.out, a.printer().Say(anomaly.Msg("cmd.trained", anomaly.CountArg("accounts", m.Accounts),
		anomaly.CountArg("bills", m.Bills), anomaly.DateArg("until", m.Until), anomaly.CountArg("groups", len(m.Groups)))))
	return err
}

// countingSource counts accounts for the progress display.
type countingSource struct {
	pipeline.Source
	progress *progress
}

func (c countingSource) Each(ctx context.Context, fn func(worker int, h *anomaly.History) error) error {
	return c.Source.Each(ctx, func(worker int, h *anomaly.History) error {
		c.progress.add(1)
		return fn(worker, h)
	})
}

// learnt fills in what training left in the store.
func learnt(ctx context.Context, s *store.Store, actx *anomaly.Context) error {
	for _, x := range []struct {
		name string
		to   any
	}{{modelName, &actx.Model}, {neighbourhoodName, &actx.Neighbourhood}} {
		m, ok, err := s.LoadModel(ctx, x.name)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if err := json.Unmarshal(m.JSON, x.to); err != nil {
			return usagef("run `whybill train` again", "what was learnt (%s) cannot be read: %v", x.name, err)
		}
	}
	if actx.Model == nil {
		return nil
	}
	if err := actx.Model.Validate(); err != nil {
		return usagef("run `whybill train` again", "the model in the database cannot be used: %v", err)
	}
	return nil
}

// readModel reads a model that train wrote to a file.
func readModel(path string) (*anomaly.Model, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var m anomaly.Model
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, usagef("`whybill train --output FILE` writes one", "%s is not a model: %v", path, err)
	}
	if err := m.Validate(); err != nil {
		return nil, usagef("`whybill train --output FILE` writes one", "%s is not a model: %v", path, err)
	}
	return &m, nil
}

type modelShowOptions struct {
	file     string
	outcomes bool
}

func newModelCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "model", GroupID: "data", Short: "Look at what was learnt", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var o modelShowOptions
	show := &cobra.Command{
		Use:     "show",
		Short:   "Print the model",
		Long:    "show prints what training learnt, group by group, as JSON: hyper-parameters, seasonal\nshapes, calibration of the intervals. Without a trained model it prints the defaults.\n\n--outcomes prints instead what visits found: how often each check and each cause was\nright, expected before any visit and after them.\n" + exitStatusHelp,
		Example: "  whybill model show\n  whybill model show --model model.json\n  whybill model show --outcomes",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.runModelShow(cmd.Context(), &o) },
	}
	show.Flags().StringVar(&o.file, "model", "", "show the model in this `file`")
	show.Flags().BoolVar(&o.outcomes, "outcomes", false, "print what visits found, by check and by cause")
	cmd.AddCommand(show)
	return cmd
}

func (a *app) runModelShow(ctx context.Context, o *modelShowOptions) (err error) {
	if o.outcomes {
		return a.showOutcomes(ctx)
	}
	if o.file != "" {
		m, err := readModel(o.file)
		if err != nil {
			return err
		}
		return encodeModel(a.out, m)
	}
	s, err := a.openStore(ctx, store.Options{ReadOnly: true, MustExist: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	actx := &anomaly.Context{}
	if err := learnt(ctx, s, actx); err != nil {
		return err
	}
	if actx.Model == nil {
		a.remark("%s", a.printer().Text("cmd.not_trained"))
		cold := anomaly.Model{}
		for _, service := range []anomaly.Service{anomaly.Electricity, anomaly.Water, anomaly.Gas, anomaly.Broadband} {
			cold.Groups = append(cold.Groups, anomaly.ColdStart(service))
		}
		actx.Model = &cold
	}
	return encodeModel(a.out, actx.Model)
}

type backtestOptions struct {
	files             fileOptions
	format            string
	peers             string
	model             string
	billsFrom, last   int
	history, accounts int
}

func (o *backtestOptions) addFlags(flags *pflag.FlagSet) {
	o.files.addFlags(flags)
	flags.StringVarP(&o.format, "format", "f", "text", "`format`: text or json")
	flags.StringVar(&o.peers, "peers", "off", "use what other accounts did in the same weeks: on or off")
	flags.StringVar(&o.model, "model", "", "measure the model in this `file` as it is (default: train out of fold)")
	flags.IntVar(&o.billsFrom, "bills-from", 0, "measure every bill from the account's `n`-th on")
	flags.IntVar(&o.last, "last", 0, "measure the last `n` bills of each account (6; not with --bills-from)")
	flags.IntVar(&o.history, "history", 0, "let the estimate see no more than `n` earlier bills (default: all)")
	flags.IntVar(&o.accounts, "accounts", 0, "measure at most `n` accounts (50,000)")
}

func newBacktestCommand(a *app) *cobra.Command {
	var o backtestOptions
	cmd := &cobra.Command{
		Use:     "backtest [FILE...]",
		GroupID: "data",
		Short:   "Measure the estimates on your own bills",
		Long: `backtest estimates bills that are already there, each from what was before it, and
measures how far off the estimates were and how often the intervals held, beside
simpler methods: the last bill, the same period last year, their mean, the account's
mean. It trains by itself on other accounts and earlier bills, unless --model names one.
` + exitStatusHelp,
		Example: `  whybill backtest
  whybill backtest bills.csv --bills-from 25 --peers on
  whybill backtest bills.csv --history 3 --format json`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.runBacktest(cmd.Context(), &o, args) },
	}
	o.addFlags(cmd.Flags())
	completeFlag(cmd, "format", checkFormats)
	completeFlag(cmd, "peers", []string{"on", "off"})
	return cmd
}

func (a *app) runBacktest(ctx context.Context, o *backtestOptions, paths []string) error {
	if err := a.checkGlobal(); err != nil {
		return err
	}
	if !oneOf(o.format, checkFormats...) {
		return usagef("the formats are text and json", "there is no format %q", o.format)
	}
	if !oneOf(o.peers, "on", "off") {
		return usagef("", "--peers is on or off, not %q", o.peers)
	}
	if o.billsFrom < 0 || o.last < 0 || o.history < 0 || o.accounts < 0 {
		return usagef("", "--bills-from, --last, --history and --accounts are not negative")
	}
	opt := train.BacktestOptions{
		BillsFrom: o.billsFrom, Last: o.last, History: o.history, Accounts: o.accounts, Peers: o.peers == "on",
	}
	if o.model != "" {
		m, err := readModel(o.model)
		if err != nil {
			return err
		}
		opt.Model = m
	}
	src, actx, _, closeSource, err := a.openSource(ctx, &o.files, paths)
	if err != nil {
		return err
	}
	defer closeSource()
	opt.Weather = actx.Weather
	cfg := anomaly.DefaultConfig()
	progress := a.startProgress("measuring", "accounts", 0)
	result, err := train.Backtest(ctx, countingSource{src, progress}, func(c *anomaly.Context) train.Estimator {
		return estimate.NewKernel(c, &cfg)
	}, opt)
	progress.end()
	if err != nil {
		return err
	}
	if o.format == "json" {
		enc := json.NewEncoder(a.out)
		enc.SetIndent("", "  ")
		return enc.Encode(result)
	}
	return writeBacktest(a.out, result, a.printer())
}
