//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
)

// benchAccounts is how many accounts of 24 bills the benchmarks run over. The figures
// that are worth quoting come from many more than the default:
//
//	WHYBILL_BENCH_ACCOUNTS=200000 go test -run '^$' -bench Command -benchtime 3x ./cmd/whybill
const benchAccounts = "WHYBILL_BENCH_ACCOUNTS"

const benchBills = 24

// benchFile writes the bills of one benchmark and returns the file and its rows.
func benchFile(b *testing.B) (path string, rows int) {
	b.Helper()
	accounts := 2000
	if text := os.Getenv(benchAccounts); text != "" {
		var err error
		if accounts, err = strconv.Atoi(text); err != nil {
			b.Fatalf("%s: %v", benchAccounts, err)
		}
	}
	path = filepath.Join(b.TempDir(), "bills.csv")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	gen := exec.Command("go", "run", "./testdata/gen", "-accounts", strconv.Itoa(accounts), "-bills", strconv.Itoa(benchBills))
	gen.Dir, gen.Stdout, gen.Stderr = filepath.Join("..", ".."), f, os.Stderr
	if err := gen.Run(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	return path, bytes.Count(text, []byte{'\n'}) - 1
}

// whole runs the command in a process of its own, as its users do, and returns the
// processor time that it took in seconds and the most memory that it held in MB.
func whole(b *testing.B, args ...string) (seconds, megabytes float64) {
	b.Helper()
	cmd := exec.Command("whybill", args...)
	cmd.Env = append(os.Environ(), "HOME="+b.TempDir(), "XDG_DATA_HOME=", "WHYBILL_DB=", "WHYBILL_LANG=")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		b.Fatalf("%v: %s", err, stderr.Bytes())
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	unit := 1024.0 // kilobytes, but for one system
	if runtime.GOOS == "darwin" {
		unit = 1
	}
	return (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), float64(usage.Maxrss) * unit / (1 << 20)
}

// BenchmarkCommand measures the commands that have to be fast, from start to exit:
// rows/s by the clock, cpu-s/Mrow by the processors, peak-MB of memory.
func BenchmarkCommand(b *testing.B) {
	file, rows := benchFile(b)
	asOf := []string{"--quiet", "--as-of", "2026-01-31"} // every bill of the file has ended
	store := filepath.Join(b.TempDir(), "bills.db")
	for _, c := range []struct {
		name    string
		prepare func(b *testing.B)
		args    []string
	}{
		{
			"batch from files", nil,
			append([]string{"batch", file}, asOf...),
		},
		{
			"import", func(b *testing.B) {
				b.Helper()
				for _, suffix := range []string{"", "-wal", "-shm"} {
					if err := os.RemoveAll(store + suffix); err != nil {
						b.Fatal(err)
					}
				}
			},
			[]string{"import", "--quiet", "--db", store, file},
		},
		{
			"batch from the store", func(b *testing.B) {
				b.Helper()
				if _, err := os.Stat(store); err != nil {
					whole(b, "import", "--quiet", "--db", store, file)
				}
			},
			append([]string{"batch", "--db", store}, asOf...),
		},
	} {
		b.Run(c.name, func(b *testing.B) {
			var cpu, peak float64
			for b.Loop() {
				if c.prepare != nil {
					b.StopTimer()
					c.prepare(b)
					b.StartTimer()
				}
				seconds, megabytes := whole(b, c.args...)
				cpu += seconds
				peak = max(peak, megabytes)
			}
			done := float64(rows) * float64(b.N)
			b.ReportMetric(done/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(cpu/done*1e6, "cpu-s/Mrow")
			b.ReportMetric(peak, "peak-MB")
		})
	}
}
