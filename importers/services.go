package importers

import (
	"cmp"
	"hash/maphash"
	"slices"

	"whybill/anomaly"
	"whybill/importers/field"
	"whybill/importers/sniff"
)

// An account is one contract for one service. Many utilities print one customer number on
// the bills of several: read as they stand, a bill of water would be compared with those of
// electricity. Within what is imported together the first row that tells an account's
// service decides; a row that contradicts it is left out, with the reason.

// serviceSet is a set of services: those that a row may be about.
type serviceSet uint8

func oneService(s anomaly.Service) serviceSet { return 1 << s }

// servicesOf are the services that are counted in a unit: gas is sold by either.
func servicesOf(unit string) serviceSet {
	switch unit {
	case "kWh":
		return oneService(anomaly.Electricity) | oneService(anomaly.Gas)
	case "m3":
		return oneService(anomaly.Water) | oneService(anomaly.Gas)
	case "h":
		return oneService(anomaly.Broadband)
	}
	return 0
}

// servicesOfRow is what the row at hand says of its service, named being what its own
// column does. 0: nothing.
func (c *converter) servicesOfRow(named anomaly.Service) (set serviceSet, told sniff.Field) {
	if named != anomaly.ServiceUnknown {
		return oneService(named), sniff.Service
	}
	if set := servicesOf(c.rowUnit().To); set != 0 {
		if c.plan.has[sniff.Unit] {
			return set, sniff.Unit
		}
		return set, sniff.Usage
	}
	if c.plan.service != anomaly.ServiceUnknown {
		return oneService(c.plan.service), sniff.AccountID
	}
	return 0, sniff.NoField
}

// saidService is what a row says of its account's service.
type saidService struct {
	account string
	set     serviceSet
	row     int
	column  *column
	value   string
	raw     string
	apart   string // an account_id for a mapping that would keep the services apart
}

// sayService notes what the row at hand says of its account's service.
func (c *converter) sayService(id string, named anomaly.Service) {
	if !c.plan.watched {
		return
	}
	set, told := c.servicesOfRow(named)
	if set == 0 {
		return
	}
	r := &c.rec
	said := saidService{account: id, set: set, row: r.row, column: c.plan.columnOf(told), raw: r.raw, apart: c.apart}
	if said.raw == "" {
		said.raw = csvLine(r.cells)
	}
	if said.column != nil {
		said.value, _ = said.column.text(r.cells)
	}
	c.batch.services = append(c.batch.services, said)
}

// apart is an account_id for a mapping that joins the account's number and its service.
func (p *plan) apart() string {
	service := "water"
	if col := p.columnOf(sniff.Service); col != nil && col.index >= 0 {
		service = "{" + col.header + "}"
	} else if col != nil && col.constant != "" {
		service = col.constant
	}
	number := sniff.AccountID.String()
	if col := p.columnOf(sniff.AccountID); col != nil {
		number = col.header
	}
	return `"{` + number + `}/` + service + `"`
}

// services knows the services of the accounts of a set. It sees the batches in order, so
// that how a file was cut does not show. Read again, a file finds what it said itself.
type services struct {
	seed maphash.Seed
	of   map[uint64]serviceSet
}

// rowOf is a row of a file and the account that it is about: a mapping may read one row
// for several.
type rowOf struct {
	row     int32
	account string
}

// leaveOut takes the rows out that contradict the service of their account.
func (s *services) leaveOut(done *read) {
	b := done.batch
	var out map[rowOf]bool
	for i := range b.services {
		x := &b.services[i]
		key := maphash.String(s.seed, x.account)
		known, isKnown := s.of[key]
		switch both := known & x.set; {
		case !isKnown:
			if len(s.of) >= maxPassing {
				clear(s.of) // bounded: from here on rows are compared with those that follow
			}
			s.of[key] = x.set
		case both == 0:
			if out == nil {
				out = map[rowOf]bool{}
			}
			if row := (rowOf{int32(x.row), x.account}); !out[row] {
				out[row] = true
				b.Problems = append(b.Problems, x.problem(b.File))
			}
		case both != known:
			s.of[key] = both
		}
	}
	if out == nil {
		return
	}
	slices.SortStableFunc(b.Problems, func(a, b Problem) int { return cmp.Compare(a.Row, b.Row) })
	isOut := func(account string, source anomaly.Source) bool { return out[rowOf{source.Row, account}] }
	r := &b.Rows
	r.Accounts = slices.DeleteFunc(r.Accounts, func(x anomaly.Account) bool { return isOut(x.ID, x.Source) })
	r.Meters = slices.DeleteFunc(r.Meters, func(x anomaly.Meter) bool { return isOut(x.AccountID, x.Source) })
	r.Readings = slices.DeleteFunc(r.Readings, func(x anomaly.Reading) bool { return isOut(x.AccountID, x.Source) })
	r.Bills = slices.DeleteFunc(r.Bills, func(x anomaly.Bill) bool { return isOut(x.AccountID, x.Source) })
	r.Lines = slices.DeleteFunc(r.Lines, func(x anomaly.Line) bool { return isOut(x.AccountID, x.Source) })
	done.chain = slices.DeleteFunc(done.chain, func(x anomaly.Bill) bool { return isOut(x.AccountID, x.Source) })
}

// watchServices notes what rows say of services where they could contradict each other.
func (s *Set) watchServices() {
	type told struct {
		service anomaly.Service
		unit    string
	}
	all := map[told]bool{}
	watch := false
	for _, t := range s.tables {
		for _, p := range t.plans {
			watch = watch || p.has[sniff.Service] || p.has[sniff.Unit]
			all[told{p.service, p.unit}] = true
		}
	}
	for _, t := range s.tables {
		for _, p := range t.plans {
			p.watched = watch || len(all) > 1
		}
	}
}

func (x *saidService) problem(file string) Problem {
	p := Problem{
		File: file, Row: x.row, Value: clip(x.value), Raw: x.raw, Rejected: true,
		Reason: anomaly.Msg("import.other_service", anomaly.TextArg("account", clip(field.Trim(x.account))), anomaly.TextArg("apart", x.apart)),
	}
	if x.column != nil {
		p.Column = x.column.header
	}
	return p
}
