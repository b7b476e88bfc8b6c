package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// story is a dispute from its files to the verdict that it has to reach. The verdicts
// stand here and not only in the golden files, so that writing those anew hides nothing.
type story struct {
	name    string
	folder  string // in testdata/stories
	account string
	action  string
	then    string // "" is not looked at
	cause   string // the most probable one; "" is not looked at
	says    string // what one of the findings says; "" is not looked at
	card    bool   // the card is golden, too
}

const press = "press"

// The numbers are the catalogue of disputes' own where it has any: 1,400 and 293 kWh,
// NT$8,727 against NT$7,323, 26 for 25 thousand, 2,262 for 1,008.
var disputes = []story{
	{"the first winter in a new home", "winter-1400", "0712345602", "selftest", "inspect", "more_appliances", "293 kWh are left over: 207 W", true},

	{"the thousands digit", press, "PRESS-01", "reread", "rebill", "misread", "27,183 kWh may be 26,183 kWh", true},
	{"the register ran on from it", press, "NEAR-01", "selftest", "inspect", "", "", false},
	{"the thousands digit, a bill later", press, "PRESS-02", "rebill", "", "misread", "together they are right", false},
	{"as low, in an empty home", press, "NEAR-02", "none", "", "vacancy", "", false},
	{"52,700 for 52,100", press, "PRESS-03", "rebill", "", "misread", "52,700 kWh at the end of this bill and at 52,283 kWh later", false},
	{"52,700, and the register ran on", press, "NEAR-03", "none", "", "", "", false},
	{"2,262 for 1,008", press, "PRESS-04", "rebill", "", "misread", "42,671 kWh may be 41,671 kWh", true},
	{"2,262, and the register ran on", press, "NEAR-04", "selftest", "inspect", "", "", false},
	{"never read, then caught up", press, "PRESS-05", "rebill", "", "estimated_catch_up", "2 estimated bills came before", false},
	{"low, low and high, all of them read", press, "NEAR-05", "reread", "", "", "", false},
	{"600, 600 and 1,800 for 1,000 each", press, "PRESS-06", "rebill", "", "estimated_catch_up", "NT$1,404", true},
	{"two good estimates", press, "NEAR-06", "none", "", "normal_variation", "", false},
	{"a heater of 1,500 W", press, "PRESS-07", "explain", "", "more_appliances", "about 531 kWh", true},
	{"the same rise, nothing declared", press, "PRESS-08", "selftest", "inspect", "", "", false},
	{"the same rise, 6 kW for an hour and a half", press, "NEAR-08", "explain", "", "more_appliances", "about 531 kWh", false},
	{"an idle factory", press, "PRESS-09", "inspect", "", "tapped_by_others", "3,950 kWh were billed; 12 kWh were to be expected", false},
	{"a factory at work again, as announced", press, "NEAR-09", "none", "", "occupancy", "The number of people changed on 2025-12-20", false},
	{"multiplier 2,000 for 1,000", press, "PRESS-10", "rebill", "", "wrong_multiplier", "2.00 times as much", false},
	{"multiplier right", press, "NEAR-10", "none", "", "normal_variation", "", false},
	{"one of three phases lost", press, "PRESS-11", "inspect", "", "meter_slow_or_stopped", "one of three phases is not measured", false},
	{"a quarter less", press, "NEAR-11", "none", "", "normal_variation", "", false},
	{"stopped, then a line by hand", press, "PRESS-12", "explain", "", "", "within the 12 months for which a bill may be corrected", true},
	{"a line by hand for years", press, "NEAR-12", "hold_collection", "", "", "older than the window of 12 months", false},
	{"slow since a year", press, "PRESS-13", "inspect", "", "", "The usage has been 55 % lower since 2025-03-01", false},
	{"stopped and still standing", press, "NEAR-13", "inspect", "", "meter_slow_or_stopped", "No usage at all", false},
	{"a step up that stays", press, "PRESS-14", "selftest", "inspect", "", "55 % higher since 2025-07-01, for 4 bills", true},
	{"a step up with more people", press, "NEAR-14", "explain", "", "occupancy", "", false},
	{"away, as announced", press, "PRESS-15", "none", "", "vacancy", "", false},
	{"hardly any usage, unannounced", press, "NEAR-15", "reread", "", "", "", false},
	{"two bills only", press, "PRESS-16", "none", "", "", "", false},
	{"nothing wrong", press, "QUIET-01", "none", "", "normal_variation", "", false},
}

// asOfStories is the day on which the stories are looked at.
var asOfStories = map[string]string{press: "2026-04-02", "winter-1400": "2026-03-20"}

// Every dispute goes from its files through the database to the verdict, and every near
// miss, the same bill with one difference, to another one.
func TestDisputesReachTheirAnswers(t *testing.T) {
	for _, name := range []string{"LANG", "LC_ALL", "LC_MESSAGES", "WHYBILL_LANG", "WHYBILL_DB", "XDG_DATA_HOME"} {
		t.Setenv(name, "")
	}
	stories, err := filepath.Abs(filepath.Join("..", "..", "testdata", "stories"))
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join(filepath.Dir(stories), "golden")
	t.Setenv("HOME", t.TempDir())
	t.Chdir(stories) // evidence names the files as they were given
	databases := map[string]string{}
	for folder := range asOfStories {
		databases[folder] = filepath.Join(t.TempDir(), "stories.db")
		runStory(t, databases[folder], "import", folder)
	}
	for _, s := range disputes {
		t.Run(s.name, func(t *testing.T) {
			asOf := asOfStories[s.folder]
			data := runStory(t, databases[s.folder], "check", s.account, "--as-of", asOf, "--format", "json")
			s.hold(t, data)
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, data, "", "  "); err != nil {
				t.Fatal(err)
			}
			compareGolden(t, filepath.Join(golden, s.account+".json"), pretty.Bytes())
			if s.card {
				card := runStory(t, databases[s.folder], "check", s.account, "--as-of", asOf)
				compareGolden(t, filepath.Join(golden, s.account+".card.txt"), card)
			}
		})
	}
}

// hold holds an assessment against what the story has to come to.
func (s *story) hold(t *testing.T, data []byte) {
	t.Helper()
	var a struct {
		Findings []struct {
			Message string `json:"message"`
		} `json:"findings"`
		Causes []struct {
			ID          string  `json:"id"`
			Probability float64 `json:"probability"`
		} `json:"causes"`
		Verdict struct {
			Action string `json:"action"`
			Then   string `json:"then"`
			Wait   struct {
				Allowed bool `json:"allowed"`
			} `json:"wait"`
		} `json:"verdict"`
	}
	if err := json.Unmarshal(data, &a); err != nil {
		t.Fatal(err)
	}
	if a.Verdict.Action != s.action || s.then != "" && a.Verdict.Then != s.then {
		t.Errorf("next step %s, then %q; want %s, then %q", a.Verdict.Action, a.Verdict.Then, s.action, s.then)
	}
	if a.Verdict.Wait.Allowed {
		t.Error("waiting is offered; in none of these stories the next bill would settle it")
	}
	if s.cause != "" && a.Causes[0].ID != s.cause {
		t.Errorf("most probable cause %s (%.3f), want %s", a.Causes[0].ID, a.Causes[0].Probability, s.cause)
	}
	if s.says == "" {
		return
	}
	for _, f := range a.Findings {
		if strings.Contains(f.Message, s.says) {
			return
		}
	}
	t.Errorf("no finding says %q", s.says)
}

// runStory runs one command on a database and returns what it prints.
func runStory(t *testing.T, database string, args ...string) []byte {
	t.Helper()
	var out, errOut bytes.Buffer
	if code := testApp(&out, &errOut).run(t.Context(), append([]string{"--db", database}, args...)); code != exitDone {
		t.Fatalf("%v: exit status %d\n%s", args, code, errOut.String())
	}
	return out.Bytes()
}

// compareGolden compares with a golden file; UPDATE=1 writes it anew.
func compareGolden(t *testing.T, path string, got []byte) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what it was (UPDATE=1 writes it anew); now:\n%s", filepath.Base(path), got)
	}
}
