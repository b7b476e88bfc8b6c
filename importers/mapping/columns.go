package mapping

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"whybill/anomaly"
	"whybill/importers/sniff"
)

// column reads the name of a canonical column, "line.energy" for a bill line.
func (p *parser) column(t *Table, key string) (c Column, err error) {
	name, code, isLine := strings.Cut(key, ".")
	f, ok := sniff.ParseField(name)
	if !ok || isLine != (f == sniff.LineAmount) || isLine && code == "" {
		return c, p.fault(key, "mapping.unknown_column", anomaly.TextArg("column", key))
	}
	if !slices.ContainsFunc(t.Kinds, func(k sniff.Kind) bool { return k.Has(f) }) {
		return c, p.fault(key, "mapping.no_place", anomaly.TextArg("column", key))
	}
	return Column{Field: f, Code: code}, nil
}

// source reads where a column's cells come from: a header, a list of headers to add up,
// or a template such as "{client_id}/gas".
func (p *parser) source(c *Column, value any) error {
	switch v := value.(type) {
	case string:
		if strings.Contains(v, "{") {
			return p.template(c, v)
		}
		c.From = []string{v}
		return nil
	case []any:
		for _, item := range v {
			s, ok := item.(string)
			if !ok {
				return p.fault(c.key(), "mapping.bad_source", anomaly.TextArg("column", c.key()))
			}
			c.From = append(c.From, s)
		}
		if len(c.From) == 1 || len(c.From) > 1 && c.Field.Type() == sniff.Number {
			return nil
		}
	}
	return p.fault(c.key(), "mapping.bad_source", anomaly.TextArg("column", c.key()))
}

func (p *parser) template(c *Column, text string) error {
	if c.Field.Type() != sniff.Text {
		return p.fault(c.key(), "mapping.bad_source", anomaly.TextArg("column", c.key()))
	}
	for text != "" {
		literal, rest, found := strings.Cut(text, "{")
		if literal != "" {
			c.Template = append(c.Template, Piece{Text: literal})
		}
		if !found {
			break
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed || name == "" {
			return p.fault(c.key(), "mapping.bad_source", anomaly.TextArg("column", c.key()))
		}
		c.Template = append(c.Template, Piece{Column: name})
		text = after
	}
	return nil
}

// filters reads [table.where] and [table.valid]: a value, a list of values, or a range
// such as "1..60".
func (p *parser) filters(raw map[string]any) (filters []Filter, err error) {
	for _, column := range slices.Sorted(maps.Keys(raw)) {
		f := Filter{Column: column}
		switch v := raw[column].(type) {
		case string:
			low, high, isRange := strings.Cut(v, "..")
			from, errFrom := strconv.Atoi(low)
			to, errTo := strconv.Atoi(high)
			if isRange && errFrom == nil && errTo == nil && from < to {
				f.Min, f.Max = from, to
			} else {
				f.Values = []string{v}
			}
		case int64:
			f.Values = []string{strconv.FormatInt(v, 10)}
		case []any:
			for _, item := range v {
				switch item := item.(type) {
				case string:
					f.Values = append(f.Values, item)
				case int64:
					f.Values = append(f.Values, strconv.FormatInt(item, 10))
				default:
					return nil, p.fault(column, "mapping.bad_filter", anomaly.TextArg("column", column))
				}
			}
		default:
			return nil, p.fault(column, "mapping.bad_filter", anomaly.TextArg("column", column))
		}
		filters = append(filters, f)
	}
	return filters, nil
}

// complete checks that nothing required is missing, unless recognised headers may add it.
func (p *parser) complete(t *Table) error {
	if !t.Only {
		return nil
	}
	for _, kind := range t.Kinds {
		missing := kind.Missing(func(f sniff.Field) bool {
			return slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Field == f })
		})
		if len(missing) > 0 {
			return p.fault("", "mapping.missing", anomaly.TextArg("kind", kind.String()), anomaly.TextArg("column", missing[0].String()))
		}
	}
	return nil
}
