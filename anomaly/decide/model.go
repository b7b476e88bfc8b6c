// Package decide weighs what to do next about a bill: each action by what it costs,
// what it puts right and what it can tell apart, and waiting for the next bill on the
// same terms. What actions can do stands in one file, actions.toml.
package decide

import (
	"bytes"
	_ "embed"
	"io"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"sync"

	"whybill/anomaly"
	"whybill/anomaly/tomlfile"
)

// causes is the number of causes; it is checked against anomaly.Causes on loading.
const causes = 20

// Model is what actions.toml says: arrays indexed like anomaly.Causes and by option.
type Model struct {
	settledBy [causes]option
	found     [causes]option // what follows once a visit has found it
	visit     [causes]bool
	next      [causes]next
	cost      [options]float64
	test      [options]bool
	missing   [options]bool // there is no such action for the service
	sees      [options][causes]float64
	rules     rules
	// guessed is the model for a bill that is an estimate itself: reading the meter is
	// what puts it right.
	guessed *Model
	// of is the model for each service.
	of [services]*Model
	// promise is how promises are kept.
	promise *anomaly.LearntPromise
}

// Promise is how promises are kept by the file, before anything is learnt.
func (m *Model) Promise() *anomaly.LearntPromise { return m.promise }

// Keeping returns the model with what was learnt of how promises are kept. Without
// anything learnt it is the model itself.
func (m *Model) Keeping(p *anomaly.LearntPromise) *Model {
	if p == nil {
		return m
	}
	learnt := *m
	learnt.promise = p
	if m.guessed != nil {
		learnt.guessed = m.guessed.Keeping(p)
	}
	for i, of := range m.of {
		if of != nil {
			learnt.of[i] = of.Keeping(p)
		}
	}
	return &learnt
}

// services is the number of services, the unknown one among them.
const services = 5

// next is the share of what the next bill shows if a cause is true.
type next struct{ Same, Back, Reverse, Staying float64 }

// after is next for a cause that has lasted for so many bills: what is not there to stay
// goes at a constant rate, so the longer it has lasted, the likelier it is to stay.
func (n next) after(bills int) next {
	if n.Staying == 0 || bills < 2 {
		return n
	}
	survival := (n.Same - n.Staying) / (1 - n.Staying)
	left := (1 - n.Staying) * math.Pow(survival, float64(bills-1))
	n.Same = (n.Staying + left*survival) / (n.Staying + left)
	n.Back = 1 - n.Same
	return n
}

type rules struct {
	Quiet      float64 `toml:"quiet"`
	Unasked    float64 `toml:"unasked"`
	Visit      float64 `toml:"unasked_visit"`
	Alarm      float64 `toml:"alarm"`
	Tell       float64 `toml:"tell"`
	Bother     float64 `toml:"bother"`
	Answer     float64 `toml:"answer"`
	Shock      float64 `toml:"shock"`
	Live       float64 `toml:"live"`
	Outweighed float64 `toml:"outweighed"`
	Apart      float64 `toml:"apart"`
	Changes    float64 `toml:"changes"`
	Reread     float64 `toml:"reread"`
	First      float64 `toml:"first"`
	Sure       float64 `toml:"sure"`
	Misread    float64 `toml:"misread"`
	Circuit    float64 `toml:"circuit"`
	Delay      float64 `toml:"delay"`
	Settled    float64 `toml:"settled"`
}

// wrong names a rule that is missing or out of its range; "" where all are in theirs.
func (r *rules) wrong() string {
	v := reflect.ValueOf(*r)
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("toml")
		least, most := 0.0, 1.0 // a probability or a share
		switch name {
		case "alarm", "tell", "bother", "outweighed", "settled":
			least, most = 1, math.Inf(1)
		case "answer", "shock":
			most = math.Inf(1)
		}
		if x := v.Field(i).Float(); !(x > least && x < most) && !(name == "bother" && x == 1) {
			return name
		}
	}
	return ""
}

// option is an action that is weighed. Doing nothing is the first; of two that are
// worth the same, the earlier one is taken.
type option uint8

const (
	none option = iota
	explain
	rebill
	goodwill
	evidence
	selftest
	review
	reread
	inspect
	options // how many
)

var optionActions = [options]anomaly.Action{
	anomaly.ActionNone, anomaly.ActionExplain, anomaly.ActionRebill, anomaly.ActionGoodwill, anomaly.ActionEvidence,
	anomaly.ActionSelftest, anomaly.ActionApplianceReview, anomaly.ActionReread, anomaly.ActionInspect,
}

func (o option) action() anomaly.Action { return optionActions[o] }

func optionOf(a anomaly.Action) (option, bool) {
	for o, known := range optionActions {
		if known == a {
			return option(o), true
		}
	}
	return 0, false
}

//go:embed actions.toml
var actionsTOML []byte

var defaultModel = sync.OnceValue(func() *Model {
	m, err := Load(bytes.NewReader(actionsTOML))
	if err != nil {
		panic(err) // the embedded file is tested
	}
	return m
})

// Default returns the built-in model.
func Default() *Model { return defaultModel() }

// DefaultFile returns the built-in file's text, to start one's own from.
func DefaultFile() []byte { return bytes.Clone(actionsTOML) }

type modelFile struct {
	Version int `toml:"version"`
	Cause   map[anomaly.Cause]struct {
		SettledBy anomaly.Action `toml:"settled_by"`
		Found     anomaly.Action `toml:"found"`
		Visit     bool           `toml:"visit"`
		Next      struct {
			Same    float64 `toml:"same"`
			Back    float64 `toml:"back"`
			Reverse float64 `toml:"reverse"`
			Staying float64 `toml:"staying"`
		} `toml:"next"`
	} `toml:"cause"`
	Action map[anomaly.Action]actionFile `toml:"action"`
	Rules  rules                         `toml:"rules"`
	// Promise is as in anomaly.LearntPromise; without it, promises are kept as they are made.
	Promise *struct {
		Unasked keptFile `toml:"unasked"`
		Asked   keptFile `toml:"asked"`
	} `toml:"promise"`
}

type keptFile struct {
	Intercept float64 `toml:"intercept"`
	Slope     float64 `toml:"slope"`
}

type actionFile struct {
	Cost     float64                              `toml:"cost"`
	Services []string                             `toml:"services"`
	Sees     map[anomaly.Cause]float64            `toml:"sees"`
	Of       map[string]map[anomaly.Cause]float64 `toml:"of"`
}

// fileVersion is the version of actions.toml and of what its numbers mean.
const fileVersion = 2

// Load reads a file in the form of actions.toml. Every cause and every action that is
// weighed has to be in it.
func Load(r io.Reader) (*Model, error) {
	var f modelFile
	if err := tomlfile.Read(r, &f); err != nil {
		return nil, err
	}
	if f.Version != fileVersion {
		return nil, anomaly.NewFault("actions.version", anomaly.CountArg("version", f.Version), anomaly.CountArg("known", fileVersion))
	}
	if len(anomaly.Causes) != causes || len(f.Cause) != causes {
		return nil, anomaly.NewFault("actions.causes", anomaly.CountArg("named", len(f.Cause)), anomaly.CountArg("known", len(anomaly.Causes)))
	}
	m := &Model{rules: f.Rules, promise: anomaly.KeptAsPromised()}
	if f.Promise != nil {
		m.promise.KeptPromise = anomaly.KeptPromise(f.Promise.Unasked)
		m.promise.Asked.KeptPromise = anomaly.KeptPromise(f.Promise.Asked)
	}
	if err := m.promise.Validate(); err != nil {
		return nil, err
	}
	for i, id := range anomaly.Causes {
		c, ok := f.Cause[id]
		if !ok {
			return nil, anomaly.NewFault("actions.cause_missing", anomaly.TextArg("cause", string(id)))
		}
		if m.settledBy[i], ok = optionOf(c.SettledBy); !ok || m.settledBy[i] == none {
			return nil, anomaly.NewFault("actions.settled_by", anomaly.TextArg("cause", string(id)), anomaly.TextArg("action", strconv.Quote(string(c.SettledBy))))
		}
		if m.found[i] = m.settledBy[i]; c.Found != "" {
			if m.found[i], ok = optionOf(c.Found); !ok || m.found[i] == none {
				return nil, anomaly.NewFault("actions.found", anomaly.TextArg("cause", string(id)), anomaly.TextArg("action", strconv.Quote(string(c.Found))))
			}
		}
		if m.found[i] == inspect || m.found[i] == reread {
			return nil, anomaly.NewFault("actions.found_again", anomaly.TextArg("cause", string(id)), anomaly.TextArg("action", string(m.found[i].action())))
		}
		m.visit[i], m.next[i] = c.Visit, next(c.Next)
		if sum := c.Next.Same + c.Next.Back + c.Next.Reverse; sum < 0.999 || sum > 1.001 {
			return nil, anomaly.NewFault("actions.next_sum", anomaly.TextArg("cause", string(id)), anomaly.TextArg("sum", strconv.FormatFloat(sum, 'g', -1, 64)))
		}
		if n := &c.Next; n.Staying != 0 && !(n.Staying > 0 && n.Staying < n.Same && n.Reverse == 0) {
			return nil, anomaly.NewFault("actions.staying", anomaly.TextArg("cause", string(id)))
		}
	}
	for o := explain; o < options; o++ {
		a, ok := f.Action[o.action()]
		if !ok || a.Cost < 0 {
			return nil, anomaly.NewFault("actions.cost", anomaly.TextArg("action", string(o.action())))
		}
		m.cost[o] = a.Cost
		if len(a.Sees) == 0 {
			continue
		}
		m.test[o] = true
		otherwise, named := a.Sees["otherwise"], 0
		for i, id := range anomaly.Causes {
			p, ok := a.Sees[id]
			if !ok {
				p = otherwise
			} else {
				named++
			}
			if !(p > 0 && p < 1) {
				return nil, anomaly.NewFault("actions.sees", anomaly.TextArg("action", string(o.action())), anomaly.TextArg("cause", string(id)))
			}
			m.sees[o][i] = p
		}
		if named != len(a.Sees)-1 {
			return nil, anomaly.NewFault("actions.sees_ghost", anomaly.TextArg("action", string(o.action())))
		}
	}
	if len(f.Action) != int(options)-1 {
		return nil, anomaly.NewFault("actions.unweighed")
	}
	if name := m.rules.wrong(); name != "" {
		return nil, anomaly.NewFault("actions.rule", anomaly.TextArg("rule", name))
	}
	if err := m.byService(f.Action); err != nil {
		return nil, err
	}
	m.guess()
	return m, nil
}

// guess makes the model for a bill that is an estimate itself.
func (m *Model) guess() {
	guessed := *m
	at := slices.Index(anomaly.Causes, anomaly.CauseEstimatedCatchUp)
	guessed.settledBy[at], guessed.sees[reread][at] = reread, guessed.sees[reread][slices.Index(anomaly.Causes, anomaly.CauseMisread)]
	m.guessed = &guessed
}

// byService makes the models of the services, which differ in what can be done and in
// what that shows.
func (m *Model) byService(actions map[anomaly.Action]actionFile) error {
	for service := anomaly.Electricity; service < services; service++ {
		of := *m
		for o := explain; o < options; o++ {
			a := actions[o.action()]
			for _, name := range slices.Concat(a.Services, slices.Sorted(maps.Keys(a.Of))) {
				if _, ok := anomaly.ParseService(name); !ok {
					return anomaly.NewFault("actions.service", anomaly.TextArg("action", string(o.action())), anomaly.TextArg("service", strconv.Quote(name)))
				}
			}
			of.missing[o] = len(a.Services) > 0 && !slices.Contains(a.Services, service.String())
			for id, p := range a.Of[service.String()] {
				i := slices.Index(anomaly.Causes, id)
				if i < 0 || !m.test[o] || !(p > 0 && p < 1) {
					return anomaly.NewFault("actions.sees_of", anomaly.TextArg("action", string(o.action())), anomaly.TextArg("cause", string(id)), anomaly.TextArg("service", service.String()))
				}
				of.sees[o][i] = p
			}
		}
		of.guess()
		m.of[service] = &of
	}
	return nil
}

// For is the model for a service.
func (m *Model) For(service anomaly.Service) *Model {
	if of := m.of[service]; of != nil {
		return of
	}
	return m
}
