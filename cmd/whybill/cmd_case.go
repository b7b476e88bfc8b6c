package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"whybill/anomaly"
	"whybill/anomaly/cases"
	"whybill/anomaly/check"
	"whybill/anomaly/store"
)

func newCaseCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "case",
		GroupID: "answer",
		Args:    subcommands,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		newCaseOpenCommand(a), newCaseApplicationCommand(a), newCaseNoteCommand(a), newCasePromiseCommand(a), newCaseVisitCommand(a),
		newCaseEvidenceCommand(a), newCaseClaimCommand(a), newCaseCloseCommand(a), newCaseReopenCommand(a),
		newCaseListCommand(a), newCaseShowCommand(a), newCaseFeedbackCommand(a), newCaseRulesCommand(a),
	)
	return cmd
}

// entryOptions are the flags of every command that adds an entry.
type entryOptions struct {
	on, by, text string
	fields       []string
}

func (o *entryOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.on, "on", "", "")
	flags.StringVar(&o.by, "by", "", "")
	flags.StringVar(&o.text, "text", "", "")
	flags.StringArrayVar(&o.fields, "field", nil, "")
}

// entering is one entry in the making.
type entering struct {
	app   *app
	x     *account
	case_ *cases.Case  // nil when a case is opened
	all   []cases.Case // the account's
	entry anomaly.CaseEntry
	learn *anomaly.Inspection
}

// fact adds a key=value pair to the entry where there is a value.
func (e *entering) fact(key, value string) {
	if value = strings.TrimSpace(value); value != "" {
		e.entry.Note = strings.TrimSpace(e.entry.Note + " " + pair(key, value))
	}
}

func (e *entering) yes(key string, set bool) {
	if set {
		e.fact(key, "yes")
	}
}

// enter adds an entry to a case, or opens one on an account. fill makes it up from the
// command's own flags; it is called while nobody else can add to the ledger.
func (a *app) enter(ctx context.Context, o *entryOptions, id string, kind anomaly.CaseKind, fill func(e *entering) error) (err error) {
	accountID := id
	if !kind.Begins() {
		if accountID, err = a.accountOf(ctx, id); err != nil {
			return err
		}
	}
	x, err := a.openAccount(ctx, accountID, accountOptions{write: true})
	if err != nil {
		return err
	}
	defer func() { err = x.close(err) }()
	rules := x.context.Cases
	e := entering{app: a, x: x, entry: anomaly.CaseEntry{Kind: kind, AccountID: accountID, By: a.user(o.by), On: a.today(), Text: o.text}}
	if o.on != "" {
		if e.entry.On, e.entry.Time, err = cases.When(o.on, &rules.Calendar); err != nil {
			return badFlag("--on", err)
		}
	}
	x.asOf = e.entry.On
	for _, text := range o.fields {
		key, value, ok := strings.Cut(text, "=")
		if !ok || key == "" || strings.ContainsAny(key, " \"") {
			return misuse("field", quoted("value", text), anomaly.TextArg("example", "crew=T7"))
		}
		e.fact(key, value)
	}
	added, err := x.store.AppendCase(ctx, accountID, func(ledger []anomaly.CaseEntry, next int64) (store.NewCaseEntry, error) {
		// Whoever wrote last may have changed what this entry rests on.
		h, err := x.store.History(ctx, accountID)
		if err != nil {
			return store.NewCaseEntry{}, err
		}
		x.history = h
		all := cases.Of(h, ledger, rules, 0)
		e.all = all
		e.entry.Case = id
		if e.entry.Kind.Begins() {
			e.entry.Case = fmt.Sprintf("D-%d", next)
		} else if c, ok := cases.Find(all, id); ok {
			e.case_ = c
			e.entry.Bill = c.Bill
		}
		if err := fill(&e); err != nil {
			return store.NewCaseEntry{}, err
		}
		if e.entry.Kind.Begins() {
			e.case_, _ = cases.Find(all, e.entry.Case)
		}
		if err := cases.Check(e.case_, &e.entry); err != nil {
			return store.NewCaseEntry{}, err
		}
		return store.NewCaseEntry{Entry: e.entry, Inspection: e.learn}, nil
	})
	if err != nil {
		return err
	}
	return a.sayEntered(ctx, x, &added)
}

// accountOf returns the account that a case belongs to.
func (a *app) accountOf(ctx context.Context, id string) (_ string, err error) {
	s, err := a.openStore(ctx, store.Options{ReadOnly: true, MustExist: true})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	accounts, err := s.CaseAccounts(ctx, id)
	switch {
	case err != nil:
		return "", err
	case len(accounts) == 0:
		return "", cases.Check(nil, &anomaly.CaseEntry{Case: id})
	case len(accounts) > 1:
		return "", misuse("case_of_several", anomaly.TextArg("case", id), anomaly.TextArg("accounts", strings.Join(accounts, ", ")))
	}
	return accounts[0], nil
}

// user is who enters something.
func (a *app) user(by string) string {
	for _, name := range []string{by, a.env("WHYBILL_USER"), a.env("USER"), a.env("USERNAME")} {
		if name != "" {
			return name
		}
	}
	return "unknown"
}

// sayEntered prints where the case stands now, and what is wrong with what was entered.
func (a *app) sayEntered(ctx context.Context, x *account, added *anomaly.CaseEntry) error {
	all, err := x.cases(ctx)
	if err != nil {
		return err
	}
	c, ok := cases.Find(all, added.Case)
	if !ok {
		return fmt.Errorf("case %s is not in the ledger after it was written", added.Case)
	}
	p := x.printer()
	cal := &x.context.Cases.Calendar
	fmt.Fprintln(a.out, p.Say(caseLine(c, cal)))
	if added.Kind == anomaly.CaseNote && !added.Due.IsZero() && !cal.Works(added.Due) {
		open := cal.NextOpen(added.Due, "")
		fmt.Fprintln(a.out, p.Say(anomaly.Msg("case.due_closed", anomaly.DateArg("due", added.Due), weekdayArg("day", added.Due),
			anomaly.DateArg("open", open), weekdayArg("open_day", open), anomaly.TermArg("days_off", "days_off."+string(cal.DaysOff(added.Due-1, open))))))
	}
	for _, f := range x.deskFindings() {
		if slices.Contains(f.Evidence, added.Source) {
			fmt.Fprintf(a.out, "%s  %s\n", f.Check, p.Say(f.Message))
		}
	}
	return nil
}

// cases reads the account's history again and makes its cases of it and of the ledger.
func (x *account) cases(ctx context.Context) ([]cases.Case, error) {
	id := x.history.Account.ID
	h, err := x.store.History(ctx, id)
	if err != nil {
		return nil, err
	}
	x.history = h
	ledger, err := x.store.CaseEntries(ctx, id)
	if err != nil {
		return nil, err
	}
	return cases.Of(h, ledger, x.context.Cases, 0), nil
}

// deskFindings are what is wrong with how the account's disputes are handled.
func (x *account) deskFindings() []anomaly.Finding {
	var found check.Result
	check.RunDesk(&check.Input{History: x.history, Config: &x.config.engine, AsOf: x.asOf, Rules: x.context.Cases}, &found)
	return found.Findings
}

// of keeps the findings that are about one of the cases, or about none in particular.
func of(c *cases.Case, all []cases.Case, findings []anomaly.Finding) []anomaly.Finding {
	about := func(c *cases.Case, f *anomaly.Finding) bool {
		return slices.ContainsFunc(c.Entries, func(e anomaly.CaseEntry) bool { return slices.Contains(f.Evidence, e.Source) })
	}
	return slices.DeleteFunc(findings, func(f anomaly.Finding) bool {
		return !about(c, &f) && slices.ContainsFunc(all, func(other cases.Case) bool { return about(&other, &f) })
	})
}

// caseLine says where a case stands.
func caseLine(c *cases.Case, cal *anomaly.Calendar) anomaly.Message {
	id := anomaly.TextArg("case", c.ID)
	if c.State == cases.Closed {
		switch {
		case c.Application != "":
			return anomaly.Msg("case.now_decided", id)
		case c.Outcome == "":
			return anomaly.Msg("case.now_answered", id)
		}
		key := "case.now_closed"
		if c.Forced {
			key = "case.now_closed_forced"
		}
		return anomaly.Msg(key, id, anomaly.TermArg("outcome", c.Outcome))
	}
	rests := anomaly.DaysOffKnown // of a day that somebody named
	if !c.DueFrom.IsZero() {
		rests = cal.DaysOff(c.DueFrom, c.Due)
	}
	return anomaly.Msg("case.now", id, anomaly.TermArg("state", "state."+string(c.State)), anomaly.DateArg("due", c.Due),
		weekdayArg("day", c.Due), anomaly.TermArg("days_off", "days_off."+string(rests)))
}

func weekdayArg(name string, d anomaly.Date) anomaly.Arg {
	return anomaly.TermArg(name, "weekday."+d.Weekday().String())
}

// possible is what may be the cause of the bill in dispute, as of the entry's day;
// nothing where the account has no bill.
func (e *entering) possible(ctx context.Context) ([]anomaly.CauseProbability, error) {
	h := e.x.history
	bill := -1
	if e.case_ != nil && e.case_.Bill != "" {
		bill = h.BillIndex(e.case_.Bill)
	}
	if bill < 0 && e.case_ != nil {
		// The bill that there was when the customer complained, not one that came since.
		bill = h.LatestBill(e.case_.Opened)
	}
	if bill < 0 {
		return nil, nil
	}
	assessor, err := e.x.assessor(ctx)
	if err != nil {
		return nil, err
	}
	return assessor.AssessBill(h, bill, e.entry.On).Causes, nil
}

// closing reports why a case may not be closed as the entry says.
func (e *entering) closing(ctx context.Context) error {
	if e.case_ == nil || e.case_.State == cases.Closed {
		return nil // cases.Check says it
	}
	possible, err := e.possible(ctx)
	if err != nil {
		return err
	}
	return cases.Close(e.case_, &e.entry, possible, e.x.config.actionTable())
}
