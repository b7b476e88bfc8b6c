package importers

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whybill/anomaly"
	"whybill/importers/mapping"
)

// The Tunisian files are data to measure against and not part of the project: the test
// looks for them beside it and says where it does not find them.
func TestTheTunisianFiles(t *testing.T) {
	shared := os.Getenv("WHYBILL_SHARED")
	if shared == "" {
		shared = "../../shared"
	}
	dir := filepath.Join(shared, "data", "steg")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("not measured: %v", err)
	}
	data, err := os.ReadFile("../testdata/mappings/steg.toml")
	if err != nil {
		t.Fatal(err)
	}
	m, err := mapping.Parse(data, "steg.toml")
	if err != nil {
		t.Fatal(err)
	}
	set, err := Open(context.Background(), []string{dir}, Options{Mapping: m, Repair: Repairs})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = set.Close() }()
	count := map[string]int{}
	meters := map[string]map[string]bool{}
	err = set.Each(context.Background(), func(b *Batch) error {
		count["read"] += b.Read
		count["accounts declared"] += len(b.Rows.Inspections)
		count["readings"] += len(b.Rows.Readings)
		count["bills"] += len(b.Rows.Bills)
		for i := range b.Rows.Inspections {
			if b.Rows.Inspections[i].Outcome != anomaly.NothingFound {
				count["fraud found"]++
			}
		}
		for i := range b.Rows.Bills {
			stegBill(&b.Rows.Bills[i], count, meters)
		}
		for i := range b.Problems {
			count[b.Problems[i].Reason.Key]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, ids := range meters {
		count["clients with bills"]++
		if len(ids) > 1 {
			count["clients with several meters"]++
		}
	}
	// Counts of the source as its description gives them, or counted in it with another
	// program (python's csv): 1,110,433 invoices of 33,807 clients, 1,876 with fraud.
	for what, want := range map[string]int{
		"read": 1_110_433 + 33_807, "accounts declared": 33_807, "fraud found": 1_876,
		"import.repaired_shift": 89, "import.not_valid": 10,
		// 490,375 rows have a day up to 12; in 38,530 of them day and month are equal, and
		// one of the others is not valid.
		"import.repaired_date": 451_844,
		"readings":             1_110_433 - 10, "bills": 1_110_433 - 10 - 89, // a shifted row has lost its number of months
	} {
		if count[what] != want {
			t.Errorf("%s: %d, want %d", what, count[what], want)
		}
	}
	t.Logf("found in the files: %v", count)
	for _, f := range set.Files() {
		t.Logf("%s: %+v", f.Label, f.Swapped)
		if f.Swapped.Found && f.Swapped.Repaired != 0 {
			t.Errorf("%d links still run backwards", f.Swapped.Repaired)
		}
	}
}

func stegBill(b *anomaly.Bill, count map[string]int, meters map[string]map[string]bool) {
	client := strings.TrimSuffix(b.AccountID, "/gas")
	if meters[client] == nil {
		meters[client] = map[string]bool{}
	}
	meters[client][b.MeterID] = true
	if !b.From.Valid || !b.To.Valid {
		return
	}
	switch {
	case b.To.Decimal.Cmp(b.From.Decimal) < 0:
		count["register rolled over"]++
	case b.To.Decimal.Cmp(b.From.Decimal) == 0 && b.Usage.IsPos():
		count["billed on an unchanged index"]++
	}
}
