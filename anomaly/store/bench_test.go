package store

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"whybill/anomaly"
)

// The size of the benchmarks: `-bench.accounts 200000` is the big one.
var benchAccounts = flag.Int("bench.accounts", 20_000, "accounts in benchmarks; each has 24 bills")

const benchMonths = 24

// importMonths imports bills a month at a time, as they stand in real files.
func importMonths(b *testing.B, s *Store, name string, from, to int) Result {
	b.Helper()
	ctx := context.Background()
	im, err := s.Begin(ctx, File{Name: name, Hash: name})
	if err != nil {
		b.Fatal(err)
	}
	for m := from; m < to; m++ {
		b.StopTimer()
		rows := month(*benchAccounts, m, name)
		b.StartTimer()
		if err := im.Add(ctx, rows); err != nil {
			b.Fatal(err)
		}
	}
	res, err := im.Commit(ctx, nil)
	if err != nil {
		b.Fatal(err)
	}
	return res
}

func BenchmarkImport(b *testing.B) {
	dir, n := b.TempDir(), 0
	for b.Loop() {
		n++
		s, err := Open(context.Background(), filepath.Join(dir, fmt.Sprint(n), "whybill.db"), Options{})
		if err != nil {
			b.Fatal(err)
		}
		importMonths(b, s, "bills.csv", 0, benchMonths)
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b, "rows/s", *benchAccounts*benchMonths)
}

// A month's bills beside two years that are there already.
func BenchmarkImportNextMonth(b *testing.B) {
	s := open(b)
	importMonths(b, s, "bills.csv", 0, benchMonths)
	m := benchMonths
	for b.Loop() {
		if res := importMonths(b, s, fmt.Sprintf("%d.csv", m), m, m+1); res.Inserted != *benchAccounts {
			b.Fatalf("%+v", res)
		}
		m++
	}
	perSecond(b, "rows/s", *benchAccounts)
}

// All bills once more, from a file that says the same.
func BenchmarkImportAgain(b *testing.B) {
	s := open(b)
	importMonths(b, s, "bills.csv", 0, benchMonths)
	n := 0
	for b.Loop() {
		n++
		if res := importMonths(b, s, fmt.Sprintf("again-%d.csv", n), 0, benchMonths); res.Unchanged != *benchAccounts*benchMonths {
			b.Fatalf("%+v", res)
		}
	}
	perSecond(b, "rows/s", *benchAccounts*benchMonths)
}

func BenchmarkHistories(b *testing.B) {
	s := open(b)
	importMonths(b, s, "bills.csv", 0, benchMonths)
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var bills atomic.Int64
				err := s.Histories(context.Background(), ScanOptions{Workers: workers}, func(_ int, h *anomaly.History) error {
					bills.Add(int64(len(h.Bills)))
					return nil
				})
				if err != nil || int(bills.Load()) != *benchAccounts*benchMonths {
					b.Fatal(bills.Load(), err)
				}
			}
			perSecond(b, "rows/s", *benchAccounts*benchMonths)
		})
	}
}

// What one check costs: open the store, read one account, close.
func BenchmarkHistory(b *testing.B) {
	s := open(b)
	importMonths(b, s, "bills.csv", 0, benchMonths)
	ctx, n := context.Background(), 0
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			n++
			one, err := Open(ctx, s.Path(), Options{MustExist: true})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := one.History(ctx, fmt.Sprintf("ACC%09d", n*7919%*benchAccounts)); err != nil {
				b.Fatal(err)
			}
			if err := one.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("opened", func(b *testing.B) {
		for b.Loop() {
			n++
			if _, err := s.History(ctx, fmt.Sprintf("ACC%09d", n*7919%*benchAccounts)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("nearest", func(b *testing.B) {
		for b.Loop() {
			n++
			ids, err := s.Nearest(ctx, fmt.Sprintf("ACC%08d", n*7919%*benchAccounts), 3)
			if err != nil || len(ids) == 0 {
				b.Fatal(ids, err)
			}
		}
	})
}

func perSecond(b *testing.B, unit string, n int) {
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), unit)
}
