package espi

import (
	"encoding/xml"
	"net/url"
	"strings"
)

// graph is the file's small resources and how they hang together: everything but the
// interval readings.
type graph struct {
	entries  int
	points   []*usagePoint
	meters   []*meterReading
	types    []*readingType
	times    []*localTime
	byHref   map[string]any // self link -> resource
	parents  map[int]string // entry with interval blocks -> where it hangs
	summary  map[int]string // entry with a usage summary -> where it hangs
	interned map[string]string
	meterOf  map[int]*meterReading
	pointOf  map[int]*usagePoint
}

func newGraph() *graph {
	return &graph{
		byHref: map[string]any{}, parents: map[int]string{}, summary: map[int]string{},
		interned: map[string]string{}, meterOf: map[int]*meterReading{}, pointOf: map[int]*usagePoint{},
	}
}

// links are an entry's links, as paths.
type links struct {
	self, up string
	related  []string
}

type usagePoint struct {
	links
	account string
	kind    string // ServiceCategory: 0 electricity, 1 gas, 2 water
	line    int
	time    *localTime
	told    bool // its account was delivered
}

type meterReading struct {
	links
	id    string
	point *usagePoint
	kind  *readingType
}

// readingType says what the numbers of a meter reading are.
type readingType struct {
	links
	Accumulation string `xml:"accumulationBehaviour"`
	Commodity    string `xml:"commodity"`
	Currency     string `xml:"currency"`
	Flow         string `xml:"flowDirection"`
	Length       string `xml:"intervalLength"`
	Multiplier   string `xml:"powerOfTenMultiplier"`
	Quality      string `xml:"defaultQuality"`
	UOM          string `xml:"uom"`
}

// collect reads an entry on the first pass.
func (g *graph) collect(d *xml.Decoder, entry int) error {
	g.entries++
	var (
		l         links
		id        string
		found     []any
		hasBlocks bool
		hasBill   bool
	)
	err := children(d, func(e *xml.StartElement) error {
		switch e.Name.Local {
		case "link":
			l.add(e)
			return d.Skip()
		case "id":
			return decode(d, e, &id)
		case "content":
			return children(d, func(e *xml.StartElement) error {
				line, _ := d.InputPos()
				switch e.Name.Local {
				case "UsagePoint":
					var v struct {
						Category struct {
							Kind string `xml:"kind"`
						} `xml:"ServiceCategory"`
					}
					if err := decode(d, e, &v); err != nil {
						return err
					}
					found = append(found, &usagePoint{kind: trim(v.Category.Kind), line: line})
				case "MeterReading":
					found = append(found, &meterReading{})
					return d.Skip()
				case "ReadingType":
					t := &readingType{}
					found = append(found, t)
					return decode(d, e, t)
				case "LocalTimeParameters":
					t := &localTime{}
					found = append(found, t)
					return t.read(d, e)
				case "IntervalBlock":
					hasBlocks = true
					return d.Skip()
				case "UsageSummary", "ElectricPowerUsageSummary":
					hasBill = true
					return d.Skip()
				default:
					return d.Skip()
				}
				return nil
			})
		default:
			return d.Skip()
		}
	})
	for _, r := range found {
		g.add(r, l, id)
	}
	parent := l.up
	if parent == "" {
		parent = folder(l.self)
	}
	if hasBlocks {
		g.parents[entry] = g.intern(parent)
	}
	if hasBill {
		g.summary[entry] = g.intern(parent)
	}
	return err
}

// add files a resource under its own link.
func (g *graph) add(r any, l links, id string) {
	switch r := r.(type) {
	case *usagePoint:
		r.links = l
		r.account = accountID(l.self, id)
		g.points = append(g.points, r)
	case *meterReading:
		r.links = l
		r.id = last(l.self)
		g.meters = append(g.meters, r)
	case *readingType:
		r.links = l
		g.types = append(g.types, r)
	case *localTime:
		r.links = l
		g.times = append(g.times, r)
	}
	if l.self != "" {
		g.byHref[l.self] = r
	}
}

func (g *graph) intern(s string) string {
	if known, ok := g.interned[s]; ok {
		return known
	}
	g.interned[s] = s
	return s
}

func (l *links) add(e *xml.StartElement) {
	var rel, href string
	for _, a := range e.Attr {
		switch a.Name.Local {
		case "rel":
			rel = a.Value
		case "href":
			href = pathOf(a.Value)
		}
	}
	switch rel {
	case "self":
		l.self = href
	case "up":
		l.up = href
	case "related":
		l.related = append(l.related, href)
	}
}

// pathOf is a link without scheme, host, query and a slash at its end: the same
// resource is named with and without them.
func pathOf(href string) string {
	href = trim(href)
	if u, err := url.Parse(href); err == nil && u.Path != "" {
		href = u.Path
	}
	return strings.TrimRight(href, "/")
}

func folder(path string) string {
	i := strings.LastIndexByte(path, '/')
	return path[:max(i, 0)]
}

func last(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

func trim(s string) string { return strings.TrimSpace(s) }

// accountID names a usage point: by the customer's or the subscription's number and its
// own where its link has them, by the entry's id otherwise.
func accountID(self, id string) string {
	parts := strings.Split(self, "/")
	owner, own := "", ""
	for i := 0; i+1 < len(parts); i++ {
		switch parts[i] {
		case "RetailCustomer", "Subscription":
			owner = parts[i+1]
		case "UsagePoint":
			own = parts[i+1]
		}
	}
	switch {
	case own != "" && owner != "":
		return owner + "/" + own
	case own != "":
		return own
	}
	return strings.TrimPrefix(trim(id), "urn:uuid:")
}

// resolve follows the links once the whole file is known. Where a file leaves a link out
// and has only one resource that it could point to, that one is meant.
func (g *graph) resolve() {
	for _, p := range g.points {
		p.time = pick(g, g.times, p.related)
	}
	for _, m := range g.meters {
		m.kind = pick(g, g.types, m.related)
		m.point = owner(g, g.points, m.up, m.self, func(p *usagePoint) *links { return &p.links })
	}
	for entry, at := range g.parents {
		g.meterOf[entry] = owner(g, g.meters, at, at, func(m *meterReading) *links { return &m.links })
	}
	for entry, at := range g.summary {
		g.pointOf[entry] = owner(g, g.points, at, at, func(p *usagePoint) *links { return &p.links })
	}
}

// pick finds the resource of a kind that one of the links points to.
func pick[T any](g *graph, all []*T, related []string) *T {
	for _, href := range related {
		if r, ok := g.byHref[href].(*T); ok {
			return r
		}
	}
	return only(all)
}

func only[T any](all []*T) *T {
	if len(all) == 1 {
		return all[0]
	}
	return nil
}

// owner finds the resource that something hangs under: at is the link up, which names
// the owner, or the owner's list (.../MeterReading/01/IntervalBlock); self is its own.
func owner[T any](g *graph, all []*T, at, self string, linksOf func(*T) *links) *T {
	for _, href := range []string{at, folder(at), folder(folder(self))} {
		if r, ok := g.byHref[href].(*T); ok {
			return r
		}
	}
	for _, r := range all {
		for _, href := range linksOf(r).related {
			if href != "" && (href == at || href == self || href == folder(self)) {
				return r
			}
		}
	}
	return only(all)
}
