package train

import (
	"math"

	"whybill/anomaly"
	"whybill/anomaly/pll"
)

// The balance points that are tried, in degrees Celsius: the outdoor temperature below
// which heating begins, above which cooling does.
var (
	heatingBalances = []float64{12, 14, 15.5, 17, 18.3, 20}
	coolingBalances = []float64{16, 18.3, 20, 22, 24, 26}
)

// fitWeather learns the balance points and the effects of a degree-day more than usual
// from the surprises that the model without weather had: the weather of one bill hardly
// depends on that of the one before, so that what the level has taken over of earlier
// weather does not bias it. The spread over accounts stays the cold start's, or half of the
// effect where that is more. Without enough bills the group keeps the cold start.
func fitWeather(accounts []*account, g *anomaly.GroupModel, shapes crossed) {
	var with []*account
	for _, a := range accounts {
		if a.weather != nil {
			with = append(with, a)
		}
	}
	all := predictAll(with, g, shapes)
	if len(all) < minScores {
		return
	}
	heat := best(with, all, heatingBalances, func(w *anomaly.WeatherModel) *float64 { return &w.HeatBelow },
		func(heat, _ float64) float64 { return heat })
	cool := best(with, all, coolingBalances, func(w *anomaly.WeatherModel) *float64 { return &w.CoolAbove },
		func(_, cool float64) float64 { return cool })
	w := &g.Weather
	w.HeatBelow, w.HeatEffect, w.HeatSD = heat.balance, heat.slope, max(w.HeatSD, math.Abs(heat.slope)/2)
	w.CoolAbove, w.CoolEffect, w.CoolSD = cool.balance, cool.slope, max(w.CoolSD, math.Abs(cool.slope)/2)
}

type effect struct{ balance, slope, explained float64 }

// best returns the balance point that explains most. The surprises are those of the
// accounts in order, each one's bills after the first.
func best(accounts []*account, all []residual, balances []float64, set func(*anomaly.WeatherModel) *float64, pick func(heat, cool float64) float64) effect {
	var found effect
	for _, b := range balances {
		var m anomaly.WeatherModel
		*set(&m) = b
		climates := map[*anomaly.WeatherSeries]*pll.Climate{}
		var xx, xy float64
		next := 0
		for _, a := range accounts {
			c, ok := climates[a.weather]
			if !ok {
				c = pll.NewClimate(a.weather, &m)
				climates[a.weather] = c
			}
			for range a.bills[1:] {
				r := &all[next]
				next++
				if heat, cool, ok := c.Anomaly(r.period); ok && r.bills >= firstCommon {
					x := pick(heat, cool) / r.scale
					xx += x * x
					xy += x * max(-2.5, min(2.5, (r.y-r.location)/r.scale))
				}
			}
		}
		if xx == 0 {
			continue
		}
		if e := (effect{b, xy / xx, xy * xy / xx}); found.balance == 0 || e.explained > found.explained {
			found = e
		}
	}
	return found
}
