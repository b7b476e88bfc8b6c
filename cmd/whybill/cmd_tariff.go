package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"whybill/anomaly"
	"whybill/anomaly/report"
	"whybill/anomaly/tariff"
)

func newTariffCommand(a *app) *cobra.Command {
	var files []string
	cmd := &cobra.Command{
		Use:     "tariff",
		GroupID: "data",
		Args:    subcommands,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringArrayVar(&files, "tariff-file", nil, "")
	cmd.AddCommand(
		newTariffListCommand(a, &files), newTariffShowCommand(a, &files), newTariffPriceCommand(a, &files),
		newTariffCompareCommand(a, &files), newTariffValidateCommand(a), newTariffSchemaCommand(a),
	)
	return cmd
}

// book returns the built-in tariffs and those of the files.
func book(files []string) (*tariff.Book, error) {
	b, err := tariff.Builtin()
	for _, path := range files {
		if err != nil {
			break
		}
		b, err = b.LoadFile(path)
	}
	return b, err
}

func newTariffListCommand(a *app, files *[]string) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Example: "  whybill tariff list\n  whybill tariff list --tariff-file mine.toml",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			b, err := book(*files)
			if err != nil {
				return err
			}
			all, err := b.List()
			if err != nil {
				return err
			}
			return report.Tariffs(a.out, all2rows(all), a.printer())
		},
	}
}

// all2rows puts tariff files into the rows of the list.
func all2rows(all []*tariff.File) []report.TariffRow {
	rows := make([]report.TariffRow, len(all))
	for i, f := range all {
		rows[i] = report.TariffRow{ID: f.ID, Name: f.Name, Service: f.Service, Unit: f.Unit, Currency: f.Currency, Versions: len(f.Versions)}
		if n := len(f.Versions); n > 0 {
			rows[i].From, rows[i].Latest = f.Versions[0].From.String(), f.Versions[n-1].From.String()
		}
	}
	return rows
}

func newTariffShowCommand(a *app, files *[]string) *cobra.Command {
	return &cobra.Command{
		Use:               "show TARIFF",
		Example:           "  whybill tariff show tw.taipower.residential.non_tou",
		Args:              exactlyOne("tariff", "whybill tariff show tw.taipower.residential.non_tou"),
		ValidArgsFunction: completeTariffs,
		RunE: func(_ *cobra.Command, args []string) error {
			b, err := book(*files)
			if err != nil {
				return err
			}
			f, err := b.Show(args[0])
			if err != nil {
				return tariffError(b, args[0], err)
			}
			text, err := tariff.Encode(f)
			if err != nil {
				return err
			}
			_, err = a.out.Write(text)
			return err
		},
	}
}

type tariffPriceOptions struct {
	tariff, usage, from, to string
	months                  int
	stages                  []string
	yearToDate, demand      string
	amps                    string
	phases                  int
	meterSize               string
	format                  string
}

func newTariffPriceCommand(a *app, files *[]string) *cobra.Command {
	var o tariffPriceOptions
	cmd := &cobra.Command{
		Use: "price --tariff ID --usage USAGE --from DATE --to DATE",
		Example: `  whybill tariff price --tariff tw.taipower.residential.non_tou --usage 1400 --from 2026-01-01 --to 2026-03-01
  whybill tariff price --tariff tw.taiwanwater.general --usage 35 --from 2026-01-01 --to 2026-03-01 --meter-size 13 --format json
  whybill tariff price --tariff tw.taipower.residential.simple_tou --stage peak=120 --stage off_peak=300 --from 2026-01-01 --to 2026-03-01`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return a.runTariffPrice(&o, *files) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.tariff, "tariff", "", "")
	flags.StringVar(&o.usage, "usage", "", "")
	flags.StringVar(&o.from, "from", "", "")
	flags.StringVar(&o.to, "to", "", "")
	flags.IntVar(&o.months, "months", 0, "")
	flags.StringArrayVar(&o.stages, "stage", nil, "")
	flags.StringVar(&o.yearToDate, "year-to-date", "", "")
	flags.StringVar(&o.demand, "demand", "", "")
	flags.StringVar(&o.amps, "amps", "", "")
	flags.IntVar(&o.phases, "phases", 0, "")
	flags.StringVar(&o.meterSize, "meter-size", "", "")
	flags.StringVarP(&o.format, "format", "f", "text", "")
	completeFlag(cmd, "format", checkFormats)
	if err := cmd.RegisterFlagCompletionFunc("tariff", completeTariffs); err != nil {
		panic(err)
	}
	return cmd
}

func (a *app) runTariffPrice(o *tariffPriceOptions, files []string) error {
	if err := a.checkGlobal(); err != nil {
		return err
	}
	if !oneOf(o.format, checkFormats...) {
		return noSuch("format", o.format, checkFormats...)
	}
	req, err := o.request()
	if err != nil {
		return err
	}
	b, err := book(files)
	if err != nil {
		return err
	}
	priced, err := b.Price(req)
	if err != nil {
		return tariffError(b, o.tariff, err)
	}
	if o.format == "json" {
		_, err := a.out.Write(append(priced.AppendJSON(nil), '\n'))
		return err
	}
	return report.Priced(a.out, priced, a.printer())
}

func (o *tariffPriceOptions) request() (*anomaly.PriceRequest, error) {
	account := &anomaly.Account{ID: "-", Tariff: o.tariff, Phases: int8(o.phases)}
	req := &anomaly.PriceRequest{Tariff: o.tariff, Account: account, Months: o.months}
	for _, x := range [][2]string{{"--tariff", o.tariff}, {"--from", o.from}, {"--to", o.to}} {
		if x[1] == "" {
			return nil, misuse("needs_flag", anomaly.TextArg("flag", x[0]),
				anomaly.TextArg("example", "whybill tariff price --tariff tw.taipower.residential.non_tou --usage 1400 --from 2026-01-01 --to 2026-03-01"))
		}
	}
	var err error
	if req.Period.Start, err = anomaly.ParseDate(o.from); err != nil {
		return nil, badFlag("--from", err)
	}
	if req.Period.End, err = anomaly.ParseDate(o.to); err != nil {
		return nil, badFlag("--to", err)
	}
	if !req.Period.Valid() {
		return nil, misuse("period", anomaly.DateArg("from", req.Period.Start), anomaly.DateArg("to", req.Period.End))
	}
	if o.usage == "" && len(o.stages) == 0 {
		return nil, misuse("no_usage")
	}
	if o.usage != "" {
		if req.Usage, err = anomaly.ParseDecimal(o.usage); err != nil {
			return nil, badFlag("--usage", err)
		}
	}
	for _, text := range o.stages {
		stage, usage, _ := strings.Cut(text, "=")
		d, err := anomaly.ParseDecimal(usage)
		if err != nil {
			return nil, misuse("stage", quoted("value", text))
		}
		req.Parts = append(req.Parts, anomaly.UsagePart{Stage: stage, Usage: d})
		if o.usage == "" {
			req.Usage, _ = anomaly.Add(req.Usage, d)
		}
	}
	for _, x := range []struct {
		flag, text string
		to         *anomaly.NullDecimal
	}{
		{"--year-to-date", o.yearToDate, &req.YearToDate}, {"--demand", o.demand, &req.Demand},
		{"--amps", o.amps, &account.ServiceAmps}, {"--meter-size", o.meterSize, &account.MeterSize},
	} {
		if x.text == "" {
			continue
		}
		d, err := anomaly.ParseDecimal(x.text)
		if err != nil {
			return nil, badFlag(x.flag, err)
		}
		*x.to = anomaly.Known(d)
	}
	return req, nil
}

// tariffError words why something could not be priced, and names the tariffs where the
// id is none of them.
func tariffError(b *tariff.Book, id string, err error) error {
	var missing *anomaly.NotPriced
	if !errors.As(err, &missing) {
		return err
	}
	hint := anomaly.Message{}
	if _, known := b.Tariff(id); !known {
		hint = anomaly.Msg("usage.tariff.hint")
	}
	return (&usageError{message: missing.Reason}).hinted(hint)
}

func newTariffValidateCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "validate FILE...",
		Example: "  whybill tariff validate mine.toml",
		Args:    atLeastOne("file", "whybill tariff validate mine.toml"),
		RunE: func(_ *cobra.Command, paths []string) error {
			p := a.printer()
			bad := 0
			for _, path := range paths {
				data, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				problems := tariff.Validate(path, data)
				for _, x := range problems {
					where := x.File
					if x.Line > 0 {
						where += fmt.Sprintf(":%d", x.Line)
					}
					if x.Path != "" {
						where += ": " + x.Path
					}
					fmt.Fprintf(a.err, "%s: %s\n", where, p.Say(x.What))
					if x.Hint.Key != "" {
						fmt.Fprintf(a.err, "  hint: %s\n", p.Say(x.Hint))
					}
				}
				if len(problems) > 0 {
					bad++
					continue
				}
				if err := a.done(p.Say(anomaly.Msg("cmd.tariff.valid", anomaly.TextArg("file", path)))); err != nil {
					return err
				}
			}
			if bad > 0 {
				return misuse("tariff_files", anomaly.CountArg("n", bad))
			}
			return nil
		},
	}
}

func newTariffSchemaCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Example: "  whybill tariff schema > tariff.schema.json",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := a.out.Write(append(tariff.Schema(), '\n'))
			return err
		},
	}
}

// completeTariffs offers the built-in tariffs to the shell.
func completeTariffs(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	b, err := tariff.Builtin()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return b.IDs(), cobra.ShellCompDirectiveNoFileComp
}
