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
		Use: "notice", GroupID: "answer", Args: subcommands,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var o noticeOptions
	check := &cobra.Command{
		Use: "check FILE|-",
		Example: `  whybill notice check reminder.txt --arrives 2026-10-17
  whybill notice check - --account DUN-1 --arrives 2026-10-17 < reminder.md`,
		Args: exactlyOne("notice", "whybill notice check reminder.txt"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.runNotice(cmd.Context(), &o, args[0]) },
	}
	f := check.Flags()
	f.StringVar(&o.account, "account", "", "")
	f.StringVar(&o.arrives, "arrives", "", "")
	f.StringVar(&o.amount, "amount", "", "")
	f.StringVar(&o.currency, "currency", "", "")
	f.StringVar(&o.closed, "closed-account", "", "")
	f.StringVarP(&o.format, "format", "f", "text", "")
	f.StringVar(&o.failOn, "fail-on", "", "")
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
		return "", misuse("notice_long", anomaly.TextArg("file", path))
	case !utf8.Valid(data):
		return "", misuse("notice_encoding", anomaly.TextArg("file", path))
	}
	return strings.TrimPrefix(string(data), "\ufeff"), nil
}

func (a *app) runNotice(ctx context.Context, o *noticeOptions, path string) (err error) {
	if err := a.checkGlobal(); err != nil {
		return err
	}
	if !oneOf(o.format, checkFormats...) {
		return noSuch("format", o.format, checkFormats...)
	}
	if !oneOf(o.failOn, "", "any") {
		return notOneOf("--fail-on", o.failOn, "any")
	}
	config, err := a.configured()
	if err != nil {
		return err
	}
	n := cases.Notice{Currency: strings.ToUpper(o.currency), ClosedAccount: o.closed}
	if o.arrives != "" {
		if n.Arrives, n.Clock, err = cases.When(o.arrives, &config.cases.Calendar); err != nil {
			return badFlag("--arrives", err)
		}
	}
	if o.amount != "" {
		d, err := anomaly.ParseDecimal(o.amount)
		if err != nil {
			return badFlag("--amount", err)
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
	cal := &config.cases.Calendar
	if !n.Arrives.IsZero() && cal.OpenAt(n.Arrives, n.Clock) && cal.DaysOff(n.Arrives-1, n.Arrives) == anomaly.DaysOffUnknown {
		a.remark("%s", a.printer().Say(anomaly.Msg("notice.days_off", anomaly.DateArg("arrives", n.Arrives), weekdayArg("day", n.Arrives))))
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
