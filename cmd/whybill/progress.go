package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"whybill/anomaly"
	"whybill/anomaly/locale"
)

// progress shows how far long work has come, on standard error: a line that is written
// over where that is a terminal, a JSON line now and then where --progress json asks
// for it, nothing otherwise. It shows nothing in the first second.
type progress struct {
	done  atomic.Int64
	total int64 // 0: not known

	stop chan struct{}
	wg   sync.WaitGroup
}

const (
	progressDelay = time.Second
	progressEvery = 200 * time.Millisecond
)

// startProgress begins to show the work called what, counted in units ("rows",
// "accounts"). End ends it.
func (a *app) startProgress(what, units string, total int64) *progress {
	p := &progress{total: total, stop: make(chan struct{})}
	var show func(elapsed time.Duration)
	switch {
	case a.global.quiet || a.global.progress == "never":
		return p
	case a.global.progress == "json":
		show = func(elapsed time.Duration) { p.writeJSON(a.err, what, units, elapsed) }
	case a.errTTY:
		words := a.printer()
		show = func(elapsed time.Duration) { p.writeLine(a.err, words, what, units, elapsed) }
	default:
		return p
	}
	p.wg.Go(func() {
		start := time.Now()
		timer := time.NewTimer(progressDelay)
		defer timer.Stop()
		shown := false
		for {
			select {
			case <-p.stop:
				if shown && a.global.progress != "json" {
					fmt.Fprint(a.err, "\r\x1b[K")
				}
				return
			case <-timer.C:
				show(time.Since(start))
				shown = true
				timer.Reset(progressEvery)
			}
		}
	})
	return p
}

// add counts n more units as done.
func (p *progress) add(n int) { p.done.Add(int64(n)) }

// set says how many units are done in all.
func (p *progress) set(n int64) { p.done.Store(n) }

// end stops showing and clears the line.
func (p *progress) end() {
	close(p.stop)
	p.wg.Wait()
}

// writeLine writes the line in words: what is a word of the catalogue, with the file that
// it is about behind it.
func (p *progress) writeLine(w io.Writer, words *locale.Printer, what, units string, elapsed time.Duration) {
	done := p.done.Load()
	rate := float64(done) / elapsed.Seconds()
	what, subject, _ := strings.Cut(what, " ")
	key, args := "progress.line", []anomaly.Arg{
		anomaly.TextArg("what", strings.TrimSpace(words.Text("progress."+what)+" "+subject)),
		anomaly.CountArg("done", int(done)), anomaly.TermArg("units", "progress."+units), anomaly.NumberArg("rate", rate, 0),
	}
	if p.total > 0 && done > 0 && done <= p.total {
		left := time.Duration(float64(p.total-done) / rate * float64(time.Second)).Round(time.Second)
		key = "progress.left"
		args = append(args, anomaly.PercentArg("share", float64(done)/float64(p.total), 0), anomaly.TextArg("left", left.String()))
	}
	fmt.Fprint(w, "\r\x1b[K"+words.Say(anomaly.Msg(key, args...)))
}

func (p *progress) writeJSON(w io.Writer, what, units string, elapsed time.Duration) {
	line, err := json.Marshal(struct {
		Progress string  `json:"progress"`
		Done     int64   `json:"done"`
		Total    int64   `json:"total,omitempty"`
		Unit     string  `json:"unit"`
		Seconds  float64 `json:"seconds"`
	}{what, p.done.Load(), p.total, units, float64(elapsed.Milliseconds()) / 1000})
	if err == nil {
		fmt.Fprintf(w, "%s\n", line)
	}
}
