package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What somebody complained about, in whose words and about whom, stays at the desk. These
// texts stand where people write such things: in an event's note and name, in the
// ledger's words and names.
var confidential = []string{"QXWORDS", "QXNAME", "QXLEDGER", "QXCREW", "QXAGENT"}

const confidentialEvents = `account_id,at,kind,due,ref,note,by
0712345602,2026-03-09,complaint,,C-1,"topic=high_bill about_crew=QXCREW QXWORDS he shouted at my mother",QXNAME
0712345602,2026-03-09,feedback,,F-9,"QXWORDS nobody ever answers",QXNAME
0712345602,2026-03-10,visit_promised,2026-03-13,C-1,"joint=yes crew=QXCREW QXWORDS please not him again",QXNAME
0712345602,2026-03-12,visit_done,,C-1,"present=no looked_at=meter_face crew=QXCREW QXWORDS",QXNAME
0712345602,2026-03-14,claim,,C-1,"meter=fine QXWORDS",QXNAME
0712345602,2026-03-15,notice_sent,,C-1,"QXWORDS",QXNAME
0712345602,2026-03-15,evidence,,C-1,"coverage=warranty until=2026-01-01 source=system QXWORDS",QXNAME
`

// secrets returns the confidential texts that stand in an output; a workbook is unpacked.
func secrets(t *testing.T, output []byte) []string {
	t.Helper()
	if bytes.HasPrefix(output, []byte("PK")) {
		book, err := zip.NewReader(bytes.NewReader(output), int64(len(output)))
		if err != nil {
			t.Fatal(err)
		}
		var all []byte
		for _, f := range book.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			part, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, part...)
		}
		output = all
	}
	var found []string
	for _, s := range confidential {
		if bytes.Contains(output, []byte(s)) {
			found = append(found, s)
		}
	}
	return found
}

func TestNobodysWordsLeaveTheDesk(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"LANG", "LC_ALL", "LC_MESSAGES", "WHYBILL_LANG", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "WHYBILL_CONFIG"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", dir)
	t.Setenv("WHYBILL_DB", filepath.Join(dir, "w.db"))
	run := func(args ...string) []byte {
		t.Helper()
		var out, errOut bytes.Buffer
		if code := testApp(&out, &errOut).run(t.Context(), args); code != exitDone {
			t.Fatalf("whybill %s: exit status %d\n%s", strings.Join(args, " "), code, errOut.String())
		}
		if len(out.Bytes()) == 0 {
			return errOut.Bytes()
		}
		return out.Bytes()
	}
	if err := os.WriteFile("told.csv", []byte(confidentialEvents), 0o600); err != nil {
		t.Fatal(err)
	}
	config := "[contact]\ncompany = \"Island Power\"\nphone = \"1911\"\nhours = \"Mon-Fri 8:00-17:00\"\n"
	if err := os.WriteFile("config.toml", []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	run("import", "--quiet", filepath.Join(root, "testdata", "stories", "winter-1400"), "told.csv")
	run("case", "note", "C-1", "--on", "2026-03-16", "--by", "QXAGENT", "--text", "QXLEDGER she says that he lied", "--told")
	run("case", "promise", "C-1", "--on", "2026-03-16", "--by", "QXAGENT", "--due", "2026-03-18", "--crew", "QXCREW", "--text", "QXLEDGER")
	run("case", "open", "0712345602", "--on", "2026-03-17", "--by", "QXAGENT", "--case", "K-2", "--text", "QXLEDGER about the technician")
	run("case", "close", "K-2", "--on", "2026-03-18", "--by", "QXAGENT", "--cause", "other", "--evidence", "QXLEDGER", "--told", "QXLEDGER", "--text", "QXLEDGER")

	// The desk itself sees them: the test would prove nothing if they were not there.
	if found := secrets(t, run("case", "show", "C-1", "--as-of", "2026-03-20")); len(found) != len(confidential) {
		t.Fatalf("the desk sees %v only", found)
	}

	const account, asOf = "0712345602", "2026-03-20"
	outputs := [][]string{
		{"case", "show", "C-1", "--as-of", asOf, "--redacted"},
		{"case", "show", "C-1", "--as-of", asOf, "--redacted", "--format", "json"},
		{"case", "list", "--as-of", asOf},
		{"case", "list", "--as-of", asOf, "--format", "json"},
		{"case", "feedback", "--as-of", asOf},
		{"case", "feedback", "--as-of", asOf, "--format", "json", "--redacted"},
		{"selftest", "plan", account, "--as-of", asOf},
		{"rebill", account, "--as-of", asOf, "--format", "json"},
		{"explain", "C04"},
		{"db", "info"},
		{"db", "info", "--format", "json"},
		{"model", "show"},
	}
	for _, lang := range []string{"en", "zh-TW", "zh-CN"} {
		outputs = append(outputs,
			[]string{"check", account, "--as-of", asOf, "--full", "--lang", lang},
			[]string{"check", account, "--as-of", asOf, "--format", "json", "--lang", lang})
	}
	for _, format := range []string{"text", "markdown", "html"} {
		outputs = append(outputs, []string{"worksheet", account, "--as-of", asOf, "--format", format},
			[]string{"explain-to-customer", account, "--as-of", asOf, "--by", "2026-03-27", "--format", format, "--config", "config.toml"})
	}
	for _, format := range []string{"table", "csv", "ndjson", "json", "markdown", "xlsx"} {
		outputs = append(outputs, []string{"batch", "--all", "--as-of", asOf, "--format", format})
	}
	for _, args := range outputs {
		if found := secrets(t, run(args...)); len(found) > 0 {
			t.Errorf("whybill %s prints %v", strings.Join(args, " "), found)
		}
	}
	run("report", "--as-of", asOf, "--out", "week")
	files := 0
	err = filepath.WalkDir("week", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		if found := secrets(t, data); len(found) > 0 {
			t.Errorf("the week's %s holds %v", path, found)
		}
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("the week has %d files (%v)", files, err)
	}
}
