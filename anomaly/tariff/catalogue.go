package tariff

import (
	"slices"

	"whybill/anomaly"
)

// Tariff implements anomaly.TariffCatalogue.
func (b *Book) Tariff(id string) (anomaly.TariffInfo, bool) {
	t, err := b.find(id)
	if err != nil {
		return anomaly.TariffInfo{}, false
	}
	info := anomaly.TariffInfo{ID: t.id, Currency: t.currency, Classes: t.Classes}
	if q := t.versions[len(t.versions)-1].quota; q != nil {
		info.Plan = &anomaly.PlanInfo{Fee: q.fee, Included: q.included, Overage: q.overage, Unit: q.unit,
			NextMonth: q.nextMonth, Alerts: q.alerts}
	}
	return info, true
}

// Alternatives implements anomaly.TariffCatalogue.
func (b *Book) Alternatives(id string) []string {
	t, err := b.find(id)
	if err != nil {
		return nil
	}
	var ids []string
	for _, e := range b.entries {
		if e.id == t.id || utility(e.id) != utility(t.id) {
			continue
		}
		other, err := e.tariff()
		if err == nil && other.service == t.service && other.unit == t.unit && other.currency == t.currency && shareClass(t.Classes, other.Classes) {
			ids = append(ids, e.id)
		}
	}
	return ids
}

func shareClass(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 {
		return true
	}
	return slices.ContainsFunc(a, func(class string) bool { return slices.Contains(b, class) })
}
