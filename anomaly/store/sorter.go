package store

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// sorter puts rows into the order of their keys with bounded memory: full buffers are
// sorted and go to one temporary file, while the next one is filled; in the end all
// are merged. Rows of the same key keep their order: their place is part of the key.
type sorter struct {
	dir   string
	limit int // bytes in a buffer

	buf  *buffer
	busy chan *buffer // buffers that are not being filled: room for one
	errs chan error

	rows int64
	file *os.File
	size int64
	runs [][2]int64 // from and to in the file
}

// buffer holds rows as length of key, length of value, key, value.
type buffer struct {
	data  []byte
	index []place
}

// place says where a row's key is; head is its first bytes that not all keys share.
type place struct {
	head uint64
	row  uint32 // in data
	key  uint32 // in data
	end  uint32 // of the key
}

const (
	// sortMemory is the size of a buffer; there are two.
	sortMemory = 16 << 20
	placeBytes = 6 // of the place in the import at the end of a key
)

func newSorter(dir string, limit int) *sorter {
	s := &sorter{dir: dir, limit: limit, buf: &buffer{}, busy: make(chan *buffer, 1), errs: make(chan error, 1)}
	s.busy <- &buffer{}
	return s
}

// add takes a row in; key and val are copied.
func (s *sorter) add(key, val []byte) error {
	b := s.buf
	row := len(b.data)
	b.data = binary.AppendUvarint(b.data, uint64(len(key)+placeBytes))
	b.data = binary.AppendUvarint(b.data, uint64(len(val)))
	at := len(b.data)
	b.data = append(b.data, key...)
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(s.rows))
	b.data = append(b.data, n[8-placeBytes:]...)
	b.index = append(b.index, place{row: uint32(row), key: uint32(at), end: uint32(len(b.data))})
	b.data = append(b.data, val...)
	s.rows++
	if len(b.data) < s.limit {
		return nil
	}
	return s.spill()
}

// spill sorts the full buffer and writes it out beside what the caller goes on with.
func (s *sorter) spill() error {
	other, err := s.wait()
	if err != nil {
		return err
	}
	full := s.buf
	s.buf = other
	go func() {
		full.sort()
		err := s.write(full)
		full.data, full.index = full.data[:0], full.index[:0]
		if err != nil {
			s.errs <- err
		}
		s.busy <- full
	}()
	return nil
}

// wait waits for the buffer that is being written and returns it, empty.
func (s *sorter) wait() (*buffer, error) {
	b := <-s.busy
	select {
	case err := <-s.errs:
		s.busy <- b
		return nil, err
	default:
		return b, nil
	}
}

func (s *sorter) write(b *buffer) error {
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, ".whybill-import-*")
		if err != nil {
			return fmt.Errorf("the rows do not fit in memory and no temporary file can be made: %w", err)
		}
		// Without a name it is gone with the process, however that ends. Systems that do
		// not allow this remove it in close.
		_ = os.Remove(f.Name())
		s.file = f
	}
	from := s.size
	w := bufio.NewWriterSize(io.NewOffsetWriter(s.file, from), 1<<20)
	for i := range b.index {
		n, err := w.Write(b.row(i))
		if err != nil {
			return fmt.Errorf("writing a temporary file: %w", err)
		}
		s.size += int64(n)
	}
	s.runs = append(s.runs, [2]int64{from, s.size})
	if err := w.Flush(); err != nil {
		return fmt.Errorf("writing a temporary file: %w", err)
	}
	return nil
}

// close frees the memory and the temporary file. A buffer that is being written is
// waited for.
func (s *sorter) close() {
	<-s.busy
	if s.file != nil {
		_ = s.file.Close()
		_ = os.Remove(s.file.Name())
		s.file = nil
	}
	s.busy <- &buffer{}
	s.buf = &buffer{}
}

func (b *buffer) keyOf(p *place) []byte { return b.data[p.key:p.end] }

// row returns the whole row at a place of the index.
func (b *buffer) row(i int) []byte {
	p := &b.index[i]
	_, n := binary.Uvarint(b.data[p.row:])
	val, _ := binary.Uvarint(b.data[int(p.row)+n:])
	return b.data[p.row : uint64(p.end)+val]
}

func (b *buffer) sort() {
	if len(b.index) == 0 {
		return
	}
	// Ids have long beginnings in common: the bytes behind them tell most keys apart.
	first := b.keyOf(&b.index[0])
	common := len(first)
	for i := range b.index {
		k := b.keyOf(&b.index[i])
		common = min(common, len(k))
		if !bytes.Equal(first[:common], k[:common]) {
			n := 0
			for first[n] == k[n] {
				n++
			}
			common = n
		}
	}
	for i := range b.index {
		var head [8]byte
		copy(head[:], b.keyOf(&b.index[i])[common:])
		b.index[i].head = binary.BigEndian.Uint64(head[:])
	}
	slices.SortFunc(b.index, func(x, y place) int {
		if c := cmp.Compare(x.head, y.head); c != 0 {
			return c
		}
		return bytes.Compare(b.keyOf(&x), b.keyOf(&y))
	})
}

// merged hands out all rows in order, as texts of many rows each. emit is called from
// the caller's goroutine.
func (s *sorter) merged(emit func(rows string) error) error {
	last := s.buf
	other, err := s.wait()
	if err != nil {
		return err
	}
	s.busy <- other
	last.sort()
	runs := []*run{{buf: last}}
	for _, r := range s.runs {
		runs = append(runs, &run{in: bufio.NewReaderSize(io.NewSectionReader(s.file, r[0], r[1]-r[0]), 256<<10)})
	}
	var h runHeap
	for _, r := range runs {
		if r.next() {
			h = append(h, r)
		} else if r.err != nil {
			return fmt.Errorf("reading a temporary file: %w", r.err)
		}
	}
	heap.Init(&h)
	out := make([]byte, 0, chunkBytes+4096)
	for len(h) > 0 {
		r := h[0]
		out = append(out, r.row...)
		if len(out) >= chunkBytes {
			if err := emit(string(out)); err != nil {
				return err
			}
			out = out[:0]
		}
		if r.next() {
			heap.Fix(&h, 0)
			continue
		}
		if r.err != nil {
			return fmt.Errorf("reading a temporary file: %w", r.err)
		}
		heap.Pop(&h)
	}
	if len(out) > 0 {
		return emit(string(out))
	}
	return nil
}

const chunkBytes = 256 << 10

// run is a sorted run of rows: in memory or in the file.
type run struct {
	buf *buffer
	at  int

	in  *bufio.Reader
	row []byte
	key []byte
	err error
}

// next moves to the next row; it returns false at the end and where err says why.
func (r *run) next() bool {
	if r.buf != nil {
		if r.at == len(r.buf.index) {
			return false
		}
		r.row, r.key = r.buf.row(r.at), r.buf.keyOf(&r.buf.index[r.at])
		r.at++
		return true
	}
	key, err := binary.ReadUvarint(r.in)
	if errors.Is(err, io.EOF) {
		return false
	}
	var val uint64
	if err == nil {
		val, err = binary.ReadUvarint(r.in)
	}
	if err != nil {
		r.err = err
		return false
	}
	r.row = binary.AppendUvarint(binary.AppendUvarint(r.row[:0], key), val)
	at := len(r.row)
	r.row = slices.Grow(r.row, int(key+val))[:at+int(key+val)]
	if _, err := io.ReadFull(r.in, r.row[at:]); err != nil {
		r.err = err
		return false
	}
	r.key = r.row[at : at+int(key)]
	return true
}

// runHeap orders runs by their current key.
type runHeap []*run

func (h runHeap) Len() int           { return len(h) }
func (h runHeap) Less(i, j int) bool { return bytes.Compare(h[i].key, h[j].key) < 0 }
func (h runHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *runHeap) Push(x any)        { *h = append(*h, x.(*run)) }
func (h *runHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}

// cutRow takes the first row off a text that merged gave.
func cutRow(rows string) (r record, rest string, err error) {
	key, n := uvarint(rows)
	if n == 0 {
		return r, "", errRecord
	}
	rows = rows[n:]
	val, n := uvarint(rows)
	if n == 0 || key < placeBytes || key+val > uint64(len(rows)-n) {
		return r, "", errRecord
	}
	rows = rows[n:]
	for _, c := range []byte(rows[key-placeBytes : key]) {
		r.at = r.at<<8 | int64(c)
	}
	r.key, r.val = rows[:key-placeBytes], rows[key:key+val]
	return r, rows[key+val:], nil
}
