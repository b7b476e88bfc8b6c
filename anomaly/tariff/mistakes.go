package tariff

import (
	"strings"

	"whybill/anomaly"
)

// ExplainDifference implements anomaly.MistakeFinder. It prices the request wrongly in
// every usual way and returns the ways that reproduce what was billed: the energy
// charge and the payable amount, each where the bill shows it, to the last digit that
// the tariff shows. A bill that is right, and one that no single mistake reproduces,
// has none; where two mistakes come to the same, both are returned.
//
// The mistakes that concern several bills at once (estimates caught up without
// spreading them, a bill issued twice) are not tried: see Respread.
func (b *Book) ExplainDifference(req *anomaly.PriceRequest, billed *anomaly.Billed) ([]anomaly.Mistake, error) {
	t, err := b.find(req.Tariff)
	if err != nil {
		return nil, err
	}
	s := search{t: t, req: *req, billed: billed}
	if err := s.start(); err != nil {
		return nil, err
	}
	if s.fits(s.energy, s.amount) {
		return nil, nil
	}
	s.tierScaling()
	s.seasons()
	s.versions()
	s.minimum()
	s.taxes()
	s.fixed()
	s.rounding()
	s.multiplier()
	s.otherTariffs(b)
	return s.found, nil
}

// search tries mistakes on one request.
type search struct {
	t      *tariff
	req    anomaly.PriceRequest
	billed *anomaly.Billed
	found  []anomaly.Mistake

	// What is right.
	energy, amount anomaly.Decimal
	months         int
	segs           []segment
}

func (s *search) start() error {
	c := calc{t: s.t, req: &s.req, how: right}
	if err := c.run(); err != nil {
		return err
	}
	var ok bool
	if s.energy, s.amount, ok = c.outcome(s.billed.Passed); !ok {
		return notPriced("tariff.too_large")
	}
	s.months, s.segs = c.months, c.segs
	return nil
}

// outcome is what a bill would show: the energy charge and the payable amount.
func (c *calc) outcome(passed anomaly.Decimal) (energy, amount anomaly.Decimal, ok bool) {
	r := &c.segs[len(c.segs)-1].v.rounding
	energy, ok1 := c.energy.round(r.energyUnit(), r.mode)
	sum := c.sum.add(exactOf(passed))
	amount, ok2 := sum.round(r.total, c.mode(r))
	return energy, amount, ok1 && ok2
}

func (s *search) fits(energy, amount anomaly.Decimal) bool {
	if s.billed.Energy.Valid && s.billed.Energy.Decimal.Cmp(energy) != 0 {
		return false
	}
	if s.billed.Amount.Valid && s.billed.Amount.Decimal.Cmp(amount) != 0 {
		return false
	}
	return s.billed.Energy.Valid || s.billed.Amount.Valid
}

// try prices the request in a wrong way and keeps the mistake where it fits.
func (s *search) try(id, check string, how tweak, args ...anomaly.Arg) {
	s.tryRequest(s.t, &s.req, id, check, how, args...)
}

func (s *search) tryRequest(t *tariff, req *anomaly.PriceRequest, id, check string, how tweak, args ...anomaly.Arg) {
	var segments [4]segment
	c := calc{t: t, req: req, how: &how, segs: segments[:0]}
	if c.run() != nil {
		return
	}
	energy, amount, ok := c.outcome(s.billed.Passed)
	if !ok || !s.fits(energy, amount) {
		return
	}
	s.found = append(s.found, anomaly.Mistake{ID: id, Check: check, Message: anomaly.Msg("mistake."+id, args...),
		Amount: amount, Right: s.amount})
}

func (s *search) tierScaling() {
	if s.months == 0 {
		return
	}
	for _, months := range [...]int{1, 2} {
		if months == s.months {
			continue
		}
		id := "tiers_doubled"
		if months < s.months {
			id = "tiers_not_doubled"
		}
		s.try(id, "B07", tweak{season: -1, tierMonths: months}, anomaly.CountArg("months", s.months))
	}
}

func (s *search) seasons() {
	for i := range s.t.Seasons {
		id := "one_season"
		if len(s.segs) == 1 || !s.crossesSeason() {
			id = "wrong_season"
		}
		s.try(id, "B06", tweak{season: i}, anomaly.TermArg("season", s.t.Seasons[i].Name))
	}
}

func (s *search) crossesSeason() bool {
	for i := range s.segs {
		if s.segs[i].season != s.segs[0].season {
			return true
		}
	}
	return false
}

func (s *search) versions() {
	first, last := s.segs[0].v, s.segs[len(s.segs)-1].v
	crosses := first != last
	for i := range s.t.versions {
		v := &s.t.versions[i]
		if v.unknown {
			continue
		}
		switch {
		case crosses && (v == first || v == last):
			s.try("version_not_split", "B08", tweak{season: -1, version: v}, anomaly.VersionArg("version", v.label))
		case v.from < first.from:
			s.try("old_version", "B08", tweak{season: -1, version: v},
				anomaly.VersionArg("version", v.label), anomaly.VersionArg("right", last.label))
		case v.from == last.until:
			s.try("next_version", "B08", tweak{season: -1, version: v},
				anomaly.VersionArg("version", v.label), anomaly.VersionArg("right", last.label))
		}
	}
	for i := range s.segs {
		if o := s.segs[i].o; o != nil {
			s.try("override_missed", "B08", tweak{season: -1, noOverrides: true},
				anomaly.PeriodArg("period", anomaly.Period{Start: o.from, End: o.until}))
			return
		}
	}
}

func (s *search) minimum() {
	m := &s.segs[len(s.segs)-1].v.minimum
	if !m.set {
		return
	}
	charge := anomaly.MoneyArg("charge", m.charge, s.t.currency)
	s.try("minimum_missed", "B04", tweak{season: -1, noMinimumCharge: true, noMinimumUsage: true}, charge)
	if s.months > 1 && m.per == perBill {
		s.try("minimum_per_month", "B04", tweak{season: -1, minimumTimes: s.months}, charge)
	}
	if !m.charge.IsZero() && s.billed.Amount.Valid && m.charge.Cmp(s.amount) < 0 && s.billed.Amount.Decimal.Cmp(m.charge) == 0 {
		s.found = append(s.found, anomaly.Mistake{ID: "minimum_applied", Check: "B04",
			Message: anomaly.Msg("mistake.minimum_applied", charge), Amount: m.charge, Right: s.amount})
	}
}

func (s *search) taxes() {
	x := &s.segs[len(s.segs)-1].v.tax
	if !x.set {
		return
	}
	percent := anomaly.PercentArg("percent", anomaly.Float(x.percent)/100, x.percent.Trim(0).Scale())
	switch {
	case x.inside:
		s.try("tax_on_top", "B03", tweak{season: -1, taxWrong: true}, percent)
	case !s.req.TaxExempt:
		s.try("tax_missing", "B03", tweak{season: -1, taxWrong: true}, percent)
		s.try("tax_twice", "B03", tweak{season: -1, taxTimes: 2}, percent)
	default:
		s.try("tax_on_exempt", "B03", tweak{season: -1, taxWrong: true}, percent)
	}
	if x.inside && !s.req.TaxExempt {
		exempt := s.req
		exempt.TaxExempt = true
		s.tryRequest(s.t, &exempt, "tax_taken_out", "B03", tweak{season: -1}, percent)
	}
}

func (s *search) fixed() {
	v := s.segs[len(s.segs)-1].v
	if len(v.fixed) == 0 && v.quota == nil {
		return
	}
	days := anomaly.CountArg("days", s.req.Period.Days())
	for _, months := range [...]int{1, 2} {
		if s.months != 0 && months != s.months {
			s.try("fixed_months", "B05", tweak{season: -1, fixedMonths: months},
				anomaly.CountArg("months", months), anomaly.CountArg("right", s.months))
		}
	}
	daily, once := perDay, perBill
	s.try("fixed_by_days", "B05", tweak{season: -1, fixedPer: &daily}, days)
	if s.months != 1 {
		s.try("fixed_once", "B05", tweak{season: -1, fixedPer: &once}, days)
	}
}

func (s *search) rounding() {
	for m := anomaly.RoundHalfUp; m <= anomaly.RoundDown; m++ {
		s.try("rounded_"+m.String(), "B18", tweak{season: -1, mode: &m})
	}
	s.try("rounded_by_season", "B18", tweak{season: -1, roundSegments: true})
}

func (s *search) multiplier() {
	for _, x := range [...]struct {
		id     string
		factor anomaly.Decimal
	}{{"usage_times_ten", anomaly.DecimalFromInt(10)}, {"usage_tenth", anomaly.MustDecimal("0.1")}} {
		wrong := s.req
		var err error
		if wrong.Usage, err = s.req.Usage.Mul(x.factor); err != nil {
			continue
		}
		wrong.Parts = nil
		for _, part := range s.req.Parts {
			part.Usage, _ = part.Usage.Mul(x.factor)
			wrong.Parts = append(wrong.Parts, part)
		}
		s.tryRequest(s.t, &wrong, x.id, "B01", tweak{season: -1},
			anomaly.UsageArg("usage", anomaly.Float(wrong.Usage), s.t.unit, wrong.Usage.Trim(0).Scale()))
	}
}

// otherTariffs tries the tariffs of the same utility for the same service.
func (s *search) otherTariffs(b *Book) {
	for _, e := range b.entries {
		if e.id == s.t.id || utility(e.id) != utility(s.t.id) {
			continue
		}
		other, err := e.tariff()
		if err != nil || other.service != s.t.service || other.unit != s.t.unit || other.currency != s.t.currency {
			continue
		}
		s.tryRequest(other, &s.req, "other_tariff", "B09", tweak{season: -1}, anomaly.TextArg("tariff", other.id))
	}
}

// utility is the country and the company of a tariff's id.
func utility(id string) string {
	parts := strings.SplitN(id, ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}
