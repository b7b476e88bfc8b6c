package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"whybill/anomaly"
	"whybill/anomaly/locale"
	"whybill/anomaly/pipeline"
	"whybill/anomaly/report"
	"whybill/anomaly/store"
)

type checkOptions struct {
	evidence evidenceOptions
	bill     string
	allBills bool
	asOf     string
	format   string
	full     bool
	failOn   string
}

var checkFormats = []string{"text", "json"}

func (o *checkOptions) addFlags(flags *pflag.FlagSet) {
	o.evidence.addFlags(flags)
	flags.StringVar(&o.bill, "bill", "", "the bill's `id`, or the first day of its period (default: the latest as of --as-of)")
	flags.BoolVar(&o.allBills, "all-bills", false, "assess every bill, oldest first")
	flags.StringVar(&o.asOf, "as-of", "", "assess the latest bill as of this `date` (default today)")
	flags.StringVarP(&o.format, "format", "f", "text", "`format`: text or json")
	flags.BoolVar(&o.full, "full", false, "print everything, not only what fits a screen")
	flags.StringVar(&o.failOn, "fail-on", "", failOnHelp)
}

func newCheckCommand(a *app) *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:     "check ACCOUNT",
		GroupID: "answer",
		Short:   "Assess one bill of one account",
		Long: `check prints a card that can be read out in ten seconds: the verdict and the next
step, the expected usage beside the billed one, where the difference comes from, the
likely causes, the evidence, and whether the customer may be told to wait.

What the customer or a colleague says on the phone can be added on the spot, with
--appliance and --claim; it counts for this answer only and is not stored.
` + exitStatusHelp,
		Example: `  whybill check 0712345602
  whybill check 0712345602 --as-of 2026-03-20 --full
  whybill check 0712345602 --bill N202601 --format json
  whybill check 0712345602 --appliance "storage water heater=4000W,0.7h" --claim-usage-per-day 20`,
		Args: exactlyOne("an account id", "whybill check 0712345602"),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return a.completeAccounts(cmd.Context(), prefix), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runCheck(cmd.Context(), &o, args[0])
		},
	}
	o.addFlags(cmd.Flags())
	completeFlag(cmd, "format", checkFormats)
	return cmd
}

func (a *app) runCheck(ctx context.Context, o *checkOptions, account string) (err error) {
	if err := a.checkGlobal(); err != nil {
		return err
	}
	if !oneOf(o.format, checkFormats...) {
		return usagef("the formats are text and json", "there is no format %q", o.format)
	}
	if o.allBills && o.bill != "" {
		return usagef("", "--bill names one bill, --all-bills asks for all of them")
	}
	asOf, err := a.asOf(o.asOf)
	if err != nil {
		return err
	}
	fail, err := parseFailOn(o.failOn)
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
	if err := o.evidence.applyTo(h, asOf); err != nil {
		return err
	}
	actx, err := newContext()
	if err != nil {
		return err
	}
	if err := learnt(ctx, s, actx); err != nil {
		return err
	}
	if h.Account.WeatherStation != "" {
		if actx.Weather, err = s.Weather(ctx); err != nil {
			return err
		}
	}
	bills, err := chooseBills(h, o, asOf)
	if err != nil {
		return err
	}
	assessor := pipeline.NewAssessor(actx, nil)
	p := a.printer()
	for i, bill := range bills {
		var x *anomaly.Assessment
		if bill < 0 {
			x = assessor.Assess(h, asOf)
		} else {
			x = assessor.AssessBill(h, bill, asOf)
		}
		fail.look(x)
		if err := a.writeAssessment(a.out, x, p, o, i); err != nil {
			return err
		}
	}
	return fail.result()
}

// history reads an account's history; where there is no such account the error names
// the ones that may be meant.
func (a *app) history(ctx context.Context, s *store.Store, account string) (*anomaly.History, error) {
	h, err := s.History(ctx, account)
	var fault *store.Error
	if !errors.As(err, &fault) || fault.Code != store.UnknownAccount {
		return h, err
	}
	near, nearErr := s.Nearest(ctx, account, 3)
	if nearErr != nil || len(near) == 0 {
		return nil, err
	}
	p := a.printer()
	message, _ := fault.UserMessage()
	return nil, usagef(p.Say(anomaly.Msg("cmd.nearest", anomaly.TextArg("accounts", strings.Join(near, ", ")))), "%s", p.Say(message))
}

// chooseBills returns the indexes of the bills to assess; -1 stands for the verdict
// that there is none.
func chooseBills(h *anomaly.History, o *checkOptions, asOf anomaly.Date) ([]int, error) {
	if o.bill != "" {
		i := h.BillIndex(o.bill)
		if i < 0 {
			if d, err := anomaly.ParseDate(o.bill); err == nil {
				i = billStarting(h, d)
			}
		}
		if i < 0 {
			return nil, usagef(billHint(h), "account %s has no bill %q", h.Account.ID, o.bill)
		}
		return []int{i}, nil
	}
	if !o.allBills {
		return []int{h.LatestBill(asOf)}, nil
	}
	var all []int
	for i := range h.Bills {
		if !h.Bills[i].Cancelled && h.Bills[i].Period.End <= asOf {
			all = append(all, i)
		}
	}
	if len(all) == 0 {
		all = []int{-1}
	}
	return all, nil
}

func billStarting(h *anomaly.History, d anomaly.Date) int {
	for i := range h.Bills {
		if h.Bills[i].Period.Start == d && !h.Bills[i].Cancelled {
			return i
		}
	}
	return -1
}

func billHint(h *anomaly.History) string {
	if len(h.Bills) == 0 {
		return "it has no bills at all"
	}
	var keys []string
	for i := max(0, len(h.Bills)-6); i < len(h.Bills); i++ {
		keys = append(keys, h.Bills[i].Key())
	}
	return "its latest bills are " + strings.Join(keys, ", ")
}

func (a *app) writeAssessment(w io.Writer, x *anomaly.Assessment, p *locale.Printer, o *checkOptions, n int) error {
	if o.format == "json" {
		line := x.AppendJSON(nil, p.Say)
		_, err := w.Write(append(line, '\n'))
		return err
	}
	if n > 0 {
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	return report.Card(w, x, p, report.CardOptions{Width: a.width(), Color: a.useColor(), Full: o.full})
}

// completeAccounts offers account ids to the shell.
func (a *app) completeAccounts(ctx context.Context, prefix string) []string {
	s, err := a.openStore(ctx, store.Options{ReadOnly: true, MustExist: true})
	if err != nil {
		return nil
	}
	defer s.Close()
	ids, err := s.Accounts(ctx, prefix, 50)
	if err != nil {
		return nil
	}
	return ids
}
