package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"whybill/anomaly"
	"whybill/anomaly/locale"
	"whybill/anomaly/store"
	"whybill/importers"
)

type importOptions struct {
	files      fileOptions
	rejects    string
	maxRejects string
	strict     bool
}

func newImportCommand(a *app) *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use:     "import FILE...",
		GroupID: "data",
		Example: `  whybill import accounts.csv bills.csv
  whybill import exports/
  whybill import --period-end inclusive bills.xlsx
  whybill import --mapping steg.toml --repair swapped-dates invoices.csv.gz
  zcat bills.csv.gz | whybill import -`,
		Args: atLeastOne("file", "whybill import bills.csv"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runImport(cmd.Context(), &o, args)
		},
	}
	o.addFlags(cmd.Flags())
	return cmd
}

func (o *importOptions) addFlags(flags *pflag.FlagSet) {
	o.files.addFlags(flags)
	flags.StringVar(&o.rejects, "rejects", "", "")
	flags.StringVar(&o.maxRejects, "max-rejects", "1%", "")
	flags.BoolVar(&o.strict, "strict", false, "")
}

func (a *app) runImport(ctx context.Context, o *importOptions, paths []string) (err error) {
	if err := a.checkGlobal(); err != nil {
		return err
	}
	limit, err := parsePercent("--max-rejects", o.maxRejects)
	if err != nil {
		return err
	}
	opt, err := a.importerOptions(&o.files)
	if err != nil {
		return err
	}
	opt.GoOn = !o.strict
	set, err := importers.Open(ctx, paths, opt)
	if err != nil {
		return err
	}
	defer set.Close()
	db, err := a.dbPath()
	if err != nil {
		return err
	}
	p, named := a.printer(), 0
	rejectsOf := func(f *importers.FileInfo) *rejects {
		return &rejects{set: set, file: f, wish: o.rejects, folder: filepath.Dir(db), named: &named, print: p}
	}
	if o.strict {
		if err := a.refuseRejects(ctx, set, rejectsOf); err != nil {
			return err
		}
	}
	s, err := a.openStore(ctx, store.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	var wrong []error
	refused := len(set.Refused())
	for _, e := range set.Refused() {
		wrong = append(wrong, e)
	}
	for _, f := range set.Files() {
		r := rejectsOf(f)
		err := a.importFile(ctx, s, set, f, opt, r)
		var unreadable *importers.Error
		switch {
		case err == nil:
			err = r.limit(limit)
		case ctx.Err() == nil && errors.As(err, &unreadable):
			err = unreadable // nothing of it is in the database; the others go on
			refused++
		default:
			return errors.Join(err, r.close(a))
		}
		if err != nil {
			wrong = append(wrong, err)
		}
		if err := r.close(a); err != nil {
			return err
		}
	}
	if err := a.leaveNeighbours(ctx, s); err != nil {
		return errors.Join(append(wrong, err)...)
	}
	all := len(set.Refused()) + len(set.Files())
	if len(wrong) == 0 || all == 1 || len(wrong) == 1 && refused == 0 {
		return errors.Join(wrong...)
	}
	for _, err := range wrong {
		msg, hint, code := a.words(err)
		a.writeError(msg, hint, code, false)
	}
	if refused == 0 {
		return misuse("import_rejects", anomaly.CountArg("files", len(wrong)), anomaly.CountArg("all", all))
	}
	return misuse("import_refused", anomaly.CountArg("files", refused), anomaly.CountArg("all", all))
}

// leaveNeighbours brings what the database keeps of the neighbours up to date with it.
func (a *app) leaveNeighbours(ctx context.Context, s *store.Store) error {
	if _, current, err := keptNeighbours(ctx, s); err != nil || current {
		return err
	}
	config, err := a.configured()
	if err != nil {
		return err
	}
	actx, err := a.newContext()
	if err != nil {
		return err
	}
	if err := learnt(ctx, s, actx); err != nil {
		return err
	}
	if actx.Weather, err = s.Weather(ctx); err != nil {
		return err
	}
	return a.keepNeighbours(ctx, s, actx, config)
}

// refuseRejects reads all files and is an error if any row cannot be read.
func (a *app) refuseRejects(ctx context.Context, set *importers.Set, rejectsOf func(*importers.FileInfo) *rejects) error {
	problems := newProblemReport(a)
	for _, f := range set.Files() {
		r := rejectsOf(f)
		r.rejectsOnly = true
		err := set.EachOf(ctx, f, func(b *importers.Batch) error {
			problems.add(b)
			return r.add(ctx, b)
		})
		if err := errors.Join(err, r.close(a)); err != nil {
			return err
		}
	}
	if problems.rejected == 0 {
		return nil
	}
	problems.print()
	return &importers.Error{Message: anomaly.Msg("import.strict"), Hint: anomaly.Msg("import.strict_hint")}
}

// importFile imports one file in one transaction and says what became of it.
func (a *app) importFile(ctx context.Context, s *store.Store, set *importers.Set, f *importers.FileInfo, opt importers.Options, r *rejects) (err error) {
	hash, err := f.Hash(ctx)
	if err != nil {
		return err
	}
	im, err := s.Begin(ctx, store.File{Name: f.Name, Hash: hash + readAs(opt), Bytes: f.Bytes, On: a.today()})
	var again *store.AlreadyImported
	if errors.As(err, &again) {
		return a.done(a.printer().Say(anomaly.Msg("cmd.import.again", anomaly.TextArg("file", f.Name),
			anomaly.DateArg("on", again.File.On), anomaly.CountArg("seq", again.File.Seq))))
	}
	if err != nil {
		return err
	}
	defer im.Rollback() // does nothing after Commit

	problems := newProblemReport(a)
	progress := a.startProgress("reading "+f.Name, "bytes", f.Bytes)
	err = set.EachOf(ctx, f, func(b *importers.Batch) error {
		problems.add(b)
		progress.set(problems.bytes())
		if err := r.add(ctx, b); err != nil {
			return err
		}
		return im.Add(ctx, &b.Rows)
	})
	progress.end()
	if err != nil {
		return err
	}
	progress = a.startProgress("storing "+f.Name, "rows", 0)
	result, err := im.Commit(ctx, func(done, _ int) { progress.set(int64(done)) })
	progress.end()
	if err != nil {
		return err
	}
	told := *f
	if len(result.Kinds) == 0 {
		told.End = importers.EndDecision{} // of no row
	}
	a.remarkFile(&told)
	problems.print()
	p := a.printer()
	return a.done(p.Label(f.Name, importSummary(p, &told, &result)))
}

// readAs names the choices that decide how the same content is read: with another
// choice it is another import.
func readAs(opt importers.Options) string {
	mapped := ""
	if opt.Mapping != nil {
		mapped = opt.Mapping.Sum
	}
	return fmt.Sprintf("|%s|%s|%s|%d|%s|%d|%d|%s|%s|%s|%s|%s", opt.Encoding, opt.Delimiter, strings.Join(opt.Columns, ","),
		opt.Kind, opt.PeriodEnd, opt.DateOrder, opt.DecimalMark, opt.Service, opt.Unit, opt.Currency, mapped, strings.Join(opt.Repair, ","))
}

// rowsOf is so many rows of a table: "3 bills".
func rowsOf(table string, n int) anomaly.Message {
	return anomaly.Msg("cmd.rows."+table, anomaly.CountArg("n", n))
}

// importSummary says in one line what a file brought.
func importSummary(p *locale.Printer, f *importers.FileInfo, r *store.Result) string {
	var parts []string
	for _, k := range r.Kinds {
		parts = append(parts, p.Say(rowsOf(k.Kind, k.Rows())))
	}
	if len(parts) == 0 {
		parts = append(parts, p.Text("cmd.import.none"))
	}
	clauses := []string{p.List(parts...)}
	for _, c := range []struct {
		n   int
		key string
	}{
		{r.Inserted, "cmd.import.new"}, {r.Replaced, "cmd.import.replaced"}, {r.Unchanged, "cmd.import.unchanged"},
		{r.Duplicates, "cmd.import.duplicates"}, {r.Conflicts, "cmd.import.conflicts"},
	} {
		if c.n > 0 {
			clauses = append(clauses, p.Say(anomaly.Msg(c.key, anomaly.CountArg("n", c.n))))
		}
	}
	if isBills(f) && f.End.End != importers.EndAuto {
		key := "cmd.import.end"
		if f.End.Assumed {
			key = "cmd.import.end_assumed"
		}
		clauses = append(clauses, p.Say(anomaly.Msg(key, anomaly.TermArg("end", "period_end."+f.End.End.String()))))
	}
	return p.Clauses(clauses...)
}

func isBills(f *importers.FileInfo) bool {
	for _, k := range f.Kinds {
		if k == importers.KindBills {
			return true
		}
	}
	return false
}
