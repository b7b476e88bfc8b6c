package estimate

import (
	"whybill/anomaly"
	"whybill/anomaly/pll"
)

type placeID struct {
	station string
	group   *anomaly.GroupModel
	asOf    anomaly.Date
}

// weatherTerms says where in the row the weather stands; nothing without a station.
type weatherTerms struct {
	climate    *pll.Climate
	heat, cool int
}

// addWeather gives the filter the weather's regressors where the account names a
// station whose temperatures are there.
func (k *Kernel) addWeather(f *pll.Filter, h *anomaly.History, g *group) weatherTerms {
	station := h.Account.WeatherStation
	if station == "" {
		return weatherTerms{}
	}
	id := placeID{station, g.model, k.AsOf}
	climate, ok := k.places[id]
	if !ok {
		if w := k.ctx.Weather[station]; w != nil {
			climate = pll.NewClimate(w.Known(k.AsOf), &g.model.Weather)
		}
		k.places[id] = climate
	}
	if climate == nil {
		return weatherTerms{}
	}
	m := &g.model.Weather
	return weatherTerms{climate, f.AddRegressor(m.HeatEffect, m.HeatSD), f.AddRegressor(m.CoolEffect, m.CoolSD)}
}

// weatherEffect is what the weather of a row's period adds to log usage.
func (r *run) weatherEffect(row *pll.Row) float64 {
	w := &r.weather
	if w.climate == nil {
		return 0
	}
	return r.state.Coefficient(w.heat)*row[w.heat] + r.state.Coefficient(w.cool)*row[w.cool]
}

// fill writes the weather of a period into the row; a period without temperatures is
// taken for a usual one.
func (w weatherTerms) fill(row *pll.Row, p anomaly.Period) {
	if w.climate == nil {
		return
	}
	row[w.heat], row[w.cool], _ = w.climate.Anomaly(p)
}
