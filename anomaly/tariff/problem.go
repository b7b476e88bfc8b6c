package tariff

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"whybill/anomaly"
)

// Problem is one thing that is wrong with a tariff file.
type Problem struct {
	File string
	Line int    // 1-based; 0 where the file as a whole is meant
	Path string // where in the document, such as version[2].energy[0].tiers[1]
	// What is wrong, and what would mend it; Hint has no key where nothing useful can be said.
	What, Hint anomaly.Message
}

// Problems are the errors of a file; at least one where it is returned as an error.
type Problems []Problem

// Error gives place and key of the first problem; the sentences are the catalogue's.
func (p Problems) Error() string {
	first := &p[0]
	text := fmt.Sprintf("%s:%d: %s %s", first.File, first.Line, first.Path, first.What.Key)
	if len(p) > 1 {
		text += fmt.Sprintf(" and %d more", len(p)-1)
	}
	return text
}

// fileCheck collects the problems of one file.
type fileCheck struct {
	name     string
	data     []byte
	lines    map[string]int // by path; made when the first problem needs it
	problems Problems
}

func (c *fileCheck) add(path string, what anomaly.Message, hint ...anomaly.Message) {
	if c.lines == nil {
		c.lines = lineIndex(c.data)
	}
	p := Problem{File: c.name, Path: path, What: what}
	if len(hint) > 0 {
		p.Hint = hint[0]
	}
	// What is missing has no line of its own: its table's line is the nearest.
	for at := path; ; {
		line, ok := c.lines[at]
		if !ok {
			line, ok = c.lines[at+"[0]"] // a list as a whole
		}
		if ok {
			p.Line = line
			break
		}
		i := strings.LastIndexAny(at, ".[")
		if i < 0 {
			p.Line = 1
			break
		}
		at = at[:i]
	}
	c.problems = append(c.problems, p)
}

// addDecodeError takes over what the TOML decoder says.
func (c *fileCheck) addDecodeError(err error) {
	var missing *toml.StrictMissingError
	if errors.As(err, &missing) {
		for i := range missing.Errors {
			e := &missing.Errors[i]
			key := e.Key()
			line, _ := e.Position()
			p := Problem{File: c.name, Line: line, Path: strings.Join(key, "."),
				What: anomaly.Msg("tariff.file.unknown_key", anomaly.TextArg("key", strings.Join(key, ".")))}
			if near := nearestKey(key); near != "" {
				p.Hint = anomaly.Msg("tariff.hint.did_you_mean", anomaly.TextArg("key", near))
			}
			c.problems = append(c.problems, p)
		}
		return
	}
	var syntax *toml.DecodeError
	if errors.As(err, &syntax) {
		line, _ := syntax.Position()
		c.problems = append(c.problems, Problem{File: c.name, Line: line, Path: strings.Join(syntax.Key(), "."),
			What: anomaly.Msg("tariff.file.syntax", anomaly.TextArg("text", strings.TrimPrefix(syntax.Error(), "toml: ")))})
		return
	}
	c.problems = append(c.problems, Problem{File: c.name, Line: 1,
		What: anomaly.Msg("tariff.file.syntax", anomaly.TextArg("text", err.Error()))})
}

// lineIndex maps the path of every key, table and array element to its line.
func lineIndex(data []byte) map[string]int {
	lines := map[string]int{}
	counts := map[string]int{}
	var p unstable.Parser
	p.Reset(data)
	table := ""
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			path, line := "", 1
			it := e.Key()
			for it.Next() {
				n := it.Node()
				line = p.Shape(n.Raw).Start.Line
				path = joinPath(path, string(n.Data))
				if last := it.IsLast(); last && e.Kind == unstable.ArrayTable {
					counts[path]++
				}
				if k := counts[path]; k > 0 {
					path += "[" + strconv.Itoa(k-1) + "]"
				}
			}
			if e.Kind == unstable.ArrayTable {
				// What an array element holds is counted anew in each of them.
				for k := range counts {
					if strings.HasPrefix(k, path+".") {
						delete(counts, k)
					}
				}
			}
			table = path
			lines[path] = line
		case unstable.KeyValue:
			indexValue(&p, e, table, lines)
		}
	}
	return lines
}

func indexValue(p *unstable.Parser, kv *unstable.Node, path string, lines map[string]int) {
	it := kv.Key()
	line := 0
	for it.Next() {
		n := it.Node()
		path = joinPath(path, string(n.Data))
		line = p.Shape(n.Raw).Start.Line
	}
	lines[path] = line
	indexNested(p, kv.Value(), path, line, lines)
}

func indexNested(p *unstable.Parser, value *unstable.Node, path string, line int, lines map[string]int) {
	switch value.Kind {
	case unstable.InlineTable:
		it := value.Children()
		for it.Next() {
			indexValue(p, it.Node(), path, lines)
			if l, ok := lines[path]; !ok || l == 0 {
				lines[path] = line
			}
		}
	case unstable.Array:
		it := value.Children()
		for i := 0; it.Next(); i++ {
			at := path + "[" + strconv.Itoa(i) + "]"
			n := it.Node()
			// An inline table has no range of its own: its first key has one.
			lines[at] = max(firstLine(p, n), line)
			indexNested(p, n, at, lines[at], lines)
		}
	}
}

func firstLine(p *unstable.Parser, n *unstable.Node) int {
	if n.Raw.Length > 0 {
		return p.Shape(n.Raw).Start.Line
	}
	if n.Kind == unstable.InlineTable {
		it := n.Children()
		if it.Next() {
			k := it.Node().Key()
			if k.Next() {
				return p.Shape(k.Node().Raw).Start.Line
			}
		}
	}
	return 0
}

func joinPath(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// nearestKey returns the key that the author of an unknown one most likely meant,
// of those that its table knows; "" where none is near.
func nearestKey(key toml.Key) string {
	t := reflect.TypeFor[File]()
	for _, part := range key[:len(key)-1] {
		f, ok := fieldOf(t, part)
		if !ok {
			return ""
		}
		t = elem(f.Type)
		if t.Kind() != reflect.Struct {
			return ""
		}
	}
	unknown := key[len(key)-1]
	known := fields(t)
	for _, f := range fields(t) {
		// The decoder leaves inline tables out of the key: their keys are meant too.
		if nested := elem(f.Type); nested.Kind() == reflect.Struct && nested.NumField() > 0 && f.Type.Kind() == reflect.Slice {
			known = append(known, fields(nested)...)
		}
	}
	best, distance := "", max(1, len(unknown)/3)+1
	for _, f := range known {
		if d := editDistance(unknown, tomlName(f)); d < distance {
			best, distance = tomlName(f), d
		}
	}
	return best
}

// fields lists a table's keys, those of embedded tables among them.
func fields(t reflect.Type) []reflect.StructField {
	var all []reflect.StructField
	for i := range t.NumField() {
		f := t.Field(i)
		switch {
		case f.Anonymous:
			all = append(all, fields(f.Type)...)
		case f.IsExported():
			all = append(all, f)
		}
	}
	return all
}

func fieldOf(t reflect.Type, name string) (reflect.StructField, bool) {
	for _, f := range fields(t) {
		if tomlName(f) == name {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

func tomlName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("toml"), ",")
	return name
}

func elem(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	return t
}

// editDistance counts the letters to change, insert or leave out.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
