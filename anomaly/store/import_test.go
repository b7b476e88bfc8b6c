package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whybill/anomaly"
)

func ignore(int, *anomaly.History) error { return nil }

func TestTheSameContentTwiceChangesNothing(t *testing.T) {
	s, ctx := open(t), context.Background()
	day := anomaly.MustDate("2026-03-02")
	im, err := s.Begin(ctx, File{Name: "bills.csv", Hash: "abc", Bytes: 4711, On: day})
	if err != nil {
		t.Fatal(err)
	}
	if err := im.Add(ctx, month(100, 0, "bills.csv")); err != nil {
		t.Fatal(err)
	}
	if _, err := im.Commit(ctx, nil); err != nil {
		t.Fatal(err)
	}
	before := dump(t, s)
	_, err = s.Begin(ctx, File{Name: "copy of bills.csv", Hash: "abc"})
	var already *AlreadyImported
	if !errors.As(err, &already) {
		t.Fatalf("got %v", err)
	}
	if diff := cmp.Diff(already.File, FileInfo{Seq: 1, Name: "bills.csv", Hash: "abc", Bytes: 4711, On: day}); diff != "" {
		t.Error(diff)
	}
	if after := dump(t, s); after != before {
		t.Error(cmp.Diff(before, after))
	}
	load(t, s, "next.csv", month(100, 1, "next.csv")) // nothing is left locked
}

// One account's small files: what each import counts and what is left in the end.
func TestWhatReplacesWhat(t *testing.T) {
	start := anomaly.MustDate("2026-01-01")
	bill := func(id string, usage int64) anomaly.Rows {
		return anomaly.Rows{Bills: []anomaly.Bill{{
			AccountID: "a", ID: id, Period: anomaly.Period{Start: start, End: start.AddMonths(2)}, Usage: anomaly.DecimalFromInt(usage),
		}}}
	}
	reading := func(value int64) anomaly.Rows {
		return anomaly.Rows{Readings: []anomaly.Reading{{AccountID: "a", On: start, Value: anomaly.DecimalFromInt(value)}}}
	}
	event := func(note string) anomaly.Rows {
		return anomaly.Rows{Events: []anomaly.Event{{AccountID: "a", At: start, Kind: anomaly.EventComplaint, Ref: "1", By: note}}}
	}
	line := func(amount int64) anomaly.Rows {
		return anomaly.Rows{Lines: []anomaly.Line{{AccountID: "a", BillID: "1", Code: "energy", Amount: anomaly.DecimalFromInt(amount)}}}
	}
	account := func(route string) anomaly.Rows {
		return anomaly.Rows{Accounts: []anomaly.Account{{ID: "a", Route: route}}}
	}
	type file []anomaly.Rows
	for _, c := range []struct {
		name  string
		files []file
		want  []Counts // of each file
		query string   // what is left
		left  string
	}{
		{
			"a corrected bill", []file{{bill("1", 1400)}, {bill("1", 1107)}},
			[]Counts{{Inserted: 1}, {Replaced: 1}}, "SELECT group_concat(usage) FROM bills", "1107",
		},
		{
			"the same bill in two files", []file{{bill("1", 1400)}, {bill("1", 1400)}},
			[]Counts{{Inserted: 1}, {Unchanged: 1}}, "SELECT group_concat(usage || ' of file ' || part) FROM bills", "1400 of file 2",
		},
		{
			"another bill for the same days", []file{{bill("1", 1400)}, {bill("2", 1107)}},
			[]Counts{{Inserted: 1}, {Inserted: 1}}, "SELECT group_concat(usage) FROM bills", "1400,1107",
		},
		{
			"a bill three times in a file, once with another usage", []file{{bill("1", 1400), bill("1", 1400), bill("1", 1300)}},
			[]Counts{{Inserted: 1, Duplicates: 1, Conflicts: 1}},
			"SELECT group_concat(kept_row || '<' || dropped_row || '=' || identical) FROM bill_conflicts", "2<3=1,2<4=0",
		},
		{
			"readings that disagree in a file: the last counts", []file{{reading(100), reading(100), reading(107)}},
			[]Counts{{Inserted: 1, Duplicates: 1, Conflicts: 1}}, "SELECT group_concat(reading) FROM readings", "107",
		},
		{
			"a reading read again", []file{{reading(100)}, {reading(107)}},
			[]Counts{{Inserted: 1}, {Replaced: 1}}, "SELECT group_concat(reading) FROM readings", "107",
		},
		{
			"a note that is corrected stays on record", []file{{event("Lin")}, {event("Lin")}, {event("Chen"), event("Chen")}, {event("Lin")}},
			[]Counts{{Inserted: 1}, {Unchanged: 1}, {Inserted: 1, Duplicates: 1}, {Inserted: 1}},
			"SELECT group_concat(by) FROM events", "Lin,Chen,Lin",
		},
		{
			"a bill printed again", []file{{line(4100), line(37)}, {line(4100), line(37)}, {line(2894)}},
			[]Counts{{Inserted: 2}, {Unchanged: 2}, {Replaced: 1}}, "SELECT group_concat(amount) FROM bill_lines", "2894",
		},
		{
			"what is said of an account adds up", []file{{account("7")}, {account("")}, {account("9")}, {account("9"), account("9")}},
			[]Counts{{Inserted: 1}, {Unchanged: 1}, {Replaced: 1}, {Unchanged: 1, Duplicates: 1}}, "SELECT group_concat(route) FROM accounts", "9",
		},
		{
			"an account that is described after its bill", []file{{bill("1", 1400)}, {account("7")}},
			[]Counts{{Inserted: 1}, {Inserted: 1}}, "SELECT account || route || usage FROM accounts JOIN bills USING (account)", "a71400",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			for i, f := range c.files {
				name := fmt.Sprintf("%d.csv", i)
				row := int32(1)
				src := func() anomaly.Source { row++; return anomaly.Source{File: name, Row: row} }
				var batches []*anomaly.Rows
				for _, rows := range f {
					batches = append(batches, at(rows, src))
				}
				if res := load(t, s, name, batches...); res.Counts != c.want[i] {
					t.Errorf("file %d: %+v, want %+v", i, res.Counts, c.want[i])
				}
			}
			err := s.view(context.Background(), func(conn *conn) error {
				left, err := text(conn, c.query)
				if left != c.left {
					t.Errorf("left is %s, want %s", left, c.left)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// at gives the one row in rows its source.
func at(rows anomaly.Rows, src func() anomaly.Source) *anomaly.Rows {
	r := anomaly.Rows{
		Accounts: slices.Clone(rows.Accounts), Readings: slices.Clone(rows.Readings), Bills: slices.Clone(rows.Bills),
		Lines: slices.Clone(rows.Lines), Events: slices.Clone(rows.Events),
	}
	for i := range r.Accounts {
		r.Accounts[i].Source = src()
	}
	for i := range r.Readings {
		r.Readings[i].Source = src()
	}
	for i := range r.Bills {
		r.Bills[i].Source = src()
	}
	for i := range r.Lines {
		r.Lines[i].Source = src()
	}
	for i := range r.Events {
		r.Events[i].Source = src()
	}
	return &r
}

func TestEventsAndInspectionsAreNeverChanged(t *testing.T) {
	s := open(t)
	day := anomaly.MustDate("2026-03-02")
	load(t, s, "1", &anomaly.Rows{
		Events:      []anomaly.Event{{AccountID: "a", At: day, Kind: anomaly.EventClaim}},
		Inspections: []anomaly.Inspection{{AccountID: "a", On: day, Outcome: anomaly.NothingFound}},
	})
	c, err := s.take(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer s.put(c)
	for _, sql := range []string{
		"UPDATE events SET kind = 'feedback'", "DELETE FROM events",
		"UPDATE inspections SET outcome = 'misread'", "DELETE FROM inspections",
	} {
		if err := execute(c, sql); err == nil {
			t.Errorf("%s was done", sql)
		}
	}
}

func TestNothingIsLeftOfAnImportThatIsGivenUp(t *testing.T) {
	s, ctx := open(t), context.Background()
	load(t, s, "0.csv", month(100, 0, "0.csv"))
	before := dump(t, s)

	im, err := s.Begin(ctx, File{Name: "1.csv", Hash: "1.csv"})
	if err != nil {
		t.Fatal(err)
	}
	if err := im.Add(ctx, month(100, 1, "1.csv")); err != nil {
		t.Fatal(err)
	}
	im.Rollback()
	im.Rollback() // does nothing
	if _, err := im.Commit(ctx, nil); err == nil {
		t.Error("an import that was rolled back can be committed")
	}
	if after := dump(t, s); after != before {
		t.Error(cmp.Diff(before, after))
	}

	cancelled, cancel := context.WithCancel(ctx)
	im, err = s.Begin(cancelled, File{Name: "1.csv", Hash: "1.csv"})
	if err != nil {
		t.Fatal(err)
	}
	for m := range 12 {
		if err := im.Add(cancelled, month(1000, m, "1.csv")); err != nil {
			t.Fatal(err)
		}
	}
	_, err = im.Commit(cancelled, func(done, total int) {
		if done < total {
			cancel()
		}
	})
	cancel()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled import says %v", err)
	}
	if after := dump(t, s); after != before {
		t.Error(cmp.Diff(before, after))
	}
	if res := load(t, s, "1.csv", month(100, 1, "1.csv")); res.Seq != 2 || res.Inserted != 100 {
		t.Errorf("afterwards %+v", res)
	}
}

func TestAnotherWriterIsWaitedForAndThenGivenUp(t *testing.T) {
	first, ctx := open(t), context.Background()
	second, err := Open(ctx, first.Path(), Options{BusyTimeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	im, err := first.Begin(ctx, File{Name: "1.csv", Hash: "1"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = second.Begin(ctx, File{Name: "2.csv", Hash: "2"})
	var e *Error
	if !errors.As(err, &e) || e.Code != Locked {
		t.Errorf("got %v", err)
	}
	im.Rollback()
	load(t, second, "2.csv", month(1, 0, "2.csv"))
}

// Environment variables of the process that the next test starts and kills.
const childStore = "WHYBILL_TEST_STORE"

// TestMain serves as the other process where it is asked to: it imports, says so on
// each step, and goes on until it is killed.
func TestMain(m *testing.M) {
	path := os.Getenv(childStore)
	if path == "" {
		os.Exit(m.Run())
	}
	ctx := context.Background()
	s, err := Open(ctx, path, Options{})
	if err != nil {
		panic(err)
	}
	im, err := s.Begin(ctx, File{Name: "killed.csv", Hash: "killed"})
	if err != nil {
		panic(err)
	}
	im.sorter.limit = 1 << 20
	for i := range 24 {
		if err := im.Add(ctx, month(4000, i, "killed.csv")); err != nil {
			panic(err)
		}
	}
	fmt.Println(0)
	_, err = im.Commit(ctx, func(done, total int) { fmt.Println(done * 100 / total) })
	fmt.Println("committed", err)
}

func TestAnImportThatIsKilledLeavesTheOldState(t *testing.T) {
	s, ctx := open(t), context.Background()
	load(t, s, "0.csv", month(100, 0, "0.csv"))
	before := dump(t, s)
	for _, at := range []int{0, 10, 60} { // percent written; at 0 all rows wait in memory and a temporary file
		child := exec.CommandContext(ctx, os.Args[0])
		child.Env = append(os.Environ(), childStore+"="+s.Path())
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		reached := false
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if done, err := strconv.Atoi(lines.Text()); err == nil && done >= at && done < 100 {
				reached = true
				// It is in the middle of its transaction: others read what was there before.
				if now := dump(t, s); now != before {
					t.Errorf("at %d: %s", at, cmp.Diff(before, now))
				}
				break
			}
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait()
		if !reached {
			t.Fatalf("the import never came to %d %%", at)
		}
		if after := dump(t, s); after != before {
			t.Errorf("killed at %d: %s", at, cmp.Diff(before, after))
		}
		if err := s.IntegrityCheck(ctx); err != nil {
			t.Error(err)
		}
	}
	entries, err := os.ReadDir(strings.TrimSuffix(s.Path(), "/whybill.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "whybill.db") {
			t.Errorf("%s was left behind", e.Name())
		}
	}
	if res := load(t, s, "killed", month(100, 1, "killed.csv")); res.Inserted != 100 {
		t.Errorf("afterwards %+v", res)
	}
}

func TestAScanSeesOneState(t *testing.T) {
	s, ctx := open(t), context.Background()
	load(t, s, "0.csv", month(2000, 0, "0.csv"))
	imported := make(chan struct{})
	first := true
	err := s.Histories(ctx, ScanOptions{Workers: 1}, func(_ int, h *anomaly.History) error {
		if first {
			first = false
			go func() {
				defer close(imported)
				load(t, s, "1.csv", month(2000, 1, "1.csv"))
			}()
			<-imported
		}
		if len(h.Bills) != 1 {
			return fmt.Errorf("%s has %d bills", h.Account.ID, len(h.Bills))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if h, err := s.History(ctx, "ACC000001999"); err != nil || len(h.Bills) != 2 {
		t.Errorf("afterwards %v %v", h, err)
	}
}

func TestAScanEndsWithTheFirstError(t *testing.T) {
	s, ctx := open(t), context.Background()
	load(t, s, "0.csv", month(2000, 0, "0.csv"))
	stop := errors.New("enough")
	if err := s.Each(ctx, func(int, *anomaly.History) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	err := s.Each(cancelled, func(int, *anomaly.History) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err := s.Each(ctx, ignore); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
