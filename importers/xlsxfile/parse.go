package xlsxfile

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// parser turns the XML of rows into cells. Every chunk has one of its own.
type parser struct {
	name    string
	strings *stringTable
	styles  []format
	date04  bool
	hideAll bool
}

// parse reads all rows of the chunk. Where it ends in c.err, the rows before are there.
func (c *chunk) parse() {
	err := c.parseRows()
	text := string(c.text)
	if !utf8.ValidString(text) {
		c.takeInvalid()
	} else {
		for i, s := range c.spans {
			if s.from >= 0 {
				c.cells[i].Text = text[s.from:s.to]
			}
		}
	}
	c.err = err
}

// takeInvalid gives the cells their texts where some of them are not UTF-8.
func (c *chunk) takeInvalid() {
	for i, s := range c.spans {
		if s.from >= 0 {
			c.cells[i].Text = strings.ToValidUTF8(string(c.text[s.from:s.to]), "\uFFFD")
		}
	}
}

func (c *chunk) parseRows() (err error) {
	defer recovered(&err)
	p := cursor{b: c.xml}
	for p.next() {
		if p.end || string(p.local) != "row" {
			continue
		}
		row := rowAt{from: len(c.cells), hidden: c.hideAll}
		for attrs := p.attrs; ; {
			name, value, rest, ok := attr(attrs)
			if !ok {
				break
			}
			switch string(name) {
			case "r":
				if row.number = wholeNumber(value); row.number <= 0 || row.number > maxRows {
					return damaged(c.name)
				}
			case "hidden":
				row.hidden = isTrue(string(value))
			}
			attrs = rest
		}
		if !p.selfClosed {
			if err := c.parseCells(&p); err != nil {
				c.cells, c.cols, c.spans = c.cells[:row.from], c.cols[:row.from], c.spans[:row.from]
				return err
			}
		}
		row.to = len(c.cells)
		row.contiguous = true
		for i, col := range c.cols[row.from:] {
			if int(col) != i {
				row.contiguous = false
				break
			}
		}
		c.rows = append(c.rows, row)
	}
	if p.broken {
		return damaged(c.name)
	}
	return nil
}

// wholeNumber reads digits; -1 for anything else.
func wholeNumber(b []byte) int {
	n := 0
	for _, d := range b {
		if d < '0' || d > '9' || n > maxRows*10 {
			return -1
		}
		n = n*10 + int(d-'0')
	}
	if len(b) == 0 {
		return -1
	}
	return n
}

// parseCells reads the cells of a row up to its end tag. Empty cells behind the last
// one with a value are dropped.
func (c *chunk) parseCells(p *cursor) error {
	first := len(c.cells)
	used := first // behind the last cell that is not empty
	col := 0
	for p.next() {
		if p.end {
			if string(p.local) == "row" {
				c.cells, c.cols, c.spans = c.cells[:used], c.cols[:used], c.spans[:used]
				return nil
			}
			continue
		}
		if len(p.local) != 1 || p.local[0] != 'c' {
			continue
		}
		var kind []byte
		style := -1
		for attrs := p.attrs; ; {
			name, value, rest, ok := attr(attrs)
			if !ok {
				break
			}
			if len(name) == 1 {
				switch name[0] {
				case 'r':
					if at, ok := column(value); ok {
						col = at
					}
				case 't':
					kind = value
				case 's':
					style = wholeNumber(value)
				}
			}
			attrs = rest
		}
		if col >= maxColumns {
			return damaged(c.name)
		}
		if !p.selfClosed {
			if err := c.parseCell(p, kind, style); err != nil {
				return err
			}
		} else {
			c.add(Cell{}, -1)
		}
		c.cols = append(c.cols, int32(col))
		if c.cells[len(c.cells)-1].Kind != Empty {
			used = len(c.cells)
		}
		col++
	}
	return damaged(c.name)
}

// column reads the letters of a reference such as "AB12".
func column(ref []byte) (col int, ok bool) {
	for i, b := range ref {
		l := b | 0x20
		if l < 'a' || l > 'z' {
			return col - 1, i > 0
		}
		if col = col*26 + int(l-'a') + 1; col > maxColumns {
			return maxColumns, true
		}
	}
	return 0, false
}

// add appends a cell whose text starts at from in the chunk's text, or that has its
// text already where from is negative.
func (c *chunk) add(cell Cell, from int) {
	c.cells = append(c.cells, cell)
	c.spans = append(c.spans, textSpan{int32(from), int32(len(c.text))})
}

// parseCell reads the inside of a cell and appends it.
func (c *chunk) parseCell(p *cursor, kind []byte, style int) error {
	var value, formula []byte
	from, inline, stored := len(c.text), false, false
	for {
		if !p.next() {
			return damaged(c.name)
		}
		if p.end {
			if string(p.local) == "c" {
				break
			}
			continue
		}
		if p.selfClosed {
			switch string(p.local) {
			case "f":
				formula = p.b[p.i:p.i]
			case "v":
				stored = true
			}
			continue
		}
		switch string(p.local) {
		case "v":
			start := p.i
			if !p.upTo("v") {
				return damaged(c.name)
			}
			value, stored = p.b[start:p.tag], true
		case "f":
			start := p.i
			if !p.upTo("f") {
				return damaged(c.name)
			}
			formula = p.b[start:p.tag]
		case "is":
			inline = true
			c.text = appendRuns(c.text, p, "is")
			if p.broken {
				return damaged(c.name)
			}
		}
	}
	switch {
	case inline:
		c.addText(Text, from)
		return nil
	case len(value) > 0:
		return c.addValue(kind, style, value, from)
	case formula != nil && !(stored && string(kind) == "str"): // that is a text of no characters
		c.text = append(c.text, '=')
		c.text = appendText(c.text, formula)
		c.addText(Uncalculated, from)
		return nil
	}
	c.add(Cell{}, -1)
	return nil
}

func (c *chunk) addValue(kind []byte, style int, value []byte, from int) error {
	switch string(kind) {
	case "s":
		n := wholeNumber(bytes.TrimSpace(value))
		if c.strings == nil {
			return damaged(c.name)
		}
		s, ok, err := c.strings.get(n)
		if err != nil {
			return err
		}
		if !ok {
			return damaged(c.name)
		}
		k := Text
		if s == "" {
			k = Empty
		}
		c.add(Cell{s, k}, -1)
	case "str", "inlineStr":
		c.text = appendText(c.text, value)
		c.text = unescapeX(c.text, from)
		c.addText(Text, from)
	case "b":
		if v := string(bytes.TrimSpace(value)); isTrue(v) {
			c.add(Cell{"TRUE", Bool}, -1)
		} else {
			c.add(Cell{"FALSE", Bool}, -1)
		}
	case "e":
		c.text = appendText(c.text, value)
		c.addText(Error, from)
	case "d":
		c.text = appendISO(c.text, value)
		c.addText(Date, from)
	default:
		c.addNumber(value, style, from)
	}
	return nil
}

// addText appends a cell whose text is what was appended to c.text since from.
func (c *chunk) addText(kind Kind, from int) {
	if len(c.text) == from {
		kind = Empty
	}
	c.add(Cell{Kind: kind}, from)
}

func (c *chunk) addNumber(value []byte, style, from int) {
	var ok bool
	if c.text, ok = appendNumber(c.text, value); !ok {
		// Not a number at all: some programs leave the type out. It stays as it stands.
		c.text = appendText(c.text, value)
		c.addText(Text, from)
		return
	}
	if style < 0 || style >= len(c.styles) || c.styles[style].class == classNumber {
		c.addText(Number, from)
		return
	}
	end := len(c.text)
	text, kind, ok := c.styles[style].apply(c.text, c.text[from:end:end], c.date04)
	if !ok {
		c.text = text[:end]
		c.addText(Number, from)
		return
	}
	c.text = text[:from+copy(text[from:], text[end:])]
	c.addText(kind, from)
}

// appendISO writes an ISO 8601 date or time as the kinds Date and Time do: without
// the T, and without a clock that stands at midnight.
func appendISO(dst, value []byte) []byte {
	day, clock, found := bytes.Cut(bytes.TrimSuffix(bytes.TrimSpace(value), []byte("Z")), []byte("T"))
	dst = append(dst, day...)
	if !found {
		return dst
	}
	clock, _, _ = bytes.Cut(clock, []byte("."))
	if len(clock) == len("12:30:00") {
		clock = bytes.TrimSuffix(clock, []byte(":00"))
	}
	if len(clock) == 0 || string(clock) == "00:00" {
		return dst
	}
	dst = append(dst, ' ')
	return append(dst, clock...)
}
