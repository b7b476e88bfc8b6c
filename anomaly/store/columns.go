package store

import (
	"fmt"

	"zombiezen.com/go/sqlite"

	"whybill/anomaly"
)

// names holds what rows share by id, as of the last file imported.
type names struct {
	seq   int64
	words []string
	parts []string
}

func (n *names) word(id int64) (string, bool) {
	if id <= 0 || id >= int64(len(n.words)) {
		return "", id == 0
	}
	return n.words[id], true
}

func (n *names) part(id int64) (string, bool) {
	if id <= 0 || id >= int64(len(n.parts)) {
		return "", false
	}
	return n.parts[id], true
}

// columns reads the columns of one row, of a query's result or of a record, by their
// place in table.columns. The first thing that cannot be read stays in err.
type columns struct {
	stmt   *sqlite.Stmt // a row of a selection
	values []value      // where stmt is nil: a record's columns

	owner string // the account or the station
	part  int64  // of the file; read from stmt where there is one
	names *names
	err   error
}

// inSelection is how many columns a selection has before those of the table.
const inSelection = 2

func (c *columns) note(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("account %q: "+format, append([]any{c.owner}, args...)...)
	}
}

func (c *columns) int(i int) int64 {
	if c.stmt != nil {
		return c.stmt.ColumnInt64(i + inSelection)
	}
	return c.values[i].int
}

func (c *columns) date(i int) anomaly.Date { return anomaly.Date(c.int(i)) }

func (c *columns) text(i int) string {
	if c.stmt != nil {
		return c.stmt.ColumnText(i + inSelection)
	}
	return c.values[i].text
}

func (c *columns) real(i int) float64 {
	if c.stmt != nil {
		return c.stmt.ColumnFloat(i + inSelection)
	}
	return c.values[i].real
}

func (c *columns) word(i int) string {
	word, ok := c.names.word(c.int(i))
	if !ok {
		c.note("word %d is not there", c.int(i))
	}
	return word
}

// source reads the row's number from column i.
func (c *columns) source(i int) anomaly.Source {
	id := c.part
	if c.stmt != nil {
		id = c.stmt.ColumnInt64(1)
	}
	file, ok := c.names.part(id)
	if !ok {
		c.note("part %d of a file is not there", id)
	}
	return anomaly.Source{File: file, Row: int32(c.int(i))}
}

// tag returns the type of a column's value.
func (c *columns) tag(i int) byte {
	if c.stmt == nil {
		return c.values[i].tag
	}
	switch c.stmt.ColumnType(i + inSelection) {
	case sqlite.TypeInteger:
		return tagInt
	case sqlite.TypeText:
		return tagText
	case sqlite.TypeFloat:
		return tagReal
	}
	return tagNull
}

func (c *columns) decimal(i int) anomaly.Decimal { return c.optDecimal(i).Decimal }

func (c *columns) optDecimal(i int) anomaly.NullDecimal {
	switch c.tag(i) {
	case tagInt:
		return anomaly.Known(anomaly.DecimalFromInt(c.int(i)))
	case tagText:
		d, err := anomaly.ParseDecimal(c.text(i))
		if err != nil {
			c.note("%w", err)
		}
		return anomaly.Known(d)
	case tagReal:
		c.note("a rounded number where an exact one belongs")
	}
	return anomaly.NullDecimal{}
}

// encode writes the columns of a table's row as they stand in a record.
func (c *columns) encode(e *encoder, from, to int) {
	for i := from; i < to; i++ {
		switch c.tag(i) {
		case tagInt:
			e.int(c.int(i))
		case tagText:
			e.text(c.text(i))
		case tagReal:
			e.real(c.real(i))
		default:
			e.null()
		}
	}
}
