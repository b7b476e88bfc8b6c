package mapping

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"whybill/importers/sniff"
)

const whole = `# tiers added up
[[table]]
files = ["inv*.csv"]
kinds = ["readings", "bills"]
only = true
decimal = "comma"
period_end = "inclusive"

[table.columns]
account_id = "{client}/{kind}"
read_on = "day"
reading = "index"
period_start = "begin"
period_end = "day"
usage = ["t1", "t2"]
"line.energy" = "charge"

[table.constants]
service = "electricity"

[table.values.service]
x = "gas"

[table.dates]
read_on = "dmy"

[table.units]
usage = "MWh"

[table.where]
kind = ["E", 1]

[table.valid]
months = "1..60"

[table.shifted]
split = ["t1"]
lost = "months"
`

func TestAWholeMapping(t *testing.T) {
	m, err := Parse([]byte(whole), "m.toml")
	if err != nil {
		t.Fatal(err)
	}
	table := m.Tables[0]
	if len(m.Tables) != 1 || len(table.Kinds) != 2 || table.Line != 2 || !table.Only {
		t.Fatalf("tables are %+v", m.Tables)
	}
	if !table.MatchesFile("/data/inv-2024.csv") || table.MatchesFile("/inv/bills.csv") {
		t.Error("the glob is for the file's own name")
	}
	for _, c := range table.Columns {
		switch c.Field {
		case sniff.AccountID:
			if len(c.Template) != 3 || c.Template[0].Column != "client" || c.Template[1].Text != "/" {
				t.Errorf("template is %+v", c.Template)
			}
		case sniff.Usage:
			if len(c.From) != 2 || c.Unit != "MWh" {
				t.Errorf("usage is %+v", c)
			}
		case sniff.LineAmount:
			if c.Code != "energy" {
				t.Errorf("line is %+v", c)
			}
		case sniff.Service:
			if c.Constant != "electricity" || c.Values["x"] != "gas" {
				t.Errorf("service is %+v", c)
			}
		}
	}
	if f := table.Valid[0]; !f.Accepts("60") || f.Accepts("61") || f.Accepts("many") {
		t.Errorf("range is %+v", f)
	}
	if f := table.Where[0]; !f.Accepts("1") || f.Accepts("G") {
		t.Errorf("filter is %+v", f)
	}
}

func TestWhatIsWrongIsNamedWithItsLine(t *testing.T) {
	const head = "[[table]]\nkinds = [\"bills\"]\n"
	for _, c := range []struct {
		situation, text, key string
		line                 int
	}{
		{"nothing in it", "", "mapping.no_table", 1},
		{"no TOML", "[[table]\n", "mapping.syntax", 1},
		{"no kinds", "[[table]]\nonly = true\n", "mapping.no_kind", 1},
		{"unknown kind", "[[table]]\nkinds = [\"invoices\"]\n", "mapping.unknown_kind", 2},
		{"unknown key", head + "collumns = 1\n", "mapping.unknown_key", 3},
		{"unknown column", head + "[table.columns]\naccount_id = \"a\"\nacount = \"b\"\n", "mapping.unknown_column", 5},
		{"column of another table", head + "[table.columns]\nwatts = \"w\"\n", "mapping.no_place", 4},
		{"sum of texts", head + "[table.columns]\nbill_id = [\"a\", \"b\"]\n", "mapping.bad_source", 4},
		{"number for a header", head + "[table.columns]\nusage = 3\n", "mapping.bad_source", 4},
		{"template without an end", head + "[table.columns]\naccount_id = \"{a\"\n", "mapping.bad_source", 4},
		{"template for a number", head + "[table.columns]\nusage = \"{a}{b}\"\n", "mapping.bad_source", 4},
		{"column and constant", head + "[table.columns]\ncurrency = \"a\"\n[table.constants]\ncurrency = \"TWD\"\n", "mapping.twice", 4},
		{"values of what is not mapped", head + "[table.values.service]\nE = \"electricity\"\n", "mapping.not_mapped", 3},
		{"order that does not exist", head + "[table.columns]\nperiod_start = \"s\"\n[table.dates]\nperiod_start = \"dym\"\n", "mapping.bad_value", 6},
		{"second table is wrong", head + "[[table]]\nkinds = [\"bills\"]\ndecimal = \"dot?\"\n", "mapping.bad_value", 5},
		{"only, and a column missing", head + "only = true\n[table.columns]\naccount_id = \"a\"\n", "mapping.missing", 1},
		{"shift without lost", head + "[table.shifted]\nsplit = [\"a\"]\n", "mapping.bad_shift", 3},
		{"filter of nothing", head + "[table.where]\na = 1.5\n", "mapping.bad_filter", 4},
	} {
		_, err := Parse([]byte(c.text), "m.toml")
		var mine *Error
		if !errors.As(err, &mine) {
			t.Errorf("%s: %v", c.situation, err)
			continue
		}
		if mine.Message().Key != c.key || mine.Line != c.line {
			t.Errorf("%s: %s in line %d, want %s in line %d", c.situation, mine.Message().Key, mine.Line, c.key, c.line)
		}
	}
}

func TestTheMappingsOfTheProjectAreValid(t *testing.T) {
	names, err := filepath.Glob("../../testdata/mappings/*.toml")
	if err != nil || len(names) == 0 {
		t.Fatalf("%v: %v", names, err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(data, name); err != nil {
			t.Error(err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(whole)
	f.Add("[[table]]\nkinds = [\"bills\"]\n[table.columns]\nusage = []\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Parse([]byte(text), "m.toml")
		var mine *Error
		if err != nil && !errors.As(err, &mine) {
			t.Errorf("%v is no error for users", err)
		}
		if err == nil {
			for _, table := range m.Tables {
				table.Sources()
				table.MatchesFile("x.csv")
			}
		}
	})
}
