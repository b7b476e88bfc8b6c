package anomaly

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
)

// ModelVersion is the version of the model's JSON form and of what its numbers mean.
const ModelVersion = 1

// Model is what training learnt from many histories: hyper-parameters, seasonal
// index and calibration by group of accounts. It is a value: learnt by package
// train, used by package estimate, kept in the store or in a file. The model itself is
// described in package pll.
type Model struct {
	Version int `json:"version"`
	// LearntFrom says, for the record, how many accounts and bills and up to which day.
	Accounts int  `json:"accounts"`
	Bills    int  `json:"bills"`
	Until    Date `json:"until"`
	// Groups are ordered by service and class. The group without a class holds for every
	// account of its service whose class has no group of its own.
	Groups []GroupModel `json:"groups"`
	// Priors is what visits taught; nil where nothing was learnt from any.
	Priors *LearntPriors `json:"priors,omitempty"`
	// Promise is how the promise that the next bill changes the decision was kept in the
	// past; nil where that is not known.
	Promise *LearntPromise `json:"promise,omitempty"`
}

// Trained reports whether anything was learnt from bills.
func (m *Model) Trained() bool { return m != nil && m.Bills > 0 }

// LearntPriors returns what visits taught, nil where nothing was learnt.
func (m *Model) LearntPriors() *LearntPriors {
	if m == nil {
		return nil
	}
	return m.Priors
}

// LearntPromise returns how promises were kept, nil where that is not known.
func (m *Model) LearntPromise() *LearntPromise {
	if m == nil {
		return nil
	}
	return m.Promise
}

// SeasonTerms is the number of seasonal coefficients: cosine and sine of the first
// three harmonics of the year, in that order.
const SeasonTerms = 6

// GroupModel is what was learnt from one group of accounts. Usages are a day, logs are
// natural; variances called relative are in units of the account's own error variance.
type GroupModel struct {
	Service  string `json:"service"`
	Class    string `json:"class,omitempty"` // "": every class
	Accounts int    `json:"accounts"`
	Bills    int    `json:"bills"`

	LevelDrift      float64 `json:"level_drift"`      // q: relative variance that the level gains in 30 days
	SeasonVariance  float64 `json:"season_variance"`  // relative variance of an account's own first harmonic
	SeasonDecay     float64 `json:"season_decay"`     // factor of that variance from one harmonic to the next
	PassingVariance float64 `json:"passing_variance"` // relative variance of deviations that die away
	PassingMemory   float64 `json:"passing_memory"`   // share of such a deviation that is left after 30 days
	Sigma           float64 `json:"sigma"`            // typical error of the log usage of a 30-day bill
	SigmaWeight     float64 `json:"sigma_weight"`     // how many bills that typical error is worth
	RobustDOF       float64 `json:"robust_dof"`       // degrees of freedom of the weights that tame outliers
	Level           float64 `json:"level"`            // median over accounts of log usage a day
	LevelSD         float64 `json:"level_sd"`         // its spread over accounts
	MedianUsage     float64 `json:"median_usage"`     // median over accounts of usage a day

	Archetypes []Archetype    `json:"archetypes"` // at least one
	Weather    WeatherModel   `json:"weather"`
	Appliances ApplianceModel `json:"appliances"`

	// Calibration holds what the intervals need to hold what they promise, one cell a
	// length of history, alone and with the peers' factor. Empty: not calibrated.
	Calibration []CalibrationCell `json:"calibration,omitempty"`
}

// Archetype is one typical shape of the year and the share of accounts that have it.
type Archetype struct {
	Share  float64              `json:"share"`
	Season [SeasonTerms]float64 `json:"season"`
}

// WeatherModel says how log usage answers to a degree-day a day more than usual.
// Balance points are in degrees Celsius.
type WeatherModel struct {
	HeatBelow  float64 `json:"heat_below"`
	CoolAbove  float64 `json:"cool_above"`
	HeatEffect float64 `json:"heat_effect"`
	CoolEffect float64 `json:"cool_effect"`
	HeatSD     float64 `json:"heat_sd"` // spread of the effect over accounts
	CoolSD     float64 `json:"cool_sd"`
}

// ApplianceModel relates what is declared to what is used:
// log(actual) = Intercept + Slope*log(declared), give or take SD.
type ApplianceModel struct {
	Intercept float64 `json:"intercept"`
	Slope     float64 `json:"slope"`
	SD        float64 `json:"sd"`
	// Reliability is the probability that a load declared as new is there and used.
	Reliability float64 `json:"reliability"`
}

// CalibrationCell maps the promised tail probabilities to the ones that the model's
// distribution has to be asked for, so that the interval keeps its promise. It was
// learnt from Scores one-step-ahead predictions of bills with MinBills to MaxBills
// bills before them (MaxBills 0: no upper end).
type CalibrationCell struct {
	MinBills int  `json:"min_bills"`
	MaxBills int  `json:"max_bills,omitempty"`
	Peers    bool `json:"peers"`
	Scores   int  `json:"scores"`
	// Low and High hold the lower and upper tail probability for the 90, 95 and 99 %
	// interval.
	Low  [3]float64 `json:"low"`
	High [3]float64 `json:"high"`
}

// GroupClass returns the class by which accounts are grouped: their class, or their
// tariff where they have none.
func (a *Account) GroupClass() string {
	if a.Class != "" {
		return a.Class
	}
	return a.Tariff
}

// GroupKey names a group of accounts, such as "electricity" or "electricity/residential".
func GroupKey(service Service, class string) string {
	if service == ServiceUnknown {
		service = Electricity
	}
	if class == "" {
		return service.String()
	}
	return service.String() + "/" + class
}

// RegionKey names the accounts of a group in one region, such as "electricity/residential@north".
func RegionKey(service Service, class, region string) string {
	return GroupKey(service, class) + "@" + region
}

// Group returns what was learnt from accounts of this service and class, or from all
// of the service; nil where nothing was.
func (m *Model) Group(service Service, class string) *GroupModel {
	if m == nil {
		return nil
	}
	if service == ServiceUnknown {
		service = Electricity
	}
	name := service.String()
	for _, c := range [...]string{class, ""} {
		i, found := slices.BinarySearchFunc(m.Groups, c, func(g GroupModel, class string) int {
			return cmp.Or(strings.Compare(g.Service, name), strings.Compare(g.Class, class))
		})
		if found {
			return &m.Groups[i]
		}
	}
	return nil
}

// MaxArchetypes is the most seasonal shapes that a group may have.
const MaxArchetypes = 6

// Validate reports what makes a model, as read from a file, impossible to compute with:
// another version, groups out of order, no shape, numbers outside their range.
func (m *Model) Validate() error {
	if m.Version != ModelVersion {
		return NewFault("model.version", CountArg("version", m.Version), CountArg("known", ModelVersion))
	}
	var problems []error
	for i := range m.Groups {
		g := &m.Groups[i]
		if i > 0 && cmp.Or(strings.Compare(m.Groups[i-1].Service, g.Service), strings.Compare(m.Groups[i-1].Class, g.Class)) >= 0 {
			problems = append(problems, NewFault("model.order", CountArg("n", i)))
		}
		if err := g.fault(); err != nil {
			err.At = strings.TrimSpace(g.Service + " " + g.Class)
			problems = append(problems, err)
		}
	}
	return errors.Join(append(problems, m.Priors.Validate(), m.Promise.Validate())...)
}

// fault returns the first of a group's numbers that nothing can be computed with, nil
// where there is none.
func (g *GroupModel) fault() *Fault {
	if n := len(g.Archetypes); n < 1 || n > MaxArchetypes {
		return NewFault("model.archetypes", CountArg("n", n), CountArg("most", MaxArchetypes))
	}
	shares := 0.0
	for _, a := range g.Archetypes {
		shares += a.Share
		for _, s := range a.Season {
			if !(math.Abs(s) < 10) {
				return outside("season", s, -10, 10)
			}
		}
	}
	if math.Abs(shares-1) > 1e-6 {
		return outside("share", shares, 1, 1)
	}
	for _, x := range []struct {
		name       string
		value      float64
		least, top float64
	}{
		{"level_drift", g.LevelDrift, 0, 1e3}, {"season_variance", g.SeasonVariance, 0, 1e6}, {"season_decay", g.SeasonDecay, 0, 1},
		{"passing_variance", g.PassingVariance, 0, 1e3}, {"passing_memory", g.PassingMemory, 1e-6, 1},
		{"sigma", g.Sigma, 1e-6, 100}, {"sigma_weight", g.SigmaWeight, 1, 1e6}, {"robust_dof", g.RobustDOF, 1, 1e12},
		{"level", g.Level, -100, 100}, {"level_sd", g.LevelSD, 1e-3, 100}, {"median_usage", g.MedianUsage, 0, 1e12},
		{"reliability", g.Appliances.Reliability, 1e-6, 1 - 1e-6},
	} {
		if !(x.least <= x.value && x.value <= x.top) { // not a number is outside too
			return outside(x.name, x.value, x.least, x.top)
		}
	}
	for _, c := range g.Calibration {
		for _, p := range [...]float64{c.Low[0], c.Low[1], c.Low[2], c.High[0], c.High[1], c.High[2]} {
			if !(p > 0 && p <= 0.5) {
				return outside("calibration", p, 0, 0.5)
			}
		}
	}
	return nil
}

func outside(name string, value, least, most float64) *Fault {
	number := func(arg string, x float64) Arg { return TextArg(arg, strconv.FormatFloat(x, 'g', 6, 64)) }
	return NewFault("model.outside", TextArg("name", name), number("value", value), number("least", least), number("most", most))
}

// ColdStart returns the documented defaults for a service before anything was learnt:
// no seasonal shape, the spread of households (as measured on tens of thousands
// of their bills, rounded), wide own seasonality.
func ColdStart(service Service) GroupModel {
	g := GroupModel{
		Service:    service.String(),
		LevelDrift: 0.3, SeasonVariance: 2, SeasonDecay: 0.35,
		PassingVariance: 1, PassingMemory: 0.6,
		Sigma: 0.15, SigmaWeight: 3, RobustDOF: 8,
		LevelSD:    1,
		Archetypes: []Archetype{{Share: 1}},
		// The balance points are 60 and 65 degrees Fahrenheit.
		Weather:    WeatherModel{HeatBelow: 15.5, CoolAbove: 18.3, HeatEffect: 0.01, HeatSD: 0.02, CoolEffect: 0.02, CoolSD: 0.02},
		Appliances: ApplianceModel{Intercept: 0.223, Slope: 1, SD: 0.4, Reliability: 0.8}, // ln 1.25: lists are not complete
	}
	switch service {
	case Gas:
		g.Weather.HeatEffect, g.Weather.HeatSD = 0.05, 0.03
		g.Weather.CoolEffect, g.Weather.CoolSD = 0, 0.005
	case Water, Broadband:
		g.Weather.HeatEffect, g.Weather.HeatSD = 0, 0.005
		g.Weather.CoolEffect, g.Weather.CoolSD = 0.005, 0.01
	}
	return g
}
