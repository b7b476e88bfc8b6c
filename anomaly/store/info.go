package store

import (
	"context"
	"fmt"
	"math"
	"os"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"whybill/anomaly"
)

// FileInfo is a file that was imported.
type FileInfo struct {
	Seq   int // its place among all files, from 1
	Name  string
	Hash  string
	Bytes int64
	On    anomaly.Date // the day of the import; zero where it was not given
	Kinds []KindCounts // by Info only
}

// Info describes a store.
type Info struct {
	Path          string
	SchemaVersion int
	Bytes         int64 // on disk, with the log of changes beside the file
	Accounts      int   // that any row names
	Tables        []TableCount
	Files         []FileInfo // in the order in which they were imported
}

// TableCount is the number of rows in a table.
type TableCount struct {
	Table string
	Rows  int
}

// Info counts what the store holds; it reads every table.
func (s *Store) Info(ctx context.Context) (Info, error) {
	info := Info{Path: s.path}
	for _, end := range []string{"", "-wal"} {
		if f, err := os.Stat(s.path + end); err == nil {
			info.Bytes += f.Size()
		}
	}
	err := s.view(ctx, func(c *conn) error {
		version, err := integer(c, "PRAGMA user_version")
		if err != nil {
			return err
		}
		info.SchemaVersion = int(version)
		for _, k := range kindOrder {
			n, err := integer(c, "SELECT count(*) FROM "+tables[k].name)
			if err != nil {
				return err
			}
			if k == kindAccounts {
				info.Accounts = int(n)
				if n, err = integer(c, "SELECT count(*) FROM accounts WHERE part IS NOT NULL"); err != nil {
					return err
				}
			}
			info.Tables = append(info.Tables, TableCount{tables[k].name, int(n)})
		}
		if info.Files, err = files(c, "true"); err != nil {
			return err
		}
		return c.fileCounts(info.Files)
	})
	return info, s.wrap(ctx, err)
}

// fileCounts adds to files what became of their rows, in the order of kinds.
func (c *conn) fileCounts(files []FileInfo) error {
	type of struct {
		seq  int
		kind string
	}
	counts := map[of]Counts{}
	err := sqlitex.Execute(c.Conn, "SELECT file, kind, inserted, replaced, unchanged, duplicates, conflicts FROM file_counts", &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error {
			counts[of{stmt.ColumnInt(0), stmt.ColumnText(1)}] = Counts{
				stmt.ColumnInt(2), stmt.ColumnInt(3), stmt.ColumnInt(4), stmt.ColumnInt(5), stmt.ColumnInt(6),
			}
			return nil
		},
	})
	for i := range files {
		for _, k := range kindOrder {
			if n, ok := counts[of{files[i].Seq, tables[k].name}]; ok {
				files[i].Kinds = append(files[i].Kinds, KindCounts{tables[k].name, n})
			}
		}
	}
	return err
}

// IntegrityCheck reads the whole file and returns an *Error with the code Corrupt where
// something in it does not fit together.
func (s *Store) IntegrityCheck(ctx context.Context) error {
	var found []string
	err := s.view(ctx, func(c *conn) error {
		return sqlitex.Execute(c.Conn, "PRAGMA integrity_check(10)", &sqlitex.ExecOptions{
			ResultFunc: func(stmt *sqlite.Stmt) error {
				if line := stmt.ColumnText(0); line != "ok" {
					found = append(found, line)
				}
				return nil
			},
		})
	})
	if err == nil && len(found) > 0 {
		err = fault(Corrupt, fmt.Errorf("%s", strings.Join(found, "; ")), anomaly.TextArg("path", s.path))
	}
	return s.wrap(ctx, err)
}

// Weather returns the daily temperatures of all stations; days that no file gives are NaN.
func (s *Store) Weather(ctx context.Context) (map[string]*anomaly.WeatherSeries, error) {
	all := map[string]*anomaly.WeatherSeries{}
	err := s.view(ctx, func(c *conn) error {
		return sqlitex.Execute(c.Conn, "SELECT station, day, mean FROM weather ORDER BY station, day", &sqlitex.ExecOptions{
			ResultFunc: func(stmt *sqlite.Stmt) error {
				station, day := stmt.ColumnText(0), anomaly.Date(stmt.ColumnInt64(1))
				w := all[station]
				if w == nil {
					w = &anomaly.WeatherSeries{First: day}
					all[station] = w
				}
				for len(w.Mean) < day.Sub(w.First) {
					w.Mean = append(w.Mean, math.NaN())
				}
				w.Mean = append(w.Mean, stmt.ColumnFloat(2))
				return nil
			},
		})
	})
	return all, s.wrap(ctx, err)
}

// Intervals hands an account's intervals to fn, by meter, civil time and channel. Of the
// hour that comes twice in autumn, each start is followed by its second occurrence.
func (s *Store) Intervals(ctx context.Context, accountID string, fn func(*anomaly.Interval) error) error {
	var failed error
	err := s.view(ctx, func(c *conn) error {
		stmt, err := c.Prepare(tables[kindIntervals].selection(oneAccount))
		if err != nil {
			return err
		}
		stmt.BindText(1, accountID)
		row := columns{stmt: stmt, owner: accountID, names: c.names}
		for {
			more, err := stmt.Step()
			if err != nil || !more {
				return err
			}
			v := interval(&row)
			if row.err != nil {
				return row.err
			}
			if failed = fn(&v); failed != nil {
				return stmt.Reset()
			}
		}
	})
	if failed != nil {
		return failed
	}
	return s.wrap(ctx, err)
}

// Model is something that was learnt from the accounts, as JSON of a version.
type Model struct {
	Version int
	After   int // the last file imported when it was learnt
	JSON    []byte
}

// SaveModel keeps a model under a name, in place of the one that was there.
func (s *Store) SaveModel(ctx context.Context, name string, version int, json []byte) error {
	c, err := s.take(ctx)
	if err != nil {
		return s.wrap(ctx, err)
	}
	defer s.put(c)
	return s.wrap(ctx, sqlitex.Execute(c.Conn,
		"REPLACE INTO models SELECT ?, ?, coalesce(max(seq), 0), ? FROM files",
		&sqlitex.ExecOptions{Args: []any{name, version, string(json)}}))
}

// LoadModel returns the model of a name; ok is false where there is none.
func (s *Store) LoadModel(ctx context.Context, name string) (m Model, ok bool, err error) {
	err = s.view(ctx, func(c *conn) error {
		return sqlitex.Execute(c.Conn, "SELECT version, after, json FROM models WHERE name = ?", &sqlitex.ExecOptions{
			Args: []any{name},
			ResultFunc: func(stmt *sqlite.Stmt) error {
				m, ok = Model{stmt.ColumnInt(0), stmt.ColumnInt(1), []byte(stmt.ColumnText(2))}, true
				return nil
			},
		})
	})
	return m, ok, s.wrap(ctx, err)
}
