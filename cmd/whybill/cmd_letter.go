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
	flags.StringVar(&o.bill, "bill", "", "the bill's `id`, or the first day of its period (default: the latest as of --as-of)")
	flags.StringVar(&o.asOf, "as-of", "", "the latest bill as of this `date` (default today)")
	flags.StringVarP(&o.format, "format", "f", "text", "`format`: text, markdown or html")
	flags.StringVarP(&o.output, "output", "o", "", "write to this `file` instead of standard output")
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
		Short:   "A letter that explains a bill to the customer",
		Long: `explain-to-customer writes a letter or message: why the bill is what it is, in plain
words, what happens next and by when, what the customer can do today, and how and when
to reach somebody. It says nothing that the evidence does not bear out, and nothing of
what other people said.

The contact and its hours come from the configuration ("whybill config init") and have
to be there: a letter that says "phone us" has to say when.
` + exitStatusHelp,
		Example: `  whybill explain-to-customer 0712345602 --as-of 2026-03-20 --by 2026-03-27
  whybill explain-to-customer 0712345602 --as-of 2026-03-20 --by 2026-03-27 --lang zh-TW --format html --output letter.html`,
		Args: exactlyOne("an account id", "whybill explain-to-customer 0712345602 --as-of 2026-03-20 --by 2026-03-27"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.runLetter(cmd.Context(), &o, args[0]) },
	}
	o.document.addFlags(cmd.Flags())
	cmd.Flags().StringVar(&o.by, "by", "", "the `day` by which the next step is taken, which the letter promises")
	completeFlag(cmd, "format", report.DocumentFormats)
	return cmd
}

func newWorksheetCommand(a *app) *cobra.Command {
	var o documentOptions
	cmd := &cobra.Command{
		Use:     "worksheet ACCOUNT",
		GroupID: "answer",
		Short:   "The sheet for a field visit",
		Long: `worksheet writes what a technician takes along: the hypotheses to test, the readings to
take, what to bring, what the last visits did. It never carries the text of a
complaint, nor who complained about whom.
` + exitStatusHelp,
		Example: "  whybill worksheet 0712345602\n  whybill worksheet 0712345602 --lang zh-TW --format html --output visit.html",
		Args:    exactlyOne("an account id", "whybill worksheet 0712345602"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.runWorksheet(cmd.Context(), &o, args[0]) },
	}
	o.addFlags(cmd.Flags())
	completeFlag(cmd, "format", report.DocumentFormats)
	return cmd
}

func (a *app) runLetter(ctx context.Context, o *letterOptions, id string) (err error) {
	if !oneOf(o.document.format, report.DocumentFormats...) {
		return usagef("the formats are text, markdown and html", "there is no format %q", o.document.format)
	}
	var by anomaly.Date
	if o.by != "" {
		if by, err = anomaly.ParseDate(o.by); err != nil {
			return usagef("", "--by: %v", err)
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
		return usagef("", "--by %s is over already: a letter of %s cannot promise it", by, x.asOf)
	}
	answer := x.assessor().AssessBill(x.history, bill, x.asOf)
	return a.writeDocument(o.document.output, func(w io.Writer) error {
		err := report.Letter(w, answer, a.printer(), report.LetterOptions{Format: o.document.format, Contact: x.config.contact, By: by})
		switch {
		case errors.Is(err, report.ErrNoContact):
			return usagef("write them into the configuration: `whybill config init` makes one to start from", "%v", err)
		case errors.Is(err, report.ErrNoDate):
			return usagef("name the day with --by", "%v", err)
		}
		return err
	})
}

func (a *app) runWorksheet(ctx context.Context, o *documentOptions, id string) (err error) {
	if !oneOf(o.format, report.DocumentFormats...) {
		return usagef("the formats are text, markdown and html", "there is no format %q", o.format)
	}
	x, err := a.openAccount(ctx, id, accountOptions{asOf: o.asOf})
	if err != nil {
		return err
	}
	defer func() { err = x.close(err) }()
	bill, err := x.bill(o.bill)
	if err != nil {
		return err
	}
	answer := x.assessor().AssessBill(x.history, bill, x.asOf)
	b := &x.history.Bills[bill]
	opt := report.WorksheetOptions{
		Format: o.format, Meter: x.history.MeterAt(b.MeterID, b.Period.End), Visits: report.EarlierVisits(x.history),
	}
	if n := len(x.history.Readings); n > 0 {
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
