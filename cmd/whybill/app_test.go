package main

import (
	"io"
	"os"
	"strings"

	"whybill/anomaly"
)

// testApp is an app as a script sees it: no terminal, no input, a fixed day.
func testApp(out, errOut io.Writer) *app {
	return &app{
		in: strings.NewReader(""), out: out, err: errOut, env: os.Getenv,
		today: func() anomaly.Date { return anomaly.MustDate("2026-11-20") },
		width: func() int { return 80 },
	}
}
