package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"whybill": main})
}

// scriptEnv makes a run independent of the machine: its own home, no language, no colours.
func scriptEnv(env *testscript.Env) error {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		return err
	}
	for _, name := range []string{"LANG", "LC_ALL", "LC_MESSAGES", "WHYBILL_LANG", "WHYBILL_DB", "XDG_DATA_HOME", "LOCALAPPDATA"} {
		env.Setenv(name, "")
	}
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("TESTDATA", filepath.Join(root, "testdata"))
	return nil
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script"),
		Setup:               scriptEnv,
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE") != "",
	})
}

// Every console block of the README is run as it stands: a line that starts with "$ " is
// a command, what follows is what it prints. A line "..." stands for any lines.
func TestREADME(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := consoleBlocks(string(text))
	if len(blocks) == 0 {
		t.Fatal("the README shows no console block")
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "testdata", "stories"), os.DirFS(filepath.Join("..", "..", "testdata", "stories"))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"LANG", "LC_ALL", "LC_MESSAGES", "WHYBILL_LANG", "WHYBILL_DB", "XDG_DATA_HOME"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", dir)
	t.Chdir(dir)
	for _, block := range blocks {
		for _, c := range commandsOf(block) {
			got := runLine(t, c.line)
			if !matches(c.want, got) {
				t.Errorf("$ %s\nprinted\n%s\nthe README shows\n%s", c.line, got, c.want)
			}
		}
	}
}

func consoleBlocks(markdown string) []string {
	var blocks []string
	for {
		_, rest, found := strings.Cut(markdown, "```console\n")
		if !found {
			return blocks
		}
		block, after, _ := strings.Cut(rest, "```")
		blocks = append(blocks, block)
		markdown = after
	}
}

type readmeCommand struct{ line, want string }

func commandsOf(block string) []readmeCommand {
	var all []readmeCommand
	for line := range strings.Lines(block) {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			all = append(all, readmeCommand{line: strings.TrimSpace(command)})
		} else if n := len(all); n > 0 {
			all[n-1].want += line
		}
	}
	return all
}

// matches compares line by line; "..." stands for any number of lines.
func matches(want, got string) bool {
	w, g := strings.Split(strings.TrimRight(want, "\n"), "\n"), strings.Split(strings.TrimRight(got, "\n"), "\n")
	return matchLines(w, g)
}

func matchLines(want, got []string) bool {
	for len(want) > 0 {
		if strings.TrimSpace(want[0]) == "..." {
			for skip := 0; skip <= len(got); skip++ {
				if matchLines(want[1:], got[skip:]) {
					return true
				}
			}
			return false
		}
		if len(got) == 0 || strings.TrimRight(want[0], " ") != strings.TrimRight(got[0], " ") {
			return false
		}
		want, got = want[1:], got[1:]
	}
	return len(got) == 0
}

// runLine runs one command line as a shell would, as far as the README uses one:
// quotes, "> FILE", "< FILE" and a final "; echo $?".
func runLine(t *testing.T, line string) string {
	t.Helper()
	line, echo := strings.CutSuffix(line, "; echo $?")
	words := splitWords(line)
	if len(words) == 0 || (words[0] != "whybill" && !strings.HasPrefix(line, "go run ./cmd/whybill ")) {
		t.Fatalf("the README runs something else than whybill: %s", line)
	}
	args := words[1:]
	if words[0] == "go" {
		args = words[3:]
	}
	var out, errOut strings.Builder
	a := testApp(&out, &errOut)
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "<" && i+1 < len(args):
			f, err := os.Open(args[i+1])
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			a.in = f
			args = append(args[:i:i], args[i+2:]...)
		case args[i] == ">" && i+1 < len(args):
			f, err := os.Create(args[i+1])
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			a.out = f
			args = append(args[:i:i], args[i+2:]...)
		}
	}
	code := a.run(t.Context(), args)
	printed := errOut.String() + out.String()
	if echo {
		printed += string(rune('0'+code)) + "\n"
	} else if code != exitDone {
		t.Errorf("%s: exit status %d\n%s", line, code, printed)
	}
	return printed
}

func splitWords(line string) []string {
	var words []string
	var word strings.Builder
	var quote rune
	started := false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, started = r, true
		case quote == 0 && r == ' ':
			if started {
				words = append(words, word.String())
				word.Reset()
				started = false
			}
		default:
			word.WriteRune(r)
			started = true
		}
	}
	if started {
		words = append(words, word.String())
	}
	return words
}
