package pipeline

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/govalues/decimal"

	"whybill/anomaly"
)

// kind tags an encoded row.
type kind uint8

const (
	kindAccount kind = iota
	kindMeter
	kindReading
	kindBill
	kindLine
	kindAppliance
	kindEvent
	kindInspection
)

// codec writes and reads rows in a compact form, so that many more of them fit in
// memory than as values. Each kind has one function that lists its fields; the same
// function writes or reads, as the codec's mode says, so that the two cannot differ.
//
// A row starts with a bit mask of the fields that are there: most fields of most rows
// are empty. Words that recur (units, currencies, files) are numbers in a dictionary.
type codec struct {
	reading bool
	words   *dictionary

	out []byte // written so far

	in string // what is left to read

	maskAt int // where the mask of the row being written stands
	mask   uint32
	bit    uint32
	bad    bool // the input ended early or made no sense

	// last is the word that each field was written with last: most rows repeat it.
	last [32]numbered
}

// numbered is a word with its number in the dictionary.
type numbered struct {
	word   string
	number uint64
}

const maskBytes = 4

// row starts a row; every field function after it takes the next bit of the mask.
func (c *codec) row() {
	c.bit = 1
	if c.reading {
		if len(c.in) < maskBytes {
			c.fail()
			return
		}
		c.mask = uint32(c.in[0]) | uint32(c.in[1])<<8 | uint32(c.in[2])<<16 | uint32(c.in[3])<<24
		c.in = c.in[maskBytes:]
		return
	}
	c.maskAt, c.mask = len(c.out), 0
	c.out = append(c.out, 0, 0, 0, 0)
}

// end finishes a row that was written.
func (c *codec) end() {
	if !c.reading {
		binary.LittleEndian.PutUint32(c.out[c.maskAt:], c.mask)
	}
}

// here reports whether the next field is in the row; writing, it notes that it is
// where there is something to write.
func (c *codec) here(nonZero bool) bool {
	bit := c.bit
	c.bit <<= 1
	if c.reading {
		return c.mask&bit != 0
	}
	if nonZero {
		c.mask |= bit
	}
	return nonZero
}

func (c *codec) fail() { c.bad, c.in, c.mask = true, "", 0 }

func (c *codec) varint(v int64) int64 {
	if !c.reading {
		c.out = binary.AppendVarint(c.out, v)
		return v
	}
	u := c.uvarint(0)
	return int64(u>>1) ^ -int64(u&1)
}

func (c *codec) uvarint(v uint64) uint64 {
	if !c.reading {
		c.out = binary.AppendUvarint(c.out, v)
		return v
	}
	if len(c.in) > 0 && c.in[0] < 0x80 {
		x := uint64(c.in[0])
		c.in = c.in[1:]
		return x
	}
	return c.longUvarint()
}

func (c *codec) longUvarint() uint64 {
	var x uint64
	for i := 0; i < len(c.in) && i < binary.MaxVarintLen64; i++ {
		b := c.in[i]
		x |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			c.in = c.in[i+1:]
			return x
		}
	}
	c.fail()
	return 0
}

func (c *codec) text(s *string) {
	if !c.here(*s != "") {
		return
	}
	n := c.uvarint(uint64(len(*s)))
	if !c.reading {
		c.out = append(c.out, *s...)
		return
	}
	if n > uint64(len(c.in)) {
		c.fail()
		return
	}
	*s, c.in = c.in[:n], c.in[n:]
}

// word is a text that recurs: a unit, a tariff, a file.
func (c *codec) word(s *string) {
	if !c.here(*s != "") {
		return
	}
	if !c.reading {
		last := &c.last[bits.TrailingZeros32(c.bit>>1)&31]
		if last.word != *s {
			last.number = c.words.number(*s)
			last.word = c.words.at(last.number)
		}
		c.uvarint(last.number)
		return
	}
	*s = c.words.at(c.uvarint(0))
}

func integer[T ~int8 | ~uint8 | ~int16 | ~uint16 | ~int32 | ~int64](c *codec, v *T) {
	if c.here(*v != 0) {
		*v = T(c.varint(int64(*v)))
	}
}

func (c *codec) flag(v *bool) {
	if c.here(*v) {
		*v = true
	}
}

func (c *codec) float(v *float64) {
	if c.here(*v != 0) {
		*v = math.Float64frombits(c.uvarint(math.Float64bits(*v)))
	}
}

func (c *codec) decimal(d *anomaly.Decimal) {
	if c.here(d.Coef() != 0 || d.Scale() != 0) {
		c.digits(d, 0)
	}
}

func (c *codec) null(d *anomaly.NullDecimal) {
	if !c.here(d.Valid || d.Decimal.Coef() != 0 || d.Decimal.Scale() != 0) {
		return
	}
	var more uint64
	if d.Valid {
		more = 1
	}
	d.Valid = c.digits(&d.Decimal, more) == 1
}

// digits writes or reads a decimal. The scale, the sign and one bit more, which comes
// back, share a byte: scales go up to 19.
func (c *codec) digits(d *anomaly.Decimal, more uint64) uint64 {
	head := uint64(d.Scale())<<2 | more<<1
	if d.IsNeg() {
		head |= 1
	}
	head = c.uvarint(head)
	coef := c.uvarint(d.Coef())
	if c.reading {
		v, err := newDecimal(coef, int(head>>2), head&1 == 1)
		if err != nil {
			c.fail()
			return 0
		}
		*d = v
	}
	return head >> 1 & 1
}

func newDecimal(coef uint64, scale int, negative bool) (anomaly.Decimal, error) {
	if coef > math.MaxInt64 {
		// Beyond int64 the constructor takes text only; bills do not come here.
		return decimal.Parse(bigDecimal(coef, scale, negative))
	}
	v := int64(coef)
	if negative {
		v = -v
	}
	return decimal.New(v, scale)
}

func bigDecimal(coef uint64, scale int, negative bool) string {
	text := make([]byte, 0, 24)
	text = appendUint(text, coef)
	for len(text) <= scale {
		text = append([]byte{'0'}, text...)
	}
	whole := len(text) - scale
	s := string(text[:whole])
	if scale > 0 {
		s += "." + string(text[whole:])
	}
	if negative {
		return "-" + s
	}
	return s
}

func appendUint(b []byte, v uint64) []byte {
	if v >= 10 {
		b = appendUint(b, v/10)
	}
	return append(b, byte('0'+v%10))
}

func (c *codec) period(p *anomaly.Period) {
	if !c.here(p.Start != 0 || p.End != 0) {
		return
	}
	days := p.End - p.Start
	p.Start = anomaly.Date(c.varint(int64(p.Start)))
	p.End = p.Start + anomaly.Date(c.varint(int64(days)))
}

func (c *codec) source(s *anomaly.Source) {
	c.word(&s.File)
	integer(c, &s.Row)
}

func (c *codec) account(a *anomaly.Account) {
	c.row()
	integer(c, &a.Service)
	c.word(&a.Unit)
	c.text(&a.PremiseID)
	c.text(&a.Name)
	c.word(&a.Class)
	c.word(&a.Tariff)
	c.word(&a.Region)
	c.text(&a.Route)
	integer(c, &a.MovedIn)
	integer(c, &a.MovedOut)
	c.word(&a.Status)
	c.null(&a.ServiceAmps)
	integer(c, &a.Phases)
	c.null(&a.MeterSize)
	c.null(&a.Occupants)
	c.word(&a.WeatherStation)
	c.text(&a.PreviousAccountID)
	c.source(&a.Source)
	c.end()
}

func (c *codec) meter(m *anomaly.Meter) {
	c.row()
	c.text(&m.ID)
	integer(c, &m.InstalledOn)
	integer(c, &m.RemovedOn)
	c.null(&m.InitialReading)
	c.null(&m.FinalReading)
	c.null(&m.Multiplier)
	integer(c, &m.Digits)
	c.null(&m.Resolution)
	c.null(&m.Constant)
	integer(c, &m.VerifiedUntil)
	c.source(&m.Source)
	c.end()
}

func (c *codec) readingRow(r *anomaly.Reading) {
	c.row()
	c.text(&r.MeterID)
	c.word(&r.Register)
	integer(c, &r.On)
	c.decimal(&r.Value)
	integer(c, &r.Quality)
	c.word(&r.Reader)
	c.source(&r.Source)
	c.end()
}

func (c *codec) bill(b *anomaly.Bill) {
	c.row()
	c.text(&b.ID)
	c.text(&b.MeterID)
	c.period(&b.Period)
	c.decimal(&b.Usage)
	c.word(&b.Unit)
	c.null(&b.Amount)
	c.word(&b.Currency)
	integer(c, &b.IssuedOn)
	integer(c, &b.DueOn)
	c.word(&b.Tariff)
	c.null(&b.From)
	c.null(&b.To)
	integer(c, &b.Quality)
	c.text(&b.Cancels)
	c.flag(&b.EndAssumed)
	c.source(&b.Source)
	c.end()
}

func (c *codec) line(l *anomaly.Line) {
	c.row()
	c.text(&l.BillID)
	c.word(&l.Code)
	c.text(&l.Description)
	c.null(&l.Quantity)
	c.null(&l.UnitPrice)
	c.decimal(&l.Amount)
	c.period(&l.Period)
	c.source(&l.Source)
	c.end()
}

func (c *codec) appliance(a *anomaly.Appliance) {
	c.row()
	c.text(&a.Name)
	c.float(&a.Watts)
	c.float(&a.HoursPerDay)
	c.float(&a.Count)
	integer(c, &a.From)
	integer(c, &a.Until)
	integer(c, &a.Months)
	c.float(&a.WattsLow)
	c.float(&a.WattsHigh)
	c.float(&a.HoursLow)
	c.float(&a.HoursHigh)
	c.source(&a.Source)
	c.end()
}

func (c *codec) event(e *anomaly.Event) {
	c.row()
	integer(c, &e.At)
	c.text(&e.Time)
	c.word(&e.Kind)
	integer(c, &e.Due)
	c.text(&e.DueTime)
	c.text(&e.Ref)
	c.null(&e.Amount)
	c.text(&e.Note)
	c.text(&e.By)
	c.source(&e.Source)
	c.end()
}

func (c *codec) inspection(i *anomaly.Inspection) {
	c.row()
	c.word(&i.Outcome)
	integer(c, &i.On)
	c.null(&i.RecoveredUsage)
	c.null(&i.RecoveredAmount)
	c.source(&i.Source)
	c.end()
}

// dictionary numbers the words that recur. It is written by one goroutine and, after
// that, read by many.
type dictionary struct {
	numbers map[string]uint64
	words   []string
}

func newDictionary() *dictionary { return &dictionary{numbers: map[string]uint64{}} }

func (d *dictionary) number(word string) uint64 {
	if n, ok := d.numbers[word]; ok {
		return n
	}
	// A word that came as a part of a larger block must not keep that block alive.
	word = string([]byte(word))
	n := uint64(len(d.words))
	d.numbers[word] = n
	d.words = append(d.words, word)
	return n
}

func (d *dictionary) at(n uint64) string {
	if n >= uint64(len(d.words)) {
		return ""
	}
	return d.words[n]
}
