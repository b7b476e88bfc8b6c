// Package nem reads the meter data files of the Australian electricity market: NEM12
// (interval data) and NEM13 (accumulation data), after AEMO's Meter Data File Format
// specification. Usage comes as intervals, register values as readings, the quantity
// between two register values as a bill without an amount.
//
// Only energy taken from the grid is usage. What is fed in, reactive energy and other
// channels are left out with a remark for each channel: they are never summed with it.
package nem

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"whybill/anomaly"
)

// Problem is something that could not be read as it stands.
type Problem struct {
	Line     int    // counted from 1; 0: the file as a whole
	Column   string // the field's name in the specification; "" the record as a whole
	Value    string
	Reason   anomaly.Message
	Raw      string // the line
	Rejected bool   // the record, or the value, was left out; false: read, with this remark
}

// Error is why a file cannot be read at all.
type Error struct{ message anomaly.Message }

// Message is the reason as the catalogue words it.
func (e *Error) Message() anomaly.Message { return e.message }

// Error returns the reason's key, for logs and tests.
func (e *Error) Error() string { return e.message.Key }

// Detect reports whether a file that begins with head is NEM12 or NEM13: it has their
// header or, where that is missing, their first data record.
func Detect(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	line, _, _ := bytes.Cut(head, []byte("\n"))
	fields := bytes.Split(bytes.ReplaceAll(bytes.TrimSpace(line), []byte(`"`), nil), []byte(","))
	switch string(fields[0]) {
	case "100":
		return len(fields) > 1 && bytes.HasPrefix(fields[1], []byte("NEM1"))
	case "200":
		return len(fields) >= 9 && intervals(string(bytes.TrimSpace(fields[8]))) > 0
	case "250":
		return len(fields) >= 20 && (string(fields[7]) == "E" || string(fields[7]) == "I")
	}
	return false
}

// maxLine bounds a record. The longest regular one, 288 values of 15 characters and the
// free text, stays below 5 KB.
const maxLine = 1 << 20

// Read reads a file. emit gets the rows of one record at a time, valid until it
// returns, with file as the name in their Source; its error stops reading. problem gets
// what cannot be read. read counts the records that carry data, rejected ones included.
func Read(r io.Reader, file string, emit func(*anomaly.Rows) error, problem func(Problem)) (read int, err error) {
	p := &parser{file: file, emit: emit, problem: problem}
	in := bufio.NewReaderSize(r, 64<<10)
	for {
		text, long, err := readLine(in)
		if err != nil && err != io.EOF {
			return p.read, err
		}
		if err == io.EOF && text == "" && !long {
			break
		}
		p.line++
		if p.line == 1 {
			text = strings.TrimPrefix(text, "\uFEFF")
		}
		if long {
			p.reject("", "", anomaly.Msg("nem.long_line"))
			continue
		}
		if err := p.record(text); err != nil {
			return p.read, err
		}
	}
	if err := p.flush(); err != nil {
		return p.read, err
	}
	switch {
	case !p.seen:
		return 0, &Error{anomaly.Msg("nem.no_records")}
	case !p.ended:
		p.line, p.raw = 0, ""
		p.remark("", "", anomaly.Msg("nem.no_end"))
	}
	return p.read, nil
}

// readLine returns a line without its end; CR, LF and CRLF end one. long is set where
// it is longer than a record may be: the rest of it is skipped.
func readLine(in *bufio.Reader) (text string, long bool, err error) {
	var line []byte
	for {
		if _, err := in.Peek(1); err != nil {
			return string(line), long, err
		}
		piece, _ := in.Peek(in.Buffered())
		end := bytes.IndexAny(piece, "\r\n")
		if end >= 0 {
			piece = piece[:end]
		}
		if len(line)+len(piece) <= maxLine {
			line = append(line, piece...)
		} else {
			long = true
		}
		if _, err := in.Discard(len(piece)); err != nil {
			return string(line), long, err
		}
		if end < 0 {
			continue
		}
		if c, _ := in.ReadByte(); c == '\r' {
			if next, err := in.Peek(1); err == nil && next[0] == '\n' {
				_, _ = in.Discard(1)
			}
		}
		return string(line), long, nil
	}
}

// parser holds where it is in the file.
type parser struct {
	file    string
	emit    func(*anomaly.Rows) error
	problem func(Problem)
	line    int
	raw     string
	read    int
	rows    anomaly.Rows

	seen, ended bool
	headed      bool // a header was read, or that it is missing was said
	channel     channel
	day         *day            // a 300 record that waits for its 400 records
	registers   []accumulation  // the 250 records of one NMI in a row
	account     string          // the last one delivered as a row
	silenced    map[string]bool // channels whose remark was made
}

func (p *parser) reject(column, value string, reason anomaly.Message) {
	p.problem(Problem{Line: p.line, Column: column, Value: value, Reason: reason, Raw: p.raw, Rejected: true})
}

func (p *parser) remark(column, value string, reason anomaly.Message) {
	p.problem(Problem{Line: p.line, Column: column, Value: value, Reason: reason, Raw: p.raw})
}

func (p *parser) source() anomaly.Source { return anomaly.Source{File: p.file, Row: int32(p.line)} }

// record reads one line.
func (p *parser) record(text string) error {
	p.raw = text
	fields := strings.Split(text, ",")
	if strings.IndexByte(text, '"') >= 0 {
		r := csv.NewReader(strings.NewReader(text))
		r.LazyQuotes = true
		r.FieldsPerRecord = -1
		if quoted, err := r.Read(); err == nil {
			fields = quoted
		}
	}
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	kind := fields[0]
	if kind == "" && strings.Trim(text, ", \t\x00\x1a") == "" {
		return nil
	}
	if kind != "400" {
		if err := p.flushDay(); err != nil {
			return err
		}
	}
	switch kind {
	case "100":
		return p.header(fields)
	case "200", "250":
		p.announce()
	}
	switch kind {
	case "200":
		p.openChannel(fields)
	case "300":
		p.read++
		p.openDay(fields)
	case "400":
		p.addRange(fields)
	case "500":
		return p.index(fields)
	case "250":
		p.read++
		return p.accumulation(fields)
	case "550": // transaction codes of a 250 record: nothing that is billed
	case "900":
		p.ended = true
		p.channel = channel{}
		return p.flushRegisters()
	default:
		p.reject("RecordIndicator", kind, anomaly.Msg("nem.record"))
	}
	return nil
}

// header reads a 100 record. Networks join files: there may be several.
func (p *parser) header(fields []string) error {
	if err := p.flushRegisters(); err != nil {
		return err
	}
	if v := field(fields, 1); v != "NEM12" && v != "NEM13" {
		if !p.seen {
			return &Error{anomaly.Msg("nem.version", anomaly.TextArg("version", v))}
		}
		p.remark("VersionHeader", v, anomaly.Msg("nem.version", anomaly.TextArg("version", v)))
	}
	p.seen, p.ended, p.headed = true, false, true
	p.channel = channel{}
	return nil
}

// announce notes a data record, which has to stand behind a header.
func (p *parser) announce() {
	if !p.headed {
		p.remark("", "", anomaly.Msg("nem.no_header"))
	}
	p.seen, p.ended, p.headed = true, false, true
}

func (p *parser) flush() error {
	if err := p.flushDay(); err != nil {
		return err
	}
	return p.flushRegisters()
}

// deliver hands over the rows gathered, with the account's own row where it is new.
func (p *parser) deliver(account string, source anomaly.Source) error {
	if p.rows.Len() == 0 {
		return nil
	}
	if account != p.account {
		p.account = account
		p.rows.Accounts = append(p.rows.Accounts, anomaly.Account{
			ID: account, Service: anomaly.Electricity, Unit: "kWh", Source: source,
		})
	}
	err := p.emit(&p.rows)
	p.rows.Reset()
	return err
}

func field(fields []string, i int) string {
	if i < len(fields) {
		return fields[i]
	}
	return ""
}

// quality reads a quality method such as A, E52 or F14.
func quality(code string) (q anomaly.Quality, ok bool) {
	if code == "" {
		return anomaly.QualityUnknown, false
	}
	if method := code[1:]; method != "" && (len(method) != 2 || strings.Trim(method, "0123456789") != "") {
		return anomaly.QualityUnknown, false
	}
	switch code[0] {
	case 'A':
		return anomaly.Actual, true
	case 'E':
		return anomaly.Estimated, true
	case 'S', 'F':
		return anomaly.Substituted, true
	}
	return anomaly.QualityUnknown, false
}

// toKWh returns the power of ten that makes kilowatt-hours of the unit; energy is false
// where it counts something else.
func toKWh(unit string) (places int, energy bool) {
	switch strings.ToUpper(unit) {
	case "WH":
		return -3, true
	case "KWH":
		return 0, true
	case "MWH":
		return 3, true
	}
	return 0, false
}

var errNumber = errors.New("not a number in range")

// energy reads a value as kilowatt-hours.
func energy(text string, places int) (anomaly.Decimal, error) {
	d, err := anomaly.ParseDecimal(text)
	if err != nil {
		return d, errNumber
	}
	if places == 0 {
		return d, nil
	}
	d, ok := anomaly.ShiftPoint(d, places)
	if !ok {
		return d, errNumber
	}
	return d, nil
}

// date reads the first eight digits of a date or a date with a time. Register values
// are taken at the start of the day that the format names.
func date(text string) (d anomaly.Date, ok bool) {
	switch len(text) {
	case 8, 12, 14:
	default:
		return 0, false
	}
	if strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	d, err := anomaly.ParseDate(fmt.Sprintf("%s-%s-%s", text[:4], text[4:6], text[6:8]))
	return d, err == nil && d >= anomaly.MinDate && d <= anomaly.MaxDate
}
