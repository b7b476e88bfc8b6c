package train

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"

	"whybill/anomaly"
	"whybill/anomaly/pll"
)

// Estimator says what a bill should have been, from what is before it; package
// estimate's Kernel is one. It is for one goroutine.
type Estimator interface {
	Estimate(h *anomaly.History, bill int) anomaly.Estimate
}

// BacktestOptions say what is measured.
type BacktestOptions struct {
	// BillsFrom measures every bill from the account's BillsFrom-th on, counted from 1;
	// where it is 0, Last bills of each account are (6).
	BillsFrom, Last int
	// History lets the estimate see no more than so many earlier bills; 0: all.
	History int
	// Peers lets the estimate use what other accounts did in the same weeks.
	Peers bool
	// Model is measured as it is; nil trains out of fold: for each account on other
	// accounts, and of those on the bills before the measured ones. The intervals are then
	// calibrated again at the start of each month, as by training every month, on what
	// other accounts' predictions were worth in the year before.
	Model *anomaly.Model
	// Accounts is how many accounts are measured at most (50,000), chosen by a hash of their ids.
	Accounts int
	Training Options
	Weather  map[string]*anomaly.WeatherSeries
}

// first returns the index of the first bill of h that is measured.
func (o *BacktestOptions) first(h *anomaly.History) int {
	if o.BillsFrom > 0 {
		return o.BillsFrom - 1
	}
	return len(h.Bills) - o.Last
}

// minMeasured is how many bills have to come before a measured one.
const minMeasured = 3

// Backtest measures the estimates one bill ahead on the source's own bills, beside
// simpler methods. A bill is measured where somebody read the meter, it shows usage and
// an estimate could be made. newEstimator makes an estimator for a context.
func Backtest(ctx context.Context, src Source, newEstimator func(*anomaly.Context) Estimator, opt BacktestOptions) (*BacktestResult, error) {
	if opt.Last == 0 {
		opt.Last = 6
	}
	if opt.Accounts == 0 {
		opt.Accounts = 50_000
	}
	opt.Training.Weather = opt.Weather
	opt.Training = opt.Training.withDefaults()
	past, whole := newSample(opt.Training.Sample), newSample(commonSample)
	cut := newSample(opt.Accounts) // only to see which accounts are measured
	err := collect(ctx, src, whole, func(h *anomaly.History, s *pll.Series) *account {
		a := newAccount(h, s, anomaly.MaxDate, opt.Weather)
		if a == nil {
			return nil
		}
		if b := a.before(opt.first(h)); b != nil {
			past.add(b)
		}
		cut.add(&account{hash: a.hash, id: a.id, group: groupID{service: a.group.service}, bills: a.bills[:1]})
		return a
	})
	if err != nil {
		return nil, err
	}
	contexts, err := foldContexts(past, whole, &opt)
	if err != nil {
		return nil, err
	}
	m := &measurement{opt: &opt, cut: cut, workers: make([]measurer, max(64, 4*runtime.GOMAXPROCS(0)))}
	err = src.Each(ctx, func(worker int, h *anomaly.History) error {
		m.measure(worker, h, contexts, newEstimator)
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	all := m.sorted()
	if opt.Model == nil {
		recalibrate(all)
	}
	return summarize(all), nil
}

// foldContexts prepares, for each fold, what its accounts are estimated with: a model
// and a common factor that no account of the fold had a part in.
func foldContexts(past, whole *sample, opt *BacktestOptions) (contexts [Folds]*anomaly.Context, err error) {
	for fold := range contexts {
		c := &anomaly.Context{Model: opt.Model, Weather: opt.Weather}
		if c.Model == nil {
			if c.Model, err = past.without(fold).learn(&opt.Training); err != nil {
				return contexts, err
			}
		}
		if opt.Peers {
			n := &anomaly.Neighbourhood{Common: map[string]*anomaly.CommonFactor{}}
			others := whole.without(fold)
			for _, id := range others.ordered() {
				addFactors(n.Common, id, others.groups[id].accounts, groupModel(c.Model, id))
			}
			c.Neighbourhood = n
		}
		contexts[fold] = c
	}
	return contexts, nil
}

// without returns the sample without a fold's accounts.
func (s *sample) without(fold int) *sample {
	out := newSample(s.limit)
	for id, gs := range s.groups {
		kept := &groupSample{shift: gs.shift, until: gs.until}
		for _, a := range gs.accounts {
			if a.fold() != fold {
				kept.accounts = append(kept.accounts, a)
				kept.bills += len(a.bills)
			}
		}
		if kept.seen = len(kept.accounts); kept.seen > 0 {
			out.groups[id] = kept
		}
	}
	return out
}

// forecast is one measured bill: what was used and what each method expected.
type forecast struct {
	period    anomaly.Period
	usage     float64
	bills     int
	expected  [methodCount]float64
	known     [methodCount]bool
	low, high [2]float64 // 90 and 95 % interval
	group     string
	account   string
	fold      int

	mu, scale, dof, offset float64 // of the prediction, see anomaly.Estimate
}

// The methods that are compared; the first is the estimate itself.
const (
	methodEstimate = iota
	methodLast
	methodYear
	methodMixed
	methodSeasonal
	methodMean
	methodCount
)

var methodNames = [methodCount]string{
	"estimate", "last_bill", "same_period_last_year", "last_bill_and_last_year", "seasonal_naive", "own_mean",
}

// measurement gathers the forecasts of all goroutines.
type measurement struct {
	opt     *BacktestOptions
	cut     *sample
	workers []measurer
	mu      sync.Mutex
	all     []forecast
}

type measurer struct {
	estimators [Folds]Estimator
	series     pll.Series
}

func (m *measurement) measure(worker int, h *anomaly.History, contexts [Folds]*anomaly.Context, newEstimator func(*anomaly.Context) Estimator) {
	hash := hashOf(h.Account.ID)
	service := h.Account.Service
	if service == anomaly.ServiceUnknown {
		service = anomaly.Electricity
	}
	gs := m.cut.groups[groupID{service: service}]
	if gs == nil || hash>>(64-gs.shift) != 0 {
		return
	}
	w := &m.workers[worker]
	fold := int(hash % Folds)
	if w.estimators[fold] == nil {
		w.estimators[fold] = newEstimator(contexts[fold])
	}
	var list []forecast
	for i := max(0, m.opt.first(h)); i < len(h.Bills); i++ {
		if f, ok := w.forecast(w.estimators[fold], m.opt.recent(h, i), service); ok {
			list = append(list, f)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all = append(m.all, list...)
}

// recent returns the history up to the bill, with no more than the allowed number of bills before it.
func (o *BacktestOptions) recent(h *anomaly.History, bill int) *anomaly.History {
	seen := *h
	from := 0
	if o.History > 0 {
		from = max(0, bill-o.History)
	}
	seen.Bills = h.Bills[from : bill+1]
	return &seen
}

// forecast measures the last bill of h.
func (w *measurer) forecast(e Estimator, h *anomaly.History, service anomaly.Service) (f forecast, ok bool) {
	last := len(h.Bills) - 1
	b := &h.Bills[last]
	usage := anomaly.Float(b.Usage)
	if b.Cancelled || b.Quality.Guessed() || !b.Period.Valid() || usage <= 0 {
		return f, false
	}
	est := e.Estimate(h, last)
	if !est.Known || est.PeriodsUsed < minMeasured {
		return f, false
	}
	f = forecast{period: b.Period, usage: usage, bills: est.PeriodsUsed, account: h.Account.ID, group: anomaly.GroupKey(service, h.Account.GroupClass())}
	f.fold = int(hashOf(f.account) % Folds)
	f.mu, f.scale, f.dof, f.offset = est.Mu, est.Scale, est.DOF, est.Offset
	f.low, f.high = [2]float64{est.Low90, est.Low95}, [2]float64{est.High90, est.High95}
	f.set(methodEstimate, est.Usage)
	for _, m := range est.Methods {
		if i := slices.Index(methodNames[:], m.Method); i > 0 {
			f.set(i, m.Usage)
		}
	}
	w.series.Load(h, last)
	if o := seasonal(w.series.Obs); o != nil {
		f.set(methodSeasonal, o.ADU()*float64(b.Period.Days()))
	}
	return f, true
}

func (f *forecast) set(method int, usage float64) { f.expected[method], f.known[method] = usage, true }

// seasonal returns the observation a year's number of bills ago, whatever its dates.
func seasonal(obs []pll.Observation) *pll.Observation {
	n := len(obs)
	if n == 0 {
		return nil
	}
	days := float64(obs[n-1].Period.End-obs[0].Period.Start) / float64(n)
	if back := int(365.25/days + 0.5); back >= 1 && back <= n {
		return &obs[n-back]
	}
	return nil
}

func (m *measurement) sorted() []forecast {
	slices.SortFunc(m.all, func(a, b forecast) int {
		return cmp.Or(strings.Compare(a.account, b.account), cmp.Compare(a.period.Start, b.period.Start), cmp.Compare(a.usage, b.usage))
	})
	return m.all
}
