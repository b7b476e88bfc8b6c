package estimate

import (
	"math"

	"whybill/anomaly"
)

// Place is where a bill's usage stands in what its account's own past foretold, before it
// is known what all accounts did alike: what a first pass over many accounts keeps of
// each. The zero Place is nowhere.
type Place struct {
	group  *group // of the kernel's own, shared by all its accounts; nil: nothing is known
	target anomaly.Period
	// residual is the log of the usage less what was foretold. The rest is as in spread.
	residual, scale, dof, vacant float32
	weather                      float32 // what it accounts for, in log usage
	own                          int16
	sign                         int8 // of the usage
}

// Place predicts one bill and says where its usage stands. It is the cheap half of
// Estimate: nothing is decomposed and no change is looked for.
func (k *Kernel) Place(h *anomaly.History, bill int) Place {
	b, s := &h.Bills[bill], &k.series
	s.Known = k.AsOf
	s.Load(h, bill)
	if !b.Period.Valid() || s.Own < len(s.Obs) {
		return Place{} // another premise's history takes no side
	}
	g := k.group(&h.Account)
	k.loads.load(h, b.Period, s)
	if k.usable() == 0 && !k.loads.whole {
		return Place{}
	}
	target, offset := k.target(b), k.offset(g)
	var est anomaly.Estimate
	mu, scale, dof, main := k.predict(h, g, target, offset, &est)
	sp := k.spread(h, g, b.Period, scale, dof, false)
	usage := anomaly.Float(b.Usage)
	return Place{
		group: g, target: target,
		residual: float32(math.Log((usage+s.PendingUsage)/float64(target.Days())+offset) - mu),
		scale:    float32(sp.scale), dof: float32(sp.dof), vacant: float32(sp.vacant),
		own: int16(min(s.Own, math.MaxInt16)), sign: int8(b.Usage.Sign()), weather: float32(main.weatherEffect(&main.row)),
	}
}

// Alike is what accounts did alike, ready to be asked for many of them. It is for one
// goroutine.
type Alike struct {
	common map[string]*anomaly.CommonFactor
	of     map[groupID]alike
}

// NewAlike makes common factors, as in anomaly.Neighbourhood, ready to be asked.
func NewAlike(common map[string]*anomaly.CommonFactor) *Alike {
	return &Alike{common, map[groupID]alike{}}
}

func (a *Alike) in(id groupID) alike {
	of, ok := a.of[id]
	if !ok {
		of = alikeOf(a.common, id)
		a.of[id] = of
	}
	return of
}

// Side is what anomaly.Estimate.Side says once it is known what all accounts did alike:
// on which side of its 95 % interval the usage is.
func (p *Place) Side(all *Alike) int {
	if p.group == nil {
		return 0
	}
	if p.sign < 0 {
		return -1 // no interval reaches below nothing
	}
	a := all.in(p.group.id)
	alike, known := a.at(p.target)
	deviation := float64(p.residual) - limited(beside(alike, float64(p.weather)))
	sp := spread{float64(p.scale), float64(p.dof), tailsFor(p.group.model, int(p.own), known), float64(p.vacant)}
	switch {
	case deviation > sp.high(1) && p.sign > 0:
		return 1
	case deviation < sp.low(1):
		return -1
	}
	return 0
}
