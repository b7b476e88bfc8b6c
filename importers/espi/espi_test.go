package espi

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whybill/anomaly"
)

// Links, ids and values are made up.

const (
	base = "https://example.com/espi/1_1/resource/RetailCustomer/77/UsagePoint/01"
	// New York: five hours behind, daylight saving from the second Sunday of March to
	// the first of November, at two o'clock.
	newYork = `<LocalTimeParameters><dstEndRule>B40E2000</dstEndRule><dstOffset>3600</dstOffset><dstStartRule>360E2000</dstStartRule><tzOffset>-18000</tzOffset></LocalTimeParameters>`
	noDST   = `<LocalTimeParameters><dstEndRule>FFFFFFFF</dstEndRule><dstOffset>0</dstOffset><dstStartRule>FFFFFFFF</dstStartRule><tzOffset>-18000</tzOffset></LocalTimeParameters>`
	kWh     = `<accumulationBehaviour>4</accumulationBehaviour><commodity>1</commodity><currency>840</currency><flowDirection>1</flowDirection><intervalLength>3600</intervalLength><powerOfTenMultiplier>0</powerOfTenMultiplier><uom>72</uom>`
)

// entry is one entry of a feed, on a line of its own.
func entry(self, up, content string, related ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<entry><id>urn:uuid:0</id><link rel="self" href="%s"/><link rel="up" href="%s"/>`, self, up)
	for _, r := range related {
		fmt.Fprintf(&b, `<link rel="related" href="%s"/>`, r)
	}
	return b.String() + "<content>" + content + "</content></entry>\n"
}

func feed(entries ...string) string {
	return `<feed xmlns="http://www.w3.org/2005/Atom">` + "\n" + strings.Join(entries, "") + "</feed>"
}

// house is a usage point with one meter reading of hours; the content hangs under it.
func house(times, readingType string, content ...string) string {
	return feed(append([]string{
		entry(base, "https://example.com/espi/1_1/resource/RetailCustomer/77/UsagePoint", `<UsagePoint xmlns="http://naesb.org/espi"><ServiceCategory><kind>0</kind></ServiceCategory></UsagePoint>`,
			base+"/MeterReading", "/espi/1_1/resource/LocalTimeParameters/1"),
		entry(base+"/MeterReading/5", base+"/MeterReading", `<MeterReading xmlns="http://naesb.org/espi"/>`, base+"/MeterReading/5/IntervalBlock", "/espi/1_1/resource/ReadingType/7"),
		entry("/espi/1_1/resource/ReadingType/7", "/espi/1_1/resource/ReadingType", `<ReadingType xmlns="http://naesb.org/espi">`+readingType+`</ReadingType>`),
		entry("/espi/1_1/resource/LocalTimeParameters/1", "/espi/1_1/resource/LocalTimeParameters", times),
	}, content...)...)
}

// block is an interval block under the meter reading of house, on line 6.
func block(readings string) string {
	return entry(base+"/MeterReading/5/IntervalBlock/1", base+"/MeterReading/5/IntervalBlock", `<IntervalBlock xmlns="http://naesb.org/espi"><interval><duration>7200</duration><start>1714521600</start></interval>`+readings+`</IntervalBlock>`)
}

func reading(start, duration, value int, more string) string {
	return fmt.Sprintf(`<IntervalReading>%s<timePeriod><duration>%d</duration><start>%d</start></timePeriod><value>%d</value></IntervalReading>`, more, duration, start, value)
}

func summaryEntry(content string) string {
	return entry(base+"/UsageSummary/1", base+"/UsageSummary", `<UsageSummary xmlns="http://naesb.org/espi">`+content+`</UsageSummary>`)
}

func opener(text string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

func civilText(s int64) string {
	return fmt.Sprintf("%s %02d:%02d", anomaly.MustDate("1970-01-01").AddDays(int(s/86400)), s/3600%24, s/60%60)
}

// summarize is what was read of a file, in words.
func second(again bool) string {
	if again {
		return " again"
	}
	return ""
}

func summarize(text string) (lines []string, err error) {
	_, err = Read(opener(text), "f.xml", func(rows *anomaly.Rows) error {
		for _, a := range rows.Accounts {
			lines = append(lines, fmt.Sprintf("account %s %s %s row %d", a.ID, a.Service, a.Unit, a.Source.Row))
		}
		for _, i := range rows.Intervals {
			lines = append(lines, fmt.Sprintf("%s..%s%s %s %s %s%s %s row %d", civilText(i.Start), civilText(i.End)[11:], second(i.Again), i.AccountID, i.Register, i.Usage, i.Unit, i.Quality, i.Source.Row))
		}
		for _, r := range rows.Readings {
			lines = append(lines, fmt.Sprintf("reading %s %s %s %s %s", r.AccountID, r.Register, r.On, r.Value, r.Quality))
		}
		for _, b := range rows.Bills {
			amount := "-"
			if b.Amount.Valid {
				amount = b.Amount.Decimal.String() + " " + b.Currency
			}
			lines = append(lines, fmt.Sprintf("bill %s %s %s%s %s %s row %d", b.AccountID, b.Period, b.Usage, b.Unit, amount, b.Quality, b.Source.Row))
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
	const account = "account 77/01 electricity kWh row 2"
	// 1714521600 is 2024-05-01 00:00 UTC, 2024-04-30 20:00 in New York.
	const may1 = 1714521600
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"hours in local summer time", house(newYork, kWh, block(reading(may1, 3600, 282, `<ReadingQuality><quality>0</quality></ReadingQuality>`)+reading(may1+3600, 3600, 1500, `<ReadingQuality><quality>17</quality></ReadingQuality><ReadingQuality><quality>8</quality></ReadingQuality>`))), []string{
			account, "2024-04-30 20:00..21:00 77/01 5 0.282kWh actual row 6", "2024-04-30 21:00..22:00 77/01 5 1.5kWh estimated row 6",
		}},
		// Clocks are put back on 2024-11-03 at 06:00 UTC: the hour from 1 to 2 comes twice.
		{"the hour that comes twice", house(newYork, kWh, block(reading(1730610000, 3600, 1000, "")+reading(1730613600, 3600, 2000, "")+reading(1730617200, 3600, 3000, ""))), []string{
			account, "2024-11-03 01:00..02:00 77/01 5 1kWh  row 6", "2024-11-03 01:00..02:00 again 77/01 5 2kWh  row 6", "2024-11-03 02:00..03:00 77/01 5 3kWh  row 6",
		}},
		{"a place without daylight saving", house(noDST, kWh, block(reading(may1, 3600, 282, ""))), []string{account, "2024-04-30 19:00..20:00 77/01 5 0.282kWh  row 6"}},
		{"no rules for local time", strings.Replace(house(newYork, kWh, block(reading(may1, 3600, 282, ""))), newYork, "", 1), []string{
			"remark line 2 LocalTimeParameters=\"\" espi.no_timezone", account, "2024-05-01 00:00..01:00 77/01 5 0.282kWh  row 6",
		}},
		{"a multiplier", house(noDST, strings.Replace(kWh, "<powerOfTenMultiplier>0", "<powerOfTenMultiplier>-3", 1), block(reading(may1, 3600, 1282500, ""))), []string{
			account, "2024-04-30 19:00..20:00 77/01 5 1.2825kWh  row 6",
		}},
		{"readings without a period of their own", house(noDST, kWh, block(`<IntervalReading><value>1000</value></IntervalReading><IntervalReading><value>2000</value></IntervalReading>`)), []string{
			account, "2024-04-30 19:00..20:00 77/01 5 1kWh  row 6", "2024-04-30 20:00..21:00 77/01 5 2kWh  row 6",
		}},
		{"gas in cubic feet", strings.Replace(house(noDST, strings.NewReplacer("<commodity>1", "<commodity>7", "<uom>72", "<uom>119").Replace(kWh), block(reading(may1, 3600, 100, ""))), "<kind>0", "<kind>1", 1), []string{
			"account 77/01 gas m3 row 2", "2024-04-30 19:00..20:00 77/01 5 2.8316846592m3  row 6",
		}},
		{"what is fed in is told once and left out", house(noDST, strings.Replace(kWh, "<flowDirection>1<", "<flowDirection>19<", 1), block(reading(may1, 3600, 282, "")), block(reading(may1, 3600, 282, ""))), []string{
			account, "remark line 6 flowDirection=\"19\" espi.not_delivered",
		}},
		{"reactive energy", house(noDST, strings.Replace(kWh, "<uom>72", "<uom>73", 1), block(reading(may1, 3600, 282, ""))), []string{
			"account 77/01 electricity  row 2", "remark line 6 uom=\"73\" espi.unit",
		}},
		{"propane", house(noDST, strings.NewReplacer("<commodity>1", "<commodity>8", "<uom>72", "<uom>42").Replace(kWh), block(reading(may1, 3600, 282, ""))), []string{
			"account 77/01 electricity m3 row 2", "remark line 6 commodity=\"8\" espi.commodity",
		}},
		{"what the register shows", house(noDST, strings.Replace(kWh, "<accumulationBehaviour>4", "<accumulationBehaviour>1", 1), block(reading(may1+5*3600, 0, 512500, `<ReadingQuality><quality>19</quality></ReadingQuality>`))), []string{
			account, "reading 77/01 5 2024-05-01 512.5 actual",
		}},
		// 1711944000 is 2024-04-01 00:00 in New York, 1714536000 is 2024-05-01.
		{"a month as one reading with its cost", house(newYork, kWh, block(reading(1711944000, 1714536000-1711944000, 250000, `<cost>4137000</cost>`))), []string{
			account, "bill 77/01 2024-04-01..2024-05-01 250kWh 41.37 USD  row 6",
		}},
		{"a month by time of use, ended a second early", house(newYork, kWh, block(reading(1711944000, 1714536000-1711944000-1, 250000, `<cost>100000</cost><tou>1</tou>`)+reading(1711944000, 1714536000-1711944000-1, 50000, `<cost>200000</cost><tou>2</tou>`))), []string{
			account, "bill 77/01 2024-04-01..2024-05-01 300kWh 3.00 USD  row 6",
		}},
		{"a summary and the same month as a reading", house(newYork, kWh, block(reading(1711944000, 1714536000-1711944000, 250000, `<cost>4137000</cost>`)), summaryEntry(
			`<billingPeriod><duration>2592000</duration><start>1711944000</start></billingPeriod><billLastPeriod>15303000</billLastPeriod><currency>840</currency><qualityOfReading>14</qualityOfReading>`)), []string{
			account, "bill 77/01 2024-04-01..2024-05-01 250kWh 153.03 USD actual row 6",
		}},
		{"a summary with the usage of the bill", house(newYork, kWh, summaryEntry(
			`<billingPeriod><duration>2592000</duration><start>1711944000</start></billingPeriod><billLastPeriod>15303000</billLastPeriod><currency>901</currency><overallConsumptionLastPeriod><powerOfTenMultiplier>3</powerOfTenMultiplier><uom>72</uom><value>302</value></overallConsumptionLastPeriod>`)), []string{
			account, "bill 77/01 2024-04-01..2024-05-01 302kWh 153.03 TWD  row 6",
		}},
		{"a summary of a period that still runs", house(newYork, kWh, summaryEntry(
			`<billingPeriod><duration>2592000</duration><start>1711944000</start></billingPeriod><billLastPeriod>1</billLastPeriod><overallConsumptionLastPeriod><timeStamp>1711944000</timeStamp><uom>72</uom><value>302</value></overallConsumptionLastPeriod><currentBillingPeriodOverAllConsumption><timeStamp>1712944000</timeStamp><uom>72</uom><value>9</value></currentBillingPeriodOverAllConsumption>`)), []string{
			account, "rejected line 6 billingPeriod=\"1711944000\" espi.running_period",
		}},
		{"a summary without usage", house(newYork, kWh, summaryEntry(`<billingPeriod><duration>2592000</duration><start>1711944000</start></billingPeriod><billLastPeriod>1</billLastPeriod>`)), []string{
			account, "rejected line 6 UsageSummary=\"\" espi.no_usage",
		}},
		{"values and times that are none", house(noDST, kWh, block(`<IntervalReading><timePeriod><duration>3600</duration><start>x</start></timePeriod><value>1</value></IntervalReading><IntervalReading><timePeriod><duration>0</duration><start>1714521600</start></timePeriod><value>1</value></IntervalReading>`+reading(may1, 3600, -5, "")+reading(may1, 3600, 1000, ""))), []string{
			account, "rejected line 6 timePeriod=\"x\" espi.bad_time", "rejected line 6 timePeriod=\"1714521600\" espi.bad_time", "rejected line 6 value=\"-5\" espi.bad_value",
			"2024-04-30 19:00..20:00 77/01 5 1kWh  row 6",
		}},
		{"links before what they point to, prefixes, a slash at the end", `<a:feed xmlns:a="http://www.w3.org/2005/Atom" xmlns:e="http://naesb.org/espi">
<a:entry><a:link rel="self" href="/UsagePoint/9/MeterReading/2/IntervalBlock/1/"/><a:link rel="up" href="/UsagePoint/9/MeterReading/2/IntervalBlock"/><a:content><e:IntervalBlock><e:IntervalReading><e:timePeriod><e:duration>900</e:duration><e:start>1714521600</e:start></e:timePeriod><e:value>250</e:value></e:IntervalReading></e:IntervalBlock></a:content></a:entry>
<a:entry><a:link rel="self" href="/UsagePoint/9/MeterReading/1"/><a:content><e:MeterReading/></a:content></a:entry>
<a:entry><a:content><e:MeterReading/></a:content><a:link rel="self" href="/UsagePoint/9/MeterReading/2/"/><a:link rel="up" href="/UsagePoint/9/MeterReading"/><a:link rel="related" href="/ReadingType/3"/></a:entry>
<a:entry><a:link rel="self" href="/ReadingType/4"/><a:content><e:ReadingType><e:uom>42</e:uom></e:ReadingType></a:content></a:entry>
<a:entry><a:link rel="self" href="/ReadingType/3"/><a:content><e:ReadingType><e:uom>72</e:uom></e:ReadingType></a:content></a:entry>
<a:entry><a:link rel="self" href="/UsagePoint/9"/><a:content><e:UsagePoint/></a:content></a:entry>
</a:feed>`, []string{
			"remark line 7 LocalTimeParameters=\"\" espi.no_timezone", "account 9  kWh row 7", "2024-05-01 00:00..00:15 9 2 0.25kWh  row 2",
		}},
		{"a block that belongs to nothing", feed(block(reading(may1, 3600, 282, ""))), []string{"rejected line 2 IntervalBlock=\"\" espi.no_reading_type"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := summarize(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestFile reads a whole file, made up: the hours around the change to summer time,
// what was fed in, and February both as a reading and as a summary.
func TestFile(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "house.xml"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := summarize(string(text))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"account 1001/1 electricity kWh row 14",
		"2026-03-08 00:00..01:00 1001/1 A 0.41kWh actual row 27",
		"2026-03-08 01:00..02:00 1001/1 A 0.395kWh actual row 28",
		"2026-03-08 03:00..04:00 1001/1 A 0.388kWh actual row 29",
		"2026-03-08 04:00..05:00 1001/1 A 0.402kWh estimated row 30",
		"remark line 40 flowDirection=\"19\" espi.not_delivered",
		"bill 1001/1 2026-02-01..2026-03-01 612kWh 94.25 USD actual row 54",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadRefuses(t *testing.T) {
	whole := house(noDST, kWh, block(reading(1714521600, 3600, 282, "")+reading(1714525200, 3600, 1000, "")))
	for _, c := range []struct {
		name, text, want string
		lines            int // read all the same
	}{
		{"an empty file", "", "espi.no_entries", 0},
		{"another feed", "<feed/>", "espi.no_entries", 0},
		{"an encoding that XML leaves to others", `<?xml version="1.0" encoding="big5"?><feed/>`, "espi.encoding", 0},
		{"a file that was cut off in its second reading", whole[:strings.LastIndex(whole, "<value>")], "espi.broken", 2},
		{"a tag that does not match", strings.Replace(whole, "</IntervalBlock>", "</Block>", 1), "espi.broken", 3},
	} {
		var e *Error
		got, err := summarize(c.text)
		if !errors.As(err, &e) || e.Message().Key != c.want || len(got) != c.lines {
			t.Errorf("%s: got %v and %q, want %s", c.name, err, got, c.want)
		}
	}
	failing := errors.New("disk on fire")
	if _, err := Read(func() (io.ReadCloser, error) { return nil, failing }, "f", nil, nil); !errors.Is(err, failing) {
		t.Errorf("got %v, want the reader's own error", err)
	}
}

func TestDaylightSavingRules(t *testing.T) {
	for _, c := range []struct {
		name, hex string
		year      int
		want      string // "" no rule
	}{
		{"the second Sunday of March", "360E2000", 2024, "2024-03-10 02:00"},
		{"the first Sunday of November", "B40E2000", 2024, "2024-11-03 02:00"},
		{"the last Sunday of March", "3E0E1000", 2024, "2024-03-31 01:00"},
		{"the third Friday of March at 1:45, the schema's own example", "380A1A8C", 2026, "2026-03-20 01:45"},
		{"the Sunday on or after the 8th", "328E2000", 2026, "2026-03-08 02:00"},
		{"the 15th of October", "A0F00000", 2026, "2026-10-15 00:00"},
		{"switched off", "FFFFFFFF", 2026, ""},
		{"a month that is none", "D40E2000", 2026, ""},
		{"no text", "", 2026, ""},
	} {
		rule := parseRule(c.hex)
		if rule == noRule {
			if c.want != "" {
				t.Errorf("%s: no rule", c.name)
			}
			continue
		}
		if got := civilText(rule.at(c.year)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// Sydney is ten hours ahead, eleven from the first Sunday of October to that of April.
func TestSouthernHemisphere(t *testing.T) {
	sydney := &localTime{offset: 36000, dstOffset: 3600, start: parseRule("A40E2000"), end: parseRule("440E3000"), valid: true}
	for utc, want := range map[int64]string{
		1767225600: "2026-01-01 11:00",
		1782864000: "2026-07-01 10:00",
		1775318399: "2026-04-05 02:59", // 2026-04-04 15:59:59 UTC, the last second of summer
		1775318400: "2026-04-05 02:00 again",
		1775321999: "2026-04-05 02:59 again",
		1775322000: "2026-04-05 03:00",
	} {
		seconds, again := sydney.civil(utc)
		if got := civilText(seconds) + second(again); got != want {
			t.Errorf("%d: got %s, want %s", utc, got, want)
		}
	}
}

func TestDetect(t *testing.T) {
	for text, want := range map[string]bool{
		`<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">`: true,
		"\xEF\xBB\xBF <IntervalBlock xmlns='http://naesb.org/espi'>":      true,
		`<html><body>feed</body></html>`:                                  false,
		"account_id,usage\n":                                              false,
	} {
		if got := Detect([]byte(text)); got != want {
			t.Errorf("Detect(%q) = %v", text, got)
		}
	}
}

// FuzzRead holds what must be true of any file: no panic, usage that is not negative
// over a time that is not empty.
func FuzzRead(f *testing.F) {
	f.Add(house(newYork, kWh, block(reading(1714521600, 3600, 282, `<ReadingQuality><quality>8</quality></ReadingQuality>`))))
	f.Add(house(noDST, kWh, block(reading(1711944000, 2592000, 250000, `<cost>4137000</cost><tou>1</tou>`)), summaryEntry(`<billingPeriod><duration>2592000</duration><start>1711944000</start></billingPeriod><billLastPeriod>15303000</billLastPeriod>`)))
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = Read(opener(text), "f", func(rows *anomaly.Rows) error {
			for _, i := range rows.Intervals {
				if i.End <= i.Start || i.Usage.IsNeg() || i.AccountID == "" {
					t.Errorf("interval %+v", i)
				}
			}
			for _, b := range rows.Bills {
				if !b.Period.Valid() || b.AccountID == "" {
					t.Errorf("bill %+v", b)
				}
			}
			return nil
		}, func(p Problem) {
			if p.Reason.Key == "" {
				t.Errorf("problem %+v", p)
			}
		})
	})
}

// BenchmarkRead reads a quarter of an hour's values of four months.
func BenchmarkRead(b *testing.B) {
	var blocks []string
	for day := range 120 {
		var readings strings.Builder
		for q := range 96 {
			readings.WriteString(reading(1714521600+day*86400+q*900, 900, 100+q, `<cost>980</cost><ReadingQuality><quality>0</quality></ReadingQuality>`))
		}
		blocks = append(blocks, block(readings.String()))
	}
	text := house(newYork, kWh, blocks...)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		n := 0
		_, err := Read(opener(text), "f", func(r *anomaly.Rows) error { n += len(r.Intervals); return nil }, func(p Problem) { b.Fatal(p) })
		if err != nil || n != 120*96 {
			b.Fatal(n, err)
		}
	}
}
