package main

import (
	"fmt"
	"strings"
	"testing"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// Two routes of twelve accounts; on one of them nine bills are far above what was to be
// expected, as when a route is misread or the weather is not known.
func TestARouteThatIsOutIsOneMatter(t *testing.T) {
	cfg := anomaly.DefaultConfig()
	l, err := newVisitList(&visitOptions{visits: 5}, &cfg, anomaly.MustDate("2026-04-02"))
	if err != nil {
		t.Fatal(err)
	}
	for _, route := range []string{"R-1", "R-2"} {
		for n := range 12 {
			a := &anomaly.Assessment{
				AccountID: fmt.Sprintf("%s-%02d", route, n), BillKey: "b", Route: route, Usage: anomaly.MustDecimal("600"),
				Period:   anomaly.Period{Start: anomaly.MustDate("2026-01-01"), End: anomaly.MustDate("2026-03-01")},
				Estimate: anomaly.Estimate{Known: true, Usage: 600, Low95: 500, High95: 720},
				Verdict:  anomaly.Verdict{Action: anomaly.ActionInspect, Priority: 100, InspectionProbability: 0.5},
			}
			if route == "R-2" && n < 9 {
				a.Usage = anomaly.MustDecimal("1200")
			}
			l.look(0, a)
		}
	}
	l.rank()
	remarks := l.shockRemarks(locale.New(locale.English))
	if len(remarks) != 1 || !strings.HasPrefix(remarks[0], "Bills of 12 accounts on route R-2 between 2026-01-01 and ") || !strings.Contains(remarks[0], "75 % above") {
		t.Errorf("remarks %q", remarks)
	}
	for key := range l.chosen {
		if strings.HasPrefix(key, "R-2-0") && key < "R-2-09" {
			t.Errorf("%q is on the list of visits for what the whole route shows", key)
		}
	}
}
