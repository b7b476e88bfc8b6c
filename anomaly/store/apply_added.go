package store

import (
	"errors"
	"slices"

	"zombiezen.com/go/sqlite/sqlitex"
)

// printLines writes the lines of bills. A later print of a bill replaces all its lines.
func (a *applier) printLines() error {
	n := &a.counts[kindLines]
	for len(a.rows) > 0 {
		bill := a.rows[0].key
		next := 1
		for next < len(a.rows) && a.rows[next].key == bill {
			next++
		}
		lines := a.rows[:next]
		a.rows = a.rows[next:]

		// Of several parts of the file, the last one that prints the bill counts.
		lastPart, _, err := lines[len(lines)-1].part()
		if err != nil {
			return err
		}
		first := len(lines) - 1
		for ; first > 0; first-- {
			part, _, err := lines[first-1].part()
			if err != nil {
				return err
			}
			if part != lastPart {
				break
			}
		}
		n.Conflicts += first
		lines = lines[first:]

		if err := a.print(lines); err != nil {
			return err
		}
	}
	return nil
}

// print writes all lines of one bill.
func (a *applier) print(lines []record) error {
	const said, saidEnd = 2, 9 // what a line says is between its place and its row
	var now, before []string
	var id string
	for i := range lines {
		_, columns, err := lines[i].part()
		if err != nil {
			return err
		}
		text, err := span(columns, said, saidEnd)
		if err != nil {
			return err
		}
		now = append(now, text)
		v, _, err := cut(columns)
		if err != nil {
			return err
		}
		id = v.text
	}
	if a.known {
		stmt, err := a.conn.Prepare(tables[kindLines].selection("account = ?1 AND bill = ?2"))
		if err != nil {
			return err
		}
		stmt.BindText(1, a.owner)
		stmt.BindText(2, id)
		c := columns{stmt: stmt, owner: a.owner, names: a.names}
		for {
			more, err := stmt.Step()
			if err != nil {
				return err
			}
			if !more {
				break
			}
			a.found.val = a.found.val[:0]
			c.encode(&a.found, said, saidEnd)
			before = append(before, string(a.found.val))
		}
	}
	n := &a.counts[kindLines]
	switch {
	case len(before) == 0:
		n.Inserted += len(lines)
	case slices.Equal(before, now):
		n.Unchanged += len(lines)
	default:
		n.Replaced += len(lines)
	}
	if len(before) > 0 {
		err := sqlitex.Execute(a.conn.Conn, "DELETE FROM bill_lines WHERE account = ? AND bill = ?",
			&sqlitex.ExecOptions{Args: []any{a.owner, id}})
		if err != nil {
			return err
		}
	}
	for i := range lines {
		if err := a.insert[kindLines].add(a.owner, lines[i]); err != nil {
			return err
		}
	}
	return nil
}

// appendOnly adds rows to a table of which nothing is ever changed. A row that says
// again what the last one on the same thing says is left out.
func (a *applier) appendOnly(t *table) error {
	type said struct {
		content string
		before  bool // in an earlier file
	}
	last := map[string]said{} // by date and identity
	note := func(columns string, before bool) (again, earlier bool, err error) {
		on, err1 := span(columns, 0, 1)
		id, err2 := span(columns, t.identity[0], t.identity[1])
		content, err3 := span(columns, t.content[0], t.content[1])
		was, ok := last[on+id]
		if !ok || was.content != content {
			last[on+id] = said{content, before}
			return false, false, errors.Join(err1, err2, err3)
		}
		return true, was.before, errors.Join(err1, err2, err3)
	}
	if a.known {
		stmt, err := a.conn.Prepare(t.selection("account = ?1"))
		if err != nil {
			return err
		}
		stmt.BindText(1, a.owner)
		c := columns{stmt: stmt, owner: a.owner, names: a.names}
		for {
			more, err := stmt.Step()
			if err != nil {
				return err
			}
			if !more {
				break
			}
			a.found.val = a.found.val[:0]
			c.encode(&a.found, 0, len(t.columns))
			if _, _, err := note(string(a.found.val), true); err != nil {
				return err
			}
		}
	}
	n := &a.counts[a.kind]
	for _, r := range a.rows {
		_, columns, err := r.part()
		if err != nil {
			return err
		}
		again, earlier, err := note(columns, false)
		switch {
		case err != nil:
			return err
		case again && earlier:
			n.Unchanged++
		case again:
			n.Duplicates++
		default:
			n.Inserted++
			if err := a.insert[a.kind].add(a.owner, r); err != nil {
				return err
			}
		}
	}
	return nil
}
