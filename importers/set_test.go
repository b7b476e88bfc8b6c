package importers

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/traditionalchinese"
	"pgregory.net/rapid"

	"whybill/anomaly"
	"whybill/importers/mapping"
)

var compareDecimals = cmp.Comparer(func(a, b anomaly.Decimal) bool { return a.Cmp(b) == 0 && a.Scale() == b.Scale() })

// workbook writes sheets as a minimal XLSX with inline strings; cells that look like
// plain numbers are numbers, "=" begins a formula that was never calculated, "#" an error.
func workbook(t *testing.T, sheets map[string][][]string) string {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	add := func(name, content string) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	for name := range sheets {
		names = append(names, name)
	}
	slices.Sort(names)
	var list, rels, types strings.Builder
	for i, name := range names {
		fmt.Fprintf(&list, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, name, i+1, i+1)
		fmt.Fprintf(&rels, `<Relationship Id="rId%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, i+1)
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, i+1)
		var rows strings.Builder
		for r, cells := range sheets[name] {
			fmt.Fprintf(&rows, `<row r="%d">`, r+1)
			for c, cell := range cells {
				ref := fmt.Sprintf("%c%d", 'A'+c, r+1)
				if strings.HasPrefix(cell, "=") {
					fmt.Fprintf(&rows, `<c r="%s"><f>%s</f></c>`, ref, cell[1:])
				} else if strings.HasPrefix(cell, "#") {
					fmt.Fprintf(&rows, `<c r="%s" t="e"><v>%s</v></c>`, ref, cell)
				} else if _, err := anomaly.ParseDecimal(cell); err == nil && cell[0] != '0' {
					fmt.Fprintf(&rows, `<c r="%s"><v>%s</v></c>`, ref, cell)
				} else if cell != "" {
					fmt.Fprintf(&rows, `<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, ref, cell)
				}
			}
			rows.WriteString(`</row>`)
		}
		add(fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`+rows.String()+`</sheetData></worksheet>`)
	}
	add("[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>`+types.String()+`</Types>`)
	add("_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`)
	add("xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`+rels.String()+`</Relationships>`)
	add("xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>`+list.String()+`</sheets></workbook>`)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, "story.xlsx", buf.String())
}

var storyBills = [][]string{
	{"Bills of the north district"},
	{},
	{"account_id", "period_start", "period_end", "usage", "amount", "quality"},
	{"0712345601", "2025-01-01", "2025-03-01", "807", "1756", "A"},
	{"0712345601", "2025-03-01", "2025-05-01", "640.5", "1320.5", "E"},
	{"0712345602", "2026-01-01", "2026-03-01", "1400", "", "A"},
	{"Total", "", "", "2847.5", "", ""},
}

func TestTheSameStoryFromTextAndFromAWorkbook(t *testing.T) {
	var text strings.Builder
	for _, row := range storyBills {
		text.WriteString(strings.Join(row, ",") + "\n")
	}
	fromText, textProblems, _ := readAll(t, Options{}, write(t, "story.csv", text.String()))
	fromBook, bookProblems, files := readAll(t, Options{}, workbook(t, map[string][][]string{"Bills": storyBills, "Notes": {{"nothing", "to"}, {"see", "here"}}}))
	if diff := cmp.Diff(fromText, fromBook, compareDecimals); diff != "" {
		t.Errorf("rows differ:\n%s", diff)
	}
	if len(textProblems) != 1 || len(bookProblems) != 1 || textProblems[0].Row != bookProblems[0].Row {
		t.Errorf("problems are %v and %v", textProblems, bookProblems)
	}
	if f := files[0]; f.Label != "story" || f.HeaderRow != 3 || filepath.Base(f.Name) != "story.xlsx" {
		t.Errorf("workbook read as %+v", f)
	}
}

func TestSeveralSheetsAreSeveralFiles(t *testing.T) {
	book := workbook(t, map[string][][]string{
		"Bills":    storyBills,
		"Readings": {{"account_id", "read_on", "reading"}, {"A1", "2025-01-01", "5"}},
	})
	rows, _, files := readAll(t, Options{}, book)
	if len(rows.Bills) != 3 || len(rows.Readings) != 1 || len(files) != 2 {
		t.Fatalf("%d bills, %d readings, %d files", len(rows.Bills), len(rows.Readings), len(files))
	}
	one, err := files[0].Hash(context.Background())
	other, err2 := files[1].Hash(context.Background())
	if err != nil || err2 != nil || one == other || len(one) != 64 {
		t.Errorf("hashes are %q and %q: %v, %v", one, other, err, err2)
	}
}

func TestErrorsForUsers(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		situation string
		path      string
		opt       Options
		want      string
	}{
		{"a folder without data", dir, Options{}, "import.empty_folder"},
		{"a file that is not there", filepath.Join(dir, "no.csv"), Options{}, "import.no_file"},
		{"a glob that matches nothing", filepath.Join(dir, "*.csv"), Options{}, "import.no_match"},
		{"a device", os.DevNull, Options{}, "import.not_regular"},
		{"standard input that is not there", "-", Options{}, "import.no_stdin"},
		{"standard input that is empty", "-", Options{Stdin: strings.NewReader("")}, "import.empty_file"},
		{"a damaged gzip file", write(t, "a.csv.gz", "\x1f\x8bxx"), Options{}, "import.bad_gzip"},
		{"a kind that it is not", write(t, "b.csv", "account_id,usage\n"), Options{Kind: KindReadings}, "import.missing_column"},
		{"accounts and nothing about them", write(t, "c.csv", "account_id\nA1\n"), Options{}, "import.unknown_kind"},
		{"an encoding that two could be", write(t, "d.csv", "account_id,usage\n\xb0\xa1,1\n"), Options{}, "import.encoding_open"},
	} {
		set, err := Open(context.Background(), []string{c.path}, c.opt)
		var mine *Error
		if !errors.As(err, &mine) || mine.Message.Key != c.want {
			t.Errorf("%s: %v, want %s", c.situation, err, c.want)
		}
		if set != nil {
			t.Errorf("%s: a set all the same", c.situation)
		}
	}
}

func TestOneDamagedFileLeavesTheOthers(t *testing.T) {
	const bills = "account_id,period_start,period_end,usage\nA,2025-01-01,2025-03-01,5\nA,2025-03-01,2025-05-01,5\n"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for range 3000 { // more than is looked at before all of it is read
		if _, err := z.Write([]byte(bills)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	good := write(t, "good.csv", bills)
	for situation, bad := range map[string]string{
		"not what it is packed as":           write(t, "a.csv.gz", "\x1f\x8bxx"),
		"an archive that is none":            write(t, "a.zip", "PK\x03\x04garbage"),
		"a workbook that is none":            write(t, "a.xlsx", "PK\x03\x04garbage"),
		"cut off far inside":                 write(t, "b.csv.gz", packed.String()[:packed.Len()-20]),
		"nothing in it":                      write(t, "c.csv", ""),
		"no header that anybody knows":       write(t, "d.csv", "x,y\n1,2\n"),
		"dates that can be read in two ways": write(t, "e.csv", "account_id,period_start,period_end,usage\nA,01/02/2025,01/03/2025,5\n"),
	} {
		for _, paths := range [][]string{{bad, good}, {good, bad}} {
			set, err := Open(context.Background(), paths, Options{GoOn: true})
			if err != nil {
				t.Errorf("%s: %v", situation, err)
				continue
			}
			if len(set.Refused()) != 1 || set.Refused()[0].File != bad || len(set.Files()) != 1 || set.Files()[0].Name != good {
				t.Errorf("%s: refused %v, read %v", situation, set.Refused(), set.Files())
			}
			n := 0
			if err := set.Each(context.Background(), func(b *Batch) error { n += len(b.Rows.Bills); return nil }); err != nil || n != 2 {
				t.Errorf("%s: %d bills of the good file, %v", situation, n, err)
			}
			if err := set.Close(); err != nil {
				t.Error(err)
			}
			if _, err := Open(context.Background(), paths, Options{}); err == nil {
				t.Errorf("%s: without going on it is no error", situation)
			}
		}
		if _, err := Open(context.Background(), []string{bad}, Options{GoOn: true}); err == nil {
			t.Errorf("%s: alone it is no error", situation)
		}
	}
}

func TestAbsurdBills(t *testing.T) {
	rows, problems, _ := readAll(t, Options{Today: anomaly.MustDate("2026-01-01")}, write(t, "bills.csv", `account_id,period_start,period_end,usage
A,2025-01-01,2025-03-01,5
A,2025-03-01,2025-05-01,100000000000000
A,2025-05-01,2025-07-01,10000000000
A,2030-01-01,2030-03-01,5
`))
	var said []string
	for _, p := range problems {
		said = append(said, fmt.Sprint(p.Row, " ", p.Column, " ", p.Value, " ", p.Reason.Key, " ", p.Rejected))
	}
	want := []string{"3 usage 100000000000000 import.absurd_usage true", "5 period_end 2030-03-01 import.future_bill false"}
	if !slices.Equal(said, want) || len(rows.Bills) != 3 {
		t.Errorf("%d bills; %q, want %q", len(rows.Bills), said, want)
	}
}

func TestAServiceThatNobodyKnows(t *testing.T) {
	rows, problems, _ := readAll(t, Options{}, write(t, "accounts.csv", "account_id,service,name\nA,steam,x\nB,Wasser,y\nC,water,z\n"))
	if len(rows.Accounts) != 3 || rows.Accounts[0].Service != anomaly.ServiceUnknown || rows.Accounts[2].Service != anomaly.Water {
		t.Errorf("accounts %+v", rows.Accounts)
	}
	if len(problems) != 2 || problems[0].Row != 2 || problems[0].Column != "service" || problems[0].Value != "steam" || problems[0].Rejected {
		t.Fatalf("problems %+v", problems)
	}
	if allowed := problems[0].Reason.Args[0].Text; allowed != "electricity, water, gas, broadband" {
		t.Errorf("allowed are %q", allowed)
	}
}

func TestStandardInputIsReadTwiceAndLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	rows, _, files := readAll(t, Options{Stdin: strings.NewReader("account_id,period_start,period_end,usage\nA,2025-01-01,2025-01-31,5\nA,2025-02-01,2025-02-28,5\n")}, "-")
	if len(rows.Bills) != 2 || files[0].End.End != EndInclusive || !files[0].Temporary() {
		t.Errorf("%d bills, %+v", len(rows.Bills), files[0])
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestAFolderIsReadInOrder(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"b.csv": "account_id,read_on,reading\nB,2025-01-01,1\n", "a/a.csv": "account_id,read_on,reading\nA,2025-01-01,1\n",
		"notes.md": "# no data\n", ".hidden.csv": "x\n",
	} {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rows, _, _ := readAll(t, Options{}, dir)
	if len(rows.Readings) != 2 || rows.Readings[0].AccountID != "A" || rows.Readings[1].AccountID != "B" {
		t.Errorf("readings are %+v", rows.Readings)
	}
}

func TestLinesFollowTheBillsOfTheSet(t *testing.T) {
	bills := write(t, "bills.csv", "account_id,bill_id,period_start,period_end,usage\nA,1,2025-01-01,2025-01-31,5\nA,2,2025-02-01,2025-02-28,5\n")
	lines := write(t, "lines.csv", "account_id,bill_id,code,amount,from,to\nA,1,energy,5,2025-01-01,2025-01-15\n")
	rows, _, _ := readAll(t, Options{}, lines, bills)
	if got := rows.Lines[0].Period.String(); got != "2025-01-01..2025-01-16" {
		t.Errorf("the line's period is %s", got)
	}
}

func TestReadingsSayWhatSingleBillsCannot(t *testing.T) {
	bills := write(t, "bills.csv", "account_id,period_start,period_end,usage\nA,2025-01-05,2025-03-09,5\nB,2025-01-07,2025-03-02,5\n")
	readings := write(t, "readings.csv", "account_id,read_on,reading\nA,2025-03-10,5\nB,2025-03-03,5\nC,2025-03-02,5\n")
	rows, _, files := readAll(t, Options{}, bills, readings)
	if d := files[0].End; d.End != EndInclusive || d.Basis != "readings" || !d.Assumed || d.Inclusive != 2 || d.Exclusive != 0 {
		t.Errorf("decided %+v", d)
	}
	if !rows.Bills[0].EndAssumed || rows.Bills[0].Period.String() != "2025-01-05..2025-03-10" {
		t.Errorf("the bill is %+v", rows.Bills[0])
	}
}

// Which row stands where changes neither what is read nor what period_end means.
func TestShuffledRowsSayTheSame(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var rows []string
		for a := range rapid.IntRange(1, 6).Draw(r, "accounts") {
			day := anomaly.MustDate("2025-01-01").AddDays(rapid.IntRange(0, 40).Draw(r, "start"))
			for range rapid.IntRange(1, 5).Draw(r, "bills") {
				end := day.AddDays(rapid.IntRange(20, 70).Draw(r, "days"))
				rows = append(rows, fmt.Sprintf("A%d,R%d,%s,%s,%d", a, a%2, day, end.AddDays(-1), rapid.IntRange(0, 3000).Draw(r, "usage")))
				day = end
			}
		}
		read := func(rows []string, chunk int) (bills []string, end EndDecision) {
			p := write(t, "b.csv", "account_id,route,period_start,period_end,usage\n"+strings.Join(rows, "\n")+"\n")
			all, problems, files := readAll(t, Options{ChunkBytes: chunk}, p)
			if len(problems) > 0 {
				r.Fatalf("problems: %v", problems)
			}
			for _, b := range all.Bills {
				bills = append(bills, fmt.Sprint(b.AccountID, b.Period, b.Usage, b.EndAssumed))
			}
			slices.Sort(bills)
			return bills, files[0].End
		}
		want, wantEnd := read(rows, 0)
		got, gotEnd := read(rapid.Permutation(rows).Draw(r, "order"), rapid.IntRange(1, 400).Draw(r, "chunk"))
		if diff := cmp.Diff(want, got); diff != "" || wantEnd != gotEnd {
			r.Fatalf("%v and %v:\n%s", wantEnd, gotEnd, diff)
		}
	})
}

func TestACallbacksErrorAndACancelledContextEndTheReading(t *testing.T) {
	p := write(t, "b.csv", "account_id,read_on,reading\n"+strings.Repeat("A,2025-01-01,1\n", 5000))
	set, err := Open(context.Background(), []string{p}, Options{ChunkBytes: 1000})
	if err != nil {
		t.Fatal(err)
	}
	enough := errors.New("enough")
	calls := 0
	if err := set.Each(context.Background(), func(*Batch) error { calls++; return enough }); !errors.Is(err, enough) || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if err := set.Each(ctx, func(*Batch) error { cancel(); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err := set.Close(); err != nil {
		t.Error(err)
	}
}

func TestADraftIsReadBack(t *testing.T) {
	for _, name := range []string{"bills-canonical.csv", "bills-dmy.csv", "taipower-utf8.csv", "readings.csv"} {
		file := filepath.Join(filesDir, name)
		want, _, files := readAll(t, Options{}, file)
		draft := DraftMapping(files, func(m anomaly.Message) string { return "# " + m.Key })
		m, err := mapping.Parse([]byte(draft), "draft.toml")
		if err != nil {
			t.Errorf("%s: %v in\n%s", name, err, draft)
			continue
		}
		got, _, _ := readAll(t, Options{Mapping: m}, file)
		if len(got.Bills) != len(want.Bills) || len(got.Lines) != len(want.Lines) || len(got.Readings) != len(want.Readings) {
			t.Errorf("%s: %d rows by the draft, %d without\n%s", name, got.Len(), want.Len(), draft)
		}
	}
}

func FuzzRead(f *testing.F) {
	names, err := filepath.Glob(filepath.Join(filesDir, "*.*"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p := filepath.Join(t.TempDir(), "fuzz.csv")
		if err := os.WriteFile(p, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := CleanRows(context.Background(), p, Options{}, &bytes.Buffer{}); err != nil {
			checkError(t, err)
		}
		in, err := Inspect(context.Background(), p, Options{})
		if err != nil {
			checkError(t, err)
			return
		}
		DraftMapping(in.Files, func(m anomaly.Message) string { return "# " + m.Key })
	})
}

func checkError(t *testing.T, err error) {
	t.Helper()
	var mine *Error
	if !errors.As(err, &mine) {
		t.Errorf("%v is no error for users", err)
	}
}

// benchBills makes a file of bills by month, as a billing system exports it.
func benchBills(quoted bool) string {
	var b strings.Builder
	b.WriteString("account_id,period_start,period_end,usage,amount,bill_id\n")
	day := anomaly.MustDate("2022-01-01")
	for p := range 24 {
		end := day.AddMonths(1)
		for a := range 5000 {
			usage := (a*7919+p*104729)%1500 + 50
			line := fmt.Sprintf("A%07d,%s,%s,%d.%d,%d,B%07d-%02d", a, day, end, usage, a%10, 3*usage, a, p)
			if quoted {
				line = `"` + strings.ReplaceAll(line, ",", `","`) + `"`
			}
			b.WriteString(line + "\n")
		}
		day = end
	}
	return b.String()
}

func BenchmarkRead(b *testing.B) {
	chinese := strings.Replace(benchBills(false), "account_id,period_start,period_end,usage,amount,bill_id", "電號,計費期間起,計費期間迄,用電度數,應繳總金額,用戶名稱", 1)
	big5, err := traditionalchinese.Big5.NewEncoder().String(strings.ReplaceAll(chinese, ",B", ",用戶陳大文"))
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct{ name, content string }{
		{"plain", benchBills(false)}, {"quoted", benchBills(true)}, {"big5", big5},
	} {
		b.Run(c.name, func(b *testing.B) {
			p := filepath.Join(b.TempDir(), "bills.csv")
			if err := os.WriteFile(p, []byte(c.content), 0o600); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(c.content)))
			rows := 0
			for b.Loop() {
				set, err := Open(context.Background(), []string{p}, Options{})
				if err == nil {
					err = set.Each(context.Background(), func(batch *Batch) error { rows += batch.Read; return nil })
				}
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
