package sniff

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"whybill/importers/csvfile"
	"whybill/importers/field"
)

var update = flag.Bool("update", false, "write HEADERS.md anew")

func TestKindIsRecognisedByTheHeader(t *testing.T) {
	for _, c := range []struct {
		situation, header string
		want              Kind
		missing           string
	}{
		{"canonical accounts", "account_id,service,name,route", KindAccounts, ""},
		{"canonical meters", "account_id,meter_id,installed_on,multiplier", KindMeters, ""},
		{"canonical readings", "account_id,read_on,reading,quality", KindReadings, ""},
		{"canonical bills", "account_id,period_start,period_end,usage", KindBills, ""},
		{"canonical bill lines", "account_id,bill_id,code,amount", KindLines, ""},
		{"canonical appliances", "account_id,appliance,watts,hours_per_day", KindAppliances, ""},
		{"canonical weather", "station,date,mean_temp_c", KindWeather, ""},
		{"weather by extremes", "station,date,tmin,tmax", KindWeather, ""},
		{"canonical intervals", "account_id,start,usage,minutes", KindIntervals, ""},
		{"canonical events", "account_id,at,kind,note", KindEvents, ""},
		{"canonical inspections", "account_id,outcome,inspected_on", KindInspections, ""},
		{"bills with the account's attributes", "account_id,route,period_start,period_end,usage", KindBills, ""},
		{"bills with readings", "account_id,bill_id,meter_id,period_start,period_end,usage,amount,reading_from,reading_to,quality", KindBills, ""},
		{"bills without usage", "account_id,period_start,period_end,amount,route", KindBills, "usage"},
		{"Taipower", "電號,計費期間起,計費期間迄,抄表日,上期指數,本期指數,倍數,用電度數,流動電費,應繳總金額", KindBills, ""},
		{"an amount by the words of a card", "電號,計費期間起,計費期間迄,用電度數,電費金額", KindBills, ""},
		{"the amount as electricity", "電號,計費期間起,計費期間迄,用電度數,電費", KindBills, ""},
		{"the amount due as electricity", "電號,計費期間起,計費期間迄,用電度數,應繳電費", KindBills, ""},
		{"the amount, simplified", "户号,用电开始时间,用电结束时间,合计电量,电费金额", KindBills, ""},
		{"the amount due, simplified", "户号,用电开始时间,用电结束时间,合计电量,应缴电费", KindBills, ""},
		{"State Grid", "户号,电能表编号,示数类型,上期示数,本期示数,倍率,抄见电量,退补电量,计费电量,抄表日期", KindReadings, ""},
		{"Southern Grid", "用户编号,用电开始时间,用电结束时间,上次表示数,本次表示数,倍率,抄见电量(千瓦时),合计电量", KindBills, ""},
		{"water ledger", "水表编号,户号,抄表日期,当日读数,修正读数,当日水量", KindReadings, ""},
		{"EnergyCAP", "AccountCode,STARTDATE,ENDDATE,ACE,MeterCode,USE:KWH:Usage", KindBills, ""},
		{"Opower", "service_point_id,usage_value,date_from,date_to", KindBills, ""},
		{"bills from and to", "Account No,Service,Bill No,Bill From,Bill To,Usage,Unit,Amount", KindBills, ""},
		{"a bill's usage and amount, its period under no known name", "Account No,Service,Bill No,Usage,Unit,Amount", KindBills, "period_start"},
		{"more of the account than of the bill", "account_id,service,unit,premise_id,name,class,tariff,region,route,status,period_start,period_end,usage,amount", KindBills, ""},
		{"more of the account than of the reading", "account_id,service,unit,premise_id,name,class,tariff,region,route,status,read_on,reading,usage", KindReadings, ""},
		{"meters with what they counted", "account_id,meter_id,installed_on,multiplier,digits,usage", KindBills, "period_start"},
		{"a billing system's bills", "Customer No.,Invoice #,From,To,Consumption (kWh),Total Amount (NT$),Opening Read,Closing Read,Read Type", KindBills, ""},
		{"its readings, whose type says how they were taken", "Customer No.,Meter Serial,Read Date,Meter Read,Type,Meter Reader", KindReadings, ""},
		{"its bills of water", "Customer No.,Invoice #,Period,Volume m3,Charge,Unit", KindBills, ""},
		{"spelt as people type", "Account Number,Billing Start,Billing End,Usage (kWh),Total", KindBills, ""},
	} {
		m := Recognise(strings.Split(c.header, ","))[0]
		missing := ""
		if len(m.Missing) > 0 {
			missing = m.Missing[0].String()
		}
		if m.Kind != c.want || missing != c.missing {
			t.Errorf("%s: %s, missing %q; want %s, %q", c.situation, m.Kind, missing, c.want, c.missing)
		}
		for _, col := range m.Columns {
			if col.Note == "unknown" {
				t.Errorf("%s: column %s is unknown", c.situation, col.Header)
			}
		}
	}
}

func TestWhatIsNoTableIsNotRecognised(t *testing.T) {
	for _, header := range []string{"alpha,beta", "1,2,3", "", "x"} {
		if m := Recognise(strings.Split(header, ",")); len(m) > 0 {
			t.Errorf("%q was taken for %s", header, m[0].Kind)
		}
	}
}

// Two fields of the same table must not share a header: which one is meant would depend
// on the order of a list.
func TestNoHeaderMeansTwoThingsInOneTable(t *testing.T) {
	allowed := map[string]bool{ // told apart by what else the table has, or by rank
		"readings": true, "bills": true,
	}
	for key, headers := range index() {
		for _, kind := range Kinds {
			if allowed[kind.String()] {
				continue
			}
			seen := map[Field]bool{}
			for _, h := range headers {
				if kind.Has(h.Field) && h.Field != LineAmount {
					seen[h.Field] = true
				}
			}
			if len(seen) > 1 {
				t.Errorf("in %s, %q can be %v", kind, key, seen)
			}
		}
	}
}

func TestUnitsInHeaders(t *testing.T) {
	for header, want := range map[string]string{
		"usage (kWh)": "kWh", "Usage [MWh]": "MWh", "用電度數(kWh)": "kWh", "usage_kwh": "kWh", "consumption m³": "m3",
		"抄见电量（千瓦时）": "kWh", "usage": "", "usage (度)": "", "Usage ccf": "ccf",
	} {
		candidates, unit := Lookup(header)
		if len(candidates) == 0 {
			t.Errorf("%s is not recognised", header)
			continue
		}
		if unit == "" {
			unit = candidates[0].Unit
		}
		if unit != want {
			t.Errorf("%s is in %q, want %q", header, unit, want)
		}
	}
}

// What several countries call their money with is nobody's.
func TestCurrenciesInHeaders(t *testing.T) {
	for header, want := range map[string]string{
		"Total Amount (NT$)": "TWD", "Amount TWD": "TWD", "應繳總金額（新臺幣）": "TWD", "电费金额(人民币)": "CNY", "Amount [€]": "EUR",
		"invoice_amount_gbp": "GBP", "Total ($)": "", "金額（元）": "", "Amount (¥)": "", "Amount": "", "Bill amount (net)": "",
	} {
		m := RecogniseAs([]string{header}, KindBills)
		if c := m.Columns[0]; c.Field != Amount || c.Currency != want {
			t.Errorf("%s: %s in %q, want the amount in %q", header, c.Field, c.Currency, want)
		}
	}
	if c := RecogniseAs([]string{"Energy charge (NT$)"}, KindBills).Columns[0]; c.Field != LineAmount || c.Currency != "" {
		t.Errorf("a line's column is %s in %q", c.Field, c.Currency)
	}
}

// A bill's type is a kind of bill: estimated bills say so under a name of their own.
func TestTypeIsHowAReadingWasTaken(t *testing.T) {
	for kind, want := range map[Kind]Field{KindReadings: QualityCode, KindBills: NoField, KindIntervals: NoField, KindEvents: NoField} {
		if c := RecogniseAs([]string{"Type"}, kind).Columns[0]; c.Field != want {
			t.Errorf("in %s it is %s", kind, c.Field)
		}
	}
}

func TestEncodings(t *testing.T) {
	chinese := "電號,計費期間起,計費期間迄,用電度數,用戶名稱\nA1,114/08/06,114/10/06,1234,陳大文\n"
	simplified := "户号,电能表编号,上期示数,本期示数,抄表日期\n1,2,3,4,2024-05-01\n"
	german := "Kunde;Straße;Verbrauch\nMüller;Gänsemarkt;12\n"
	plain := "account_id,usage\nA1,12\n"
	encode := func(e Encoding, s string) string {
		out, err := encodings[e].enc.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, c := range []struct {
		situation, bytes string
		want             Encoding
		sure             bool
	}{
		{"ASCII", plain, UTF8, true},
		{"UTF-8", chinese, UTF8, true},
		{"UTF-8 with a mark", "\ufeff" + chinese, UTF8, true},
		{"UTF-8 with one broken byte in a long text", strings.Repeat(chinese, 20) + "\xff", UTF8, true},
		{"Big5", encode(Big5, chinese), Big5, true},
		{"Big5, a header alone", encode(Big5, strings.SplitAfter(chinese, "\n")[0]), Big5, true},
		{"GB18030", encode(GB18030, simplified), GB18030, true},
		{"GB18030, traditional text", encode(GB18030, chinese), GB18030, true},
		{"Windows-1252", encode(Windows1252, german), Windows1252, true},
		{"UTF-16, little end", "\xff\xfe" + encode(UTF16LE, plain)[2:], UTF16LE, true},
		{"UTF-16, no mark", strings.ReplaceAll(plain, "", "\x00")[1:], UTF16LE, true},
		{"two bytes that could be anything", "a,b\n1,\xb0\xa1\n", EncodingUnknown, false},
	} {
		g := DetectEncoding([]byte(c.bytes), true)
		if c.want != EncodingUnknown && g.Encoding != c.want || g.Sure != c.sure {
			t.Errorf("%s is %s (sure %t, rival %s), want %s", c.situation, g.Encoding, g.Sure, g.Rival, c.want)
		}
	}
	for name, want := range map[string]Encoding{"GBK": GB18030, "cp950": Big5, "latin1": Windows1252, "UTF-8": UTF8, "": EncodingUnknown} {
		if got, ok := ParseEncoding(name); got != want || !ok {
			t.Errorf("%q is %s", name, got)
		}
	}
}

// Decoding run by run must say what decoding the whole says, in order or not.
func TestRunsDecodeLikeTheWhole(t *testing.T) {
	// A lead byte and a digit that begin no character, before one of two bytes.
	if got, want := decodeBoth(t, GB18030, "\xa4\x31\x00\xa4\x61"); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	rapid.Check(t, func(r *rapid.T) {
		raw := rapid.SliceOf(rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte("a,1\n")), rapid.ByteRange(0xa4, 0xb0))).Draw(r, "bytes")
		for _, e := range []Encoding{Big5, GB18030, Windows1252} {
			want, err := e.Decoder().String(string(raw))
			if err != nil {
				r.Fatal(err)
			}
			got, undecoded := e.Decode(string(raw))
			if got != want || undecoded != strings.Count(want, "\ufffd") {
				r.Fatalf("%s: %q, want %q (%d undecoded)", e, got, want, undecoded)
			}
		}
	})
}

func decodeBoth(t *testing.T, e Encoding, raw string) (runs, whole string) {
	t.Helper()
	whole, err := e.Decoder().String(raw)
	if err != nil {
		t.Fatal(err)
	}
	runs, _ = e.Decode(raw)
	return runs, whole
}

func TestDialects(t *testing.T) {
	for _, c := range []struct {
		situation, sample string
		want              csvfile.Dialect
	}{
		{"commas", "a,b,c\n1,2,3\n", csvfile.Comma},
		{"semicolons with decimal commas", "a;b;c\n1,5;2,5;3,5\n2,5;1,5;0,5\n", csvfile.Dialect{Delimiter: ";", Quote: '"'}},
		{"tabs with commas in text", "a\tb\nx, y\t1\nz\t2\n", csvfile.Dialect{Delimiter: "\t", Quote: '"'}},
		{"one column", "account\nA1\nA2\n", csvfile.Comma},
		{"apostrophes", "'a','b'\n'x, y','1'\n'z','2'\n", csvfile.Dialect{Delimiter: ",", Quote: '\''}},
		{"declared", "sep=|\na|b\n", csvfile.Dialect{Delimiter: "|", Quote: '"'}},
		{"carriage returns", "a,b\r1,2\r", csvfile.Dialect{Delimiter: ",", Quote: '"', CR: true}},
		{"titles above", "Report of the year\nprinted today\n\na;b;c;d\n1;2;3;4\n5;6;7;8\n", csvfile.Dialect{Delimiter: ";", Quote: '"'}},
	} {
		if got := DetectDialect(c.sample, ""); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.situation, got, c.want)
		}
	}
}

// The list in the manual is made of the list that is used.
func TestHeadersAreDocumented(t *testing.T) {
	const name = "../HEADERS.md"
	got := manual()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil || string(want) != got {
		t.Errorf("%s is out of date (-update writes it anew): %v", name, err)
	}
}

func manual() string {
	var b strings.Builder
	b.WriteString("# Recognised headers\n\nMade by `go test ./importers/sniff -update`. Case, blanks and punctuation do not count, and full-width\n" +
		"letters are letters; a unit or a currency may follow in brackets or as the last word, as in `usage (MWh)` and `amount (NT$)`.\nOf several columns with the same meaning the one listed first is used.\n\n")
	names := map[string][]string{}
	var order []string
	for _, h := range Headers() {
		key := h.Field.String()
		if h.Code != "" {
			key += "." + h.Code
		}
		if names[key] == nil {
			order = append(order, key)
		}
		text := h.Text
		if h.Only != KindUnknown {
			text += " (in " + h.Only.String() + ")"
		}
		names[key] = append(names[key], text)
	}
	b.WriteString("| column | headers |\n|---|---|\n")
	for _, key := range order {
		fmt.Fprintf(&b, "| %s | %s |\n", key, strings.Join(names[key], ", "))
	}
	b.WriteString("\n| table | required | optional |\n|---|---|---|\n")
	for _, kind := range Kinds {
		table := kind.Table()
		var required, optional []string
		for _, group := range table.Required {
			var one []string
			for _, f := range group {
				one = append(one, f.String())
			}
			required = append(required, strings.Join(one, " or "))
		}
		for _, f := range table.Optional {
			optional = append(optional, f.String())
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", kind, strings.Join(required, ", "), strings.Join(optional, ", "))
	}
	return b.String()
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte("account_id,usage\n1,2\n"))
	f.Add([]byte("\xff\xfea\x00,\x00"))
	f.Add([]byte("sep=;\na;b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		g := DetectEncoding(data, true)
		text, _ := g.Encoding.Decode(string(data[min(g.BOM, len(data)):]))
		d := DetectDialect(text, "")
		var records [][]string
		for rest := text; rest != "" && len(records) < HeaderRows; {
			cells, n, ok := d.Next(rest, true, nil)
			if !ok || n <= 0 {
				t.Fatalf("no progress in %q", rest)
			}
			records, rest = append(records, cells), rest[n:]
		}
		FindHeader(records)
		for _, r := range records {
			for _, cell := range r {
				field.Fold(cell)
			}
		}
	})
}
