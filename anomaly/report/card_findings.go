package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"whybill/anomaly"
)

// tests are the checks that say what a test at the meter has shown, or could not show:
// whoever made one asks for that first, however mild it is.
var tests = map[string]bool{"M02": true, "M03": true, "M04": true}

// urgency orders findings: by severity, but what a test has shown comes right after what is
// grave.
func urgency(f *anomaly.Finding) int {
	if n := 2*int(f.Severity) + 1; !tests[f.Check] || f.Severity >= anomaly.High {
		return n
	}
	return 2 * int(anomaly.High)
}

// ranked is the findings that the card has not said elsewhere, the most urgent first.
func (c *card) ranked() []*anomaly.Finding {
	var all []*anomaly.Finding
	for i := range c.a.Findings {
		if f := &c.a.Findings[i]; c.opt.Full || !restates[f.Check] {
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(x, y *anomaly.Finding) int { return urgency(y) - urgency(x) })
	return all
}

// findingLine lays out one finding beside its check's id. Severity shows as marks.
func (c *card) findingLine(f *anomaly.Finding, limit int) []string {
	style, mark := "", severityMark(f)
	switch mark {
	case "!!":
		style = red
	case "!":
		style = yellow
	}
	return c.labelled(f.Check+" "+mark, style, c.p.Say(f.Message), "", limit)
}

// severityMark shows a severity without colour.
func severityMark(f *anomaly.Finding) string {
	switch {
	case f.Severity >= anomaly.High:
		return "!!"
	case f.Severity == anomaly.Medium:
		return "!"
	}
	return ""
}

// findingsShort shows as many findings as fit; the last line then counts the rest.
// Lines that are left over go to the findings that were cut, the most severe first.
func (c *card) findingsShort(room, limit int) []string {
	ranked := c.ranked()
	var shown [][]string
	for i, f := range ranked {
		next := c.findingLine(f, limit)
		rest := 0
		if i < len(ranked)-1 {
			rest = 1 // a line is kept for the count of the others
		}
		if len(next)+rest > room {
			break
		}
		shown = append(shown, next)
		room -= len(next)
	}
	var more []string
	if n := len(ranked) - len(shown); n > 0 && room > 0 {
		more = c.row("card.found", c.p.Say(anomaly.Msg("card.more", anomaly.CountArg("n", n))), dim, 1)
		room -= len(more)
	}
	for i := range shown {
		whole := c.findingLine(ranked[i], 0)
		if extra := len(whole) - len(shown[i]); extra > 0 && extra <= room {
			shown[i] = whole
			room -= extra
		}
	}
	return slices.Concat(append(shown, more)...)
}

func (c *card) findingsFull() []string {
	var lines []string
	folder := commonFolder(c.a.Findings)
	for _, f := range c.ranked() {
		lines = append(lines, c.findingLine(f, 0)...)
		var where []string
		for _, s := range f.Evidence {
			s.File = strings.TrimPrefix(s.File, folder)
			where = append(where, sourceText(s))
		}
		text := f.Ref
		if len(where) > 0 {
			text = c.p.Say(anomaly.Msg("card.evidence", anomaly.TextArg("ref", f.Ref), anomaly.TextArg("where", strings.Join(where, c.p.Text("card.separator")))))
		}
		if text != "" {
			lines = append(lines, c.labelled("", "", text, dim, 0)...)
		}
	}
	return lines
}

// commonFolder is the folder that all evidence lies in, with its slash: it says nothing
// that a reader of the card does not know. The JSON form keeps it.
func commonFolder(findings []anomaly.Finding) string {
	folder, first := "", true
	for i := range findings {
		for _, s := range findings[i].Evidence {
			here := s.File[:strings.LastIndexByte(s.File, '/')+1]
			if !first && here != folder {
				return ""
			}
			folder, first = here, false
		}
	}
	return folder
}

// sourceText names a file and row, "bills.csv:7"; what has no row is named alone.
func sourceText(s anomaly.Source) string {
	if s.Row == 0 {
		return s.File
	}
	return fmt.Sprintf("%s:%d", s.File, s.Row)
}

// causesShort names the most probable causes and says what is left to all others: the
// same ones however long their names are.
func (c *card) causesShort() []string {
	var all []string
	left := 1.0
	for i, cause := range c.a.Causes {
		if cause.Probability < alive || i >= fewCauses && cause.Probability < must {
			break
		}
		all = append(all, c.p.Say(anomaly.Msg("card.cause", anomaly.TermArg("cause", string(cause.Cause)), anomaly.PercentArg("p", cause.Probability, 0))))
		left -= cause.Probability
	}
	if len(all) == 0 {
		return nil
	}
	text := strings.Join(all, c.p.Text("card.separator"))
	if left >= unnamed {
		text += c.rest(left)
	}
	return c.row("card.causes", text, "", 0)
}

// rest says what is left to the causes that are not named.
func (c *card) rest(left float64) string {
	return c.p.Text("card.separator") + c.p.Say(anomaly.Msg("card.cause.rest", anomaly.PercentArg("p", left, 0)))
}

// Of the causes the short card names the first few, and any other from a probability of
// must on; unnamed is the probability from which on it speaks of the rest.
const (
	fewCauses = 2
	must      = 0.10
	unnamed   = 0.05
)

func (c *card) causesFull() []string {
	var lines []string
	name := 0
	for _, cause := range c.a.Causes {
		name = max(name, width(c.p.Term(string(cause.Cause))))
	}
	name = min(name, 40)
	room := max(10, min(40, c.width-c.label-name-9))
	for i, cause := range c.a.Causes {
		if cause.Probability < 0.005 && i >= 3 {
			break
		}
		label := ""
		if i == 0 {
			label = c.p.Text("card.causes")
		}
		bar := strings.Repeat("█", int(math.Round(clean(cause.Probability)*float64(room))))
		lines = append(lines, paint(padRight(label, c.label), bold, c.opt.Color)+
			padRight(shorten(c.p.Term(string(cause.Cause)), name), name)+" "+
			padLeft(c.p.Percent(cause.Probability, 0), 6)+" "+bar)
		for j := range c.a.Reasons {
			if r := &c.a.Reasons[j]; r.Cause == cause.Cause {
				lines = append(append(lines, c.reasons("+", r.For)...), c.reasons("−", r.Against)...)
			}
		}
	}
	return lines
}

// clean is a probability that can be drawn.
func clean(p float64) float64 {
	if !(p > 0) {
		return 0
	}
	return math.Min(p, 1)
}
