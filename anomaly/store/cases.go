package store

import (
	"context"
	"errors"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"whybill/anomaly"
)

// NewCaseEntry is an entry to be added to the ledger. Where it ends with something to
// learn from, Inspection is added with it.
type NewCaseEntry struct {
	Entry      anomaly.CaseEntry
	Inspection *anomaly.Inspection
}

// AppendCase adds one entry to the ledger of an account, and to the account's events what
// the checks may see of it (see anomaly.CaseEntry.Event): both or neither. make is handed
// the account's entries, oldest first, and the number that the new one will have; nobody
// else can add one meanwhile. What make refuses is returned as it is, and nothing is
// written. When AppendCase returns, the entry is on the disk.
func (s *Store) AppendCase(ctx context.Context, account string, make func(ledger []anomaly.CaseEntry, next int64) (NewCaseEntry, error)) (anomaly.CaseEntry, error) {
	c, err := s.take(ctx)
	if err != nil {
		return anomaly.CaseEntry{}, s.wrap(ctx, err)
	}
	defer s.put(c)
	// An import can be run again after a loss of power; what somebody said cannot.
	if err := execute(c, "PRAGMA synchronous = full"); err != nil {
		return anomaly.CaseEntry{}, s.wrap(ctx, err)
	}
	defer func() { _ = execute(c, "PRAGMA synchronous = normal") }()
	if err := execute(c, "BEGIN IMMEDIATE"); err != nil {
		return anomaly.CaseEntry{}, s.wrap(ctx, err)
	}
	rollback := func(err error) (anomaly.CaseEntry, error) {
		return anomaly.CaseEntry{}, errors.Join(s.wrap(ctx, err), execute(c, "ROLLBACK"))
	}
	ledger, err := c.caseEntries("account = ?", account)
	if err != nil {
		return rollback(err)
	}
	next, err := integer(c, "SELECT coalesce(max(seq), 0) + 1 FROM case_entries")
	if err != nil {
		return rollback(err)
	}
	n, refused := make(ledger, next)
	if refused != nil {
		if err := execute(c, "ROLLBACK"); err != nil {
			return anomaly.CaseEntry{}, s.wrap(ctx, err)
		}
		return anomaly.CaseEntry{}, refused
	}
	n.Entry.Seq, n.Entry.AccountID = next, account
	n.Entry.Source = anomaly.Source{File: anomaly.LedgerFile, Row: int32(next)}
	if err := c.addCase(&n); err != nil {
		return rollback(err)
	}
	if err := execute(c, "COMMIT"); err != nil {
		return rollback(err)
	}
	return n.Entry, nil
}

func (c *conn) addCase(n *NewCaseEntry) error {
	e := &n.Entry
	err := sqlitex.Execute(c.Conn, "INSERT INTO case_entries VALUES (?, ?, ?, nullif(?, ''), ?, nullif(?, ''), ?, ?, nullif(?, 0), nullif(?, ''), ?, nullif(?, ''), nullif(?, ''), nullif(?, ''))",
		&sqlitex.ExecOptions{Args: []any{
			e.Seq, e.Case, e.AccountID, e.Bill, int64(e.On), e.Time, e.By, string(e.Kind), int64(e.Due), e.DueTime,
			exact(e.Amount), e.Outcome, e.Note, e.Text,
		}})
	if err != nil {
		return err
	}
	event, seen := e.Event()
	if !seen && n.Inspection == nil {
		return nil
	}
	part, err := c.ledgerPart()
	if err != nil {
		return err
	}
	if seen {
		err = sqlitex.Execute(c.Conn, "INSERT INTO events (account, at, part, n, time, kind, ref, note, due, due_time, amount, by, row) VALUES (?, ?, ?, ?, nullif(?, ''), ?, nullif(?, ''), nullif(?, ''), nullif(?, 0), nullif(?, ''), ?, nullif(?, ''), ?)",
			&sqlitex.ExecOptions{Args: []any{
				event.AccountID, int64(event.At), part, e.Seq, event.Time, event.Kind, event.Ref, event.Note,
				int64(event.Due), event.DueTime, exact(event.Amount), event.By, e.Seq,
			}})
	}
	if err == nil && n.Inspection != nil {
		i := n.Inspection
		err = sqlitex.Execute(c.Conn, "INSERT INTO inspections (account, inspected_on, part, n, outcome, recovered_usage, recovered_amount, row) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			&sqlitex.ExecOptions{Args: []any{e.AccountID, int64(i.On), part, e.Seq, i.Outcome, exact(i.RecoveredUsage), exact(i.RecoveredAmount), e.Seq}})
	}
	return err
}

// exact is what is stored for an amount that may be missing.
func exact(d anomaly.NullDecimal) any {
	if !d.Valid {
		return nil
	}
	return d.Decimal.String()
}

// ledgerPart returns the part of a file as which the ledger stands among the events'
// sources; the first entry makes it.
func (c *conn) ledgerPart() (int64, error) {
	find := func() (id int64, err error) {
		err = sqlitex.Execute(c.Conn, "SELECT parts.id FROM parts JOIN files ON files.seq = parts.file WHERE files.hash = ?", &sqlitex.ExecOptions{
			Args:       []any{anomaly.LedgerFile},
			ResultFunc: func(stmt *sqlite.Stmt) error { id = stmt.ColumnInt64(0); return nil },
		})
		return id, err
	}
	id, err := find()
	if err != nil || id != 0 {
		return id, err
	}
	// A new file makes other connections read the names of parts again.
	for _, sql := range []string{
		"INSERT INTO files (seq, name, hash, bytes) SELECT coalesce(max(seq), 0) + 1, ?1, ?1, 0 FROM files",
		"INSERT INTO parts (file, name) SELECT seq, ?1 FROM files WHERE hash = ?1",
	} {
		if err := sqlitex.Execute(c.Conn, sql, &sqlitex.ExecOptions{Args: []any{anomaly.LedgerFile}}); err != nil {
			return 0, err
		}
	}
	return find()
}

// CaseEntries returns the ledger of an account, oldest entry first; of all accounts where
// account is "".
func (s *Store) CaseEntries(ctx context.Context, account string) (entries []anomaly.CaseEntry, err error) {
	where, args := "true", []any(nil)
	if account != "" {
		where, args = "account = ?", []any{account}
	}
	err = s.view(ctx, func(c *conn) error {
		entries, err = c.caseEntries(where, args...)
		return err
	})
	return entries, s.wrap(ctx, err)
}

func (c *conn) caseEntries(where string, args ...any) (all []anomaly.CaseEntry, err error) {
	var bad error
	err = sqlitex.Execute(c.Conn, "SELECT seq, case_id, account, bill, day, time, by, kind, due, due_time, amount, outcome, note, text FROM case_entries WHERE "+where+" ORDER BY seq", &sqlitex.ExecOptions{
		Args: args,
		ResultFunc: func(stmt *sqlite.Stmt) error {
			e := anomaly.CaseEntry{
				Seq: stmt.ColumnInt64(0), Case: stmt.ColumnText(1), AccountID: stmt.ColumnText(2), Bill: stmt.ColumnText(3),
				On: anomaly.Date(stmt.ColumnInt64(4)), Time: stmt.ColumnText(5), By: stmt.ColumnText(6),
				Kind: anomaly.CaseKind(stmt.ColumnText(7)), Due: anomaly.Date(stmt.ColumnInt64(8)), DueTime: stmt.ColumnText(9),
				Outcome: stmt.ColumnText(11), Note: stmt.ColumnText(12), Text: stmt.ColumnText(13),
				Source: anomaly.Source{File: anomaly.LedgerFile, Row: int32(stmt.ColumnInt64(0))},
			}
			if stmt.ColumnType(10) != sqlite.TypeNull {
				d, err := anomaly.ParseDecimal(stmt.ColumnText(10))
				bad = errors.Join(bad, err)
				e.Amount = anomaly.Known(d)
			}
			all = append(all, e)
			return nil
		},
	})
	return all, errors.Join(err, bad)
}

// CaseAccounts returns the accounts that a case's id stands for, in the ledger or among
// imported events: more than one where files use the same reference twice.
func (s *Store) CaseAccounts(ctx context.Context, id string) (accounts []string, err error) {
	err = s.view(ctx, func(c *conn) error {
		return sqlitex.Execute(c.Conn, `SELECT account FROM case_entries WHERE case_id = ?1 UNION
			SELECT account FROM events WHERE (ref = ?1 OR account = ?1)
			AND kind IN ('complaint', 'feedback', 'claim', 'visit_promised', 'visit_done', 'evidence') ORDER BY 1`, &sqlitex.ExecOptions{
			Args:       []any{id},
			ResultFunc: func(stmt *sqlite.Stmt) error { accounts = append(accounts, stmt.ColumnText(0)); return nil },
		})
	})
	return accounts, s.wrap(ctx, err)
}

// AccountsWithCases returns the accounts that a desk has to do with: entries of the
// ledger, or imported complaints, feedback, promises, visits or changes of the payment account.
func (s *Store) AccountsWithCases(ctx context.Context) (accounts []string, err error) {
	err = s.view(ctx, func(c *conn) error {
		return sqlitex.Execute(c.Conn, `SELECT account FROM case_entries UNION
			SELECT account FROM events WHERE kind IN ('complaint', 'feedback', 'claim', 'visit_promised', 'visit_done', 'evidence', 'payment_account_change_requested') ORDER BY 1`, &sqlitex.ExecOptions{
			ResultFunc: func(stmt *sqlite.Stmt) error { accounts = append(accounts, stmt.ColumnText(0)); return nil },
		})
	})
	return accounts, s.wrap(ctx, err)
}

// AccountsVisited returns the accounts that somebody has inspected.
func (s *Store) AccountsVisited(ctx context.Context) (accounts []string, err error) {
	err = s.view(ctx, func(c *conn) error {
		return sqlitex.Execute(c.Conn, "SELECT DISTINCT account FROM inspections ORDER BY account", &sqlitex.ExecOptions{
			ResultFunc: func(stmt *sqlite.Stmt) error { accounts = append(accounts, stmt.ColumnText(0)); return nil },
		})
	})
	return accounts, s.wrap(ctx, err)
}
