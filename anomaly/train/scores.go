package train

import (
	"fmt"
	"math"
	"slices"
)

// BacktestResult is what a backtest came to. Ratios are ratios: 0.05 is 5 %.
type BacktestResult struct {
	Accounts  int `json:"accounts"`
	Forecasts int `json:"forecasts"`
	// Methods is the whole; the estimate comes first.
	Methods []MethodScore `json:"methods"`
	// Groups and HistoryLengths are the estimate's scores by group of accounts and by
	// number of bills before the measured one.
	Groups         []NamedScore `json:"groups"`
	HistoryLengths []NamedScore `json:"history_lengths"`
	// Cycles is the coverage by the month of the closing reading: a common shock shows here
	// and nowhere else. WorstCycle is the lowest of those with at least
	// 100 forecasts.
	Cycles     []CycleCoverage `json:"cycles"`
	WorstCycle *float64        `json:"worst_cycle_coverage90,omitempty"`
}

// MethodScore measures one method.
type MethodScore struct {
	Method    string `json:"method"`
	Forecasts int    `json:"forecasts"`
	// NMAE is the mean over accounts of the sum of absolute errors by the sum of usage;
	// MdAPE the median of absolute errors by usage.
	NMAE  float64 `json:"nmae"`
	MdAPE float64 `json:"mdape"`
	// SameBillsNMAE and SameBillsMdAPE are the estimate's own figures on the bills that this
	// method has an answer for.
	SameBillsNMAE  float64 `json:"same_bills_nmae"`
	SameBillsMdAPE float64 `json:"same_bills_mdape"`
	// CVRMSE and NMBE are medians over accounts of ASHRAE Guideline 14's figures (without
	// its correction for fitted parameters: nothing was fitted to these bills); ASHRAEPass is the share of accounts with CVRMSE <= 15 % and |NMBE| <= 5 %.
	CVRMSE     float64 `json:"cvrmse"`
	NMBE       float64 `json:"nmbe"`
	ASHRAEPass float64 `json:"ashrae_pass"`
	// Coverage is the share of bills in the interval; IntervalScore90 the mean over
	// accounts of the 90 % interval's score (Gneiting and Raftery, JASA 102 (2007), 6.2)
	// by usage. Only the estimate has intervals.
	Coverage90      *float64 `json:"coverage90,omitempty"`
	Coverage95      *float64 `json:"coverage95,omitempty"`
	IntervalScore90 *float64 `json:"interval_score90,omitempty"`
}

// NamedScore is the estimate's score in one part of the data.
type NamedScore struct {
	Name string `json:"name"`
	MethodScore
}

// CycleCoverage is the coverage of one month's bills.
type CycleCoverage struct {
	Month      string  `json:"month"`
	Forecasts  int     `json:"forecasts"`
	Coverage90 float64 `json:"coverage90"`
}

// minCycle is how many forecasts a month needs to be called the worst.
const minCycle = 100

func summarize(all []forecast) *BacktestResult {
	r := &BacktestResult{Forecasts: len(all), Accounts: len(byAccount(all))}
	for m := range methodCount {
		r.Methods = append(r.Methods, scoreOf(all, m))
	}
	r.Groups = split(all, func(f *forecast) string { return f.group })
	r.HistoryLengths = split(all, func(f *forecast) string {
		for _, b := range historyBins {
			switch {
			case f.bills < b.min:
			case b.max == 0:
				return fmt.Sprintf("%2d+", b.min)
			case f.bills <= b.max:
				return fmt.Sprintf("%2d-%d", b.min, b.max)
			}
		}
		return ""
	})
	for _, s := range split(all, func(f *forecast) string {
		return f.period.End.String()[:7]
	}) {
		r.Cycles = append(r.Cycles, CycleCoverage{s.Name, s.Forecasts, *s.Coverage90})
		if s.Forecasts >= minCycle && (r.WorstCycle == nil || *s.Coverage90 < *r.WorstCycle) {
			r.WorstCycle = s.Coverage90
		}
	}
	return r
}

// split scores the estimate by part, parts in the order of their names.
func split(all []forecast, part func(*forecast) string) []NamedScore {
	parts := map[string][]forecast{}
	var names []string
	for i := range all {
		name := part(&all[i])
		if parts[name] == nil {
			names = append(names, name)
		}
		parts[name] = append(parts[name], all[i])
	}
	slices.Sort(names)
	var scores []NamedScore
	for _, name := range names {
		scores = append(scores, NamedScore{name, scoreOf(parts[name], methodEstimate)})
	}
	return scores
}

// byAccount cuts sorted forecasts into accounts.
func byAccount(all []forecast) [][]forecast {
	var out [][]forecast
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].account == all[i].account {
			j++
		}
		out = append(out, all[i:j])
		i = j
	}
	return out
}

func scoreOf(all []forecast, method int) MethodScore {
	s := MethodScore{Method: methodNames[method]}
	var nmae, cv, bias, relative, interval, own, ownRelative []float64
	var in90, in95, pass int
	for _, account := range byAccount(all) {
		var sum, absolute, squared, signed, score, ownSum float64
		n := 0
		for i := range account {
			f := &account[i]
			if !f.known[method] {
				continue
			}
			e := f.usage - f.expected[method]
			n++
			sum += f.usage
			absolute += math.Abs(e)
			ownError := math.Abs(f.usage - f.expected[methodEstimate])
			ownSum += ownError
			ownRelative = append(ownRelative, ownError/f.usage)
			squared += e * e
			signed += e
			relative = append(relative, math.Abs(e)/f.usage)
			score += intervalScore(f)
			in90 += within(f, 0)
			in95 += within(f, 1)
		}
		if n == 0 {
			continue
		}
		s.Forecasts += n
		nmae = append(nmae, absolute/sum)
		own = append(own, ownSum/sum)
		interval = append(interval, score/sum)
		if n < 2 {
			continue
		}
		mean := sum / float64(n)
		c, b := math.Sqrt(squared/float64(n))/mean, signed/float64(n)/mean
		cv, bias = append(cv, c), append(bias, b)
		if c <= 0.15 && math.Abs(b) <= 0.05 {
			pass++
		}
	}
	if s.Forecasts == 0 {
		return s
	}
	s.NMAE, s.MdAPE, s.CVRMSE, s.NMBE = meanOf(nmae), median(relative), median(cv), median(bias)
	s.SameBillsNMAE, s.SameBillsMdAPE = meanOf(own), median(ownRelative)
	if len(cv) > 0 {
		s.ASHRAEPass = float64(pass) / float64(len(cv))
	}
	if method == methodEstimate {
		c90, c95, score := float64(in90)/float64(s.Forecasts), float64(in95)/float64(s.Forecasts), meanOf(interval)
		s.Coverage90, s.Coverage95, s.IntervalScore90 = &c90, &c95, &score
	}
	return s
}

func within(f *forecast, level int) int {
	if f.low[level] <= f.usage && f.usage <= f.high[level] {
		return 1
	}
	return 0
}

func intervalScore(f *forecast) float64 {
	const alpha = 0.1
	low, high := f.low[0], f.high[0]
	return high - low + 2/alpha*(max(0, low-f.usage)+max(0, f.usage-high))
}

func meanOf(values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum / float64(max(len(values), 1))
}
