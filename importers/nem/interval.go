package nem

import (
	"strconv"

	"whybill/anomaly"
)

// channel is what a 200 record says of the 300 records below it.
type channel struct {
	known    bool // a usable 200 record was read
	skip     bool // what it counts is no usage: said once, then passed over
	nmi      string
	meter    string
	register string
	suffix   string
	places   int // power of ten to kWh
	minutes  int
}

// intervals returns the interval length in minutes; 0 where the text is none that the
// format allows.
func intervals(text string) int {
	switch text {
	case "5":
		return 5
	case "15":
		return 15
	case "30":
		return 30
	}
	return 0
}

// openChannel reads a 200 record: NMI, configuration, register, suffix, data stream,
// meter, unit, interval length, next read.
func (p *parser) openChannel(f []string) {
	p.channel = channel{}
	c := channel{
		known: true, nmi: field(f, 1), register: field(f, 3), suffix: field(f, 4),
		meter: field(f, 6), minutes: intervals(field(f, 8)),
	}
	if c.nmi == "" {
		p.reject("NMI", "", anomaly.Msg("nem.missing"))
		return
	}
	unit := field(f, 7)
	var isEnergy bool
	if c.places, isEnergy = toKWh(unit); !isEnergy || !consumption(c.suffix) {
		c.skip = true
		p.passOver(c.nmi, c.suffix, unit)
	}
	if !c.skip && c.minutes == 0 {
		p.reject("IntervalLength", field(f, 8), anomaly.Msg("nem.interval_length"))
		return
	}
	p.channel = c
}

// consumption reports whether a suffix names energy taken from the grid: E1, E2. (B is
// fed in, Q and K are reactive; AEMO, National Metering Identifier procedure.) In NEM13
// the suffix may be a bare register number: then the direction decides.
func consumption(suffix string) bool { return suffix != "" && (suffix[0] == 'E' || suffix[0] == 'e') }

// passOver says, once for each channel, that it is no usage.
func (p *parser) passOver(nmi, suffix, unit string) {
	key := nmi + " " + suffix
	if p.silenced[key] {
		return
	}
	if p.silenced == nil {
		p.silenced = map[string]bool{}
	}
	p.silenced[key] = true
	p.remark("NMISuffix", suffix, anomaly.Msg("nem.not_usage", anomaly.TextArg("channel", suffix), anomaly.TextArg("unit", unit)))
}

// day is a 300 record: the values of one day.
type day struct {
	line      int
	raw       string
	channel   channel
	date      anomaly.Date
	values    []anomaly.NullDecimal
	qualities []anomaly.Quality // of each value; filled from the 400 records where variable
	null      []bool
	given     []bool // said by a 400 record
	variable  bool
}

// openDay reads a 300 record and keeps it until its 400 records are read.
func (p *parser) openDay(f []string) {
	c := p.channel
	if !c.known {
		p.reject("", "", anomaly.Msg("nem.no_channel"))
		return
	}
	if c.skip {
		return
	}
	d, ok := date(field(f, 1))
	if !ok {
		p.reject("IntervalDate", field(f, 1), anomaly.Msg("nem.bad_date"))
		return
	}
	n := 24 * 60 / c.minutes
	method := field(f, 2+n)
	q, known := quality(method)
	variable, null := method == "V", len(method) > 0 && method[0] == 'N'
	if !known && !variable && !null {
		if have := valueCount(f); have != n {
			p.reject("", strconv.Itoa(have), anomaly.Msg("nem.value_count", anomaly.CountArg("count", have), anomaly.CountArg("expected", n)))
		} else {
			p.reject("QualityMethod", method, anomaly.Msg("nem.bad_quality"))
		}
		return
	}
	open := &day{
		line: p.line, raw: p.raw, channel: c, date: d, variable: variable,
		values: make([]anomaly.NullDecimal, n), qualities: make([]anomaly.Quality, n),
		null: make([]bool, n), given: make([]bool, n),
	}
	for i := range n {
		open.qualities[i], open.null[i] = q, null
		text := f[2+i]
		if text == "" {
			open.null[i] = true
			continue
		}
		v, err := energy(text, c.places)
		if err != nil || v.IsNeg() {
			p.reject("IntervalValue"+strconv.Itoa(i+1), text, anomaly.Msg("nem.bad_value"))
			continue
		}
		open.values[i] = anomaly.Known(v)
	}
	p.day = open
}

// valueCount counts the values of a 300 record: the fields up to the first that looks
// like a quality.
func valueCount(f []string) int {
	for i := 2; i < len(f); i++ {
		if f[i] != "" && f[i][0] >= 'A' && f[i][0] <= 'Z' {
			return i - 2
		}
	}
	return max(0, len(f)-2)
}

// addRange reads a 400 record: first and last interval, quality, reason.
func (p *parser) addRange(f []string) {
	d := p.day
	if d == nil {
		if !p.channel.skip { // of a channel that is passed over, its ranges are too
			p.reject("", "", anomaly.Msg("nem.range_alone"))
		}
		return
	}
	from, err1 := strconv.Atoi(field(f, 1))
	to, err2 := strconv.Atoi(field(f, 2))
	if err1 != nil || err2 != nil || from < 1 || to < from || to > len(d.values) {
		p.reject("StartInterval", field(f, 1)+"-"+field(f, 2), anomaly.Msg("nem.range"))
		return
	}
	method := field(f, 3)
	q, known := quality(method)
	null := len(method) > 0 && method[0] == 'N'
	if !known && !null {
		p.reject("QualityMethod", method, anomaly.Msg("nem.bad_quality"))
		return
	}
	if !d.variable { // a remark on a day that has one quality changes nothing
		return
	}
	for i := from - 1; i < to; i++ {
		d.qualities[i], d.null[i], d.given[i] = q, d.null[i] || null, true
	}
}

// flushDay delivers the day that waits.
func (p *parser) flushDay() error {
	d := p.day
	if d == nil {
		return nil
	}
	p.day = nil
	line, raw := p.line, p.raw
	p.line, p.raw = d.line, d.raw
	defer func() { p.line, p.raw = line, raw }()

	const minute = 60
	length := int64(d.channel.minutes) * minute
	start := d.date.Time().Unix()
	missing, unsaid := 0, 0
	for i, v := range d.values {
		if d.variable && !d.given[i] {
			// Nobody said how it came about: it is not taken for an actual value.
			unsaid++
			d.qualities[i] = anomaly.Estimated
		}
		switch {
		case d.null[i]:
			missing++
		case v.Valid:
			p.rows.Intervals = append(p.rows.Intervals, anomaly.Interval{
				AccountID: d.channel.nmi, MeterID: d.channel.meter, Register: d.channel.suffix,
				Start: start + int64(i)*length, End: start + int64(i+1)*length,
				Usage: v.Decimal, Unit: "kWh", Quality: d.qualities[i], Source: p.source(),
			})
		}
	}
	if unsaid > 0 {
		p.remark("QualityMethod", "V", anomaly.Msg("nem.quality_gap", anomaly.CountArg("count", unsaid)))
	}
	if missing > 0 {
		p.remark("QualityMethod", "N", anomaly.Msg("nem.null", anomaly.CountArg("count", missing)))
	}
	return p.deliver(d.channel.nmi, p.source())
}

// index reads a 500 record: the register's value at a moment.
func (p *parser) index(f []string) error {
	c := p.channel
	value := field(f, 4)
	if c.skip || value == "" {
		return nil
	}
	p.read++
	if !c.known {
		p.reject("", "", anomaly.Msg("nem.no_channel"))
		return nil
	}
	on, ok := date(field(f, 3))
	if !ok {
		p.reject("ReadDateTime", field(f, 3), anomaly.Msg("nem.bad_date"))
		return nil
	}
	v, err := energy(value, c.places)
	if err != nil {
		p.reject("IndexRead", value, anomaly.Msg("nem.bad_value"))
		return nil
	}
	p.rows.Readings = append(p.rows.Readings, anomaly.Reading{
		AccountID: c.nmi, MeterID: c.meter, Register: c.suffix, On: on, Value: v, Quality: anomaly.Actual, Source: p.source(),
	})
	return p.deliver(c.nmi, p.source())
}
