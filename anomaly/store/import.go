package store

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"whybill/anomaly"
)

// File is a file to import.
type File struct {
	Name string
	// Hash tells contents apart, and whatever else decides how they are read.
	Hash  string
	Bytes int64
	// On is the day of the import, for the record; zero leaves it out.
	On anomaly.Date
}

// Counts say what became of the rows of a file.
type Counts struct {
	Inserted  int // of something that no file spoke of before
	Replaced  int // what an earlier file said
	Unchanged int // said what an earlier file said
	// Duplicates are rows that only repeat another row of the same file.
	Duplicates int
	// Conflicts are rows that contradict another row of the same file. Of bills the first
	// is kept, of everything else the last.
	Conflicts int
}

func (c *Counts) add(d Counts) {
	c.Inserted += d.Inserted
	c.Replaced += d.Replaced
	c.Unchanged += d.Unchanged
	c.Duplicates += d.Duplicates
	c.Conflicts += d.Conflicts
}

// Rows returns the number of rows counted.
func (c Counts) Rows() int {
	return c.Inserted + c.Replaced + c.Unchanged + c.Duplicates + c.Conflicts
}

// KindCounts are the counts of one kind of row, named as the input tables are.
type KindCounts struct {
	Kind string
	Counts
}

// Result says what an import did.
type Result struct {
	Seq    int // the file's place among all that were imported, from 1
	Counts     // of all kinds together
	Kinds  []KindCounts
}

// Import is the import of one file. Its rows are collected and sorted outside the
// database; Commit writes them. Until then nothing is changed, but no other import can
// begin. It is for one goroutine at a time.
type Import struct {
	store *Store
	conn  *conn
	seq   int64

	parts    map[string]int64
	words    map[string]int64
	lastFile string
	lastPart int64

	sorter *sorter
	writer writer
	around bool // it holds rows that change what the neighbourhood is
}

// Begin starts to import a file. Where the same content was imported before, the error
// is an *AlreadyImported that says when; where another process is writing for longer
// than the busy timeout, an *Error with the code Locked. The import has to be ended
// with Commit or Rollback; cancelling ctx makes it fail.
func (s *Store) Begin(ctx context.Context, file File) (*Import, error) {
	c, err := s.take(ctx)
	if err != nil {
		return nil, s.wrap(ctx, err)
	}
	im := &Import{store: s, conn: c, parts: map[string]int64{}, words: map[string]int64{}}
	if err := im.begin(file); err != nil {
		s.put(c)
		return nil, s.wrap(ctx, err)
	}
	im.sorter = newSorter(filepath.Dir(s.path), sortMemory)
	im.writer = writer{part: im.part, word: im.word, emit: im.sorter.add}
	return im, nil
}

func (im *Import) begin(file File) error {
	c := im.conn
	// Rows are written in the order of the tables, so that each page is at hand once.
	if err := execute(c, pragmaKB(16<<10)); err != nil {
		return err
	}
	if err := execute(c, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := c.loadNames(); err != nil {
		return err
	}
	before, err := files(c, "hash = ?1", file.Hash)
	if err != nil {
		return err
	}
	if len(before) > 0 {
		return &AlreadyImported{before[0]}
	}
	for id, word := range c.names.words {
		if id > 0 {
			im.words[word] = int64(id)
		}
	}
	im.seq = c.names.seq + 1
	return sqlitex.Execute(c.Conn, "INSERT INTO files (seq, name, hash, bytes, imported_on) VALUES (?, ?, ?, ?, nullif(?, 0))",
		&sqlitex.ExecOptions{Args: []any{im.seq, file.Name, file.Hash, file.Bytes, int64(file.On)}})
}

// part returns the id of a part of the file.
func (im *Import) part(name string) (int64, error) {
	if name == im.lastFile && im.lastPart != 0 {
		return im.lastPart, nil
	}
	id, ok := im.parts[name]
	if !ok {
		name = strings.Clone(name)
		err := sqlitex.Execute(im.conn.Conn, "INSERT INTO parts (file, name) VALUES (?, ?)",
			&sqlitex.ExecOptions{Args: []any{im.seq, name}})
		if err != nil {
			return 0, err
		}
		id = im.conn.LastInsertRowID()
		im.parts[name] = id
	}
	im.lastFile, im.lastPart = name, id
	return id, nil
}

// word returns the id of a word that many rows share.
func (im *Import) word(word string) (int64, error) {
	id, ok := im.words[word]
	if ok {
		return id, nil
	}
	word = strings.Clone(word)
	err := sqlitex.Execute(im.conn.Conn, "INSERT INTO words (word) VALUES (?)", &sqlitex.ExecOptions{Args: []any{word}})
	if err != nil {
		return 0, err
	}
	id = im.conn.LastInsertRowID()
	im.words[word] = id
	return id, nil
}

// Add takes rows in, in the order in which they stand in the file; they are copied.
// Lines are rows of their own: Bill.Lines is not read.
func (im *Import) Add(ctx context.Context, rows *anomaly.Rows) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	im.around = im.around || changesNeighbourhood(rows)
	return im.store.wrap(ctx, im.writer.write(rows))
}

// Rollback ends the import without any change. After Commit it does nothing.
func (im *Import) Rollback() {
	if im.conn == nil {
		return
	}
	im.sorter.close()
	im.release()
}

// release gives the connection back, which ends the transaction if it is still open.
func (im *Import) release() {
	c := im.conn
	im.conn = nil
	c.SetInterrupt(nil)
	if !c.AutocommitEnabled() {
		_ = execute(c, "ROLLBACK")
	}
	_ = execute(c, pragmaKB(2<<10)) // SQLite's default
	im.store.put(c)
}

// Commit writes the rows and ends the import: the change is made as a whole or, with
// an error, not at all. progress, where given, is told from time to time how many rows
// of how many are written; it is called from another goroutine.
func (im *Import) Commit(ctx context.Context, progress func(done, total int)) (Result, error) {
	if im.conn == nil {
		return Result{}, errors.New("store: the import has ended")
	}
	defer im.Rollback()
	res, err := im.commit(ctx, progress)
	if err != nil {
		return Result{}, im.store.wrap(ctx, err)
	}
	im.sorter.close()
	// A long log would slow down the next one to open the store. Whoever still reads the
	// old state prevents this; then the next import does it.
	_ = execute(im.conn, "PRAGMA wal_checkpoint(TRUNCATE)")
	return res, nil
}

func (im *Import) commit(ctx context.Context, progress func(done, total int)) (Result, error) {
	a, err := newApplier(im.conn, im.names())
	if err != nil {
		return Result{}, err
	}
	// One goroutine merges while this one writes.
	group, ctx := errgroup.WithContext(ctx)
	chunks := make(chan string, 2)
	group.Go(func() error {
		defer close(chunks)
		return im.sorter.merged(func(rows string) error {
			select {
			case chunks <- rows:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	group.Go(func() error {
		for rows := range chunks {
			if err := errors.Join(ctx.Err(), a.apply(rows)); err != nil {
				return err
			}
			if progress != nil {
				progress(int(a.done), int(im.sorter.rows))
			}
		}
		return nil
	})
	if err := group.Wait(); err != nil {
		return Result{}, err
	}
	if err := a.finish(); err != nil {
		return Result{}, err
	}
	res := Result{Seq: int(im.seq)}
	for _, k := range kindOrder {
		if a.counts[k] == (Counts{}) {
			continue
		}
		n := KindCounts{tables[k].name, a.counts[k]}
		res.Kinds = append(res.Kinds, n)
		res.add(n.Counts)
		err := sqlitex.Execute(im.conn.Conn, "INSERT INTO file_counts VALUES (?, ?, ?, ?, ?, ?, ?)", &sqlitex.ExecOptions{
			Args: []any{im.seq, n.Kind, n.Inserted, n.Replaced, n.Unchanged, n.Duplicates, n.Conflicts},
		})
		if err != nil {
			return Result{}, err
		}
	}
	if !im.around {
		if err := keepsNeighbourhood(im.conn, im.seq); err != nil {
			return Result{}, err
		}
	}
	return res, execute(im.conn, "COMMIT")
}

// names returns what rows share, that of this import included.
func (im *Import) names() *names {
	n := &names{words: slices.Clone(im.conn.names.words), parts: slices.Clone(im.conn.names.parts)}
	put := func(list []string, name string, id int64) []string {
		for int64(len(list)) <= id {
			list = append(list, "")
		}
		list[id] = name
		return list
	}
	for word, id := range im.words {
		n.words = put(n.words, word, id)
	}
	for part, id := range im.parts {
		n.parts = put(n.parts, part, id)
	}
	return n
}

// files returns what is known of the files that a condition selects, in order.
func files(c *conn, where string, args ...any) ([]FileInfo, error) {
	var list []FileInfo
	err := sqlitex.Execute(c.Conn, "SELECT seq, name, hash, bytes, imported_on FROM files WHERE "+where+" ORDER BY seq", &sqlitex.ExecOptions{
		Args: args,
		ResultFunc: func(stmt *sqlite.Stmt) error {
			list = append(list, FileInfo{
				Seq: stmt.ColumnInt(0), Name: stmt.ColumnText(1), Hash: stmt.ColumnText(2), Bytes: stmt.ColumnInt64(3),
				On: anomaly.Date(stmt.ColumnInt64(4)),
			})
			return nil
		},
	})
	return list, err
}
