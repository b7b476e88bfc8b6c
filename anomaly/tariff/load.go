package tariff

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"whybill/anomaly"
)

// Parse reads a tariff file. It is strict: a key that is not known is an error, and
// so is everything that would make the tariff mean two things. The error is Problems.
// name is what the problems call the file.
func Parse(name string, data []byte) (*File, error) {
	f, _, err := parse(name, data)
	return f, err
}

// Validate returns everything that is wrong with a tariff file (TOML, or JSON of the
// utility rate database where the name ends in .json), in the order of its lines;
// nothing where it can be used.
func Validate(name string, data []byte) Problems {
	_, _, err := reader(name)(name, data)
	problems, _ := err.(Problems) //nolint:errorlint // parse returns nothing else
	return problems
}

// Encode writes a tariff file that Parse reads as the same.
func Encode(f *File) ([]byte, error) {
	var b bytes.Buffer
	err := toml.NewEncoder(&b).EnableMarshalerInterface().Encode(f)
	return b.Bytes(), err
}

// reader tells the two formats apart by the file's name.
func reader(name string) func(string, []byte) (*File, *tariff, error) {
	if strings.EqualFold(filepath.Ext(name), ".json") {
		return parseURDB
	}
	return parse
}

func parse(name string, data []byte) (*File, *tariff, error) {
	check := &fileCheck{name: name, data: data}
	f := &File{}
	if err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().EnableUnmarshalerInterface().Decode(f); err != nil {
		check.addDecodeError(err)
		return nil, nil, check.problems
	}
	t := compile(f, check)
	if len(check.problems) > 0 {
		slices.SortStableFunc(check.problems, func(a, b Problem) int { return a.Line - b.Line })
		return nil, nil, check.problems
	}
	return f, t, nil
}

var idPattern = regexp.MustCompile(`^[a-z0-9]+([._-][a-z0-9]+)*$`)

// compile checks a file and turns it into the form that is priced from.
func compile(f *File, check *fileCheck) *tariff {
	t := &tariff{File: f, id: f.ID, currency: f.Currency, unit: f.Unit}
	if !idPattern.MatchString(f.ID) {
		check.add("id", anomaly.Msg("tariff.file.bad_id", anomaly.TextArg("value", f.ID)),
			anomaly.Msg("tariff.hint.id"))
	}
	service, ok := anomaly.ParseService(f.Service)
	if !ok {
		check.add("service", notOneOf("service", f.Service), hintOneOf("electricity, water, gas, broadband"))
	}
	t.service = service
	if len(f.Currency) != 3 || strings.ToUpper(f.Currency) != f.Currency {
		check.add("currency", notOneOf("currency", f.Currency), hintOneOf("TWD, CNY, USD, EUR"))
	}
	if f.Unit == "" {
		check.add("unit", missing("unit"))
	}
	t.compileLengths(check)
	t.compileSeasons(check)
	t.compileStages(check)
	t.yearStart = 101
	if f.YearStart != "" {
		if t.yearStart, ok = monthDay(f.YearStart); !ok {
			check.add("year_start", badDay(f.YearStart))
		}
	}
	t.compileVersions(check)
	t.compileOverrides(check)
	return t
}

func missing(key string) anomaly.Message {
	return anomaly.Msg("tariff.file.missing", anomaly.TextArg("key", key))
}

func notOneOf(key, value string) anomaly.Message {
	return anomaly.Msg("tariff.file.not_one_of", anomaly.TextArg("key", key), anomaly.TextArg("value", value))
}

func hintOneOf(values string) anomaly.Message {
	return anomaly.Msg("tariff.hint.one_of", anomaly.TextArg("values", values))
}

func badDay(value string) anomaly.Message {
	return anomaly.Msg("tariff.file.bad_day", anomaly.TextArg("value", value))
}

// monthDay reads "06-01" as 601.
func monthDay(s string) (int, bool) {
	d, err := anomaly.ParseDate("2000-" + s) // a leap year: 02-29 is a day
	if err != nil {
		return 0, false
	}
	_, m, day := d.Civil()
	return m*100 + day, true
}

func (t *tariff) compileLengths(check *fileCheck) {
	for i, l := range t.Lengths {
		path := fmt.Sprintf("length[%d]", i)
		if len(l.Days) != 2 || l.Days[0] < 1 || l.Days[1] < l.Days[0] || l.Months < 1 {
			check.add(path, anomaly.Msg("tariff.file.bad_length"))
		}
	}
}

func (t *tariff) compileSeasons(check *fileCheck) {
	if len(t.Seasons) == 0 {
		return
	}
	rest := -1
	const open = 0xff
	for i := range t.seasonOf {
		t.seasonOf[i] = open
	}
	for i, s := range t.Seasons {
		path := fmt.Sprintf("season[%d]", i)
		if s.Name == "" {
			check.add(path, missing("name"))
		}
		for j := range i {
			if t.Seasons[j].Name == s.Name {
				check.add(path+".name", twice(s.Name))
			}
		}
		if len(s.Spans) == 0 {
			if rest >= 0 {
				check.add(path, anomaly.Msg("tariff.file.two_rests"))
			}
			rest = i
		}
		for k, span := range s.Spans {
			from, to, ok := strings.Cut(span, "..")
			a, ok1 := monthDay(from)
			b, ok2 := monthDay(to)
			if !ok || !ok1 || !ok2 {
				check.add(fmt.Sprintf("%s.spans[%d]", path, k), anomaly.Msg("tariff.file.bad_span", anomaly.TextArg("value", span)),
					anomaly.Msg("tariff.hint.span"))
				continue
			}
			for md := range t.seasonOf {
				in := a <= md && md <= b
				if b < a { // over the new year
					in = md >= a || md <= b
				}
				if !in || !isMonthDay(md) {
					continue
				}
				if t.seasonOf[md] != open {
					check.add(fmt.Sprintf("%s.spans[%d]", path, k), anomaly.Msg("tariff.file.seasons_overlap", anomaly.TextArg("value", span)))
					break
				}
				t.seasonOf[md] = uint8(i)
			}
		}
	}
	for md := range t.seasonOf {
		if t.seasonOf[md] != open || !isMonthDay(md) {
			continue
		}
		if rest < 0 {
			check.add("season", anomaly.Msg("tariff.file.season_gap", anomaly.TextArg("day", fmt.Sprintf("%02d-%02d", md/100, md%100))),
				anomaly.Msg("tariff.hint.rest_season"))
			return
		}
		t.seasonOf[md] = uint8(rest)
	}
}

func twice(value string) anomaly.Message {
	return anomaly.Msg("tariff.file.twice", anomaly.TextArg("value", value))
}

func isMonthDay(md int) bool {
	_, ok := anomaly.NewDate(2000, md/100, md%100)
	return ok
}

// season returns the index of the named season, and -1 where there is none.
func (t *tariff) season(name string) int {
	for i := range t.Seasons {
		if t.Seasons[i].Name == name {
			return i
		}
	}
	return -1
}

func (t *tariff) seasonCount() int { return max(1, len(t.Seasons)) }

// date turns a TOML date into a civil one.
func (c *fileCheck) date(path string, d toml.LocalDate) anomaly.Date {
	date, ok := anomaly.NewDate(d.Year, d.Month, d.Day)
	switch {
	case d == toml.LocalDate{}:
		c.add(path, missing(path[strings.LastIndexByte(path, '.')+1:]), anomaly.Msg("tariff.hint.date"))
	case !ok || date < anomaly.MinDate || date > anomaly.MaxDate:
		c.add(path, anomaly.Msg("tariff.file.bad_date", anomaly.TextArg("value", d.String())), anomaly.Msg("tariff.hint.date"))
	}
	return date
}

// number takes a number; what is not a plain decimal is a problem.
func (c *fileCheck) number(path string, n *Number) anomaly.Decimal {
	if n == nil {
		return anomaly.Decimal{}
	}
	if n.wrong {
		c.add(path, anomaly.Msg("tariff.file.bad_number", anomaly.TextArg("value", n.text)), anomaly.Msg("tariff.hint.number"))
	}
	return n.Decimal
}

// positive takes a number that must be more than zero.
func (c *fileCheck) positive(path string, n *Number) anomaly.Decimal {
	d := c.number(path, n)
	if n != nil && !n.wrong && !d.IsPos() {
		c.add(path, anomaly.Msg("tariff.file.not_positive", anomaly.TextArg("value", n.text)))
	}
	return d
}

func (t *tariff) compileVersions(check *fileCheck) {
	if len(t.Versions) == 0 {
		check.add("version", missing("version"), anomaly.Msg("tariff.hint.version"))
		return
	}
	common := charges{}
	t.compileCharges(&t.Charges, "", &common, check)
	t.versions = make([]version, len(t.Versions))
	for i := range t.Versions {
		fv, v := &t.Versions[i], &t.versions[i]
		path := fmt.Sprintf("version[%d]", i)
		if i == 0 && fv.From == (toml.LocalDate{}) {
			v.from, v.label = anomaly.MinDate, "undated"
		} else {
			v.from = check.date(path+".from", fv.From)
			v.label = v.from.String()
		}
		v.until = anomaly.MaxDate + 1
		v.unknown = fv.Unknown
		v.confidence = fv.Confidence
		if v.confidence == "" {
			v.confidence = t.Confidence
		}
		if i > 0 {
			if v.from <= t.versions[i-1].from {
				check.add(path+".from", anomaly.Msg("tariff.file.versions_order", anomaly.TextArg("value", v.label)),
					anomaly.Msg("tariff.hint.versions_order"))
			}
			t.versions[i-1].until = v.from
		}
		v.charges = common
		t.compileCharges(&fv.Charges, path+".", &v.charges, check)
		if v.unknown {
			if fv.Energy != nil || fv.Quota != nil || fv.Fixed != nil {
				check.add(path+".unknown", anomaly.Msg("tariff.file.unknown_with_charges"))
			}
			continue
		}
		if len(v.energy) == 0 && len(v.fixed) == 0 && v.quota == nil {
			check.add(path, anomaly.Msg("tariff.file.no_charges"), anomaly.Msg("tariff.hint.charges"))
		}
		if !v.rounding.set {
			check.add(path, missing("rounding"), anomaly.Msg("tariff.hint.rounding"))
		}
	}
}

func (t *tariff) compileOverrides(check *fileCheck) {
	t.overrides = make([]override, len(t.Overrides))
	for i := range t.Overrides {
		fo, o := &t.Overrides[i], &t.overrides[i]
		path := fmt.Sprintf("override[%d]", i)
		o.from = check.date(path+".from", fo.From)
		o.until = check.date(path+".until", fo.Until) + 1
		o.label = o.from.String()
		if o.until <= o.from {
			check.add(path+".until", anomaly.Msg("tariff.file.until_before_from"))
		}
		if i > 0 && o.from < t.overrides[i-1].until {
			check.add(path+".from", anomaly.Msg("tariff.file.overrides_overlap"))
		}
		o.season = -1
		switch {
		case fo.Season != "" && fo.Energy != nil, fo.Season == "" && fo.Energy == nil:
			check.add(path, anomaly.Msg("tariff.file.override_one"))
		case fo.Season != "":
			if o.season = t.season(fo.Season); o.season < 0 {
				check.add(path+".season", notOneOf("season", fo.Season), t.hintSeasons())
			}
		default:
			o.energy = t.compileEnergies(fo.Energy, path+".", check)
		}
	}
}

func (t *tariff) hintSeasons() anomaly.Message {
	names := make([]string, len(t.Seasons))
	for i := range t.Seasons {
		names[i] = t.Seasons[i].Name
	}
	return hintOneOf(strings.Join(names, ", "))
}
