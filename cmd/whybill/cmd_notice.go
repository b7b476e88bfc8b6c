package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"whybill/anomaly"
	"whybill/anomaly/cases"
)

type noticeOptions struct {
	account, arrives, amount, currency, closed, format string
	failOn                                             string
}

func newNoticeCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "notice", GroupID: "answer", Short: "Look a notice over before it is sent", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var o noticeOptions
	check := &cobra.Command{
		Use:   "check FILE|-",
		Short: "List what in a notice would make its reader angry",
		Long: `check reads a notice, text or Markdown, English or Chinese, and lists what makes its
reader angry: no opening hours, nobody there on the day it arrives, an instruction that
cannot be carried out, a wrong amount, a change or a dispute that is pending, no name of
the thing it is about.

With --account what is pending and owed is taken from the database.
` + exitStatusHelp,
		Example: `  whybill notice check reminder.txt --arrives 2026-10-17
  whybill notice check - --account DUN-1 --arrives 2026-10-17 < reminder.md`,
		Args: exactlyOne("a file, or - for standard input", "whybill notice check reminder.txt"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.runNotice(cmd.Context(), &o, args[0]) },
	}
	f := check.Flags()
	f.StringVar(&o.account, "account", "", "the `account` that gets it")
	f.StringVar(&o.arrives, "arrives", "", "the `day` on which it arrives, with the time where it is known (default: not checked)")
	f.StringVar(&o.amount, "amount", "", "the `amount` that is owed (default: the account's latest bill)")
	f.StringVar(&o.currency, "currency", "", "the `currency` of --amount")
	f.StringVar(&o.closed, "closed-account", "", "the `number` of a bank account that no longer takes payments")
	f.StringVarP(&o.format, "format", "f", "text", "`format`: text or json")
	f.StringVar(&o.failOn, "fail-on", "", "exit with 1 if there is anything to be changed: `any`")
	completeFlag(check, "format", checkFormats)
	cmd.AddCommand(check)
	return cmd
}

// noticeLimit is the longest notice that is read; a letter is a few kilobytes.
const noticeLimit = 1 << 20

func (a *app) readNotice(path string) (string, error) {
	in := a.in
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return "", err
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, noticeLimit+1))
	switch {
	case err != nil:
		return "", err
	case len(data) > noticeLimit:
		return "", usagef("", "%s is longer than a notice can be", path)
	case !utf8.Valid(data):
		return "", usagef("convert it to UTF-8", "%s is not text in UTF-8", path)
	}
	return strings.TrimPrefix(string(data), "\ufeff"), nil
}

func (a *app) runNotice(ctx context.Context, o *noticeOptions, path string) (err error) {
	if err := a.checkGlobal(); err != nil {
		return err
	}
	if !oneOf(o.format, checkFormats...) {
		return usagef("the formats are text and json", "there is no format %q", o.format)
	}
	if !oneOf(o.failOn, "", "any") {
		return usagef("", "--fail-on is any, not %q", o.failOn)
	}
	config, err := a.configured()
	if err != nil {
		return err
	}
	n := cases.Notice{Currency: strings.ToUpper(o.currency), ClosedAccount: o.closed}
	if o.arrives != "" {
		if n.Arrives, n.Clock, err = cases.When(o.arrives, &config.cases.Calendar); err != nil {
			return usagef("", "--arrives: %v", err)
		}
	}
	if o.amount != "" {
		d, err := anomaly.ParseDecimal(o.amount)
		if err != nil {
			return usagef("", "--amount: %v", err)
		}
		n.Owed = anomaly.Known(d)
	}
	if n.Text, err = a.readNotice(path); err != nil {
		return err
	}
	if o.account != "" {
		if err := a.noticeOccasion(ctx, o, &n); err != nil {
			return err
		}
	}
	issues := cases.LintNotice(&n, config.cases)
	if err := a.writeIssues(issues, o.format); err != nil {
		return err
	}
	if o.failOn == "any" && len(issues) > 0 {
		return errReached
	}
	return nil
}

// noticeOccasion takes what is pending and owed from the account.
func (a *app) noticeOccasion(ctx context.Context, o *noticeOptions, n *cases.Notice) (err error) {
	x, err := a.openAccount(ctx, o.account, accountOptions{asOf: n.Arrives.String()})
	if err != nil {
		return err
	}
	defer func() { err = x.close(err) }()
	h := x.history
	n.AccountID = h.Account.ID
	for i := range h.Bills {
		n.Bills = append(n.Bills, h.Bills[i].Key())
	}
	if i := h.LatestBill(x.asOf); i >= 0 && !n.Owed.Valid {
		n.Owed, n.Currency = h.Bills[i].Amount, h.Bills[i].Currency
	}
	all, err := x.cases(ctx)
	if err != nil {
		return err
	}
	for i := range all {
		if c := &all[i]; !c.Feedback && c.Disputes() && c.Opened <= x.asOf && (c.Closed.IsZero() || c.Closed > x.asOf) {
			n.Disputed = c.Opened
			break
		}
	}
	for i := range h.Events {
		switch e := &h.Events[i]; {
		case e.At > x.asOf:
		case e.Kind == anomaly.EventAccountChange:
			n.ChangeFiled = e.At
			if old, ok := e.Field("old"); ok && n.ClosedAccount == "" {
				n.ClosedAccount = old
			}
		case e.Kind == anomaly.EventAccountChanged:
			n.ChangeFiled = 0
		}
	}
	return nil
}

func (a *app) writeIssues(issues []cases.Issue, format string) error {
	p := a.printer()
	if format == "json" {
		type jsonIssue struct {
			ID      string `json:"id"`
			Line    int    `json:"line,omitempty"`
			Message string `json:"message"`
		}
		out := []jsonIssue{}
		for _, x := range issues {
			out = append(out, jsonIssue{x.Message.Key, x.Line, p.Say(x.Message)})
		}
		return a.writeJSON(out)
	}
	if len(issues) == 0 {
		fmt.Fprintln(a.out, p.Text("notice.clean"))
	}
	for _, x := range issues {
		if x.Line > 0 {
			fmt.Fprintf(a.out, "%d: ", x.Line)
		}
		fmt.Fprintln(a.out, p.Say(x.Message))
	}
	return nil
}
