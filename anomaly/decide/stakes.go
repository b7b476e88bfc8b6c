package decide

import (
	"math"
	"slices"

	"whybill/anomaly"
)

// daysAMonth is the mean length of a month.
const daysAMonth = 365.25 / 12

// weighStakes works out what acting and not acting are worth.
func (s *situation) weighStakes() {
	s.readPrice()
	usage, _ := s.disputed()
	s.up = usage >= 0
	s.stake = math.Abs(usage)
	if s.price > 0 {
		s.stake *= s.price
	}
	if f := s.levelGap(); f != nil && usage == f.Usage.Value {
		s.missing = f
	}
	if amount, ok := s.ownAmount(); ok && s.price > 0 {
		s.stake = amount
	}
	s.bills = s.billsInWindow()
	s.arrears = s.stake * s.bills
	months := math.Max(float64(s.bill.Period.Days())/daysAMonth, 0.1)
	s.ahead = s.stake / months * float64(s.stakes.BackBillMonths)
	recovered := s.stakes.RecoveryShare
	if s.up {
		recovered = 1 // what was billed too much is paid back in full
	}
	s.value = s.arrears*recovered + s.stake/months*float64(s.stakes.HorizonMonths)
	s.alarm, s.tell = s.above(s.m.rules.Alarm), s.above(s.m.rules.Tell) && !s.accounted()
	// What was found, the customer is told; of a bill that is far out, before he asks.
	s.answer = s.asked || s.tell || s.shocked() || s.finder != nil

	document := math.Max(s.documented(), 0.5*s.visit)
	for i, by := range s.m.settledBy {
		switch {
		case s.m.visit[i]:
			s.worth[i] = s.value * s.stakes.Sensitivity
		case by == review:
			s.worth[i] = s.value // found without a visit
		case by == rebill || by == goodwill:
			s.worth[i] = document
		case by == reread:
			s.worth[i] = math.Max(s.stake, 0.5*s.visit)
		case by == evidence:
			if s.answer {
				s.worth[i] = s.m.rules.Answer * s.visit
			}
		default:
			if s.answer {
				s.worth[i] = s.m.rules.Answer * s.visit
			}
		}
	}
}

// readPrice finds the price of a unit and the cost of a visit.
func (s *situation) readPrice() {
	b := s.bill
	configured := s.stakes.PriceOf(s.in.History.Account.Service)
	switch {
	case s.in.UnitPrice > 0:
		s.price = s.in.UnitPrice
	case averagePrice(b) > 0:
		s.price = averagePrice(b)
	default:
		s.price = s.earlierPrice()
		if s.price == 0 && configured.Valid {
			s.price = anomaly.Float(configured.Decimal)
		}
	}
	s.visit = s.stakes.VisitUsage[s.in.History.Account.Service]
	if s.price > 0 {
		if cost, ok := s.stakes.VisitCost[b.Currency]; ok {
			s.visit = cost
		} else {
			s.visit *= s.price
		}
	}
}

// averagePrice is what a unit of a bill costs on average; 0 where the bill does not say.
func averagePrice(b *anomaly.Bill) float64 {
	if !b.Amount.Valid || !b.Amount.Decimal.IsPos() || !b.Usage.IsPos() {
		return 0
	}
	return anomaly.Float(b.Amount.Decimal) / anomaly.Float(b.Usage)
}

// earlierPrice is the average price of the last bill before that says one in the same
// currency: a meter that stands still does not make usage worthless.
func (s *situation) earlierPrice() float64 {
	for i := s.in.Bill - 1; i >= 0; i-- {
		b := &s.in.History.Bills[i]
		if b.Cancelled || b.Currency != s.bill.Currency {
			continue
		}
		if price := averagePrice(b); price > 0 {
			return price
		}
	}
	return 0
}

// disputed is the usage of this bill that is not accounted for, signed: by the
// customer's own figures, else by the estimate.
func (s *situation) disputed() (usage float64, known bool) {
	for i := range s.in.Findings {
		if f := &s.in.Findings[i]; f.Check == "U06" && f.Usage.Valid && f.Action == anomaly.ActionSelftest {
			return f.Usage.Value, true
		}
	}
	if s.unused != nil && s.unused.Usage.Valid {
		return s.unused.Usage.Value, true
	}
	e := s.in.Estimate
	if e == nil || !e.Known || s.backBilled() {
		return 0, false
	}
	billed := anomaly.Float(s.bill.Usage)
	usage = billed - e.Usage
	if occupied := billed - e.Occupied(float64(s.bill.Period.Days())); e.Vacant > 0 && math.Abs(occupied) < math.Abs(usage) {
		usage = occupied // somebody is there
	}
	if e.Change.Bills >= 2 {
		// The expectation has followed the change; what was usual before it has not.
		days := math.Max(1, float64(s.bill.Period.Days()))
		before := ((billed/days+e.Offset)*math.Exp(-e.Change.Shift) - e.Offset) * days
		if math.Abs(billed-before) > math.Abs(usage) {
			usage = billed - before
		}
	}
	// A step that is long past is in the expectation as well.
	for i := range s.in.Findings {
		if f := &s.in.Findings[i]; f.Check == "U05" && f.Usage.Valid && math.Abs(f.Usage.Value) > math.Abs(usage) {
			usage = f.Usage.Value
		}
	}
	if f := s.levelGap(); f != nil && -f.Usage.Value > math.Abs(usage) {
		usage = f.Usage.Value
	}
	return usage, true
}

// levelGap is the finding that the bill falls furthest short of what nearly all accounts of
// its kind use, or of what a home that is lived in takes at least: what has been missing for
// as long as there are bills is missing in the expectation as well. nil where there is none,
// or where the bill is out of its own range: then that is what counts.
func (s *situation) levelGap() (gap *anomaly.Finding) {
	if e, billed := s.in.Estimate, anomaly.Float(s.bill.Usage); e == nil || !e.Known || billed < e.Low95 || billed > e.High95 {
		return nil
	}
	for i := range s.in.Findings {
		f := &s.in.Findings[i]
		if (f.Message.Key == "U09.low" || f.Check == "N02") && f.Usage.Value < 0 && (gap == nil || f.Usage.Value < gap.Usage.Value) {
			gap = f
		}
	}
	return gap
}

// backBilled reports whether a line charges for bills on which nothing was recorded:
// what is expected from those is nothing to hold this bill against.
func (s *situation) backBilled() bool {
	for i := range s.in.Findings {
		if key := s.in.Findings[i].Message.Key; key == "B19.within" || key == "B19.line" {
			return true
		}
	}
	return false
}

// ownAmount is the disputed usage in money where a check has priced it by the tariff: what
// is missing, too, since a bill of little usage is dear on average by its least charge.
func (s *situation) ownAmount() (float64, bool) {
	for i := range s.in.Findings {
		if f := &s.in.Findings[i]; f.Check == "U06" && f.Amount.Valid && f.Action == anomaly.ActionSelftest {
			return math.Abs(anomaly.Float(f.Amount.Decimal)), true
		}
	}
	if s.missing != nil && s.missing.Amount.Valid {
		return math.Abs(anomaly.Float(s.missing.Amount.Decimal)), true
	}
	return 0, false
}

// documented is the largest amount by which documents say that the bill is wrong.
func (s *situation) documented() float64 {
	most := 0.0
	for i := range s.in.Findings {
		f := &s.in.Findings[i]
		if f.Action != anomaly.ActionRebill && f.Action != anomaly.ActionGoodwill {
			continue
		}
		switch {
		case f.Amount.Valid && s.price > 0:
			most = math.Max(most, math.Abs(anomaly.Float(f.Amount.Decimal)))
		case f.Usage.Valid:
			most = math.Max(most, math.Abs(f.Usage.Value)*math.Max(s.price, 1))
		}
	}
	return most
}

// billsInWindow is how many bills like this one the change has lasted for, within
// how far back bills may be corrected.
func (s *situation) billsInWindow() float64 {
	e := s.in.Estimate
	window := float64(s.stakes.BackBillMonths) * daysAMonth
	if s.missing != nil {
		first := s.in.History.Bills[0].Period.Start // since then at least
		return math.Max(1, math.Min(float64(s.bill.Period.End.Sub(first)), window)/math.Max(1, float64(s.bill.Period.Days())))
	}
	for i := range s.in.Findings {
		if f := &s.in.Findings[i]; f.Check == "U05" && f.Action == anomaly.ActionInspect && (e == nil || e.Change.Bills < 2) {
			return math.Max(1, window/math.Max(1, float64(s.bill.Period.Days())))
		}
	}
	if e == nil || e.Change.Bills < 2 || e.Change.Onset.IsZero() {
		return 1
	}
	days := math.Min(float64(s.bill.Period.End.Sub(e.Change.Onset)), window)
	return math.Max(1, days/math.Max(1, float64(s.bill.Period.Days())))
}

// recoverable says what the verdict tells of the arrears: nothing where there is no price,
// or where the usage billed is none that can be.
func (s *situation) recoverable(v *anomaly.Verdict) {
	v.RecoverableMonths = s.stakes.BackBillMonths
	v.Recoverable, v.RecoverableAhead = s.amount(s.arrears), s.amount(s.ahead)
	if v.Recoverable.Valid {
		v.RecoverableBills = int(math.Round(s.bills))
	}
}

// amount writes a sum with as many decimals as the bill has.
func (s *situation) amount(sum float64) anomaly.NullDecimal {
	if s.price == 0 || s.bill.Usage.IsNeg() {
		return anomaly.NullDecimal{} // less than nothing was billed: no bill like it is owed
	}
	scale := 2
	if s.bill.Amount.Valid {
		scale = s.bill.Amount.Decimal.Scale()
	}
	if d, ok := anomaly.DecimalFromFloat(sum, scale); ok {
		return anomaly.Known(d)
	}
	return anomaly.NullDecimal{}
}

// shocked reports whether the bill is so much higher than the one that a customer
// compares it with that a question is to be expected, and is as it should be: then
// there is an answer.
func (s *situation) shocked() bool {
	e := s.in.Estimate
	if e == nil || !e.Known || e.Reference.Usage <= 0 {
		return false
	}
	if anomaly.Float(s.bill.Usage) > e.High95 {
		return false
	}
	rise := anomaly.Float(s.bill.Usage) - e.Reference.Usage
	return rise >= s.m.rules.Shock*e.Reference.Usage && rise >= s.practical()
}

// above reports whether a bill is outside its 99 % interval and above so many times what
// was expected: where the premise may stand empty, what is used there when it does not,
// since anything at all is any number of times nothing.
func (s *situation) above(times float64) bool {
	e := s.in.Estimate
	if e == nil || !e.Known || s.backBilled() {
		return false
	}
	usage, expected := anomaly.Float(s.bill.Usage), e.Usage
	if e.Vacant > 0 {
		expected = math.Max(expected, e.Occupied(float64(s.bill.Period.Days())))
	}
	return usage > math.Max(e.High99, times*expected) && usage-e.Usage >= s.practical()
}

// accounted reports whether a known cause other than chance is more likely than not, and
// needs nobody: the customer has said it himself.
func (s *situation) accounted() bool {
	top := &s.in.Causes[0]
	return top.Probability >= 0.5 && top.Cause != anomaly.CauseNormalVariation && s.m.settledBy[slices.Index(anomaly.Causes, top.Cause)] == explain
}

// practical is the usage below which a difference is not worth anybody's time.
func (s *situation) practical() float64 {
	checks := &defaults.Checks
	if s.in.Config != nil {
		checks = &s.in.Config.Checks
	}
	return checks.HighLow[s.in.History.Account.Service].Usage
}
