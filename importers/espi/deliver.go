package espi

import (
	"encoding/xml"
	"strconv"

	"whybill/anomaly"
)

// delivery is the second pass: it reads interval readings and summaries and hands over
// rows.
type delivery struct {
	*graph
	file    string
	emit    func(*anomaly.Rows) error
	problem func(Problem)
	read    int
	rows    anomaly.Rows
	bills   bills
	told    map[any]bool // what a remark was made about
}

const batch = 512 // intervals handed over at a time

func (d *delivery) reject(line int, column, value string, reason anomaly.Message) {
	d.problem(Problem{Line: line, Column: column, Value: value, Reason: reason, Rejected: true})
}

// tell makes a remark once for each thing that it is about.
func (d *delivery) tell(about any, line int, column, value string, reason anomaly.Message) {
	if !d.told[about] {
		d.told[about] = true
		d.problem(Problem{Line: line, Column: column, Value: value, Reason: reason})
	}
}

func (d *delivery) source(line int) anomaly.Source {
	return anomaly.Source{File: d.file, Row: int32(line)}
}

func (d *delivery) flush() error {
	if d.rows.Len() == 0 {
		return nil
	}
	err := d.emit(&d.rows)
	d.rows.Reset()
	return err
}

// accounts delivers the usage points.
func (d *delivery) accounts() error {
	for _, p := range d.points {
		service, unit := byCategory[p.kind], ""
		for _, m := range d.meters {
			if m.point != p || m.kind == nil {
				continue
			}
			if s, ok := byCommodity[trim(m.kind.Commodity)]; ok {
				service = s
			}
			if u, ok := units[trim(m.kind.UOM)]; ok && unit == "" {
				unit = u.name
			}
		}
		if p.account == "" || p.told {
			continue
		}
		if p.time == nil || !p.time.valid {
			d.tell(p, p.line, "LocalTimeParameters", "", anomaly.Msg("espi.no_timezone"))
		}
		p.told = true
		d.rows.Accounts = append(d.rows.Accounts, anomaly.Account{ID: p.account, Service: service, Unit: unit, Source: d.source(p.line)})
	}
	return d.flush()
}

// entry reads an entry on the second pass.
func (d *delivery) entry(x *xml.Decoder, entry int) error {
	err := children(x, func(e *xml.StartElement) error {
		if e.Name.Local != "content" {
			return x.Skip()
		}
		return children(x, func(e *xml.StartElement) error {
			switch e.Name.Local {
			case "IntervalBlock":
				return d.block(x, d.meterOf[entry])
			case "UsageSummary", "ElectricPowerUsageSummary":
				return d.summaryOf(x, e, d.pointOf[entry])
			}
			return x.Skip()
		})
	})
	if err != nil {
		_ = d.flush() // what stands before the break is good
		return err
	}
	return d.flush()
}

// stream says how the values of a meter reading are to be taken.
type stream struct {
	meter      *meterReading
	point      *usagePoint
	unit       unit
	multiplier string
	length     int64
	currency   string
	quality    anomaly.Quality
	register   bool // values of a register, not usage
}

// streamOf works out how to read a block; ok is false where it is no usage.
func (d *delivery) streamOf(m *meterReading, line int) (s stream, ok bool) {
	switch {
	case m == nil || m.kind == nil:
		d.reject(line, "IntervalBlock", "", anomaly.Msg("espi.no_reading_type"))
		return s, false
	case m.point == nil || m.point.account == "":
		d.reject(line, "IntervalBlock", m.id, anomaly.Msg("espi.no_usage_point"))
		return s, false
	}
	k := m.kind
	s = stream{meter: m, point: m.point, multiplier: trim(k.Multiplier), currency: currencies[trim(k.Currency)], quality: qualityOf(trim(k.Quality))}
	s.length, _ = strconv.ParseInt(trim(k.Length), 10, 32)
	if s.unit, ok = units[trim(k.UOM)]; !ok {
		d.tell(m, line, "uom", trim(k.UOM), anomaly.Msg("espi.unit"))
		return s, false
	}
	if c := trim(k.Commodity); c != "" && c != "0" && byCommodity[c] == anomaly.ServiceUnknown {
		d.tell(m, line, "commodity", c, anomaly.Msg("espi.commodity"))
		return s, false
	}
	switch flow := trim(k.Flow); flow {
	case "", "0", "1": // not said, forward
	default:
		d.tell(m, line, "flowDirection", flow, anomaly.Msg("espi.not_delivered"))
		return s, false
	}
	switch a := trim(k.Accumulation); a {
	case "", "0", "4", "9": // usage in the interval
	case "1", "2", "3": // what the register shows
		s.register = true
	default:
		d.tell(m, line, "accumulationBehaviour", a, anomaly.Msg("espi.accumulation"))
		return s, false
	}
	return s, true
}

type period struct {
	Duration string `xml:"duration"`
	Start    string `xml:"start"`
}

// civil returns both ends in the meter's civil time, and whether the start is in the
// second occurrence of its hour. Within a day the end is the start and the duration: the
// hour in which clocks are put back lasts an hour all the same.
func (p *period) civil(l *localTime) (start, end int64, again, ok bool) {
	s, err1 := strconv.ParseInt(trim(p.Start), 10, 64)
	n, err2 := strconv.ParseInt(trim(p.Duration), 10, 64)
	if err1 != nil || err2 != nil || n < 0 || s < minTime || s > maxTime || n > maxTime {
		return 0, 0, false, false
	}
	if start, again = l.civil(s); n < secondsPerDay {
		return start, start + n, again, true
	}
	end, _ = l.civil(s + n)
	return start, end, again, true
}

const secondsPerDay = 24 * 60 * 60

// days is the billing period between two civil times. Some files end it a second
// before midnight.
func days(start, end int64) anomaly.Period {
	return anomaly.Period{Start: dateOf(start), End: dateOf(end + 60)}
}

type intervalReading struct {
	Cost    string   `xml:"cost"`
	Quality []string `xml:"ReadingQuality>quality"`
	Period  *period  `xml:"timePeriod"`
	Value   string   `xml:"value"`
	TOU     string   `xml:"tou"`
}

// block reads an interval block, reading by reading.
func (d *delivery) block(x *xml.Decoder, m *meterReading) error {
	line, _ := x.InputPos()
	s, ok := d.streamOf(m, line)
	if !ok {
		return x.Skip()
	}
	var whole period
	n := int64(0)
	return children(x, func(e *xml.StartElement) error {
		switch e.Name.Local {
		case "interval":
			return decode(x, e, &whole)
		case "IntervalReading":
			line, _ := x.InputPos()
			var r intervalReading
			if err := decode(x, e, &r); err != nil {
				return err
			}
			d.read++
			if r.Period == nil { // then they follow each other from the block's start
				r.Period = s.follow(&whole, n)
			}
			n++
			return d.reading(&s, &r, line)
		}
		return x.Skip()
	})
}

// follow gives the period of the n-th reading of a block that states none for it.
func (s *stream) follow(whole *period, n int64) *period {
	start, err := strconv.ParseInt(trim(whole.Start), 10, 64)
	if err != nil || s.length <= 0 || n > maxTime/s.length {
		return &period{}
	}
	return &period{Start: strconv.FormatInt(start+n*s.length, 10), Duration: strconv.FormatInt(s.length, 10)}
}

// billLength is the length in seconds from which on a reading is a billing period:
// nothing shorter than two weeks is billed.
const billLength = 14 * secondsPerDay

// reading takes one interval reading.
func (d *delivery) reading(s *stream, r *intervalReading, line int) error {
	start, end, again, ok := r.Period.civil(s.point.time)
	if !ok || !s.register && end <= start {
		d.reject(line, "timePeriod", trim(r.Period.Start), anomaly.Msg("espi.bad_time"))
		return nil
	}
	value, ok := s.unit.scale(trim(r.Value), s.multiplier)
	if !ok || value.IsNeg() {
		d.reject(line, "value", trim(r.Value), anomaly.Msg("espi.bad_value"))
		return nil
	}
	quality := s.quality
	for i, code := range r.Quality {
		if q := qualityOf(trim(code)); i == 0 {
			quality = q
		} else {
			quality = worst(quality, q)
		}
	}
	register := s.meter.id
	if tou := trim(r.TOU); tou != "" && tou != "0" {
		register += "/" + tou
	}
	switch {
	case s.register:
		d.rows.Readings = append(d.rows.Readings, anomaly.Reading{
			AccountID: s.point.account, Register: register, On: dateOf(end), Value: value, Quality: quality, Source: d.source(line),
		})
	case end-start >= billLength:
		return d.bills.usage(d, s, r, days(start, end), value, quality, line)
	default:
		d.rows.Intervals = append(d.rows.Intervals, anomaly.Interval{
			AccountID: s.point.account, Register: register, Start: start, End: end, Again: again,
			Usage: value, Unit: s.unit.name, Quality: quality, Source: d.source(line),
		})
	}
	if d.rows.Len() >= batch {
		return d.flush()
	}
	return nil
}
