package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

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
