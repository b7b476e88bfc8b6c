package store

import (
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// spoiled returns the path of a store with bills, closed, after spoil has changed its bytes.
func spoiled(t *testing.T, spoil func(file []byte)) string {
	t.Helper()
	s := open(t)
	load(t, s, "bills.csv", month(2000, 0, "bills.csv"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	spoil(b)
	if err := os.WriteFile(s.Path(), b, 0o600); err != nil {
		t.Fatal(err)
	}
	return s.Path()
}

// Where a SQLite file keeps two numbers: https://www.sqlite.org/fileformat2.html#the_database_header
const (
	userVersionAt   = 60
	applicationIDAt = 68
)

func TestFilesThatCannotBeOpened(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		name string
		path string
		opt  Options
		want Code
	}{
		{"nothing there, to read", filepath.Join(dir, "none.db"), Options{ReadOnly: true}, Missing},
		{"nothing there, to check", filepath.Join(dir, "none.db"), Options{MustExist: true}, Missing},
		{"a folder", dir, Options{}, IsDirectory},
		{"an empty file, to read", write("empty.db", ""), Options{ReadOnly: true}, NotADatabase},
		{"a table of bills", write("bills.csv", "account_id,period_start,period_end,usage\n"), Options{}, NotADatabase},
		{"a table of bills, to read", write("bills.csv", "account_id,period_start,period_end,usage\n"), Options{ReadOnly: true}, NotADatabase},
		{
			"the database of another program",
			spoiled(t, func(b []byte) { binary.BigEndian.PutUint32(b[applicationIDAt:], 1) }), Options{}, NotADatabase,
		},
		{
			"a newer version", spoiled(t, func(b []byte) { binary.BigEndian.PutUint32(b[userVersionAt:], 99) }),
			Options{}, Newer,
		},
		{
			"an older version, to read", spoiled(t, func(b []byte) { binary.BigEndian.PutUint32(b[userVersionAt:], 0) }),
			Options{ReadOnly: true}, Older,
		},
		{"no schema", spoiled(t, func(b []byte) { clear(b[100:8192]) }), Options{}, Corrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Open(context.Background(), c.path, c.opt)
			if err == nil {
				s.Close()
				t.Fatal("opened")
			}
			var e *Error
			if !errors.As(err, &e) || e.Code != c.want {
				t.Fatalf("got %v, want %s", err, c.want)
			}
			message, hint := e.UserMessage()
			for _, lang := range locale.Langs {
				p := locale.New(lang)
				if !p.Has(message.Key) || hint.Key != "" && !p.Has(hint.Key) {
					t.Errorf("%s has no words for %s %s", lang, message.Key, hint.Key)
				}
			}
		})
	}
	if _, err := os.Stat(filepath.Join(dir, "none.db")); err == nil {
		t.Error("a file was made where none was to be")
	}
}

func TestEveryCodeHasWords(t *testing.T) {
	for _, code := range []Code{Missing, NotADatabase, Corrupt, Locked, Newer, Older, IsDirectory, NoPermission, NoSpace, UnknownAccount} {
		message, hint := fault(code, nil).UserMessage()
		for _, lang := range locale.Langs {
			p := locale.New(lang)
			if !p.Has(message.Key) || hint.Key != "" && !p.Has(hint.Key) {
				t.Errorf("%s has no words for %s", lang, code)
			}
		}
	}
}

func TestADamagedFileIsFound(t *testing.T) {
	path := spoiled(t, func(b []byte) {
		for i := len(b) / 2; i < len(b)/2+20000; i++ {
			b[i] ^= 0x5a
		}
	})
	s, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var e *Error
	if err := s.IntegrityCheck(context.Background()); !errors.As(err, &e) || e.Code != Corrupt {
		t.Errorf("the check says %v", err)
	}
	if err := s.Each(context.Background(), ignore); !errors.As(err, &e) || e.Code != Corrupt {
		t.Errorf("reading all histories says %v", err)
	}
}

func TestAGoodFileIsGood(t *testing.T) {
	s := open(t)
	load(t, s, "bills.csv", month(2000, 0, "bills.csv"))
	if err := s.IntegrityCheck(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestOnlyTheUserMayReadTheFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "folder", "whybill.db")
	s, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	im, err := s.Begin(context.Background(), File{Name: "bills.csv", Hash: "1"})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Rollback()
	if _, err := im.word("makes the log begin"); err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + end)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %o, want 600", info.Name(), mode)
		}
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder %v %v, want mode 700", info.Mode(), err)
	}
}

func TestTheFileOfAMediumThatCannotBeWritten(t *testing.T) {
	s := open(t)
	load(t, s, "bills.csv", month(10, 0, "bills.csv"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	odd := filepath.Join(filepath.Dir(s.Path()), "a b?c#d%20.db")
	if err := os.Rename(s.Path(), odd); err != nil {
		t.Fatal(err)
	}
	c, err := sqlite.OpenConn(immutable(odd), sqlite.OpenReadOnly|sqlite.OpenURI)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if n, err := integer(&conn{Conn: c}, "SELECT count(*) FROM bills"); n != 10 || err != nil {
		t.Errorf("%d bills, %v", n, err)
	}
}

func TestMigrationsRunOnceAndInOrder(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "whybill.db")
	steps := append(schemaFiles(), "CREATE TABLE later (a INTEGER); INSERT INTO later VALUES (1);", "UPDATE later SET a = a + 1;")
	for _, upTo := range []int{1, 3, 3} {
		s := &Store{path: path, opt: Options{BusyTimeout: time.Second}}
		c, err := s.dial()
		if err != nil && upTo == 1 { // there is no file yet
			if _, err = s.prepareFile(); err == nil {
				c, err = s.dial()
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := s.migrate(ctx, c, steps[:len(steps)-3+upTo]); err != nil {
			t.Fatal(err)
		}
		version, err := integer(c, "PRAGMA user_version")
		if err != nil || int(version) != len(steps)-3+upTo {
			t.Errorf("version %d, %v", version, err)
		}
		if upTo == 3 {
			if a, err := integer(c, "SELECT a FROM later"); a != 2 || err != nil {
				t.Errorf("after all steps %d, %v; want 2", a, err)
			}
		}
		c.Close()
	}
}

func TestAMigrationThatFailsChangesNothing(t *testing.T) {
	s := open(t)
	c, err := s.take(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer s.put(c)
	steps := append(schemaFiles(), "CREATE TABLE later (a INTEGER); INSERT INTO nowhere VALUES (1);")
	if err := s.migrate(context.Background(), c, steps); err == nil {
		t.Fatal("no error")
	}
	if n, err := integer(c, "SELECT count(*) FROM sqlite_schema WHERE name = 'later'"); n != 0 || err != nil {
		t.Errorf("half of it stayed: %d %v", n, err)
	}
	if err := s.migrate(context.Background(), c, schemaFiles()); err != nil {
		t.Error(err)
	}
}

// Intervals that were imported before both autumn hours had a key of their own.
func TestIntervalsOfAnOlderFileStay(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "whybill.db")
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	before := slices.Index(names, "migrations/0005_both_autumn_hours.sql")
	s := &Store{path: path, opt: Options{BusyTimeout: time.Second}}
	if _, err := s.prepareFile(); err != nil {
		t.Fatal(err)
	}
	c, err := s.dial()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.migrate(ctx, c, schemaFiles()[:before]); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		"INSERT INTO files VALUES (1, 'f.csv', 'h', 1, NULL)", "INSERT INTO parts VALUES (1, 1, 'f')",
		"INSERT INTO words VALUES (1, 'kWh')", "INSERT INTO accounts (account) VALUES ('a')",
		"INSERT INTO intervals VALUES ('a', 'm', 3600, 'E1', 7200, '0.25', 1, 2, 1, 7)",
	} {
		if err := execute(c, sql); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	now, err := Open(ctx, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer now.Close()
	want := anomaly.Interval{
		AccountID: "a", MeterID: "m", Register: "E1", Start: 3600, End: 7200, Usage: anomaly.MustDecimal("0.25"), Unit: "kWh",
		Quality: anomaly.Estimated, Source: anomaly.Source{File: "f", Row: 7},
	}
	var got []anomaly.Interval
	if err := now.Intervals(ctx, "a", func(v *anomaly.Interval) error { got = append(got, *v); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0] != want {
		t.Errorf("%+v", got)
	}
}
