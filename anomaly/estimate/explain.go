package estimate

import (
	"math"
	"math/bits"
	"slices"

	"github.com/govalues/decimal"

	"whybill/anomaly"
)

// Explain turns an estimate of h's bill into rows that add up exactly, in usage and in
// money, and says how much of the billed usage nothing accounts for.
//
// Usage: the first row is the reference; the parts of the estimate lead from there to
// the expected usage, each with the logarithmic mean of both as its weight (LMDI-I; Ang,
// Energy Policy 33 (2005) 867-871): exact, and the same in any order; `unexplained` is the
// rest, billed less expected. Rows are rounded to the decimals of the billed usage, by
// largest remainder.
//
// Money: differences in usage at the reference bill's average price (at this bill's own
// where the reference was a minimum charge); `other_lines` is the difference between the
// lines that are passed through; `price` is what the reference usage costs under this
// bill's tariff less what it cost; `tier` is the exact rest, which is what the tiers made of
// it. Without a pricer `price` takes the rest. Where the reference has no amount, usage
// is valued at this bill's own average price; where the bill has none, no row has. A
// broadband bill without a reference is priced row by row, see stepByStep.
func Explain(h *anomaly.History, bill int, est *anomaly.Estimate, pricer anomaly.Pricer) ([]anomaly.ExplainedRow, anomaly.UnexplainedRange) {
	if !est.Known {
		return nil, anomaly.UnexplainedRange{}
	}
	b := &h.Bills[bill]
	billed := anomaly.Float(b.Usage)
	left := anomaly.UnexplainedRange{Known: true, Low: billed - est.High90, Middle: billed - est.Usage, High: billed - est.Low90}
	ref := findReference(h, &est.Reference)
	reference := referenceUsage(ref, &est.Reference, b.Usage.Scale())
	rows := usageRows(est, reference, b.Usage)
	if b.Amount.Valid {
		rows = addMoney(rows, h, b, ref, &est.Reference, reference, pricer)
	}
	return rows, left
}

// findReference returns the reference bill; nil for the typical bill.
func findReference(h *anomaly.History, r *anomaly.Reference) *anomaly.Bill {
	from := h
	if r.OtherPremise {
		from = h.Previous
	}
	if r.BillKey == "" || from == nil {
		return nil
	}
	if i := from.BillIndex(r.BillKey); i >= 0 {
		return &from.Bills[i]
	}
	return nil
}

// referenceUsage returns the reference's usage exactly where it is one bill's, and to
// the decimals of the assessed bill where it is the model's.
func referenceUsage(ref *anomaly.Bill, r *anomaly.Reference, scale int) anomaly.Decimal {
	if ref != nil && anomaly.Float(ref.Usage) == r.Usage {
		return ref.Usage
	}
	d, _ := anomaly.DecimalFromFloat(r.Usage, scale)
	return d
}

// usageRows lays out the rows in usage. The sum of all is the billed usage.
func usageRows(est *anomaly.Estimate, reference, billed anomaly.Decimal) []anomaly.ExplainedRow {
	from, to := anomaly.Float(reference), est.Usage
	weight := logMean(from, to, est.Parts)
	scale := max(reference.Scale(), billed.Scale())
	values := make([]float64, 0, len(est.Parts)+1)
	rest := anomaly.Float(billed) - from
	for _, p := range est.Parts {
		v := weight * p.Log
		rest -= v
		values = append(values, v)
	}
	values = append(values, rest)
	difference, _ := anomaly.Sub(billed, reference)
	rows := make([]anomaly.ExplainedRow, 0, len(values)+3)
	rows = append(rows, anomaly.ExplainedRow{What: anomaly.PartReference, Usage: reference})
	for i, usage := range apportion(values, difference, scale) {
		what := anomaly.PartUnexplained
		if i < len(est.Parts) {
			what = est.Parts[i].What
		}
		rows = append(rows, anomaly.ExplainedRow{What: what, Usage: usage})
	}
	return rows
}

// logMean is the weight with which log parts become usage: (to-from)/(ln to - ln from).
// Where one end is zero the sum of the parts stands for the log difference.
func logMean(from, to float64, parts []anomaly.Contribution) float64 {
	if from <= 0 {
		return to
	}
	var sum float64
	for _, p := range parts {
		sum += p.Log
	}
	if math.Abs(sum) < 1e-9 {
		return from
	}
	return from * math.Expm1(sum) / sum
}

// apportion rounds values to scale decimals so that they add up to total, by largest
// remainder; of equal remainders the first one is rounded up.
func apportion(values []float64, total anomaly.Decimal, scale int) []anomaly.Decimal {
	unit := math.Pow10(scale)
	floors := make([]int64, len(values))
	order := make([]int, len(values))
	var sum int64
	for i, v := range values {
		floors[i] = int64(math.Floor(v * unit))
		sum += floors[i]
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		ri, rj := values[i]*unit-float64(floors[i]), values[j]*unit-float64(floors[j])
		switch {
		case ri > rj:
			return -1
		case ri < rj:
			return 1
		}
		return 0
	})
	// The values add up to total but for their own rounding, so what is missing is at
	// most one unit a row; floating point may make it one more or less.
	missing := int64(math.Round(anomaly.Float(total)*unit)) - sum
	for i := 0; missing != 0; i = (i + 1) % len(order) {
		step := int64(1)
		if missing < 0 {
			step = -1
		}
		floors[order[i]] += step
		missing -= step
	}
	out := make([]anomaly.Decimal, len(values))
	for i, n := range floors {
		out[i] = decimal.MustNew(n, scale)
	}
	return out
}

// addMoney gives the rows their amounts and adds price and tier.
func addMoney(rows []anomaly.ExplainedRow, h *anomaly.History, b, ref *anomaly.Bill, r *anomaly.Reference, reference anomaly.Decimal, pricer anomaly.Pricer) []anomaly.ExplainedRow {
	total := b.Amount.Decimal
	if h.Account.Service == anomaly.Broadband && ref == nil {
		return stepByStep(rows, h, b, pricer)
	}
	if ref == nil || !r.Amount.Valid || !reference.IsPos() {
		return atAveragePrice(rows, b.Usage, total)
	}
	was := r.Amount.Decimal
	scale := max(total.Scale(), was.Scale())
	rows[0].Amount = anomaly.Known(was)
	passedNow, _ := b.PassedThrough()
	passedThen, _ := ref.PassedThrough()
	wasPriced, _ := anomaly.Sub(was, passedThen)
	nowPriced, _ := anomaly.Sub(total, passedNow)
	value, of := wasPriced, reference
	if b.Usage.IsPos() && dearer(wasPriced, reference, nowPriced, b.Usage) {
		value, of = nowPriced, b.Usage
	}
	rest, _ := anomaly.Sub(nowPriced, wasPriced)
	for i := 1; i < len(rows); i++ {
		amount := share(value, rows[i].Usage, of, scale)
		rows[i].Amount = anomaly.Known(amount)
		rest, _ = anomaly.Sub(rest, amount)
	}
	price := rest
	if repriced, ok := reprice(h, b, reference, pricer); ok {
		price, _ = anomaly.Sub(repriced, wasPriced)
	}
	var zero anomaly.Decimal
	if other, _ := anomaly.Sub(passedNow, passedThen); !other.IsZero() {
		rows = append(rows, anomaly.ExplainedRow{What: anomaly.PartOtherLines, Usage: zero, Amount: anomaly.Known(other)})
	}
	rows = append(rows, anomaly.ExplainedRow{What: anomaly.PartPrice, Usage: zero, Amount: anomaly.Known(price)})
	if tier, _ := anomaly.Sub(rest, price); !tier.IsZero() {
		rows = append(rows, anomaly.ExplainedRow{What: anomaly.PartTier, Usage: zero, Amount: anomaly.Known(tier)})
	}
	return rows
}

// stepByStep values each row at what it adds to the tariff's price, in the order of the
// rows: a plan's fee covers a quota, so an average price says nothing of what is beyond
// it. Where the tariff does not come to the billed amount no row has an amount.
func stepByStep(rows []anomaly.ExplainedRow, h *anomaly.History, b *anomaly.Bill, pricer anomaly.Pricer) []anomaly.ExplainedRow {
	var before, usage anomaly.Decimal
	amounts := make([]anomaly.Decimal, len(rows))
	for i := range rows {
		usage, _ = anomaly.Add(usage, rows[i].Usage)
		if usage.IsNeg() {
			return rows
		}
		now, ok := reprice(h, b, usage, pricer)
		if !ok {
			return rows
		}
		amounts[i], _ = anomaly.Sub(now, before)
		before = now
	}
	if before.Cmp(b.Amount.Decimal) != 0 {
		return rows
	}
	for i := range rows {
		rows[i].Amount = anomaly.Known(amounts[i])
	}
	return rows
}

// atAveragePrice values every row at the bill's own average price; the largest row
// takes what rounding leaves.
func atAveragePrice(rows []anomaly.ExplainedRow, usage, total anomaly.Decimal) []anomaly.ExplainedRow {
	if !usage.IsPos() {
		return rows
	}
	rest, largest := total, 0
	for i := range rows {
		amount := share(total, rows[i].Usage, usage, total.Scale())
		rows[i].Amount = anomaly.Known(amount)
		rest, _ = anomaly.Sub(rest, amount)
		if rows[i].Usage.CmpAbs(rows[largest].Usage) > 0 {
			largest = i
		}
	}
	if amount, ok := anomaly.Add(rows[largest].Amount.Decimal, rest); ok {
		rows[largest].Amount = anomaly.Known(amount)
	}
	return rows
}

// dearer reports whether a unit of the reference cost so much more than one of the bill
// that it can only be a minimum charge: what more usage costs is not told by it.
func dearer(wasAmount, wasUsage, nowAmount, nowUsage anomaly.Decimal) bool {
	return anomaly.Float(wasAmount)*anomaly.Float(nowUsage) > 1.5*anomaly.Float(nowAmount)*anomaly.Float(wasUsage)
}

// reprice returns what the reference usage costs under the bill's tariff.
func reprice(h *anomaly.History, b *anomaly.Bill, reference anomaly.Decimal, pricer anomaly.Pricer) (anomaly.Decimal, bool) {
	tariff := b.Tariff
	if tariff == "" {
		tariff = h.Account.Tariff
	}
	if pricer == nil || tariff == "" {
		return anomaly.Decimal{}, false
	}
	p, err := pricer.Price(&anomaly.PriceRequest{Tariff: tariff, Account: &h.Account, Period: b.Period, Usage: reference})
	if err != nil || p.Currency != b.Currency && b.Currency != "" {
		return anomaly.Decimal{}, false
	}
	return p.Amount, true
}

// share returns amount*part/whole, rounded to scale decimals.
func share(amount, part, whole anomaly.Decimal, scale int) anomaly.Decimal {
	if quotient, ok := shortShare(amount, part, whole, scale); ok {
		return quotient
	}
	return longShare(amount, part, whole, scale)
}

// shortShare is share in the whole numbers of a processor, where they hold it: as they do
// on nearly every bill.
func shortShare(amount, part, whole anomaly.Decimal, scale int) (quotient anomaly.Decimal, ok bool) {
	product := amount.Scale() + part.Scale()
	shift := whole.Scale() + scale - product
	high, n := bits.Mul64(amount.Coef(), part.Coef())
	d := whole.Coef()
	if n == 0 || d == 0 || product > decimal.MaxScale {
		return quotient, false
	}
	for ; shift > 0 && high == 0; shift-- {
		high, n = bits.Mul64(n, 10)
	}
	for ; shift < 0 && high == 0; shift++ {
		high, d = bits.Mul64(d, 10)
	}
	if high != 0 || n > maxShort || d > maxShort {
		return quotient, false
	}
	q, rest := n/d, n%d
	if 2*rest > d || 2*rest == d && q%2 == 1 { // half to even, as decimals are rounded
		q++
	}
	value := int64(q)
	if amount.IsNeg() != part.IsNeg() != whole.IsNeg() {
		value = -value
	}
	quotient, err := decimal.New(value, scale)
	if rest == 0 {
		quotient = quotient.Trim(max(0, product-whole.Scale()))
	}
	return quotient, err == nil
}

// maxShort: below it the 19 digits of the long way are enough to round as exactly.
const maxShort = 1e17

func longShare(amount, part, whole anomaly.Decimal, scale int) anomaly.Decimal {
	product, err := amount.Mul(part)
	if err != nil {
		return anomaly.Decimal{}
	}
	quotient, err := product.Quo(whole)
	if err != nil {
		return anomaly.Decimal{}
	}
	return quotient.Round(scale)
}
