package main

import (
	"strings"

	"github.com/spf13/cobra"

	"whybill/anomaly"
)

// exactlyOne is for commands that take one argument: the complaint says what it is, by
// the term "what.<what>", and shows how it looks.
func exactlyOne(what, example string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return missing(what, example)
		}
		return atMostOne(cmd, args)
	}
}

func atLeastOne(what, example string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return missing(what, example)
		}
		return nil
	}
}

func missing(what, example string) error {
	return misuse("missing", anomaly.TermArg("what", "what."+what), anomaly.TextArg("example", example))
}

func atMostOne(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return misuse("too_many", anomaly.TextArg("command", cmd.CommandPath()), quoted("argument", args[1]))
	}
	return nil
}

// noArguments is for commands that take none.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return misuse("too_many", anomaly.TextArg("command", cmd.CommandPath()), quoted("argument", args[0]))
	}
	return nil
}

// subcommands is for commands that only group others: a word that is none of them is
// taken for a slip of the finger.
func subcommands(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	e := misuse("no_command", quoted("word", args[0]), anomaly.TextArg("command", cmd.CommandPath()))
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		e = e.hinted(anomaly.Msg("usage.did_you_mean", anomaly.TextArg("words", strings.Join(near, ", "))))
	}
	return e
}

// completeFlag offers the values of a flag to the shell.
func completeFlag(cmd *cobra.Command, flag string, values []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // the flag's name is wrong
	}
}
