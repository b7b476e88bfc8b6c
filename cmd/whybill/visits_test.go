package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// routes writes two routes of twelve homes with bills of 24 months, each a little above or
// below 300 kWh; the last bills of nine of them on route R-2 are for 600 kWh, as when a
// route is misread or the weather is not known. On R-1 one is.
func routes(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	var accounts, bills strings.Builder
	accounts.WriteString("account_id,route,service,unit\n")
	bills.WriteString("account_id,bill_id,period_start,period_end,usage,amount,currency\n")
	first := anomaly.MustDate("2024-01-01")
	for _, route := range []string{"R-1", "R-2"} {
		for n := range 12 {
			id := fmt.Sprintf("%s-%02d", route, n)
			fmt.Fprintf(&accounts, "%s,%s,electricity,kWh\n", id, route)
			for month := range 24 {
				usage := 300 + (month*7+n*13)%23 - 11
				if month == 23 && (route == "R-2" && n < 9 || route == "R-1" && n == 4) {
					usage = 600
				}
				fmt.Fprintf(&bills, "%s,%s-%d,%s,%s,%d,%d,TWD\n", id, id, month, first.AddMonths(month), first.AddMonths(month+1), usage, 3*usage)
			}
		}
	}
	for name, text := range map[string]string{"accounts.csv": accounts.String(), "bills.csv": bills.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// ask runs the command and returns what it wrote.
func ask(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errOut strings.Builder
	if code := testApp(&out, &errOut).run(t.Context(), args); code != exitDone {
		t.Fatalf("%v: exit %d\n%s", args, code, errOut.String())
	}
	return out.String(), errOut.String()
}

type answered struct {
	AccountID string `json:"account_id"`
	Findings  []struct {
		ID string `json:"id"`
	} `json:"findings"`
	Causes []struct {
		ID          string  `json:"id"`
		Probability float64 `json:"probability"`
	} `json:"causes"`
	Visit *struct {
		Random bool `json:"random"`
	} `json:"visit"`
}

func (a *answered) withRoute() bool {
	for _, f := range a.Findings {
		if f.ID == "U16" {
			return true
		}
	}
	return false
}

func answers(t *testing.T, ndjson string) map[string]*answered {
	t.Helper()
	all := map[string]*answered{}
	for line := range strings.Lines(ndjson) {
		var a answered
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		all[a.AccountID] = &a
	}
	return all
}

func TestARouteThatIsOutIsOneMatter(t *testing.T) {
	dir := routes(t)
	out, said := ask(t, "batch", dir, "--as-of", "2026-01-31", "--format", "ndjson")
	if strings.Count(said, "route R-2 from") != 1 || !strings.Contains(said, "75 % above") || strings.Contains(said, "route R-1") {
		t.Errorf("said of the routes:\n%s", said)
	}
	all := answers(t, out)
	if len(all) != 24 {
		t.Fatalf("%d accounts, want 24", len(all))
	}
	for id, a := range all {
		if want := strings.HasPrefix(id, "R-2") && id < "R-2-09"; a.withRoute() != want {
			t.Errorf("%s is out with its route: %t, want %t", id, a.withRoute(), want)
		}
	}
	own := func(a *answered) (sum float64) {
		for _, c := range a.Causes {
			switch anomaly.Cause(c.ID) {
			case anomaly.CauseTappedByOthers, anomaly.CauseLeakBehindMeter, anomaly.CauseMoreAppliances, anomaly.CauseMeterFast, anomaly.CauseCrossedMeter:
				sum += c.Probability
			}
		}
		return sum
	}
	// The same bill, alone on its route and with its route.
	if alone, with := own(all["R-1-04"]), own(all["R-2-04"]); with > alone/10 {
		t.Errorf("causes of the account's own have %.3f alone and %.3f with the whole route", alone, with)
	}

	// No crew is sent to what the whole route shows, but for a draw.
	out, _ = ask(t, "batch", dir, "--as-of", "2026-01-31", "--visits", "12", "--then", "--explore", "0", "--format", "ndjson")
	for id, a := range answers(t, out) {
		if a.withRoute() {
			t.Errorf("%s is on the list of visits for what the whole route shows", id)
		}
	}
}

// The list is the same from files, in whatever order, and from the database.
func TestAListOfVisitsIsTheSameFromFilesAndFromTheDatabase(t *testing.T) {
	dir := routes(t)
	list := []string{"--as-of", "2026-01-31", "--visits", "10", "--explore", "0.5", "--then", "--by-route", "--format", "ndjson"}
	files, said := ask(t, append([]string{"batch", dir}, list...)...)
	db := filepath.Join(t.TempDir(), "w.db")
	ask(t, "import", "--db", db, dir)
	stored, saidStored := ask(t, append([]string{"batch", "--db", db}, list...)...)
	if files != stored || said != saidStored || len(answers(t, files)) < 5 {
		t.Errorf("from files %d bytes, %q; from the database %d bytes, %q", len(files), said, len(stored), saidStored)
	}
	random := 0
	for _, a := range answers(t, files) {
		if a.Visit == nil {
			t.Errorf("%s is not marked as a visit", a.AccountID)
		} else if a.Visit.Random {
			random++
		}
	}
	if random != 5 {
		t.Errorf("%d visits at random, want half of 10", random)
	}
}

func TestAListOfVisitsSaysWhatElseIsToBeDone(t *testing.T) {
	// One visit on route R-1; a meter to be read again on that route and one on another, a
	// bill to be corrected, a self-test, and one with which nothing is the matter.
	bill := func(account, route string, action anomaly.Action, service anomaly.Service, priority float64) *anomaly.Assessment {
		a := &anomaly.Assessment{AccountID: account, BillKey: "b", Route: route, Service: service}
		a.Verdict.Action, a.Verdict.Priority, a.Verdict.InspectionProbability = action, priority, 0.5
		return a
	}
	all := func(service anomaly.Service) []*anomaly.Assessment {
		return []*anomaly.Assessment{
			bill("visit", "R-1", anomaly.ActionInspect, service, 900), bill("on the way", "R-1", anomaly.ActionReread, service, -1),
			bill("elsewhere", "R-2", anomaly.ActionReread, service, -1), bill("no route", "", anomaly.ActionRebill, service, -1),
			bill("test", "R-1", anomaly.ActionSelftest, service, 5), bill("fine", "R-1", anomaly.ActionNone, service, -1),
		}
	}
	cfg := anomaly.DefaultConfig()
	summary := func(bills []*anomaly.Assessment) string {
		list, err := newVisitList(&visitOptions{visits: 1}, &cfg, newListedAccounts(&cfg, anomaly.MustDate("2026-04-02")))
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range bills {
			list.look(0, a)
		}
		list.rank()
		return strings.Join(list.summary(locale.New(locale.English)), "\n")
	}
	for _, c := range []struct{ situation, want, got string }{
		{"electricity", "(batch without --visits lists them): read the meter again 2 (1 of them on the routes of this list); correct the bill 1; self-test with the main breaker off 1.", summary(all(anomaly.Electricity))},
		{"water alone", "; self-test with all taps shut 1.", summary(all(anomaly.Water))},
		{"both", "; self-test with the main breaker off 2.", summary(append(all(anomaly.Water), all(anomaly.Electricity)...))},
	} {
		if !strings.Contains(c.got, c.want) {
			t.Errorf("%s: %q is not in\n%s", c.situation, c.want, c.got)
		}
	}
	if got := summary(all(anomaly.Electricity)[:1]); strings.Contains(got, "Other steps") {
		t.Errorf("nothing else is to be done, but:\n%s", got)
	}
}

// A visit that was drawn is a visit: the next draw within days goes to other accounts, and
// with --again it is made anew.
func TestADrawDoesNotGoToTheSameAccountTwice(t *testing.T) {
	db := filepath.Join(t.TempDir(), "w.db")
	ask(t, "import", "--db", db, routes(t))
	drawn := map[string]int{}
	draw := func(day string, more ...string) (n int) {
		out, _ := ask(t, append([]string{"batch", "--db", db, "--as-of", day, "--visits", "5", "--explore", "1", "--record", "--format", "ndjson"}, more...)...)
		for id, a := range answers(t, out) {
			if a.Visit == nil || !a.Visit.Random {
				t.Fatalf("%s was not drawn", id)
			}
			drawn[id]++
			n++
		}
		return n
	}
	for _, day := range []string{"2026-01-31", "2026-02-02", "2026-02-04", "2026-02-06"} {
		if n := draw(day); n != 5 {
			t.Errorf("%d were drawn on %s, want 5", n, day)
		}
	}
	if len(drawn) != 20 {
		t.Errorf("four lists of 5 went to %d accounts of 24: %v", len(drawn), drawn)
	}
	if n := draw("2026-02-08"); n != 4 {
		t.Errorf("%d were drawn of the four that are left", n)
	}
	if n := draw("2026-02-10", "--again"); n != 5 {
		t.Errorf("%d were drawn of all anew, want 5", n)
	}
}
