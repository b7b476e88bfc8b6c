package train

import (
	"cmp"
	"math"
	"slices"

	"whybill/anomaly"
	"whybill/anomaly/pll"
)

// The cells of the calibration, by number of bills before the predicted one.
var historyBins = [...]struct{ min, max int }{{1, 2}, {3, 5}, {6, 11}, {12, 23}, {24, 0}}

const (
	// minScores is how many predictions a cell needs; with fewer it takes all lengths of history.
	minScores = 500
	// recentDays: the last year's scores count alone where there are enough of them,
	// because what intervals have to allow for changes; a year, because it changes over
	// the year too.
	recentDays = 366
)

// promised are the tail probabilities of the 90, 95 and 99 % intervals.
var promised = [...]float64{0.05, 0.025, 0.005}

// score is where a bill fell in the distribution that was foretold: 0 at its lower end,
// 1 at its upper end.
type score struct {
	probability float64
	bills       int
	end         anomaly.Date
}

// calibrate works out, by split conformal prediction (signed: each tail by itself),
// which tail probabilities of the model's distribution hold the promised share of bills
// in predictions by shapes that other accounts had.
func calibrate(accounts []*account, g *anomaly.GroupModel, shapes crossed) {
	all := predictAll(accounts, g, shapes)
	g.Calibration = appendCells(nil, scoresOf(all), false)
	if shifted := withPeers(all); shifted != nil {
		g.Calibration = appendCells(g.Calibration, scoresOf(shifted), true)
	}
}

// residual is one one-step-ahead prediction and what came.
type residual struct {
	period      anomaly.Period
	y           float64
	location    float64
	scale, dof  float64
	bills, fold int
}

func scoresOf(all []residual) []score {
	scores := make([]score, len(all))
	for i := range all {
		r := &all[i]
		z := (r.y - r.location) / r.scale
		scores[i] = score{pll.StudentCDF(z, r.dof), r.bills, r.period.End}
	}
	return scores
}

// predictAll predicts every bill of every account from the bills before it.
func predictAll(accounts []*account, g *anomaly.GroupModel, shapes crossed) (all []residual) {
	priors := foldPriors(g, shapes)
	for _, a := range accounts {
		all = slices.AppendSeq(all, a.residuals(&priors[a.fold()]))
	}
	return all
}

// residuals yields the one-step-ahead predictions of the account's bills after the first.
func (a *account) residuals(prior *pll.Filter) func(yield func(residual) bool) {
	return func(yield func(residual) bool) {
		f := *prior
		var row pll.Row
		for i := range a.bills {
			b := &a.bills[i]
			pll.SeasonRow(b.period, &row)
			location, scale := f.Predict(b.period, &row)
			if i > 0 && !yield(residual{b.period, b.y, location, scale, f.DOF(), i, a.fold()}) {
				return
			}
			f.Learn(b.y)
		}
	}
}

// withPeers adds to the same predictions the factor that the accounts of the other
// folds had in common; nil where there are too few for one.
func withPeers(all []residual) []residual {
	var shifted []residual
	for fold := range Folds {
		var others []residual
		for i := range all {
			if all[i].fold != fold && all[i].bills >= firstCommon {
				others = append(others, all[i])
			}
		}
		common := commonFactor(others)
		if common == nil {
			return nil
		}
		for _, r := range all {
			if shift, ok := common.At(r.period); ok && r.fold == fold {
				r.location += shift
				shifted = append(shifted, r)
			}
		}
	}
	return shifted
}

func appendCells(cells []anomaly.CalibrationCell, scores []score, peers bool) []anomaly.CalibrationCell {
	everyLength, ok := cellOf(scores, 0, 0)
	if !ok {
		return cells
	}
	for _, bin := range historyBins {
		cell, ok := cellOf(scores, bin.min, bin.max)
		if !ok {
			cell = everyLength
		}
		cell.MinBills, cell.MaxBills, cell.Peers = bin.min, bin.max, peers
		cells = append(cells, cell)
	}
	return cells
}

// cellOf calibrates one cell: the recent scores where there are enough, all otherwise;
// ok is false where even those are too few.
func cellOf(scores []score, low, high int) (cell anomaly.CalibrationCell, ok bool) {
	var in []score
	var last anomaly.Date
	for _, s := range scores {
		if s.bills >= low && (high == 0 || s.bills <= high) {
			in = append(in, s)
			last = max(last, s.end)
		}
	}
	var recent []score
	for _, s := range in {
		if s.end > last-recentDays {
			recent = append(recent, s)
		}
	}
	if len(recent) >= minScores {
		in = recent
	}
	if len(in) < minScores {
		return cell, false
	}
	slices.SortFunc(in, func(a, b score) int { return cmp.Compare(a.probability, b.probability) })
	cell.Scores = len(in)
	m := float64(len(in) + 1)
	for i, tail := range promised {
		// The k-th smallest and largest of m-1 scores bound a new one with probability k/m each.
		k := max(1, int(m*tail))
		cell.Low[i] = bounded(in[k-1].probability)
		cell.High[i] = bounded(1 - in[len(in)-k].probability)
	}
	return cell, true
}

// bounded keeps a tail probability where quantiles are meaningful.
func bounded(p float64) float64 { return max(1e-4, min(0.25, p)) }

// score is where the measured bill fell in its prediction.
func (f *forecast) score() score {
	y := math.Log(f.usage/float64(f.period.Days()) + f.offset)
	return score{pll.StudentCDF((y-f.mu)/f.scale, f.dof), f.bills, f.period.End}
}

// recalibrate gives the forecasts of each month the intervals that training on its first
// day would have given: from bills of other folds that had ended by then, in the year before.
func recalibrate(all []forecast) {
	type month struct{ year, month int }
	of := func(d anomaly.Date) month { y, m, _ := d.Civil(); return month{y, m} }
	months := map[month][]*forecast{}
	groups := map[string][]*forecast{}
	for i := range all {
		f := &all[i]
		months[of(f.period.Start)] = append(months[of(f.period.Start)], f)
		groups[f.group] = append(groups[f.group], f)
	}
	for m, fs := range months {
		first, _ := anomaly.NewDate(m.year, m.month, 1)
		cells := map[string][Folds][]anomaly.CalibrationCell{}
		for _, f := range fs {
			byFold, ok := cells[f.group]
			if !ok {
				byFold = cellsAt(groups[f.group], first)
				cells[f.group] = byFold
			}
			f.calibrate(byFold[f.fold])
		}
	}
}

func cellsAt(fs []*forecast, day anomaly.Date) (byFold [Folds][]anomaly.CalibrationCell) {
	for fold := range byFold {
		var scores []score
		for _, f := range fs {
			if f.fold != fold && f.period.End <= day && f.period.End > day-recentDays && f.scale > 0 {
				scores = append(scores, f.score())
			}
		}
		byFold[fold] = appendCells(nil, scores, false)
	}
	return byFold
}

func (f *forecast) calibrate(cells []anomaly.CalibrationCell) {
	for i := range cells {
		c := &cells[i]
		if c.MinBills > f.bills || (c.MaxBills != 0 && f.bills > c.MaxBills) {
			continue
		}
		days := float64(f.period.Days())
		for level := range f.low {
			f.low[level] = max(0, (math.Exp(f.mu-f.scale*pll.StudentQuantile(c.Low[level], f.dof))-f.offset)*days)
			f.high[level] = (math.Exp(f.mu+f.scale*pll.StudentQuantile(c.High[level], f.dof)) - f.offset) * days
		}
	}
}
