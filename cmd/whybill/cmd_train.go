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
	"whybill/anomaly/decide"
	"whybill/anomaly/diagnose"
	"whybill/anomaly/estimate"
	"whybill/anomaly/pipeline"
	"whybill/anomaly/report"
	"whybill/anomaly/store"
	"whybill/anomaly/train"
)

// modelName is the name under which the store keeps what was learnt.
const modelName = "model"

type trainOptions struct {
	files    fileOptions
	output   string
	until    string
	outcomes bool
}

func newTrainCommand(a *app) *cobra.Command {
	var o trainOptions
	cmd := &cobra.Command{
		Use:     "train [FILE...]",
		GroupID: "data",
		Example: `  whybill train
  whybill train --until 2026-01-01
  whybill train --outcomes
  whybill train bills.csv --output model.json`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.runTrain(cmd.Context(), &o, args) },
	}
	o.files.addFlags(cmd.Flags())
	cmd.Flags().StringVarP(&o.output, "output", "o", "", "")
	cmd.Flags().StringVar(&o.until, "until", "", "")
	cmd.Flags().BoolVar(&o.outcomes, "outcomes", false, "")
	return cmd
}

func (a *app) runTrain(ctx context.Context, o *trainOptions, paths []string) (err error) {
	if err := a.checkGlobal(); err != nil {
		return err
	}
	if len(paths) > 0 && o.output == "" {
		return misuse("needs_flag", anomaly.TextArg("flag", "--output"), anomaly.TextArg("example", "whybill train bills.csv --output model.json"))
	}
	opt := train.Options{}
	if o.until != "" {
		if opt.Until, err = anomaly.ParseDate(o.until); err != nil {
			return badFlag("--until", err)
		}
	}
	config, err := a.configured()
	if err != nil {
		return err
	}
	src, actx, _, closeSource, err := a.openSource(ctx, &o.files, paths)
	if err != nil {
		return err
	}
	defer closeSource()
	opt.Weather = actx.Weather
	model := &anomaly.Model{Version: anomaly.ModelVersion}
	switch {
	case !o.outcomes:
		if model, err = a.trainModel(ctx, src, opt); err != nil {
			return err
		}
		if model.Bills == 0 {
			return misuse("nothing_learnt") // what was learnt before stays
		}
	case actx.Model != nil:
		*model = *actx.Model
	}
	actx.Model = model
	if model.Priors, err = learnPriors(ctx, src, actx, &config.engine, opt.Until); err != nil {
		return err
	}
	if !o.outcomes {
		if model.Promise, err = a.learnPromise(ctx, src, actx, &config.engine, opt.Until); err != nil {
			return err
		}
	}
	if o.output != "" {
		return report.WriteFile(o.output, func(w io.Writer) error { return encodeModel(w, model) })
	}
	if err := a.saveModel(ctx, actx, config, !o.outcomes); err != nil {
		return err
	}
	if p := model.Promise; p != nil && !o.outcomes {
		bills, changed, promised := p.Bills()
		if err := a.done(a.printer().Say(anomaly.Msg("promise.learnt", anomaly.CountArg("bills", bills),
			anomaly.CountArg("changed", changed), anomaly.NumberArg("promised", promised, 0)))); err != nil {
			return err
		}
	}
	if o.outcomes || model.Priors != nil {
		return a.sayPriors(model.Priors)
	}
	return nil
}

// trainModel learns from the source's bills.
func (a *app) trainModel(ctx context.Context, src pipeline.Source, opt train.Options) (*anomaly.Model, error) {
	progress := a.startProgress("learning", "accounts", 0)
	defer progress.end()
	return train.Train(ctx, countingSource{src, progress}, opt)
}

// learnPromise learns how promises were kept, once the rest has been learnt.
func (a *app) learnPromise(ctx context.Context, src pipeline.Source, actx *anomaly.Context, cfg *anomaly.Config, until anomaly.Date) (*anomaly.LearntPromise, error) {
	progress := a.startProgress("deciding", "accounts", 0)
	defer progress.end()
	return pipeline.LearnPromise(ctx, countingSource{src, progress}, actx, cfg, actx.Model.Accounts, until)
}

func encodeModel(w io.Writer, m *anomaly.Model) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(m)
}

// saveModel keeps the context's model in the database, and, where bills were learnt from,
// what only all accounts together know, which is told by the model.
func (a *app) saveModel(ctx context.Context, actx *anomaly.Context, config *configuration, bills bool) (err error) {
	s, err := a.openStore(ctx, store.Options{MustExist: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	m := actx.Model
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := s.SaveModel(ctx, modelName, m.Version, text); err != nil || !bills {
		return err
	}
	if err := a.keepNeighbours(ctx, s, actx, config); err != nil {
		return err
	}
	return a.done(a.printer().Say(anomaly.Msg("cmd.trained", anomaly.CountArg("accounts", m.Accounts),
		anomaly.CountArg("bills", m.Bills), anomaly.DateArg("until", m.Until), anomaly.CountArg("groups", len(m.Groups)))))
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

// EachOutline lets the source leave out what need not be read.
func (c countingSource) EachOutline(ctx context.Context, fn func(worker int, h *anomaly.History) error) error {
	return pipeline.EachOutline(ctx, c.Source, func(worker int, h *anomaly.History) error {
		c.progress.add(1)
		return fn(worker, h)
	})
}

// learnt fills in the model that training left in the store.
func learnt(ctx context.Context, s *store.Store, actx *anomaly.Context) error {
	m, ok, err := s.LoadModel(ctx, modelName)
	if err != nil || !ok {
		return err
	}
	if err = json.Unmarshal(m.JSON, &actx.Model); err == nil {
		err = actx.Model.Validate()
	}
	if err != nil {
		return misuse("learnt", anomaly.TextArg("name", modelName)).because(err)
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
		return nil, misuse("no_model", anomaly.TextArg("file", path)).because(err)
	}
	if err := m.Validate(); err != nil {
		return nil, misuse("no_model", anomaly.TextArg("file", path)).because(err)
	}
	return &m, nil
}

type modelShowOptions struct {
	file     string
	outcomes bool
}

func newModelCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "model", GroupID: "data", Args: subcommands,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var o modelShowOptions
	show := &cobra.Command{
		Use:     "show",
		Example: "  whybill model show\n  whybill model show --model model.json\n  whybill model show --outcomes",
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.runModelShow(cmd.Context(), &o) },
	}
	show.Flags().StringVar(&o.file, "model", "", "")
	show.Flags().BoolVar(&o.outcomes, "outcomes", false, "")
	cmd.AddCommand(show, newModelFileCommand(a, "causes", diagnose.DefaultFile), newModelFileCommand(a, "actions", decide.DefaultFile))
	return cmd
}

// newModelFileCommand prints a built-in file, to start one's own from.
func newModelFileCommand(a *app, name string, text func() []byte) *cobra.Command {
	return &cobra.Command{
		Use:     name,
		Example: "  whybill model " + name + " > " + name + ".toml",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := a.out.Write(text())
			return err
		},
	}
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
	if !actx.Model.Trained() {
		a.remark("%s", a.printer().Text("cmd.not_trained"))
		cold := anomaly.Model{Priors: actx.Model.LearntPriors()}
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
	flags.StringVarP(&o.format, "format", "f", "text", "")
	flags.StringVar(&o.peers, "peers", "off", "")
	flags.StringVar(&o.model, "model", "", "")
	flags.IntVar(&o.billsFrom, "bills-from", 0, "")
	flags.IntVar(&o.last, "last", 0, "")
	flags.IntVar(&o.history, "history", 0, "")
	flags.IntVar(&o.accounts, "accounts", 0, "")
}

func newBacktestCommand(a *app) *cobra.Command {
	var o backtestOptions
	cmd := &cobra.Command{
		Use:     "backtest [FILE...]",
		GroupID: "data",
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
		return noSuch("format", o.format, checkFormats...)
	}
	if !oneOf(o.peers, "on", "off") {
		return notOneOf("--peers", o.peers, "on", "off")
	}
	if o.billsFrom < 0 || o.last < 0 || o.history < 0 || o.accounts < 0 {
		return misuse("negative", anomaly.TextArg("flags", "--bills-from, --last, --history, --accounts"))
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
	if result.Forecasts == 0 {
		_, err := fmt.Fprintln(a.out, a.printer().Text("cmd.nothing_tested"))
		return err
	}
	return writeBacktest(a.out, result, a.printer())
}
