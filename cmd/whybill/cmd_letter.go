package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"whybill/anomaly"
	"whybill/anomaly/report"
)

// documentOptions are what letters and work sheets have in common.
type documentOptions struct {
	bill, asOf, format, output string
}

func (o *documentOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.bill, "bill", "", "")
	flags.StringVar(&o.asOf, "as-of", "", "")
	flags.StringVarP(&o.format, "format", "f", "text", "")
	flags.StringVarP(&o.output, "output", "o", "", "")
}

type letterOptions struct {
	document documentOptions
	by       string
}

func newLetterCommand(a *app) *cobra.Command {
	var o letterOptions
	cmd := &cobra.Command{
		Use:     "explain-to-customer ACCOUNT",
		GroupID: "answer",
		Example: `  whybill explain-to-customer 0712345602 --as-of 2026-03-20 --by 2026-03-27
  whybill explain-to-customer 0712345602 --as-of 2026-03-20 --by 2026-03-27 --lang zh-TW --format html --output letter.html`,
		Args: exactlyOne("account", "whybill explain-to-customer 0712345602 --as-of 2026-03-20 --by 2026-03-27"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.runLetter(cmd.Context(), &o, args[0]) },
	}
	o.document.addFlags(cmd.Flags())
	cmd.Flags().StringVar(&o.by, "by", "", "")
	completeFlag(cmd, "format", report.DocumentFormats)
	return cmd
}

func newWorksheetCommand(a *app) *cobra.Command {
	var o documentOptions
	cmd := &cobra.Command{
		Use:     "worksheet ACCOUNT",
		GroupID: "answer",
		Example: "  whybill worksheet 0712345602\n  whybill worksheet 0712345602 --lang zh-TW --format html --output visit.html",
		Args:    exactlyOne("account", "whybill worksheet 0712345602"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.runWorksheet(cmd.Context(), &o, args[0]) },
	}
	o.addFlags(cmd.Flags())
	completeFlag(cmd, "format", report.DocumentFormats)
	return cmd
}

func (a *app) runLetter(ctx context.Context, o *letterOptions, id string) (err error) {
	if !oneOf(o.document.format, report.DocumentFormats...) {
		return noSuch("format", o.document.format, report.DocumentFormats...)
	}
	var by anomaly.Date
	if o.by != "" {
		if by, err = anomaly.ParseDate(o.by); err != nil {
			return badFlag("--by", err)
		}
	}
	x, err := a.openAccount(ctx, id, accountOptions{asOf: o.document.asOf})
	if err != nil {
		return err
	}
	defer func() { err = x.close(err) }()
	bill, err := x.bill(o.document.bill)
	if err != nil {
		return err
	}
	if by != 0 && by < x.asOf {
		return misuse("by_over", anomaly.DateArg("by", by), anomaly.DateArg("as_of", x.asOf))
	}
	assessor, err := x.assessor(ctx)
	if err != nil {
		return err
	}
	answer := assessor.AssessBill(x.history, bill, x.asOf)
	return a.writeDocument(o.document.output, func(w io.Writer) error {
		err := report.Letter(w, answer, a.printer(), report.LetterOptions{Format: o.document.format, Contact: x.config.contact, By: by})
		switch {
		case errors.Is(err, report.ErrNoContact):
			return misuse("no_contact")
		case errors.Is(err, report.ErrNoDate):
			return misuse("no_by")
		}
		return err
	})
}

func (a *app) runWorksheet(ctx context.Context, o *documentOptions, id string) (err error) {
	if !oneOf(o.format, report.DocumentFormats...) {
		return noSuch("format", o.format, report.DocumentFormats...)
	}
	x, err := a.openAccount(ctx, id, accountOptions{asOf: o.asOf})
	if err != nil {
		return err
	}
	defer func() { err = x.close(err) }()
	bill, err := x.knownBill(o.bill)
	if err != nil {
		return err
	}
	assessor, err := x.assessor(ctx)
	if err != nil {
		return err
	}
	answer := assessor.AssessBill(x.history, bill, x.asOf)
	b := &x.history.Bills[bill]
	opt := report.WorksheetOptions{
		Format: o.format, Meter: x.history.MeterAt(b.MeterID, b.Period.End), Visits: report.EarlierVisits(x.history, x.asOf),
	}
	if n := len(x.history.Readings); n > 0 { // they are in the order of their days
		opt.Reading = &x.history.Readings[n-1]
	} else if b.To.Valid {
		opt.Reading = &anomaly.Reading{MeterID: b.MeterID, On: b.Period.End, Value: b.To.Decimal, Quality: b.Quality}
	}
	return a.writeDocument(o.output, func(w io.Writer) error { return report.Worksheet(w, answer, a.printer(), opt) })
}

// writeDocument writes to a file that appears whole or not at all, or to standard output.
func (a *app) writeDocument(path string, fill func(io.Writer) error) error {
	if path == "" || path == "-" {
		return fill(a.out)
	}
	return report.WriteFile(path, fill)
}
