//go:build !unix

package report

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// lockDir takes the folder's lock: a file that is there while a report is written. A
// run that was killed leaves it behind, and it has to be removed by hand.
func lockDir(dir string) (unlock func(), err error) {
	path := filepath.Join(dir, ".whybill-report.lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, err
	}
	return func() {
		_ = f.Close()
		_ = os.Remove(path)
	}, nil
}
