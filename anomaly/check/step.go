package check

import (
	"math"

	"whybill/anomaly"
)

// oldStep is a step in the level of usage that lies further back than the estimate's
// change test looks: there the level has long been accepted.
type oldStep struct {
	shift float64 // of log usage
	se    float64 // its standard error
	weigh float64 // natural-log Bayes factor (from the BIC) of two levels against one
	first int     // index of the first bill after it
}

const (
	stepLeast = 3  // bills on either side
	stepBills = 12 // bills in all, more than a year of them
)

// findOldStep fits log usage a day with a yearly curve (one harmonic) and one level,
// and with a level before and one after each bill, by least squares over the whole
// history. The sums over all bills are made once; for each split only those of the
// later part change.
func (in *Input) findOldStep() (s oldStep, ok bool) {
	if !in.step.sought {
		in.step.sought = true
		in.step.found, in.step.ok = in.fitOldStep()
	}
	return in.step.found, in.step.ok
}

// soughtStep is what findOldStep has found, for both checks that ask.
type soughtStep struct {
	sought, ok bool
	found      oldStep
}

func (in *Input) fitOldStep() (s oldStep, ok bool) {
	var x [36][3]float64 // 1, sin, cos
	var y [36]float64
	var at [36]int
	n := 0
	for i := max(0, in.Bill-len(y)+1); i <= in.Bill; i++ {
		b := &in.History.Bills[i]
		if b.Cancelled || b.Quality.Guessed() || !b.Usage.IsPos() || !b.Period.Valid() || !in.sameSeries(b) {
			continue
		}
		y[n], at[n] = math.Log(b.ADU()), i
		n++
	}
	if n < stepBills || in.bill.Period.End.Sub(in.History.Bills[at[0]].Period.Start) < 540 || !apart(y[:n]) {
		return s, false
	}
	var all moments
	for i := range n {
		p := in.History.Bills[at[i]].Period
		sin, cos := math.Sincos(2 * math.Pi * (float64(p.Start) + float64(p.Days())/2) / 365.25)
		x[i] = [3]float64{1, sin, cos}
		all.add(&x[i], y[i])
	}
	_, plain := all.fit(nil)
	best := math.Inf(1)
	var later moments
	for split := n - 1; split >= stepLeast; split-- {
		later.add(&x[split], y[split])
		if n-split < stepLeast {
			continue
		}
		shift, rss := all.fit(&later)
		if rss < best {
			best = rss
			s.shift, s.first = shift, at[split]
			s.se = math.Sqrt(math.Max(rss, 0) / float64(max(1, n-5)) * float64(n) / float64(split*(n-split)))
		}
	}
	least := float64(n) * 0.02 * 0.02 // bills are never closer to a curve than this
	s.weigh = 0.5*float64(n)*math.Log(math.Max(plain, least)/math.Max(best, least)) - math.Log(float64(n))
	in.sharpen(&s)
	return s, s.weigh > 0
}

// sharpen measures the step by the bills of the first year after it against the same
// season before it, where there are enough: one harmonic does not know a season well.
func (in *Input) sharpen(s *oldStep) {
	var ratios [12]float64
	n, sum, squares := 0, 0.0, 0.0
	onset := in.History.Bills[s.first].Period.Start
	for i := s.first; i <= in.Bill && n < len(ratios); i++ {
		b := &in.History.Bills[i]
		if b.Cancelled || b.Quality.Guessed() || !b.Usage.IsPos() || !in.sameSeries(b) {
			continue
		}
		then := in.yearBefore(b.Period)
		if then == nil || then.Period.End > onset || then.ADU() <= 0 {
			continue
		}
		ratios[n] = math.Log(b.ADU() / then.ADU())
		sum += ratios[n]
		squares += ratios[n] * ratios[n]
		n++
	}
	if n < 4 {
		return
	}
	s.shift = sum / float64(n)
	variance := math.Max(0, squares/float64(n)-s.shift*s.shift)
	s.se = math.Max(0.003, math.Sqrt(variance/float64(n-1)))
}

// apart is a cheap look at whether a step is possible at all: the first and the last
// third differ.
func apart(y []float64) bool {
	third := len(y) / 3
	first, last := 0.0, 0.0
	for i := range third {
		first += y[i]
		last += y[len(y)-1-i]
	}
	return math.Abs(last-first)/float64(third) > 0.15
}

// moments are the sums that a least-squares fit needs.
type moments struct {
	xx [3][3]float64
	xy [3]float64
	yy float64
}

func (m *moments) add(x *[3]float64, y float64) {
	for i := range x {
		for j := range x {
			m.xx[i][j] += x[i] * x[j]
		}
		m.xy[i] += x[i] * y
	}
	m.yy += y * y
}

// fit solves the normal equations of level, sine and cosine and, where later is not nil,
// of a step that holds for the later bills. It returns the step and the sum of squares
// that is left.
func (m *moments) fit(later *moments) (step, rss float64) {
	var a [4][5]float64
	k := 3
	for i := range 3 {
		copy(a[i][:3], m.xx[i][:])
		a[i][4] = m.xy[i]
	}
	if later != nil {
		k = 4
		for i := range 3 {
			a[i][3], a[3][i] = later.xx[0][i], later.xx[0][i]
		}
		a[3][3], a[3][4] = later.xx[0][0], later.xy[0]
	}
	b := a // kept for the sum of squares
	for i := range k {
		pivot := i
		for r := i + 1; r < k; r++ {
			if math.Abs(a[r][i]) > math.Abs(a[pivot][i]) {
				pivot = r
			}
		}
		a[i], a[pivot] = a[pivot], a[i]
		if math.Abs(a[i][i]) < 1e-9 {
			return 0, m.yy
		}
		for r := range k {
			if r == i {
				continue
			}
			f := a[r][i] / a[i][i]
			for c := i; c < 5; c++ {
				a[r][c] -= f * a[i][c]
			}
		}
	}
	rss = m.yy
	for i := range k {
		rss -= a[i][4] / a[i][i] * b[i][4]
	}
	if k == 4 {
		step = a[3][4] / a[3][3]
	}
	return step, rss
}

// wrongRatio is a ratio at which a meter that measures wrongly stands to one that measures
// right.
type wrongRatio struct {
	key   string
	ratio float64
	phase bool // of phases that are not measured; otherwise of multipliers
}

var wrongRatios = [...]wrongRatio{
	{"two_thirds", 2.0 / 3, true}, {"one_third", 1.0 / 3, true}, {"half", 0.5, false}, {"double", 2, false}, {"tenfold", 10, false}, {"tenth", 0.1, false},
}

const (
	// ratioSD is how closely such a ratio is kept: three phases never carry quite the same, and
	// an account's own usage drifts by some percent from year to year.
	ratioSD = 0.04
	// stepDensity is the density, in log usage, of the steps that come about otherwise.
	stepDensity = 0.8
	// ratioWeight is from which likelihood ratio on a step is called such a ratio; one that
	// came with an exchange needs not be likelier than any other.
	ratioWeight = 2
)

// ratioOf names the wrong ratio that a step is, as far as its standard error tells, with the
// likelihood ratio of just that one against any step. Phases are lost where there are three,
// multipliers wrong where there is one or where the meter was exchanged when it began.
func (in *Input) ratioOf(shift, se float64, onset anomaly.Date) (r wrongRatio, weight float64, ok bool) {
	if se <= 0 {
		return r, 0, false
	}
	sd := math.Hypot(se, ratioSD)
	for _, r := range wrongRatios {
		z := (shift - math.Log(r.ratio)) / sd
		weight := math.Exp(-0.5*z*z) / (sd * math.Sqrt(2*math.Pi) * stepDensity)
		exchanged := !r.phase && in.exchangedAt(onset)
		if weight >= ratioWeight && (r.phase && in.threePhases() || !r.phase && in.multiplied()) || exchanged && weight >= 1 {
			return r, weight, true
		}
	}
	return r, 0, false
}

// threePhases reports whether the account has three phases, or may have: a business of which
// they are not known.
func (in *Input) threePhases() bool {
	a := &in.History.Account
	return in.service() <= anomaly.Electricity && (a.Phases == 3 || a.Phases == 0 && a.Class != "" && a.Class != "residential")
}

// multiplied reports whether the account's register is multiplied by anything but one.
func (in *Input) multiplied() bool {
	r := &in.register
	return r.multiplierBy != multiplierUnknown && anomaly.Float(r.multiplier) != 1
}

// exchangedAt reports whether a meter was put in the place of another one about when a step
// began.
func (in *Input) exchangedAt(onset anomaly.Date) bool {
	for i := range in.History.Meters {
		m := &in.History.Meters[i]
		if days := m.RemovedOn.Sub(onset); !m.RemovedOn.IsZero() && -45 <= days && days <= 45 {
			return true
		}
	}
	return false
}

// stepSince returns the day from which the usage has been on another level, within the
// last bills, and by how much in log usage.
func (in *Input) stepSince() (onset anomaly.Date, shift float64, ok bool) {
	if !in.estimateKnown() || in.Estimate.Change.Bills == 0 {
		return 0, 0, false
	}
	if in.stepped() {
		return in.Estimate.Change.Onset, in.Estimate.Change.Shift, true
	}
	s, ok := in.findRecentStep()
	if !ok {
		return 0, 0, false
	}
	return in.History.Bills[s.first].Period.Start, s.shift, true
}

// findRecentStep finds a rise that the change test is not sure of, because it has little to go
// by, and that two levels against one over the whole history leave little doubt about.
func (in *Input) findRecentStep() (oldStep, bool) {
	s, ok := in.findOldStep()
	return s, ok && s.weigh >= math.Log(100) && s.first > in.Bill-stepBills/2+1 && math.Exp(s.shift)-1 >= in.Config.Checks.StepRatio
}

// recentStep reports such a rise.
func (in *Input) recentStep(out *Result) bool {
	s, ok := in.findRecentStep()
	if !ok {
		return false
	}
	onset := &in.History.Bills[s.first]
	f := in.finding("U05", anomaly.High, anomaly.ActionSelftest, onset.Period.Start.String(), anomaly.Msg("U05.up",
		anomaly.PercentArg("shift", math.Exp(s.shift)-1, 0), anomaly.DateArg("onset", onset.Period.Start), anomaly.CountArg("bills", in.Bill-s.first+1)))
	f.Weight = s.weigh
	f.Evidence = evidence(in.bill.Source, onset.Source)
	in.size(&f, in.usage()*(1-math.Exp(-s.shift)))
	out.add(f)
	return true
}

// oldRatioWeight is how many times as often a step that has lasted for more than half a year
// is just such a ratio where a meter measures wrongly as, by the density of steps, among the
// accounts of which the change has long been taken for theirs.
const oldRatioWeight = 20

// ratioAction is what follows from a wrong ratio: the meter is looked at; and where it came
// with an exchange, whose plate tells, the bills are wrong as they stand.
func (in *Input) ratioAction(r *wrongRatio, onset anomaly.Date) (anomaly.Severity, anomaly.Action) {
	if !r.phase && in.exchangedAt(onset) {
		return anomaly.Critical, anomaly.ActionRebill
	}
	return anomaly.High, anomaly.ActionInspect
}

// oldStep reports a step from before the change test's window.
func (in *Input) oldStep(out *Result) {
	s, ok := in.findOldStep()
	if !ok || s.weigh < math.Log(20) || s.first > in.Bill-stepBills/2+1 || math.Abs(math.Exp(s.shift)-1) < in.Config.Checks.StepRatio {
		return
	}
	onset := &in.History.Bills[s.first]
	key, severity, action := "U05.old_up", anomaly.Low, anomaly.ActionExplain
	if s.shift < 0 {
		key = "U05.old_down"
	}
	args := []anomaly.Arg{
		anomaly.PercentArg("shift", math.Abs(math.Exp(s.shift)-1), 0), anomaly.DateArg("onset", onset.Period.Start),
		anomaly.CountArg("bills", in.Bill-s.first+1),
	}
	r, weight, named := in.ratioOf(s.shift, s.se, onset.Period.Start)
	if named {
		key = "U05.ratio." + r.key
		severity, action = in.ratioAction(&r, onset.Period.Start)
		args = append(args, anomaly.NumberArg("ratio", math.Exp(s.shift), 3))
	}
	f := in.finding("U05", severity, action, onset.Period.Start.String(), anomaly.Message{Key: key, Args: args})
	if named {
		f.Weight = math.Log(oldRatioWeight * weight)
	}
	f.Evidence = evidence(in.bill.Source, onset.Source)
	in.size(&f, in.usage()*(1-math.Exp(-s.shift)))
	out.add(f)
}
