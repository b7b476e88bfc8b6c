package anomaly

// PricedCode reports whether bill lines of this code are priced by a tariff. Lines of
// any other code are passed through: compared with their own history, never re-priced.
func PricedCode(code string) bool {
	switch code {
	case "energy", "water", "basic", "minimum", "tax", "plan_fee", "overage", "surcharge", "demand":
		return true
	}
	return false
}

// UsageCode reports whether lines of this code charge usage: together they are what
// Priced.Energy recomputes.
func UsageCode(code string) bool {
	switch code {
	case "energy", "water", "overage", "surcharge":
		return true
	}
	return false
}

// PassedThrough sums the lines that no tariff prices. ok is false where the sum does
// not fit a Decimal.
func (b *Bill) PassedThrough() (sum Decimal, ok bool) {
	return b.sumLines(func(code string) bool { return !PricedCode(code) })
}

// UsageCharge sums the lines that charge usage; missing where the bill has none.
func (b *Bill) UsageCharge() NullDecimal {
	for i := range b.Lines {
		if UsageCode(b.Lines[i].Code) {
			sum, ok := b.sumLines(UsageCode)
			return NullDecimal{Decimal: sum, Valid: ok}
		}
	}
	return NullDecimal{}
}

func (b *Bill) sumLines(take func(code string) bool) (sum Decimal, ok bool) {
	for i := range b.Lines {
		if !take(b.Lines[i].Code) {
			continue
		}
		if sum, ok = Add(sum, b.Lines[i].Amount); !ok {
			return Decimal{}, false
		}
	}
	return sum, true
}

// BillRequest asks what a bill of a history should cost under the tariff that it, or
// else its account, names.
func BillRequest(h *History, bill int) *PriceRequest {
	b := &h.Bills[bill]
	req := &PriceRequest{Tariff: b.Tariff, Account: &h.Account, Period: b.Period, Usage: b.Usage, Unit: b.Unit,
		YearToDate: h.usedSinceNewYear(bill)}
	if req.Tariff == "" {
		req.Tariff = h.Account.Tariff
	}
	in := h.Account.MovedIn
	req.FirstPeriod = !in.IsZero() && b.Period.Start <= in.AddDays(3) && in < b.Period.End
	return req
}

// usedSinceNewYear is what was used in the calendar year before the bill, where its
// bills cover all of that time without a gap; not known otherwise.
func (h *History) usedSinceNewYear(bill int) NullDecimal {
	until := h.Bills[bill].Period.Start
	if until.IsZero() {
		return NullDecimal{}
	}
	covered, _ := NewDate(until.Year(), 1, 1)
	newYear := covered
	var sum Decimal
	for i := range h.Bills {
		b := &h.Bills[i]
		if i == bill || b.Cancelled || b.Period.Start < newYear || b.Period.End > until {
			continue
		}
		if b.Period.Start != covered {
			return NullDecimal{}
		}
		var ok bool
		if sum, ok = Add(sum, b.Usage); !ok {
			return NullDecimal{}
		}
		covered = b.Period.End
	}
	if covered != until {
		return NullDecimal{}
	}
	return Known(sum)
}

// TariffCatalogue says what tariffs there are. Package tariff implements it beside
// Pricer.
type TariffCatalogue interface {
	// Tariff describes a tariff; ok is false where there is none of this id.
	Tariff(id string) (info TariffInfo, ok bool)
	// Alternatives lists the other tariffs of the same utility that the same customer
	// could have: the same service, unit and currency, and a class in common.
	Alternatives(id string) []string
}

// TariffInfo describes a tariff.
type TariffInfo struct {
	ID       string
	Currency string
	Classes  []string // of accounts; empty: any
	Plan     *PlanInfo
}

// PlanInfo describes a plan with a quota, as of its latest version.
type PlanInfo struct {
	Fee      Decimal // of a month
	Included Decimal // in Unit
	Overage  Decimal // of each further Unit
	Unit     string
	// NextMonth is set where a change to the plan takes effect on the 1st of the next
	// month, whenever it is paid.
	NextMonth bool
	Alerts    []int // shares of the quota, in percent, at which the customer is to be warned
}

// BackBilled reports whether a bill has a line that charges for bills before it on which
// nothing was recorded: the line's period, or where it names none, that of the bills
// without usage right before the bill.
func (h *History) BackBilled(bill int) (since Date, ok bool) {
	lines := h.Bills[bill].Lines
	for i := range lines {
		if p, ok := h.BackBilling(bill, &lines[i]); ok {
			return p.Start, true
		}
	}
	return 0, false
}

// BackBilling is the period for which a line of a bill charges though nothing was recorded
// in it; ok is false for any other line.
func (h *History) BackBilling(bill int, l *Line) (p Period, ok bool) {
	b := &h.Bills[bill]
	if l.Code != "adjustment" || !l.Amount.IsPos() || l.Period.Valid() && l.Period.End > b.Period.Start {
		return p, false
	}
	if l.Period.Valid() {
		for i := range h.Bills[:bill] {
			if before := &h.Bills[i]; !before.Cancelled && before.Usage.IsZero() && before.Period.Overlap(l.Period) > 0 {
				return l.Period, true
			}
		}
		return p, false
	}
	p.Start, p.End = b.Period.Start, b.Period.Start
	for i := bill - 1; i >= 0; i-- {
		if before := &h.Bills[i]; !before.Cancelled {
			if !before.Usage.IsZero() {
				break
			}
			p.Start = before.Period.Start
		}
	}
	return p, p.Valid()
}
