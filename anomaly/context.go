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
}

// WeatherSeries is the daily mean temperature at a station, in degrees Celsius,
// from First on. A missing day is NaN.
type WeatherSeries struct {
	First Date
	Mean  []float64
}

// Neighbourhood holds what only the other accounts of a batch know.
type Neighbourhood struct {
	// Common is the common calendar factor by group; see CommonFactor.
	Common map[string]*CommonFactor
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
// middles of the bins; 0 and false where no bin covers it.
func (c *CommonFactor) At(p Period) (log float64, ok bool) {
	if c == nil || len(c.Log) == 0 || !p.Valid() || c.BinDays <= 0 {
		return 0, false
	}
	mid := float64(p.Start-c.First) + float64(p.Days())/2
	x := mid/float64(c.BinDays) - 0.5
	switch last := len(c.Log) - 1; {
	case x < -0.5 || x > float64(last)+0.5:
		return 0, false
	case x <= 0:
		return c.Log[0], true
	case x >= float64(last):
		return c.Log[last], true
	}
	i := int(x)
	f := x - float64(i)
	return c.Log[i]*(1-f) + c.Log[i+1]*f, true
}
