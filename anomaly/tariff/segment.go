package tariff

import "whybill/anomaly"

// segment is the part of a period in which one set of rates holds.
type segment struct {
	v      *version
	o      *override // nil where none holds
	season int
	days   int
	first  anomaly.Date
	last   anomaly.Date // the first day after it; with gaps where days is less
}

func (s *segment) energy() []energyCharge {
	if s.o != nil && s.o.season < 0 {
		return s.o.energy
	}
	return s.v.energy
}

// rates returns the season whose rates hold.
func (s *segment) rates() int {
	if s.o != nil && s.o.season >= 0 {
		return s.o.season
	}
	return s.season
}

// cut splits the period where a version, an override or a season begins.
func (c *calc) cut() error {
	p := c.req.Period
	for at := p.Start; at < p.End; {
		v, err := c.versionAt(at)
		if err != nil {
			return err
		}
		until := min(p.End, v.until)
		if c.how.version != nil {
			until = p.End
		}
		var o *override
		if !c.how.noOverrides {
			for i := range c.t.overrides {
				switch candidate := &c.t.overrides[i]; {
				case candidate.from <= at && at < candidate.until:
					o, until = candidate, min(until, candidate.until)
				case at < candidate.from:
					until = min(until, candidate.from)
				}
			}
		}
		c.cutSeasons(v, o, at, until)
		at = until
	}
	c.order()
	return nil
}

// order puts the segments in the order in which bills print them: by version, and
// within a version by season as the file lists them, whichever comes first in time.
func (c *calc) order() {
	for i := 1; i < len(c.segs); i++ {
		for k := i; k > 0 && c.segs[k].v == c.segs[k-1].v && c.segs[k].season < c.segs[k-1].season; k-- {
			c.segs[k], c.segs[k-1] = c.segs[k-1], c.segs[k]
		}
	}
}

func (c *calc) versionAt(at anomaly.Date) (*version, error) {
	if c.how.version != nil {
		return c.how.version, nil
	}
	for i := len(c.t.versions) - 1; i >= 0; i-- {
		v := &c.t.versions[i]
		if at < v.from {
			continue
		}
		if v.unknown {
			return nil, notPriced("tariff.unknown_version", anomaly.TextArg("tariff", c.t.id),
				anomaly.VersionArg("version", v.label),
				anomaly.PeriodArg("period", anomaly.Period{Start: at, End: min(v.until, c.req.Period.End)}))
		}
		return v, nil
	}
	first := c.t.versions[0].from
	return nil, notPriced("tariff.before_first", anomaly.TextArg("tariff", c.t.id), anomaly.DateArg("first", first),
		anomaly.PeriodArg("period", anomaly.Period{Start: at, End: min(first, c.req.Period.End)}))
}

func (c *calc) cutSeasons(v *version, o *override, from, until anomaly.Date) {
	if len(c.t.Seasons) == 0 || c.how.season >= 0 {
		c.addDays(v, o, max(0, c.how.season), from, until)
		return
	}
	y, m, d := from.Civil()
	for at := from; at < until; {
		// All days of a month up to a change of season are taken in one step.
		season := c.t.seasonOf[m*100+d]
		start := at
		for at < until && c.t.seasonOf[m*100+d] == season {
			at++
			if d++; d > 28 && d > daysIn(y, m) {
				if d, m = 1, m+1; m > 12 {
					y, m = y+1, 1
				}
			}
		}
		c.addDays(v, o, int(season), start, at)
	}
}

func daysIn(year, month int) int {
	if month == 2 {
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 30 + (month+month>>3)&1
}

// addDays adds days to the segment with the same rates, or opens a new one.
func (c *calc) addDays(v *version, o *override, season int, from, until anomaly.Date) {
	for i := range c.segs {
		s := &c.segs[i]
		if s.v == v && s.o == o && s.season == season {
			s.days += int(until - from)
			s.last = until
			return
		}
	}
	c.segs = append(c.segs, segment{v: v, o: o, season: season, days: int(until - from), first: from, last: until})
}
