package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"whybill/anomaly"
	"whybill/anomaly/locale"
	"whybill/importers"
)

// Exit statuses; they are part of the interface.
const (
	exitDone        = 0
	exitReached     = 1 // only when --fail-on asks for it and something reached it
	exitUsage       = 2 // wrong usage or bad input
	exitInternal    = 3
	exitInterrupted = 130
)

const exitStatusHelp = `
Exit status: 0 done; 1 only when --fail-on asks for it and something reached it;
2 wrong usage or bad input; 3 internal error; 130 interrupted.`

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
			fmt.Fprintf(a.err, "whybill: internal error: %v\nPlease report this with the command you ran; WHYBILL_DEBUG=1 shows where it happened.\n", p)
			if a.env("WHYBILL_DEBUG") != "" {
				fmt.Fprintf(a.err, "%s", debug.Stack())
			}
		}
	}()
	out := &stickyWriter{w: a.out}
	a.out = out
	root := a.newRoot()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil && out.err != nil {
		err = fmt.Errorf("writing the answer: %w", out.err)
	}
	if err == nil {
		return exitDone
	}
	if f := cmd.Flags().Lookup("format"); f != nil {
		jsonErrors = f.Value.String() == "json" || f.Value.String() == "ndjson"
	}
	return a.fail(ctx, cmd, err, jsonErrors)
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

// userError is a message for the user: what is wrong and, where it helps, what to do.
type userError struct {
	msg, hint string
	code      int
}

func (e *userError) Error() string { return e.msg }

// usagef makes an error in how the command was called, or in what it was given.
func usagef(hint, format string, args ...any) error {
	return &userError{fmt.Sprintf(format, args...), hint, exitUsage}
}

// errReached is returned where --fail-on asked for it: everything worked and was printed.
var errReached = errors.New("--fail-on was reached")

// spoken is an error of a room that knows messages and no language.
type spoken interface {
	error
	UserMessage() (message, hint anomaly.Message)
}

// fail prints an error and gives the exit status that it stands for.
func (a *app) fail(ctx context.Context, cmd *cobra.Command, err error, asJSON bool) int {
	if errors.Is(err, errReached) {
		return exitReached
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		fmt.Fprintln(a.err, "whybill: interrupted")
		return exitInterrupted
	}
	msg, hint, code := err.Error(), "", exitInternal
	var user *userError
	var room spoken
	var file *importers.Error
	var path *fs.PathError
	switch {
	case errors.As(err, &user):
		msg, hint, code = user.msg, user.hint, user.code
	case errors.As(err, &room):
		m, h := room.UserMessage()
		p := a.printer()
		msg, code = p.Say(m), exitUsage
		if h.Key != "" {
			hint = p.Say(h)
		}
	case errors.As(err, &file):
		p := a.printer()
		msg, code = p.Say(file.Message), exitUsage
		if file.File != "" && !strings.Contains(msg, file.File) {
			msg = file.File + ": " + msg
		}
		if file.Hint.Key != "" {
			hint = p.Say(file.Hint)
		}
	case errors.As(err, &path):
		msg, code = fmt.Sprintf("%s: %v", path.Path, path.Err), exitUsage
	case isCobraUsage(err):
		code, hint = exitUsage, "run `"+cmd.CommandPath()+" --help`"
	}
	if asJSON {
		line, _ := json.Marshal(struct {
			Error string `json:"error"`
			Hint  string `json:"hint,omitempty"`
			Exit  int    `json:"exit"`
		}{msg, hint, code})
		fmt.Fprintf(a.err, "%s\n", line)
		return code
	}
	fmt.Fprintf(a.err, "whybill: %s\n", msg)
	if hint != "" {
		fmt.Fprintf(a.err, "  hint: %s\n", hint)
	}
	return code
}

// isCobraUsage tells the command-line library's complaints from other errors; it has
// no types for them.
func isCobraUsage(err error) bool {
	text := err.Error()
	for _, start := range []string{"unknown command", "unknown flag", "unknown shorthand", "flag needs", "invalid argument", "accepts ", "requires ", "required flag", "subcommand is required", "bad flag syntax", "if any flags", "no such flag"} {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return false
}

func (a *app) newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "whybill",
		Short: "How much should this bill have been, and what is to be done about it?",
		Long: `whybill answers, for one utility account or for a million: how much should this
bill have been, where does the difference come from, is it worth a field visit, and
would waiting for the next bill tell us anything?

Start with ` + "`whybill demo`" + `, which runs the whole story of one disputed bill.
` + exitStatusHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	flags := root.PersistentFlags()
	flags.StringVar(&a.global.config, "config", "", "the configuration `file` (default $WHYBILL_CONFIG, else whybill/config.toml in the user's configuration folder)")
	flags.StringVar(&a.global.db, "db", "", "the database `file` (default $WHYBILL_DB, else whybill.db in the user's data folder)")
	flags.StringVar(&a.global.lang, "lang", "", "`language` of messages: en, zh-TW, zh-CN (default $WHYBILL_LANG, else $LC_ALL, $LC_MESSAGES, $LANG)")
	flags.BoolVar(&a.global.rocDates, "roc-dates", false, "write years counted from 1912, as Taiwanese bills do")
	flags.BoolVarP(&a.global.quiet, "quiet", "q", false, "print no progress and no remarks on standard error; errors are still printed")
	flags.StringVar(&a.global.color, "color", "auto", "colours: auto, always, never ($NO_COLOR turns them off)")
	flags.StringVar(&a.global.progress, "progress", "auto", "progress on standard error: auto, json, never")
	root.AddGroup(
		&cobra.Group{ID: "answer", Title: "Answers:"},
		&cobra.Group{ID: "data", Title: "Data:"},
	)
	root.AddCommand(a.commands()...)
	root.AddCommand(helpTopics()...)
	a.addCompletions(root)
	return root
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
			return usagef("the languages are en, zh-TW and zh-CN", "there is no language %q", a.global.lang)
		}
	}
	if !oneOf(a.global.color, "auto", "always", "never") {
		return usagef("", "--color is auto, always or never, not %q", a.global.color)
	}
	if !oneOf(a.global.progress, "auto", "json", "never") {
		return usagef("", "--progress is auto, json or never, not %q", a.global.progress)
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
	return "", usagef("name one with --db or WHYBILL_DB", "there is no home folder to keep the database in")
}

// asOf reads the --as-of flag; empty means today.
func (a *app) asOf(text string) (anomaly.Date, error) {
	if text == "" {
		return a.today(), nil
	}
	d, err := anomaly.ParseDate(text)
	if err != nil {
		return 0, usagef("", "--as-of: %v", err)
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
		return 0, usagef("", "%s: %q is not a number", flag, text)
	}
	return v, nil
}
