package importers

import (
	"bytes"
	"context"
	"errors"
	"io"

	"whybill/anomaly"
	"whybill/importers/espi"
	"whybill/importers/nem"
)

// formatOf recognises the formats that are no tables; "" otherwise.
func formatOf(head []byte) Format {
	switch {
	case nem.Detect(head):
		return FormatNEM
	case espi.Detect(head):
		return FormatESPI
	}
	return ""
}

// newFormat makes the table of a file that is none. Its kinds show when it is read.
func newFormat(src *source, format Format, opt Options) *table {
	t := &table{source: src}
	t.info = FileInfo{Name: src.name, Bytes: src.size, Format: format, source: src, Service: opt.Service}
	t.info.Kinds = []Kind{KindIntervals}
	t.plans = []*plan{{file: src.name, kinds: t.info.Kinds}}
	if format == FormatNEM {
		t.info.Service = anomaly.Electricity
	}
	return t
}

// formatBatch is how many rows of such a file make a batch.
const formatBatch = 4096

// eachFormat delivers the rows of a file that is no table.
func (t *table) eachFormat(ctx context.Context, deliver func(*Batch) error) error {
	b := &Batch{File: t.info.Name}
	var position func() int64
	flush := func() error {
		if position != nil {
			b.Bytes = position()
		}
		err := deliver(b)
		b.Rows.Reset()
		b.Problems, b.Read = b.Problems[:0], 0
		return err
	}
	emit := func(rows *anomaly.Rows) error {
		appendRows(&b.Rows, rows)
		if b.Rows.Len() < formatBatch {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return flush()
	}
	open := func() (r io.ReadCloser, err error) {
		r, position, err = t.source.open()
		return r, err
	}
	read, err := t.readFormat(open, b, emit)
	b.Read = read
	if flushed := flush(); err == nil {
		err = flushed
	}
	return err
}

func (t *table) readFormat(open func() (io.ReadCloser, error), b *Batch, emit func(*anomaly.Rows) error) (read int, err error) {
	name := t.info.Name
	if t.info.Format == FormatESPI {
		return espi.Read(open, t.info.Label, emit, func(p espi.Problem) {
			b.Problems = append(b.Problems, Problem{
				File: name, Row: p.Line, Column: p.Column, Value: p.Value, Reason: p.Reason, Rejected: p.Rejected,
			})
		})
	}
	r, err := open()
	if err != nil {
		return 0, err
	}
	read, err = nem.Read(r, t.info.Label, emit, func(p nem.Problem) {
		b.Problems = append(b.Problems, Problem{
			File: name, Row: p.Line, Column: p.Column, Value: p.Value, Reason: p.Reason, Raw: p.Raw, Rejected: p.Rejected,
		})
	})
	return read, errors.Join(err, r.Close())
}

// appendRows copies the rows of every kind behind those that are there.
func appendRows(to, rows *anomaly.Rows) {
	to.Accounts = append(to.Accounts, rows.Accounts...)
	to.Meters = append(to.Meters, rows.Meters...)
	to.Readings = append(to.Readings, rows.Readings...)
	to.Bills = append(to.Bills, rows.Bills...)
	to.Lines = append(to.Lines, rows.Lines...)
	to.Appliances = append(to.Appliances, rows.Appliances...)
	to.Weather = append(to.Weather, rows.Weather...)
	to.Intervals = append(to.Intervals, rows.Intervals...)
	to.Events = append(to.Events, rows.Events...)
	to.Inspections = append(to.Inspections, rows.Inspections...)
}

// isHTML recognises a web page that was saved under the name of a table.
func isHTML(head []byte) bool {
	lower := bytes.ToLower(head[:min(len(head), 512)])
	return bytes.Contains(lower, []byte("<html")) || bytes.Contains(lower, []byte("<!doctype html"))
}
