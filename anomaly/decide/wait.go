package decide

import (
	"math"
	"slices"

	"whybill/anomaly"
)

// gridPoints is on how many values of the next bill the decision is taken again.
const gridPoints = 121

// outlook is what the next bill may show, as log usage against what is expected: the
// same shift again, back to what is usual, or the reverse of a misread. Each is a normal
// distribution; the causes differ in how they divide among the three.
type outlook struct {
	mean, sd  [3]float64
	low, high float64 // the range that what is probable covers
}

// densities is how probable the next bill's usage r is under each of the three.
func (o *outlook) densities(r float64) (d [3]float64) {
	for k := range d {
		z := (r - o.mean[k]) / o.sd[k]
		d[k] = math.Exp(-0.5*z*z) / o.sd[k]
	}
	return d
}

// wait weighs waiting for the next bill: the decision is taken again for every usage
// that the next bill may show, weighted by how probable each is under the causes as
// they stand (a preposterior analysis: the closed form for two causes is in
// TwoHypotheses, and a test holds this to it).
func (s *situation) wait(v *anomaly.Verdict, best weighed) {
	w := &v.Wait
	look := s.outlook()
	low, step := look.low, (look.high-look.low)/(gridPoints-1)
	var act [gridPoints]option
	total, value := 0.0, 0.0
	for j := range gridPoints {
		r := low + float64(j)*step
		var q [causes]float64
		sum := s.posterior(look.densities(r), &q)
		if sum == 0 {
			continue
		}
		then := s.after(&q, best.option)
		act[j] = then.option
		total += sum
		value += sum * then.value
		if then.option != best.option {
			w.Changes += sum
		}
		if s.settled(&q) {
			w.Resolves += sum
		}
	}
	if total == 0 {
		total = 1
	}
	w.Changes /= total
	w.Resolves /= total
	lost := s.lostByWaiting()
	w.Value = s.stakes.Discount*value/total - lost - best.value

	switch {
	case w.Changes < s.m.rules.Changes && w.Resolves >= 0.5:
		// The next bill would tell, but nothing that it could tell changes what is done.
		w.Reason = anomaly.Msg("decide.wait.same_step", anomaly.TermArg("action", string(best.option.action())))
	case w.Changes < s.m.rules.Changes:
		w.Reason = s.sameNextBill()
	case w.Value <= 1e-9 || s.settled(&s.p) || s.costsLittle(best.option):
		// What costs little is done now: it leaves the next bill to tell what it can.
		w.Reason = anomaly.Msg("decide.wait.better_now", anomaly.TermArg("action", string(best.option.action())), anomaly.PercentArg("changes", w.Changes, 0))
	case lost > s.stakes.LossCap*s.visit:
		w.Reason = anomaly.Message{Key: "decide.wait.too_much_at_risk"}
	default:
		w.Allowed = true
		w.Until = s.nextReading()
		s.thresholds(w, &act, best.option, low, step)
		w.Reason = anomaly.Msg("decide.wait.allowed", anomaly.PercentArg("changes", w.Changes, 0), anomaly.DateArg("until", w.Until))
	}
}

// posterior is what the causes are worth after the next bill, and how probable that
// bill is (but for a constant).
func (s *situation) posterior(d [3]float64, q *[causes]float64) float64 {
	sum := 0.0
	for c := range q {
		n := &s.m.next[c]
		q[c] = s.p[c] * (n.Same*d[0] + n.Back*d[1] + n.Reverse*d[2])
		sum += q[c]
	}
	if sum > 0 {
		for c := range q {
			q[c] /= sum
		}
	}
	return sum
}

// costsLittle reports whether an action is done now, whatever the next bill may tell:
// it takes nobody's time, or that of somebody who has asked.
func (s *situation) costsLittle(o option) bool {
	switch o {
	case none, inspect:
		return false
	case reread, rebill, goodwill:
		return true
	}
	return s.asked
}

// after is the decision on a posterior after the next bill, on the same terms as now,
// with what it is worth from here. Against a test, only what can be settled then is
// counted, as it is after a test: so waiting and testing are weighed as one step each.
func (s *situation) after(q *[causes]float64, best option) weighed {
	if !s.asked && q[normalVariation] >= s.m.rules.Quiet {
		return weighed{none, 0}
	}
	then := s.weigh(q, now)
	switch {
	case s.m.test[best] && best != inspect && then.option != none:
		_, then.value = s.bestSettling(q, later)
	case then.option == inspect:
		then.value, _ = s.settling(inspect, q, later)
	}
	return then
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
	reverse, spread := -2.5, math.Max(sd, 0.5)
	if x := math.Exp(r); x < 1.9 {
		reverse, spread = math.Log(2-x), math.Max(sd, 0.05)*x/(2-x)
	}
	// The level is off by what a level can be off by; more than that was this bill's own.
	level := rho * math.Max(-2*sd, math.Min(2*sd, r))
	o.mean = [3]float64{r, level, reverse}
	o.sd = [3]float64{sd * math.Sqrt(2*(1-rho)), sd * math.Sqrt((1-rho)*(1+rho)), spread}
	o.low, o.high = math.Inf(1), math.Inf(-1)
	for c := range s.p {
		if s.p[c] < 1e-4 {
			continue
		}
		n := &s.m.next[c]
		for k, share := range [3]float64{n.Same, n.Back, n.Reverse} {
			if share > 0 {
				o.low, o.high = math.Min(o.low, o.mean[k]-4*o.sd[k]), math.Max(o.high, o.mean[k]+4*o.sd[k])
			}
		}
	}
	return o
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
func (s *situation) thresholds(w *anomaly.Wait, act *[gridPoints]option, now option, low, step float64) {
	e := s.in.Estimate
	if e == nil || !e.Known {
		return
	}
	days := float64(s.bill.Period.Days())
	usage := func(j int) anomaly.NullUsage {
		return anomaly.KnownUsage(math.Max(0, math.Round((math.Exp(e.Mu+low+float64(j)*step)-e.Offset)*days)))
	}
	top := gridPoints
	for top > 0 && act[top-1] != now {
		top--
	}
	bottom := -1
	for bottom < gridPoints-1 && act[bottom+1] != now {
		bottom++
	}
	if top < gridPoints && top > 0 {
		w.AtLeast = usage(top)
	}
	if bottom >= 0 && bottom < gridPoints-1 {
		w.AtMost = usage(bottom)
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
