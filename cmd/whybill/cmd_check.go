package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"whybill/anomaly"
	"whybill/anomaly/estimate/caltrack"
	"whybill/anomaly/locale"
	"whybill/anomaly/report"
)

type checkOptions struct {
	evidence evidenceOptions
	bill     string
	allBills bool
	asOf     string
	format   string
	full     bool
	plot     string
	second   string
	failOn   string
}

var checkFormats = []string{"text", "json"}

func (o *checkOptions) addFlags(flags *pflag.FlagSet) {
	o.evidence.addFlags(flags)
	flags.StringVar(&o.bill, "bill", "", "")
	flags.BoolVar(&o.allBills, "all-bills", false, "")
	flags.StringVar(&o.asOf, "as-of", "", "")
	flags.StringVarP(&o.format, "format", "f", "text", "")
	flags.BoolVar(&o.full, "full", false, "")
	flags.StringVar(&o.second, "second-opinion", "", "")
	flags.StringVar(&o.plot, "plot", "", "")
	flags.StringVar(&o.failOn, "fail-on", "", "")
}

func newCheckCommand(a *app) *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:     "check ACCOUNT",
		GroupID: "answer",
		Example: `  whybill check 0712345602
  whybill check 0712345602 --as-of 2026-03-20 --full
  whybill check 0712345602 --bill N202601 --format json
  whybill check 0712345602 --appliance "storage water heater=4000W,0.7h" --claim-usage-per-day 20
  whybill check 0712345602 --appliance "heater=1500W,4-6h,new"`,
		Args: exactlyOne("account", "whybill check 0712345602"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runCheck(cmd.Context(), &o, args[0])
		},
	}
	o.addFlags(cmd.Flags())
	completeFlag(cmd, "format", checkFormats)
	return cmd
}

func (a *app) runCheck(ctx context.Context, o *checkOptions, id string) (err error) {
	if err := a.checkGlobal(); err != nil {
		return err
	}
	if !oneOf(o.format, checkFormats...) {
		return noSuch("format", o.format, checkFormats...)
	}
	if o.allBills && o.bill != "" {
		return misuse("bill_and_all")
	}
	if !oneOf(o.second, "", "caltrack") {
		return noSuch("method", o.second, "caltrack")
	}
	fail, err := parseFailOn(o.failOn)
	if err != nil {
		return err
	}
	x, err := a.openAccount(ctx, id, accountOptions{asOf: o.asOf})
	if err != nil {
		return err
	}
	defer func() { err = x.close(err) }()
	bills, err := x.chosen(o)
	if err != nil {
		return err
	}
	disputed := x.asOf
	if last := bills[len(bills)-1]; last >= 0 {
		disputed = x.history.Bills[last].Period.Start
	}
	assumed, err := o.evidence.applyTo(x.history, disputed, x.asOf)
	if err != nil {
		return err
	}
	assessor, err := x.assessor(ctx)
	if err != nil {
		return err
	}
	p := a.printer()
	for i, bill := range bills {
		var answer *anomaly.Assessment
		if bill < 0 {
			answer = assessor.Assess(x.history, x.asOf)
		} else {
			answer = assessor.AssessBill(x.history, bill, x.asOf)
		}
		answer.Assumed = assumed
		fail.look(answer)
		if o.second != "" && bill >= 0 {
			answer.SecondOpinion = x.secondOpinion(bill)
		}
		if o.plot != "" {
			if err := report.WriteFile(o.plot, func(w io.Writer) error { return report.SVG(w, answer, p) }); err != nil {
				return err
			}
		}
		if err := a.writeAssessment(a.out, answer, p, o, i); err != nil {
			return err
		}
	}
	return fail.result()
}

// chosen returns the indexes of the bills to assess; -1 stands for the verdict that
// there is none.
func (x *account) chosen(o *checkOptions) ([]int, error) {
	if o.bill != "" {
		i, err := x.bill(o.bill)
		return []int{i}, err
	}
	if !o.allBills {
		return []int{x.history.LatestBill(x.asOf)}, nil
	}
	var all []int
	for i := range x.history.Bills {
		if x.history.Counts(i, x.asOf) {
			all = append(all, i)
		}
	}
	if len(all) == 0 {
		all = []int{-1}
	}
	return all, nil
}

func (a *app) writeAssessment(w io.Writer, x *anomaly.Assessment, p *locale.Printer, o *checkOptions, n int) error {
	if o.format == "json" {
		line := x.AppendJSON(nil, p.For(x.Service).Say)
		_, err := w.Write(append(line, '\n'))
		return err
	}
	if n > 0 {
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	if x.BillKey == "" {
		// No bill, and yet there may be something about the account: a promise, a contract.
		if _, err := fmt.Fprintln(w, p.Label(x.AccountID, p.Say(x.Verdict.Reason))); err != nil {
			return err
		}
		for i := range x.Findings {
			if _, err := fmt.Fprintf(w, "%s  %s\n", x.Findings[i].Check, p.Say(x.Findings[i].Message)); err != nil {
				return err
			}
		}
		return nil
	}
	if err := report.Card(w, x, p, report.CardOptions{Width: a.width(), Color: a.useColor(), Full: o.full}); err != nil {
		return err
	}
	if s := x.SecondOpinion; s != nil {
		text := p.Say(s.NotChecked)
		if s.NotChecked.Key == "" {
			text = p.Say(anomaly.Msg("cmd.second_opinion", anomaly.UsageArg("usage", s.Usage, x.Unit, 0), anomaly.TextArg("model", s.Model),
				anomaly.CountArg("periods", s.Periods), anomaly.NumberArg("r2", s.AdjustedR2, 2)))
		}
		_, err := fmt.Fprintf(w, "CalTRACK   %s\n", text)
		return err
	}
	return nil
}

// secondOpinion is what CalTRACK expects of the bill by what is known on the day.
func (x *account) secondOpinion(bill int) *anomaly.SecondOpinion {
	o := &anomaly.SecondOpinion{Method: "caltrack"}
	h, bill := x.history.Known(x.asOf, bill)
	weather := x.context.Weather[h.Account.WeatherStation]
	if weather != nil {
		weather = weather.Known(x.asOf)
	}
	opinion, missing, ok := caltrack.Expect(h, bill, weather)
	if !ok {
		o.NotChecked = missing
		return o
	}
	o.Usage, o.Model = opinion.Usage, opinion.Model.Kind()
	o.Periods, o.AdjustedR2 = opinion.Model.Periods, opinion.Model.AdjustedR2
	return o
}
