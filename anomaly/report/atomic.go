package report

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrLocked is returned where another run is writing a report into the same folder.
var ErrLocked = errors.New("another report is being written into this folder")

// An output is a set of files that appear together: each is written beside its place
// and renamed when all are whole. What is killed half-way leaves the old files.
type output struct {
	dir   string
	temps []string
	names []string
}

// write adds a file.
func (o *output) write(name string, fill func(io.Writer) error) error {
	f, err := os.CreateTemp(o.dir, ".whybill-*.tmp")
	if err != nil {
		// Whoever asked for the file knows it by its own name.
		if bad := (*fs.PathError)(nil); errors.As(err, &bad) {
			bad.Path = filepath.Join(o.dir, name)
		}
		return err
	}
	o.temps, o.names = append(o.temps, f.Name()), append(o.names, name)
	err = errors.Join(fill(f), f.Chmod(0o644), f.Sync())
	return errors.Join(err, f.Close())
}

// commit moves all files to their places.
func (o *output) commit() error {
	for i, temp := range o.temps {
		if err := os.Rename(temp, filepath.Join(o.dir, o.names[i])); err != nil {
			return err
		}
	}
	o.temps = nil
	return nil
}

// discard removes what was not moved.
func (o *output) discard() {
	for _, temp := range o.temps {
		_ = os.Remove(temp)
	}
}

// WriteFile writes one file so that it appears whole or not at all. A link is followed;
// what is no regular file (a device, a pipe) is written to as it is.
func WriteFile(path string, fill func(io.Writer) error) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir():
		return &fs.PathError{Op: "open", Path: path, Err: errors.New("is a folder")}
	case err == nil && !info.Mode().IsRegular():
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(fill(f), f.Close())
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return err
	}
	o := output{dir: filepath.Dir(path)}
	defer o.discard()
	if err := o.write(filepath.Base(path), fill); err != nil {
		return err
	}
	return o.commit()
}
