package importers

import (
	"slices"
	"testing"

	"whybill/anomaly"
	"whybill/importers/mapping"
)

// What somebody insists on is read, and what has no place in it is named.
func TestColumnsWithoutAPlaceAreNamed(t *testing.T) {
	name := write(t, "master.csv", "Account No;Service;Bill No;Bill From;Usage;Route\n1001;water;B1;2025-01-01;41;R1\n")
	rows, _, files := readAll(t, Options{Kind: KindAccounts}, name)
	if len(rows.Accounts) != 1 || !slices.Equal(files[0].Unknown, []string{"Bill No", "Bill From", "Usage"}) {
		t.Errorf("%d accounts; named as not used: %v", len(rows.Accounts), files[0].Unknown)
	}
}

// The header of the amounts says what they are in, unless a column or the user does.
func TestTheCurrencyOfAHeader(t *testing.T) {
	const bills = "Customer No.,Invoice #,From,To,Consumption (kWh),Total Amount (NT$)\n1001,B1,2025-01-01,2025-03-01,412,1178\n"
	const withColumn = "Customer No.,From,To,Consumption (kWh),Total Amount (NT$),Currency\n1001,2025-01-01,2025-03-01,412,1178,EUR\n"
	mapped, err := mapping.Parse([]byte("[[table]]\nkinds = [\"bills\"]\n[table.columns]\namount = \"Total Amount (NT$)\"\n"), "map.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		situation, content string
		opt                Options
		want               string
	}{
		{"in the header", bills, Options{}, "TWD"},
		{"the user says otherwise", bills, Options{Currency: "CNY"}, "CNY"},
		{"a column says otherwise", withColumn, Options{}, "EUR"},
		{"the column is mapped", bills, Options{Mapping: mapped}, "TWD"},
	} {
		rows, problems, _ := readAll(t, c.opt, write(t, "bills.csv", c.content))
		if len(rows.Bills) != 1 || rows.Bills[0].Currency != c.want {
			t.Errorf("%s: %+v, want one bill in %s; problems %v", c.situation, rows.Bills, c.want, problems)
		}
	}
}

func TestTheTypeOfAReading(t *testing.T) {
	const readings = "Customer No.;Meter Serial;Read Date;Meter Read;Type;Meter Reader\n1001;TP1;2024/01/01;8619;A;RD1\n1001;TP1;2024/03/01;9566;E;RD1\n"
	rows, problems, _ := readAll(t, Options{}, write(t, "reads.csv", readings))
	if len(rows.Readings) != 2 || rows.Readings[0].Quality != anomaly.Actual || rows.Readings[1].Quality != anomaly.Estimated || len(problems) > 0 {
		t.Errorf("%+v, problems %v", rows.Readings, problems)
	}
}
