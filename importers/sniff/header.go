package sniff

import (
	"slices"
	"strings"

	"whybill/anomaly"
	"whybill/importers/field"
)

// Column is what one column of a file was recognised as.
type Column struct {
	Index   int    // in the file, from 0
	Header  string // as it stands in the file
	Field   Field
	Code    string // of a bill line, where Field is LineAmount
	Unit    string // that the header names, "" where it names none
	Service anomaly.Service
	// Currency is the ISO 4217 code that the header of an amount names, "" where it names none.
	Currency string
	// Note is why a column that was understood is not used: "" where it is used,
	// "duplicate" where a better column has the same meaning, "unused" where the kind
	// of table has no place for it, "unknown" where it was not understood.
	Note  string
	rank  int
	exact bool
}

// Match is how well a header fits a kind of table.
type Match struct {
	Kind     Kind
	Columns  []Column // one for each column of the file
	Missing  []Field  // required columns that are not there
	Used     int      // columns that the kind has a place for
	Exact    int      // of these, how many stand under their canonical name
	Distinct int      // used columns that are specific to the kind, not attributes
}

// Recognise fits a header to every kind and returns the fits, the best first: a
// complete one goes before an incomplete one unless the latter explains more columns.
func Recognise(header []string) []Match {
	return recognise(header, Kinds)
}

// RecogniseAs fits a header to one kind.
func RecogniseAs(header []string, kind Kind) Match { return recognise(header, []Kind{kind})[0] }

func recognise(header []string, kinds []Kind) []Match {
	candidates := make([][]Header, len(header))
	units := make([]string, len(header))
	for i, text := range header {
		candidates[i], units[i] = Lookup(text)
	}
	var matches []Match
	for _, kind := range kinds {
		m := fit(kind, header, candidates, units)
		if m.Used > 0 || len(kinds) == 1 {
			matches = append(matches, m)
		}
	}
	slices.SortStableFunc(matches, func(a, b Match) int { return compareMatches(&b, &a) })
	if len(matches) > 1 && isList(matches[0].Kind) && isBilled(candidates) {
		at := slices.IndexFunc(matches, func(m Match) bool { return !isList(m.Kind) && len(m.Missing) == 0 })
		if at < 0 {
			at = slices.IndexFunc(matches, func(m Match) bool { return m.Kind == KindBills })
		}
		m := matches[at] // bills are among them: they have a place for what is billed
		matches = slices.Insert(slices.Delete(matches, at, at+1), 0, m)
	}
	return matches
}

// isList reports whether a kind lists what there is. Attributes of accounts stand in bills
// too, and may be many: they alone do not make a file a list.
func isList(kind Kind) bool { return kind == KindAccounts || kind == KindMeters }

// isBilled reports whether a column is the usage, the amount or the number of a bill, which
// no list has: to read the file as one would drop them.
func isBilled(candidates [][]Header) bool {
	return slices.ContainsFunc(candidates, func(meanings []Header) bool {
		return slices.ContainsFunc(meanings, func(h Header) bool {
			return h.Field == Usage || h.Field == MeteredUsage || h.Field == Amount || h.Field == BillID
		})
	})
}

// compareMatches orders by how much of the header a kind explains; what is missing
// counts against it.
func compareMatches(a, b *Match) int {
	score := func(m *Match) int {
		s := 4*m.Distinct + 2*m.Used + m.Exact - 6*len(m.Missing)
		if len(m.Missing) == 0 && m.Distinct > 0 {
			s += 8
		}
		return s
	}
	return score(a) - score(b)
}

func fit(kind Kind, header []string, candidates [][]Header, units []string) Match {
	m := Match{Kind: kind, Columns: make([]Column, len(header))}
	owner := map[string]int{} // field and line code -> column
	for i := range header {
		c := &m.Columns[i]
		*c = Column{Index: i, Header: header[i], Note: "unknown"}
		best := -1
		for j := range candidates[i] {
			h := &candidates[i][j]
			if !kind.Has(h.Field) || h.Only != KindUnknown && h.Only != kind {
				c.Note = "unused"
				continue
			}
			if best < 0 || better(kind, h, &candidates[i][best]) {
				best = j
			}
		}
		if best < 0 {
			continue
		}
		h := &candidates[i][best]
		c.Field, c.Code, c.Service, c.rank, c.Note = h.Field, h.Code, h.Service, h.rank, ""
		c.Unit = units[i]
		if c.Unit == "" {
			c.Unit = h.Unit
		}
		if c.Field == Amount {
			c.Currency = HeaderCurrency(header[i])
		}
		c.exact = field.Fold(h.Field.String()) == field.Fold(header[i])
		key := h.Field.String() + "\x00" + h.Code
		if other, taken := owner[key]; taken {
			if o := &m.Columns[other]; o.rank <= c.rank {
				c.Field, c.Note = NoField, "duplicate"
				continue
			} else {
				o.Field, o.Note = NoField, "duplicate"
			}
		}
		owner[key] = i
	}
	for i := range m.Columns {
		if c := &m.Columns[i]; c.Field != NoField {
			m.Used++
			if c.exact {
				m.Exact++
			}
			if isDistinct(kind, c.Field) {
				m.Distinct++
			}
		}
	}
	m.Missing = kind.Missing(func(f Field) bool {
		return slices.ContainsFunc(m.Columns, func(c Column) bool { return c.Field == f })
	})
	return m
}

// better prefers a field that the kind requires, then the better name.
func better(kind Kind, a, b *Header) bool {
	ra, rb := isRequired(kind, a.Field), isRequired(kind, b.Field)
	if ra != rb {
		return ra
	}
	return a.rank < b.rank
}

func isRequired(kind Kind, f Field) bool {
	return slices.ContainsFunc(tables[kind].Required, func(group []Field) bool { return slices.Contains(group, f) })
}

// isDistinct reports whether the field speaks for the kind rather than for an account
// that is described in passing.
func isDistinct(kind Kind, f Field) bool {
	if f == AccountID {
		return false
	}
	return kind == KindAccounts || !slices.Contains(accountAttributes, f) || isRequired(kind, f)
}

// Lookup returns what a header can mean, whatever the kind of table, and the unit that
// it names in brackets or as its last word, such as "usage (kWh)". A currency in the same
// place, as in "amount (NT$)", is passed over: see HeaderCurrency.
func Lookup(text string) (candidates []Header, unit string) {
	idx := index()
	if c := idx[field.Fold(text)]; len(c) > 0 {
		return c, bracketUnit(text)
	}
	unit = bracketUnit(text)
	base := text
	if open := strings.IndexAny(base, "([（［【"); open > 0 {
		base = base[:open]
	} else if first, last := cutLastWord(text); first != "" && unit == "" {
		if u, ok := field.ParseUnit(last); ok {
			base, unit = first, u
		} else if field.ParseCurrency(last) != "" {
			base = first
		}
	}
	if c := idx[field.Fold(base)]; len(c) > 0 {
		return c, unit
	}
	if c, u, ok := energyCAP(text); ok {
		return c, u
	}
	return nil, unit
}

// cutLastWord parts a header before its last word; first is empty where it has one word.
func cutLastWord(text string) (first, last string) {
	text = strings.TrimSpace(text)
	i := strings.LastIndexAny(text, " _-/")
	if i <= 0 {
		return "", text
	}
	return text[:i], text[i+1:]
}

// HeaderCurrency returns the ISO 4217 code of the currency that a header names in brackets or as
// its last word, such as "amount (NT$)"; "" where it names none, or one of several.
func HeaderCurrency(text string) string {
	if inner, ok := inBrackets(text); ok {
		return field.ParseCurrency(inner)
	}
	_, last := cutLastWord(text)
	return field.ParseCurrency(last)
}

func bracketUnit(text string) string {
	inner, _ := inBrackets(text)
	u, _ := field.ParseUnit(inner)
	return u
}

func inBrackets(text string) (inner string, ok bool) {
	open := strings.IndexAny(text, "([（［【")
	if open < 0 {
		return "", false
	}
	inner = strings.TrimLeft(text[open:], "([（［【")
	if end := strings.IndexAny(inner, ")]）］】"); end >= 0 {
		inner = inner[:end]
	}
	return inner, true
}

// energyCAP reads a column header of EnergyCAP's import files, TYPE:UNIT:LABEL.
func energyCAP(text string) (candidates []Header, unit string, ok bool) {
	typ, rest, found := strings.Cut(text, ":")
	if !found {
		return nil, "", false
	}
	unit, label, found := strings.Cut(rest, ":")
	if !found {
		return nil, "", false
	}
	u, _ := field.ParseUnit(unit)
	switch field.Fold(typ) {
	case "use", "usage":
		return []Header{{Text: text, Field: Usage}}, u, true
	case "totalcost", "billtotal":
		return []Header{{Text: text, Field: Amount}}, "", true
	case "cost", "charge":
		return []Header{{Text: text, Field: LineAmount, Code: "other:" + label}}, "", true
	}
	return nil, "", false
}
