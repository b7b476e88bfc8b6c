package pipeline

import (
	"testing"

	"whybill/anomaly"
)

// empty is a home that used 300 to 318 units in two months until it was declared vacant,
// five in each of the four bills since, and then so many.
func empty(service anomaly.Service, usage int64) *anomaly.History {
	account := anomaly.Account{ID: "a", Service: service, Class: "residential", Status: "active"}
	rows := anomaly.Rows{
		Accounts: []anomaly.Account{account},
		Events:   []anomaly.Event{{AccountID: account.ID, At: anomaly.MustDate("2025-03-01"), Kind: anomaly.EventVacancyStart}},
	}
	start := anomaly.MustDate("2023-01-01")
	for i := range 18 {
		used := 300 + int64(i%3)*9
		switch {
		case i == 17:
			used = usage
		case i > 12:
			used = 5
		}
		rows.Bills = append(rows.Bills, anomaly.Bill{
			AccountID: account.ID, ID: string(rune('A' + i)), Period: anomaly.Period{Start: start, End: start.AddMonths(2)},
			Usage: anomaly.DecimalFromInt(used), Amount: anomaly.Known(anomaly.DecimalFromInt(3 * used)), Currency: "TWD",
		})
		start = start.AddMonths(2)
	}
	return anomaly.TakeHistory(account.ID, &rows)
}

// Somebody looks at what is used where nobody is to use anything, however much it is: at the
// reading first where that is likelier wrong than not, at the place otherwise.
func TestUsageInAVacancyIsLookedInto(t *testing.T) {
	assessor := NewAssessor(nil, nil)
	for _, service := range []anomaly.Service{anomaly.Electricity, anomaly.Water, anomaly.Gas} {
		for _, usage := range []int64{160, 200, 250, 300, 400, 500, 600, 800, 1000, 1300, 1600, 2000, 2500, 3000, 4000, 6000, 10000, 30000} {
			x := assessor.Assess(empty(service, usage), anomaly.MustDate("2026-01-20"))
			found, misread := false, 0.0
			for i := range x.Findings {
				found = found || x.Findings[i].Message.Key == "R10.vacant"
			}
			for i := range x.Causes {
				if x.Causes[i].Cause == anomaly.CauseMisread {
					misread = x.Causes[i].Probability
				}
			}
			if !found {
				t.Fatalf("%s, %d: R10 has not been found", service, usage)
			}
			switch act := x.Verdict.Action; {
			case act == anomaly.ActionInspect, act == anomaly.ActionReread && misread >= 0.5:
			default:
				t.Errorf("%s, %d: %s (%s), with a misread at %.2f", service, usage, act, x.Verdict.Reason.Key, misread)
			}
		}
	}
	// Seven times as much as when somebody lived there is a misread more likely than anything else.
	x := assessor.Assess(empty(anomaly.Electricity, 2000), anomaly.MustDate("2026-01-20"))
	if x.Causes[0].Cause != anomaly.CauseMisread {
		t.Errorf("2,000 kWh after bills of 5: %+v", x.Causes[:3])
	}
}
