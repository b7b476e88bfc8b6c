package store

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitemigration"
	"zombiezen.com/go/sqlite/sqlitex"

	"whybill/anomaly"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks the file as one of ours (the letters "whyb").
const applicationID = 0x77687962

// Options say how to open a store. The zero value creates what is not there.
type Options struct {
	// ReadOnly never writes, not even to create the file.
	ReadOnly bool
	// MustExist makes a file that is not there an error.
	MustExist bool
	// BusyTimeout is how long to wait for another process that writes; 0 is 5 seconds.
	BusyTimeout time.Duration
}

// Store is an open store. It is safe for use by several goroutines.
type Store struct {
	path string
	opt  Options
	// still is set where the file lies on a medium that cannot be written: see dial.
	still bool

	mu   sync.Mutex
	idle []*conn
}

// conn is a connection with what is kept for it between uses.
type conn struct {
	*sqlite.Conn
	names   *names             // as of the last snapshot
	readers map[string]*reader // by the condition of their queries
}

// Open opens the store at path. Unless told otherwise it creates the file, readable by
// the user alone, and the folders that lead to it. Errors that a user can do something
// about are of type *Error.
func Open(ctx context.Context, path string, opt Options) (*Store, error) {
	if opt.BusyTimeout <= 0 {
		opt.BusyTimeout = 5 * time.Second
	}
	s := &Store{path: path, opt: opt}
	if err := s.open(ctx); err != nil {
		_ = s.Close()
		return nil, s.wrap(ctx, err)
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	fresh, err := s.prepareFile()
	if err != nil {
		return err
	}
	c, err := s.take(ctx)
	if err != nil {
		return err
	}
	defer s.put(c)
	if fresh {
		// Cannot be changed once there are tables, nor in WAL mode. Pages of this size
		// hold the bills of a few accounts.
		if err := execute(c, "PRAGMA page_size = 8192"); err != nil {
			return err
		}
	}
	if err := s.migrate(ctx, c, schemaFiles()); err != nil {
		return err
	}
	if s.opt.ReadOnly {
		return nil
	}
	mode, err := text(c, "PRAGMA journal_mode")
	if err == nil && mode != "wal" {
		err = execute(c, "PRAGMA journal_mode = wal")
	}
	return err
}

// prepareFile looks at what lies at the path and makes an empty file where there is
// none: SQLite gives its own files beside it the same permissions.
func (s *Store) prepareFile() (fresh bool, err error) {
	path := anomaly.TextArg("path", s.path)
	info, err := os.Stat(s.path)
	switch {
	case err == nil && info.IsDir():
		return false, fault(IsDirectory, nil, path)
	case err == nil && info.Size() > 0:
		return false, nil
	case err == nil && (s.opt.ReadOnly || s.opt.MustExist):
		return false, fault(NotADatabase, nil, path)
	case err == nil:
		return true, nil
	case !errors.Is(err, fs.ErrNotExist):
		return false, err
	case s.opt.ReadOnly || s.opt.MustExist:
		return false, fault(Missing, err, path)
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return false, err
	}
	f, err := os.OpenFile(s.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return false, err
	}
	return true, f.Close()
}

// schemaFiles returns the migrations in the order of their names.
func schemaFiles() []string {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		panic(err) // the pattern is wrong
	}
	schema := make([]string, len(names))
	for i, name := range names {
		b, err := migrations.ReadFile(name)
		if err != nil {
			panic(err) // embedded files can be read
		}
		schema[i] = string(b)
	}
	return schema
}

// migrate brings the file up to date, one transaction a step.
func (s *Store) migrate(ctx context.Context, c *conn, schema []string) error {
	path := anomaly.TextArg("path", s.path)
	id, err := integer(c, "PRAGMA application_id")
	if err != nil {
		return err
	}
	version, err := integer(c, "PRAGMA user_version")
	if err != nil {
		return err
	}
	tables, err := integer(c, "SELECT count(*) FROM sqlite_schema")
	if err != nil {
		return err
	}
	switch {
	case id != applicationID && (id != 0 || tables > 0):
		return fault(NotADatabase, nil, path)
	case int(version) == len(schema):
		return nil
	case int(version) > len(schema):
		return fault(Newer, nil, path)
	case s.opt.ReadOnly:
		return fault(Older, nil, path)
	}
	return sqlitemigration.Migrate(ctx, c.Conn, sqlitemigration.Schema{AppID: applicationID, Migrations: schema})
}

// Path returns where the store lies.
func (s *Store) Path() string { return s.path }

// Close closes the store. Nothing may be using it any more. What a store that can write
// has written is then in the file itself, unless somebody else reads what was there before:
// the last to close may be a reader, which cannot bring it there.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var first error
	if !s.opt.ReadOnly && len(s.idle) > 0 {
		c := s.idle[0]
		c.SetInterrupt(nil)
		c.SetBusyTimeout(0) // not waited for: nothing is lost where it cannot be done
		_ = execute(c, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	for _, c := range s.idle {
		if err := c.Close(); err != nil && first == nil {
			first = err
		}
	}
	s.idle = nil
	return first
}

// take returns a connection for one goroutine's use; put gives it back.
func (s *Store) take(ctx context.Context) (*conn, error) {
	s.mu.Lock()
	var c *conn
	if n := len(s.idle); n > 0 {
		c = s.idle[n-1]
		s.idle = s.idle[:n-1]
	}
	s.mu.Unlock()
	if c == nil {
		var err error
		if c, err = s.dial(); err != nil {
			return nil, err
		}
	}
	c.SetInterrupt(ctx.Done())
	return c, nil
}

func (s *Store) put(c *conn) {
	c.SetInterrupt(nil)
	if !c.AutocommitEnabled() {
		_ = execute(c, "ROLLBACK")
	}
	s.mu.Lock()
	s.idle = append(s.idle, c)
	s.mu.Unlock()
}

func (s *Store) dial() (*conn, error) {
	name, flags := s.path, sqlite.OpenReadWrite
	if s.opt.ReadOnly {
		flags = sqlite.OpenReadOnly
	}
	if s.still {
		name, flags = immutable(s.path), flags|sqlite.OpenURI
	}
	raw, err := sqlite.OpenConn(name, flags)
	if err != nil {
		return nil, err
	}
	raw.SetBusyTimeout(s.opt.BusyTimeout)
	c := &conn{Conn: raw, readers: map[string]*reader{}}
	// Reading the schema is the first thing that touches the file. A reader of a file in
	// WAL mode has to make a small file beside it; where it cannot, nobody else can be
	// writing there either, and the file may be read as one that does not change.
	_, err = integer(c, "SELECT count(*) FROM sqlite_schema")
	if err == nil && !s.opt.ReadOnly {
		// A commit is safe against a crash of the process at once, and against a loss of
		// power as soon as the import has ended with its checkpoint.
		err = execute(c, "PRAGMA synchronous = normal")
	}
	if err != nil && s.opt.ReadOnly && !s.still && cannotWriteBeside(err) && !hasWAL(s.path) {
		_ = raw.Close()
		s.still = true
		return s.dial()
	}
	if err != nil {
		_ = raw.Close()
		return nil, err
	}
	return c, nil
}

func cannotWriteBeside(err error) bool {
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultCantOpen, sqlite.ResultReadOnly:
		return true
	}
	return false
}

func hasWAL(path string) bool {
	info, err := os.Stat(path + "-wal")
	return err == nil && info.Size() > 0
}

func immutable(path string) string {
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: "immutable=1"}).String()
}

func execute(c *conn, sql string) error { return sqlitex.ExecuteTransient(c.Conn, sql, nil) }

// integer returns the single number that a query gives.
func integer(c *conn, sql string) (n int64, err error) {
	err = sqlitex.ExecuteTransient(c.Conn, sql, &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error { n = stmt.ColumnInt64(0); return nil },
	})
	return n, err
}

// text returns the single text that a query gives.
func text(c *conn, sql string) (s string, err error) {
	err = sqlitex.ExecuteTransient(c.Conn, sql, &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error { s = stmt.ColumnText(0); return nil },
	})
	return s, err
}

// pragmaKB writes a cache size: SQLite takes negative numbers for kilobytes.
func pragmaKB(kb int) string { return "PRAGMA cache_size = -" + strconv.Itoa(kb) }
