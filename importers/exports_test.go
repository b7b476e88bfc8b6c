package importers

import (
	"slices"
	"testing"
)

// What somebody insists on is read, and what has no place in it is named.
func TestColumnsWithoutAPlaceAreNamed(t *testing.T) {
	name := write(t, "master.csv", "Account No;Service;Bill No;Bill From;Usage;Route\n1001;water;B1;2025-01-01;41;R1\n")
	rows, _, files := readAll(t, Options{Kind: KindAccounts}, name)
	if len(rows.Accounts) != 1 || !slices.Equal(files[0].Unknown, []string{"Bill No", "Bill From", "Usage"}) {
		t.Errorf("%d accounts; named as not used: %v", len(rows.Accounts), files[0].Unknown)
	}
}
