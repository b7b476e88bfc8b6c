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
	if has[sniff.Service] && r.text[sniff.Service] != "" {
		if s, ok := ParseService(r.text[sniff.Service]); ok {
			a.Service = s
		} else {
			c.remark(c.plan.columnOf(sniff.Service), r.text[sniff.Service], anomaly.Msg("import.bad_service", anomaly.TextArg("allowed", allowedServices)))
		}
	}
	if unit := c.rowUnit(); unit.To != "" {
		a.Unit = unit.To
		if a.Service == anomaly.ServiceUnknown {
			a.Service = serviceOf(unit.To)
		}
	}
	if a.Unit == a.Service.Unit() {
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

// serviceOf guesses the service from the unit of its usage: gas in m3 has to be named.
func serviceOf(unit string) anomaly.Service {
	switch unit {
	case "kWh":
		return anomaly.Electricity
	case "m3":
		return anomaly.Water
	case "h":
		return anomaly.Broadband
	}
	return anomaly.ServiceUnknown
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

// maxMonths is the longest bill that is given as a number of months: five years, as
// happens where a meter could not be read.
const maxMonths = 60

// period puts a bill's period together; the result is half-open.
func (c *converter) period() (period anomaly.Period, f sniff.Field, ok bool) {
	r := &c.rec
	f = sniff.PeriodStart
	whole := false
	switch {
	case c.plan.has[sniff.BillingPeriod] && !r.date[sniff.BillingPeriod].IsZero():
		f = sniff.BillingPeriod
		period = anomaly.Period{Start: r.date[f], End: r.until[f]}
		whole = r.whole[f]
	case r.date[sniff.PeriodEnd].IsZero():
		return period, sniff.PeriodEnd, false
	default:
		period = anomaly.Period{Start: r.date[sniff.PeriodStart], End: r.date[sniff.PeriodEnd]}
		if r.whole[sniff.PeriodEnd] {
			whole, period.End = true, r.until[sniff.PeriodEnd]
		}
	}
	if c.plan.end == EndInclusive && !whole {
		period.End = period.End.AddDays(1)
	}
	if period.Start.IsZero() && c.plan.has[sniff.PeriodMonths] {
		months, _, fits := r.num[sniff.PeriodMonths].Decimal.Int64(0)
		if !fits || months < 1 || months > maxMonths {
			return period, sniff.PeriodMonths, false
		}
		period.Start = period.End.AddMonths(-int(months))
	}
	return period, f, !period.Start.IsZero()
}

func (c *converter) bill(id string, source anomaly.Source) (*column, string, anomaly.Message, bool) {
	r := &c.rec
	period, f, ok := c.period()
	if !ok {
		return c.absent(f)
	}
	if !period.Valid() {
		if f == sniff.PeriodStart {
			f = sniff.PeriodEnd
		}
		return c.wrong(f, "import.period_order", anomaly.PeriodArg("period", period))
	}
	billed := r.num[sniff.Usage]
	if !billed.Valid && r.num[sniff.MeteredUsage].Valid {
		if billed, ok = c.partsOfUsage(); !ok {
			return c.wrong(sniff.MeteredUsage, "import.bad_number")
		}
	}
	if !billed.Valid {
		return c.absent(sniff.Usage)
	}
	usage, unit, ok := c.usage(billed.Decimal)
	if !ok {
		return c.wrong(sniff.Unit, "import.bad_unit")
	}
	if usage.Abs().Cmp(mostUsage) > 0 {
		return c.wrong(sniff.Usage, "import.absurd_usage", anomaly.NumberArg("most", anomaly.Float(mostUsage), 0))
	}
	if c.plan.today != 0 && period.End > c.plan.today {
		col, value, _, _ := c.absent(sniff.PeriodEnd)
		c.remark(col, value, anomaly.Msg("import.future_bill", anomaly.DateArg("end", period.End), anomaly.DateArg("today", c.plan.today)))
	}
	c.account(id, source, false)
	c.passingMeter(id, source)
	currency := c.word(r.text[sniff.Currency])
	if currency == "" {
		currency = c.plan.currency
	}
	bills := append(c.batch.Rows.Bills, anomaly.Bill{})
	c.batch.Rows.Bills = bills
	b := &bills[len(bills)-1]
	b.AccountID, b.ID, b.MeterID = id, r.text[sniff.BillID], r.text[sniff.MeterID]
	b.Period, b.Usage, b.Unit = period, usage, unit
	b.Amount, b.Currency = r.num[sniff.Amount], currency
	b.IssuedOn, b.DueOn = r.date[sniff.IssuedOn], r.date[sniff.DueOn]
	b.Tariff = c.word(r.text[sniff.Tariff])
	b.From, b.To = r.num[sniff.ReadingFrom], r.num[sniff.ReadingTo]
	b.Quality, b.Cancels = r.qual, r.text[sniff.CancelsBillID]
	b.EndAssumed = c.plan.assumed
	b.Source = source
	c.linesOf(b)
	if c.plan.balanced {
		c.balance(b)
	}
	return nil, "", fine, true
}

// mostUsage is more than any one bill has: the largest smelters use a tenth of it in a
// month, in kWh. A figure beyond it is an id, or two numbers that ran together.
var mostUsage = anomaly.MustDecimal("10000000000")

// linesOf delivers the bill lines that stand in columns of the bill's own row. A bill
// without an id gets its key as one, so that its lines find it.
func (c *converter) linesOf(b *anomaly.Bill) {
	for _, line := range c.rec.lines {
		if b.ID == "" {
			b.ID = b.Key()
		}
		code, label, found := strings.Cut(line.code, ":")
		if !found {
			label = line.header
		}
		c.batch.Rows.Lines = append(c.batch.Rows.Lines, anomaly.Line{
			AccountID: b.AccountID, BillID: b.ID, Code: code, Description: label,
			Amount: line.amount, Source: b.Source,
		})
	}
}

// partsOfUsage sums metered, swapped and corrected usage and losses.
func (c *converter) partsOfUsage() (sum anomaly.NullDecimal, ok bool) {
	total := anomaly.Decimal{}
	for _, f := range [...]sniff.Field{sniff.MeteredUsage, sniff.SwappedUsage, sniff.AdjustedUsage, sniff.LossUsage} {
		if n := c.rec.num[f]; c.plan.has[f] && n.Valid {
			if total, ok = anomaly.Add(total, n.Decimal); !ok {
				return sum, false
			}
		}
	}
	return anomaly.Known(total), true
}

// balance holds an export that breaks its usage down against its own identity:
// (current - previous) x multiplier + swapped + corrected + losses = billed, to one unit.
func (c *converter) balance(b *anomaly.Bill) {
	r := &c.rec
	parts := r.num
	if !parts[sniff.MeteredUsage].Valid && b.From.Valid && b.To.Valid {
		difference, ok := anomaly.Sub(b.To.Decimal, b.From.Decimal)
		if ok && r.num[sniff.Multiplier].Valid {
			product, err := difference.Mul(r.num[sniff.Multiplier].Decimal)
			difference, ok = product, err == nil
		}
		if !ok {
			return
		}
		r.num[sniff.MeteredUsage] = anomaly.Known(difference)
	}
	if !r.num[sniff.MeteredUsage].Valid {
		return
	}
	sum, ok := c.partsOfUsage()
	if !ok {
		return
	}
	off, ok := anomaly.Sub(b.Usage, sum.Decimal)
	if ok && off.Abs().Cmp(anomaly.DecimalFromInt(1)) > 0 {
		c.remark(c.plan.columnOf(sniff.Usage), b.Usage.String(), anomaly.Msg("import.usage_identity",
			anomaly.TextArg("billed", b.Usage.String()), anomaly.TextArg("parts", sum.Decimal.String())))
	}
}

func (c *converter) line(id string, source anomaly.Source) (*column, string, anomaly.Message, bool) {
	r := &c.rec
	switch {
	case r.text[sniff.BillID] == "":
		return c.absent(sniff.BillID)
	case r.text[sniff.Code] == "":
		return c.absent(sniff.Code)
	case !r.num[sniff.Amount].Valid:
		return c.absent(sniff.Amount)
	}
	l := anomaly.Line{
		AccountID: id, BillID: r.text[sniff.BillID], Code: c.word(lineCode(r.text[sniff.Code])),
		Description: c.word(r.text[sniff.Description]), Quantity: r.num[sniff.Quantity],
		UnitPrice: r.num[sniff.UnitPrice], Amount: r.num[sniff.Amount].Decimal, Source: source,
	}
	from, to, whole := r.date[sniff.From], r.date[sniff.To], r.whole[sniff.To]
	if c.plan.has[sniff.LinePeriod] {
		from, to, whole = r.date[sniff.LinePeriod], r.until[sniff.LinePeriod], r.whole[sniff.LinePeriod]
	}
	if from != 0 && to != 0 {
		if c.plan.end == EndInclusive && !whole {
			to = to.AddDays(1)
		}
		l.Period = anomaly.Period{Start: from, End: to}
		if !l.Period.Valid() {
			return c.wrong(sniff.To, "import.period_order", anomaly.PeriodArg("period", anomaly.Period{Start: from, End: to}))
		}
	}
	c.batch.Rows.Lines = append(c.batch.Rows.Lines, l)
	return nil, "", fine, true
}

// lineCode understands the name of a bill line where its code is meant: 流動電費 is energy.
func lineCode(s string) string {
	candidates, _ := sniff.Lookup(s)
	for _, h := range candidates {
		if h.Field == sniff.LineAmount {
			return h.Code
		}
	}
	return strings.ToLower(s)
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
