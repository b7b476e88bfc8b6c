package cases

import (
	"bytes"
	_ "embed"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // zones are known on every machine

	"whybill/anomaly"
	"whybill/anomaly/tomlfile"
)

//go:embed rules.toml
var rulesTOML []byte

var defaultRules = sync.OnceValue(func() *anomaly.CaseRules {
	r, err := Load(bytes.NewReader(rulesTOML))
	if err != nil {
		panic(err) // the embedded file is tested
	}
	return r
})

// Default returns the built-in rules. They are shared: nobody may change them.
func Default() *anomaly.CaseRules { return defaultRules() }

// DefaultFile returns the built-in file's text, to start one's own from.
func DefaultFile() []byte { return bytes.Clone(rulesTOML) }

type dayFile struct {
	On   anomaly.Date `toml:"on"`
	Name string       `toml:"name"`
}

type rulesFile struct {
	Version  int `toml:"version"`
	Calendar struct {
		Zone      string    `toml:"zone"`
		Source    string    `toml:"source"`
		Monday    []string  `toml:"monday"`
		Tuesday   []string  `toml:"tuesday"`
		Wednesday []string  `toml:"wednesday"`
		Thursday  []string  `toml:"thursday"`
		Friday    []string  `toml:"friday"`
		Saturday  []string  `toml:"saturday"`
		Sunday    []string  `toml:"sunday"`
		Worked    []dayFile `toml:"worked"`
		Holidays  []dayFile `toml:"holidays"`
		Years     []int     `toml:"years"`
		Verified  bool      `toml:"verified"`
	} `toml:"calendar"`
	Clock  []anomaly.Clock `toml:"clock"`
	Record struct {
		Months int    `toml:"months"`
		Source string `toml:"source"`
	} `toml:"record"`
	Feedback struct {
		Days       int `toml:"days"`
		SurveyDays int `toml:"survey_days"`
	} `toml:"feedback"`
	Entitlement struct {
		DecisionDays int `toml:"decision_days"`
	} `toml:"entitlement"`
	Goodwill struct {
		HandlingCost map[string]string `toml:"handling_cost"`
		Leave        []float64         `toml:"leave"`
		Margin       float64           `toml:"margin"`
	} `toml:"goodwill"`
}

// Load reads a file in the form of rules.toml. The error names everything that is wrong.
func Load(r io.Reader) (*anomaly.CaseRules, error) {
	var f rulesFile
	if err := tomlfile.Read(r, &f); err != nil {
		return nil, err
	}
	if f.Version != 1 {
		return nil, anomaly.NewFault("rules.version", anomaly.CountArg("version", f.Version))
	}
	rules := &anomaly.CaseRules{
		RecordMonths: f.Record.Months, RecordSource: f.Record.Source,
		FeedbackDays: f.Feedback.Days, SurveyDays: f.Feedback.SurveyDays, DecisionDays: f.Entitlement.DecisionDays,
		HandlingCost: map[string]anomaly.Decimal{}, Margin: f.Goodwill.Margin,
	}
	var faults []error
	fault := func(at, key string, args ...anomaly.Arg) {
		faults = append(faults, &anomaly.Fault{At: at, Message: anomaly.Msg("rules."+key, args...)})
	}
	f.calendar(&rules.Calendar, fault)
	for i := range f.Clock {
		c := &f.Clock[i]
		if c.ID == "" || c.Days < 1 || len(c.Stops) == 0 || c.Source == "" {
			fault("clock", "clock", anomaly.CountArg("n", i+1))
		}
		rules.Clocks = append(rules.Clocks, *c)
	}
	if rules.FeedbackDays < 1 || rules.SurveyDays < 1 || rules.DecisionDays < 1 || rules.RecordMonths < 1 {
		fault("feedback.days, feedback.survey_days, entitlement.decision_days, record.months", "at_least_1")
	}
	for _, currency := range slices.Sorted(maps.Keys(f.Goodwill.HandlingCost)) {
		text := f.Goodwill.HandlingCost[currency]
		cost, err := anomaly.ParseDecimal(text)
		if err != nil || cost.IsNeg() {
			fault("goodwill.handling_cost."+currency, "amount", anomaly.TextArg("value", strconv.Quote(text)))
			continue
		}
		rules.HandlingCost[currency] = cost
	}
	if l := f.Goodwill.Leave; len(l) == 2 && 0 <= l[0] && l[0] <= l[1] && l[1] <= 1 {
		rules.Leave = [2]float64{l[0], l[1]}
	} else {
		fault("goodwill.leave", "leave")
	}
	if m := rules.Margin; m <= 0 || m > 1 {
		fault("goodwill.margin", "margin", anomaly.TextArg("value", strconv.FormatFloat(m, 'g', -1, 64)))
	}
	return rules, errors.Join(faults...)
}

func (f *rulesFile) calendar(cal *anomaly.Calendar, fault func(at, key string, args ...anomaly.Arg)) {
	c := &f.Calendar
	cal.Zone, cal.Years, cal.Unverified = c.Zone, c.Years, !c.Verified
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" {
		fault("calendar.zone", "zone", anomaly.TextArg("zone", strconv.Quote(c.Zone)))
	}
	open := false
	for day, hours := range [7][]string{c.Sunday, c.Monday, c.Tuesday, c.Wednesday, c.Thursday, c.Friday, c.Saturday} {
		if len(hours) == 0 {
			continue
		}
		if len(hours) != 2 || !clockTime(hours[0]) || !clockTime(hours[1]) || hours[0] >= hours[1] {
			fault("calendar."+strings.ToLower(time.Weekday(day).String()), "hours")
			continue
		}
		cal.Week[day], open = anomaly.Hours{From: hours[0], To: hours[1]}, true
	}
	if !open {
		fault("calendar", "no_hours")
	}
	for _, h := range c.Holidays {
		cal.Holidays = append(cal.Holidays, anomaly.Holiday{On: h.On, Name: h.Name})
	}
	for _, h := range c.Worked {
		cal.Holidays = append(cal.Holidays, anomaly.Holiday{On: h.On, Name: h.Name, Worked: true})
	}
	slices.SortFunc(cal.Holidays, func(a, b anomaly.Holiday) int { return int(a.On - b.On) })
	for i := 1; i < len(cal.Holidays); i++ {
		if cal.Holidays[i].On == cal.Holidays[i-1].On {
			fault("calendar", "twice", anomaly.DateArg("day", cal.Holidays[i].On))
		}
	}
}

// clockTime reports whether s is a time of day, "15:04".
func clockTime(s string) bool {
	_, err := time.Parse("15:04", s)
	return err == nil && len(s) == 5
}

// When reads a day, a day and a time ("2026-03-09", "2026-03-09T14:30" or with a space),
// or an instant with its offset ("2026-10-17T01:30:00Z"), which is put into the
// calendar's zone: everything in a case is civil and local.
func When(text string, cal *anomaly.Calendar) (d anomaly.Date, clock string, err error) {
	text = strings.Replace(strings.TrimSpace(text), " ", "T", 1)
	if d, err = anomaly.ParseDate(text); err == nil {
		return d, "", nil
	}
	if t, err := time.Parse("2006-01-02T15:04", text); err == nil {
		return anomaly.DateOf(t), t.Format("15:04"), nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		zone, err := time.LoadLocation(cal.Zone)
		if err != nil {
			return 0, "", anomaly.NewFault("rules.zone", anomaly.TextArg("zone", strconv.Quote(cal.Zone)))
		}
		return anomaly.DateOf(t.In(zone)), t.In(zone).Format("15:04"), nil
	}
	return 0, "", anomaly.NewFault("fault.when", anomaly.TextArg("value", strconv.Quote(text)))
}
