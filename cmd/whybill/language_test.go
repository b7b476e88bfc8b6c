package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"whybill/anomaly/decide"
	"whybill/anomaly/diagnose"
	"whybill/anomaly/locale"
)

var isoDate = regexp.MustCompile(`\b(19|20)\d\d-[01]\d-[0-3]\d\b`)

// Every answer that a person reads is in his language, with the years counted as he asked.
func TestAnswersAreInTheUsersLanguageAndCalendar(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"LANG", "LC_ALL", "LC_MESSAGES", "WHYBILL_LANG", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", dir)
	t.Setenv("WHYBILL_DB", filepath.Join(dir, "w.db"))
	stories, err := filepath.Abs(filepath.Join("..", "..", "testdata", "stories"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	if err := os.CopyFS(".", os.DirFS(stories)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("config.toml", []byte("[contact]\ncompany = \"台電\"\nphone = \"1911\"\nhours = \"8:00-17:00\"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("reminder.txt", []byte("請繳 4,137\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	say := func(lang locale.Lang, line string) string {
		t.Helper()
		var out, errOut strings.Builder
		args := append(strings.Fields(line), "--lang", string(lang), "--roc-dates", "--config", "config.toml")
		if code := testApp(&out, &errOut).run(t.Context(), args); code != exitDone {
			t.Fatalf("%v: exit status %d: %s", args, code, errOut.String())
		}
		return out.String() + errOut.String()
	}
	say(locale.English, "import winter-1400 press broadband-plan freight")
	for _, lang := range locale.Langs[1:] {
		for _, line := range []string{
			"check 0712345602 --as-of 2026-03-20 --full", "check PRESS-05 --as-of 2026-03-20 --full", "check BB-2004 --as-of 2004-06-20 --full",
			"rebill 0712345602 --as-of 2026-03-20 --in-dispute 193-393", "rebill PRESS-05 --as-of 2026-03-20",
			"worksheet 0712345602 --as-of 2026-03-20", "explain-to-customer 0712345602 --as-of 2026-03-20 --by 2026-03-27",
			"selftest plan 0712345602 --as-of 2026-03-20", "selftest --usage-in-dispute 293 --days 59 --watch led --constant 1600 --minutes 20 --counts 110 --main off",
			"case list --as-of 2026-03-20", "case show C-1 --as-of 2026-03-20 --redacted", "case feedback --as-of 2026-03-20",
			"notice check reminder.txt --account 0712345602 --arrives 2026-03-21", "explain U01", "explain B21", "explain misread", "explain inspect",
			"explain tapped_by_others --account 0712345602 --as-of 2026-03-20",
			"tariff list", "tariff compare 0712345601 --as-of 2026-01-01",
			"tariff price --tariff tw.taipower.residential.non_tou --usage 1400 --from 2026-01-01 --to 2026-03-01",
			"tariff price --tariff tw.taiwanwater.general --usage 35 --from 2026-01-01 --to 2026-03-01 --meter-size 13",
			"db info", "model show --outcomes", "backtest --accounts 5", "batch --as-of 2026-03-20 --format markdown",
			"batch --as-of 2026-03-20 --visits 4 --format markdown", "import winter-1400",
		} {
			for text := range strings.Lines(say(lang, line)) {
				if m := isoDate.FindString(text); m != "" {
					t.Errorf("%s: %s has the date %s: %s", lang, line, m, text)
				}
				if m := sentence(text); m != "" {
					t.Errorf("%s: %s says %q: %s", lang, line, m, text)
				}
			}
		}
	}
}

// Files of causes and of actions that cannot be used are complained of in the user's
// language, with what is wrong and where.
func TestModelFilesAreRefusedInTheUsersLanguage(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"LANG", "LC_ALL", "LC_MESSAGES", "WHYBILL_LANG"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", dir)
	t.Chdir(dir)
	for _, c := range []struct {
		situation, file  string
		good             []byte
		old, replacement string
		names            string
	}{
		{"a version to come", "causes", diagnose.DefaultFile(), "version = 2", "version = 3", "3"},
		{"a field that is not known", "causes", diagnose.DefaultFile(), "lasting = true", "lastin = true", "lastin"},
		{"a cause that is not known", "causes", diagnose.DefaultFile(), `id = "weather"`, `id = "wether"`, "wether"},
		{"shares that do not add up", "causes", diagnose.DefaultFile(), "share = 0.90, mean = 0.45", "share = 0.5, mean = 0.45", "0.6"},
		{"more than certain", "causes", diagnose.DefaultFile(), "otherwise = 0.0005, tariff_or_billing_error = 0.3}", "otherwise = 1.5, tariff_or_billing_error = 0.3}", "otherwise"},
		{"a field that is not known", "actions", decide.DefaultFile(), "quiet = 0.5", "quite = 0.5", "quite"},
		{"an action that is not known", "actions", decide.DefaultFile(), `settled_by = "goodwill"`, `settled_by = "magic"`, "magic"},
		{"a test that is certain", "actions", decide.DefaultFile(), "misread = 0.95", "misread = 1.0", "misread"},
		{"a rule that is missing", "actions", decide.DefaultFile(), "circuit = 0.75\n", "", "circuit"},
		{"a rule out of its range", "actions", decide.DefaultFile(), "tell = 2.5", "tell = 0.0", "tell"},
		{"a service that is not known", "actions", decide.DefaultFile(), "of.water = {leak", "of.steam = {leak", "steam"},
	} {
		text := strings.Replace(string(c.good), c.old, c.replacement, 1)
		if text == string(c.good) {
			t.Fatalf("%s: the file has no %s", c.situation, c.old)
		}
		for name, text := range map[string]string{"own.toml": text, "config.toml": "[model]\n" + c.file + " = \"own.toml\"\n"} {
			if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		for _, lang := range locale.Langs {
			var out, errOut strings.Builder
			code := testApp(&out, &errOut).run(t.Context(), []string{"config", "show", "--config", "config.toml", "--lang", string(lang)})
			said, _, _ := strings.Cut(errOut.String(), "\n")
			if code != exitUsage || !strings.Contains(said, "own.toml: ") || !strings.Contains(said, c.names) {
				t.Errorf("%s, %s: exit %d, said %q", c.situation, lang, code, said)
			}
			if m := sentence(said); lang != locale.English && m != "" {
				t.Errorf("%s, %s: says %q in %q", c.situation, lang, m, said)
			}
		}
	}
}
