package espi

import (
	"encoding/xml"
	"strconv"

	"whybill/anomaly"
)

// bills gathers what a file says of billing periods: a usage summary and the meter
// readings of whole periods may both describe the same bill.
type bills struct {
	drafts []*draft
	byKey  map[billKey]*draft
}

type billKey struct {
	account string
	period  anomaly.Period
}

// draft is a bill as far as it is known.
type draft struct {
	bill    anomaly.Bill
	summary bool // a usage summary was read
	meter   *meterReading
	total   anomaly.NullDecimal
	parts   anomaly.NullDecimal // by time of use, summed
}

func (b *bills) draft(account string, period anomaly.Period, source anomaly.Source) *draft {
	key := billKey{account, period}
	if known := b.byKey[key]; known != nil {
		return known
	}
	if b.byKey == nil {
		b.byKey = map[billKey]*draft{}
	}
	made := &draft{bill: anomaly.Bill{AccountID: account, Period: period, Source: source}}
	b.byKey[key] = made
	b.drafts = append(b.drafts, made)
	return made
}

// usage takes a meter reading over a whole billing period. Readings by time of use are
// summed where no total stands beside them; a second meter reading of the same days may
// be the same usage again or more of it, and is left out.
func (b *bills) usage(d *delivery, s *stream, r *intervalReading, period anomaly.Period, value anomaly.Decimal, quality anomaly.Quality, line int) error {
	draft := b.draft(s.point.account, period, d.source(line))
	if draft.meter != nil && draft.meter != s.meter {
		d.reject(line, "IntervalReading", s.meter.id, anomaly.Msg("espi.second_meter_reading"))
		return nil
	}
	draft.meter = s.meter
	draft.bill.Unit = s.unit.name
	draft.bill.Quality = worst(quality, draft.bill.Quality)
	if tou := trim(r.TOU); tou == "" || tou == "0" {
		draft.total = anomaly.Known(value)
	} else if sum, ok := anomaly.Add(draft.parts.Decimal, value); ok {
		draft.parts = anomaly.Known(sum)
	}
	if cost := trim(r.Cost); cost != "" && !draft.summary {
		amount, ok := money(cost)
		if !ok {
			d.reject(line, "cost", cost, anomaly.Msg("espi.bad_value"))
			return nil
		}
		if sum, ok := anomaly.Add(draft.bill.Amount.Decimal, amount); ok {
			draft.bill.Amount = anomaly.Known(sum)
			draft.bill.Currency = s.currency
		}
	}
	return nil
}

// measurement is a SummaryMeasurement.
type measurement struct {
	Multiplier string `xml:"powerOfTenMultiplier"`
	Stamp      string `xml:"timeStamp"`
	UOM        string `xml:"uom"`
	Value      string `xml:"value"`
}

// usageSummary is a bill's totals. "Last period" is the bill's own period where the
// summary is about a finished one, and the period before it where it is about one that
// still runs.
type usageSummary struct {
	Period   period       `xml:"billingPeriod"`
	Amount   string       `xml:"billLastPeriod"`
	Currency string       `xml:"currency"`
	Quality  string       `xml:"qualityOfReading"`
	Last     *measurement `xml:"overallConsumptionLastPeriod"`
	Current  *measurement `xml:"currentBillingPeriodOverAllConsumption"`
}

// summaryOf reads a usage summary.
func (d *delivery) summaryOf(x *xml.Decoder, e *xml.StartElement, p *usagePoint) error {
	line, _ := x.InputPos()
	var s usageSummary
	if err := decode(x, e, &s); err != nil {
		return err
	}
	d.read++
	if p == nil || p.account == "" {
		d.reject(line, "UsageSummary", "", anomaly.Msg("espi.no_usage_point"))
		return nil
	}
	start, end, _, ok := s.Period.civil(p.time)
	period := days(start, end)
	if !ok || !period.Valid() {
		d.reject(line, "billingPeriod", trim(s.Period.Start), anomaly.Msg("espi.bad_time"))
		return nil
	}
	if s.running() {
		d.reject(line, "billingPeriod", trim(s.Period.Start), anomaly.Msg("espi.running_period"))
		return nil
	}
	draft := d.bills.draft(p.account, period, d.source(line))
	if draft.summary {
		d.reject(line, "UsageSummary", "", anomaly.Msg("espi.second_summary"))
		return nil
	}
	draft.summary = true
	used := s.Last
	if used == nil || trim(used.Value) == "" {
		used = s.Current
	}
	if used != nil && trim(used.Value) != "" {
		u, known := units[trim(used.UOM)]
		value, ok := u.scale(trim(used.Value), trim(used.Multiplier))
		switch {
		case !known:
			d.reject(line, "uom", trim(used.UOM), anomaly.Msg("espi.unit"))
		case !ok:
			d.reject(line, "value", trim(used.Value), anomaly.Msg("espi.bad_value"))
		default:
			draft.total, draft.bill.Unit = anomaly.Known(value), u.name
			draft.bill.Source = d.source(line)
		}
	}
	if text := trim(s.Amount); text != "" {
		if amount, ok := money(text); ok {
			draft.bill.Amount, draft.bill.Currency = anomaly.Known(amount), currencies[trim(s.Currency)]
		} else {
			d.reject(line, "billLastPeriod", text, anomaly.Msg("espi.bad_value"))
		}
	}
	draft.bill.Quality = worst(draft.bill.Quality, qualityOf(trim(s.Quality)))
	return nil
}

// running reports whether the billing period still runs, so that the last period's
// numbers are those of days that the file does not name: both usages are given and the
// last one was taken at or before the period's start.
func (s *usageSummary) running() bool {
	if s.Last == nil || s.Current == nil || trim(s.Current.Value) == "" || trim(s.Last.Value) == "" {
		return false
	}
	stamp, err1 := strconv.ParseInt(trim(s.Last.Stamp), 10, 64)
	start, err2 := strconv.ParseInt(trim(s.Period.Start), 10, 64)
	return err1 == nil && err2 == nil && stamp <= start
}

// deliver hands over the bills, in the order in which the file names them.
func (b *bills) deliver(d *delivery) error {
	for _, draft := range b.drafts {
		switch {
		case draft.total.Valid:
			draft.bill.Usage = draft.total.Decimal
		case draft.parts.Valid:
			draft.bill.Usage = draft.parts.Decimal
		default:
			d.reject(int(draft.bill.Source.Row), "UsageSummary", "", anomaly.Msg("espi.no_usage"))
			continue
		}
		d.rows.Bills = append(d.rows.Bills, draft.bill)
		if d.rows.Len() >= batch {
			if err := d.flush(); err != nil {
				return err
			}
		}
	}
	return d.flush()
}
