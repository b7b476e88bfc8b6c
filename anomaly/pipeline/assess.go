package pipeline

import (
	"cmp"
	"slices"

	"whybill/anomaly"
	"whybill/anomaly/check"
	"whybill/anomaly/decide"
	"whybill/anomaly/diagnose"
	"whybill/anomaly/estimate"
)

// Assessor assesses accounts one after the other and keeps its memory between them. It
// is for one goroutine; several may share a Context and a Config.
type Assessor struct {
	// Basis makes every assessment say what its estimate rests on; otherwise only those
	// that ask for something do.
	Basis bool
	// Reasons makes every assessment say what speaks for and against its causes; otherwise
	// only those that ask for something do.
	Reasons bool

	ctx     *anomaly.Context
	cfg     *anomaly.Config
	kernel  *estimate.Kernel
	causes  *diagnose.Model
	actions *decide.Model
	in      check.Input
	found   check.Result
	out     anomaly.Assessment
	price   float64 // of a unit of the bill in hand, where it is in question
	ahead   ahead
}

// NewAssessor returns an assessor; a nil context or configuration means an empty one
// and the defaults.
func NewAssessor(ctx *anomaly.Context, cfg *anomaly.Config) *Assessor {
	if ctx == nil {
		ctx = &anomaly.Context{}
	}
	if cfg == nil {
		defaults := anomaly.DefaultConfig()
		cfg = &defaults
	}
	a := &Assessor{ctx: ctx, cfg: cfg, kernel: estimate.NewKernel(ctx, cfg), causes: causesOf(ctx).Learnt(ctx.Model.LearntPriors()), actions: actionsOf(ctx).Keeping(ctx.Model.LearntPromise())}
	a.ahead.a = a
	return a
}

// causesOf is what the context weighs causes by, actionsOf what it weighs actions by.
func causesOf(ctx *anomaly.Context) *diagnose.Model {
	if m, ok := ctx.Causes.(*diagnose.Model); ok && m != nil {
		return m
	}
	return diagnose.Default()
}

func actionsOf(ctx *anomaly.Context) *decide.Model {
	if m, ok := ctx.Actions.(*decide.Model); ok && m != nil {
		return m
	}
	return decide.Default()
}

// Assess answers the four questions for the account's latest bill as of a day. It is a
// pure function of its arguments: no clock, no I/O, no randomness.
func Assess(h *anomaly.History, ctx *anomaly.Context, cfg *anomaly.Config, asOf anomaly.Date) *anomaly.Assessment {
	return NewAssessor(ctx, cfg).Assess(h, asOf)
}

// Assess assesses the latest bill as of a day. The assessment is the assessor's own
// and holds until the next one; Keep copies it.
func (a *Assessor) Assess(h *anomaly.History, asOf anomaly.Date) *anomaly.Assessment {
	bill := h.LatestBill(asOf)
	if bill < 0 {
		return a.withoutBill(h, asOf)
	}
	return a.AssessBill(h, bill, asOf)
}

// AssessBill assesses one bill of the account by what is known on the day: see History.Known.
func (a *Assessor) AssessBill(h *anomaly.History, bill int, asOf anomaly.Date) *anomaly.Assessment {
	h, bill = h.Known(asOf, bill)
	b := &h.Bills[bill]
	out := &a.out
	*out = anomaly.Assessment{
		AccountID: h.Account.ID, BillKey: b.Key(), Service: h.Account.Service, ServiceAssumed: h.ServiceAssumed,
		Unit: cmp.Or(b.Unit, h.Unit()), Period: b.Period, EndAssumed: b.EndAssumed,
		Usage: b.Usage, Amount: b.Amount, Currency: b.Currency, Quality: b.Quality, Source: b.Source, Route: h.Account.Route,
		Findings: out.Findings[:0], NotChecked: out.NotChecked[:0], History: points(out.History[:0], h, bill),
	}
	a.kernel.AsOf = asOf
	out.Estimate = a.kernel.Estimate(h, bill)
	out.Rebill = rebill(a.ctx.Pricer, h, bill)
	if out.Estimate.Known {
		out.Explained, out.Unexplained = estimate.Explain(h, bill, &out.Estimate, a.ctx.Pricer)
	}

	a.in = check.Input{
		History: h, Bill: bill, Estimate: &out.Estimate, Rebill: &out.Rebill,
		Explained: out.Explained, Unexplained: out.Unexplained,
		Pricer: a.ctx.Pricer, Neighbourhood: a.ctx.Neighbourhood, Config: a.cfg, AsOf: asOf, Rules: a.ctx.Cases,
	}
	a.found.Findings, a.found.NotChecked = out.Findings, out.NotChecked
	check.Run(&a.in, &a.found)
	out.Findings, out.NotChecked = a.found.Findings, a.found.NotChecked

	why := diagnose.Input{
		History: h, Bill: bill, Estimate: &out.Estimate,
		Findings: out.Findings, NotChecked: out.NotChecked, Neighbourhood: a.ctx.Neighbourhood, Config: a.cfg, AsOf: asOf, Model: a.causes,
	}
	out.Causes = diagnose.Diagnose(&why)
	a.price = a.unitPrice(out)
	out.Verdict = decide.Decide(&decide.Input{
		History: h, Bill: bill, Estimate: &out.Estimate,
		Findings: out.Findings, Causes: out.Causes, Unexplained: out.Unexplained,
		UnitPrice: a.price, Config: a.cfg, AsOf: asOf, Model: a.actions, Ahead: a.ahead.look(h, bill, &out.Estimate, asOf),
	})
	a.found.Findings = out.Findings
	check.RunAfter(&a.in, &out.Verdict, &a.found)
	out.Findings = a.found.Findings
	slices.SortStableFunc(out.Findings, func(x, y anomaly.Finding) int { return cmp.Compare(y.Severity, x.Severity) })
	if a.Basis || out.Verdict.Action != anomaly.ActionNone {
		out.Estimate.Basis = estimate.Basis(h, bill, &out.Estimate)
	}
	if a.Reasons || out.Verdict.Action != anomaly.ActionNone {
		why.Findings = out.Findings
		out.Reasons = diagnose.Reasons(&why, reasonsFrom, reasonsMost)
	}
	return out
}

// What speaks for and against a cause is said from this probability on, and so many
// reasons of either kind.
const (
	reasonsFrom = 0.05
	reasonsMost = 2
)

// Explain returns all that speaks for and against each cause of an account's bill.
func (a *Assessor) Explain(h *anomaly.History, bill int, asOf anomaly.Date) []diagnose.Explanation {
	h, bill = h.Known(asOf, bill)
	x := a.AssessBill(h, bill, asOf)
	return diagnose.Explain(&diagnose.Input{
		History: h, Bill: bill, Estimate: &x.Estimate, Findings: x.Findings, NotChecked: x.NotChecked,
		Neighbourhood: a.ctx.Neighbourhood, Config: a.cfg, AsOf: asOf, Model: a.causes,
	})
}

// unitPrice is what a unit of the usage that nothing accounts for costs: at the margin,
// where tiers make it dearer than the average; 0 leaves it to the bill's average, which
// is near enough where nothing is in question.
func (a *Assessor) unitPrice(out *anomaly.Assessment) float64 {
	if len(out.Causes) == 0 || out.Causes[0].Cause == anomaly.CauseNormalVariation && out.Causes[0].Probability > 0.9 {
		return 0
	}
	usage := out.Unexplained.Middle
	if usage > 0 {
		usage = min(usage, anomaly.Float(out.Usage))
	}
	worth, ok := a.in.Worth(usage)
	if !ok || usage == 0 {
		return 0
	}
	return anomaly.Float(worth.Amount) / usage
}

// withoutBill is the verdict on an account that has no bill to assess.
func (a *Assessor) withoutBill(h *anomaly.History, asOf anomaly.Date) *anomaly.Assessment {
	h, _ = h.Known(asOf, -1)
	reason := anomaly.Msg("assess.no_bill", anomaly.DateArg("as_of", asOf))
	a.out = anomaly.Assessment{
		AccountID: h.Account.ID, Service: h.Account.Service, ServiceAssumed: h.ServiceAssumed, Unit: h.Unit(),
		Source:   h.Account.Source,
		Estimate: anomaly.Estimate{Missing: reason},
		Rebill:   anomaly.Rebill{NotChecked: reason},
		Findings: a.out.Findings[:0], NotChecked: a.out.NotChecked[:0], History: a.out.History[:0],
		Causes:  []anomaly.CauseProbability{{Cause: anomaly.CauseInsufficientData, Probability: 1}},
		Verdict: anomaly.Verdict{Action: anomaly.ActionEvidence, Reason: reason, Wait: anomaly.Wait{Reason: reason}},
	}
	// A dispute need not be about a bill.
	a.in = check.Input{History: h, Config: a.cfg, AsOf: asOf, Rules: a.ctx.Cases}
	a.found.Findings, a.found.NotChecked = a.out.Findings, a.out.NotChecked
	check.RunDesk(&a.in, &a.found)
	a.out.Findings, a.out.NotChecked = a.found.Findings, a.found.NotChecked
	return &a.out
}

// points lists the account's bills for a chart, the previous premise's first.
func points(to []anomaly.HistoryPoint, h *anomaly.History, until int) []anomaly.HistoryPoint {
	if h.Previous != nil {
		for i := range h.Previous.Bills {
			if b := &h.Previous.Bills[i]; !b.Cancelled && b.Period.Start < h.Bills[until].Period.Start {
				to = append(to, point(b, true))
			}
		}
	}
	for i := range h.Bills {
		if b := &h.Bills[i]; !b.Cancelled && b.Period.Start <= h.Bills[until].Period.Start {
			to = append(to, point(b, false))
		}
	}
	return to
}

func point(b *anomaly.Bill, otherPremise bool) anomaly.HistoryPoint {
	return anomaly.HistoryPoint{Period: b.Period, Usage: anomaly.Float(b.Usage), Quality: b.Quality, OtherPremise: otherPremise}
}
