package store

import (
	"context"
	"errors"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"whybill/anomaly"
)

// KeepVisits keeps a list of visits and returns how many of its lines are new: a line
// that was kept before, of the same list and day, stays as it was. All lines are kept
// or none.
func (s *Store) KeepVisits(ctx context.Context, lines []anomaly.ListedVisit) (added int, err error) {
	c, err := s.take(ctx)
	if err != nil {
		return 0, s.wrap(ctx, err)
	}
	defer s.put(c)
	if err := execute(c, "BEGIN IMMEDIATE"); err != nil {
		return 0, s.wrap(ctx, err)
	}
	for i := range lines {
		l := &lines[i]
		err := sqlitex.Execute(c.Conn, "INSERT INTO listed_visits (account, listed_on, list, bill, random, propensity, probability, weight) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			&sqlitex.ExecOptions{Args: []any{l.AccountID, int64(l.On), l.List, l.BillKey, l.Random, l.Propensity, l.Probability, l.Weight}})
		if err != nil {
			return 0, errors.Join(s.wrap(ctx, err), execute(c, "ROLLBACK"))
		}
		added += c.Changes()
	}
	if err := execute(c, "COMMIT"); err != nil {
		return 0, errors.Join(s.wrap(ctx, err), execute(c, "ROLLBACK"))
	}
	return added, nil
}

// KeptVisits returns the lines of all lists that were kept and were made as of a day in
// [from, until), by account and day.
func (s *Store) KeptVisits(ctx context.Context, from, until anomaly.Date) (lines []anomaly.ListedVisit, err error) {
	err = s.view(ctx, func(c *conn) error {
		lines, err = c.keptVisits("listed_on >= ? AND listed_on < ?", int64(from), int64(until))
		return err
	})
	return lines, s.wrap(ctx, err)
}

func (c *conn) keptVisits(where string, args ...any) (lines []anomaly.ListedVisit, err error) {
	err = sqlitex.Execute(c.Conn, "SELECT account, listed_on, list, bill, random, propensity, probability, weight FROM listed_visits WHERE "+where+" ORDER BY account, listed_on, list", &sqlitex.ExecOptions{
		Args: args,
		ResultFunc: func(stmt *sqlite.Stmt) error {
			lines = append(lines, anomaly.ListedVisit{
				AccountID: stmt.ColumnText(0), On: anomaly.Date(stmt.ColumnInt64(1)), List: stmt.ColumnText(2), BillKey: stmt.ColumnText(3),
				Random: stmt.ColumnBool(4), Propensity: stmt.ColumnFloat(5), Probability: stmt.ColumnFloat(6), Weight: stmt.ColumnFloat(7),
			})
			return nil
		},
	})
	return lines, err
}

// InspectedVisits returns all inspections with a day, by account and day, each with the
// line of a kept list that it goes back to (see anomaly.ListedBefore). Only those drawn
// at random say how often nothing is found where nothing was suspected, and a share over all
// accounts that is made from them has to weigh each by 1/Propensity. Learning priors weighs
// none: it holds what was found against what was expected of the very same visits.
func (s *Store) InspectedVisits(ctx context.Context) (visits []anomaly.InspectedVisit, err error) {
	err = s.view(ctx, func(c *conn) error {
		lines, err := c.keptVisits("account IN (SELECT account FROM inspections)")
		if err != nil {
			return err
		}
		listed := map[string][]anomaly.ListedVisit{}
		for i := range lines {
			listed[lines[i].AccountID] = append(listed[lines[i].AccountID], lines[i])
		}
		return sqlitex.Execute(c.Conn, "SELECT account, inspected_on, coalesce(outcome, '') FROM inspections WHERE inspected_on > 0 ORDER BY account, inspected_on, part, n", &sqlitex.ExecOptions{
			ResultFunc: func(stmt *sqlite.Stmt) error {
				v := anomaly.InspectedVisit{AccountID: stmt.ColumnText(0), On: anomaly.Date(stmt.ColumnInt64(1)), Outcome: stmt.ColumnText(2)}
				v.Listed, v.OK = anomaly.ListedBefore(listed[v.AccountID], v.On)
				visits = append(visits, v)
				return nil
			},
		})
	})
	return visits, s.wrap(ctx, err)
}
