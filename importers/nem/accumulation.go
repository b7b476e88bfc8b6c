package nem

import "whybill/anomaly"

// accumulation is a 250 record: what one register counted between two reads.
type accumulation struct {
	nmi, meter, register string
	period               anomaly.Period
	from, to             anomaly.NullDecimal
	quantity             anomaly.Decimal
	quality              anomaly.Quality
	source               anomaly.Source
}

// The fields of a 250 record, counted from 0.
const (
	fieldNMI             = 1
	fieldRegister        = 3
	fieldSuffix          = 4
	fieldMeter           = 6
	fieldDirection       = 7
	fieldPreviousRead    = 8
	fieldPreviousDate    = 9
	fieldPreviousQuality = 10
	fieldCurrentRead     = 13
	fieldCurrentDate     = 14
	fieldCurrentQuality  = 15
	fieldQuantity        = 18
	fieldUnit            = 19
)

// accumulation reads a 250 record. Its readings are delivered at once; its quantity
// waits for those of the NMI's other registers over the same days, which are one bill.
func (p *parser) accumulation(f []string) error {
	a := accumulation{nmi: field(f, fieldNMI), meter: field(f, fieldMeter), register: field(f, fieldSuffix), source: p.source()}
	if a.register == "" {
		a.register = field(f, fieldRegister)
	}
	if a.nmi == "" {
		p.reject("NMI", "", anomaly.Msg("nem.missing"))
		return nil
	}
	if len(p.registers) > 0 && p.registers[0].nmi != a.nmi {
		if err := p.flushRegisters(); err != nil {
			return err
		}
	}
	unit := field(f, fieldUnit)
	places, isEnergy := toKWh(unit)
	// E: energy exported from the grid, that is taken by the customer; I: fed into it.
	if direction := field(f, fieldDirection); !isEnergy || direction == "I" || direction != "E" && !consumption(a.register) {
		p.passOver(a.nmi, a.register, unit)
		return nil
	}
	previous, ok1 := p.registerRead(f, fieldPreviousRead, fieldPreviousDate, fieldPreviousQuality, "Previous", &a, places)
	current, ok2 := p.registerRead(f, fieldCurrentRead, fieldCurrentDate, fieldCurrentQuality, "Current", &a, places)
	if !ok1 || !ok2 {
		p.rows.Reset()
		return nil
	}
	a.period = anomaly.Period{Start: previous.on, End: current.on}
	if !a.period.Valid() {
		p.rows.Reset()
		p.reject("CurrentRegisterReadDateTime", field(f, fieldCurrentDate), anomaly.Msg("nem.period"))
		return nil
	}
	a.from, a.to, a.quality = previous.value, current.value, current.quality
	if text := field(f, fieldQuantity); text != "" {
		q, err := energy(text, places)
		if err != nil {
			p.reject("Quantity", text, anomaly.Msg("nem.bad_value"))
			return p.deliver(a.nmi, a.source)
		}
		a.quantity = q
	} else if q, ok := between(a.from, a.to); ok {
		a.quantity = q
	} else {
		p.reject("Quantity", "", anomaly.Msg("nem.no_quantity"))
		return p.deliver(a.nmi, a.source)
	}
	p.registers = append(p.registers, a)
	return p.deliver(a.nmi, a.source)
}

// between returns the difference of two register values where nothing speaks against
// it being the usage: a register that ran over its end is left to the checks.
func between(from, to anomaly.NullDecimal) (d anomaly.Decimal, ok bool) {
	if !from.Valid || !to.Valid {
		return d, false
	}
	d, ok = anomaly.Sub(to.Decimal, from.Decimal)
	return d, ok && !d.IsNeg()
}

type registerRead struct {
	on      anomaly.Date
	value   anomaly.NullDecimal
	quality anomaly.Quality
}

// registerRead reads one of the two register values and adds it to the rows.
func (p *parser) registerRead(f []string, value, on, q int, which string, a *accumulation, places int) (r registerRead, ok bool) {
	if r.on, ok = date(field(f, on)); !ok {
		p.reject(which+"RegisterReadDateTime", field(f, on), anomaly.Msg("nem.bad_date"))
		return r, false
	}
	if r.quality, ok = quality(field(f, q)); !ok {
		p.reject(which+"QualityMethod", field(f, q), anomaly.Msg("nem.bad_quality"))
		return r, false
	}
	text := field(f, value)
	if text == "" { // the quantity may have been worked out without it
		return r, true
	}
	v, err := energy(text, places)
	if err != nil {
		p.reject(which+"RegisterRead", text, anomaly.Msg("nem.bad_value"))
		return r, false
	}
	r.value = anomaly.Known(v)
	p.rows.Readings = append(p.rows.Readings, anomaly.Reading{
		AccountID: a.nmi, MeterID: a.meter, Register: a.register, On: r.on, Value: v, Quality: r.quality, Source: a.source,
	})
	return r, true
}

// flushRegisters delivers the bills of the NMI whose 250 records were read: one for
// each meter's period, with the registers of that meter summed.
func (p *parser) flushRegisters() error {
	if len(p.registers) == 0 {
		return nil
	}
	for i := range p.registers {
		a := &p.registers[i]
		if p.repeated(i) {
			p.problem(Problem{Line: int(a.source.Row), Column: "RegisterID", Value: a.register, Reason: anomaly.Msg("nem.repeated"), Rejected: true})
			continue
		}
		if j := p.sameBill(i); j < len(p.rows.Bills) {
			p.add(&p.rows.Bills[j], a)
			continue
		}
		p.rows.Bills = append(p.rows.Bills, anomaly.Bill{
			AccountID: a.nmi, MeterID: a.meter, Period: a.period, Usage: a.quantity, Unit: "kWh",
			From: a.from, To: a.to, Quality: a.quality, Source: a.source,
		})
	}
	nmi, source := p.registers[0].nmi, p.registers[0].source
	p.registers = p.registers[:0]
	return p.deliver(nmi, source)
}

// repeated reports whether an earlier record says the same of register i: summing both
// would bill it twice.
func (p *parser) repeated(i int) bool {
	a := &p.registers[i]
	for j := range p.registers[:i] {
		if b := &p.registers[j]; b.register == a.register && b.meter == a.meter && b.period == a.period {
			return true
		}
	}
	return false
}

// sameBill finds the bill that register i belongs to; the number of bills where there
// is none yet.
func (p *parser) sameBill(i int) int {
	a := &p.registers[i]
	for j := range p.rows.Bills {
		if b := &p.rows.Bills[j]; b.Period == a.period && b.MeterID == a.meter {
			return j
		}
	}
	return len(p.rows.Bills)
}

// add sums a second register into a bill. Its opening and closing readings are then no
// longer one pair of numbers; a guessed part makes the whole a guess.
func (p *parser) add(b *anomaly.Bill, a *accumulation) {
	sum, ok := anomaly.Add(b.Usage, a.quantity)
	if !ok {
		p.problem(Problem{Line: int(a.source.Row), Column: "Quantity", Value: a.quantity.String(), Reason: anomaly.Msg("nem.bad_value"), Rejected: true})
		return
	}
	b.Usage = sum
	b.From, b.To = anomaly.NullDecimal{}, anomaly.NullDecimal{}
	if a.quality.Guessed() {
		b.Quality = a.quality
	}
}
