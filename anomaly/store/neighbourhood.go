package store

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"whybill/anomaly"
)

// The name and the layout under which the neighbourhood is kept among the models. Layout
// 1 had the readings in it and did not say as of when it was, layout 2 did not know who has
// changed levels with whom, layout 3 was said to hold for days on which more was known.
const (
	neighbourhoodName   = "neighbourhood"
	neighbourhoodLayout = 4
)

// changesNeighbourhood reports whether rows may change what only all accounts together
// know: all but those that no estimate looks at.
func changesNeighbourhood(rows *anomaly.Rows) bool {
	if len(rows.Accounts)+len(rows.Meters)+len(rows.Readings)+len(rows.Bills)+len(rows.Appliances)+len(rows.Weather) > 0 {
		return true
	}
	// What the desk enters itself, one at a time.
	return slices.ContainsFunc(rows.Events, func(e anomaly.Event) bool { return e.Kind != anomaly.EventSelftest })
}

// keepsNeighbourhood says that a file has changed nothing in what is kept, if that was as
// of the file before.
func keepsNeighbourhood(c *conn, seq int64) error {
	return sqlitex.Execute(c.Conn, "UPDATE models SET after = ?1 WHERE name = ?2 AND after = (SELECT coalesce(max(seq), 0) FROM files WHERE seq < ?1 AND hash <> ?3)",
		&sqlitex.ExecOptions{Args: []any{seq, neighbourhoodName, anomaly.LedgerFile}})
}

// LastFile returns the number of the last file imported; 0 where there is none.
func (s *Store) LastFile(ctx context.Context) (seq int, err error) {
	err = s.view(ctx, func(c *conn) error {
		n, err := integer(c, "SELECT coalesce(max(seq), 0) FROM files WHERE hash <> '"+anomaly.LedgerFile+"'")
		seq = int(n)
		return err
	})
	return seq, s.wrap(ctx, err)
}

// KeepNeighbourhood keeps what only all accounts together know, in place of what was kept
// before. after is what LastFile said before the pass over the accounts began.
func (s *Store) KeepNeighbourhood(ctx context.Context, after int, n *anomaly.Neighbourhood) error {
	brief := *n
	brief.RouteReadings = nil
	text, err := json.Marshal(&brief)
	if err != nil {
		return err
	}
	c, err := s.take(ctx)
	if err != nil {
		return s.wrap(ctx, err)
	}
	defer s.put(c) // rolls back what is not committed
	if err := execute(c, "BEGIN IMMEDIATE"); err != nil {
		return s.wrap(ctx, err)
	}
	err = sqlitex.Execute(c.Conn, "REPLACE INTO models (name, version, after, json) VALUES (?, ?, ?, ?)",
		&sqlitex.ExecOptions{Args: []any{neighbourhoodName, neighbourhoodLayout, after, string(text)}})
	if err == nil {
		err = execute(c, "DELETE FROM near_readings")
	}
	for _, account := range slices.Sorted(maps.Keys(n.RouteReadings)) {
		for i := range n.RouteReadings[account] {
			if err != nil {
				break
			}
			r := &n.RouteReadings[account][i]
			err = sqlitex.Execute(c.Conn, "INSERT INTO near_readings (account, n, near, read_on, reading, file, row) VALUES (?, ?, ?, ?, ?, ?, ?)",
				&sqlitex.ExecOptions{Args: []any{account, i, r.AccountID, int64(r.On), r.Value.String(), r.Source.File, int64(r.Source.Row)}})
		}
	}
	if err == nil {
		err = execute(c, "COMMIT")
	}
	return s.wrap(ctx, err)
}

// Neighbourhood returns what was kept of what only all accounts together know, without
// the readings near accounts (see NearReadings). after is the last file that had been
// imported. It is nil where nothing was kept that can be read today.
func (s *Store) Neighbourhood(ctx context.Context) (n *anomaly.Neighbourhood, after int, err error) {
	var text string
	err = s.view(ctx, func(c *conn) error {
		return sqlitex.Execute(c.Conn, "SELECT after, json FROM models WHERE name = ? AND version = ?", &sqlitex.ExecOptions{
			Args: []any{neighbourhoodName, neighbourhoodLayout},
			ResultFunc: func(stmt *sqlite.Stmt) error {
				after, text = stmt.ColumnInt(0), stmt.ColumnText(1)
				return nil
			},
		})
	})
	if err != nil || text == "" {
		return nil, 0, s.wrap(ctx, err)
	}
	n = &anomaly.Neighbourhood{}
	if err := json.Unmarshal([]byte(text), n); err != nil {
		return nil, 0, fault(Corrupt, err, anomaly.TextArg("path", s.path))
	}
	return n, after, nil
}

// NearReadings returns the readings that were kept for an account, or those for all
// accounts where it is "": see anomaly.Neighbourhood.
func (s *Store) NearReadings(ctx context.Context, account string) (map[string][]anomaly.Reading, error) {
	query, args := "SELECT account, near, read_on, reading, file, row FROM near_readings", []any(nil)
	if account != "" {
		query, args = query+" WHERE account = ?", []any{account}
	}
	all := map[string][]anomaly.Reading{}
	err := s.view(ctx, func(c *conn) error {
		return sqlitex.Execute(c.Conn, query+" ORDER BY account, n", &sqlitex.ExecOptions{
			Args: args,
			ResultFunc: func(stmt *sqlite.Stmt) error {
				value, err := anomaly.ParseDecimal(stmt.ColumnText(3))
				to := stmt.ColumnText(0)
				all[to] = append(all[to], anomaly.Reading{
					AccountID: stmt.ColumnText(1), On: anomaly.Date(stmt.ColumnInt64(2)), Value: value,
					Source: anomaly.Source{File: stmt.ColumnText(4), Row: int32(stmt.ColumnInt64(5))},
				})
				return err
			},
		})
	})
	return all, s.wrap(ctx, err)
}
