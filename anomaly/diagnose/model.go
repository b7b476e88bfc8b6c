// Package diagnose weighs the causes that a bill can have: from the size of the bill
// against what was expected, from what the checks found and did not find, and from what
// is known of bills in general. What it believes stands in one file, causes.toml.
package diagnose

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"whybill/anomaly"
	"whybill/anomaly/tomlfile"
)

// Model is what causes.toml says, ready for use: arrays indexed like anomaly.Causes.
type Model struct {
	Version   int
	prior     [services][causes]float64 // log; where the service is not known, as the file gives them
	complaint [services][causes]float64 // log
	worth     float64                   // of the priors, in expected finds of a visit
	given     *Model                    // the file's, where prior and complaint are learnt
	lasting   [causes]bool
	survival  [causes]float64 // a bill; 0: for good
	staying   [causes]float64
	begun     [causes]float64 // log of among how many onsets one that lasts is one
	shifts    [causes][]component
	from      float64
	full      float64
	explains  map[string]int // part of the decomposition -> cause
	evidence  map[string]*evidence
	// of is the evidence that counts otherwise for one service.
	of     [services]map[string]*evidence
	absent []*evidence
}

// causes is the number of causes; it is checked against anomaly.Causes on loading.
const causes = 20

// services is the number of services, the unknown one among them.
const services = 5

// maxGroups is one more than how many groups of evidence a file may name.
const maxGroups = 16

// component is one part of a cause's mixture of shifts of log usage.
type component struct {
	logShare, mean, variance float64
	// level and spread are the mean and the variance of log usage against the peers' for
	// a cause that has been there for as long as the bills.
	level, spread float64
}

// evidence is what a finding or a fact says: log likelihood ratios against "otherwise".
type evidence struct {
	id     string
	group  int // 0: none of its own
	weight int // cause whose ratio the finding brings itself; -1: none
	size   bool
	least  bool            // of the size, this counts where the size itself has said less
	ratio  [causes]float64 // log P(found | cause) / P(found | otherwise)
	silent [causes]float64 // log P(not found | cause) / P(not found | otherwise)
}

type modelFile struct {
	Version  int         `toml:"version"`
	Cause    []causeFile `toml:"cause"`
	Learning struct {
		Worth float64 `toml:"worth"`
	} `toml:"learning"`
	Explained struct {
		From  float64                  `toml:"from"`
		Full  float64                  `toml:"full"`
		Parts map[string]anomaly.Cause `toml:"parts"`
	} `toml:"explained"`
	Evidence map[string]map[string]any `toml:"evidence"`
}

type causeFile struct {
	ID        anomaly.Cause `toml:"id"`
	Prior     float64       `toml:"prior"`
	Complaint float64       `toml:"complaint"`
	// Services are those that can have the cause; none: all.
	Services []string `toml:"services"`
	// Of is the priors of one service where they are others.
	Of map[string]struct {
		Prior     float64 `toml:"prior"`
		Complaint float64 `toml:"complaint"`
	} `toml:"of"`
	Lasting  bool     `toml:"lasting"`
	Survival *float64 `toml:"survival"`
	Staying  float64  `toml:"staying"`
	Shift    []struct {
		Share float64 `toml:"share"`
		Mean  float64 `toml:"mean"`
		SD    float64 `toml:"sd"`
		Level float64 `toml:"level"`
		Over  float64 `toml:"spread"`
	} `toml:"shift"`
}

//go:embed causes.toml
var causesTOML []byte

var defaultModel = sync.OnceValue(func() *Model {
	m, err := Load(bytes.NewReader(causesTOML))
	if err != nil {
		panic(err) // the embedded file is tested
	}
	return m
})

// Default returns the built-in model.
func Default() *Model { return defaultModel() }

// DefaultFile returns the built-in file's text, to start one's own from.
func DefaultFile() []byte { return bytes.Clone(causesTOML) }

// indexOf returns a cause's place in anomaly.Causes, or -1.
func indexOf(c anomaly.Cause) int {
	for i, known := range anomaly.Causes {
		if known == c {
			return i
		}
	}
	return -1
}

// fileVersion is the version of causes.toml and of what its numbers mean.
const fileVersion = 2

// Load reads a file in the form of causes.toml. Every cause has to be in it, every
// probability has to be one, and "other" keeps some.
func Load(r io.Reader) (*Model, error) {
	var f modelFile
	if err := tomlfile.Read(r, &f); err != nil {
		return nil, err
	}
	if f.Version != fileVersion {
		return nil, anomaly.NewFault("causes.version", anomaly.CountArg("version", f.Version), anomaly.CountArg("known", fileVersion))
	}
	if len(anomaly.Causes) != causes {
		return nil, fmt.Errorf("causes: the program knows %d causes, not %d", len(anomaly.Causes), causes)
	}
	if !(f.Learning.Worth >= 0.5 && f.Learning.Worth <= 1e6) {
		return nil, anomaly.NewFault("causes.worth", anomaly.TextArg("worth", strconv.FormatFloat(f.Learning.Worth, 'g', -1, 64)))
	}
	m := &Model{Version: f.Version, worth: f.Learning.Worth, from: f.Explained.From, full: f.Explained.Full, explains: map[string]int{}, evidence: map[string]*evidence{}}
	if err := m.loadCauses(f.Cause); err != nil {
		return nil, err
	}
	for part, cause := range f.Explained.Parts {
		i := indexOf(cause)
		if i < 0 {
			return nil, anomaly.NewFault("causes.part", anomaly.TextArg("part", part), anomaly.TextArg("cause", strconv.Quote(string(cause))))
		}
		m.explains[part] = i
	}
	if m.full <= m.from || m.from < 0 {
		return nil, anomaly.NewFault("causes.ramp")
	}
	return m, m.loadEvidence(f.Evidence)
}

func (m *Model) loadCauses(list []causeFile) error {
	var seen [causes]bool
	var prior, complaint [services][causes]float64
	for i := range list {
		c := &list[i]
		at := indexOf(c.ID)
		if at < 0 {
			return anomaly.NewFault("causes.unknown", anomaly.TextArg("cause", strconv.Quote(string(c.ID))))
		}
		if seen[at] {
			return anomaly.NewFault("causes.twice", anomaly.TextArg("cause", string(c.ID)))
		}
		if !(c.Prior > 0 && c.Prior < 1 && c.Complaint > 0 && c.Complaint < 1) {
			return anomaly.NewFault("causes.priors", anomaly.TextArg("cause", string(c.ID)))
		}
		seen[at] = true
		for service := range prior {
			prior[service][at], complaint[service][at] = c.Prior, c.Complaint
		}
		if err := c.byService(at, &prior, &complaint); err != nil {
			return err
		}
		m.lasting[at] = c.Lasting
		if c.Survival != nil {
			if !(*c.Survival > 0 && *c.Survival <= 1 && c.Staying >= 0 && c.Staying < 1) {
				return anomaly.NewFault("causes.survival", anomaly.TextArg("cause", string(c.ID)))
			}
			m.survival[at], m.staying[at] = *c.Survival, c.Staying
		}
		share := 0.0
		for _, s := range c.Shift {
			if !(s.Share > 0) || s.SD < 0 {
				return anomaly.NewFault("causes.shift", anomaly.TextArg("cause", string(c.ID)))
			}
			share += s.Share
			m.shifts[at] = append(m.shifts[at], component{math.Log(s.Share), s.Mean, s.SD * s.SD, s.Level, s.Over * s.Over})
		}
		if len(c.Shift) > 0 && math.Abs(share-1) > 1e-6 {
			return anomaly.NewFault("causes.shares", anomaly.TextArg("cause", string(c.ID)), anomaly.TextArg("sum", strconv.FormatFloat(share, 'g', -1, 64)))
		}
	}
	for i, ok := range seen {
		if !ok {
			return anomaly.NewFault("causes.missing", anomaly.TextArg("cause", string(anomaly.Causes[i])))
		}
	}
	for c, lasting := range m.lasting {
		if !lasting {
			continue
		}
		there := 0.0
		for bills := range onsets {
			there += math.Exp(m.surviving(c, bills))
		}
		m.begun[c] = math.Log(there)
	}
	for service := range prior {
		m.prior[service], m.complaint[service] = logShares(prior[service]), logShares(complaint[service])
	}
	return nil
}

// byService sets a cause's priors where they depend on the service: nothing where the
// service cannot have it.
func (c *causeFile) byService(at int, prior, complaint *[services][causes]float64) error {
	for _, name := range slices.Concat(c.Services, sortedKeys(c.Of)) {
		if _, ok := anomaly.ParseService(name); !ok {
			return anomaly.NewFault("causes.service", anomaly.TextArg("cause", string(c.ID)), anomaly.TextArg("service", strconv.Quote(name)))
		}
	}
	for service := anomaly.Electricity; service < services; service++ {
		if of, ok := c.Of[service.String()]; ok {
			if !(of.Prior > 0 && of.Prior < 1 && of.Complaint > 0 && of.Complaint < 1) {
				return anomaly.NewFault("causes.priors_of", anomaly.TextArg("cause", string(c.ID)), anomaly.TextArg("service", service.String()))
			}
			prior[service][at], complaint[service][at] = of.Prior, of.Complaint
		}
		if len(c.Services) > 0 && !slices.Contains(c.Services, service.String()) {
			prior[service][at], complaint[service][at] = 0, 0
		}
	}
	return nil
}

func logShares(p [causes]float64) [causes]float64 {
	sum := 0.0
	for _, x := range p {
		sum += x
	}
	for i, x := range p {
		p[i] = math.Log(x / sum)
	}
	return p
}

func (m *Model) loadEvidence(all map[string]map[string]any) error {
	groups := map[string]int{}
	for _, id := range sortedKeys(all) {
		e := &evidence{id: id, weight: -1}
		otherwise, absent := 0.0, false
		var p [causes]float64
		for _, key := range sortedKeys(all[id]) {
			switch value := all[id][key].(type) {
			case string:
				switch key {
				case "group":
					if value == "size" {
						e.size = true
						continue
					}
					if groups[value] == 0 {
						if len(groups)+1 >= maxGroups {
							return anomaly.NewFault("causes.groups", anomaly.CountArg("most", maxGroups-1))
						}
						groups[value] = len(groups) + 1
					}
					e.group = groups[value]
				case "weight":
					if e.weight = indexOf(anomaly.Cause(value)); e.weight < 0 {
						return anomaly.NewFault("causes.weight", anomaly.TextArg("evidence", id), anomaly.TextArg("cause", strconv.Quote(value)))
					}
				default:
					return anomaly.NewFault("causes.field", anomaly.TextArg("evidence", id), anomaly.TextArg("field", key))
				}
			case bool:
				switch key {
				case "absent":
					absent = value
				case "least":
					e.least = value
				default:
					return anomaly.NewFault("causes.field", anomaly.TextArg("evidence", id), anomaly.TextArg("field", key))
				}
			case float64:
				if !(value > 0 && value <= 1) {
					return anomaly.NewFault("causes.probability", anomaly.TextArg("evidence", id), anomaly.TextArg("field", key))
				}
				if key == "otherwise" {
					otherwise = value
					continue
				}
				at := indexOf(anomaly.Cause(key))
				if at < 0 {
					return anomaly.NewFault("causes.evidence_cause", anomaly.TextArg("evidence", id), anomaly.TextArg("cause", strconv.Quote(key)))
				}
				p[at] = value
			default:
				return anomaly.NewFault("causes.value", anomaly.TextArg("evidence", id), anomaly.TextArg("field", key))
			}
		}
		if otherwise == 0 {
			return anomaly.NewFault("causes.otherwise", anomaly.TextArg("evidence", id))
		}
		for i := range p {
			if p[i] > 0 {
				e.ratio[i] = math.Log(p[i] / otherwise)
				e.silent[i] = math.Log(math.Max(1-p[i], 1e-6) / math.Max(1-otherwise, 1e-6))
			}
		}
		if service, rest, ok := strings.Cut(id, "/"); ok {
			of, known := anomaly.ParseService(service)
			if !known {
				return anomaly.NewFault("causes.evidence_service", anomaly.TextArg("evidence", id), anomaly.TextArg("service", strconv.Quote(service)))
			}
			if m.of[of] == nil {
				m.of[of] = map[string]*evidence{}
			}
			e.id = rest
			m.of[of][rest] = e
			continue
		}
		m.evidence[id] = e
		if absent {
			m.absent = append(m.absent, e)
		}
	}
	return nil
}

// find returns the evidence for a finding: by its message's key, by that key with its
// last words left out, one by one, and so by its check at last; nil where there is none.
func (m *Model) find(f *anomaly.Finding, service anomaly.Service) *evidence {
	of := m.of[service]
	for key := f.Message.Key; key != ""; {
		if e := of[key]; e != nil {
			return e
		}
		if e := m.evidence[key]; e != nil {
			return e
		}
		cut := lastDot(key)
		if cut < 0 {
			break
		}
		key = key[:cut]
	}
	return m.evidence[f.Check]
}

func lastDot(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '.' {
			return i
		}
	}
	return -1
}
