package train_test

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"whybill/anomaly"
	"whybill/anomaly/train"
)

// tunisia reads the electricity and gas invoices of the STEG sample for every n-th client, with the
// repairs that data/README.md calls for: day and month put right where that puts a
// meter's readings in order, rows shifted by a decimal comma left out.
func tunisia(t testing.TB, every int) histories {
	type invoice struct {
		date     time.Time
		old, new int
		usage    int
		service  anomaly.Service
	}
	meters := map[string][]invoice{}
	var order []string
	for _, r := range readGzip(t, shared(t, "steg/invoices.csv.gz")) {
		client, err := strconv.Atoi(r[0][len("train_Client_"):])
		if err != nil {
			t.Fatal(err)
		}
		if client%every != 0 || len(r) != 16 {
			continue
		}
		date, err := time.Parse("2006-01-02", r[1])
		if err != nil {
			continue
		}
		inv := invoice{date: date, service: anomaly.Electricity}
		switch r[15] {
		case "GAZ":
			inv.service = anomaly.Gas
		case "ELEC":
		default:
			continue
		}
		for _, level := range r[8:12] {
			n, err := strconv.Atoi(level)
			if err != nil {
				inv.usage = -1
				break
			}
			inv.usage += n
		}
		inv.old, _ = strconv.Atoi(r[12])
		inv.new, _ = strconv.Atoi(r[13])
		if inv.usage < 0 || inv.new-inv.old != inv.usage {
			continue
		}
		key := r[0] + " " + r[15] + " " + r[3]
		if meters[key] == nil {
			order = append(order, key)
		}
		meters[key] = append(meters[key], inv)
	}
	var hs histories
	for _, key := range order {
		list := meters[key]
		slices.SortStableFunc(list, func(a, b invoice) int { return cmp.Compare(a.old, b.old) })
		h := &anomaly.History{Account: anomaly.Account{ID: key, Service: list[0].service}}
		last := time.Time{}
		for i, inv := range list {
			d := inv.date
			if swapped := time.Date(d.Year(), time.Month(d.Day()), int(d.Month()), 0, 0, 0, 0, time.UTC); d.Day() <= 12 {
				gap, other := d.Sub(last), swapped.Sub(last)
				if !last.IsZero() && (gap <= 0 || other > 0 && (other-120*24*time.Hour).Abs() < (gap-120*24*time.Hour).Abs()) {
					d = swapped
				}
			}
			if i > 0 && list[i-1].new == inv.old && d.Sub(last) >= 15*24*time.Hour && d.Sub(last) < 270*24*time.Hour {
				h.Bills = append(h.Bills, anomaly.Bill{
					ID: fmt.Sprint(i), Period: anomaly.Period{Start: anomaly.DateOf(last), End: anomaly.DateOf(d)}, Usage: anomaly.DecimalFromInt(int64(inv.usage)),
				})
			}
			last = d
		}
		if len(h.Bills) >= 8 {
			hs = append(hs, h)
		}
	}
	return hs
}

// Household bills of four months with readings on all days: nothing is required but that
// the estimate beats the simple methods and its intervals hold; the figures are logged.
func TestHouseholdsOneAhead(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a million invoices")
	}
	hs := tunisia(t, 12)
	for _, service := range []anomaly.Service{anomaly.Electricity, anomaly.Gas} {
		t.Run(service.String(), func(t *testing.T) {
			var some histories
			for _, h := range hs {
				if h.Account.Service == service {
					some = append(some, h)
				}
			}
			r, err := train.Backtest(t.Context(), some, newEstimator, train.BacktestOptions{Last: 4, Peers: true})
			if err != nil {
				t.Fatal(err)
			}
			e := logScores(t, r)
			for _, m := range r.Methods[1:] {
				if m.Forecasts > 0 && m.NMAE < e.NMAE {
					t.Errorf("%s has NMAE %.4f, the estimate %.4f", m.Method, m.NMAE, e.NMAE)
				}
			}
			if *e.Coverage90 < 0.87 || *e.Coverage90 > 0.93 {
				t.Errorf("the 90 %% interval covers %.3f", *e.Coverage90)
			}
		})
	}
}
