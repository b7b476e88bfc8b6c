package pll

import "math"

// Forecast is what a filter with one archetype left says of the bill that Predict was last
// asked about, to be held against several usages, none of which is learnt from.
type Forecast struct {
	location float64
	f, r, s2 float64 // see Filter
	dof      float64
	robust   float64
	level    float64
	toLevel  float64 // covariance of the level and the bill
}

// Forecast returns the last prediction. The filter has to have one archetype: see Settle.
func (f *Filter) Forecast() Forecast {
	return Forecast{
		location: -f.errorOf[0], f: f.f, r: f.r, s2: f.s2[0], dof: f.DOF(), robust: f.robust,
		level: f.m[0][0], toLevel: f.px[0],
	}
}

// Factors is what Filter.LearnFactors says of the log usage y.
func (p *Forecast) Factors(y float64) (rest, variance float64) {
	e := y - p.location
	variance = p.s2 * p.f
	return logStudentConstant(p.dof) - (p.dof+1)/2*math.Log(1+e*e/(p.dof*variance)), variance
}

// Density returns the log density of the log usage y, as Filter.Learn does.
func (p *Forecast) Density(y float64) float64 {
	e := y - p.location
	return logStudent(e, p.s2*p.f, p.dof) + logStudentConstant(p.dof)
}

// Level returns the level if the log usage y were learnt.
func (p *Forecast) Level(y float64) float64 {
	e := y - p.location
	gain := 1 / (p.f + p.r*(1/outlying(e, p.f*p.s2, p.robust)-1))
	return p.level + p.toLevel*(e*gain)
}
