package decide

import (
	"cmp"
	"math"
	"slices"

	"whybill/anomaly"
)

// outlook is what the next bill may show, as log usage against what is expected: the
// same shift again, back to what is usual, or the reverse of a misread. Each is a normal
// distribution; the causes differ in how they divide among the three.
type outlook struct {
	share, mean, sd [3]float64
	next            [causes]next
}

// below is the probability that the next bill stays below r.
func (o *outlook) below(r float64) float64 {
	p := 0.0
	for k, share := range o.share {
		p += share * 0.5 * math.Erfc((o.mean[k]-r)/(o.sd[k]*math.Sqrt2))
	}
	return p
}

// apart reports whether the next bill would tell at least such a share of the causes from
// the rest.
func (o *outlook) apart(least float64) bool {
	top := 0
	for k, share := range o.share {
		if share > o.share[top] {
			top = k
		}
	}
	others := 0.0
	for k, share := range o.share {
		if math.Abs(o.mean[k]-o.mean[top]) > 1.5*math.Max(o.sd[k], o.sd[top]) {
			others += share
		}
	}
	return others > least
}

// Ahead looks one bill ahead: what would be decided if it came.
type Ahead interface {
	// Next takes the decision on the next bill if its usage a day were so many times this
	// bill's, beside what the season makes of it; less than nothing where a register
	// that was read too high falls back.
	Next(factor float64) Foreseen
}

// Foreseen is the decision on a next bill that has been imagined.
type Foreseen struct {
	Usage  float64                    // of that bill
	Action anomaly.Action             // waiting again is not among them
	Causes []anomaly.CauseProbability // until the next call
}

// foreseen is the decision for one usage of the next bill.
type foreseen struct {
	r, usage float64 // log usage against what is expected, and the usage itself
	changed  bool
	settled  bool
	value    float64
}

const (
	// fine is the probability below which it no longer matters on which side of two
	// imagined bills the decision changes.
	fine = 0.01
	// imagined bounds how many bills are imagined.
	imagined = 48
)

// wait weighs waiting for the next bill: the bill is imagined in every way that it may
// come out, the decision is taken again on each, as it will be on the real one, and
// weighted by how probable that bill is under the causes as they stand (a preposterior
// analysis: the closed form for two causes is in TwoHypotheses).
func (s *situation) wait(v *anomaly.Verdict, best weighed) {
	w := &v.Wait
	switch {
	case s.in.Ahead == nil && !s.asked:
		w.Reason = anomaly.Message{Key: "decide.wait.nothing_open"}
		return
	case best.option == rebill || best.option == goodwill || s.overruling(best.option.action()) != "":
		// This bill is wrong by what is written; no other bill changes that.
		w.Reason = anomaly.Msg("decide.wait.same_step", anomaly.TermArg("action", string(cmp.Or(s.overruling(best.option.action()), best.option.action()))))
		w.Value = -s.lostByWaiting()
		return
	}
	w.Against = best.option.action()
	look := s.outlook()
	var memory [imagined]foreseen
	bills := s.imagine(memory[:0], &look, best.option)
	value, left := 0.0, 0.0
	for i := range bills {
		right := 1.0
		if i+1 < len(bills) {
			right = look.below((bills[i].r + bills[i+1].r) / 2)
		}
		p := right - left
		left = right
		value += p * bills[i].value
		if bills[i].changed {
			w.Changes += p
		}
		if bills[i].settled {
			w.Resolves += p
		}
	}
	w.Changes = s.m.promise.Kept(w.Against, s.asked, w.Changes)
	lost := s.lostByWaiting()
	w.Value = s.stakes.Discount*value - lost - best.value

	switch {
	case w.Changes < s.m.rules.Changes && (w.Resolves >= 0.5 || look.apart(s.m.rules.Apart)):
		// The next bill would tell, but nothing that it could tell changes what is done.
		w.Reason = anomaly.Msg("decide.wait.same_step", anomaly.TermArg("action", string(best.option.action())))
	case w.Changes < s.m.rules.Changes:
		w.Reason = s.sameNextBill()
	case w.Value <= 1e-9 || s.settled(&s.p) || s.costsLittle(best.option):
		// What costs little is done now: it leaves the next bill to tell what it can.
		w.Reason = betterNow(best.option.action(), w.Changes)
	case lost > s.stakes.LossCap*s.visit:
		w.Reason = anomaly.Message{Key: "decide.wait.too_much_at_risk"}
	default:
		w.Allowed = true
		w.Until = s.nextReading()
		s.thresholds(w, bills)
		w.Reason = anomaly.Msg("decide.wait.allowed", anomaly.PercentArg("changes", w.Changes, 0), anomaly.DateArg("until", w.Until))
	}
}

// imagine lists next bills, lowest first, with what would be decided: some of each way
// that it may come out, and more where the decision changes between two.
func (s *situation) imagine(bills []foreseen, look *outlook, best option) []foreseen {
	r, _, _ := s.position()
	var at [3 * 7]float64
	n := 0
	for k, share := range look.share {
		if share < fine {
			continue
		}
		for _, z := range [...]float64{-2.4, -1.5, -0.7, 0, 0.7, 1.5, 2.4} {
			at[n] = look.mean[k] + z*look.sd[k]
			n++
		}
	}
	slices.Sort(at[:n])
	for _, x := range at[:n] {
		if m := len(bills); m > 0 && x-bills[m-1].r < 1e-3 {
			continue
		}
		bills = append(bills, s.foresee(look, x, x-r, best))
	}
	for i := 0; i+1 < len(bills) && len(bills) < imagined; {
		a, b := &bills[i], &bills[i+1]
		if a.changed == b.changed || look.below(b.r)-look.below(a.r) < fine {
			i++
			continue
		}
		x := (a.r + b.r) / 2
		bills = slices.Insert(bills, i+1, s.foresee(look, x, x-r, best))
	}
	return bills
}

// foresee takes the decision again with a next bill that stands at r. Where somebody has
// asked, the matter is this bill, and the next one is evidence about its causes. Where
// nobody has, it is what would be said of the next one.
func (s *situation) foresee(look *outlook, r, change float64, best option) foreseen {
	var q [causes]float64
	if s.asked {
		s.posterior(look, r, &q)
		then := s.readingFirst(s.weigh(&q, now), &q)
		return foreseen{r: r, usage: s.usageAt(r), changed: then.option != best, settled: s.settled(&q), value: s.later(&q, then.option, best)}
	}
	factor := math.Exp(change)
	if x := math.Exp(r - change); r < nothing+1 {
		factor = math.Min(0, (2-x)/x)
	}
	next := s.in.Ahead.Next(factor)
	share(next.Causes, &q)
	then, weighed := optionOf(next.Action)
	f := foreseen{r: r, usage: next.Usage, changed: !weighed || then != best, settled: s.settled(&q)}
	if weighed {
		f.value = s.later(&q, then, best)
	}
	return f
}

// posterior is what the causes are worth after a next bill at r.
func (s *situation) posterior(look *outlook, r float64, q *[causes]float64) {
	var d [3]float64
	for k := range d {
		z := (r - look.mean[k]) / look.sd[k]
		d[k] = math.Exp(-0.5*z*z) / look.sd[k]
	}
	sum := 0.0
	for c := range q {
		n := &look.next[c]
		q[c] = s.p[c] * (n.Same*d[0] + n.Back*d[1] + n.Reverse*d[2])
		sum += q[c]
	}
	if sum == 0 {
		*q = s.p
		return
	}
	for c := range q {
		q[c] /= sum
	}
}

// usageAt is the usage of a bill as long as this one that stands at r.
func (s *situation) usageAt(r float64) float64 {
	e := s.in.Estimate
	if e == nil || !e.Known {
		return 0
	}
	return math.Max(0, math.Exp(e.Mu+r)-e.Offset) * float64(s.bill.Period.Days())
}

// costsLittle reports whether an action is done now, whatever the next bill may tell:
// it takes nobody's time, or that of somebody who has asked or is about to.
func (s *situation) costsLittle(o option) bool {
	switch o {
	case none, inspect:
		return false
	case reread, rebill, goodwill:
		return true
	}
	return s.asked || s.tell
}

// later is what the decision after the next bill is worth from here. Against a test, only
// what can be settled then is counted, as it is after a test: so waiting and testing are
// weighed as one step each.
func (s *situation) later(q *[causes]float64, then, best option) float64 {
	value := 0.0
	switch {
	case then == none:
	case s.m.test[best] && best != inspect:
		_, value = s.bestSettling(q, later)
	case then == inspect:
		value, _ = s.settling(inspect, q, later)
	default:
		value, _ = s.valueOf(then, q, later)
	}
	return value
}

// sameNextBill says that waiting tells nothing apart, and what it costs.
func (s *situation) sameNextBill() anomaly.Message {
	if s.price > 0 && s.up && s.stake > 0 {
		if d, ok := anomaly.DecimalFromFloat(s.stake, 0); ok {
			return anomaly.Msg("decide.wait.same_next_costs", anomaly.MoneyArg("worth", d, s.bill.Currency))
		}
	}
	return anomaly.Message{Key: "decide.wait.same_next"}
}

// lostByWaiting is the expected loss of one more bill that nobody can get back: what
// others use at the customer's expense is gone, of what is not billed a share is. A bill
// that is wrong and stays so until then, and a customer who is put off, cost as well.
func (s *situation) lostByWaiting() float64 {
	gone := 1.0
	if !s.up {
		gone = 1 - s.stakes.RecoveryShare
	}
	lost := s.visitProbability(&s.p) * s.stake * gone
	for i, visit := range s.m.visit {
		if !visit {
			lost += s.p[i] * s.worth[i] * s.m.rules.Delay
		}
	}
	return lost
}

// settled reports whether one cause, or the causes that ask for the same action, hold
// the odds that count as settled.
func (s *situation) settled(q *[causes]float64) bool {
	var by [options]float64
	for c := range q {
		by[s.m.settledBy[c]] += q[c]
	}
	for _, p := range by {
		if p >= s.m.rules.Settled/(1+s.m.rules.Settled) {
			return true
		}
	}
	return false
}

// outlook works out what the next bill may show, given how far this one is off.
//
// Of the prediction's variance the part rho is the level's, which the two bills share;
// the rest is each bill's own. If this bill was off by r: a shift that stays is seen
// again at r, with both bills' noise; without one the next bill is off by what the level
// is off by, rho*r. A misread comes back as what this bill had too much.
func (s *situation) outlook() (o outlook) {
	r, sd, rho := s.position()
	// More than twice as much cannot come back in one bill: then the next one shows nothing.
	reverse, spread := nothing, 0.01
	if x := math.Exp(r); x < 1.95 {
		reverse, spread = math.Log(2-x), sd*math.Sqrt2/(2-x)
	}
	// The level is off by what a level can be off by; more than that was this bill's own.
	level := rho * math.Max(-2*sd, math.Min(2*sd, r))
	// What stays is the level's part and the shift; of the bill's own noise nothing comes
	// again. A change that has lasted is the mean of its bills, and known as well as that.
	own := (1 - rho) * sd * sd
	lasted, made := s.lasted(), s.found("R04")
	stays, known := 1.0, own
	if lasted < 2 {
		stays = (rho*sd*sd + shiftVariance) / (sd*sd + shiftVariance)
		known = stays * own
	}
	o.mean = [3]float64{r * stays, level, reverse}
	o.sd = [3]float64{math.Min(math.Sqrt(own+known), s.restless()), sd * math.Sqrt((1-rho)*(1+rho)), spread}
	if s.bill.Usage.IsZero() {
		o.mean[0], o.sd[0] = nothing, 0.01 // and stays nothing
	}
	for c, p := range s.p {
		n := s.m.next[c].after(lasted)
		if made { // what a misread had too much has come back already
			n.Back, n.Reverse = n.Back+n.Reverse, 0
		}
		o.next[c] = n
		o.share[0] += p * n.Same
		o.share[1] += p * n.Back
		o.share[2] += p * n.Reverse
	}
	return o
}

// nothing is where a bill without any usage stands, below any usage however small.
const nothing = -8.0

// shiftVariance is how far shifts of log usage reach, as a variance about none.
const shiftVariance = 0.25

// lasted is for how many bills the usage has been different, this one among them; zeros
// are counted beyond what the change test looks back.
func (s *situation) lasted() int {
	n := 1
	if e := s.in.Estimate; e != nil {
		n = max(n, e.Change.Bills)
	}
	zeros := 0
	for i := s.in.Bill; i >= 0; i-- {
		b := &s.in.History.Bills[i]
		if b.Cancelled {
			continue
		}
		if !b.Usage.IsZero() {
			break
		}
		zeros++
	}
	return max(n, zeros)
}

// restless is how much the log usage a day changes from one bill of the account to the
// next, as a standard deviation that a few jumps do not move; infinite where too few
// bills tell. A prediction that has just been proved wrong is wider than that.
func (s *situation) restless() float64 {
	const bills, fewest, least = 24, 6, 0.04
	var steps [bills]float64
	n, before := 0, math.NaN()
	for i := s.in.Bill; i >= 0 && n < bills; i-- {
		b := &s.in.History.Bills[i]
		if b.Cancelled || b.Quality.Guessed() || !b.Usage.IsPos() {
			continue
		}
		y := math.Log(b.ADU())
		if !math.IsNaN(before) {
			steps[n] = math.Abs(y - before)
			n++
		}
		before = y
	}
	if n < fewest {
		return math.Inf(1)
	}
	slices.Sort(steps[:n])
	// The median of a normal distribution's absolute values is 0.6745 standard deviations.
	return math.Max(least, (steps[(n-1)/2]+steps[n/2])/2/0.6745)
}

// position is how far this bill is off in log usage, the scale of the prediction and
// the share of its variance that is the level's. A change that has lasted is measured
// from before it began: a level that follows the usage would hide it.
func (s *situation) position() (r, sd, rho float64) {
	e := s.in.Estimate
	if e == nil || !e.Known || e.Scale <= 0 {
		return 0, 0.5, 0.9
	}
	sd = math.Max(e.Scale, 0.03)
	if e.DOF > 2 {
		sd *= math.Sqrt(e.DOF / (e.DOF - 2))
	}
	perDay := anomaly.Float(s.bill.Usage)/math.Max(1, float64(s.bill.Period.Days())) + e.Offset
	if perDay > 0 {
		r = math.Log(perDay) - e.Mu
	} else {
		r = -4
	}
	rho = math.Max(0.2, 1/(1+float64(e.PeriodsUsed)))
	if !e.Comparable {
		rho = 0.8
	}
	if e.Change.Bills >= 2 && math.Abs(e.Change.Shift) > math.Abs(r) {
		r, rho = e.Change.Shift, 0.1
	}
	return math.Max(-4, math.Min(4, r)), sd, rho
}

// waitSeparates returns the live causes whose next bill differs from most others'.
func (s *situation) waitSeparates(live []anomaly.Cause) []anomaly.Cause {
	r, sd, rho := s.position()
	if math.Abs(r)*(1-rho) < 1.5*sd || len(live) < 2 {
		return nil // what stays and what goes back look alike
	}
	var stays, goes []anomaly.Cause
	for _, c := range live {
		if s.m.next[slices.Index(anomaly.Causes, c)].Same > 0.5 {
			stays = append(stays, c)
		} else {
			goes = append(goes, c)
		}
	}
	if len(stays) == 0 || len(goes) == 0 {
		return nil
	}
	return goes
}

// nextReading is the day of the reading that the next bill rests on.
func (s *situation) nextReading() anomaly.Date {
	return s.bill.Period.End.AddDays(s.bill.Period.Days())
}

// thresholds finds the usages of the next bill beyond which the decision changes.
func (s *situation) thresholds(w *anomaly.Wait, bills []foreseen) {
	between := func(i int) anomaly.NullUsage {
		return anomaly.KnownUsage(math.Round((bills[i].usage + bills[i+1].usage) / 2))
	}
	top := len(bills)
	for top > 0 && bills[top-1].changed {
		top--
	}
	bottom := 0
	for bottom < len(bills) && bills[bottom].changed {
		bottom++
	}
	if 0 < top && top < len(bills) {
		w.AtLeast = between(top - 1)
	}
	if 0 < bottom && bottom < len(bills) {
		w.AtMost = between(bottom - 1)
	}
}

// TwoHypotheses is the closed form of waiting for one more observation with two
// hypotheses, fault (probability p) and none, whose next observations are normal and
// delta standard deviations apart. A visit costs cost; finding the fault is worth
// worthNow now and worthThen one bill later; discount is what a value is worth then.
// It returns the expected value of waiting and the probability of a visit after it.
func TwoHypotheses(p, delta, worthNow, worthThen, cost, discount float64) (wait, now, visit float64) {
	now = math.Max(0, p*worthNow-cost)
	if delta <= 0 || worthThen <= cost {
		if p*worthThen > cost {
			visit = 1
		}
		return discount * math.Max(0, p*worthThen-cost), now, visit
	}
	logit := math.Log(p / (1 - p))
	threshold := -math.Log(worthThen/cost - 1)
	phi := func(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }
	fault := phi((logit - threshold + delta*delta/2) / delta)
	fine := phi((logit - threshold - delta*delta/2) / delta)
	wait = discount * (p*(worthThen-cost)*fault - (1-p)*cost*fine)
	return wait, now, p*fault + (1-p)*fine
}
