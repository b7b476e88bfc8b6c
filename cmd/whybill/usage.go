package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"whybill/anomaly"
	"whybill/importers"
)

// usageError is a fault in how the command was called, or in what it was given. Its
// sentence is "usage.<key>" in the catalogue, its hint "usage.<key>.hint" where there is
// one; both are given the arguments, and {reason}, what the error behind it says.
type usageError struct {
	message, hint anomaly.Message
	reason        error
}

func misuse(key string, args ...anomaly.Arg) *usageError {
	return &usageError{message: anomaly.Msg("usage."+key, args...), hint: anomaly.Msg("usage."+key+".hint", args...)}
}

// because adds the error behind this one.
func (e *usageError) because(err error) *usageError {
	e.reason = err
	return e
}

// hinted says what to do about it in another way than the catalogue's.
func (e *usageError) hinted(hint anomaly.Message) *usageError {
	e.hint = hint
	return e
}

// Error is for logs: users are shown the catalogue's sentence.
func (e *usageError) Error() string {
	return (&anomaly.Fault{Message: e.message}).Error()
}

func (e *usageError) Unwrap() error { return e.reason }

// UserMessage returns what is wrong and what to do about it.
func (e *usageError) UserMessage() (message, hint anomaly.Message) { return e.message, e.hint }

// quoted is what the user wrote, in quotation marks and without what would move a cursor.
func quoted(name, text string) anomaly.Arg { return anomaly.TextArg(name, strconv.Quote(text)) }

// badFlag says that a flag's value cannot be read, and why.
func badFlag(flag string, err error) error {
	return misuse("flag", anomaly.TextArg("flag", flag)).because(err)
}

// notOneOf says which values a flag has.
func notOneOf(flag, value string, choices ...string) error {
	return misuse("choice", anomaly.TextArg("flag", flag), quoted("value", value), anomaly.TextArg("choices", strings.Join(choices, ", ")))
}

// noSuch says that there is nothing of a kind by this name, and what there is. The kind
// is a term of the catalogue, "what.<kind>".
func noSuch(kind, value string, all ...string) error {
	return misuse("none", anomaly.TermArg("what", "what."+kind), quoted("value", value), anomaly.TextArg("all", strings.Join(all, ", ")))
}

// placed is an error with the place that it is about, such as "config.toml:3".
type placed struct {
	where string
	err   error
}

func (p *placed) Error() string { return p.where + ": " + p.err.Error() }
func (p *placed) Unwrap() error { return p.err }

// spoken is an error of a room that knows messages and no language.
type spoken interface {
	error
	UserMessage() (message, hint anomaly.Message)
}

// words puts an error into the user's language, with the hint and the exit status that
// go with it.
func (a *app) words(err error) (msg, hint string, code int) {
	p := a.printer()
	say := func(m anomaly.Message) string {
		if !p.Has(m.Key) {
			return ""
		}
		return p.Say(m)
	}
	if several, ok := err.(interface{ Unwrap() []error }); ok { // errors.Join
		var lines []string
		for _, one := range several.Unwrap() {
			line, h, c := a.words(one)
			lines = append(lines, line)
			if hint == "" {
				hint = h
			}
			code = max(code, c)
		}
		return strings.Join(lines, "\n"), hint, code
	}
	var where *placed
	if errors.As(err, &where) && error(where) == err {
		msg, hint, code = a.words(where.err)
		return where.where + ": " + msg, hint, code
	}
	var own *usageError
	var fault *anomaly.Fault
	var room spoken
	var file *importers.Error
	var path *fs.PathError
	switch {
	case errors.As(err, &own):
		if own.reason != nil {
			reason, reasonHint, _ := a.words(own.reason)
			own.message.Args = append(own.message.Args, anomaly.TextArg("reason", reason))
			hint = reasonHint
		}
		if h := say(own.hint); h != "" {
			hint = h
		}
		return p.Say(own.message), hint, exitUsage
	case errors.As(err, &fault):
		msg = p.Say(fault.Message)
		if fault.At != "" {
			msg = fault.At + ": " + msg
		}
		return msg, say(fault.Hint), exitUsage
	case errors.As(err, &room):
		m, h := room.UserMessage()
		return p.Say(m), say(h), exitUsage
	case errors.As(err, &file):
		msg = p.Say(file.Message)
		if file.File != "" && !strings.Contains(msg, file.File) {
			msg = file.File + ": " + msg
		}
		return msg, say(file.Hint), exitUsage
	case errors.As(err, &path):
		return path.Path + ": " + a.osWords(path.Err), "", exitUsage
	}
	return err.Error(), "", exitInternal
}

// osWords says what the operating system complains of. What is rare stays as the system
// words it.
func (a *app) osWords(err error) string {
	if term := importers.SystemTerm(err); term != "" {
		return a.printer().Term(term)
	}
	return err.Error()
}

// writeError prints an error, as one JSON line where the answer would have been JSON.
func (a *app) writeError(msg, hint string, code int, asJSON bool) {
	if asJSON {
		line, _ := json.Marshal(struct {
			Error string `json:"error"`
			Hint  string `json:"hint,omitempty"`
			Exit  int    `json:"exit"`
		}{msg, hint, code})
		fmt.Fprintf(a.err, "%s\n", line)
		return
	}
	fmt.Fprintf(a.err, "whybill: %s\n", msg)
	if hint != "" {
		fmt.Fprintf(a.err, "  %s\n", a.printer().Say(anomaly.Msg("cmd.hint", anomaly.TextArg("hint", hint))))
	}
}

// flagError words what the command-line library says of flags.
func flagError(cmd *cobra.Command, err error) error {
	command := anomaly.TextArg("command", cmd.CommandPath())
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	var syntax *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &unknown):
		name := "--" + unknown.GetSpecifiedName()
		if unknown.GetSpecifiedShortnames() != "" {
			name = "-" + unknown.GetSpecifiedName()
		}
		return misuse("no_flag", anomaly.TextArg("flag", name), command)
	case errors.As(err, &bare):
		return misuse("no_value", anomaly.TextArg("flag", "--"+bare.GetFlag().Name), command)
	case errors.As(err, &invalid):
		f := invalid.GetFlag()
		return misuse("value", anomaly.TextArg("flag", "--"+f.Name), quoted("value", invalid.GetValue()), anomaly.TermArg("type", "what."+f.Value.Type()))
	case errors.As(err, &syntax):
		return misuse("flag_syntax", anomaly.TextArg("flag", syntax.GetSpecifiedFlag()), command)
	}
	return err
}
