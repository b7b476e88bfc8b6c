// Command gen writes the files of the stories press, which are a few dozen accounts
// with the faults that newspapers and courts have reported, beside ones on which nothing is wrong:
//
//	go run ./testdata/stories/gen testdata/stories/press
//
// The usages are made up so that each account shows one pattern; amounts come from the
// built-in tariffs. Run again after a change and look at the difference.
package main

import (
	"encoding/csv"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"whybill/anomaly"
	"whybill/anomaly/tariff"
)

const (
	residential = "tw.taipower.residential.non_tou"
	business    = "tw.taipower.business.non_tou"
)

// story is one account: its bills of two months each, the last one ending on end.
type story struct {
	id, name, class, tariff string
	end                     string
	days                    int   // the length of every bill; 0: two calendar months
	phases                  int   // 0: one
	usage                   []int // billed, oldest first
	metered                 []int // what the register moved by, where it differs from usage divided by the multiplier
	estimated               []int // indexes of usage that nobody read
	multiplier              int
	digits                  int
	opening                 int      // the register before the first bill
	closing                 int      // or the register after the last one
	readings                []string // taken besides the bills: day, value, quality
	line                    string   // an extra line on the last bill: "code amount from to description"
	movedIn                 string
	appliances              []string // rows after the account's id
	events                  []string
}

// household is a quiet home: kWh by two-month bill from January on, 2023 to 2025.
func household(scale float64, noise ...int) []int {
	shape := [6]float64{0.98, 0.86, 0.82, 1.28, 1.22, 0.84}
	out := make([]int, 19) // ends with January and February 2026
	for i := range out {
		out[i] = int(scale*shape[i%6] + 0.5)
		if len(noise) > 0 {
			out[i] += noise[i%len(noise)]
		}
	}
	return out
}

// with replaces the bills from the end backwards: with(x, 7, 8) ends in 7, 8.
func with(usage []int, last ...int) []int {
	out := append([]int(nil), usage...)
	copy(out[len(out)-len(last):], last)
	return out
}

// scaled multiplies the bills from index from on.
func scaled(usage []int, from int, by float64) []int {
	out := append([]int(nil), usage...)
	for i := from; i < len(out); i++ {
		out[i] = int(float64(out[i])*by + 0.5)
	}
	return out
}

func constant(n, v int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = v
	}
	return out
}

func stories() []story {
	home := household(620, 8, -14, 5, 11, -9, -3, 12)
	all := []story{
		// The thousands digit was read 26 for 25: 1,000 kWh too much, nothing read since.
		{id: "PRESS-01", name: "thousands digit, latest bill", usage: with(home, 608+1000), opening: 14385},
		// The same a period later: this bill is short by what the last one had too much.
		{id: "PRESS-02", name: "thousands digit, a bill later", usage: with(household(1450, 12, -7, 20), 1212+1000, 1431-1000), opening: 13874},
		// 52,700 was taken down for 52,100: the next reading is lower than the last.
		{
			id: "PRESS-03", name: "one digit substituted", usage: with(home, 598+600), closing: 52700,
			readings: []string{"2026-03-19,52283,actual"},
		},
		// 2,262 billed, 1,008 true: three weeks later the register stands below the bill's
		// reading, where 1,008 and three weeks more have brought it.
		{
			id: "PRESS-04", name: "2262 for 1008", usage: with(household(1008), 2262), closing: 42671,
			readings: []string{"2026-03-22,41777,actual"},
		},
		// Nobody read the meter for two bills, then somebody did.
		{id: "PRESS-05", name: "never read, then caught up", usage: with(household(980, 10, -20, 15), 420, 355, 2240), estimated: []int{16, 17}},
		// Two estimates of 600 and then 1,800, truly 1,000 each; all outside summer and
		// equally long, so that 1,000 each is what spreading by days comes to.
		{id: "PRESS-06", name: "two estimates then an actual", usage: with(household(1000, 5, -8, 12), 600, 600, 1800), estimated: []int{16, 17}, end: "2026-03-31", days: 60},
		// A 1,500 W heater that its owner takes for one of 158 W, 6 hours a day.
		{
			id: "PRESS-07", name: "a heater and its real watts", usage: with(home, 1130),
			appliances: []string{"portable heater,1500,6,1,2025-12-20,"},
		},
		// The same bill, nothing declared, and a customer who asks.
		{id: "PRESS-08", name: "the same rise, nothing declared", usage: with(home, 1130), events: []string{complaint}},
		// An idle factory pays the minimum, then a large bill.
		{id: "PRESS-09", name: "idle factory", class: "business", tariff: business, usage: with(constant(19, 12), 3950)},
		// Billed with multiplier 2,000, the transformers are 1,000, for years.
		{id: "PRESS-10", name: "multiplier doubled", class: "business", tariff: business, multiplier: 1000, metered: constant(19, 3), usage: constant(19, 6000), digits: 5},
		// A transformer wired wrong: two thirds of the usage from one day on.
		{id: "PRESS-11", name: "one phase lost", class: "business", tariff: business, usage: scaled(household(5200, 60, -90, 30), 11, 2.0/3), phases: 3},
		// A stopped meter, then a line typed in by hand for the time that it stood still.
		{
			id: "PRESS-12", name: "stopped meter, then a back-bill", usage: with(home, 0, 0, 0, 0, 602),
			line: "adjustment 5180 2025-05-01 2026-01-01 Usage that was not recorded", events: []string{complaint},
		},
		// A meter that slows down and stays slow.
		{id: "PRESS-13", name: "slow since a year", usage: scaled(home, 13, 0.45)},
		// A rise that stays: somebody else may be on the line.
		{id: "PRESS-14", name: "a step up that stays", usage: scaled(household(640, 6, -5, 9), 15, 1.55), events: []string{complaint}},
		// Nobody lives there for two bills, and says so.
		{
			id: "PRESS-15", name: "away, as announced", usage: with(home, 90, 610, 75),
			events: []string{"2025-12-28,vacancy_start,,,,customer", "2026-02-26,vacancy_end,,,,customer"},
		},
		// One short history.
		{id: "PRESS-16", name: "two bills only", usage: []int{580, 640}, movedIn: "2025-11-01"},
	}
	all = append(all, nearMisses(home)...)
	for i := range 16 {
		noise := []int{(i*7)%23 - 11, (i*5)%17 - 8, (i*11)%29 - 14, (i*3)%13 - 6, (i*13)%19 - 9, (i*2)%11 - 5, (i*17)%31 - 15}
		all = append(all, story{
			id: fmt.Sprintf("QUIET-%02d", i+1), name: "nothing wrong",
			usage: household(380+45*float64(i), noise...), opening: 1000 * i,
		})
	}
	return all
}

const complaint = "2026-03-30,complaint,,,topic=high_bill,customer"

// nearMisses are the same bills with the one difference that makes the answer another;
// each has the number of the story that it is near to.
func nearMisses(home []int) []story {
	return []story{
		// A reading later the register has run on from what was read, as fast as it was billed.
		{
			id: "NEAR-01", name: "1,000 kWh more, and they run on", usage: with(home, 608+1000), opening: 14385,
			readings: []string{"2026-03-22,27755,actual"},
		},
		// As low a bill, and nobody was there.
		{
			id: "NEAR-02", name: "1,000 kWh less in an empty home", usage: with(household(1450, 12, -7, 20), 431), opening: 13874,
			events: []string{"2026-01-04,vacancy_start,,,,customer", "2026-02-14,vacancy_end,,,,customer"},
		},
		{
			id: "NEAR-03", name: "600 kWh more, and they run on", usage: with(home, 598+600), closing: 52700,
			readings: []string{"2026-03-22,53126,actual"},
		},
		{
			id: "NEAR-04", name: "2262, and the register runs on", usage: with(household(1008), 2262), closing: 42671,
			readings: []string{"2026-03-22,43476,actual"},
		},
		// Low, low and high, and every time somebody read the meter.
		{id: "NEAR-05", name: "low, low, high, all of them read", usage: with(household(980, 10, -20, 15), 420, 355, 2240)},
		// Two estimates that were right.
		{id: "NEAR-06", name: "two good estimates then an actual", usage: with(household(1000, 5, -8, 12), 1000, 1000, 1000), estimated: []int{16, 17}, end: "2026-03-31", days: 60},
		// The bill of PRESS-08, with a heater of 6 kW for an hour and a half a day.
		{
			id: "NEAR-08", name: "the same rise, a 6 kW heater declared", usage: with(home, 1130), events: []string{complaint},
			appliances: []string{"bathroom heater,6000,1.5,1,2025-12-20,"},
		},
		// The factory is in use again, as announced.
		{
			id: "NEAR-09", name: "a factory at work again", class: "business", tariff: business, usage: with(constant(19, 12), 3950),
			events: []string{"2025-12-20,occupancy_change,,,occupants=14,customer"},
		},
		// Transformers of 2,000, billed with 2,000.
		{id: "NEAR-10", name: "multiplier right", class: "business", tariff: business, multiplier: 2000, metered: constant(19, 3), usage: constant(19, 6000), digits: 5},
		// A quarter less for good is no ratio at which meters measure wrongly.
		{id: "NEAR-11", name: "a quarter less for good", class: "business", tariff: business, usage: scaled(household(5200, 60, -90, 30), 11, 0.75), phases: 3},
		// The line reaches further back than bills may be corrected.
		{
			id: "NEAR-12", name: "a back-bill for years", usage: with(home, 0, 0, 0, 0, 602),
			line: "adjustment 21400 2023-09-01 2026-01-01 Usage that was not recorded", events: []string{complaint},
		},
		// The meter stands still, and nobody has noticed.
		{id: "NEAR-13", name: "stopped and still standing", usage: with(home, 0, 0, 0, 0)},
		// Two more people have moved in.
		{
			id: "NEAR-14", name: "a step up with more people", usage: scaled(household(640, 6, -5, 9), 15, 1.55),
			events: []string{complaint, "2025-07-01,occupancy_change,,,occupants=5,customer"},
		},
		// Nobody has announced anything.
		{id: "NEAR-15", name: "hardly any usage, unannounced", usage: with(home, 90, 610, 75)},
	}
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: go run ./testdata/stories/gen FOLDER")
	}
	if err := write(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func write(dir string) error {
	book, err := tariff.Builtin()
	if err != nil {
		return err
	}
	files := map[string][][]string{
		"accounts.csv":   {{"account_id", "service", "unit", "name", "class", "tariff", "region", "route", "moved_in", "service_amps", "phases"}},
		"meters.csv":     {{"account_id", "meter_id", "installed_on", "multiplier", "digits", "resolution"}},
		"bills.csv":      {{"account_id", "bill_id", "meter_id", "period_start", "period_end", "usage", "amount", "currency", "reading_from", "reading_to", "quality"}},
		"bill_lines.csv": {{"account_id", "bill_id", "code", "amount", "from", "to", "description"}},
		"appliances.csv": {{"account_id", "appliance", "watts", "hours_per_day", "count", "from", "until"}},
		"readings.csv":   {{"account_id", "meter_id", "read_on", "reading", "quality"}},
		"events.csv":     {{"account_id", "at", "kind", "due", "ref", "note", "by"}},
	}
	add := func(file string, cells ...string) { files[file] = append(files[file], cells) }
	for i, s := range stories() {
		if err := s.write(book, i, add); err != nil {
			return fmt.Errorf("%s: %w", s.id, err)
		}
	}
	for name, rows := range files {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		w := csv.NewWriter(f)
		if err := w.WriteAll(rows); err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

func (s story) write(book anomaly.Pricer, n int, add func(file string, cells ...string)) error {
	or := func(v, otherwise string) string {
		if v == "" {
			return otherwise
		}
		return v
	}
	class, id := or(s.class, "residential"), or(s.tariff, residential)
	multiplier, digits := max(1, s.multiplier), s.digits
	if digits == 0 {
		digits = 5
	}
	phases := max(1, s.phases)
	account := anomaly.Account{ID: s.id, Service: anomaly.Electricity, Tariff: id, Class: class, Phases: int8(phases)}
	amps := "50"
	account.ServiceAmps = anomaly.Known(anomaly.MustDecimal(amps))
	add("accounts.csv", s.id, "electricity", "kWh", s.name, class, id, "north", fmt.Sprintf("R-%02d", n/8+1), or(s.movedIn, "2015-06-01"), amps, strconv.Itoa(phases))
	meter := "M-" + s.id
	add("meters.csv", s.id, meter, "2015-06-01", strconv.Itoa(multiplier), strconv.Itoa(digits), "1")

	end := anomaly.MustDate(or(s.end, "2026-03-01"))
	metered := s.metered
	if metered == nil {
		for _, usage := range s.usage {
			metered = append(metered, usage/multiplier)
		}
	}
	register := s.opening
	if s.closing != 0 {
		register = s.closing
		for _, moved := range metered {
			register -= moved
		}
	}
	for i, usage := range s.usage {
		back := len(s.usage) - 1 - i
		p := anomaly.Period{Start: end.AddMonths(-2 * (back + 1)), End: end.AddMonths(-2 * back)}
		if s.days > 0 {
			p = anomaly.Period{Start: end.AddDays(-s.days * (back + 1)), End: end.AddDays(-s.days * back)}
		}
		moved := metered[i]
		quality := "actual"
		for _, e := range s.estimated {
			if e == i {
				quality = "estimated"
			}
		}
		priced, err := book.Price(&anomaly.PriceRequest{Tariff: id, Account: &account, Period: p, Usage: anomaly.DecimalFromInt(int64(usage))})
		if err != nil {
			return err
		}
		amount := priced.Amount
		bill := s.id + "-" + p.Start.String()[:7]
		add("bill_lines.csv", s.id, bill, "energy", priced.Energy.String(), "", "", "Energy charge")
		for _, line := range priced.Lines {
			if line.Code == "minimum" {
				add("bill_lines.csv", s.id, bill, line.Code, line.Amount.String(), "", "", "Minimum charge")
			}
		}
		if s.line != "" && back == 0 {
			cells := strings.SplitN(s.line, " ", 5)
			add("bill_lines.csv", append([]string{s.id, bill}, cells...)...)
			amount, _ = anomaly.Add(amount, anomaly.MustDecimal(cells[1]))
		}
		add("bills.csv", s.id, bill, meter, p.Start.String(), p.End.String(), strconv.Itoa(usage), amount.String(), "TWD",
			strconv.Itoa(register), strconv.Itoa(register+moved), quality)
		register += moved
	}
	for _, r := range s.readings {
		add("readings.csv", append([]string{s.id, meter}, split(r)...)...)
	}
	for _, a := range s.appliances {
		add("appliances.csv", append([]string{s.id}, split(a)...)...)
	}
	for _, e := range s.events {
		add("events.csv", append([]string{s.id}, split(e)...)...)
	}
	return nil
}

func split(row string) []string {
	cells, err := csv.NewReader(strings.NewReader(row)).Read()
	if err != nil {
		log.Fatal(err)
	}
	return cells
}
