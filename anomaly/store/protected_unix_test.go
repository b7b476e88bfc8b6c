//go:build unix

package store

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// asNobody runs the calling test once more as a user without rights where the tests are
// run by root, who may write everywhere. It returns true in the run that is to test.
func asNobody(t *testing.T) bool {
	t.Helper()
	if os.Getuid() != 0 {
		return true
	}
	const nobody = 65534
	dir := t.TempDir()
	program := filepath.Join(dir, "store.test")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, text, 0o755); err != nil { //nolint:gosec // another user runs it
		t.Fatal(err)
	}
	scratch := filepath.Join(dir, "tmp")
	if err := os.Mkdir(scratch, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(path, 0o755); err != nil { //nolint:gosec // likewise
			t.Fatal(err)
		}
	}
	if err := os.Chown(scratch, nobody, nobody); err != nil {
		t.Skipf("no other user can be taken on here: %v", err)
	}
	cmd := exec.Command(program, "-test.run", "^"+t.Name()+"$")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TMPDIR="+scratch, "GOCOVERDIR="+scratch)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	said, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		t.Skipf("no other user can be taken on here: %v", err)
	}
	if err != nil {
		t.Errorf("as another user: %v\n%s", err, said)
	}
	return false
}

func TestAStoreThatMayNotBeWritten(t *testing.T) {
	if !asNobody(t) {
		return
	}
	for _, c := range []struct {
		situation    string
		file, folder os.FileMode
		changes      bool // the latest lie beside it
		read, write  Code // "": it works
	}{
		{"neither file nor folder", 0o400, 0o500, false, "", WriteProtected},
		{"the folder alone", 0o600, 0o500, false, "", WriteProtected},
		{"the file alone", 0o400, 0o700, false, "", WriteProtected},
		{"both may be written", 0o600, 0o700, false, "", ""},
		{"the latest changes lie beside it", 0o400, 0o500, true, Unmerged, WriteProtected},
		{"the latest changes lie beside it, and the folder may be written", 0o600, 0o700, true, "", ""},
		{"nor read", 0o000, 0o500, false, NoPermission, NoPermission},
	} {
		t.Run(c.situation, func(t *testing.T) {
			ctx := context.Background()
			s := open(t)
			load(t, s, "bills.csv", month(10, 0, "bills.csv"))
			dir := t.TempDir()
			path := filepath.Join(dir, "copy.db")
			copyOver := func(from, to string) {
				t.Helper()
				text, err := os.ReadFile(from)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(to, text, c.file); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(to, c.file); err != nil {
					t.Fatal(err)
				}
			}
			if c.changes {
				conn, err := s.take(ctx)
				if err != nil {
					t.Fatal(err)
				}
				if err := execute(conn, "UPDATE accounts SET name = 'later'"); err != nil {
					t.Fatal(err)
				}
				s.put(conn)
				copyOver(s.Path()+"-wal", path+"-wal")
			} else if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			copyOver(s.Path(), path)
			if err := os.Chmod(dir, c.folder); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })

			code := func(err error) Code {
				var e *Error
				if err != nil && !errors.As(err, &e) {
					t.Errorf("%v is not for a user", err)
				}
				if e == nil {
					return ""
				}
				return e.Code
			}
			r, err := Open(ctx, path, Options{ReadOnly: true})
			if code(err) != c.read {
				t.Errorf("reading says %v, want %q", err, c.read)
			}
			if err == nil {
				if h, err := r.History(ctx, "ACC000000003"); err != nil || len(h.Bills) != 1 {
					t.Errorf("%v %v", h, err)
				}
				r.Close()
			}
			w, err := Open(ctx, path, Options{})
			if err == nil {
				var tx *Import
				if tx, err = w.Begin(ctx, File{Name: "more.csv", Hash: "2"}); err == nil {
					tx.Rollback()
				}
				w.Close()
			}
			if code(err) != c.write {
				t.Errorf("writing says %v, want %q", err, c.write)
			}
		})
	}
}
