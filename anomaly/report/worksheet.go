package report

import (
	"io"
	"slices"
	"strings"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// WorksheetOptions is what a work sheet says beside the assessment.
type WorksheetOptions struct {
	Format  string // one of DocumentFormats; "" is text
	Meter   *anomaly.Meter
	Reading *anomaly.Reading // the last one
	Visits  []Visit          // earlier ones, oldest first
}

// Visit is what an earlier visit did, without anything that anybody wrote about it.
type Visit struct {
	On       anomaly.Date
	Present  string // whether the customer was there: yes, no, or "" where not known
	LookedAt string // what was looked at, as ids joined by commas
}

// EarlierVisits takes the visits up to a day out of a history: their day and two fields of
// fixed meaning. Free text and names stay behind, so that no complaint and nobody's name can
// reach a work sheet.
func EarlierVisits(h *anomaly.History, asOf anomaly.Date) []Visit {
	var visits []Visit
	for i := range h.Events {
		e := &h.Events[i]
		if e.Kind != anomaly.EventVisitDone || e.At > asOf {
			continue
		}
		v := Visit{On: e.At}
		if present, ok := e.Field("present"); ok && (present == "yes" || present == "no") {
			v.Present = present
		}
		if looked, ok := e.Field("looked_at"); ok && isID(looked) {
			v.LookedAt = looked
		}
		visits = append(visits, v)
	}
	return visits
}

// isID reports whether s is made of the letters of ids only: not a sentence.
func isID(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && r != '_' && r != ',' {
			return false
		}
	}
	return s != "" && len(s) <= 80
}

// Worksheet writes the sheet for a field visit: the hypotheses to test, the readings to
// take, what to bring, what the visits before did. It knows nothing of who complained
// about what: it is made of the assessment and of fixed fields.
func Worksheet(w io.Writer, a *anomaly.Assessment, p *locale.Printer, opt WorksheetOptions) error {
	p = p.For(a.Service)
	s := &sheet{a: a, p: p, opt: opt, d: document{lang: string(p.Lang)}}
	s.d.title = p.Say(anomaly.Msg("sheet.title", anomaly.TermArg("number", "account_number."+a.Service.String()), anomaly.TextArg("account", a.AccountID)))
	s.facts()
	s.hypotheses()
	s.before()
	s.readings()
	s.bring()
	return s.d.write(w, opt.Format)
}

type sheet struct {
	a   *anomaly.Assessment
	p   *locale.Printer
	opt WorksheetOptions
	d   document
}

func (s *sheet) say(key string, args ...anomaly.Arg) string {
	return s.p.Say(anomaly.Msg(key, args...))
}

func (s *sheet) facts() {
	items := []string{usageText(s.a, s.p)}
	if days := float64(s.a.Period.Days()); s.a.Unexplained.Known && s.a.Unexplained.High > 0 && s.a.Unit == "kWh" && days > 0 {
		items = append(items, s.say("sheet.power", anomaly.UsageArg("usage", s.a.Unexplained.High, s.a.Unit, 0),
			anomaly.WattsArg("watts", s.a.Unexplained.High*1000/24/days)))
	}
	if m := s.opt.Meter; m != nil {
		key, args := "sheet.meter", []anomaly.Arg{anomaly.TextArg("meter", m.ID)}
		if !m.InstalledOn.IsZero() {
			key, args = "sheet.meter.since", append(args, anomaly.DateArg("since", m.InstalledOn))
		}
		items = append(items, s.say(key, args...))
		if m.Multiplier.Valid {
			items = append(items, s.say("sheet.multiplier", anomaly.TextArg("multiplier", locale.Exact(m.Multiplier.Decimal))))
		}
		if m.Constant.Valid {
			items = append(items, s.say("sheet.constant", anomaly.TextArg("constant", locale.Exact(m.Constant.Decimal)), anomaly.TermArg("unit", s.a.Unit)))
		}
	}
	if r := s.opt.Reading; r != nil {
		items = append(items, s.say("sheet.last_reading", anomaly.TextArg("reading", locale.Exact(r.Value)), anomaly.DateArg("on", r.On)))
	}
	s.d.list(points, items...)
}

// hypotheses lists the causes that are alive and can be tested on the spot, each with
// what tells it from the others.
func (s *sheet) hypotheses() {
	var items []string
	for _, c := range s.live() {
		if key := "sheet.test." + string(c.Cause); s.p.Has(key) {
			items = append(items, s.say("sheet.hypothesis", anomaly.TermArg("cause", string(c.Cause)), anomaly.TextArg("test", s.p.Text(key))))
		}
	}
	s.d.add(heading, s.p.Text("sheet.h.hypotheses"))
	if len(items) == 0 {
		s.d.add(paragraph, s.p.Text("sheet.no_hypothesis"))
		return
	}
	s.d.list(steps, items...)
}

// live is the causes that are still possible, the most probable first.
func (s *sheet) live() []anomaly.CauseProbability {
	var all []anomaly.CauseProbability
	for _, c := range s.a.Causes {
		if c.Probability >= alive {
			all = append(all, c)
		}
	}
	return all
}

func (s *sheet) before() {
	s.d.add(heading, s.p.Text("sheet.h.before"))
	if len(s.opt.Visits) == 0 {
		s.d.add(paragraph, s.p.Text("sheet.no_visit"))
		return
	}
	var items []string
	for _, v := range s.opt.Visits {
		text := s.say("sheet.visit", anomaly.DateArg("on", v.On))
		if v.LookedAt != "" {
			text += s.say("sheet.visit.looked_at", anomaly.TermArg("what", partTerms(v.LookedAt)))
		}
		if v.Present != "" {
			text += s.p.Text("sheet.visit.present." + v.Present)
		}
		items = append(items, text)
	}
	s.d.list(points, items...)
	s.d.add(paragraph, s.p.Text("sheet.not_again"))
}

func (s *sheet) readings() {
	s.d.add(heading, s.p.Text("sheet.h.readings"))
	items := []string{s.p.Text("sheet.read.serial"), s.p.Text("sheet.read.register")}
	switch s.a.Service {
	case anomaly.Electricity, anomaly.ServiceUnknown:
		items = append(items, s.p.Text("sheet.read.main_off"), s.p.Text("sheet.read.circuits"), s.p.Text("sheet.read.clamp"), s.p.Text("sheet.read.wiring"))
	case anomaly.Water:
		items = append(items, s.p.Text("sheet.read.valve_off"), s.p.Text("sheet.read.pipe"))
	case anomaly.Gas:
		items = append(items, s.p.Text("sheet.read.valve_off"), s.p.Text("sheet.read.tight"))
	}
	s.d.list(fields, append(items, s.p.Text("sheet.read.seals"), s.p.Text("sheet.read.result"), s.p.Text("sheet.read.signature"))...)
}

func (s *sheet) bring() {
	items := []string{s.p.Text("sheet.bring.camera"), s.p.Text("sheet.bring.appointment")}
	if s.a.Service == anomaly.Electricity || s.a.Service == anomaly.ServiceUnknown {
		items = append(items, s.p.Text("sheet.bring.clamp"), s.p.Text("sheet.bring.stopwatch"))
	}
	if slices.ContainsFunc(s.live(), func(c anomaly.CauseProbability) bool {
		return c.Cause == anomaly.CauseMeterFast || c.Cause == anomaly.CauseMeterSlow
	}) {
		items = append(items, s.p.Text("sheet.bring.test_meter"))
	}
	s.d.add(heading, s.p.Text("sheet.h.bring"))
	s.d.list(points, items...)
}

// partTerms are the terms of parts that were looked at.
func partTerms(ids string) string {
	return "part." + strings.ReplaceAll(ids, ",", ",part.")
}
