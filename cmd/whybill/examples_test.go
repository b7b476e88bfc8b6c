package main

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Every example in a command's help is run as it stands, in a folder that has the files
// it names, on a database with the stories.
func TestHelpExamples(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"LANG", "LC_ALL", "LC_MESSAGES", "WHYBILL_LANG", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", dir)
	t.Setenv("WHYBILL_DB", filepath.Join(dir, "w.db"))
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	exampleFiles(t, root)

	var visit func(c *cobra.Command)
	var a app
	visit = func(c *cobra.Command) {
		lines := exampleLines(c.Example)
		if c.Runnable() && len(lines) == 0 && c.HasParent() && !strings.Contains(c.Name(), "help") && c.Parent().Name() != "completion" && !c.HasSubCommands() {
			t.Errorf("%s has no example", c.CommandPath())
		}
		if strings.HasPrefix(c.CommandPath(), "whybill case") {
			return // the examples of a case's life belong together: the script case_help runs them in order
		}
		for _, line := range lines {
			t.Run(line, func(t *testing.T) { runExample(t, line) })
		}
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	a.env = os.Getenv
	visit(a.newRoot())
}

// exampleLines joins lines that end in a backslash and drops comments and pipes' left sides.
func exampleLines(text string) []string {
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		line = strings.TrimSpace(line)
		if _, right, piped := strings.Cut(line, "| whybill "); piped {
			line = "whybill " + right
		}
		if strings.HasPrefix(line, "whybill ") {
			lines = append(lines, line)
		}
	}
	return lines
}

func runExample(t *testing.T, line string) {
	switch {
	case strings.Contains(line, "config init"):
		// It never writes over a file: what stands there comes back afterwards.
		for _, path := range []string{filepath.Join(".config", "whybill", "config.toml"), "whybill.toml"} {
			aside(t, path)
		}
	case strings.Contains(line, "mapping init"):
		aside(t, "export.toml")
	}
	var out, errOut strings.Builder
	a := testApp(&out, &errOut)
	words := splitWords(line)[1:]
	for i := 0; i < len(words); i++ {
		if words[i] == ">" || words[i] == "<" {
			words = words[:i]
		}
	}
	// Standard input is a file of bills, as in the examples with a pipe.
	in, err := os.Open("bills.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	a.in = in
	if code := a.run(t.Context(), words); code != exitDone && code != exitReached {
		t.Errorf("exit status %d\n%s", code, errOut.String())
	}
}

// aside moves a file away until the example is done.
func aside(t *testing.T, path string) {
	t.Helper()
	if err := os.Rename(path, path+".aside"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Rename(path+".aside", path); err != nil {
			t.Fatal(err)
		}
	})
}

// exampleFiles lays out what the examples name.
func exampleFiles(t *testing.T, root string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	story := filepath.Join(root, "testdata", "stories", "winter-1400")
	must(os.CopyFS(".", os.DirFS(story)))
	must(os.CopyFS("exports", os.DirFS(story)))
	bills, err := os.ReadFile("bills.csv")
	must(err)
	must(os.WriteFile("strange-export.csv", append([]byte("Monthly report\n\n"), bills...), 0o644))
	readings := "account_id,meter_id,read_on,reading\n0712345602,TP-52094,2026-03-01,19604\n"
	must(os.WriteFile("readings.csv", []byte(readings), 0o644))
	workbookOf(t, "winter-1400", "bills.xlsx")
	steg, err := os.ReadFile(filepath.Join(root, "testdata", "mappings", "steg.toml"))
	must(err)
	must(os.WriteFile("steg.toml", steg, 0o644))
	invoices, err := os.Create("invoices.csv.gz")
	must(err)
	packed := gzip.NewWriter(invoices)
	_, err = packed.Write([]byte(`client_id,invoice_date,tarif_type,counter_number,counter_statue,counter_code,reading_remarque,counter_coefficient,consommation_level_1,consommation_level_2,consommation_level_3,consommation_level_4,old_index,new_index,months_number,counter_type
train_Client_1,2014-03-24,11,1335667,0,203,8,1,82,0,0,0,14302,14384,4,ELEC
train_Client_1,2014-07-22,11,1335667,0,203,8,1,90,0,0,0,14384,14474,4,ELEC
`))
	must(err)
	must(packed.Close())
	must(invoices.Close())
	must(os.WriteFile("export.csv", bills, 0o644))
	for _, name := range []string{"reminder.txt", "reminder.md"} {
		must(os.WriteFile(name, []byte("Dear customer, please pay 4,137 for bill N202601 by 2026-10-25. Phone 1911, Mon-Fri 8:00-17:00.\n"), 0o644))
	}
	config := "[contact]\ncompany = \"Island Power\"\nphone = \"1911\"\nhours = \"Mon-Fri 8:00-17:00\"\n"
	must(os.MkdirAll(filepath.Join(".config", "whybill"), 0o755))
	must(os.WriteFile(filepath.Join(".config", "whybill", "config.toml"), []byte(config), 0o644))
	for _, args := range [][]string{
		{"import", "--quiet", "exports"},
		{"import", "--quiet", filepath.Join(root, "testdata", "stories", "*", "*.csv")},
		{"mapping", "init", "export.csv", "--output", "export.toml", "--quiet"},
		{"train", "--quiet", "bills.csv", "--output", "model.json"},
	} {
		var out, errOut strings.Builder
		if code := testApp(&out, &errOut).run(t.Context(), args); code != exitDone {
			t.Fatalf("%v: %s", args, errOut.String())
		}
	}
	var tariff, errOut strings.Builder
	if code := testApp(&tariff, &errOut).run(t.Context(), []string{"tariff", "show", "tw.taipower.residential.non_tou"}); code != exitDone {
		t.Fatal(errOut.String())
	}
	must(os.WriteFile("mine.toml", []byte(tariff.String()), 0o644))
	must(os.WriteFile("whybill.toml", []byte(config), 0o644))
}
