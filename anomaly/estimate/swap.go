package estimate

import (
	"math"
	"slices"
	"unique"

	"whybill/anomaly"
)

// Crossed meters show in two accounts at once: from one reading on each uses what the other
// did. Levels is what a first pass keeps of an account for that, where its usage has changed
// at all; Swapped holds two against each other.

const (
	swapBills  = 6   // how many bills back the change may lie, as in the change test
	yearBills  = 18  // how many are held against their year before
	swapLeast  = 4   // of these there have to be: fewer say nothing of what is usual
	swapSlack  = 5   // days by which two readings of one round may differ
	swapLikely = 150 // likelihood ratio from which they are called that: one meter in 2,500 is crossed

	// levelSD is what a home differs by from its year before, in log usage, and levelDOF how
	// many bills that is worth beside the account's own; the cold start of a home's noise.
	levelSD, levelDOF = 0.2, 4
	// lasting is the share of that difference that stays from bill to bill.
	lasting = 0.3
	// changed is how often a home's level changes for a reason of its own within such a
	// number of bills, and changedSD by how much, in log usage: of 319 real meters (UCI
	// ElectricityLoadDiagrams) one in eleven is 25 % or more off its year before at any time.
	changed, changedSD = 0.1, 0.6
)

// swapNear is how probable it is, if an account's meter is crossed, that it is so with the
// account next to it on the route, and with the one after that; what is left is for all
// others. The numbers are ours.
var swapNear = [...]float64{0.3, 0.1}

// Levels is an account's usage of its last bills beside the same season a year before.
type Levels struct {
	service anomaly.Service
	n       int8
	// By bill, the latest first: where it begins, its log usage a day and that of the year
	// before.
	start       [swapBills]anomaly.Date
	now, before [swapBills]float32
	// By the number of bills since a change, less one: what is usual of the bills before it,
	// as a log ratio to their year before, and its variance for one bill.
	drift, variance [swapBills]float32
	file            unique.Handle[string]
	row             int32
}

// LevelsOf returns the levels of an account up to a bill; nil where too little is known or
// nothing has changed by as much as a step (stepRatio, a share).
func LevelsOf(h *anomaly.History, bill int, stepRatio float64) *Levels {
	var x Levels
	var ratio [yearBills]float64
	all, then := 0, bill
	for i := bill; i >= 0 && all < yearBills; i-- {
		b := &h.Bills[i]
		if !usual(b) {
			if i == bill {
				return nil
			}
			continue
		}
		year := anomaly.Period{Start: b.Period.Start.AddMonths(-12), End: b.Period.End.AddMonths(-12)}
		for then >= 0 && (!usual(&h.Bills[then]) || 2*h.Bills[then].Period.Overlap(year) < b.Period.Days()) {
			if usual(&h.Bills[then]) && h.Bills[then].Period.End <= year.Start {
				break
			}
			then--
		}
		if then < 0 {
			break
		}
		if 2*h.Bills[then].Period.Overlap(year) < b.Period.Days() {
			then = min(bill, then+2) // a gap: the bill before this one may have its year
			continue
		}
		now, before := math.Log(b.ADU()), math.Log(h.Bills[then].ADU())
		if all < swapBills {
			x.start[all], x.now[all], x.before[all] = b.Period.Start, float32(now), float32(before)
			x.n++
		}
		ratio[all] = now - before
		all++
	}
	if all < swapLeast {
		return nil
	}
	// Most accounts go on as they did: nothing of theirs is worked out.
	if !moved(ratio[:all], int(x.n), 0.5*math.Log1p(stepRatio)) {
		return nil
	}
	stepped, sum := false, 0.0
	for bills := range int(x.n) {
		sum += ratio[bills]
		drift, variance := usually(ratio[bills+1 : all])
		x.drift[bills], x.variance[bills] = float32(drift), float32(variance)
		if math.Abs(sum/float64(bills+1)-drift) >= math.Log1p(stepRatio) {
			stepped = true
		}
	}
	if !stepped || h.ParallelMeters() {
		return nil
	}
	b := &h.Bills[bill]
	x.service, x.file, x.row = h.Account.Service, unique.Make(b.Source.File), b.Source.Row
	return &x
}

// moved reports whether the mean of the last ratios, for any number of bills, is so far from
// the median of all.
func moved(ratios []float64, bills int, least float64) bool {
	var sorted [yearBills]float64
	n := copy(sorted[:], ratios)
	slices.Sort(sorted[:n])
	median, sum := (sorted[(n-1)/2]+sorted[n/2])/2, 0.0
	for i := range bills {
		if sum += ratios[i] - median; math.Abs(sum) >= least*float64(i+1) {
			return true
		}
	}
	return false
}

// usual reports whether a bill shows what was used.
func usual(b *anomaly.Bill) bool {
	return !b.Cancelled && !b.Quality.Guessed() && b.Period.Valid() && b.Usage.IsPos()
}

// usually is the median of log ratios, 0 where there are too few, and the variance of one.
func usually(ratios []float64) (drift, variance float64) {
	var sorted [yearBills]float64
	n := copy(sorted[:], ratios)
	slices.Sort(sorted[:n])
	if n >= 3 {
		drift = (sorted[(n-1)/2] + sorted[n/2]) / 2
	}
	for i := range n {
		sorted[i] = math.Abs(sorted[i] - drift)
	}
	slices.Sort(sorted[:n])
	sum := levelDOF * levelSD * levelSD
	if n > 0 {
		sd := 1.4826 * (sorted[(n-1)/2] + sorted[n/2]) / 2
		sum += float64(n) * sd * sd
	}
	return drift, sum / float64(levelDOF+n)
}

// Swapped finds whether two accounts that stand so many places from each other on a route
// (from 1) have changed levels, as the first of them sees it. odds is the natural log of the
// likelihood ratio for it, the same for both of them; 0 where they have not.
// Levels that differ by less than a step (stepRatio, a share) are not told from each other.
func Swapped(a, b *Levels, places int, stepRatio float64) (s anomaly.LevelSwap, odds float64) {
	if a == nil || b == nil || a.service != b.service || places < 1 || places > len(swapNear) {
		return s, 0
	}
	near := math.Log(swapNear[places-1])
	var ownA, ownB, crossA, crossB, predicted float64
	for i := range int(min(a.n, b.n)) {
		if d := a.start[i].Sub(b.start[i]); d < -swapSlack || d > swapSlack {
			break
		}
		ownA += float64(a.now[i] - a.before[i])
		ownB += float64(b.now[i] - b.before[i])
		crossA += float64(a.now[i] - b.before[i])
		crossB += float64(b.now[i] - a.before[i])
		predicted += float64(b.before[i] - a.before[i])
		bills := float64(i + 1)
		driftA, driftB := float64(a.drift[i]), float64(b.drift[i])
		share := lasting + (1-lasting)/bills
		varA, varB := share*float64(a.variance[i]), share*float64(b.variance[i])
		shift := predicted/bills + driftB - driftA
		// What either home's meter says for it: its usage is the other home's.
		here := logNormal(crossA/bills-driftB, varB) - ownWay(ownA/bills-driftA, varA)
		there := logNormal(crossB/bills-driftA, varA) - ownWay(ownB/bills-driftB, varB)
		if last := i + 1; last < int(min(a.n, b.n)) {
			// The bill before is still one's own.
			here += stillOwn(a, last, driftA, i)
			there += stillOwn(b, last, driftB, i)
		}
		if total := near + here + there; total > max(odds, math.Log(swapLikely)) && math.Abs(shift) >= math.Log1p(stepRatio) &&
			a.since(i+1, driftA, shift) && b.since(i+1, driftB, -shift) {
			odds = total
			s = anomaly.LevelSwap{
				Onset: a.start[i], Bills: i + 1, Weight: near + there,
				Shift: shift, SE: math.Sqrt(varB + varA/2),
				Source: anomaly.Source{File: b.file.Value(), Row: b.row},
			}
		}
	}
	return s, odds
}

// since reports whether every one of so many bills has gone some of the way of a shift: a
// wild bill among others that are as usual is no level.
func (x *Levels) since(bills int, drift, shift float64) bool {
	for i := range bills {
		if d := float64(x.now[i]-x.before[i]) - drift; d/shift < 1.0/3 {
			return false
		}
	}
	return true
}

// stillOwn is what a bill says for a change that came after it: that it is as usual.
func stillOwn(x *Levels, bill int, drift float64, since int) float64 {
	d, variance := float64(x.now[bill]-x.before[bill])-drift, float64(x.variance[since])
	return logNormal(d, variance) - ownWay(d, variance)
}

// ownWay is the likelihood of a home's deviation from what is usual if its meter is its own:
// mostly nothing has changed.
func ownWay(d, variance float64) float64 {
	return logSum(math.Log(1-changed)+logNormal(d, variance), math.Log(changed)+logNormal(d, variance+changedSD*changedSD))
}

func logNormal(d, variance float64) float64 { return -0.5 * (d*d/variance + math.Log(variance)) }

func logSum(a, b float64) float64 {
	top := max(a, b)
	return top + math.Log(math.Exp(a-top)+math.Exp(b-top))
}
