package pll

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"whybill/anomaly"
)

func TestStudentAgainstGonum(t *testing.T) {
	for _, dof := range []float64{2, 2.5, 3, 4, 6, 10, 30, 100} {
		d := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: dof}
		for _, tail := range []float64{0.25, 0.1, 0.05, 0.025, 0.005, 0.0005} {
			want := d.Quantile(1 - tail)
			if got := StudentQuantile(tail, dof); math.Abs(got/want-1) > 1.5e-3 {
				t.Errorf("dof %g, tail %g: quantile %.6f, want %.6f", dof, tail, got, want)
			}
		}
		for _, x := range []float64{-6, -2, -0.5, 0.3, 1, 3} {
			want := d.CDF(x)
			if got := StudentCDF(x, dof); math.Abs(got-want) > 1.5e-3 {
				t.Errorf("dof %g: P(T < %g) = %.6f, want %.6f", dof, x, got, want)
			}
		}
		want := d.LogProb(0)
		if got := logStudentConstant(dof); math.Abs(got-want) > 1e-3 {
			t.Errorf("dof %g: log density at 0 is %.6f, want %.6f", dof, got, want)
		}
	}
}

func TestSeasonRowIsTheMeanOverTheDays(t *testing.T) {
	for _, days := range []int{1, 28, 31, 59, 120} {
		p := anomaly.Period{Start: anomaly.MustDate("2024-11-20")}
		p.End = p.Start.AddDays(days)
		var row Row
		SeasonRow(p, &row)
		for k := 1; k <= Harmonics; k++ {
			var c, s float64
			const steps = 24 // of an hour: the mean over time, not over midnights
			for i := range days * steps {
				at := float64(p.Start) + (float64(i)+0.5)/steps
				c += math.Cos(float64(k)*2*math.Pi/365.25*at) / float64(days*steps)
				s += math.Sin(float64(k)*2*math.Pi/365.25*at) / float64(days*steps)
			}
			if math.Abs(row[2*k-1]-c) > 1e-6 || math.Abs(row[2*k]-s) > 1e-6 {
				t.Errorf("%d days, harmonic %d: %.8f and %.8f, want %.8f and %.8f", days, k, row[2*k-1], row[2*k], c, s)
			}
		}
	}
}

// The filter has to give what Bayes' rule gives when all bills are taken at once:
// with robustness off, drift and passing deviation included.
func TestFilterAgainstTheWholeRegression(t *testing.T) {
	g := anomaly.ColdStart(anomaly.Electricity)
	g.RobustDOF = 1e12
	g.Level, g.LevelSD = 2, 1
	g.LevelDrift, g.PassingVariance = 0, 0 // a plain regression, which has a closed form
	f := Prior(&g)
	rng := rand.New(rand.NewPCG(1, 1))
	var rows []Row
	var ys, rs []float64
	start := anomaly.MustDate("2023-01-10")
	for range 15 {
		p := anomaly.Period{Start: start, End: start.AddDays(25 + rng.IntN(40))}
		var row Row
		SeasonRow(p, &row)
		y := 2.3 + 0.2*row[1] - 0.1*row[4] + 0.1*rng.NormFloat64()
		f.Predict(p, &row)
		f.Learn(y)
		rows, ys, rs = append(rows, row), append(ys, y), append(rs, ErrorVariance(p.Days()))
		start = p.End
	}
	// Normal equations with the prior's precision; the passing deviation has variance 0 and is left out.
	var a [Core][Core + 1]float64
	prior := Prior(&g)
	for i := range passing {
		a[i][i] = 1 / prior.p[i][i]
		a[i][Core] = prior.m[0][i] / prior.p[i][i]
	}
	a[passing][passing] = 1
	for n := range rows {
		for i := range passing {
			for j := range passing {
				a[i][j] += rows[n][i] * rows[n][j] / rs[n]
			}
			a[i][Core] += rows[n][i] * ys[n] / rs[n]
		}
	}
	want := Solve(a)
	for i := range passing {
		if got := f.Coefficient(i); math.Abs(got-want[i]) > 1e-9 {
			t.Errorf("coefficient %d is %.12f, want %.12f", i, got, want[i])
		}
	}
}

func TestOneWildBillDoesNotCarryTheLevelAway(t *testing.T) {
	level := func(robust, wild float64) float64 {
		g := anomaly.ColdStart(anomaly.Electricity)
		g.RobustDOF = robust
		f := Prior(&g)
		f.SetLevel(2, 1)
		start := anomaly.MustDate("2023-01-01")
		for i := range 12 {
			p := anomaly.Period{Start: start, End: start.AddDays(30)}
			var row Row
			SeasonRow(p, &row)
			f.Predict(p, &row)
			y := 2.0
			if i == 11 {
				y = wild
			}
			f.Learn(y)
			start = p.End
		}
		return f.Coefficient(0) - 2
	}
	tame, carried := level(8, 5), level(1e12, 5)
	if tame > carried/4 || carried < 0.3 {
		t.Errorf("a bill of twenty times the usual moves the level by %.3f with weights, %.3f without", tame, carried)
	}
}

func TestArchetypesFollowTheBills(t *testing.T) {
	g := anomaly.ColdStart(anomaly.Electricity)
	g.Archetypes = []anomaly.Archetype{{Share: 0.5}, {Share: 0.5}}
	g.Archetypes[0].Season[0], g.Archetypes[1].Season[0] = 0.4, -0.4
	f := Prior(&g)
	f.SetLevel(2, 1)
	start := anomaly.MustDate("2023-01-01")
	var row Row
	p := anomaly.Period{}
	for range 8 {
		p = anomaly.Period{Start: start, End: start.AddDays(30)}
		SeasonRow(p, &row)
		f.Predict(p, &row)
		f.Learn(2 - 0.4*row[1])
		start = p.End
	}
	winter := anomaly.Period{Start: anomaly.MustDate("2024-01-01"), End: anomaly.MustDate("2024-01-31")}
	SeasonRow(winter, &row)
	mu, _ := f.Predict(winter, &row)
	if want := 2 - 0.4*row[1]; math.Abs(mu-want) > 0.08 {
		t.Errorf("after a summer of the second shape January is put at %.3f, want %.3f", mu, want)
	}
}

func TestClimateLeavesWhatIsUsualToTheSeason(t *testing.T) {
	w := &anomaly.WeatherSeries{First: anomaly.MustDate("2020-01-01")}
	for d := range 3 * 365 {
		t := 12 - 10*math.Cos(2*math.Pi*float64(d)/365.25)
		if d >= 2*365+10 && d < 2*365+40 {
			t -= 5 // a cold January
		}
		w.Mean = append(w.Mean, t)
	}
	w.Mean[100] = math.NaN()
	c := NewClimate(w, &anomaly.WeatherModel{HeatBelow: 15.5, CoolAbove: 18})
	cold := anomaly.Period{Start: w.First.AddDays(2*365 + 10), End: w.First.AddDays(2*365 + 40)}
	heat, _, ok := c.Anomaly(cold)
	if !ok || heat < 2.5 || heat > 5 {
		t.Errorf("five degrees too cold for a month make %.2f degree-days a day more than usual (%t)", heat, ok)
	}
	year := anomaly.Period{Start: w.First, End: w.First.AddDays(3 * 365)}
	if heat, cool, ok := c.Anomaly(year); !ok || math.Abs(heat) > 0.05 || math.Abs(cool) > 0.05 {
		t.Errorf("over all years the anomalies are %.3f and %.3f, want 0", heat, cool)
	}
	outside := anomaly.Period{Start: w.First.AddDays(-60), End: w.First.AddDays(-30)}
	if _, _, ok := c.Anomaly(outside); ok {
		t.Error("weather for a month without temperatures")
	}
}

// A view of what is known on a day is the climate that knows nothing later.
func TestClimateKnownOnADayIsThatOfTheDaysUntilThen(t *testing.T) {
	m := &anomaly.WeatherModel{HeatBelow: 15.5, CoolAbove: 18}
	rng := rand.New(rand.NewPCG(7, 1))
	w := &anomaly.WeatherSeries{First: anomaly.MustDate("2020-01-01")}
	for d := range 900 {
		w.Mean = append(w.Mean, 17-10*math.Cos(2*math.Pi*float64(d)/365.25)+5*rng.NormFloat64())
		if rng.IntN(30) == 0 {
			w.Mean[d] = math.NaN()
		}
	}
	whole := NewClimate(w, m)
	if _, ok := whole.Known(w.First.AddDays(-1)); ok {
		t.Error("weather is known before the first day")
	}
	for days := range 1000 {
		on := w.First.AddDays(days)
		cut := NewClimate(w.Known(on), m)
		known, ok := whole.Known(on)
		if !ok {
			t.Fatalf("nothing is known on %s", on)
		}
		for _, p := range []anomaly.Period{
			{Start: on.AddDays(-61), End: on}, {Start: on.AddDays(-29), End: on.AddDays(1)}, {Start: on.AddDays(-20), End: on.AddDays(10)}, {Start: w.First, End: on},
		} {
			wantHeat, wantCool, want := cut.Anomaly(p)
			heat, cool, ok := known.Anomaly(p)
			if ok != want || math.Abs(heat-wantHeat) > 1e-9 || math.Abs(cool-wantCool) > 1e-9 {
				t.Fatalf("%s as of %s: %g and %g (%t), without what is later %g and %g (%t)", p, on, heat, cool, ok, wantHeat, wantCool, want)
			}
		}
	}
	if all, _ := whole.Known(0); len(all.sums) != 901 {
		t.Errorf("without a day %d of 900 days are known", len(all.sums)-1)
	}
	if n := testing.AllocsPerRun(100, func() { whole.Known(w.First.AddDays(500)) }); n != 0 {
		t.Errorf("a view takes %.0f allocations", n)
	}
}
