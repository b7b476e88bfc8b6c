package tariff

import (
	"whybill/anomaly"
)

// splitIntervals puts the usage of short intervals into segments and stages by the
// hour in which each begins.
func (c *calc) splitIntervals() error {
	stages := max(1, len(c.t.stages))
	c.split = make([]exact, len(c.segs)*stages)
	var total exact
	for i := range c.req.Intervals {
		iv := &c.req.Intervals[i]
		on, minute := civilOf(iv.Start)
		if !c.req.Period.Contains(on) {
			continue
		}
		stage := 0
		if len(c.t.windows) > 0 {
			var ok bool
			if stage, ok = c.t.stageAt(on, minute); !ok {
				return notPriced("tariff.holidays_unknown", anomaly.TextArg("tariff", c.t.id), anomaly.DateArg("date", on))
			}
		}
		at := c.segmentOf(on)*stages + stage
		c.split[at] = c.split[at].add(exactOf(iv.Usage))
		total = total.add(exactOf(iv.Usage))
	}
	c.used = total
	return nil
}

// civilOf splits seconds since 1970 in civil time into a day and a minute of it.
func civilOf(seconds int64) (on anomaly.Date, minute int) {
	day := seconds / 86400
	if seconds%86400 < 0 {
		day--
	}
	return epoch.AddDays(int(day)), int(seconds-day*86400) / 60
}

var epoch = anomaly.MustDate("1970-01-01")

// segmentOf finds the segment of a day.
func (c *calc) segmentOf(on anomaly.Date) int {
	_, m, d := on.Civil()
	for i := range c.segs {
		s := &c.segs[i]
		if s.first <= on && on < s.last && s.v.from <= on && on < s.v.until &&
			(len(c.t.Seasons) == 0 || s.season == int(c.t.seasonOf[m*100+d])) &&
			(s.o == nil || s.o.from <= on && on < s.o.until) {
			return i
		}
	}
	return len(c.segs) - 1
}

func (c *calc) splitShare(seg int, stage string) exact {
	stages := max(1, len(c.t.stages))
	var sum exact
	for i := range stages {
		if stage == "" || stages > 1 && c.t.stages[i] == stage {
			sum = sum.add(c.split[seg*stages+i])
		}
	}
	return sum
}

// onlyStage returns the stage to which all hours of a season belong, if there is
// just one.
func (t *tariff) onlyStage(season int) (string, bool) {
	if len(t.stages) == 0 {
		return "", false
	}
	for i := range t.windows {
		w := &t.windows[i]
		if w.season >= 0 && w.season != season {
			continue
		}
		if w.from == 0 && w.to == 24*60 && w.workday && w.weekend {
			return t.stages[w.stage], true
		}
		return "", false
	}
	return t.stages[0], true
}
