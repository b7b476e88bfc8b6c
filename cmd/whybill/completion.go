package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"whybill/anomaly"
	"whybill/anomaly/check"
	"whybill/anomaly/store"
)

// addCompletions gives the shell what the database and the catalogues know: accounts
// where a command takes one, an account's bills, checks and actions, languages.
func (a *app) addCompletions(cmd *cobra.Command) {
	if takesAccount(cmd) && cmd.ValidArgsFunction == nil {
		cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return a.completeAccounts(cmd.Context(), prefix), cobra.ShellCompDirectiveNoFileComp
		}
	}
	flags := map[string]cobra.CompletionFunc{
		"account": func(cmd *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
			return a.completeAccounts(cmd.Context(), prefix), cobra.ShellCompDirectiveNoFileComp
		},
		"bill": func(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return a.completeBills(cmd.Context(), args[0], prefix), cobra.ShellCompDirectiveNoFileComp
		},
		"fail-on": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return failOnWords(), cobra.ShellCompDirectiveNoFileComp
		},
		"lang": cobra.FixedCompletions(languageNames, cobra.ShellCompDirectiveNoFileComp),
	}
	for name, complete := range flags {
		if cmd.LocalNonPersistentFlags().Lookup(name) != nil || cmd.PersistentFlags().Lookup(name) != nil {
			if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
				panic(err) // the flag is there: it was just looked up
			}
		}
	}
	for _, sub := range cmd.Commands() {
		a.addCompletions(sub)
	}
}

// takesAccount reports whether a command's first argument is an account.
func takesAccount(cmd *cobra.Command) bool {
	_, args, _ := strings.Cut(cmd.Use, " ")
	return strings.HasPrefix(strings.TrimPrefix(args, "["), "ACCOUNT")
}

// failOnWords lists what --fail-on understands.
func failOnWords() []string {
	words := []string{"any", "severity:2", "severity:3", "severity:4"}
	for _, action := range anomaly.Actions {
		words = append(words, string(action))
	}
	for _, c := range check.Catalogue() {
		words = append(words, c.ID)
	}
	return words
}

// completeAccounts offers account ids; none where there is no database to look into.
func (a *app) completeAccounts(ctx context.Context, prefix string) []string {
	s, err := a.openStore(ctx, store.Options{ReadOnly: true, MustExist: true})
	if err != nil {
		return nil
	}
	defer s.Close()
	ids, err := s.Accounts(ctx, prefix, 50)
	if err != nil {
		return nil
	}
	return ids
}

// completeBills offers an account's bills, the latest first.
func (a *app) completeBills(ctx context.Context, id, prefix string) []string {
	s, err := a.openStore(ctx, store.Options{ReadOnly: true, MustExist: true})
	if err != nil {
		return nil
	}
	defer s.Close()
	h, err := s.History(ctx, id)
	if err != nil {
		return nil
	}
	var keys []string
	for i := len(h.Bills) - 1; i >= 0; i-- {
		if key := h.Bills[i].Key(); strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	return keys
}
