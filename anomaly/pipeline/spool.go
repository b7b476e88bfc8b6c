package pipeline

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"whybill/anomaly"
)

// Spool collects the rows of files and hands them out again account by account. Rows
// may come in any order, as they do in real files (a month at a time); what does not
// fit in memory goes to one temporary file. Rows of one account keep the order in
// which they were added.
//
// One goroutine adds, then Each reads with several.
type Spool struct {
	parts   []partition
	words   *dictionary
	seed    maphash.Seed
	scratch codec

	memory int // bytes held in all parts
	limit  int
	file   *os.File
	size   int64 // of file

	weather  map[string]map[anomaly.Date]float64
	previous map[string]struct{} // accounts that another account names as its previous one
	rows     int
}

// partition holds the rows of the accounts whose hash it is given.
type partition struct {
	buf      []byte
	segments []segment // what was moved to the file, in order
}

type segment struct {
	at  int64
	len int
}

const (
	partitions = 256
	// flushAt is how large a part's buffer must be for a write of its own to be worth it.
	flushAt = 256 << 10
)

// NewSpool returns an empty spool that keeps about limit bytes in memory; 0 means a
// default that suits a small machine.
func NewSpool(limit int) *Spool {
	if limit <= 0 {
		limit = 96 << 20
	}
	return &Spool{
		parts: make([]partition, partitions), words: newDictionary(), seed: maphash.MakeSeed(),
		limit: limit, weather: map[string]map[anomaly.Date]float64{}, previous: map[string]struct{}{},
	}
}

// Close removes the temporary file.
func (s *Spool) Close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}

// Rows returns the number of rows added.
func (s *Spool) Rows() int { return s.rows }

// Add takes the rows in; they are copied. Intervals are not assessed and are left out.
func (s *Spool) Add(rows *anomaly.Rows) error {
	s.rows += rows.Len()
	for i := range rows.Accounts {
		a := &rows.Accounts[i]
		if a.PreviousAccountID != "" {
			s.previous[string([]byte(a.PreviousAccountID))] = struct{}{}
		}
		s.add(a.ID, kindAccount, func(c *codec) { c.account(a) })
	}
	for i := range rows.Meters {
		s.add(rows.Meters[i].AccountID, kindMeter, func(c *codec) { c.meter(&rows.Meters[i]) })
	}
	for i := range rows.Readings {
		s.add(rows.Readings[i].AccountID, kindReading, func(c *codec) { c.readingRow(&rows.Readings[i]) })
	}
	for i := range rows.Bills {
		s.add(rows.Bills[i].AccountID, kindBill, func(c *codec) { c.bill(&rows.Bills[i]) })
	}
	for i := range rows.Lines {
		s.add(rows.Lines[i].AccountID, kindLine, func(c *codec) { c.line(&rows.Lines[i]) })
	}
	for i := range rows.Appliances {
		s.add(rows.Appliances[i].AccountID, kindAppliance, func(c *codec) { c.appliance(&rows.Appliances[i]) })
	}
	for i := range rows.Events {
		s.add(rows.Events[i].AccountID, kindEvent, func(c *codec) { c.event(&rows.Events[i]) })
	}
	for i := range rows.Inspections {
		s.add(rows.Inspections[i].AccountID, kindInspection, func(c *codec) { c.inspection(&rows.Inspections[i]) })
	}
	for i := range rows.Weather {
		s.addWeather(&rows.Weather[i])
	}
	if s.memory > s.limit {
		return s.spill()
	}
	return nil
}

// add frames a row: the account's id, the kind, the length of the rest in three bytes
// (no reader takes a row of 16 MB), the rest.
func (s *Spool) add(account string, k kind, write func(*codec)) {
	p := &s.parts[maphash.String(s.seed, account)%partitions]
	before := len(p.buf)
	c := &s.scratch
	c.words, c.out = s.words, p.buf
	c.out = binary.AppendUvarint(c.out, uint64(len(account)))
	c.out = append(c.out, account...)
	c.out = append(c.out, byte(k), 0, 0, 0)
	body := len(c.out)
	write(c)
	n := len(c.out) - body
	c.out[body-3], c.out[body-2], c.out[body-1] = byte(n), byte(n>>8), byte(n>>16)
	p.buf = c.out
	s.memory += len(p.buf) - before
	c.out = nil
}

func (s *Spool) addWeather(w *anomaly.WeatherDay) {
	days := s.weather[w.Station]
	if days == nil {
		days = map[anomaly.Date]float64{}
		s.weather[string([]byte(w.Station))] = days
	}
	days[w.On] = w.Mean
}

// spill moves the large buffers to the file, all of them where that frees too little.
func (s *Spool) spill() error {
	if s.file == nil {
		f, err := os.CreateTemp("", "whybill-*")
		if err != nil {
			return fmt.Errorf("the rows do not fit in memory and no temporary file can be made: %w", err)
		}
		// Without a name it is gone with the process, however that ends. Where a system
		// does not allow this the file stays until it cleans its temporary folder.
		_ = os.Remove(f.Name())
		s.file = f
	}
	for _, least := range []int{flushAt, 0} {
		for i := range s.parts {
			p := &s.parts[i]
			if len(p.buf) <= least {
				continue
			}
			if _, err := s.file.WriteAt(p.buf, s.size); err != nil {
				return fmt.Errorf("writing a temporary file: %w", err)
			}
			p.segments = append(p.segments, segment{s.size, len(p.buf)})
			s.size += int64(len(p.buf))
			s.memory -= len(p.buf)
			p.buf = p.buf[:0]
		}
		if s.memory < s.limit/2 {
			return nil
		}
	}
	return nil
}

// Weather returns the stations' daily temperatures that were added.
func (s *Spool) Weather() map[string]*anomaly.WeatherSeries {
	return WeatherSeries(s.weather)
}

// row is where a row of an account stands in its partition.
type row struct {
	account int32
	kind    kind
	at      uint32
	len     uint32
}

// load brings a partition together as one string and finds its rows.
func (s *Spool) load(i int, w *spoolWorker) (data string, err error) {
	p := &s.parts[i]
	total := len(p.buf)
	for _, seg := range p.segments {
		total += seg.len
	}
	w.bytes = slices.Grow(w.bytes[:0], total)[:0]
	for _, seg := range p.segments {
		n := len(w.bytes)
		w.bytes = w.bytes[:n+seg.len]
		if _, err := s.file.ReadAt(w.bytes[n:], seg.at); err != nil {
			return "", fmt.Errorf("reading a temporary file: %w", err)
		}
	}
	w.bytes = append(w.bytes, p.buf...)
	return string(w.bytes), nil
}

var errSpool = errors.New("the temporary rows are damaged")

// spoolWorker is what one goroutine of Each keeps between partitions.
type spoolWorker struct {
	outline  bool // see EachOutline
	bytes    []byte
	accounts map[string]int32
	ids      []string
	index    []row
	sorted   []row   // index in its next order
	places   []int32 // where in it the next row of each account goes
	rows     anomaly.Rows
	codec    codec
}

func (w *spoolWorker) scan(data string) error {
	clear(w.accounts)
	w.ids, w.index = w.ids[:0], w.index[:0]
	c := codec{reading: true, in: data}
	for len(c.in) > 0 {
		n := c.uvarint(0)
		if c.bad || uint64(len(c.in)) < n+4 {
			return errSpool
		}
		id := c.in[:n]
		k := kind(c.in[n])
		size := uint32(c.in[n+1]) | uint32(c.in[n+2])<<8 | uint32(c.in[n+3])<<16
		c.in = c.in[n+4:]
		if uint64(len(c.in)) < uint64(size) {
			return errSpool
		}
		account, ok := w.accounts[id]
		if !ok {
			account = int32(len(w.ids))
			w.accounts[id] = account
			w.ids = append(w.ids, id)
		}
		w.index = append(w.index, row{account, k, uint32(len(data) - len(c.in)), size})
		c.in = c.in[size:]
	}
	w.sort()
	return nil
}

// sort brings the rows of each account together, in the order in which they were added,
// by counting: accounts are numbered as they come.
func (w *spoolWorker) sort() {
	w.places = append(w.places[:0], make([]int32, len(w.ids)+1)...)
	for i := range w.index {
		w.places[w.index[i].account+1]++
	}
	for i := 1; i < len(w.places); i++ {
		w.places[i] += w.places[i-1]
	}
	w.sorted = slices.Grow(w.sorted[:0], len(w.index))[:len(w.index)]
	for _, x := range w.index {
		at := &w.places[x.account]
		w.sorted[*at] = x
		*at++
	}
	w.index, w.sorted = w.sorted, w.index
}

// decode fills w.rows with the rows of one account.
func (w *spoolWorker) decode(words *dictionary, data, id string, index []row) error {
	w.rows.Reset()
	r, c := &w.rows, &w.codec
	c.reading, c.words, c.bad = true, words, false
	for _, x := range index {
		if w.outline && (x.kind == kindLine || x.kind == kindInspection) {
			continue
		}
		c.in = data[x.at : x.at+x.len]
		switch x.kind {
		case kindAccount:
			r.Accounts = append(r.Accounts, anomaly.Account{ID: id})
			c.account(&r.Accounts[len(r.Accounts)-1])
		case kindMeter:
			r.Meters = append(r.Meters, anomaly.Meter{AccountID: id})
			c.meter(&r.Meters[len(r.Meters)-1])
		case kindReading:
			r.Readings = append(r.Readings, anomaly.Reading{AccountID: id})
			c.readingRow(&r.Readings[len(r.Readings)-1])
		case kindBill:
			r.Bills = append(r.Bills, anomaly.Bill{AccountID: id})
			c.bill(&r.Bills[len(r.Bills)-1])
		case kindLine:
			r.Lines = append(r.Lines, anomaly.Line{AccountID: id})
			c.line(&r.Lines[len(r.Lines)-1])
		case kindAppliance:
			r.Appliances = append(r.Appliances, anomaly.Appliance{AccountID: id})
			c.appliance(&r.Appliances[len(r.Appliances)-1])
		case kindEvent:
			r.Events = append(r.Events, anomaly.Event{AccountID: id})
			c.event(&r.Events[len(r.Events)-1])
		case kindInspection:
			r.Inspections = append(r.Inspections, anomaly.Inspection{AccountID: id})
			c.inspection(&r.Inspections[len(r.Inspections)-1])
		}
		if c.bad {
			return errSpool
		}
	}
	return nil
}

// Each hands every account's history to fn, from as many goroutines as there are
// processors; worker tells them apart (0 to Workers()-1). The order of accounts is not
// defined. A history and its strings are valid until fn returns, except through
// strings that fn clones.
func (s *Spool) Each(ctx context.Context, fn func(worker int, h *anomaly.History) error) error {
	return s.each(ctx, false, fn)
}

// EachOutline is Each without the bills' lines and the inspections.
func (s *Spool) EachOutline(ctx context.Context, fn func(worker int, h *anomaly.History) error) error {
	return s.each(ctx, true, fn)
}

func (s *Spool) each(ctx context.Context, outline bool, fn func(worker int, h *anomaly.History) error) error {
	moved, err := s.movedFrom()
	if err != nil {
		return err
	}
	var next atomic.Int32
	group, ctx := errgroup.WithContext(ctx)
	for worker := range Workers() {
		group.Go(func() error {
			w := &spoolWorker{outline: outline, accounts: map[string]int32{}}
			for {
				i := int(next.Add(1)) - 1
				if i >= partitions {
					return nil
				}
				if err := s.part(ctx, i, w, moved, func(h *anomaly.History) error { return fn(worker, h) }); err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

func (s *Spool) part(ctx context.Context, i int, w *spoolWorker, moved map[string]*anomaly.History, fn func(*anomaly.History) error) error {
	data, err := s.load(i, w)
	if err != nil {
		return err
	}
	return w.eachAccount(data, func(id string, index []row) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.decode(s.words, data, id, index); err != nil {
			return err
		}
		h := anomaly.TakeHistory(id, &w.rows)
		if h.Account.PreviousAccountID != "" {
			h.Previous = moved[h.Account.PreviousAccountID]
		}
		return fn(h)
	})
}

// eachAccount hands the rows of each account in the partition to fn.
func (w *spoolWorker) eachAccount(data string, fn func(id string, index []row) error) error {
	if err := w.scan(data); err != nil {
		return err
	}
	for from := 0; from < len(w.index); {
		account := w.index[from].account
		to := from + 1
		for to < len(w.index) && w.index[to].account == account {
			to++
		}
		if err := fn(w.ids[account], w.index[from:to]); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// movedFrom builds the histories that other accounts refer to as their previous ones:
// they stand in other partitions than the accounts that need them.
func (s *Spool) movedFrom() (map[string]*anomaly.History, error) {
	moved := make(map[string]*anomaly.History, len(s.previous))
	wanted := map[int]bool{}
	for id := range s.previous {
		wanted[int(maphash.String(s.seed, id)%partitions)] = true
	}
	for i := range partitions {
		if !wanted[i] {
			continue
		}
		w := &spoolWorker{accounts: map[string]int32{}}
		data, err := s.load(i, w)
		if err != nil {
			return nil, err
		}
		err = w.eachAccount(data, func(id string, index []row) error {
			if _, ok := s.previous[id]; !ok {
				return nil
			}
			// A copy of the account's rows alone: a history keeps the text that its
			// strings are part of, and that must not be the whole partition.
			own, at := make([]row, len(index)), uint32(0)
			var text strings.Builder
			for j, x := range index {
				text.WriteString(data[x.at : x.at+x.len])
				own[j] = row{kind: x.kind, at: at, len: x.len}
				at += x.len
			}
			id = strings.Clone(id)
			var one spoolWorker
			if err := one.decode(s.words, text.String(), id, own); err != nil {
				return err
			}
			moved[id] = anomaly.BuildHistory(id, &one.rows)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return moved, nil
}

// Workers is the number of goroutines that Each uses.
func Workers() int { return runtime.GOMAXPROCS(0) }
