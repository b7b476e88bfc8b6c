package store

import (
	"errors"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"whybill/anomaly"
)

// applier writes the rows of an import, which come in the order of their keys, and
// decides what each means beside what is there already.
type applier struct {
	conn  *conn
	names *names
	// before says which tables had rows when the import began: what is not there need
	// not be looked for.
	before [kinds]bool

	// The rows at hand: all of one kind of one account (or station).
	prefix string // of their keys
	kind   kind
	owner  string
	known  bool // the account was there before
	rows   []record

	insert    [kinds]*inserter
	bare      *inserter // accounts that no row describes
	conflicts *inserter
	counts    [kinds]Counts
	done      int64 // rows seen

	found encoder // a row that is there already
}

// Two tables that rows of files do not go to as they are.
var (
	bareAccounts  = table{name: "accounts", owner: "account"}
	billConflicts = table{
		name: "bill_conflicts", owner: "account",
		columns: strings.Fields("period_start bill meter n kept_row dropped_row identical"),
	}
)

func newApplier(c *conn, n *names) (*applier, error) {
	a := &applier{conn: c, names: n}
	for _, k := range kindOrder {
		a.insert[k] = &inserter{conn: c, table: &tables[k]}
		err := sqlitex.Execute(c.Conn, "SELECT 1 FROM "+tables[k].name+" LIMIT 1", &sqlitex.ExecOptions{
			ResultFunc: func(*sqlite.Stmt) error { a.before[k] = true; return nil },
		})
		if err != nil {
			return nil, err
		}
	}
	a.bare = &inserter{conn: c, table: &bareAccounts}
	a.conflicts = &inserter{conn: c, table: &billConflicts}
	return a, nil
}

// apply takes the next rows, as the sorter hands them out.
func (a *applier) apply(rows string) error {
	for rows != "" {
		r, rest, err := cutRow(rows)
		if err != nil {
			return err
		}
		rows = rest
		a.done++
		if a.prefix == "" || !strings.HasPrefix(r.key, a.prefix) {
			if err := a.group(); err != nil {
				return err
			}
			if err := a.next(r.key); err != nil {
				return err
			}
		}
		r.key = r.key[len(a.prefix):]
		a.rows = append(a.rows, r)
	}
	return nil
}

// next makes the account and the kind of a key those at hand.
func (a *applier) next(key string) error {
	end := strings.Index(key, "\x00\x01")
	if end < 0 || end+2 >= len(key) || kind(key[end+2]) >= kinds {
		return errRecord
	}
	sameOwner := strings.HasPrefix(a.prefix, key[:end+2])
	a.prefix, a.kind = key[:end+3], kind(key[end+2])
	if !sameOwner {
		a.owner, a.known = strings.ReplaceAll(key[:end], "\x00\xff", "\x00"), false
	}
	if a.kind == kindWeather {
		a.known = a.before[kindWeather]
		return nil
	}
	if sameOwner {
		return nil
	}
	if a.before[kindAccounts] {
		err := sqlitex.Execute(a.conn.Conn, "SELECT 1 FROM accounts WHERE account = ?", &sqlitex.ExecOptions{
			Args:       []any{a.owner},
			ResultFunc: func(*sqlite.Stmt) error { a.known = true; return nil },
		})
		if err != nil {
			return err
		}
	}
	if a.known || a.kind == kindAccounts {
		return nil
	}
	return a.bare.add(a.owner, record{})
}

// group writes the rows at hand.
func (a *applier) group() error {
	if len(a.rows) == 0 {
		return nil
	}
	var err error
	switch t := &tables[a.kind]; {
	case a.kind == kindAccounts:
		err = a.describe()
	case a.kind == kindLines:
		err = a.printLines()
	case t.identity[1] > 0:
		err = a.appendOnly(t)
	default:
		err = a.replace(t)
	}
	a.rows = a.rows[:0]
	return err
}

// finish writes what is left.
func (a *applier) finish() error {
	err := a.group()
	for _, k := range kindOrder {
		err = errors.Join(err, a.insert[k].finish())
	}
	return errors.Join(err, a.bare.finish(), a.conflicts.finish())
}

// columns returns a record's columns for decoding.
func (a *applier) columns(r *record) (*columns, error) {
	part, values, err := r.parse(nil)
	return &columns{values: values, owner: a.owner, part: part, names: a.names}, err
}

// describe merges what the rows at hand say of an account with what is known of it.
func (a *applier) describe() error {
	var merged anomaly.Account
	described := false
	if a.known {
		stmt, err := a.conn.Prepare(tables[kindAccounts].selection(oneAccount))
		if err != nil {
			return err
		}
		stmt.BindText(1, a.owner)
		if there, err := stmt.Step(); err != nil {
			return err
		} else if described = there && stmt.ColumnType(1) != sqlite.TypeNull; described {
			c := columns{stmt: stmt, owner: a.owner, names: a.names}
			if merged = account(&c); c.err != nil {
				return c.err
			}
		}
		if err := stmt.Reset(); err != nil {
			return err
		}
	}
	before := merged
	var last record
	for i := range a.rows {
		c, err := a.columns(&a.rows[i])
		if err != nil {
			return err
		}
		row := account(c)
		if c.err != nil {
			return c.err
		}
		merged.Merge(&row)
		last = a.rows[i]
	}
	n := &a.counts[kindAccounts]
	n.Duplicates += len(a.rows) - 1
	before.Source = merged.Source
	switch {
	case !described:
		n.Inserted++
	case before == merged:
		n.Unchanged++
	default:
		n.Replaced++
	}
	part, _, err := last.part()
	if err != nil {
		return err
	}
	var w writer
	w.emit = func(_, val []byte) error { last.val = string(val); return nil }
	w.part = func(string) (int64, error) { return part, nil }
	merged.ID = a.owner
	w.account(&merged)
	if !a.known {
		return a.insert[kindAccounts].add(a.owner, last)
	}
	return a.insert[kindAccounts].over(a.owner, last)
}

// replace writes rows of which the later replaces the earlier one of the same key.
func (a *applier) replace(t *table) error {
	rows, err := a.unique(t)
	if err != nil {
		return err
	}
	var there []bool
	if a.known {
		if there, err = a.compare(t, rows); err != nil {
			return err
		}
	}
	n := &a.counts[a.kind]
	for i := range rows {
		if there != nil && there[i] {
			err = a.insert[a.kind].over(a.owner, rows[i])
		} else {
			n.Inserted++
			err = a.insert[a.kind].add(a.owner, rows[i])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unique leaves one row a key.
func (a *applier) unique(t *table) ([]record, error) {
	n := &a.counts[a.kind]
	kept := a.rows[:1]
	var dropped int64 // for the bill at hand
	for _, r := range a.rows[1:] {
		last := &kept[len(kept)-1]
		if last.key != r.key {
			kept, dropped = append(kept, r), 0
			continue
		}
		part, columns, err := r.part()
		if err != nil {
			return nil, err
		}
		lastPart, lastColumns, err := last.part()
		if err != nil {
			return nil, err
		}
		if a.kind == kindBills && part == lastPart {
			identical, err := a.keepOut(last, &r, dropped)
			if err != nil {
				return nil, err
			}
			if dropped++; identical {
				n.Duplicates++
			} else {
				n.Conflicts++
			}
			continue
		}
		said, err := span(columns, t.keys, len(t.columns)-1)
		if err != nil {
			return nil, err
		}
		saidLast, err := span(lastColumns, t.keys, len(t.columns)-1)
		if err != nil {
			return nil, err
		}
		if said == saidLast {
			n.Duplicates++
		} else {
			n.Conflicts++
		}
		*last = r
	}
	return kept, nil
}

// keepOut records a bill's row that is dropped for another row of the same file.
func (a *applier) keepOut(kept, dropped *record, n int64) (identical bool, err error) {
	k, err := a.columns(kept)
	if err != nil {
		return false, err
	}
	d, err := a.columns(dropped)
	if err != nil {
		return false, err
	}
	keptBill, droppedBill := bill(k), bill(d)
	if err := errors.Join(k.err, d.err); err != nil {
		return false, err
	}
	identical = keptBill.Repeats(&droppedBill)
	e := &a.found
	e.start(kindBills, a.owner, d.part)
	e.int(int64(droppedBill.Period.Start))
	e.text(droppedBill.ID)
	e.text(droppedBill.MeterID)
	e.int(n)
	e.int(int64(keptBill.Source.Row))
	e.int(int64(droppedBill.Source.Row))
	if identical {
		e.int(1)
	} else {
		e.int(0)
	}
	return identical, a.conflicts.add(a.owner, record{val: string(e.val)})
}

// compare says which of the rows, sorted by key, are in the table, and counts whether
// they say the same.
func (a *applier) compare(t *table, rows []record) ([]bool, error) {
	stmt, err := a.conn.Prepare(t.selection(t.owner + " = ?1 AND " + t.columns[0] + " BETWEEN ?2 AND ?3"))
	if err != nil {
		return nil, err
	}
	stmt.BindText(1, a.owner)
	for i, r := range []*record{&rows[0], &rows[len(rows)-1]} {
		_, columns, err := r.part()
		if err != nil {
			return nil, err
		}
		v, _, err := cut(columns)
		if err != nil {
			return nil, err
		}
		v.bind(stmt, 2+i)
	}
	there := make([]bool, len(rows))
	n, i := &a.counts[a.kind], 0
	c := columns{stmt: stmt, owner: a.owner, names: a.names}
	for {
		more, err := stmt.Step()
		if err != nil {
			return nil, err
		}
		if !more {
			return there, nil
		}
		e := &a.found
		e.key, e.val = e.key[:0], e.val[:0]
		for col := range t.keys {
			if c.tag(col) == tagInt {
				e.keyInt(c.int(col))
			} else {
				e.keyText(c.text(col))
			}
		}
		for i < len(rows) && rows[i].key < string(e.key) {
			i++
		}
		if i == len(rows) || rows[i].key != string(e.key) {
			continue
		}
		there[i] = true
		c.encode(e, t.keys, len(t.columns)-1)
		_, columns, err := rows[i].part()
		if err != nil {
			return nil, err
		}
		if said, err := span(columns, 0, len(t.columns)-1); err != nil {
			return nil, err
		} else if said == string(e.val) {
			n.Unchanged++
		} else {
			n.Replaced++
		}
	}
}
