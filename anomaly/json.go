package anomaly

import (
	"math"
	"strconv"
)

// AppendJSON appends the assessment's JSON form, version AssessmentVersion, as one
// object on one line without a line break at its end. say puts messages into words.
//
// Money is a string in plain decimal notation, or null where there is none. Usages
// are numbers in the account's unit: the billed one exactly as it was read, estimated
// ones rounded to a thousandth. Probabilities are rounded to four decimals; those of
// the causes are rounded together, so that they still sum to 1. A number that is not
// finite becomes null. The same assessment and language always give the same bytes.
func (a *Assessment) AppendJSON(dst []byte, say func(Message) string) []byte {
	w := jsonWriter{dst, say}
	w.raw(`{"version":`)
	w.int(AssessmentVersion)
	w.raw(`,"account_id":`)
	w.text(a.AccountID)
	w.raw(`,"bill_id":`)
	w.text(a.BillKey)
	w.raw(`,"service":`)
	w.text(a.Service.String())
	if a.ServiceAssumed {
		w.raw(`,"service_assumed":true`)
	}
	w.raw(`,"unit":`)
	w.text(a.Unit)
	w.raw(`,"period":{"start":`)
	w.date(a.Period.Start)
	w.raw(`,"end":`)
	w.date(a.Period.End)
	w.raw(`,"days":`)
	w.int(a.Period.Days())
	if a.EndAssumed {
		w.raw(`,"end_assumed":true`)
	}
	w.raw(`},"billed":{"usage":`)
	w.exact(a.Usage)
	w.raw(`,"amount":`)
	w.money(a.Amount)
	w.raw(`,"currency":`)
	w.textOrNull(a.Currency)
	if a.Quality != QualityUnknown {
		w.raw(`,"quality":`)
		w.text(a.Quality.String())
	}
	w.raw(`}`)
	if len(a.Assumed) > 0 {
		w.raw(`,"assumed":[`)
		for i, m := range a.Assumed {
			w.comma(i)
			w.message(m)
		}
		w.raw(`]`)
	}
	w.raw(`,"expected":`)
	w.expected(&a.Estimate)
	w.raw(`,"rebilled":`)
	w.rebilled(&a.Rebill)
	w.raw(`,"explained":`)
	w.explained(a.Explained)
	w.raw(`,"unexplained":`)
	if u := a.Unexplained; u.Known {
		w.raw(`{"usage":`)
		w.usage(u.Middle)
		w.raw(`,"low90":`)
		w.usage(u.Low)
		w.raw(`,"high90":`)
		w.usage(u.High)
		w.raw(`}`)
	} else {
		w.raw(`null`)
	}
	w.raw(`,"findings":`)
	w.findings(a.Findings)
	w.raw(`,"causes":`)
	w.causes(a.Causes, a.Reasons)
	w.raw(`,"verdict":`)
	w.verdict(&a.Verdict, a.Unit)
	w.raw(`,"not_checked":[`)
	for i := range a.NotChecked {
		w.comma(i)
		w.raw(`{"id":`)
		w.text(a.NotChecked[i].Check)
		w.raw(`,"reason":`)
		w.message(a.NotChecked[i].Reason)
		w.raw(`}`)
	}
	w.raw(`]`)
	if a.Visit != nil {
		w.raw(`,"visit":{"random":`)
		w.b = strconv.AppendBool(w.b, a.Visit.Random)
		w.raw(`,"propensity":`)
		w.number(a.Visit.Propensity, 6)
		w.raw(`,"listed_on":`)
		w.date(a.Visit.On)
		w.raw(`,"weight":`)
		w.number(a.Visit.Weight, 4)
		w.raw(`}`)
	}
	if c := a.CoolDown; c != nil {
		w.raw(`,"cool_down":{"since":`)
		w.date(c.Since)
		w.raw(`,"bills":`)
		w.int(c.Bills)
		w.raw(`,"until":`)
		w.date(c.Until)
		w.raw(`}`)
	}
	if a.SecondOpinion != nil {
		w.secondOpinion(a.SecondOpinion)
	}
	w.raw(`}`)
	return w.b
}

func (w *jsonWriter) secondOpinion(o *SecondOpinion) {
	w.raw(`,"second_opinion":{"method":`)
	w.text(o.Method)
	if o.NotChecked.Key != "" {
		w.raw(`,"not_checked":`)
		w.message(o.NotChecked)
		w.raw(`}`)
		return
	}
	w.raw(`,"usage":`)
	w.usage(o.Usage)
	w.raw(`,"model":`)
	w.text(o.Model)
	w.raw(`,"periods":`)
	w.b = strconv.AppendInt(w.b, int64(o.Periods), 10)
	w.raw(`,"adjusted_r2":`)
	w.number(o.AdjustedR2, 4)
	w.raw(`}`)
}

// jsonWriter writes the form by hand: a night's batch writes a million of these, and
// the order of the fields is part of the form.
type jsonWriter struct {
	b   []byte
	say func(Message) string
}

func (w *jsonWriter) expected(e *Estimate) {
	if !e.Known {
		w.raw(`{"usage":null,"low90":null,"high90":null,"low95":null,"high95":null,"periods_used":0,"periods_set_aside":`)
		w.setAside(e.SetAside)
		w.raw(`,"basis":[],"comparable":false,"missing":`)
		w.message(e.Missing)
		w.raw(`}`)
		return
	}
	w.raw(`{"usage":`)
	w.usage(e.Usage)
	w.raw(`,"low90":`)
	w.usage(e.Low90)
	w.raw(`,"high90":`)
	w.usage(e.High90)
	w.raw(`,"low95":`)
	w.usage(e.Low95)
	w.raw(`,"high95":`)
	w.usage(e.High95)
	w.raw(`,"periods_used":`)
	w.int(e.PeriodsUsed)
	w.raw(`,"periods_set_aside":`)
	w.setAside(e.SetAside)
	w.raw(`,"basis":[`)
	for i, m := range e.Basis {
		w.comma(i)
		w.message(m)
	}
	w.raw(`],"comparable":`)
	w.bool(e.Comparable)
	w.raw(`}`)
}

func (w *jsonWriter) setAside(periods []SetAside) {
	w.raw(`[`)
	for i := range periods {
		w.comma(i)
		w.raw(`{"bill_id":`)
		w.text(periods[i].BillKey)
		w.raw(`,"reason":`)
		w.message(periods[i].Reason)
		w.raw(`}`)
	}
	w.raw(`]`)
}

func (w *jsonWriter) rebilled(r *Rebill) {
	p := r.Priced
	if p == nil {
		w.raw(`{"not_checked":`)
		w.message(r.NotChecked)
		w.raw(`}`)
		return
	}
	w.priced(p, r.Amount)
	if !r.Passed.IsZero() {
		w.b = w.b[:len(w.b)-1] // the object goes on
		w.raw(`,"passed_through":`)
		w.money(Known(r.Passed))
		w.raw(`}`)
	}
}

// AppendJSON appends the priced usage in the form that an assessment's rebilled has.
func (p *Priced) AppendJSON(dst []byte) []byte {
	w := jsonWriter{b: dst}
	w.priced(p, Known(p.Amount))
	return w.b
}

func (w *jsonWriter) priced(p *Priced, amount NullDecimal) {
	w.raw(`{"amount":`)
	w.money(amount)
	w.raw(`,"energy":`)
	w.money(Known(p.Energy))
	w.raw(`,"tariff":`)
	w.text(p.Tariff)
	w.raw(`,"version":`)
	w.text(p.Version)
	w.raw(`,"currency":`)
	w.textOrNull(p.Currency)
	if p.Confidence != "" {
		w.raw(`,"confidence":`)
		w.text(p.Confidence)
	}
	if p.Formula != "" {
		w.raw(`,"formula":`)
		w.text(p.Formula)
	}
	w.raw(`,"lines":[`)
	for i := range p.Lines {
		l := &p.Lines[i]
		w.comma(i)
		w.raw(`{"code":`)
		w.text(l.Code)
		w.raw(`,"quantity":`)
		w.exact(l.Quantity)
		w.raw(`,"unit_price":`)
		w.money(Known(l.UnitPrice))
		w.raw(`,"amount":`)
		w.money(Known(l.Amount))
		w.raw(`,"from":`)
		w.date(l.Period.Start)
		w.raw(`,"to":`)
		w.date(l.Period.End)
		w.raw(`,"version":`)
		w.textOrNull(l.Version)
		w.raw(`,"clause":`)
		w.textOrNull(l.Clause)
		w.raw(`}`)
	}
	w.raw(`]}`)
}

func (w *jsonWriter) explained(rows []ExplainedRow) {
	w.raw(`[`)
	for i := range rows {
		w.comma(i)
		w.raw(`{"what":`)
		w.text(rows[i].What)
		w.raw(`,"usage":`)
		w.exact(rows[i].Usage)
		w.raw(`,"amount":`)
		w.money(rows[i].Amount)
		w.raw(`}`)
	}
	w.raw(`]`)
}

func (w *jsonWriter) findings(findings []Finding) {
	w.raw(`[`)
	for i := range findings {
		f := &findings[i]
		w.comma(i)
		w.raw(`{"id":`)
		w.text(f.Check)
		w.raw(`,"ref":`)
		w.text(f.Ref)
		w.raw(`,"severity":`)
		w.int(int(f.Severity))
		w.raw(`,"action":`)
		w.textOrNull(string(f.Action))
		w.raw(`,"usage":`)
		w.nullUsage(f.Usage)
		w.raw(`,"amount":`)
		w.money(f.Amount)
		w.raw(`,"message":`)
		w.message(f.Message)
		w.raw(`,"evidence":[`)
		for j, s := range f.Evidence {
			w.comma(j)
			w.raw(`{"file":`)
			w.text(s.File)
			w.raw(`,"row":`)
			w.int(int(s.Row))
			w.raw(`}`)
		}
		w.raw(`]}`)
	}
	w.raw(`]`)
}

// probabilityUnits is the number of steps in which probabilities are written.
const probabilityUnits = 10000

func (w *jsonWriter) causes(causes []CauseProbability, reasons []CauseReasons) {
	var room [32]int
	shares := shares(room[:0], causes)
	w.raw(`[`)
	for i := range causes {
		w.comma(i)
		w.raw(`{"id":`)
		w.text(string(causes[i].Cause))
		w.raw(`,"probability":`)
		if i < len(shares) {
			w.units(shares[i])
		} else {
			w.raw(`null`)
		}
		w.reasons(reasons, causes[i].Cause)
		w.raw(`}`)
	}
	w.raw(`]`)
}

// shares rounds the probabilities to whole units that sum to probabilityUnits, by
// the largest remainders. It returns nothing where they are no distribution.
func shares(dst []int, causes []CauseProbability) []int {
	sum := 0.0
	for _, c := range causes {
		if !(c.Probability >= 0) {
			return nil
		}
		sum += c.Probability
	}
	if !(sum > 0) || math.IsInf(sum, 1) {
		return nil
	}
	left := probabilityUnits
	for _, c := range causes {
		n := int(c.Probability / sum * probabilityUnits)
		dst = append(dst, n)
		left -= n
	}
	for ; left > 0; left-- {
		best, most := 0, math.Inf(-1)
		for i, c := range causes {
			if r := c.Probability/sum*probabilityUnits - float64(dst[i]); r > most {
				best, most = i, r
			}
		}
		dst[best]++
	}
	return dst
}

func (w *jsonWriter) verdict(v *Verdict, unit string) {
	w.raw(`{"action":`)
	w.textOrNull(string(v.Action))
	w.raw(`,"then":`)
	w.textOrNull(string(v.Then))
	w.raw(`,"reason":`)
	w.messageOrNull(v.Reason)
	if !v.FoundOn.IsZero() {
		w.raw(`,"found_on":`)
		w.date(v.FoundOn)
		w.raw(`,"found_usage":`)
		w.money(v.FoundUsage)
		w.raw(`,"found_amount":`)
		w.money(v.FoundAmount)
	}
	w.raw(`,"priority":`)
	w.number(v.Priority, 2)
	if v.PriorityInUsage {
		w.raw(`,"priority_unit":`)
		w.text(unit + " per visit-hour")
	}
	w.raw(`,"inspection_probability":`)
	w.number(v.InspectionProbability, 4)
	w.raw(`,"recoverable":`)
	w.money(v.Recoverable)
	if v.RecoverableMonths > 0 {
		w.raw(`,"recoverable_months":`)
		w.int(v.RecoverableMonths)
	}
	if v.Recoverable.Valid {
		w.raw(`,"recoverable_bills":`)
		w.int(v.RecoverableBills)
		w.raw(`,"recoverable_ahead":`)
		w.money(v.RecoverableAhead)
	}
	w.raw(`,"refused":[`)
	for i := range v.Refused {
		w.comma(i)
		w.raw(`{"action":`)
		w.text(string(v.Refused[i].Action))
		w.raw(`,"reason":`)
		w.message(v.Refused[i].Reason)
		w.raw(`}`)
	}
	w.raw(`],"options":[`)
	for i := range v.Options {
		o := &v.Options[i]
		w.comma(i)
		w.raw(`{"action":`)
		w.text(string(o.Action))
		w.raw(`,"value":`)
		w.number(o.Value, 2)
		w.raw(`,"separates":[`)
		for j, c := range o.Separates {
			w.comma(j)
			w.text(string(c))
		}
		w.raw(`]}`)
	}
	w.raw(`],"wait":{"allowed":`)
	w.bool(v.Wait.Allowed)
	w.raw(`,"changes":`)
	w.number(v.Wait.Changes, 4)
	w.raw(`,"resolves":`)
	w.number(v.Wait.Resolves, 4)
	w.raw(`,"value":`)
	w.number(v.Wait.Value, 2)
	w.raw(`,"until":`)
	w.date(v.Wait.Until)
	w.raw(`,"at_least":`)
	w.nullUsage(v.Wait.AtLeast)
	w.raw(`,"at_most":`)
	w.nullUsage(v.Wait.AtMost)
	w.raw(`,"reason":`)
	w.messageOrNull(v.Wait.Reason)
	w.raw(`}}`)
}

func (w *jsonWriter) raw(s string) { w.b = append(w.b, s...) }

func (w *jsonWriter) comma(i int) {
	if i > 0 {
		w.b = append(w.b, ',')
	}
}

func (w *jsonWriter) int(n int) { w.b = strconv.AppendInt(w.b, int64(n), 10) }

func (w *jsonWriter) bool(v bool) { w.b = strconv.AppendBool(w.b, v) }

func (w *jsonWriter) exact(d Decimal) { w.raw(d.Trim(0).String()) }

func (w *jsonWriter) money(d NullDecimal) {
	if !d.Valid {
		w.raw(`null`)
		return
	}
	w.raw(`"`)
	w.exact(d.Decimal)
	w.raw(`"`)
}
