package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"whybill/anomaly"
	"whybill/anomaly/check"
	"whybill/anomaly/store"
)

// disputeOptions say which usage is in dispute: an account's, or a figure.
type disputeOptions struct {
	usage, bill, asOf string
	days              int
	service           string
	format            string
}

func (o *disputeOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.usage, "usage-in-dispute", "", "the `usage` that nobody can account for, instead of an account")
	flags.IntVar(&o.days, "days", 60, "over how many days --usage-in-dispute was used")
	flags.StringVar(&o.service, "service", "electricity", "the `service` of --usage-in-dispute")
	flags.StringVar(&o.bill, "bill", "", "the account's bill, by `id` or first day (default: the latest as of --as-of)")
	flags.StringVar(&o.asOf, "as-of", "", "the account's latest bill as of this `date` (default today)")
	flags.StringVarP(&o.format, "format", "f", "text", "`format`: text or json")
}

type selftestOptions struct {
	dispute disputeOptions
	on      string
	noStore bool
	fields  map[string]*string
	extra   []string
}

// testFields are the flags that become key=value pairs of the event as they are.
var testFields = []struct{ name, usage string }{
	{"watch", "what was watched: register, disc or led"},
	{"resolution", "the register's smallest `step`, in units (1)"},
	{"constant", "revolutions or impulses a unit"},
	{"minutes", "for how many minutes"},
	{"counts", "how many steps, revolutions or impulses were counted"},
	{"main", "the main switch during the test: on or off"},
	{"branches", "the branch switches: on or off"},
	{"branch", "the one `circuit` that was on"},
	{"stops-with", "whose supply the meter stopped with: neighbour"},
	{"witness", "who saw it"},
}

// testChoices are the values of flags that have only these.
var testChoices = map[string][]string{
	"watch": {check.WatchRegister, check.WatchDisc, check.WatchLED}, "main": {"on", "off"}, "branches": {"on", "off"},
	"stops-with": {"neighbour", "own"},
}

func newSelftestCommand(a *app) *cobra.Command {
	o := selftestOptions{fields: map[string]*string{}}
	cmd := &cobra.Command{
		Use:     "selftest [ACCOUNT]",
		GroupID: "answer",
		Short:   "What a breaker-off test found, and what it means",
		Long: `selftest takes what a customer saw with the main switch off and says what it means: the
power found with its interval, the smallest power that this test could have seen, and
what that means for the usage in dispute. A test that could not have seen what it
looked for is called inconclusive, and how long it would have to take is said.

For an account the test is stored as evidence (--no-store leaves it out); check weighs it from then on.
` + exitStatusHelp,
		Example: `  whybill selftest --usage-in-dispute 293 --days 59 --watch register --minutes 20 --counts 0 --main off
  whybill selftest --usage-in-dispute 293 --days 59 --watch led --constant 1600 --minutes 20 --counts 110 --main off
  whybill selftest 0712345602 --watch disc --constant 600 --minutes 20 --counts 0 --main off --witness neighbour
  whybill selftest plan --usage-in-dispute 293 --days 59`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.runSelftest(cmd.Context(), &o, args) },
	}
	flags := cmd.Flags()
	o.dispute.addFlags(flags)
	for _, f := range testFields {
		o.fields[f.name] = flags.String(f.name, "", f.usage)
	}
	flags.StringArrayVar(&o.extra, "field", nil, "another field of the form, as `NAME=VALUE` (meter_make=..., serial=...); repeatable")
	flags.StringVar(&o.on, "on", "", "the `day` of the test (default: --as-of)")
	flags.BoolVar(&o.noStore, "no-store", false, "do not store the test as evidence")
	completeFlag(cmd, "watch", []string{check.WatchRegister, check.WatchDisc, check.WatchLED})
	cmd.AddCommand(newSelftestPlanCommand(a))
	return cmd
}

func newSelftestPlanCommand(a *app) *cobra.Command {
	var o disputeOptions
	cmd := &cobra.Command{
		Use:   "plan [ACCOUNT]",
		Short: "How to do the test so that it can see what it must",
		Long: `plan prints, in the customer's language (--lang), what to watch and for how long so that
the test can see the usage in dispute, with the safety line first and the form that a
legal test asks for last.
` + exitStatusHelp,
		Example: `  whybill selftest plan --usage-in-dispute 293 --days 59
  whybill selftest plan 0712345602 --lang zh-TW`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.runSelftestPlan(cmd.Context(), &o, args) },
	}
	o.addFlags(cmd.Flags())
	return cmd
}

// dispute is the bill that a test is about.
type dispute struct {
	account *account // nil where none was named
	history *anomaly.History
	bill    int
	asOf    anomaly.Date
	// given is the usage in dispute where the user gave one.
	given anomaly.UnexplainedRange
}

func (d *dispute) close(err error) error {
	if d.account == nil {
		return err
	}
	return d.account.close(err)
}

// openDispute finds the bill in dispute, or makes one of the figure that was given.
func (a *app) openDispute(ctx context.Context, o *disputeOptions, args []string, write bool) (*dispute, error) {
	if err := a.checkGlobal(); err != nil {
		return nil, err
	}
	if !oneOf(o.format, checkFormats...) {
		return nil, usagef("the formats are text and json", "there is no format %q", o.format)
	}
	asOf, err := a.asOf(o.asOf)
	if err != nil {
		return nil, err
	}
	d := &dispute{asOf: asOf}
	if o.usage != "" {
		usage, err := anomaly.ParseDecimal(o.usage)
		if err != nil || !usage.IsPos() {
			return nil, usagef("for example: --usage-in-dispute 293", "--usage-in-dispute: %q is not a usage", o.usage)
		}
		service, ok := anomaly.ParseService(o.service)
		if !ok {
			return nil, usagef("the services are electricity, water, gas and broadband", "there is no service %q", o.service)
		}
		if o.days < 1 {
			return nil, usagef("", "--days is at least 1, not %d", o.days)
		}
		d.given = anomaly.UnexplainedRange{Known: true, Low: anomaly.Float(usage), Middle: anomaly.Float(usage), High: anomaly.Float(usage)}
		if len(args) == 0 {
			d.history = &anomaly.History{
				Account: anomaly.Account{ID: "-", Service: service},
				Bills:   []anomaly.Bill{{AccountID: "-", Period: anomaly.Period{Start: asOf.AddDays(-o.days), End: asOf}, Usage: usage}},
			}
			return d, nil
		}
	}
	if len(args) == 0 {
		return nil, usagef("for example: --usage-in-dispute 293 --days 59", "name an account, or a usage with --usage-in-dispute")
	}
	if d.account, err = a.openAccount(ctx, args[0], accountOptions{asOf: o.asOf, write: write}); err != nil {
		return nil, err
	}
	d.history = d.account.history
	if d.bill, err = d.account.bill(o.bill); err != nil {
		return nil, d.close(err)
	}
	return d, nil
}

func (a *app) runSelftest(ctx context.Context, o *selftestOptions, args []string) (err error) {
	d, err := a.openDispute(ctx, &o.dispute, args, len(args) > 0 && !o.noStore)
	if err != nil {
		return err
	}
	defer func() { err = d.close(err) }()
	event, err := o.event(d)
	if err != nil {
		return err
	}
	if _, missing := check.ParseSelftest(event, d.history.MeterAt(d.history.Bills[d.bill].MeterID, event.At)); len(missing) > 0 {
		return usagef("whybill selftest --help shows examples", "the test says nothing without: %s", strings.Join(missing, ", "))
	}
	d.history.Events = append(d.history.Events, *event)
	findings, verdict := d.judge(event)
	if d.account != nil && !o.noStore {
		if err := storeEvent(ctx, d.account.store, event, a.today()); err != nil {
			return err
		}
	}
	p := a.printer()
	if o.dispute.format == "json" {
		return a.writeTestJSON(findings, verdict)
	}
	for i := range findings {
		fmt.Fprintf(a.out, "%s  %s\n", findings[i].Check, p.Say(findings[i].Message))
	}
	if verdict != nil {
		fmt.Fprintln(a.out, p.Say(anomaly.Msg("cmd.selftest.next", anomaly.TermArg("action", string(verdict.Action)))))
	}
	return nil
}

// event puts the flags into the form in which tests are stored.
func (o *selftestOptions) event(d *dispute) (*anomaly.Event, error) {
	on := d.asOf
	if o.on != "" {
		var err error
		if on, err = anomaly.ParseDate(o.on); err != nil {
			return nil, usagef("", "--on: %v", err)
		}
		if on > d.asOf {
			return nil, usagef("give --as-of a day on which the test was done already", "--on %s is after %s, as of which the bill is judged", on, d.asOf)
		}
	}
	var note []string
	for _, f := range testFields {
		value := strings.TrimSpace(*o.fields[f.name])
		if value == "" {
			continue
		}
		if oneOf(f.name, "resolution", "constant", "minutes", "counts") {
			if n, err := strconv.ParseFloat(value, 64); err != nil || n < 0 {
				return nil, usagef("", "--%s: %q is not a number, or below zero", f.name, value)
			}
		}
		if choices := testChoices[f.name]; choices != nil && !oneOf(value, choices...) {
			return nil, usagef("", "--%s is %s, not %q", f.name, strings.Join(choices, " or "), value)
		}
		note = append(note, pair(strings.ReplaceAll(f.name, "-", "_"), value))
	}
	for _, text := range o.extra {
		key, value, ok := strings.Cut(text, "=")
		if !ok || key == "" || strings.ContainsAny(key, " \"") {
			return nil, usagef("write it as serial=12345", "--field: %q is not NAME=VALUE", text)
		}
		note = append(note, pair(key, value))
	}
	return &anomaly.Event{
		AccountID: d.history.Account.ID, At: on, Kind: anomaly.EventSelftest, Note: strings.Join(note, " "),
		By: "customer", Source: anomaly.Source{File: "selftest", Row: 1},
	}, nil
}

// pair writes key=value as an event's note has it.
func pair(key, value string) string {
	value = strings.ReplaceAll(value, `"`, "'")
	if strings.ContainsAny(value, " \t;") {
		value = `"` + value + `"`
	}
	return key + "=" + value
}

// judge returns what the checks say of the test and, for an account, the new verdict.
func (d *dispute) judge(event *anomaly.Event) (findings []anomaly.Finding, verdict *anomaly.Verdict) {
	var all []anomaly.Finding
	if d.account != nil {
		x := d.account.assessor().AssessBill(d.history, d.bill, d.asOf)
		all, verdict = x.Findings, &x.Verdict
	} else {
		in := &check.Input{History: d.history, Bill: d.bill, Unexplained: d.given, AsOf: d.asOf}
		var found check.Result
		for _, id := range []string{"M02", "M03", "M04", "M05", "M06", "M01"} {
			check.RunOne(id, in, &found)
		}
		all = found.Findings
	}
	for _, f := range all {
		for _, source := range f.Evidence {
			if strings.HasPrefix(f.Check, "M") && source == event.Source {
				findings = append(findings, f)
				break
			}
		}
	}
	return findings, verdict
}

func (a *app) writeTestJSON(findings []anomaly.Finding, verdict *anomaly.Verdict) error {
	p := a.printer()
	type jsonFinding struct {
		ID      string   `json:"id"`
		Action  string   `json:"action"`
		Usage   *float64 `json:"usage"`
		Message string   `json:"message"`
	}
	out := struct {
		Findings []jsonFinding `json:"findings"`
		Action   string        `json:"action,omitempty"`
	}{Findings: []jsonFinding{}}
	for i := range findings {
		f := &findings[i]
		j := jsonFinding{ID: f.Check, Action: string(f.Action), Message: p.Say(f.Message)}
		if f.Usage.Valid {
			j.Usage = &f.Usage.Value
		}
		out.Findings = append(out.Findings, j)
	}
	if verdict != nil {
		out.Action = string(verdict.Action)
	}
	enc := json.NewEncoder(a.out)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

// storeEvent keeps an event that came from the command line: as an import of one row,
// so that the same event twice is stored once.
func storeEvent(ctx context.Context, s *store.Store, e *anomaly.Event, today anomaly.Date) error {
	sum := sha256.Sum256([]byte(e.AccountID + "\x00" + e.At.String() + "\x00" + e.Kind + "\x00" + e.Note))
	im, err := s.Begin(ctx, store.File{Name: e.Source.File, Hash: hex.EncodeToString(sum[:]), On: today})
	var again *store.AlreadyImported
	if errors.As(err, &again) {
		return nil
	}
	if err != nil {
		return err
	}
	defer im.Rollback()
	if err := im.Add(ctx, &anomaly.Rows{Events: []anomaly.Event{*e}}); err != nil {
		return err
	}
	_, err = im.Commit(ctx, nil)
	return err
}

func (a *app) runSelftestPlan(ctx context.Context, o *disputeOptions, args []string) (err error) {
	d, err := a.openDispute(ctx, o, args, false)
	if err != nil {
		return err
	}
	defer func() { err = d.close(err) }()
	b := &d.history.Bills[d.bill]
	disputed := d.given.Middle
	if !d.given.Known {
		x := d.account.assessor().AssessBill(d.history, d.bill, d.asOf)
		disputed = max(0, x.Unexplained.Middle)
		for _, f := range x.Findings {
			// What the customer's own figures leave over goes before the estimate's.
			if f.Check == "U06" && f.Usage.Valid && f.Usage.Value > 0 {
				disputed = f.Usage.Value
				break
			}
		}
	}
	plan := check.PlanSelftest(d.history.Account.Service, disputed, b.Period.Days(), d.history.MeterAt(b.MeterID, b.Period.End), nil)
	p := a.printer()
	if d.history.Account.Service == anomaly.Electricity && plan.Disputed > 0 {
		fmt.Fprintln(a.out, p.Say(anomaly.Msg("cmd.selftest.sought", anomaly.UsageArg("usage", disputed, d.history.Unit(), 0),
			anomaly.CountArg("days", b.Period.Days()), anomaly.WattsArg("power", 1000*plan.Disputed))))
		fmt.Fprintln(a.out)
	}
	for i, step := range plan.Steps {
		if i == 0 {
			fmt.Fprintf(a.out, "%s\n\n", p.Say(step))
			continue
		}
		fmt.Fprintf(a.out, "%d. %s\n", i, p.Say(step))
	}
	fmt.Fprintf(a.out, "\n%s\n", p.Text("cmd.selftest.form"))
	for _, field := range plan.Form {
		fmt.Fprintf(a.out, "  %s: ____________\n", p.Term("field."+field))
	}
	return nil
}
