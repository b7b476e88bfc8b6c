// Package espi reads Green Button files: NAESB's Energy Services Provider Interface,
// resources in an Atom feed that refer to each other by links. Usage over short
// intervals comes as intervals, usage over billing periods and usage summaries as bills,
// register values as readings, usage points as accounts.
//
// Times in a file are UTC; they are turned into the meter's civil time by the rules
// that the file carries. Only what is delivered to the customer is usage: other flows,
// units and commodities are left out with a remark for each meter reading.
package espi

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"

	"whybill/anomaly"
)

// Problem is something that could not be read as it stands.
type Problem struct {
	Line     int    // of the file, counted from 1; 0: the file as a whole
	Column   string // the element's name
	Value    string
	Reason   anomaly.Message
	Rejected bool // it was left out; false: it was read, with this remark
}

// Error is why a file cannot be read at all, or not to its end.
type Error struct{ message anomaly.Message }

// Message is the reason as the catalogue words it.
func (e *Error) Message() anomaly.Message { return e.message }

// Error returns the reason's key, for logs and tests.
func (e *Error) Error() string { return e.message.Key }

// Detect reports whether a file that begins with head is a Green Button file.
func Detect(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	return bytes.HasPrefix(head, []byte("<")) &&
		(bytes.Contains(head, []byte("naesb.org/espi")) ||
			bytes.Contains(head, []byte("www.w3.org/2005/Atom")) && bytes.Contains(head, []byte("feed")))
}

// Read reads a file. open opens its content from the start; it is read twice, since a
// link may point forward. emit gets some hundred rows at a time, valid until it returns,
// with file as the name in their Source and the line as their row; its error stops
// reading. problem gets what cannot be read. read counts the interval readings and
// usage summaries, rejected ones included.
//
// Where the XML breaks off, everything before the break is delivered, then an *Error.
func Read(open func() (io.ReadCloser, error), file string, emit func(*anomaly.Rows) error, problem func(Problem)) (read int, err error) {
	g := newGraph()
	broken, err := each(open, g.collect)
	if err != nil {
		return 0, err
	}
	if g.entries == 0 {
		return 0, &Error{anomaly.Msg("espi.no_entries")}
	}
	g.resolve()
	d := &delivery{graph: g, file: file, emit: emit, problem: problem, told: map[any]bool{}}
	if err := d.accounts(); err != nil {
		return 0, err
	}
	if _, err := each(open, d.entry); err != nil {
		return d.read, err
	}
	if err := d.bills.deliver(d); err != nil {
		return d.read, err
	}
	if broken {
		return d.read, &Error{anomaly.Msg("espi.broken")}
	}
	return d.read, nil
}

// each reads the file once and calls visit at the start of every entry with the
// entry's number. broken is set where the XML breaks off.
func each(open func() (io.ReadCloser, error), visit func(d *xml.Decoder, entry int) error) (broken bool, err error) {
	in, err := open()
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	source := &source{r: in}
	d := xml.NewDecoder(source)
	for n := 0; ; {
		t, err := d.Token()
		if err == nil {
			if e, ok := t.(xml.StartElement); ok && e.Name.Local == "entry" {
				n++
				err = visit(d, n-1)
			}
		}
		var syntax *xml.SyntaxError
		switch {
		case err == nil:
		case source.err != nil && source.err != io.EOF:
			return false, source.err
		case err == io.EOF:
			return false, nil
		case errors.As(err, &syntax), errors.Is(err, io.ErrUnexpectedEOF):
			return true, nil
		case source.err == nil && isCharset(err):
			return false, &Error{anomaly.Msg("espi.encoding")}
		default:
			return false, err
		}
	}
}

// source remembers a reader's own failure, to tell it from broken XML.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil {
		s.err = err
	}
	return n, err
}

// isCharset tells the decoder's refusal of an encoding, for which it has no type.
func isCharset(err error) bool { return bytes.Contains([]byte(err.Error()), []byte("CharsetReader")) }

// children calls on for each child element of the element that the decoder is in, and
// returns behind its end. on has to read or skip the child.
func children(d *xml.Decoder, on func(*xml.StartElement) error) error {
	for {
		t, err := d.Token()
		if err == io.EOF {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			if err := on(&t); err != nil {
				return err
			}
		}
	}
}

// decode reads an element into v; a value that does not fit is left out.
func decode(d *xml.Decoder, e *xml.StartElement, v any) error { return d.DecodeElement(v, e) }
