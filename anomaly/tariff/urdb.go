package tariff

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"whybill/anomaly"
)

// ParseURDB reads a rate of the OpenEI utility rate database, as JSON: the object
// itself, or the answer of its interface with one item. What the engine cannot price
// (demand by time of use, ratchets) is an error that names the field; what does not
// bear on a bill is left out. The error is Problems.
//
// A rate's periods become stages named period0, period1, ...; months with the same
// schedule become a season.
func ParseURDB(name string, data []byte) (*File, error) {
	f, _, err := parseURDB(name, data)
	return f, err
}

func parseURDB(name string, data []byte) (*File, *tariff, error) {
	check := &fileCheck{name: name}
	u, err := decodeURDB(data)
	if err != nil {
		check.add("", anomaly.Msg("tariff.file.syntax", anomaly.TextArg("text", err.Error())))
		return nil, nil, check.problems
	}
	f := u.file(check)
	if len(check.problems) > 0 {
		return nil, nil, check.problems
	}
	t := compile(f, check)
	if len(check.problems) > 0 {
		return nil, nil, check.problems
	}
	return f, t, nil
}

// urdbRate holds the fields that a bill depends on, newer and older names.
type urdbRate struct {
	Label, Utility, Name, Sector string
	StartDate, EndDate           json.Number

	FixedChargeFirstMeter, FixedMonthlyCharge    json.Number
	FixedChargeUnits                             string
	MinCharge, MinMonthlyCharge, AnnualMinCharge json.Number
	MinChargeUnits                               string
	EnergyRateStructure                          [][]urdbTier
	EnergyWeekdaySchedule, EnergyWeekendSchedule [][]int
	FlatDemandStructure, DemandRateStructure     [][]urdbTier
	FlatDemandMonths                             []int
	DemandWeekdaySchedule, DemandWeekendSchedule [][]int
	DemandRatchetPercentage                      []json.Number
}

type urdbTier struct {
	Max, Rate, Adj json.Number
	Unit           string
}

func decodeURDB(data []byte) (*urdbRate, error) {
	data = bytes.TrimSpace(data)
	var answer struct{ Items []json.RawMessage }
	var list []json.RawMessage
	switch {
	case len(data) > 0 && data[0] == '[':
		if err := json.Unmarshal(data, &list); err != nil {
			return nil, err
		}
	default:
		if err := json.Unmarshal(data, &answer); err != nil {
			return nil, err
		}
		list = answer.Items
	}
	switch {
	case len(list) == 1:
		data = list[0]
	case len(list) > 1:
		return nil, fmt.Errorf("the file holds %d rates; give one", len(list))
	}
	u := &urdbRate{}
	// Field names are matched without regard to case, as encoding/json does.
	if err := json.Unmarshal(data, u); err != nil {
		return nil, err
	}
	if len(u.EnergyRateStructure) == 0 {
		return nil, fmt.Errorf("the file has no energyratestructure")
	}
	return u, nil
}

func (u *urdbRate) file(check *fileCheck) *File {
	label := strings.Trim(strings.ToLower(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, u.Label)), "_")
	f := &File{ID: "us.urdb." + label, Name: strings.TrimSpace(u.Utility + " " + u.Name), Service: "electricity",
		Currency: "USD", Unit: "kWh", Sources: []string{"OpenEI utility rate database, label " + u.Label},
		Confidence: "as published in the database"}
	for strings.Contains(f.ID, "__") {
		f.ID = strings.ReplaceAll(f.ID, "__", "_")
	}
	if u.Sector != "" {
		f.Classes = []string{strings.ToLower(u.Sector)}
	}
	f.Rounding = &Rounding{Total: num(anomaly.MustDecimal("0.01"))}
	months := u.seasons(f, check)
	v := Version{}
	v.Energy = u.energy(f, check)
	v.Fixed = u.fixed(check)
	v.Minimum = u.minimum(check)
	v.Demand = u.demand(f, months, check)
	u.dates(f, v, check)
	return f
}

// number takes a JSON number; ok is false where it is left out.
func (c *fileCheck) jsonNumber(path string, n json.Number) (d anomaly.Decimal, ok bool) {
	if n == "" {
		return anomaly.Decimal{}, false
	}
	d, err := anomaly.ParseDecimal(n.String())
	if err != nil {
		c.add(path, anomaly.Msg("tariff.file.bad_number", anomaly.TextArg("value", n.String())))
		return anomaly.Decimal{}, false
	}
	return d, true
}

func (u *urdbRate) dates(f *File, v Version, check *fileCheck) {
	day := func(path string, n json.Number, add int) (toml.LocalDate, bool) {
		d, ok := check.jsonNumber(path, n)
		if !ok {
			return toml.LocalDate{}, false
		}
		seconds, _, ok := d.Int64(0)
		if !ok || seconds < -1<<40 || seconds > 1<<40 {
			check.add(path, anomaly.Msg("tariff.file.bad_date", anomaly.TextArg("value", n.String())))
			return toml.LocalDate{}, false
		}
		on, _ := civilOf(seconds)
		y, m, dd := on.AddDays(add).Civil()
		return toml.LocalDate{Year: y, Month: m, Day: dd}, true
	}
	v.From, _ = day("startdate", u.StartDate, 0)
	f.Versions = []Version{v}
	if end, ok := day("enddate", u.EndDate, 1); ok {
		f.Versions = append(f.Versions, Version{From: end, Unknown: true, Note: "The rate ended the day before."})
	}
}

// seasons makes a season of the months that share their schedules; it returns the
// index of each month's season.
func (u *urdbRate) seasons(f *File, check *fileCheck) [12]int {
	var of [12]int
	weekday, weekend := u.EnergyWeekdaySchedule, u.EnergyWeekendSchedule
	if len(weekday) == 0 && len(u.EnergyRateStructure) == 1 {
		weekday = allZero()
	}
	if len(weekend) == 0 {
		weekend = weekday
	}
	if !u.validSchedule("energyweekdayschedule", weekday, check) || !u.validSchedule("energyweekendschedule", weekend, check) {
		return of
	}
	if n := len(u.FlatDemandMonths); n != 0 && n != 12 {
		check.add("", anomaly.Msg("tariff.urdb.bad_field", anomaly.TextArg("field", "flatdemandmonths")))
		return of
	}
	keys := []string{}
	firsts := []int{}
	for m := range of {
		key := fmt.Sprint(weekday[m], weekend[m])
		if len(u.FlatDemandMonths) == 12 {
			key += fmt.Sprint(u.FlatDemandMonths[m])
		}
		of[m] = -1
		for i, k := range keys {
			if k == key {
				of[m] = i
			}
		}
		if of[m] < 0 {
			of[m] = len(keys)
			keys = append(keys, key)
			firsts = append(firsts, m)
		}
	}
	many := len(u.EnergyRateStructure) > 1
	if len(keys) > 1 {
		for i := range keys {
			f.Seasons = append(f.Seasons, Season{Name: fmt.Sprintf("season%d", i), Spans: monthSpans(of, i)})
		}
	}
	if !many {
		return of
	}
	f.DefaultStage = "period0"
	for i, m := range firsts {
		season := ""
		if len(keys) > 1 {
			season = f.Seasons[i].Name
		}
		f.Windows = append(f.Windows, windowsOf(weekday[m], weekend[m], season)...)
	}
	return of
}

func allZero() [][]int {
	rows := make([][]int, 12)
	for i := range rows {
		rows[i] = make([]int, 24)
	}
	return rows
}

func (u *urdbRate) validSchedule(field string, rows [][]int, check *fileCheck) bool {
	ok := len(rows) == 12
	for _, row := range rows {
		ok = ok && len(row) == 24
		for _, p := range row {
			ok = ok && p >= 0 && p < len(u.EnergyRateStructure)
		}
	}
	if !ok {
		check.add("", anomaly.Msg("tariff.urdb.bad_field", anomaly.TextArg("field", field)))
	}
	return ok
}

func monthSpans(of [12]int, season int) []string {
	var spans []string
	for m := 0; m < 12; m++ {
		if of[m] != season {
			continue
		}
		end := m
		for end+1 < 12 && of[end+1] == season {
			end++
		}
		spans = append(spans, fmt.Sprintf("%02d-01..%02d-%02d", m+1, end+1, daysIn(2000, end+1)))
		m = end
	}
	return spans
}

// windowsOf turns two rows of a schedule into windows; period0 is what no window covers.
func windowsOf(weekday, weekend []int, season string) []Window {
	var all []Window
	add := func(row []int, days string) {
		for h := 0; h < 24; h++ {
			end := h
			for end+1 < 24 && row[end+1] == row[h] {
				end++
			}
			if row[h] != 0 {
				all = append(all, Window{Stage: fmt.Sprintf("period%d", row[h]), Season: season, Days: days,
					Hours: []string{fmt.Sprintf("%02d:00-%02d:00", h, end+1)}})
			}
			h = end
		}
	}
	if fmt.Sprint(weekday) == fmt.Sprint(weekend) {
		add(weekday, "all")
		return all
	}
	add(weekday, "workdays")
	add(weekend, "weekend")
	return all
}

func (u *urdbRate) energy(f *File, check *fileCheck) []Energy {
	var all []Energy
	for p, tiers := range u.EnergyRateStructure {
		e := Energy{}
		if f.DefaultStage != "" {
			e.Stage = fmt.Sprintf("period%d", p)
			if !usesStage(f, e.Stage) {
				continue
			}
		}
		if len(tiers) == 0 {
			check.add("", anomaly.Msg("tariff.urdb.bad_field", anomaly.TextArg("field", "energyratestructure")))
		}
		for k, t := range tiers {
			field := fmt.Sprintf("energyratestructure[%d][%d]", p, k)
			limits, ok := map[string]string{"": "month", "kWh": "month", "kWh daily": "day", "kWh/kW": "kw"}[t.Unit]
			if !ok || k > 0 && limits != e.Limits {
				check.add("", anomaly.Msg("tariff.urdb.unsupported", anomaly.TextArg("field", field+".unit "+t.Unit)))
				continue
			}
			e.Limits = limits
			rate := t.price(field, check)
			tier := Tier{Rate: &rate}
			if k < len(tiers)-1 {
				limit, ok := check.jsonNumber(field+".max", t.Max)
				if !ok {
					check.add("", anomaly.Msg("tariff.urdb.bad_field", anomaly.TextArg("field", field+".max")))
				}
				n := num(limit)
				tier.UpTo = &n
			}
			e.Tiers = append(e.Tiers, tier)
		}
		all = append(all, e)
	}
	return all
}

func usesStage(f *File, stage string) bool {
	if stage == f.DefaultStage {
		return true
	}
	for i := range f.Windows {
		if f.Windows[i].Stage == stage {
			return true
		}
	}
	return false
}

// price is rate plus adjustment.
func (t *urdbTier) price(field string, check *fileCheck) Number {
	rate, _ := check.jsonNumber(field+".rate", t.Rate)
	adj, _ := check.jsonNumber(field+".adj", t.Adj)
	sum, ok := anomaly.Add(rate, adj)
	if !ok {
		check.add("", anomaly.Msg("tariff.urdb.bad_field", anomaly.TextArg("field", field)))
	}
	return num(sum)
}

func (u *urdbRate) fixed(check *fileCheck) []Fixed {
	amount, ok := check.jsonNumber("fixedchargefirstmeter", u.FixedChargeFirstMeter)
	units := u.FixedChargeUnits
	if !ok {
		amount, ok = check.jsonNumber("fixedmonthlycharge", u.FixedMonthlyCharge)
		units = "$/month"
	}
	if !ok || amount.IsZero() {
		return nil
	}
	per, known := perUnit(units)
	if !known {
		check.add("", anomaly.Msg("tariff.urdb.unsupported", anomaly.TextArg("field", "fixedchargeunits "+units)))
	}
	n := num(amount)
	return []Fixed{{Code: "basic", Amount: &n, Per: per}}
}

func perUnit(units string) (per string, ok bool) {
	switch units {
	case "", "$/month":
		return "month", true
	case "$/day":
		return "day", true
	case "$/year":
		return "year", true
	}
	return "month", false
}

func (u *urdbRate) minimum(check *fileCheck) *Minimum {
	for _, m := range []struct {
		field, units string
		n            json.Number
	}{
		{"mincharge", u.MinChargeUnits, u.MinCharge}, {"minmonthlycharge", "$/month", u.MinMonthlyCharge},
		{"annualmincharge", "$/year", u.AnnualMinCharge},
	} {
		amount, ok := check.jsonNumber(m.field, m.n)
		if !ok || amount.IsZero() {
			continue
		}
		per, known := perUnit(m.units)
		if !known {
			check.add("", anomaly.Msg("tariff.urdb.unsupported", anomaly.TextArg("field", m.field+"units "+m.units)))
		}
		n := num(amount)
		return &Minimum{Charge: &n, Per: per}
	}
	return nil
}

// demand turns the demand charges by month into charges by season.
func (u *urdbRate) demand(f *File, months [12]int, check *fileCheck) []Demand {
	for _, tiers := range u.DemandRateStructure {
		for k := range tiers {
			if r := tiers[k].price("demandratestructure", check); !r.IsZero() {
				check.add("", anomaly.Msg("tariff.urdb.unsupported", anomaly.TextArg("field", "demandratestructure")))
				return nil
			}
		}
	}
	for _, n := range u.DemandRatchetPercentage {
		if d, ok := check.jsonNumber("demandratchetpercentage", n); ok && !d.IsZero() {
			check.add("", anomaly.Msg("tariff.urdb.unsupported", anomaly.TextArg("field", "demandratchetpercentage")))
			return nil
		}
	}
	if len(u.FlatDemandStructure) > 1 && len(u.FlatDemandMonths) != 12 {
		check.add("", anomaly.Msg("tariff.urdb.bad_field", anomaly.TextArg("field", "flatdemandmonths")))
		return nil
	}
	var all []Demand
	for p, tiers := range u.FlatDemandStructure {
		d := Demand{}
		charged := false
		for k := range tiers {
			field := fmt.Sprintf("flatdemandstructure[%d][%d]", p, k)
			rate := tiers[k].price(field, check)
			charged = charged || !rate.IsZero()
			tier := Tier{Rate: &rate}
			if len(f.Seasons) > 0 {
				tier = Tier{Rates: u.demandRates(f, months, p, rate)}
			}
			if k < len(tiers)-1 {
				limit, ok := check.jsonNumber(field+".max", tiers[k].Max)
				if !ok {
					check.add("", anomaly.Msg("tariff.urdb.bad_field", anomaly.TextArg("field", field+".max")))
				}
				n := num(limit)
				tier.UpTo = &n
			}
			d.Tiers = append(d.Tiers, tier)
		}
		if charged {
			all = append(all, d)
		}
	}
	return all
}

func (u *urdbRate) demandRates(f *File, months [12]int, p int, rate Number) map[string]Number {
	rates := map[string]Number{}
	for m, season := range months {
		name := f.Seasons[season].Name
		rates[name] = num(anomaly.Decimal{})
		if len(u.FlatDemandMonths) != 12 || u.FlatDemandMonths[m] == p {
			rates[name] = rate
		}
	}
	return rates
}
