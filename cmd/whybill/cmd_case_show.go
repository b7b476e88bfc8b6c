package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"whybill/anomaly"
	"whybill/anomaly/cases"
	"whybill/anomaly/locale"
	"whybill/anomaly/report"
	"whybill/anomaly/store"
)

type caseViewOptions struct {
	asOf, format, state string
	overdue, redacted   bool
}

func newCaseListCommand(a *app) *cobra.Command {
	var o caseViewOptions
	cmd := &cobra.Command{
		Use: "list",
		Example: `  whybill case list
  whybill case list --overdue --format json
  whybill case list --state visit_promised`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.runCaseList(cmd.Context(), &o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.asOf, "as-of", "", "")
	f.StringVarP(&o.format, "format", "f", "text", "")
	f.StringVar(&o.state, "state", "", "")
	f.BoolVar(&o.overdue, "overdue", false, "")
	completeFlag(cmd, "state", stateNames())
	completeFlag(cmd, "format", checkFormats)
	return cmd
}

func stateNames() []string {
	names := make([]string, len(cases.States))
	for i, s := range cases.States {
		names[i] = string(s)
	}
	return names
}

// allCases makes the cases of every account that has one, as of a day.
func (a *app) allCases(ctx context.Context, asOf anomaly.Date) (all []cases.Case, err error) {
	config, err := a.configured()
	if err != nil {
		return nil, err
	}
	s, err := a.openStore(ctx, store.Options{ReadOnly: true, MustExist: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	accounts, err := s.AccountsWithCases(ctx)
	if err != nil {
		return nil, err
	}
	ledger, err := s.CaseEntries(ctx, "")
	if err != nil {
		return nil, err
	}
	own := map[string][]anomaly.CaseEntry{}
	for _, e := range ledger {
		own[e.AccountID] = append(own[e.AccountID], e)
	}
	for _, id := range accounts {
		h, err := s.History(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, cases.Of(h, own[id], config.cases, asOf)...)
	}
	return all, nil
}

func (a *app) caseFlags(o *caseViewOptions) (asOf anomaly.Date, err error) {
	if err := a.checkGlobal(); err != nil {
		return 0, err
	}
	if !oneOf(o.format, checkFormats...) {
		return 0, noSuch("format", o.format, checkFormats...)
	}
	if o.state != "" && !slices.Contains(cases.States, cases.State(o.state)) {
		return 0, noSuch("state", o.state, stateNames()...)
	}
	return a.asOf(o.asOf)
}

func (a *app) runCaseList(ctx context.Context, o *caseViewOptions) error {
	asOf, err := a.caseFlags(o)
	if err != nil {
		return err
	}
	all, err := a.allCases(ctx, asOf)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(c cases.Case) bool {
		return c.Feedback || o.state != "" && c.State != cases.State(o.state) || o.overdue && !c.Overdue(asOf)
	})
	slices.SortStableFunc(all, func(x, y cases.Case) int {
		rank := func(c *cases.Case) int {
			switch {
			case c.Overdue(asOf):
				return 0
			case c.State == cases.Closed:
				return 2
			}
			return 1
		}
		return cmp.Or(rank(&x)-rank(&y), cmp.Compare(x.Due, y.Due), strings.Compare(x.ID, y.ID))
	})
	if o.format == "json" {
		out := []jsonCase{}
		for i := range all {
			out = append(out, caseJSON(&all[i], asOf))
		}
		return a.writeJSON(out)
	}
	p := a.printer()
	if len(all) == 0 {
		fmt.Fprintln(a.out, p.Text("case.none"))
		return nil
	}
	g := report.Grid{Right: []bool{false, false, false, false, true, false}}
	for i := range all {
		c := &all[i]
		mark := ""
		if c.Overdue(asOf) {
			mark = p.Text("case.overdue")
		}
		due := ""
		if !c.Due.IsZero() {
			due = p.Date(c.Due)
		}
		g.Add(c.ID, c.AccountID, p.Term("state."+string(c.State)), due, strconv.Itoa(c.Age(asOf)), mark)
	}
	return g.Write(a.out)
}

func (a *app) writeJSON(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

type jsonCase struct {
	Case     string        `json:"case"`
	Account  string        `json:"account_id,omitempty"`
	Bill     string        `json:"bill_id,omitempty"`
	Topic    string        `json:"topic,omitempty"`
	State    string        `json:"state"`
	Due      string        `json:"due,omitempty"`
	Overdue  bool          `json:"overdue"`
	Opened   string        `json:"opened"`
	Closed   string        `json:"closed,omitempty"`
	Outcome  string        `json:"outcome,omitempty"`
	Forced   bool          `json:"forced,omitempty"`
	AgeDays  int           `json:"age_days"`
	Promises []jsonPromise `json:"promises"`
	Entries  []jsonEntry   `json:"entries,omitempty"`
	Findings []jsonDesk    `json:"findings,omitempty"`
}

type jsonPromise struct {
	Given  string `json:"given"`
	Due    string `json:"due"`
	Answer bool   `json:"answer,omitempty"` // an answer; otherwise a visit
	Joint  bool   `json:"joint"`
	State  string `json:"state"`
}

type jsonEntry struct {
	Seq     int64  `json:"seq,omitempty"`
	On      string `json:"on"`
	Time    string `json:"time,omitempty"`
	By      string `json:"by,omitempty"`
	Kind    string `json:"kind"`
	Due     string `json:"due,omitempty"`
	Outcome string `json:"outcome,omitempty"`
	Facts   string `json:"facts,omitempty"`
	Text    string `json:"text,omitempty"`
}

type jsonDesk struct {
	ID      string `json:"id"`
	Ref     string `json:"ref"`
	Action  string `json:"action"`
	Message string `json:"message"`
}

func caseJSON(c *cases.Case, asOf anomaly.Date) jsonCase {
	j := jsonCase{
		Case: c.ID, Account: c.AccountID, Bill: c.Bill, State: string(c.State), Due: c.Due.String(),
		Overdue: c.Overdue(asOf), Opened: c.Opened.String(), Closed: c.Closed.String(), Outcome: c.Outcome,
		Forced: c.Forced, AgeDays: c.Age(asOf), Promises: []jsonPromise{},
	}
	for i := range c.Promises {
		p := &c.Promises[i]
		j.Promises = append(j.Promises, jsonPromise{p.Given.String(), p.Due.String(), p.Answer, p.Joint, string(c.PromiseState(p, asOf))})
	}
	return j
}

func newCaseShowCommand(a *app) *cobra.Command {
	var o caseViewOptions
	cmd := &cobra.Command{
		Use: "show CASE",
		Example: `  whybill case show D-1
  whybill case show C-1 --as-of 2026-03-20 --redacted`,
		Args: exactlyOne("case", "whybill case show D-1"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.runCaseShow(cmd.Context(), &o, args[0]) },
	}
	f := cmd.Flags()
	f.StringVar(&o.asOf, "as-of", "", "")
	f.StringVarP(&o.format, "format", "f", "text", "")
	f.BoolVar(&o.redacted, "redacted", false, "")
	completeFlag(cmd, "format", checkFormats)
	return cmd
}

func (a *app) runCaseShow(ctx context.Context, o *caseViewOptions, id string) (err error) {
	asOf, err := a.caseFlags(o)
	if err != nil {
		return err
	}
	accountID, err := a.accountOf(ctx, id)
	if err != nil {
		return err
	}
	x, err := a.openAccount(ctx, accountID, accountOptions{asOf: o.asOf})
	if err != nil {
		return err
	}
	defer func() { err = x.close(err) }()
	ledger, err := x.store.CaseEntries(ctx, accountID)
	if err != nil {
		return err
	}
	all := cases.Of(x.history, ledger, x.context.Cases, asOf)
	c, ok := cases.Find(all, id)
	if !ok {
		return cases.Check(nil, &anomaly.CaseEntry{Case: id})
	}
	findings := of(c, all, x.deskFindings())
	p := x.printer()
	if o.format == "json" {
		return a.writeCaseJSON(c, findings, asOf, o.redacted, p)
	}
	fmt.Fprintln(a.out, p.Say(caseLine(c, &x.context.Cases.Calendar)))
	a.writeCase(c, findings, asOf, o.redacted, p)
	return nil
}

func (a *app) writeCase(c *cases.Case, findings []anomaly.Finding, asOf anomaly.Date, redacted bool, p *locale.Printer) {
	fmt.Fprintln(a.out, p.Clauses(p.Say(anomaly.Msg("case.account", anomaly.TextArg("account", c.AccountID))),
		p.Say(anomaly.Msg("case.age", anomaly.CountArg("days", c.Age(asOf)), anomaly.DateArg("opened", c.Opened)))))
	fmt.Fprintln(a.out)
	for i := range c.Entries {
		writeEntry(a, p, &c.Entries[i], redacted)
	}
	for i := range c.Promises {
		pr := &c.Promises[i]
		key := "case.promise"
		switch {
		case pr.Answer:
			key = "case.promise_answer"
		case pr.Joint:
			key = "case.promise_joint"
		}
		fmt.Fprintln(a.out, p.Say(anomaly.Msg(key, anomaly.DateArg("due", pr.Due), weekdayArg("day", pr.Due),
			anomaly.TermArg("state", "promise."+string(c.PromiseState(pr, asOf))))))
	}
	if len(findings) == 0 {
		return
	}
	fmt.Fprintf(a.out, "\n%s\n", p.Text("case.findings"))
	for i := range findings {
		f := &findings[i]
		fmt.Fprintf(a.out, "%s  %s\n", f.Check, p.Say(f.Message))
	}
	for i := range findings {
		if f := &findings[i]; f.Message.Key == "E02.unverifiable" {
			for _, arg := range f.Message.Args {
				if arg.Name == "due" {
					fmt.Fprintf(a.out, "\n%s\n", p.Say(anomaly.Msg("case.wording", arg)))
				}
			}
		}
	}
}

func writeEntry(a *app, p *locale.Printer, e *anomaly.CaseEntry, redacted bool) {
	line := p.Date(e.On)
	if e.Time != "" {
		line += " " + e.Time
	}
	line += "  " + p.Term("entry."+string(e.Kind))
	if e.Outcome != "" {
		line = p.Label(line, p.Term(e.Outcome))
	}
	if !e.Due.IsZero() {
		line += " -> " + p.Date(e.Due)
	}
	if !redacted {
		for _, more := range []string{e.By, e.Note} {
			if more != "" {
				line += "  [" + more + "]"
			}
		}
	}
	fmt.Fprintln(a.out, line)
	if !redacted {
		for text := range strings.Lines(e.Text) {
			fmt.Fprintf(a.out, "    %s\n", strings.TrimRight(text, "\n"))
		}
	}
}

func (a *app) writeCaseJSON(c *cases.Case, findings []anomaly.Finding, asOf anomaly.Date, redacted bool, p *locale.Printer) error {
	j := caseJSON(c, asOf)
	if !redacted {
		j.Topic = c.Topic
	}
	for i := range c.Entries {
		e := &c.Entries[i]
		entry := jsonEntry{Seq: e.Seq, On: e.On.String(), Time: e.Time, Kind: string(e.Kind), Due: e.Due.String(), Outcome: e.Outcome}
		if !redacted {
			entry.By, entry.Facts, entry.Text = e.By, e.Note, e.Text
		}
		j.Entries = append(j.Entries, entry)
	}
	for i := range findings {
		f := &findings[i]
		j.Findings = append(j.Findings, jsonDesk{f.Check, f.Ref, string(f.Action), p.Say(f.Message)})
	}
	return a.writeJSON(j)
}

func newCaseFeedbackCommand(a *app) *cobra.Command {
	var o caseViewOptions
	cmd := &cobra.Command{
		Use: "feedback",
		Example: `  whybill case feedback
  whybill case feedback --as-of 2026-04-30 --format json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.runCaseFeedback(cmd.Context(), &o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.asOf, "as-of", "", "")
	f.StringVarP(&o.format, "format", "f", "text", "")
	f.BoolVar(&o.redacted, "redacted", false, "")
	completeFlag(cmd, "format", checkFormats)
	return cmd
}

func (a *app) runCaseFeedback(ctx context.Context, o *caseViewOptions) error {
	asOf, err := a.caseFlags(o)
	if err != nil {
		return err
	}
	all, err := a.allCases(ctx, asOf)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(c cases.Case) bool { return !c.Feedback })
	slices.SortStableFunc(all, func(x, y cases.Case) int {
		answered := func(c *cases.Case) int {
			if c.Answered.IsZero() {
				return 0
			}
			return 1
		}
		return cmp.Or(answered(&x)-answered(&y), cmp.Compare(x.Opened, y.Opened), strings.Compare(x.ID, y.ID))
	})
	if o.format == "json" {
		out := []jsonCase{}
		for i := range all {
			j := caseJSON(&all[i], asOf)
			if o.redacted {
				j.Case, j.Account = all[i].Reference(), ""
			}
			out = append(out, j)
		}
		return a.writeJSON(out)
	}
	p := a.printer()
	if len(all) == 0 {
		fmt.Fprintln(a.out, p.Text("feedback.none"))
		return nil
	}
	for i := range all {
		c := &all[i]
		says := anomaly.Msg("feedback.unanswered", anomaly.CountArg("days", c.Age(asOf)))
		if !c.Answered.IsZero() {
			says = anomaly.Msg("feedback.answered", anomaly.CountArg("days", c.Answered.Sub(c.Opened)))
		}
		line := c.ID + "  " + c.AccountID
		if o.redacted {
			line = cmp.Or(c.Reference(), "-")
		}
		fmt.Fprintf(a.out, "%s  %s  %s\n", line, p.Date(c.Opened), p.Say(says))
	}
	return nil
}

func newCaseRulesCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "rules",
		Example: "  whybill case rules > rules.toml",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := a.out.Write(cases.DefaultFile())
			return err
		},
	}
}
