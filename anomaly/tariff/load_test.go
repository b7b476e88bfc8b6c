package tariff

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

const small = `id = "xx.demo"
name = "demo"
service = "electricity"
currency = "EUR"
unit = "kWh"

[rounding]
total = 0.01

[[season]]
name = "summer"
spans = ["06-01..09-30"]

[[season]]
name = "rest"

[[version]]
from = 2025-01-01

[[version.energy]]
tiers = [
  {upto = 100, rates = {summer = 0.2, rest = 0.1}},
  {rate = 0.3},
]

[[version]]
from = 2026-01-01

[[version.energy]]
rate = 0.123456789
`

func TestRatesKeepTheirDigits(t *testing.T) {
	b, err := book(t).add("x.toml", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	p := price(t, b, request("xx.demo", "2026-01-01", "2026-02-01", "1000000"))
	wantDecimal(t, "nine decimals", p.Amount, "123456.79")
	wantDecimal(t, "as written", p.Lines[0].UnitPrice, "0.123456789")
}

// Each fault is reported with its line, and with a hint where one helps.
func TestFaultsAreReportedWithTheirLine(t *testing.T) {
	for _, c := range []struct {
		name, old, new string
		line           int
		key, hint      string
	}{
		{"a misspelt key", `currency = "EUR"`, `curency = "EUR"`, 4, "tariff.file.unknown_key", "tariff.hint.did_you_mean"},
		{"a misspelt key in a tier", `upto = 100`, `up_to = 100`, 22, "tariff.file.unknown_key", "tariff.hint.did_you_mean"},
		{"no TOML", `unit = "kWh"`, `unit = kWh`, 5, "tariff.file.syntax", ""},
		{"the same key twice", `unit = "kWh"`, "unit = \"kWh\"\nunit = \"h\"", 6, "tariff.file.syntax", ""},
		{"an unknown service", `"electricity"`, `"steam"`, 3, "tariff.file.not_one_of", "tariff.hint.one_of"},
		{"a number in quotes", `summer = 0.2`, `summer = "0.2"`, 22, "tariff.file.bad_number", "tariff.hint.number"},
		{"a number with an exponent", `rate = 0.3}`, `rate = 3e-1}`, 23, "tariff.file.bad_number", "tariff.hint.number"},
		{"not a number", `rate = 0.3}`, `rate = nan}`, 23, "tariff.file.bad_number", "tariff.hint.number"},
		{"a season that is not there", `rest = 0.1`, `winter = 0.1`, 22, "tariff.file.season_missing", ""},
		{"no open tier", `{rate = 0.3}`, `{upto = 300, rate = 0.3}`, 23, "tariff.file.no_open_tier", "tariff.hint.open_tier"},
		{"tiers that fall", "{rate = 0.3}", "{upto = 90, rate = 0.2},\n  {rate = 0.3}", 23, "tariff.file.tiers_order", ""},
		{"versions out of order", `from = 2026-01-01`, `from = 2024-01-01`, 27, "tariff.file.versions_order", "tariff.hint.versions_order"},
		{"no date", "from = 2026-01-01\n", "", 26, "tariff.file.missing", "tariff.hint.date"},
		{"a version with nothing", "[[version.energy]]\nrate = 0.123456789\n", "", 26, "tariff.file.no_charges", "tariff.hint.charges"},
		{"a span that is no span", `06-01..09-30`, `06-01..09-31`, 12, "tariff.file.bad_span", "tariff.hint.span"},
		{"no rest of the year", "[[season]]\nname = \"rest\"\n", "", 10, "tariff.file.season_gap", "tariff.hint.rest_season"},
		{"no rounding", "[rounding]\ntotal = 0.01\n", "", 0, "tariff.file.missing", "tariff.hint.rounding"},
		{"rate and tiers", "rate = 0.123456789", "rate = 0.123456789\ntiers = [{rate = 1}]", 29, "tariff.file.rate_and_tiers", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(small, c.old, c.new, 1)
			if text == small {
				t.Fatal("the fault was not put in")
			}
			problems := Validate("x.toml", []byte(text))
			for _, p := range problems {
				if p.What.Key == c.key && p.Hint.Key == c.hint && (c.line == 0 || p.Line == c.line) {
					return
				}
			}
			t.Errorf("problems %+v, want %s in line %d with hint %q", problems, c.key, c.line, c.hint)
		})
	}
}

func TestAGoodFileHasNoProblems(t *testing.T) {
	if problems := Validate("x.toml", []byte(small)); problems != nil {
		t.Errorf("%+v", problems)
	}
}

func TestLoadADirectory(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("demo.toml", small)
	write("rate.json", `{"label":"one","energyratestructure":[[{"rate":0.1}]]}`)
	write("notes.txt", "not a tariff")
	b, err := book(t).Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"xx.demo", "us.urdb.one", residential} {
		if _, err := b.Show(id); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	if _, err := book(t).Show("xx.demo"); err == nil {
		t.Error("loading changed the book that was there")
	}
	write("bad.toml", "id = 3")
	if _, err := b.Load(dir); err == nil {
		t.Error("a bad file was taken")
	}
}

// A tariff with the id of a built-in one replaces it.
func TestAUsersOwnVersionGoesBeforeTheBuiltin(t *testing.T) {
	b, err := book(t).add("own.toml", []byte(strings.Replace(small, "xx.demo", residential, 1)))
	if err != nil {
		t.Fatal(err)
	}
	wantDecimal(t, "own price", price(t, b, request(residential, "2026-01-01", "2026-03-01", "100")).Amount, "12.35")
}

func TestSchemaNamesEveryKey(t *testing.T) {
	var schema struct {
		Properties map[string]struct{ Description string }
		Required   []string
	}
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	for _, f := range fields(reflect.TypeFor[File]()) {
		if schema.Properties[tomlName(f)].Description == "" {
			t.Errorf("%s has no description", tomlName(f))
		}
	}
	if len(schema.Required) < 5 {
		t.Errorf("required: %v", schema.Required)
	}
}

// Every message that this package can make has a sentence.
func TestEveryMessageHasASentence(t *testing.T) {
	key := regexp.MustCompile(`"(tariff\.(?:file\.|hint\.|urdb\.)?[a-z_]+)"`)
	en := locale.New(locale.English)
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range key.FindAllSubmatch(text, -1) {
			if !en.Has(string(m[1])) {
				t.Errorf("%s: no sentence for %s", path, m[1])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	files, _ := fs.Glob(builtin, "builtin/*.toml")
	for _, name := range files {
		data, _ := fs.ReadFile(builtin, name)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, tar, err := parse("x.toml", data)
		if err != nil {
			var problems Problems
			if !errors.As(err, &problems) || err.Error() == "" {
				t.Fatalf("error %v", err)
			}
			return
		}
		again, err := Encode(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse("x.toml", again); err != nil {
			t.Fatalf("%v\n%s", err, again)
		}
		priceSome(t, tar)
	})
}

func FuzzParseURDB(f *testing.F) {
	f.Add([]byte(`{"label":"x","energyratestructure":[[{"max":500,"rate":0.10,"adj":0.01,"unit":"kWh"},{"rate":0.14}],[{"rate":0.22}]],"energyweekdayschedule":` +
		schedule(16, 21, 1, 7) + `,"fixedchargefirstmeter":12.5,"mincharge":8.0,"startdate":1735689600,"enddate":1767225600}`))
	f.Add([]byte(`{"items":[{"label":"y","energyratestructure":[[{"rate":1e-5}]],"flatdemandstructure":[[{"rate":4}]],"flatdemandmonths":[0,0,0,0,0,0,0,0,0,0,0,0]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, tar, err := parseURDB("x.json", data)
		if err != nil {
			return
		}
		again, err := Encode(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse("x.toml", again); err != nil {
			t.Fatalf("%v\n%s", err, again)
		}
		priceSome(t, tar)
	})
}

// priceSome prices odd requests: an answer or a reason, lines that add up, no panic.
func priceSome(t *testing.T, tar *tariff) {
	for _, usage := range []string{"0", "0.001", "1400", "9999999999.999"} {
		for _, p := range []anomaly.Period{period("2026-01-01", "2026-03-01"), period("2025-05-20", "2025-06-19")} {
			req := &anomaly.PriceRequest{Period: p, Usage: dec(usage), Account: &anomaly.Account{Phases: 1}}
			got, err := tar.price(req, right)
			if err != nil {
				continue
			}
			var sum anomaly.Decimal
			for i := range got.Lines {
				sum, _ = anomaly.Add(sum, got.Lines[i].Amount)
			}
			if sum.Cmp(got.Amount) != 0 {
				t.Fatalf("lines come to %s, amount %s: %+v", sum, got.Amount, got)
			}
		}
	}
}
