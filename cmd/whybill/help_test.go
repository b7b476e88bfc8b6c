package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"whybill/anomaly/locale"
)

// visitCommands calls visit for every command, with its flags.
func visitCommands(t *testing.T, visit func(c *cobra.Command, flags []*pflag.Flag)) {
	t.Helper()
	var out strings.Builder
	root := testApp(&out, &out).newRoot()
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		var flags []*pflag.Flag
		add := func(f *pflag.Flag) { flags = append(flags, f) }
		c.LocalNonPersistentFlags().VisitAll(add)
		c.PersistentFlags().VisitAll(add)
		visit(c, flags)
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
}

func TestEveryCommandAndFlagHasATextAndEveryTextItsCommand(t *testing.T) {
	used := map[string]bool{"help.exit_status": true}
	p := locale.New(locale.English)
	visitCommands(t, func(c *cobra.Command, flags []*pflag.Flag) {
		key := "help." + helpKey(c)
		used[key+".short"], used[key+".long"] = true, true
		for _, lang := range locale.Langs {
			if !locale.New(lang).Has(key + ".short") {
				t.Errorf("%s: there is no text %s.short", lang, key)
			}
		}
		for _, f := range flags {
			key := flagKey(p, c, f.Name)
			used[key] = true
			for _, lang := range locale.Langs {
				p := locale.New(lang)
				if !p.Has(key) {
					t.Errorf("%s: there is no text %s", lang, key)
				} else if f.Value.Type() != "bool" && strings.Count(p.Text(key), "`") != 2 {
					t.Errorf("%s: %s names no value in backquotes", lang, key)
				}
			}
		}
	})
	for _, key := range p.Keys() {
		text := strings.HasPrefix(key, "flag.") || strings.HasPrefix(key, "help.") && (strings.HasSuffix(key, ".short") || strings.HasSuffix(key, ".long"))
		if text && !used[key] {
			t.Errorf("%s belongs to no command or flag", key)
		}
	}
}

// What is shown as it is to be typed, or as it stands in a file, is the same in all languages.
var (
	code    = regexp.MustCompile(`"[^"]*"|whybill( [a-z-]+)+`)
	layout  = regexp.MustCompile(`^  (source|Type|User|Environment|ExecStart|OnCalendar|Persistent|WantedBy|0 5|#|\[)|^[a-z_]+ {2,}[a-z_]+\*|^ {13}[a-z_ ]+\n$`)
	english = regexp.MustCompile(`\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b`)
)

// sentence returns the English words that a text has in a row, "" where it has none.
func sentence(text string) string {
	return english.FindString(code.ReplaceAllString(text, ""))
}

func TestHelpIsInTheUsersLanguage(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	for _, lang := range locale.Langs[1:] {
		examples := locale.New(lang).Text("help.heading.examples")
		visitCommands(t, func(c *cobra.Command, _ []*pflag.Flag) {
			args := append(strings.Fields(c.CommandPath())[1:], "--help", "--lang", string(lang))
			var out, errOut strings.Builder
			if code := testApp(&out, &errOut).run(t.Context(), args); code != exitDone {
				t.Fatalf("%v: exit status %d: %s", args, code, errOut.String())
			}
			inExamples := false
			for line := range strings.Lines(out.String()) {
				switch {
				case strings.TrimSpace(line) == examples:
					inExamples = true
				case strings.TrimSpace(line) == "":
					inExamples = false
				}
				if inExamples || layout.MatchString(line) {
					continue
				}
				if m := sentence(line); m != "" {
					t.Errorf("%v says %q in: %s", args, m, line)
				}
			}
		})
	}
}

func TestComplaintsAreInTheUsersLanguage(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	for _, line := range []string{
		"check", "chek", "case opn", "help chek", "check A B", "version now", "check A --lang zh-TW --as-of tomorrow",
		"batch --fromat json", "batch -z", "batch --top many", "batch --top", "batch --format poem", "batch --shard 5/4",
		"tariff price", "tariff price --tariff x --from 2026-01-01 --to 2026-03-01", "tariff validate nowhere.toml",
		"selftest", "selftest --usage-in-dispute many", "report", "report --week 12 --out x", "import", "import nowhere.csv",
		"inspect nowhere.csv", "mapping init", "notice check nowhere.txt", "config validate nowhere.toml",
		"explain nothing", "train bills.csv", "model show --model nowhere.json", "case note D-1", "case list --state nowhere",
		"backtest --peers maybe", "batch --fail-on severity:9", "batch --explore 3 --visits 4", "db info",
	} {
		for _, lang := range locale.Langs[1:] {
			var out, errOut strings.Builder
			args := append(strings.Fields(line), "--lang", string(lang))
			if code := testApp(&out, &errOut).run(t.Context(), args); code != exitUsage {
				t.Errorf("%v: exit status %d", args, code)
			}
			said := errOut.String()
			if m := sentence(said); m != "" || !strings.ContainsFunc(said, isHan) {
				t.Errorf("%v says %s", args, said)
			}
		}
	}
}

func isHan(r rune) bool { return 0x4e00 <= r && r <= 0x9fff }

// A key that no catalogue has would be printed as it is.
func TestEveryKeyInTheCommandsIsInTheCatalogue(t *testing.T) {
	p := locale.New(locale.English)
	prefix := map[string]string{
		"misuse": "usage.", "wrong": "appliance.", "noSuch": "term.what.", "exactlyOne": "term.what.", "atLeastOne": "term.what.",
		"Msg": "", "NewFault": "", "Text": "",
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			name := ""
			switch fn := call.Fun.(type) {
			case *ast.Ident:
				name = fn.Name
			case *ast.SelectorExpr:
				name = fn.Sel.Name
			}
			before, speaks := prefix[name]
			literal, ok := call.Args[0].(*ast.BasicLit)
			if !speaks || !ok {
				return true
			}
			key, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			if !p.Has(before + key) {
				t.Errorf("%s: the catalogue has no %s", f.Name(), before+key)
			}
			return true
		})
	}
}
