package store

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"

	"whybill/anomaly"
)

// encoder writes a row as a key, whose order as bytes is the order of the table, and
// the values of its columns. A key is
//
//	account, kind of row, key columns, place in the import
//
// so that sorting brings an account's rows together, kind by kind, and leaves rows of
// the same key in the order in which they were imported. Values are the id of the part
// of the file and then each column of the table with its type.
type encoder struct {
	key, val []byte
	number   []byte
}

// start begins a row.
func (e *encoder) start(k kind, account string, part int64) {
	e.key, e.val = appendKeyText(e.key[:0], account), e.val[:0]
	e.key = append(e.key, byte(k))
	e.val = binary.AppendUvarint(e.val, uint64(part))
}

// keyText and keyInt write a column of the key.
func (e *encoder) keyText(s string) {
	e.key = appendKeyText(e.key, s)
	e.text(s)
}

func (e *encoder) keyInt(n int64) {
	e.key = appendKeyInt(e.key, n)
	e.int(n)
}

// appendKeyText ends a text so that it sorts before every longer one.
func appendKeyText(b []byte, s string) []byte {
	if strings.IndexByte(s, 0) < 0 {
		return append(append(b, s...), 0, 1)
	}
	for i := range len(s) {
		if b = append(b, s[i]); s[i] == 0 {
			b = append(b, 0xff)
		}
	}
	return append(b, 0, 1)
}

// appendKeyInt writes the sign so that negative numbers sort first.
func appendKeyInt(b []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(n)^1<<63)
}

// The types of values.
const (
	tagNull byte = iota
	tagInt
	tagText
	tagReal
)

func (e *encoder) null() { e.val = append(e.val, tagNull) }

func (e *encoder) int(n int64) {
	e.val = binary.AppendVarint(append(e.val, tagInt), n)
}

// optInt and optText write what may be missing: zero and "" mean that it is.
func (e *encoder) optInt(n int64) {
	if n == 0 {
		e.null()
		return
	}
	e.int(n)
}

func (e *encoder) text(s string) {
	e.val = append(binary.AppendUvarint(append(e.val, tagText), uint64(len(s))), s...)
}

func (e *encoder) optText(s string) {
	if s == "" {
		e.null()
		return
	}
	e.text(s)
}

func (e *encoder) real(f float64) {
	e.val = binary.LittleEndian.AppendUint64(append(e.val, tagReal), math.Float64bits(f))
}

// decimal writes a whole number as such and anything else as text, which keeps every
// digit, trailing zeros included.
func (e *encoder) decimal(d anomaly.Decimal) {
	if d.Scale() == 0 && d.Coef() <= math.MaxInt64 {
		n := int64(d.Coef())
		if d.IsNeg() {
			n = -n
		}
		e.int(n)
		return
	}
	e.number, _ = d.AppendText(e.number[:0]) // never fails
	e.val = append(binary.AppendUvarint(append(e.val, tagText), uint64(len(e.number))), e.number...)
}

func (e *encoder) optDecimal(d anomaly.NullDecimal) {
	if !d.Valid {
		e.null()
		return
	}
	e.decimal(d.Decimal)
}

// record is a row as the encoder wrote it.
type record struct {
	key string // without the place in the import
	at  int64  // the place in the import
	val string
}

var errRecord = errors.New("a temporary row is damaged")

// value is the value of one column.
type value struct {
	tag  byte
	int  int64
	real float64
	text string
}

// cut takes the first value off s.
func cut(s string) (v value, rest string, err error) {
	if s == "" {
		return v, "", errRecord
	}
	v.tag, rest = s[0], s[1:]
	switch v.tag {
	case tagNull:
		return v, rest, nil
	case tagInt:
		u, n := uvarint(rest)
		if n == 0 {
			return v, "", errRecord
		}
		v.int = int64(u>>1) ^ -int64(u&1)
		return v, rest[n:], nil
	case tagText:
		u, n := uvarint(rest)
		if n == 0 || u > uint64(len(rest)-n) {
			return v, "", errRecord
		}
		v.text = rest[n : n+int(u)]
		return v, rest[n+int(u):], nil
	case tagReal:
		if len(rest) < 8 {
			return v, "", errRecord
		}
		v.real = math.Float64frombits(binary.LittleEndian.Uint64([]byte(rest[:8])))
		return v, rest[8:], nil
	}
	return v, "", errRecord
}

// uvarint is binary.Uvarint for a string; n is 0 where there is none.
func uvarint(s string) (u uint64, n int) {
	var shift uint
	for i := 0; i < len(s) && i < binary.MaxVarintLen64; i++ {
		u |= uint64(s[i]&0x7f) << shift
		if s[i] < 0x80 {
			return u, i + 1
		}
		shift += 7
	}
	return 0, 0
}

// part returns the id of the part of the file that the row stands in, and its columns.
func (r *record) part() (part int64, columns string, err error) {
	u, n := uvarint(r.val)
	if n == 0 {
		return 0, "", errRecord
	}
	return int64(u), r.val[n:], nil
}

// parse reads all columns into dst.
func (r *record) parse(dst []value) (part int64, values []value, err error) {
	part, rest, err := r.part()
	if err != nil {
		return 0, nil, err
	}
	values = dst[:0]
	for rest != "" {
		var v value
		if v, rest, err = cut(rest); err != nil {
			return 0, nil, err
		}
		values = append(values, v)
	}
	return part, values, nil
}

// span returns the text of the columns from up to but not including to: equal texts
// are equal values.
func span(columns string, from, to int) (string, error) {
	rest, start := columns, 0
	for i := range to {
		if i == from {
			start = len(columns) - len(rest)
		}
		var err error
		if _, rest, err = cut(rest); err != nil {
			return "", err
		}
	}
	if from == to {
		return "", nil
	}
	return columns[start : len(columns)-len(rest)], nil
}
