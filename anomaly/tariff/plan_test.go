package tariff

import (
	"testing"

	"whybill/anomaly"
)

func session(on string, minutes int64) anomaly.Session {
	return anomaly.Session{On: anomaly.MustDate(on), Seconds: 60 * minutes}
}

// cases.md 3: the 100 hours of plan A are used up, 200 are paid for plan B on the 10th,
// and 33 h 20 min follow within three days.
func TestPlanPaidForButNotYetInEffect(t *testing.T) {
	req := request(planA, "2026-03-01", "2026-04-01", "0")
	req.Sessions = []anomaly.Session{session("2026-03-05", 6000), session("2026-03-11", 1200), session("2026-03-12", 800)}
	p, err := book(t).ComparePlans(req, planB, anomaly.MustDate("2026-03-10"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name            string
		priced          *anomaly.Priced
		overage, amount string
	}{
		{"under A, as billed", p.Old, "200", "300"},
		{"under B from the 1st", p.NewFromFirst, "0", "200"},
		{"B from payment", p.NewFromPaid, "0", "300"},
		// 22 of 31 days of B: 141.94, beside the 100 of A.
		{"B from payment, by days", p.NewFromPaidDays, "0", "241.94"},
	} {
		wantDecimal(t, c.name+": overage", c.priced.Energy, c.overage)
		wantDecimal(t, c.name+": amount", c.priced.Amount, c.amount)
		checkLines(t, c.priced)
	}
	wantDecimal(t, "overage that B from payment would have avoided", p.OverageAvoidable, "200")
}

func TestSessionsAreRoundedUpSinglyOrTogether(t *testing.T) {
	f, err := book(t).Show(planA)
	if err != nil {
		t.Fatal(err)
	}
	single := *f
	q := *f.Versions[0].Quota
	q.Round = "session"
	single.Versions = []Version{f.Versions[0]}
	single.Versions[0].Quota = &q
	data, err := Encode(&single)
	if err != nil {
		t.Fatal(err)
	}
	b, err := book(t).add("a.toml", data)
	if err != nil {
		t.Fatal(err)
	}
	req := request(planA, "2026-03-01", "2026-04-01", "0")
	req.Sessions = []anomaly.Session{session("2026-03-02", 6000)}
	for range 3 {
		req.Sessions = append(req.Sessions, anomaly.Session{On: anomaly.MustDate("2026-03-03"), Seconds: 61})
	}
	// 3 x 61 s are 183 s: four minutes together, six singly.
	wantDecimal(t, "total", price(t, book(t), req).Energy, "0.40")
	wantDecimal(t, "session", price(t, b, req).Energy, "0.60")
}

func TestAChangeOfPlanNeedsDatedUsageInOrder(t *testing.T) {
	b := book(t)
	req := request(planA, "2026-03-01", "2026-04-01", "100")
	req.Changes = []anomaly.TariffChange{{On: anomaly.MustDate("2026-03-10"), Tariff: planB}}
	if _, err := b.Price(req); err == nil {
		t.Error("priced without knowing what was used before the change")
	}
	req.Sessions = []anomaly.Session{session("2026-03-05", 60)}
	req.Changes = append(req.Changes, anomaly.TariffChange{On: anomaly.MustDate("2026-03-05"), Tariff: planA})
	if _, err := b.Price(req); err == nil {
		t.Error("priced changes that go back in time")
	}
	// A change on the first day leaves nothing of the old plan.
	req.Changes = []anomaly.TariffChange{{On: req.Period.Start, Tariff: planB}}
	wantDecimal(t, "B throughout", price(t, b, req).Amount, "200")
}
