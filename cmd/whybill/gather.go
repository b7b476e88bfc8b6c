package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"unique"

	"whybill/anomaly"
	"whybill/anomaly/pipeline"
)

// lineGather takes one line of output for each assessment, from several workers and in
// any order, and writes them out best first. The lines wait in a temporary file: only
// what they are ordered by stays in memory.
type lineGather struct {
	workers []lineWorker

	mu    sync.Mutex
	file  *os.File
	size  int64
	index []gathered
}

type lineWorker struct {
	buf   []byte
	index []gathered // with offsets into buf
}

type gathered struct {
	key pipeline.RankKey
	at  int64
	len int
}

const gatherBuffer = 1 << 20

func newLineGather() (*lineGather, error) {
	f, err := os.CreateTemp("", "whybill-*")
	if err != nil {
		return nil, fmt.Errorf("making a temporary file: %w", err)
	}
	_ = os.Remove(f.Name()) // gone with the process, however that ends
	return &lineGather{workers: make([]lineWorker, pipeline.Workers()), file: f}, nil
}

func (g *lineGather) close() error { return g.file.Close() }

// add takes the line that appendLine appends.
func (g *lineGather) add(worker int, a *anomaly.Assessment, appendLine func([]byte) []byte) error {
	w := &g.workers[worker]
	at := len(w.buf)
	w.buf = appendLine(w.buf)
	w.index = append(w.index, gathered{pipeline.RankOf(a).Clone(), int64(at), len(w.buf) - at})
	if len(w.buf) < gatherBuffer {
		return nil
	}
	return g.flush(w)
}

func (g *lineGather) flush(w *lineWorker) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, err := g.file.WriteAt(w.buf, g.size); err != nil {
		return fmt.Errorf("writing a temporary file: %w", err)
	}
	for _, x := range w.index {
		x.at += g.size
		g.index = append(g.index, x)
	}
	g.size += int64(len(w.buf))
	w.buf, w.index = w.buf[:0], w.index[:0]
	return nil
}

// writeTo writes all lines, best first.
func (g *lineGather) writeTo(w io.Writer) error {
	for i := range g.workers {
		if err := g.flush(&g.workers[i]); err != nil {
			return err
		}
	}
	flagged := map[unique.Handle[string]]int{}
	for i := range g.index {
		if k := &g.index[i].key; k.Flagged {
			flagged[k.Unit]++
		}
	}
	order := pipeline.OrderOf(flagged)
	slices.SortFunc(g.index, func(a, b gathered) int { return order.Compare(a.key, b.key) })
	out := bufio.NewWriterSize(w, 1<<20)
	var line []byte
	for _, x := range g.index {
		line = slices.Grow(line[:0], x.len)[:x.len]
		if _, err := g.file.ReadAt(line, x.at); err != nil {
			return fmt.Errorf("reading a temporary file: %w", err)
		}
		if _, err := out.Write(line); err != nil {
			return err
		}
	}
	return out.Flush()
}

// rankGather keeps assessments, best first; of more than limit (0: no limit) it keeps
// the best.
type rankGather struct {
	limit   int
	workers []rankWorker
}

// rankWorker keeps, of each unit that priorities are counted in, the best: which unit
// comes first is known when all have been seen.
type rankWorker struct {
	best    map[unique.Handle[string]]*bestOf
	flagged map[unique.Handle[string]]int
	seen    int // how many there were, kept or not
}

type bestOf struct {
	kept  []ranked
	bar   pipeline.RankKey // what does not come before this is not among the best
	isBar bool
}

type ranked struct {
	key pipeline.RankKey
	a   *anomaly.Assessment
}

func newRankGather(limit int) *rankGather {
	g := &rankGather{limit: limit, workers: make([]rankWorker, pipeline.Workers())}
	for i := range g.workers {
		g.workers[i] = rankWorker{best: map[unique.Handle[string]]*bestOf{}, flagged: map[unique.Handle[string]]int{}}
	}
	return g
}

// within orders what is counted in one unit.
var within pipeline.RankOrder

func (g *rankGather) add(worker int, a *anomaly.Assessment) {
	w := &g.workers[worker]
	w.seen++
	key := pipeline.RankOf(a)
	if key.Flagged {
		w.flagged[key.Unit]++
	}
	b := w.best[key.Unit]
	if b == nil {
		b = &bestOf{}
		w.best[key.Unit] = b
	}
	if b.isBar && within.Compare(key, b.bar) > 0 {
		return
	}
	a = pipeline.Keep(a)
	b.kept = append(b.kept, ranked{pipeline.RankOf(a), a})
	if g.limit > 0 && len(b.kept) >= 2*g.limit {
		b.kept = best(b.kept, within, g.limit)
		b.bar, b.isBar = b.kept[g.limit-1].key, true
	}
}

func best(all []ranked, order pipeline.RankOrder, limit int) []ranked {
	slices.SortFunc(all, func(a, b ranked) int { return order.Compare(a.key, b.key) })
	if limit > 0 && len(all) > limit {
		clear(all[limit:])
		all = all[:limit]
	}
	return all
}

// all returns what was kept, best first, how many there were, and the units that the
// priorities of flagged bills are counted in, in their order.
func (g *rankGather) all() (kept []ranked, seen int, units []string) {
	flagged := map[unique.Handle[string]]int{}
	for i := range g.workers {
		w := &g.workers[i]
		seen += w.seen
		for _, b := range w.best {
			kept = append(kept, b.kept...)
		}
		for unit, n := range w.flagged {
			flagged[unit] += n
		}
	}
	return best(kept, pipeline.OrderOf(flagged), g.limit), seen, pipeline.UnitsOf(flagged)
}
