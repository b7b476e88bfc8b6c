package estimate

import (
	"whybill/anomaly"
	"whybill/anomaly/pll"
)

type placeID struct {
	station string
	group   *anomaly.GroupModel
}

// place is the weather at a station: all of it, nil where there is none, and what was
// known on the day that was asked for last.
type place struct {
	climate *pll.Climate
	asOf    anomaly.Date
	known   pll.Climate
	ok      bool // something is known
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
	climate := k.climate(placeID{station, g.model})
	if climate == nil {
		return weatherTerms{}
	}
	m := &g.model.Weather
	return weatherTerms{climate, f.AddRegressor(m.HeatEffect, m.HeatSD), f.AddRegressor(m.CoolEffect, m.CoolSD)}
}

// climate returns the weather at a place as it is known on the day of the assessment, nil
// where nothing is. It holds until another day is asked for.
func (k *Kernel) climate(id placeID) *pll.Climate {
	p := k.places[id]
	if p == nil {
		p = &place{}
		if w := k.ctx.Weather[id.station]; w != nil {
			p.climate = pll.NewClimate(w, &id.group.Weather)
		}
		k.places[id] = p
		p.know(k.AsOf)
	} else if p.asOf != k.AsOf {
		p.know(k.AsOf)
	}
	if !p.ok {
		return nil
	}
	return &p.known
}

func (p *place) know(asOf anomaly.Date) {
	if p.asOf = asOf; p.climate != nil {
		p.known, p.ok = p.climate.Known(asOf)
	}
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
