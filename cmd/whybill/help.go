package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"whybill/anomaly"
	"whybill/anomaly/cases"
	"whybill/anomaly/locale"
	"whybill/anomaly/report"
	"whybill/importers"
)

// helpTopics are read with `whybill help TOPIC`; they do nothing.
func helpTopics() []*cobra.Command {
	return []*cobra.Command{{Use: "tables"}, {Use: "exit-status"}, {Use: "environment"}, {Use: "cron"}}
}

func newHelpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND | TOPIC]",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			about, _, err := cmd.Root().Find(args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []string
			for _, c := range about.Commands() {
				if c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand() {
					names = append(names, c.Name())
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return subcommands(about, rest)
			}
			return about.Help()
		},
	}
}

// helpArgs are the lists that texts of the help name.
var helpArgs = []anomaly.Arg{
	anomaly.TextArg("looks", strings.Join(cases.Looks(), ", ")),
	anomaly.TextArg("formats", strings.Join(report.Formats, ", ")),
	anomaly.TextArg("repairs", strings.Join(importers.Repairs, ", ")),
}

// helpKey names a command in the catalogue: "case.open" for `whybill case open`.
func helpKey(cmd *cobra.Command) string {
	if !cmd.HasParent() {
		return "root"
	}
	_, path, _ := strings.Cut(cmd.CommandPath(), " ")
	return strings.ReplaceAll(path, " ", ".")
}

// flagKey is the key of a flag's text: the command's own, or the one that several
// commands share.
func flagKey(p *locale.Printer, cmd *cobra.Command, flag string) string {
	if own := "flag." + helpKey(cmd) + "." + flag; p.Has(own) {
		return own
	}
	return "flag." + flag
}

// putIntoWords gives a command, its flags and what is below it their texts. What runs
// says its exit statuses at its end.
func putIntoWords(cmd *cobra.Command, p *locale.Printer) {
	say := func(key string) string {
		if !p.Has(key) {
			return ""
		}
		return p.Say(anomaly.Msg(key, helpArgs...))
	}
	key := "help." + helpKey(cmd)
	cmd.Short, cmd.Long = say(key+".short"), say(key+".long")
	if cmd.Long == "" {
		cmd.Long = cmd.Short
	}
	if cmd.Flags().Lookup("help") == nil {
		cmd.Flags().BoolP("help", "h", false, "")
	}
	words := func(f *pflag.Flag) { f.Usage = say(flagKey(p, cmd, f.Name)) }
	cmd.LocalNonPersistentFlags().VisitAll(words)
	cmd.PersistentFlags().VisitAll(words)
	for _, sub := range cmd.Commands() {
		putIntoWords(sub, p)
	}
}

// helpWidth is how wide help is printed: as wide as the terminal, but not so wide that a
// line is hard to read.
func (a *app) helpWidth() int {
	if a.outTTY {
		return min(a.width(), 100)
	}
	return 80
}

// writeHelp prints the help of a command.
func (a *app) writeHelp(w io.Writer, cmd *cobra.Command) error {
	h := helpWriter{w: w, p: a.printer(), width: a.helpWidth()}
	h.paragraphs(cmd.Long)
	if cmd.Name() == "exit-status" || cmd.Runnable() {
		h.paragraphs("\n" + h.p.Text("help.exit_status"))
	}
	if cmd.IsAdditionalHelpTopicCommand() {
		return h.err
	}
	use := cmd.CommandPath()
	if _, args, ok := strings.Cut(cmd.Use, " "); ok {
		use += " " + args
	}
	if cmd.HasAvailableSubCommands() {
		h.heading("usage")
		h.line("  " + use + " " + h.p.Text("help.use.command"))
	} else {
		h.heading("usage")
		h.line("  " + use + " " + h.p.Text("help.use.flags"))
	}
	if cmd.HasExample() {
		h.heading("examples")
		h.line(cmd.Example)
	}
	h.commands(cmd)
	h.flags("flags", cmd.LocalFlags())
	h.flags("global", cmd.InheritedFlags())
	if cmd.HasAvailableSubCommands() {
		h.paragraphs("\n" + h.p.Say(anomaly.Msg("help.more", anomaly.TextArg("command", cmd.CommandPath()))))
	}
	return h.err
}

// helpWriter writes the parts of a help text and keeps the first error.
type helpWriter struct {
	w     io.Writer
	p     *locale.Printer
	width int
	err   error
}

func (h *helpWriter) line(text string) {
	if h.err == nil {
		_, h.err = fmt.Fprintln(h.w, text)
	}
}

func (h *helpWriter) heading(key string) { h.line("\n" + h.p.Text("help.heading."+key)) }

func (h *helpWriter) paragraphs(text string) {
	if above, rest := strings.CutPrefix(text, "\n"); rest {
		h.line("")
		text = above
	}
	if h.err == nil {
		h.err = report.Paragraphs(h.w, text, h.width)
	}
}

func (h *helpWriter) list(key string, l *report.Listing) {
	h.heading(key)
	if h.err == nil {
		h.err = l.Write(h.w, h.width)
	}
}

// commands lists what is below a command by groups, the topics last.
func (h *helpWriter) commands(cmd *cobra.Command) {
	lists := map[string]*report.Listing{}
	add := func(group string, c *cobra.Command) {
		if lists[group] == nil {
			lists[group] = &report.Listing{}
		}
		lists[group].Add(c.Name(), c.Short)
	}
	for _, c := range cmd.Commands() {
		switch {
		case c.IsAdditionalHelpTopicCommand():
			add("topics", c)
		case !c.IsAvailableCommand() && c.Name() != "help":
		case c.GroupID != "":
			add(c.GroupID, c)
		case len(cmd.Groups()) > 0:
			add("more", c)
		default:
			add("commands", c)
		}
	}
	for _, key := range []string{"answer", "data", "commands", "more", "topics"} {
		if l := lists[key]; l != nil {
			h.list(key, l)
		}
	}
}

// flags lists flags with what they do.
func (h *helpWriter) flags(key string, flags *pflag.FlagSet) {
	l := &report.Listing{}
	some := false
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		some = true
		value, text := pflag.UnquoteUsage(f)
		term := "    --" + f.Name
		if f.Shorthand != "" {
			term = "-" + f.Shorthand + ", --" + f.Name
		}
		if f.Value.Type() != "bool" {
			if !strings.Contains(f.Usage, "`") {
				value = h.p.Text("help.value")
			}
			term += " " + value
			if d := f.DefValue; d != "" && d != "0" && d != "[]" {
				text += h.p.Say(anomaly.Msg("help.default", anomaly.TextArg("value", d)))
			}
		}
		l.Add(term, text)
	})
	if some {
		h.list(key, l)
	}
}
