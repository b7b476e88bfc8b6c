package decide

import (
	"cmp"
	"math"
	"slices"

	"whybill/anomaly"
)

// Input is what the decision rests on.
type Input struct {
	History     *anomaly.History
	Bill        int
	Estimate    *anomaly.Estimate
	Findings    []anomaly.Finding
	Causes      []anomaly.CauseProbability
	Unexplained anomaly.UnexplainedRange
	Config      *anomaly.Config // nil: the defaults
	// UnitPrice is what one unit at the margin of the bill costs, in the bill's currency;
	// 0 where it is not known: then the bill's average is taken, or the configured price.
	UnitPrice float64
	AsOf      anomaly.Date
	// Ahead looks at the next bill; nil: waiting for it is not weighed, and not allowed.
	Ahead Ahead
	Model *Model // nil: the built-in one
}

var defaults = anomaly.DefaultConfig()

// situation is one decision in the making. Values are in the bill's currency or,
// where there is no price, in usage.
type situation struct {
	in     *Input
	m      *Model
	stakes *anomaly.Stakes
	bill   *anomaly.Bill
	p      [causes]float64

	finder  *anomaly.Inspection // the visit that has found the cause; nil: none has
	circuit *anomaly.Finding    // the self-test that has found the circuit that draws; nil: none has
	zeros   int                 // so many bills in a row say that nothing was used where somebody lives
	reread  bool                // the meter has been read since, and that shows which reading was wrong
	unused  *anomaly.Finding    // that something is used where nobody is to use anything
	missing *anomaly.Finding    // by what the usage has fallen short for as long as there are bills
	asked   bool                // somebody has asked about the bill
	answer  bool                // somebody has, or is about to
	alarm   bool                // the bill is looked into even if nobody asks
	tell    bool                // and the customer hears of it before he asks
	up      bool                // more was billed than is accounted for
	price   float64
	visit   float64          // what a visit costs
	stake   float64          // what is at stake in a bill
	arrears float64          // the same since the onset, within the window
	bills   float64          // how many bills like this one that is
	ahead   float64          // the stake of as many months to come as the window has
	value   float64          // what finding a fault now is worth
	worth   [causes]float64  // what settling a cause is worth
	barred  [options]barrier // why an action is out of the question
}

// Decide returns the verdict on a bill.
func Decide(in *Input) anomaly.Verdict {
	s := newSituation(in)
	if s.quiet() {
		return s.leaveAlone()
	}
	s.weighStakes()
	s.bar()
	return s.verdict()
}

// Act returns the action alone that is best without waiting.
func Act(in *Input) anomaly.Action {
	s := newSituation(in)
	if s.quiet() {
		return anomaly.ActionNone
	}
	s.weighStakes()
	s.bar()
	best := s.best().option.action()
	return cmp.Or(s.overruling(best), best)
}

func newSituation(in *Input) situation {
	s := situation{in: in, m: in.Model, bill: &in.History.Bills[in.Bill]}
	if s.m == nil {
		s.m = Default()
	}
	s.m = s.m.For(in.History.Account.Service)
	if s.bill.Quality.Guessed() {
		s.m = s.m.guessed
	}
	s.stakes = &defaults.Stakes
	if in.Config != nil {
		s.stakes = &in.Config.Stakes
	}
	share(in.Causes, &s.p)
	s.lookForFind()
	s.lookForReading()
	s.lookForUse()
	s.lookForCircuit()
	s.countZeros()
	s.asked = in.History.Asked(in.Bill, in.AsOf)
	return s
}

// share puts the causes' probabilities in the order of anomaly.Causes.
func share(from []anomaly.CauseProbability, to *[causes]float64) {
	for i := range from {
		for j, known := range anomaly.Causes {
			if known == from[i].Cause {
				to[j] = from[i].Probability
				break
			}
		}
	}
}

// quiet reports whether nobody has asked about a bill that is more likely normal than
// not and raises no alarm, and no document says that it is wrong.
func (s *situation) quiet() bool {
	if s.asked || s.p[normalVariation] < s.m.rules.Quiet || s.above(s.m.rules.Alarm) {
		return false
	}
	for i := range s.in.Findings {
		if decisive(&s.in.Findings[i]) {
			return false
		}
	}
	return true
}

// decisive reports whether a finding alone settles what is done: data that contradict
// each other, a bill that is wrong by its own documents, money that must not be asked for.
func decisive(f *anomaly.Finding) bool {
	switch f.Action {
	case anomaly.ActionFixData:
		return f.Severity >= anomaly.High || f.Check == "D05" && f.Severity >= anomaly.Medium
	case anomaly.ActionRebill:
		return f.Severity >= anomaly.Critical
	case anomaly.ActionInspect:
		// A test that has found something is not weighed against its bill: it is looked for.
		return f.Severity >= anomaly.Critical
	case anomaly.ActionHoldCollection:
		// What stops the clock of a complaint is its answer: that goes first.
		return f.Severity >= anomaly.High && f.Check != "C07"
	}
	return false
}

// normalVariation is the place of that cause in anomaly.Causes.
const normalVariation = 0

func (s *situation) leaveAlone() anomaly.Verdict {
	// Nothing is recoverable where nothing is wrong; this is the way of nearly all bills.
	v := anomaly.Verdict{
		Action:                anomaly.ActionNone,
		InspectionProbability: s.stakes.Sensitivity * s.visitProbability(&s.p),
		RecoverableMonths:     s.stakes.BackBillMonths,
	}
	v.Reason = s.leftAlone(&v)
	v.Wait.Reason = anomaly.Message{Key: "decide.wait.nothing_open"}
	s.weighStakes()
	v.PriorityInUsage = s.price == 0
	v.Priority = s.priority(v.InspectionProbability)
	return v
}

// visitProbability is how probable the causes are that only a visit can mend.
func (s *situation) visitProbability(p *[causes]float64) float64 {
	sum := 0.0
	for i, visit := range s.m.visit {
		if visit {
			sum += p[i]
		}
	}
	return sum
}

func (s *situation) priority(found float64) float64 {
	return (found*s.value - s.visit) / math.Max(s.stakes.VisitHours, 0.1)
}

// weighed is an option with its value.
type weighed struct {
	option option
	value  float64
}

// serious is how probable the causes are that need more than an explanation.
func (s *situation) serious(p *[causes]float64) float64 {
	sum := 1.0
	for i, by := range s.m.settledBy {
		if by == explain {
			sum -= p[i]
		}
	}
	return sum
}

// weigh returns the best option at a posterior, with its value. Without anybody asking,
// a cause that is only possible is no reason to do anything.
func (s *situation) weigh(p *[causes]float64, when moment) weighed {
	best := weighed{none, 0}
	last := options
	if !s.asked && !s.alarm && s.zeros != 1 && s.serious(p) < s.m.rules.Unasked {
		last = explain + 1
	}
	for o := explain; o < last; o++ {
		if v, ok := s.valueOf(o, p, when); ok && v > best.value+1e-9 {
			best = weighed{o, v}
		}
	}
	if best.option == inspect && s.testFirst(p) {
		if v, ok := s.valueOf(selftest, p, when); ok && v > 0 {
			best = weighed{selftest, v}
		}
	}
	return best
}

// best is what is done now if nobody waits.
func (s *situation) best() weighed {
	best := s.weigh(&s.p, now)
	if v, ok := s.valueOf(inspect, &s.p, now); best.option == evidence && s.zeros > 1 && ok && v > 0 {
		best.option = inspect // the bill before was the one to ask about; who goes there asks
	}
	return s.readingFirst(best, &s.p)
}

// testFirst reports whether the customer, who has asked and so is there, can see before
// anybody comes what a visit would look for.
func (s *situation) testFirst(p *[causes]float64) bool {
	if !s.asked || s.barred[selftest] != free || s.testFound() {
		return false
	}
	seen, all := 0.0, 0.0
	for i, visit := range s.m.visit {
		if visit {
			seen += p[i] * s.m.sees[selftest][i]
			all += p[i]
		}
	}
	// A visit that nearly always finds something needs no reason beside that.
	return seen >= s.m.rules.First*all && s.stakes.Sensitivity*all < s.m.rules.Sure
}

// valueOf is the expected net value of an option: what it settles at once, or what is
// best after it has or has not turned something up. ok is false where it is barred.
func (s *situation) valueOf(o option, p *[causes]float64, when moment) (float64, bool) {
	if o == none {
		return 0, true
	}
	if s.barred[o] != free {
		return 0, false
	}
	switch o {
	case selftest, review, evidence, reread:
		return s.testValue(o, p), true
	}
	return s.settling(o, p, when)
}

// moment is when an action would be taken.
type moment uint8

const (
	now            moment = iota
	later                 // after a test or another bill
	laterForReason        // after a test that has found a reason for a visit, even for a second one
)

// settling is the value of an action by what it puts right.
//
// A visit that depends on what a test or the next bill shows costs, beside itself, what
// its hour brings elsewhere: somewhere it finds something with the least hit rate. So
// its value begins at nought there, and nothing is worth more for lifting a doubtful
// case just over the threshold.
func (s *situation) settling(o option, p *[causes]float64, when moment) (float64, bool) {
	g := s.gains(p)
	return s.gained(&g, o, when)
}

// gains is what each action would put right, by what that is worth.
type gains struct {
	by    [options]float64
	visit float64 // the probability of the causes that only a visit can mend
}

func (s *situation) gains(p *[causes]float64) (g gains) {
	for i, by := range s.m.settledBy {
		g.by[by] += p[i] * s.worth[i]
		if s.m.visit[i] {
			g.visit += p[i]
		}
	}
	return g
}

func (s *situation) gained(g *gains, o option, when moment) (float64, bool) {
	if s.barred[o] != free && (s.barred[o] != repeatVisit || when != laterForReason) {
		return 0, false
	}
	if o != inspect {
		return g.by[o] - s.m.cost[o]*s.visit, true
	}
	found, least := s.stakes.Sensitivity*g.visit, s.leastHitRate()
	if when == laterForReason {
		least = s.stakes.MinHitRate
	}
	if found < least {
		return 0, false
	}
	v := found*s.value - s.visit
	if when != now {
		v = math.Min(v, (found-least)*s.value)
	}
	return v, true
}

// testValue is the value of looking first: the best that can be done with either
// answer, weighted, less the cost of looking.
func (s *situation) testValue(o option, p *[causes]float64) float64 {
	sees := &s.m.sees[o]
	hit := 0.0
	for i := range p {
		hit += p[i] * sees[i]
	}
	var yes, no [causes]float64
	for i := range p {
		yes[i] = p[i] * sees[i] / hit
		no[i] = p[i] * (1 - sees[i]) / (1 - hit)
	}
	found := later
	if o == selftest {
		found = laterForReason
	}
	otherwise := later
	if o == evidence && s.zeros > 0 {
		otherwise = laterForReason // nobody was away: a register that stands is one
	}
	_, up := s.bestSettling(&yes, found)
	_, down := s.bestSettling(&no, otherwise)
	if o == reread {
		up = 0 // it settles what it finds; see below
	}
	cost := s.m.cost[o] * s.visit
	if !s.asked && (o == selftest || o == review) {
		cost *= s.m.rules.Bother // it is the time of somebody who has not asked
	}
	v := hit*up + (1-hit)*down - cost
	for i, by := range s.m.settledBy {
		if by == o {
			// The second reading, or the document, puts it right itself.
			v += p[i] * sees[i] * s.worth[i]
		}
	}
	return v
}

// leastHitRate is how probable it must be that a visit finds something.
func (s *situation) leastHitRate() float64 {
	if s.asked || s.zeros > 1 || s.unused != nil {
		return s.stakes.MinHitRate
	}
	return math.Max(s.stakes.MinHitRate, s.m.rules.Visit)
}

// bestSettling is the best that can be done without another test.
func (s *situation) bestSettling(p *[causes]float64, when moment) (option, float64) {
	best, value := none, 0.0
	g := s.gains(p)
	for _, o := range [...]option{explain, rebill, goodwill, inspect} {
		if v, ok := s.gained(&g, o, when); ok && v > value+1e-9 {
			best, value = o, v
		}
	}
	return best, value
}

// then is what follows an action that does not settle the matter by itself: after a
// reading the bill is corrected; a self-test that sees something is followed by a visit;
// an answer that explains nothing by what is best without it.
func (s *situation) then(o option) anomaly.Action {
	switch o {
	case reread:
		return anomaly.ActionRebill
	case selftest:
		return anomaly.ActionInspect
	case review, evidence:
		var p [causes]float64
		rest := 0.0
		for i := range s.p {
			p[i] = s.p[i] * (1 - s.m.sees[o][i])
			rest += p[i]
		}
		for i := range p {
			p[i] /= rest
		}
		if o == review && s.barred[selftest] == free {
			return anomaly.ActionSelftest
		}
		when := later
		if s.zeros > 0 {
			when = laterForReason
		}
		if next, _ := s.bestSettling(&p, when); next != none && next != explain {
			return next.action()
		}
	}
	return ""
}

// live returns the causes that are still in play, most probable first.
func (s *situation) live() []anomaly.Cause {
	var out []anomaly.Cause
	for i := range s.in.Causes {
		c := &s.in.Causes[i]
		if c.Probability < s.m.rules.Live || c.Probability*s.m.rules.Outweighed < s.in.Causes[0].Probability {
			continue
		}
		if c.Cause != anomaly.CauseOther && c.Cause != anomaly.CauseInsufficientData {
			out = append(out, c.Cause)
		}
	}
	return out
}

// separates returns the live causes that an action tells from the rest.
func (s *situation) separates(o option, live []anomaly.Cause) []anomaly.Cause {
	if !s.m.test[o] || len(live) < 2 {
		return nil
	}
	sum, weight := 0.0, 0.0
	for _, c := range live {
		i := slices.Index(anomaly.Causes, c)
		sum += s.p[i] * s.m.sees[o][i]
		weight += s.p[i]
	}
	var out []anomaly.Cause
	for _, c := range live {
		i := slices.Index(anomaly.Causes, c)
		others := (sum - s.p[i]*s.m.sees[o][i]) / (weight - s.p[i])
		if s.m.sees[o][i] >= others+s.m.rules.Apart {
			out = append(out, c)
		}
	}
	return out
}
