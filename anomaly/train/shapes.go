package train

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"whybill/anomaly"
	"whybill/anomaly/pll"
)

type season = [anomaly.SeasonTerms]float64

// pooledSeason fits one seasonal curve to all accounts with a level of each account's
// own: least absolute deviations by iteratively reweighted least squares, so that a
// few wild accounts do not bend it.
func pooledSeason(accounts []*account) season {
	const rounds = 15
	const floor = 0.005 // in log usage; below it all residuals weigh the same
	var b [pll.Core]float64
	var row pll.Row
	for round := range rounds {
		var sums [pll.Core][pll.Core + 1]float64
		for _, a := range accounts {
			var mean pll.Row
			for i := range a.bills {
				pll.SeasonRow(a.bills[i].period, &row)
				for j := 1; j < pll.Core; j++ {
					mean[j] += row[j] / float64(len(a.bills))
				}
			}
			for i := range a.bills {
				pll.SeasonRow(a.bills[i].period, &row)
				y := a.bills[i].y - a.level
				r := y
				for j := 1; j < pll.Core; j++ {
					row[j] -= mean[j]
					r -= row[j] * b[j]
				}
				w := 1.0
				if round > 0 {
					w = 1 / max(math.Abs(r), floor)
				}
				for j := 1; j < pll.Core; j++ {
					for k := 1; k < pll.Core; k++ {
						sums[j][k] += w * row[j] * row[k]
					}
					sums[j][pll.Core] += w * row[j] * y
				}
			}
		}
		for j := range pll.Core {
			sums[j][j] += 1e-6 // a group whose bills cover part of a year only
		}
		sums[0][0] = 1
		b = pll.Solve(sums)
	}
	return season(b[1:])
}

// ownSeason returns an account's seasonal coefficients, shrunken towards the group's.
func ownSeason(a *account, g *anomaly.GroupModel) season {
	f := pll.Prior(g)
	var row pll.Row
	for i := range a.bills {
		pll.SeasonRow(a.bills[i].period, &row)
		f.Predict(a.bills[i].period, &row)
		f.Learn(a.bills[i].y)
	}
	var s season
	for i := range s {
		s[i] = f.Coefficient(1 + i)
	}
	return s
}

// minCluster is the least share of accounts that makes an archetype.
const minCluster = 0.04

// archetypes groups the accounts' own seasons by k-means (k-means++ starts from a fixed
// seed, best of several), largest share first.
func archetypes(accounts []*account, g *anomaly.GroupModel, most int) []anomaly.Archetype {
	points := make([]season, len(accounts))
	for i, a := range accounts {
		points[i] = ownSeason(a, g)
	}
	k := max(1, min(most, len(points)/25))
	rng := rand.New(rand.NewPCG(1, 2))
	var best []int
	bestCost := math.Inf(1)
	for range 8 {
		if assigned, cost := kMeans(points, k, rng); cost < bestCost {
			best, bestCost = assigned, cost
		}
	}
	return shapesOf(points, best, k)
}

func shapesOf(points []season, assigned []int, k int) []anomaly.Archetype {
	sums, counts := make([]season, k), make([]int, k)
	for i, p := range points {
		c := assigned[i]
		counts[c]++
		for j := range p {
			sums[c][j] += p[j]
		}
	}
	var list []anomaly.Archetype
	total := 0
	for c := range sums {
		if k > 1 && float64(counts[c]) < minCluster*float64(len(points)) {
			continue
		}
		for j := range sums[c] {
			sums[c][j] /= float64(counts[c])
		}
		list = append(list, anomaly.Archetype{Share: float64(counts[c]), Season: sums[c]})
		total += counts[c]
	}
	for i := range list {
		list[i].Share /= float64(total)
	}
	slices.SortStableFunc(list, func(a, b anomaly.Archetype) int { return cmp.Compare(b.Share, a.Share) })
	return list
}

func distance(a, b *season) (d float64) {
	for i := range a {
		d += (a[i] - b[i]) * (a[i] - b[i])
	}
	return d
}

func kMeans(points []season, k int, rng *rand.Rand) (assigned []int, cost float64) {
	centers := []season{points[rng.IntN(len(points))]}
	nearest := make([]float64, len(points))
	for len(centers) < k {
		total := 0.0
		for i := range points {
			d := distance(&points[i], &centers[0])
			for c := range centers[1:] {
				d = min(d, distance(&points[i], &centers[1+c]))
			}
			nearest[i] = d
			total += d
		}
		pick, at := rng.Float64()*total, 0
		for at < len(points)-1 && pick > nearest[at] {
			pick -= nearest[at]
			at++
		}
		centers = append(centers, points[at])
	}
	assigned = make([]int, len(points))
	for range 50 {
		cost = 0
		sums, counts := make([]season, k), make([]int, k)
		changed := false
		for i := range points {
			best, d := 0, math.Inf(1)
			for c := range centers {
				if e := distance(&points[i], &centers[c]); e < d {
					best, d = c, e
				}
			}
			cost += d
			changed = changed || assigned[i] != best
			assigned[i] = best
			counts[best]++
			for j := range points[i] {
				sums[best][j] += points[i][j]
			}
		}
		for c := range centers {
			if counts[c] > 0 {
				for j := range sums[c] {
					centers[c][j] = sums[c][j] / float64(counts[c])
				}
			}
		}
		if !changed {
			break
		}
	}
	return assigned, cost
}
