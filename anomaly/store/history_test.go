package store

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"whybill/anomaly"
)

func open(t testing.TB) *Store {
	t.Helper()
	s, err := Open(context.Background(), filepath.Join(t.TempDir(), "whybill.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

type tb interface {
	Helper()
	Fatal(args ...any)
}

// load imports one file; its name is its hash.
func load(t tb, s *Store, name string, batches ...*anomaly.Rows) Result {
	t.Helper()
	ctx := context.Background()
	im, err := s.Begin(ctx, File{Name: name, Hash: name})
	if err != nil {
		t.Fatal(err)
	}
	for _, rows := range batches {
		if err := im.Add(ctx, rows); err != nil {
			t.Fatal(err)
		}
	}
	res, err := im.Commit(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// draw makes rows that get into each other's way: few ids, days and words.
type draw struct {
	t    *rapid.T
	file string
	row  int32
}

func (d *draw) of(label string, from ...string) string {
	return rapid.SampledFrom(from).Draw(d.t, label)
}
func (d *draw) account() string              { return d.of("account", "a", "a1", "b", "a\x00b", "") }
func (d *draw) int(label string, to int) int { return rapid.IntRange(0, to).Draw(d.t, label) }
func (d *draw) date() anomaly.Date {
	if d.int("dated", 3) == 0 {
		return 0
	}
	return anomaly.MustDate("2026-01-01").AddDays(d.int("day", 2))
}

func (d *draw) decimal() anomaly.Decimal {
	return anomaly.MustDecimal(d.of("number", "0", "0.00", "-1400", "1400", "10.50", "10.5", "9223372036854775807", "9223372036854775808", "-9999999999999999999", "0.0000000000000000001"))
}

func (d *draw) null() anomaly.NullDecimal {
	if d.int("known", 1) == 0 {
		return anomaly.NullDecimal{}
	}
	return anomaly.Known(d.decimal())
}

func (d *draw) word() string { return d.of("word", "", "kWh", "度", "x\x00\x01y") }

func (d *draw) source() anomaly.Source {
	d.row++
	return anomaly.Source{File: d.file, Row: d.row}
}

func (d *draw) rows() *anomaly.Rows {
	r := &anomaly.Rows{}
	for range d.int("rows", 12) {
		switch d.int("kind", 7) {
		case 0:
			r.Accounts = append(r.Accounts, anomaly.Account{
				ID: d.account(), Service: anomaly.Service(d.int("service", 4)), Unit: d.word(), Name: d.word(), MovedIn: d.date(),
				ServiceAmps: d.null(), Phases: int8(d.int("phases", 3)), PreviousAccountID: d.of("previous", "", "a", "none"), Source: d.source(),
			})
		case 1:
			r.Meters = append(r.Meters, anomaly.Meter{
				AccountID: d.account(), ID: d.word(), InstalledOn: d.date(), RemovedOn: d.date(), Multiplier: d.null(), Digits: 5, Source: d.source(),
			})
		case 2:
			r.Readings = append(r.Readings, anomaly.Reading{
				AccountID: d.account(), MeterID: d.word(), Register: d.of("register", "", "T1"), On: d.date(), Value: d.decimal(),
				Quality: anomaly.Quality(d.int("quality", 4)), Reader: d.word(), Source: d.source(),
			})
		case 3:
			start := d.date()
			r.Bills = append(r.Bills, anomaly.Bill{
				AccountID: d.account(), ID: d.of("bill", "", "1", "2"), MeterID: d.of("meter", "", "m"),
				Period: anomaly.Period{Start: start, End: start.AddDays(30 + d.int("days", 1))}, Usage: d.decimal(), Unit: d.word(),
				Amount: d.null(), Currency: d.of("currency", "", "TWD"), IssuedOn: d.date(), DueOn: d.date(), Tariff: d.word(),
				From: d.null(), To: d.null(), Quality: anomaly.Quality(d.int("quality", 4)), Cancels: d.of("cancels", "", "", "1"),
				EndAssumed: d.int("assumed", 1) == 1, Source: d.source(),
			})
		case 4:
			r.Lines = append(r.Lines, anomaly.Line{
				AccountID: d.account(), BillID: d.of("bill", "", "1", "2"), Code: d.of("code", "energy", "tax"), Description: d.word(),
				Quantity: d.null(), UnitPrice: d.null(), Amount: d.decimal(), Period: anomaly.Period{Start: d.date(), End: d.date()}, Source: d.source(),
			})
		case 5:
			r.Appliances = append(r.Appliances, anomaly.Appliance{
				AccountID: d.account(), Name: d.word(), From: d.date(), Until: d.date(), Watts: rapid.Float64().Draw(d.t, "watts"),
				HoursPerDay: 0.7, Count: 1, Months: uint16(d.int("months", 0xfff)), Source: d.source(),
			})
		case 6:
			r.Events = append(r.Events, anomaly.Event{
				AccountID: d.account(), At: d.date(), Time: d.of("time", "", "09:30"), Kind: anomaly.EventClaim, Due: d.date(),
				Ref: d.of("ref", "", "1"), Amount: d.null(), Note: d.of("note", "", "usage_per_day=20"), Source: d.source(),
			})
		case 7:
			r.Inspections = append(r.Inspections, anomaly.Inspection{
				AccountID: d.account(), Outcome: d.of("outcome", anomaly.NothingFound, "misread"), On: d.date(), RecoveredUsage: d.null(), Source: d.source(),
			})
		}
	}
	return r
}

func concat(all, rows *anomaly.Rows) {
	all.Accounts = append(all.Accounts, rows.Accounts...)
	all.Meters = append(all.Meters, rows.Meters...)
	all.Readings = append(all.Readings, rows.Readings...)
	all.Bills = append(all.Bills, rows.Bills...)
	all.Lines = append(all.Lines, rows.Lines...)
	all.Appliances = append(all.Appliances, rows.Appliances...)
	all.Events = append(all.Events, rows.Events...)
	all.Inspections = append(all.Inspections, rows.Inspections...)
}

// of returns the rows of one account.
func of(rows *anomaly.Rows, id string) *anomaly.Rows {
	return &anomaly.Rows{
		Accounts:    pick(rows.Accounts, func(a *anomaly.Account) bool { return a.ID == id }),
		Meters:      pick(rows.Meters, func(m *anomaly.Meter) bool { return m.AccountID == id }),
		Readings:    pick(rows.Readings, func(r *anomaly.Reading) bool { return r.AccountID == id }),
		Bills:       pick(rows.Bills, func(b *anomaly.Bill) bool { return b.AccountID == id }),
		Lines:       pick(rows.Lines, func(l *anomaly.Line) bool { return l.AccountID == id }),
		Appliances:  pick(rows.Appliances, func(a *anomaly.Appliance) bool { return a.AccountID == id }),
		Events:      pick(rows.Events, func(e *anomaly.Event) bool { return e.AccountID == id }),
		Inspections: pick(rows.Inspections, func(i *anomaly.Inspection) bool { return i.AccountID == id }),
	}
}

func pick[T any](rows []T, keep func(*T) bool) (kept []T) {
	for i := range rows {
		if keep(&rows[i]) {
			kept = append(kept, rows[i])
		}
	}
	return kept
}

func accountsOf(rows *anomaly.Rows) map[string]bool {
	ids := map[string]bool{}
	note(ids, rows.Accounts, func(a *anomaly.Account) string { return a.ID })
	note(ids, rows.Meters, func(m *anomaly.Meter) string { return m.AccountID })
	note(ids, rows.Readings, func(r *anomaly.Reading) string { return r.AccountID })
	note(ids, rows.Bills, func(b *anomaly.Bill) string { return b.AccountID })
	note(ids, rows.Lines, func(l *anomaly.Line) string { return l.AccountID })
	note(ids, rows.Appliances, func(a *anomaly.Appliance) string { return a.AccountID })
	note(ids, rows.Events, func(e *anomaly.Event) string { return e.AccountID })
	note(ids, rows.Inspections, func(i *anomaly.Inspection) string { return i.AccountID })
	return ids
}

func note[T any](ids map[string]bool, rows []T, id func(*T) string) {
	for i := range rows {
		ids[id(&rows[i])] = true
	}
}

// What the store gives is what the rows of all files, in the order in which they were
// imported, give without a store; and importing the last file once more, under another
// hash, changes nothing that an account's history says.
func TestHistoriesAreThoseOfAllRowsEverImported(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		s, err := Open(context.Background(), filepath.Join(dir, fmt.Sprint(n), "whybill.db"), Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		var all anomaly.Rows
		for i := range rapid.IntRange(1, 4).Draw(t, "files") {
			d := &draw{t: t, file: fmt.Sprintf("%d.xlsx", i)}
			first := d.rows()
			if rapid.Bool().Draw(t, "another sheet") {
				d = &draw{t: t, file: d.file + "/2"}
			}
			second := d.rows()
			res := load(t, s, fmt.Sprint(i), first, second)
			concat(&all, first)
			concat(&all, second)
			if want := first.Len() + second.Len(); res.Rows() != want {
				t.Fatalf("%d rows are accounted for, %d were added: %+v", res.Rows(), want, res)
			}
		}
		want := map[string]*anomaly.History{}
		for id := range accountsOf(&all) {
			want[id] = anomaly.BuildHistory(id, of(&all, id))
		}
		for _, h := range want {
			if p := want[h.Account.PreviousAccountID]; p != nil && h.Account.PreviousAccountID != "" {
				h.Previous = anomaly.BuildHistory(p.Account.ID, of(&all, p.Account.ID))
			}
		}
		got := histories(t, s)
		for id, h := range want {
			one, err := s.History(context.Background(), id)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range []*anomaly.History{one, got[id]} {
				if !reflect.DeepEqual(h, g) {
					t.Fatal(cmp.Diff(h, g, cmp.Comparer(func(a, b anomaly.Decimal) bool { return a == b })))
				}
			}
		}
		if len(got) != len(want) {
			t.Fatalf("%d accounts in the store, want %d", len(got), len(want))
		}
	})
}

func histories(t tb, s *Store) map[string]*anomaly.History {
	t.Helper()
	var mu sync.Mutex
	all := map[string]*anomaly.History{}
	err := s.Each(context.Background(), func(_ int, h *anomaly.History) error {
		mu.Lock()
		defer mu.Unlock()
		all[h.Account.ID] = h
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// dump returns all that the store holds as text.
func dump(t tb, s *Store) string {
	t.Helper()
	var b strings.Builder
	err := s.view(context.Background(), func(c *conn) error {
		var names []string
		err := sqlitex.Execute(c.Conn, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name", &sqlitex.ExecOptions{
			ResultFunc: func(stmt *sqlite.Stmt) error { names = append(names, stmt.ColumnText(0)); return nil },
		})
		if err != nil {
			return err
		}
		for _, name := range names {
			fmt.Fprintln(&b, name)
			err := sqlitex.Execute(c.Conn, "SELECT * FROM "+name, &sqlitex.ExecOptions{ResultFunc: func(stmt *sqlite.Stmt) error {
				for i := range stmt.ColumnCount() {
					fmt.Fprintf(&b, " %s:%q", stmt.ColumnType(i), stmt.ColumnText(i))
				}
				fmt.Fprintln(&b)
				return nil
			}})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRowsThatDoNotFitInMemoryAreTheSame(t *testing.T) {
	const accounts, months = 300, 12
	ctx := context.Background()
	var dumps []string
	for _, memory := range []int{sortMemory, 4 << 10} {
		s := open(t)
		im, err := s.Begin(ctx, File{Name: "bills.csv", Hash: "1"})
		if err != nil {
			t.Fatal(err)
		}
		im.sorter.limit = memory
		for m := range months {
			if err := im.Add(ctx, month(accounts, m, "bills.csv")); err != nil {
				t.Fatal(err)
			}
		}
		res, err := im.Commit(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		if spilled := len(im.sorter.runs) > 0; spilled != (memory < sortMemory) || res.Inserted != accounts*months {
			t.Errorf("%d bytes: spilled %t, %+v", memory, spilled, res)
		}
		dumps = append(dumps, dump(t, s))
	}
	if dumps[0] != dumps[1] {
		t.Error(cmp.Diff(dumps[0], dumps[1]))
	}
}

// month makes one bill for each account, in the order of accounts, as a utility exports them.
func month(accounts, m int, file string) *anomaly.Rows {
	start := anomaly.MustDate("2024-01-01")
	rows := &anomaly.Rows{Bills: make([]anomaly.Bill, accounts)}
	for a := range rows.Bills {
		usage := int64(200 + a%300)
		rows.Bills[a] = anomaly.Bill{
			AccountID: fmt.Sprintf("ACC%09d", a), ID: fmt.Sprintf("B%09d-%02d", a, m),
			Period: anomaly.Period{Start: start.AddMonths(m), End: start.AddMonths(m + 1)},
			Usage:  anomaly.DecimalFromInt(usage), Amount: anomaly.Known(anomaly.MustDecimal(fmt.Sprintf("%d.%02d", 2*usage, a%100))),
			Currency: "TWD", Tariff: "tw.taipower.residential.non_tou", Quality: anomaly.Actual,
			From: anomaly.Known(anomaly.DecimalFromInt(usage * int64(m))), To: anomaly.Known(anomaly.DecimalFromInt(usage * int64(m+1))),
			Source: anomaly.Source{File: file, Row: int32(2 + m*accounts + a)},
		}
	}
	return rows
}

func TestHistoriesOfAllAccountsOnce(t *testing.T) {
	s := open(t)
	load(t, s, "bills.csv", month(1000, 0, "bills.csv"), month(1000, 1, "bills.csv"))
	for _, workers := range []int{1, 3, 16} {
		seen := make([]map[string]int, workers)
		last := make([]string, workers)
		for i := range seen {
			seen[i] = map[string]int{}
		}
		wanted := func(id string) bool { return id[len(id)-1] != '7' }
		err := s.Histories(context.Background(), ScanOptions{Workers: workers, Wanted: wanted}, func(w int, h *anomaly.History) error {
			if h.Account.ID <= last[w] {
				t.Errorf("%s after %s", h.Account.ID, last[w])
			}
			last[w] = h.Account.ID
			seen[w][h.Account.ID] += len(h.Bills)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for w := range seen {
			for id, bills := range seen[w] {
				if bills != 2 || !wanted(id) {
					t.Errorf("%s: %d bills", id, bills)
				}
				all = append(all, id)
			}
		}
		slices.Sort(all)
		if len(slices.Compact(all)) != 900 {
			t.Errorf("%d workers: %d accounts, want 900", workers, len(all))
		}
	}
}
