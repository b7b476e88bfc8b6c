package main

import (
	"strings"

	"github.com/spf13/cobra"

	"whybill/anomaly"
)

func newCaseApplicationCommand(a *app) *cobra.Command {
	var o entryOptions
	var id, what, name, number, meter, old, plan, due, backlog, perDay string
	cmd := &cobra.Command{
		Use: "application ACCOUNT",
		Example: `  whybill case application DUN-1 --for plan --name "Chen Mei-Lin" --meter TP-70001 --due 2026-10-01 --backlog 125 --per-day 1
  whybill case application DUN-1 --case S-2 --for payment_account --old 0081-554-7719 --name "Chen Mei-Ling"
  whybill case note S-2 --applied`,
		Args: exactlyOne("account", "whybill case application DUN-1 --for plan"),
		RunE: func(cmd *cobra.Command, args []string) error {
			kinds := []string{anomaly.ApplicationPlan, anomaly.ApplicationAccount}
			if what == "" {
				return misuse("needs_flag", anomaly.TextArg("flag", "--for"), anomaly.TextArg("example", "--for "+strings.Join(kinds, ", --for ")))
			}
			if !oneOf(what, kinds...) {
				return notOneOf("--for", what, kinds...)
			}
			return a.enter(cmd.Context(), &o, args[0], anomaly.CaseApplication, func(e *entering) error {
				if id != "" {
					e.entry.Case = id
				}
				for _, f := range [][2]string{
					{"application", what}, {"name", name}, {"id", number}, {"meter", meter}, {"old", old}, {"plan", plan},
				} {
					e.fact(f[0], f[1])
				}
				if err := e.queue(backlog, perDay); err != nil {
					return err
				}
				return e.due(due)
			})
		},
	}
	o.addFlags(cmd.Flags())
	f := cmd.Flags()
	f.StringVar(&id, "case", "", "")
	f.StringVar(&what, "for", "", "")
	f.StringVar(&name, "name", "", "")
	f.StringVar(&number, "number", "", "")
	f.StringVar(&meter, "meter", "", "")
	f.StringVar(&old, "old", "", "")
	f.StringVar(&plan, "plan", "", "")
	f.StringVar(&due, "due", "", "")
	f.StringVar(&backlog, "backlog", "", "")
	f.StringVar(&perDay, "per-day", "", "")
	completeFlag(cmd, "for", []string{anomaly.ApplicationPlan, anomaly.ApplicationAccount})
	return cmd
}

// queue reads how many jobs wait and how many are done a working day.
func (e *entering) queue(backlog, perDay string) error {
	for _, f := range [][3]string{{"backlog", "--backlog", backlog}, {"per_day", "--per-day", perDay}} {
		if f[2] == "" {
			continue
		}
		if _, err := parseFloat(f[1], f[2]); err != nil {
			return err
		}
		e.fact(f[0], f[2])
	}
	return nil
}
