package train

import (
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/optimize"

	"whybill/anomaly"
	"whybill/anomaly/pll"
)

// fitGroup learns one group's numbers from its accounts.
func fitGroup(accounts []*account, cold anomaly.GroupModel, opt *Options) (anomaly.GroupModel, error) {
	g := cold
	levels, medians := make([]float64, len(accounts)), make([]float64, len(accounts))
	for i, a := range accounts {
		levels[i], medians[i] = a.level, a.median
	}
	g.Level, g.LevelSD = median(levels), 0
	deviations := make([]float64, len(levels))
	for i, l := range levels {
		deviations[i] = math.Abs(l - g.Level)
	}
	g.LevelSD = max(0.5, 1.4826*median(deviations))
	g.MedianUsage = median(medians)

	// Each round learns the shapes with the shrinkage that the round before found best.
	var foldShapes crossed
	pooled := crossSeasons(accounts)
	for range opt.Rounds {
		shapes := crossShapes(accounts, &pooled, &g, opt)
		if err := fitHyper(accounts, &g, shapes, opt); err != nil {
			return g, err
		}
		g.Archetypes = shapes[Folds]
		foldShapes = shapes
	}
	fitLists(accounts, &g)
	fitWeather(accounts, &g, foldShapes)
	calibrate(accounts, &g, foldShapes)
	return g, nil
}

// crossed holds the archetypes learnt without each fold, and last from all.
type crossed [Folds + 1][]anomaly.Archetype

// without lists the accounts that are not of a fold; all of them for Folds.
func without(accounts []*account, fold int) []*account {
	others := make([]*account, 0, len(accounts))
	for _, a := range accounts {
		if fold == Folds || a.fold() != fold {
			others = append(others, a)
		}
	}
	return others
}

// crossSeasons fits the one season of all accounts once without each fold, and last to all.
func crossSeasons(accounts []*account) (pooled [Folds + 1]season) {
	var wg sync.WaitGroup
	for fold := range pooled {
		wg.Go(func() { pooled[fold] = pooledSeason(without(accounts, fold)) })
	}
	wg.Wait()
	return pooled
}

// crossShapes learns the archetypes once without each fold, and last from all, starting
// from the one season of the same accounts.
func crossShapes(accounts []*account, pooled *[Folds + 1]season, g *anomaly.GroupModel, opt *Options) (shapes crossed) {
	var wg sync.WaitGroup
	for fold := range shapes {
		wg.Go(func() {
			one := *g
			one.Archetypes = []anomaly.Archetype{{Share: 1, Season: pooled[fold]}}
			shapes[fold] = archetypes(without(accounts, fold), &one, opt.Archetypes)
		})
	}
	wg.Wait()
	return shapes
}

// hyper are the numbers that the optimizer finds, with the bounds that they may not
// leave. It sees their logarithms.
var hyper = []struct {
	low, high float64
	of        func(g *anomaly.GroupModel) *float64
}{
	{1e-3, 50, func(g *anomaly.GroupModel) *float64 { return &g.LevelDrift }},
	{1e-3, 1e3, func(g *anomaly.GroupModel) *float64 { return &g.SeasonVariance }},
	{1e-2, 1, func(g *anomaly.GroupModel) *float64 { return &g.SeasonDecay }},
	{1e-3, 50, func(g *anomaly.GroupModel) *float64 { return &g.PassingVariance }},
	{0.05, 0.8, func(g *anomaly.GroupModel) *float64 { return &g.PassingMemory }},
	{1e-3, 2, func(g *anomaly.GroupModel) *float64 { return &g.Sigma }},
	{2.05, 100, func(g *anomaly.GroupModel) *float64 { return &g.SigmaWeight }},
	{2, 2000, func(g *anomaly.GroupModel) *float64 { return &g.RobustDOF }},
}

func pack(g *anomaly.GroupModel) []float64 {
	x := make([]float64, len(hyper))
	for i, h := range hyper {
		x[i] = math.Log(*h.of(g))
	}
	return x
}

func unpack(x []float64, g *anomaly.GroupModel) {
	for i, h := range hyper {
		*h.of(g) = max(h.low, min(h.high, math.Exp(x[i])))
	}
}

// outside grows with how far x leaves the bounds, so that the search turns back.
func outside(x []float64) (sum float64) {
	for i, h := range hyper {
		sum += max(0, math.Log(h.low)-x[i]) + max(0, x[i]-math.Log(h.high))
	}
	return sum
}

// searched is how many accounts the search looks at: eight numbers need no more.
const searched = 600

// fitHyper finds the hyper-parameters under which each next bill was most probable,
// given the shapes that other accounts have: the maximum of the mean of
// log(0.99*density + 0.0005), whose floor keeps single bills from mattering too much.
func fitHyper(accounts []*account, g *anomaly.GroupModel, shapes crossed, opt *Options) error {
	accounts = accounts[:min(len(accounts), searched)]
	start := pack(g)
	problem := optimize.Problem{Func: func(x []float64) float64 {
		trial := *g
		unpack(x, &trial)
		return -logScore(accounts, &trial, shapes) + outside(x) + distrust(x, start)/float64(len(accounts))
	}}
	result, err := optimize.Minimize(problem, start, &optimize.Settings{
		FuncEvaluations: opt.Evaluations,
		Converger:       &optimize.FunctionConverge{Absolute: 1e-4, Iterations: 30},
	}, &optimize.NelderMead{SimplexSize: 0.4})
	if err != nil {
		return err
	}
	unpack(result.X, g)
	return nil
}

// distrust is a weak normal prior around the start, worth one account: a factor of e
// away costs half a unit of log score.
func distrust(x, start []float64) (sum float64) {
	for i := range x {
		sum += (x[i] - start[i]) * (x[i] - start[i]) / 2
	}
	return sum
}

func logScore(accounts []*account, g *anomaly.GroupModel, shapes crossed) float64 {
	priors := foldPriors(g, shapes)
	scores, counts := make([]float64, len(accounts)), make([]int, len(accounts))
	const workers = 2
	var wg sync.WaitGroup
	for w := range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := w; i < len(accounts); i += workers {
				scores[i], counts[i] = scoreAccount(accounts[i], &priors[accounts[i].fold()])
			}
		}()
	}
	wg.Wait()
	var sum float64
	n := 0
	for i := range scores { // in order, so that the sum is the same every time
		sum += scores[i]
		n += counts[i]
	}
	return sum / float64(max(n, 1))
}

func foldPriors(g *anomaly.GroupModel, shapes crossed) (priors [Folds]pll.Filter) {
	for fold := range priors {
		one := *g
		one.Archetypes = shapes[fold]
		priors[fold] = pll.Prior(&one)
	}
	return priors
}

// firstScored is the bill from which on predictions count: the first ones find the level.
const firstScored = 2

func scoreAccount(a *account, prior *pll.Filter) (sum float64, n int) {
	f := *prior
	var row pll.Row
	for i := range a.bills {
		pll.SeasonRow(a.bills[i].period, &row)
		f.Predict(a.bills[i].period, &row)
		d := f.Learn(a.bills[i].y)
		if i >= firstScored {
			sum += math.Log(0.99*math.Exp(d) + 0.0005)
			n++
		}
	}
	return sum, n
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	v := slices.Clone(values)
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}
