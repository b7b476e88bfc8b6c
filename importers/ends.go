package importers

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"sync/atomic"

	"whybill/anomaly"
	"whybill/importers/field"
	"whybill/importers/sniff"
	"whybill/importers/xlsxfile"
)

// sketchAccounts is how many accounts of a file speak for its period_end convention: all
// of a small file, of a large one those with the smallest hashes, which is a sample that
// does not depend on the order of the rows.
const sketchAccounts = 4096

// span is the period of one bill as written, and the day on which its meter was read
// where the file says so.
type span struct {
	anomaly.Period
	read anomaly.Date
}

// spans holds the bills of the accounts that are in the sketch, by the hash of the account.
type spans map[uint64][]span

// decideEnds works out what period_end means in every file with bills, and lets bill
// lines follow the bills.
func (s *Set) decideEnds(ctx context.Context) error {
	lines := EndDecision{End: EndExclusive, Basis: "none", Assumed: true}
	first := true
	for _, t := range s.tables {
		for _, p := range t.plans {
			if !p.feeds(KindBills) {
				continue
			}
			d, err := s.decideEnd(ctx, t, p)
			if err != nil {
				return err
			}
			t.info.End = d
			p.end, p.assumed = d.End, d.Assumed
			if first || lines.Assumed && !d.Assumed {
				lines, first = d, false
			}
		}
	}
	if s.opt.PeriodEnd != EndAuto {
		lines = EndDecision{End: s.opt.PeriodEnd, Basis: "option"}
	}
	for _, t := range s.tables {
		for _, p := range t.plans {
			if p.feeds(KindLines) && !p.feeds(KindBills) {
				t.info.End = lines
				p.end, p.assumed = lines.End, lines.Assumed
			}
		}
	}
	return nil
}

func (s *Set) decideEnd(ctx context.Context, t *table, p *plan) (EndDecision, error) {
	switch {
	case s.opt.PeriodEnd != EndAuto:
		return EndDecision{End: s.opt.PeriodEnd, Basis: "option"}, nil
	case p.end != EndAuto:
		return EndDecision{End: p.end, Basis: "mapping"}, nil
	case !p.has[sniff.PeriodStart] && !p.has[sniff.BillingPeriod]:
		return EndDecision{End: EndExclusive, Basis: "readings"}, nil // an end alone is a reading date
	}
	all, months, err := t.sketch(ctx, p, s.opt)
	if err != nil {
		return EndDecision{}, fileError(t.info.Name, err)
	}
	if len(all) == 0 && months {
		return EndDecision{End: EndExclusive, Basis: "months"}, nil
	}
	bills, readings, dates := EndDecision{Basis: "bills"}, EndDecision{Basis: "readings", Assumed: true}, EndDecision{Basis: "dates", Assumed: true}
	for _, account := range all {
		countConsecutive(account, &bills)
		countReadings(account, &readings)
		countDates(account, &dates)
	}
	if bills.Exclusive == bills.Inclusive {
		if err := s.countReadingDays(ctx, all, &readings); err != nil {
			return EndDecision{}, err
		}
	}
	for _, d := range []EndDecision{bills, readings, dates} {
		if d.Exclusive != d.Inclusive {
			d.End = side(&d)
			return d, nil
		}
	}
	return EndDecision{End: EndExclusive, Basis: "none", Assumed: true}, nil
}

func side(d *EndDecision) PeriodEnd {
	if d.Inclusive > d.Exclusive {
		return EndInclusive
	}
	return EndExclusive
}

// countConsecutive counts, over the bills of one account, how often the next bill starts
// on the day that ends the last one, and how often on the day after.
func countConsecutive(periods []span, d *EndDecision) {
	slices.SortFunc(periods, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.read, b.read))
	})
	periods = slices.CompactFunc(slices.Clone(periods), func(a, b span) bool { return a.Period == b.Period })
	for i := 1; i < len(periods); i++ {
		last, next := periods[i-1], periods[i]
		if last.Start == next.Start || last.End < last.Start {
			continue
		}
		switch next.Start {
		case last.End:
			d.Exclusive++
		case last.End.AddDays(1):
			d.Inclusive++
		}
	}
}

// countReadings counts how often the meter was read on the day that ends the period, and
// how often on the day after: readings are taken on the first day of the next period.
func countReadings(periods []span, d *EndDecision) {
	for _, p := range periods {
		switch p.read {
		case 0:
		case p.End:
			d.Exclusive++
		case p.End.AddDays(1):
			d.Inclusive++
		}
	}
}

// countReadingDays looks in the readings of the set for the days on which the bills end:
// a meter is read on the first day of the next period.
func (s *Set) countReadingDays(ctx context.Context, bills spans, d *EndDecision) error {
	for _, t := range s.tables {
		for _, p := range t.plans {
			account, read := p.columnOf(sniff.AccountID), p.columnOf(sniff.ReadOn)
			if !p.feeds(KindReadings) || p.feeds(KindBills) || account == nil || read == nil {
				continue
			}
			days := map[uint64]map[anomaly.Date]bool{}
			err := t.eachRow(ctx, s.opt, func(row int, cells []string, _ string) {
				id, _ := account.text(cells)
				h := hashText(field.Trim(id))
				if row < p.dataRow || bills[h] == nil {
					return
				}
				text, _ := read.text(cells)
				if days[h] == nil {
					days[h] = map[anomaly.Date]bool{}
				}
				days[h][dateIn(text, read)] = true
			})
			if err != nil {
				return fileError(t.info.Name, err)
			}
			for h, periods := range bills {
				for _, b := range periods {
					if days[h][b.End] {
						d.Exclusive++
					}
					if days[h][b.End.AddDays(1)] {
						d.Inclusive++
					}
				}
			}
		}
	}
	return nil
}

// countDates counts periods that are whole months under one reading and not under the
// other: from the 1st to the last of a month, from the 5th to the 4th.
func countDates(periods []span, d *EndDecision) {
	for _, p := range periods {
		if p.End <= p.Start {
			if p.End == p.Start && !p.End.IsZero() {
				d.Inclusive++ // one day, or none
			}
			continue
		}
		months := int(math.Round(float64(p.Days()) / 30.44))
		switch p.Start.AddMonths(months) {
		case p.End:
			d.Exclusive++
		case p.End.AddDays(1):
			d.Inclusive++
		}
	}
}

// sketch reads account, period and reading date of all rows and keeps those of the
// accounts with the smallest hashes. months tells whether some period is given as whole
// months, which need no convention.
func (t *table) sketch(ctx context.Context, p *plan, opt Options) (all spans, months bool, err error) {
	in, err := t.open(opt.ChunkBytes)
	if err != nil {
		return nil, false, err
	}
	type part struct {
		spans  spans
		months bool
	}
	var limit atomic.Uint64 // accounts with a larger hash are out for certain
	limit.Store(math.MaxUint64)
	all = spans{}
	err = inOrder(ctx, in, opt.workers(), func() func(block) part {
		var cells []string
		look, id := p.spanReader(), p.columnOf(sniff.AccountID)
		return func(b block) part {
			found := part{spans: spans{}}
			most := limit.Load()
			cells = t.pick(b, id, most, cells, func(row int, cells []string, _ []xlsxfile.Kind, _ string) bool {
				if h, s, whole := look(row, cells, most); whole {
					found.months = true
				} else if !s.Start.IsZero() && !s.End.IsZero() {
					found.spans[h] = append(found.spans[h], s)
				}
				return true
			})
			return found
		}
	}, func(found part) error {
		months = months || found.months
		for h, bills := range found.spans {
			all[h] = append(all[h], bills...)
		}
		if len(all) > 2*sketchAccounts {
			limit.Store(all.shrink())
		}
		return nil
	})
	if len(all) > sketchAccounts {
		all.shrink()
	}
	return all, months, errors.Join(err, in.close())
}

// spanReader returns a function that reads no more of a row than the sketch needs. It
// gives no span for accounts whose hash is above most, and for whole months.
func (p *plan) spanReader() func(row int, cells []string, most uint64) (account uint64, s span, whole bool) {
	account, read := p.columnOf(sniff.AccountID), p.columnOf(sniff.ReadOn)
	start, end, both := p.columnOf(sniff.PeriodStart), p.columnOf(sniff.PeriodEnd), p.columnOf(sniff.BillingPeriod)
	cellOf := func(c *column, cells []string) string {
		if c == nil {
			return ""
		}
		text, _ := c.text(cells)
		return text
	}
	return func(row int, cells []string, most uint64) (h uint64, s span, whole bool) {
		if row < p.dataRow {
			return 0, s, false
		}
		if h = hashText(field.Trim(cellOf(account, cells))); h > most {
			return 0, s, false
		}
		if both != nil {
			s.Start, s.End, whole, _ = field.ParseRange(field.Tidy(cellOf(both, cells)), both.order)
		} else {
			s.Start = dateIn(cellOf(start, cells), start)
			text := cellOf(end, cells)
			if s.End = dateIn(text, end); s.End.IsZero() && text != "" {
				_, _, whole = field.ParseMonth(field.Tidy(text))
			}
		}
		if text := cellOf(read, cells); text != "" {
			s.read = dateIn(text, read)
		}
		if p.swap {
			s.Start, s.End, s.read = swapDayMonth(s.Start), swapDayMonth(s.End), swapDayMonth(s.read)
		}
		return h, s, whole
	}
}

// shrink keeps the accounts with the smallest hashes and returns the largest of those.
func (s spans) shrink() uint64 {
	hashes := make([]uint64, 0, len(s))
	for h := range s {
		hashes = append(hashes, h)
	}
	slices.Sort(hashes)
	for _, h := range hashes[sketchAccounts:] {
		delete(s, h)
	}
	return hashes[sketchAccounts-1]
}

func dateIn(cell string, c *column) anomaly.Date {
	if cell == "" {
		return 0
	}
	if d, ok := field.PlainDate(cell); ok {
		return d
	}
	d, _ := field.ParseDate(field.Tidy(cell), c.order)
	return d
}

// hashText is FNV-1a with a final mix, so that ids which differ in their last digit fall
// far apart. It does not change from run to run.
func hashText(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}
