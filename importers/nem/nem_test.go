package nem

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whybill/anomaly"
)

// NMIs, serial numbers and values are made up.

// n writes count fields, all with the same value.
func n(count int, value string) string { return strings.Repeat(","+value, count) }

// summary is what was read of a file, in words.
func summary(t *testing.T, text string) (lines []string, err error) {
	t.Helper()
	_, err = Read(strings.NewReader(text), "f.csv", func(rows *anomaly.Rows) error {
		for _, a := range rows.Accounts {
			lines = append(lines, fmt.Sprintf("account %s %s %s row %d", a.ID, a.Service, a.Unit, a.Source.Row))
		}
		var last string
		for _, i := range rows.Intervals {
			// Consecutive intervals of the same value are told by the first.
			what := fmt.Sprintf("%s %s %s %s%s x %dmin row %d", i.AccountID, i.MeterID, i.Register, i.Usage, i.Unit, (i.End-i.Start)/60, i.Source.Row) + " " + i.Quality.String()
			if i.Again {
				what += " again"
			}
			if what != last {
				lines = append(lines, fmt.Sprintf("from %s %02d:%02d %s", anomaly.MustDate("1970-01-01").AddDays(int(i.Start/86400)), i.Start/3600%24, i.Start/60%60, what))
			}
			last = what
		}
		for _, r := range rows.Readings {
			lines = append(lines, fmt.Sprintf("reading %s %s %s %s %s %s row %d", r.AccountID, r.MeterID, r.Register, r.On, r.Value, r.Quality, r.Source.Row))
		}
		for _, b := range rows.Bills {
			from, to := "-", "-"
			if b.From.Valid {
				from, to = b.From.Decimal.String(), b.To.Decimal.String()
			}
			lines = append(lines, fmt.Sprintf("bill %s %s %s %s%s %s..%s %s row %d", b.AccountID, b.MeterID, b.Period, b.Usage, b.Unit, from, to, b.Quality, b.Source.Row))
		}
		return nil
	}, func(p Problem) {
		verb := "remark"
		if p.Rejected {
			verb = "rejected"
		}
		lines = append(lines, fmt.Sprintf("%s line %d %s=%q %s", verb, p.Line, p.Column, p.Value, p.Reason.Key))
	})
	return lines, err
}

func TestRead(t *testing.T) {
	const h12, h13 = "100,NEM12,202405010930,MDP1,RET1\n", "100,NEM13,202405010930,MDP1,RET1\n"
	const e1 = "200,NMI0000001,E1B1,1,E1,N1,M1,KWH,30,20240601\n"
	const acc = "account NMI0000001 electricity kWh row "
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"a day of half hours", h12 + e1 + "300,20240501" + n(48, "0.5") + ",A,,,20240502003000,\n900\n", []string{
			acc + "3", "from 2024-05-01 00:00 NMI0000001 M1 E1 0.5kWh x 30min row 3 actual",
		}},
		// Clocks are put back in Sydney on 2026-04-05 and forward on 2025-10-05; meters stay on standard time.
		{"the days on which clocks change have 48 half hours", h12 + e1 + "300,20251005" + n(48, "0.5") + ",A\n300,20260405" + n(48, "0.5") + ",A\n900\n", []string{
			acc + "3", "from 2025-10-05 00:00 NMI0000001 M1 E1 0.5kWh x 30min row 3 actual",
			"from 2026-04-05 00:00 NMI0000001 M1 E1 0.5kWh x 30min row 4 actual",
		}},
		{"five minutes, in Wh", h12 + "200,NMI0000001,E1,1,E1,N1,M1,Wh,5,\n300,20240501" + n(288, "125") + ",E52,,,\n900\n", []string{
			acc + "3", "from 2024-05-01 00:00 NMI0000001 M1 E1 0.125kWh x 5min row 3 estimated",
		}},
		{"a quarter of an hour, in MWh, trailing fields left out", h12 + "200,NMI0000001,E1,1,E1,N1,M1,MWH,15\n300,20240501" + n(96, "0.00125") + ",F14\n900", []string{
			acc + "3", "from 2024-05-01 00:00 NMI0000001 M1 E1 1.25kWh x 15min row 3 substituted",
		}},
		{"a day of variable quality", h12 + e1 + "300,20240501" + n(48, "1") + ",V,,,\n400,1,20,A,,\n400,21,48,S14,18,\n300,20240502" + n(48, "1") + ",A\n900\n", []string{
			acc + "3", "from 2024-05-01 00:00 NMI0000001 M1 E1 1kWh x 30min row 3 actual",
			"from 2024-05-01 10:00 NMI0000001 M1 E1 1kWh x 30min row 3 substituted",
			"from 2024-05-02 00:00 NMI0000001 M1 E1 1kWh x 30min row 6 actual",
		}},
		{"ranges that do not cover the day", h12 + e1 + "300,20240501" + n(48, "1") + ",V\n400,1,20,A\n900\n", []string{
			"remark line 3 QualityMethod=\"V\" nem.quality_gap", acc + "3",
			"from 2024-05-01 00:00 NMI0000001 M1 E1 1kWh x 30min row 3 actual",
			"from 2024-05-01 10:00 NMI0000001 M1 E1 1kWh x 30min row 3 estimated",
		}},
		{"a range outside the day", h12 + e1 + "300,20240501" + n(48, "1") + ",V\n400,1,48,A\n400,40,49,A\n900\n", []string{
			"rejected line 5 StartInterval=\"40-49\" nem.range", acc + "3",
			"from 2024-05-01 00:00 NMI0000001 M1 E1 1kWh x 30min row 3 actual",
		}},
		{"hours without data are not zero", h12 + e1 + "300,20240501" + n(48, "0") + ",V\n400,1,46,A\n400,47,48,N\n300,20240502" + n(48, "0") + ",N\n900\n", []string{
			"remark line 3 QualityMethod=\"N\" nem.null", acc + "3",
			"from 2024-05-01 00:00 NMI0000001 M1 E1 0kWh x 30min row 3 actual",
			"remark line 6 QualityMethod=\"N\" nem.null",
		}},
		{"solar: what is fed in is told and left out", h12 + e1 + "300,20240501" + n(48, "1") + ",A\n200,NMI0000001,E1B1,2,B1,N1,M1,KWH,30,\n300,20240501" + n(48, "2") + ",A\n200,NMI0000001,E1B1,2,B1,N1,M1,KWH,30,\n300,20240502" + n(48, "2") + ",V\n400,1,48,A\n900\n", []string{
			acc + "3", "from 2024-05-01 00:00 NMI0000001 M1 E1 1kWh x 30min row 3 actual",
			"remark line 4 NMISuffix=\"B1\" nem.not_usage",
		}},
		{"reactive energy", h12 + "200,NMI0000001,Q1,1,Q1,N1,M1,KVARH,30,\n300,20240501" + n(48, "1") + ",A\n500,O,S1,20240501093000,12\n900\n", []string{
			"remark line 2 NMISuffix=\"Q1\" nem.not_usage",
		}},
		{"two channels of one meter", h12 + e1 + "300,20240501" + n(48, "1") + ",A\n200,NMI0000001,E1E2,2,E2,N2,M1,KWH,30,\n300,20240501" + n(48, "2") + ",A\n900\n", []string{
			acc + "3", "from 2024-05-01 00:00 NMI0000001 M1 E1 1kWh x 30min row 3 actual",
			"from 2024-05-01 00:00 NMI0000001 M1 E2 2kWh x 30min row 5 actual",
		}},
		{"a register value", h12 + e1 + "300,20240501" + n(48, "1") + ",A\n500,O,S1,20240501093000,001234.5\n500,O,S1,20240501093000,\n900\n", []string{
			acc + "3", "from 2024-05-01 00:00 NMI0000001 M1 E1 1kWh x 30min row 3 actual",
			"reading NMI0000001 M1 E1 2024-05-01 1234.5 actual row 4",
		}},
		{"thirty minutes declared, fifteen delivered", h12 + e1 + "300,20240501" + n(96, "1") + ",A\n900\n", []string{
			"rejected line 3 =\"96\" nem.value_count",
		}},
		{"an incomplete day", h12 + e1 + "300,20240501" + n(40, "1") + ",A,,,\n300,20240502" + n(48, "1") + ",A\n900\n", []string{
			"rejected line 3 =\"40\" nem.value_count", acc + "4", "from 2024-05-02 00:00 NMI0000001 M1 E1 1kWh x 30min row 4 actual",
		}},
		{"values that are none, and a negative one", h12 + e1 + "300,20240501,x,-1,," + strings.Repeat("1,", 45) + "A\n900\n", []string{
			"rejected line 3 IntervalValue1=\"x\" nem.bad_value", "rejected line 3 IntervalValue2=\"-1\" nem.bad_value",
			"remark line 3 QualityMethod=\"N\" nem.null", acc + "3", "from 2024-05-01 01:30 NMI0000001 M1 E1 1kWh x 30min row 3 actual",
		}},
		{"a date that is none", h12 + e1 + "300,20240231" + n(48, "1") + ",A\n900\n", []string{"rejected line 3 IntervalDate=\"20240231\" nem.bad_date"}},
		{"a quality that is none", h12 + e1 + "300,20240501" + n(48, "1") + ",X\n300,20240501" + n(48, "1") + ",A1\n900\n", []string{
			"rejected line 3 QualityMethod=\"X\" nem.bad_quality", "rejected line 4 QualityMethod=\"A1\" nem.bad_quality",
		}},
		{"an hour as interval", h12 + "200,NMI0000001,E1,1,E1,N1,M1,KWH,60,\n300,20240501" + n(24, "1") + ",A\n900\n", []string{
			"rejected line 2 IntervalLength=\"60\" nem.interval_length", "rejected line 3 =\"\" nem.no_channel",
		}},
		{"no header, no end, lines ended by CR LF", strings.ReplaceAll(e1+"300,20240501"+n(48, "1")+",A\n", "\n", "\r\n"), []string{
			"remark line 1 =\"\" nem.no_header", acc + "2", "from 2024-05-01 00:00 NMI0000001 M1 E1 1kWh x 30min row 2 actual",
			"remark line 0 =\"\" nem.no_end",
		}},
		{"files joined into one, lines ended by CR", strings.ReplaceAll(h12+e1+"300,20240501"+n(48, "1")+",A\n900\n"+h12+e1+"300,20240502"+n(48, "1")+",A\n900\n900\n", "\n", "\r"), []string{
			acc + "3", "from 2024-05-01 00:00 NMI0000001 M1 E1 1kWh x 30min row 3 actual",
			"from 2024-05-02 00:00 NMI0000001 M1 E1 1kWh x 30min row 7 actual",
		}},
		{"records of a closed file do not go on", h12 + e1 + "900\n300,20240501" + n(48, "1") + ",A\n400,1,48,A\n", []string{
			"rejected line 4 =\"\" nem.no_channel", "rejected line 5 =\"\" nem.range_alone",
		}},
		{"something else between the records", h12 + "Total,1\n,,,\n\n900\n", []string{"rejected line 2 RecordIndicator=\"Total\" nem.record"}},
		{"fields in quotes", "\uFEFF100,\"NEM12\",202405010930,\"A, B\",C\n" + `"200","NMI0000001","E1","1","E1","N1","M1","KWH","30",""` + "\n300,20240501" + n(48, "1") + `,A,,"x ""y"", z"` + "\n900\n", []string{
			acc + "3", "from 2024-05-01 00:00 NMI0000001 M1 E1 1kWh x 30min row 3 actual",
		}},
		{"a line too long", h12 + "300," + strings.Repeat("1", maxLine) + "\n900\n", []string{"rejected line 2 =\"\" nem.long_line"}},

		{"two reads of a basic meter", h13 + "250,NMI0000001,11,1,11,11,M1,E,412,20240101,A,,,512.5,20240201000000,A,,,100.5,kWh,20240301,20240202101112,\n550,N,,A,\n900\n", []string{
			acc + "2", "reading NMI0000001 M1 11 2024-01-01 412 actual row 2", "reading NMI0000001 M1 11 2024-02-01 512.5 actual row 2",
			"bill NMI0000001 M1 2024-01-01..2024-02-01 100.5kWh 412..512.5 actual row 2",
		}},
		{"an estimated read, the quantity left to the readings", h13 + "250,NMI0000001,11,1,11,11,M1,E,412,202401010000,A,,,500,202402010000,E64,,,,kWh\n900\n", []string{
			acc + "2", "reading NMI0000001 M1 11 2024-01-01 412 actual row 2", "reading NMI0000001 M1 11 2024-02-01 500 estimated row 2",
			"bill NMI0000001 M1 2024-01-01..2024-02-01 88kWh 412..500 estimated row 2",
		}},
		{"two registers are one bill, what is fed in is not in it", h13 +
			"250,NMI0000001,E1E2B1,1,E1,,M1,E,0,20240101,A,,,100,20240201,A,,,100,kWh\n" +
			"250,NMI0000001,E1E2B1,2,E2,,M1,E,0,20240101,A,,,50,20240201,S,,,50,kWh\n" +
			"250,NMI0000001,E1E2B1,2,E2,,M1,E,0,20240101,A,,,50,20240201,S,,,50,kWh\n" +
			"250,NMI0000001,E1E2B1,3,B1,,M1,I,0,20240101,A,,,30,20240201,A,,,30,kWh\n900\n", []string{
			acc + "2", "reading NMI0000001 M1 E1 2024-01-01 0 actual row 2", "reading NMI0000001 M1 E1 2024-02-01 100 actual row 2",
			"reading NMI0000001 M1 E2 2024-01-01 0 actual row 3", "reading NMI0000001 M1 E2 2024-02-01 50 substituted row 3",
			"reading NMI0000001 M1 E2 2024-01-01 0 actual row 4", "reading NMI0000001 M1 E2 2024-02-01 50 substituted row 4",
			"remark line 5 NMISuffix=\"B1\" nem.not_usage", "rejected line 4 RegisterID=\"E2\" nem.repeated",
			"bill NMI0000001 M1 2024-01-01..2024-02-01 150kWh -..- substituted row 2",
		}},
		{"a register that ran backwards, without a quantity", h13 + "250,NMI0000001,11,1,11,11,M1,E,512,20240101,A,,,412,20240201,A,,,,kWh\n900\n", []string{
			"rejected line 2 Quantity=\"\" nem.no_quantity", acc + "2",
			"reading NMI0000001 M1 11 2024-01-01 512 actual row 2", "reading NMI0000001 M1 11 2024-02-01 412 actual row 2",
		}},
		{"reads in the wrong order", h13 + "250,NMI0000001,11,1,11,11,M1,E,1,20240201,A,,,2,20240201,A,,,1,kWh\n900\n", []string{
			"rejected line 2 CurrentRegisterReadDateTime=\"20240201\" nem.period",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := summary(t, c.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestFiles reads whole files, made up after the specification's examples.
func TestFiles(t *testing.T) {
	for _, name := range []string{"household.nem12.csv", "quarterly.nem13.csv"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := summary(t, string(text))
		if err != nil {
			t.Fatal(err)
		}
		golden(t, filepath.Join("testdata", name+".want"), strings.Join(got, "\n")+"\n")
	}
}

var update = flag.Bool("update", false, "write the expected results anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"an empty file", "", "nem.no_records"},
		{"another table", "account_id,usage\nA,1\n", "nem.no_records"},
		{"an older version", "100,NEM01,1\n", "nem.version"},
	} {
		var e *Error
		if _, err := summary(t, c.text); !errors.As(err, &e) || e.Message().Key != c.want {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

func TestDetect(t *testing.T) {
	for text, want := range map[string]bool{
		"100,NEM12,202405010930,A,B\n":                     true,
		"\xEF\xBB\xBF100,NEM13,20240501,A,B\r\n":           true,
		"\"100\",\"NEM12\",1\n":                            true,
		"200,NMI0000001,E1,1,E1,N1,M1,KWH,30,\n":           true,
		"250,N,11,1,11,11,M1,E,1,2,A,,,2,3,A,,,1,kWh,,,\n": true,
		"100,200,300\n":                                    false,
		"200,a,b,c,d,e,f,g,31\n":                           false,
		"account_id,usage\n":                               false,
		"":                                                 false,
	} {
		if got := Detect([]byte(text)); got != want {
			t.Errorf("Detect(%q) = %v", text, got)
		}
	}
}

// FuzzRead holds what must be true of any file: no panic, every usage not negative and
// in order of time, every row's line within the file.
func FuzzRead(f *testing.F) {
	f.Add("100,NEM12,202405010930,MDP1,RET1\n200,N,E1,1,E1,N1,M1,KWH,30,\n300,20240501" + n(48, "0.5") + ",V\n400,1,48,A\n500,O,S,20240501,1\n900\n")
	f.Add("100,NEM13,1\n250,N,11,1,11,11,M1,E,412,20240101,A,,,512.5,20240201,A,,,100.5,MWh\n550\n900\n")
	f.Add("200,N,E1,1,E1,N1,M1,Wh,15\r300,20240501" + n(96, "9") + ",N\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		lines := 1 + strings.Count(text, "\n") + strings.Count(text, "\r")
		_, _ = Read(strings.NewReader(text), "f", func(rows *anomaly.Rows) error {
			for _, i := range rows.Intervals {
				if i.End <= i.Start || i.Usage.IsNeg() || i.AccountID == "" || int(i.Source.Row) > lines || i.Source.Row < 1 {
					t.Errorf("interval %+v", i)
				}
			}
			for _, b := range rows.Bills {
				if !b.Period.Valid() || int(b.Source.Row) > lines {
					t.Errorf("bill %+v", b)
				}
			}
			return nil
		}, func(p Problem) {
			if p.Line > lines || p.Reason.Key == "" {
				t.Errorf("problem %+v", p)
			}
		})
	})
}

func BenchmarkRead(b *testing.B) {
	var file strings.Builder
	file.WriteString("100,NEM12,202405010930,MDP1,RET1\n")
	for i := range 100 {
		fmt.Fprintf(&file, "200,NMI%07d,E1,1,E1,N1,M1,KWH,30,20240601\n", i)
		for d := range 28 {
			fmt.Fprintf(&file, "300,202402%02d%s,A,,,20240502003000,\n", d+1, n(48, "1.234"))
		}
	}
	file.WriteString("900\n")
	b.SetBytes(int64(file.Len()))
	for b.Loop() {
		got := 0
		_, err := Read(strings.NewReader(file.String()), "f", func(r *anomaly.Rows) error { got += len(r.Intervals); return nil }, func(p Problem) { b.Fatal(p) })
		if err != nil || got != 100*28*48 {
			b.Fatal(got, err)
		}
	}
}
