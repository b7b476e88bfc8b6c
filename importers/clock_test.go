package importers

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Which of the rows of one meter are in the second occurrence of their hour; the usage
// of a row is its place in the file. What real files look like is in testdata/files.
func TestRepeatedHours(t *testing.T) {
	const sunday = "2025-10-26 " // in Europe, clocks are put back
	for _, c := range []struct {
		name   string
		starts []string
		again  string // usage of the rows that are
		remark string // keys
	}{
		{"an ordinary night", []string{sunday + "00:00", sunday + "01:00", sunday + "02:00"}, "", ""},
		{"an hour twice", []string{sunday + "00:00", sunday + "01:00", sunday + "01:00", sunday + "02:00"}, "3", "import.hour_twice"},
		{"quarters of an hour", []string{sunday + "01:45", sunday + "02:00", sunday + "02:15", sunday + "02:30", sunday + "02:45",
			sunday + "02:00", sunday + "02:15", sunday + "02:30", sunday + "02:45", sunday + "03:00"}, "6 7 8 9", "import.hour_twice"},
		{"one quarter of the hour twice", []string{sunday + "02:00", sunday + "02:15", sunday + "02:15", sunday + "02:30", sunday + "02:45"}, "", ""},
		{"two hours twice", []string{sunday + "01:00", sunday + "01:00", sunday + "02:00", sunday + "02:00"}, "", ""},
		{"an hour three times", []string{sunday + "01:00", sunday + "01:00", sunday + "01:00"}, "", ""},
		{"an hour again at the end", []string{sunday + "00:00", sunday + "01:00", sunday + "02:00", sunday + "03:00", sunday + "01:00"}, "", ""},
		{"the next hour is missing: one label is wrong", []string{sunday + "00:00", sunday + "01:00", sunday + "01:00", sunday + "03:00"}, "", ""},
		{"another Sunday", []string{"2025-10-19 00:00", "2025-10-19 01:00", "2025-10-19 01:00", "2025-10-19 02:00"}, "", ""},
		{"a Saturday", []string{"2025-10-25 00:00", "2025-10-25 01:00", "2025-10-25 01:00", "2025-10-25 02:00"}, "", ""},
		{"in the morning", []string{sunday + "05:00", sunday + "06:00", sunday + "06:00", sunday + "07:00"}, "", ""},
		{"New York", []string{"2025-11-02 00:00", "2025-11-02 01:00", "2025-11-02 01:00", "2025-11-02 02:00"}, "3", "import.hour_twice"},
		{"Sydney", []string{"2026-04-05 01:00", "2026-04-05 02:00", "2026-04-05 02:00", "2026-04-05 03:00"}, "3", "import.hour_twice"},
		{"Beirut, from midnight to eleven", []string{"2025-10-25 22:00", "2025-10-25 23:00", "2025-10-25 23:00", "2025-10-26 00:00"}, "3", "import.hour_twice"},
		{"offsets tell", []string{sunday + "01:00+01:00", sunday + "01:00+00:00", sunday + "02:00+00:00"}, "2", ""},
		{"offsets tell, the later half first", []string{sunday + "01:00 UTC", sunday + "01:30 UTC", sunday + "01:00 +0100", sunday + "01:30 +0100"}, "1 2", ""},
		{"offsets on any date", []string{"2024-03-10 02:00+01", "2024-03-10 02:00+00", "2024-03-10 03:00+00"}, "2", ""},
		{"the same row twice is no hour", []string{sunday + "01:00+01:00", sunday + "01:00+01:00", sunday + "02:00+00:00"}, "", ""},
		{"spring", []string{"2025-03-30 00:00Z", "2025-03-30 02:00+01:00", "2025-03-30 03:00+01:00"}, "", ""},
		{"one of the two is all there is", []string{sunday + "00:00+01:00", sunday + "01:00+00:00", sunday + "02:00+00:00"}, "", ""},
		{"all in UTC", []string{"2025-10-26T00:00:00.000Z", "2025-10-26T01:00:00.000Z"}, "", "import.times_utc"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := "account_id,start,usage,unit,minutes\n"
			for i, start := range c.starts {
				text += fmt.Sprintf("A,%s,%d,kWh,15\n", start, i+1)
			}
			rows, problems, _ := readAll(t, Options{}, write(t, "intervals.csv", text))
			if len(rows.Intervals) != len(c.starts) {
				t.Fatalf("%d intervals: %+v", len(rows.Intervals), problems)
			}
			var again, remarks []string
			for _, v := range rows.Intervals {
				if v.Again {
					again = append(again, v.Usage.String())
				}
			}
			for _, p := range problems {
				remarks = append(remarks, p.Reason.Key)
			}
			if diff := cmp.Diff([]string{c.again, c.remark}, []string{strings.Join(again, " "), strings.Join(remarks, " ")}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Rows of many meters that stand side by side hour by hour are told apart, and one remark
// speaks for all.
func TestRepeatedHoursOfManyMeters(t *testing.T) {
	text := "account_id,meter_id,start,usage,unit,minutes\n"
	for _, start := range []string{"00:00", "01:00", "01:00", "02:00"} {
		for meter := range 30 {
			text += fmt.Sprintf("A%d,%d,2025-10-26 %s,1,kWh,60\n", meter%7, meter, start)
		}
	}
	rows, problems, _ := readAll(t, Options{ChunkBytes: 100}, write(t, "intervals.csv", text))
	again := 0
	for _, v := range rows.Intervals {
		if v.Again {
			again++
			if v.Source.Row < 62 || v.Source.Row > 91 { // behind the header and two hours of 30 rows
				t.Errorf("row %d", v.Source.Row)
			}
		}
	}
	if again != 30 || len(problems) != 1 || problems[0].Row != 62 || problems[0].Reason.Args[0].Num != 30 {
		t.Errorf("%d rows, %+v", again, problems)
	}
}
