package importers

import (
	"context"
	"errors"
	"math"
	"slices"

	"whybill/anomaly"
	"whybill/importers/field"
	"whybill/importers/sniff"
	"whybill/importers/xlsxfile"
)

// When clocks are put back, an hour of local time comes twice, and a file with intervals
// has two rows for each start in it. They are found before the rows are read, since only
// the rows around them tell which is which:
//
//   - Rows that say how far their clock is ahead of UTC are in order by that alone.
//   - Of rows that do not, an hour counts as repeated on the nights in which clocks are put
//     back, if it is there twice as a whole, in its place, and nothing else is. This is
//     remarked on. All other repetitions are left to the store, which counts conflicts.

// noZone stands for the offset of a row that names none.
const noZone = math.MinInt32

const hour = 3600

// sighting is the start of one interval.
type sighting struct {
	series uint64 // the account and meter
	local  int64  // seconds since 1970 that the clock shows
	zone   int32  // seconds that the clock is ahead of UTC, or noZone
	row    int32
}

func (s *sighting) instant() int64 { return s.local - int64(s.zone) }

// night names the hours around midnight and after, before a Sunday's dawn, of a series.
type night struct {
	series uint64
	sunday anomaly.Date
}

// clocks collects what is needed to tell which rows are in the second occurrence of
// their hour.
type clocks struct {
	recent     map[uint64][]sighting // the last rows of each series that have an offset
	nights     map[night][]sighting  // rows that have none
	again      []int32
	rows, zulu int // rows with a time, those of which that are in UTC
}

// maxSeries bounds how many series of a file are kept at hand; of others, repeated hours
// count as conflicts.
const maxSeries = 1 << 20

// findRepeatedHours looks through all tables with intervals.
func (s *Set) findRepeatedHours(ctx context.Context) error {
	for _, t := range s.tables {
		if t.info.Format == FormatNEM || t.info.Format == FormatESPI {
			continue // no daylight saving; seconds since 1970
		}
		for _, p := range t.plans {
			if !p.feeds(KindIntervals) || p.columnOf(sniff.Start) == nil {
				continue
			}
			if err := t.repeatedHours(ctx, p, s.opt); err != nil {
				return fileError(t.info.Name, err)
			}
		}
	}
	return nil
}

func (t *table) repeatedHours(ctx context.Context, p *plan, opt Options) error {
	in, err := t.open(opt.ChunkBytes)
	if err != nil {
		return err
	}
	type part struct {
		starts     []sighting
		rows, zulu int
	}
	c := clocks{recent: map[uint64][]sighting{}, nights: map[night][]sighting{}}
	err = inOrder(ctx, in, opt.workers(), func() func(block) part {
		var cells []string
		look := p.startReader()
		return func(b block) (found part) {
			cells, _ = t.rows(b, cells, func(row int, cells []string, _ []xlsxfile.Kind, _ string) bool {
				s, ok := look(row, cells)
				if !ok {
					return true
				}
				found.rows++
				if s.zone == 0 {
					found.zulu++
				}
				if s.zone != noZone || changeNight(s.local) != 0 {
					found.starts = append(found.starts, s)
				}
				return true
			})
			return found
		}
	}, func(found part) error {
		c.rows += found.rows
		c.zulu += found.zulu
		for _, s := range found.starts {
			c.add(s)
		}
		return nil
	})
	if err = errors.Join(err, in.close()); err != nil {
		return err
	}
	p.remarks = c.settle(p)
	slices.Sort(c.again)
	p.again = slices.Compact(c.again)
	return nil
}

// startReader returns a function that reads of a row no more than whose interval it is
// and when it starts.
func (p *plan) startReader() func(row int, cells []string) (s sighting, ok bool) {
	account, meter, start := p.columnOf(sniff.AccountID), p.columnOf(sniff.MeterID), p.columnOf(sniff.Start)
	textOf := func(c *column, cells []string) string {
		if c == nil {
			return ""
		}
		text, _ := c.text(cells)
		return field.Trim(text)
	}
	return func(row int, cells []string) (s sighting, ok bool) {
		if row < p.dataRow || blank(cells) || isComment(cells[0]) {
			return s, false
		}
		for i := range p.where {
			if !p.where[i].accepts(cells) {
				return s, false
			}
		}
		m, ok := field.ParseMoment(field.Tidy(textOf(start, cells)), start.order)
		if !ok {
			return s, false
		}
		s = sighting{local: civilSeconds(m.On, m.Seconds), zone: noZone, row: int32(row)}
		if m.HasOffset {
			s.zone = int32(m.Offset)
		}
		s.series = hashText(textOf(account, cells))
		if id := textOf(meter, cells); !isAutoMeter(id) {
			s.series = s.series*31 + hashText(id)
		}
		return s, true
	}
}

// add takes the next row in, in the order of the file.
func (c *clocks) add(s sighting) {
	if s.zone != noZone {
		c.compare(s)
		return
	}
	key := night{s.series, changeNight(s.local)}
	if starts, there := c.nights[key]; there || len(c.nights) < maxSeries {
		c.nights[key] = append(starts, s)
	}
}

// near is how far apart the two occurrences of a start can be, and an hour to spare.
const near = 2 * hour

// compare holds a row with an offset against the last ones of its series. Whichever is
// later although its clock shows no more was written after the clock was put back; rows
// may run forwards or backwards in time.
func (c *clocks) compare(s sighting) {
	recent := c.recent[s.series]
	kept := recent[:0]
	for _, r := range recent {
		if max(r.instant()-s.instant(), s.instant()-r.instant()) > near {
			continue
		}
		kept = append(kept, r)
		switch {
		case s.instant() > r.instant() && s.local <= r.local:
			c.again = append(c.again, s.row)
		case r.instant() > s.instant() && r.local <= s.local:
			c.again = append(c.again, r.row)
		}
	}
	if len(c.recent) >= maxSeries {
		clear(c.recent)
	}
	c.recent[s.series] = append(kept, s)
}

// settle decides the rows without an offset and says what was assumed of the file.
func (c *clocks) settle(p *plan) (remarks []Problem) {
	column := p.columnOf(sniff.Start).header
	type assumed struct {
		hour   int64
		row    int32 // the first one
		meters int
	}
	var hours []assumed
	for _, starts := range c.nights {
		h, again := repeatedHour(starts)
		if len(again) == 0 {
			continue
		}
		c.again = append(c.again, again...)
		i := slices.IndexFunc(hours, func(a assumed) bool { return a.hour == h })
		if i < 0 {
			i, hours = len(hours), append(hours, assumed{hour: h, row: math.MaxInt32})
		}
		hours[i].meters++
		hours[i].row = min(hours[i].row, slices.Min(again))
	}
	slices.SortFunc(hours, func(a, b assumed) int { return int(a.hour/hour - b.hour/hour) })
	for _, a := range hours {
		on, seconds := civilOf(a.hour)
		remarks = append(remarks, Problem{
			File: p.file, Row: int(a.row), Column: column, Value: on.String() + " " + clockText(int32(seconds), true),
			Reason: anomaly.Msg("import.hour_twice", anomaly.CountArg("meters", a.meters)),
		})
	}
	if c.rows > 0 && c.zulu == c.rows {
		remarks = append(remarks, Problem{File: p.file, Column: column, Reason: anomaly.Msg("import.times_utc")})
	}
	return remarks
}

// repeatedHour finds the hour that one night's rows of a series have twice, and which of
// them are in its second occurrence. There are none unless every start in that hour is
// there twice and no other is, none of the night's hours is missing, and the rows are in
// order: of time, or of the clock with the two of each start side by side.
func repeatedHour(starts []sighting) (h int64, again []int32) {
	backwards := starts[len(starts)-1].local < starts[0].local
	if backwards {
		starts = slices.Clone(starts)
		slices.Reverse(starts)
	}
	times := map[int64]int{}
	for i := range starts {
		times[starts[i].local]++
	}
	distinct := make([]int64, 0, len(times))
	h = -1
	for local, n := range times {
		distinct = append(distinct, local)
		switch {
		case n > 2, n == 2 && h >= 0 && local/hour*hour != h:
			return 0, nil
		case n == 2:
			h = local / hour * hour
		}
	}
	if h < 0 {
		return 0, nil
	}
	slices.Sort(distinct)
	for i, local := range distinct {
		if local/hour*hour == h && times[local] != 2 || i > 0 && local-distinct[i-1] > hour {
			return 0, nil
		}
	}
	seen := map[int64]bool{}
	inTime, byClock := true, true
	last, lastLocal := int64(math.MinInt64), int64(math.MinInt64)
	for i := range starts {
		local := starts[i].local
		passed := local // in time: an hour more once the clock was put back
		if seen[local] {
			again = append(again, starts[i].row)
		}
		if seen[local] || local >= h+hour {
			passed += hour
		}
		seen[local] = true
		inTime, byClock = inTime && passed > last, byClock && local >= lastLocal
		last, lastLocal = passed, local
	}
	if !inTime && !byClock {
		return 0, nil
	}
	return h, again
}

// changeNight returns the Sunday in whose night a time is, if clocks are put back in that
// night anywhere: on the last Sunday of October (Europe, the Near East), the first of
// November (North America) or of April (Australia, New Zealand, Chile: there on or after
// the 2nd); 0 otherwise. The repeated hour starts between eleven, in Chile and the Near
// East, and three. Source: the rules in force in the IANA time zone database, 2025b.
func changeNight(local int64) anomaly.Date {
	on, seconds := civilOf(local + hour) // eleven and twelve are hours of one night
	if seconds >= 5*hour || on.Weekday() != 0 {
		return 0
	}
	switch _, month, day := on.Civil(); {
	case month == 10 && day >= 25, month == 11 && day <= 7, month == 4 && day <= 8:
		return on
	}
	return 0
}

// civilOf splits seconds since 1970 on a clock into a day and seconds after midnight.
func civilOf(local int64) (on anomaly.Date, seconds int) {
	seconds = int((local%86400 + 86400) % 86400)
	return unixEpoch.AddDays(int((local - int64(seconds)) / 86400)), seconds
}

// isAgain reports whether a row was found to be in the second occurrence of its hour.
func (p *plan) isAgain(row int) bool {
	_, found := slices.BinarySearch(p.again, int32(row))
	return found
}

// endOf is the end of the record's interval: its start and as much as passed by the clock.
// By two offsets that is exact; without, an interval of a change's night that seems to
// end no later than it starts ends when the clock was put back.
func (r *record) endOf(start int64) int64 {
	end := r.moment(sniff.End)
	from, to := r.zone[sniff.Start], r.zone[sniff.End]
	switch {
	case from != noZone && to != noZone:
		end += int64(from) - int64(to)
	case end <= start && end+hour > start && changeNight(start) != 0:
		end += hour
	}
	return end
}
