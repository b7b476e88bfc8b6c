package anomaly

import (
	"strconv"
	"strings"
)

// Fault is an error that whoever made the input can mend: what is wrong, as a message,
// and where it helps what to do.
type Fault struct {
	At      string // the name of what is wrong, such as a parameter's; "" where the message says it
	Message Message
	Hint    Message // its key is "" where there is none
}

// NewFault makes a fault of a message.
func NewFault(key string, args ...Arg) *Fault { return &Fault{Message: Msg(key, args...)} }

// Error is for logs: users are shown the messages.
func (f *Fault) Error() string {
	var b strings.Builder
	if f.At != "" {
		b.WriteString(f.At + ": ")
	}
	b.WriteString(f.Message.Key)
	for i := range f.Message.Args {
		b.WriteString(" " + f.Message.Args[i].plain())
	}
	return b.String()
}

// UserMessage returns what is wrong and what to do about it.
func (f *Fault) UserMessage() (message, hint Message) { return f.Message, f.Hint }

// plain is an argument without a language.
func (a *Arg) plain() string {
	switch a.Kind {
	case ArgDate:
		return a.Date.String()
	case ArgPeriod:
		return a.Date.String() + ".." + a.End.String()
	case ArgMoney:
		return a.Dec.String()
	case ArgText, ArgTerm, ArgVersion:
		return a.Text
	}
	return strconv.FormatFloat(a.Num, 'g', -1, 64)
}
