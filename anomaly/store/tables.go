package store

import (
	"strings"

	"whybill/anomaly"
)

// kind is a table that rows of files go to. The order is that in which the rows of an
// account are imported: what describes it comes first.
type kind byte

const (
	kindAccounts kind = iota + 1
	kindMeters
	kindReadings
	kindBills
	kindLines
	kindAppliances
	kindIntervals
	kindEvents
	kindInspections
	kindWeather
	kinds // their number plus one
)

// table describes one table of the schema.
type table struct {
	name string
	// owner is the first column: an account or a station.
	owner string
	// columns are the others but part, in the order in which rows are encoded; the first
	// keys of them make up the primary key with the owner. The last is row.
	columns []string
	keys    int
	// order is how rows are read; "" means by the primary key.
	order string
	// identity and content say, for tables to which rows are only added, which columns
	// name the thing that a row is about, and up to which column rows say something.
	identity, content [2]int
}

var tables = [kinds]table{
	kindAccounts: {
		name: "accounts", owner: "account",
		columns: strings.Fields("service unit premise name class tariff region route moved_in moved_out status service_amps phases meter_size occupants weather_station previous_account row"),
	},
	kindMeters: {
		name: "meters", owner: "account", keys: 2,
		columns: strings.Fields("installed_on meter removed_on initial_reading final_reading multiplier digits resolution constant verified_until row"),
	},
	kindReadings: {
		name: "readings", owner: "account", keys: 3,
		columns: strings.Fields("read_on meter register reading quality reader row"),
	},
	kindBills: {
		name: "bills", owner: "account", keys: 3,
		columns: strings.Fields("period_start bill meter period_end usage amount reading_from reading_to quality flags unit currency tariff issued_on due_on cancels row"),
	},
	kindLines: {
		name: "bill_lines", owner: "account", keys: 1, order: "account, part, n",
		columns: strings.Fields("bill n code description quantity unit_price amount period_start period_end row"),
	},
	kindAppliances: {
		name: "appliances", owner: "account", keys: 2,
		columns: strings.Fields("from_day appliance watts hours_per_day count until_day months watts_low watts_high hours_low hours_high row"),
	},
	kindIntervals: {
		name: "intervals", owner: "account", keys: 4,
		columns: strings.Fields(`meter start again register "end" usage unit quality row`),
	},
	kindEvents: {
		name: "events", owner: "account", keys: 1, order: "account, at, part, n",
		columns:  strings.Fields("at n time kind ref note due due_time amount by row"),
		identity: [2]int{2, 6}, content: [2]int{2, 10},
	},
	kindInspections: {
		name: "inspections", owner: "account", keys: 1, order: "account, inspected_on, part, n",
		columns:  strings.Fields("inspected_on n outcome recovered_usage recovered_amount row"),
		identity: [2]int{2, 3}, content: [2]int{2, 5},
	},
	kindWeather: {
		name: "weather", owner: "station", keys: 1,
		columns: strings.Fields("day mean row"),
	},
}

// kindOrder is the order in which kinds are reported: that of the input tables.
var kindOrder = []kind{
	kindAccounts, kindMeters, kindReadings, kindBills, kindLines, kindAppliances,
	kindWeather, kindIntervals, kindEvents, kindInspections,
}

// selection returns the query for the rows that a condition selects: owner, part, columns.
func (t *table) selection(where string) string {
	order := t.order
	if order == "" {
		order = strings.Join(append([]string{t.owner}, t.columns[:t.keys]...), ", ")
	}
	return "SELECT " + t.owner + ", part, " + strings.Join(t.columns, ", ") + " FROM " + t.name + " WHERE " + where + " ORDER BY " + order
}

// insertion returns the statement that adds n rows, their values in the order owner,
// part, columns.
func (t *table) insertion(verb string, n int) string {
	row := "(?" + strings.Repeat(",?", len(t.columns)+1) + ")"
	columns := append([]string{t.owner, "part"}, t.columns...)
	return verb + " INTO " + t.name + " (" + strings.Join(columns, ", ") + ") VALUES " + row + strings.Repeat(","+row, n-1)
}

// writer encodes rows of the domain. part and word give the ids of what rows share.
type writer struct {
	encoder
	part func(file string) (int64, error)
	word func(word string) (int64, error)
	emit func(key, val []byte) error
	rows int64 // written, over all kinds
	err  error // the first
}

func (w *writer) begin(k kind, owner string, src *anomaly.Source) {
	part, err := w.part(src.File)
	w.note(err)
	w.start(k, owner, part)
}

func (w *writer) note(err error) {
	if w.err == nil {
		w.err = err
	}
}

// end writes the row's number, which is the last column, and hands the row over.
func (w *writer) end(src *anomaly.Source) {
	w.int(int64(src.Row))
	w.rows++
	if w.err == nil {
		w.err = w.emit(w.key, w.val)
	}
}

// shared writes the id of a word that many rows share.
func (w *writer) shared(word string) {
	if word == "" {
		w.null()
		return
	}
	id, err := w.word(word)
	w.note(err)
	w.int(id)
}

func (w *writer) date(d anomaly.Date) { w.optInt(int64(d)) }

// write encodes all rows; what it is given is not kept.
func (w *writer) write(rows *anomaly.Rows) error {
	for i := range rows.Accounts {
		w.account(&rows.Accounts[i])
	}
	for i := range rows.Meters {
		w.meter(&rows.Meters[i])
	}
	for i := range rows.Readings {
		w.reading(&rows.Readings[i])
	}
	for i := range rows.Bills {
		w.bill(&rows.Bills[i])
	}
	for i := range rows.Lines {
		w.line(&rows.Lines[i])
	}
	for i := range rows.Appliances {
		w.appliance(&rows.Appliances[i])
	}
	for i := range rows.Weather {
		w.weather(&rows.Weather[i])
	}
	for i := range rows.Intervals {
		w.interval(&rows.Intervals[i])
	}
	for i := range rows.Events {
		w.event(&rows.Events[i])
	}
	for i := range rows.Inspections {
		w.inspection(&rows.Inspections[i])
	}
	return w.err
}

func (w *writer) account(a *anomaly.Account) {
	w.begin(kindAccounts, a.ID, &a.Source)
	w.optInt(int64(a.Service))
	w.optText(a.Unit)
	w.optText(a.PremiseID)
	w.optText(a.Name)
	w.optText(a.Class)
	w.optText(a.Tariff)
	w.optText(a.Region)
	w.optText(a.Route)
	w.date(a.MovedIn)
	w.date(a.MovedOut)
	w.optText(a.Status)
	w.optDecimal(a.ServiceAmps)
	w.optInt(int64(a.Phases))
	w.optDecimal(a.MeterSize)
	w.optDecimal(a.Occupants)
	w.optText(a.WeatherStation)
	w.optText(a.PreviousAccountID)
	w.end(&a.Source)
}

func account(c *columns) anomaly.Account {
	return anomaly.Account{
		ID: c.owner, Service: anomaly.Service(c.int(0)), Unit: c.text(1), PremiseID: c.text(2), Name: c.text(3),
		Class: c.text(4), Tariff: c.text(5), Region: c.text(6), Route: c.text(7), MovedIn: c.date(8), MovedOut: c.date(9),
		Status: c.text(10), ServiceAmps: c.optDecimal(11), Phases: int8(c.int(12)), MeterSize: c.optDecimal(13),
		Occupants: c.optDecimal(14), WeatherStation: c.text(15), PreviousAccountID: c.text(16), Source: c.source(17),
	}
}

func (w *writer) meter(m *anomaly.Meter) {
	w.begin(kindMeters, m.AccountID, &m.Source)
	w.keyInt(int64(m.InstalledOn))
	w.keyText(m.ID)
	w.date(m.RemovedOn)
	w.optDecimal(m.InitialReading)
	w.optDecimal(m.FinalReading)
	w.optDecimal(m.Multiplier)
	w.optInt(int64(m.Digits))
	w.optDecimal(m.Resolution)
	w.optDecimal(m.Constant)
	w.date(m.VerifiedUntil)
	w.end(&m.Source)
}

func meter(c *columns) anomaly.Meter {
	return anomaly.Meter{
		AccountID: c.owner, InstalledOn: c.date(0), ID: c.text(1), RemovedOn: c.date(2), InitialReading: c.optDecimal(3),
		FinalReading: c.optDecimal(4), Multiplier: c.optDecimal(5), Digits: int8(c.int(6)), Resolution: c.optDecimal(7),
		Constant: c.optDecimal(8), VerifiedUntil: c.date(9), Source: c.source(10),
	}
}

func (w *writer) reading(r *anomaly.Reading) {
	w.begin(kindReadings, r.AccountID, &r.Source)
	w.keyInt(int64(r.On))
	w.keyText(r.MeterID)
	w.keyText(r.Register)
	w.decimal(r.Value)
	w.optInt(int64(r.Quality))
	w.optText(r.Reader)
	w.end(&r.Source)
}

func reading(c *columns) anomaly.Reading {
	return anomaly.Reading{
		AccountID: c.owner, On: c.date(0), MeterID: c.text(1), Register: c.text(2), Value: c.decimal(3),
		Quality: anomaly.Quality(c.int(4)), Reader: c.text(5), Source: c.source(6),
	}
}

// The flags of a bill.
const (
	flagEndAssumed = 1 << iota
	flagCancelled
)

func (w *writer) bill(b *anomaly.Bill) {
	w.begin(kindBills, b.AccountID, &b.Source)
	w.keyInt(int64(b.Period.Start))
	w.keyText(b.ID)
	w.keyText(b.MeterID)
	w.int(int64(b.Period.End))
	w.decimal(b.Usage)
	w.optDecimal(b.Amount)
	w.optDecimal(b.From)
	w.optDecimal(b.To)
	w.optInt(int64(b.Quality))
	var flags int64
	if b.EndAssumed {
		flags |= flagEndAssumed
	}
	if b.Cancelled {
		flags |= flagCancelled
	}
	w.optInt(flags)
	w.shared(b.Unit)
	w.shared(b.Currency)
	w.shared(b.Tariff)
	w.date(b.IssuedOn)
	w.date(b.DueOn)
	w.optText(b.Cancels)
	w.end(&b.Source)
}

func bill(c *columns) anomaly.Bill {
	flags := c.int(9)
	return anomaly.Bill{
		AccountID: c.owner, Period: anomaly.Period{Start: c.date(0), End: c.date(3)}, ID: c.text(1), MeterID: c.text(2),
		Usage: c.decimal(4), Amount: c.optDecimal(5), From: c.optDecimal(6), To: c.optDecimal(7),
		Quality: anomaly.Quality(c.int(8)), EndAssumed: flags&flagEndAssumed != 0, Cancelled: flags&flagCancelled != 0,
		Unit: c.word(10), Currency: c.word(11), Tariff: c.word(12), IssuedOn: c.date(13), DueOn: c.date(14),
		Cancels: c.text(15), Source: c.source(16),
	}
}

func (w *writer) line(l *anomaly.Line) {
	w.begin(kindLines, l.AccountID, &l.Source)
	w.keyText(l.BillID)
	w.int(w.rows)
	w.optText(l.Code)
	w.optText(l.Description)
	w.optDecimal(l.Quantity)
	w.optDecimal(l.UnitPrice)
	w.decimal(l.Amount)
	w.date(l.Period.Start)
	w.date(l.Period.End)
	w.end(&l.Source)
}

func line(c *columns) anomaly.Line {
	return anomaly.Line{
		AccountID: c.owner, BillID: c.text(0), Code: c.text(2), Description: c.text(3), Quantity: c.optDecimal(4),
		UnitPrice: c.optDecimal(5), Amount: c.decimal(6), Period: anomaly.Period{Start: c.date(7), End: c.date(8)}, Source: c.source(9),
	}
}

func (w *writer) appliance(a *anomaly.Appliance) {
	w.begin(kindAppliances, a.AccountID, &a.Source)
	w.keyInt(int64(a.From))
	w.keyText(a.Name)
	w.real(a.Watts)
	w.real(a.HoursPerDay)
	w.real(a.Count)
	w.date(a.Until)
	w.optInt(int64(a.Months))
	w.real(a.WattsLow)
	w.real(a.WattsHigh)
	w.real(a.HoursLow)
	w.real(a.HoursHigh)
	w.end(&a.Source)
}

func appliance(c *columns) anomaly.Appliance {
	return anomaly.Appliance{
		AccountID: c.owner, From: c.date(0), Name: c.text(1), Watts: c.real(2), HoursPerDay: c.real(3), Count: c.real(4),
		Until: c.date(5), Months: uint16(c.int(6)), WattsLow: c.real(7), WattsHigh: c.real(8), HoursLow: c.real(9),
		HoursHigh: c.real(10), Source: c.source(11),
	}
}

func (w *writer) weather(d *anomaly.WeatherDay) {
	w.begin(kindWeather, d.Station, &d.Source)
	w.keyInt(int64(d.On))
	w.real(d.Mean)
	w.end(&d.Source)
}

func (w *writer) interval(v *anomaly.Interval) {
	w.begin(kindIntervals, v.AccountID, &v.Source)
	w.keyText(v.MeterID)
	w.keyInt(v.Start)
	again := int64(0)
	if v.Again {
		again = 1
	}
	w.keyInt(again)
	w.keyText(v.Register)
	w.int(v.End)
	w.decimal(v.Usage)
	w.shared(v.Unit)
	w.optInt(int64(v.Quality))
	w.end(&v.Source)
}

func interval(c *columns) anomaly.Interval {
	return anomaly.Interval{
		AccountID: c.owner, MeterID: c.text(0), Start: c.int(1), Again: c.int(2) != 0, Register: c.text(3), End: c.int(4),
		Usage: c.decimal(5), Unit: c.word(6), Quality: anomaly.Quality(c.int(7)), Source: c.source(8),
	}
}

func (w *writer) event(e *anomaly.Event) {
	w.begin(kindEvents, e.AccountID, &e.Source)
	w.keyInt(int64(e.At))
	w.int(w.rows)
	w.optText(e.Time)
	w.optText(e.Kind)
	w.optText(e.Ref)
	w.optText(e.Note)
	w.date(e.Due)
	w.optText(e.DueTime)
	w.optDecimal(e.Amount)
	w.optText(e.By)
	w.end(&e.Source)
}

func event(c *columns) anomaly.Event {
	return anomaly.Event{
		AccountID: c.owner, At: c.date(0), Time: c.text(2), Kind: c.text(3), Ref: c.text(4), Note: c.text(5),
		Due: c.date(6), DueTime: c.text(7), Amount: c.optDecimal(8), By: c.text(9), Source: c.source(10),
	}
}

func (w *writer) inspection(i *anomaly.Inspection) {
	w.begin(kindInspections, i.AccountID, &i.Source)
	w.keyInt(int64(i.On))
	w.int(w.rows)
	w.optText(i.Outcome)
	w.optDecimal(i.RecoveredUsage)
	w.optDecimal(i.RecoveredAmount)
	w.end(&i.Source)
}

func inspection(c *columns) anomaly.Inspection {
	return anomaly.Inspection{
		AccountID: c.owner, On: c.date(0), Outcome: c.text(2), RecoveredUsage: c.optDecimal(3),
		RecoveredAmount: c.optDecimal(4), Source: c.source(5),
	}
}
