package tariff

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"whybill/anomaly"
)

// tariff is a checked file in the form that is priced from. It never changes.
type tariff struct {
	*File
	id, currency, unit string
	service            anomaly.Service
	seasonOf           [1232]uint8 // by month*100+day; all zero where there are no seasons
	yearStart          int         // month*100+day
	stages             []string    // the stages that hours belong to; empty without windows
	windows            []window
	holidays           map[anomaly.Date]bool
	yearlyHolidays     [1232]bool
	versions           []version
	overrides          []override
}

type version struct {
	from, until anomaly.Date
	label       string
	unknown     bool
	confidence  string
	charges
}

type override struct {
	from, until anomaly.Date
	label       string
	season      int // the season whose rates hold, or -1
	energy      []energyCharge
}

// charges is what a version charges, with what holds for all versions filled in.
type charges struct {
	energy   []energyCharge
	fixed    []fixedCharge
	demand   []energyCharge
	adders   []adder
	minimum  minimum
	tax      tax
	rounding rounding
	quota    *quota
}

// What the limits of tiers are counted by.
type limitScale uint8

const (
	byMonth limitScale = iota
	byPeriod
	byYear
	byDay
	byKW
)

var limitNames = []string{"month", "period", "year", "day", "kw"}

type energyCharge struct {
	code, stage string
	limits      limitScale
	tiers       []tier
	// inSeason says in which seasons the stage has hours; nil: in all.
	inSeason []bool
}

type tier struct {
	open  bool // the last one, without a limit
	limit anomaly.Decimal
	rates []anomaly.Decimal // by season
	// clause names tier and season in a priced line, such as "tier 2 summer".
	clause []string
}

// What a fixed charge is for.
type fixedPer uint8

const (
	perMonth fixedPer = iota
	perCalendarMonth
	perDay
	perYear
	perBill
)

var perNames = []string{"month", "calendar_month", "day", "year", "bill"}

type fixedCharge struct {
	code    string
	per     fixedPer
	by      string
	amount  anomaly.Decimal
	amounts map[string]Number // by meter size, phases or amperes
}

type adder struct {
	code    string
	percent bool
	amount  anomaly.Decimal // percent, or for each unit
	of      []string
}

type minimum struct {
	set    bool
	charge anomaly.Decimal // zero: none
	per    fixedPer
	phases int
	amps   int
	usage  []minimumUsage
}

type minimumUsage struct {
	phases                  int
	perAmp, flat, flatAbove anomaly.Decimal
}

type tax struct {
	set     bool
	percent anomaly.Decimal
	inside  bool
}

type rounding struct {
	set              bool
	total, tolerance anomaly.Decimal
	energy, lines    anomaly.Decimal // zero: not rounded before the total
	mode             anomaly.RoundMode
}

type quota struct {
	fee, included, overage anomaly.Decimal
	unit                   string
	step                   int64 // seconds; 0 where the quota is not time
	bySession              bool
	nextMonth              bool
	alerts                 []int
}

func (t *tariff) compileCharges(f *Charges, prefix string, to *charges, check *fileCheck) {
	if f.Energy != nil {
		to.energy = t.compileEnergies(f.Energy, prefix, check)
	}
	if f.Fixed != nil {
		to.fixed = compileFixed(f.Fixed, prefix, check)
	}
	if f.Demand != nil {
		to.demand = make([]energyCharge, len(f.Demand))
		for i := range f.Demand {
			d := &f.Demand[i]
			path := fmt.Sprintf("%sdemand[%d]", prefix, i)
			to.demand[i] = energyCharge{code: orDefault(d.Code, "demand"), limits: byPeriod,
				tiers: t.compileTiers(d.Tiers, rateSet{rate: d.Rate, rates: d.Rates}, path, check)}
		}
	}
	if f.Adders != nil {
		to.adders = compileAdders(f.Adders, prefix, check)
	}
	if f.Minimum != nil {
		to.minimum = compileMinimum(f.Minimum, prefix+"minimum", check)
	}
	if f.Tax != nil {
		to.tax = tax{set: true, inside: f.Tax.Inside, percent: check.positive(prefix+"tax.percent", &f.Tax.Percent)}
	}
	if f.Rounding != nil {
		to.rounding = compileRounding(f.Rounding, prefix+"rounding", check)
	}
	if f.Quota != nil {
		to.quota = t.compileQuota(f.Quota, prefix+"quota", check)
	}
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func (t *tariff) compileEnergies(list []Energy, prefix string, check *fileCheck) []energyCharge {
	all := make([]energyCharge, len(list))
	for i := range list {
		e := &list[i]
		path := fmt.Sprintf("%senergy[%d]", prefix, i)
		scale := slices.Index(limitNames, orDefault(e.Limits, "month"))
		if scale < 0 {
			check.add(path+".limits", notOneOf("limits", e.Limits), hintOneOf(strings.Join(limitNames, ", ")))
		}
		if e.Stage != "" && len(t.stages) > 0 && !slices.Contains(t.stages, e.Stage) {
			check.add(path+".stage", notOneOf("stage", e.Stage), hintOneOf(strings.Join(t.stages, ", ")))
		}
		c := energyCharge{code: orDefault(e.Code, "energy"), stage: e.Stage, limits: limitScale(max(0, scale))}
		if e.Stage != "" && len(t.stages) > 0 {
			c.inSeason = make([]bool, t.seasonCount())
			for s := range c.inSeason {
				c.inSeason[s] = t.stageInSeason(e.Stage, s)
			}
		}
		c.tiers = t.compileTiers(e.Tiers, rateSet{e.Rate, e.Rates, e.Stage, c.inSeason}, path, check)
		all[i] = c
	}
	return all
}

// rateSet is what stands in a charge or a tier for its price.
type rateSet struct {
	rate     *Number
	rates    map[string]Number
	stage    string
	inSeason []bool // in which seasons a rate is needed; nil: in all
}

func (t *tariff) compileTiers(list []Tier, own rateSet, path string, check *fileCheck) []tier {
	if list == nil {
		one := []tier{{open: true, rates: t.compileRates(own, path, check)}}
		t.nameTiers(one, own.stage)
		return one
	}
	if own.rate != nil || own.rates != nil {
		check.add(path, anomaly.Msg("tariff.file.rate_and_tiers"))
	}
	tiers := make([]tier, len(list))
	for i := range list {
		f := &list[i]
		at := fmt.Sprintf("%s.tiers[%d]", path, i)
		tiers[i] = tier{open: f.UpTo == nil, limit: check.positive(at+".upto", f.UpTo),
			rates: t.compileRates(rateSet{f.Rate, f.Rates, own.stage, own.inSeason}, at, check)}
		switch last := i == len(list)-1; {
		case tiers[i].open && !last:
			check.add(at, missing("upto"), anomaly.Msg("tariff.hint.open_tier"))
		case !tiers[i].open && last:
			check.add(at+".upto", anomaly.Msg("tariff.file.no_open_tier"), anomaly.Msg("tariff.hint.open_tier"))
		case i > 0 && !tiers[i].open && tiers[i].limit.Cmp(tiers[i-1].limit) <= 0:
			check.add(at+".upto", anomaly.Msg("tariff.file.tiers_order", anomaly.TextArg("value", f.UpTo.text)))
		}
	}
	if len(tiers) == 0 {
		check.add(path, missing("tiers"))
	}
	t.nameTiers(tiers, own.stage)
	return tiers
}

// nameTiers makes, once, the words that say which rate a priced line follows.
func (t *tariff) nameTiers(tiers []tier, stage string) {
	for i := range tiers {
		tiers[i].clause = make([]string, t.seasonCount())
		for s := range tiers[i].clause {
			var words []string
			if len(tiers) > 1 {
				words = append(words, "tier "+strconv.Itoa(i+1))
			}
			if stage != "" {
				words = append(words, stage)
			}
			if len(t.Seasons) > 0 {
				words = append(words, t.Seasons[s].Name)
			}
			tiers[i].clause[s] = strings.Join(words, " ")
		}
	}
}

func (t *tariff) compileRates(own rateSet, path string, check *fileCheck) []anomaly.Decimal {
	all := make([]anomaly.Decimal, t.seasonCount())
	if (own.rate == nil) == (own.rates == nil) {
		check.add(path, anomaly.Msg("tariff.file.one_rate"), anomaly.Msg("tariff.hint.one_rate"))
		return all
	}
	if own.rate != nil {
		d := check.number(path+".rate", own.rate)
		for i := range all {
			all[i] = d
		}
		return all
	}
	known := 0
	for i := range t.Seasons {
		n, ok := own.rates[t.Seasons[i].Name]
		if !ok {
			if own.inSeason == nil || own.inSeason[i] {
				check.add(path+".rates", anomaly.Msg("tariff.file.season_missing", anomaly.TextArg("season", t.Seasons[i].Name)))
			}
			continue
		}
		known++
		all[i] = check.number(path+".rates."+t.Seasons[i].Name, &n)
	}
	if known < len(own.rates) {
		for _, name := range sortedKeys(own.rates) {
			if t.season(name) < 0 {
				check.add(path+".rates."+name, notOneOf("season", name), t.hintSeasons())
			}
		}
	}
	return all
}

func sortedKeys(m map[string]Number) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func compileFixed(list []Fixed, prefix string, check *fileCheck) []fixedCharge {
	all := make([]fixedCharge, len(list))
	for i := range list {
		f := &list[i]
		path := fmt.Sprintf("%sfixed[%d]", prefix, i)
		per := slices.Index(perNames, f.Per)
		if per < 0 {
			check.add(path+".per", notOneOf("per", f.Per), hintOneOf(strings.Join(perNames, ", ")))
		}
		if f.Code == "" {
			check.add(path, missing("code"))
		}
		if (f.Amount == nil) == (f.Amounts == nil) || (f.Amounts == nil) != (f.By == "") {
			check.add(path, anomaly.Msg("tariff.file.fixed_amount"))
		}
		if f.By != "" && f.By != "meter_size" && f.By != "phases" && f.By != "amps" {
			check.add(path+".by", notOneOf("by", f.By), hintOneOf("meter_size, phases, amps"))
		}
		for _, k := range sortedKeys(f.Amounts) {
			n := f.Amounts[k]
			check.number(path+".amounts."+k, &n)
		}
		all[i] = fixedCharge{code: f.Code, per: fixedPer(max(0, per)), by: f.By,
			amount: check.number(path+".amount", f.Amount), amounts: f.Amounts}
	}
	return all
}

func compileAdders(list []Adder, prefix string, check *fileCheck) []adder {
	all := make([]adder, len(list))
	for i := range list {
		f := &list[i]
		path := fmt.Sprintf("%sadder[%d]", prefix, i)
		if f.Code == "" {
			check.add(path, missing("code"))
		}
		if (f.Percent == nil) == (f.PerUnit == nil) {
			check.add(path, anomaly.Msg("tariff.file.adder_one"))
		}
		all[i] = adder{code: f.Code, of: f.Of, percent: f.Percent != nil, amount: check.number(path+".per_unit", f.PerUnit)}
		if f.Percent != nil {
			all[i].amount = check.number(path+".percent", f.Percent)
		}
	}
	return all
}

func compileMinimum(f *Minimum, path string, check *fileCheck) minimum {
	m := minimum{set: true, charge: check.positive(path+".charge", f.Charge), phases: f.Phases, amps: f.Amps}
	per := slices.Index(perNames, orDefault(f.Per, "bill"))
	if per < 0 || fixedPer(per) == perCalendarMonth {
		check.add(path+".per", notOneOf("per", f.Per), hintOneOf("month, day, year, bill"))
	}
	m.per = fixedPer(max(0, per))
	for i := range f.Usage {
		u := &f.Usage[i]
		at := fmt.Sprintf("%s.usage[%d]", path, i)
		m.usage = append(m.usage, minimumUsage{phases: u.Phases, perAmp: check.number(at+".per_amp", &u.PerAmp),
			flat: check.number(at+".flat", &u.Flat), flatAbove: check.number(at+".flat_above", &u.FlatAbove)})
	}
	return m
}

func compileRounding(f *Rounding, path string, check *fileCheck) rounding {
	r := rounding{set: true, total: check.positive(path+".total", &f.Total),
		energy: check.positive(path+".energy", f.Energy), lines: check.positive(path+".lines", f.Lines)}
	r.tolerance = r.total
	if f.Tolerance != nil {
		r.tolerance = check.positive(path+".tolerance", f.Tolerance)
	}
	mode, ok := anomaly.ParseRoundMode(orDefault(f.Mode, "half_up"))
	if !ok {
		check.add(path+".mode", notOneOf("mode", f.Mode), hintOneOf("half_up, half_even, up, down"))
	}
	r.mode = mode
	return r
}

func (t *tariff) compileQuota(f *Quota, path string, check *fileCheck) *quota {
	q := &quota{fee: check.number(path+".fee", &f.Fee), included: check.number(path+".included", &f.Included),
		overage: check.number(path+".overage", &f.Overage), unit: f.Unit, nextMonth: f.Effective == "next_month",
		bySession: f.Round == "session", alerts: f.Alerts}
	if secondsPer(f.Unit) > 0 {
		q.step = 60
		if f.Step > 0 {
			q.step = int64(f.Step)
		}
	} else if f.Unit != t.unit {
		check.add(path+".unit", notOneOf("unit", f.Unit), hintOneOf("min, h, "+t.unit))
	}
	if f.Round != "" && f.Round != "total" && f.Round != "session" {
		check.add(path+".round", notOneOf("round", f.Round), hintOneOf("total, session"))
	}
	if f.Effective != "" && f.Effective != "at_once" && f.Effective != "next_month" {
		check.add(path+".effective", notOneOf("effective", f.Effective), hintOneOf("at_once, next_month"))
	}
	return q
}

// secondsPer returns the seconds of a unit of time, 0 for other units.
func secondsPer(unit string) int64 {
	switch unit {
	case "s":
		return 1
	case "min":
		return 60
	case "h":
		return 3600
	}
	return 0
}
