package importers

import (
	"fmt"
	"slices"
	"strings"
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

// One customer number on bills of two services: what comes second is left out with the
// reason, in however small pieces the file is read, and a mapping keeps them apart.
func TestTwoServicesUnderOneNumber(t *testing.T) {
	const bills = "Account No;Service;Bill No;Bill From;Bill To;Usage;Unit;Amount\n" +
		"1001;Electricity;E1;2025-01-01;2025-03-01;412;kWh;1178\n" +
		"1001;Water;W1;2025-01-01;2025-03-01;41;m3;178\n" +
		"1001;Electricity;E2;2025-03-01;2025-05-01;398;kWh;1120\n" +
		"1002;Water;W2;2025-01-01;2025-03-01;39;m3;120\n" +
		"1001;Water;W3;2025-03-01;2025-05-01;42;m3;180\n"
	for _, chunk := range []int{0, 64} { // bytes; 0 is the default
		rows, problems, _ := readAll(t, Options{ChunkBytes: chunk}, write(t, "bills.csv", bills))
		var kept, left []string
		for _, b := range rows.Bills {
			kept = append(kept, b.ID)
		}
		for _, p := range problems {
			left = append(left, fmt.Sprint(p.Row, p.Column, p.Value, p.Reason.Key, p.Rejected, strings.Count(p.Raw, ";")))
		}
		if want := []string{"E1", "E2", "W2"}; !slices.Equal(kept, want) {
			t.Errorf("pieces of %d: bills %v, want %v", chunk, kept, want)
		}
		if want := []string{
			fmt.Sprint(3, "Service", "Water", "import.other_service", true, 7), fmt.Sprint(6, "Service", "Water", "import.other_service", true, 7),
		}; !slices.Equal(left, want) {
			t.Errorf("pieces of %d: left out %q, want %q", chunk, left, want)
		}
		for _, a := range rows.Accounts {
			if a.ID == "1001" && a.Service != anomaly.Electricity {
				t.Errorf("pieces of %d: 1001 is told to be %s", chunk, a.Service)
			}
		}
	}
	apart, err := mapping.Parse([]byte("[[table]]\nkinds = [\"bills\"]\n[table.columns]\naccount_id = \"{Account No}/{Service}\"\n"), "map.toml")
	if err != nil {
		t.Fatal(err)
	}
	rows, problems, _ := readAll(t, Options{Mapping: apart}, write(t, "bills.csv", bills))
	if len(rows.Bills) != 5 || len(rows.Accounts) != 3 || len(problems) > 0 {
		t.Errorf("apart: %d bills, %d accounts, problems %v; want 5, 3 and none", len(rows.Bills), len(rows.Accounts), problems)
	}
}

// What several files say of a service is compared, as far as it is one thing or another: gas
// is counted in cubic metres as water is, and in kWh as electricity is.
func TestServicesToldBySeveralFiles(t *testing.T) {
	for _, c := range []struct {
		situation, first, second string
		left                     int
	}{
		{"water bills of an electricity account", "account_id,service\n7,electricity\n", "account_id,period_start,period_end,usage (m3)\n7,2025-01-01,2025-03-01,41\n", 1},
		{"gas in cubic metres", "account_id,service\n7,gas\n", "account_id,period_start,period_end,usage (m3)\n7,2025-01-01,2025-03-01,41\n", 0},
		{"gas in kWh", "account_id,service\n7,gas\n", "account_id,period_start,period_end,usage (kWh)\n7,2025-01-01,2025-03-01,41\n", 0},
		{"cubic metres say either, the account which", "account_id,period_start,period_end,usage (m3)\n7,2025-01-01,2025-03-01,41\n", "account_id,service\n7,gas\n", 0},
		{"readings of another service", "account_id,service\n7,broadband\n", "account_id,unit,read_on,reading\n7,kWh,2025-01-01,41\n", 1},
		{"nothing said", "account_id,name\n7,Chen\n", "account_id,period_start,period_end,usage\n7,2025-01-01,2025-03-01,41\n", 0},
	} {
		_, problems, _ := readAll(t, Options{}, write(t, "a.csv", c.first), write(t, "b.csv", c.second))
		left := 0
		for _, p := range problems {
			if p.Rejected && p.Reason.Key == "import.other_service" {
				left++
			}
		}
		if left != c.left {
			t.Errorf("%s: %d rows left out, want %d: %v", c.situation, left, c.left, problems)
		}
	}
}
