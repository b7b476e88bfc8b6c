package importers

import (
	"errors"

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
	return &Error{
		File: file, Err: err,
		Message: anomaly.Msg("import.unreadable", anomaly.TextArg("file", file), anomaly.TextArg("cause", cause(err))),
	}
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
