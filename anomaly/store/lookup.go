package store

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Accounts returns up to limit accounts whose ids begin with prefix, in order.
func (s *Store) Accounts(ctx context.Context, prefix string, limit int) ([]string, error) {
	var ids []string
	err := s.view(ctx, func(c *conn) (err error) {
		ids, err = c.accounts("account >= ? ORDER BY account", prefix, limit)
		return err
	})
	for i, id := range ids {
		if !strings.HasPrefix(id, prefix) {
			ids = ids[:i]
			break
		}
	}
	return ids, s.wrap(ctx, err)
}

func (c *conn) accounts(where, arg string, limit int) (ids []string, err error) {
	err = sqlitex.Execute(c.Conn, "SELECT account FROM accounts WHERE "+where+" LIMIT ?", &sqlitex.ExecOptions{
		Args:       []any{arg, limit},
		ResultFunc: func(stmt *sqlite.Stmt) error { ids = append(ids, stmt.ColumnText(0)); return nil },
	})
	return ids, err
}

// nearby is how many accounts before and after an id are looked at.
const nearby = 2000

// Nearest returns up to n accounts whose ids are likely to be meant by one that is not
// there, the likeliest first: those that differ by one slip of the pen anywhere (a
// character wrong, missing, too many, two swapped) or are the same but for case, spaces
// and leading zeros, and those near by in the order of ids that differ by few. It does
// not read the whole list.
func (s *Store) Nearest(ctx context.Context, id string, n int) ([]string, error) {
	found := map[string]int{} // the distance by id
	err := s.view(ctx, func(c *conn) error {
		before, err := c.accounts("account < ? ORDER BY account DESC", id, nearby)
		if err != nil {
			return err
		}
		after, err := c.accounts("account >= ? ORDER BY account", id, nearby)
		if err != nil {
			return err
		}
		for _, other := range slices.Concat(before, after) {
			if d := distance(id, other); d <= maxDistance(id) {
				found[other] = d
			}
		}
		for slip := range both(forms(id), slips(id)) {
			ids, err := c.accounts("account = ?", slip, 1)
			if err != nil {
				return err
			}
			for _, other := range ids {
				found[other] = distance(id, other)
			}
		}
		return nil
	})
	if err != nil {
		return nil, s.wrap(ctx, err)
	}
	ids := make([]string, 0, len(found))
	for other := range found {
		ids = append(ids, other)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(cmp.Compare(found[a], found[b]), strings.Compare(a, b)) })
	return ids[:min(n, len(ids))], nil
}

// maxDistance is how many slips two ids of this length may differ by.
func maxDistance(id string) int { return max(1, utf8.RuneCountInString(id)/4) }

// forms yields other ways to write an id: in the other case, without spaces around it,
// without leading zeros or with those that a spreadsheet took away.
func forms(id string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, s := range []string{strings.ToUpper(id), strings.ToLower(id), strings.TrimSpace(id), strings.TrimLeft(id, "0")} {
			if !yield(s) {
				return
			}
		}
		for zeros := 1; zeros <= 12; zeros++ {
			if !yield(strings.Repeat("0", zeros) + id) {
				return
			}
		}
	}
}

func both(a, b iter.Seq[string]) iter.Seq[string] {
	return func(yield func(string) bool) {
		for s := range a {
			if !yield(s) {
				return
			}
		}
		b(yield)
	}
}

// slips yields what an id may have been before one slip of the pen.
func slips(id string) iter.Seq[string] {
	const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_/. "
	return func(yield func(string) bool) {
		runes := []rune(id)
		if len(runes) > 40 {
			return
		}
		for i := range len(runes) + 1 {
			before, after := string(runes[:i]), runes[i:]
			if len(after) > 0 && !yield(before+string(after[1:])) {
				return
			}
			if len(after) > 1 && !yield(before+string(after[1])+string(after[0])+string(after[2:])) {
				return
			}
			for _, l := range letters {
				if !yield(before + string(l) + string(after)) {
					return
				}
				if len(after) > 0 && !yield(before+string(l)+string(after[1:])) {
					return
				}
			}
		}
	}
}

// distance counts the slips between two texts: characters wrong, missing, too many, or
// two swapped (optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	var two, one, row []int
	row = make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		two, one, row = one, row, make([]int, len(y)+1)
		row[0] = i + 1
		for j := range y {
			wrong := 1
			if x[i] == y[j] {
				wrong = 0
			}
			row[j+1] = min(one[j]+wrong, one[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], two[j-1]+1)
			}
		}
	}
	return row[len(y)]
}
