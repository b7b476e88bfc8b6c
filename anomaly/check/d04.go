package check

import (
	"math"
	"slices"

	"whybill/anomaly"
)

// D04: the usage is ten or a thousand times what it was, or a tenth or a thousandth: the
// file rather changed its unit than the account its habits.
var d04 = Check{
	ID: "D04", Severity: anomaly.High, Action: anomaly.ActionFixData,
	Params: func(cfg *anomaly.Config) []anomaly.Arg {
		return []anomaly.Arg{anomaly.PercentArg("tolerance", unitTolerance, 0)}
	},
	Run: func(in *Input, out *Result) {
		adu := in.bill.ADU()
		if adu <= 0 || in.bill.Quality.Guessed() || in.meteredAsBilled() {
			return
		}
		var room [unitBills]float64
		usual, count, before := room[:0], 0, (*anomaly.Bill)(nil)
		for _, b := range in.earlier {
			if count++; count > unitBills {
				break
			}
			if b.ADU() > 0 {
				usual = append(usual, b.ADU())
				if before == nil {
					before = b
				}
			}
		}
		if len(usual) < 3 {
			out.skip("D04", fewBills)
			return
		}
		last := usual[0]
		slices.Sort(usual)
		middle := usual[len(usual)/2]
		if usual[len(usual)-1] > unitSpread*usual[0] {
			return // from an account like this such a ratio may come by itself
		}
		references := [...]float64{middle, last, 0, 0}
		if then := in.yearBefore(in.bill.Period); then != nil {
			references[2] = then.ADU()
		}
		e := in.Estimate
		if in.estimateKnown() {
			references[3] = e.Usage / in.days()
		}
		for i, reference := range references {
			exponent, ok := unitJump(adu, reference)
			if !ok && i == len(references)-1 && in.estimateKnown() {
				exponent, ok = thousandfold(in.usage(), e.Low90, e.High90)
			}
			if !ok {
				continue
			}
			key := "D04.more"
			if exponent < 0 {
				key = "D04.less"
			}
			f := in.finding("D04", anomaly.High, anomaly.ActionFixData, "", anomaly.Msg(key,
				in.exactArg("usage", in.bill.Usage), in.usageArg("usual", reference*in.days()),
				anomaly.CountArg("times", int(math.Pow10(max(exponent, -exponent))))))
			f.Evidence = evidence(in.bill.Source, before.Source)
			in.size(&f, (adu-reference)*in.days())
			out.add(f)
			return
		}
	},
}

const (
	// unitTolerance is how far a ratio may be from a power of ten.
	unitTolerance = 0.05
	// unitBills is how many earlier bills say what is usual.
	unitBills = 12
	// unitSpread is how far apart they may lie: less than a factor of ten, so that the
	// seasons of an account are no jump of its unit.
	unitSpread = 4
)

// unitJump reports whether a usage is 10 or 1,000 times a reference, or the inverse, and
// the exponent.
func unitJump(adu, reference float64) (exponent int, ok bool) {
	if reference <= 0 {
		return 0, false
	}
	for _, exponent := range [...]int{-3, -1, 1, 3} {
		if abs(adu/reference/math.Pow10(exponent)-1) <= unitTolerance {
			return exponent, true
		}
	}
	return 0, false
}

// thousandfold reports whether a thousandth of a usage, or a thousand times it, is what was
// to be expected. No habit and no single misread does that, so the ratio itself need not be
// as exact as one of ten.
func thousandfold(usage, low, high float64) (exponent int, ok bool) {
	for _, exponent := range [...]int{-3, 3} {
		if x := usage / math.Pow10(exponent); low > 0 && low <= x && x <= high {
			return exponent, true
		}
	}
	return 0, false
}

// meteredAsBilled reports whether the register went on from where it stood before and
// moved by what was billed: then it is no fault of the data, whatever the usage.
func (in *Input) meteredAsBilled() bool {
	r := &in.register
	if !r.known || !r.actual {
		return false
	}
	if in.prev >= 0 {
		if p := &in.History.Bills[in.prev]; p.To.Valid && p.To.Decimal.Cmp(r.open) != 0 {
			return false
		}
	}
	multiplier := 1.0
	if r.multiplierBy != multiplierUnknown {
		multiplier = anomaly.Float(r.multiplier)
	}
	metered := (anomaly.Float(r.close) - anomaly.Float(r.open)) * multiplier
	return metered > 0 && abs(in.usage()/metered-1) < 0.005
}
