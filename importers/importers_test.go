package importers

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"whybill/anomaly"
)

// readAll opens files and collects everything that they deliver.
func readAll(t *testing.T, opt Options, paths ...string) (*anomaly.Rows, []Problem, []*FileInfo) {
	t.Helper()
	set, err := Open(context.Background(), paths, opt)
	if err != nil {
		t.Fatalf("open %v: %v", paths, err)
	}
	defer func() {
		if err := set.Close(); err != nil {
			t.Error(err)
		}
	}()
	all := &anomaly.Rows{}
	var problems []Problem
	err = set.Each(context.Background(), func(b *Batch) error {
		collect(all, &b.Rows)
		problems = append(problems, b.Problems...)
		return nil
	})
	if err != nil {
		t.Fatalf("read %v: %v", paths, err)
	}
	return all, problems, set.Files()
}

func collect(all, rows *anomaly.Rows) {
	all.Accounts = append(all.Accounts, rows.Accounts...)
	all.Meters = append(all.Meters, rows.Meters...)
	all.Readings = append(all.Readings, rows.Readings...)
	all.Bills = append(all.Bills, rows.Bills...)
	all.Lines = append(all.Lines, rows.Lines...)
	all.Appliances = append(all.Appliances, rows.Appliances...)
	all.Weather = append(all.Weather, rows.Weather...)
	all.Intervals = append(all.Intervals, rows.Intervals...)
	all.Events = append(all.Events, rows.Events...)
	all.Inspections = append(all.Inspections, rows.Inspections...)
}

// write makes a file in a temporary folder.
func write(t *testing.T, name, content string) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCanonicalBills(t *testing.T) {
	rows, problems, files := readAll(t, Options{}, write(t, "bills.csv", `account_id,period_start,period_end,usage,amount,currency,bill_id
A1,2025-01-01,2025-03-01,807,1756,TWD,B1
A1,2025-03-01,2025-05-01,640.5,1300,TWD,B2
A1,2025-05-01,2025-05-01,1,1,TWD,B3
A1,2025-13-01,2025-05-01,1,1,TWD,B4
`))
	if len(rows.Bills) != 2 || len(problems) != 2 {
		t.Fatalf("got %d bills, %d problems: %+v", len(rows.Bills), len(problems), problems)
	}
	b := rows.Bills[1]
	if b.Period.String() != "2025-03-01..2025-05-01" || b.Usage.String() != "640.5" || b.Source.Row != 3 || b.EndAssumed {
		t.Errorf("second bill is %+v", b)
	}
	if f := files[0]; f.End.End != EndExclusive || f.End.Basis != "bills" || f.HeaderRow != 1 {
		t.Errorf("file read as %+v", f)
	}
	if p := problems[1]; p.Row != 5 || p.Column != "period_start" || p.Value != "2025-13-01" || p.Raw != "A1,2025-13-01,2025-05-01,1,1,TWD,B4" {
		t.Errorf("problem is %+v", p)
	}
}
