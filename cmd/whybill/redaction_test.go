package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"whybill/anomaly"
	"whybill/anomaly/store"
)

// What somebody complained about, in whose words and about whom, stays at the desk. These
// texts stand where people write such things: in an event's note and name, in the
// ledger's words, names and topics, on the forms of an application and of a self-test.
var confidential = []string{"QXWORDS", "QXNAME", "QXLEDGER", "QXCREW", "QXAGENT", "QXTOPIC", "QXWITNESS", "QXFORM", "QXBANK"}

// saysNothing are the commands that cannot say anything of an account's disputes, and why.
var saysNothing = map[string]string{
	"case rules": "the built-in rules", "model actions": "a built-in file", "model causes": "a built-in file", "completion bash": "a script", "completion fish": "a script", "completion powershell": "a script", "completion zsh": "a script",
	"config init": "the configuration", "config show": "the configuration", "config validate": "the configuration",
	"demo": "built-in data", "help": "help", "import": "counts of rows; what could not be read goes back to whoever sent it",
	"inspect": "the file that it is given", "mapping init": "the columns of the file that it is given", "version": "the version",
	"tariff list": "tariffs", "tariff price": "tariffs", "tariff schema": "tariffs", "tariff show": "tariffs", "tariff validate": "tariffs",
}

const confidentialEvents = `account_id,at,kind,due,ref,note,by
0712345602,2026-03-09,complaint,,C-1,"topic=high_bill about_crew=QXCREW QXWORDS he shouted at my mother",QXNAME
0712345602,2026-03-08,feedback,,,"QXWORDS nobody ever answers",QXNAME
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
	tried := map[string]bool{}
	run := func(args ...string) []byte {
		t.Helper()
		for n := range 3 {
			tried[strings.Join(args[:min(n, len(args))], " ")] = true
		}
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
	const account, asOf = "0712345602", "2026-03-20"

	// What is entered is not said back.
	for _, args := range [][]string{
		{"case", "note", "C-1", "--on", "2026-03-16", "--by", "QXAGENT", "--text", "QXLEDGER she says that he lied", "--told"},
		{"case", "promise", "C-1", "--on", "2026-03-16", "--by", "QXAGENT", "--due", "2026-03-18", "--crew", "QXCREW", "--text", "QXLEDGER"},
		{"case", "evidence", "C-1", "--on", "2026-03-16", "--by", "QXAGENT", "--document", "mail", "--text", "QXLEDGER"},
		{"case", "claim", "C-1", "--on", "2026-03-16", "--by", "QXAGENT", "--says", "usage_per_day=20", "--speaker", "agent", "--text", "QXLEDGER"},
		{"case", "open", account, "--on", "2026-03-17", "--by", "QXAGENT", "--case", "K-2", "--another", "--topic", "QXTOPIC", "--text", "QXLEDGER about the technician"},
		{"case", "close", "K-2", "--on", "2026-03-18", "--by", "QXAGENT", "--cause", "other", "--evidence", "QXLEDGER", "--told", "QXLEDGER", "--text", "QXLEDGER"},
		{"case", "application", account, "--on", "2026-03-17", "--by", "QXAGENT", "--case", "S-3", "--for", "payment_account", "--name", "QXFORM", "--old", "QXBANK", "--text", "QXLEDGER"},
		{"case", "open", account, "--on", "2026-03-17", "--by", "QXAGENT", "--case", "F-4", "--feedback", "--topic", "QXTOPIC", "--text", "QXLEDGER"},
		{"case", "reopen", "K-2", "--on", "2026-03-18", "--by", "QXAGENT", "--reason", "QXLEDGER"},
		{"case", "visit", "K-2", "--on", "2026-03-18", "--by", "QXAGENT", "--crew", "QXCREW", "--looked-at", "serial,no_load", "--found", "tapped_by_others", "--text", "QXLEDGER"},
		{"selftest", account, "--on", "2026-03-18", "--as-of", asOf, "--watch", "led", "--constant", "1600", "--minutes", "20", "--counts", "110", "--main", "off", "--witness", "QXWITNESS"},
	} {
		if found := secrets(t, run(args...)); len(found) > 0 {
			t.Errorf("whybill %s prints %v", strings.Join(args, " "), found)
		}
	}

	// The desk itself sees them: the test would prove nothing if they were not there.
	desk := append(run("case", "show", "C-1", "--as-of", asOf), run("case", "show", "K-2", "--as-of", asOf, "--format", "json")...)
	h := historyOf(t, account)
	for i := range h.Events {
		desk = append(desk, h.Events[i].Note...)
	}
	if found := secrets(t, desk); len(found) != len(confidential) {
		t.Fatalf("the desk sees %v only", found)
	}

	if err := os.WriteFile("letter.txt", []byte("Please call 1911 at once about "+account), 0o600); err != nil {
		t.Fatal(err)
	}
	var outputs [][]string
	for _, lang := range []string{"en", "zh-TW", "zh-CN"} {
		one := func(args ...string) { outputs = append(outputs, append(args, "--lang", lang)) }
		for _, format := range []string{"text", "json"} {
			for _, id := range []string{"C-1", "K-2", "S-3", "F-4"} {
				one("case", "show", id, "--as-of", asOf, "--redacted", "--format", format)
			}
			one("case", "list", "--as-of", asOf, "--format", format)
			one("case", "feedback", "--as-of", asOf, "--format", format)
			one("case", "feedback", "--as-of", asOf, "--format", format, "--redacted")
			one("check", account, "--as-of", asOf, "--format", format, "--plot", "chart-"+lang+".svg")
			one("check", account, "--as-of", asOf, "--format", format, "--all-bills")
			one("rebill", account, "--as-of", asOf, "--format", format)
			one("tariff", "compare", account, "--as-of", asOf, "--format", format)
			one("selftest", account, "--no-store", "--as-of", asOf, "--watch", "register", "--minutes", "20", "--counts", "0", "--main", "off", "--format", format)
			one("notice", "check", "letter.txt", "--account", account, "--arrives", "2026-03-21", "--format", format)
			one("db", "info", "--format", format)
		}
		one("check", account, "--as-of", asOf, "--full")
		one("selftest", "plan", account, "--as-of", asOf)
		for _, format := range []string{"text", "markdown", "html"} {
			one("worksheet", account, "--as-of", asOf, "--format", format)
			one("worksheet", account, "--as-of", asOf, "--format", format, "--output", "sheet-"+lang+"."+format)
			one("explain-to-customer", account, "--as-of", asOf, "--by", "2026-03-27", "--format", format, "--config", "config.toml")
		}
		for _, format := range []string{"table", "csv", "ndjson", "json", "markdown", "xlsx"} {
			one("batch", "--all", "--as-of", asOf, "--format", format)
		}
		one("batch", "--visits", "5", "--as-of", asOf)
		one("explain", "C04")
		one("explain", "tapped_by_others", "--account", account, "--as-of", asOf)
		one("model", "show")
		one("model", "show", "--outcomes")
		one("report", "--as-of", asOf, "--out", "week-"+lang)
		one("train", "--until", asOf)
		one("backtest")
	}
	for _, args := range outputs {
		out := run(args...)
		if found := secrets(t, out); len(found) > 0 {
			t.Errorf("whybill %s prints %v", strings.Join(args, " "), found)
		}
		if redacted := slices.Contains(args, "--redacted") && args[1] == "feedback"; redacted && bytes.Contains(out, []byte(account)) {
			t.Errorf("whybill %s says whose feedback it is", strings.Join(args, " "))
		}
	}
	files := 0
	err = filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		name := filepath.Base(path)
		if err != nil || d.IsDir() || name == "told.csv" || strings.HasPrefix(name, "w.db") {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		if found := secrets(t, data); len(found) > 0 {
			t.Errorf("%s holds %v", path, found)
		}
		return err
	})
	// Three weeks of a workbook, a page and a summary; three charts; nine work sheets.
	if err != nil || files < 3*3+3+9 {
		t.Errorf("%d files were written (%v)", files, err)
	}
	everyCommandIsTried(t, tried)
}

// historyOf reads an account's history from the database.
func historyOf(t *testing.T, account string) *anomaly.History {
	t.Helper()
	s, err := store.Open(t.Context(), os.Getenv("WHYBILL_DB"), store.Options{ReadOnly: true, MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	h, err := s.History(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// everyCommandIsTried makes who adds a command say whether it may speak of disputes.
func everyCommandIsTried(t *testing.T, tried map[string]bool) {
	t.Helper()
	var out bytes.Buffer
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		path := strings.TrimSpace(strings.TrimPrefix(c.CommandPath(), "whybill"))
		if c.Runnable() && !c.HasSubCommands() && !tried[path] && saysNothing[path] == "" {
			t.Errorf("whybill %s is neither tried here nor known to say nothing of disputes", path)
		}
		if tried[path] && saysNothing[path] != "" && path != "import" {
			t.Errorf("whybill %s is tried: it need not be left out", path)
		}
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(testApp(&out, &out).newRoot())
}
