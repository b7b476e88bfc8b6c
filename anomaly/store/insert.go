package store

import (
	"zombiezen.com/go/sqlite"
)

// inserter adds rows to a table, many with one statement: that keeps SQLite at the
// place in the table where the last row went, and rows come in the table's order.
type inserter struct {
	conn   *conn
	table  *table
	owners []string
	rows   []record

	many, one, replace *sqlite.Stmt
}

const rowsAtOnce = 32

// add adds a row that is not there. It may be written later, at the latest by finish.
func (in *inserter) add(owner string, r record) error {
	in.owners, in.rows = append(in.owners, owner), append(in.rows, r)
	if len(in.rows) < rowsAtOnce {
		return nil
	}
	if in.many == nil {
		// An error ends the import and undoes all of it, so SQLite need not be able to undo
		// the one statement (which ABORT, its default, writes a journal of its own for).
		stmt, err := in.conn.Prepare(in.table.insertion("INSERT OR FAIL", rowsAtOnce))
		if err != nil {
			return err
		}
		in.many = stmt
	}
	n := len(in.table.columns) + 2
	for i := range in.rows {
		if err := bindRow(in.many, 1+i*n, in.owners[i], &in.rows[i]); err != nil {
			return err
		}
	}
	in.owners, in.rows = in.owners[:0], in.rows[:0]
	return step(in.many)
}

// over writes a row over the one that is there.
func (in *inserter) over(owner string, r record) (err error) {
	if in.replace == nil {
		if in.replace, err = in.conn.Prepare(in.table.insertion("REPLACE", 1)); err != nil {
			return err
		}
	}
	if err := bindRow(in.replace, 1, owner, &r); err != nil {
		return err
	}
	return step(in.replace)
}

// finish writes the rows that wait.
func (in *inserter) finish() (err error) {
	for i := range in.rows {
		if in.one == nil {
			if in.one, err = in.conn.Prepare(in.table.insertion("INSERT", 1)); err != nil {
				return err
			}
		}
		if err := bindRow(in.one, 1, in.owners[i], &in.rows[i]); err != nil {
			return err
		}
		if err := step(in.one); err != nil {
			return err
		}
	}
	in.owners, in.rows = nil, nil
	return nil
}

// bindRow binds owner, part and columns from the parameter at on. What is NULL stays
// unbound. A record without any value is a row that names its owner alone.
func bindRow(stmt *sqlite.Stmt, at int, owner string, r *record) error {
	stmt.BindText(at, owner)
	if r.val == "" {
		return nil
	}
	part, rest, err := r.part()
	if err != nil {
		return err
	}
	stmt.BindInt64(at+1, part)
	for i := at + inSelection; rest != ""; i++ {
		var v value
		if v, rest, err = cut(rest); err != nil {
			return err
		}
		v.bind(stmt, i)
	}
	return nil
}

// bind binds a value; NULL is what is bound to nothing.
func (v *value) bind(stmt *sqlite.Stmt, at int) {
	switch v.tag {
	case tagInt:
		stmt.BindInt64(at, v.int)
	case tagText:
		stmt.BindText(at, v.text)
	case tagReal:
		stmt.BindFloat(at, v.real)
	}
}

// step executes a statement that returns nothing and makes it ready for other values.
func step(stmt *sqlite.Stmt) error {
	if _, err := stmt.Step(); err != nil {
		_ = stmt.Reset()
		return err
	}
	if err := stmt.Reset(); err != nil {
		return err
	}
	return stmt.ClearBindings()
}
