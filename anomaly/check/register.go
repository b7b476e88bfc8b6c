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
	exchange      exchange
	exchanged     bool   // within the period, its first and last day included
	swap          bool   // and both meters count for this bill
	openID        string // the meter that was read; "" where the files do not say
	closeID       string
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
	r.openID, r.closeID = b.MeterID, b.MeterID
	if len(in.History.Meters) > 0 || len(in.History.Readings) > 0 {
		r.exchange, r.exchanged = in.findExchange()
	}
	if x := &r.exchange; r.exchanged {
		r.swap = x.inside
		r.openID, r.closeID = x.oldID, x.freshID
		if !r.swap && x.on == b.Period.Start {
			r.openID = x.freshID
		} else if !r.swap {
			r.closeID = x.oldID
		}
	}
	r.meter = in.History.MeterAt(r.closeID, b.Period.End)
	switch {
	case b.From.Valid && b.To.Valid:
		r.open, r.close, r.openAt, r.closeAt = b.From.Decimal, b.To.Decimal, b.Source, b.Source
		r.known, r.actual = true, !b.Quality.Guessed()
	default:
		open, close := in.readingAt(b.Period.Start, r.openID), in.readingAt(b.Period.End, r.closeID)
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
		// Readings of the meter that was there before say nothing of this one's.
		p := &bills[in.prev]
		same := sameMeter(p.MeterID, r.openID) && !in.exchangedBetween(p.Period.Start, in.bill.Period.Start)
		if same && p.Period.End == in.bill.Period.Start && p.From.Valid {
			r.before = p.From
		} else if reading := in.readingAt(p.Period.Start, r.openID); same && reading != nil {
			r.before = anomaly.Known(reading.Value)
		}
	}
	if in.next >= 0 {
		n := &bills[in.next]
		if n.Period.Start == in.bill.Period.End && n.To.Valid && !n.Quality.Guessed() &&
			sameMeter(n.MeterID, r.closeID) && !in.exchangedBetween(in.bill.Period.End.AddDays(-1), n.Period.End) {
			r.after, r.afterAt, r.afterDays = n.To, n.Source, n.Period.Days()
			return
		}
	}
	readings := in.History.Readings
	for i := range readings {
		d := &readings[i]
		if d.On > in.bill.Period.End && !d.Quality.Guessed() && in.mainRegister(d) && !in.exchangedBetween(in.bill.Period.End.AddDays(-1), d.On.AddDays(-1)) {
			r.after, r.afterAt, r.afterDays = anomaly.Known(d.Value), d.Source, d.On.Sub(in.bill.Period.End)
			return
		}
	}
}

// mainRegister reports whether a reading is of the meter that the bill closes with, and of
// its total.
func (in *Input) mainRegister(d *anomaly.Reading) bool {
	return mainRegister(d) && sameMeter(d.MeterID, in.register.closeID)
}

func mainRegister(d *anomaly.Reading) bool { return d.Register == "" || d.Register == totalRegister }

const totalRegister = "total"

// readingAt returns a meter's main register's reading of a day, or nil; any meter's where
// id is "".
func (in *Input) readingAt(on anomaly.Date, id string) *anomaly.Reading {
	readings := in.History.Readings
	i, _ := slices.BinarySearchFunc(readings, on, func(r anomaly.Reading, on anomaly.Date) int { return int(r.On) - int(on) })
	for ; i < len(readings) && readings[i].On == on; i++ {
		if d := &readings[i]; mainRegister(d) && sameMeter(d.MeterID, id) {
			return d
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
