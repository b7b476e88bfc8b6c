package store

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"whybill/anomaly"
)

// begin starts a snapshot: until end, the connection sees the store as it is now.
func (c *conn) begin() error {
	if err := sqlitex.Execute(c.Conn, "BEGIN", nil); err != nil {
		return err
	}
	return c.loadNames()
}

// loadNames brings what rows share up to date with the snapshot.
func (c *conn) loadNames() error {
	var seq int64
	err := sqlitex.Execute(c.Conn, "SELECT max(seq) FROM files", &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error { seq = stmt.ColumnInt64(0); return nil },
	})
	if err != nil || c.names != nil && c.names.seq == seq {
		return err
	}
	n := &names{seq: seq}
	load := func(query string, dst *[]string) {
		if err != nil {
			return
		}
		err = sqlitex.Execute(c.Conn, query, &sqlitex.ExecOptions{ResultFunc: func(stmt *sqlite.Stmt) error {
			for id := stmt.ColumnInt64(0); int64(len(*dst)) <= id; {
				*dst = append(*dst, "")
			}
			(*dst)[stmt.ColumnInt64(0)] = stmt.ColumnText(1)
			return nil
		}})
	}
	load("SELECT id, word FROM words", &n.words)
	load("SELECT id, name FROM parts", &n.parts)
	if err == nil {
		c.names = n
	}
	return err
}

func (c *conn) end() error {
	var first error
	for _, r := range c.readers {
		first = errors.Join(first, r.reset())
	}
	return errors.Join(first, sqlitex.Execute(c.Conn, "ROLLBACK", nil))
}

// reader reads the histories of the accounts that a condition selects, in order.
type reader struct {
	conn    *conn
	cursors [kinds]cursor
	kept    cursor // of bill_conflicts
	rows    anomaly.Rows
}

// cursor stands on a row of a table, or behind the last.
type cursor struct {
	columns
	more bool
	id   []byte // the row's account
}

// The conditions of queries: one account, or a range with both its ends.
const (
	oneAccount    = "account = ?1"
	rangeAccounts = "account BETWEEN ?1 AND ?2"
)

const conflictsQuery = `SELECT account, part, period_start, bill, kept_row, dropped_row, identical
	FROM bill_conflicts WHERE `
const conflictsOrder = " ORDER BY account, period_start, bill, meter, part, n"

// reader returns the connection's reader for a condition, at the beginning of what its
// arguments select. Tables without any row are left alone.
func (c *conn) reader(where string, args ...string) (*reader, error) {
	return c.readerOf(where, false, args)
}

// readerOf is reader; an outline is without bill lines, inspections and conflicts.
func (c *conn) readerOf(where string, outline bool, args []string) (*reader, error) {
	r := c.readers[where]
	if r == nil {
		r = &reader{conn: c}
		c.readers[where] = r
	}
	for _, k := range kindOrder {
		if k == kindWeather || k == kindIntervals {
			continue
		}
		if outline && (k == kindLines || k == kindInspections) {
			r.cursors[k] = cursor{}
			continue
		}
		if err := r.cursors[k].open(c, tables[k].name, tables[k].selection(where), args); err != nil {
			return nil, err
		}
	}
	if outline {
		r.kept = cursor{}
		return r, nil
	}
	return r, r.kept.open(c, "bill_conflicts", conflictsQuery+where+conflictsOrder, args)
}

func (cur *cursor) open(c *conn, table, query string, args []string) error {
	*cur = cursor{id: cur.id[:0]}
	empty := true
	err := sqlitex.Execute(c.Conn, "SELECT 1 FROM "+table+" LIMIT 1", &sqlitex.ExecOptions{
		ResultFunc: func(*sqlite.Stmt) error { empty = false; return nil },
	})
	if err != nil || empty {
		return err
	}
	stmt, err := c.Prepare(query)
	if err != nil {
		return err
	}
	for i, arg := range args {
		stmt.BindText(i+1, arg)
	}
	cur.stmt, cur.names = stmt, c.names
	return cur.next()
}

func (cur *cursor) next() (err error) {
	if cur.more, err = cur.stmt.Step(); !cur.more || err != nil {
		return err
	}
	n := cur.stmt.ColumnBytes(0, cur.id[:cap(cur.id)])
	if n == cap(cur.id) { // perhaps not all of it
		cur.id = make([]byte, 2*cur.stmt.ColumnLen(0)+16)
		n = cur.stmt.ColumnBytes(0, cur.id)
	}
	cur.id = cur.id[:n]
	return nil
}

// on reports whether the cursor stands on a row of the account, after it has passed
// those of accounts before it.
func (cur *cursor) on(id []byte) (bool, error) {
	for cur.more {
		switch bytes.Compare(cur.id, id) {
		case 0:
			return true, nil
		case 1:
			return false, nil
		}
		if err := cur.next(); err != nil {
			return false, err
		}
	}
	return false, nil
}

func (r *reader) reset() error {
	var first error
	for k := range r.cursors {
		first = errors.Join(first, r.cursors[k].close())
	}
	return errors.Join(first, r.kept.close())
}

func (cur *cursor) close() error {
	if cur.stmt == nil {
		return nil
	}
	err := cur.stmt.Reset()
	cur.stmt, cur.more = nil, false
	return err
}

// next returns the history of the next account that wanted says yes to, nil at the end.
func (r *reader) next(wanted func(id string) bool) (*anomaly.History, error) {
	list := &r.cursors[kindAccounts]
	for list.more {
		id := string(list.id)
		if wanted == nil || wanted(id) {
			return r.read(id)
		}
		if err := list.next(); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// read builds the history of the account on which the list of accounts stands.
func (r *reader) read(id string) (*anomaly.History, error) {
	r.rows.Reset()
	rows, key := &r.rows, []byte(id)
	list := &r.cursors[kindAccounts]
	if described := list.stmt.ColumnType(1) != sqlite.TypeNull; described {
		list.owner = id
		rows.Accounts = append(rows.Accounts, account(&list.columns))
	}
	err := errors.Join(list.err, list.next(),
		gather(&r.cursors[kindMeters], id, key, &rows.Meters, meter),
		gather(&r.cursors[kindReadings], id, key, &rows.Readings, reading),
		gather(&r.cursors[kindBills], id, key, &rows.Bills, bill),
		gather(&r.cursors[kindLines], id, key, &rows.Lines, line),
		gather(&r.cursors[kindAppliances], id, key, &rows.Appliances, appliance),
		gather(&r.cursors[kindEvents], id, key, &rows.Events, event),
		gather(&r.cursors[kindInspections], id, key, &rows.Inspections, inspection))
	var conflicts []anomaly.Conflict
	err = errors.Join(err, gather(&r.kept, id, key, &conflicts, conflict))
	if err != nil {
		return nil, err
	}
	h := anomaly.BuildHistory(id, rows)
	h.Conflicts = conflicts
	return h, nil
}

// gather appends the account's rows to dst.
func gather[T any](cur *cursor, id string, key []byte, dst *[]T, decode func(*columns) T) error {
	for {
		here, err := cur.on(key)
		if err != nil || !here {
			return err
		}
		cur.owner = id
		*dst = append(*dst, decode(&cur.columns))
		if cur.err != nil {
			return cur.err
		}
		if err := cur.next(); err != nil {
			return err
		}
	}
}

func conflict(c *columns) anomaly.Conflict {
	of := anomaly.Bill{ID: c.text(1), Period: anomaly.Period{Start: c.date(0)}}
	return anomaly.Conflict{BillKey: of.Key(), Kept: c.source(2), Dropped: c.source(3), Identical: c.int(4) != 0}
}

// withPrevious adds the same customer's account at another premise, where one is named
// and there. What came before that one is left out.
func (c *conn) withPrevious(h *anomaly.History) error {
	id := h.Account.PreviousAccountID
	if id == "" {
		return nil
	}
	r, err := c.reader(oneAccount, id)
	if err == nil {
		h.Previous, err = r.next(nil)
	}
	return err
}

// History returns everything that is known of an account, its previous account
// included. An account that no row names is an *Error with the code UnknownAccount.
func (s *Store) History(ctx context.Context, accountID string) (*anomaly.History, error) {
	h, err := s.history(ctx, accountID)
	if err != nil {
		return nil, s.wrap(ctx, err)
	}
	if h == nil {
		return nil, fault(UnknownAccount, nil, anomaly.TextArg("account", accountID))
	}
	return h, nil
}

func (s *Store) history(ctx context.Context, id string) (h *anomaly.History, err error) {
	err = s.view(ctx, func(c *conn) error {
		r, err := c.reader(oneAccount, id)
		if err != nil {
			return err
		}
		if h, err = r.next(nil); err != nil || h == nil {
			return err
		}
		return c.withPrevious(h)
	})
	return h, err
}

// view runs a function on a snapshot.
func (s *Store) view(ctx context.Context, fn func(*conn) error) error {
	c, err := s.take(ctx)
	if err != nil {
		return err
	}
	defer s.put(c)
	if err := c.begin(); err != nil {
		return err
	}
	return errors.Join(fn(c), c.end())
}

// ScanOptions say which histories to read and how.
type ScanOptions struct {
	// Workers is the number of goroutines; 0 is one a processor.
	Workers int
	// Wanted tells the accounts to read; nil means all. It is called from all goroutines.
	Wanted func(accountID string) bool
	// Outline leaves out bill lines, inspections and conflicts.
	Outline bool
}

// Each hands the history of every account to fn, from one goroutine a processor.
func (s *Store) Each(ctx context.Context, fn func(worker int, h *anomaly.History) error) error {
	return s.Histories(ctx, ScanOptions{}, fn)
}

// EachOutline is Each without bill lines, inspections and conflicts.
func (s *Store) EachOutline(ctx context.Context, fn func(worker int, h *anomaly.History) error) error {
	return s.Histories(ctx, ScanOptions{Outline: true}, fn)
}

// Histories hands the wanted accounts' histories to fn from several goroutines, which
// worker (from 0) tells apart. All come from one state of the store. A goroutine reads
// runs of some hundred accounts in the order of their ids; between goroutines there is
// no order. Histories are built where fn is called, and fn may keep them. Memory is
// bounded by one run a goroutine. The first error that fn returns ends the scan.
func (s *Store) Histories(ctx context.Context, opt ScanOptions, fn func(worker int, h *anomaly.History) error) error {
	if opt.Workers <= 0 {
		opt.Workers = runtime.GOMAXPROCS(0)
	}
	var failed error // what fn returned, which is not the store's to interpret
	var once sync.Once
	err := s.histories(ctx, opt, func(worker int, h *anomaly.History) error {
		err := fn(worker, h)
		if err != nil {
			once.Do(func() { failed = err })
		}
		return err
	})
	if failed != nil {
		return failed
	}
	return s.wrap(ctx, err)
}

func (s *Store) histories(ctx context.Context, opt ScanOptions, fn func(worker int, h *anomaly.History) error) error {
	group, ctx := errgroup.WithContext(ctx)
	conns, err := s.snapshot(ctx, opt.Workers+1)
	defer func() {
		for _, c := range conns {
			_ = c.end()
			s.put(c)
		}
	}()
	if err != nil {
		return err
	}
	list, err := newAccountList(conns[opt.Workers])
	if err != nil {
		return err
	}
	for worker := range opt.Workers {
		group.Go(func() error {
			c := conns[worker]
			for {
				first, last, ok, err := list.next()
				if err != nil || !ok {
					return err
				}
				r, err := c.readerOf(rangeAccounts, opt.Outline, []string{first, last})
				if err != nil {
					return err
				}
				for {
					h, err := r.next(opt.Wanted)
					if err != nil {
						return err
					}
					if h == nil {
						break
					}
					if err := c.withPrevious(h); err != nil {
						return err
					}
					if err := fn(worker, h); err != nil {
						return err
					}
				}
			}
		})
	}
	return group.Wait()
}

// snapshot returns n connections that see the same state of the store. Even with an
// error, those returned are to be ended and put back.
func (s *Store) snapshot(ctx context.Context, n int) ([]*conn, error) {
	var conns []*conn
	for len(conns) < n {
		c, err := s.take(ctx)
		if err != nil {
			return conns, err
		}
		conns = append(conns, c)
		if err := c.begin(); err != nil {
			return conns, err
		}
	}
	// An import may have ended meanwhile: those that still see the state before it look
	// again, until all see the same.
	for {
		newest := slices.MaxFunc(conns, func(a, b *conn) int { return cmp.Compare(a.names.seq, b.names.seq) }).names.seq
		same := true
		for _, c := range conns {
			if c.names.seq < newest {
				same = false
				if err := errors.Join(c.end(), c.begin()); err != nil {
					return conns, err
				}
			}
		}
		if same {
			return conns, nil
		}
	}
}

// accountList hands out the accounts in runs, to several goroutines.
type accountList struct {
	mu   sync.Mutex
	stmt *sqlite.Stmt
}

const accountsInARun = 256

func newAccountList(c *conn) (*accountList, error) {
	stmt, err := c.Prepare("SELECT account FROM accounts ORDER BY account")
	return &accountList{stmt: stmt}, err
}

// next returns the first and the last account of the next run; ok is false at the end.
func (l *accountList) next() (first, last string, ok bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stmt == nil {
		return "", "", false, nil
	}
	for i := range accountsInARun {
		more, err := l.stmt.Step()
		if err != nil {
			return "", "", false, err
		}
		if !more {
			err = l.stmt.Reset()
			l.stmt = nil
			return first, last, i > 0, err
		}
		last = l.stmt.ColumnText(0)
		if i == 0 {
			first = last
		}
	}
	return first, last, true, nil
}
