package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"whybill/anomaly/report"
)

type rebillOptions struct {
	bill, asOf, format string
	tariffFiles        []string
}

func newRebillCommand(a *app) *cobra.Command {
	var o rebillOptions
	cmd := &cobra.Command{
		Use:     "rebill ACCOUNT",
		GroupID: "answer",
		Short:   "Recompute a bill line by line",
		Long: `rebill lays a bill beside what it should cost: line by line, with the differences
marked. Where they differ it tries the usual mistakes (tiers not doubled, a season not
split, the version before a change, ...) and names the ones that reproduce the billed
amount to the cent.

What cannot be recomputed (no tariff, a version that is not known, an irregular first
period) is "not checked", with what is missing; it is never called right.
` + exitStatusHelp,
		Example: `  whybill rebill 0712345602
  whybill rebill 0712345601 --bill P202501
  whybill rebill 0712345602 --tariff-file mine.toml --format json`,
		Args: exactlyOne("an account id", "whybill rebill 0712345602"),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return a.completeAccounts(cmd.Context(), prefix), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.runRebill(cmd.Context(), &o, args[0]) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.bill, "bill", "", "the bill's `id`, or the first day of its period (default: the latest as of --as-of)")
	flags.StringVar(&o.asOf, "as-of", "", "the latest bill as of this `date` (default today)")
	flags.StringVarP(&o.format, "format", "f", "text", "`format`: text or json")
	flags.StringArrayVar(&o.tariffFiles, "tariff-file", nil, "also use the tariff in this `file`; repeatable")
	completeFlag(cmd, "format", checkFormats)
	return cmd
}

func (a *app) runRebill(ctx context.Context, o *rebillOptions, id string) (err error) {
	if !oneOf(o.format, checkFormats...) {
		return usagef("the formats are text and json", "there is no format %q", o.format)
	}
	x, err := a.openAccount(ctx, id, accountOptions{asOf: o.asOf, tariffFiles: o.tariffFiles})
	if err != nil {
		return err
	}
	defer func() { err = x.close(err) }()
	bill, err := x.bill(o.bill)
	if err != nil {
		return err
	}
	answer := x.assessor().AssessBill(x.history, bill, x.asOf)
	p := a.printer()
	if o.format == "json" {
		_, err := a.out.Write(append(answer.AppendJSON(nil, p.Say), '\n'))
		return err
	}
	r := &report.Rebilled{AccountID: id, Bill: &x.history.Bills[bill], Rebill: &answer.Rebill}
	for _, f := range answer.Findings {
		// The checks on the bill and its price, not those on its usage.
		if strings.HasPrefix(f.Check, "B") || strings.HasPrefix(f.Check, "P") || f.Check == "R07" {
			r.Findings = append(r.Findings, f)
		}
	}
	return report.Rebill(a.out, r, p)
}
