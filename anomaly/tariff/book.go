package tariff

import (
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"whybill/anomaly"
)

//go:embed builtin/*.toml
var builtin embed.FS

// Book holds tariffs by id and prices by them. It never changes once it is made, so
// any number of goroutines may use it. A built-in tariff is read when it is first
// used: a process that prices one bill pays for one file.
type Book struct {
	entries []*entry // by id
}

type entry struct {
	id, file string
	once     sync.Once
	read     func() (*tariff, error)
	t        *tariff
	err      error
}

func (e *entry) tariff() (*tariff, error) {
	e.once.Do(func() { e.t, e.err = e.read() })
	return e.t, e.err
}

// Builtin returns the book of the tariffs that come with the program.
func Builtin() (*Book, error) {
	files, err := fs.ReadDir(builtin, "builtin")
	if err != nil {
		return nil, err
	}
	b := &Book{entries: make([]*entry, 0, len(files))}
	for _, f := range files {
		name := f.Name()
		b.entries = append(b.entries, &entry{id: strings.TrimSuffix(name, ".toml"), file: name, read: func() (*tariff, error) {
			data, err := fs.ReadFile(builtin, "builtin/"+name)
			if err != nil {
				return nil, err
			}
			_, t, err := parse(name, data)
			return t, err
		}})
	}
	b.sort()
	return b, nil
}

func (b *Book) sort() {
	slices.SortFunc(b.entries, func(x, y *entry) int { return strings.Compare(x.id, y.id) })
}

func (b *Book) find(id string) (*tariff, error) {
	i, ok := slices.BinarySearchFunc(b.entries, id, func(e *entry, id string) int { return strings.Compare(e.id, id) })
	if !ok {
		if id == "" {
			return nil, notPriced("tariff.none")
		}
		if forms := b.forms(id); forms != "" {
			return nil, notPriced("tariff.choose", anomaly.TextArg("tariff", id), anomaly.TextArg("ids", forms))
		}
		return nil, notPriced("tariff.unknown_id", anomaly.TextArg("tariff", id))
	}
	return b.entries[i].tariff()
}

// forms lists the tariffs whose ids go on where id ends, such as the two-stage and the
// three-stage form of one tariff.
func (b *Book) forms(id string) string {
	var ids []string
	for _, e := range b.entries {
		if strings.HasPrefix(e.id, id+".") {
			ids = append(ids, e.id)
		}
	}
	return strings.Join(ids, ", ")
}

// LoadFile returns the book with the tariff of a file (TOML, or JSON of the OpenEI
// utility rate database) in it. A tariff with the id of one that is there replaces it.
// The error is Problems where the file can be read but not used.
func (b *Book) LoadFile(path string) (*Book, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return b.add(filepath.Base(path), data)
}

// Load returns the book with all tariff files of a directory (*.toml and *.json) in
// it, in the order of their names.
func (b *Book) Load(dir string) (*Book, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var all Problems
	for _, f := range files {
		ext := strings.ToLower(filepath.Ext(f.Name()))
		if f.IsDir() || ext != ".toml" && ext != ".json" {
			continue
		}
		next, err := b.LoadFile(filepath.Join(dir, f.Name()))
		var problems Problems
		switch {
		case errors.As(err, &problems):
			all = append(all, problems...)
		case err != nil:
			return nil, err
		default:
			b = next
		}
	}
	if len(all) > 0 {
		return nil, all
	}
	return b, nil
}

func (b *Book) add(name string, data []byte) (*Book, error) {
	_, t, err := reader(name)(name, data)
	if err != nil {
		return nil, err
	}
	e := &entry{id: t.id, file: name, read: func() (*tariff, error) { return t, nil }}
	next := &Book{entries: slices.DeleteFunc(slices.Clone(b.entries), func(x *entry) bool { return x.id == e.id })}
	next.entries = append(next.entries, e)
	next.sort()
	return next, nil
}

// IDs lists the ids of all tariffs, sorted.
func (b *Book) IDs() []string {
	ids := make([]string, len(b.entries))
	for i, e := range b.entries {
		ids[i] = e.id
	}
	return ids
}

// List returns all tariffs, sorted by id.
func (b *Book) List() ([]*File, error) {
	all := make([]*File, 0, len(b.entries))
	for _, e := range b.entries {
		t, err := e.tariff()
		if err != nil {
			return nil, err
		}
		all = append(all, t.File)
	}
	return all, nil
}

// Show returns a tariff. The error is a *anomaly.NotPriced where there is none of this id.
func (b *Book) Show(id string) (*File, error) {
	t, err := b.find(id)
	if err != nil {
		return nil, err
	}
	return t.File, nil
}

// Price implements anomaly.Pricer.
func (b *Book) Price(req *anomaly.PriceRequest) (*anomaly.Priced, error) {
	if len(req.Changes) > 0 && req.Period.Valid() {
		return b.priceChanges(req)
	}
	t, err := b.find(b.formFor(req))
	if err != nil {
		return nil, err
	}
	return t.price(req, right)
}

// formFor returns the id that a request means: where it names several forms of one
// tariff and gives the usage of each register, the form with just these stages.
func (b *Book) formFor(req *anomaly.PriceRequest) string {
	if len(req.Parts) == 0 || b.has(req.Tariff) {
		return req.Tariff
	}
	best, fewest := req.Tariff, 0
	for _, e := range b.entries {
		if !strings.HasPrefix(e.id, req.Tariff+".") {
			continue
		}
		t, err := e.tariff()
		if err != nil || len(t.stages) == 0 || fewest > 0 && len(t.stages) >= fewest {
			continue
		}
		if !slices.ContainsFunc(req.Parts, func(p anomaly.UsagePart) bool { return !slices.Contains(t.stages, p.Stage) }) {
			best, fewest = e.id, len(t.stages)
		}
	}
	return best
}

func (b *Book) has(id string) bool {
	_, ok := slices.BinarySearchFunc(b.entries, id, func(e *entry, id string) int { return strings.Compare(e.id, id) })
	return ok
}

// price prices a request, with its lines.
func (t *tariff) price(req *anomaly.PriceRequest, how *tweak) (*anomaly.Priced, error) {
	var segments [4]segment
	var codes [6]codeSum
	c := calc{t: t, req: req, how: how, want: true, segs: segments[:0], codes: codes[:0],
		lines: make([]anomaly.PricedLine, 0, 12), formula: make([]byte, 0, 160)}
	if err := c.run(); err != nil {
		return nil, err
	}
	return c.result()
}

// result rounds the total and fills in what goes with it.
func (c *calc) result() (*anomaly.Priced, error) {
	last := &c.segs[len(c.segs)-1]
	r := &last.v.rounding
	p := &anomaly.Priced{Tariff: c.t.id, Currency: c.t.currency, Unit: r.total, Mode: r.mode, Tolerance: r.tolerance,
		Confidence: last.v.confidence, Months: c.months, Formula: string(c.formula), Version: c.segs[0].v.label}
	for i := 1; i < len(c.segs); i++ {
		if c.segs[i].v != c.segs[i-1].v {
			p.Version += "|" + c.segs[i].v.label
		}
	}
	amount, ok := c.sum.round(r.total, c.mode(r))
	if !ok {
		return nil, notPriced("tariff.too_large")
	}
	p.Amount = amount
	p.Energy, ok = c.energy.round(r.energyUnit(), r.mode)
	if !ok {
		return nil, notPriced("tariff.too_large")
	}
	p.Subtotal, ok = c.sum.places(9)
	if !ok {
		return nil, notPriced("tariff.too_large")
	}
	p.Subtotal = p.Subtotal.Trim(2)
	if p.Usage, ok = c.used.places(6); ok {
		p.Usage = p.Usage.Trim(0)
	}
	c.roundingLine(amount, "total to "+r.total.String())
	p.Lines = c.lines
	return p, nil
}

func (c *calc) mode(r *rounding) anomaly.RoundMode {
	if c.how.mode != nil {
		return *c.how.mode
	}
	return r.mode
}
