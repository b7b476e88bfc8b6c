package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func lines(t *testing.T, opt options) []string {
	t.Helper()
	var b bytes.Buffer
	if err := run(&b, opt); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
}

func TestEveryOrderHasTheSameRows(t *testing.T) {
	opt := options{accounts: 300, bills: 24, seed: 1, order: "account"}
	want := lines(t, opt)
	if again := lines(t, opt); !slices.Equal(want, again) {
		t.Error("the same flags give other bytes")
	}
	slices.Sort(want)
	for _, order := range []string{"period", "random"} {
		opt.order = order
		got := lines(t, opt)
		if sorted := slices.IsSorted(got[1:]); sorted {
			t.Errorf("%s: the rows are in the order of accounts", order)
		}
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Errorf("%s: other rows than in the order of accounts", order)
		}
	}
}

func TestAccountsDoNotDependOnTheirNumber(t *testing.T) {
	few := lines(t, options{accounts: 10, bills: 6, seed: 1, order: "account"})
	many := lines(t, options{accounts: 20, bills: 6, seed: 1, order: "account"})
	for i, line := range few {
		// The second column numbers the bills over all accounts.
		a, b := strings.Split(line, ","), strings.Split(many[i], ",")
		if !slices.Equal(slices.Delete(a, 1, 2), slices.Delete(b, 1, 2)) {
			t.Errorf("%s became %s", line, many[i])
		}
	}
}

func TestWhatCannotBeMade(t *testing.T) {
	for _, opt := range []options{{accounts: 0, bills: 24, order: "account"}, {accounts: 1, bills: 0, order: "account"}, {accounts: 1, bills: 1, order: "size"}} {
		if err := run(&bytes.Buffer{}, opt); err == nil {
			t.Errorf("%+v was made", opt)
		}
	}
}
