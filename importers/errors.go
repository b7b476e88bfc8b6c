package importers

import (
	"errors"
	"io/fs"
	"syscall"

	"whybill/anomaly"
	"whybill/importers/csvfile"
)

// Error is why a file, or the whole request, cannot be read. It is meant for the user:
// the catalogue words Message and, where there is one, Hint, which says what to do.
type Error struct {
	File    string // "" where no single file is meant
	Message anomaly.Message
	Hint    anomaly.Message // Key "" where there is none
	Err     error           // from the system, nil where there is none

	partial *FileInfo // what was found out of the file, for Inspect
}

// Error returns file, key and cause, for logs and tests; the user's words are the
// catalogue's.
func (e *Error) Error() string {
	text := e.Message.Key
	if e.File != "" {
		text = e.File + ": " + text
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the system's error.
func (e *Error) Unwrap() error { return e.Err }

// worded is an error of a reader of one format that carries its own message.
type worded interface{ Message() anomaly.Message }

// fileError wraps whatever went wrong with a file.
func fileError(file string, err error) error {
	var mine *Error
	if errors.As(err, &mine) {
		return err
	}
	if errors.Is(err, csvfile.ErrLongRecord) {
		return &Error{File: file, Message: anomaly.Msg("import.long_record", anomaly.TextArg("file", file))}
	}
	var w worded
	if errors.As(err, &w) {
		return &Error{File: file, Message: w.Message()}
	}
	why := anomaly.TextArg("cause", cause(err))
	if term := SystemTerm(err); term != "" {
		why = anomaly.TermArg("cause", term)
	}
	return &Error{File: file, Err: err, Message: anomaly.Msg("import.unreadable", anomaly.TextArg("file", file), why)}
}

// SystemTerm is the catalogue's term for what the operating system complains of; "" for
// what is rare, which stays as the system words it.
func SystemTerm(err error) string {
	for _, known := range []struct {
		err  error
		term string
	}{
		{fs.ErrNotExist, "os.not_there"}, {fs.ErrPermission, "os.not_allowed"}, {fs.ErrExist, "os.there"},
		{syscall.EISDIR, "os.folder"}, {syscall.ENOTDIR, "os.no_folder"}, {syscall.ENOSPC, "os.full"},
	} {
		if errors.Is(err, known.err) {
			return known.term
		}
	}
	return ""
}

// cause is the innermost error's text: without the path, which the message has already.
func cause(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}
