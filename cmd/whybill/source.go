package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"whybill/anomaly"
	"whybill/anomaly/locale"
	"whybill/anomaly/pipeline"
	"whybill/anomaly/store"
	"whybill/anomaly/tariff"
	"whybill/importers"
	"whybill/importers/field"
	"whybill/importers/mapping"
	"whybill/importers/sniff"
)

// fileOptions say how files are read where they do not say it themselves.
type fileOptions struct {
	encoding    string
	delimiter   string
	columns     []string
	kind        string
	periodEnd   string
	dateOrder   string
	decimalMark string
	service     string
	unit        string
	currency    string
	mapping     string
	repair      []string
	// rejects is the file for rows that are left out of an answer that is made straight from
	// files; "" and "-" keep none. strict gives no answer where any is left out.
	rejects string
	strict  bool
}

func (o *fileOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.encoding, "encoding", "", "")
	flags.StringVar(&o.delimiter, "delimiter", "", "")
	flags.StringSliceVar(&o.columns, "columns", nil, "")
	flags.StringVar(&o.kind, "kind", "", "")
	flags.StringVar(&o.periodEnd, "period-end", "auto", "")
	flags.StringVar(&o.dateOrder, "date-order", "", "")
	flags.StringVar(&o.decimalMark, "decimal-mark", "", "")
	flags.StringVar(&o.service, "service", "", "")
	flags.StringVar(&o.unit, "unit", "", "")
	flags.StringVar(&o.currency, "currency", "", "")
	flags.StringVar(&o.mapping, "mapping", "", "")
	flags.StringSliceVar(&o.repair, "repair", nil, "")
}

// The values that flags have and nothing else lists.
var (
	serviceNames  = []string{"electricity", "water", "gas", "broadband"}
	languageNames = []string{string(locale.English), string(locale.Traditional), string(locale.Simplified)}
	encodingNames = []string{"utf-8", "utf-16le", "utf-16be", "big5", "gb18030", "windows-1252"}
)

func tableNames() []string {
	names := make([]string, len(sniff.Kinds))
	for i, k := range sniff.Kinds {
		names[i] = k.String()
	}
	return names
}

// importerOptions checks the flags and puts them into the importers' terms.
func (a *app) importerOptions(o *fileOptions) (importers.Options, error) {
	opt := importers.Options{Columns: o.columns, Unit: o.unit, Currency: strings.ToUpper(o.currency), Today: a.today(), Stdin: a.in}
	var ok bool
	if opt.Encoding, ok = sniff.ParseEncoding(o.encoding); o.encoding != "" && !ok {
		return opt, noSuch("encoding", o.encoding, encodingNames...)
	}
	switch o.delimiter {
	case "comma":
		opt.Delimiter = ","
	case "semicolon":
		opt.Delimiter = ";"
	case "tab", `\t`:
		opt.Delimiter = "\t"
	case "pipe":
		opt.Delimiter = "|"
	default:
		opt.Delimiter = o.delimiter
	}
	if o.kind != "" {
		if opt.Kind, ok = sniff.ParseKind(o.kind); !ok {
			return opt, noSuch("table", o.kind, tableNames()...)
		}
	}
	if opt.PeriodEnd, ok = importers.ParsePeriodEnd(o.periodEnd); !ok {
		return opt, notOneOf("--period-end", o.periodEnd, "auto", "exclusive", "inclusive")
	}
	if opt.DateOrder, ok = field.ParseOrder(o.dateOrder); o.dateOrder != "" && !ok {
		return opt, notOneOf("--date-order", o.dateOrder, "ymd", "dmy", "mdy", "roc", "excel1904")
	}
	if opt.DecimalMark, ok = field.ParseMark(o.decimalMark); o.decimalMark != "" && !ok {
		return opt, notOneOf("--decimal-mark", o.decimalMark, "point", "comma")
	}
	if o.service != "" {
		if opt.Service, ok = anomaly.ParseService(o.service); !ok {
			return opt, noSuch("service", o.service, serviceNames...)
		}
	}
	for _, fault := range o.repair {
		if !slices.Contains(importers.Repairs, fault) {
			return opt, noSuch("fault", fault, importers.Repairs...)
		}
	}
	opt.Repair = o.repair
	var err error
	if o.mapping != "" {
		opt.Mapping, err = readMapping(o.mapping)
	}
	return opt, err
}

func readMapping(path string) (*mapping.Mapping, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m, err := mapping.Parse(data, path)
	var fault *mapping.Error
	if errors.As(err, &fault) {
		return nil, &importers.Error{File: path, Message: fault.Message(), Err: err}
	}
	return m, err
}

// newContext is what assessments need beyond the accounts' own histories.
func (a *app) newContext() (*anomaly.Context, error) {
	book, err := tariff.Builtin()
	if err != nil {
		return nil, err
	}
	config, err := a.configured()
	if err != nil {
		return nil, err
	}
	actx := &anomaly.Context{Pricer: book}
	config.takeOver(actx)
	return actx, nil
}

// openSource opens what a batch runs over: the files, or the database where none is
// named. accounts is how many there are, 0 where that is not known beforehand.
func (a *app) openSource(ctx context.Context, o *fileOptions, paths []string) (src pipeline.Source, actx *anomaly.Context, accounts int, closeSource func(), err error) {
	if actx, err = a.newContext(); err != nil {
		return nil, nil, 0, nil, err
	}
	if len(paths) > 0 {
		spool, err := a.readFiles(ctx, o, paths)
		if err != nil {
			return nil, nil, 0, nil, err
		}
		actx.Weather = spool.Weather()
		return spool, actx, 0, func() { _ = spool.Close() }, nil
	}
	s, err := a.openStore(ctx, store.Options{ReadOnly: true, MustExist: true})
	if err != nil {
		return nil, nil, 0, nil, err
	}
	if actx.Weather, err = s.Weather(ctx); err == nil {
		err = learnt(ctx, s, actx)
	}
	if err != nil {
		return nil, nil, 0, nil, errors.Join(err, s.Close())
	}
	return s, actx, 0, func() { _ = s.Close() }, nil
}

func (a *app) openStore(ctx context.Context, opt store.Options) (*store.Store, error) {
	path, err := a.dbPath()
	if err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, path, opt)
	var fault *store.Error
	if opt.ReadOnly && errors.As(err, &fault) && fault.Code == store.Older {
		// Written by an earlier version: brought up to date once, then read.
		update, err := store.Open(ctx, path, store.Options{MustExist: true})
		if err != nil {
			return nil, err
		}
		if err := update.Close(); err != nil {
			return nil, err
		}
		return store.Open(ctx, path, opt)
	}
	return s, err
}

// readFiles reads files into a spool and reports what could not be read.
func (a *app) readFiles(ctx context.Context, o *fileOptions, paths []string) (*pipeline.Spool, error) {
	opt, err := a.importerOptions(o)
	if err != nil {
		return nil, err
	}
	set, err := importers.Open(ctx, paths, opt)
	if err != nil {
		return nil, err
	}
	defer set.Close()
	var total int64
	for _, f := range set.Files() {
		total += f.Bytes
	}
	problems := newProblemReport(a)
	spool := pipeline.NewSpool(0)
	progress := a.startProgress("reading", "bytes", total)
	named := 0
	for _, f := range set.Files() {
		left := &rejects{set: set, file: f, wish: o.rejects, named: &named, print: a.printer(), rejectsOnly: true}
		if left.wish == "" {
			left.wish = "-"
		}
		err = set.EachOf(ctx, f, func(b *importers.Batch) error {
			problems.add(b)
			progress.set(problems.bytes())
			if err := left.add(ctx, b); err != nil {
				return err
			}
			return spool.Add(&b.Rows)
		})
		if err = errors.Join(err, left.close(a)); err != nil {
			break
		}
	}
	progress.end()
	if err == nil && o.strict && problems.rejected > 0 {
		problems.print()
		err = &importers.Error{Message: anomaly.Msg("batch.strict"), Hint: anomaly.Msg("batch.strict_hint")}
	}
	if err != nil {
		return nil, errors.Join(err, spool.Close())
	}
	for _, f := range set.Files() {
		a.remarkFile(f)
	}
	problems.print()
	return spool, nil
}

// remarkFile says what was assumed about a file.
func (a *app) remarkFile(f *importers.FileInfo) {
	p := a.printer()
	for _, note := range f.Notes {
		a.remark("%s: %s", f.Name, note)
	}
	if len(f.Unknown) > 0 {
		a.remark("%s", p.Say(anomaly.Msg("cmd.unknown_columns", anomaly.TextArg("file", f.Name), anomaly.TextArg("columns", strings.Join(f.Unknown, ", ")))))
	}
	if len(f.Skipped) > 0 {
		a.remark("%s", p.Say(anomaly.Msg("cmd.sheets_skipped", anomaly.TextArg("file", f.Name), anomaly.TextArg("sheets", strings.Join(f.Skipped, ", ")))))
	}
	if f.End.Assumed {
		a.remark("%s", p.Say(anomaly.Msg("cmd.end_assumed", anomaly.TextArg("file", f.Name), anomaly.TermArg("end", "period_end."+f.End.End.String()))))
	}
}

// problemReport collects what could not be read: counts for every reason, the first
// few rows in full.
type problemReport struct {
	app      *app
	read     int
	rejected int
	done     map[string]int64 // bytes by file
	order    []string         // reasons as they came
	byReason map[string]*reasonCount
}

type reasonCount struct {
	rejected bool
	count    int
	first    []importers.Problem
}

const shownProblems = 3

func newProblemReport(a *app) *problemReport {
	return &problemReport{app: a, done: map[string]int64{}, byReason: map[string]*reasonCount{}}
}

func (r *problemReport) add(b *importers.Batch) {
	r.read += b.Read
	r.done[b.File] = b.Bytes
	for i := range b.Problems {
		x := b.Problems[i]
		if x.Rejected && (i == 0 || !b.Problems[i-1].Rejected || b.Problems[i-1].Row != x.Row) {
			r.rejected++
		}
		c := r.byReason[x.Reason.Key]
		if c == nil {
			c = &reasonCount{rejected: x.Rejected}
			key := strings.Clone(x.Reason.Key)
			r.byReason[key] = c
			r.order = append(r.order, key)
		}
		c.count++
		if len(c.first) < shownProblems {
			x.File, x.Column, x.Value = strings.Clone(x.File), strings.Clone(x.Column), strings.Clone(x.Value)
			args := make([]anomaly.Arg, len(x.Reason.Args))
			for j, arg := range x.Reason.Args {
				arg.Text = strings.Clone(arg.Text)
				args[j] = arg
			}
			x.Reason.Args = args
			x.Raw = ""
			c.first = append(c.first, x)
		}
	}
}

func (r *problemReport) bytes() int64 {
	var sum int64
	for _, n := range r.done {
		sum += n
	}
	return sum
}

// print says on standard error what could not be read: also where --quiet, for what is
// left out of the answer is no mere remark.
func (r *problemReport) print() {
	p := r.app.printer()
	for _, key := range r.order {
		c := r.byReason[key]
		if !c.rejected && r.app.global.quiet {
			continue
		}
		for i := range c.first {
			fmt.Fprintf(r.app.err, "%s\n", problemLine(p.Say, &c.first[i]))
		}
		if more := c.count - len(c.first); more > 0 {
			fmt.Fprintf(r.app.err, "  %s\n", p.Say(anomaly.Msg("cmd.more_problems", anomaly.CountArg("more", more))))
		}
	}
	if r.rejected > 0 {
		fmt.Fprintf(r.app.err, "%s\n", p.Say(anomaly.Msg("cmd.rejected", anomaly.CountArg("rejected", r.rejected), anomaly.CountArg("read", r.read))))
	}
}

// problemLine is `file:row: column: reason: "value"`.
func problemLine(say func(anomaly.Message) string, x *importers.Problem) string {
	where := x.File
	if x.Row > 0 {
		where += fmt.Sprintf(":%d", x.Row)
	}
	if x.Column != "" {
		where += ": " + x.Column
	}
	text := where + ": " + say(x.Reason)
	if x.Value != "" {
		text += fmt.Sprintf(": %q", x.Value)
	}
	return text
}
