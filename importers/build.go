package importers

import (
	"strconv"
	"strings"

	"whybill/anomaly"
	"whybill/importers/field"
	"whybill/importers/sniff"
)

// build makes the record's row of one kind. Where it cannot, it says which column's
// fault it is (nil: the row as a whole).
func (c *converter) build(kind Kind) (col *column, value string, reason anomaly.Message, ok bool) {
	r := &c.rec
	source := anomaly.Source{File: c.plan.label, Row: int32(r.row)}
	account := r.text[sniff.AccountID]
	if kind != KindWeather {
		if account == "" || field.IsMissing(account) {
			return c.absent(sniff.AccountID)
		}
		if isTotal(account) {
			return c.absent(sniff.AccountID)
		}
	}
	switch kind {
	case KindAccounts:
		c.account(account, source, true)
	case KindMeters:
		return c.meter(account, source)
	case KindReadings:
		return c.reading(account, source)
	case KindBills:
		return c.bill(account, source)
	case KindLines:
		return c.line(account, source)
	case KindAppliances:
		return c.appliance(account, source)
	case KindWeather:
		return c.weather(source)
	case KindIntervals:
		return c.interval(account, source)
	case KindEvents:
		return c.event(account, source)
	case KindInspections:
		return c.inspection(account, source)
	}
	return nil, "", reason, true
}

// absent says that the row lacks a value that it must have.
func (c *converter) absent(f sniff.Field) (*column, string, anomaly.Message, bool) {
	col := c.plan.columnOf(f)
	reason := anomaly.Msg("import.missing_value", anomaly.TextArg("field", f.String()))
	value := ""
	if col != nil {
		value, _ = col.text(c.rec.cells)
	}
	return col, value, reason, false
}

func (c *converter) wrong(f sniff.Field, key string, args ...anomaly.Arg) (*column, string, anomaly.Message, bool) {
	col, value, _, _ := c.absent(f)
	return col, value, anomaly.Msg(key, args...), false
}

var fine anomaly.Message

// account delivers what the row says of its account. In passing (declared false), only
// what is new: a row of another table that says nothing of its account makes none.
func (c *converter) account(id string, source anomaly.Source, declared bool) {
	if !declared && !c.plan.attributes {
		return
	}
	r, has := &c.rec, &c.plan.has
	a := anomaly.Account{
		ID: id, Service: c.plan.service, PremiseID: r.text[sniff.PremiseID], Name: r.text[sniff.Name],
		Class: c.word(r.text[sniff.Class]), Region: c.word(r.text[sniff.Region]), Route: c.word(r.text[sniff.Route]),
		MovedIn: r.date[sniff.MovedIn], MovedOut: r.date[sniff.MovedOut], Status: c.word(r.text[sniff.Status]),
		ServiceAmps: r.num[sniff.ServiceAmps], Phases: small(r.num[sniff.Phases]),
		MeterSize: r.num[sniff.MeterSize], Occupants: r.num[sniff.Occupants],
		WeatherStation: c.word(r.text[sniff.WeatherStation]), PreviousAccountID: r.text[sniff.PreviousAccountID],
	}
	if declared || !c.plan.feeds(KindBills) {
		a.Tariff = c.word(r.text[sniff.Tariff])
	}
	named := anomaly.ServiceUnknown
	if has[sniff.Service] && r.text[sniff.Service] != "" {
		if s, ok := ParseService(r.text[sniff.Service]); ok {
			a.Service, named = s, s
		} else {
			c.remark(c.plan.columnOf(sniff.Service), r.text[sniff.Service], anomaly.Msg("import.bad_service", anomaly.TextArg("allowed", allowedServices)))
		}
	}
	c.sayService(id, named)
	if unit := c.rowUnit(); unit.To != "" {
		a.Unit = unit.To // tells the service, where no row of the account names it
	}
	if a.Service != anomaly.ServiceUnknown && a.Unit == a.Service.Unit() {
		a.Unit = ""
	}
	if !declared {
		if a == (anomaly.Account{ID: id}) || c.accounts[id] == a {
			return
		}
		c.accounts[id] = a
	}
	a.Source = source
	c.batch.Rows.Accounts = append(c.batch.Rows.Accounts, a)
}

var serviceWords = func() map[string]anomaly.Service {
	m := map[string]anomaly.Service{}
	for s, words := range map[anomaly.Service]string{
		anomaly.Electricity: "electricity|electric|elec|power|e|電|電力|用電|电|电力|用电",
		anomaly.Water:       "water|potable water|w|水|自來水|用水|自来水",
		anomaly.Gas:         "gas|natural gas|gaz|g|瓦斯|天然氣|燃气|天然气",
		anomaly.Broadband:   "broadband|internet|telecom|寬頻|網路|宽带|网络",
	} {
		for word := range strings.SplitSeq(words, "|") {
			m[field.Fold(word)] = s
		}
	}
	return m
}()

// allowedServices are the names of the services, as a message lists them.
var allowedServices = strings.Join([]string{
	anomaly.Electricity.String(), anomaly.Water.String(), anomaly.Gas.String(), anomaly.Broadband.String(),
}, ", ")

// ParseService reads the name of a service as files write it.
func ParseService(s string) (anomaly.Service, bool) {
	service, ok := serviceWords[field.Fold(s)]
	return service, ok
}

func small(d anomaly.NullDecimal) int8 {
	if whole, _, ok := d.Decimal.Int64(0); ok && d.Valid && whole > 0 && whole < 128 {
		return int8(whole)
	}
	return 0
}

// rowUnit is the conversion for the unit that the row names, or the table.
func (c *converter) rowUnit() field.Conversion {
	if c.plan.has[sniff.Unit] {
		if u, ok := field.ParseUnit(c.rec.text[sniff.Unit]); ok && u != "" {
			return field.UnitConversion(u)
		}
	}
	return field.UnitConversion(c.plan.unit)
}

// usage brings a usage to the unit of its service.
func (c *converter) usage(d anomaly.Decimal) (anomaly.Decimal, string, bool) {
	if !c.plan.has[sniff.Unit] {
		return d, field.UnitConversion(c.plan.unit).To, true // converted column by column
	}
	text := c.rec.text[sniff.Unit]
	if text == "" {
		return d, field.UnitConversion(c.plan.unit).To, true
	}
	u, ok := field.ParseUnit(text)
	if !ok {
		return d, "", false
	}
	conv := field.UnitConversion(u)
	if !conv.Identity() {
		d, ok = conv.Apply(d)
	}
	return d, conv.To, ok
}

// passingMeter delivers what a row of another table says of its meter.
func (c *converter) passingMeter(id string, source anomaly.Source) {
	has := &c.plan.has
	if !has[sniff.Multiplier] && !has[sniff.Digits] && !has[sniff.Resolution] && !has[sniff.Constant] {
		return
	}
	r := &c.rec
	m := anomaly.Meter{
		AccountID: id, ID: r.text[sniff.MeterID], Multiplier: r.num[sniff.Multiplier], Digits: small(r.num[sniff.Digits]),
		Resolution: r.num[sniff.Resolution], Constant: r.num[sniff.Constant],
	}
	if !m.Multiplier.Valid && m.Digits == 0 && !m.Resolution.Valid && !m.Constant.Valid {
		return
	}
	key := id + "\x00" + m.ID
	if c.plan.watched { // a row that is left out takes what it says of its meter with it
		key += "\x00" + r.text[sniff.Service] + "\x00" + c.rowUnit().To
	}
	if c.meters[key] == m {
		return
	}
	c.meters[key] = m
	m.Source = source
	c.batch.Rows.Meters = append(c.batch.Rows.Meters, m)
}

func (c *converter) meter(id string, source anomaly.Source) (*column, string, anomaly.Message, bool) {
	r := &c.rec
	if r.text[sniff.MeterID] == "" {
		return c.absent(sniff.MeterID)
	}
	c.batch.Rows.Meters = append(c.batch.Rows.Meters, anomaly.Meter{
		AccountID: id, ID: r.text[sniff.MeterID], InstalledOn: r.date[sniff.InstalledOn], RemovedOn: r.date[sniff.RemovedOn],
		InitialReading: r.num[sniff.InitialReading], FinalReading: r.num[sniff.FinalReading],
		Multiplier: r.num[sniff.Multiplier], Digits: small(r.num[sniff.Digits]), Resolution: r.num[sniff.Resolution],
		Constant: r.num[sniff.Constant], VerifiedUntil: r.date[sniff.VerifiedUntil], Source: source,
	})
	return nil, "", fine, true
}

func (c *converter) reading(id string, source anomaly.Source) (*column, string, anomaly.Message, bool) {
	r := &c.rec
	switch {
	case r.date[sniff.ReadOn].IsZero() || r.whole[sniff.ReadOn]:
		return c.absent(sniff.ReadOn)
	case !r.num[sniff.Reading].Valid:
		return c.absent(sniff.Reading)
	}
	c.account(id, source, false)
	c.passingMeter(id, source)
	c.batch.Rows.Readings = append(c.batch.Rows.Readings, anomaly.Reading{
		AccountID: id, MeterID: r.text[sniff.MeterID], Register: c.word(r.text[sniff.Register]), On: r.date[sniff.ReadOn],
		Value: r.num[sniff.Reading].Decimal, Quality: r.qual, Reader: c.word(r.text[sniff.Reader]), Source: source,
	})
	if c.plan.chained {
		return c.chainBill(id, source)
	}
	return nil, "", fine, true
}

func (c *converter) appliance(id string, source anomaly.Source) (*column, string, anomaly.Message, bool) {
	r := &c.rec
	switch {
	case r.text[sniff.Appliance] == "":
		return c.absent(sniff.Appliance)
	case !r.num[sniff.Watts].Valid:
		return c.absent(sniff.Watts)
	case !r.num[sniff.HoursPerDay].Valid:
		return c.absent(sniff.HoursPerDay)
	}
	months, ok := parseMonths(r.text[sniff.Months])
	if !ok {
		return c.wrong(sniff.Months, "import.bad_months")
	}
	value := func(f sniff.Field) float64 {
		if !r.num[f].Valid {
			return 0
		}
		return anomaly.Float(r.num[f].Decimal)
	}
	a := anomaly.Appliance{
		AccountID: id, Name: r.text[sniff.Appliance], Watts: value(sniff.Watts), HoursPerDay: value(sniff.HoursPerDay),
		Count: 1, From: r.date[sniff.From], Until: r.date[sniff.Until], Months: months,
		WattsLow: value(sniff.WattsLow), WattsHigh: value(sniff.WattsHigh),
		HoursLow: value(sniff.HoursLow), HoursHigh: value(sniff.HoursHigh), Source: source,
	}
	if r.num[sniff.Count].Valid {
		a.Count = value(sniff.Count)
	}
	if a.Watts < 0 || a.HoursPerDay < 0 || a.HoursPerDay > 24 || a.HoursHigh > 24 || a.Count < 0 {
		return c.wrong(sniff.HoursPerDay, "import.bad_appliance")
	}
	c.batch.Rows.Appliances = append(c.batch.Rows.Appliances, a)
	return nil, "", fine, true
}

// parseMonths reads "6 7 8 9" and "11-3" (a run over the turn of the year); empty is all year.
func parseMonths(s string) (months uint16, ok bool) {
	s = strings.NewReplacer("、", " ", "，", " ", ";", " ", "月", " ", "~", "-").Replace(field.Tidy(s))
	if field.IsMissing(s) {
		return 0, true
	}
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ' ' || r == ',' }) {
		a, b, isRun := strings.Cut(part, "-")
		from, err := strconv.Atoi(a)
		to := from
		if err == nil && isRun {
			to, err = strconv.Atoi(b)
		}
		if err != nil || from < 1 || from > 12 || to < 1 || to > 12 {
			return 0, false
		}
		for m := from; ; m = m%12 + 1 {
			months |= 1 << (m - 1)
			if m == to {
				break
			}
		}
	}
	return months, true
}

// The coldest and the warmest air ever measured lie between these, in degrees Celsius; a
// file in Fahrenheit soon goes beyond.
const minDegrees, maxDegrees = -90, 60

func (c *converter) weather(source anomaly.Source) (*column, string, anomaly.Message, bool) {
	r := &c.rec
	switch {
	case r.text[sniff.Station] == "":
		return c.absent(sniff.Station)
	case r.date[sniff.Day].IsZero():
		return c.absent(sniff.Day)
	}
	mean := r.num[sniff.MeanTemp]
	degrees := 0.0
	switch low, high := r.num[sniff.MinTemp], r.num[sniff.MaxTemp]; {
	case mean.Valid:
		degrees = anomaly.Float(mean.Decimal)
	case low.Valid && high.Valid:
		if high.Decimal.Cmp(low.Decimal) < 0 || anomaly.Float(high.Decimal) > maxDegrees {
			return c.wrong(sniff.MaxTemp, "import.bad_temperature")
		}
		degrees = (anomaly.Float(low.Decimal) + anomaly.Float(high.Decimal)) / 2
	default:
		return c.absent(sniff.MeanTemp)
	}
	if degrees < minDegrees || degrees > maxDegrees {
		return c.wrong(sniff.MeanTemp, "import.bad_temperature")
	}
	c.batch.Rows.Weather = append(c.batch.Rows.Weather, anomaly.WeatherDay{
		Station: c.word(r.text[sniff.Station]), On: r.date[sniff.Day], Mean: degrees, Source: source,
	})
	return nil, "", fine, true
}

// unixEpoch is the day from which intervals count their seconds.
var unixEpoch = anomaly.MustDate("1970-01-01")

// civilSeconds counts the seconds from 1970 to a time that a clock on the wall shows.
func civilSeconds(on anomaly.Date, seconds int) int64 {
	return int64(on.Sub(unixEpoch))*86400 + int64(seconds)
}

func (r *record) moment(f sniff.Field) int64 {
	return civilSeconds(r.date[f], int(max(r.clock[f], 0)))
}

func (c *converter) interval(id string, source anomaly.Source) (*column, string, anomaly.Message, bool) {
	r := &c.rec
	switch {
	case r.date[sniff.Start].IsZero():
		return c.absent(sniff.Start)
	case !r.num[sniff.Usage].Valid:
		return c.absent(sniff.Usage)
	}
	usage, unit, ok := c.usage(r.num[sniff.Usage].Decimal)
	if !ok {
		return c.wrong(sniff.Unit, "import.bad_unit")
	}
	start := r.moment(sniff.Start)
	end := start + c.plan.seconds
	switch {
	case c.plan.has[sniff.End] && !r.date[sniff.End].IsZero():
		end = r.endOf(start)
	case r.num[sniff.Minutes].Valid:
		minutes, _, ok := r.num[sniff.Minutes].Decimal.Int64(0)
		if !ok || minutes <= 0 || minutes > 44640 {
			return c.wrong(sniff.Minutes, "import.bad_number")
		}
		end = start + 60*minutes
	}
	if end <= start {
		return c.wrong(sniff.End, "import.interval_order")
	}
	c.batch.Rows.Intervals = append(c.batch.Rows.Intervals, anomaly.Interval{
		AccountID: id, MeterID: r.text[sniff.MeterID], Start: start, End: end, Again: c.plan.isAgain(r.row),
		Usage: usage, Unit: unit, Quality: r.qual, Source: source,
	})
	return nil, "", fine, true
}

func (c *converter) event(id string, source anomaly.Source) (*column, string, anomaly.Message, bool) {
	r := &c.rec
	switch {
	case r.date[sniff.At].IsZero():
		return c.absent(sniff.At)
	case r.text[sniff.EventKind] == "":
		return c.absent(sniff.EventKind)
	}
	c.batch.Rows.Events = append(c.batch.Rows.Events, anomaly.Event{
		AccountID: id, At: r.date[sniff.At], Time: clockText(r.clock[sniff.At], c.plan.has[sniff.At]),
		Kind: c.word(strings.ToLower(r.text[sniff.EventKind])),
		Due:  r.date[sniff.Due], DueTime: clockText(r.clock[sniff.Due], c.plan.has[sniff.Due] && !r.date[sniff.Due].IsZero()),
		Ref: r.text[sniff.Ref], Amount: r.num[sniff.Amount], Note: r.text[sniff.Note], By: c.word(r.text[sniff.By]), Source: source,
	})
	return nil, "", fine, true
}

// clockText writes a time of day as "15:04"; "" where the file gave none.
func clockText(seconds int32, given bool) string {
	if !given || seconds < 0 {
		return ""
	}
	h, m := seconds/3600, seconds/60%60
	return string([]byte{byte('0' + h/10), byte('0' + h%10), ':', byte('0' + m/10), byte('0' + m%10)})
}

func (c *converter) inspection(id string, source anomaly.Source) (*column, string, anomaly.Message, bool) {
	r := &c.rec
	outcome := strings.ReplaceAll(strings.ToLower(r.text[sniff.Outcome]), " ", "_")
	if outcome == "" {
		return c.absent(sniff.Outcome)
	}
	if outcome != anomaly.NothingFound && !isCause(outcome) {
		return c.wrong(sniff.Outcome, "import.bad_outcome")
	}
	c.batch.Rows.Inspections = append(c.batch.Rows.Inspections, anomaly.Inspection{
		AccountID: id, Outcome: c.word(outcome), On: r.date[sniff.InspectedOn],
		RecoveredUsage: r.num[sniff.RecoveredUsage], RecoveredAmount: r.num[sniff.RecoveredAmount], Source: source,
	})
	return nil, "", fine, true
}

func isCause(id string) bool {
	for _, cause := range anomaly.Causes {
		if string(cause) == id {
			return true
		}
	}
	return false
}
