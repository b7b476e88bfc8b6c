package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"whybill/anomaly"
	"whybill/anomaly/report"
)

type rebillOptions struct {
	bill, asOf, format string
	inDispute          string
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
  whybill rebill 0712345602 --in-dispute 193-393
  whybill rebill 0712345602 --tariff-file mine.toml --format json`,
		Args: exactlyOne("an account id", "whybill rebill 0712345602"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.runRebill(cmd.Context(), &o, args[0]) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.bill, "bill", "", "the bill's `id`, or the first day of its period (default: the latest as of --as-of)")
	flags.StringVar(&o.asOf, "as-of", "", "the latest bill as of this `date` (default today)")
	flags.StringVarP(&o.format, "format", "f", "text", "`format`: text or json")
	flags.StringVar(&o.inDispute, "in-dispute", "", "also price this `usage` off the top of the bill, or a range such as 193-393")
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
	if err := report.Rebill(a.out, r, p); err != nil || o.inDispute == "" {
		return err
	}
	return a.writeDispute(o, x, bill)
}

// writeDispute says what a part of the bill's usage comes to in money.
func (a *app) writeDispute(o *rebillOptions, x *account, bill int) error {
	p := a.printer()
	low, high, err := decimalRange(o.inDispute)
	if err != nil {
		return usagef("write it as 293 or 193-393", "--in-dispute: %v", err)
	}
	if billed := x.history.Bills[bill].Usage; low.IsNeg() || low.Cmp(high) > 0 || high.Cmp(billed) > 0 {
		return usagef("write it as 293 or 193-393", "--in-dispute: %s is no part of the %s that were billed", o.inDispute, billed)
	}
	stake, err := x.book.Dispute(anomaly.BillRequest(x.history, bill), low, high)
	if err != nil {
		return tariffError(a, x.book, anomaly.BillRequest(x.history, bill).Tariff, err)
	}
	unit := x.history.Unit()
	message := anomaly.Msg("cmd.rebill.stake", anomaly.UsageArg("usage", anomaly.Float(low), unit, low.Scale()), anomaly.MoneyArg("amount", stake.Low.Energy, stake.Currency))
	if low.Cmp(high) != 0 {
		message = anomaly.Msg("cmd.rebill.stake_range",
			anomaly.UsageArg("low", anomaly.Float(low), unit, low.Scale()), anomaly.UsageArg("high", anomaly.Float(high), unit, high.Scale()),
			anomaly.MoneyArg("least", stake.Low.Energy, stake.Currency), anomaly.MoneyArg("most", stake.High.Energy, stake.Currency))
	}
	_, err = fmt.Fprintf(a.out, "\n%s\n", p.Say(message))
	return err
}

// decimalRange reads "293" or "193-393".
func decimalRange(text string) (low, high anomaly.Decimal, err error) {
	from, to, isRange := strings.Cut(text, "-")
	if !isRange {
		to = from
	}
	if low, err = anomaly.ParseDecimal(strings.TrimSpace(from)); err != nil {
		return low, high, err
	}
	high, err = anomaly.ParseDecimal(strings.TrimSpace(to))
	return low, high, err
}
