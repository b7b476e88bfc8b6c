package report

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"strconv"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// The chart's size in its own units; it scales to what it is put into.
const (
	chartWidth, chartHeight            = 640, 220
	chartLeft, chartRight              = 52, 12
	chartTop, chartBottom              = 26, 30
	chartYears                         = 3
	barColour, oldColour, billedColour = "#4a7fb0", "#a9bccb", "#c2571a"
	bandColour, lineColour, textColour = "#2e7d4f", "#999999", "#444444"
)

// SVG writes the chart of one account as a file of its own: daily usage of the bills of
// the last three years as bars as long as their periods, and the expected range of the
// assessed bill. It carries no script, no style sheet and no link.
func SVG(w io.Writer, a *anomaly.Assessment, p *locale.Printer) error {
	b := bufio.NewWriter(w)
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	b.Write(chart(a, p, true))
	b.WriteByte('\n')
	return b.Flush()
}

// chart draws the account's chart. Hatching and dashes repeat what colours say. A chart
// that is alone carries its colours with it; one on a page leaves them to the page's
// style sheet, which knows the classes.
func chart(a *anomaly.Assessment, p *locale.Printer, alone bool) []byte {
	points := recentYears(a, chartYears)
	c := newPlot(a, points)
	s := &svgText{alone: alone}
	s.raw(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 `).num(chartWidth).raw(" ").num(chartHeight).raw(`" role="img">`)
	s.raw(`<title>`).text(p.Say(anomaly.Msg("chart.title", anomaly.TextArg("account", a.AccountID), anomaly.TermArg("unit", a.Unit)))).raw(`</title>`)
	if alone {
		s.raw(`<desc>`).text(usageText(a, p)).raw(`</desc>`)
		s.raw(`<rect width="`).num(chartWidth).raw(`" height="`).num(chartHeight).raw(`" fill="#ffffff"/>`)
	}
	c.axes(s, p)
	c.band(s)
	c.bars(s, points)
	c.middle(s)
	s.raw(`</svg>`)
	return s.b.Bytes()
}

// plot maps dates and daily usages to the chart.
type plot struct {
	a        *anomaly.Assessment
	from, to anomaly.Date
	top      float64
	step     float64 // between the lines of the usage axis
}

func newPlot(a *anomaly.Assessment, points []anomaly.HistoryPoint) *plot {
	c := &plot{a: a, from: a.Period.Start, to: a.Period.End}
	for i := range points {
		c.from = min(c.from, points[i].Period.Start)
		c.top = math.Max(c.top, perDay(&points[i]))
	}
	if days := float64(a.Period.Days()); a.Estimate.Known && days > 0 && !math.IsInf(a.Estimate.High90, 0) && !math.IsNaN(a.Estimate.High90) {
		c.top = math.Max(c.top, math.Min(a.Estimate.High90/days, 2*c.top))
	}
	if !(c.top > 0) || math.IsInf(c.top, 0) {
		c.top = 1
	}
	if c.to <= c.from {
		c.to = c.from + 1
	}
	c.step = niceStep(c.top / 4)
	c.top = c.step * math.Ceil(c.top/c.step)
	return c
}

// niceStep rounds up to 1, 2 or 5 times a power of ten.
func niceStep(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if v <= m*power*(1+1e-9) {
			return m * power
		}
	}
	return 10 * power
}

func (c *plot) x(d anomaly.Date) float64 {
	return chartLeft + float64(d-c.from)/float64(c.to-c.from)*(chartWidth-chartLeft-chartRight)
}

func (c *plot) y(v float64) float64 {
	if math.IsNaN(v) {
		v = 0
	}
	v = math.Max(0, math.Min(v, c.top))
	return chartTop + (1-v/c.top)*(chartHeight-chartTop-chartBottom)
}

// axes draws the lines of the usage axis and a mark at each turn of the year and, where
// the chart is short, of the quarter.
func (c *plot) axes(s *svgText, p *locale.Printer) {
	places := 0
	if c.step < 1 {
		places = int(math.Ceil(-math.Log10(c.step)))
	}
	lines, text := &svgText{}, &svgText{alone: s.alone}
	for v := 0.0; v <= c.top*(1+1e-9); v += c.step {
		y := c.y(v)
		lines.raw("M").num(chartLeft).raw(" ").num(y).raw("H").num(chartWidth - chartRight)
		text.raw(`<text`).looks("end", `text-anchor="end"`).raw(` x="`).num(chartLeft - 5).raw(`" y="`).num(y + 3.5).raw(`">`).text(locale.Number(v, places)).raw(`</text>`)
	}
	text.raw(`<text x="4" y="`).num(chartTop - 12).raw(`">`).text(p.Say(anomaly.Msg("chart.axis", anomaly.TermArg("unit", c.a.Unit)))).raw(`</text>`)
	months := 3
	if c.to.Sub(c.from) > 600 {
		months = 6
	}
	first, _ := anomaly.NewDate(max(c.from.Year(), 1), 1, 1)
	for d := first; d <= c.to; d = d.AddMonths(months) {
		if d < c.from {
			continue
		}
		x := c.x(d)
		if x > chartWidth-40 {
			break
		}
		lines.raw("M").num(x).raw(" ").num(chartHeight - chartBottom).raw("v5")
		text.raw(`<text x="`).num(x).raw(`" y="`).num(chartHeight - chartBottom + 17).raw(`">`).text(p.YearMonth(d)).raw(`</text>`)
	}
	s.raw(`<path`).looks("grid", `stroke="`+lineColour+`" stroke-width="0.5" fill="none"`).raw(` d="`).raw(lines.b.String()).raw(`"/>`)
	s.raw(`<g`).looks("label", `font-family="sans-serif" font-size="11" fill="`+textColour+`"`).raw(`>`).raw(text.b.String()).raw(`</g>`)
}

// bars draws one bar a bill, as wide as its period. Bills of another home are paler;
// those that nobody read are dashed outlines.
func (c *plot) bars(s *svgText, points []anomaly.HistoryPoint) {
	for _, kind := range []struct {
		class, attributes string
		holds             func(h *anomaly.HistoryPoint) bool
	}{
		{"old", `fill="` + oldColour + `"`, func(h *anomaly.HistoryPoint) bool { return h.OtherPremise && !h.Quality.Guessed() }},
		{"bar", `fill="` + barColour + `"`, func(h *anomaly.HistoryPoint) bool {
			return !h.OtherPremise && !h.Quality.Guessed() && h.Period != c.a.Period
		}},
		{"guessed", `fill="none" stroke="` + barColour + `" stroke-dasharray="3 2"`, func(h *anomaly.HistoryPoint) bool {
			return h.Quality.Guessed() && h.Period != c.a.Period
		}},
		{"billed", `fill="` + billedColour + `"`, func(h *anomaly.HistoryPoint) bool { return h.Period == c.a.Period }},
	} {
		path := &svgText{}
		for i := range points {
			if h := &points[i]; kind.holds(h) {
				left, right, top := c.x(h.Period.Start)+0.75, c.x(h.Period.End)-0.75, c.y(perDay(h))
				if inset := (right - left) / 5; h.Period == c.a.Period {
					left, right = left+inset, right-inset // the band shows on both sides
				}
				path.raw("M").num(left).raw(" ").num(c.y(0)).raw("V").num(top).raw("H").num(math.Max(right, left+0.5)).raw("V").num(c.y(0)).raw("z")
			}
		}
		if path.b.Len() > 0 {
			s.raw(`<path`).looks(kind.class, kind.attributes).raw(` d="`).raw(path.b.String()).raw(`"/>`)
		}
	}
}

// band draws the expected range behind the assessed bill.
func (c *plot) band(s *svgText) {
	e, days := &c.a.Estimate, float64(c.a.Period.Days())
	if !e.Known || days <= 0 {
		return
	}
	low, high := c.y(e.Low90/days), c.y(e.High90/days)
	s.raw(`<path`).looks("band", `fill="`+bandColour+`" fill-opacity="0.22" stroke="`+bandColour+`"`).raw(` d="M`).num(c.x(c.a.Period.Start)).raw(" ").num(low).raw("V").num(high).raw("H").num(c.x(c.a.Period.End)).raw("V").num(low).
		raw(`z"/>`)
}

// middle draws the expected usage across the assessed bill.
func (c *plot) middle(s *svgText) {
	e, days := &c.a.Estimate, float64(c.a.Period.Days())
	if !e.Known || days <= 0 {
		return
	}
	s.raw(`<path`).looks("middle", `stroke="`+bandColour+`" stroke-width="2" stroke-dasharray="5 2" fill="none"`).raw(` d="M`).num(c.x(c.a.Period.Start)).raw(" ").num(c.y(e.Usage / days)).raw("H").num(c.x(c.a.Period.End)).
		raw(`"/>`)
}

// svgText builds markup; numbers take one decimal.
type svgText struct {
	b     bytes.Buffer
	alone bool
}

// looks writes what an element looks like: its own attributes, or the class by which
// the page's style sheet knows it.
func (s *svgText) looks(class, attributes string) *svgText {
	if s.alone {
		return s.raw(" ").raw(attributes)
	}
	return s.raw(` class="`).raw(class).raw(`"`)
}

func (s *svgText) raw(text string) *svgText {
	s.b.WriteString(text)
	return s
}

func (s *svgText) text(text string) *svgText {
	_ = xml.EscapeText(&s.b, []byte(tidy(text))) // a bytes.Buffer does not fail
	return s
}

func (s *svgText) num(v float64) *svgText {
	v = math.Round(v*10) / 10
	s.b.Write(strconv.AppendFloat(s.b.AvailableBuffer(), v, 'f', -1, 64))
	return s
}
