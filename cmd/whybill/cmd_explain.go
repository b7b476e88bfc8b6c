package main

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"whybill/anomaly"
	"whybill/anomaly/check"
	"whybill/anomaly/diagnose"
	"whybill/anomaly/locale"
	"whybill/anomaly/report"
)

type explainOptions struct{ account, asOf string }

func newExplainCommand(a *app) *cobra.Command {
	var o explainOptions
	cmd := &cobra.Command{
		Use:     "explain CHECK | FINDING | CAUSE | ACTION",
		GroupID: "answer",
		Example: `  whybill explain U01
  whybill explain tapped_by_others
  whybill explain selftest
  whybill explain tapped_by_others --account 0712345602 --as-of 2026-03-20
  whybill explain U06-a18387 --account 0712345602 --as-of 2026-03-20`,
		Args: exactlyOne("explained", "whybill explain U01"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return explainable(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.runExplain(cmd.Context(), &o, args[0]) },
	}
	cmd.Flags().StringVar(&o.account, "account", "", "")
	cmd.Flags().StringVar(&o.asOf, "as-of", "", "")
	return cmd
}

// explainable lists what can be explained without an account.
func explainable() []string {
	var ids []string
	for _, c := range check.Catalogue() {
		ids = append(ids, c.ID)
	}
	for _, c := range anomaly.Causes {
		ids = append(ids, string(c))
	}
	for _, action := range anomaly.Actions {
		ids = append(ids, string(action))
	}
	return ids
}

var findingRef = regexp.MustCompile(`^([A-Z][0-9]{2})-[0-9a-f]{6}$`)

func (a *app) runExplain(ctx context.Context, o *explainOptions, id string) (err error) {
	if err := a.checkGlobal(); err != nil {
		return err
	}
	var x *account // nil: no account was named
	p := a.printer()
	if o.account != "" {
		if x, err = a.openAccount(ctx, o.account, accountOptions{asOf: o.asOf}); err != nil {
			return err
		}
		defer func() { err = x.close(err) }()
		p = x.printer()
	}
	if m := findingRef.FindStringSubmatch(id); m != nil {
		if x != nil {
			if err := a.explainFinding(ctx, x, id, p); err != nil {
				return err
			}
		}
		id = m[1]
	}
	if c, ok := check.Find(strings.ToUpper(id)); ok {
		explainCheck(a.out, c, p)
		return nil
	}
	if oneOf(id, explainable()...) {
		explainTerm(a.out, id, p)
		if !slices.Contains(anomaly.Causes, anomaly.Cause(id)) {
			return nil
		}
		if err := a.explainPrior(ctx, anomaly.Cause(id)); err != nil || x == nil {
			return err
		}
		return a.explainCause(ctx, x, anomaly.Cause(id), p)
	}
	return misuse("nothing_to_explain", quoted("value", id))
}

func explainCheck(w io.Writer, c *check.Check, p *locale.Printer) {
	cfg := anomaly.DefaultConfig()
	fmt.Fprintf(w, "%s  %s\n\n", c.ID, p.Say(c.Name()))
	fmt.Fprintln(w, p.Label(p.Text("cmd.explain.rule"), p.Say(c.Rule(&cfg))))
	fmt.Fprintln(w, p.Label(p.Text("cmd.explain.blind"), p.Say(c.Blind())))
	fmt.Fprintln(w, p.Label(p.Text("cmd.explain.action"), p.Term(string(c.Action))))
	fmt.Fprintln(w, p.Label(p.Text("cmd.explain.severity"), strconv.Itoa(int(c.Severity))))
	if c.Source != "" {
		fmt.Fprintln(w, p.Label(p.Text("cmd.explain.source"), c.Source))
	}
}

// explainTerm says what a cause or an action is called, and which checks speak for it.
func explainTerm(w io.Writer, id string, p *locale.Printer) {
	fmt.Fprintf(w, "%s  %s\n", id, p.Term(id))
	kind := "action."
	if slices.Contains(anomaly.Causes, anomaly.Cause(id)) {
		kind = "cause."
	}
	fmt.Fprintf(w, "\n%s\n", p.Text(kind+id+".about"))
	fmt.Fprintln(w, p.Label(p.Text("cmd.explain."+kind+"tell"), p.Text(kind+id+".tell")))
	var speaking []string
	for _, c := range check.Catalogue() {
		if string(c.Action) == id {
			speaking = append(speaking, c.ID)
		}
	}
	if len(speaking) > 0 {
		fmt.Fprintln(w, "\n"+p.Label(p.Text("cmd.explain.checks"), strings.Join(speaking, " ")))
	}
}

// explainFinding prints one finding of an account with its numbers and where they stand.
func (a *app) explainFinding(ctx context.Context, x *account, ref string, p *locale.Printer) error {
	h := x.history
	assessor, err := x.assessor(ctx)
	if err != nil {
		return err
	}
	for i := len(h.Bills) - 1; i >= 0; i-- {
		if !h.Counts(i, x.asOf) {
			continue
		}
		answer := assessor.AssessBill(h, i, x.asOf)
		for j := range answer.Findings {
			f := &answer.Findings[j]
			if f.Ref != ref {
				continue
			}
			fmt.Fprintf(a.out, "%s\n%s\n", ref, p.Say(f.Message))
			for _, source := range f.Evidence {
				fmt.Fprintf(a.out, "  %s:%d\n", source.File, source.Row)
			}
			fmt.Fprintln(a.out)
			return nil
		}
	}
	return misuse("no_finding", anomaly.TextArg("account", h.Account.ID), anomaly.TextArg("finding", ref))
}

// explainCause prints what speaks for and against a cause in an account's bill: each
// piece of evidence with the factor by which it moved the cause's odds.
func (a *app) explainCause(ctx context.Context, x *account, cause anomaly.Cause, p *locale.Printer) error {
	bill, err := x.bill("")
	if err != nil {
		return err
	}
	assessor, err := x.assessor(ctx)
	if err != nil {
		return err
	}
	all := assessor.Explain(x.history, bill, x.asOf)
	at := slices.IndexFunc(all, func(e diagnose.Explanation) bool { return e.Cause == cause })
	e := &all[at]
	fmt.Fprintf(a.out, "\n%s\n", p.Say(anomaly.Msg("cmd.explain.in_bill", anomaly.TextArg("account", x.history.Account.ID), anomaly.TextArg("bill", x.history.Bills[bill].Key()),
		anomaly.PercentArg("probability", e.Probability, 1), anomaly.PercentArg("prior", e.Prior, 1))))
	for _, side := range []struct {
		key     string
		reasons []anomaly.Reason
	}{{"cmd.explain.for", e.For}, {"cmd.explain.against", e.Against}} {
		fmt.Fprintln(a.out, p.Text(side.key))
		if len(side.reasons) == 0 {
			fmt.Fprintf(a.out, "  %s\n", p.Text("cmd.explain.no_evidence"))
		}
		for i := range side.reasons {
			r := &side.reasons[i]
			fmt.Fprintf(a.out, "  %s  %s\n", p.Say(report.Factor(r.LogRatio)), p.Say(r.Message))
		}
	}
	return nil
}
