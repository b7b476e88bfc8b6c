package check

import (
	"math"
	"slices"

	"whybill/anomaly"
)

// register is what the meter showed at both ends of the bill's period, as printed on
// the bill or, where it prints nothing, from the readings.
type register struct {
	known         bool
	open, close   anomaly.Decimal
	openAt        anomaly.Source
	closeAt       anomaly.Source
	meter         *anomaly.Meter
	multiplier    anomaly.Decimal
	multiplierBy  multiplierBy
	digits        int // whole digits of the dial; 0 where unknown
	swap          bool
	before, after anomaly.NullDecimal // the readings before open and after close
	afterAt       anomaly.Source
	afterDays     int  // from the closing reading to the one after it
	actual        bool // nobody says that one of the readings was guessed
}

// multiplierBy says where a multiplier comes from.
type multiplierBy uint8

const (
	multiplierUnknown multiplierBy = iota
	multiplierOfMeter
	multiplierOfBills // what the account's other bills agree on
)

func (r *register) read(in *Input) {
	*r = register{}
	b := in.bill
	r.meter = in.History.MeterAt(b.MeterID, b.Period.End)
	r.swap = in.swapped() != nil
	switch {
	case b.From.Valid && b.To.Valid:
		r.open, r.close, r.openAt, r.closeAt = b.From.Decimal, b.To.Decimal, b.Source, b.Source
		r.known, r.actual = true, !b.Quality.Guessed()
	default:
		open, close := in.readingAt(b.Period.Start), in.readingAt(b.Period.End)
		if open == nil || close == nil {
			return
		}
		r.open, r.close, r.openAt, r.closeAt = open.Value, close.Value, open.Source, close.Source
		r.known, r.actual = true, !open.Quality.Guessed() && !close.Quality.Guessed()
	}
	r.neighbours(in)
	r.readMultiplier(in)
	r.digits = r.dialDigits()
}

// neighbours finds the reading before the opening and the one after the closing one.
func (r *register) neighbours(in *Input) {
	bills := in.History.Bills
	if in.prev >= 0 {
		p := &bills[in.prev]
		if p.Period.End == in.bill.Period.Start && p.From.Valid {
			r.before = p.From
		} else if reading := in.readingAt(p.Period.Start); reading != nil {
			r.before = anomaly.Known(reading.Value)
		}
	}
	if in.next >= 0 {
		n := &bills[in.next]
		if n.Period.Start == in.bill.Period.End && n.To.Valid && !n.Quality.Guessed() {
			r.after, r.afterAt, r.afterDays = n.To, n.Source, n.Period.Days()
			return
		}
	}
	readings := in.History.Readings
	for i := range readings {
		if d := &readings[i]; d.On > in.bill.Period.End && !d.Quality.Guessed() && in.mainRegister(d) {
			r.after, r.afterAt, r.afterDays = anomaly.Known(d.Value), d.Source, d.On.Sub(in.bill.Period.End)
			return
		}
	}
}

func (in *Input) mainRegister(d *anomaly.Reading) bool {
	return (d.Register == "" || d.Register == totalRegister) && sameMeter(d.MeterID, in.bill.MeterID)
}

const totalRegister = "total"

// readingAt returns the main register's reading of a day, or nil.
func (in *Input) readingAt(on anomaly.Date) *anomaly.Reading {
	readings := in.History.Readings
	i, _ := slices.BinarySearchFunc(readings, on, func(r anomaly.Reading, on anomaly.Date) int { return int(r.On) - int(on) })
	for ; i < len(readings) && readings[i].On == on; i++ {
		if in.mainRegister(&readings[i]) {
			return &readings[i]
		}
	}
	return nil
}

// swapped returns the meter that was taken out during the bill's period, or nil.
func (in *Input) swapped() *anomaly.Meter {
	for i := range in.History.Meters {
		m := &in.History.Meters[i]
		if !m.RemovedOn.IsZero() && in.bill.Period.Start < m.RemovedOn && m.RemovedOn <= in.bill.Period.End {
			return m
		}
	}
	return nil
}

// readMultiplier takes the multiplier of the meter or, where nothing is known of it,
// the ratio that most of the account's other bills agree on.
func (r *register) readMultiplier(in *Input) {
	r.multiplier = anomaly.DecimalFromInt(1)
	if r.meter != nil {
		if r.meter.Multiplier.Valid {
			r.multiplier = r.meter.Multiplier.Decimal
		}
		r.multiplierBy = multiplierOfMeter
		return
	}
	// The majority vote of Boyer and Moore over the ratios, to two decimals.
	whole, agree, others := 0.0, 0, 0
	for i := range in.History.Bills {
		b := &in.History.Bills[i]
		if i == in.Bill || b.Cancelled || !b.From.Valid || !b.To.Valid || !sameMeter(b.MeterID, in.bill.MeterID) {
			continue
		}
		moved, usage := anomaly.Float(b.To.Decimal)-anomaly.Float(b.From.Decimal), anomaly.Float(b.Usage)
		if moved <= 0 || usage <= 0 {
			continue
		}
		others++
		ratio := math.Round(100 * usage / moved)
		if agree == 0 || ratio == whole {
			whole = ratio
			agree++
		} else {
			agree--
		}
	}
	if others >= 2 && 2*agree > others && whole > 0 {
		r.multiplier, _ = anomaly.ShiftPoint(anomaly.DecimalFromInt(int64(whole)), -2)
		r.multiplierBy = multiplierOfBills
	}
}

// dialDigits is the number of whole digits of the dial: the meter's, or what a
// reading just below a power of ten suggests where the register went back.
func (r *register) dialDigits() int {
	if r.meter != nil && r.meter.Digits > 0 {
		return int(r.meter.Digits)
	}
	if r.close.Cmp(r.open) < 0 {
		return wholeDigits(r.open)
	}
	return 0
}

func wholeDigits(d anomaly.Decimal) int {
	d = d.Abs()
	return max(1, d.Prec()-d.Scale())
}

// dial returns the number of units that the register counts before it starts again at
// zero; 0 where its digits are not known.
func (r *register) dial() anomaly.Decimal {
	if r.digits <= 0 || r.digits > 12 {
		return anomaly.Decimal{}
	}
	n := int64(1)
	for range r.digits {
		n *= 10
	}
	return anomaly.DecimalFromInt(n)
}

// moved is how far the register moved, multiplied: in units of usage. wrapped is
// set where the closing reading is the lower one and the register is taken to have
// started again at zero.
func (r *register) moved() (usage anomaly.Decimal, wrapped, ok bool) {
	return r.between(r.open, r.close)
}

func (r *register) between(open, close anomaly.Decimal) (usage anomaly.Decimal, wrapped, ok bool) {
	d, ok := anomaly.Sub(close, open)
	if !ok {
		return d, false, false
	}
	if d.IsNeg() {
		dial := r.dial()
		if dial.IsZero() {
			return d, false, false
		}
		if d, ok = anomaly.Add(d, dial); !ok {
			return d, false, false
		}
		wrapped = true
	}
	usage, err := d.Mul(r.multiplier)
	return usage, wrapped, err == nil
}
