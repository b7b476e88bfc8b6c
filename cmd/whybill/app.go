package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"runtime/debug"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// Exit statuses; they are part of the interface.
const (
	exitDone        = 0
	exitReached     = 1 // only when --fail-on asks for it and something reached it
	exitUsage       = 2 // wrong usage or bad input
	exitInternal    = 3
	exitInterrupted = 130
)

// app is the only thing that knows the process: streams, environment, clock.
type app struct {
	in             io.Reader
	out, err       io.Writer
	env            func(string) string
	today          func() anomaly.Date
	outTTY, errTTY bool
	width          func() int

	global globalOptions
}

// globalOptions are the flags that every command has.
type globalOptions struct {
	config   string
	db       string
	lang     string
	rocDates bool
	quiet    bool
	color    string
	progress string
}

// run runs one command line and returns the exit status.
func (a *app) run(ctx context.Context, args []string) (code int) {
	jsonErrors := false
	defer func() {
		if p := recover(); p != nil {
			code = exitInternal
			fmt.Fprintf(a.err, "whybill: %s\n", a.printer().Say(anomaly.Msg("cmd.internal", anomaly.TextArg("what", fmt.Sprint(p)))))
			if a.env("WHYBILL_DEBUG") != "" {
				fmt.Fprintf(a.err, "%s", debug.Stack())
			}
		}
	}()
	out := &stickyWriter{w: a.out}
	a.out = out
	a.global.lookAhead(args)
	root := a.newRoot()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil && out.err != nil {
		err = out.err
	}
	if err == nil {
		return exitDone
	}
	if f := cmd.Flags().Lookup("format"); f != nil {
		jsonErrors = f.Value.String() == "json" || f.Value.String() == "ndjson"
	}
	return a.fail(ctx, err, jsonErrors)
}

// stickyWriter remembers the first error of a stream, so that an answer that could not
// be written is not taken for one that was.
type stickyWriter struct {
	w   io.Writer
	err error
}

func (s *stickyWriter) Write(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.w.Write(b)
	s.err = err
	return n, err
}

// errReached is returned where --fail-on asked for it: everything worked and was printed.
var errReached = errors.New("--fail-on was reached")

// fail prints an error and gives the exit status that it stands for.
func (a *app) fail(ctx context.Context, err error, asJSON bool) int {
	if errors.Is(err, errReached) {
		return exitReached
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		fmt.Fprintf(a.err, "whybill: %s\n", a.printer().Text("cmd.interrupted"))
		return exitInterrupted
	}
	msg, hint, code := a.words(err)
	a.writeError(msg, hint, code, asJSON)
	return code
}

// newRoot makes the command and all below it. Their texts stand in the catalogue, by the
// names of commands and flags: see putIntoWords.
func (a *app) newRoot() *cobra.Command {
	// What lookAhead read goes when the flags get their defaults, and is wanted again
	// where the reading of flags stops half-way.
	p, ahead := a.printer(), a.global
	root := &cobra.Command{
		Use:           "whybill",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          subcommands,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	a.global.addFlags(root.PersistentFlags())
	root.AddGroup(&cobra.Group{ID: "answer"}, &cobra.Group{ID: "data"})
	root.AddCommand(a.commands()...)
	root.AddCommand(helpTopics()...)
	root.SetHelpCommand(newHelpCommand())
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		a.global = ahead
		return flagError(cmd, err)
	})
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		// The stream remembers an error: see stickyWriter.
		_ = a.writeHelp(cmd.OutOrStdout(), cmd)
	})
	a.addCompletions(root)
	putIntoWords(root, p)
	return root
}

func (o *globalOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.config, "config", "", "")
	flags.StringVar(&o.db, "db", "", "")
	flags.StringVar(&o.lang, "lang", "", "")
	flags.BoolVar(&o.rocDates, "roc-dates", false, "")
	flags.BoolVarP(&o.quiet, "quiet", "q", false, "")
	flags.StringVar(&o.color, "color", "auto", "")
	flags.StringVar(&o.progress, "progress", "auto", "")
}

// lookAhead reads the global flags before anything else is: the help and the complaints
// about all other flags are to be in the user's language.
func (o *globalOptions) lookAhead(args []string) {
	flags := pflag.NewFlagSet("whybill", pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.SetOutput(io.Discard)
	flags.BoolP("help", "h", false, "") // no flag that stops the reading
	o.addFlags(flags)
	_ = flags.Parse(args) // what is wrong is said when the command reads its flags
}

// commands lists the commands in the order in which the help shows them.
func (a *app) commands() []*cobra.Command {
	return []*cobra.Command{
		newDemoCommand(a),
		newCheckCommand(a),
		newBatchCommand(a),
		newRebillCommand(a),
		newSelftestCommand(a),
		newExplainCommand(a),
		newCaseCommand(a),
		newNoticeCommand(a),
		newReportCommand(a),
		newLetterCommand(a),
		newWorksheetCommand(a),
		newImportCommand(a),
		newInspectCommand(a),
		newMappingCommand(a),
		newTariffCommand(a),
		newTrainCommand(a),
		newModelCommand(a),
		newBacktestCommand(a),
		newDBCommand(a),
		newConfigCommand(a),
		newVersionCommand(a),
	}
}

// printer returns the printer for the user's language: the flag's, WHYBILL_LANG's, the
// configuration's, the system's. A wish that names a language the catalogue does not
// have falls back to English.
func (a *app) printer() *locale.Printer {
	wish := a.global.lang
	if wish == "" {
		wish = a.env("WHYBILL_LANG")
	}
	if c, err := a.configured(); wish == "" && err == nil {
		wish = c.lang
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if wish == "" {
			wish = a.env(name)
		}
	}
	lang, _ := locale.Match(wish)
	p := locale.New(lang)
	p.ROCDates = a.global.rocDates
	return p
}

// checkGlobal refuses values of global flags that name nothing.
func (a *app) checkGlobal() error {
	if a.global.lang != "" {
		if _, ok := locale.Match(a.global.lang); !ok {
			return noSuch("language", a.global.lang, languageNames...)
		}
	}
	if !oneOf(a.global.color, "auto", "always", "never") {
		return notOneOf("--color", a.global.color, "auto", "always", "never")
	}
	if !oneOf(a.global.progress, "auto", "json", "never") {
		return notOneOf("--progress", a.global.progress, "auto", "json", "never")
	}
	return nil
}

// useColor reports whether standard output is to have colours.
func (a *app) useColor() bool {
	switch a.global.color {
	case "always":
		return true
	case "never":
		return false
	}
	return a.outTTY && a.env("NO_COLOR") == "" && a.env("TERM") != "dumb"
}

// remark prints a remark on standard error unless --quiet.
func (a *app) remark(format string, args ...any) {
	if !a.global.quiet {
		fmt.Fprintf(a.err, format+"\n", args...)
	}
}

// done says on standard output what became of a command whose result is elsewhere, in a
// file or in the database; --quiet leaves it out, so that a job that went well prints nothing.
func (a *app) done(line string) error {
	if a.global.quiet {
		return nil
	}
	_, err := fmt.Fprintln(a.out, line)
	return err
}

// dbPath returns the database's path: the flag, the environment, the user's data folder.
func (a *app) dbPath() (string, error) {
	if a.global.db != "" {
		return a.global.db, nil
	}
	if path := a.env("WHYBILL_DB"); path != "" {
		return path, nil
	}
	if dir := a.env("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "whybill", "whybill.db"), nil
	}
	if dir := a.env("LOCALAPPDATA"); dir != "" {
		return filepath.Join(dir, "whybill", "whybill.db"), nil
	}
	if home := a.env("HOME"); home != "" {
		return filepath.Join(home, ".local", "share", "whybill", "whybill.db"), nil
	}
	return "", misuse("no_home_db")
}

// asOf reads the --as-of flag; empty means today.
func (a *app) asOf(text string) (anomaly.Date, error) {
	if text == "" {
		return a.today(), nil
	}
	d, err := anomaly.ParseDate(text)
	if err != nil {
		return 0, badFlag("--as-of", err)
	}
	return d, nil
}

func oneOf(s string, choices ...string) bool {
	for _, c := range choices {
		if s == c {
			return true
		}
	}
	return false
}

// parseFloat reads a plain number of a flag.
func parseFloat(flag, text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, misuse("number", anomaly.TextArg("flag", flag), quoted("value", text))
	}
	return v, nil
}
