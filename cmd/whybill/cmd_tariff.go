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
		Short:   "Tariffs: list, show, price, compare, validate",
		Long: `tariff works with the tariffs by which bills are recomputed: the built-in ones, and
files of one's own (TOML, or JSON of the OpenEI utility rate database) given with --tariff-file.
` + exitStatusHelp,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringArrayVar(&files, "tariff-file", nil, "also use the tariff in this `file`; repeatable")
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
		Short:   "List the tariffs",
		Example: "  whybill tariff list\n  whybill tariff list --tariff-file mine.toml",
		Args:    cobra.NoArgs,
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
		Short:             "Print a tariff as a file",
		Long:              "show prints a tariff with all its versions and sources, as a file that can be changed and\nused with --tariff-file.\n" + exitStatusHelp,
		Example:           "  whybill tariff show tw.taipower.residential.non_tou",
		Args:              exactlyOne("a tariff id", "whybill tariff show tw.taipower.residential.non_tou"),
		ValidArgsFunction: completeTariffs,
		RunE: func(_ *cobra.Command, args []string) error {
			b, err := book(*files)
			if err != nil {
				return err
			}
			f, err := b.Show(args[0])
			if err != nil {
				return tariffError(a, b, args[0], err)
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
		Use:   "price --tariff ID --usage USAGE --from DATE --to DATE",
		Short: "Price a usage over a period",
		Long: `price says what a usage over a period costs, line by line. The period is half-open: --to
is the first day not covered, which is the day of the closing reading.

Where the tariff is not known for some of the days, or needs something that was not
given, nothing is guessed: the answer says what is missing, and the exit status is 2.
` + exitStatusHelp,
		Example: `  whybill tariff price --tariff tw.taipower.residential.non_tou --usage 1400 --from 2026-01-01 --to 2026-03-01
  whybill tariff price --tariff tw.taiwanwater.general --usage 35 --from 2026-01-01 --to 2026-03-01 --meter-size 13 --format json
  whybill tariff price --tariff tw.taipower.residential.simple_tou --stage peak=120 --stage off_peak=300 --from 2026-01-01 --to 2026-03-01`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.runTariffPrice(&o, *files) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.tariff, "tariff", "", "the tariff's `id`")
	flags.StringVar(&o.usage, "usage", "", "the usage, in the tariff's `unit`")
	flags.StringVar(&o.from, "from", "", "the first `day`")
	flags.StringVar(&o.to, "to", "", "the first `day` not covered")
	flags.IntVar(&o.months, "months", 0, "billing months (default: by the period's length)")
	flags.StringArrayVar(&o.stages, "stage", nil, "usage of one stage of a time-of-use tariff, as `NAME=USAGE`; repeatable, instead of --usage")
	flags.StringVar(&o.yearToDate, "year-to-date", "", "`usage` in the tariff's year before the period, for tiers that count over a year")
	flags.StringVar(&o.demand, "demand", "", "the highest load in `kW`, for tariffs that bill it")
	flags.StringVar(&o.amps, "amps", "", "`amperes` of the connection, for minimum charges")
	flags.IntVar(&o.phases, "phases", 0, "phases of the connection")
	flags.StringVar(&o.meterSize, "meter-size", "", "bore of a water meter in `mm`")
	flags.StringVarP(&o.format, "format", "f", "text", "`format`: text or json")
	completeFlag(cmd, "format", checkFormats)
	for _, name := range []string{"tariff", "from", "to"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err) // the flag's name is wrong
		}
	}
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
		return usagef("the formats are text and json", "there is no format %q", o.format)
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
		return tariffError(a, b, o.tariff, err)
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
	var err error
	if req.Period.Start, err = anomaly.ParseDate(o.from); err != nil {
		return nil, usagef("", "--from: %v", err)
	}
	if req.Period.End, err = anomaly.ParseDate(o.to); err != nil {
		return nil, usagef("", "--to: %v", err)
	}
	if !req.Period.Valid() {
		return nil, usagef("--to is the first day not covered", "the period ends (%s) before it starts (%s)", o.to, o.from)
	}
	if o.usage == "" && len(o.stages) == 0 {
		return nil, usagef("give --usage 1400, or --stage peak=120 for each stage", "there is no usage to price")
	}
	if o.usage != "" {
		if req.Usage, err = anomaly.ParseDecimal(o.usage); err != nil {
			return nil, usagef("", "--usage: %v", err)
		}
	}
	for _, text := range o.stages {
		stage, usage, _ := strings.Cut(text, "=")
		d, err := anomaly.ParseDecimal(usage)
		if err != nil {
			return nil, usagef("write it as peak=120", "--stage %s: %v", text, err)
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
			return nil, usagef("", "%s: %v", x.flag, err)
		}
		*x.to = anomaly.Known(d)
	}
	return req, nil
}

// tariffError words why something could not be priced, and names the tariffs where the
// id is none of them.
func tariffError(a *app, b *tariff.Book, id string, err error) error {
	var missing *anomaly.NotPriced
	if !errors.As(err, &missing) {
		return err
	}
	hint := ""
	if _, known := b.Tariff(id); !known {
		hint = "`whybill tariff list` lists the tariffs"
	}
	return usagef(hint, "%s", a.printer().Say(missing.Reason))
}

func newTariffValidateCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "validate FILE...",
		Short:   "Check tariff files",
		Long:    "validate reads tariff files and says, with file and line, what is wrong and what would mend it.\n" + exitStatusHelp,
		Example: "  whybill tariff validate mine.toml",
		Args:    cobra.MinimumNArgs(1),
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
				fmt.Fprintln(a.out, p.Say(anomaly.Msg("cmd.tariff.valid", anomaly.TextArg("file", path))))
			}
			if bad > 0 {
				return usagef("", "%s", p.Say(anomaly.Msg("cmd.tariff.invalid", anomaly.CountArg("n", bad))))
			}
			return nil
		},
	}
}

func newTariffSchemaCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON schema of tariff files, for editors",
		Example: "  whybill tariff schema > tariff.schema.json",
		Args:    cobra.NoArgs,
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
