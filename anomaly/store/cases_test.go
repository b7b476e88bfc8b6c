package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"whybill/anomaly"
)

// caseNote is an entry for tests.
func caseNote(text string) func([]anomaly.CaseEntry, int64) (NewCaseEntry, error) {
	return func([]anomaly.CaseEntry, int64) (NewCaseEntry, error) {
		return NewCaseEntry{Entry: anomaly.CaseEntry{
			Case: "D-1", On: anomaly.MustDate("2026-03-09"), By: "test", Kind: anomaly.CaseNote, Text: text,
		}}, nil
	}
}

func TestCaseEntryAndItsEventAreOneTransaction(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "w.db")
	s, err := Open(ctx, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	im, err := s.Begin(ctx, File{Name: "accounts.csv", Hash: "h"})
	if err != nil {
		t.Fatal(err)
	}
	if err := im.Add(ctx, &anomaly.Rows{Accounts: []anomaly.Account{{ID: "A", Source: anomaly.Source{File: "accounts.csv", Row: 2}}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := im.Commit(ctx, nil); err != nil {
		t.Fatal(err)
	}
	visit := anomaly.CaseEntry{
		Case: "D-1", On: anomaly.MustDate("2026-03-12"), By: "mei", Kind: anomaly.CaseVisit, Outcome: anomaly.NothingFound,
		Note: "present=no looked_at=no_load", Text: "the neighbour watched", Amount: anomaly.Known(anomaly.MustDecimal("12.50")),
	}
	got, err := s.AppendCase(ctx, "A", func(ledger []anomaly.CaseEntry, next int64) (NewCaseEntry, error) {
		if len(ledger) != 0 || next != 1 {
			t.Errorf("an empty ledger has %d entries, the next is %d", len(ledger), next)
		}
		return NewCaseEntry{Entry: visit, Inspection: &anomaly.Inspection{On: visit.On, Outcome: visit.Outcome}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := s.CaseEntries(ctx, "A")
	if err != nil || len(entries) != 1 || entries[0] != got {
		t.Fatalf("read %+v, %v; written %+v", entries, err, got)
	}
	h, err := s.History(ctx, "A")
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Events) != 1 || h.Events[0].Kind != anomaly.EventVisitDone || h.Events[0].Source != got.Source {
		t.Errorf("the event is %+v", h.Events)
	}
	if strings.Contains(h.Events[0].Note+h.Events[0].By, "neighbour") || strings.Contains(h.Events[0].By, "mei") {
		t.Errorf("words or names reached the event: %+v", h.Events[0])
	}
	if len(h.Inspections) != 1 || h.Inspections[0].Outcome != anomaly.NothingFound {
		t.Errorf("the inspection is %+v", h.Inspections)
	}
	// What is refused leaves nothing behind.
	refused := errors.New("refused")
	if _, err := s.AppendCase(ctx, "A", func([]anomaly.CaseEntry, int64) (NewCaseEntry, error) { return NewCaseEntry{}, refused }); !errors.Is(err, refused) {
		t.Errorf("a refusal came back as %v", err)
	}
	if entries, _ = s.CaseEntries(ctx, ""); len(entries) != 1 {
		t.Errorf("a refusal left %d entries", len(entries))
	}
	c, err := s.take(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer s.put(c)
	for _, sql := range []string{"UPDATE case_entries SET text = 'x'", "DELETE FROM case_entries"} {
		if err := execute(c, sql); err == nil {
			t.Errorf("%s was carried out", sql)
		}
	}
}

// ledgerHelper makes the test program write entries until it is killed, and say of each
// that it is written. It begins when it is told to.
const ledgerHelper = "WHYBILL_TEST_LEDGER"

func TestLedgerWriter(t *testing.T) {
	path := os.Getenv(ledgerHelper)
	if path == "" {
		t.Skip("only run by the tests below, in a process of its own")
	}
	count, _ := strconv.Atoi(os.Getenv(ledgerHelper + "_COUNT"))
	s, err := Open(t.Context(), path, Options{BusyTimeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("ready")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	for i := range count {
		text := fmt.Sprintf("%d-%d", os.Getpid(), i)
		if _, err := s.AppendCase(t.Context(), "A", caseNote(text)); err != nil {
			t.Fatal(err)
		}
		fmt.Printf("ack %s\n", text)
	}
	_ = s.Close()
}

// writing is a process that adds entries to a ledger.
type writing struct {
	*exec.Cmd
	acked chan string // what it was told is written
	ready chan struct{}
	in    io.Writer
}

// begin tells the process to write, once it can.
func (w *writing) begin(t *testing.T) {
	<-w.ready
	if _, err := w.in.Write([]byte("\n")); err != nil {
		t.Error(err)
	}
}

// startWriter starts a process that adds count entries once it is told to begin.
func startWriter(t *testing.T, path string, count int) *writing {
	t.Helper()
	w := &writing{
		Cmd:   exec.CommandContext(context.Background(), os.Args[0], "-test.run=^TestLedgerWriter$", "-test.v"),
		acked: make(chan string, count), ready: make(chan struct{}),
	}
	w.Env = append(os.Environ(), ledgerHelper+"="+path, ledgerHelper+"_COUNT="+strconv.Itoa(count))
	out, err := w.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if w.in, err = w.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	go func() {
		defer close(w.acked)
		for lines.Scan() {
			if lines.Text() == "ready" {
				close(w.ready)
			}
			if text, ok := strings.CutPrefix(lines.Text(), "ack "); ok {
				w.acked <- text
			}
		}
	}()
	return w
}

func emptyLedger(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "w.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// readTexts returns the texts in the ledger in the order of their numbers.
func readTexts(t *testing.T, path string) []string {
	t.Helper()
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.IntegrityCheck(t.Context()); err != nil {
		t.Error(err)
	}
	entries, err := s.CaseEntries(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for i, e := range entries {
		if e.Seq != int64(i+1) {
			t.Errorf("entry %d has the number %d", i+1, e.Seq)
		}
		texts = append(texts, e.Text)
	}
	return texts
}

// counted says how often each text stands in a ledger.
func counted(texts []string) map[string]int {
	n := map[string]int{}
	for _, text := range texts {
		n[text]++
	}
	return n
}

func TestTwoProcessesOnTheLedgerLoseNothing(t *testing.T) {
	path := emptyLedger(t)
	const each, rounds = 300, 20
	var written sync.Map
	// On a busy machine one of the two may be done before the other has its turn: then
	// they write again.
	turns, wrote := 0, 0
	for turns < 2 && wrote < rounds*2*each {
		writers := []*writing{startWriter(t, path, each), startWriter(t, path, each)}
		var wait sync.WaitGroup
		for _, w := range writers {
			<-w.ready
		}
		for _, w := range writers {
			w.begin(t)
			wait.Go(func() {
				for text := range w.acked {
					written.Store(text, true)
				}
				if err := w.Wait(); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		texts := readTexts(t, path)
		if wrote += 2 * each; len(texts) != wrote {
			t.Fatalf("%d entries in the ledger, want %d", len(texts), wrote)
		}
		turns = 0
		for i := wrote - 2*each + 1; i < len(texts); i++ {
			if who, _, _ := strings.Cut(texts[i], "-"); !strings.HasPrefix(texts[i-1], who+"-") {
				turns++
			}
		}
	}
	if turns < 2 {
		t.Errorf("the processes took turns %d times: they did not write at the same time", turns)
	}
	n := counted(readTexts(t, path))
	written.Range(func(text, _ any) bool {
		if n[text.(string)] != 1 {
			t.Errorf("%s stands in the ledger %d times", text, n[text.(string)])
		}
		return true
	})
}

// A process is killed at fifty points in time that have nothing to do with what it is
// doing: within a transaction, while it syncs, between two.
func TestKilledProcessLosesNothingThatWasAcknowledged(t *testing.T) {
	rounds := 50
	if testing.Short() {
		rounds = 5
	}
	path := emptyLedger(t)
	random := rand.New(rand.NewPCG(8, 2026))
	total := 0
	for round := range rounds {
		w := startWriter(t, path, 100_000)
		after := time.Duration(random.IntN(40_000)) * time.Microsecond
		written := make(chan struct{})
		go func() {
			w.begin(t)
			if round%2 == 1 {
				<-written // in every second round, however slow the machine is, it has written something
			}
			time.Sleep(after)
			if err := w.Process.Kill(); err != nil { // SIGKILL: nothing is tidied up
				t.Error(err)
			}
		}()
		var seen []string
		for text := range w.acked {
			if seen = append(seen, text); len(seen) == 1 {
				close(written)
			}
		}
		if err := w.Wait(); err == nil {
			t.Fatal("the process was not killed")
		}
		if len(seen) == 0 && round%2 == 1 {
			t.Fatal("the process ended before it had written anything")
		}
		texts := readTexts(t, path)
		n := counted(texts)
		for _, text := range seen {
			if n[text] != 1 {
				t.Errorf("round %d: %s was acknowledged and stands in the ledger %d times", round, text, n[text])
			}
		}
		// At most the one it was writing when it died is there beyond those.
		if extra := len(texts) - total - len(seen); extra < 0 || extra > 1 {
			t.Errorf("round %d: %d entries more than were acknowledged", round, extra)
		}
		total = len(texts)
	}
}
