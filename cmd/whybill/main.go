// Command whybill answers, for one utility account or for a million: how much should
// this bill have been, where does the difference come from, is it worth a field visit,
// and would waiting for the next bill tell us anything?
//
// This package only wires: one file a command, each with its options and a run
// function; the streams, the environment and the clock come in through app, and one
// place turns errors into messages and exit codes.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"

	"whybill/anomaly"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	a := &app{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		env:    os.Getenv,
		today:  func() anomaly.Date { return anomaly.DateOf(time.Now()) },
		outTTY: term.IsTerminal(int(os.Stdout.Fd())),
		errTTY: term.IsTerminal(int(os.Stderr.Fd())),
		width:  terminalWidth,
	}
	code := a.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// terminalWidth returns the columns of the terminal that standard output is, 80 where
// it is none or does not say.
func terminalWidth() int {
	if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && width > 0 {
		return width
	}
	return 80
}
