package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"whybill/anomaly"
	"whybill/anomaly/pipeline"
	"whybill/anomaly/report"
	"whybill/anomaly/store"
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

func (a *app) runRebill(ctx context.Context, o *rebillOptions, account string) (err error) {
	if err := a.checkGlobal(); err != nil {
		return err
	}
	if !oneOf(o.format, checkFormats...) {
		return usagef("the formats are text and json", "there is no format %q", o.format)
	}
	asOf, err := a.asOf(o.asOf)
	if err != nil {
		return err
	}
	b, err := book(o.tariffFiles)
	if err != nil {
		return err
	}
	s, err := a.openStore(ctx, store.Options{ReadOnly: true, MustExist: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	h, err := a.history(ctx, s, account)
	if err != nil {
		return err
	}
	bills, err := chooseBills(h, &checkOptions{bill: o.bill}, asOf)
	if err != nil {
		return err
	}
	if bills[0] < 0 {
		return usagef(billHint(h), "account %s has no bill whose period ended by %s", h.Account.ID, asOf)
	}
	x := pipeline.NewAssessor(&anomaly.Context{Pricer: b}, nil).AssessBill(h, bills[0], asOf)
	p := a.printer()
	if o.format == "json" {
		_, err := a.out.Write(append(x.AppendJSON(nil, p.Say), '\n'))
		return err
	}
	r := &report.Rebilled{AccountID: h.Account.ID, Bill: &h.Bills[bills[0]], Rebill: &x.Rebill}
	for _, f := range x.Findings {
		// The checks on the bill and its price, not those on its usage.
		if strings.HasPrefix(f.Check, "B") || strings.HasPrefix(f.Check, "P") || f.Check == "R07" {
			r.Findings = append(r.Findings, f)
		}
	}
	return report.Rebill(a.out, r, p)
}
