package anomaly

// Context is what an assessment needs beyond the account's own history: an immutable
// value, computed in a first pass over a batch or read from the store.
type Context struct {
	// Model holds the learnt hyper-parameters; nil means the cold-start defaults.
	Model *Model
	// Pricer prices usage; nil where no tariffs are loaded.
	Pricer Pricer
	// Weather holds daily temperatures by station.
	Weather map[string]*WeatherSeries
	// Neighbourhood is what only the other accounts know; nil where there are none.
	Neighbourhood *Neighbourhood
	// Causes and Actions weigh causes and actions where files of one's own replace the
	// built-in ones: a *diagnose.Model and a *decide.Model, which the domain does not look
	// into; nil means the built-in ones.
	Causes, Actions any
	// Cases holds the rules about how disputes are handled; nil where none are loaded.
	Cases *CaseRules
}

// WeatherSeries is the daily mean temperature at a station, in degrees Celsius,
// from First on. A missing day is NaN.
type WeatherSeries struct {
	First Date
	Mean  []float64
}

// Known returns the series up to a day, that one included; the zero Date leaves nothing out.
func (w *WeatherSeries) Known(on Date) *WeatherSeries {
	days := on.Sub(w.First) + 1
	if on.IsZero() || days >= len(w.Mean) {
		return w
	}
	return &WeatherSeries{First: w.First, Mean: w.Mean[:max(0, days)]}
}

// Neighbourhood holds what only the other accounts of a batch know, as of a day. It is
// the same as of every day from From on and before Until (zero: for ever): between them
// nothing becomes known of any account (see History.Changes) nor of the weather.
type Neighbourhood struct {
	From, Until Date
	// Common is the common calendar factor by group (GroupKey), and by region of a group where
	// there are enough accounts in several (RegionKey); see CommonFactor.
	Common map[string]*CommonFactor
	// Readers holds, by reader, how often each last digit was reported.
	Readers map[string]*ReaderRecord
	// Peers holds the spread of usage a day of accounts of one kind; see PeerKey.
	Peers map[string]*PeerLevels
	// RouteReadings holds, by account, the closing readings of the accounts next to it on the route.
	RouteReadings map[string][]Reading
	// Swaps holds, by account, the account next to it whose level of usage has become its own,
	// and the other way round.
	Swaps map[string]LevelSwap `json:",omitempty"`
	// Shocks are the routes on which far more bills than usual are out at once.
	Shocks []RouteShock
}

// ReaderRecord is what one reader's readings look like: how often each last digit of
// the whole number was reported.
type ReaderRecord struct{ LastDigit [10]int }

// PeerLevels is the spread of the usage a day of accounts of one kind over the last
// year: the count and the 5 %, 50 % and 95 % quantiles.
type PeerLevels struct {
	Count         int
	P05, P50, P95 float64
}

// PeerKey names the accounts that an account is compared with: same service, class and region.
func PeerKey(a *Account) string {
	return a.Service.String() + "/" + a.Class + "/" + a.Region
}

// LevelSwap says that an account and one next to it on its route have changed their levels
// of usage: since Onset, for so many Bills, each uses what the other did.
type LevelSwap struct {
	With  string // the other account
	Onset Date
	Bills int
	// Shift is by how much, in log usage, this account's usage changes if their meters are
	// crossed, give or take SE, its standard error.
	Shift, SE float64
	// Weight is the natural log of how much more often the other account's bills are like
	// this if the two are crossed than if not, with how seldom it is just this one.
	Weight float64
	Source Source // the other account's latest bill
}

// SwapOf returns with whom an account has changed levels by a bill; nil where it has not.
func (n *Neighbourhood) SwapOf(a *Account, p Period) *LevelSwap {
	if n == nil || len(n.Swaps) == 0 {
		return nil
	}
	if s, ok := n.Swaps[a.ID]; ok && s.Onset <= p.Start {
		return &s
	}
	return nil
}

// RouteShock is a route on which, in one period, Share of the Accounts were out of
// their 95 % interval on the same side, where Usual is the usual share.
type RouteShock struct {
	Route        string
	Period       Period
	Up           bool
	Accounts     int
	Share, Usual float64
}

// ShockOf returns the shock of its route that a bill belongs to by the side of its
// interval on which it is (see Estimate.Side); nil where there is none.
func ShockOf(shocks []RouteShock, route string, p Period, side int) *RouteShock {
	if route == "" || side == 0 {
		return nil
	}
	for i := range shocks {
		if s := &shocks[i]; s.Route == route && s.Up == (side > 0) && s.Period.Overlap(p) > 0 {
			return s
		}
	}
	return nil
}

// CommonFactor is the median one-step residual (log usage) of a group's accounts in
// consecutive bins of BinDays days from First on: what happened to all of them alike.
type CommonFactor struct {
	First   Date
	BinDays int
	Log     []float64
	Count   []int
}

// At returns the factor averaged over the period, by linear interpolation between the
// middles of the bins; 0 and false where no bin covers it. A bin whose Count is 0 holds
// nothing: its neighbour stands for it.
func (c *CommonFactor) At(p Period) (log float64, ok bool) {
	if c == nil || len(c.Log) == 0 || !p.Valid() || c.BinDays <= 0 {
		return 0, false
	}
	mid := float64(p.Start-c.First) + float64(p.Days())/2
	x := mid/float64(c.BinDays) - 0.5
	last := len(c.Log) - 1
	if x < -0.5 || x > float64(last)+0.5 {
		return 0, false
	}
	x = max(0, min(float64(last), x))
	i := min(int(x), max(0, last-1))
	j := min(i+1, last)
	f := x - float64(i)
	switch {
	case c.empty(i) && c.empty(j):
		return 0, false
	case c.empty(i):
		return c.Log[j], true
	case c.empty(j):
		return c.Log[i], true
	}
	return c.Log[i]*(1-f) + c.Log[j]*f, true
}

func (c *CommonFactor) empty(bin int) bool { return bin < len(c.Count) && c.Count[bin] == 0 }
