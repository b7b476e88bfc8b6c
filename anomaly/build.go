package anomaly

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Rows is a run of rows of the input tables, by kind.
type Rows struct {
	Accounts    []Account
	Meters      []Meter
	Readings    []Reading
	Bills       []Bill
	Lines       []Line
	Appliances  []Appliance
	Weather     []WeatherDay
	Intervals   []Interval
	Events      []Event
	Inspections []Inspection
}

// Len returns the number of rows.
func (r *Rows) Len() int {
	return len(r.Accounts) + len(r.Meters) + len(r.Readings) + len(r.Bills) + len(r.Lines) +
		len(r.Appliances) + len(r.Weather) + len(r.Intervals) + len(r.Events) + len(r.Inspections)
}

// Reset empties all tables and keeps their memory.
func (r *Rows) Reset() {
	r.Accounts, r.Meters, r.Readings = r.Accounts[:0], r.Meters[:0], r.Readings[:0]
	r.Bills, r.Lines, r.Appliances = r.Bills[:0], r.Lines[:0], r.Appliances[:0]
	r.Weather, r.Intervals = r.Weather[:0], r.Intervals[:0]
	r.Events, r.Inspections = r.Events[:0], r.Inspections[:0]
}

// BuildHistory makes one account's history of its rows, which come in the order in
// which they were imported: by file, then by row. It sorts, merges what several rows
// say of the account, drops duplicates (an identical row of the same file is counted
// once; a different one is kept out as a Conflict; a row of a later file replaces),
// marks cancelled bills, and gives each bill its lines. rows is not changed but for the
// order of its bills.
func BuildHistory(id string, rows *Rows) *History {
	return buildHistory(id, rows, nil)
}

// TakeHistory is BuildHistory for rows that nobody else needs: the history's bills stand
// where those of rows do, and it is good until rows is used again.
func TakeHistory(id string, rows *Rows) *History {
	return buildHistory(id, rows, rows.Bills[:0])
}

// buildHistory builds the history; its bills are appended to bills, which may be the
// beginning of those of rows.
func buildHistory(id string, rows *Rows, bills []Bill) *History {
	h := &History{Account: Account{ID: id}}
	for i := range rows.Accounts {
		h.Account.Merge(&rows.Accounts[i])
	}
	h.Account.settleService(&h.ServiceAssumed)
	h.Meters = latest(rows.Meters, func(m *Meter) string { return m.ID + "\x00" + m.InstalledOn.String() }, nil,
		func(a, b *Meter) int {
			return cmp.Or(cmp.Compare(a.InstalledOn, b.InstalledOn), strings.Compare(a.ID, b.ID))
		})
	h.Readings = latest(rows.Readings, func(r *Reading) string { return r.MeterID + "\x00" + r.Register + "\x00" + r.On.String() }, nil,
		func(a, b *Reading) int {
			return cmp.Or(cmp.Compare(a.On, b.On), strings.Compare(a.MeterID, b.MeterID), strings.Compare(a.Register, b.Register))
		})
	h.Appliances = latest(rows.Appliances, func(a *Appliance) string { return a.Name + "\x00" + a.From.String() }, nil,
		func(a, b *Appliance) int { return cmp.Or(cmp.Compare(a.From, b.From), strings.Compare(a.Name, b.Name)) })
	h.Events = latest(rows.Events, func(e *Event) string {
		key := e.At.String() + e.Time + "\x00" + e.Kind + "\x00" + e.Ref + "\x00" + e.Note
		if e.Source.File == LedgerFile { // nobody exports the ledger twice: two promises of one day are two
			key += "\x00" + strconv.Itoa(int(e.Source.Row))
		}
		return key
	}, func(a, b *Event) bool { c := *b; c.Source = a.Source; return c == *a }, compareEvents)
	h.Inspections = latest(rows.Inspections, func(i *Inspection) string { return i.On.String() + "\x00" + i.Outcome },
		func(a, b *Inspection) bool { c := *b; c.Source = a.Source; return c == *a },
		func(a, b *Inspection) int {
			return cmp.Or(cmp.Compare(a.On, b.On), strings.Compare(a.Outcome, b.Outcome))
		})
	h.buildBills(rows, bills)
	return h
}

// settleService finds the service of an account whose rows do not name it: by the unit of
// its usage (gas in m3 has to be named), else it is taken for electricity, and assumed is set.
func (a *Account) settleService(assumed *bool) {
	if a.Service == ServiceUnknown {
		a.Service = ServiceOfUnit(a.Unit)
	}
	if a.Service == ServiceUnknown {
		a.Service, *assumed = Electricity, true
	}
	if a.Unit == a.Service.Unit() {
		a.Unit = ""
	}
}

// compareEvents orders by time and then by what happened.
func compareEvents(a, b *Event) int {
	return cmp.Or(cmp.Compare(a.At, b.At), strings.Compare(a.Time, b.Time), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Ref, b.Ref), strings.Compare(a.Note, b.Note))
}

// AddEvent puts an event among the history's, where it would stand had it been imported.
func (h *History) AddEvent(e Event) {
	at := slices.IndexFunc(h.Events, func(other Event) bool { return compareEvents(&other, &e) > 0 })
	if at < 0 {
		at = len(h.Events)
	}
	h.Events = slices.Insert(h.Events, at, e)
}

// latest keeps, of the rows with the same key, the last one, and sorts what is left.
// repeats, where given, tells a row that only says again what the kept one says: it
// changes nothing, so that evidence goes on pointing to where it was said first.
func latest[T any](rows []T, key func(*T) string, repeats func(kept, row *T) bool, order func(a, b *T) int) []T {
	if len(rows) == 0 {
		return nil
	}
	at := make(map[string]int, len(rows))
	kept := rows[:0:0]
	for i := range rows {
		k := key(&rows[i])
		if j, ok := at[k]; ok {
			if repeats == nil || !repeats(&kept[j], &rows[i]) {
				kept[j] = rows[i]
			}
			continue
		}
		at[k] = len(kept)
		kept = append(kept, rows[i])
	}
	slices.SortStableFunc(kept, func(a, b T) int { return order(&a, &b) })
	return kept
}

// Merge takes over what other says and leaves the rest: other is the later row.
func (a *Account) Merge(other *Account) {
	set(&a.Service, other.Service)
	set(&a.Unit, other.Unit)
	set(&a.PremiseID, other.PremiseID)
	set(&a.Name, other.Name)
	set(&a.Class, other.Class)
	set(&a.Tariff, other.Tariff)
	set(&a.Region, other.Region)
	set(&a.Route, other.Route)
	set(&a.MovedIn, other.MovedIn)
	set(&a.MovedOut, other.MovedOut)
	set(&a.Status, other.Status)
	set(&a.ServiceAmps, other.ServiceAmps)
	set(&a.Phases, other.Phases)
	set(&a.MeterSize, other.MeterSize)
	set(&a.Occupants, other.Occupants)
	set(&a.WeatherStation, other.WeatherStation)
	set(&a.PreviousAccountID, other.PreviousAccountID)
	set(&a.Source, other.Source)
}

func set[T comparable](to *T, v T) {
	var zero T
	if v != zero {
		*to = v
	}
}

func (h *History) buildBills(rows *Rows, kept []Bill) {
	bills := rows.Bills
	if !inOrder(bills) {
		slices.SortStableFunc(bills, compareBills)
	}
	if len(bills) > 0 {
		h.Bills = kept
	}
	for i := range bills {
		b := &bills[i]
		if n := len(h.Bills); n > 0 && sameBill(&h.Bills[n-1], b) {
			kept := &h.Bills[n-1]
			if kept.Source.File != b.Source.File {
				*kept = *b // a later file corrects an earlier one
				continue
			}
			h.Conflicts = append(h.Conflicts, Conflict{
				BillKey: kept.Key(), Kept: kept.Source, Dropped: b.Source, Identical: kept.Repeats(b),
			})
			continue
		}
		if h.Bills == nil {
			h.Bills = make([]Bill, 0, len(bills)-i)
		}
		if n := len(h.Bills); n < cap(h.Bills) && &h.Bills[:n+1][n] == b {
			h.Bills = h.Bills[:n+1] // it stands there already
			continue
		}
		h.Bills = append(h.Bills, *b)
	}
	markCancelled(h.Bills)
	h.attachLines(rows.Lines)
}

// inOrder reports whether the bills are sorted.
func inOrder(bills []Bill) bool {
	for i := 1; i < len(bills); i++ {
		if a, b := &bills[i-1], &bills[i]; a.Period.Start >= b.Period.Start && compareBills(*a, *b) > 0 {
			return false
		}
	}
	return true
}

// compareBills orders by period and then by natural key, so that rows for the same
// bill stand side by side; a stable sort keeps them in the order of import.
func compareBills(a, b Bill) int {
	if c := cmp.Compare(a.Period.Start, b.Period.Start); c != 0 {
		return c
	}
	return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.MeterID, b.MeterID))
}

// sameBill tells by the natural key: account, meter, start of the period, bill id.
func sameBill(a, b *Bill) bool {
	return a.Period.Start == b.Period.Start && a.ID == b.ID && a.MeterID == b.MeterID
}

// Repeats reports whether two rows for the same bill say the same: its period, figures,
// readings, their quality and what it cancels.
func (b *Bill) Repeats(o *Bill) bool {
	return b.Period == o.Period && b.Usage.Cmp(o.Usage) == 0 && equalNull(b.Amount, o.Amount) &&
		equalNull(b.From, o.From) && equalNull(b.To, o.To) && b.Quality == o.Quality && b.Cancels == o.Cancels
}

func equalNull(a, b NullDecimal) bool {
	return a.Valid == b.Valid && (!a.Valid || a.Decimal.Cmp(b.Decimal) == 0)
}

// markCancelled marks what counts for nothing: a bill that another one names as
// replaced, and a reversal (negative usage and amount) together with what it reverses.
func markCancelled(bills []Bill) {
	for i := range bills {
		b := &bills[i]
		if b.Cancels != "" {
			for j := range bills {
				if j != i && bills[j].ID == b.Cancels {
					bills[j].Cancelled = true
				}
			}
		}
		if b.Usage.IsNeg() && b.Amount.Valid && b.Amount.Decimal.IsNeg() {
			if j := reversedBy(bills, b); j >= 0 {
				bills[j].Cancelled = true
				b.Cancelled = true
			}
		}
	}
}

func reversedBy(bills []Bill, reversal *Bill) int {
	for j := range bills {
		b := &bills[j]
		if !b.Cancelled && b.Period == reversal.Period && b.Amount.Valid &&
			b.Usage.Cmp(reversal.Usage.Neg()) == 0 && b.Amount.Decimal.Cmp(reversal.Amount.Decimal.Neg()) == 0 {
			return j
		}
	}
	return -1
}

// attachLines gives each bill its lines. The lines of a later file replace all that
// earlier files say of the same bill: they are a new print of it.
func (h *History) attachLines(lines []Line) {
	last := map[string]string{}
	for i := range lines {
		last[lines[i].BillID] = lines[i].Source.File
	}
	for i := range lines {
		if last[lines[i].BillID] != lines[i].Source.File {
			continue
		}
		attached := false
		for j := range h.Bills {
			if b := &h.Bills[j]; b.ID == lines[i].BillID && b.ID != "" {
				b.Lines = append(b.Lines, lines[i])
				attached = true
				break
			}
		}
		if !attached {
			h.OrphanLines = append(h.OrphanLines, lines[i])
		}
	}
	// By what they say, so that the order of rows in the file does not show.
	for j := range h.Bills {
		slices.SortStableFunc(h.Bills[j].Lines, compareLines)
	}
	slices.SortStableFunc(h.OrphanLines, compareLines)
}

func compareLines(a, b Line) int {
	return cmp.Or(
		strings.Compare(a.BillID, b.BillID), cmp.Compare(a.Period.Start, b.Period.Start), strings.Compare(a.Code, b.Code),
		strings.Compare(a.Description, b.Description), a.Amount.Cmp(b.Amount),
	)
}
