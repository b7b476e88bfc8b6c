package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"whybill/anomaly"
	"whybill/anomaly/store"
)

// streetAccounts is how many accounts a street has: enough for every bin of the common
// factor (30 bills) and for peers of one kind (30 accounts).
const streetAccounts = 72

// street writes 72 homes and shops on three reading routes with 24 monthly bills: all of
// them use a quarter more in the last month, half of the third route three times as much,
// and one bears the reading of the meter next door. Rows come in the order that rng gives.
func street(t *testing.T, dir string, rng *rand.Rand) string {
	t.Helper()
	noise := rand.New(rand.NewPCG(3, 5))
	first := anomaly.MustDate("2024-01-01")
	var accounts, bills, readings []string
	next := 0
	for n := range streetAccounts {
		id, class, route := fmt.Sprintf("S%02d", n), "residential", fmt.Sprintf("R-%d", n/24+1)
		if n%2 == 1 {
			class = "business"
		}
		accounts = append(accounts, fmt.Sprintf("%s,electricity,kWh,%s,north,%s", id, class, route))
		register := 1000 + 613*n
		for month := range 24 {
			usage := int((220 + 4*float64(n)) * (0.93 + 0.14*noise.Float64()))
			switch {
			case month == 23 && n >= 48 && n < 60:
				usage *= 3
			case month == 23 && n == 7:
				usage = next - register // what the meter next door shows
			case month == 23:
				usage += usage / 4
			}
			from := register
			register += usage
			bills = append(bills, fmt.Sprintf("%s,%s-%d,%s,%s,%d,%d,TWD,%d,%d", id, id, month, first.AddMonths(month), first.AddMonths(month+1), usage, 3*usage, from, register))
		}
		if n == 6 {
			next = register
		}
		readings = append(readings, fmt.Sprintf("%s,%s,%d,reader-%d", id, first.AddMonths(24), register, n%2))
	}
	for name, table := range map[string][]string{
		"accounts.csv": append([]string{"account_id,service,unit,class,region,route"}, accounts...),
		"bills.csv":    append([]string{"account_id,bill_id,period_start,period_end,usage,amount,currency,reading_from,reading_to"}, bills...),
		"readings.csv": append([]string{"account_id,read_on,reading,reader"}, readings...),
	} {
		if rng != nil {
			rows := table[1:]
			rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.Join(table, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// said is what an answer says, without what depends on where the rows stood and without
// the reasons, which a batch gives only where something is to be done.
func said(t *testing.T, line string) (account, text string) {
	t.Helper()
	var x any
	if err := json.Unmarshal([]byte(line), &x); err != nil {
		t.Fatalf("%v: %.200s", err, line)
	}
	var strip func(any)
	strip = func(x any) {
		switch x := x.(type) {
		case map[string]any:
			for _, key := range []string{"for", "against", "row", "file"} {
				delete(x, key)
			}
			for _, v := range x {
				strip(v)
			}
		case []any:
			for _, v := range x {
				strip(v)
			}
		}
	}
	strip(x)
	data, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	return x.(map[string]any)["account_id"].(string), string(data)
}

func allSaid(t *testing.T, ndjson string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for line := range strings.Lines(ndjson) {
		account, text := said(t, line)
		all[account] = text
	}
	return all
}

// same holds two sets of answers against each other.
func same(t *testing.T, what string, want, got map[string]string) {
	t.Helper()
	if len(want) != streetAccounts || len(got) != len(want) {
		t.Fatalf("%s: %d answers, want %d of %d", what, len(got), len(want), streetAccounts)
	}
	for account := range want {
		if want[account] != got[account] {
			t.Errorf("%s: %s\nwant %s\ngot  %s", what, account, want[account], got[account])
			return
		}
	}
}

// checkAll asks for every account by itself.
func checkAll(t *testing.T, db, asOf string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for n := range streetAccounts {
		out, _ := ask(t, "check", "--db", db, fmt.Sprintf("S%02d", n), "--as-of", asOf, "--format", "json")
		account, text := said(t, out)
		all[account] = text
	}
	return all
}

func shards(t *testing.T, args ...string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, part := range []string{"1/3", "2/3", "3/3"} {
		out, _ := ask(t, append(slices.Clone(args), "--shard", part)...)
		for account, text := range allSaid(t, out) {
			all[account] = text
		}
	}
	return all
}

// A check of one account, a shard and a batch say the same, from files in whatever order
// and from the database, before and after training.
func TestOneAccountIsToldWhatTheBatchSays(t *testing.T) {
	batch := []string{"--as-of", "2026-01-31", "--format", "ndjson"}
	dir := street(t, t.TempDir(), nil)
	files := append([]string{"batch", dir}, batch...)
	out, _ := ask(t, files...)
	want := allSaid(t, out)
	for what, part := range map[string]string{
		"the factor common to all": `"what":"peers"`, "peers' levels": `"id":"U09"`, "a route that is out": `"id":"U16"`,
		"the meter next door": "meter next door", "readers": `"id":"R17"`,
	} {
		if !strings.Contains(out, part) {
			t.Errorf("no answer goes by %s", what)
		}
	}
	same(t, "shards of the files", want, shards(t, files...))
	shuffled := street(t, t.TempDir(), rand.New(rand.NewPCG(7, 11)))
	out, _ = ask(t, append([]string{"batch", shuffled}, batch...)...)
	same(t, "the files in another order", want, allSaid(t, out))

	db := filepath.Join(t.TempDir(), "w.db")
	ask(t, "import", "--db", db, shuffled)
	stored := append([]string{"batch", "--db", db}, batch...)
	hold := func(what string, want map[string]string) {
		out, remarks := ask(t, stored...)
		if strings.Contains(remarks, "worked out anew") {
			t.Errorf("%s: %s", what, remarks)
		}
		same(t, what+": the database", want, allSaid(t, out))
		same(t, what+": shards of the database", want, shards(t, stored...))
		same(t, what+": accounts one by one", want, checkAll(t, db, "2026-01-31"))
	}
	hold("imported", want)

	ask(t, "train", "--db", db)
	out, _ = ask(t, stored...)
	trained := allSaid(t, out)
	if trained["S00"] == want["S00"] {
		t.Error("training has changed nothing")
	}
	hold("trained", trained)

	// As of an earlier day nobody knows what came after: it is worked out anew for that day.
	earlier := []string{"--as-of", "2025-07-02", "--format", "ndjson"}
	out, _ = ask(t, append([]string{"batch", "--db", db}, earlier...)...)
	past := allSaid(t, out)
	same(t, "an earlier day", past, checkAll(t, db, "2025-07-02"))
	if past["S00"] == trained["S00"] {
		t.Error("an earlier day says the same")
	}
}

// What an import leaves is brought up to date by the next one; where none has done that,
// answers go by the accounts as they are, and say so.
func TestNeighboursThatAreOutOfDateAreNotUsed(t *testing.T) {
	db := filepath.Join(t.TempDir(), "w.db")
	ask(t, "import", "--db", db, street(t, t.TempDir(), nil))
	args := []string{"--db", db, "--as-of", "2026-02-28", "--format", "json"}
	check := func() (answer, remarks string) {
		out, remarks := ask(t, append([]string{"check", "S10"}, args...)...)
		_, answer = said(t, out)
		return answer, remarks
	}
	before, remarks := check()
	if strings.Contains(remarks, "anew") {
		t.Fatalf("right after the import: %s", remarks)
	}

	// A self-test that the desk records changes nothing in what the others know.
	ask(t, "selftest", "S10", "--db", db, "--watch", "register", "--minutes", "60", "--counts", "0", "--main", "off", "--as-of", "2026-01-31")
	if _, remarks := check(); strings.Contains(remarks, "anew") {
		t.Errorf("after a self-test: %s", remarks)
	}

	// An import that was killed before it came to the neighbours.
	s, err := store.Open(t.Context(), db, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	im, err := s.Begin(t.Context(), store.File{Name: "late.csv", Hash: "late"})
	if err != nil {
		t.Fatal(err)
	}
	var rows anomaly.Rows
	for n := range streetAccounts {
		id := fmt.Sprintf("S%02d", n)
		if id == "S10" {
			continue
		}
		rows.Bills = append(rows.Bills, anomaly.Bill{
			AccountID: id, ID: id + "-24", Period: anomaly.Period{Start: anomaly.MustDate("2026-01-01"), End: anomaly.MustDate("2026-02-01")},
			Usage: anomaly.DecimalFromInt(900), Source: anomaly.Source{File: "late.csv", Row: int32(n + 2)},
		})
	}
	if err := im.Add(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	if _, err := im.Commit(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	stale, remarks := check()
	if !strings.Contains(remarks, "anew") || stale == before {
		t.Errorf("with new bills of all others the answer has changed: %t; it is said that %q", stale != before, remarks)
	}
	out, remarks := ask(t, "batch", "--db", db, "--as-of", "2026-02-28", "--format", "ndjson")
	if all := allSaid(t, out); all["S10"] != stale || !strings.Contains(remarks, "anew") {
		t.Errorf("the batch says otherwise, and that %q", remarks)
	}

	// Any import repairs it, also one of what is there already.
	empty := filepath.Join(t.TempDir(), "bills.csv")
	if err := os.WriteFile(empty, []byte("account_id,bill_id,period_start,period_end,usage\nS10,S10-0,2024-01-01,2024-02-01,250\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	ask(t, "import", "--db", db, empty)
	if _, remarks := check(); strings.Contains(remarks, "anew") {
		t.Errorf("after the next import: %s", remarks)
	}
}

// The configuration can leave the neighbours out, everywhere alike.
func TestNeighboursCanBeLeftOut(t *testing.T) {
	config := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(config, []byte("[model]\nneighbours = false\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	dir, db := street(t, t.TempDir(), nil), filepath.Join(t.TempDir(), "w.db")
	ask(t, "import", "--config", config, "--db", db, dir)
	batch := []string{"--config", config, "--as-of", "2026-01-31", "--format", "ndjson"}
	files, _ := ask(t, append([]string{"batch", dir}, batch...)...)
	stored, remarks := ask(t, append([]string{"batch", "--db", db}, batch...)...)
	same(t, "from the database", allSaid(t, files), allSaid(t, stored))
	for _, part := range []string{`"id":"U16"`, "meter next door", `"what":"peers"`} {
		if strings.Contains(files, part) {
			t.Errorf("%s is there", part)
		}
	}
	if remarks != "" {
		t.Errorf("said: %s", remarks)
	}
}
