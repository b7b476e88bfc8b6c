package estimate

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whybill/anomaly"
)

// scaled is monthly(n) with the last bills' usage multiplied.
func scaled(n int, last ...float64) *anomaly.History {
	h := monthly(n)
	for i, by := range last {
		b := &h.Bills[n-len(last)+i]
		b.Usage, _ = anomaly.DecimalFromFloat(by*anomaly.Float(b.Usage), 0)
	}
	return h
}

func TestWhichBillsAChangeIsAbout(t *testing.T) {
	for _, c := range []struct {
		name string
		h    *anomaly.History
		down bool // a lasting fall is seen, the last bill included
	}{
		{"half since four bills", scaled(37, 0.5, 0.5, 0.5, 0.5), true},
		{"half for three bills, and back", scaled(37, 0.5, 0.5, 0.5, 1), false},
		{"nothing for three bills, the last one too", scaled(37, 0, 0, 0), true},
		{"nothing for two bills, and back", scaled(37, 0, 0, 1), false},
		{"half since four bills, the last one a little better", scaled(37, 0.5, 0.5, 0.5, 0.6), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			est := newKernel().Estimate(c.h, 36)
			// Well beyond chance, and about more than this bill: what check U05 asks for.
			down := est.Change.Bills >= 2 && est.Change.Shift < -0.25 && est.Change.LogBFDown > math.Log(100)
			if down != c.down {
				t.Errorf("%+v", est.Change)
			}
		})
	}
}

func TestANewMeterEndsWhatTheOldOneDidNotShow(t *testing.T) {
	h := scaled(37, 0, 0, 1)
	if est := newKernel().Estimate(h, 36); est.Vacant == 0 || est.Low95 > 0 {
		t.Errorf("two bills without usage: vacant %.2f, from %.0f", est.Vacant, est.Low95)
	}
	on := h.Bills[36].Period.Start
	h.Meters = []anomaly.Meter{{ID: "old", RemovedOn: on}, {ID: "new", InstalledOn: on}}
	est := newKernel().Estimate(h, 36)
	if billed := anomaly.Float(h.Bills[36].Usage); est.Vacant > 0 || billed < est.Low95 || billed > est.High95 {
		t.Errorf("a new meter: vacant %.2f, from %.0f to %.0f for %.0f", est.Vacant, est.Low95, est.High95, billed)
	}
}

// The deviations of monthly are 5 % at most, so half since four bills is measured to within
// 0.05 or so of log 2, and its standard error says no less.
func TestAChangeIsMeasuredBySeasonsBefore(t *testing.T) {
	c := newKernel().Estimate(scaled(37, 0.5, 0.5, 0.5, 0.5), 36).Change
	if miss := math.Abs(c.Shift + math.Ln2); c.Bills != 4 || c.SE < yearSD || c.SE > 0.1 || miss > 3*c.SE {
		t.Errorf("half since four bills: %+v", c)
	}
	short := newKernel().Estimate(scaled(9, 0.5, 0.5, 0.5, 0.5), 8).Change
	if short.SE != 0 {
		t.Errorf("measured without a year before: %+v", short)
	}
}

// An estimate that is set right for another usage is the one that would have been made.
func TestAgainIsANewEstimate(t *testing.T) {
	guessed := scaled(37, 0.5, 0.5, 0.5, 1)
	guessed.Bills[34].Quality, guessed.Bills[35].Quality = anomaly.Estimated, anomaly.Estimated
	unread := scaled(37, 1)
	unread.Bills[36].Quality = anomaly.Estimated
	owed := scaled(37, 1)
	owed.Bills[35].Quality, owed.Bills[35].Usage = anomaly.Estimated, anomaly.MustDecimal("-200")
	cfg := anomaly.DefaultConfig()
	ctx := &anomaly.Context{Model: fourShapes(), Neighbourhood: &anomaly.Neighbourhood{Common: map[string]*anomaly.CommonFactor{
		"electricity": {First: owed.Bills[0].Period.Start, BinDays: 2000, Log: []float64{0.1}, Count: []int{500}},
	}}}
	for name, h := range map[string]*anomaly.History{
		"half for three bills": scaled(37, 0.5, 0.5, 0.5, 1), "nothing for three bills": scaled(37, 0, 0, 0, 1), "the second bill": scaled(2, 1), "the first bill": scaled(1, 1),
		"after two estimates": guessed, "nobody read the meter": unread, "a credit is settled": owed,
	} {
		t.Run(name, func(t *testing.T) {
			k, bill := NewKernel(ctx, &cfg), len(h.Bills)-1
			est := k.Estimate(h, bill)
			for _, usage := range []string{"0", "60", "150", "199", "201", "310", "700", "9000", "0", "310"} {
				h.Bills[bill].Usage = anomaly.MustDecimal(usage)
				k.Again(&est, h, bill)
				if diff := cmp.Diff(NewKernel(ctx, &cfg).Estimate(h, bill), est); diff != "" {
					t.Fatalf("%s: %s", usage, diff)
				}
			}
		})
	}
}
