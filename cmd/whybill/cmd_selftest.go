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
	"whybill/anomaly/locale"
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
	flags.StringVar(&o.usage, "usage-in-dispute", "", "")
	flags.IntVar(&o.days, "days", 60, "")
	flags.StringVar(&o.service, "service", "electricity", "")
	flags.StringVar(&o.bill, "bill", "", "")
	flags.StringVar(&o.asOf, "as-of", "", "")
	flags.StringVarP(&o.format, "format", "f", "text", "")
}

type selftestOptions struct {
	dispute disputeOptions
	on      string
	noStore bool
	fields  map[string]*string
	extra   []string
}

// testFields are the flags that become key=value pairs of the event as they are.
var testFields = []string{
	"watch", "resolution", "constant", "minutes", "counts", "main", "branches", "branch", "stops-with", "witness",
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
		Example: `  whybill selftest --usage-in-dispute 293 --days 59 --watch register --minutes 20 --counts 0 --main off
  whybill selftest --usage-in-dispute 293 --days 59 --watch led --constant 1600 --minutes 20 --counts 110 --main off
  whybill selftest 0712345602 --watch disc --constant 600 --minutes 20 --counts 0 --main off --witness neighbour
  whybill selftest --usage-in-dispute 20 --days 60 --service water --watch register --resolution 0.0001 --minutes 20 --counts 0 --main on --branches off
  whybill selftest plan --usage-in-dispute 293 --days 59`,
		Args: atMostOne,
		RunE: func(cmd *cobra.Command, args []string) error { return a.runSelftest(cmd.Context(), &o, args) },
	}
	flags := cmd.Flags()
	o.dispute.addFlags(flags)
	for _, name := range testFields {
		o.fields[name] = flags.String(name, "", "")
	}
	flags.StringArrayVar(&o.extra, "field", nil, "")
	flags.StringVar(&o.on, "on", "", "")
	flags.BoolVar(&o.noStore, "no-store", false, "")
	completeFlag(cmd, "watch", []string{check.WatchRegister, check.WatchDisc, check.WatchLED})
	cmd.AddCommand(newSelftestPlanCommand(a))
	return cmd
}

func newSelftestPlanCommand(a *app) *cobra.Command {
	var o disputeOptions
	cmd := &cobra.Command{
		Use: "plan [ACCOUNT]",
		Example: `  whybill selftest plan --usage-in-dispute 293 --days 59
  whybill selftest plan 0712345602 --lang zh-TW`,
		Args: atMostOne,
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
		return nil, noSuch("format", o.format, checkFormats...)
	}
	asOf, err := a.asOf(o.asOf)
	if err != nil {
		return nil, err
	}
	d := &dispute{asOf: asOf}
	if o.usage != "" {
		usage, err := anomaly.ParseDecimal(o.usage)
		if err != nil || !usage.IsPos() {
			return nil, misuse("number", anomaly.TextArg("flag", "--usage-in-dispute"), quoted("value", o.usage))
		}
		service, ok := anomaly.ParseService(o.service)
		if !ok {
			return nil, noSuch("service", o.service, serviceNames...)
		}
		if o.days < 1 {
			return nil, misuse("days", anomaly.NumberArg("value", float64(o.days), 0))
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
		return nil, misuse("no_dispute")
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
	if _, missing := check.ParseSelftest(event, d.history.Account.Service, d.history.MeterAt(d.history.Bills[d.bill].MeterID, event.At)); len(missing) > 0 {
		return misuse("selftest_missing", anomaly.TextArg("missing", strings.Join(missing, ", ")))
	}
	d.history.AddEvent(*event)
	findings, verdict, err := d.judge(ctx, event)
	if err != nil {
		return err
	}
	if d.account != nil && !o.noStore {
		if err := storeEvent(ctx, d.account.store, event, a.today()); err != nil {
			return err
		}
		a.remark("%s", a.printer().Text("cmd.selftest.stored"))
	}
	p := d.printer(a)
	if o.dispute.format == "json" {
		return a.writeTestJSON(findings, verdict, p)
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
			return nil, badFlag("--on", err)
		}
		if on > d.asOf {
			return nil, misuse("test_after", anomaly.DateArg("on", on), anomaly.DateArg("as_of", d.asOf))
		}
	}
	var note []string
	for _, name := range testFields {
		value := strings.TrimSpace(*o.fields[name])
		if value == "" {
			continue
		}
		if oneOf(name, "resolution", "constant", "minutes", "counts") {
			if n, err := strconv.ParseFloat(value, 64); err != nil || n < 0 {
				return nil, misuse("number", anomaly.TextArg("flag", "--"+name), quoted("value", value))
			}
		}
		if choices := testChoices[name]; choices != nil && !oneOf(value, choices...) {
			return nil, notOneOf("--"+name, value, choices...)
		}
		note = append(note, pair(strings.ReplaceAll(name, "-", "_"), value))
	}
	for _, text := range o.extra {
		key, value, ok := strings.Cut(text, "=")
		if !ok || key == "" || strings.ContainsAny(key, " \"") {
			return nil, misuse("field", quoted("value", text), anomaly.TextArg("example", "serial=12345"))
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

// printer writes what is said of the dispute, in the words of its service.
func (d *dispute) printer(a *app) *locale.Printer { return a.printer().For(d.history.Account.Service) }

// judge returns what the checks say of the test and, for an account, the new verdict.
func (d *dispute) judge(ctx context.Context, event *anomaly.Event) (findings []anomaly.Finding, verdict *anomaly.Verdict, err error) {
	var all []anomaly.Finding
	if d.account != nil {
		assessor, err := d.account.assessor(ctx)
		if err != nil {
			return nil, nil, err
		}
		x := assessor.AssessBill(d.history, d.bill, d.asOf)
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
	return findings, verdict, nil
}

func (a *app) writeTestJSON(findings []anomaly.Finding, verdict *anomaly.Verdict, p *locale.Printer) error {
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
	service := d.history.Account.Service
	if service == anomaly.Broadband {
		return misuse("selftest_broadband")
	}
	b := &d.history.Bills[d.bill]
	disputed := d.given.Middle
	if !d.given.Known {
		assessor, err := d.account.assessor(ctx)
		if err != nil {
			return err
		}
		x := assessor.AssessBill(d.history, d.bill, d.asOf)
		disputed = max(0, x.Unexplained.Middle)
		for _, f := range x.Findings {
			// What the customer's own figures leave over goes before the estimate's.
			if f.Check == "U06" && f.Usage.Valid && f.Usage.Value > 0 {
				disputed = f.Usage.Value
				break
			}
		}
	}
	plan := check.PlanSelftest(service, d.history.Unit(), disputed, b.Period.Days(), d.history.MeterAt(b.MeterID, b.Period.End), nil)
	p := d.printer(a)
	if plan.Disputed > 0 {
		fmt.Fprintln(a.out, p.Say(anomaly.Msg("cmd.selftest.sought", anomaly.UsageArg("usage", disputed, d.history.Unit(), 0),
			anomaly.CountArg("days", b.Period.Days()), check.RateArg("power", service, d.history.Unit(), plan.Disputed))))
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
		fmt.Fprintf(a.out, "  %s\n", p.Label(p.Term(check.FieldTerm(service, field)), "____________"))
	}
	return nil
}
