package main

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/spf13/cobra"

	"whybill/anomaly"
	"whybill/anomaly/report"
	"whybill/anomaly/tariff"
)

type tariffCompareOptions struct{ asOf, format string }

func newTariffCompareCommand(a *app, files *[]string) *cobra.Command {
	var o tariffCompareOptions
	cmd := &cobra.Command{
		Use:     "compare ACCOUNT",
		Example: "  whybill tariff compare 0712345601\n  whybill tariff compare 0712345601 --as-of 2026-01-01 --format json",
		Args:    exactlyOne("account", "whybill tariff compare 0712345601"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runTariffCompare(cmd.Context(), &o, args[0], *files)
		},
	}
	cmd.Flags().StringVar(&o.asOf, "as-of", "", "")
	cmd.Flags().StringVarP(&o.format, "format", "f", "text", "")
	completeFlag(cmd, "format", checkFormats)
	return cmd
}

func (a *app) runTariffCompare(ctx context.Context, o *tariffCompareOptions, id string, files []string) (err error) {
	if !oneOf(o.format, checkFormats...) {
		return noSuch("format", o.format, checkFormats...)
	}
	x, err := a.openAccount(ctx, id, accountOptions{asOf: o.asOf, tariffFiles: files})
	if err != nil {
		return err
	}
	defer func() { err = x.close(err) }()
	b := x.book
	h, _ := x.history.Known(x.asOf, -1)
	bills := lastYear(h, x.asOf)
	if len(bills) == 0 {
		return misuse("no_bill_by", anomaly.TextArg("account", h.Account.ID), anomaly.DateArg("as_of", x.asOf)).hinted(billHint(h))
	}
	own := anomaly.BillRequest(h, bills[len(bills)-1]).Tariff
	if own == "" {
		return misuse("no_tariff_named", anomaly.TextArg("account", h.Account.ID))
	}
	rows := make([]report.TariffCost, 0, 4)
	for _, other := range append([]string{own}, b.Alternatives(own)...) {
		row, err := yearUnder(b, h, bills, other)
		if err != nil {
			return err
		}
		row.Own = other == own
		rows = append(rows, row)
	}
	p := x.printer()
	period := anomaly.Period{Start: h.Bills[bills[0]].Period.Start, End: h.Bills[bills[len(bills)-1]].Period.End}
	if o.format == "text" {
		return report.TariffCosts(a.out, h.Account.ID, period, rows, p)
	}
	type jsonRow struct {
		Tariff     string  `json:"tariff"`
		Own        bool    `json:"own"`
		Amount     *string `json:"amount"`
		Currency   string  `json:"currency,omitempty"`
		NotChecked string  `json:"not_checked,omitempty"`
	}
	out := struct {
		Account string       `json:"account_id"`
		Start   anomaly.Date `json:"start"`
		End     anomaly.Date `json:"end"`
		Bills   int          `json:"bills"`
		Tariffs []jsonRow    `json:"tariffs"`
	}{Account: h.Account.ID, Start: period.Start, End: period.End, Bills: len(bills)}
	for _, r := range rows {
		j := jsonRow{Tariff: r.Tariff, Own: r.Own, Currency: r.Currency}
		if r.Amount.Valid {
			text := r.Amount.Decimal.Trim(0).String()
			j.Amount = &text
		} else {
			j.NotChecked = p.Say(r.NotChecked)
		}
		out.Tariffs = append(out.Tariffs, j)
	}
	enc := json.NewEncoder(a.out)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

// lastYear returns the bills of the year that ends with the latest one as of a day:
// those that start less than a year before its end.
func lastYear(h *anomaly.History, asOf anomaly.Date) []int {
	latest := h.LatestBill(asOf)
	if latest < 0 {
		return nil
	}
	from := h.Bills[latest].Period.End.AddMonths(-12)
	var bills []int
	for i := 0; i <= latest; i++ {
		if b := &h.Bills[i]; !b.Cancelled && b.Period.Start >= from {
			bills = append(bills, i)
		}
	}
	return bills
}

// yearUnder sums what bills would have cost under a tariff, or says why that cannot be said.
func yearUnder(b *tariff.Book, h *anomaly.History, bills []int, id string) (report.TariffCost, error) {
	row := report.TariffCost{Tariff: id}
	var sum anomaly.Decimal
	for _, bill := range bills {
		req := anomaly.BillRequest(h, bill)
		req.Tariff = id
		priced, err := b.Price(req)
		var missing *anomaly.NotPriced
		if errors.As(err, &missing) {
			row.NotChecked = missing.Reason
			return row, nil
		}
		if err != nil {
			return row, err
		}
		row.Currency = priced.Currency
		var ok bool
		if sum, ok = anomaly.Add(sum, priced.Amount); !ok {
			row.NotChecked = anomaly.Msg("rebill.too_large")
			return row, nil
		}
	}
	row.Amount = anomaly.Known(sum)
	return row, nil
}
