package importers

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCellsOfASheetThatHoldNoValue(t *testing.T) {
	file := workbook(t, map[string][][]string{"bills": {
		{"account_id", "period_start", "period_end", "usage", "amount"},
		{"A1", "2026-01-01", "2026-03-01", "400", "#N/A"},
		{"A1", "2026-03-01", "2026-05-01", "=SUM(F1:F9)", "900"},
		{"A1", "2026-05-01", "2026-07-01", "#REF!", "900"},
		{"A1", "2026-07-01", "2026-09-01", "410", "920"},
	}})
	rows, problems, _ := readAll(t, Options{}, file)
	var got []string
	for _, p := range problems {
		what := "remark "
		if p.Rejected {
			what = "reject "
		}
		got = append(got, what+p.Column+" "+p.Reason.Key)
	}
	want := []string{
		"remark amount import.error_cell", "reject usage import.uncalculated",
		"remark usage import.error_cell", "reject usage import.missing_value",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(rows.Bills) != 2 || rows.Bills[0].Amount.Valid || !rows.Bills[1].Amount.Valid {
		t.Errorf("bills %+v", rows.Bills)
	}
	if raw := problems[1].Raw; raw != "A1,2026-03-01,2026-05-01,=SUM(F1:F9),900" {
		t.Errorf("the rejected row is kept as %q", raw)
	}
}

func TestRowsBeforeTheDamageOfASheetAreDelivered(t *testing.T) {
	sheet := [][]string{{"account_id", "period_start", "period_end", "usage"}}
	for i := range 6000 { // beyond what is looked at to find out how the sheet is read
		sheet = append(sheet, []string{"A" + string(rune('a'+i%26)), "2026-01-01", "2026-03-01", "400"})
	}
	sheet = append(sheet, []string{"<!-- a comment that never ends", "2026-01-01", "2026-03-01", "400"})
	set, err := Open(context.Background(), []string{workbook(t, map[string][][]string{"bills": sheet})}, Options{PeriodEnd: EndExclusive})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = set.Close() }()
	bills := 0
	err = set.Each(context.Background(), func(b *Batch) error {
		bills += len(b.Rows.Bills)
		return nil
	})
	var mine *Error
	if !errors.As(err, &mine) {
		t.Errorf("the damage is told as %v", err)
	}
	if bills < 4096 {
		t.Errorf("%d bills before the damage", bills)
	}
}

func TestTheHeaderOfRejectedRows(t *testing.T) {
	const title = "Bills of the north\n\n"
	for _, c := range []struct{ name, content, want string }{
		{"below a title", title + "account_id;period_start;period_end;usage\nA1;2026-01-01;2026-03-01;400\n", "account_id;period_start;period_end;usage"},
		{"in quotes", "\"account_id\",\"period_start\",\"period_end\",\"usage\"\r\nA1,2026-01-01,2026-03-01,400\r\n", `"account_id","period_start","period_end","usage"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, err := Open(context.Background(), []string{write(t, "bills.csv", c.content)}, Options{PeriodEnd: EndExclusive})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = set.Close() }()
			if got, err := set.Header(context.Background(), set.Files()[0]); err != nil || got != c.want {
				t.Errorf("%q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestCommentsAreToldFromAsterisksInCells(t *testing.T) {
	for cell, want := range map[string]bool{"*": true, "* 3: usage: not a number": true, "*comment": true, "****3309": false, "*3309": false, "3309": false, "": false} {
		if isComment(cell) != want {
			t.Errorf("%q is a comment: %t", cell, !want)
		}
	}
}
