package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"whybill/anomaly"
	"whybill/anomaly/cases"
	"whybill/anomaly/decide"
	"whybill/anomaly/diagnose"
	"whybill/anomaly/locale"
	"whybill/anomaly/report"
)

// configuration is what flags, environment and the configuration file come to: flags go
// before the environment, the environment before the file.
type configuration struct {
	path    string // of the file; "" where there is none
	lang    string
	contact report.Contact
	engine  anomaly.Config
	// neighbours: assessments go by what only all accounts together know.
	neighbours bool
	rules      string // the file of the rules about disputes; "" is the built-in one
	cases      *anomaly.CaseRules
	// The files that replace what is believed of causes and of actions, and what stands in
	// them; "" and nil: the built-in ones.
	causesFile, actionsFile string
	causes                  *diagnose.Model
	actions                 *decide.Model
}

// takeOver puts what the configuration says into the context of assessments.
func (c *configuration) takeOver(actx *anomaly.Context) {
	actx.Cases = c.cases
	if c.causes != nil {
		actx.Causes = c.causes
	}
	if c.actions != nil {
		actx.Actions = c.actions
	}
}

// actionTable is what actions can see and settle.
func (c *configuration) actionTable() *decide.Model {
	if c.actions != nil {
		return c.actions
	}
	return decide.Default()
}

// causeTable is what is believed of causes.
func (c *configuration) causeTable() *diagnose.Model {
	if c.causes != nil {
		return c.causes
	}
	return diagnose.Default()
}

// configPath returns the configuration file's path, and whether the user named it: one
// that is named has to be there.
func (a *app) configPath() (path string, named bool) {
	if a.global.config != "" {
		return a.global.config, true
	}
	if path := a.env("WHYBILL_CONFIG"); path != "" {
		return path, true
	}
	if dir := a.env("XDG_CONFIG_HOME"); dir != "" {
		return filepath.Join(dir, "whybill", "config.toml"), false
	}
	if home := a.env("HOME"); home != "" {
		return filepath.Join(home, ".config", "whybill", "config.toml"), false
	}
	if dir := a.env("APPDATA"); dir != "" {
		return filepath.Join(dir, "whybill", "config.toml"), false
	}
	return "", false
}

// defaultConfiguration is what holds where no file says otherwise.
func defaultConfiguration() *configuration {
	return &configuration{neighbours: true, engine: anomaly.DefaultConfig(), cases: cases.Default()}
}

// configured reads the configuration; without a file it is the defaults.
func (a *app) configured() (*configuration, error) {
	path, named := a.configPath()
	c := defaultConfiguration()
	if path == "" {
		return c, nil
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	c.path = path
	return c, c.read(path, data)
}

// read takes over what a file says. Every fault is told with its line.
func (c *configuration) read(path string, data []byte) error {
	var tree map[string]any
	if err := toml.Unmarshal(data, &tree); err != nil {
		var syntax *toml.DecodeError
		if errors.As(err, &syntax) {
			line, _ := syntax.Position()
			return &placed{fmt.Sprintf("%s:%d", path, line), misuse("toml").because(err)}
		}
		return &placed{path, misuse("toml").because(err)}
	}
	var faults []error
	fault := func(name string, err error) {
		faults = append(faults, &placed{fmt.Sprintf("%s:%d", path, lineOf(data, name)), err})
	}
	flatten("", tree, func(name, value string) {
		if err := c.set(name, value); err != nil {
			fault(name, err)
		}
	})
	for _, x := range c.engine.Faults() {
		fault(x.At, x)
	}
	if len(faults) > 0 {
		return misuse("config").because(errors.Join(faults...))
	}
	return nil
}

func (c *configuration) set(name, value string) error {
	switch name {
	case "lang":
		if _, ok := locale.Match(value); !ok {
			return &placed{"lang", noSuch("language", value, languageNames...)}
		}
		c.lang = value
	case "contact.company":
		c.contact.Company = value
	case "contact.phone":
		c.contact.Phone = value
	case "contact.email":
		c.contact.Email = value
	case "contact.hours":
		c.contact.Hours = value
	case "cases.rules":
		c.rules = value
		return c.readFile(name, value, func(r io.Reader) (err error) { c.cases, err = cases.Load(r); return err })
	case "model.neighbours":
		on, err := strconv.ParseBool(value)
		if err != nil {
			return &placed{name, notOneOf(name, value, "true", "false")}
		}
		c.neighbours = on
	case "model.causes":
		c.causesFile = value
		return c.readFile(name, value, func(r io.Reader) (err error) { c.causes, err = diagnose.Load(r); return err })
	case "model.actions":
		c.actionsFile = value
		return c.readFile(name, value, func(r io.Reader) (err error) { c.actions, err = decide.Load(r); return err })
	default:
		return c.engine.Set(name, value)
	}
	return nil
}

// readFile reads a file that the configuration names; a path that does not begin at the
// root begins where the configuration file lies.
func (c *configuration) readFile(name, path string, load func(io.Reader) error) error {
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(c.path), path)
	}
	f, err := os.Open(path)
	if err != nil {
		return &placed{name, err}
	}
	defer func() { _ = f.Close() }()
	if err := load(f); err != nil {
		return &placed{name + ": " + path, err}
	}
	return nil
}

// flatten visits the values of a TOML tree by their dotted names, in order.
func flatten(name string, v any, visit func(name, value string)) {
	join := func(part string) string {
		if name == "" {
			return part
		}
		return name + "." + part
	}
	switch x := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(x))
		for k := range x {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			flatten(join(k), x[k], visit)
		}
	case []any:
		for i, item := range x {
			flatten(join(strconv.Itoa(i)), item, visit)
		}
	case float64:
		visit(name, strconv.FormatFloat(x, 'g', -1, 64))
	default:
		visit(name, fmt.Sprint(x))
	}
}

// lineOf finds the line on which a name's last part is set; 1 where it does not stand
// by itself.
func lineOf(data []byte, name string) int {
	parts := strings.Split(name, ".")
	for i := len(parts) - 1; i >= 0; i-- {
		n := 0
		for line := range bytes.Lines(data) {
			n++
			text := bytes.TrimSpace(line)
			if key, _, ok := bytes.Cut(text, []byte("=")); ok {
				key = bytes.TrimSpace(key)
				if string(key) == parts[i] || bytes.HasSuffix(key, []byte("."+parts[i])) {
					return n
				}
			}
		}
	}
	return 1
}

// writeConfig writes a file that says what holds, with every parameter. Commented out,
// it is a file to start from.
func writeConfig(w io.Writer, c *configuration, words *locale.Printer, commented bool) error {
	mark := ""
	if commented {
		mark = "# "
	}
	var b bytes.Buffer
	if commented {
		b.WriteString(words.Text("config.comment.file") + "\n\n")
	}
	lang := c.lang
	if lang == "" {
		lang = "en"
	}
	fmt.Fprintf(&b, "%slang = %q\n\n[contact]\n", mark, lang)
	if commented {
		b.WriteString(words.Text("config.comment.contact") + "\n")
	}
	for _, x := range [][2]string{{"company", c.contact.Company}, {"phone", c.contact.Phone}, {"email", c.contact.Email}, {"hours", c.contact.Hours}} {
		fmt.Fprintf(&b, "%s%s = %q\n", mark, x[0], x[1])
	}
	b.WriteString("\n[cases]\n")
	if commented {
		b.WriteString(words.Text("config.comment.cases") + "\n")
	}
	if c.rules == "" {
		b.WriteString(words.Text("config.comment.rules") + "\n")
	} else {
		fmt.Fprintf(&b, "%srules = %q\n", mark, c.rules)
	}
	b.WriteString("\n[model]\n")
	if commented {
		b.WriteString(words.Text("config.comment.neighbours") + "\n")
	}
	fmt.Fprintf(&b, "%sneighbours = %t\n", mark, c.neighbours)
	for _, x := range [][2]string{{"causes", c.causesFile}, {"actions", c.actionsFile}} {
		if x[1] == "" {
			b.WriteString(words.Text("config.comment."+x[0]) + "\n")
			continue
		}
		fmt.Fprintf(&b, "%s%s = %q\n", mark, x[0], x[1])
	}
	section, written := "", ""
	for _, p := range c.engine.Parameters() {
		head, rest, _ := strings.Cut(p.Name, ".")
		if head != section {
			section = head
			fmt.Fprintf(&b, "\n[%s]\n", section)
		}
		value := p.Value
		switch {
		case value == "-":
			b.WriteString(words.Say(anomaly.Msg("config.comment.unset", anomaly.TextArg("name", rest))) + "\n")
			continue
		case isIndexed(rest):
			if line := list(c, rest); line != written {
				fmt.Fprintf(&b, "%s%s\n", mark, line)
				written = line
			}
			continue
		}
		fmt.Fprintf(&b, "%s%s = %s\n", mark, rest, value)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// isIndexed reports whether a parameter is an item of a list, which is written as a whole.
func isIndexed(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	_, err := strconv.Atoi(last)
	return err == nil
}

// list writes the list that a parameter is an item of.
func list(c *configuration, item string) string {
	k := &c.engine.Checks
	number := func(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }
	switch name, _, _ := strings.Cut(item, "."); name {
	case "lengths":
		return fmt.Sprintf("lengths = [[%d, %d], [%d, %d]]", k.Lengths[0][0], k.Lengths[0][1], k.Lengths[1][0], k.Lengths[1][1])
	case "test_counts":
		return fmt.Sprintf("test_counts = [%s, %s]", number(k.TestCounts[0]), number(k.TestCounts[1]))
	default:
		var items []string
		for _, p := range c.engine.Parameters() {
			if strings.HasPrefix(p.Name, "checks."+name+".") {
				items = append(items, p.Value)
			}
		}
		return name + " = [" + strings.Join(items, ", ") + "]"
	}
}
