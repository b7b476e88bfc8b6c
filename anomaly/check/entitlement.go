package check

import "whybill/anomaly"

// coverage is what a contract or a claim says is covered, and until when.
type coverage struct {
	event      *anomaly.Event
	what       string
	from, to   anomaly.Date // to is the first day not covered; zero: open
	fromSystem bool
}

// covers reads the coverage that an event names.
func covers(e *anomaly.Event) (c coverage, ok bool) {
	c.event = e
	if c.what, ok = e.Field("coverage"); !ok {
		return c, false
	}
	c.from, _ = dateField(e, "from")
	c.to, _ = dateField(e, "until")
	source, _ := e.Field("source")
	c.fromSystem = source == "system"
	return c, true
}

func (c *coverage) inForce(on anomaly.Date) bool {
	return c.from <= on && (c.to.IsZero() || on < c.to)
}

// contracts are the coverages that evidence shows, of one thing; the system's first.
func (in *Input) contracts(what string) (list []coverage) {
	for e := range in.each(anomaly.EventEvidence) {
		c, ok := covers(e)
		if !ok || c.what != what {
			continue
		}
		if c.fromSystem {
			list = append([]coverage{c}, list...)
			continue
		}
		list = append(list, c)
	}
	return list
}

// standing is what the evidence says of a claim.
type standing uint8

const (
	unverifiable standing = iota
	confirmed
	contradicted
)

// standingOf holds a claim against the evidence: a contract, in the system or on paper,
// that covers as much, or a document that says so. What the system holds cannot contradict a promise that was
// made beside it; a document can.
func (in *Input) standingOf(claim *coverage) (standing, *anomaly.Event) {
	for _, c := range in.contracts(claim.what) {
		if c.inForce(claim.event.At) && (c.to.IsZero() || claim.to <= c.to) {
			return confirmed, c.event // no more is claimed than stands in the contract
		}
	}
	for e := range in.each(anomaly.EventEvidence) {
		if e.At < claim.event.At && e.Ref == "" || e.Ref != "" && claim.event.Ref != "" && e.Ref != claim.event.Ref {
			continue
		}
		supports, _ := e.Field("supports")
		contradicts, _ := e.Field("contradicts")
		switch {
		case contradicts == "claim":
			return contradicted, e
		case supports == "claim":
			return confirmed, e
		}
	}
	return unverifiable, nil
}

// eachClaim yields the claims to coverage.
func (in *Input) eachClaim(fn func(c *coverage)) {
	for e := range in.each(anomaly.EventClaim) {
		if c, ok := covers(e); ok {
			fn(&c)
		}
	}
}
