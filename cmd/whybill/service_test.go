package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"whybill/anomaly/locale"
)

// Every command that is asked about a water or a gas account answers in its words.
func TestEveryCommandHasTheWordsOfTheService(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"LANG", "LC_ALL", "LC_MESSAGES", "WHYBILL_LANG", "XDG_DATA_HOME", "XDG_CONFIG_HOME"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", dir)
	t.Setenv("WHYBILL_DB", filepath.Join(dir, "w.db"))
	t.Chdir(dir)
	var bills strings.Builder
	bills.WriteString("account_id,service,unit,bill_id,period_start,period_end,usage,amount,currency,tariff\n")
	for _, x := range []struct{ account, service, tariff string }{{"W-1", "water", "tw.taiwanwater.general"}, {"G-1", "gas", ""}} {
		for month, usage := range []int{30, 31, 29, 30, 32, 31, 30, 29, 31, 30, 32, 30, 66} { // the last bill is twice the others
			fmt.Fprintf(&bills, "%s,%s,m3,%s-%d,2025-%02d-01,2025-%02d-01,%d,%d,TWD,%s\n", x.account, x.service, x.account, month, month+1, month+2, usage, 10*usage, x.tariff)
		}
	}
	text := strings.NewReplacer("2025-13", "2026-01", "2025-14", "2026-02").Replace(bills.String())
	for name, text := range map[string]string{
		"bills.csv":   text,
		"config.toml": "[contact]\ncompany = \"whybill\"\nphone = \"1910\"\nhours = \"8:00-17:00\"\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ask(t, "import", "bills.csv")
	opened, _ := ask(t, "case", "open", "W-1", "--on", "2026-02-02", "--topic", "high", "--by", "desk")
	number, _, _ := strings.Cut(opened, ":")
	electric := map[locale.Lang]*regexp.Regexp{
		locale.English:     regexp.MustCompile(`breaker|main switch|\bcircuits?\b|\bwatts\b|terminals|kWh`),
		locale.Traditional: regexp.MustCompile(`電表|用電|總開關|盜接|漏電|竊電|停電|分路|瓦數|端子`),
		locale.Simplified:  regexp.MustCompile(`电表|用电|总闸|搭线|漏电|窃电|停电|分路|瓦数|端子`),
	}
	for _, lang := range locale.Langs {
		for _, account := range []string{"W-1", "G-1"} {
			for _, command := range []string{
				"check %s --full", "rebill %s", "selftest plan %s", "worksheet %s", "explain-to-customer %s --by 2026-02-10 --config config.toml",
				"selftest %s --no-store --watch register --minutes 120 --counts 40 --resolution 0.001 --main off --on 2026-02-03",
				"explain leak_or_fault_behind_meter --account %s", "explain tapped_by_others --account %s", "explain meter_slow_or_stopped --account %s",
				"explain more_appliances --account %s", "explain selftest --account %s", "explain appliance_review --account %s",
				"explain M04 --account %s", "explain M05 --account %s",
			} {
				line := fmt.Sprintf(command, account) + " --as-of 2026-02-04 --lang " + string(lang)
				out, _ := ask(t, strings.Fields(line)...)
				if m := electric[lang].FindString(out); m != "" {
					t.Errorf("%s says %q:\n%s", line, m, out)
				}
			}
		}
		out, _ := ask(t, "case", "show", number, "--as-of", "2026-02-12", "--lang", string(lang))
		if m := electric[lang].FindString(out); m != "" {
			t.Errorf("case show, %s, says %q:\n%s", lang, m, out)
		}
	}
}
