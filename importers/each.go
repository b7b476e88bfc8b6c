package importers

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"

	"whybill/anomaly"
	"whybill/importers/xlsxfile"
)

// inOrder runs blocks through workers and hands the results over in the order of the
// blocks, on the caller's goroutine. newWorker makes the function of one worker; at most
// a few blocks for each worker are under way at a time.
func inOrder[T any](ctx context.Context, in *blocks, workers int, newWorker func() func(block) T, deliver func(T) error) error {
	ctx, cancel := context.WithCancel(ctx)
	type job struct {
		block block
		done  chan T
	}
	work, order := make(chan job), make(chan job, 2*workers)
	var readErr error
	var group sync.WaitGroup
	group.Go(func() {
		defer close(order)
		defer close(work)
		for {
			b, err := in.next()
			if err != nil {
				if !errors.Is(err, io.EOF) {
					readErr = err
				}
				return
			}
			j := job{b, make(chan T, 1)}
			select {
			case order <- j:
			case <-ctx.Done():
				return
			}
			select {
			case work <- j:
			case <-ctx.Done():
				close(j.done)
				return
			}
		}
	})
	for range workers {
		group.Go(func() {
			do := newWorker()
			for j := range work {
				j.done <- do(j.block)
			}
		})
	}
	var err error
	for j := range order {
		result, ok := <-j.done
		if err == nil && ok {
			if err = ctx.Err(); err == nil {
				err = deliver(result)
			}
			if err != nil {
				cancel()
			}
		}
	}
	cancel()
	group.Wait()
	if err == nil {
		err = readErr
	}
	return err
}

// Each delivers the rows of all files: batches in the order of the files and their rows,
// on the caller's goroutine, while files are parsed on all cores. It ends with the
// callback's error, the context's, or an *Error for a file that cannot be read on.
func (s *Set) Each(ctx context.Context, deliver func(*Batch) error) error {
	for _, t := range s.tables {
		if err := t.each(ctx, s.opt, deliver); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// EachOf delivers the rows of one of the files that Files lists.
func (s *Set) EachOf(ctx context.Context, file *FileInfo, deliver func(*Batch) error) error {
	for _, t := range s.tables {
		if &t.info == file {
			return t.each(ctx, s.opt, deliver)
		}
	}
	return errors.New("importers: the file is not of this set")
}

func (t *table) each(ctx context.Context, opt Options, deliver func(*Batch) error) error {
	var callback error
	handOver := func(b *Batch) error {
		if b.Rows.Len() == 0 && len(b.Problems) == 0 && b.Read == 0 && b.Bytes == 0 {
			return nil
		}
		callback = deliver(b)
		return callback
	}
	err := t.remarkFile(handOver)
	if err != nil {
		return err
	}
	if t.info.Format == FormatNEM || t.info.Format == FormatESPI {
		err = t.eachFormat(ctx, handOver)
	} else {
		err = t.readTable(ctx, opt, handOver)
	}
	if err == nil || callback != nil {
		return callback
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fileError(t.info.Name, err)
}

// read is what one block becomes: a batch, and bills whose periods stand in other blocks.
type read struct {
	batch *Batch
	chain []anomaly.Bill
}

func (t *table) readTable(ctx context.Context, opt Options, deliver func(*Batch) error) error {
	in, err := t.open(opt.ChunkBytes)
	if err != nil {
		return err
	}
	pool := sync.Pool{New: func() any { return &Batch{} }}
	passing := newPassing()
	var chain []anomaly.Bill
	err = inOrder(ctx, in, opt.workers(), func() func(block) read {
		var converters []*converter
		for _, p := range t.plans {
			converters = append(converters, newConverter(p))
		}
		var cells []string
		return func(b block) read {
			batch := pool.Get().(*Batch)
			batch.Rows.Reset()
			clear(batch.Problems)
			batch.File, batch.Problems, batch.Read, batch.Bytes = t.info.Name, batch.Problems[:0], 0, b.read
			clear(batch.services)
			batch.services = batch.services[:0]
			for _, c := range converters {
				c.batch = batch
				clear(c.accounts)
				clear(c.meters)
			}
			var undecoded int
			cells, undecoded = t.rows(b, cells, func(row int, cells []string, kinds []xlsxfile.Kind, raw string) bool {
				read := false
				for _, c := range converters {
					read = c.convert(row, cells, kinds, raw) || read
				}
				if read {
					batch.Read++
				}
				return true
			})
			if undecoded > 0 {
				t.remarkUndecoded(b, batch)
			}
			done := read{batch: batch}
			for _, c := range converters {
				done.chain = append(done.chain, c.chain...)
				c.chain = nil
			}
			return done
		}
	}, func(done read) error {
		t.services.leaveOut(&done)
		if !t.declares() {
			passing.filter(&done.batch.Rows)
		}
		chain = append(chain, done.chain...)
		err := deliver(done.batch)
		pool.Put(done.batch)
		return err
	})
	if err == nil && len(chain) > 0 {
		err = t.deliverChain(chain, deliver)
	}
	return errors.Join(err, in.close())
}

// deliverChain delivers the bills that readings carry, once their periods are known.
func (t *table) deliverChain(chain []anomaly.Bill, deliver func(*Batch) error) error {
	b := &Batch{File: t.info.Name, Bytes: t.info.Bytes}
	var first int
	b.Rows.Bills, first = linkBills(chain)
	b.Problems = []Problem{{File: t.info.Name, Reason: anomaly.Msg("import.first_readings", anomaly.CountArg("count", first))}}
	return deliver(b)
}

// remarkFile delivers what concerns the file as a whole.
func (t *table) remarkFile(deliver func(*Batch) error) error {
	for _, p := range t.plans {
		if len(p.remarks) == 0 {
			continue
		}
		if err := deliver(&Batch{File: t.info.Name, Problems: slices.Clone(p.remarks)}); err != nil {
			return err
		}
	}
	e := t.info.Swapped
	if !e.Found || slices.ContainsFunc(t.plans, func(p *plan) bool { return p.swap }) {
		return nil
	}
	return deliver(&Batch{File: t.info.Name, Problems: []Problem{{
		File: t.info.Name,
		Reason: anomaly.Msg("import.swapped_dates", anomaly.CountArg("links", e.Links),
			anomaly.CountArg("backwards", e.Backwards), anomaly.CountArg("repaired", e.Repaired)),
	}}})
}

// remarkUndecoded names the rows in which characters did not decode.
func (t *table) remarkUndecoded(b block, batch *Batch) {
	t.rows(b, nil, func(row int, cells []string, _ []xlsxfile.Kind, raw string) bool {
		for i, cell := range cells {
			n := strings.Count(cell, "\ufffd")
			if n == 0 {
				continue
			}
			p := Problem{
				File: t.info.Name, Row: row, Value: clip(cell), Raw: raw,
				Reason: anomaly.Msg("import.undecoded", anomaly.CountArg("count", n), anomaly.TextArg("encoding", t.encoding.String())),
			}
			if header := t.plans[0].header; i < len(header) {
				p.Column = header[i]
			}
			batch.Problems = append(batch.Problems, p)
		}
		return true
	})
	slices.SortStableFunc(batch.Problems, func(a, b Problem) int { return cmp.Compare(a.Row, b.Row) })
}
