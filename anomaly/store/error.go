package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"zombiezen.com/go/sqlite"

	"whybill/anomaly"
)

// Code tells errors apart for programs.
type Code string

// The codes of errors. What each means is said by the message of the same name.
const (
	Missing        Code = "missing"         // there is no such file
	NotADatabase   Code = "not_a_database"  // the file is something else
	Corrupt        Code = "corrupt"         // the file is damaged
	Locked         Code = "locked"          // another process is writing
	Newer          Code = "newer"           // written by a later version of the program
	Older          Code = "older"           // has to be brought up to date first, but was opened read-only
	IsDirectory    Code = "directory"       // the path is a folder
	NoPermission   Code = "no_permission"   // the file system says no
	WriteProtected Code = "write_protected" // it may be read, but not written
	Unmerged       Code = "unmerged"        // the latest changes lie beside it, where they cannot be read without writing
	NoSpace        Code = "no_space"        // the disk is full
	UnknownAccount Code = "unknown_account" // no row names the account
)

// Error is what a user can do something about.
type Error struct {
	Code    Code
	message anomaly.Message
	hint    anomaly.Message
	err     error
}

// UserMessage returns what is wrong and, where it helps, what to do about it; the key
// of the hint is "" where there is none.
func (e *Error) UserMessage() (message, hint anomaly.Message) { return e.message, e.hint }

// Error is for logs: users are shown UserMessage.
func (e *Error) Error() string {
	text := "store: " + string(e.Code)
	for i := range e.message.Args {
		text += " " + e.message.Args[i].Text
	}
	if e.err != nil {
		text += ": " + e.err.Error()
	}
	return text
}

// Unwrap returns the error behind this one.
func (e *Error) Unwrap() error { return e.err }

// fault makes the error of a code. Its message is "store.<code>" and its hint
// "store.<code>.hint", where the code has one.
func fault(code Code, err error, args ...anomaly.Arg) *Error {
	e := &Error{Code: code, message: anomaly.Msg("store."+string(code), args...), err: err}
	switch code {
	case Missing, NotADatabase, Corrupt, Locked, Newer, Older, NoPermission, WriteProtected, Unmerged:
		e.hint = anomaly.Msg("store." + string(code) + ".hint")
	}
	return e
}

// AlreadyImported is returned by Begin where the same content was imported before.
type AlreadyImported struct{ File FileInfo }

// Error is for logs: an import of the same content is no failure.
func (e *AlreadyImported) Error() string {
	return fmt.Sprintf("store: the same content was imported as file %d (%s)", e.File.Seq, e.File.Name)
}

// wrap turns what SQLite and the file system say into an Error where a user can do
// something about it.
func (s *Store) wrap(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	if ctx.Err() != nil && sqlite.ErrCode(err).ToPrimary() == sqlite.ResultInterrupt {
		return ctx.Err()
	}
	path := anomaly.TextArg("path", s.path)
	if errors.Is(err, fs.ErrPermission) {
		return s.forbidden(err)
	}
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultNotADB:
		return fault(NotADatabase, err, path)
	case sqlite.ResultCorrupt:
		return fault(Corrupt, err, path)
	case sqlite.ResultBusy, sqlite.ResultLocked:
		return fault(Locked, err, path)
	case sqlite.ResultPerm, sqlite.ResultReadOnly, sqlite.ResultCantOpen, sqlite.ResultAuth:
		return s.forbidden(err)
	case sqlite.ResultFull:
		return fault(NoSpace, err, path)
	}
	return fmt.Errorf("store: %w", err)
}

// forbidden tells what it is that the file system does not allow.
func (s *Store) forbidden(err error) error {
	path := anomaly.TextArg("path", s.path)
	f, unread := os.Open(s.path)
	if unread != nil {
		return fault(NoPermission, err, path)
	}
	_ = f.Close()
	switch {
	case !s.opt.ReadOnly:
		return fault(WriteProtected, err, path)
	case hasWAL(s.path):
		return fault(Unmerged, err, path)
	}
	return fault(NoPermission, err, path)
}
