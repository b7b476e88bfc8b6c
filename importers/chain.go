package importers

import (
	"cmp"
	"slices"
	"strings"

	"whybill/anomaly"
	"whybill/importers/field"
	"whybill/importers/sniff"
)

// Tables of meter readings as State Grid prints them hold the billed usage of each
// reading, but only the day of the reading: the bill's period runs from the reading
// before, which stands in another row. Such bills are put together once all rows are
// read; the first row of a meter, whose beginning nobody tells, gives a reading only.

// chainBills finds the tables whose readings carry billed usage without a period. Where
// another file of the set holds the bills, readings are readings only.
func (s *Set) chainBills() {
	var chained []*plan
	for _, t := range s.tables {
		for _, p := range t.plans {
			if p.feeds(KindBills) {
				return
			}
			if p.feeds(KindReadings) && p.has[sniff.Usage] && p.has[sniff.ReadingFrom] {
				chained = append(chained, p)
			}
		}
	}
	for _, p := range chained {
		p.chained = true
	}
}

// totalRegisters are the names of the register that counts everything; the others are
// parts of it.
var totalRegisters = []string{"", "总", "總", "有功总", "正向有功总", "total", "e1"}

// chainBill keeps a reading's billed usage until its period is known.
func (c *converter) chainBill(id string, source anomaly.Source) (*column, string, anomaly.Message, bool) {
	r := &c.rec
	if !r.num[sniff.Usage].Valid || !slices.Contains(totalRegisters, strings.ToLower(r.text[sniff.Register])) {
		return nil, "", fine, true
	}
	usage, unit, ok := c.usage(r.num[sniff.Usage].Decimal)
	if !ok {
		return c.wrong(sniff.Unit, "import.bad_unit")
	}
	b := anomaly.Bill{
		AccountID: id, MeterID: r.text[sniff.MeterID], Period: anomaly.Period{End: r.date[sniff.ReadOn]},
		Usage: usage, Unit: unit, Amount: r.num[sniff.Amount], Currency: c.plan.currency,
		From: r.num[sniff.ReadingFrom], To: r.num[sniff.Reading], Quality: r.qual, Source: source,
	}
	if c.plan.balanced {
		c.balance(&b)
	}
	c.chain = append(c.chain, b)
	return nil, "", fine, true
}

// linkBills gives chained bills their periods, in the order of accounts, meters and days, and
// counts those whose beginning is not known.
func linkBills(bills []anomaly.Bill) (linked []anomaly.Bill, first int) {
	slices.SortStableFunc(bills, func(a, b anomaly.Bill) int {
		return cmp.Or(strings.Compare(a.AccountID, b.AccountID), strings.Compare(a.MeterID, b.MeterID),
			cmp.Compare(a.Period.End, b.Period.End), cmp.Compare(a.Source.Row, b.Source.Row))
	})
	for i := range bills {
		b := &bills[i]
		if i == 0 || bills[i-1].AccountID != b.AccountID || bills[i-1].MeterID != b.MeterID {
			first++
			continue
		}
		before := &bills[i-1]
		b.Period.Start = before.Period.End
		if b.Period.Start == b.Period.End { // the same reading twice: the period of the row before
			b.Period = before.Period
		}
		if b.Period.Valid() {
			linked = append(linked, *b)
		} else {
			first++
		}
	}
	return linked, first
}

// isAutoMeter recognises EnergyCAP's "!AUTO!" and "!AUTO!:ELECTRIC", which stand for
// whatever meter the account has.
func isAutoMeter(id string) bool {
	return strings.HasPrefix(id, "!") && strings.HasPrefix(field.Fold(id), "auto")
}
