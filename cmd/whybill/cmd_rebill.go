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
		Example: `  whybill rebill 0712345602
  whybill rebill 0712345601 --bill P202501
  whybill rebill 0712345602 --in-dispute 193-393
  whybill rebill 0712345602 --tariff-file mine.toml --format json`,
		Args: exactlyOne("account", "whybill rebill 0712345602"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.runRebill(cmd.Context(), &o, args[0]) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.bill, "bill", "", "")
	flags.StringVar(&o.asOf, "as-of", "", "")
	flags.StringVarP(&o.format, "format", "f", "text", "")
	flags.StringVar(&o.inDispute, "in-dispute", "", "")
	flags.StringArrayVar(&o.tariffFiles, "tariff-file", nil, "")
	completeFlag(cmd, "format", checkFormats)
	return cmd
}

func (a *app) runRebill(ctx context.Context, o *rebillOptions, id string) (err error) {
	if !oneOf(o.format, checkFormats...) {
		return noSuch("format", o.format, checkFormats...)
	}
	x, err := a.openAccount(ctx, id, accountOptions{asOf: o.asOf, tariffFiles: o.tariffFiles})
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
	p := x.printer()
	if o.format == "json" {
		_, err := a.out.Write(append(answer.AppendJSON(nil, p.Say), '\n'))
		return err
	}
	r := &report.Rebilled{AccountID: id, Service: x.history.Account.Service, Bill: &x.history.Bills[bill], Rebill: &answer.Rebill}
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
	p := x.printer()
	low, high, err := decimalRange(o.inDispute)
	if err != nil {
		return misuse("in_dispute", quoted("value", o.inDispute))
	}
	if billed := x.history.Bills[bill].Usage; low.IsNeg() || low.Cmp(high) > 0 || high.Cmp(billed) > 0 {
		return misuse("in_dispute_part", anomaly.TextArg("value", o.inDispute), anomaly.UsageArg("billed", anomaly.Float(billed), x.history.Unit(), billed.Scale()))
	}
	stake, err := x.book.Dispute(anomaly.BillRequest(x.history, bill), low, high)
	if err != nil {
		return tariffError(x.book, anomaly.BillRequest(x.history, bill).Tariff, err)
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
