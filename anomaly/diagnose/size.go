package diagnose

import (
	"math"
	"slices"

	"whybill/anomaly"
)

// onsets is how many bills the change test looks back: a cause that lasts may have begun
// with any of them.
const onsets = 6

// The change test's own distribution of the shift, by direction (its priors of the
// change of level): against it the causes' distributions are weighed.
const (
	changeDownMean, changeDownVar = -0.7, 0.25
	changeUpMean, changeUpVar     = 0.45, 0.15
)

// size weighs how well each cause explains the size of the bill and, for what lasts,
// of the bills since it began; nothing where nothing is expected.
//
// For a shift of log usage that is normal with mean m and variance v, the residual of a
// Student-t prediction of scale s is taken as Student-t with location m and scale
// sqrt(s²+v): exact for many degrees of freedom, and as heavy in the tails for few.
func (w *weighing) size(in *Input, trace func(step)) {
	e := in.Estimate
	if e == nil || !e.Known || e.Scale <= 0 {
		return
	}
	if _, ok := in.restored(); ok {
		return
	}
	b := &in.History.Bills[in.Bill]
	if b.Usage.IsNeg() {
		return // no usage comes out below nothing: that is no size
	}
	days := float64(b.Period.Days())
	perDay := anomaly.Float(b.Usage)/math.Max(days, 1) + e.Offset
	if perDay <= 0 {
		perDay = 1e-6
	}
	r := math.Log(perDay) - e.Mu
	dof := e.DOF
	if dof <= 0 {
		dof = 30
	}
	variance := e.Scale * e.Scale
	base := logT(r*r/variance, dof) - 0.5*math.Log(variance)

	// What the change test says of a lasting shift, where it is about more than this bill.
	change, shift, changeBase, known := 0.0, 0.0, 0.0, 0.0
	bills := e.Change.Bills
	if bills >= 2 {
		shift = e.Change.Shift
		known = e.Change.SE * e.Change.SE
		if known == 0 {
			known = variance / float64(bills) // about the noise of its bills
		}
		if shift < 0 {
			change = e.Change.LogBFDown
			changeBase = logNormal(shift, changeDownMean, changeDownVar)
		} else {
			change = e.Change.LogBFUp
			changeBase = logNormal(shift, changeUpMean, changeUpVar)
		}
	}

	level, peers, levelKnown := in.level()
	guess := in.guessed() && bills < 2
	settled := in.oldRatio()
	// A customer asks about a bill that is new to him; of any other, a cause that lasts has
	// begun on one of the bills that it lasts for.
	began := 1.0
	if in.History.Asked(in.Bill, in.AsOf) {
		began = 0
	}
	var ratio [causes]float64
	for c := range ratio {
		shifts := w.m.shifts[c]
		if len(shifts) == 0 {
			continue
		}
		if settled && w.m.lasting[c] {
			continue
		}
		since := w.m.lasting[c] && bills >= 2
		likelihood := func(s *component) float64 {
			if s.always() {
				// As long as there are bills: nothing of it shows but the level.
				if !levelKnown {
					return 0
				}
				return logNormal(level, s.level, peers+s.spread) - logNormal(level, 0, peers)
			}
			if since {
				// The test has preferred this onset to this bill alone, so this is what counts.
				// The shift itself is known to its standard error.
				return change + logNormal(shift, s.mean, s.variance+known) - changeBase +
					w.m.surviving(c, bills-1) - w.m.begun[c]
			}
			v := variance + s.variance
			d := r - s.mean
			return logT(d*d/v, dof) - 0.5*math.Log(v) - base - began*w.m.begun[c]
		}
		if guess && c != guesses {
			continue // how much was used does not show in it
		}
		single := mixture(shifts, likelihood)
		if c == crossedMeter {
			single = in.swapped(single, likelihood)
		}
		if !e.Comparable {
			// Another home's interval may speak against normal, never for it.
			single = math.Max(single, 0)
		}
		ratio[c] = single
	}
	w.add(&ratio)
	w.sized, w.bySize = true, ratio
	if trace != nil {
		message := anomaly.Msg("diagnose.size", anomaly.PercentArg("change", math.Exp(r)-1, 0))
		if bills >= 2 {
			message = anomaly.Msg("diagnose.change", anomaly.PercentArg("change", math.Exp(shift)-1, 0), anomaly.CountArg("bills", bills))
		}
		trace(step{id: "size", message: message, ratio: ratio})
	}
}

// swapped is how well crossed meters explain the size of the bill where an account next to
// this one has changed levels with it: by the other's level, which is known much better than
// any shift, and by what the other's own bills say for it. That it is yet another meter
// (plain) is left open.
func (in *Input) swapped(plain float64, likelihood func(*component) float64) float64 {
	s := in.Neighbourhood.SwapOf(&in.History.Account, in.History.Bills[in.Bill].Period)
	if s == nil {
		return plain
	}
	known := component{mean: s.Shift, variance: s.SE * s.SE}
	a, b := s.Weight+likelihood(&known), plain
	top := math.Max(a, b)
	return top + math.Log(math.Exp(a-top)+math.Exp(b-top))
}

// guesses is the place in anomaly.Causes of what is wrong where a guess is.
var guesses = slices.Index(anomaly.Causes, anomaly.CauseEstimatedCatchUp)

// always reports whether the cause is taken to have been there for as long as the bills.
func (s *component) always() bool { return s.mean == 0 && s.variance == 0 }

// level is how the account's usage a day over the last year stands to the median of
// its peers, in log usage, and the variance of their levels. ok is false without peers.
func (in *Input) level() (level, variance float64, ok bool) {
	if in.Neighbourhood == nil || len(in.Neighbourhood.Peers) == 0 {
		return 0, 0, false
	}
	p := in.Neighbourhood.Peers[anomaly.PeerKey(&in.History.Account)]
	if p == nil || p.Count < in.config().Checks.PeerCount || p.P50 <= 0 || p.P05 <= 0 || p.P95 <= p.P05 {
		return 0, 0, false
	}
	var year lastYear
	until := in.History.Bills[in.Bill].Period.End
	for i := in.Bill; i >= 0; i-- {
		b := &in.History.Bills[i]
		if b.Period.End.Sub(until) < -365 || year.n == len(year.adu) {
			break
		}
		if !b.Cancelled && b.Period.Valid() {
			year.add(b)
		}
	}
	usage, days := year.total()
	if usage <= 0 || days < 150 {
		return 0, 0, false
	}
	// From the 5 % to the 95 % quantile are 3.29 standard deviations.
	sd := math.Log(p.P95/p.P05) / 3.29
	return math.Log(usage / days / p.P50), sd * sd, true
}

// lastYear is the usage a day of a year's bills.
type lastYear struct {
	adu, days [64]float64
	n         int
}

func (y *lastYear) add(b *anomaly.Bill) {
	y.adu[y.n], y.days[y.n] = b.ADU(), float64(b.Period.Days())
	y.n++
}

// bounded is by what factor a bill may differ from the median one of its year, a day, and
// count in full: seasons stay within it in most homes.
const bounded = 2

// total is the usage of the year and its days. A bill that is further from the median than
// bounded counts as if it were just so far: one giant bill is no level.
func (y *lastYear) total() (usage, days float64) {
	sorted := y.adu
	slices.Sort(sorted[:y.n])
	if y.n == 0 {
		return 0, 0
	}
	median := (sorted[(y.n-1)/2] + sorted[y.n/2]) / 2
	for i := range y.n {
		usage += y.days[i] * max(median/bounded, min(y.adu[i], median*bounded))
		days += y.days[i]
	}
	return usage, days
}

// surviving is the log probability that a cause is still there so many bills later.
func (m *Model) surviving(cause, bills int) float64 {
	if m.survival[cause] == 0 {
		return 0
	}
	gone := 1 - m.staying[cause]
	return math.Log(m.staying[cause] + gone*math.Pow(m.survival[cause], float64(bills)))
}

// mixture is the log of the components' weighted likelihoods; there is at least one.
func mixture(shifts []component, logLikelihood func(*component) float64) float64 {
	top, sum := shifts[0].logShare+logLikelihood(&shifts[0]), 1.0
	if len(shifts) == 1 {
		return top
	}
	for i := 1; i < len(shifts); i++ {
		l := shifts[i].logShare + logLikelihood(&shifts[i])
		if l > top {
			sum = sum*math.Exp(top-l) + 1
			top = l
		} else {
			sum += math.Exp(l - top)
		}
	}
	return top + math.Log(sum)
}

// logT is the log density of a standard Student-t at z, z2 = z², but for what
// depends on the degrees of freedom alone.
func logT(z2, dof float64) float64 { return -0.5 * (dof + 1) * math.Log1p(z2/dof) }

func logNormal(x, mean, variance float64) float64 {
	d := x - mean
	return -0.5 * (d*d/variance + math.Log(variance))
}
