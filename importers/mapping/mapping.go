// Package mapping reads mapping files: what the columns of a file mean where their
// headers do not say it. One source file can feed several tables. A mapping file is
// TOML and strict: what it does not know is an error with its line.
package mapping

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"whybill/anomaly"
	"whybill/importers/field"
	"whybill/importers/sniff"
)

// Mapping is what one mapping file says.
type Mapping struct {
	Tables []*Table
	Sum    string // SHA-256 of the file's content, in hexadecimal
}

// Table says how the rows of some files become rows of one or more input tables.
type Table struct {
	// Files are globs for the names of the files that are meant, without their folder;
	// empty: every file that has the columns.
	Files []string
	Kinds []sniff.Kind
	// Columns holds, for every canonical column that is mapped, where its cells come from.
	Columns []Column
	// Only leaves out columns that the mapping does not name, even if their header is
	// recognised.
	Only bool
	// Where keeps only rows whose cell of a file's column is one of the values.
	Where []Filter
	// Valid lists what a cell of a file's column may hold: a row with anything else is
	// rejected, and is a candidate for the repair of shifted rows.
	Valid []Filter
	// Shifted is how rows are put right in which an unquoted decimal comma has made two
	// cells of one; nil where the mapping does not say.
	Shifted   *Shift
	Decimal   field.Mark
	PeriodEnd string // "", "exclusive" or "inclusive"
	// Note is shown when the table is read: what a user has to know of the data.
	Note string
	// Line is where the table stands in the mapping file.
	Line int
}

// Column is one canonical column and where its cells come from: one of From (several
// are added up), Template and Constant.
type Column struct {
	Field    sniff.Field
	Code     string // of a bill line
	From     []string
	Template []Piece
	Constant string
	// Values translates cells; nil: they are taken as they are. A cell that is not among
	// them is an error of its row.
	Values map[string]string
	Order  field.Order // of dates; OrderAuto: from the cells
	Unit   string      // of usage; "" as the header says
}

// Piece is a part of a template: literal text, or the cell of a column.
type Piece struct{ Text, Column string }

// Filter is what a column of the file may hold: one of Values or, where Max is above
// Min, a whole number between the two.
type Filter struct {
	Column   string
	Values   []string
	Min, Max int
}

// Accepts reports whether the filter lets a tidied cell through.
func (f *Filter) Accepts(cell string) bool {
	if f.Max > f.Min {
		n, err := strconv.Atoi(cell)
		return err == nil && f.Min <= n && n <= f.Max
	}
	return slices.Contains(f.Values, cell)
}

// Shift names the columns that a decimal comma may have split, and the column whose cell
// was pushed out of the row by it.
type Shift struct {
	Split []string
	Lost  string
}

// Sources lists the columns of the file that the table needs.
func (t *Table) Sources() []string {
	seen := map[string]bool{}
	var all []string
	add := func(name string) {
		if key := field.Fold(name); !seen[key] {
			seen[key] = true
			all = append(all, name)
		}
	}
	for _, c := range t.Columns {
		for _, name := range c.From {
			add(name)
		}
		for _, piece := range c.Template {
			if piece.Column != "" {
				add(piece.Column)
			}
		}
	}
	for _, f := range slices.Concat(t.Where, t.Valid) {
		add(f.Column)
	}
	if t.Shifted != nil {
		for _, name := range t.Shifted.Split {
			add(name)
		}
		add(t.Shifted.Lost)
	}
	return all
}

// Rejected is what the name of a file of rejected rows has behind that of the file they
// come from: "bills.csv.rejected-1.csv". A mapping for the one is for the other as well.
const Rejected = ".rejected-"

// MatchesFile reports whether a file of this name is meant.
func (t *Table) MatchesFile(name string) bool {
	if len(t.Files) == 0 {
		return true
	}
	base, _, _ := strings.Cut(path.Base(strings.ReplaceAll(name, `\`, "/")), Rejected)
	return slices.ContainsFunc(t.Files, func(glob string) bool {
		ok, err := path.Match(glob, base)
		return err == nil && ok
	})
}

// Error is what is wrong with a mapping file, and where.
type Error struct {
	File    string
	Line    int // 0: the file as a whole
	message anomaly.Message
}

// Message is the reason as the catalogue words it, with file and line.
func (e *Error) Message() anomaly.Message { return e.message }

// Error returns file, line and the reason's key, for logs and tests.
func (e *Error) Error() string {
	text := fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.message.Key)
	for _, a := range e.message.Args[2:] {
		text += " " + a.Name + "=" + a.Text
	}
	return text
}

func newError(file string, line int, key string, args ...anomaly.Arg) error {
	at := []anomaly.Arg{anomaly.TextArg("file", file), anomaly.CountArg("line", line)}
	return &Error{file, line, anomaly.Msg(key, append(at, args...)...)}
}

// document is the file as it stands.
type document struct {
	Table []rawTable `toml:"table"`
}

type rawTable struct {
	Files     []string                     `toml:"files"`
	Kinds     []string                     `toml:"kinds"`
	Only      bool                         `toml:"only"`
	Decimal   string                       `toml:"decimal"`
	PeriodEnd string                       `toml:"period_end"`
	Note      string                       `toml:"note"`
	Columns   map[string]any               `toml:"columns"`
	Constants map[string]string            `toml:"constants"`
	Values    map[string]map[string]string `toml:"values"`
	Dates     map[string]string            `toml:"dates"`
	Units     map[string]string            `toml:"units"`
	Where     map[string]any               `toml:"where"`
	Valid     map[string]any               `toml:"valid"`
	Shifted   *struct {
		Split []string `toml:"split"`
		Lost  string   `toml:"lost"`
	} `toml:"shifted"`
}

// Parse reads a mapping file; name is what errors call it. The error is an *Error.
func Parse(data []byte, name string) (*Mapping, error) {
	var doc document
	decoder := toml.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&doc); err != nil {
		return nil, syntaxError(err, name)
	}
	p := &parser{name: name, lines: strings.Split(string(data), "\n")}
	if len(doc.Table) == 0 {
		return nil, p.fault("", "mapping.no_table")
	}
	m := &Mapping{Sum: fmt.Sprintf("%x", sha256.Sum256(data))}
	for i := range doc.Table {
		p.enter(i)
		t, err := p.table(&doc.Table[i])
		if err != nil {
			return nil, err
		}
		m.Tables = append(m.Tables, t)
	}
	return m, nil
}

// table checks one table of the document.
func (p *parser) table(raw *rawTable) (t *Table, err error) {
	t = &Table{Files: raw.Files, Only: raw.Only, Note: raw.Note, PeriodEnd: raw.PeriodEnd, Line: p.from + 1}
	if err := p.head(t, raw); err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(raw.Columns)) {
		c, err := p.column(t, key)
		if err == nil {
			err = p.source(&c, raw.Columns[key])
		}
		if err != nil {
			return nil, err
		}
		t.Columns = append(t.Columns, c)
	}
	for _, key := range slices.Sorted(maps.Keys(raw.Constants)) {
		c, err := p.column(t, key)
		if err != nil {
			return nil, err
		}
		if _, twice := raw.Columns[key]; twice {
			return nil, p.fault(key, "mapping.twice", anomaly.TextArg("column", key))
		}
		c.Constant = raw.Constants[key]
		t.Columns = append(t.Columns, c)
	}
	if err := p.details(t, raw); err != nil {
		return nil, err
	}
	if t.Where, err = p.filters(raw.Where); err != nil {
		return nil, err
	}
	if t.Valid, err = p.filters(raw.Valid); err != nil {
		return nil, err
	}
	if raw.Shifted != nil {
		if len(raw.Shifted.Split) == 0 || raw.Shifted.Lost == "" {
			return nil, p.fault("shifted", "mapping.bad_shift")
		}
		t.Shifted = &Shift{raw.Shifted.Split, raw.Shifted.Lost}
	}
	return t, p.complete(t)
}

// head checks what stands above the columns.
func (p *parser) head(t *Table, raw *rawTable) error {
	for _, glob := range raw.Files {
		if _, err := path.Match(glob, ""); err != nil {
			return p.fault(glob, "mapping.bad_value", anomaly.TextArg("key", "files"), anomaly.TextArg("value", glob))
		}
	}
	if len(raw.Kinds) == 0 {
		return p.fault("", "mapping.no_kind")
	}
	for _, kind := range raw.Kinds {
		k, ok := sniff.ParseKind(kind)
		if !ok {
			return p.fault(kind, "mapping.unknown_kind", anomaly.TextArg("kind", kind))
		}
		t.Kinds = append(t.Kinds, k)
	}
	var ok bool
	if t.Decimal, ok = field.ParseMark(raw.Decimal); !ok {
		return p.fault(raw.Decimal, "mapping.bad_value", anomaly.TextArg("key", "decimal"), anomaly.TextArg("value", raw.Decimal))
	}
	if raw.PeriodEnd != "" && raw.PeriodEnd != "exclusive" && raw.PeriodEnd != "inclusive" {
		return p.fault(raw.PeriodEnd, "mapping.bad_value", anomaly.TextArg("key", "period_end"), anomaly.TextArg("value", raw.PeriodEnd))
	}
	return nil
}

// details adds value maps, date orders and units to the columns that they name.
func (p *parser) details(t *Table, raw *rawTable) error {
	of := func(key string) (*Column, error) {
		if c := t.find(key); c != nil {
			return c, nil
		}
		return nil, p.fault(key, "mapping.not_mapped", anomaly.TextArg("column", key))
	}
	for _, key := range slices.Sorted(maps.Keys(raw.Values)) {
		c, err := of(key)
		if err != nil {
			return err
		}
		c.Values = raw.Values[key]
	}
	bad := func(key, value string) error {
		return p.fault(value, "mapping.bad_value", anomaly.TextArg("key", key), anomaly.TextArg("value", value))
	}
	for _, key := range slices.Sorted(maps.Keys(raw.Dates)) {
		c, err := of(key)
		if err != nil {
			return err
		}
		var ok bool
		if c.Order, ok = field.ParseOrder(raw.Dates[key]); !ok {
			return bad(key, raw.Dates[key])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(raw.Units)) {
		c, err := of(key)
		if err != nil {
			return err
		}
		var ok bool
		if c.Unit, ok = field.ParseUnit(raw.Units[key]); !ok {
			return bad(key, raw.Units[key])
		}
	}
	return nil
}

func syntaxError(err error, name string) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		first := strict.Errors[0]
		line, _ := first.Position()
		return newError(name, line, "mapping.unknown_key", anomaly.TextArg("key", strings.Join(first.Key(), ".")))
	}
	var decode *toml.DecodeError
	if errors.As(err, &decode) {
		line, _ := decode.Position()
		return newError(name, line, "mapping.syntax", anomaly.TextArg("cause", strings.TrimPrefix(decode.Error(), "toml: ")))
	}
	return newError(name, 0, "mapping.syntax", anomaly.TextArg("cause", err.Error()))
}

// parser finds the lines of what is wrong.
type parser struct {
	name     string
	lines    []string
	from, to int // lines of the table under way
}

// enter moves to table number i.
func (p *parser) enter(i int) {
	n := -1
	p.from, p.to = 0, len(p.lines)
	for j, line := range p.lines {
		if strings.HasPrefix(strings.ReplaceAll(strings.TrimSpace(line), " ", ""), "[[table]]") {
			switch n++; n {
			case i:
				p.from = j
			case i + 1:
				p.to = j
				return
			}
		}
	}
}

// fault makes an error at the line of the table that has the text: as a key, else in
// quotes, else anywhere.
func (p *parser) fault(text, key string, args ...anomaly.Arg) error {
	line := p.from + 1
	best := 0
	for j := p.from; text != "" && j < p.to; j++ {
		if s := standsIn(p.lines[j], text); s > best {
			best, line = s, j+1
		}
	}
	return newError(p.name, line, key, args...)
}

// standsIn says how plainly a line has the text: 3 as its key, 2 in quotes, 1 somewhere.
func standsIn(line, text string) int {
	code := strings.TrimSpace(line)
	if strings.HasPrefix(code, "#") {
		return 0
	}
	name, _, isPair := strings.Cut(code, "=")
	switch {
	case isPair && strings.Trim(strings.TrimSpace(name), `"'`) == text, strings.HasSuffix(code, "."+text+"]"):
		return 3
	case strings.Contains(code, `"`+text+`"`):
		return 2
	case strings.Contains(code, text):
		return 1
	}
	return 0
}

func (t *Table) find(key string) *Column {
	for i := range t.Columns {
		if t.Columns[i].key() == key {
			return &t.Columns[i]
		}
	}
	return nil
}

func (c *Column) key() string {
	if c.Code != "" {
		return c.Field.String() + "." + c.Code
	}
	return c.Field.String()
}
