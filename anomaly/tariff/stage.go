package tariff

import (
	"fmt"
	"slices"
	"strings"

	"whybill/anomaly"
)

// window is a run of hours that belongs to a stage.
type window struct {
	stage    int // index into tariff.stages
	season   int // -1: always
	workday  bool
	weekend  bool
	from, to int // minutes of the day, to not included
}

func (t *tariff) compileStages(check *fileCheck) {
	if len(t.Windows) == 0 {
		return
	}
	if t.DefaultStage == "" {
		check.add("default_stage", missing("default_stage"), anomaly.Msg("tariff.hint.default_stage"))
	}
	t.stages = []string{t.DefaultStage}
	for i := range t.Windows {
		f := &t.Windows[i]
		path := fmt.Sprintf("window[%d]", i)
		w := window{stage: slices.Index(t.stages, f.Stage), season: -1}
		if w.stage < 0 {
			w.stage = len(t.stages)
			t.stages = append(t.stages, f.Stage)
		}
		if f.Season != "" {
			if w.season = t.season(f.Season); w.season < 0 {
				check.add(path+".season", notOneOf("season", f.Season), t.hintSeasons())
			}
		}
		switch f.Days {
		case "", "workdays":
			w.workday = true
		case "weekend":
			w.weekend = true
		case "all":
			w.workday, w.weekend = true, true
		default:
			check.add(path+".days", notOneOf("days", f.Days), hintOneOf("workdays, weekend, all"))
		}
		for k, hours := range f.Hours {
			var ok bool
			if w.from, w.to, ok = hourSpan(hours); !ok {
				check.add(fmt.Sprintf("%s.hours[%d]", path, k), anomaly.Msg("tariff.file.bad_hours", anomaly.TextArg("value", hours)),
					anomaly.Msg("tariff.hint.hours"))
			}
			t.windows = append(t.windows, w)
		}
		if len(f.Hours) == 0 {
			check.add(path, missing("hours"))
		}
	}
	t.compileHolidays(check)
}

func (t *tariff) compileHolidays(check *fileCheck) {
	t.holidays = map[anomaly.Date]bool{}
	for i, h := range t.Holidays {
		if md, ok := monthDay(h); ok {
			t.yearlyHolidays[md] = true
			continue
		}
		d, err := anomaly.ParseDate(h)
		if err != nil {
			check.add(fmt.Sprintf("holidays[%d]", i), badDay(h))
			continue
		}
		t.holidays[d] = true
	}
	if n := len(t.HolidayYears); n != 0 && (n != 2 || t.HolidayYears[0] > t.HolidayYears[1]) {
		check.add("holiday_years", anomaly.Msg("tariff.file.bad_years"))
	}
}

// hourSpan reads "09:00-24:00" as minutes of the day.
func hourSpan(s string) (from, to int, ok bool) {
	a, b, found := strings.Cut(s, "-")
	from, ok1 := minuteOfDay(a)
	to, ok2 := minuteOfDay(b)
	return from, to, found && ok1 && ok2 && from < to
}

func minuteOfDay(s string) (int, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	n := 0
	for _, i := range [...]int{0, 1, 3, 4} {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n = (int(s[0]-'0')*10+int(s[1]-'0'))*60 + int(s[3]-'0')*10 + int(s[4]-'0')
	return n, s[3] <= '5' && n <= 24*60
}

// stageAt returns the stage of a minute of a day. ok is false where it is not known
// whether the day is a holiday.
func (t *tariff) stageAt(on anomaly.Date, minute int) (stage int, ok bool) {
	y, m, d := on.Civil()
	weekday := on.Weekday()
	weekend := weekday == 0 || weekday == 6
	if !weekend && len(t.Holidays) > 0 {
		if len(t.HolidayYears) == 2 && (y < t.HolidayYears[0] || y > t.HolidayYears[1]) {
			return 0, false
		}
		weekend = t.yearlyHolidays[m*100+d] || t.holidays[on]
	}
	season := int(t.seasonOf[m*100+d])
	for i := range t.windows {
		w := &t.windows[i]
		if (w.season < 0 || w.season == season) && (weekend && w.weekend || !weekend && w.workday) &&
			w.from <= minute && minute < w.to {
			return w.stage, true
		}
	}
	return 0, true
}

// stageInSeason reports whether any hour of the season belongs to the stage.
func (t *tariff) stageInSeason(stage string, season int) bool {
	if len(t.windows) == 0 || stage == t.stages[0] {
		return true
	}
	for i := range t.windows {
		w := &t.windows[i]
		if t.stages[w.stage] == stage && (w.season < 0 || w.season == season) {
			return true
		}
	}
	return false
}
