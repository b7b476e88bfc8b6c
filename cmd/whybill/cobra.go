package main

import (
	"github.com/spf13/cobra"
)

// exactlyOne is for commands that take one argument: the complaint says what it is and
// shows how it looks.
func exactlyOne(what, example string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch len(args) {
		case 1:
			return nil
		case 0:
			return usagef("for example: "+example, "%s is missing", what)
		}
		return usagef("for example: "+example, "one argument is expected, %s, not %d", what, len(args))
	}
}

// completeFlag offers the values of a flag to the shell.
func completeFlag(cmd *cobra.Command, flag string, values []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // the flag's name is wrong
	}
}
